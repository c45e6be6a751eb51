/* SPDX-License-Identifier: Apache-2.0 */
/* Inspection: what the views show of a known map; that every invariant of `check` can fail, by
 * corrupting a map's memory in one way and expecting exactly that invariant; and the names of
 * statuses and invariants. Knows the library's structs. */
#include "unit_support.h"

#define UNIT_NAME       items
#define UNIT_WAYS       4
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 2
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK
#include "unit_subject.h"

/* ---- A map to corrupt: 3 sets, all kinds of stash entries, an open scope with records. --- */

static void make_map(struct items *map) {
    const struct cache_map_options options = unit_options(12, 32, 8);
    assert_status(items_init(map, &options, NULL), CACHE_MAP_OK);
    for (uint64_t key = 0; key < 24; key += 1) {
        const struct unit_item item = unit_item_make(key, key + 100);
        assert_status(items_upsert(map, &item), CACHE_MAP_INSERTED);
    }
    for (uint64_t key = 0; key < 24; key += 8)
        assert_status(items_remove(map, key), CACHE_MAP_REMOVED);
    assert_status(items_scope_open(map), CACHE_MAP_OK);
    for (uint64_t key = 8; key < 28; key += 5) {
        const struct unit_item item = unit_item_make(key, key + 200);
        assert_false(cache_map_status_failed(items_upsert(map, &item)));
    }
    assert_status(items_remove(map, 13), CACHE_MAP_REMOVED);
    assert_int_equal(items_check(map), CACHE_MAP_INVARIANT_NONE);
}

static void expect_broken(struct items *map, enum cache_map_invariant expected) {
    const enum cache_map_invariant broken = items_check(map);
    if (broken != expected)
        fail_msg("check says \"%s\", expected \"%s\"", cache_map_invariant_name(broken),
                 cache_map_invariant_name(expected));
}

static bool is_live(const struct items *map, uint64_t slot) {
    return cache_map_slot_count(&items_cache_map_layout, &map->base.cache, slot) != 0;
}

/* The first slot at or after `slot` that holds a value. */
static uint64_t live_slot(const struct items *map, uint64_t slot) {
    while (!is_live(map, slot))
        slot += 1;
    return slot;
}

static struct unit_item *slot_item(const struct items *map, uint64_t slot) {
    return (struct unit_item *)(void *)cache_map_slot_value(&items_cache_map_layout,
                                                            &map->base.cache, slot);
}

static struct unit_item *entry_item(const struct items *map, uint32_t entry) {
    return (struct unit_item *)(void *)cache_map_entry_value(&items_cache_map_layout,
                                                             &map->base.stash, entry);
}

/* ---- Each invariant, broken. ------------------------------------------------------------- */

static void a_hand_out_of_range(void **state) {
    (void)state;
    for (uint32_t set = 0; set < 3; set += 1)
        for (int hand = 4; hand <= 255; hand += 251) {
            struct items map;
            make_map(&map);
            map.base.cache.hands[set] = (unsigned char)hand;
            expect_broken(&map, CACHE_MAP_INVARIANT_HAND_IN_RANGE);
            items_deinit(&map);
        }
}

static void a_value_in_the_wrong_set(void **state) {
    struct items map;
    uint64_t slot, key = 1000;
    (void)state;
    make_map(&map);
    slot = live_slot(&map, 0);
    while (cache_map_range_of_hash(cache_map_hash_64(key, 0), 3) == slot / 4)
        key += 1;
    slot_item(&map, slot)->key = key;
    expect_broken(&map, CACHE_MAP_INVARIANT_SLOT_IN_ITS_SET);
    items_deinit(&map);
}

static void a_value_under_the_wrong_tag(void **state) {
    (void)state;
    for (uint32_t bit = 0; bit < 8; bit += 1) {
        struct items map;
        make_map(&map);
        map.base.cache.tags[live_slot(&map, 4)] ^= (unsigned char)(1u << bit);
        expect_broken(&map, CACHE_MAP_INVARIANT_SLOT_UNDER_ITS_TAG);
        items_deinit(&map);
    }
}

