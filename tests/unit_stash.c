/* SPDX-License-Identifier: Apache-2.0 */
/* The stash kernel against a plain list of entries, under good and under hostile hashes; that
 * insert_at is the exact inverse of remove_at; and that no history leaves a residue in the
 * buckets. */
#include "unit_support.h"

/* ---- A stash of its own, whose hash the test chooses. ------------------------------------ */

enum { CAPACITY_MAX = 64, BUCKETS_MAX = 128 };

enum hash_kind { HASH_GOOD, HASH_ALL_COLLIDE, HASH_WRAPPING, HASH_NEIGHBOURS };
static const char *const hash_kind_names[] = {"good", "all collide", "wrapping", "neighbours"};
static enum hash_kind hash_kind;

/* A hash whose home is `home` of 2^bits buckets; `low` tells such hashes apart. The high half
 * makes one factor of the fragment's product 1, and so the fragment is the other one. */
static uint64_t hash_of_home(uint32_t home, uint32_t bits, uint32_t low) {
    const uint32_t fragment = home << (32 - bits) | low;
    return (UINT64_C(0xbb67ae85) ^ 1) << 32 | (fragment ^ UINT32_C(0x6a09e667));
}

static uint64_t hash_of_key(uint64_t key) {
    const uint32_t low = (uint32_t)key;
    switch (hash_kind) {
    case HASH_GOOD: return cache_map_hash_64(key, 0);
    case HASH_ALL_COLLIDE: return 7;
    /* Homes are the last two of 128 buckets (the last of fewer), so that runs wrap to bucket 0. */
    case HASH_WRAPPING: return hash_of_home(126 + low % 2, 7, low);
    case HASH_NEIGHBOURS: return hash_of_home(124 + low % 8, 7, low);
    }
    return 0;
}

static bool item_has_key(const void *value, const void *key) {
    return ((const struct unit_item *)value)->key == *(const uint64_t *)key;
}

static uint64_t item_hash(const void *value, const struct cache_map_seed *seed) {
    return hash_of_key(((const struct unit_item *)value)->key) ^ seed->value;
}

static const struct cache_map_layout layout = {4,
                                               8,
                                               2,
                                               CACHE_MAP_POLICY_CLOCK,
                                               sizeof(struct unit_item),
                                               _Alignof(struct unit_item),
                                               item_has_key,
                                               item_hash,
                                               NULL};

struct fixture {
    struct cache_map_stash stash;
    unsigned char marks[BUCKETS_MAX + 15];
    uint32_t buckets[BUCKETS_MAX];
    struct cache_map_entry entries[CAPACITY_MAX];
    struct unit_item values[CAPACITY_MAX];
};

static void fixture_init(struct fixture *fixture, uint32_t capacity) {
    memset(fixture, 0xa5, sizeof *fixture);
    cache_map_stash_shape(&fixture->stash, capacity);
    fixture->stash.marks = fixture->marks;
    fixture->stash.buckets = fixture->buckets;
    fixture->stash.entries = fixture->entries;
    fixture->stash.values = (unsigned char *)fixture->values;
    cache_map_stash_init(&layout, &fixture->stash);
}

/* Values are poisoned while free; a fixture on the stack has to give them back. */
static void fixture_end(struct fixture *fixture) {
    CACHE_MAP_UNPOISON(fixture->values, sizeof fixture->values);
}

/* ---- The naive stash: a list in entry order. --------------------------------------------- */

struct naive_entry {
    struct unit_item item;
    bool tombstone;
};

struct naive_stash {
    uint32_t count;
    struct naive_entry entries[CAPACITY_MAX];
};

static uint32_t naive_find(const struct naive_stash *naive, uint64_t key) {
    for (uint32_t entry = 0; entry < naive->count; entry += 1)
        if (naive->entries[entry].item.key == key)
            return entry;
    return CACHE_MAP_ENTRY_NONE;
}

