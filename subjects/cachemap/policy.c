/* SPDX-License-Identifier: Apache-2.0 */
/* The policy model behind policy.h. */
#include "policy.h"

#include "key_map.h"
#include "settle.h"

#include <assert.h>
#include <string.h>

void policy_init(struct policy *policy, const struct geometry *geometry) {
    const struct layout_description *layout = layout_describe(geometry->layout);
    policy->geometry = *geometry;
    policy->ways = layout->ways;
    policy->count_max = (uint8_t)((1u << layout->clock_bits) - 1);
    policy->classic = layout->policy == LAYOUT_POLICY_CLOCK_CLASSIC;
    policy->tag_bits = layout->tag_bits;
    memset(policy->sets, 0, geometry->set_count * sizeof policy->sets[0]);
    memset(policy->stash, 0, geometry->key_count * sizeof policy->stash[0]);
    policy->stash_count = 0;
    policy->value_count = 0;
    policy->hits = geometry->uses == USES_NEAR_2_32 && geometry->set_count != 0 ? USES_NEAR : 0;
    policy->misses = policy->hits;
    policy->scope_open = false;
    policy->undo_count = 0;
    policy->touched.slot_count = POLICY_TOUCHED_COUNT_MAX + 1; /* all */
}

void policy_forget_touched(struct policy *policy) {
    policy->touched.first_sets = 0;
    policy->touched.set_count = 0;
    policy->touched.slot_count = 0;
    policy->touched.key_count = 0;
}

static void policy_touch(uint32_t *numbers, uint32_t *count, uint32_t number) {
    if (*count < POLICY_TOUCHED_COUNT_MAX)
        numbers[*count] = number;
    *count += *count <= POLICY_TOUCHED_COUNT_MAX;
}

static void policy_touch_set(struct policy *policy, uint32_t set) {
    if (set < 64)
        policy->touched.first_sets |= UINT64_C(1) << set;
    else
        policy_touch(policy->touched.sets, &policy->touched.set_count, set);
}

static void policy_touch_slot(struct policy *policy, uint32_t set, unsigned way) {
    policy_touch_set(policy, set);
    policy_touch(policy->touched.slots, &policy->touched.slot_count, set * policy->ways + way);
}

static void policy_touch_key(struct policy *policy, unsigned key_id) {
    policy_touch(policy->touched.keys, &policy->touched.key_count, key_id);
}

/* (hash x sets) >> 64 in two steps of 32 bits; there are few sets. */
uint32_t policy_set_of_key(const struct policy *policy, unsigned key_id) {
    const uint64_t hash = key_hash_in(&policy->geometry, key_id);
    const uint64_t low = (hash & 0xffffffffu) * policy->geometry.set_count;
    const uint64_t high = (hash >> 32) * policy->geometry.set_count;
    assert(policy->geometry.set_count != 0);
    return (uint32_t)((high + (low >> 32)) >> 32);
}

uint16_t policy_tag_of_key(const struct policy *policy, unsigned key_id) {
    const uint64_t hash = key_hash_in(&policy->geometry, key_id);
    return (uint16_t)(policy->tag_bits == 8 ? hash & 0xff : hash & 0xffff);
}

static bool policy_has_cache(const struct policy *policy) {
    return policy->geometry.set_count != 0;
}

/* The ways that there are. */
static void policy_copy_set(const struct policy *policy, struct policy_set *to,
                            const struct policy_set *from) {
    to->hand = from->hand;
    memcpy(to->slots, from->slots, policy->ways * sizeof to->slots[0]);
}

static struct policy_set policy_set_now(const struct policy *policy, uint32_t number) {
    struct policy_set set;
    policy_copy_set(policy, &set, &policy->sets[number]);
    return set;
}

/* The way of a key in a set, or the number of ways. */
static unsigned policy_way(const struct policy *policy, const struct policy_set *set,
                           unsigned key_id) {
    unsigned way = 0;
    while (way < policy->ways && !(set->slots[way].count > 0 && set->slots[way].key_id == key_id))
        way += 1;
    return way;
}

const struct policy_slot *policy_find(const struct policy *policy, unsigned key_id, uint32_t *set,
                                      unsigned *way) {
    if (!policy_has_cache(policy))
        return NULL;
    *set = policy_set_of_key(policy, key_id);
    *way = policy_way(policy, &policy->sets[*set], key_id);
    return *way == policy->ways ? NULL : &policy->sets[*set].slots[*way];
}

