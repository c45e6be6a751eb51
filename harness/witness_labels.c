/* SPDX-License-Identifier: Apache-2.0 */
/* The labels of witness.h, and the predicate of each. To add one: a row of the table, and
 * `make witnesses` looks for its shortest trace. Knows events, nothing of streams or files. */
#include "witness.h"

#include "key.h"

/* ---- Where the key was, and which way it takes. ------------------------------------------ */

static bool was_in_cache(const struct witness_event *event) {
    return event->key_before.place == PLACE_CACHE;
}

static bool was_stashed(const struct witness_event *event) {
    return event->key_before.place == PLACE_STASH_VALUE;
}

static bool was_tombstone(const struct witness_event *event) {
    return event->key_before.place == PLACE_STASH_TOMBSTONE;
}

static bool was_absent(const struct witness_event *event) {
    return event->key_before.place == PLACE_ABSENT;
}

static bool was_forgotten(const struct witness_event *event) {
    return event->past[event->op.operand].forgotten;
}

static bool takes_free_way(const struct witness_event *event) {
    return event->take.happens && !event->take.evicts;
}

static bool evicts(const struct witness_event *event) {
    return event->take.happens && event->take.evicts;
}

static bool is_classic(const struct witness_event *event) {
    return layout_describe(event->before->geometry.layout)->policy == LAYOUT_POLICY_CLOCK_CLASSIC;
}

static unsigned count_max(const struct witness_event *event) {
    return (1u << layout_describe(event->before->geometry.layout)->clock_bits) - 1;
}

/* The set of the op's key has a free way. */
static bool has_free_way(const struct witness_event *event) {
    return witness_set_value_count(event->before, event->key_before.set) <
           witness_ways(event->before);
}

/* ---- Upsert, rewrite. -------------------------------------------------------------------- */

static bool update_keeps_count(const struct witness_event *event) {
    return was_in_cache(event) && !is_classic(event) && event->key_before.count > 1 &&
           event->key_after.count == event->key_before.count;
}

static bool update_resets_count(const struct witness_event *event) {
    return was_in_cache(event) && is_classic(event) && event->key_before.count > 1 &&
           event->key_after.count == 1;
}

static bool stashed_takes_free_way(const struct witness_event *event) {
    return was_stashed(event) && takes_free_way(event);
}

static bool stashed_swaps(const struct witness_event *event) {
    return was_stashed(event) && evicts(event);
}

/* With a stash that has room: a full one has labels of its own. */
static bool stash_is_full(const struct witness_state *state) {
    return state->counts.stash_count == state->counts.stash_count_max;
}

static bool evicts_with_room(const struct witness_event *event) {
    return evicts(event) && !stash_is_full(event->after);
}

static bool swaps_with_room(const struct witness_event *event) {
    return stashed_swaps(event) && !stash_is_full(event->before);
}

static bool stashed_with_room(const struct witness_event *event) {
    return was_stashed(event) && !stash_is_full(event->before);
}

/* ---- Uses, demote. ----------------------------------------------------------------------- */

static bool count_goes_up(const struct witness_event *event) {
    return was_in_cache(event) && event->key_after.count == event->key_before.count + 1;
}

static bool count_saturates(const struct witness_event *event) {
    return was_in_cache(event) && count_max(event) > 1 &&
           event->key_before.count == count_max(event);
}

static bool count_goes_down(const struct witness_event *event) {
    return event->key_after.count < event->key_before.count;
}

static bool demoted_is_evicted(const struct witness_event *event) {
    return evicts(event) && event->past[event->take.victim_id].demoted;
}

/* ---- The sweep. -------------------------------------------------------------------------- */

static bool sweep_spares(const struct witness_event *event) {
    return evicts(event) && event->take.ages &&
           event->take.step_count <= witness_ways(event->before);
}

static bool sweep_needs_second_lap(const struct witness_event *event) {
    return evicts(event) && event->take.step_count > witness_ways(event->before);
}

static bool sweep_takes_last_step(const struct witness_event *event) {
    return evicts(event) && count_max(event) > 1 &&
           event->take.step_count == witness_ways(event->before) * (count_max(event) - 1) + 1;
}

static unsigned hand_of_key(const struct witness_event *event) {
    return event->before->sets[event->key_before.set].hand;
}

static bool sweep_wraps(const struct witness_event *event) {
    return evicts(event) && event->take.way < hand_of_key(event);
}

static bool hand_wraps(const struct witness_event *event) {
    return takes_free_way(event) && event->take.way + 1u == witness_ways(event->before);
}

static bool free_way_past_hand(const struct witness_event *event) {
    return takes_free_way(event) && !is_classic(event) && event->take.way > hand_of_key(event);
}

static bool free_way_wraps(const struct witness_event *event) {
    return takes_free_way(event) && !is_classic(event) && event->take.way < hand_of_key(event);
}

static bool evicts_beside_free_way(const struct witness_event *event) {
    return evicts(event) && has_free_way(event);
}

static bool ages_then_takes_free_way(const struct witness_event *event) {
    return takes_free_way(event) && event->take.ages;
}

static bool evicts_while_another_set_has_room(const struct witness_event *event) {
    for (uint32_t set = 0; evicts(event) && set < event->before->geometry.set_count; set += 1)
        if (set != event->key_before.set &&
            witness_set_value_count(event->before, set) < witness_ways(event->before))
            return true;
    return false;
}

/* ---- The stash. -------------------------------------------------------------------------- */