/* Every key below `key_count` is found where the naive list has it; entries agree in order. */
static void expect_same(const struct fixture *fixture, const struct naive_stash *naive,
                        uint64_t key_count) {
    const struct cache_map_stash *stash = &fixture->stash;
    uint32_t occupied = 0;
    assert_int_equal(stash->count, naive->count);
    for (uint32_t entry = 0; entry < naive->count; entry += 1) {
        const struct unit_item *value =
            (const struct unit_item *)(const void *)cache_map_entry_value(&layout, stash, entry);
        if (memcmp(value, &naive->entries[entry].item, sizeof *value) != 0 ||
            stash->entries[entry].tombstone != naive->entries[entry].tombstone)
            fail_msg("%s: entry %u is key %u, expected key %u", hash_kind_names[hash_kind], entry,
                     (unsigned)value->key, (unsigned)naive->entries[entry].item.key);
    }
    for (uint64_t key = 0; key < key_count; key += 1) {
        const uint32_t found = cache_map_stash_find(&layout, stash, hash_of_key(key), &key);
        if (found != naive_find(naive, key))
            fail_msg("%s: key %u found at entry %d, expected %d", hash_kind_names[hash_kind],
                     (unsigned)key, (int)found, (int)naive_find(naive, key));
    }
    for (uint32_t bucket = 0; bucket <= stash->bucket_mask; bucket += 1)
        occupied += cache_map_bucket_entry(stash, bucket) != CACHE_MAP_ENTRY_NONE;
    for (uint32_t behind = 0; behind < 15; behind += 1)
        assert_int_equal(stash->marks[stash->bucket_mask + 1 + behind],
                         stash->marks[behind & stash->bucket_mask]);
    assert_int_equal(occupied, naive->count);
}

static void append_both(struct fixture *fixture, struct naive_stash *naive, struct unit_item item,
                        bool tombstone) {
    const uint32_t entry =
        cache_map_stash_append(&layout, &fixture->stash, hash_of_key(item.key), &item, tombstone);
    assert_int_equal(entry, naive->count);
    naive->entries[naive->count].item = item;
    naive->entries[naive->count].tombstone = tombstone;
    naive->count += 1;
}

static void remove_both(struct fixture *fixture, struct naive_stash *naive, uint32_t entry) {
    cache_map_stash_remove_at(&layout, &fixture->stash, entry);
    naive->count -= 1;
    naive->entries[entry] = naive->entries[naive->count];
}

static void insert_both(struct fixture *fixture, struct naive_stash *naive, uint32_t entry,
                        struct naive_entry added) {
    cache_map_stash_insert_at(&layout, &fixture->stash, entry, hash_of_key(added.item.key),
                              &added.item, added.tombstone);
    naive->entries[naive->count] = naive->entries[entry];
    naive->entries[entry] = added;
    naive->count += 1;
}

static void replace_both(struct fixture *fixture, struct naive_stash *naive, uint32_t entry,
                         struct unit_item item, bool tombstone) {
    cache_map_stash_replace_at(&layout, &fixture->stash, entry, hash_of_key(item.key), &item,
                               tombstone);
    naive->entries[entry].item = item;
    naive->entries[entry].tombstone = tombstone;
}

/* ---- Histories. -------------------------------------------------------------------------- */

/* One random change, on both. `key_count` is more than the capacity. */
static void random_step(struct fixture *fixture, struct naive_stash *naive, uint64_t key_count,
                        struct unit_random *random) {
    const struct unit_item item =
        unit_item_make(unit_random_below(random, (uint32_t)key_count), unit_random_next(random));
    const uint32_t capacity = fixture->stash.count_max;
    const bool tombstone = unit_random_below(random, 3) == 0;
    const uint32_t entry = naive_find(naive, item.key);
    const uint32_t kind = unit_random_below(random, 32);
    if (kind == 0 && unit_random_below(random, 8) == 0) {
        cache_map_stash_clear(&layout, &fixture->stash);
        naive->count = 0;
    } else if (entry != CACHE_MAP_ENTRY_NONE) {
        remove_both(fixture, naive, entry);
    } else if (naive->count == capacity || (naive->count > 0 && kind < 8)) {
        replace_both(fixture, naive, unit_random_below(random, naive->count), item, tombstone);
    } else if (kind < 16) {
        const struct naive_entry added = {item, tombstone};
        insert_both(fixture, naive, unit_random_below(random, naive->count + 1), added);
    } else {
        append_both(fixture, naive, item, tombstone);
    }
}

