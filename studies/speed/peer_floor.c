/* SPDX-License-Identifier: Apache-2.0 */
/* The floor: no map at all, but one access to a random value of an array of as many values,
 * whose index is given instead of a key. No map can be faster than this where its values do not
 * fit the caches. `get` has loads that do not wait for each other, `chain` loads that do. */
#include "peer_value.h"

struct map {
    struct value *values;
    size_t count_max;
    struct memory *memory;
};

static inline struct value *peer_find(struct map *map, uint64_t key) {
    return &map->values[key];
}

static inline void peer_insert(struct map *map, const struct value *value) {
    map->values[value->key] = *value;
}

#include "peer_runs.h"

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    memory_give(map->memory, map->values, map->count_max * sizeof *map->values);
    memory_give(map->memory, map, sizeof *map);
}

static void *table_create(const struct peer_options *options) {
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    if (map == NULL)
        return NULL;
    map->memory = options->memory;
    map->count_max = options->entry_count_max;
    map->values =
        (struct value *)memory_take(options->memory, map->count_max * sizeof *map->values);
    if (map->values != NULL) {
        for (size_t i = 0; i < map->count_max; i += 1)
            map->values[i].key = i; /* every page is there */
        return map;
    }
    memory_give(map->memory, map, sizeof *map);
    return NULL;
}

static size_t table_count(void *map) {
    return ((struct map *)map)->count_max;
}

extern const struct peer PEER_TABLE(floor);
const struct peer PEER_TABLE(floor) = {"floor",
                                       VALUE_SIZE,
                                       PEER_FLOOR,
                                       table_create,
                                       table_destroy,
                                       table_count,
                                       table_find,
                                       NULL,
                                       NULL,
                                       NULL,
                                       {run_get, run_chain, NULL, NULL, NULL},
                                       false};
