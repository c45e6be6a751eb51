/* SPDX-License-Identifier: Apache-2.0 */
/* What the explorer asks of the cache map and shows of it, in tables: explorer/live.h describes them. */
#ifndef SUBJECT_EXPLORE_TABLES_H
#define SUBJECT_EXPLORE_TABLES_H

#include "subject.h"

#define EXPLORE_WORLD "sets=1 ways=2 clock=1 stash=2 scope=2 keys=3 hash=same_home"
/* Behind a write stands what stands behind a get, with another value: no state that is not there without. */
#define EXPLORE_LEAVES_OUT    (TRAIT_OUTSIDE | TRAIT_WRITES)
#define EXPLORE_OPS_WORDS     "all but init_refused and write"
#define EXPLORE_OP_NAMES      "op_upsert, op_scope_open"
#define EXPLORE_OUTCOME_NAMES "outcome_inserted, outcome_stash_full"
#define EXPLORE_AUDIT_OP      OP_INSPECT

#define STATE_VARIABLE_TABLE(VARIABLE) \
    VARIABLE(stash_count, "entries in the stash") \
    VARIABLE(stash_max, "its capacity") \
    VARIABLE(tombstone_count, "of the entries, tombstones") \
    VARIABLE(cache_count, "values in the cache") \
    VARIABLE(cache_max, "its capacity") \
    VARIABLE(full_sets, "sets without a free way") \
    VARIABLE(saturated_sets, "sets whose counts are all the largest") \
    VARIABLE(log_count, "records of the open scope") \
    VARIABLE(log_max, "its capacity") \
    VARIABLE(scope_open, "1 in a scope, else 0") \
    VARIABLE(mutation_count, "since the last compact, at most stash_max") \
    VARIABLE(ways, "of a set") \
    VARIABLE(count_max, "the largest count of a slot")

#define BEFORE_VARIABLE_TABLE(VARIABLE) \
    VARIABLE(key_place, "where its key was before: place_absent, _cache, _value or _tombstone") \
    VARIABLE(key_free_ways, "free ways in the set of its key, before") \
    VARIABLE(sweep_steps, "steps that a sweep of that set would take, before") \
    VARIABLE(stash_count_before, "as above, before the op") \
    VARIABLE(mutation_count_before, "as above, before the op")

#define CONSTANT_TABLE(CONSTANT) \
    CONSTANT(place_absent, PLACE_ABSENT) \
    CONSTANT(place_cache, PLACE_CACHE) \
    CONSTANT(place_value, PLACE_STASH_VALUE) \
    CONSTANT(place_tombstone, PLACE_STASH_TOMBSTONE)

#endif