static void run_history(enum hash_kind kind, uint32_t capacity, uint32_t step_count) {
    struct unit_random random = {capacity + 100 * (uint64_t)kind};
    const uint64_t key_count = capacity * 3 / 2 + 2;
    struct naive_stash naive;
    struct fixture fixture;
    hash_kind = kind;
    naive.count = 0;
    fixture_init(&fixture, capacity);
    for (uint32_t step = 0; step < step_count; step += 1) {
        random_step(&fixture, &naive, key_count, &random);
        expect_same(&fixture, &naive, key_count);
    }
    fixture_end(&fixture);
}

static void histories_with_a_good_hash(void **state) {
    (void)state;
    for (uint32_t capacity = 1; capacity <= CAPACITY_MAX; capacity += capacity < 9 ? 1 : 11)
        run_history(HASH_GOOD, capacity, 1500);
    run_history(HASH_GOOD, CAPACITY_MAX, 4000);
}

static void histories_where_all_keys_collide(void **state) {
    (void)state;
    for (uint32_t capacity = 1; capacity <= 16; capacity += 1)
        run_history(HASH_ALL_COLLIDE, capacity, 1000);
}

static void histories_where_runs_wrap_past_the_last_bucket(void **state) {
    (void)state;
    for (uint32_t capacity = 1; capacity <= 24; capacity += 1)
        run_history(HASH_WRAPPING, capacity, 1000);
    run_history(HASH_WRAPPING, CAPACITY_MAX, 2000);
}

static void histories_where_neighbouring_homes_mingle(void **state) {
    (void)state;
    for (uint32_t capacity = 1; capacity <= 24; capacity += 1)
        run_history(HASH_NEIGHBOURS, capacity, 1000);
    run_history(HASH_NEIGHBOURS, CAPACITY_MAX, 2000);
}

static void the_wrapping_hashes_do_wrap(void **state) {
    const struct unit_item items[] = {{1, 0}, {3, 0}, {0, 0}};
    struct fixture fixture;
    (void)state;
    hash_kind = HASH_WRAPPING;
    fixture_init(&fixture, CAPACITY_MAX);
    for (uint32_t i = 0; i < 3; i += 1)
        (void)cache_map_stash_append(&layout, &fixture.stash, hash_of_key(items[i].key), &items[i],
                                     false);
    assert_int_equal(cache_map_bucket_entry(&fixture.stash, 127), 0);
    assert_int_equal(cache_map_bucket_entry(&fixture.stash, 0), 1);
    assert_int_equal(cache_map_bucket_entry(&fixture.stash, 126), 2);
    fixture_end(&fixture);
}

/* ---- Exact inverse. ---------------------------------------------------------------------- */

/* From random states: remove any entry and insert it again; everything is as before. */
static void insert_at_is_the_exact_inverse_of_remove_at(void **state) {
    (void)state;
    for (uint32_t kind = HASH_GOOD; kind <= HASH_NEIGHBOURS; kind += 1) {
        struct unit_random random = {kind};
        struct naive_stash naive;
        struct fixture fixture;
        hash_kind = (enum hash_kind)kind;
        naive.count = 0;
        fixture_init(&fixture, 20);
        for (uint32_t step = 0; step < 300; step += 1) {
            const struct naive_stash before = naive;
            for (uint32_t entry = 0; entry < before.count; entry += 1) {
                const struct naive_entry removed = before.entries[entry];
                remove_both(&fixture, &naive, entry);
                cache_map_stash_insert_at(&layout, &fixture.stash, entry,
                                          hash_of_key(removed.item.key), &removed.item,
                                          removed.tombstone);
                naive = before;
                expect_same(&fixture, &naive, 32);
            }
            random_step(&fixture, &naive, 32, &random);
        }
        fixture_end(&fixture);
    }
}

