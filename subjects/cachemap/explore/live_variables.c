/* SPDX-License-Identifier: Apache-2.0 */
/* What ./explore --reach can ask of the map, as explore_tables.h names it: from the models, and the map's own
 * counts. */
#include "live.h"

#include "live_environment.h"

static uint32_t free_ways(const struct policy_set *set, unsigned ways) {
    uint32_t count = 0;
    for (unsigned way = 0; way < ways; way += 1)
        count += set->slots[way].count == 0;
    return count;
}

/* By section 5 of the contract. */
static uint32_t sweep_steps(const struct policy *policy, struct policy_set set) {
    uint32_t count = 0;
    if (!policy->classic && free_ways(&set, policy->ways) > 0)
        return 0;
    for (unsigned way = set.hand;; way = (way + 1) % policy->ways) {
        count += 1;
        if (set.slots[way].count <= 1)
            return count;
        set.slots[way].count -= 1;
    }
}

static enum place place_of_key(const struct policy *policy, unsigned key) {
    uint32_t set = 0;
    unsigned way = 0;
    if (policy_find(policy, key, &set, &way) != NULL)
        return PLACE_CACHE;
    if (policy->stash[key].state == POLICY_STASH_NONE)
        return PLACE_ABSENT;
    return policy->stash[key].state == POLICY_STASH_VALUE ? PLACE_STASH_VALUE
                                                          : PLACE_STASH_TOMBSTONE;
}

static uint32_t sets_at_least(const struct policy *policy, unsigned count) {
    uint32_t found = 0;
    for (unsigned set = 0; set < policy->geometry.set_count; set += 1) {
        unsigned way = 0;
        while (way < policy->ways && policy->sets[set].slots[way].count >= count)
            way += 1;
        found += way == policy->ways;
    }
    return found;
}

static uint32_t tombstones(const struct policy *policy) {
    uint32_t count = 0;
    for (unsigned key = 0; key < policy->geometry.key_count; key += 1)
        count += policy->stash[key].state == POLICY_STASH_TOMBSTONE;
    return count;
}

/* Null for an op without a key, and without a cache. */
static const struct policy_set *set_of_op(const struct policy *policy, struct op op) {
    return op_has_key(op) && policy->geometry.set_count != 0
               ? &policy->sets[policy_set_of_key(policy, op_key(op))]
               : NULL;
}

int32_t live_variable(enum variable variable, struct op op) {
    const struct policy *policy = &live_environment.policy;
    const struct geometry *geometry = &policy->geometry;
    const struct counts_state *counts = &live_environment.counts;
    const struct policy_set *set;
    const uint32_t mutation_count = live_environment.model.mutation_count;
    switch (variable) {
    case VARIABLE_stash_count: return (int32_t)counts->stash_count;
    case VARIABLE_stash_max: return (int32_t)geometry->stash_count_max;
    case VARIABLE_tombstone_count: return (int32_t)tombstones(policy);
    case VARIABLE_cache_count: return (int32_t)counts->cache_value_count;
    case VARIABLE_cache_max: return (int32_t)geometry->set_count * policy->ways;
    case VARIABLE_full_sets: return (int32_t)sets_at_least(policy, 1);
    case VARIABLE_saturated_sets: return (int32_t)sets_at_least(policy, policy->count_max);
    case VARIABLE_log_count: return (int32_t)counts->scope_count;
    case VARIABLE_log_max: return (int32_t)geometry->scope_count_max;
    case VARIABLE_scope_open: return counts->scope_open;
    case VARIABLE_mutation_count:
        return (int32_t)(mutation_count < geometry->stash_count_max ? mutation_count
                                                                    : geometry->stash_count_max);
    case VARIABLE_ways: return policy->ways;
    case VARIABLE_count_max: return policy->count_max;
    case VARIABLE_key_place:
        return op_has_key(op) ? (int32_t)place_of_key(policy, op_key(op)) : (int32_t)PLACE_ABSENT;
    case VARIABLE_key_free_ways:
        set = set_of_op(policy, op);
        return set == NULL ? 0 : (int32_t)free_ways(set, policy->ways);
    case VARIABLE_sweep_steps:
        set = set_of_op(policy, op);
        return set == NULL ? 0 : (int32_t)sweep_steps(policy, *set);
    case VARIABLE_stash_count_before: return (int32_t)policy->stash_count;
    case VARIABLE_mutation_count_before: return (int32_t)mutation_count;
    case VARIABLE_op:
    case VARIABLE_outcome:
    case VARIABLE_failed:
    case VARIABLE_COUNT: break;
    }
    assert(false && "the explorer's own");
    return 0;
}