/* The key's slot in the cache, for an op that may change it; or null. */
static struct policy_slot *policy_resident(struct policy *policy, unsigned key_id) {
    uint32_t set = 0;
    unsigned way = 0;
    if (policy_find(policy, key_id, &set, &way) == NULL)
        return NULL;
    policy_touch_set(policy, set);
    return &policy->sets[set].slots[way];
}

/* The key has this number from now on. */
static void policy_stash_number(struct policy *policy, unsigned key_id, uint32_t entry) {
    policy->stash[key_id].entry = entry;
    policy->stash_order[entry] = key_id;
    policy_touch_key(policy, key_id);
}

/* The key's entry is as given, and has this number where it had none; who had the number then goes to the
 * end. When an entry leaves, the last one takes its number. */
static void policy_stash_set_at(struct policy *policy, unsigned key_id, uint32_t entry,
                                enum policy_stash_state state, uint32_t value) {
    struct policy_stash_key *row = &policy->stash[key_id];
    if (row->state == POLICY_STASH_NONE && state != POLICY_STASH_NONE) {
        assert(entry <= policy->stash_count);
        if (entry < policy->stash_count)
            policy_stash_number(policy, policy->stash_order[entry], policy->stash_count);
        policy_stash_number(policy, key_id, entry);
        policy->stash_count += 1;
    } else if (row->state != POLICY_STASH_NONE && state == POLICY_STASH_NONE) {
        policy->stash_count -= 1;
        policy_stash_number(policy, policy->stash_order[policy->stash_count], row->entry);
    }
    if (row->state != state || row->value != value)
        policy_touch_key(policy, key_id);
    row->state = (uint8_t)state;
    row->value = value;
}

/* As above: a new entry gets the next number. */
static void policy_stash_set(struct policy *policy, unsigned key_id, enum policy_stash_state state,
                             uint32_t value) {
    policy_stash_set_at(policy, key_id, policy->stash_count, state, value);
}

/* The number of the key's entry, or another where it has none. */
static uint32_t policy_entry_or(const struct policy *policy, unsigned key_id, uint32_t otherwise) {
    const struct policy_stash_key *row = &policy->stash[key_id];
    return row->state != POLICY_STASH_NONE ? row->entry : otherwise;
}

/* Of a slot of the naive map. */
static uint32_t policy_slot_number(const struct policy *policy, const struct policy_slot *slot) {
    const size_t offset = (size_t)((const char *)slot - (const char *)policy->sets);
    const size_t set = offset / sizeof policy->sets[0];
    return (uint32_t)(set * policy->ways + (size_t)(slot - policy->sets[set].slots));
}

/* ---- Lookups. ---------------------------------------------------------------------------- */

struct result policy_lookup(struct policy *policy, unsigned key_id) {
    struct policy_slot *slot = policy_resident(policy, key_id);
    const struct policy_stash_key *row = &policy->stash[key_id];
    struct result found = {OUTCOME_FOUND, 0};
    if (slot != NULL) {
        policy->hits += 1;
        if (slot->count < policy->count_max)
            slot->count += 1;
        found.value = slot->value;
        return found;
    }
    if (policy_has_cache(policy))
        policy->misses += 1;
    found.value = row->value;
    switch ((enum policy_stash_state)row->state) {
    case POLICY_STASH_VALUE: return found;
    case POLICY_STASH_TOMBSTONE: return result_of(OUTCOME_TOMBSTONE);
    case POLICY_STASH_NONE: break;
    }
    return result_of(OUTCOME_ABSENT);
}

struct result policy_would_answer(const struct policy *policy, unsigned key_id) {
    uint32_t set = 0;
    unsigned way = 0;
    const struct policy_slot *slot = policy_find(policy, key_id, &set, &way);
    const struct policy_stash_key *row = &policy->stash[key_id];
    const struct result found = {OUTCOME_FOUND, slot != NULL ? slot->value : row->value};
    if (slot != NULL)
        return found;
    switch ((enum policy_stash_state)row->state) {
    case POLICY_STASH_VALUE: return found;
    case POLICY_STASH_TOMBSTONE: return result_of(OUTCOME_TOMBSTONE);
    case POLICY_STASH_NONE: break;
    }
    return result_of(OUTCOME_ABSENT);
}

