/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at around each op: whether a call that failed has changed anything (layer 3), and whether
 * map and naive map agree, in a sound structure (layers 5 and 6). A tiny map is looked at by its bytes:
 * what an op has touched is compared, in no matter which place (environment_touched.h); and where that is
 * not as it should be, or by turn, the whole state is walked over, which says what is wrong.
 *
 * With one of the layers 5 and 6 off, the other looks alone, and walks. */
#ifndef ENVIRONMENT_LOOK_H
#define ENVIRONMENT_LOOK_H

#include "environment_state.h"

/* Whether it is so: the touched places are compared, behind each op. */
bool environment_sees_touched(const struct environment *environment);

/* Behind init, or where somebody else has written a state into map and models. O(block). */
void environment_look_start(struct environment *environment);

/* Before an op, of which the models know nothing yet, but for what it must answer: layer 3 needs to know
 * how the map is if the call may fail. */
void environment_look_before(struct environment *environment, struct op op, struct result expected,
                             uint64_t stash_count);

/* Behind the call: reads the counts. */
void environment_look_after_call(struct environment *environment);

/* Layer 3, behind the call. True when the call has failed, and was found to have changed nothing. */
bool environment_check_failure(struct environment *environment, struct result actual);

/* Behind the op: layers 5 and 6. */
void environment_look(struct environment *environment, struct op op, bool changed_nothing);

/* Brings the copy up to date before something that must not change the map; and whether it has. O(block)
 * with a copy, else O(state). */
void environment_look_before_inspection(struct environment *environment);
bool environment_inspection_shows(struct environment *environment);

/* The library's own check. Not behind ops that may change no structure, nor behind each op of a large map. */
void environment_check_structure(struct environment *environment, struct op op);

#endif
