/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of witness_predicates.h. Knows events, nothing of streams or files. */
#include "witness_predicates.h"

#include "key_map.h"

#include <string.h>

/* ---- Where the key was, and which way it takes. ------------------------------------------ */

bool was_in_cache(const struct witness_event *event) {
    return event->key_before.place == PLACE_CACHE;
}

bool was_stashed(const struct witness_event *event) {
    return event->key_before.place == PLACE_STASH_VALUE;
}

bool was_tombstone(const struct witness_event *event) {
    return event->key_before.place == PLACE_STASH_TOMBSTONE;
}

bool was_absent(const struct witness_event *event) {
    return event->key_before.place == PLACE_ABSENT;
}

bool was_forgotten(const struct witness_event *event) {
    return event->past[op_key(event->op)].forgotten;
}

bool takes_free_way(const struct witness_event *event) {
    return event->take.happens && !event->take.evicts;
}

bool evicts(const struct witness_event *event) {
    return event->take.happens && event->take.evicts;
}

static bool is_classic(const struct witness_event *event) {
    return layout_describe(event->before->geometry.layout)->policy == LAYOUT_POLICY_CLOCK_CLASSIC;
}

static unsigned count_max(const struct witness_event *event) {
    return (1u << layout_describe(event->before->geometry.layout)->clock_bits) - 1;
}

/* The set of the op's key has a free way. */
bool has_free_way(const struct witness_event *event) {
    return witness_set_value_count(event->before, event->key_before.set) <
           witness_ways(event->before);
}

/* ---- Upsert, rewrite. -------------------------------------------------------------------- */

bool update_keeps_count(const struct witness_event *event) {
    return was_in_cache(event) && !is_classic(event) && event->key_before.count > 1 &&
           event->key_after.count == event->key_before.count;
}

bool update_resets_count(const struct witness_event *event) {
    return was_in_cache(event) && is_classic(event) && event->key_before.count > 1 &&
           event->key_after.count == 1;
}

bool stashed_takes_free_way(const struct witness_event *event) {
    return was_stashed(event) && takes_free_way(event);
}

bool stashed_swaps(const struct witness_event *event) {
    return was_stashed(event) && evicts(event);
}

/* With a stash that has room: a full one has labels of its own. */
static bool stash_is_full(const struct witness_state *state) {
    return state->counts.stash_count == state->counts.stash_count_max;
}

bool evicts_with_room(const struct witness_event *event) {
    return evicts(event) && !stash_is_full(event->after);
}

bool swaps_with_room(const struct witness_event *event) {
    return stashed_swaps(event) && !stash_is_full(event->before);
}

bool stashed_with_room(const struct witness_event *event) {
    return was_stashed(event) && !stash_is_full(event->before);
}

/* ---- Uses, demote. ----------------------------------------------------------------------- */

bool count_goes_up(const struct witness_event *event) {
    return was_in_cache(event) && event->key_after.count == event->key_before.count + 1;
}

bool count_saturates(const struct witness_event *event) {
    return was_in_cache(event) && count_max(event) > 1 &&
           event->key_before.count == count_max(event);
}

bool count_goes_down(const struct witness_event *event) {
    return event->key_after.count < event->key_before.count;
}

bool demoted_is_evicted(const struct witness_event *event) {
    return evicts(event) && event->past[event->take.victim_id].demoted;
}

/* ---- The sweep. -------------------------------------------------------------------------- */

bool sweep_spares(const struct witness_event *event) {
    return evicts(event) && event->take.ages &&
           event->take.step_count <= witness_ways(event->before);
}

bool sweep_needs_second_lap(const struct witness_event *event) {
    return evicts(event) && event->take.step_count > witness_ways(event->before);
}

bool sweep_takes_last_step(const struct witness_event *event) {
    return evicts(event) && count_max(event) > 1 &&
           event->take.step_count == witness_ways(event->before) * (count_max(event) - 1) + 1;
}

static unsigned hand_of_key(const struct witness_event *event) {
    return event->before->sets[event->key_before.set].hand;
}

bool sweep_wraps(const struct witness_event *event) {
    return evicts(event) && event->take.way < hand_of_key(event);
}

bool hand_wraps(const struct witness_event *event) {
    return takes_free_way(event) && event->take.way + 1u == witness_ways(event->before);
}

bool free_way_past_hand(const struct witness_event *event) {
    return takes_free_way(event) && !is_classic(event) && event->take.way > hand_of_key(event);
}

bool free_way_wraps(const struct witness_event *event) {
    return takes_free_way(event) && !is_classic(event) && event->take.way < hand_of_key(event);
}

bool evicts_beside_free_way(const struct witness_event *event) {
    return evicts(event) && has_free_way(event);
}

