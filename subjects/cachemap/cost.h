/* SPDX-License-Identifier: Apache-2.0 */
/* What an op costs, for harness/work.h, in places of the map that are looked at.
 *
 * Knows ops and geometries, not how they are run: the costs are upper bounds of what environment.c does,
 * and tests/harness_work.c compares them with the time that it takes. */
#ifndef SUBJECT_COST_H
#define SUBJECT_COST_H

#include "geometry.h"
#include "op.h"

/* What is known of the map while ops are added: bounds, from what the stream has named so far. */
struct cost {
    struct geometry geometry; /* the layout is that of the last reinit */
    bool crosses;             /* a pass has another layout */
    bool key_is_named[KEY_COUNT_MAX];
    uint32_t named_key_count;
    uint32_t record_count; /* of the open scope, at most */
    bool scope_open;
};

/* A stream without ops. */
void cost_start(struct cost *cost, const struct world *world);

/* The next op, in all of its passes. O(1). */
uint64_t cost_of_op(const struct cost *cost, struct op op);

/* The stream has the op now. */
void cost_note(struct cost *cost, struct op op);

/* More than any op of a stream in this world can be, in all passes. */
uint64_t cost_most(const struct world *world);

#endif
