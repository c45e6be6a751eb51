/* SPDX-License-Identifier: Apache-2.0 */
/* Peer `plain`: an open-addressing table with the values in it, and a ring of the keys in order
 * of insertion, whose oldest is evicted. Linear probing from the top bits of the hash, a power
 * of two of slots, half of them free at least, no tombstones: a deletion shifts the run back
 * (Knuth 6.4, Algorithm R). A get in a table larger than the caches costs one miss, which is the
 * least that any map can cost.
 *
 * Its victims are known ahead of time, so their slots are prefetched. Its scope is the undo log
 * that one writes by hand: good for updates alone, since it names slots by address. */
#include "peer_value.h"

#include <stdlib.h>

enum { PREFETCH_DISTANCE = 8 };

struct map {
    struct value *slots; /* key 0: free */
    uint64_t *ring;      /* keys, from `oldest` on and around */
    uint64_t mask;
    uint32_t shift;
    size_t count;
    size_t count_max;
    size_t oldest;
    struct memory *memory;
    struct value undo_values[PEER_SCOPE_SIZE];
    struct value *undo_slots[PEER_SCOPE_SIZE];
};

static inline uint64_t home_of(const struct map *map, uint64_t key) {
    return peer_hash(key) >> map->shift;
}

static inline struct value *peer_find(struct map *map, uint64_t key) {
    for (uint64_t slot = home_of(map, key);; slot = (slot + 1) & map->mask) {
        if (map->slots[slot].key == key)
            return &map->slots[slot];
        if (map->slots[slot].key == 0)
            return NULL;
    }
}

static inline void remove_key(struct map *map, uint64_t key) {
    uint64_t hole = (uint64_t)(peer_find(map, key) - map->slots);
    for (uint64_t next = (hole + 1) & map->mask; map->slots[next].key != 0;
         next = (next + 1) & map->mask) {
        const uint64_t home = home_of(map, map->slots[next].key);
        if (((next - home) & map->mask) < ((next - hole) & map->mask))
            continue;
        map->slots[hole] = map->slots[next];
        hole = next;
    }
    map->slots[hole].key = 0;
}

static inline void prefetch_victim(const struct map *map) {
    size_t later = map->oldest + PREFETCH_DISTANCE;
    if (later >= map->count_max)
        later -= map->count_max;
    __builtin_prefetch(&map->slots[home_of(map, map->ring[later])]);
}

static inline void peer_insert(struct map *map, const struct value *value) {
    uint64_t slot = home_of(map, value->key);
    if (map->count < map->count_max) {
        map->ring[map->count] = value->key;
        map->count += 1;
    } else {
        prefetch_victim(map);
        remove_key(map, map->ring[map->oldest]);
        map->ring[map->oldest] = value->key;
        map->oldest = map->oldest + 1 == map->count_max ? 0 : map->oldest + 1;
    }
    while (map->slots[slot].key != 0)
        slot = (slot + 1) & map->mask;
    map->slots[slot] = *value;
}

#include "peer_runs.h"

static struct peer_result run_scope(void *untyped, const uint64_t *keys, size_t key_count) {
    struct map *map = (struct map *)untyped;
    struct peer_result result = {0, 0};
    struct value value = {0};
    for (size_t start = 0; start + PEER_SCOPE_SIZE <= key_count; start += PEER_SCOPE_SIZE) {
        size_t undo_count = 0;
        for (size_t i = 0; i < PEER_SCOPE_SIZE; i += 1) {
            struct value *found = peer_find(map, keys[start + i]);
            if (found == NULL)
                continue;
            map->undo_slots[undo_count] = found;
            map->undo_values[undo_count] = *found;
            undo_count += 1;
            value.key = keys[start + i];
            *found = value;
        }
        result.found += undo_count;
        while (undo_count > 0) {
            undo_count -= 1;
            *map->undo_slots[undo_count] = map->undo_values[undo_count];
        }
    }
    return result;
}

static size_t slots_size(const struct map *map) {
    return ((size_t)map->mask + 1) * sizeof *map->slots;
}

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    memory_give(map->memory, map->slots, slots_size(map));
    memory_give(map->memory, map->ring, map->count_max * sizeof *map->ring);
    memory_give(map->memory, map, sizeof *map);
}

static void *table_create(const struct peer_options *options) {
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    uint32_t bits = 1;
    if (map == NULL)
        return NULL;
    while (((size_t)1 << bits) < options->entry_count_max * 2)
        bits += 1;
    map->mask = ((uint64_t)1 << bits) - 1;
    map->shift = 64 - bits;
    map->count_max = options->entry_count_max;
    map->memory = options->memory;
    map->slots = (struct value *)memory_take(options->memory, slots_size(map));
    map->ring = (uint64_t *)memory_take(options->memory, map->count_max * sizeof *map->ring);
    if (map->slots != NULL && map->ring != NULL)
        return map;
    table_destroy(map);
    return NULL;
}

PEER_DEFINE(plain, PEER_FIFO, run_scope)
