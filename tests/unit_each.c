/* SPDX-License-Identifier: Apache-2.0 */
/* `each`: a walk over the whole map. Its order, what it tells of tombstones, that it counts as no use of a
 * key, what may come between two steps, and that what it saves can be loaded into a map of the same
 * options. */
#include "unit_support.h"

#define CACHE_MAP_NAME       items
#define CACHE_MAP_VALUE      struct unit_item
#define CACHE_MAP_KEY        uint64_t
#define CACHE_MAP_KEY_OF(v)  ((v)->key)
#define CACHE_MAP_WAYS       2
#define CACHE_MAP_CLOCK_BITS 2
#include "cache_map.h"

static struct items items_make(uint64_t cache_count, uint64_t stash_count) {
    const struct cache_map_options options = unit_options(cache_count, stash_count, 16);
    struct items map;
    assert_status(items_init(&map, &options, NULL), CACHE_MAP_OK);
    return map;
}

static enum cache_map_status put(struct items *map, uint64_t key, uint64_t payload) {
    const struct unit_item item = unit_item_make(key, payload);
    return items_upsert(map, &item);
}

/* The walk as text: "KEY:PAYLOAD" of a value, "-KEY" of a tombstone. Static. */
static const char *walk(const struct items *map) {
    static char text[1024];
    struct cache_map_cursor cursor = {0, 0};
    const struct unit_item *item;
    enum cache_map_status status;
    size_t size = 0;
    text[0] = '\0';
    while ((status = items_each(map, &cursor, &item)) != CACHE_MAP_ABSENT) {
        assert_non_null(item);
        if (status == CACHE_MAP_TOMBSTONE)
            size += (size_t)snprintf(text + size, sizeof text - size, " -%u", (unsigned)item->key);
        else
            size += (size_t)snprintf(text + size, sizeof text - size, " %u:%u", (unsigned)item->key,
                                     (unsigned)item->payload);
    }
    assert_null(item);
    assert_status(items_each(map, &cursor, &item), CACHE_MAP_ABSENT);
    return text;
}

static void slots_come_first_then_entries(void **state) {
    struct items map = items_make(2, 8);
    (void)state;
    assert_string_equal(walk(&map), "");
    for (uint64_t key = 1; key <= 4; key += 1)
        assert_status(put(&map, key, key * 10), CACHE_MAP_INSERTED);
    assert_string_equal(walk(&map), " 3:30 4:40 1:10 2:20");
    assert_status(items_remove(&map, 3), CACHE_MAP_REMOVED);
    assert_string_equal(walk(&map), " 4:40 1:10 2:20 -3");
    assert_status(items_remove(&map, 1), CACHE_MAP_REMOVED);
    assert_string_equal(walk(&map), " 4:40 -1 2:20 -3");
    assert_status(items_compact(&map), CACHE_MAP_OK);
    assert_string_equal(walk(&map), " 4:40");
    assert_status(items_reset(&map), CACHE_MAP_OK);
    assert_string_equal(walk(&map), "");
    items_deinit(&map);
}

static void without_a_cache_there_are_entries(void **state) {
    struct items map = items_make(0, 4);
    (void)state;
    assert_string_equal(walk(&map), "");
    assert_status(put(&map, 1, 10), CACHE_MAP_INSERTED);
    assert_status(put(&map, 2, 20), CACHE_MAP_INSERTED);
    assert_status(items_remove(&map, 1), CACHE_MAP_REMOVED);
    assert_string_equal(walk(&map), " -1 2:20");
    items_deinit(&map);
}

/* What the scope has made so far; and after a discard what was there before. */
static void a_scope_may_be_open(void **state) {
    struct items map = items_make(2, 8);
    (void)state;
    assert_status(put(&map, 1, 10), CACHE_MAP_INSERTED);
    assert_status(items_scope_open(&map), CACHE_MAP_OK);
    assert_status(put(&map, 1, 11), CACHE_MAP_UPDATED);
    assert_status(put(&map, 2, 20), CACHE_MAP_INSERTED);
    assert_string_equal(walk(&map), " 1:11 2:20");
    assert_status(items_scope_close(&map, CACHE_MAP_SCOPE_DISCARD), CACHE_MAP_OK);
    assert_string_equal(walk(&map), " 1:10");
    items_deinit(&map);
}

