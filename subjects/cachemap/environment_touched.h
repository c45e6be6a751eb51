/* SPDX-License-Identifier: Apache-2.0 */
/* The places that a call has touched, compared with the naive map: those whose bytes have changed, and
 * those that the naive map changed. All others are as they were, and so as right as they were: what is
 * compared costs what has changed, and tells of any change.
 *
 * Says whether all is right, and never what is wrong: the walks over the whole state do, which then
 * follow. */
#ifndef ENVIRONMENT_TOUCHED_H
#define ENVIRONMENT_TOUCHED_H

#include "environment_state.h"

/* Whether each place is as the naive map has it, in an index where each entry is found, if each was at the
 * last call. What has changed in the map is what subject_snapshot_compare has just found; what has changed
 * in the naive map is forgotten. */
bool environment_touched_agrees(struct environment *environment);

/* Whether model and naive map have the same of a key: then the map, which agrees with the one, does with
 * the other. O(ways). */
bool environment_models_agree(const struct environment *environment, unsigned key_id);

#endif
