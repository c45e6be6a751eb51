/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: what the allocator hook is asked and when, maps in the caller's memory, sizes that overflow and
 * options that are none, values and keys of many shapes, and what AddressSanitizer is told of free slots. */
#include "unit_support.h"

#define UNIT_NAME       items
#define UNIT_WAYS       4
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 2
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK
#include "unit_subject.h"

/* ---- Shapes of values and keys. ---------------------------------------------------------- */

#define SHAPE_NAME             byte_values
#define SHAPE_VALUE            uint8_t
#define SHAPE_KEY              uint8_t
#define SHAPE_KEY_OF(v)        (*(v))
#define SHAPE_KEY_OF_NUMBER(n) ((uint8_t)(n))
#include "unit_memory_shape.h"

struct twelve_bytes {
    uint32_t first, key, last;
};
#define SHAPE_NAME             twelve_byte_values
#define SHAPE_VALUE            struct twelve_bytes
#define SHAPE_KEY              uint32_t
#define SHAPE_KEY_OF(v)        ((v)->key)
#define SHAPE_KEY_OF_NUMBER(n) (UINT32_MAX - (n))
#include "unit_memory_shape.h"

struct page {
    unsigned char head[2000];
    uint16_t key;
    unsigned char tail[2094];
};
#define SHAPE_NAME             page_values
#define SHAPE_VALUE            struct page
#define SHAPE_KEY              uint16_t
#define SHAPE_KEY_OF(v)        ((v)->key)
#define SHAPE_KEY_OF_NUMBER(n) ((uint16_t)(n))
#include "unit_memory_shape.h"

struct line {
    _Alignas(64) uint64_t key;
    unsigned char bytes[56];
};
#define SHAPE_NAME             line_values
#define SHAPE_VALUE            struct line
#define SHAPE_KEY              uint64_t
#define SHAPE_KEY_OF(v)        ((v)->key)
#define SHAPE_KEY_OF_NUMBER(n) ((uint64_t)(n) << 40)
#include "unit_memory_shape.h"

struct wide_line {
    _Alignas(256) unsigned char bytes[500];
    uint64_t key;
};
#define SHAPE_NAME             wide_line_values
#define SHAPE_VALUE            struct wide_line
#define SHAPE_KEY              uint64_t
#define SHAPE_KEY_OF(v)        ((v)->key)
#define SHAPE_KEY_OF_NUMBER(n) ((uint64_t)(n))
#include "unit_memory_shape.h"

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide_key;
struct wide_keyed {
    wide_key key;
    uint32_t bytes[4];
};
#    define SHAPE_NAME             wide_keyed_values
#    define SHAPE_VALUE            struct wide_keyed
#    define SHAPE_KEY              wide_key
#    define SHAPE_KEY_OF(v)        ((v)->key)
#    define SHAPE_KEY_OF_NUMBER(n) ((wide_key)(n) << 64 | 7)
#    define SHAPE_HASH(key, seed) \
        cache_map_hash_128((uint64_t)(key), (uint64_t)((key) >> 64), (seed))
#    include "unit_memory_shape.h"
#endif

struct name_key {
    char text[20];
};
struct named {
    uint32_t first;
    struct name_key name;
    uint32_t last;
};

static struct name_key name_of_number(uint32_t number) {
    struct name_key name;
    memset(&name, 'x', sizeof name);
    (void)snprintf(name.text + 12, 8, "%u", number);
    return name;
}