/* A get, and a change that is none of the map's: in its place the value is another. */
static struct result policy_write(struct policy *policy, unsigned key_id, uint32_t value) {
    const struct result found = policy_lookup(policy, key_id);
    uint32_t set = 0;
    unsigned way = 0;
    if (found.outcome != OUTCOME_FOUND)
        return result_of(OUTCOME_NOTHING);
    if (policy->scope_open)
        return found;
    if (policy_find(policy, key_id, &set, &way) == NULL) {
        policy_stash_set(policy, key_id, POLICY_STASH_VALUE, value);
        return found;
    }
    policy->sets[set].slots[way].value = value;
    policy_touch_slot(policy, set, way);
    return found;
}

static struct result policy_demote(struct policy *policy, unsigned key_id) {
    struct policy_slot *slot = policy_resident(policy, key_id);
    if (slot != NULL)
        slot->count = 1;
    return result_of(OUTCOME_OK);
}

/* ---- Mutations. -------------------------------------------------------------------------- */

/* Remembers what a mutation of the key is about to change, and the numbers for its record. */
static void policy_remember(struct policy *policy, bool is_remove, unsigned key_id,
                            unsigned victim_id, uint32_t slot, uint32_t entry) {
    struct policy_undo *undo = &policy->undo[policy->undo_count];
    if (!policy->scope_open)
        return;
    assert(policy->undo_count < policy->geometry.scope_count_max);
    undo->is_remove = is_remove;
    undo->key_id = key_id;
    undo->victim_id = victim_id;
    undo->slot = slot;
    undo->entry = entry;
    undo->key_before = policy->stash[key_id];
    undo->victim_before = policy->stash[victim_id];
    if (policy_has_cache(policy)) {
        undo->set = policy_set_of_key(policy, key_id);
        policy_copy_set(policy, &undo->set_before, &policy->sets[undo->set]);
    }
    policy->undo_count += 1;
}

static bool policy_scope_full(const struct policy *policy) {
    return policy->scope_open && policy->undo_count == policy->geometry.scope_count_max;
}

/* Takes a way in a copy of the set; the way's old content, if it had a count, is the victim. */
static unsigned policy_take_way(const struct policy *policy, struct policy_set *set, bool *evicts) {
    *evicts = false;
    assert(policy->ways > 0);
    for (unsigned i = 0; !policy->classic && i < policy->ways; i += 1) {
        const unsigned way = (set->hand + i) % policy->ways;
        if (set->slots[way].count == 0)
            return way;
    }
    for (unsigned way = set->hand;; way = (way + 1) % policy->ways) {
        if (set->slots[way].count == 0)
            return way;
        set->slots[way].count -= 1;
        if (set->slots[way].count == 0) {
            *evicts = true;
            return way;
        }
    }
}

static enum outcome policy_upsert_outcome(const struct policy *policy, unsigned key_id) {
    switch ((enum policy_stash_state)policy->stash[key_id].state) {
    case POLICY_STASH_VALUE: return OUTCOME_UPDATED;
    case POLICY_STASH_TOMBSTONE: return OUTCOME_REVIVED;
    case POLICY_STASH_NONE: break;
    }
    return OUTCOME_INSERTED;
}

static struct result policy_insert(struct policy *policy, unsigned key_id, uint32_t value) {
    const uint32_t set_number = policy_set_of_key(policy, key_id);
    const uint32_t entry = policy_entry_or(policy, key_id, POLICY_NUMBER_NONE);
    struct policy_set set = policy_set_now(policy, set_number);
    const struct policy_slot fresh = {value, key_id, 1};
    const enum outcome outcome = policy_upsert_outcome(policy, key_id);
    bool evicts;
    const unsigned way = policy_take_way(policy, &set, &evicts);
    const struct policy_slot victim = set.slots[way];
    if (evicts && outcome == OUTCOME_INSERTED &&
        policy->stash_count == policy->geometry.stash_count_max)
        return result_of(OUTCOME_STASH_FULL);
    if (policy_scope_full(policy))
        return result_of(OUTCOME_SCOPE_FULL);
    policy_remember(policy, false, key_id, evicts ? victim.key_id : key_id,
                    set_number * policy->ways + way, entry);
    set.slots[way] = fresh;
    set.hand = (uint8_t)((way + 1) % policy->ways);
    policy_copy_set(policy, &policy->sets[set_number], &set);
    policy_touch_slot(policy, set_number, way);
    policy_stash_set(policy, key_id, POLICY_STASH_NONE, 0);
    /* Under the number of the key's entry if there was one. */
    if (evicts)
        policy_stash_set_at(policy, victim.key_id,
                            entry != POLICY_NUMBER_NONE ? entry : policy->stash_count,
                            POLICY_STASH_VALUE, victim.value);
    else
        policy->value_count += 1;
    return result_of(outcome);
}

