/* SPDX-License-Identifier: Apache-2.0 */
/* How much work a stream is, in places that are looked at. A number of the stream alone: it is
 * the same in every build and on every machine, so that the longest input is known. The readers stop at
 * WORK_MAX; docs/input-format.md says what that means for bytes and for text. What an op costs the subject
 * knows: cost.h. */
#ifndef HARNESS_WORK_H
#define HARNESS_WORK_H

#include "cost.h"
#include "stream.h"

/* The most work of one input, over all of its passes: tens of milliseconds, and up to two seconds where
 * everything is sanitized. No stored input takes half of it. */
#define WORK_MAX (UINT64_C(1) << 27)

struct work {
    uint64_t spent;
    struct cost cost;
};

/* A stream without ops. */
void work_start(struct work *work, const struct world *world);

/* Adds the next op. False, and nothing is added, if the work of all would be more than WORK_MAX. O(1). */
bool work_add(struct work *work, struct op op);

/* How many of the stream's first ops are WORK_MAX together at most: all of them, for a stream that a reader
 * made. O(ops). */
uint32_t work_op_count(const struct stream *stream);

#endif