static bool names_equal(struct name_key a, struct name_key b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

static uint64_t name_hash(struct name_key name, uint64_t seed) {
    return cache_map_hash_bytes(&name, sizeof name, seed);
}
#define SHAPE_NAME             named_values
#define SHAPE_VALUE            struct named
#define SHAPE_KEY              struct name_key
#define SHAPE_KEY_OF(v)        ((v)->name)
#define SHAPE_KEY_OF_NUMBER(n) name_of_number(n)
#define SHAPE_EQUAL(a, b)      names_equal((a), (b))
#define SHAPE_HASH(key, seed)  name_hash((key), (seed))
#include "unit_memory_shape.h"

/* ---- A history that makes every kind of change. ------------------------------------------ */

enum { HISTORY_KEYS = 40 };

static void one_random_call(void *map, struct unit_random *random) {
    const uint64_t key = unit_random_below(random, HISTORY_KEYS);
    const struct unit_item item = unit_item_make(key, unit_random_next(random));
    switch (unit_random_below(random, 16)) {
    case 0: (void)items_subject.scope_open(map); break;
    case 1: (void)items_subject.scope_close(map, CACHE_MAP_SCOPE_DISCARD); break;
    case 2: (void)items_subject.scope_close(map, CACHE_MAP_SCOPE_PERSIST); break;
    case 3: (void)items_subject.compact(map); break;
    case 4: items_subject.demote(map, key); break;
    case 5:
    case 6:
    case 7: (void)items_subject.remove(map, key); break;
    case 8:
    case 9:
    case 10: (void)items_subject.get(map, key); break;
    case 11: (void)(unit_random_below(random, 20) == 0 && items_subject.reset(map)); break;
    default: (void)items_subject.upsert(map, &item); break;
    }
    unit_assert_check(&items_subject, map);
}

static void many_random_calls(void *map, uint64_t seed) {
    struct unit_random random = {seed};
    for (uint32_t step = 0; step < 1000; step += 1)
        one_random_call(map, &random);
}

/* ---- The allocator hook. ----------------------------------------------------------------- */

struct recorder {
    uint32_t allocate_calls, deallocate_calls, fail_from_call;
    size_t size, alignment;
    void *memory;
};

static void *recorder_allocate(void *context, size_t size, size_t alignment) {
    struct recorder *recorder = (struct recorder *)context;
    recorder->allocate_calls += 1;
    if (recorder->fail_from_call != 0 && recorder->allocate_calls >= recorder->fail_from_call)
        return NULL;
    recorder->size = size;
    recorder->alignment = alignment;
    recorder->memory = aligned_alloc(alignment, size);
    return recorder->memory;
}

static void recorder_deallocate(void *context, void *memory, size_t size, size_t alignment) {
    struct recorder *recorder = (struct recorder *)context;
    recorder->deallocate_calls += 1;
    assert_ptr_equal(memory, recorder->memory);
    assert_int_equal(size, recorder->size);
    assert_int_equal(alignment, recorder->alignment);
    memset(memory, 0xdd, size); /* all of it may be written again */
    free(memory);
}

static void init_allocates_once_and_nothing_else_does(void **state) {
    const struct cache_map_options options = unit_options(12, 16, 8);
    struct recorder recorder = {0, 0, 0, 0, 0, NULL};
    const struct cache_map_allocator allocator = {&recorder, recorder_allocate,
                                                  recorder_deallocate};
    struct items map;
    size_t size = 0;
    (void)state;
    assert_status(items_memory_size(&options, &size), CACHE_MAP_OK);
    assert_status(items_init(&map, &options, &allocator), CACHE_MAP_OK);
    assert_int_equal(recorder.allocate_calls, 1);
    assert_int_equal(recorder.size, size);
    assert_int_equal(recorder.alignment, items_memory_alignment());
    assert_int_equal(recorder.size % recorder.alignment, 0);
    many_random_calls(&map, 1);
    assert_int_equal(recorder.allocate_calls, 1);
    assert_int_equal(recorder.deallocate_calls, 0);
    items_deinit(&map);
    assert_int_equal(recorder.allocate_calls, 1);
    assert_int_equal(recorder.deallocate_calls, 1);
}

static void the_hook_gets_the_alignment_of_the_value(void **state) {
    const struct cache_map_options options = unit_options(4, 1, 1);
    struct recorder recorder = {0, 0, 0, 0, 0, NULL};
    const struct cache_map_allocator allocator = {&recorder, recorder_allocate,
                                                  recorder_deallocate};
    struct wide_line_values map;
    (void)state;
    assert_int_equal(byte_values_memory_alignment(), 64);
    assert_int_equal(line_values_memory_alignment(), 64);
    assert_int_equal(wide_line_values_memory_alignment(), 256);
    assert_status(wide_line_values_init(&map, &options, &allocator), CACHE_MAP_OK);
    assert_int_equal(recorder.alignment, 256);
    wide_line_values_deinit(&map);
}

/* Whatever the sizes, no two arrays share a cache line. */
static void each_array_starts_on_a_line(void **state) {
    const struct cache_map_options options = unit_options(20, 3, 5);
    struct byte_values map;
    (void)state;
    assert_status(byte_values_init(&map, &options, NULL), CACHE_MAP_OK);
    assert_int_equal((uintptr_t)map.base.cache.values % 64, 0);
    assert_int_equal((uintptr_t)map.base.cache.tags % 64, 0);
    assert_int_equal((uintptr_t)map.base.cache.counts % 64, 0);
    assert_int_equal((uintptr_t)map.base.cache.hands % 64, 0);
    assert_int_equal((uintptr_t)map.base.stash.values % 64, 0);
    assert_int_equal((uintptr_t)map.base.stash.marks % 64, 0);
    assert_int_equal((uintptr_t)map.base.stash.buckets % 64, 0);
    assert_int_equal((uintptr_t)map.base.stash.entries % 64, 0);
    assert_int_equal((uintptr_t)map.base.log.values % 64, 0);
    assert_int_equal((uintptr_t)map.base.log.records % 64, 0);
    byte_values_deinit(&map);
}

static void init_says_when_there_is_no_memory(void **state) {
    const struct cache_map_options options = unit_options(12, 16, 8);
    struct recorder recorder = {0, 0, 1, 0, 0, NULL};
    const struct cache_map_allocator allocator = {&recorder, recorder_allocate,
                                                  recorder_deallocate};
    struct items map;
    (void)state;
    assert_status(items_init(&map, &options, &allocator), CACHE_MAP_OUT_OF_MEMORY);
    assert_int_equal(recorder.allocate_calls, 1);
    assert_int_equal(recorder.deallocate_calls, 0);
    recorder.fail_from_call = 0;
    assert_status(items_init(&map, &options, &allocator), CACHE_MAP_OK); /* the next may do */
    items_deinit(&map);
}

static void deinit_with_an_open_scope_gives_the_memory_back(void **state) {
    const struct cache_map_options options = unit_options(4, 8, 8);
    struct recorder recorder = {0, 0, 0, 0, 0, NULL};
    const struct cache_map_allocator allocator = {&recorder, recorder_allocate,
                                                  recorder_deallocate};
    const struct unit_item item = unit_item_make(1, 1);
    struct items map;
    (void)state;
    for (uint32_t round = 1; round <= 3; round += 1) { /* and the map may be used again */
        assert_status(items_init(&map, &options, &allocator), CACHE_MAP_OK);
        assert_status(items_scope_open(&map), CACHE_MAP_OK);
        assert_status(items_upsert(&map, &item), CACHE_MAP_INSERTED);
        items_deinit(&map);
        assert_int_equal(recorder.deallocate_calls, round);
    }
}

/* ---- Memory of the caller's. ------------------------------------------------------------- */

static void init_in_memory_stays_inside_it(void **state) {
    static const uint64_t cache_counts[] = {0, 4, 12};
    enum { GUARD = 256 };
    (void)state;
    for (uint32_t i = 0; i < 3; i += 1)
        for (uint32_t extra = 0; extra <= 64; extra += 32) {
            const struct cache_map_options options = unit_options(cache_counts[i], 5 + i, 3);
            struct items map;
            size_t size = 0;
            unsigned char *block;
            assert_status(items_memory_size(&options, &size), CACHE_MAP_OK);
            block = (unsigned char *)aligned_alloc(64, GUARD + size + GUARD);
            assert_non_null(block);
            memset(block, 0xa5, GUARD + size + GUARD);
            assert_status(items_init_in_memory(&map, &options, block + GUARD, size + extra),
                          CACHE_MAP_OK);
            many_random_calls(&map, i);
            items_deinit(&map);
            for (size_t at = 0; at < GUARD; at += 1) {
                assert_int_equal(block[at], 0xa5);
                assert_int_equal(block[GUARD + size + at], 0xa5);
            }
            memset(block, 0, GUARD + size + GUARD); /* it is the caller's again, unpoisoned */
            free(block);
        }
}

static void init_in_memory_says_when_it_is_too_small(void **state) {
    const struct cache_map_options options = unit_options(4, 5, 3);
    _Alignas(64) unsigned char block[64];
    unsigned char before[64];
    struct items map, map_before;
    size_t size = 0;
    (void)state;
    memset(&map, 0x5a, sizeof map);
    memset(block, 0x5a, sizeof block);
    memcpy(&map_before, &map, sizeof map);
    memcpy(before, block, sizeof block);
    assert_status(items_memory_size(&options, &size), CACHE_MAP_OK);
    assert_status(items_init_in_memory(&map, &options, block, size - 1), CACHE_MAP_OUT_OF_MEMORY);
    assert_status(items_init_in_memory(&map, &options, block, 0), CACHE_MAP_OUT_OF_MEMORY);
    assert_memory_equal(&map, &map_before, sizeof map);
    assert_memory_equal(block, before, sizeof block);
}

static void init_in_memory_refuses_what_memory_size_refuses(void **state) {
    const struct cache_map_options invalid = unit_options(3, 5, 3);
    const struct cache_map_options huge = unit_options(4, 5, UINT64_MAX);
    _Alignas(64) unsigned char block[64];
    struct items map;
    (void)state;
    assert_status(items_init_in_memory(&map, &invalid, block, SIZE_MAX), CACHE_MAP_OPTIONS_INVALID);
    assert_status(items_init_in_memory(&map, &huge, block, SIZE_MAX), CACHE_MAP_SIZE_OVERFLOW);
}

/* Nothing depends on what the memory held: same calls, same state. */
static void what_the_memory_held_does_not_matter(void **state) {
    static const int fills[] = {0x00, 0xff, 0xa5};
    const struct cache_map_options options = unit_options(12, 16, 8);
    struct items maps[3];
    unsigned char *blocks[3];
    struct unit_random randoms[3] = {{7}, {7}, {7}};
    size_t size = 0;
    (void)state;
    assert_status(items_memory_size(&options, &size), CACHE_MAP_OK);
    for (uint32_t i = 0; i < 3; i += 1) {
        blocks[i] = (unsigned char *)aligned_alloc(64, size);
        assert_non_null(blocks[i]);
        memset(blocks[i], fills[i], size);
        memset(&maps[i], fills[i], sizeof maps[i]);
        assert_status(items_init_in_memory(&maps[i], &options, blocks[i], size), CACHE_MAP_OK);
    }
    for (uint32_t step = 0; step < 1000; step += 1)
        for (uint32_t i = 0; i < 3; i += 1) {
            one_random_call(&maps[i], &randoms[i]);
            assert_unchanged(&items_subject, &maps[i], unit_digest_take(&items_subject, &maps[0]),
                             "the filling of the memory");
        }
    for (uint32_t i = 0; i < 3; i += 1) {
        items_deinit(&maps[i]);
        free(blocks[i]);
    }
}

/* ---- Options and sizes. ------------------------------------------------------------------ */

static void options_that_are_none(void **state) {
    static const struct cache_map_options invalid[] = {
        {1, 1, 0, 0},
        {3, 1, 0, 0},
        {5, 1, 0, 0},
        {UINT64_MAX, 1, 0, 0},
        {4, 0, 0, 0},
        {0, 0, 0, 0},
        {4, CACHE_MAP_STASH_VALUE_COUNT_LIMIT + 1, 0, 0},
        {4, UINT64_MAX, 0, 0},
        {3, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(invalid); i += 1) {
        size_t size = 77;
        assert_status(items_memory_size(&invalid[i], &size), CACHE_MAP_OPTIONS_INVALID);
        assert_int_equal(size, 77);
    }
}

/* Each product that goes into the size can overflow, and so can their sum. */
static void sizes_that_overflow(void **state) {
    static const struct cache_map_options overflowing[] = {
        {UINT64_MAX / 4 * 4, 1, 0, 0},                /* cache values */
        {UINT64_C(1) << 60, 1, 0, 0},                 /* exactly 2^64 bytes of them */
        {4, 1, UINT64_MAX, 0},                        /* scope values */
        {4, 1, UINT64_C(1) << 60, 0},                 /* exactly 2^64 bytes of them */
        {4, 1, (UINT64_C(1) << 59) + 1, 0},           /* values fit, records on top do not */
        {UINT64_C(1) << 59, 1, UINT64_C(1) << 59, 0}, /* each fits, the sum does not */
        {(UINT64_C(1) << 60) - 4, 1, 0, 0},           /* values fit, tags on top do not */
        {4, 1, (UINT64_C(1) << 60) - 1, 0},
    };
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(overflowing); i += 1) {
        size_t size = 77;
        const enum cache_map_status status = items_memory_size(&overflowing[i], &size);
        if (status != CACHE_MAP_SIZE_OVERFLOW)
            fail_msg("case %zu: %s, %zu bytes", i, cache_map_status_name(status), size);
        assert_int_equal(size, 77);
    }
}

static void a_stash_of_large_values_overflows_too(void **state) {
    const struct cache_map_options options = unit_options(0, CACHE_MAP_STASH_VALUE_COUNT_LIMIT, 0);
    size_t size = 77;
    (void)state;
    /* 2^30 values fit a size_t of 64 bits whatever their size here; one of 32 bits has to say so.
     */
    if (sizeof(size_t) > 4) {
        assert_status(page_values_memory_size(&options, &size), CACHE_MAP_OK);
        assert_true(size > (size_t)CACHE_MAP_STASH_VALUE_COUNT_LIMIT * sizeof(struct page));
    } else {
        assert_status(page_values_memory_size(&options, &size), CACHE_MAP_SIZE_OVERFLOW);
        assert_int_equal(size, 77);
    }
}

/* The block holds all that the options promise, and grows with each of them. */
static void memory_size_grows_with_each_option(void **state) {
    const struct cache_map_options base = unit_options(64, 64, 64);
    const struct cache_map_options more[] = {unit_options(128, 64, 64), unit_options(64, 128, 64),
                                             unit_options(64, 64, 128)};
    size_t base_size = 0;
    (void)state;
    assert_status(items_memory_size(&base, &base_size), CACHE_MAP_OK);
    assert_true(base_size >= 3 * 64 * sizeof(struct unit_item));
    for (size_t i = 0; i < UNIT_COUNT_OF(more); i += 1) {
        size_t size = 0;
        assert_status(items_memory_size(&more[i], &size), CACHE_MAP_OK);
        assert_true(size >= base_size + 64 * sizeof(struct unit_item));
        assert_int_equal(size % items_memory_alignment(), 0);
    }
}

/* Section 9 of the contract, for maps of 4 ways, tags of a byte and counts of 2 bits. */
static size_t size_of_the_arrays(const struct cache_map_options *options, size_t value_size,
                                 size_t block_alignment) {
    const size_t slots = options->cache_value_count_max, stash = options->stash_value_count_max,
                 scope = options->scope_value_count_max;
    size_t buckets = 1, size = 0;
    while (buckets < 2 * stash)
        buckets *= 2;
    const struct {
        size_t count, item_size, alignment;
    } arrays[] = {
        {slots, value_size, block_alignment},
        {stash, value_size, block_alignment},
        {scope, value_size, block_alignment},
        {1, value_size, block_alignment},
        {slots, 1, 64},
        {slots / 4, 1, 64},
        {slots / 4, 1, 64},
        {buckets + 15, 1, 64},
        {buckets, 4, 64},
        {stash, 8, 64},
        {scope, 16, 64},
    };
    for (size_t i = 0; i < UNIT_COUNT_OF(arrays); i += 1)
        size = (size + arrays[i].alignment - 1) / arrays[i].alignment * arrays[i].alignment +
               arrays[i].count * arrays[i].item_size;
    return (size + block_alignment - 1) / block_alignment * block_alignment;
}

static void memory_size_is_that_of_the_arrays(void **state) {
    static const struct cache_map_options choices[] = {{1024, 100, 70, 0}, {20, 3, 5, 0},
                                                       {0, 64, 0, 0},      {256, 256, 64, 0},
                                                       {4, 1, 1, 0},       {4096, 17, 1000, 0}};
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(choices); i += 1) {
        size_t size = 0;
        assert_status(items_memory_size(&choices[i], &size), CACHE_MAP_OK);
        assert_int_equal(size, size_of_the_arrays(&choices[i], sizeof(struct unit_item), 64));
        assert_status(wide_line_values_memory_size(&choices[i], &size), CACHE_MAP_OK);
        assert_int_equal(size, size_of_the_arrays(&choices[i], sizeof(struct wide_line), 256));
    }
}

