/* SPDX-License-Identifier: Apache-2.0 */
/* A map of more than 4 GiB works at its far ends: each value stands where the contract's table of
 * arrays says, to the byte, and moves, leaves and comes back as it does near. The block is a
 * mapping that takes no memory where nothing is written, and init writes no value; so that what is
 * far can be reached, most tests set the count of the stash's entries, or of the scope's records,
 * as if as many had been made. Where the system refuses the mapping a test is skipped, with a line
 * that says so. */
#include "unit_support.h"

#include "memory_reference.h"

#include <errno.h>
#include <sys/mman.h>

struct far_value {
    uint64_t key;
    unsigned char content[65528];
};

/* The set is the hash's top bits, for there are 2^13 sets; the tag its lowest. */
#define CACHE_MAP_NAME            far_map
#define CACHE_MAP_VALUE           struct far_value
#define CACHE_MAP_KEY             uint64_t
#define CACHE_MAP_KEY_OF(value)   ((value)->key)
#define CACHE_MAP_HASH(key, seed) ((key) ^ (seed))
#include "cache_map.h"

struct near_value {
    uint64_t key, number;
};
#define CACHE_MAP_NAME            near_map
#define CACHE_MAP_VALUE           struct near_value
#define CACHE_MAP_KEY             uint64_t
#define CACHE_MAP_KEY_OF(value)   ((value)->key)
#define CACHE_MAP_HASH(key, seed) ((key) ^ (seed))
#include "cache_map.h"

enum { WAYS = 16, SET_BITS = 13, SETS = 1 << SET_BITS };
static const struct memory_shape far_shape = {WAYS, 8, 2, sizeof(struct far_value), 8};
static const struct memory_shape near_shape = {WAYS, 8, 2, sizeof(struct near_value), 8};

static uint64_t key_in(uint64_t set, uint64_t number) {
    return set << (64 - SET_BITS) | number;
}

/* ---- The mapping. ------------------------------------------------------------------------ */

struct far_block {
    unsigned char *memory;
    size_t size;
    struct memory_reference reference;
};

/* The block that these options need, by the reference. Skips the test where there is none to have. */
static struct far_block block_map(const struct memory_shape *shape,
                                  const struct cache_map_options *options) {
    const struct memory_reference reference =
        memory_reference_make(shape, options->cache_value_count_max, options->stash_value_count_max,
                              options->scope_value_count_max);
    struct far_block block = {NULL, (size_t)reference.size.low, reference};
    void *memory;
    assert_true(wide_fits(reference.size, SIZE_MAX));
    memory = mmap(NULL, block.size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        printf("SKIPPED: this system refuses a mapping of %zu bytes without memory behind it (%s), "
               "so a map of that "
               "size is not tested\n",
               block.size, strerror(errno));
        skip();
    }
    block.memory = (unsigned char *)memory;
    return block;
}

static void block_unmap(const struct far_block *block) {
    assert_int_equal(munmap(block->memory, block->size), 0);
}

static const unsigned char *place_of(const struct far_block *block, enum memory_array array,
                                     uint64_t index, uint64_t item_size) {
    return block->memory + block->reference.offsets[array].low + index * item_size;
}

/* ---- Values of 64 KiB. ------------------------------------------------------------------- */

static void far_make(struct far_value *value, uint64_t key, unsigned version) {
    value->key = key;
    for (size_t i = 0; i < sizeof value->content; i += 1)
        value->content[i] = (unsigned char)(key * 7 + (key >> 50) + version * 31 + i / 256 + i);
}

static enum cache_map_status far_put(struct far_map *map, uint64_t key, unsigned version) {
    static struct far_value value;
    far_make(&value, key, version);
    return far_map_upsert(map, &value);
}

static void far_expect_bytes(const struct far_value *found, uint64_t key, unsigned version) {
    static struct far_value value;
    far_make(&value, key, version);
    assert_non_null(found);
    assert_memory_equal(found, &value, sizeof value);
}

