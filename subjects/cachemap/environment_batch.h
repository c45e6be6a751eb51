/* SPDX-License-Identifier: Apache-2.0 */
/* Ops that are one call together (stream_batch_count): the map is asked once, at the first of them, and
 * each op has its share of the answers. Between environment.c, which knows them as single ops, and the
 * subject. */
#ifndef HARNESS_ENVIRONMENT_BATCH_H
#define HARNESS_ENVIRONMENT_BATCH_H

#include "environment_state.h"

/* The op's share of the call, which the first op makes; its value, if it stores one, is number `value`. In
 * *intact whether all bytes of a value found were right. */
struct result environment_batched(struct environment *environment, struct op op, uint32_t value,
                                  bool *intact);

#endif
