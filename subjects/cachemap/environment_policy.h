/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 6 of the oracle: the map beside the naive map (policy.h), in parts that the environment asks for
 * after an op, for a key, and for a new map. Each ends the run where the two differ. */
#ifndef HARNESS_ENVIRONMENT_POLICY_H
#define HARNESS_ENVIRONMENT_POLICY_H

#include "environment_state.h"

/* One key, where `place` is: its slot and its count. Nothing with the layer off. O(ways). */
void environment_compare_place(struct environment *environment, unsigned key_id,
                               const struct place_state *place);

/* What the map has room for is what the geometry asked. O(1). */
void environment_compare_capacities(struct environment *environment);

/* After an op with a key: counts and metrics, the last entry, the newest record, the set of the key.
 * O(ways). */
void environment_compare_touched(struct environment *environment, struct op op);

/* After an op: counts and metrics, the stash and the newest record if the op may change them, and the set
 * of its key; every set if `all`. */
void environment_compare_policy(struct environment *environment, struct op op, bool all);

/* What inspection would say of a record, by the naive map. */
struct record_state environment_naive_record(const struct policy *policy, uint32_t index);

#endif
