/* SPDX-License-Identifier: Apache-2.0 */
/* Peer `cache_map`: the library as it comes (16 ways, tags of 8 bits, counts of 2 bits), single
 * calls. Its variants share all but their loops:
 *
 *     many         gets, upserts and read-modify-write (in place) in batches of PEER_BATCH_SIZE
 *     ahead        single calls, each key prefetched some keys before; read-modify-write in place
 *     in place     read-modify-write through the pointer, which is allowed outside a scope
 *     large stash  a stash of as many values as the cache has: compact must not cost more for it
 *
 * The stash is compacted when it is full, by whoever meets that: its cost is in every loop that
 * inserts. */
#include "peer_value.h"

#define CACHE_MAP_NAME          value_map
#define CACHE_MAP_VALUE         struct value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"

struct map {
    struct value_map base;
    struct memory *memory;
};

static inline struct value *peer_find(struct map *map, uint64_t key) {
    return value_map_get(&map->base, key);
}

static inline void peer_insert(struct map *map, const struct value *value) {
    if (value_map_upsert(&map->base, value) == CACHE_MAP_STASH_FULL) {
        (void)value_map_compact(&map->base);
        (void)value_map_upsert(&map->base, value);
    }
}

/* An upsert needs not ask first. */
#define peer_upsert peer_upsert_by_find
#include "peer_runs.h"
#undef peer_upsert

static void table_upsert_directly(void *map, const void *value) {
    peer_insert((struct map *)map, (const struct value *)value);
}

static struct peer_result run_upsert_directly(void *map, const uint64_t *keys, size_t key_count) {
    struct value value = {0};
    for (size_t i = 0; i < key_count; i += 1) {
        value.key = keys[i];
        peer_insert((struct map *)map, &value);
    }
    return (struct peer_result){0, 0};
}

/* Get, change a copy, upsert: what also holds inside a scope. */
static struct peer_result run_modify_by_upsert(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t i = 0; i < key_count; i += 1) {
        const struct value *found = peer_find((struct map *)map, keys[i]);
        struct value changed = {keys[i], {0}};
        if (found != NULL) {
            changed = *found;
            result.found += 1;
        }
        changed.fields[0] += 1;
        peer_insert((struct map *)map, &changed);
    }
    return result;
}

static struct peer_result run_scope(void *untyped, const uint64_t *keys, size_t key_count) {
    struct map *map = (struct map *)untyped;
    struct peer_result result = {0, 0};
    struct value value = {0};
    for (size_t start = 0; start + PEER_SCOPE_SIZE <= key_count; start += PEER_SCOPE_SIZE) {
        (void)value_map_scope_open(&map->base);
        for (size_t i = 0; i < PEER_SCOPE_SIZE; i += 1) {
            value.key = keys[start + i];
            result.found += value_map_upsert(&map->base, &value) == CACHE_MAP_UPDATED;
        }
        (void)value_map_scope_close(&map->base, CACHE_MAP_SCOPE_DISCARD);
    }
    return result;
}

static struct peer_result run_get_many(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t start = 0; start < key_count; start += PEER_BATCH_SIZE) {
        struct value *found[PEER_BATCH_SIZE];
        const size_t left = key_count - start;
        const size_t count = left < PEER_BATCH_SIZE ? left : PEER_BATCH_SIZE;
        (void)value_map_get_many(&((struct map *)map)->base, keys + start, count, found);
        for (size_t i = 0; i < count; i += 1)
            if (found[i] != NULL) {
                result.found += 1;
                result.sum += found[i]->fields[0];
            }
    }
    return result;
}

/* Single calls of a program that knows a few keys ahead. The last keys of a piece are prefetched by
 * nobody. */
static inline void prefetch_ahead(struct map *map, const uint64_t *keys, size_t key_count,
                                  size_t i) {
    enum { DISTANCE = 8 };
    if (i + DISTANCE < key_count)
        value_map_prefetch(&map->base, keys[i + DISTANCE]);
}

static struct peer_result run_get_ahead(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t i = 0; i < key_count; i += 1) {
        const struct value *found;
        prefetch_ahead((struct map *)map, keys, key_count, i);
        found = peer_find((struct map *)map, keys[i]);
        if (found != NULL) {
            result.found += 1;
            result.sum += found->fields[0];
        }
    }
    return result;
}

static struct peer_result run_upsert_ahead(void *map, const uint64_t *keys, size_t key_count) {
    struct value value = {0};
    for (size_t i = 0; i < key_count; i += 1) {
        prefetch_ahead((struct map *)map, keys, key_count, i);
        value.key = keys[i];
        peer_insert((struct map *)map, &value);
    }
    return (struct peer_result){0, 0};
}

static struct peer_result run_modify_ahead(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t i = 0; i < key_count; i += 1) {
        struct value *found;
        prefetch_ahead((struct map *)map, keys, key_count, i);
        found = peer_find((struct map *)map, keys[i]);
        if (found != NULL) {
            found->fields[0] += 1;
            result.found += 1;
        } else {
            const struct value below = {keys[i], {1}};
            peer_insert((struct map *)map, &below);
        }
    }
    return result;
}

/* What found the stash full follows a compact; the keys of a batch here are distinct, or have
 * equal values. */
static struct peer_result run_upsert_many(void *map, const uint64_t *keys, size_t key_count) {
    struct value values[PEER_BATCH_SIZE] = {{0}};
    for (size_t start = 0; start < key_count; start += PEER_BATCH_SIZE) {
        enum cache_map_status statuses[PEER_BATCH_SIZE];
        const size_t left = key_count - start;
        const size_t count = left < PEER_BATCH_SIZE ? left : PEER_BATCH_SIZE;
        for (size_t i = 0; i < count; i += 1)
            values[i].key = keys[start + i];
        if (value_map_upsert_many(&((struct map *)map)->base, values, count, statuses) == count)
            continue;
        for (size_t i = 0; i < count; i += 1)
            if (statuses[i] == CACHE_MAP_STASH_FULL)
                peer_insert((struct map *)map, &values[i]);
    }
    return (struct peer_result){0, 0};
}

