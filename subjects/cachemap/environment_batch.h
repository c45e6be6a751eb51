/* SPDX-License-Identifier: Apache-2.0 */
/* Ops that are one call together (stream_batch_count): the map is asked once, at the first of them, and
 * each op has its share of the answers. Between environment.c, which knows them as single ops, and the
 * subject. */
#ifndef HARNESS_ENVIRONMENT_BATCH_H
#define HARNESS_ENVIRONMENT_BATCH_H

#include "environment_state.h"

/* True within a batch before its last op: the map is ahead of the models, and what compares the two waits
 * for that op. */
bool environment_is_ahead(const struct environment *environment, struct op op);

/* For reports: one past the last op of the call that op `index`, below the op count, belongs to. O(index). */
uint32_t environment_call_end(const struct environment *environment, uint32_t index);

/* For reports: what the map answered to op `index`; of the call that is on also where the op's own turn has
 * not come. OUTCOME_NONE where it has not answered. */
struct result environment_answer(const struct environment *environment, uint32_t index);

/* The op's share of the call, which the first op makes; its value, if it stores one, is number `value`. In
 * *intact whether all bytes of a value found were right. */
struct result environment_batched(struct environment *environment, struct op op, uint32_t value,
                                  bool *intact);

#endif
