/* SPDX-License-Identifier: Apache-2.0 */
/* Instantiates a cache map of `struct unit_item` named UNIT_NAME, and the unit_subject
 * `UNIT_NAME_subject`, a table of its typed functions. To be included once for each map, with
 * UNIT_NAME, UNIT_WAYS, UNIT_TAG_BITS, UNIT_CLOCK_BITS and UNIT_POLICY defined, and undefined again
 * here; UNIT_HASH(key, seed) may be. */
#define CACHE_MAP_NAME       UNIT_NAME
#define CACHE_MAP_VALUE      struct unit_item
#define CACHE_MAP_KEY        uint64_t
#define CACHE_MAP_KEY_OF(v)  ((v)->key)
#define CACHE_MAP_WAYS       UNIT_WAYS
#define CACHE_MAP_TAG_BITS   UNIT_TAG_BITS
#define CACHE_MAP_CLOCK_BITS UNIT_CLOCK_BITS
#define CACHE_MAP_POLICY     UNIT_POLICY
#ifdef UNIT_HASH
#    define CACHE_MAP_HASH UNIT_HASH
#endif
#include "cache_map.h"

#define UNIT_THIS             struct UNIT_NAME
#define UNIT_FUNCTION(end)    CACHE_MAP_PASTE(UNIT_NAME, end)
#define UNIT_SUBJECT(end)     CACHE_MAP_PASTE(UNIT_NAME, CACHE_MAP_PASTE(subject, end))
#define UNIT_STRING_OF(name)  #name
#define UNIT_STRING(expanded) UNIT_STRING_OF(expanded)

static enum cache_map_status UNIT_SUBJECT(init)(void *map, const struct cache_map_options *options,
                                                const struct cache_map_allocator *allocator) {
    return UNIT_FUNCTION(init)((UNIT_THIS *)map, options, allocator);
}

static void UNIT_SUBJECT(deinit)(void *map) {
    UNIT_FUNCTION(deinit)((UNIT_THIS *)map);
}

static enum cache_map_status UNIT_SUBJECT(reset)(void *map) {
    return UNIT_FUNCTION(reset)((UNIT_THIS *)map);
}

static enum cache_map_status UNIT_SUBJECT(lookup)(void *map, uint64_t key,
                                                  struct unit_item **value) {
    return UNIT_FUNCTION(lookup)((UNIT_THIS *)map, key, value);
}

static struct unit_item *UNIT_SUBJECT(get)(void *map, uint64_t key) {
    return UNIT_FUNCTION(get)((UNIT_THIS *)map, key);
}

static bool UNIT_SUBJECT(has)(void *map, uint64_t key) {
    return UNIT_FUNCTION(has)((UNIT_THIS *)map, key);
}

static void UNIT_SUBJECT(demote)(void *map, uint64_t key) {
    UNIT_FUNCTION(demote)((UNIT_THIS *)map, key);
}

static enum cache_map_status UNIT_SUBJECT(upsert)(void *map, const struct unit_item *value) {
    return UNIT_FUNCTION(upsert)((UNIT_THIS *)map, value);
}

static enum cache_map_status UNIT_SUBJECT(remove)(void *map, uint64_t key) {
    return UNIT_FUNCTION(remove)((UNIT_THIS *)map, key);
}

static enum cache_map_status UNIT_SUBJECT(scope_open)(void *map) {
    return UNIT_FUNCTION(scope_open)((UNIT_THIS *)map);
}

static enum cache_map_status UNIT_SUBJECT(scope_close)(void *map, enum cache_map_scope_mode mode) {
    return UNIT_FUNCTION(scope_close)((UNIT_THIS *)map, mode);
}

static enum cache_map_status UNIT_SUBJECT(compact)(void *map) {
    return UNIT_FUNCTION(compact)((UNIT_THIS *)map);
}

static struct cache_map_counts UNIT_SUBJECT(counts)(const void *map) {
    return UNIT_FUNCTION(inspect_counts)((const UNIT_THIS *)map);
}

static struct cache_map_slot_view UNIT_SUBJECT(slot)(const void *map, uint64_t set, uint32_t way) {
    return UNIT_FUNCTION(inspect_slot)((const UNIT_THIS *)map, set, way);
}

static uint32_t UNIT_SUBJECT(hand)(const void *map, uint64_t set) {
    return UNIT_FUNCTION(inspect_hand)((const UNIT_THIS *)map, set);
}

static struct cache_map_entry_view UNIT_SUBJECT(entry)(const void *map, uint32_t entry) {
    return UNIT_FUNCTION(inspect_entry)((const UNIT_THIS *)map, entry);
}

static struct cache_map_record_view UNIT_SUBJECT(record)(const void *map, uint64_t index) {
    return UNIT_FUNCTION(inspect_record)((const UNIT_THIS *)map, index);
}

static struct cache_map_place_view UNIT_SUBJECT(place)(const void *map, uint64_t key) {
    return UNIT_FUNCTION(inspect_place)((const UNIT_THIS *)map, key);
}

static enum cache_map_invariant UNIT_SUBJECT(check)(const void *map) {
    return UNIT_FUNCTION(check)((const UNIT_THIS *)map);
}

static const struct unit_subject UNIT_FUNCTION(subject) = {
    UNIT_STRING(UNIT_NAME),   &UNIT_FUNCTION(cache_map_layout),
    sizeof(UNIT_THIS),        UNIT_SUBJECT(init),
    UNIT_SUBJECT(deinit),     UNIT_SUBJECT(reset),
    UNIT_SUBJECT(lookup),     UNIT_SUBJECT(get),
    UNIT_SUBJECT(has),        UNIT_SUBJECT(demote),
    UNIT_SUBJECT(upsert),     UNIT_SUBJECT(remove),
    UNIT_SUBJECT(scope_open), UNIT_SUBJECT(scope_close),
    UNIT_SUBJECT(compact),    UNIT_SUBJECT(counts),
    UNIT_SUBJECT(slot),       UNIT_SUBJECT(hand),
    UNIT_SUBJECT(entry),      UNIT_SUBJECT(record),
    UNIT_SUBJECT(place),      UNIT_SUBJECT(check)};

#undef UNIT_THIS
#undef UNIT_FUNCTION
#undef UNIT_SUBJECT
#undef UNIT_STRING
#undef UNIT_STRING_OF
#undef UNIT_NAME
#undef UNIT_WAYS
#undef UNIT_TAG_BITS
#undef UNIT_CLOCK_BITS
#undef UNIT_POLICY
#undef UNIT_HASH