/* A whole pile of removes undone newest first, as a discard does. */
static void a_pile_of_removes_is_undone_in_reverse(void **state) {
    struct unit_random random = {77};
    struct naive_stash naive, before;
    struct fixture fixture;
    struct naive_entry removed[20];
    uint32_t numbers[20];
    (void)state;
    hash_kind = HASH_NEIGHBOURS;
    naive.count = 0;
    fixture_init(&fixture, 20);
    for (uint64_t key = 0; key < 20; key += 1)
        append_both(&fixture, &naive, unit_item_make(key, key + 100), key % 3 == 0);
    before = naive;
    for (uint32_t i = 0; i < 20; i += 1) {
        numbers[i] = unit_random_below(&random, naive.count);
        removed[i] = naive.entries[numbers[i]];
        remove_both(&fixture, &naive, numbers[i]);
    }
    for (uint32_t i = 20; i > 0; i -= 1) {
        insert_both(&fixture, &naive, numbers[i - 1], removed[i - 1]);
        expect_same(&fixture, &naive, 20);
    }
    expect_same(&fixture, &before, 20);
    fixture_end(&fixture);
}

/* ---- Residue. ---------------------------------------------------------------------------- */

/* The buckets that a find reads, the empty one that ends it included. */
static uint32_t probe_length(const struct fixture *fixture, uint64_t key) {
    const uint32_t fragment = cache_map_stash_fragment(hash_of_key(key));
    const uint32_t mask = fixture->stash.bucket_mask;
    uint32_t bucket = cache_map_stash_home(fragment, fixture->stash.bucket_bits);
    uint32_t length = 1;
    while (cache_map_bucket_entry(&fixture->stash, bucket) != CACHE_MAP_ENTRY_NONE) {
        bucket = (bucket + 1) & mask;
        length += 1;
    }
    return length;
}

/* Linear probing without residue: which buckets are occupied depends on the keys alone, not on
 * the order or the history. So an absent key's probe has one possible length. */
static void expect_no_residue(const struct fixture *fixture, const struct naive_stash *naive) {
    struct fixture fresh;
    fixture_init(&fresh, fixture->stash.count_max);
    for (uint32_t entry = 0; entry < naive->count; entry += 1) {
        const struct unit_item *item = &naive->entries[entry].item;
        (void)cache_map_stash_append(&layout, &fresh.stash, hash_of_key(item->key), item, false);
    }
    for (uint32_t bucket = 0; bucket <= fresh.stash.bucket_mask; bucket += 1)
        if ((fixture->marks[bucket] == CACHE_MAP_MARK_EMPTY) !=
            (fresh.marks[bucket] == CACHE_MAP_MARK_EMPTY))
            fail_msg("%s: bucket %u is %s; in a fresh stash it is not", hash_kind_names[hash_kind],
                     bucket, fixture->marks[bucket] == CACHE_MAP_MARK_EMPTY ? "empty" : "taken");
    for (uint64_t key = 0; key < 200; key += 1)
        assert_int_equal(probe_length(fixture, key), probe_length(&fresh, key));
    fixture_end(&fresh);
}

static void ten_thousand_changes_leave_no_residue(void **state) {
    (void)state;
    for (uint32_t kind = HASH_GOOD; kind <= HASH_NEIGHBOURS; kind += 1) {
        struct unit_random random = {kind + 50};
        struct naive_stash naive;
        struct fixture fixture;
        hash_kind = (enum hash_kind)kind;
        naive.count = 0;
        fixture_init(&fixture, CAPACITY_MAX);
        for (uint32_t step = 0; step < 10000; step += 1) {
            random_step(&fixture, &naive, 96, &random);
            if (step % 100 == 99)
                expect_no_residue(&fixture, &naive);
        }
        expect_same(&fixture, &naive, 96);
        fixture_end(&fixture);
    }
}

static void clear_leaves_every_bucket_empty(void **state) {
    (void)state;
    for (uint32_t kind = HASH_GOOD; kind <= HASH_NEIGHBOURS; kind += 1) {
        struct naive_stash naive;
        struct fixture fixture;
        hash_kind = (enum hash_kind)kind;
        naive.count = 0;
        fixture_init(&fixture, 40);
        for (uint32_t round = 0; round < 3; round += 1) {
            for (uint64_t key = 0; key < 40; key += 1)
                append_both(&fixture, &naive, unit_item_make(key, round), key % 2 == 0);
            expect_same(&fixture, &naive, 60);
            cache_map_stash_clear(&layout, &fixture.stash);
            naive.count = 0;
            expect_same(&fixture, &naive, 60);
        }
        cache_map_stash_clear(&layout, &fixture.stash); /* of an empty stash */
        expect_same(&fixture, &naive, 60);
        fixture_end(&fixture);
    }
}

