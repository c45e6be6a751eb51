/* SPDX-License-Identifier: Apache-2.0 */
/* The comparison behind environment_policy.h. */
#define ENVIRONMENT_FILE "environment_policy.c"
#include "environment_policy.h"

#include "environment_fail.h"
#include "value_words.h"

#include <stdio.h>
#include <string.h>

enum {
    PLACE_WORDS_SIZE = 160,
    RECORD_WORDS_SIZE = 220,
    MISPLACED_WORDS_SIZE = 2 * PLACE_WORDS_SIZE + 40
};

/* ---- Findings that name a key. ----------------------------------------------------------- */

static void place_words(const struct environment *environment, enum place place, uint32_t value,
                        uint32_t set, unsigned way, char *words) {
    switch (place) {
    case PLACE_ABSENT: (void)snprintf(words, PLACE_WORDS_SIZE, "nowhere"); return;
    case PLACE_CACHE:
        (void)snprintf(words, PLACE_WORDS_SIZE, "in the cache (set %u way %u, %s)", (unsigned)set,
                       way, value_words(environment, value));
        return;
    case PLACE_STASH_VALUE:
        (void)snprintf(words, PLACE_WORDS_SIZE, "in the stash (%s)",
                       value_words(environment, value));
        return;
    case PLACE_STASH_TOMBSTONE:
        (void)snprintf(words, PLACE_WORDS_SIZE, "a tombstone in the stash");
        return;
    }
}

/* Where the naive map has the key. */
static void naive_place_words(const struct environment *environment, unsigned key_id, char *words) {
    const struct policy *policy = &environment->policy;
    const struct policy_stash_key *row = &policy->stash[key_id];
    uint32_t set = 0;
    unsigned way = 0;
    const struct policy_slot *slot = policy_find(policy, key_id, &set, &way);
    const enum place place = slot != NULL                           ? PLACE_CACHE
                             : row->state == POLICY_STASH_VALUE     ? PLACE_STASH_VALUE
                             : row->state == POLICY_STASH_TOMBSTONE ? PLACE_STASH_TOMBSTONE
                                                                    : PLACE_ABSENT;
    place_words(environment, place, slot != NULL ? slot->value : row->value, set, way, words);
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
        place_words(environment, state.place, state.content.value, state.set, state.way, now);
        naive_place_words(environment, key_id, naive);
        if (strcmp(now, naive) == 0)
            continue;
        (void)snprintf(sentence, sizeof sentence, "key %u is %s, expected %s: ", key_id, now,
                       naive);
        break;
    }
    return sentence;
}

/* A record in words: "an upsert of a key that was in the cache, to put back: value 2". */
static void record_words(const struct environment *environment, bool is_remove, bool evicts,
                         enum place before, bool keeps, uint32_t value, char *words) {
    static const char *const befores[] = {
        [PLACE_ABSENT] = "absent",
        [PLACE_CACHE] = "in the cache",
        [PLACE_STASH_VALUE] = "in the stash",
        [PLACE_STASH_TOMBSTONE] = "a tombstone",
    };
    char put_back[140] = "";
    if (keeps && before != PLACE_STASH_TOMBSTONE)
        (void)snprintf(put_back, sizeof put_back, ", to put back: %s",
                       value_words(environment, value));
    (void)snprintf(words, RECORD_WORDS_SIZE, "%s of a key that was %s%s%s",
                   is_remove ? "a remove" : "an upsert", befores[before],
                   evicts ? ", evicting" : "", put_back);
}

/* ---- Comparisons. ------------------------------------------------------------------------ */

void environment_compare_place(struct environment *environment, unsigned key_id,
                               const struct place_state *place) {
    uint32_t set = 0;
    unsigned way = 0;
    const struct policy_slot *slot = policy_find(&environment->policy, key_id, &set, &way);
    const bool resident = place->place == PLACE_CACHE;
    if (!environment_has(environment, LAYER_POLICY))
        return;
    if (resident != (slot != NULL) ||
        (resident && (place->set != set || place->way != way || place->count != slot->count)))
        environment_fail_at(environment, INVARIANT_POLICY_PLACE, HERE,
                            "%skey %u has count %u, expected %u", misplaced_key_words(environment),
                            key_id, resident ? place->count : 0u, slot != NULL ? slot->count : 0u);
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

/* The newest record of the open scope. Of a tombstone's bytes only the key has a meaning. */
static void environment_compare_record(struct environment *environment) {
    const struct policy_record expected = policy_newest_record(&environment->policy);
    const struct record_state actual =
        subject_record(&environment->subject, (uint32_t)environment->counts.scope_count - 1);
    const enum place before = expected.in_cache                             ? PLACE_CACHE
                              : expected.in_stash == POLICY_STASH_VALUE     ? PLACE_STASH_VALUE
                              : expected.in_stash == POLICY_STASH_TOMBSTONE ? PLACE_STASH_TOMBSTONE
                                                                            : PLACE_ABSENT;
    const bool keeps = !expected.is_remove && before != PLACE_ABSENT;
    const bool right = actual.has_overwritten == keeps &&
                       (!keeps || before == PLACE_STASH_TOMBSTONE ||
                        (actual.overwritten.value == expected.value && actual.overwritten.intact));
    if (actual.is_remove != expected.is_remove || actual.evicts != expected.evicts ||
        actual.before != before || !right) {
        char now[RECORD_WORDS_SIZE], naive[RECORD_WORDS_SIZE];
        record_words(environment, actual.is_remove, actual.evicts, actual.before,
                     actual.has_overwritten, actual.overwritten.value, now);
        record_words(environment, expected.is_remove, expected.evicts, before, keeps,
                     expected.value, naive);
        environment_fail_at(environment, INVARIANT_POLICY_RECORD, HERE,
                            "record %u of the scope log says: %s; expected: %s",
                            (unsigned)environment->counts.scope_count - 1, now, naive);
    }
}

/* The stash's entries, in any order, are the naive stash's. Counts are equal already, and no key is
 * twice in the stash if each entry is reached by its own key. */
static void environment_compare_stash(struct environment *environment) {
    for (uint32_t entry = 0; entry < environment->counts.stash_count; entry += 1) {
        const struct entry_state state = subject_entry(&environment->subject, entry);
        const struct policy_stash_key *row =
            &environment->policy.stash[state.content.key_id % KEY_COUNT_MAX];
        const bool right =
            state.tombstone ? row->state == POLICY_STASH_TOMBSTONE
                            : row->state == POLICY_STASH_VALUE && row->value == state.content.value;
        if (state.content.key_id >= environment->geometry.key_count || !right)
            environment_fail_at(
                environment, INVARIANT_POLICY_STASH, HERE,
                "%sentry %u holds key %u (%s), which the naive stash does not",
                misplaced_key_words(environment), (unsigned)entry, state.content.key_id,
                state.tombstone ? "a tombstone" : value_words(environment, state.content.value));
    }
}

void environment_compare_policy(struct environment *environment, struct op op, bool all) {
    environment_compare_counts(environment);
    if (!op_is(op, TRAIT_READS))
        environment_compare_stash(environment);
    if (!op_is(op, TRAIT_READS) && environment->counts.scope_count > 0)
        environment_compare_record(environment);
    if (environment->geometry.set_count == 0)
        return;
    if (!all && op_has_key(op)) {
        environment_compare_set(environment, policy_set_of_key(&environment->policy, op.operand));
        return;
    }
    for (uint32_t set = 0; all && set < environment->geometry.set_count; set += 1)
        environment_compare_set(environment, set);
}
