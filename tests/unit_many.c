/* SPDX-License-Identifier: Apache-2.0 */
/* get_many, upsert_many and prefetch: the same answers, places and metrics as single calls in order,
 * which a twin map is given. Lengths around the batch of CACHE_MAP_BATCH_COUNT_MAX and keys that come
 * again within a batch are where they could differ. */
#include "unit_support.h"

enum { KEY_COUNT = 160, COUNT_MAX = 100 };

#define CACHE_MAP_NAME          batch_map
#define CACHE_MAP_VALUE         struct unit_item
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          4
#include "cache_map.h"

/* The functions that a digest needs. */
static struct cache_map_counts batch_counts(const void *map) {
    return batch_map_inspect_counts((const struct batch_map *)map);
}
static struct cache_map_slot_view batch_slot(const void *map, uint64_t set, uint32_t way) {
    return batch_map_inspect_slot((const struct batch_map *)map, set, way);
}
static uint32_t batch_hand(const void *map, uint64_t set) {
    return batch_map_inspect_hand((const struct batch_map *)map, set);
}
static struct cache_map_entry_view batch_entry(const void *map, uint32_t entry) {
    return batch_map_inspect_entry((const struct batch_map *)map, entry);
}
static struct cache_map_record_view batch_record(const void *map, uint64_t index) {
    return batch_map_inspect_record((const struct batch_map *)map, index);
}
static const struct unit_subject subject = {.name = "batch_map",
                                            .layout = &batch_map_cache_map_layout,
                                            .map_size = sizeof(struct batch_map),
                                            .counts = batch_counts,
                                            .slot = batch_slot,
                                            .hand = batch_hand,
                                            .entry = batch_entry,
                                            .record = batch_record};

/* Two maps with the same history. */
struct twins {
    struct batch_map many, single;
};

static void twins_init(struct twins *twins, uint64_t cache, uint64_t stash, uint64_t scope) {
    const struct cache_map_options options = unit_options(cache, stash, scope);
    assert_status(batch_map_init(&twins->many, &options, NULL), CACHE_MAP_OK);
    assert_status(batch_map_init(&twins->single, &options, NULL), CACHE_MAP_OK);
}

static void twins_deinit(struct twins *twins) {
    assert_int_equal(batch_map_check(&twins->many), CACHE_MAP_INVARIANT_NONE);
    batch_map_deinit(&twins->many);
    batch_map_deinit(&twins->single);
}

static void assert_twins_equal(const struct twins *twins, const char *what) {
    assert_unchanged(&subject, &twins->many, unit_digest_take(&subject, &twins->single), what);
}

static void twins_upsert(struct twins *twins, const struct unit_item *items, size_t count) {
    enum cache_map_status statuses[COUNT_MAX + 1];
    size_t success_count = 0;
    statuses[count] = CACHE_MAP_STATUS_COUNT;
    for (size_t i = 0; i < count; i += 1)
        statuses[i] = CACHE_MAP_STATUS_COUNT;
    {
        const size_t returned = batch_map_upsert_many(&twins->many, items, count, statuses);
        for (size_t i = 0; i < count; i += 1) {
            assert_status(statuses[i], batch_map_upsert(&twins->single, &items[i]));
            success_count += !cache_map_status_failed(statuses[i]);
        }
        assert_int_equal(returned, success_count);
    }
    assert_int_equal(statuses[count], CACHE_MAP_STATUS_COUNT); /* not written past the end */
    assert_twins_equal(twins, "upsert_many");
}

static void twins_get(struct twins *twins, const uint64_t *keys, size_t count) {
    static struct unit_item canary;
    struct unit_item *values[COUNT_MAX + 1];
    size_t found_count = 0;
    for (size_t i = 0; i <= count; i += 1)
        values[i] = &canary;
    {
        const size_t returned = batch_map_get_many(&twins->many, keys, count, values);
        for (size_t i = 0; i < count; i += 1) {
            const struct unit_item *single = batch_map_get(&twins->single, keys[i]);
            assert_int_equal(values[i] != NULL, single != NULL);
            found_count += single != NULL;
            if (single == NULL)
                continue;
            assert_int_equal(values[i]->key, keys[i]);
            assert_int_equal(values[i]->payload, single->payload);
            /* The very place, and not only an equal value. */
            assert_ptr_equal(values[i], batch_map_inspect_place(&twins->many, keys[i]).value);
        }
        assert_int_equal(returned, found_count);
    }
    assert_ptr_equal(values[count], &canary);
    assert_twins_equal(twins, "get_many");
}

/* ---- The tests. -------------------------------------------------------------------------- */

static const size_t lengths[] = {0, 1, 2, 31, 32, 33, 63, 64, 65, 96, 97, COUNT_MAX};

