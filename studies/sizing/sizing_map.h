/* SPDX-License-Identifier: Apache-2.0 */
/* One layout for studies/sizing/sizing.c: a map of keys, and what is measured of it. Included once for each
 * layout, after SIZING_NAME, SIZING_WAYS, SIZING_TAG_BITS, SIZING_CLOCK_BITS.
 *
 * Knows the library's public header, and of sizing.c its key_equal, which counts. */

#define CACHE_MAP_NAME            SIZING_NAME
#define CACHE_MAP_VALUE           struct sizing_value
#define CACHE_MAP_KEY             uint64_t
#define CACHE_MAP_KEY_OF(value)   ((value)->key)
#define CACHE_MAP_KEY_EQUAL(a, b) key_equal((a), (b))
#define CACHE_MAP_WAYS            SIZING_WAYS
#define CACHE_MAP_TAG_BITS        SIZING_TAG_BITS
#define CACHE_MAP_CLOCK_BITS      SIZING_CLOCK_BITS
#include "cache_map.h"

#define SIZING_FUNCTION(end) CACHE_MAP_PASTE(SIZING_NAME, end)

static void SIZING_FUNCTION(open)(struct SIZING_NAME *map, uint64_t slot_count, uint64_t seed) {
    const struct cache_map_options options = {slot_count, SLOT_COUNT_MAX, 0, seed};
    if (SIZING_FUNCTION(init)(map, &options, NULL) != CACHE_MAP_OK)
        fail("no memory");
}

static void SIZING_FUNCTION(put)(struct SIZING_NAME *map, uint64_t key) {
    const struct sizing_value value = {key};
    if (cache_map_status_failed(SIZING_FUNCTION(upsert)(map, &value)))
        fail("an upsert failed");
}

/* Upserts the keys 0.. once each: how many of them the cache evicts. */
static uint64_t SIZING_FUNCTION(evictions)(uint64_t slot_count, uint64_t key_count, uint64_t seed) {
    struct SIZING_NAME map;
    uint64_t eviction_count;
    SIZING_FUNCTION(open)(&map, slot_count, seed);
    for (uint64_t key = 0; key < key_count; key += 1)
        SIZING_FUNCTION(put)(&map, key);
    eviction_count = SIZING_FUNCTION(inspect_counts)(&map).stash_count;
    SIZING_FUNCTION(deinit)(&map);
    return eviction_count;
}

/* Keys compared in a miss, where every set is full. */
static double SIZING_FUNCTION(comparisons_per_miss)(void) {
    enum { KEY_COUNT = 1 << 16, MISS_COUNT = 1 << 18 };
    struct SIZING_NAME map;
    uint64_t comparison_count_before;
    SIZING_FUNCTION(open)(&map, LAYOUT_SLOT_COUNT, 0);
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        SIZING_FUNCTION(put)(&map, key);
        if (key % SLOT_COUNT_MAX == SLOT_COUNT_MAX - 1)
            (void)SIZING_FUNCTION(compact)(&map);
    }
    (void)SIZING_FUNCTION(compact)(&map);
    if (SIZING_FUNCTION(inspect_counts)(&map).cache_value_count != LAYOUT_SLOT_COUNT)
        fail("a set is not full");
    comparison_count_before = comparison_count;
    for (uint64_t key = KEY_COUNT; key < KEY_COUNT + MISS_COUNT; key += 1)
        if (SIZING_FUNCTION(has)(&map, key))
            fail("a key is there that was not put");
    SIZING_FUNCTION(deinit)(&map);
    return (double)(comparison_count - comparison_count_before) / MISS_COUNT;
}

/* The share of gets that find their key, of a skewed stream whose misses are put. */
static double SIZING_FUNCTION(hit_ratio)(void) {
    enum { WARM_COUNT = 1 << 17, GET_COUNT = 1 << 19 };
    struct random random = {1};
    struct SIZING_NAME map;
    uint64_t hit_count = 0;
    SIZING_FUNCTION(open)(&map, LAYOUT_SLOT_COUNT, 0);
    for (uint32_t i = 0; i < WARM_COUNT + GET_COUNT; i += 1) {
        const uint64_t key = skewed_key(&random);
        const bool hit = SIZING_FUNCTION(has)(&map, key);
        hit_count += hit && i >= WARM_COUNT;
        if (!hit)
            SIZING_FUNCTION(put)(&map, key);
        /* A get that the stash answers would be no hit of the cache: it is emptied after each put. */
        if (!hit)
            (void)SIZING_FUNCTION(compact)(&map);
    }
    SIZING_FUNCTION(deinit)(&map);
    return (double)hit_count / GET_COUNT;
}

#undef SIZING_FUNCTION
#undef SIZING_NAME
#undef SIZING_WAYS
#undef SIZING_TAG_BITS
#undef SIZING_CLOCK_BITS
