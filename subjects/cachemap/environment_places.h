/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 4 of the oracle: where each named key is when a scope is opened, and after its discard. Asks the
 * map alone, and neither model. */
#ifndef ENVIRONMENT_PLACES_H
#define ENVIRONMENT_PLACES_H

#include "environment_state.h"

/* A scope has been opened. O(the places of a map that has a copy; else named keys). */
void environment_note_places(struct environment *environment);

/* It has been discarded: each named key is where it was, with the same value. Ends the run where one is
 * not. */
void environment_check_discard(struct environment *environment);

/* An entry of the stash: by its bytes, where the map is looked at by them; else by inspection. */
struct entry_state environment_entry(const struct environment *environment, uint32_t entry);

#endif