/* Any history: full stashes, full scopes, removed keys, keys that come again. */
static void many_calls_are_single_calls_in_order(void **state) {
    static const struct cache_map_options worlds[] = {
        {64, 40, 20, 0}, {8, 200, 200, 0}, {0, 64, 40, 0}, {256, 1, 8, 0}};
    struct unit_random random = {1};
    (void)state;
    for (size_t round = 0; round < 40; round += 1) {
        const struct cache_map_options *world = &worlds[round % UNIT_COUNT_OF(worlds)];
        struct twins twins;
        twins_init(&twins, world->cache_value_count_max, world->stash_value_count_max,
                   world->scope_value_count_max);
        for (size_t step = 0; step < 60; step += 1) {
            const size_t count = lengths[unit_random_below(&random, UNIT_COUNT_OF(lengths))];
            const uint32_t universe = step % 3 == 0 ? 5 : KEY_COUNT;
            struct unit_item items[COUNT_MAX];
            uint64_t keys[COUNT_MAX];
            for (size_t i = 0; i < count; i += 1) {
                keys[i] = unit_random_below(&random, universe);
                items[i] = unit_item_make(keys[i], unit_random_next(&random));
            }
            switch (unit_random_below(&random, 8)) {
            case 0:
                (void)batch_map_scope_open(&twins.many), (void)batch_map_scope_open(&twins.single);
                break;
            case 1: {
                const enum cache_map_scope_mode mode =
                    step % 2 == 0 ? CACHE_MAP_SCOPE_DISCARD : CACHE_MAP_SCOPE_PERSIST;
                (void)batch_map_scope_close(&twins.many, mode);
                (void)batch_map_scope_close(&twins.single, mode);
                break;
            }
            case 2:
                (void)batch_map_compact(&twins.many), (void)batch_map_compact(&twins.single);
                break;
            case 3:
                for (uint64_t key = 0; key < KEY_COUNT; key += 7) {
                    (void)batch_map_remove(&twins.many, key);
                    (void)batch_map_remove(&twins.single, key);
                }
                break;
            case 4:
            case 5: twins_get(&twins, keys, count); break;
            default: twins_upsert(&twins, items, count); break;
            }
        }
        twins_deinit(&twins);
    }
}

/* Each failure is its own: what fails in the midst of a batch stops nothing behind it. */
static void one_that_fails_stops_no_other(void **state) {
    struct unit_item items[COUNT_MAX];
    enum cache_map_status statuses[COUNT_MAX];
    struct batch_map map;
    const struct cache_map_options options = unit_options(0, 4, 0);
    (void)state;
    for (size_t i = 0; i < 40; i += 1)
        items[i] = unit_item_make(i < 10 ? i : i % 4, i);
    assert_status(batch_map_init(&map, &options, NULL), CACHE_MAP_OK);
    assert_int_equal(batch_map_upsert_many(&map, items, 40, statuses), 34);
    assert_status(statuses[3], CACHE_MAP_INSERTED);
    for (size_t i = 4; i < 10; i += 1)
        assert_status(statuses[i], CACHE_MAP_STASH_FULL);
    assert_status(statuses[10], CACHE_MAP_UPDATED);
    assert_int_equal(batch_map_get(&map, 3)->payload, 39);
    batch_map_deinit(&map);
}

static void prefetch_changes_nothing(void **state) {
    struct twins twins;
    (void)state;
    for (uint64_t cache = 0; cache <= 8; cache += 8) {
        twins_init(&twins, cache, 16, 4);
        for (uint64_t key = 0; key < 12; key += 1) {
            const struct unit_item item = unit_item_make(key, key);
            batch_map_prefetch(&twins.many, key);
            assert_status(batch_map_upsert(&twins.many, &item), CACHE_MAP_INSERTED);
            assert_status(batch_map_upsert(&twins.single, &item), CACHE_MAP_INSERTED);
            for (uint64_t other = 0; other < 20; other += 1)
                batch_map_prefetch(&twins.many, other);
            assert_twins_equal(&twins, "prefetch");
        }
        twins_deinit(&twins);
    }
}

/* At addresses that no test has. NOLINTBEGIN(performance-no-int-to-ptr) */
static void overlaps(void **state) {
    static const struct {
        uintptr_t block, first;
        size_t memory_size, count, value_size;
        bool overlap;
    } rows[] = {
        {0x10000, 0x10000, 64, 0, 16, false},
        {0x10000, 0x10000, 64, 1, 16, true},
        {0x10000, 0x1003f, 64, 1, 16, true},
        {0x10000, 0x10040, 64, 1, 16, false},
        {0x10000, 0x0fff0, 64, 1, 16, false},
        {0x10000, 0x0fff0, 64, 2, 16, true},
        {0x10000, 0x0fff1, 64, 1, 16, true},
        {0x10000, 0x20000, 64, 1 << 20, 16, false},
        {0x10000, 0x20000, 64, SIZE_MAX, 16, true}, /* more than there is memory */
        {0x10000, 0x20000, 64, (UINTPTR_MAX - 0x20000) / 16, 16, false},
        {0x10000, 0x20000, 64, (UINTPTR_MAX - 0x20000) / 16 + 1, 16, true},
        {0x20000, 0x10000, 64, SIZE_MAX, 16, true},
    };
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(rows); i += 1) {
        struct cache_map map = {.memory = (unsigned char *)rows[i].block};
        map.memory_size = rows[i].memory_size;
        if (cache_map_overlaps(&map, (const void *)rows[i].first, rows[i].count,
                               rows[i].value_size) != rows[i].overlap)
            fail_msg("row %zu", i);
    }
}
/* NOLINTEND(performance-no-int-to-ptr) */

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_calls_are_single_calls_in_order),
        cmocka_unit_test(one_that_fails_stops_no_other),
        cmocka_unit_test(prefetch_changes_nothing),
        cmocka_unit_test(overlaps),
    };
    return cmocka_run_group_tests_name("many", tests, NULL, NULL);
}
