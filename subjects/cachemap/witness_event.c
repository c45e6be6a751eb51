/* SPDX-License-Identifier: Apache-2.0 */
#include "witness_event.h"

unsigned witness_ways(const struct witness_state *state) {
    return layout_describe(state->geometry.layout)->ways;
}

unsigned witness_set_value_count(const struct witness_state *state, uint32_t set) {
    unsigned count = 0;
    for (unsigned way = 0; way < witness_ways(state); way += 1)
        count += state->sets[set].slots[way].count > 0;
    return count;
}

struct witness_key witness_key_in(const struct witness_state *state, const struct policy *policy,
                                  unsigned key_id) {
    struct witness_key key = {.place = PLACE_ABSENT};
    for (uint32_t entry = 0; entry < state->counts.stash_count; entry += 1)
        if (state->entries[entry].content.key_id == key_id) {
            key.place = state->entries[entry].tombstone ? PLACE_STASH_TOMBSTONE : PLACE_STASH_VALUE;
            key.entry = entry;
        }
    if (state->geometry.set_count == 0)
        return key;
    key.set = policy_set_of_key(policy, key_id);
    for (unsigned way = 0; way < witness_ways(state); way += 1) {
        const struct slot_state *slot = &state->sets[key.set].slots[way];
        if (slot->count > 0 && slot->content.key_id == key_id) {
            key.place = PLACE_CACHE;
            key.way = (uint8_t)way;
            key.count = slot->count;
        }
    }
    return key;
}