static bool stash_was_full(const struct witness_event *event) {
    return stash_is_full(event->before);
}

static bool stash_fills(const struct witness_event *event) {
    return !stash_is_full(event->before) && stash_is_full(event->after);
}

static bool full_and_set_full(const struct witness_event *event) {
    return !has_free_way(event);
}

static bool full_and_takes_free_way(const struct witness_event *event) {
    return stash_was_full(event) && takes_free_way(event);
}

static bool full_and_in_cache(const struct witness_event *event) {
    return stash_was_full(event) && was_in_cache(event);
}

static bool full_and_swaps(const struct witness_event *event) {
    return stash_was_full(event) && stashed_swaps(event);
}

static bool full_and_stashed(const struct witness_event *event) {
    return stash_was_full(event) && was_stashed(event);
}

static bool full_gets_room(const struct witness_event *event) {
    return stash_was_full(event) && stashed_takes_free_way(event);
}

static bool was_unblocked(const struct witness_event *event) {
    return event->past[event->op.operand].unblocked;
}

static bool gap_is_closed(const struct witness_event *event) {
    return stashed_takes_free_way(event) &&
           event->key_before.entry + 1 < event->before->counts.stash_count;
}

/* The index of the stash, from section 6. */
enum { BUCKET_COUNT_MAX = 2 * STASH_COUNT_MAX };

static uint64_t hash_of(const struct witness_event *event, unsigned key_id) {
    return key_hash(key_id, (enum hash_mode)event->before->geometry.hash);
}

static uint32_t bucket_count(const struct witness_state *state) {
    uint32_t count = 2;
    while (count < 2 * state->counts.stash_count_max)
        count *= 2;
    return count;
}

/* Contract, section 6. */
static uint32_t bucket_home(const struct witness_event *event, unsigned key_id) {
    const uint64_t hash = hash_of(event, key_id);
    const uint64_t high = (hash >> 32) ^ UINT64_C(0xbb67ae85);
    const uint64_t low = (hash & UINT32_MAX) ^ UINT64_C(0x6a09e667);
    const uint64_t product = high * low;
    const uint32_t fragment = (uint32_t)((product >> 32) ^ product);
    return (uint32_t)((uint64_t)fragment * bucket_count(event->before) >> 32);
}

/* Puts a key into the buckets and returns where. Which buckets are taken in the end does not depend
 * on the order of the keys (Knuth 6.4, of linear probing), so entries are put in by number. */
static uint32_t bucket_take(const struct witness_event *event, bool *taken, unsigned key_id) {
    uint32_t bucket = bucket_home(event, key_id);
    while (taken[bucket])
        bucket = (bucket + 1) % bucket_count(event->before);
    taken[bucket] = true;
    return bucket;
}

/* The bucket that the victim of this op, new in the stash, gets. */
static uint32_t bucket_of_victim(const struct witness_event *event) {
    bool taken[BUCKET_COUNT_MAX] = {false};
    for (uint32_t entry = 0; entry < event->before->counts.stash_count; entry += 1)
        (void)bucket_take(event, taken, event->before->entries[entry].content.key_id);
    return bucket_take(event, taken, event->take.victim_id);
}

static bool probe_passes_neighbour(const struct witness_event *event) {
    return evicts(event) && !stash_was_full(event) &&
           bucket_of_victim(event) > bucket_home(event, event->take.victim_id);
}

static bool probe_wraps(const struct witness_event *event) {
    return evicts(event) && !stash_was_full(event) &&
           bucket_of_victim(event) < bucket_home(event, event->take.victim_id);
}

static bool hashes_collide_in_stash(const struct witness_event *event) {
    for (uint32_t entry = 0; evicts(event) && entry < event->before->counts.stash_count; entry += 1)
        if (hash_of(event, event->before->entries[entry].content.key_id) ==
            hash_of(event, event->take.victim_id))
            return true;
    return false;
}

static bool every_place_is_used(const struct witness_event *event) {
    bool value = false, tombstone = false;
    for (uint32_t entry = 0; entry < event->before->counts.stash_count; entry += 1) {
        value |= !event->before->entries[entry].tombstone;
        tombstone |= event->before->entries[entry].tombstone;
    }
    return value && tombstone && event->before->counts.cache_value_count > 0 &&
           event->before->counts.scope_count > 0;
}

/* ---- Tags and hashes. -------------------------------------------------------------------- */

/* A value in the set of the op's key, of another key, has its tag; and its hash, or not. */
static bool tag_is_met(const struct witness_event *event, bool same_hash) {
    const struct set_state *set = &event->before->sets[event->key_before.set];
    const unsigned key_id = event->op.operand;
    for (unsigned way = 0; way < witness_ways(event->before); way += 1) {
        const struct slot_state *slot = &set->slots[way];
        if (slot->count > 0 && slot->content.key_id != key_id &&
            slot->tag == policy_tag_of_key(event->policy, key_id) &&
            (hash_of(event, slot->content.key_id) == hash_of(event, key_id)) == same_hash)
            return true;
    }
    return false;
}

static bool tags_collide(const struct witness_event *event) {
    return takes_free_way(event) && tag_is_met(event, false);
}

static bool hashes_collide(const struct witness_event *event) {
    return takes_free_way(event) && tag_is_met(event, true);
}

static bool tag_of_another_is_met(const struct witness_event *event) {
    return tag_is_met(event, false);
}

/* ---- Scopes. ----------------------------------------------------------------------------- */