static struct result policy_upsert(struct policy *policy, unsigned key_id, uint32_t value) {
    struct policy_slot *slot = policy_resident(policy, key_id);
    enum outcome outcome;
    if (slot != NULL) {
        if (policy_scope_full(policy))
            return result_of(OUTCOME_SCOPE_FULL);
        policy_remember(policy, false, key_id, key_id, policy_slot_number(policy, slot),
                        POLICY_NUMBER_NONE);
        policy_touch(policy->touched.slots, &policy->touched.slot_count,
                     policy_slot_number(policy, slot));
        slot->value = value;
        if (policy->classic)
            slot->count = 1;
        return result_of(OUTCOME_UPDATED);
    }
    if (policy_has_cache(policy))
        return policy_insert(policy, key_id, value);
    outcome = policy_upsert_outcome(policy, key_id);
    if (outcome == OUTCOME_INSERTED && policy->stash_count == policy->geometry.stash_count_max)
        return result_of(OUTCOME_STASH_FULL);
    if (policy_scope_full(policy))
        return result_of(OUTCOME_SCOPE_FULL);
    policy_remember(policy, false, key_id, key_id, POLICY_NUMBER_NONE,
                    policy_entry_or(policy, key_id, policy->stash_count));
    policy_stash_set(policy, key_id, POLICY_STASH_VALUE, value);
    return result_of(outcome);
}

static struct result policy_rewrite(struct policy *policy, unsigned key_id) {
    const struct result found = policy_lookup(policy, key_id);
    if (found.outcome != OUTCOME_FOUND)
        return result_of(OUTCOME_ABSENT);
    return policy_upsert(policy, key_id, found.value);
}

static struct result policy_remove(struct policy *policy, unsigned key_id) {
    struct policy_slot *slot = policy_resident(policy, key_id);
    if (slot == NULL && policy->stash[key_id].state != POLICY_STASH_VALUE)
        return result_of(OUTCOME_ABSENT);
    if (slot != NULL && policy->stash_count == policy->geometry.stash_count_max)
        return result_of(OUTCOME_STASH_FULL);
    if (policy_scope_full(policy))
        return result_of(OUTCOME_SCOPE_FULL);
    policy_remember(policy, true, key_id, key_id,
                    slot != NULL ? policy_slot_number(policy, slot) : POLICY_NUMBER_NONE,
                    policy_entry_or(policy, key_id, policy->stash_count));
    if (slot != NULL) {
        slot->count = 0;
        policy->value_count -= 1;
    }
    policy_stash_set(policy, key_id, POLICY_STASH_TOMBSTONE, 0);
    return result_of(OUTCOME_REMOVED);
}

/* ---- Scopes, compact, reset. ------------------------------------------------------------- */

/* One slot of a set back to what it was; see the head of policy.h for the counts. */
static void policy_undo_slot(struct policy *policy, struct policy_slot *now,
                             struct policy_slot before, bool is_remove) {
    const bool same = now->count > 0 && before.count > 0 && now->key_id == before.key_id;
    policy->value_count -= now->count > 0;
    policy->value_count += before.count > 0;
    if (same)
        before.count = now->count;
    else if (before.count > 0 && !is_remove)
        before.count = 1;
    *now = before;
}

static void policy_undo_newest(struct policy *policy) {
    const struct policy_undo *undo = &policy->undo[policy->undo_count - 1];
    if (undo->victim_id != undo->key_id)
        policy_stash_set(policy, undo->victim_id,
                         (enum policy_stash_state)undo->victim_before.state,
                         undo->victim_before.value);
    policy_stash_set_at(policy, undo->key_id, undo->key_before.entry,
                        (enum policy_stash_state)undo->key_before.state, undo->key_before.value);
    for (unsigned way = 0; policy_has_cache(policy) && way < policy->ways; way += 1) {
        struct policy_slot *slot = &policy->sets[undo->set].slots[way];
        const struct policy_slot now = *slot;
        policy_undo_slot(policy, slot, undo->set_before.slots[way], undo->is_remove);
        if (now.value != slot->value || now.count != slot->count)
            policy_touch_slot(policy, undo->set, way);
    }
    policy->undo_count -= 1;
}

