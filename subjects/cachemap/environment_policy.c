/* SPDX-License-Identifier: Apache-2.0 */
/* The comparison behind environment_policy.h. */
#define ENVIRONMENT_FILE "environment_policy.c"
#include "environment_policy.h"

#include "environment_fail.h"
#include "value_words.h"

#include <stdio.h>
#include <string.h>

enum {
    PLACE_WORDS_SIZE = 180,
    RECORD_WORDS_SIZE = 260,
    MISPLACED_WORDS_SIZE = 2 * PLACE_WORDS_SIZE + 40
};

static enum place place_of_stash(uint8_t state) {
    switch ((enum policy_stash_state)state) {
    case POLICY_STASH_VALUE: return PLACE_STASH_VALUE;
    case POLICY_STASH_TOMBSTONE: return PLACE_STASH_TOMBSTONE;
    case POLICY_STASH_NONE: break;
    }
    return PLACE_ABSENT;
}

/* ---- Findings that name a key. ----------------------------------------------------------- */

static void place_words(const struct environment *environment, const struct place_state *state,
                        char *words) {
    const char *value = value_words(environment, state->content.value);
    switch (state->place) {
    case PLACE_ABSENT: (void)snprintf(words, PLACE_WORDS_SIZE, "nowhere"); return;
    case PLACE_CACHE:
        (void)snprintf(words, PLACE_WORDS_SIZE, "in the cache (set %u way %u, %s)",
                       (unsigned)state->set, state->way, value);
        return;
    case PLACE_STASH_VALUE:
        (void)snprintf(words, PLACE_WORDS_SIZE, "in the stash (entry %u, %s)",
                       (unsigned)state->entry, value);
        return;
    case PLACE_STASH_TOMBSTONE:
        (void)snprintf(words, PLACE_WORDS_SIZE, "a tombstone in the stash (entry %u)",
                       (unsigned)state->entry);
        return;
    }
}

/* Where the naive map has the key, as inspection would say it. */
static struct place_state naive_place(const struct policy *policy, unsigned key_id) {
    const struct policy_stash_key *row = &policy->stash[key_id];
    uint32_t set = 0;
    unsigned way = 0;
    const struct policy_slot *slot = policy_find(policy, key_id, &set, &way);
    struct place_state state = {.place = place_of_stash(row->state), .entry = row->entry};
    state.content.value = row->value;
    if (slot != NULL) {
        state.place = PLACE_CACHE;
        state.set = set;
        state.way = (uint8_t)way;
        state.count = slot->count;
        state.content.value = slot->value;
    }
    state.has_value = state.place == PLACE_CACHE || state.place == PLACE_STASH_VALUE;
    return state;
}

/* The first named key that is elsewhere than in the naive map, or has another value: "key 3 is nowhere,
 * expected in the stash (value 2): ", to stand before what a check found. Empty where there is none. */
static const char *misplaced_key_words(const struct environment *environment) {
    static char sentence[MISPLACED_WORDS_SIZE];
    char now[PLACE_WORDS_SIZE], naive[PLACE_WORDS_SIZE];
    sentence[0] = '\0';
    for (uint32_t i = 0; i < environment->named_key_count; i += 1) {
        const unsigned key_id = environment->named_keys[i];
        const struct place_state state = subject_place(&environment->subject, key_id);
        const struct place_state expected = naive_place(&environment->policy, key_id);
        place_words(environment, &state, now);
        place_words(environment, &expected, naive);
        if (strcmp(now, naive) == 0)
            continue;
        (void)snprintf(sentence, sizeof sentence, "key %u is %s, expected %s: ", key_id, now,
                       naive);
        break;
    }
    return sentence;
}