static void edges_of_the_options(void **state) {
    static const struct cache_map_options edges[] = {
        {4, 1, 0, 0},  {0, 1, 0, 0},  {4, 1, 1, 0},  {12, 3, 2, 0},
        {20, 1, 5, 0}, {28, 2, 1, 9}, {0, 7, 20, 1}, {4, 64, 0, UINT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(edges); i += 1) {
        struct items map;
        assert_status(items_init(&map, &edges[i], NULL), CACHE_MAP_OK);
        assert_int_equal(items_inspect_counts(&map).set_count, edges[i].cache_value_count_max / 4);
        assert_int_equal(items_inspect_counts(&map).cache_value_count_max,
                         edges[i].cache_value_count_max);
        assert_int_equal(items_inspect_counts(&map).stash_count_max,
                         edges[i].stash_value_count_max);
        assert_int_equal(items_inspect_counts(&map).scope_count_max,
                         edges[i].scope_value_count_max);
        many_random_calls(&map, i);
        items_deinit(&map);
    }
}

static void the_smallest_and_the_largest_keys(void **state) {
    static const uint64_t keys[] = {0, 1, UINT64_MAX - 1, UINT64_MAX, UINT64_C(1) << 63};
    struct items map;
    (void)state;
    for (uint64_t cache_count = 0; cache_count <= 4; cache_count += 4) {
        const struct cache_map_options options = unit_options(cache_count, 16, 0);
        assert_status(items_init(&map, &options, NULL), CACHE_MAP_OK);
        for (size_t i = 0; i < UNIT_COUNT_OF(keys); i += 1) {
            const struct unit_item item = unit_item_make(keys[i], i);
            assert_false(items_has(&map, keys[i])); /* a zeroed slot holds no key 0 */
            assert_status(items_upsert(&map, &item), CACHE_MAP_INSERTED);
        }
        for (size_t i = 0; i < UNIT_COUNT_OF(keys); i += 1)
            assert_int_equal(items_get(&map, keys[i])->payload, i);
        for (size_t i = 0; i < UNIT_COUNT_OF(keys); i += 1)
            assert_status(items_remove(&map, keys[i]), CACHE_MAP_REMOVED);
        items_deinit(&map);
    }
}

/* ---- What AddressSanitizer is told. ------------------------------------------------------ */

#ifdef CACHE_MAP_ASAN
static void expect_poisoned(const void *memory, bool expected, const char *what, uint64_t number) {
    for (size_t i = 0; i < sizeof(struct unit_item); i += 1)
        if ((__asan_address_is_poisoned((const char *)memory + i) != 0) != expected)
            fail_msg("byte %zu of %s %u is %s", i, what, (unsigned)number,
                     expected ? "not poisoned" : "poisoned");
}

/* A value may be read where it is live, and nowhere else. */
static void expect_poison_where_nothing_lives(const struct items *map) {
    const struct cache_map *base = &map->base;
    const struct cache_map_layout *layout = &items_cache_map_layout;
    for (uint64_t slot = 0; slot < base->cache.set_count * 4; slot += 1)
        expect_poisoned(cache_map_slot_value(layout, &base->cache, slot),
                        cache_map_slot_count(layout, &base->cache, slot) == 0, "slot", slot);
    for (uint32_t entry = 0; entry < base->stash.count_max; entry += 1)
        expect_poisoned(cache_map_entry_value(layout, &base->stash, entry),
                        entry >= base->stash.count, "entry", entry);
    for (uint64_t i = 0; i < base->log.count_max; i += 1) {
        const bool live = i < base->log.count && items_inspect_record(map, i).overwritten != NULL;
        expect_poisoned(cache_map_record_value(layout, &base->log, i), !live, "record", i);
    }
}
#endif

/* Who supplied the memory may use it again. */
static void deinit_gives_memory_back_that_can_be_read(void **state) {
    (void)state;
#ifdef CACHE_MAP_ASAN
    static _Alignas(64) unsigned char memory[8192];
    const struct cache_map_options options = unit_options(16, 16, 8);
    struct items map;
    assert_status(items_init_in_memory(&map, &options, memory, sizeof memory), CACHE_MAP_OK);
    items_deinit(&map);
    assert_null(__asan_region_is_poisoned(memory, sizeof memory));
#else
    skip();
#endif
}

static void free_places_are_poisoned_and_live_ones_are_not(void **state) {
    (void)state;
#ifdef CACHE_MAP_ASAN
    for (uint64_t cache_count = 0; cache_count <= 12; cache_count += 4) {
        const struct cache_map_options options = unit_options(cache_count, 16, 8);
        struct unit_random random = {cache_count};
        struct items map;
        assert_status(items_init(&map, &options, NULL), CACHE_MAP_OK);
        for (uint32_t step = 0; step < 2000; step += 1) {
            expect_poison_where_nothing_lives(&map);
            one_random_call(&map, &random);
        }
        items_deinit(&map);
    }
#else
    skip();
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_allocates_once_and_nothing_else_does),
        cmocka_unit_test(the_hook_gets_the_alignment_of_the_value),
        cmocka_unit_test(each_array_starts_on_a_line),
        cmocka_unit_test(init_says_when_there_is_no_memory),
        cmocka_unit_test(deinit_with_an_open_scope_gives_the_memory_back),
        cmocka_unit_test(init_in_memory_stays_inside_it),
        cmocka_unit_test(init_in_memory_says_when_it_is_too_small),
        cmocka_unit_test(init_in_memory_refuses_what_memory_size_refuses),
        cmocka_unit_test(what_the_memory_held_does_not_matter),
        cmocka_unit_test(options_that_are_none),
        cmocka_unit_test(sizes_that_overflow),
        cmocka_unit_test(a_stash_of_large_values_overflows_too),
        cmocka_unit_test(memory_size_grows_with_each_option),
        cmocka_unit_test(memory_size_is_that_of_the_arrays),
        cmocka_unit_test(edges_of_the_options),
        cmocka_unit_test(the_smallest_and_the_largest_keys),
        cmocka_unit_test(deinit_gives_memory_back_that_can_be_read),
        cmocka_unit_test(free_places_are_poisoned_and_live_ones_are_not),
        cmocka_unit_test(byte_values_shape),
        cmocka_unit_test(twelve_byte_values_shape),
        cmocka_unit_test(page_values_shape),
        cmocka_unit_test(line_values_shape),
        cmocka_unit_test(wide_line_values_shape),
#ifdef __SIZEOF_INT128__
        cmocka_unit_test(wide_keyed_values_shape),
#endif
        cmocka_unit_test(named_values_shape),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