/* ---- One entry, and replacing. ----------------------------------------------------------- */

static void a_stash_of_one_entry(void **state) {
    struct naive_stash naive;
    struct fixture fixture;
    (void)state;
    hash_kind = HASH_GOOD;
    naive.count = 0;
    fixture_init(&fixture, 1);
    for (uint64_t key = 0; key < 50; key += 1) {
        append_both(&fixture, &naive, unit_item_make(key, 1), false);
        expect_same(&fixture, &naive, 100);
        replace_both(&fixture, &naive, 0, unit_item_make(99 - key, 2), true);
        expect_same(&fixture, &naive, 100);
        remove_both(&fixture, &naive, 0);
        expect_same(&fixture, &naive, 100);
    }
    fixture_end(&fixture);
}

static void replace_at_a_full_stash_keeps_the_count_and_the_order(void **state) {
    (void)state;
    for (uint32_t kind = HASH_GOOD; kind <= HASH_NEIGHBOURS; kind += 1) {
        struct naive_stash naive;
        struct fixture fixture;
        hash_kind = (enum hash_kind)kind;
        naive.count = 0;
        fixture_init(&fixture, 16);
        for (uint64_t key = 0; key < 16; key += 1)
            append_both(&fixture, &naive, unit_item_make(key, key), false);
        for (uint32_t entry = 0; entry < 16; entry += 1) {
            replace_both(&fixture, &naive, entry, unit_item_make(16 + entry, 7), entry % 2 == 0);
            expect_same(&fixture, &naive, 40);
        }
        fixture_end(&fixture);
    }
}

/* ---- Geometry. --------------------------------------------------------------------------- */

static void bucket_bits_keep_the_load_at_half_or_less(void **state) {
    struct unit_random random = {9};
    (void)state;
    assert_int_equal(cache_map_stash_bucket_bits(1), 1);
    assert_int_equal(cache_map_stash_bucket_bits(2), 2);
    assert_int_equal(cache_map_stash_bucket_bits(3), 3);
    assert_int_equal(cache_map_stash_bucket_bits(4), 3);
    assert_int_equal(cache_map_stash_bucket_bits(5), 4);
    assert_int_equal(cache_map_stash_bucket_bits(1024), 11);
    assert_int_equal(cache_map_stash_bucket_bits(1025), 12);
    assert_int_equal(cache_map_stash_bucket_bits(CACHE_MAP_STASH_VALUE_COUNT_LIMIT - 1), 31);
    assert_int_equal(cache_map_stash_bucket_bits(CACHE_MAP_STASH_VALUE_COUNT_LIMIT), 31);
    for (uint32_t round = 0; round < 10000; round += 1) {
        const uint64_t count =
            round < 5000 ? round + 1
                         : 1 + unit_random_next(&random) % CACHE_MAP_STASH_VALUE_COUNT_LIMIT;
        const uint64_t buckets = UINT64_C(1) << cache_map_stash_bucket_bits(count);
        assert_true(count * 2 <= buckets);                    /* at most half full */
        assert_true(buckets == 2 || buckets / 2 < count * 2); /* and no larger than it must */
    }
}