/* In each set, at each two of its ways that hold a value. */
static void a_key_twice_in_the_cache(void **state) {
    uint32_t pair_count = 0;
    (void)state;
    for (uint64_t second = 0; second < 12; second += 1)
        for (uint64_t first = second / 4 * 4; first < second; first += 1) {
            struct items map;
            make_map(&map);
            if (is_live(&map, first) && is_live(&map, second)) {
                slot_item(&map, second)->key = slot_item(&map, first)->key;
                map.base.cache.tags[second] = map.base.cache.tags[first];
                expect_broken(&map, CACHE_MAP_INVARIANT_CACHE_KEY_ONCE);
                pair_count += 1;
            }
            items_deinit(&map);
        }
    assert_true(pair_count >= 12);
}

static void a_wrong_count_of_cache_values(void **state) {
    (void)state;
    for (int change = -1; change <= 1; change += 2) {
        struct items map;
        make_map(&map);
        map.base.cache.value_count += (uint64_t)(int64_t)change;
        expect_broken(&map, CACHE_MAP_INVARIANT_CACHE_COUNT);
        items_deinit(&map);
    }
}

static void a_slot_freed_behind_the_count(void **state) {
    struct items map;
    (void)state;
    make_map(&map);
    cache_map_slot_count_set(&items_cache_map_layout, &map.base.cache, live_slot(&map, 0), 0);
    expect_broken(&map, CACHE_MAP_INVARIANT_CACHE_COUNT);
    items_deinit(&map);
}

static void a_wrong_count_of_stash_entries(void **state) {
    struct items map;
    (void)state;
    make_map(&map);
    cache_map_stash_mark_set(&map.base.stash, map.base.stash.entries[1].bucket,
                             CACHE_MAP_MARK_EMPTY);
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_COUNT);
    items_deinit(&map);
    for (uint32_t behind = 1; behind <= 15; behind += 1) { /* a mark that stands for another */
        make_map(&map);
        map.base.stash.marks[map.base.stash.bucket_mask + behind] ^= 1;
        expect_broken(&map, CACHE_MAP_INVARIANT_STASH_COUNT);
        items_deinit(&map);
    }
    make_map(&map);
    map.base.stash.count -= 1;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_COUNT);
    items_deinit(&map);
    make_map(&map);
    map.base.stash.count_max = map.base.stash.count - 1;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_COUNT);
    items_deinit(&map);
}

static void an_entry_and_its_bucket_that_disagree(void **state) {
    struct items map;
    uint32_t bucket;
    (void)state;
    make_map(&map); /* the entry names another's bucket */
    map.base.stash.entries[0].bucket = map.base.stash.entries[1].bucket;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_LINKED);
    items_deinit(&map);
    make_map(&map); /* the entry names a bucket that there is not */
    map.base.stash.entries[0].bucket = 0x7fffffff;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_LINKED);
    items_deinit(&map);
    make_map(&map); /* the bucket names another entry */
    bucket = map.base.stash.entries[2].bucket;
    map.base.stash.buckets[bucket] = 3;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_LINKED);
    items_deinit(&map);
    make_map(&map); /* the entry has the fragment of another key */
    map.base.stash.entries[2].fragment ^= UINT32_C(1) << 31;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_LINKED);
    items_deinit(&map);
    make_map(&map); /* the bucket has the mark of another key */
    bucket = map.base.stash.entries[2].bucket;
    cache_map_stash_mark_set(&map.base.stash, bucket, map.base.stash.marks[bucket] == 1 ? 2 : 1);
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_LINKED);
    items_deinit(&map);
    make_map(&map); /* the value has another key */
    entry_item(&map, 2)->key = 5000;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_LINKED);
    items_deinit(&map);
}

/* An entry moved, with all its links, behind an empty bucket: no probe gets there. */
static void an_entry_that_no_probe_reaches(void **state) {
    struct items map;
    struct cache_map_stash *stash = &map.base.stash;
    uint32_t bucket, away, mask;
    (void)state;
    make_map(&map);
    mask = stash->bucket_mask;
    bucket = stash->entries[0].bucket;
    away = (bucket + mask) & mask; /* just before its home or run */
    while (cache_map_bucket_entry(stash, away) != CACHE_MAP_ENTRY_NONE)
        away = (away + mask) & mask;
    cache_map_bucket_set(stash, away, stash->marks[bucket], 0);
    cache_map_stash_mark_set(stash, bucket, CACHE_MAP_MARK_EMPTY);
    stash->entries[0].bucket = away & 0x7fffffffu;
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_REACHABLE);
    items_deinit(&map);
}