struct policy_record policy_record_at(const struct policy *policy, uint32_t index) {
    const struct policy_undo *undo = &policy->undo[index];
    const struct policy_set *set = &undo->set_before;
    struct policy_record record = {
        .is_remove = undo->is_remove,
        .evicts = undo->victim_id != undo->key_id,
        .in_stash = (enum policy_stash_state)undo->key_before.state,
        .value = undo->key_before.value,
        .slot = undo->slot,
        .entry = undo->entry,
    };
    assert(index < policy->undo_count);
    if (policy_has_cache(policy) && policy_way(policy, set, undo->key_id) < policy->ways) {
        record.in_cache = true;
        record.value = set->slots[policy_way(policy, set, undo->key_id)].value;
    }
    return record;
}

static struct result policy_scope_close(struct policy *policy, bool discard) {
    if (!policy->scope_open)
        return result_of(OUTCOME_SCOPE_NOT_OPEN);
    while (discard && policy->undo_count > 0)
        policy_undo_newest(policy);
    policy->undo_count = 0;
    policy->scope_open = false;
    return result_of(OUTCOME_OK);
}

static struct result policy_compact(struct policy *policy) {
    if (policy->scope_open)
        return result_of(OUTCOME_SCOPE_ALREADY_OPEN);
    while (policy->stash_count > 0)
        policy_stash_set(policy, policy->stash_order[policy->stash_count - 1], POLICY_STASH_NONE,
                         0);
    return result_of(OUTCOME_OK);
}

static struct result policy_reset(struct policy *policy) {
    const struct geometry geometry = policy->geometry;
    if (policy->scope_open)
        return result_of(OUTCOME_SCOPE_ALREADY_OPEN);
    policy_init(policy, &geometry);
    return result_of(OUTCOME_OK);
}

static struct result policy_reinit(struct policy *policy, uint8_t layout) {
    const struct geometry geometry = geometry_remade(&policy->geometry, layout);
    policy_init(policy, &geometry);
    return result_of(OUTCOME_OK);
}

static const enum outcome refusal_outcomes[REFUSAL_COUNT] = {
#define REFUSAL_OUTCOME(name, word, outcome) OUTCOME_##outcome,
    OPERAND_WORD_TABLE(REFUSAL_OUTCOME)
#undef REFUSAL_OUTCOME
};

static struct result policy_apply_one(struct policy *policy, struct op op, uint32_t value) {
    struct result result;
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT:
    case OP_UPSERT_MANY: return policy_upsert(policy, op_key(op), value);
    case OP_REWRITE: return policy_rewrite(policy, op_key(op));
    case OP_REMOVE: return policy_remove(policy, op_key(op));
    case OP_LOOKUP: return policy_lookup(policy, op_key(op));
    case OP_GET:
    case OP_GET_MANY:
        result = policy_lookup(policy, op_key(op));
        return result.outcome == OUTCOME_FOUND ? result : result_of(OUTCOME_NOTHING);
    case OP_WRITE: return policy_write(policy, op_key(op), value);
    case OP_HAS:
        result = policy_lookup(policy, op_key(op));
        return result_of(result.outcome == OUTCOME_FOUND ? OUTCOME_YES : OUTCOME_NO);
    case OP_DEMOTE: return policy_demote(policy, op_key(op));
    case OP_COMPACT: return policy_compact(policy);
    case OP_SCOPE_OPEN:
        result = result_of(policy->scope_open ? OUTCOME_SCOPE_ALREADY_OPEN : OUTCOME_OK);
        policy->scope_open = true;
        return result;
    case OP_SCOPE_PERSIST: return policy_scope_close(policy, false);
    case OP_SCOPE_DISCARD: return policy_scope_close(policy, true);
    case OP_RESET: return policy_reset(policy);
    case OP_REINIT: return policy_reinit(policy, (uint8_t)op.operand);
    case OP_INIT_REFUSED: return result_of(refusal_outcomes[op.operand]);
    case OP_INSPECT: return result_of(OUTCOME_OK);
    case OP_UPSERT_RANGE: /* policy_apply */
    case OP_REMOVE_RANGE:
    case OP_GET_RANGE:
    case OP_KIND_COUNT: break;
    }
    assert(false && "no such op");
    return result_of(OUTCOME_NONE);
}

struct result policy_apply(struct policy *policy, struct op op, uint32_t value) {
    struct result done = {OUTCOME_DONE, 0};
    assert(policy != NULL);
    if (!op_has_range(op))
        return policy_apply_one(policy, op, value);
    for (uint32_t i = 0; i < op_element_count(op); i += 1) {
        const struct result result =
            policy_apply_one(policy, op_element(op, i, policy->geometry.key_count), value + i);
        done.value += !outcome_failed(result.outcome) && result.outcome != OUTCOME_NOTHING;
    }
    return done;
}
