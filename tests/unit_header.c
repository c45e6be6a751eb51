/* SPDX-License-Identifier: Apache-2.0 */
/* The public header by itself: several maps in one file (unit_header_maps.h), each typed function called, and
 * failed assertions routed elsewhere by CACHE_MAP_ASSERT. unit_header.cpp compiles the same text as
 * C++17. */
#include "unit_header_maps.h"

/* The header takes its parameters away again. */
#if defined(CACHE_MAP_NAME) || defined(CACHE_MAP_VALUE) || defined(CACHE_MAP_KEY) || \
    defined(CACHE_MAP_KEY_OF) || defined(CACHE_MAP_KEY_EQUAL) || defined(CACHE_MAP_HASH) || \
    defined(CACHE_MAP_WAYS) || defined(CACHE_MAP_TAG_BITS) || defined(CACHE_MAP_CLOCK_BITS) || \
    defined(CACHE_MAP_POLICY) || defined(CACHE_MAP_THIS) || defined(CACHE_MAP_FUNCTION) || \
    defined(CACHE_MAP_REFUSED) || defined(CACHE_MAP_LINKAGE) || defined(CACHE_MAP_DECLARE) || \
    defined(CACHE_MAP_DEFINE) || defined(CACHE_MAP_VALUE_GONE) || \
    defined(CACHE_MAP_VALUE_GONE_FUNCTION)
#    error "cache_map.h leaves a parameter defined"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif
#include <cmocka.h>
#ifdef __cplusplus
}
#endif

/* ---- Failed assertions. ------------------------------------------------------------------ */

static jmp_buf assertion_escape;
static bool assertion_expected;
static const char *assertion_condition;

static void header_assertion_failed(const char *condition) {
    if (!assertion_expected)
        fail_msg("assertion failed: %s", condition);
    assertion_condition = condition;
    longjmp(assertion_escape, 1);
}

