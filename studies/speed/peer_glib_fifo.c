/* SPDX-License-Identifier: Apache-2.0 */
/* Peer `GHashTable, FIFO`: GLib's hash table as a set of pointers to values whose key is inside
 * (g_hash_table_add: fewer arrays than as a map, so fewer misses). The values are one array,
 * which is also the ring of their ages: the oldest is overwritten by the newest. No malloc for
 * each value. */
#include "peer_value.h"

#include <glib.h>

struct map {
    GHashTable *table;
    struct value *values;
    size_t count;
    size_t count_max;
    size_t oldest;
    struct memory *memory;
};

static guint hash_of_value(gconstpointer value) {
    return (guint)peer_hash(((const struct value *)value)->key);
}

static gboolean keys_equal(gconstpointer a, gconstpointer b) {
    return ((const struct value *)a)->key == ((const struct value *)b)->key;
}

static inline struct value *peer_find(struct map *map, uint64_t key) {
    return (struct value *)g_hash_table_lookup(map->table,
                                               &key); /* the key is a value's first field */
}

static inline void peer_insert(struct map *map, const struct value *value) {
    struct value *taken = &map->values[map->oldest];
    map->oldest = map->oldest + 1 == map->count_max ? 0 : map->oldest + 1;
    if (map->count == map->count_max)
        (void)g_hash_table_remove(map->table, taken);
    else
        map->count += 1;
    *taken = *value;
    (void)g_hash_table_add(map->table, taken);
}

#include "peer_runs.h"

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    if (map->table != NULL)
        g_hash_table_destroy(map->table);
    memory_give(map->memory, map->values, map->count_max * sizeof *map->values);
    memory_give(map->memory, map, sizeof *map);
}

static void *table_create(const struct peer_options *options) {
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    if (map == NULL)
        return NULL;
    map->memory = options->memory;
    map->count_max = options->entry_count_max;
    map->table = g_hash_table_new(hash_of_value, keys_equal);
    map->values =
        (struct value *)memory_take(options->memory, map->count_max * sizeof *map->values);
    if (map->values != NULL)
        return map;
    table_destroy(map);
    return NULL;
}

PEER_DEFINE(glib_fifo, PEER_FIFO, NULL)
