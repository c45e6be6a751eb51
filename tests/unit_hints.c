/* SPDX-License-Identifier: Apache-2.0 */
/* Hints (prefetches) change nothing and answer nothing, so no other test can tell whether they are given.
 * Here each is noted: which lines are asked for, in which order, by prefetch, upsert, get_many and
 * upsert_many. In the portable build there are none. */
#include "cache_map_vector.h" /* whose headers have the builtin */

static void hint_note(const void *address);
#define __builtin_prefetch(address) hint_note(address)
#define CACHE_MAP_BATCH_COUNT_MAX   4u
#include "unit_support.h"

enum { WAYS = 4, SET_COUNT = 16, STASH_COUNT = 8, LINE = 64, HINT_COUNT_MAX = 256 };
enum { WIDE_LINE_COUNT = 4 }; /* of the five of a wide value: the processor follows */

struct line_value {
    uint64_t key;
    unsigned char rest[LINE - 8];
};
/* One byte of it is on a second line. */
struct byte_value {
    uint8_t key;
    unsigned char rest[LINE];
};
struct wide_value {
    uint64_t key;
    unsigned char rest[5 * LINE - 8];
};

#define CACHE_MAP_NAME          line_map
#define CACHE_MAP_VALUE         struct line_value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          WAYS
#include "cache_map.h"

#define CACHE_MAP_NAME          byte_map
#define CACHE_MAP_VALUE         struct byte_value
#define CACHE_MAP_KEY           uint8_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          WAYS
#include "cache_map.h"

#define CACHE_MAP_NAME          wide_map
#define CACHE_MAP_VALUE         struct wide_value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          WAYS
#define CACHE_MAP_CLOCK_BITS    4
#include "cache_map.h"

struct hints {
    const void *addresses[HINT_COUNT_MAX];
    uint32_t count;
};

static struct hints given, expected;

static void hint_note(const void *address) {
    assert_true(given.count < HINT_COUNT_MAX);
    given.addresses[given.count++] = address;
}

static void expect(const void *address) {
#ifdef CACHE_MAP_PORTABLE
    (void)address;
#else
    assert_true(expected.count < HINT_COUNT_MAX);
    expected.addresses[expected.count++] = address;
#endif
}

static void expect_lines(const void *value, uint32_t count) {
    for (uint32_t line = 0; line < count; line += 1)
        expect((const unsigned char *)value + (size_t)line * LINE);
}

static void assert_expected(void) {
    assert_int_equal(given.count, expected.count);
    for (uint32_t i = 0; i < given.count; i += 1)
        assert_ptr_equal(given.addresses[i], expected.addresses[i]);
    given.count = expected.count = 0;
}

/* ---- What is where. ------------------------------------------------------------------------ */

static uint64_t set_of(const struct cache_map *base, uint64_t key) {
    return cache_map_range_of_hash(cache_map_hash_64(key, 0), base->cache.set_count);
}

static void expect_set(const struct cache_map *base, uint64_t key) {
    expect(base->cache.tags + set_of(base, key) * WAYS);
    expect(base->cache.counts + 2 * set_of(base, key)); /* of four ways, four bits each */
}

static void expect_mark(const struct cache_map *base, uint64_t key) {
    const uint32_t fragment = cache_map_stash_fragment(cache_map_hash_64(key, 0));
    expect(base->stash.marks + cache_map_stash_home(fragment, base->stash.bucket_bits));
}

/* The slot that an upsert of a key would take: free, in a fresh map the first after the hand. */
static const void *slot_of_hand(const struct cache_map *base, uint64_t key, size_t value_size) {
    const uint64_t set = set_of(base, key);
    return base->cache.values + (size_t)(set * WAYS + base->cache.hands[set]) * value_size;
}

static enum cache_map_status wide_upsert(struct wide_map *map, uint64_t key) {
    const struct wide_value value = {key, {0}};
    return wide_map_upsert(map, &value);
}

/* A map with `count` keys from 0 on, in the cache. No two tags of a set are equal among these keys. */
static void wide_init(struct wide_map *map, uint64_t cache_count, uint64_t count) {
    const struct cache_map_options options = unit_options(cache_count, STASH_COUNT, 0);
    assert_status(wide_map_init(map, &options, NULL), CACHE_MAP_OK);
    for (uint64_t key = 0; key < count; key += 1)
        assert_status(wide_upsert(map, key), CACHE_MAP_INSERTED);
    given.count = 0;
}

/* ---- Single calls. ------------------------------------------------------------------------- */

static void a_prefetch_asks_for_the_set(void **state) {
    static struct wide_map map;
    (void)state;
    wide_init(&map, SET_COUNT * WAYS, 0);
    for (uint64_t key = 0; key < 20; key += 1) {
        expect_set(&map.base, key);
        wide_map_prefetch(&map, key);
        assert_expected();
    }
    wide_map_deinit(&map);
    wide_init(&map, 0, 0);
    expect_mark(&map.base, 5);
    wide_map_prefetch(&map, 5);
    assert_expected();
    wide_map_deinit(&map);
}