/* Runs a call that must fail an assertion, the one whose text starts with `start`. */
#define expect_assertion(start, call) \
    do { \
        assertion_expected = true; \
        assertion_condition = NULL; \
        if (setjmp(assertion_escape) == 0) { \
            (void)(call); \
        } \
        assertion_expected = false; \
        if (assertion_condition == NULL) \
            fail_msg("%s failed no assertion", #call); \
        if (strncmp(assertion_condition, start, strlen(start)) != 0) \
            fail_msg("%s failed the assertion %s", #call, assertion_condition); \
    } while (0)

/* Static: they live through longjmp. */
static struct account_cache accounts;
static struct account_cache *no_accounts;
static const struct account *no_account;
static const struct cache_map_options small_options = {16, 8, 4, 1};

static void a_null_map_is_a_failed_assertion(void **state) {
    static const struct account account = {1, 2};
    static struct account *found;
    (void)state;
    expect_assertion("map != NULL", account_cache_init(no_accounts, &small_options, NULL));
    expect_assertion("map != NULL", account_cache_deinit(no_accounts));
    expect_assertion("map != NULL", account_cache_reset(no_accounts));
    expect_assertion("map != NULL", account_cache_lookup(no_accounts, 1, &found));
    expect_assertion("map != NULL", account_cache_get(no_accounts, 1));
    expect_assertion("map != NULL", account_cache_has(no_accounts, 1));
    expect_assertion("map != NULL", account_cache_demote(no_accounts, 1));
    expect_assertion("map != NULL", account_cache_prefetch(no_accounts, 1));
    expect_assertion("map != NULL", account_cache_get_many(no_accounts, NULL, 0, NULL));
    expect_assertion("map != NULL", account_cache_upsert_many(no_accounts, NULL, 0, NULL));
    expect_assertion("map != NULL", account_cache_upsert(no_accounts, &account));
    expect_assertion("map != NULL", account_cache_remove(no_accounts, 1));
    expect_assertion("map != NULL", account_cache_scope_open(no_accounts));
    expect_assertion("map != NULL",
                     account_cache_scope_close(no_accounts, CACHE_MAP_SCOPE_DISCARD));
    expect_assertion("map != NULL", account_cache_compact(no_accounts));
}

static struct cache_map_set_view set_view;
static struct cache_map_cursor cursor;
static const struct account *no_account_found;

static void inspection_of_a_null_map_is_a_failed_assertion(void **state) {
    (void)state;
    expect_assertion("map != NULL", account_cache_inspect_counts(no_accounts));
    expect_assertion("map != NULL", account_cache_inspect_slot(no_accounts, 0, 0));
    expect_assertion("map != NULL", account_cache_inspect_hand(no_accounts, 0));
    expect_assertion("map != NULL", account_cache_inspect_set(no_accounts, 0, &set_view));
    expect_assertion("map != NULL", account_cache_inspect_entry(no_accounts, 0));
    expect_assertion("map != NULL", account_cache_inspect_record(no_accounts, 0));
    expect_assertion("map != NULL", account_cache_inspect_place(no_accounts, 1));
    expect_assertion("map != NULL", account_cache_check(no_accounts));
    expect_assertion("map != NULL", account_cache_each(no_accounts, &cursor, &no_account_found));
}

static void a_null_argument_is_a_failed_assertion(void **state) {
    static const struct account account = {1, 2};
    static const uint64_t key = 1;
    static struct account *found;
    static enum cache_map_status status;
    static size_t size;
    (void)state;
    expect_assertion("options != NULL", account_cache_memory_size(NULL, &size));
    expect_assertion("options != NULL", account_cache_memory_size(&small_options, NULL));
    expect_assertion("map != NULL && options != NULL", account_cache_init(&accounts, NULL, NULL));
    expect_assertion("memory != NULL",
                     account_cache_init_in_memory(&accounts, &small_options, NULL, 1u << 20));
    expect_assertion("map != NULL",
                     account_cache_init_in_memory(no_accounts, &small_options, &found, 0));
    assert_int_equal(account_cache_init(&accounts, &small_options, NULL), CACHE_MAP_OK);
    expect_assertion("map != NULL && value != NULL", account_cache_upsert(&accounts, no_account));
    expect_assertion("map != NULL && value != NULL", account_cache_lookup(&accounts, 1, NULL));
    expect_assertion("map != NULL && cursor",
                     account_cache_each(&accounts, NULL, &no_account_found));
    expect_assertion("map != NULL && cursor", account_cache_each(&accounts, &cursor, NULL));
    expect_assertion("map != NULL && ", account_cache_get_many(&accounts, &key, 1, NULL));
    expect_assertion("map != NULL && ", account_cache_get_many(&accounts, NULL, 1, &found));
    expect_assertion("map != NULL && ", account_cache_upsert_many(&accounts, &account, 1, NULL));
    expect_assertion("map != NULL && ", account_cache_upsert_many(&accounts, NULL, 1, &status));
    assert_int_equal(account_cache_get_many(&accounts, NULL, 0, NULL), 0);
    assert_int_equal(account_cache_upsert_many(&accounts, NULL, 0, NULL), 0);
#ifndef __cplusplus /* where there is no enum of another value */
    expect_assertion("mode ==", account_cache_scope_close(&accounts, (enum cache_map_scope_mode)3));
#endif
    account_cache_deinit(&accounts);
}

static void a_map_of_zeros_is_a_failed_assertion(void **state) {
    static const struct account account = {1, 2};
    static struct account *found;
    (void)state;
    memset(&accounts, 0, sizeof accounts);
    expect_assertion("map->memory != NULL", account_cache_deinit(&accounts));
    expect_assertion("map->memory != NULL", account_cache_reset(&accounts));
    expect_assertion("map->memory != NULL", account_cache_lookup(&accounts, 1, &found));
    expect_assertion("map->memory != NULL", account_cache_get(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_has(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_demote(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_prefetch(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_upsert(&accounts, &account));
    expect_assertion("map->memory != NULL", account_cache_remove(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_scope_open(&accounts));
    expect_assertion("map->memory != NULL",
                     account_cache_scope_close(&accounts, CACHE_MAP_SCOPE_DISCARD));
    expect_assertion("map->memory != NULL", account_cache_compact(&accounts));
}

static void inspection_of_a_map_of_zeros_is_a_failed_assertion(void **state) {
    (void)state;
    memset(&accounts, 0, sizeof accounts);
    expect_assertion("map->memory != NULL", account_cache_inspect_counts(&accounts));
    expect_assertion("map->memory != NULL", account_cache_inspect_place(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_check(&accounts));
    expect_assertion("map->memory != NULL",
                     account_cache_each(&accounts, &cursor, &no_account_found));
    /* No number is in the range of a map that holds nothing. */
    expect_assertion("set < ", account_cache_inspect_slot(&accounts, 0, 0));
    expect_assertion("set < ", account_cache_inspect_hand(&accounts, 0));
    expect_assertion("set < ", account_cache_inspect_set(&accounts, 0, &set_view));
    expect_assertion("entry < ", account_cache_inspect_entry(&accounts, 0));
    expect_assertion("index < ", account_cache_inspect_record(&accounts, 0));
}

static void a_second_deinit_is_a_failed_assertion(void **state) {
    (void)state;
    assert_int_equal(account_cache_init(&accounts, &small_options, NULL), CACHE_MAP_OK);
    account_cache_deinit(&accounts);
    expect_assertion("map->memory != NULL", account_cache_deinit(&accounts));
    expect_assertion("map->memory != NULL", account_cache_get(&accounts, 1));
    expect_assertion("map->memory != NULL", account_cache_inspect_counts(&accounts));
    expect_assertion("map->memory != NULL", account_cache_check(&accounts));
}

/* Inspection past the end is misuse, not a read. */
static void inspection_out_of_range_is_a_failed_assertion(void **state) {
    (void)state;
    assert_int_equal(account_cache_init(&accounts, &small_options, NULL), CACHE_MAP_OK);
    expect_assertion("set < ", account_cache_inspect_slot(&accounts, 1, 0));
    expect_assertion("set < ", account_cache_inspect_slot(&accounts, 0, 16));
    expect_assertion("set < ", account_cache_inspect_hand(&accounts, 1));
    expect_assertion("set < ", account_cache_inspect_set(&accounts, 1, &set_view));
    expect_assertion("map != NULL && view != NULL", account_cache_inspect_set(&accounts, 0, NULL));
    expect_assertion("entry < ", account_cache_inspect_entry(&accounts, 0));
    expect_assertion("index < ", account_cache_inspect_record(&accounts, 0));
    account_cache_deinit(&accounts);
}

/* ---- The whole interface, once. ---------------------------------------------------------- */

static void each_function_once(void **state) {
    const struct account first = {7, 100}, second = {8, 200};
    struct account_cache map;
    struct account *found = NULL;
    enum cache_map_status status = CACHE_MAP_OK;
    size_t size = 0;
    (void)state;
    assert_int_equal(account_cache_memory_size(&small_options, &size), CACHE_MAP_OK);
    assert_true(size > 0 && account_cache_memory_alignment() == 64);
    assert_int_equal(account_cache_init(&map, &small_options, NULL), CACHE_MAP_OK);
    assert_int_equal(account_cache_upsert(&map, &first), CACHE_MAP_INSERTED);
    assert_int_equal(account_cache_lookup(&map, 7, &found), CACHE_MAP_FOUND);
    assert_int_equal(found->balance, 100);
    assert_ptr_equal(account_cache_get(&map, 7), found);
    assert_true(account_cache_has(&map, 7));
    account_cache_prefetch(&map, 7);
    assert_int_equal(account_cache_get_many(&map, &first.id, 1, &found), 1);
    assert_int_equal(found->balance, 100);
    assert_int_equal(account_cache_upsert_many(&map, &first, 1, &status), 1);
    assert_int_equal(status, CACHE_MAP_UPDATED);
    account_cache_demote(&map, 7);
    assert_int_equal(account_cache_scope_open(&map), CACHE_MAP_OK);
    assert_int_equal(account_cache_upsert(&map, &second), CACHE_MAP_INSERTED);
    assert_int_equal(account_cache_inspect_record(&map, 0).before, CACHE_MAP_PLACE_ABSENT);
    assert_int_equal(account_cache_scope_close(&map, CACHE_MAP_SCOPE_DISCARD), CACHE_MAP_OK);
    assert_false(account_cache_has(&map, 8));
    assert_int_equal(account_cache_remove(&map, 7), CACHE_MAP_REMOVED);
    assert_int_equal(account_cache_lookup(&map, 7, &found), CACHE_MAP_TOMBSTONE);
    assert_null(found);
    assert_true(account_cache_inspect_entry(&map, 0).tombstone);
    assert_int_equal(account_cache_inspect_place(&map, 7).place, CACHE_MAP_PLACE_STASH_TOMBSTONE);
    assert_int_equal(account_cache_inspect_slot(&map, 0, 0).count, 0);
    assert_true(account_cache_inspect_hand(&map, 0) < 16);
    assert_int_equal(account_cache_inspect_counts(&map).stash_count, 1);
    assert_int_equal(account_cache_check(&map), CACHE_MAP_INVARIANT_NONE);
    assert_int_equal(account_cache_compact(&map), CACHE_MAP_OK);
    assert_int_equal(account_cache_lookup(&map, 7, &found), CACHE_MAP_ABSENT);
    assert_int_equal(account_cache_reset(&map), CACHE_MAP_OK);
    account_cache_deinit(&map);
}

/* A walk, and values that own something: typed, in C and in C++. */
static void values_that_own_something(void **state) {
    uint64_t given_up[3] = {0, 0, 0};
    const struct owner first = {1, &given_up[0]}, second = {1, &given_up[1]},
                       third = {2, &given_up[2]};
    struct cache_map_cursor at = {0, 0};
    const struct owner *found = NULL;
    struct owner_cache map;
    (void)state;
    gone_count = 0;
    assert_int_equal(owner_cache_init(&map, &small_options, NULL), CACHE_MAP_OK);
    assert_int_equal(owner_cache_upsert(&map, &first), CACHE_MAP_INSERTED);
    assert_int_equal(owner_cache_upsert(&map, &second), CACHE_MAP_UPDATED);
    assert_int_equal(given_up[0], 1);
    assert_int_equal(owner_cache_upsert(&map, owner_cache_get(&map, 1)), CACHE_MAP_UPDATED);
    assert_int_equal(given_up[1], 0);
    assert_int_equal(owner_cache_upsert(&map, &third), CACHE_MAP_INSERTED);
    assert_int_equal(owner_cache_remove(&map, 1), CACHE_MAP_REMOVED);
    assert_int_equal(given_up[1], 1);
    assert_int_equal(owner_cache_each(&map, &at, &found), CACHE_MAP_FOUND);
    assert_ptr_equal(found->given_up, &given_up[2]);
    assert_int_equal(owner_cache_each(&map, &at, &found), CACHE_MAP_TOMBSTONE);
    assert_int_equal(found->id, 1);
    assert_int_equal(owner_cache_each(&map, &at, &found), CACHE_MAP_ABSENT);
    assert_null(found);
    owner_cache_deinit(&map);
    assert_int_equal(given_up[2], 1);
    assert_int_equal(gone_count, 3);
}

/* The seed is mixed once a map: that gives the hash which is documented, for each seed. */
static void the_default_hash_is_the_one_that_is_documented(void **state) {
    static const uint64_t seeds[] = {0, 1, UINT64_C(0x0123456789abcdef), UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i += 1) {
        const struct cache_map_options options = {16 * 64, 64, 4, seeds[i]};
        struct account_cache map;
        assert_int_equal(account_cache_init(&map, &options, NULL), CACHE_MAP_OK);
        for (uint64_t id = 0; id < 200; id += 1) {
            const struct account account = {id * id * UINT64_C(0x100000001), 1};
            const uint64_t hash = cache_map_hash_64(account.id, seeds[i]);
            struct cache_map_place_view place;
            (void)account_cache_upsert(&map, &account);
            place = account_cache_inspect_place(&map, account.id);
            assert_int_equal(place.place, CACHE_MAP_PLACE_CACHE);
            assert_int_equal(place.set, cache_map_range_of_hash(hash, 64));
            assert_int_equal(account_cache_inspect_slot(&map, place.set, place.way).tag,
                             hash & 0xff);
        }
        account_cache_deinit(&map);
    }
}

static void a_map_in_the_callers_memory(void **state) {
    static const struct cache_map_options options = {0, 4, 2, 0};
    static uint64_t words[1024];
    const uintptr_t aligned = ((uintptr_t)words + 63) / 64 * 64;
    unsigned char *memory = (unsigned char *)words + (aligned - (uintptr_t)words);
    const struct account account = {9, 1};
    struct account_cache map;
    (void)state;
    assert_int_equal(account_cache_init_in_memory(&map, &options, memory, sizeof words - 64),
                     CACHE_MAP_OK);
    assert_int_equal(account_cache_upsert(&map, &account), CACHE_MAP_INSERTED);
    assert_true(account_cache_has(&map, 9));
    account_cache_deinit(&map);
}

/* A status where the size is too small, whatever the memory is; then an assertion. */
static void memory_that_is_none(void **state) {
    static uint64_t words[1024];
    static unsigned char *memory;
    static unsigned offset;
    const struct cache_map_options invalid = {3, 8, 4, 1};
    size_t needed = 0;
    (void)state;
    memory = (unsigned char *)words + (64 - (uintptr_t)words % 64) % 64;
    assert_int_equal(account_cache_memory_size(&small_options, &needed), CACHE_MAP_OK);
    assert_true(needed + 128 <= sizeof words);
    assert_int_equal(account_cache_init_in_memory(&accounts, &small_options, NULL, 0),
                     CACHE_MAP_OUT_OF_MEMORY);
    assert_int_equal(account_cache_init_in_memory(&accounts, &small_options, NULL, needed - 1),
                     CACHE_MAP_OUT_OF_MEMORY);
    assert_int_equal(account_cache_init_in_memory(&accounts, &small_options, memory, needed - 1),
                     CACHE_MAP_OUT_OF_MEMORY);
    assert_int_equal(account_cache_init_in_memory(&accounts, &small_options, memory + 1, 0),
                     CACHE_MAP_OUT_OF_MEMORY);
    assert_int_equal(account_cache_init_in_memory(&accounts, &invalid, NULL, 0),
                     CACHE_MAP_OPTIONS_INVALID);
    expect_assertion("memory != NULL",
                     account_cache_init_in_memory(&accounts, &small_options, NULL, 1u << 20));
    for (offset = 1; offset < 64; offset *= 2)
        expect_assertion("((uintptr_t)memory & ",
                         account_cache_init_in_memory(&accounts, &small_options, memory + offset,
                                                      sizeof words - 128));
    assert_int_equal(account_cache_init_in_memory(&accounts, &small_options, memory, needed),
                     CACHE_MAP_OK);
    account_cache_deinit(&accounts);
}

/* ---- upsert_many of what lies in the map, and beside it. --------------------------------- */

enum { BESIDE_COUNT = 3 };

/* A map in the middle of this block has other accounts right before and right behind it. */
static uint64_t many_words[1024];
static enum cache_map_status many_statuses[BESIDE_COUNT];
static const struct account *many_values;

static struct account *many_map_init(size_t *needed) {
    const uintptr_t start = ((uintptr_t)many_words + 64 + 63) / 64 * 64;
    unsigned char *memory = (unsigned char *)many_words + (start - (uintptr_t)many_words);
    assert_int_equal(account_cache_memory_size(&small_options, needed), CACHE_MAP_OK);
    assert_true(*needed + 256 <= sizeof many_words);
    assert_int_equal(
        account_cache_init_in_memory(&accounts, &small_options, memory, sizeof many_words - 128),
        CACHE_MAP_OK);
    return (struct account *)(void *)memory;
}

static void upsert_many_takes_values_beside_the_map(void **state) {
    size_t needed = 0;
    struct account *start = many_map_init(&needed);
    struct account *const places[] = {start - BESIDE_COUNT, start + needed / sizeof *start};
    (void)state;
    for (unsigned place = 0; place < 2; place += 1) {
        for (unsigned i = 0; i < BESIDE_COUNT; i += 1) {
            places[place][i].id = place * 10 + i;
            places[place][i].balance = i;
        }
        assert_int_equal(
            account_cache_upsert_many(&accounts, places[place], BESIDE_COUNT, many_statuses),
            BESIDE_COUNT);
    }
    assert_int_equal(account_cache_inspect_counts(&accounts).cache_value_count, 2 * BESIDE_COUNT);
    /* No value is read of none, wherever it is. */
    assert_int_equal(account_cache_upsert_many(&accounts, start, 0, many_statuses), 0);
    account_cache_deinit(&accounts);
}

static void expect_refused(const struct account *values, size_t count) {
    many_values = values;
    expect_assertion("!cache_map_overlaps(",
                     account_cache_upsert_many(&accounts, many_values, count, many_statuses));
}

static void upsert_many_of_values_in_the_map_is_a_failed_assertion(void **state) {
    const struct account first = {1, 10}, second = {1, 20}, third = {2, 30};
    size_t needed = 0;
    struct account *start = many_map_init(&needed);
    (void)state;
    assert_int_equal(account_cache_upsert(&accounts, &first), CACHE_MAP_INSERTED);
    assert_int_equal(account_cache_upsert(&accounts, &third), CACHE_MAP_INSERTED);
    assert_int_equal(account_cache_remove(&accounts, 2), CACHE_MAP_REMOVED);
    assert_int_equal(account_cache_scope_open(&accounts), CACHE_MAP_OK);
    assert_int_equal(account_cache_upsert(&accounts, &second), CACHE_MAP_UPDATED);
    expect_refused(account_cache_get(&accounts, 1), 1);
    expect_refused((const struct account *)account_cache_inspect_entry(&accounts, 0).value, 1);
    expect_refused((const struct account *)account_cache_inspect_record(&accounts, 0).overwritten,
                   2);
    expect_refused((const struct account *)(const void *)accounts.base.scratch, 1);
    expect_refused(start, 1);
    expect_refused(start - 1, 2); /* its end is in the map */
    expect_refused(start + needed / sizeof *start - 1, BESIDE_COUNT);
    expect_refused(start - 1, SIZE_MAX / sizeof *start + 2); /* around the map; bytes wrap */
    account_cache_deinit(&accounts);
}

/* Three maps of three types, used in turn: each knows its own keys only. */
static void maps_of_several_types_live_side_by_side(void **state) {
    struct account_cache account_map;
    struct pixel_cache pixel_map;
    struct number_set number_map;
    (void)state;
    assert_int_equal(account_cache_init(&account_map, &small_options, NULL), CACHE_MAP_OK);
    assert_int_equal(pixel_cache_init(&pixel_map, &small_options, NULL), CACHE_MAP_OK);
    assert_int_equal(number_set_init(&number_map, &small_options, NULL), CACHE_MAP_OK);
    for (int32_t i = 0; i < 8; i += 1) {
        const struct account account = {(uint64_t)i, i * 10};
        const struct pixel pixel = {{i, -i}, (uint32_t)i};
        const uint32_t number = (uint32_t)i * 3;
        assert_int_equal(account_cache_upsert(&account_map, &account), CACHE_MAP_INSERTED);
        assert_int_equal(pixel_cache_upsert(&pixel_map, &pixel), CACHE_MAP_INSERTED);
        assert_int_equal(number_set_upsert(&number_map, &number), CACHE_MAP_INSERTED);
    }
    for (int32_t i = 0; i < 8; i += 1) {
        const struct point at = {i, -i}, elsewhere = {i + 1, -i};
        assert_int_equal(account_cache_get(&account_map, (uint64_t)i)->balance, i * 10);
        assert_int_equal(pixel_cache_get(&pixel_map, at)->colour, i);
        assert_null(pixel_cache_get(&pixel_map, elsewhere));
        assert_true(number_set_has(&number_map, (uint32_t)i * 3));
        assert_false(number_set_has(&number_map, (uint32_t)i * 3 + 1));
    }
    assert_int_equal(pixel_cache_check(&pixel_map), CACHE_MAP_INVARIANT_NONE);
    account_cache_deinit(&account_map);
    pixel_cache_deinit(&pixel_map);
    number_set_deinit(&number_map);
}

enum { SETTING_COUNT = 40 };
static struct setting settings[SETTING_COUNT];
static char setting_names[SETTING_COUNT][8], setting_copies[SETTING_COUNT][8];

static void make_settings(void) {
    for (int i = 0; i < SETTING_COUNT; i += 1) {
        (void)snprintf(setting_names[i], sizeof setting_names[i], "s%d", i);
        memcpy(setting_copies[i], setting_names[i], sizeof setting_names[i]);
        settings[i].name = setting_names[i];
        settings[i].number = i;
    }
}

static const struct cache_map_options pointer_options = {16, SETTING_COUNT, 4, 1};

/* Equal texts at other addresses are equal keys, in the cache and in the stash. */
static void texts_are_keys(void **state) {
    enum cache_map_status statuses[SETTING_COUNT];
    const char *keys[SETTING_COUNT];
    struct setting *found[SETTING_COUNT];
    struct setting_cache map;
    (void)state;
    make_settings();
    assert_int_equal(setting_cache_init(&map, &pointer_options, NULL), CACHE_MAP_OK);
    assert_int_equal(setting_cache_upsert_many(&map, settings, SETTING_COUNT, statuses),
                     SETTING_COUNT);
    for (int i = 0; i < SETTING_COUNT; i += 1)
        keys[i] = setting_copies[i];
    assert_int_equal(setting_cache_get_many(&map, keys, SETTING_COUNT, found), SETTING_COUNT);
    for (int i = 0; i < SETTING_COUNT; i += 1) {
        assert_int_equal(found[i]->number, i);
        assert_ptr_equal(setting_cache_get(&map, keys[i]), found[i]);
    }
    assert_int_equal(setting_cache_remove(&map, "s7"), CACHE_MAP_REMOVED);
    assert_false(setting_cache_has(&map, keys[7]));
    assert_int_equal(setting_cache_check(&map), CACHE_MAP_INVARIANT_NONE);
    setting_cache_deinit(&map);
}

static void pointers_are_values(void **state) {
    struct setting_pointer_cache map;
    const struct setting **found[2] = {NULL, NULL};
    const char *const keys[] = {"s3", "none"};
    (void)state;
    make_settings();
    assert_int_equal(setting_pointer_cache_init(&map, &pointer_options, NULL), CACHE_MAP_OK);
    for (int i = 0; i < SETTING_COUNT; i += 1) {
        const struct setting *value = &settings[i];
        assert_int_equal(setting_pointer_cache_upsert(&map, &value), CACHE_MAP_INSERTED);
    }
    assert_int_equal(setting_pointer_cache_get_many(&map, keys, 2, found), 1);
    assert_ptr_equal(*found[0], &settings[3]);
    assert_null(found[1]);
    for (int i = 0; i < SETTING_COUNT; i += 1)
        assert_ptr_equal(*setting_pointer_cache_get(&map, setting_copies[i]), &settings[i]);
    assert_int_equal(setting_pointer_cache_check(&map), CACHE_MAP_INVARIANT_NONE);
    setting_pointer_cache_deinit(&map);
}

static void addresses_are_keys(void **state) {
    struct address_cache map;
    struct setting elsewhere = {setting_names[0], 0};
    (void)state;
    make_settings();
    assert_int_equal(address_cache_init(&map, &pointer_options, NULL), CACHE_MAP_OK);
    for (int i = 0; i < SETTING_COUNT; i += 1) {
        struct setting *const value = &settings[i];
        assert_int_equal(address_cache_upsert(&map, &value), CACHE_MAP_INSERTED);
    }
    for (int i = 0; i < SETTING_COUNT; i += 1)
        assert_ptr_equal(*address_cache_get(&map, &settings[i]), &settings[i]);
    assert_null(address_cache_get(&map, &elsewhere));
    assert_int_equal(address_cache_check(&map), CACHE_MAP_INVARIANT_NONE);
    address_cache_deinit(&map);
}

static void constants_are_keys_and_values(void **state) {
    struct constant_cache map;
    const struct account accounts_of_two[] = {{1, 10}, {2, 20}};
    const uint64_t keys[] = {2, 1};
    const struct account *found[2] = {NULL, NULL};
    enum cache_map_status statuses[2];
    (void)state;
    assert_int_equal(constant_cache_init(&map, &pointer_options, NULL), CACHE_MAP_OK);
    assert_int_equal(constant_cache_upsert_many(&map, accounts_of_two, 2, statuses), 2);
    assert_int_equal(constant_cache_get_many(&map, keys, 2, found), 2);
    assert_int_equal(found[0]->balance, 20);
    assert_int_equal(found[1]->balance, 10);
    constant_cache_deinit(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_null_map_is_a_failed_assertion),
        cmocka_unit_test(inspection_of_a_null_map_is_a_failed_assertion),
        cmocka_unit_test(a_null_argument_is_a_failed_assertion),
        cmocka_unit_test(a_map_of_zeros_is_a_failed_assertion),
        cmocka_unit_test(memory_that_is_none),
        cmocka_unit_test(upsert_many_takes_values_beside_the_map),
        cmocka_unit_test(upsert_many_of_values_in_the_map_is_a_failed_assertion),
        cmocka_unit_test(inspection_of_a_map_of_zeros_is_a_failed_assertion),
        cmocka_unit_test(a_second_deinit_is_a_failed_assertion),
        cmocka_unit_test(inspection_out_of_range_is_a_failed_assertion),
        cmocka_unit_test(each_function_once),
        cmocka_unit_test(values_that_own_something),
        cmocka_unit_test(the_default_hash_is_the_one_that_is_documented),
        cmocka_unit_test(a_map_in_the_callers_memory),
        cmocka_unit_test(maps_of_several_types_live_side_by_side),
        cmocka_unit_test(texts_are_keys),
        cmocka_unit_test(pointers_are_values),
        cmocka_unit_test(addresses_are_keys),
        cmocka_unit_test(constants_are_keys_and_values),
    };
    return cmocka_run_group_tests_name("header", tests, NULL, NULL);
}
