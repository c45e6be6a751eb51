/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of the labels (witness_labels.c): each says whether at an event of the kind and the outcome
 * of its label happened what its name says; the label's sentence has it in full. None changes anything.
 * O(slots + stash + records). */
#ifndef HARNESS_WITNESS_PREDICATES_H
#define HARNESS_WITNESS_PREDICATES_H

#include "witness_event.h"

/* ---- Where the key was, and which way it takes. ------------------------------------------ */

bool was_in_cache(const struct witness_event *event);
bool was_stashed(const struct witness_event *event);
bool was_tombstone(const struct witness_event *event);
bool was_absent(const struct witness_event *event);
bool was_forgotten(const struct witness_event *event);
bool takes_free_way(const struct witness_event *event);
bool evicts(const struct witness_event *event);
bool has_free_way(const struct witness_event *event);

/* ---- Upsert, rewrite. -------------------------------------------------------------------- */

bool update_keeps_count(const struct witness_event *event);
bool update_resets_count(const struct witness_event *event);
bool stashed_takes_free_way(const struct witness_event *event);
bool stashed_swaps(const struct witness_event *event);
bool evicts_with_room(const struct witness_event *event);
bool swaps_with_room(const struct witness_event *event);
bool stashed_with_room(const struct witness_event *event);

/* ---- Uses, demote. ----------------------------------------------------------------------- */

bool count_goes_up(const struct witness_event *event);
bool count_saturates(const struct witness_event *event);
bool count_goes_down(const struct witness_event *event);
bool demoted_is_evicted(const struct witness_event *event);

/* ---- The sweep. -------------------------------------------------------------------------- */

bool sweep_spares(const struct witness_event *event);
bool sweep_needs_second_lap(const struct witness_event *event);
bool sweep_takes_last_step(const struct witness_event *event);
bool sweep_wraps(const struct witness_event *event);
bool hand_wraps(const struct witness_event *event);
bool free_way_past_hand(const struct witness_event *event);
bool free_way_wraps(const struct witness_event *event);
bool evicts_beside_free_way(const struct witness_event *event);
bool ages_then_takes_free_way(const struct witness_event *event);
bool evicts_while_another_set_has_room(const struct witness_event *event);

/* ---- The stash. -------------------------------------------------------------------------- */

bool stash_fills(const struct witness_event *event);
bool full_and_set_full(const struct witness_event *event);
bool full_and_takes_free_way(const struct witness_event *event);
bool full_and_in_cache(const struct witness_event *event);
bool full_and_swaps(const struct witness_event *event);
bool full_and_stashed(const struct witness_event *event);
bool full_gets_room(const struct witness_event *event);
bool was_unblocked(const struct witness_event *event);
bool gap_is_closed(const struct witness_event *event);
bool probe_passes_neighbour(const struct witness_event *event);
bool probe_wraps(const struct witness_event *event);
bool hashes_collide_in_stash(const struct witness_event *event);
bool every_place_is_used(const struct witness_event *event);

/* ---- Tags and hashes. -------------------------------------------------------------------- */

bool tags_collide(const struct witness_event *event);
bool hashes_collide(const struct witness_event *event);
bool tag_of_another_is_met(const struct witness_event *event);

/* ---- Scopes. ----------------------------------------------------------------------------- */

bool scope_has_records(const struct witness_event *event);
bool scope_is_empty(const struct witness_event *event);
bool log_is_full(const struct witness_event *event);
bool log_fills(const struct witness_event *event);
bool log_has_no_room(const struct witness_event *event);
bool full_log_meets_absent(const struct witness_event *event);
bool full_log_meets_resident(const struct witness_event *event);
bool full_log_meets_stashed(const struct witness_event *event);
bool full_log_meets_tombstone(const struct witness_event *event);
bool absent_and_all_full(const struct witness_event *event);
bool evicted_in_own_scope(const struct witness_event *event);
bool removed_in_own_scope(const struct witness_event *event);

/* ---- Discard. ---------------------------------------------------------------------------- */

bool undoes_update(const struct witness_event *event);
bool undoes_insert(const struct witness_event *event);
bool undoes_insert_with_victim(const struct witness_event *event);
bool undoes_upsert_of_stashed(const struct witness_event *event);
bool undoes_revival(const struct witness_event *event);
bool undoes_revival_with_victim(const struct witness_event *event);
bool undoes_remove(const struct witness_event *event);
bool undoes_remove_of_stashed(const struct witness_event *event);
bool undoes_swap_with_room(const struct witness_event *event);
bool undoes_swap_with_full_stash(const struct witness_event *event);
bool entry_moves_back(const struct witness_event *event);
bool key_has_two_records(const struct witness_event *event);
bool was_removed_in_own_scope(const struct witness_event *event);
bool was_evicted_in_own_scope(const struct witness_event *event);
bool revived_was_evicted_in_own_scope(const struct witness_event *event);
bool hand_stays(const struct witness_event *event);
bool removed_has_its_count(const struct witness_event *event);
bool victim_has_count_1(const struct witness_event *event);
bool aging_stays(const struct witness_event *event);
bool uses_stay(const struct witness_event *event);

/* ---- Compact, reset, init. --------------------------------------------------------------- */

bool stash_has_value(const struct witness_event *event);
bool stash_has_tombstone(const struct witness_event *event);
bool cache_has_values(const struct witness_event *event);
bool cache_and_stash_are_used(const struct witness_event *event);
bool metrics_are_used(const struct witness_event *event);
bool layout_changes(const struct witness_event *event);

#endif
