/* SPDX-License-Identifier: Apache-2.0 */
/* What an op costs, for harness/work.h, in places of the map that are looked at.
 *
 * Knows ops and geometries, not how they are run: the costs are upper bounds of what environment.c does,
 * and tests/harness_work.c compares them with the time that it takes. */
#ifndef SUBJECT_COST_H
#define SUBJECT_COST_H

#include "geometry.h"
#include "stream.h"

/* What is known of the map while ops are added: bounds, from what the stream has named so far. */
struct cost_bounds {
    struct geometry geometry; /* the layout is that of the last reinit */
    bool crosses;             /* a pass has another layout */
    uint32_t named_key_count;
    uint32_t record_count; /* of the open scope, at most */
    bool scope_open;
};

struct cost {
    struct cost_bounds bounds;
    bool key_is_named[KEY_COUNT_MAX]; /* of the keys that there are */
};

/* An op in a large world is charged so much: such a stream takes some tens of milliseconds, not seconds. */
enum { COST_LARGE_CHARGE = 24, COST_ELEMENT_LEAST = 256, COST_WORK_MAX = 1 << 27 };
/* Values that a stream can store: a reader stops it there (work.h). */
enum { COST_VALUE_COUNT_MAX = STREAM_OP_COUNT_MAX + COST_WORK_MAX / COST_ELEMENT_LEAST };

/* A stream without ops. */
void cost_start(struct cost *cost, const struct world *world);

/* The next op, in all of its passes. O(keys that it has). */
uint64_t cost_of_op(const struct cost *cost, struct op op);

/* The stream has the op now. */
void cost_note(struct cost *cost, struct op op);

/* More than any op of a stream in this world can be, in all passes. */
uint64_t cost_most(const struct world *world);

#endif
