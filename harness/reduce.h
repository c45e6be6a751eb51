/* SPDX-License-Identifier: Apache-2.0 */
/* The reducer: the fewest and simplest ops with which a stream still fails in the same way. Delta
 * debugging (Zeller, Hildebrandt 2002) on whole ops, then on what the ops say: ops that go
 * together, the world, the keys. Knows streams; how one is run, and which failure is the
 * same, its caller decides. */
#ifndef HARNESS_REDUCE_H
#define HARNESS_REDUCE_H

#include "stream.h"

struct reduce_options {
    /* Whether the candidate fails, and in the same way. Must be deterministic. */
    bool (*fails)(const struct stream *candidate, void *context);
    /* Called before each try with their number and the ops of the best stream so far; true ends the
     * reduction, and the best so far stands. May be null. */
    bool (*stop)(uint32_t try_count, uint32_t op_count, void *context);
    void *context;
};

struct reduce_result {
    uint32_t try_count;
    /* No op can go, no pair can go, no number of the world can be made smaller alone.
     * False when it was stopped. */
    bool minimal;
};

/* Reduces `stream`, which fails, in place. At most O(ops x log ops) tries a round while ops go, a few
 * hundred for the world, one a key; rounds until nothing changes. Not reentrant. */
struct reduce_result reduce_stream(struct stream *stream, const struct reduce_options *options);

#endif
