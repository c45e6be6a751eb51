/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 9, of values that own something: each that was stored is told to be gone just once, by the
 * call after which nothing can bring it back. And layer 7, of a walk over the map. For
 * environment.c alone. */
#ifndef HARNESS_ENVIRONMENT_GONE_H
#define HARNESS_ENVIRONMENT_GONE_H

#include "environment_state.h"

/* After a call that the model has followed: what the map told is what the model lost by it. Empties
 * both lists, and remembers nothing. `owns`: the map's layout, before the call, has
 * CACHE_MAP_VALUE_GONE. O(values). */
void environment_check_gone(struct environment *environment, bool owns);

/* The next step of a walk tells of just this content, as a value (FOUND) or as a TOMBSTONE; or that
 * there is no more (ABSENT). So a walk along all slots and entries, in their order, that are
 * compared with the model besides, tells of each key once. */
void environment_check_step(struct environment *environment, struct subject_cursor *cursor,
                            enum outcome expected, struct value_state content);

#endif