/* A record in words: "an upsert of a key that was in the cache (slot 3, no entry), to put back: value 2". */
static void record_words(const struct environment *environment, const struct record_state *record,
                         char *words) {
    static const char *const befores[] = {
        [PLACE_ABSENT] = "absent",
        [PLACE_CACHE] = "in the cache",
        [PLACE_STASH_VALUE] = "in the stash",
        [PLACE_STASH_TOMBSTONE] = "a tombstone",
    };
    char put_back[140] = "", slot[32] = "no slot", entry[32] = "no entry";
    if (record->has_overwritten && record->before != PLACE_STASH_TOMBSTONE)
        (void)snprintf(put_back, sizeof put_back, ", to put back: %s",
                       value_words(environment, record->overwritten.value));
    if (record->slot != SUBJECT_SLOT_NONE)
        (void)snprintf(slot, sizeof slot, "slot %llu", (unsigned long long)record->slot);
    if (record->entry != SUBJECT_ENTRY_NONE)
        (void)snprintf(entry, sizeof entry, "entry %u", (unsigned)record->entry);
    (void)snprintf(words, RECORD_WORDS_SIZE, "%s of a key that was %s (%s, %s)%s%s",
                   record->is_remove ? "a remove" : "an upsert", befores[record->before], slot,
                   entry, record->evicts ? ", evicting" : "", put_back);
}

/* ---- Comparisons. ------------------------------------------------------------------------ */

void environment_compare_place(struct environment *environment, unsigned key_id,
                               const struct place_state *place) {
    struct place_state naive;
    bool resident, stashed;
    if (!environment_has(environment, LAYER_POLICY))
        return;
    naive = naive_place(&environment->policy, key_id);
    resident = naive.place == PLACE_CACHE;
    stashed = naive.place != PLACE_CACHE && naive.place != PLACE_ABSENT;
    if (resident != (place->place == PLACE_CACHE) ||
        (resident &&
         (place->set != naive.set || place->way != naive.way || place->count != naive.count)))
        environment_fail_at(environment, INVARIANT_POLICY_PLACE, HERE,
                            "%skey %u has count %u, expected %u", misplaced_key_words(environment),
                            key_id, place->place == PLACE_CACHE ? place->count : 0u, naive.count);
    if (stashed && place->entry != naive.entry)
        environment_fail_at(environment, INVARIANT_POLICY_PLACE, HERE,
                            "key %u is found at entry %u, expected at %u", key_id,
                            (unsigned)place->entry, (unsigned)naive.entry);
    if (place->has_value != naive.has_value)
        environment_fail_at(environment, INVARIANT_POLICY_PLACE, HERE,
                            "the place of key %u %s a value", key_id,
                            place->has_value ? "gives" : "does not give");
}

static void environment_compare_set(struct environment *environment, uint32_t set) {
    const struct policy *policy = &environment->policy;
    const struct policy_set *expected = &policy->sets[set];
    struct set_state actual;
    subject_set(&environment->subject, set, &actual);
    if (actual.hand != expected->hand)
        environment_fail_at(environment, INVARIANT_POLICY_SET, HERE,
                            "set %u: hand at %u%s, expected at %u", (unsigned)set, actual.hand,
                            subject_is_fill(&environment->subject, actual.hand, 1)
                                ? " (" SUBJECT_FILL_WORDS ")"
                                : "",
                            expected->hand);
    for (unsigned way = 0; way < policy->ways; way += 1) {
        const struct slot_state *slot = &actual.slots[way];
        const struct policy_slot *naive = &expected->slots[way];
        if (slot->count != naive->count && slot->content.key_id == naive->key_id &&
            slot->count != 0 && naive->count != 0)
            environment_fail_at(environment, INVARIANT_POLICY_SET, HERE,
                                "key %u (set %u way %u) has count %u, expected %u", naive->key_id,
                                (unsigned)set, way, slot->count, naive->count);
        if (slot->count != naive->count)
            environment_fail_at(environment, INVARIANT_POLICY_SET, HERE,
                                "%sset %u way %u has count %u, expected %u",
                                misplaced_key_words(environment), (unsigned)set, way, slot->count,
                                naive->count);
        if (slot->has_value != (naive->count != 0) || (naive->count == 0 && slot->tag != 0))
            environment_fail_at(environment, INVARIANT_POLICY_SET, HERE,
                                "set %u way %u, with count %u, has tag %u and %s value",
                                (unsigned)set, way, slot->count, slot->tag,
                                slot->has_value ? "a" : "no");
        if (slot->count != 0 &&
            (slot->content.key_id != naive->key_id || slot->content.value != naive->value ||
             !slot->content.intact || slot->tag != policy_tag_of_key(policy, naive->key_id)))
            environment_fail_at(
                environment, INVARIANT_POLICY_SET, HERE,
                "%sset %u way %u: key %u %s tag %u, expected key %u value %u tag %u",
                misplaced_key_words(environment), (unsigned)set, way, slot->content.key_id,
                value_words(environment, slot->content.value), slot->tag, naive->key_id,
                (unsigned)naive->value, policy_tag_of_key(policy, naive->key_id));
    }
}