static void a_key_twice_in_the_stash(void **state) {
    struct items map;
    struct unit_item twin;
    (void)state;
    make_map(&map);
    twin = *entry_item(&map, 0);
    (void)cache_map_stash_append(&items_cache_map_layout, &map.base.stash,
                                 cache_map_hash_64(twin.key, 0), &twin, true);
    expect_broken(&map, CACHE_MAP_INVARIANT_STASH_REACHABLE);
    items_deinit(&map);
}

/* The probe meets a bucket that names no entry: the first number that is none, and a wild one. */
static void a_probe_that_meets_no_entry(void **state) {
    (void)state;
    for (uint32_t beyond = 0; beyond <= 1; beyond += 1) {
        struct items map;
        struct cache_map_stash *stash = &map.base.stash;
        uint32_t bucket, away, mask;
        make_map(&map);
        mask = stash->bucket_mask;
        bucket = stash->entries[0].bucket;
        away = bucket;
        while (cache_map_bucket_entry(stash, away) != CACHE_MAP_ENTRY_NONE)
            away = (away + 1) & mask;
        cache_map_bucket_set(stash, away, stash->marks[bucket], 0);
        stash->entries[0].bucket = away & 0x7fffffffu;
        stash->count += 1; /* as many as the buckets that are occupied now */
        assert_true(stash->count + 1 < stash->count_max);
        stash->buckets[bucket] = stash->count + beyond;
        expect_broken(&map, CACHE_MAP_INVARIANT_STASH_REACHABLE);
        items_deinit(&map);
    }
}

static void a_key_in_the_cache_and_in_the_stash(void **state) {
    uint32_t slot_count = 0;
    (void)state;
    for (uint64_t i = 0; i < 24; i += 1) {
        const uint64_t slot = i / 2;
        const bool tombstone = i % 2 != 0;
        struct items map;
        make_map(&map);
        if (is_live(&map, slot)) {
            const struct unit_item twin = *slot_item(&map, slot);
            (void)cache_map_stash_append(&items_cache_map_layout, &map.base.stash,
                                         cache_map_hash_64(twin.key, 0), &twin, tombstone);
            expect_broken(&map, CACHE_MAP_INVARIANT_KEY_IN_ONE_PLACE);
            slot_count += 1;
        }
        items_deinit(&map);
    }
    assert_true(slot_count >= 20);
}

static void a_log_with_more_records_than_it_may_have(void **state) {
    struct items map;
    (void)state;
    make_map(&map);
    map.base.log.open = false;
    expect_broken(&map, CACHE_MAP_INVARIANT_LOG_COUNT);
    map.base.log.count = 1;
    expect_broken(&map, CACHE_MAP_INVARIANT_LOG_COUNT);
    items_deinit(&map);
    make_map(&map);
    map.base.log.count = map.base.log.count_max + 1;
    expect_broken(&map, CACHE_MAP_INVARIANT_LOG_COUNT);
    items_deinit(&map);
}

static void expect_record(struct cache_map_record record, bool well_formed) {
    for (uint64_t index = 0; index < 5; index += 1) {
        struct items map;
        make_map(&map);
        assert_int_equal(map.base.log.count, 5);
        map.base.log.records[index] = record;
        expect_broken(&map,
                      well_formed ? CACHE_MAP_INVARIANT_NONE : CACHE_MAP_INVARIANT_LOG_RECORD);
        items_deinit(&map);
    }
}