static bool scope_has_records(const struct witness_event *event) {
    return event->before->counts.scope_count > 0;
}

static bool scope_is_empty(const struct witness_event *event) {
    return event->before->counts.scope_count == 0;
}

static bool log_is_full(const struct witness_event *event) {
    const struct counts_state *counts = &event->before->counts;
    return counts->scope_open && counts->scope_count == counts->scope_count_max;
}

static bool log_fills(const struct witness_event *event) {
    const struct counts_state *counts = &event->after->counts;
    return counts->scope_open && counts->scope_count > event->before->counts.scope_count &&
           counts->scope_count == counts->scope_count_max;
}

static bool log_has_no_room(const struct witness_event *event) {
    return event->before->counts.scope_count_max == 0;
}

static bool full_log_meets_absent(const struct witness_event *event) {
    return scope_has_records(event) && was_absent(event);
}

static bool full_log_meets_resident(const struct witness_event *event) {
    return scope_has_records(event) && was_in_cache(event);
}

static bool full_log_meets_stashed(const struct witness_event *event) {
    return scope_has_records(event) && was_stashed(event);
}

static bool full_log_meets_tombstone(const struct witness_event *event) {
    return scope_has_records(event) && was_tombstone(event);
}

static bool absent_and_all_full(const struct witness_event *event) {
    return stash_was_full(event) && log_is_full(event);
}

static bool evicted_in_own_scope(const struct witness_event *event) {
    return event->before->counts.scope_open && evicts(event) &&
           event->past[event->take.victim_id].upserted;
}

static bool removed_in_own_scope(const struct witness_event *event) {
    return event->before->counts.scope_open && was_in_cache(event) &&
           event->past[event->op.operand].upserted;
}

/* ---- Discard. ---------------------------------------------------------------------------- */

/* A record of this kind is undone. */
static bool undoes(const struct witness_event *event, bool is_remove, enum place before,
                   bool evicting) {
    for (uint32_t i = 0; i < event->before->counts.scope_count; i += 1) {
        const struct record_state *record = &event->before->records[i];
        if (record->is_remove == is_remove && record->before == before &&
            record->evicts == evicting)
            return true;
    }
    return false;
}

static bool undoes_update(const struct witness_event *event) {
    return undoes(event, false, PLACE_CACHE, false);
}

static bool undoes_insert(const struct witness_event *event) {
    return undoes(event, false, PLACE_ABSENT, false);
}

static bool undoes_insert_with_victim(const struct witness_event *event) {
    return undoes(event, false, PLACE_ABSENT, true);
}

static bool undoes_upsert_of_stashed(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_VALUE, false);
}

static bool undoes_swap(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_VALUE, true);
}

static bool undoes_revival(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_TOMBSTONE, false);
}

static bool undoes_revival_with_victim(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_TOMBSTONE, true);
}

static bool undoes_remove(const struct witness_event *event) {
    return undoes(event, true, PLACE_CACHE, false);
}

static bool undoes_remove_of_stashed(const struct witness_event *event) {
    return undoes(event, true, PLACE_STASH_VALUE, false);
}

static bool undoes_swap_with_room(const struct witness_event *event) {
    return undoes_swap(event) && !stash_was_full(event);
}

static bool undoes_swap_with_full_stash(const struct witness_event *event) {
    return undoes_swap(event) && stash_was_full(event);
}

/* What had the entry's number moves to the end: seen of the newest record, which meets the stash as
 * it is. */
static bool entry_moves_back(const struct witness_event *event) {
    const struct counts_state *counts = &event->before->counts;
    const struct record_state *newest = NULL;
    if (counts->scope_count == 0)
        return false;
    newest = &event->before->records[counts->scope_count - 1];
    return !newest->is_remove && !newest->evicts && newest->entry < counts->stash_count &&
           (newest->before == PLACE_STASH_VALUE || newest->before == PLACE_STASH_TOMBSTONE);
}

static bool key_has_two_records(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (event->past[key_id].mutation_count >= 2)
            return true;
    return false;
}

/* A key that was absent was upserted in the scope, and something more. */
static bool came_in_scope(const struct witness_event *event, unsigned key_id) {
    return event->past[key_id].upserted &&
           witness_key_in(event->at_open, event->policy, key_id).place == PLACE_ABSENT;
}

static bool was_removed_in_own_scope(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (came_in_scope(event, key_id) && event->past[key_id].removed)
            return true;
    return false;
}

static bool was_evicted_in_own_scope(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (came_in_scope(event, key_id) && event->past[key_id].evicted)
            return true;
    return false;
}

static bool revived_was_evicted_in_own_scope(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (event->past[key_id].revived && event->past[key_id].evicted &&
            witness_key_in(event->at_open, event->policy, key_id).place == PLACE_STASH_TOMBSTONE)
            return true;
    return false;
}

static bool hand_stays(const struct witness_event *event) {
    for (uint32_t set = 0; set < event->before->geometry.set_count; set += 1)
        if (event->after->sets[set].hand != event->at_open->sets[set].hand)
            return true;
    return false;
}

/* A key that was in the cache when the scope opened and is again, with the count asked for. */
static bool count_after(const struct witness_event *event,
                        bool (*is)(const struct witness_past *past, unsigned before,
                                   unsigned after)) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1) {
        const struct witness_key before = witness_key_in(event->at_open, event->policy, key_id);
        const struct witness_key after = witness_key_in(event->after, event->policy, key_id);
        if (before.place == PLACE_CACHE && after.place == PLACE_CACHE &&
            is(&event->past[key_id], before.count, after.count))
            return true;
    }
    return false;
}

