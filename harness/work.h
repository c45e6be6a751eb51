/* SPDX-License-Identifier: Apache-2.0 */
/* How much work a stream is, in places of the map that are looked at. A number of the stream alone: it is
 * the same in every build and on every machine, so that the longest input is known. The readers stop at
 * WORK_MAX; docs/input-format.md says what that means for bytes and for text.
 *
 * Knows ops and geometries, not how they are run: the costs are upper bounds of what environment.c does,
 * and tests/harness_work.c compares them with the time that it takes. */
#ifndef HARNESS_WORK_H
#define HARNESS_WORK_H

#include "stream.h"

/* The most work of one input, over all of its passes: tens of milliseconds, and up to two seconds where
 * everything is sanitized. No stored input takes half of it. */
#define WORK_MAX (UINT64_C(1) << 27)

/* What is known of the map while ops are added: bounds, from what the stream has named so far. */
struct work {
    uint64_t spent;
    struct geometry geometry; /* the layout is that of the last reinit */
    bool crosses;             /* a pass has another layout */
    bool key_is_named[KEY_COUNT_MAX];
    uint32_t named_key_count;
    uint32_t record_count; /* of the open scope, at most */
    bool scope_open;
};

/* A stream without ops. */
void work_start(struct work *work, const struct geometry *geometry);

/* Adds the next op. False, and nothing is added, if the work of all would be more than WORK_MAX. O(1). */
bool work_add(struct work *work, struct op op);

/* How many of the stream's first ops are WORK_MAX together at most: all of them, for a stream that a reader
 * made. O(ops). */
uint32_t work_op_count(const struct stream *stream);

#endif
