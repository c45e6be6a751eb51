/* SPDX-License-Identifier: Apache-2.0 */
/* Peer `ck_ht, FIFO`: Concurrency Kit's hash table for one writer and many readers, used by one
 * thread. Keys are stored directly, beside pointers into one array of values, which is also the
 * ring of their ages. Twice as many slots as values, so that it does not grow, and
 * CK_HT_WORKLOAD_DELETE, for evictions delete.
 *
 * A deletion leaves a tombstone that only an insert on its way uses again, and neither ck_ht_gc
 * nor anything else frees it: without more an insert takes 10 times longer after a few
 * turnovers. So the table is built anew after every quarter of a turnover. That is in the loops
 * that insert. */
#include "peer_value.h"

#include <ck_ht.h>

struct map {
    ck_ht_t table;
    struct value *values;
    size_t count;
    size_t count_max;
    size_t oldest;
    size_t tombstone_count; /* at most: since the table was built */
    struct memory *memory;
};

/* ck's allocator has no context: the memory of the map that was created last. One program has
 * one. */
static struct memory *ck_memory;

static void *ck_take(size_t size) {
    return memory_take(ck_memory, size);
}

static void ck_give(void *block, size_t size, bool defer) {
    (void)defer; /* there are no readers to wait for */
    memory_give(ck_memory, block, size);
}

static struct ck_malloc ck_allocator = {ck_take, NULL, ck_give};

static void ck_hash(ck_ht_hash_t *hash, const void *key, size_t key_size, uint64_t seed) {
    (void)key_size;
    (void)seed;
    hash->value = peer_hash(*(const uint64_t *)key);
}

static inline ck_ht_hash_t hash_of(uint64_t key) {
    const ck_ht_hash_t hash = {peer_hash(key)};
    return hash;
}

static inline struct value *peer_find(struct map *map, uint64_t key) {
    ck_ht_entry_t entry;
    ck_ht_entry_key_set_direct(&entry, (uintptr_t)key);
    if (!ck_ht_get_spmc(&map->table, hash_of(key), &entry))
        return NULL;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): ck stores pointers as numbers */
    return (struct value *)ck_ht_entry_value_direct(&entry);
}

static inline void put(struct map *map, struct value *value) {
    const ck_ht_hash_t hash = hash_of(value->key);
    ck_ht_entry_t entry;
    ck_ht_entry_set_direct(&entry, hash, (uintptr_t)value->key, (uintptr_t)value);
    (void)ck_ht_put_spmc(&map->table, hash, &entry);
}

/* The map is full: every value is in use. */
static void build_anew(struct map *map) {
    (void)ck_ht_reset_spmc(&map->table);
    for (size_t i = 0; i < map->count_max; i += 1)
        put(map, &map->values[i]);
    map->tombstone_count = 0;
}

static inline void peer_insert(struct map *map, const struct value *value) {
    struct value *taken = &map->values[map->oldest];
    ck_ht_entry_t entry;
    map->oldest = map->oldest + 1 == map->count_max ? 0 : map->oldest + 1;
    if (map->count == map->count_max) {
        ck_ht_entry_key_set_direct(&entry, (uintptr_t)taken->key);
        (void)ck_ht_remove_spmc(&map->table, hash_of(taken->key), &entry);
        map->tombstone_count += 1;
    } else {
        map->count += 1;
    }
    *taken = *value;
    put(map, taken);
    if (map->tombstone_count == map->count_max / 4)
        build_anew(map);
}

#include "peer_runs.h"

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    ck_ht_destroy(&map->table);
    memory_give(map->memory, map->values, map->count_max * sizeof *map->values);
    memory_give(map->memory, map, sizeof *map);
}

static void *table_create(const struct peer_options *options) {
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    if (map == NULL)
        return NULL;
    map->memory = options->memory;
    map->count_max = options->entry_count_max;
    ck_memory = options->memory;
    map->values =
        (struct value *)memory_take(options->memory, map->count_max * sizeof *map->values);
    if (map->values != NULL && ck_ht_init(&map->table, CK_HT_MODE_DIRECT | CK_HT_WORKLOAD_DELETE,
                                          ck_hash, &ck_allocator, map->count_max * 2, 0))
        return map;
    memory_give(map->memory, map->values, map->count_max * sizeof *map->values);
    memory_give(map->memory, map, sizeof *map);
    return NULL;
}

PEER_DEFINE(ck, PEER_FIFO, NULL)