static bool is_of_removed(const struct witness_past *past, unsigned before, unsigned after) {
    return past->removed && !past->evicted && before > 1 && after == before;
}

static bool is_of_victim(const struct witness_past *past, unsigned before, unsigned after) {
    return past->evicted && before > 1 && after == 1;
}

static bool is_of_aged(const struct witness_past *past, unsigned before, unsigned after) {
    return past->mutation_count == 0 && !past->evicted && !past->demoted && after < before;
}

static bool is_of_used(const struct witness_past *past, unsigned before, unsigned after) {
    return past->mutation_count == 0 && !past->evicted && after > before;
}

static bool removed_has_its_count(const struct witness_event *event) {
    return count_after(event, is_of_removed);
}

static bool victim_has_count_1(const struct witness_event *event) {
    return count_after(event, is_of_victim);
}

static bool aging_stays(const struct witness_event *event) {
    return count_after(event, is_of_aged);
}

static bool uses_stay(const struct witness_event *event) {
    return count_after(event, is_of_used);
}

/* ---- Compact, reset, init. --------------------------------------------------------------- */

static bool stash_has(const struct witness_event *event, bool tombstone) {
    for (uint32_t entry = 0; entry < event->before->counts.stash_count; entry += 1)
        if (event->before->entries[entry].tombstone == tombstone)
            return true;
    return false;
}

static bool stash_has_value(const struct witness_event *event) {
    return stash_has(event, false);
}

static bool stash_has_tombstone(const struct witness_event *event) {
    return stash_has(event, true);
}

static bool cache_has_values(const struct witness_event *event) {
    return event->before->counts.cache_value_count > 0;
}

static bool cache_and_stash_are_used(const struct witness_event *event) {
    return cache_has_values(event) && event->before->counts.stash_count > 0;
}

static bool metrics_are_used(const struct witness_event *event) {
    return event->before->counts.hits > 0 && event->before->counts.misses > 0;
}

static bool layout_changes(const struct witness_event *event) {
    return cache_has_values(event) &&
           event->before->geometry.layout != event->after->geometry.layout;
}

/* ---- The table. -------------------------------------------------------------------------- */

#define WITH    WITNESS_WITH_CACHE
#define WITHOUT WITNESS_WITHOUT_CACHE
#define UPSERTS "Upsert"
#define REMOVES "Remove and rewrite"
#define USES    "Lookups, counts and demote"
#define SWEEPS  "The clock and its sweep"
#define STASH   "The stash"
#define FULL    "A full stash"
#define HASHES  "Tags and hashes"
#define SCOPES  "Scopes"
#define UNDO    "Discard: the inverse of each record"
#define AFTER   "Discard: what is left of the scope"
#define COMPACT "Compact, reset, init"
#define NO      "Without a cache"