/* What an insert will write: first where the hand stands, then all lines of the slot that the sweep found. */
static void an_insert_asks_for_its_slot(void **state) {
    static struct wide_map map;
    (void)state;
    wide_init(&map, SET_COUNT * WAYS, 0);
    for (uint64_t key = 0; key < 20; key += 1) {
        const void *slot = slot_of_hand(&map.base, key, sizeof(struct wide_value));
        expect(slot);
        expect_lines(slot, WIDE_LINE_COUNT);
        assert_status(wide_upsert(&map, key), CACHE_MAP_INSERTED);
        assert_ptr_equal(wide_map_inspect_place(&map, key).value, slot);
        assert_expected();
        assert_status(wide_upsert(&map, key),
                      CACHE_MAP_UPDATED); /* and one that is there for nothing */
        assert_non_null(wide_map_get(&map, key));
        assert_expected();
    }
    wide_map_deinit(&map);
}

static void a_value_has_a_hint_for_each_line(void **state) {
    const struct cache_map_options options = unit_options(SET_COUNT * WAYS, STASH_COUNT, 0);
    const struct line_value value = {3, {0}};
    const struct byte_value longer = {3, {0}};
    static struct line_map map;
    static struct byte_map longer_map;
    const void *slot;
    (void)state;
    assert_status(line_map_init(&map, &options, NULL), CACHE_MAP_OK);
    slot = slot_of_hand(&map.base, 3, sizeof value);
    expect(slot);
    expect_lines(slot, 1);
    assert_status(line_map_upsert(&map, &value), CACHE_MAP_INSERTED);
    assert_expected();
    line_map_deinit(&map);

    assert_status(byte_map_init(&longer_map, &options, NULL), CACHE_MAP_OK);
    slot = slot_of_hand(&longer_map.base, 3, sizeof longer);
    expect(slot);
    expect_lines(slot, 2);
    assert_status(byte_map_upsert(&longer_map, &longer), CACHE_MAP_INSERTED);
    assert_expected();
    byte_map_deinit(&longer_map);
}

/* ---- Calls for many: the sets of a whole batch, then what its tags say, then the calls. ------ */

enum { MANY_COUNT = 10 };

/* Every other key is not there; each of these has a set of its own, and what is told of its slot before the
 * batch holds until its turn. */
static uint64_t many_key(uint32_t i) {
    uint64_t key = 1000;
    if (i % 2 == 0)
        return i;
    while (cache_map_range_of_hash(cache_map_hash_64(key, 0), SET_COUNT) != i)
        key += 1;
    return key;
}

static void expect_batch(const struct wide_map *map, uint32_t first, uint32_t end, bool written) {
    for (uint32_t i = first; i < end; i += 1)
        expect_set(&map->base, many_key(i));
    for (uint32_t i = first; i < end; i += 1) {
        const struct cache_map_place_view place = wide_map_inspect_place(map, many_key(i));
        if (place.place == CACHE_MAP_PLACE_CACHE) {
            expect_lines(place.value, WIDE_LINE_COUNT);
            continue;
        }
        expect_mark(&map->base, many_key(i));
        if (written)
            expect_lines(slot_of_hand(&map->base, many_key(i), sizeof(struct wide_value)),
                         WIDE_LINE_COUNT);
    }
}

static void get_many_asks_by_batches(void **state) {
    uint64_t keys[MANY_COUNT];
    struct wide_value *values[MANY_COUNT];
    static struct wide_map map;
    (void)state;
    wide_init(&map, SET_COUNT * WAYS, MANY_COUNT);
    for (uint32_t i = 0; i < MANY_COUNT; i += 1)
        keys[i] = many_key(i);
    expect_batch(&map, 0, 4, false);
    expect_batch(&map, 4, 8, false);
    expect_batch(&map, 8, MANY_COUNT, false);
    assert_int_equal(wide_map_get_many(&map, keys, MANY_COUNT, values), MANY_COUNT / 2);
    assert_expected();
    wide_map_deinit(&map);
}

static void upsert_many_asks_by_batches(void **state) {
    static struct wide_value values[MANY_COUNT];
    enum cache_map_status statuses[MANY_COUNT];
    static struct wide_map map;
    (void)state;
    wide_init(&map, SET_COUNT * WAYS, MANY_COUNT);
    for (uint32_t i = 0; i < MANY_COUNT; i += 1)
        values[i].key = many_key(i);
    for (uint32_t first = 0; first < MANY_COUNT; first += 4) {
        const uint32_t count = first + 4 < MANY_COUNT ? 4 : MANY_COUNT - first;
        expect_batch(&map, first, first + count, true);
        for (uint32_t i = first; i < first + count; i += 1) /* each call's own, on its map */
            if (wide_map_inspect_place(&map, many_key(i)).place == CACHE_MAP_PLACE_ABSENT) {
                const void *slot = slot_of_hand(&map.base, many_key(i), sizeof(struct wide_value));
                expect(slot);
                expect_lines(slot, WIDE_LINE_COUNT);
            }
        assert_int_equal(wide_map_upsert_many(&map, values + first, count, statuses), count);
        assert_expected();
    }
    wide_map_deinit(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prefetch_asks_for_the_set),
        cmocka_unit_test(an_insert_asks_for_its_slot),
        cmocka_unit_test(a_value_has_a_hint_for_each_line),
        cmocka_unit_test(get_many_asks_by_batches),
        cmocka_unit_test(upsert_many_asks_by_batches),
    };
    (void)hint_note; /* in the portable build nobody calls it */
    return cmocka_run_group_tests_name("hints", tests, NULL, NULL);
}