/* The key is in this slot, or in this entry of the stash, with these bytes. */
static void expect_slot(struct far_map *map, const struct far_block *block, uint64_t key,
                        uint64_t slot, unsigned version) {
    const struct far_value *found = far_map_get(map, key);
    assert_ptr_equal(found, place_of(block, MEMORY_CACHE_VALUES, slot, sizeof *found));
    far_expect_bytes(found, key, version);
}

static void expect_entry(struct far_map *map, const struct far_block *block, uint64_t key,
                         uint32_t entry, unsigned version) {
    const struct cache_map_entry_view view = far_map_inspect_entry(map, entry);
    const struct far_value *found = far_map_get(map, key);
    assert_ptr_equal(view.value, place_of(block, MEMORY_STASH_VALUES, entry, sizeof *found));
    assert_ptr_equal(found, view.value);
    far_expect_bytes(found, key, version);
}

static struct far_block far_init(struct far_map *map, uint64_t slots, uint64_t stash,
                                 uint64_t scope) {
    const struct cache_map_options options = unit_options(slots, stash, scope);
    const struct far_block block = block_map(&far_shape, &options);
    size_t size = 0;
    assert_status(far_map_memory_size(&options, &size), CACHE_MAP_OK);
    assert_int_equal(size, block.size);
    assert_true(block.size > UINT64_C(4) << 30);
    assert_status(far_map_init_in_memory(map, &options, block.memory, block.size), CACHE_MAP_OK);
    return block;
}

/* ---- The far ends of each array. --------------------------------------------------------- */

static const uint64_t sets[] = {0, 1, SETS / 2 - 1, SETS / 2, SETS - 2, SETS - 1};

/* 8 GiB of slots: the last is beyond 4 GiB, and so is where the stash begins. */
static void slots_beyond_4_gib(void **state) {
    const uint64_t last = SETS - 1, victim = key_in(last, 0), extra = key_in(last, WAYS);
    struct far_map map;
    const struct far_block block = far_init(&map, SETS * WAYS, 100, 100);
    (void)state;
    assert_true(block.reference.offsets[MEMORY_STASH_VALUES].low > UINT32_MAX);
    for (size_t i = 0; i < UNIT_COUNT_OF(sets); i += 1)
        for (uint64_t way = 0; way < WAYS; way += 1)
            assert_status(far_put(&map, key_in(sets[i], way), 1), CACHE_MAP_INSERTED);
    for (size_t i = 0; i < UNIT_COUNT_OF(sets); i += 1)
        for (uint64_t way = 0; way < WAYS; way += 1)
            far_expect_bytes(
                (const struct far_value *)(const void *)place_of(
                    &block, MEMORY_CACHE_VALUES, sets[i] * WAYS + way, sizeof(struct far_value)),
                key_in(sets[i], way), 1);
    assert_status(far_put(&map, extra, 1), CACHE_MAP_INSERTED); /* all counts are 1 */
    expect_slot(&map, &block, extra, last * WAYS, 1);
    expect_entry(&map, &block, victim, 0, 1);

    assert_status(far_map_scope_open(&map), CACHE_MAP_OK);
    assert_status(far_put(&map, extra, 2), CACHE_MAP_UPDATED);
    assert_ptr_equal(far_map_inspect_record(&map, 0).overwritten,
                     place_of(&block, MEMORY_SCOPE_VALUES, 0, sizeof(struct far_value)));
    assert_status(far_put(&map, victim, 2), CACHE_MAP_UPDATED);
    assert_status(far_map_remove(&map, key_in(last, WAYS - 1)), CACHE_MAP_REMOVED);
    assert_int_equal(far_map_check(&map), CACHE_MAP_INVARIANT_NONE);
    assert_status(far_map_scope_close(&map, CACHE_MAP_SCOPE_DISCARD), CACHE_MAP_OK);
    expect_slot(&map, &block, extra, last * WAYS, 1);
    expect_entry(&map, &block, victim, 0, 1);
    for (size_t i = 0; i < UNIT_COUNT_OF(sets); i += 1)
        for (uint64_t way = 1; way < WAYS; way += 1)
            expect_slot(&map, &block, key_in(sets[i], way), sets[i] * WAYS + way, 1);
    assert_status(far_map_remove(&map, extra), CACHE_MAP_REMOVED);
    assert_null(far_map_get(&map, extra));
    assert_status(far_put(&map, extra, 3), CACHE_MAP_REVIVED); /* its way is the free one */
    expect_slot(&map, &block, extra, last * WAYS, 3);
    far_map_deinit(&map);
    block_unmap(&block);
}

