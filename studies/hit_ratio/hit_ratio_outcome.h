/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of a trace over a cache counts. Knows nothing. */
#ifndef BENCH_HIT_RATIO_OUTCOME_H
#define BENCH_HIT_RATIO_OUTCOME_H

#include <stdint.h>

struct outcome {
    uint64_t gets;       /* gets and read-modify-writes */
    uint64_t hits;       /* of them, answered by the cache */
    uint64_t stash_hits; /* of them, answered by the cache map's stash; 0 for others */
    /* The cache map's alone, 0 for others: */
    uint64_t inserts;   /* values stored under keys that were not in the cache */
    uint64_t evictions; /* of the inserts, those that evicted a value */
    uint64_t wasted;    /* of the evictions, those in a set that had a free way */
};

#endif