bool ages_then_takes_free_way(const struct witness_event *event) {
    return takes_free_way(event) && event->take.ages;
}

bool evicts_while_another_set_has_room(const struct witness_event *event) {
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

bool stash_fills(const struct witness_event *event) {
    return !stash_is_full(event->before) && stash_is_full(event->after);
}

bool full_and_set_full(const struct witness_event *event) {
    return !has_free_way(event);
}

bool full_and_takes_free_way(const struct witness_event *event) {
    return stash_was_full(event) && takes_free_way(event);
}

bool full_and_in_cache(const struct witness_event *event) {
    return stash_was_full(event) && was_in_cache(event);
}

bool full_and_swaps(const struct witness_event *event) {
    return stash_was_full(event) && stashed_swaps(event);
}

bool full_and_stashed(const struct witness_event *event) {
    return stash_was_full(event) && was_stashed(event);
}

bool full_gets_room(const struct witness_event *event) {
    return stash_was_full(event) && stashed_takes_free_way(event);
}

bool was_unblocked(const struct witness_event *event) {
    return event->past[op_key(event->op)].unblocked;
}

bool gap_is_closed(const struct witness_event *event) {
    return stashed_takes_free_way(event) &&
           event->key_before.entry + 1 < event->before->counts.stash_count;
}

/* The index of the stash, from section 6. */
enum { BUCKET_COUNT_MAX = 1 << 18 };
_Static_assert(BUCKET_COUNT_MAX >= 2 * STASH_COUNT_MAX, "a power of two: at least half are free");

static uint64_t hash_of(const struct witness_event *event, unsigned key_id) {
    return key_hash_in(&event->before->geometry, key_id);
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
    bool taken[BUCKET_COUNT_MAX];
    memset(taken, 0, bucket_count(event->before) * sizeof taken[0]);
    for (uint32_t entry = 0; entry < event->before->counts.stash_count; entry += 1)
        (void)bucket_take(event, taken, event->before->entries[entry].content.key_id);
    return bucket_take(event, taken, event->take.victim_id);
}

bool probe_passes_neighbour(const struct witness_event *event) {
    return evicts(event) && !stash_was_full(event) &&
           bucket_of_victim(event) > bucket_home(event, event->take.victim_id);
}

bool probe_wraps(const struct witness_event *event) {
    return evicts(event) && !stash_was_full(event) &&
           bucket_of_victim(event) < bucket_home(event, event->take.victim_id);
}

bool hashes_collide_in_stash(const struct witness_event *event) {
    for (uint32_t entry = 0; evicts(event) && entry < event->before->counts.stash_count; entry += 1)
        if (hash_of(event, event->before->entries[entry].content.key_id) ==
            hash_of(event, event->take.victim_id))
            return true;
    return false;
}

bool every_place_is_used(const struct witness_event *event) {
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
    const unsigned key_id = op_key(event->op);
    for (unsigned way = 0; way < witness_ways(event->before); way += 1) {
        const struct slot_state *slot = &set->slots[way];
        if (slot->count > 0 && slot->content.key_id != key_id &&
            slot->tag == policy_tag_of_key(event->policy, key_id) &&
            (hash_of(event, slot->content.key_id) == hash_of(event, key_id)) == same_hash)
            return true;
    }
    return false;
}

bool tags_collide(const struct witness_event *event) {
    return takes_free_way(event) && tag_is_met(event, false);
}

bool hashes_collide(const struct witness_event *event) {
    return takes_free_way(event) && tag_is_met(event, true);
}

bool tag_of_another_is_met(const struct witness_event *event) {
    return tag_is_met(event, false);
}

/* ---- Scopes. ----------------------------------------------------------------------------- */

bool scope_has_records(const struct witness_event *event) {
    return event->before->counts.scope_count > 0;
}

bool scope_is_empty(const struct witness_event *event) {
    return event->before->counts.scope_count == 0;
}

bool log_is_full(const struct witness_event *event) {
    const struct counts_state *counts = &event->before->counts;
    return counts->scope_open && counts->scope_count == counts->scope_count_max;
}

bool log_fills(const struct witness_event *event) {
    const struct counts_state *counts = &event->after->counts;
    return counts->scope_open && counts->scope_count > event->before->counts.scope_count &&
           counts->scope_count == counts->scope_count_max;
}

bool log_has_no_room(const struct witness_event *event) {
    return event->before->counts.scope_count_max == 0;
}

bool full_log_meets_absent(const struct witness_event *event) {
    return scope_has_records(event) && was_absent(event);
}

bool full_log_meets_resident(const struct witness_event *event) {
    return scope_has_records(event) && was_in_cache(event);
}

bool full_log_meets_stashed(const struct witness_event *event) {
    return scope_has_records(event) && was_stashed(event);
}

bool full_log_meets_tombstone(const struct witness_event *event) {
    return scope_has_records(event) && was_tombstone(event);
}

bool absent_and_all_full(const struct witness_event *event) {
    return stash_was_full(event) && log_is_full(event);
}

bool evicted_in_own_scope(const struct witness_event *event) {
    return event->before->counts.scope_open && evicts(event) &&
           event->past[event->take.victim_id].upserted;
}

bool removed_in_own_scope(const struct witness_event *event) {
    return event->before->counts.scope_open && was_in_cache(event) &&
           event->past[op_key(event->op)].upserted;
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

bool undoes_update(const struct witness_event *event) {
    return undoes(event, false, PLACE_CACHE, false);
}

bool undoes_insert(const struct witness_event *event) {
    return undoes(event, false, PLACE_ABSENT, false);
}

bool undoes_insert_with_victim(const struct witness_event *event) {
    return undoes(event, false, PLACE_ABSENT, true);
}

bool undoes_upsert_of_stashed(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_VALUE, false);
}

static bool undoes_swap(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_VALUE, true);
}

