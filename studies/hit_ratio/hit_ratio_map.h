/* SPDX-License-Identifier: Apache-2.0 */
/* The cache map as a contender: the real library, through its public header, in several layouts.
 * Knows no other policy. */
#ifndef BENCH_HIT_RATIO_MAP_H
#define BENCH_HIT_RATIO_MAP_H

#include "hit_ratio_outcome.h"
#include "hit_ratio_trace.h"

/* A size must be a multiple of this for every layout to have that size. */
enum { MAP_SIZE_STEP = 16 };

struct map_options {
    uint32_t object_count_max; /* a multiple of MAP_SIZE_STEP */
    uint32_t stash_count_max;  /* at least TRACE_SCOPE_ACCESS_COUNT_MAX */
    /* What a get does that the stash answers. False: its value is stored again, which takes it
     * back into the cache, so that the cache's content does not depend on the size of the stash.
     * True: nothing. */
    bool lazy;
};

struct map_layout {
    const char
        *name; /* by ways and clock bits, map_w16_b2; of the classic policy, map_classic_w16_b2 */
    uint32_t ways, clock_bits;
    bool classic;
    /* Runs the trace from an empty map. With `hits` not null, whether the cache answers each
     * access. */
    void (*run)(const struct trace *trace, const struct map_options *options,
                struct outcome *outcome, bool *hits);
};

/* All ways x clock bits of `clock`, and the standard ones of `clock_classic`, the last. */
extern const struct map_layout map_layouts[];
extern const size_t map_layout_count;

/* Null for a layout that is none. */
const struct map_layout *map_layout_find(uint32_t ways, uint32_t clock_bits, bool classic);

#endif
