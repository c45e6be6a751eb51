/* SPDX-License-Identifier: Apache-2.0 */
/* Zipf's law over the ranks 0..count-1: rank r has a probability in proportion to
 * 1 / (r + 1)^exponent. Sampled by inverting the distribution function in a table, which is exact but for
 * the rounding to 2^-53: no rejection, one random number each, and exponents below, at and above
 * 1 alike. Knows nothing of caches. */
#ifndef BENCH_HIT_RATIO_ZIPF_H
#define BENCH_HIT_RATIO_ZIPF_H

#include "random.h"

enum { ZIPF_BITS = 53 };

struct zipf {
    uint32_t count;
    uint64_t *limits; /* limits[r] / 2^53 is the probability of the ranks 0..r together */
};

/* count is at least 1, exponent at least 0 (which is uniform). O(count) time and memory. */
void zipf_init(struct zipf *zipf, uint32_t count, double exponent);
void zipf_deinit(struct zipf *zipf);

/* O(log count). */
uint32_t zipf_draw(const struct zipf *zipf, struct random *random);

#endif