static void fragment_and_home_give_the_known_answers(void **state) {
    (void)state;
    /* Computed apart, with Python's integers. The first product is 0x4da02d92c22fb583. */
    assert_int_equal(cache_map_stash_fragment(0), 0x8f8f9811);
    assert_int_equal(cache_map_stash_fragment(UINT64_MAX), 0xcf8fd2d5);
    assert_int_equal(cache_map_stash_fragment(UINT64_C(0x0123456789abcdef)), 0x96e15a63);
    assert_int_equal(cache_map_stash_fragment(UINT64_C(0xffffffff00000000)), 0xcfafdcc5);
    assert_int_equal(cache_map_stash_home(0, 1), 0);
    assert_int_equal(cache_map_stash_home(UINT32_MAX, 1), 1);
    assert_int_equal(cache_map_stash_home(0x89abcdef, 1), 1);
    assert_int_equal(cache_map_stash_home(0x89abcdef, 4), 8);
    assert_int_equal(cache_map_stash_home(0x89abcdef, 8), 0x89);
    assert_int_equal(cache_map_stash_home(0x89abcdef, 31), 0x44d5e6f7);
    for (uint32_t bits = 1; bits < 32; bits += 1)
        for (uint32_t low = 0; low < 32; low += 1) {
            const uint32_t home = (low * UINT32_C(0x9e3779b9)) & ((UINT32_C(1) << bits) - 1);
            const uint32_t fragment = cache_map_stash_fragment(hash_of_home(home, bits, 0));
            assert_int_equal(cache_map_stash_home(fragment, bits), home);
        }
}

/* A mark is the fragment's lowest byte, and never that of an empty bucket. */
static void marks_give_the_known_answers(void **state) {
    (void)state;
    for (uint32_t byte = 0; byte < 256; byte += 1)
        for (uint32_t above = 0; above < 2; above += 1)
            assert_int_equal(cache_map_stash_mark(above * 0xabcdef00u + byte),
                             byte == 0 ? 1 : byte);
    assert_int_equal(CACHE_MAP_MARK_EMPTY, 0);
}

/* What 16 marks say, one by one: all before the first empty one, and which that is. */
static void expect_lanes(const unsigned char *marks, uint32_t mark, struct cache_map_lanes lanes) {
    uint32_t equal = 0, length = 0;
    for (; length < 16 && marks[length] != 0; length += 1)
        equal |= (uint32_t)(marks[length] == mark) << length;
    assert_int_equal(lanes.equal, equal);
    assert_int_equal(lanes.empty == 0 ? 16 : cache_map_trailing_zeros(lanes.empty), length);
}

/* Of every number of marks before the first empty one, with what is equal and what is empty behind it; read
 * from every place of a line. */
static void lanes_are_those_of_marks_one_by_one(void **state) {
    struct unit_random random = {7};
    (void)state;
    for (uint32_t round = 0; round < 20000; round += 1) {
        unsigned char marks[64];
        const uint32_t mark = 1 + unit_random_below(&random, 255);
        const uint32_t start = unit_random_below(&random, 48), kinds = 1 + round % 3;
        for (uint32_t i = 0; i < sizeof marks; i += 1) {
            const uint32_t kind = unit_random_below(&random, 8);
            marks[i] = (unsigned char)(kind < kinds ? mark
                                       : kind == 7 && round % 2 == 0
                                           ? 0
                                           : 1 + unit_random_below(&random, 255));
        }
        if (round % 17 < 16)
            marks[start + round % 17] = 0;
        expect_lanes(marks + start, mark, cache_map_lanes_of(marks + start, mark));
        expect_lanes(marks + start, mark, cache_map_lanes_portable(marks + start, mark));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_with_a_good_hash),
        cmocka_unit_test(histories_where_all_keys_collide),
        cmocka_unit_test(histories_where_runs_wrap_past_the_last_bucket),
        cmocka_unit_test(histories_where_neighbouring_homes_mingle),
        cmocka_unit_test(the_wrapping_hashes_do_wrap),
        cmocka_unit_test(insert_at_is_the_exact_inverse_of_remove_at),
        cmocka_unit_test(a_pile_of_removes_is_undone_in_reverse),
        cmocka_unit_test(ten_thousand_changes_leave_no_residue),
        cmocka_unit_test(clear_leaves_every_bucket_empty),
        cmocka_unit_test(a_stash_of_one_entry),
        cmocka_unit_test(replace_at_a_full_stash_keeps_the_count_and_the_order),
        cmocka_unit_test(bucket_bits_keep_the_load_at_half_or_less),
        cmocka_unit_test(fragment_and_home_give_the_known_answers),
        cmocka_unit_test(marks_give_the_known_answers),
        cmocka_unit_test(lanes_are_those_of_marks_one_by_one),
    };
    return cmocka_run_group_tests_name("stash", tests, NULL, NULL);
}
