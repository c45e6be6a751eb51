/* SPDX-License-Identifier: Apache-2.0 */
/* What instructions.sh counts: CALL_COUNT calls in a row, in a function of its own for each call of the
 * library and each state that makes a difference to what it costs. Values of 64 bytes, and the layout that
 * the library comes with.
 *
 * Knows no clock: callgrind counts from outside. What the calls answer is looked at, so that no other way
 * through the library is counted than the one that is meant. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct value {
    uint64_t key;
    uint64_t fields[7];
};

#define CACHE_MAP_NAME          value_map
#define CACHE_MAP_VALUE         struct value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"

enum { WAY_COUNT = 16, SLOT_COUNT = 4096, STASH_COUNT = 1024, CALL_COUNT = 512, ROUND_COUNT = 8 };

static struct value_map map;
static uint64_t key_next = 1;

static void expect(uint64_t actual, uint64_t expected, const char *what) {
    if (actual == expected)
        return;
    fprintf(stderr, "instructions: %s: %llu, expected %llu\n", what, (unsigned long long)actual,
            (unsigned long long)expected);
    exit(1);
}

/* ---- What is counted: measured_ and the row. Each says how many calls answered as wanted. --- */

/* One loop for all gets; each function has a copy of it. */
static inline __attribute__((always_inline)) uint64_t get_all(const uint64_t *keys) {
    uint64_t found = 0;
    for (uint64_t i = 0; i < CALL_COUNT; i += 1)
        found += value_map_get(&map, keys[i]) != NULL;
    return found;
}

static inline __attribute__((always_inline)) uint64_t upsert_all(const uint64_t *keys,
                                                                 enum cache_map_status wanted) {
    struct value value = {0, {0}};
    uint64_t count = 0;
    for (uint64_t i = 0; i < CALL_COUNT; i += 1) {
        value.key = keys[i];
        count += value_map_upsert(&map, &value) == wanted;
    }
    return count;
}

#define MEASURED(row, result) \
    static __attribute__((noinline)) uint64_t measured_##row(const uint64_t *keys) { \
        return (result); \
    }
MEASURED(get_a_hit, get_all(keys))
MEASURED(get_a_hit_that_counts, get_all(keys))
MEASURED(get_a_miss_stash_empty, get_all(keys))
MEASURED(get_a_miss_stash_half_full, get_all(keys))
MEASURED(get_a_miss_stash_full, get_all(keys))
MEASURED(get_from_a_full_stash, get_all(keys))
MEASURED(update, upsert_all(keys, CACHE_MAP_UPDATED))
MEASURED(update_in_a_scope, upsert_all(keys, CACHE_MAP_UPDATED))
MEASURED(insert_into_a_free_way, upsert_all(keys, CACHE_MAP_INSERTED))
MEASURED(insert_that_evicts, upsert_all(keys, CACHE_MAP_INSERTED))
MEASURED(insert_that_evicts_in_a_scope, upsert_all(keys, CACHE_MAP_INSERTED))
MEASURED(upsert_of_a_stashed_key, upsert_all(keys, CACHE_MAP_UPDATED))

static __attribute__((noinline)) uint64_t measured_get_by_get_many(const uint64_t *keys) {
    struct value *found[CALL_COUNT];
    return value_map_get_many(&map, keys, CALL_COUNT, found);
}

static __attribute__((noinline)) uint64_t measured_remove(const uint64_t *keys) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < CALL_COUNT; i += 1)
        count += value_map_remove(&map, keys[i]) == CACHE_MAP_REMOVED;
    return count;
}

/* Of CALL_COUNT inserts that evicted. */
static __attribute__((noinline)) bool measured_discard_of_an_insert(void) {
    return value_map_scope_close(&map, CACHE_MAP_SCOPE_DISCARD) == CACHE_MAP_OK;
}

/* Of CALL_COUNT entries. */
static __attribute__((noinline)) bool measured_compact_of_an_entry(void) {
    return value_map_compact(&map) == CACHE_MAP_OK;
}

/* ---- The states. ------------------------------------------------------------------------- */

static void take_new(uint64_t *keys) {
    for (uint64_t i = 0; i < CALL_COUNT; i += 1)
        keys[i] = key_next++;
}