static void records_that_are_not_well_formed(void **state) {
    enum { SLOTS = 12, ENTRIES = 32 };
    const uint64_t no_slot = CACHE_MAP_SLOT_NONE;
    const uint32_t no_entry = CACHE_MAP_ENTRY_NONE;
    const uint8_t absent = CACHE_MAP_PLACE_ABSENT, cached = CACHE_MAP_PLACE_CACHE;
    const uint8_t value = CACHE_MAP_PLACE_STASH_VALUE;
    const uint8_t tombstone = CACHE_MAP_PLACE_STASH_TOMBSTONE;
    /* slot, entry, is_remove, before, evicts, count */
    const struct cache_map_record broken[] = {
        {SLOTS, no_entry, 0, cached, 0, 0},
        {0, ENTRIES, 0, value, 0, 0},
        {0, 0, 1, cached, 1, 1},
        {no_slot, 0, 0, absent, 1, 0},
        {0, no_entry, 1, absent, 0, 0},
        {0, 0, 0, absent, 0, 0},
        {no_slot, no_entry, 0, absent, 0, 0},
        {no_slot, 0, 1, cached, 0, 1},
        {0, no_entry, 1, cached, 0, 1},
        {0, 0, 1, cached, 0, 0},
        {0, 0, 1, cached, 0, 4},
        {no_slot, no_entry, 0, cached, 0, 0},
        {0, 0, 0, cached, 0, 0},
        {0, no_entry, 0, cached, 1, 0},
        {0, no_entry, 0, value, 0, 0},
        {0, 0, 1, value, 0, 0},
        {0, no_entry, 0, tombstone, 0, 0},
        {no_slot, 0, 1, tombstone, 0, 0},
        {0, 0, 0, 4, 0, 0},
        {0, 0, 0, 255, 0, 0},
    };
    const struct cache_map_record sound[] = {
        {SLOTS - 1, no_entry, 0, cached, 0, 0},
        {0, ENTRIES - 1, 0, value, 1, 0},
        {0, no_entry, 0, absent, 1, 0},
        {no_slot, 0, 0, absent, 0, 0},
        {0, 0, 1, cached, 0, 3},
        {no_slot, 0, 1, value, 0, 0},
        {0, 0, 0, tombstone, 1, 0},
        {no_slot, 0, 0, tombstone, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(broken); i += 1)
        expect_record(broken[i], false);
    for (size_t i = 0; i < UNIT_COUNT_OF(sound); i += 1)
        expect_record(sound[i], true);
}

/* ---- Names. ------------------------------------------------------------------------------ */

static void every_status_has_its_name(void **state) {
    static const struct {
        enum cache_map_status status;
        const char *name;
        bool failed;
    } names[] = {
        {CACHE_MAP_OK, "ok", false},
        {CACHE_MAP_INSERTED, "inserted", false},
        {CACHE_MAP_UPDATED, "updated", false},
        {CACHE_MAP_REVIVED, "revived", false},
        {CACHE_MAP_REMOVED, "removed", false},
        {CACHE_MAP_FOUND, "found", false},
        {CACHE_MAP_TOMBSTONE, "tombstone", false},
        {CACHE_MAP_ABSENT, "absent", true},
        {CACHE_MAP_STASH_FULL, "stash_full", true},
        {CACHE_MAP_SCOPE_FULL, "scope_full", true},
        {CACHE_MAP_SCOPE_OPEN, "scope_open", true},
        {CACHE_MAP_SCOPE_NOT_OPEN, "scope_not_open", true},
        {CACHE_MAP_OPTIONS_INVALID, "options_invalid", true},
        {CACHE_MAP_SIZE_OVERFLOW, "size_overflow", true},
        {CACHE_MAP_OUT_OF_MEMORY, "out_of_memory", true},
    };
    (void)state;
    assert_int_equal(UNIT_COUNT_OF(names), CACHE_MAP_STATUS_COUNT);
    for (size_t i = 0; i < UNIT_COUNT_OF(names); i += 1) {
        assert_int_equal(names[i].status, i);
        assert_string_equal(cache_map_status_name(names[i].status), names[i].name);
        assert_int_equal(cache_map_status_failed(names[i].status), names[i].failed);
    }
    assert_string_equal(cache_map_status_name(CACHE_MAP_STATUS_COUNT), "unknown");
    assert_string_equal(cache_map_status_name((enum cache_map_status)99), "unknown");
}

static void every_invariant_has_a_name_of_its_own(void **state) {
    (void)state;
    for (int i = CACHE_MAP_INVARIANT_NONE; i <= CACHE_MAP_INVARIANT_LOG_RECORD; i += 1) {
        const char *name = cache_map_invariant_name((enum cache_map_invariant)i);
        assert_string_not_equal(name, "unknown");
        for (int other = CACHE_MAP_INVARIANT_NONE; other < i; other += 1)
            assert_string_not_equal(name,
                                    cache_map_invariant_name((enum cache_map_invariant)other));
    }
    assert_string_equal(cache_map_invariant_name(CACHE_MAP_INVARIANT_NONE), "all invariants hold");
    assert_string_equal(
        cache_map_invariant_name((enum cache_map_invariant)(CACHE_MAP_INVARIANT_LOG_RECORD + 1)),
        "unknown");
    assert_string_equal(cache_map_invariant_name((enum cache_map_invariant)99), "unknown");
}

/* ---- Views. ------------------------------------------------------------------------------ */

/* One set of four ways: 1..5 upserted, 2 removed, 3 used twice more. 1 was evicted by 5. */
static void make_known_map(struct items *map) {
    const struct cache_map_options options = unit_options(4, 8, 6);
    assert_status(items_init(map, &options, NULL), CACHE_MAP_OK);
    for (uint64_t key = 1; key <= 5; key += 1) {
        const struct unit_item item = unit_item_make(key, key * 10);
        assert_status(items_upsert(map, &item), CACHE_MAP_INSERTED);
    }
    assert_status(items_remove(map, 2), CACHE_MAP_REMOVED);
    assert_true(items_has(map, 3) && items_has(map, 3) && items_has(map, 1));
}

static void counts_of_a_known_map(void **state) {
    struct cache_map_counts counts;
    struct items map;
    (void)state;
    make_known_map(&map);
    counts = items_inspect_counts(&map);
    assert_int_equal(counts.cache_value_count, 3);
    assert_int_equal(counts.cache_value_count_max, 4);
    assert_int_equal(counts.set_count, 1);
    assert_int_equal(counts.stash_count, 2);
    assert_int_equal(counts.stash_count_max, 8);
    assert_int_equal(counts.scope_count, 0);
    assert_int_equal(counts.scope_count_max, 6);
    assert_false(counts.scope_open);
    assert_int_equal(counts.metrics.hits, 2);
    assert_int_equal(counts.metrics.misses, 1);
    items_deinit(&map);
}

static void slots_and_hand_of_a_known_map(void **state) {
    static const uint64_t keys[] = {5, 0, 3, 4};
    static const uint32_t use_counts[] = {1, 0, 3, 1};
    struct items map;
    (void)state;
    make_known_map(&map);
    for (uint32_t way = 0; way < 4; way += 1) {
        const struct cache_map_slot_view slot = items_inspect_slot(&map, 0, way);
        assert_int_equal(slot.set, 0);
        assert_int_equal(slot.way, way);
        assert_int_equal(slot.count, use_counts[way]);
        assert_int_equal(slot.value == NULL, use_counts[way] == 0);
        if (slot.value == NULL)
            continue;
        assert_int_equal(slot.tag, cache_map_hash_64(keys[way], 0) & 0xff);
        assert_int_equal(((const struct unit_item *)slot.value)->payload, keys[way] * 10);
    }
    assert_int_equal(items_inspect_hand(&map, 0), 1);
    items_deinit(&map);
}

static void a_set_is_its_hand_and_its_slots(void **state) {
    struct cache_map_set_view set;
    struct items map;
    (void)state;
    make_known_map(&map);
    memset(&set, 0xee, sizeof set);
    items_inspect_set(&map, 0, &set);
    assert_int_equal(set.hand, items_inspect_hand(&map, 0));
    for (uint32_t way = 0; way < 4; way += 1) {
        const struct cache_map_slot_view slot = items_inspect_slot(&map, 0, way);
        assert_int_equal(set.slots[way].set, slot.set);
        assert_int_equal(set.slots[way].way, slot.way);
        assert_int_equal(set.slots[way].tag, slot.tag);
        assert_int_equal(set.slots[way].count, slot.count);
        assert_ptr_equal(set.slots[way].value, slot.value);
    }
    assert_int_equal(set.slots[4].count, 0xeeeeeeee); /* there is no such way: not written */
    items_deinit(&map);
}

static void entries_of_a_known_map(void **state) {
    struct items map;
    (void)state;
    make_known_map(&map);
    assert_false(items_inspect_entry(&map, 0).tombstone);
    assert_int_equal(((const struct unit_item *)items_inspect_entry(&map, 0).value)->payload, 10);
    assert_true(items_inspect_entry(&map, 1).tombstone);
    assert_int_equal(((const struct unit_item *)items_inspect_entry(&map, 1).value)->key, 2);
    items_deinit(&map);
}

static void places_in_a_known_map(void **state) {
    struct cache_map_place_view place;
    struct items map;
    (void)state;
    make_known_map(&map);
    place = items_inspect_place(&map, 3);
    assert_int_equal(place.place, CACHE_MAP_PLACE_CACHE);
    assert_int_equal(place.set, 0);
    assert_int_equal(place.way, 2);
    assert_int_equal(place.count, 3);
    assert_ptr_equal(place.value, items_inspect_slot(&map, 0, 2).value);
    place = items_inspect_place(&map, 1);
    assert_int_equal(place.place, CACHE_MAP_PLACE_STASH_VALUE);
    assert_int_equal(place.entry, 0);
    assert_ptr_equal(place.value, items_inspect_entry(&map, 0).value);
    place = items_inspect_place(&map, 2);
    assert_int_equal(place.place, CACHE_MAP_PLACE_STASH_TOMBSTONE);
    assert_int_equal(place.entry, 1);
    assert_null(place.value);
    place = items_inspect_place(&map, 9);
    assert_int_equal(place.place, CACHE_MAP_PLACE_ABSENT);
    assert_null(place.value);
    items_deinit(&map);
}

static void records_of_a_known_map(void **state) {
    const struct unit_item three = unit_item_make(3, 99), one = unit_item_make(1, 98);
    struct cache_map_record_view record;
    struct items map;
    (void)state;
    make_known_map(&map);
    assert_status(items_scope_open(&map), CACHE_MAP_OK);
    assert_status(items_upsert(&map, &three), CACHE_MAP_UPDATED);
    assert_status(items_upsert(&map, &one), CACHE_MAP_UPDATED); /* into the free way 1 */
    assert_status(items_remove(&map, 4), CACHE_MAP_REMOVED);
    assert_int_equal(items_inspect_counts(&map).scope_count, 3);
    assert_true(items_inspect_counts(&map).scope_open);
    record = items_inspect_record(&map, 0);
    assert_false(record.is_remove || record.evicts);
    assert_int_equal(record.before, CACHE_MAP_PLACE_CACHE);
    assert_int_equal(record.slot, 2);
    assert_int_equal(record.entry, CACHE_MAP_ENTRY_NONE);
    assert_int_equal(((const struct unit_item *)record.overwritten)->payload, 30);
    record = items_inspect_record(&map, 1);
    assert_false(record.is_remove || record.evicts);
    assert_int_equal(record.before, CACHE_MAP_PLACE_STASH_VALUE);
    assert_int_equal(record.slot, 1);
    assert_int_equal(record.entry, 0);
    assert_int_equal(((const struct unit_item *)record.overwritten)->payload, 10);
    record = items_inspect_record(&map, 2);
    assert_true(record.is_remove && !record.evicts);
    assert_int_equal(record.before, CACHE_MAP_PLACE_CACHE);
    assert_int_equal(record.slot, 3);
    assert_int_equal(record.entry, 1);
    assert_null(record.overwritten);
    items_deinit(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hand_out_of_range),
        cmocka_unit_test(a_value_in_the_wrong_set),
        cmocka_unit_test(a_value_under_the_wrong_tag),
        cmocka_unit_test(a_key_twice_in_the_cache),
        cmocka_unit_test(a_wrong_count_of_cache_values),
        cmocka_unit_test(a_slot_freed_behind_the_count),
        cmocka_unit_test(a_wrong_count_of_stash_entries),
        cmocka_unit_test(an_entry_and_its_bucket_that_disagree),
        cmocka_unit_test(an_entry_that_no_probe_reaches),
        cmocka_unit_test(a_key_twice_in_the_stash),
        cmocka_unit_test(a_probe_that_meets_no_entry),
        cmocka_unit_test(a_key_in_the_cache_and_in_the_stash),
        cmocka_unit_test(a_log_with_more_records_than_it_may_have),
        cmocka_unit_test(records_that_are_not_well_formed),
        cmocka_unit_test(every_status_has_its_name),
        cmocka_unit_test(every_invariant_has_a_name_of_its_own),
        cmocka_unit_test(counts_of_a_known_map),
        cmocka_unit_test(slots_and_hand_of_a_known_map),
        cmocka_unit_test(a_set_is_its_hand_and_its_slots),
        cmocka_unit_test(entries_of_a_known_map),
        cmocka_unit_test(places_in_a_known_map),
        cmocka_unit_test(records_of_a_known_map),
    };
    return cmocka_run_group_tests_name("inspect", tests, NULL, NULL);
}
