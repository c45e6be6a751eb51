/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 7 of the oracle: all that the map holds beside all that the model holds, both ways; and its parts for
 * one key, after an op. Each ends the run where the two differ. For environment.c alone. */
#ifndef HARNESS_ENVIRONMENT_VERIFY_H
#define HARNESS_ENVIRONMENT_VERIFY_H

#include "environment_state.h"

/* The key's lookup by inspection equals the model's, or it is a finding of `invariant`; its place is compared
 * with the naive map's, too. Changes nothing. O(ways). */
void environment_check_key(struct environment *environment, unsigned key_id,
                           enum invariant invariant);

/* The same for each named key, behind a compact. O(named keys). */
void environment_check_forgotten(struct environment *environment);

/* A lookup that counts, compared with the model and told to the policy model. O(ways). */
void environment_read(struct environment *environment, unsigned key_id, enum invariant invariant);

/* Everything in the model is in the map: by inspection, which changes nothing. O(named keys). */
void environment_verify_model(struct environment *environment);

/* Everything in the map is in the model; and a walk tells of it in the same order. Changes nothing.
 * O(state). */
void environment_verify_map(struct environment *environment);

/* At the end of a run: both ways, then again by lookups, with a few keys that were never there; then the
 * policy model, which those lookups were told to. */
void environment_verify(struct environment *environment);

#endif
