/* SPDX-License-Identifier: Apache-2.0 */
/* The sampler behind hit_ratio_zipf.h. */
#include "hit_ratio_zipf.h"

#include "hit_ratio_memory.h"

#include <math.h>
#include <stdlib.h>

void zipf_init(struct zipf *zipf, uint32_t count, double exponent) {
    const uint64_t whole = UINT64_C(1) << ZIPF_BITS;
    double total = 0, sum = 0;
    zipf->count = count;
    zipf->limits = memory_of((size_t)count, sizeof *zipf->limits);
    for (uint32_t rank = count; rank > 0; rank -= 1) /* the small ones first: less rounding */
        total += pow((double)rank, -exponent);
    for (uint32_t rank = 0; rank < count; rank += 1) {
        sum += pow((double)rank + 1, -exponent);
        zipf->limits[rank] = sum < total ? (uint64_t)(sum / total * (double)whole) : whole;
    }
    zipf->limits[count - 1] = whole;
}

void zipf_deinit(struct zipf *zipf) {
    free(zipf->limits);
}

uint32_t zipf_draw(const struct zipf *zipf, struct random *random) {
    const uint64_t drawn = random_next(random) >> (64 - ZIPF_BITS);
    uint32_t low = 0,
             high = zipf->count - 1; /* the first rank whose limit is above is in low..high */
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (drawn < zipf->limits[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