bool undoes_revival(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_TOMBSTONE, false);
}

bool undoes_revival_with_victim(const struct witness_event *event) {
    return undoes(event, false, PLACE_STASH_TOMBSTONE, true);
}

bool undoes_remove(const struct witness_event *event) {
    return undoes(event, true, PLACE_CACHE, false);
}

bool undoes_remove_of_stashed(const struct witness_event *event) {
    return undoes(event, true, PLACE_STASH_VALUE, false);
}

bool undoes_swap_with_room(const struct witness_event *event) {
    return undoes_swap(event) && !stash_was_full(event);
}

bool undoes_swap_with_full_stash(const struct witness_event *event) {
    return undoes_swap(event) && stash_was_full(event);
}

/* What had the entry's number moves to the end: seen of the newest record, which meets the stash as
 * it is. */
bool entry_moves_back(const struct witness_event *event) {
    const struct counts_state *counts = &event->before->counts;
    const struct record_state *newest = NULL;
    if (counts->scope_count == 0)
        return false;
    newest = &event->before->records[counts->scope_count - 1];
    return !newest->is_remove && !newest->evicts && newest->entry < counts->stash_count &&
           (newest->before == PLACE_STASH_VALUE || newest->before == PLACE_STASH_TOMBSTONE);
}

bool key_has_two_records(const struct witness_event *event) {
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

bool was_removed_in_own_scope(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (came_in_scope(event, key_id) && event->past[key_id].removed)
            return true;
    return false;
}

bool was_evicted_in_own_scope(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (came_in_scope(event, key_id) && event->past[key_id].evicted)
            return true;
    return false;
}

bool revived_was_evicted_in_own_scope(const struct witness_event *event) {
    for (unsigned key_id = 0; key_id < event->before->geometry.key_count; key_id += 1)
        if (event->past[key_id].revived && event->past[key_id].evicted &&
            witness_key_in(event->at_open, event->policy, key_id).place == PLACE_STASH_TOMBSTONE)
            return true;
    return false;
}

bool hand_stays(const struct witness_event *event) {
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

bool removed_has_its_count(const struct witness_event *event) {
    return count_after(event, is_of_removed);
}

bool victim_has_count_1(const struct witness_event *event) {
    return count_after(event, is_of_victim);
}

bool aging_stays(const struct witness_event *event) {
    return count_after(event, is_of_aged);
}

bool uses_stay(const struct witness_event *event) {
    return count_after(event, is_of_used);
}

/* ---- Compact, reset, init. --------------------------------------------------------------- */

static bool stash_has(const struct witness_event *event, bool tombstone) {
    for (uint32_t entry = 0; entry < event->before->counts.stash_count; entry += 1)
        if (event->before->entries[entry].tombstone == tombstone)
            return true;
    return false;
}

bool stash_has_value(const struct witness_event *event) {
    return stash_has(event, false);
}

bool stash_has_tombstone(const struct witness_event *event) {
    return stash_has(event, true);
}

bool cache_has_values(const struct witness_event *event) {
    return event->before->counts.cache_value_count > 0;
}

bool cache_and_stash_are_used(const struct witness_event *event) {
    return cache_has_values(event) && event->before->counts.stash_count > 0;
}

bool metrics_are_used(const struct witness_event *event) {
    return event->before->counts.hits > 0 && event->before->counts.misses > 0;
}

bool layout_changes(const struct witness_event *event) {
    return cache_has_values(event) &&
           event->before->geometry.layout != event->after->geometry.layout;
}