/* It touches no count, and lookups between its steps touch only the counts. */
static void it_is_no_use_and_uses_do_not_disturb_it(void **state) {
    struct items map = items_make(8, 8);
    struct cache_map_cursor cursor = {0, 0};
    struct cache_map_set_view before[4], after;
    const struct unit_item *item;
    unsigned count = 0;
    (void)state;
    for (uint64_t key = 0; key < 12; key += 1)
        assert_false(cache_map_status_failed(put(&map, key, key)));
    for (uint64_t set = 0; set < 4; set += 1)
        items_inspect_set(&map, set, &before[set]);
    (void)walk(&map);
    for (uint64_t set = 0; set < 4; set += 1) {
        items_inspect_set(&map, set, &after);
        assert_int_equal(after.hand, before[set].hand);
        for (uint32_t way = 0; way < 2; way += 1)
            assert_int_equal(after.slots[way].count, before[set].slots[way].count);
    }
    assert_int_equal(items_inspect_counts(&map).metrics.hits, 0);
    assert_int_equal(items_inspect_counts(&map).metrics.misses, 0);
    while (items_each(&map, &cursor, &item) != CACHE_MAP_ABSENT) {
        assert_ptr_equal(items_get(&map, item->key), item);
        items_demote(&map, item->key);
        count += 1;
    }
    assert_int_equal(count, 12);
    items_deinit(&map);
}

/* A change ends a walk. To go on reads nothing that is not there: under AddressSanitizer it would
 * show. */
static void to_go_on_after_a_change_is_safe(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed += 1) {
        struct items map = items_make(8, 8);
        struct cache_map_cursor cursor = {0, 0};
        struct unit_random random = {seed};
        const struct unit_item *item;
        unsigned step_count = 0;
        while (items_each(&map, &cursor, &item) != CACHE_MAP_ABSENT || step_count < 4) {
            const uint64_t key = unit_random_below(&random, 16);
            assert_true(item == NULL || item->key < 16);
            switch (unit_random_below(&random, 4)) {
            case 0: (void)items_remove(&map, key); break;
            case 1: (void)items_compact(&map); break;
            case 2: (void)items_reset(&map); break;
            default: (void)put(&map, key, key);
            }
            step_count += 1;
            assert_true(step_count < 64);
        }
        items_deinit(&map);
    }
}

/* ---- Saving and loading, as the tutorial has it. ----------------------------------------- */

static void load(struct items *to, const struct items *from) {
    for (unsigned pass = 0; pass < 2; pass += 1) {
        struct cache_map_cursor cursor = {0, 0};
        const struct unit_item *item;
        enum cache_map_status status;
        while ((status = items_each(from, &cursor, &item)) != CACHE_MAP_ABSENT) {
            if ((status == CACHE_MAP_TOMBSTONE) != (pass == 0))
                continue;
            assert_status(put(to, item->key, item->payload), CACHE_MAP_INSERTED);
            if (status == CACHE_MAP_TOMBSTONE)
                assert_status(items_remove(to, item->key), CACHE_MAP_REMOVED);
        }
    }
}

/* However the map came to be: tombstones first, it fits into one of the same options, a full stash
 * too. */
static void what_was_saved_fits_and_answers_the_same(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed += 1) {
        const uint64_t cache_count = seed % 4 * 2, stash_count = 1 + seed % 7;
        struct items map = items_make(cache_count, stash_count);
        struct items loaded = items_make(cache_count, stash_count);
        struct unit_random random = {seed};
        for (unsigned step = 0; step < 60; step += 1) {
            const uint64_t key = unit_random_below(&random, 20);
            if (unit_random_below(&random, 3) == 0)
                (void)items_remove(&map, key);
            else
                (void)put(&map, key, step);
        }
        load(&loaded, &map);
        for (uint64_t key = 0; key < 20; key += 1) {
            struct unit_item *before, *after;
            const enum cache_map_status status = items_lookup(&map, key, &before);
            assert_status(items_lookup(&loaded, key, &after), status);
            if (status == CACHE_MAP_FOUND)
                assert_int_equal(after->payload, before->payload);
        }
        assert_int_equal(items_check(&loaded), CACHE_MAP_INVARIANT_NONE);
        items_deinit(&map);
        items_deinit(&loaded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_come_first_then_entries),
        cmocka_unit_test(without_a_cache_there_are_entries),
        cmocka_unit_test(a_scope_may_be_open),
        cmocka_unit_test(it_is_no_use_and_uses_do_not_disturb_it),
        cmocka_unit_test(to_go_on_after_a_change_is_safe),
        cmocka_unit_test(what_was_saved_fits_and_answers_the_same),
    };
    return cmocka_run_group_tests_name("unit_each", tests, NULL, NULL);
}