/* First what was found, by the pointers, which are good until the next change; then the rest, one by one: a
 * key may come twice in a batch. */
static struct peer_result run_modify_many(void *untyped, const uint64_t *keys, size_t key_count) {
    struct map *map = (struct map *)untyped;
    struct peer_result result = {0, 0};
    for (size_t start = 0; start < key_count; start += PEER_BATCH_SIZE) {
        struct value *found[PEER_BATCH_SIZE];
        const size_t left = key_count - start;
        const size_t count = left < PEER_BATCH_SIZE ? left : PEER_BATCH_SIZE;
        const size_t found_count = value_map_get_many(&map->base, keys + start, count, found);
        result.found += found_count;
        for (size_t i = 0; i < count; i += 1)
            if (found[i] != NULL)
                found[i]->fields[0] += 1;
        for (size_t i = 0; i < count && found_count < count; i += 1) {
            struct value *came = found[i] == NULL ? peer_find(map, keys[start + i]) : NULL;
            if (came != NULL) {
                came->fields[0] += 1;
                result.found += 1;
            } else if (found[i] == NULL) {
                const struct value below = {keys[start + i], {1}};
                peer_insert(map, &below);
            }
        }
    }
    return result;
}

static void *hook_allocate(void *context, size_t size, size_t alignment) {
    (void)alignment;
    return memory_take((struct memory *)context, size);
}

static void hook_deallocate(void *context, void *memory, size_t size, size_t alignment) {
    (void)alignment;
    memory_give((struct memory *)context, memory, size);
}

static void *create_with_stash(const struct peer_options *options, size_t stash_count_max) {
    const struct cache_map_options chosen = {options->entry_count_max, stash_count_max,
                                             PEER_SCOPE_SIZE, 0};
    const struct cache_map_allocator allocator = {options->memory, hook_allocate, hook_deallocate};
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    if (map == NULL)
        return NULL;
    map->memory = options->memory;
    if (value_map_init(&map->base, &chosen, &allocator) == CACHE_MAP_OK)
        return map;
    memory_give(options->memory, map, sizeof *map);
    return NULL;
}

static void *table_create(const struct peer_options *options) {
    return create_with_stash(options, options->stash_count_max);
}

static void *table_create_large_stash(const struct peer_options *options) {
    return create_with_stash(options, options->entry_count_max);
}

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    value_map_deinit(&map->base);
    memory_give(map->memory, map, sizeof *map);
}

static size_t table_count(void *map) {
    const struct cache_map_counts counts = value_map_inspect_counts(&((struct map *)map)->base);
    return (size_t)(counts.cache_value_count + counts.stash_count);
}

static size_t table_stash_count(void *map) {
    return (size_t)value_map_inspect_counts(&((struct map *)map)->base).stash_count;
}

static void table_compact(void *map) {
    (void)value_map_compact(&((struct map *)map)->base);
}

#define VARIANT(symbol, title, create, timed, ...) \
    extern const struct peer PEER_TABLE(symbol); \
    const struct peer PEER_TABLE(symbol) = {title, \
                                            VALUE_SIZE, \
                                            PEER_CLOCK, \
                                            create, \
                                            table_destroy, \
                                            table_count, \
                                            table_find, \
                                            table_upsert_directly, \
                                            table_stash_count, \
                                            table_compact, \
                                            {__VA_ARGS__}, \
                                            timed};
VARIANT(cache_map, "cache_map", table_create, true, run_get, run_chain, run_upsert_directly,
        run_modify_by_upsert, run_scope)
VARIANT(many, "many", table_create, false, run_get_many, NULL, run_upsert_many, run_modify_many,
        NULL)
VARIANT(ahead, "ahead", table_create, false, run_get_ahead, NULL, run_upsert_ahead,
        run_modify_ahead, NULL)
VARIANT(in_place, "in_place", table_create, false, NULL, NULL, NULL, run_modify, NULL)
VARIANT(large_stash, "large_stash", table_create_large_stash, true, NULL, NULL, NULL, NULL, NULL)

/* A shared object of another state of the library has these rows, under names of its own: for
 * studies/speed/speed.cpp --variant. */
#ifdef PEER_VARIANT_NAME
VARIANT(other, PEER_VARIANT_NAME, table_create, true, run_get, run_chain, run_upsert_directly,
        run_modify_by_upsert, run_scope)
#    ifdef PEER_VARIANT_ALONE
#        define OTHER_ROWS
#    else
VARIANT(other_many, PEER_VARIANT_NAME ", in batches", table_create, false, run_get_many, NULL,
        run_upsert_many, run_modify_many, NULL)
VARIANT(other_ahead, PEER_VARIANT_NAME ", prefetching", table_create, false, run_get_ahead, NULL,
        run_upsert_ahead, run_modify_ahead, NULL)
VARIANT(other_in_place, PEER_VARIANT_NAME ", in place", table_create, false, NULL, NULL, NULL,
        run_modify, NULL)
#        define OTHER_ROWS \
            &PEER_TABLE(other_many), &PEER_TABLE(other_ahead), &PEER_TABLE(other_in_place),
#    endif
extern const struct peer *const peer_variants[];
const struct peer *const peer_variants[] = {&PEER_TABLE(other), OTHER_ROWS NULL};
#endif
