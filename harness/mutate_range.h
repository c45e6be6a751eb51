/* SPDX-License-Identifier: Apache-2.0 */
/* The mutations of ops that stand for many (op_range), and of the large worlds that need them. Knows the
 * stream that is edited, not what else is done to it. */
#ifndef HARNESS_MUTATE_RANGE_H
#define HARNESS_MUTATE_RANGE_H

#include "mutate_edit.h"

/* The count, the first key or the stride of one of them. False where there is none, or it stays. */
bool mutate_range(struct edit *edit);

/* Ops in a row become the one that stands for them, or the other way. False where there is none. */
bool mutate_fold(struct edit *edit);

/* Most of what comes of a large world goes on in a small one: what it has shown is most often to be seen
 * there, at a hundredth of the time. */
void edit_leave_large_world(struct edit *edit);

#endif
