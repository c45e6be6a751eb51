/* SPDX-License-Identifier: Apache-2.0 */
/* The codes behind state.h. */
#include "state.h"

#include <string.h>

uint8_t state_ranks[STREAM_OP_COUNT_MAX + 1];
uint32_t state_ranked[UINT8_MAX];

struct state_writer state_begin(const struct space *space, struct state *state,
                                struct naming *naming) {
    const struct state_writer writer = {space, state, naming, 0};
    state->size = 0;
    memset(naming, NAMING_NONE, sizeof *naming);
    return writer;
}

void state_end(struct state_writer *writer) {
    for (unsigned key = 0; key < writer->space->key_count; key += 1)
        (void)state_name_key(writer, key);
    for (uint32_t i = 0; i < writer->rank_count; i += 1)
        state_ranks[state_ranked[i]] = 0;
}

bool naming_is_plain(const struct naming *naming, const struct space *space) {
    unsigned key = 0;
    while (key < space->key_count && naming->name_of_key[key] == key)
        key += 1;
    return key == space->key_count;
}

bool state_equal(const struct state *a, const struct state *b) {
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

uint64_t state_hash(const struct state *state) {
    uint64_t hash = state->size * UINT64_C(0x9e3779b97f4a7c15), word;
    for (uint32_t at = 0; at < state->size; at += 8) {
        const size_t left = state->size - at;
        word = 0;
        memcpy(&word, state->bytes + at, left < 8 ? left : 8);
        hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 32;
    }
    return hash;
}