enum { ENTRIES = 140000, FILLED = 139000 };

/* 9 GiB of entries, of which all but the last thousand are as if they were there. */
static void entries_beyond_4_gib(void **state) {
    const uint64_t a = key_in(1, 1), b = key_in(2, 2);
    struct far_map map;
    const struct far_block block = far_init(&map, 0, ENTRIES, 10);
    (void)state;
    map.base.stash.count = FILLED;
    assert_status(far_put(&map, a, 1), CACHE_MAP_INSERTED);
    assert_status(far_put(&map, b, 1), CACHE_MAP_INSERTED);
    expect_entry(&map, &block, a, FILLED, 1);
    expect_entry(&map, &block, b, FILLED + 1, 1);
    assert_status(far_put(&map, a, 2), CACHE_MAP_UPDATED);
    expect_entry(&map, &block, a, FILLED, 2);
    assert_status(far_map_scope_open(&map), CACHE_MAP_OK);
    assert_status(far_put(&map, a, 3), CACHE_MAP_UPDATED);
    assert_status(far_map_remove(&map, b), CACHE_MAP_REMOVED);
    assert_status(far_put(&map, key_in(3, 3), 3), CACHE_MAP_INSERTED);
    expect_entry(&map, &block, key_in(3, 3), FILLED + 2, 3);
    assert_status(far_map_scope_close(&map, CACHE_MAP_SCOPE_DISCARD), CACHE_MAP_OK);
    expect_entry(&map, &block, a, FILLED, 2);
    expect_entry(&map, &block, b, FILLED + 1, 1);
    assert_int_equal(far_map_inspect_counts(&map).stash_count, FILLED + 2);
    map.base.stash.count = ENTRIES;
    assert_status(far_put(&map, key_in(3, 3), 3), CACHE_MAP_STASH_FULL);
    assert_status(far_map_compact(&map), CACHE_MAP_OK);
    assert_null(far_map_get(&map, a));
    assert_null(far_map_get(&map, b));
    far_map_deinit(&map);
    block_unmap(&block);
}

/* An entry that leaves between far ones: the last takes its place, and gives it back. */
static void entries_that_move_beyond_4_gib(void **state) {
    const uint64_t a = key_in(0, 1), b = key_in(0, 2);
    struct far_map map;
    const struct far_block block = far_init(&map, WAYS, ENTRIES, 10);
    (void)state;
    map.base.stash.count = FILLED;
    assert_status(far_put(&map, a, 1), CACHE_MAP_INSERTED);
    assert_status(far_put(&map, b, 1), CACHE_MAP_INSERTED);
    assert_status(far_map_remove(&map, a), CACHE_MAP_REMOVED); /* tombstones of entries FILLED */
    assert_status(far_map_remove(&map, b), CACHE_MAP_REMOVED); /* and FILLED + 1 */
    assert_status(far_map_scope_open(&map), CACHE_MAP_OK);
    assert_status(far_put(&map, a, 2), CACHE_MAP_REVIVED); /* into the cache */
    assert_ptr_equal(far_map_inspect_entry(&map, FILLED).value,
                     place_of(&block, MEMORY_STASH_VALUES, FILLED, sizeof(struct far_value)));
    far_expect_bytes(far_map_inspect_entry(&map, FILLED).value, b, 1);
    assert_status(far_map_scope_close(&map, CACHE_MAP_SCOPE_DISCARD), CACHE_MAP_OK);
    far_expect_bytes(far_map_inspect_entry(&map, FILLED).value, a, 1);
    far_expect_bytes(far_map_inspect_entry(&map, FILLED + 1).value, b, 1);
    far_map_deinit(&map);
    block_unmap(&block);
}

