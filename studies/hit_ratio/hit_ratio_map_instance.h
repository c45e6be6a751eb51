/* SPDX-License-Identifier: Apache-2.0 */
/* One layout of the cache map under hit_ratio_map.h. Included once for each, after INSTANCE_WAYS,
 * INSTANCE_CLOCK_BITS, INSTANCE_POLICY and INSTANCE_NAME, which it undefines. Calls the public
 * API and nothing else. */

#define INSTANCE_FUNCTION(end) CACHE_MAP_PASTE(INSTANCE_NAME, end)

#define CACHE_MAP_NAME          INSTANCE_NAME
#define CACHE_MAP_VALUE         struct map_value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          INSTANCE_WAYS
#define CACHE_MAP_CLOCK_BITS    INSTANCE_CLOCK_BITS
#define CACHE_MAP_POLICY        INSTANCE_POLICY
#include "cache_map.h"

/* Whether the key's set has a free way. */
static bool INSTANCE_FUNCTION(has_free_way)(const struct INSTANCE_NAME *map, uint64_t key,
                                            uint64_t set_count) {
    const uint64_t set = cache_map_range_of_hash(cache_map_hash_64(key, 0), set_count);
    for (uint32_t way = 0; way < INSTANCE_WAYS; way += 1)
        if (INSTANCE_FUNCTION(inspect_slot)(map, set, way).count == 0)
            return true;
    return false;
}

static void INSTANCE_FUNCTION(store)(struct INSTANCE_NAME *map, uint64_t key,
                                     struct outcome *outcome) {
    const struct map_value value = {key};
    const uint64_t count = INSTANCE_FUNCTION(inspect_counts)(map).cache_value_count;
    const bool resident = INSTANCE_FUNCTION(inspect_place)(map, key).place == CACHE_MAP_PLACE_CACHE;
    enum cache_map_status status = INSTANCE_FUNCTION(upsert)(map, &value);
    struct cache_map_counts counts;
    if (status == CACHE_MAP_STASH_FULL) {
        map_expect(INSTANCE_FUNCTION(compact)(map) == CACHE_MAP_OK, "compact");
        status = INSTANCE_FUNCTION(upsert)(map, &value);
    }
    map_expect(!cache_map_status_failed(status), "upsert");
    if (resident)
        return;
    counts = INSTANCE_FUNCTION(inspect_counts)(map);
    outcome->inserts += 1;
    if (counts.cache_value_count > count)
        return;
    outcome->evictions += 1;
    /* An insert that evicts leaves as many free ways as there were. */
    if (INSTANCE_FUNCTION(has_free_way)(map, key, counts.set_count))
        outcome->wasted += 1;
}

/* True when the cache answers. */
static bool INSTANCE_FUNCTION(use)(struct INSTANCE_NAME *map, const struct access *access,
                                   bool lazy, struct outcome *outcome) {
    const uint64_t hits = INSTANCE_FUNCTION(inspect_counts)(map).metrics.hits;
    struct map_value *value = NULL;
    const enum cache_map_status status = INSTANCE_FUNCTION(lookup)(map, access->key, &value);
    const bool hit = INSTANCE_FUNCTION(inspect_counts)(map).metrics.hits > hits;
    map_expect(status != CACHE_MAP_TOMBSTONE, "lookup of a key that exists");
    outcome->gets += 1;
    outcome->stash_hits += status == CACHE_MAP_FOUND && !hit;
    if (access->kind == ACCESS_UPDATE || (lazy ? status != CACHE_MAP_FOUND : !hit))
        INSTANCE_FUNCTION(store)(map, access->key, outcome);
    return hit;
}

static void INSTANCE_FUNCTION(remove_key)(struct INSTANCE_NAME *map, uint64_t key) {
    enum cache_map_status status = INSTANCE_FUNCTION(remove)(map, key);
    if (status == CACHE_MAP_STASH_FULL) {
        map_expect(INSTANCE_FUNCTION(compact)(map) == CACHE_MAP_OK, "compact");
        status = INSTANCE_FUNCTION(remove)(map, key);
    }
    map_expect(status == CACHE_MAP_REMOVED || status == CACHE_MAP_ABSENT, "remove");
}

/* In a scope nothing can be compacted: room for all of it is made before. */
static void INSTANCE_FUNCTION(open)(struct INSTANCE_NAME *map) {
    const struct cache_map_counts counts = INSTANCE_FUNCTION(inspect_counts)(map);
    if (counts.stash_count + TRACE_SCOPE_ACCESS_COUNT_MAX > counts.stash_count_max)
        map_expect(INSTANCE_FUNCTION(compact)(map) == CACHE_MAP_OK, "compact");
    map_expect(INSTANCE_FUNCTION(scope_open)(map) == CACHE_MAP_OK, "scope_open");
}

static void INSTANCE_FUNCTION(run)(const struct trace *trace, const struct map_options *options,
                                   struct outcome *outcome, bool *hits) {
    const struct cache_map_options map_options = {
        options->object_count_max, options->stash_count_max, TRACE_SCOPE_ACCESS_COUNT_MAX, 0};
    struct INSTANCE_NAME map;
    map_expect_init(INSTANCE_FUNCTION(init)(&map, &map_options, NULL));
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const struct access *access = &trace->accesses[at];
        bool hit = false;
        switch (access->kind) {
        case ACCESS_GET:
        case ACCESS_UPDATE:
            hit = INSTANCE_FUNCTION(use)(&map, access, options->lazy, outcome);
            break;
        case ACCESS_PUT: INSTANCE_FUNCTION(store)(&map, access->key, outcome); break;
        case ACCESS_REMOVE: INSTANCE_FUNCTION(remove_key)(&map, access->key); break;
        case ACCESS_OPEN: INSTANCE_FUNCTION(open)(&map); break;
        case ACCESS_PERSIST:
        case ACCESS_DISCARD:
            map_expect(INSTANCE_FUNCTION(scope_close)(&map, access->kind == ACCESS_DISCARD
                                                                ? CACHE_MAP_SCOPE_DISCARD
                                                                : CACHE_MAP_SCOPE_PERSIST) ==
                           CACHE_MAP_OK,
                       "scope_close");
            break;
        }
        if (hits != NULL)
            hits[at] = hit;
    }
    outcome->hits = INSTANCE_FUNCTION(inspect_counts)(&map).metrics.hits;
    INSTANCE_FUNCTION(deinit)(&map);
}

#undef INSTANCE_FUNCTION
#undef INSTANCE_NAME
#undef INSTANCE_WAYS
#undef INSTANCE_CLOCK_BITS
#undef INSTANCE_POLICY