static void environment_compare_count(struct environment *environment, const char *what,
                                      uint64_t now, uint64_t naive) {
    if (now != naive)
        environment_fail_at(environment, INVARIANT_POLICY_COUNTS, HERE, "%s%s is %u, expected %u",
                            misplaced_key_words(environment), what, (unsigned)now, (unsigned)naive);
}

static void environment_compare_counts(struct environment *environment) {
    const struct policy *policy = &environment->policy;
    const struct counts_state *counts = &environment->counts;
    environment_compare_count(environment, "the cache's count", counts->cache_value_count,
                              policy->value_count);
    environment_compare_count(environment, "the stash's count", counts->stash_count,
                              policy->stash_count);
    environment_compare_count(environment, "the scope log's count", counts->scope_count,
                              policy->undo_count);
    environment_compare_count(environment, "whether a scope is open", counts->scope_open,
                              policy->scope_open);
    if (counts->hits != policy->hits || counts->misses != policy->misses)
        environment_fail_at(environment, INVARIANT_POLICY_COUNTS, HERE,
                            "hits %u misses %u, expected hits %u misses %u", (unsigned)counts->hits,
                            (unsigned)counts->misses, (unsigned)policy->hits,
                            (unsigned)policy->misses);
}

void environment_compare_capacities(struct environment *environment) {
    const struct counts_state *counts = &environment->counts;
    const struct geometry *geometry = &environment->geometry;
    if (counts->set_count != geometry->set_count ||
        counts->cache_value_count_max != (uint64_t)geometry->set_count * environment->policy.ways ||
        counts->stash_count_max != geometry->stash_count_max ||
        counts->scope_count_max != geometry->scope_count_max)
        environment_fail_at(environment, INVARIANT_POLICY_COUNTS, HERE,
                            "room for %u values, %u in the stash, %u in a scope; the geometry asks "
                            "for others",
                            (unsigned)counts->cache_value_count_max,
                            (unsigned)counts->stash_count_max, (unsigned)counts->scope_count_max);
}

struct record_state environment_naive_record(const struct policy *policy, uint32_t index) {
    const struct policy_record record = policy_record_at(policy, index);
    struct record_state state = {
        .is_remove = record.is_remove,
        .evicts = record.evicts,
        .before = record.in_cache ? PLACE_CACHE : place_of_stash((uint8_t)record.in_stash),
        .slot = record.slot != POLICY_NUMBER_NONE ? record.slot : SUBJECT_SLOT_NONE,
        .entry = record.entry != POLICY_NUMBER_NONE ? record.entry : SUBJECT_ENTRY_NONE,
    };
    state.has_overwritten = !state.is_remove && state.before != PLACE_ABSENT;
    state.overwritten.value = record.value;
    return state;
}