/* Keys of the cache, of other sets one after the other: the step has no factor in common with the slots. */
static void take_resident(uint64_t *keys) {
    static uint64_t slot;
    for (uint64_t i = 0; i < CALL_COUNT; i += 1) {
        const struct cache_map_slot_view view =
            value_map_inspect_slot(&map, slot / WAY_COUNT, (uint32_t)(slot % WAY_COUNT));
        if (view.value == NULL)
            exit(1); /* never: the cache is full */
        keys[i] = ((const struct value *)view.value)->key;
        slot = (slot + 1601) % SLOT_COUNT;
    }
}

/* Each second entry. */
static void take_stashed(uint64_t *keys) {
    for (uint32_t i = 0; i < CALL_COUNT; i += 1)
        keys[i] = ((const struct value *)value_map_inspect_entry(&map, i * 2).value)->key;
}

static void insert_one(void) {
    const struct value value = {key_next++, {0}};
    if (value_map_upsert(&map, &value) == CACHE_MAP_STASH_FULL)
        (void)value_map_compact(&map);
}

static void fill_cache(void) {
    while (value_map_inspect_counts(&map).cache_value_count < SLOT_COUNT)
        insert_one();
    (void)value_map_compact(&map);
}

static void fill_stash(uint64_t count) {
    while (value_map_inspect_counts(&map).stash_count < count)
        insert_one();
}

/* The counts of the keys: 1, or as high as they go. */
static void use(const uint64_t *keys, bool often) {
    for (uint64_t i = 0; i < CALL_COUNT; i += 1) {
        value_map_demote(&map, keys[i]);
        for (unsigned use = 0; often && use < 3; use += 1)
            (void)value_map_get(&map, keys[i]);
    }
}

static void round_of_gets(void) {
    uint64_t keys[CALL_COUNT];
    take_resident(keys);
    use(keys, true);
    expect(measured_get_a_hit(keys), CALL_COUNT, "hits");
    expect(measured_get_by_get_many(keys), CALL_COUNT, "hits in batches");
    use(keys, false);
    expect(measured_get_a_hit_that_counts(keys), CALL_COUNT, "hits that count");
    take_new(keys);
    expect(measured_get_a_miss_stash_empty(keys), 0, "hits of keys that are not there");
    fill_stash(STASH_COUNT / 2);
    expect(measured_get_a_miss_stash_half_full(keys), 0, "hits of keys that are not there");
    fill_stash(STASH_COUNT);
    expect(measured_get_a_miss_stash_full(keys), 0, "hits of keys that are not there");
    take_stashed(keys);
    expect(measured_get_from_a_full_stash(keys), CALL_COUNT, "values of the stash");
    expect(measured_upsert_of_a_stashed_key(keys), CALL_COUNT, "upserts of stashed keys");
    (void)value_map_compact(&map);
}

static void round_of_changes(void) {
    uint64_t keys[CALL_COUNT];
    take_resident(keys);
    expect(measured_update(keys), CALL_COUNT, "updates");
    (void)value_map_scope_open(&map);
    expect(measured_update_in_a_scope(keys), CALL_COUNT, "updates in a scope");
    (void)value_map_scope_close(&map, CACHE_MAP_SCOPE_PERSIST);
    take_new(keys);
    expect(measured_insert_that_evicts(keys), CALL_COUNT, "inserts");
    expect(value_map_inspect_counts(&map).stash_count, CALL_COUNT, "values that were evicted");
    expect(measured_compact_of_an_entry(), true, "compact");
    take_new(keys);
    (void)value_map_scope_open(&map);
    expect(measured_insert_that_evicts_in_a_scope(keys), CALL_COUNT, "inserts in a scope");
    expect(measured_discard_of_an_insert(), true, "discard");
    take_resident(keys);
    expect(measured_remove(keys), CALL_COUNT, "removes");
    (void)value_map_reset(&map);
    take_new(keys);
    expect(measured_insert_into_a_free_way(keys), CALL_COUNT, "inserts into free ways");
    fill_cache();
}

int main(void) {
    const struct cache_map_options options = {SLOT_COUNT, STASH_COUNT, STASH_COUNT, 0};
    if (value_map_init(&map, &options, NULL) != CACHE_MAP_OK)
        return 1;
    fill_cache();
    for (unsigned round = 0; round < ROUND_COUNT; round += 1) {
        round_of_gets();
        round_of_changes();
    }
    value_map_deinit(&map);
    printf("%d\n", CALL_COUNT * ROUND_COUNT); /* calls of each row */
    return 0;
}
