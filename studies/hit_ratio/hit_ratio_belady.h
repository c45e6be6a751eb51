/* SPDX-License-Identifier: Apache-2.0 */
/* Belady's MIN: the most hits that any policy can have which stores each object that it misses.
 * It knows the future, so it is a bound and no policy. (L. A. Belady, "A study of replacement
 * algorithms for a virtual-storage computer", IBM Systems Journal 5(2), 1966; proof: R. L.
 * Mattson, J. Gecsei, D. R. Slutz, I. L. Traiger, "Evaluation techniques for storage
 * hierarchies", IBM Systems Journal 9(2), 1970.) Of references alone: what is optimal with
 * removes and undoing is another question. */
#ifndef BENCH_HIT_RATIO_BELADY_H
#define BENCH_HIT_RATIO_BELADY_H

#include "hit_ratio_trace.h"

/* The hits of a plain trace (see trace_is_plain) in a cache of so many objects, at least 1. With
 * `hits` not null, whether each access hits. O(n log n). */
uint64_t belady_run(const struct trace *trace, uint32_t object_count_max, bool *hits);

#endif