/* Of a tombstone's bytes only the key has a meaning. */
static void environment_compare_record(struct environment *environment, uint32_t index) {
    const struct record_state expected = environment_naive_record(&environment->policy, index);
    const struct record_state actual = subject_record(&environment->subject, index);
    const bool kept =
        actual.has_overwritten == expected.has_overwritten &&
        (!expected.has_overwritten || expected.before == PLACE_STASH_TOMBSTONE ||
         (actual.overwritten.value == expected.overwritten.value && actual.overwritten.intact));
    if (actual.is_remove != expected.is_remove || actual.evicts != expected.evicts ||
        actual.before != expected.before || actual.slot != expected.slot ||
        actual.entry != expected.entry || !kept) {
        char now[RECORD_WORDS_SIZE], naive[RECORD_WORDS_SIZE];
        record_words(environment, &actual, now);
        record_words(environment, &expected, naive);
        environment_fail_at(environment, INVARIANT_POLICY_RECORD, HERE,
                            "record %u of the scope log says: %s; expected: %s", (unsigned)index,
                            now, naive);
    }
}

/* The newest record, those that a call for many can have added, or all. */
static void environment_compare_records(struct environment *environment, struct op op, bool all) {
    const uint32_t count = (uint32_t)environment->counts.scope_count;
    const uint32_t newest = op_is(op, TRAIT_BATCHED) ? STREAM_BATCH_COUNT_MAX : all ? count : 1;
    for (uint32_t index = count > newest ? count - newest : 0; index < count; index += 1)
        environment_compare_record(environment, index);
}

/* Which key has which number is a function of the calls. */
static void environment_compare_entry(struct environment *environment, uint32_t entry) {
    const struct entry_state state = subject_entry(&environment->subject, entry);
    const unsigned key_id = environment->policy.stash_order[entry];
    const struct policy_stash_key *row = &environment->policy.stash[key_id];
    const bool tombstone = row->state == POLICY_STASH_TOMBSTONE;
    if (state.content.key_id != key_id || state.tombstone != tombstone ||
        (!tombstone && (state.content.value != row->value || !state.content.intact)))
        environment_fail_at(
            environment, INVARIANT_POLICY_STASH, HERE,
            "%sentry %u holds key %u (%s), expected key %u (%s)", misplaced_key_words(environment),
            (unsigned)entry, state.content.key_id,
            state.tombstone ? "a tombstone" : value_words(environment, state.content.value), key_id,
            tombstone ? "a tombstone" : value_words(environment, row->value));
}

/* Counts are equal already. */
static void environment_compare_stash(struct environment *environment) {
    for (uint32_t entry = 0; entry < environment->counts.stash_count; entry += 1)
        environment_compare_entry(environment, entry);
}

void environment_compare_touched(struct environment *environment, struct op op) {
    environment_compare_counts(environment);
    if (!op_is(op, TRAIT_READS) && environment->counts.stash_count != 0)
        environment_compare_entry(environment, (uint32_t)environment->counts.stash_count - 1);
    if (!op_is(op, TRAIT_READS))
        environment_compare_records(environment, op, false);
    if (environment->geometry.set_count != 0)
        environment_compare_set(environment, policy_set_of_key(&environment->policy, op_key(op)));
}

void environment_compare_policy(struct environment *environment, struct op op, bool all) {
    environment_compare_counts(environment);
    if (!op_is(op, TRAIT_READS) && (all || !geometry_is_large(&environment->geometry)))
        environment_compare_stash(environment);
    if (!op_is(op, TRAIT_READS))
        environment_compare_records(environment, op, all);
    if (environment->geometry.set_count == 0)
        return;
    if (!all && op_has_key(op)) {
        environment_compare_set(environment, policy_set_of_key(&environment->policy, op_key(op)));
        return;
    }
    for (uint32_t set = 0; all && set < environment->geometry.set_count; set += 1)
        environment_compare_set(environment, set);
}