/* 9 GiB of values that a scope keeps. */
static void records_beyond_4_gib(void **state) {
    const uint64_t key = key_in(0, 1);
    struct far_map map;
    const struct far_block block = far_init(&map, WAYS, 10, ENTRIES);
    (void)state;
    assert_status(far_put(&map, key, 1), CACHE_MAP_INSERTED);
    assert_status(far_map_scope_open(&map), CACHE_MAP_OK);
    map.base.log.count = FILLED;
    assert_status(far_put(&map, key, 2), CACHE_MAP_UPDATED);
    assert_ptr_equal(far_map_inspect_record(&map, FILLED).overwritten,
                     place_of(&block, MEMORY_SCOPE_VALUES, FILLED, sizeof(struct far_value)));
    far_expect_bytes(far_map_inspect_record(&map, FILLED).overwritten, key, 1);
    cache_map_undo(&far_map_cache_map_layout, &map.base, FILLED);
    expect_slot(&map, &block, key, 0, 1);
    map.base.log.count = ENTRIES;
    assert_status(far_put(&map, key, 3), CACHE_MAP_SCOPE_FULL);
    map.base.log.count = 0;
    assert_status(far_map_scope_close(&map, CACHE_MAP_SCOPE_PERSIST), CACHE_MAP_OK);
    far_map_deinit(&map);
    block_unmap(&block);
}

/* More records than 32 bits count: 137 GB, of which next to nothing is written. */
static void more_than_2_to_the_32_records(void **state) {
    const uint64_t records = (UINT64_C(1) << 32) + 10, filled = (UINT64_C(1) << 32) + 5;
    const struct cache_map_options options = unit_options(WAYS, 10, records);
    const struct far_block block = block_map(&near_shape, &options);
    struct near_value value = {5, 1};
    const struct near_value *overwritten;
    struct near_map map;
    (void)state;
    assert_status(near_map_init_in_memory(&map, &options, block.memory, block.size), CACHE_MAP_OK);
    assert_true(near_map_inspect_counts(&map).scope_count_max == records);
    assert_status(near_map_upsert(&map, &value), CACHE_MAP_INSERTED);
    assert_status(near_map_scope_open(&map), CACHE_MAP_OK);
    map.base.log.count = filled;
    value.number = 2;
    assert_status(near_map_upsert(&map, &value), CACHE_MAP_UPDATED);
    assert_true(near_map_inspect_counts(&map).scope_count == filled + 1);
    assert_ptr_equal(&map.base.log.records[filled], place_of(&block, MEMORY_RECORDS, filled, 16));
    overwritten = (const struct near_value *)near_map_inspect_record(&map, filled).overwritten;
    assert_ptr_equal(overwritten, place_of(&block, MEMORY_SCOPE_VALUES, filled, sizeof value));
    assert_int_equal(overwritten->number, 1);
    cache_map_undo(&near_map_cache_map_layout, &map.base, filled);
    assert_int_equal(near_map_get(&map, 5)->number, 1);
    map.base.log.count = records;
    assert_status(near_map_upsert(&map, &value), CACHE_MAP_SCOPE_FULL);
    map.base.log.count = 0;
    assert_status(near_map_scope_close(&map, CACHE_MAP_SCOPE_PERSIST), CACHE_MAP_OK);
    near_map_deinit(&map);
    block_unmap(&block);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_beyond_4_gib),
        cmocka_unit_test(entries_beyond_4_gib),
        cmocka_unit_test(entries_that_move_beyond_4_gib),
        cmocka_unit_test(records_beyond_4_gib),
        cmocka_unit_test(more_than_2_to_the_32_records),
    };
    return cmocka_run_group_tests_name("large memory", tests, NULL, NULL);
}
