/* SPDX-License-Identifier: Apache-2.0 */
/* The places behind subject_places.h. Knows the library's structures, as the subject does. */
#include "subject_places.h"

#include "subject_arrays.h"
#include "subject_functions.h"
#include "subject_values.h"

#include <stddef.h>

_Static_assert(sizeof(struct cache_map_entry) == 8 && sizeof(struct cache_map_record) == 16,
               "the contract's sizes");

_Static_assert((int)PLACES_COUNT == (int)SUBJECT_ARRAY_COUNT &&
                   (int)PLACES_RECORDS == (int)SUBJECT_RECORDS,
               "the same arrays in the same order");

/* The bytes of a value before its content, by layout. */
static const uint8_t key_sizes[LAYOUT_COUNT_ALL] = {
#define KEY_SIZE(number, value) [number] = offsetof(struct value_##value, content),
    LAYOUT_TABLE(KEY_SIZE)
#undef KEY_SIZE
        [LAYOUT_PAGE] = offsetof(struct value_69632, content),
    [LAYOUT_DEFAULT] = offsetof(struct value_16, content),
};

static uint8_t shift_of(uint32_t size) {
    uint8_t shift = 0;
    while (size >> shift > 1)
        shift += 1;
    return (uint32_t)1 << shift == size ? shift : ITEM_SHIFT_NONE;
}

/* The contract's arrays, but for tags, which are a slot's here. */
static void plan(struct subject_places *places, const struct subject *subject) {
    const struct layout_description *shape = layout_describe(subject->geometry.layout);
    struct subject_array arrays[SUBJECT_ARRAY_COUNT];
    places->starts[PLACES_COUNT] =
        subject_arrays(subject->functions->layout, &subject->geometry, arrays);
    arrays[SUBJECT_TAGS].item_count *= shape->ways;
    arrays[SUBJECT_TAGS].item_size /= shape->ways;
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1) {
        places->starts[i] = arrays[i].offset;
        places->item_counts[i] = (uint32_t)arrays[i].item_count;
        places->item_sizes[i] = (uint32_t)arrays[i].item_size;
        places->item_shifts[i] = shift_of((uint32_t)arrays[i].item_size);
    }
    places->ways = shape->ways;
    places->way_bits = shift_of(shape->ways);
    places->clock_bits = shape->clock_bits;
    places->bucket_bits = shift_of((uint32_t)arrays[SUBJECT_BUCKETS].item_count);
    places->key_size = key_sizes[subject->geometry.layout];
    places->has_default_keys = subject->geometry.layout == LAYOUT_DEFAULT;
}

/* Every typed map is a `struct cache_map` with a type around it. */
static const struct cache_map *map_of(const struct subject *subject) {
    return (const struct cache_map *)(const void *)subject->map;
}

bool subject_places_find(struct subject_places *arrays, const struct subject *subject) {
    const struct cache_map *map = map_of(subject);
    plan(arrays, subject);
    arrays->block = map->memory;
    return map->cache.values == arrays->block + arrays->starts[PLACES_CACHE_VALUES] &&
           map->stash.values == arrays->block + arrays->starts[PLACES_STASH_VALUES] &&
           map->log.values == arrays->block + arrays->starts[PLACES_SCOPE_VALUES] &&
           map->scratch == arrays->block + arrays->starts[PLACES_SCRATCH] &&
           (map->cache.set_count == 0 ||
            (map->cache.tags == arrays->block + arrays->starts[PLACES_TAGS] &&
             map->cache.counts == arrays->block + arrays->starts[PLACES_COUNTS])) &&
           map->cache.hands == arrays->block + arrays->starts[PLACES_HANDS] &&
           map->stash.marks == arrays->block + arrays->starts[PLACES_MARKS] &&
           (const unsigned char *)map->stash.buckets ==
               arrays->block + arrays->starts[PLACES_BUCKETS] &&
           (const unsigned char *)map->stash.entries ==
               arrays->block + arrays->starts[PLACES_ENTRIES] &&
           (const unsigned char *)map->log.records ==
               arrays->block + arrays->starts[PLACES_RECORDS] &&
           map->memory_size == arrays->starts[PLACES_COUNT] &&
           map->stash.bucket_bits == arrays->bucket_bits;
}

struct counts_state subject_places_counts(const struct subject *subject) {
    const struct cache_map *map = map_of(subject);
    const struct counts_state counts = {
        .cache_value_count = map->cache.value_count,
        .cache_value_count_max = map->cache.set_count * subject->functions->layout->ways,
        .set_count = map->cache.set_count,
        .stash_count = map->stash.count,
        .stash_count_max = map->stash.count_max,
        .scope_count = map->log.count,
        .scope_count_max = map->log.count_max,
        .scope_open = map->log.open,
        .hits = map->metrics.hits,
        .misses = map->metrics.misses,
    };
    return counts;
}

struct subject_entry_link SUBJECT_UNWATCHED subject_entry_link_of(uint64_t bytes) {
    struct subject_entry_link link;
    struct cache_map_entry entry;
    memcpy(&entry, &bytes, sizeof entry);
    link.bucket = entry.bucket;
    link.tombstone = entry.tombstone;
    link.fragment = entry.fragment;
    return link;
}

bool SUBJECT_UNWATCHED subject_record_is(const struct subject_places *arrays, uint32_t record,
                                         const struct record_state *expected,
                                         uint8_t expected_count) {
    static const uint8_t places[] = {
        [PLACE_ABSENT] = CACHE_MAP_PLACE_ABSENT,
        [PLACE_CACHE] = CACHE_MAP_PLACE_CACHE,
        [PLACE_STASH_VALUE] = CACHE_MAP_PLACE_STASH_VALUE,
        [PLACE_STASH_TOMBSTONE] = CACHE_MAP_PLACE_STASH_TOMBSTONE,
    };
    const unsigned char *from = subject_item(arrays, PLACES_RECORDS, record);
    const uint64_t words[2] = {subject_bytes_64(from), subject_bytes_64(from + 8)};
    struct cache_map_record bytes;
    memcpy(&bytes, words, sizeof bytes);
    return bytes.slot == expected->slot && bytes.entry == expected->entry &&
           bytes.is_remove == expected->is_remove && bytes.evicts == expected->evicts &&
           bytes.before == places[expected->before] &&
           (expected_count == 0 || bytes.count == expected_count);
}