/* Sentences are of a row's op, the last of its trace. */
const struct witness_label witness_labels[] = {
/* clang-format off */
#define ROW(name, theme, world, kind, outcome, happens, sentence) \
    {name, theme, sentence, world, OP_##kind, OUTCOME_##outcome, happens}
    ROW("insert-into-free-way", UPSERTS, WITH, UPSERT, INSERTED, takes_free_way,
        "An absent key takes a free way of its set; nothing is evicted."),
    ROW("insert-evicts", UPSERTS, WITH, UPSERT, INSERTED, evicts_with_room,
        "No way of the set is free: the victim goes to the stash, and the new value takes its "
        "way."),
    ROW("insert-after-compact", UPSERTS, WITH, UPSERT, INSERTED, was_forgotten,
        "A key whose value a compact forgot is absent: an upsert inserts it anew."),
    ROW("update-in-cache", UPSERTS, WITH, UPSERT, UPDATED, was_in_cache,
        "A resident key gets its new value in its slot."),
    ROW("update-keeps-count", UPSERTS, WITH, UPSERT, UPDATED, update_keeps_count,
        "Under `clock` a new value keeps the count of the slot: the use before it still counts."),
    ROW("update-resets-count", UPSERTS, WITH, UPSERT, UPDATED, update_resets_count,
        "Under `clock_classic` a new value makes the count 1: the use before it is forgotten."),
    ROW("stashed-value-takes-free-way", UPSERTS, WITH, UPSERT, UPDATED, stashed_takes_free_way,
        "A key with a value in the stash returns to the cache; its entry leaves the stash."),
    ROW("stashed-value-swaps-with-victim", UPSERTS, WITH, UPSERT, UPDATED, swaps_with_room,
        "A key with a value in the stash returns to the cache; the victim takes its entry's "
        "number."),
    ROW("tombstone-revived-into-free-way", UPSERTS, WITH, UPSERT, REVIVED, takes_free_way,
        "A tombstone is revived into a free way; its entry leaves the stash."),
    ROW("tombstone-revived-with-victim", UPSERTS, WITH, UPSERT, REVIVED, evicts,
        "A tombstone is revived and evicts: the victim takes the tombstone's entry."),

    ROW("remove-from-cache", REMOVES, WITH, REMOVE, REMOVED, was_in_cache,
        "A resident value goes, and a tombstone enters the stash."),
    ROW("remove-from-stash", REMOVES, WITH, REMOVE, REMOVED, stashed_with_room,
        "A value in the stash becomes a tombstone in place."),
    ROW("remove-absent", REMOVES, WITH, REMOVE, ABSENT, was_absent,
        "A key that is not there cannot be removed."),
    ROW("remove-tombstone", REMOVES, WITH, REMOVE, ABSENT, was_tombstone,
        "A tombstone counts as no value: a second remove answers absent."),
    ROW("remove-forgotten", REMOVES, WITH, REMOVE, ABSENT, was_forgotten,
        "A key whose value a compact forgot cannot be removed: the level below has it."),
    ROW("rewrite-in-cache", REMOVES, WITH, REWRITE, UPDATED, was_in_cache,
        "The argument of the upsert is the very slot that it writes."),
    ROW("rewrite-from-stash-into-free-way", REMOVES, WITH, REWRITE, UPDATED, stashed_takes_free_way,
        "The argument of the upsert lives in the stash entry that leaves."),
    ROW("rewrite-from-stash-with-victim", REMOVES, WITH, REWRITE, UPDATED, stashed_swaps,
        "The argument of the upsert lives in the stash entry that the victim overwrites."),
    ROW("rewrite-tombstone", REMOVES, WITH, REWRITE, ABSENT, was_tombstone,
        "A tombstone has no value to rewrite."),
    ROW("rewrite-absent", REMOVES, WITH, REWRITE, ABSENT, was_absent,
        "A key that is not there has no value to rewrite."),

    ROW("lookup-in-cache", USES, WITH, LOOKUP, FOUND, was_in_cache,
        "The cache answers: a hit."),
    ROW("lookup-in-stash", USES, WITH, LOOKUP, FOUND, was_stashed,
        "The stash answers: the value is found, and the metrics count a miss."),
    ROW("lookup-tombstone", USES, WITH, LOOKUP, TOMBSTONE, NULL,
        "The key was removed: do not look in the level below."),
    ROW("lookup-absent", USES, WITH, LOOKUP, ABSENT, NULL,
        "The key was never there: look in the level below."),
    ROW("lookup-forgotten", USES, WITH, LOOKUP, ABSENT, was_forgotten,
        "A compact forgot the value: look in the level below."),
    ROW("get-value", USES, WITH, GET, FOUND, was_in_cache,
        "A pointer to the value."),
    ROW("get-value-in-stash", USES, WITH, GET, FOUND, was_stashed,
        "A pointer to the value, which the use leaves in the stash."),
    ROW("get-of-tombstone", USES, WITH, GET, NOTHING, was_tombstone,
        "Of a tombstone there is no value to get."),
    ROW("get-of-absent-key", USES, WITH, GET, NOTHING, was_absent,
        "Of a key that is not there there is no value to get."),
    ROW("has-value", USES, WITH, HAS, YES, was_in_cache,
        "A value in the cache is a value."),
    ROW("has-value-in-stash", USES, WITH, HAS, YES, was_stashed,
        "A value in the stash is a value."),
    ROW("has-not-a-tombstone", USES, WITH, HAS, NO, was_tombstone,
        "A tombstone is no value."),
    ROW("has-not-an-absent-key", USES, WITH, HAS, NO, was_absent,
        "A key that is not there has no value."),
    ROW("use-raises-count", USES, WITH, LOOKUP, FOUND, count_goes_up,
        "A hit raises the count: the value will survive one more sweep."),
    ROW("count-saturates", USES, WITH, LOOKUP, FOUND, count_saturates,
        "A hit on a value whose count is the largest leaves it there."),
    ROW("demote-lowers-count", USES, WITH, DEMOTE, OK, count_goes_down,
        "Demote makes the count 1."),
    ROW("demote-of-stashed-value", USES, WITH, DEMOTE, OK, was_stashed,
        "Demote of a value that is not in the cache does nothing."),
    ROW("demote-of-tombstone", USES, WITH, DEMOTE, OK, was_tombstone,
        "Demote of a tombstone does nothing."),
    ROW("demote-of-absent-key", USES, WITH, DEMOTE, OK, was_absent,
        "Demote of a key that is not there does nothing."),
    ROW("demoted-value-is-evicted", USES, WITH, UPSERT, INSERTED, demoted_is_evicted,
        "The value that was demoted is the victim."),

    ROW("set-becomes-full-and-hand-wraps", SWEEPS, WITH, UPSERT, INSERTED, hand_wraps,
        "The last way is taken: the hand moves past it to way 0."),
    ROW("free-way-past-hand", SWEEPS, WITH, UPSERT, INSERTED, free_way_past_hand,
        "Under `clock` the free way is taken although the hand points to a value before it."),
    ROW("free-way-search-wraps", SWEEPS, WITH, UPSERT, INSERTED, free_way_wraps,
        "Under `clock` the search for a free way goes past the last way and on from way 0."),
    ROW("sweep-spares-used-value", SWEEPS, WITH, UPSERT, INSERTED, sweep_spares,
        "The value at the hand was used: the sweep takes one from its count and evicts the next."),
    ROW("sweep-wraps", SWEEPS, WITH, UPSERT, INSERTED, sweep_wraps,
        "The sweep goes past the last way and finds its victim before the hand."),
    ROW("sweep-needs-second-lap", SWEEPS, WITH, UPSERT, INSERTED, sweep_needs_second_lap,
        "Every value of the set was used: the sweep comes to its start again before one has "
        "count 0."),
    ROW("sweep-takes-last-possible-step", SWEEPS, WITH, UPSERT, INSERTED, sweep_takes_last_step,
        "Every count is the largest: the sweep takes ways x (2^clock - 2) + 1 steps, the most "
        "there can be."),
    ROW("classic-evicts-beside-free-way", SWEEPS, WITH, UPSERT, INSERTED, evicts_beside_free_way,
        "Under `clock_classic` the sweep evicts the value at the hand although a way is free."),
    ROW("classic-ages-then-takes-free-way", SWEEPS, WITH, UPSERT, INSERTED,
        ages_then_takes_free_way,
        "Under `clock_classic` the sweep takes one from a used value's count, then meets a free "
        "way."),
    ROW("evicts-while-another-set-has-room", SWEEPS, WITH, UPSERT, INSERTED,
        evicts_while_another_set_has_room,
        "The key's set is full and evicts; another set has a free way, which is of no use to it."),

    ROW("stash-exactly-full", STASH, WITH, UPSERT, INSERTED, stash_fills,
        "The victim takes the last slot of the stash."),
    ROW("stash-gap-closed", STASH, WITH, UPSERT, UPDATED, gap_is_closed,
        "An entry leaves that is not the last: the last one takes its number."),
    ROW("stash-probe-passes-neighbour", STASH, WITH, UPSERT, INSERTED, probe_passes_neighbour,
        "The victim's home bucket is taken: it gets a later one."),
    ROW("stash-probe-wraps-around", STASH, WITH, UPSERT, INSERTED, probe_wraps,
        "The buckets from the victim's home to the last are taken: the probe goes on from "
        "bucket 0."),
    ROW("every-place-in-one-map", STASH, WITH, INSPECT, OK, every_place_is_used,
        "Inspection of a map with a value in the cache, a value and a tombstone in the stash, "
        "and a scope with records."),

    ROW("full-stash-refuses-upsert", FULL, WITH, UPSERT, STASH_FULL, full_and_set_full,
        "The victim of an insert finds no room: nothing changes."),
    ROW("full-stash-refuses-remove", FULL, WITH, REMOVE, STASH_FULL, full_and_set_full,
        "The tombstone of a resident key finds no room: nothing changes."),
    ROW("full-stash-refuses-remove-beside-free-way", FULL, WITH, REMOVE, STASH_FULL, has_free_way,
        "The stash is full while the key's set has a free way: a remove needs the stash, not "
        "the way."),
    ROW("full-stash-refuses-upsert-beside-free-way", FULL, WITH, UPSERT, STASH_FULL, has_free_way,
        "The stash is full while the key's set has a free way: under `clock_classic` the sweep "
        "meets a victim first."),
    ROW("full-stash-allows-insert", FULL, WITH, UPSERT, INSERTED, full_and_takes_free_way,
        "An insert into a free way needs no stash slot."),
    ROW("full-stash-allows-update", FULL, WITH, UPSERT, UPDATED, full_and_in_cache,
        "A new value for a resident key needs no stash slot."),
    ROW("full-stash-allows-swap", FULL, WITH, UPSERT, UPDATED, full_and_swaps,
        "A stashed key evicts with the stash full: the victim takes the number of the entry "
        "that leaves."),
    ROW("full-stash-allows-remove-of-stashed", FULL, WITH, REMOVE, REMOVED, full_and_stashed,
        "A value in the stash becomes a tombstone in place: no slot is needed."),
    ROW("full-stash-gets-room", FULL, WITH, UPSERT, UPDATED, full_gets_room,
        "A stashed key takes a free way: the stash, which was full, has a slot again."),
    ROW("full-stash-unblocked-by-compact", FULL, WITH, UPSERT, INSERTED, was_unblocked,
        "An upsert that a full stash refused succeeds after a compact."),

    ROW("tag-collision-in-set", HASHES, WITH, UPSERT, INSERTED, tags_collide,
        "Two keys of one set have one tag and different hashes."),
    ROW("hash-collision-in-set", HASHES, WITH, UPSERT, INSERTED, hashes_collide,
        "Two keys of one set have one hash."),
    ROW("hash-collision-in-stash", HASHES, WITH, UPSERT, INSERTED, hashes_collide_in_stash,
        "Two keys of one hash are in the stash: the fragment does not tell them apart."),
    ROW("lookup-meets-tag-of-another", HASHES, WITH, LOOKUP, ABSENT, tag_of_another_is_met,
        "A value of another key has the tag: an equal tag is no equal key."),

    ROW("scope-opened", SCOPES, WITH, SCOPE_OPEN, OK, NULL,
        "From here changes can be undone."),
    ROW("scope-opened-twice", SCOPES, WITH, SCOPE_OPEN, SCOPE_ALREADY_OPEN, NULL,
        "There is one scope at most."),
    ROW("persist-without-scope", SCOPES, WITH, SCOPE_PERSIST, SCOPE_NOT_OPEN, NULL,
        "There is nothing to keep."),
    ROW("discard-without-scope", SCOPES, WITH, SCOPE_DISCARD, SCOPE_NOT_OPEN, NULL,
        "There is nothing to undo."),
    ROW("persist-keeps-changes", SCOPES, WITH, SCOPE_PERSIST, OK, scope_has_records,
        "The scope's changes stay."),
    ROW("discard-of-nothing", SCOPES, WITH, SCOPE_DISCARD, OK, scope_is_empty,
        "A scope without mutations is discarded."),
    ROW("scope-log-exactly-full", SCOPES, WITH, UPSERT, INSERTED, log_fills,
        "The mutation takes the last record of the scope log."),
    ROW("scope-full-refuses-insert", SCOPES, WITH, UPSERT, SCOPE_FULL, full_log_meets_absent,
        "The scope log is full: an insert changes nothing."),
    ROW("scope-full-refuses-update", SCOPES, WITH, UPSERT, SCOPE_FULL, full_log_meets_resident,
        "The scope log is full: a new value for a resident key changes nothing."),
    ROW("scope-full-refuses-return", SCOPES, WITH, UPSERT, SCOPE_FULL, full_log_meets_stashed,
        "The scope log is full: a key with a value in the stash stays there."),
    ROW("scope-full-refuses-revival", SCOPES, WITH, UPSERT, SCOPE_FULL, full_log_meets_tombstone,
        "The scope log is full: a tombstone stays one."),
    ROW("scope-full-refuses-remove", SCOPES, WITH, REMOVE, SCOPE_FULL, full_log_meets_resident,
        "The scope log is full: a remove of a value in the cache changes nothing."),
    ROW("scope-full-refuses-remove-of-stashed", SCOPES, WITH, REMOVE, SCOPE_FULL,
        full_log_meets_stashed,
        "The scope log is full: a value in the stash stays one."),
    ROW("scope-full-refuses-rewrite", SCOPES, WITH, REWRITE, SCOPE_FULL, full_log_meets_resident,
        "The scope log is full: the upsert of a rewrite changes nothing, its get was a use."),
    ROW("scope-full-refuses-rewrite-of-stashed", SCOPES, WITH, REWRITE, SCOPE_FULL,
        full_log_meets_stashed,
        "The scope log is full: the value that is rewritten stays in the stash."),
    ROW("scope-without-room", SCOPES, WITH, UPSERT, SCOPE_FULL, log_has_no_room,
        "A map made for scopes of no mutations refuses the first."),
    ROW("stash-full-before-scope-full", SCOPES, WITH, UPSERT, STASH_FULL, log_is_full,
        "Stash and scope log are full: stash full is said."),
    ROW("absent-before-all-full", SCOPES, WITH, REMOVE, ABSENT, absent_and_all_full,
        "Stash and scope log are full, and the key has no value: absent is said."),
    ROW("evicted-in-own-scope", SCOPES, WITH, UPSERT, INSERTED, evicted_in_own_scope,
        "A value that was upserted in the scope is the victim of another upsert in it."),
    ROW("removed-in-own-scope", SCOPES, WITH, REMOVE, REMOVED, removed_in_own_scope,
        "A value that was upserted in the scope is removed in it."),

    ROW("discard-undoes-update", UNDO, WITH, SCOPE_DISCARD, OK, undoes_update,
        "The old value is written back into its slot."),
    ROW("discard-undoes-insert", UNDO, WITH, SCOPE_DISCARD, OK, undoes_insert,
        "The slot is free again."),
    ROW("discard-undoes-insert-with-victim", UNDO, WITH, SCOPE_DISCARD, OK,
        undoes_insert_with_victim,
        "The victim, the last entry of the stash, returns to its slot."),
    ROW("discard-undoes-upsert-of-stashed", UNDO, WITH, SCOPE_DISCARD, OK, undoes_upsert_of_stashed,
        "The slot is free again, and the value is back in the stash under its number."),
    ROW("discard-undoes-swap", UNDO, WITH, SCOPE_DISCARD, OK, undoes_swap_with_room,
        "The victim returns to its slot, and the value to the entry that the victim had taken."),
    ROW("discard-undoes-swap-with-full-stash", UNDO, WITH, SCOPE_DISCARD, OK,
        undoes_swap_with_full_stash,
        "With the stash exactly full victim and value change places: no slot beyond is needed."),
    ROW("discard-undoes-revival", UNDO, WITH, SCOPE_DISCARD, OK, undoes_revival,
        "A tombstone was revived in the scope: it is a tombstone again, under its number."),
    ROW("discard-undoes-revival-with-victim", UNDO, WITH, SCOPE_DISCARD, OK,
        undoes_revival_with_victim,
        "The victim returns to its slot, and the tombstone to the entry that the victim had "
        "taken."),
    ROW("discard-undoes-remove", UNDO, WITH, SCOPE_DISCARD, OK, undoes_remove,
        "The value returns from its tombstone to its slot."),
    ROW("discard-undoes-remove-of-stashed", UNDO, WITH, SCOPE_DISCARD, OK, undoes_remove_of_stashed,
        "The tombstone mark is taken off."),
    ROW("discard-moves-entry-back", UNDO, WITH, SCOPE_DISCARD, OK, entry_moves_back,
        "The entry that had closed a gap gives the number back and is the last again."),
    ROW("discard-undoes-key-twice", UNDO, WITH, SCOPE_DISCARD, OK, key_has_two_records,
        "Two mutations of one key are undone, the newer one first."),
    ROW("discard-undoes-upsert-and-remove", UNDO, WITH, SCOPE_DISCARD, OK, was_removed_in_own_scope,
        "A key was upserted and removed in the scope: its tombstone is undone, then its value."),
    ROW("discard-undoes-eviction-in-own-scope", UNDO, WITH, SCOPE_DISCARD, OK,
        was_evicted_in_own_scope,
        "A value was upserted and evicted in the scope: it returns to its slot, and then is gone."),
    ROW("discard-undoes-revival-and-eviction", UNDO, WITH, SCOPE_DISCARD, OK,
        revived_was_evicted_in_own_scope,
        "A tombstone was revived and its value evicted in the scope: it is a tombstone again."),

    ROW("discard-leaves-hand", AFTER, WITH, SCOPE_DISCARD, OK, hand_stays,
        "The hand stays where the scope left it."),
    ROW("discard-leaves-uses", AFTER, WITH, SCOPE_DISCARD, OK, uses_stay,
        "A use in the scope still counts."),
    ROW("discard-leaves-aging", AFTER, WITH, SCOPE_DISCARD, OK, aging_stays,
        "A sweep in the scope took one from a count: that stays."),
    ROW("discard-gives-victim-count-1", AFTER, WITH, SCOPE_DISCARD, OK, victim_has_count_1,
        "A victim that had been used returns with count 1."),
    ROW("discard-gives-removed-its-count", AFTER, WITH, SCOPE_DISCARD, OK, removed_has_its_count,
        "A value that was removed returns with the count that it had."),

    ROW("compact-forgets-value", COMPACT, WITH, COMPACT, OK, stash_has_value,
        "Values in the stash are absent from here on."),
    ROW("compact-forgets-tombstone", COMPACT, WITH, COMPACT, OK, stash_has_tombstone,
        "Tombstones are absent from here on."),
    ROW("compact-leaves-cache", COMPACT, WITH, COMPACT, OK, cache_has_values,
        "Values in the cache stay found."),
    ROW("compact-refused-in-scope", COMPACT, WITH, COMPACT, SCOPE_ALREADY_OPEN, scope_has_records,
        "A scope has changes that may be undone: nothing is forgotten."),
    ROW("reset-empties-map", COMPACT, WITH, RESET, OK, cache_and_stash_are_used,
        "Cache and stash are as fresh from init."),
    ROW("reset-zeroes-metrics", COMPACT, WITH, RESET, OK, metrics_are_used,
        "Hits and misses are 0 again."),
    ROW("reset-refused-in-scope", COMPACT, WITH, RESET, SCOPE_ALREADY_OPEN, scope_has_records,
        "A scope has changes that may be undone: nothing is reset."),
    ROW("reinit-with-another-layout", COMPACT, WITH, REINIT, OK, layout_changes,
        "The map is given back with its values, and made anew."),
    ROW("reinit-drops-open-scope", COMPACT, WITH, REINIT, OK, scope_has_records,
        "A map is given back while a scope is open: the scope goes with it."),
    ROW("init-refused-options", COMPACT, WITH, INIT_REFUSED, OPTIONS_INVALID, NULL,
        "The options are not valid: the struct stays untouched."),
    ROW("init-refused-size", COMPACT, WITH, INIT_REFUSED, SIZE_OVERFLOW, NULL,
        "The options are valid, and the memory that they need is more than a size can say."),
    ROW("init-refused-memory", COMPACT, WITH, INIT_REFUSED, OUT_OF_MEMORY, NULL,
        "The allocator has no memory: the struct stays untouched."),

    ROW("insert-without-cache", NO, WITHOUT, UPSERT, INSERTED, NULL,
        "The value is added to the stash."),
    ROW("update-without-cache", NO, WITHOUT, UPSERT, UPDATED, NULL,
        "The value is written in its entry."),
    ROW("revive-without-cache", NO, WITHOUT, UPSERT, REVIVED, NULL,
        "The tombstone becomes a value in place."),
    ROW("rewrite-without-cache", NO, WITHOUT, REWRITE, UPDATED, NULL,
        "The argument of the upsert is the very entry that it writes."),
    ROW("remove-without-cache", NO, WITHOUT, REMOVE, REMOVED, NULL,
        "The value becomes a tombstone in place."),
    ROW("lookup-without-cache", NO, WITHOUT, LOOKUP, FOUND, NULL,
        "The stash answers, and the metrics stay 0."),
    ROW("full-stash-without-cache", NO, WITHOUT, UPSERT, STASH_FULL, NULL,
        "An absent key finds no room."),
    ROW("discard-undoes-insert-without-cache", NO, WITHOUT, SCOPE_DISCARD, OK, undoes_insert,
        "The entry, the last, leaves."),
    ROW("discard-undoes-update-without-cache", NO, WITHOUT, SCOPE_DISCARD, OK,
        undoes_upsert_of_stashed,
        "The old bytes are written back."),
    ROW("discard-undoes-revival-without-cache", NO, WITHOUT, SCOPE_DISCARD, OK, undoes_revival,
        "The bytes and the tombstone mark are written back."),
    ROW("discard-undoes-remove-without-cache", NO, WITHOUT, SCOPE_DISCARD, OK,
        undoes_remove_of_stashed,
        "The tombstone mark is taken off."),
    ROW("discard-undoes-upsert-and-remove-without-cache", NO, WITHOUT, SCOPE_DISCARD, OK,
        was_removed_in_own_scope,
        "A key was upserted and removed in the scope: it is absent again."),
    ROW("compact-without-cache", NO, WITHOUT, COMPACT, OK, stash_has_value,
        "Everything is forgotten."),
    ROW("compact-forgets-tombstone-without-cache", NO, WITHOUT, COMPACT, OK, stash_has_tombstone,
        "Tombstones are absent from here on."),
#undef ROW
    /* clang-format on */
};

const uint32_t witness_label_count = sizeof witness_labels / sizeof witness_labels[0];
_Static_assert(sizeof witness_labels / sizeof witness_labels[0] <= WITNESS_LABEL_COUNT_MAX,
               "the labels fit");
