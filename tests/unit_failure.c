/* SPDX-License-Identifier: Apache-2.0 */
/* A call that fails changes nothing: over random histories, in many reachable states, the whole
 * observable state (slots, hands, stash entries in order, scope records, counts, metrics) is the
 * same before and after each call that fails; and the tests see to it that each failure of each
 * operation does come up, many times. */
#include "unit_support.h"

#define UNIT_NAME       clock4
#define UNIT_WAYS       4
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 2
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK
#include "unit_subject.h"

#define UNIT_NAME       classic2
#define UNIT_WAYS       2
#define UNIT_TAG_BITS   16
#define UNIT_CLOCK_BITS 4
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "unit_subject.h"

#define UNIT_NAME       clock16
#define UNIT_WAYS       16
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 1
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK
#include "unit_subject.h"

/* ---- Calls by name, so that failures can be counted for each. ---------------------------- */

enum call { UPSERT, REMOVE, SCOPE_OPEN, PERSIST, DISCARD, COMPACT, RESET, CALL_COUNT };

static const char *const call_names[CALL_COUNT] = {"upsert",  "remove",  "scope_open", "persist",
                                                   "discard", "compact", "reset"};

struct failures {
    uint32_t seen[CALL_COUNT][CACHE_MAP_STATUS_COUNT];
};

static enum cache_map_status make_call(const struct unit_subject *subject, void *map,
                                       enum call call, struct unit_item item) {
    switch (call) {
    case UPSERT: return subject->upsert(map, &item);
    case REMOVE: return subject->remove(map, item.key);
    case SCOPE_OPEN: return subject->scope_open(map);
    case PERSIST: return subject->scope_close(map, CACHE_MAP_SCOPE_PERSIST);
    case DISCARD: return subject->scope_close(map, CACHE_MAP_SCOPE_DISCARD);
    case COMPACT: return subject->compact(map);
    case RESET: return subject->reset(map);
    case CALL_COUNT: break;
    }
    return CACHE_MAP_OK;
}

/* Makes the call; where it fails, everything must be as before. */
static enum cache_map_status expect_all_or_nothing(const struct unit_subject *subject, void *map,
                                                   enum call call, struct unit_item item,
                                                   struct failures *failures) {
    const struct unit_digest before = unit_digest_take(subject, map);
    const enum cache_map_status status = make_call(subject, map, call, item);
    if (cache_map_status_failed(status)) {
        char what[64];
        (void)snprintf(what, sizeof what, "%s(%u), which failed with %s,", call_names[call],
                       (unsigned)item.key, cache_map_status_name(status));
        assert_unchanged(subject, map, before, what);
        failures->seen[call][status] += 1;
    }
    unit_assert_check(subject, map);
    return status;
}

static enum call random_call(struct unit_random *random) {
    const uint32_t kind = unit_random_below(random, 128);
    if (kind < 64)
        return UPSERT;
    if (kind < 100)
        return REMOVE;
    if (kind < 110)
        return SCOPE_OPEN;
    if (kind < 114)
        return PERSIST;
    if (kind < 124)
        return DISCARD;
    return kind < 127 ? COMPACT : RESET;
}

static void run_history(const struct unit_subject *subject, uint64_t cache_count, uint64_t seed,
                        struct failures *failures) {
    struct unit_random random = {seed};
    const uint32_t key_count = (uint32_t)cache_count + 12;
    void *map = unit_create(subject, cache_count, 1 + seed % 7, seed % 6);
    for (uint32_t step = 0; step < 600; step += 1) {
        const struct unit_item item =
            unit_item_make(unit_random_below(&random, key_count), unit_random_next(&random));
        (void)expect_all_or_nothing(subject, map, random_call(&random), item, failures);
        if (unit_random_below(&random, 3) == 0)
            (void)subject->get(map, unit_random_below(&random, key_count));
        if (unit_random_below(&random, 8) == 0)
            subject->demote(map, unit_random_below(&random, key_count));
    }
    unit_destroy(subject, map);
}

static void expect_seen(const struct failures *failures, enum call call,
                        enum cache_map_status status) {
    if (failures->seen[call][status] < 20)
        fail_msg("%s failed with %s only %u times: the test has become weak", call_names[call],
                 cache_map_status_name(status), failures->seen[call][status]);
}

static void run_histories(const struct unit_subject *subject, uint64_t cache_count) {
    struct failures failures;
    memset(&failures, 0, sizeof failures);
    for (uint64_t seed = 0; seed < 42; seed += 1)
        run_history(subject, cache_count, seed, &failures);
    expect_seen(&failures, UPSERT, CACHE_MAP_STASH_FULL);
    expect_seen(&failures, UPSERT, CACHE_MAP_SCOPE_FULL);
    expect_seen(&failures, REMOVE, CACHE_MAP_ABSENT);
    expect_seen(&failures, REMOVE, CACHE_MAP_SCOPE_FULL);
    if (cache_count > 0)
        expect_seen(&failures, REMOVE, CACHE_MAP_STASH_FULL);
    expect_seen(&failures, SCOPE_OPEN, CACHE_MAP_SCOPE_OPEN);
    expect_seen(&failures, PERSIST, CACHE_MAP_SCOPE_NOT_OPEN);
    expect_seen(&failures, DISCARD, CACHE_MAP_SCOPE_NOT_OPEN);
    expect_seen(&failures, COMPACT, CACHE_MAP_SCOPE_OPEN);
    expect_seen(&failures, RESET, CACHE_MAP_SCOPE_OPEN);
}

static void clock_with_four_ways(void **state) {
    (void)state;
    run_histories(&clock4_subject, 4);
    run_histories(&clock4_subject, 12);
}

static void classic_with_two_ways(void **state) {
    (void)state;
    run_histories(&classic2_subject, 2);
    run_histories(&classic2_subject, 6);
}

static void clock_with_sixteen_ways(void **state) {
    (void)state;
    run_histories(&clock16_subject, 16);
}

static void without_a_cache(void **state) {
    (void)state;
    run_histories(&clock4_subject, 0);
}

/* ---- In one state, every key is tried. --------------------------------------------------- */

/* With a full stash and a full scope every mutation fails, whatever its key: resident, stashed,
 * tombstone or absent. */
static void every_key_fails_in_a_full_map(void **state) {
    struct failures failures;
    void *map = unit_create(&clock4_subject, 4, 2, 6);
    (void)state;
    memset(&failures, 0, sizeof failures);
    assert_status(clock4_subject.scope_open(map), CACHE_MAP_OK);
    for (uint64_t key = 1; key <= 5; key += 1) {
        const struct unit_item item = unit_item_make(key, key);
        assert_status(clock4_subject.upsert(map, &item), CACHE_MAP_INSERTED);
    }
    assert_status(clock4_subject.remove(map, 5), CACHE_MAP_REMOVED);
    for (uint64_t key = 0; key < 10; key += 1) {
        const struct unit_item item = unit_item_make(key, 99);
        const bool has = clock4_subject.place(map, key).value != NULL;
        const enum cache_map_status removed =
            expect_all_or_nothing(&clock4_subject, map, REMOVE, item, &failures);
        const enum cache_map_status upserted =
            expect_all_or_nothing(&clock4_subject, map, UPSERT, item, &failures);
        assert_true(cache_map_status_failed(removed));
        assert_true(cache_map_status_failed(upserted));
        assert_int_equal(removed == CACHE_MAP_ABSENT, !has);
    }
    unit_destroy(&clock4_subject, map);
}

/* A call that has failed can succeed later, once there is room. */
static void a_failed_call_succeeds_once_there_is_room(void **state) {
    void *map = unit_create(&clock4_subject, 0, 1, 1);
    const struct unit_item first = unit_item_make(1, 1), second = unit_item_make(2, 2);
    (void)state;
    assert_status(clock4_subject.upsert(map, &first), CACHE_MAP_INSERTED);
    assert_status(clock4_subject.upsert(map, &second), CACHE_MAP_STASH_FULL);
    assert_status(clock4_subject.upsert(map, &second), CACHE_MAP_STASH_FULL);
    assert_status(clock4_subject.compact(map), CACHE_MAP_OK);
    assert_status(clock4_subject.upsert(map, &second), CACHE_MAP_INSERTED);
    unit_destroy(&clock4_subject, map);
}

/* ---- Init. ------------------------------------------------------------------------------- */

static void *allocate_nothing(void *context, size_t size, size_t alignment) {
    *(uint32_t *)context += 1;
    (void)size;
    (void)alignment;
    return NULL;
}

static void deallocate_nothing(void *context, void *memory, size_t size, size_t alignment) {
    (void)context;
    (void)memory;
    (void)size;
    (void)alignment;
    fail_msg("a failed init gave memory back");
}

static void a_failing_init_leaves_the_bytes_of_the_map(void **state) {
    static const struct {
        struct cache_map_options options;
        enum cache_map_status status;
        uint32_t allocate_calls;
    } cases[] = {
        {{3, 1, 0, 0}, CACHE_MAP_OPTIONS_INVALID, 0},
        {{4, 0, 0, 0}, CACHE_MAP_OPTIONS_INVALID, 0},
        {{4, CACHE_MAP_STASH_VALUE_COUNT_LIMIT + 1, 0, 0}, CACHE_MAP_OPTIONS_INVALID, 0},
        {{UINT64_MAX - 3, 1, 0, 0}, CACHE_MAP_SIZE_OVERFLOW, 0},
        {{4, 1, UINT64_MAX, 0}, CACHE_MAP_SIZE_OVERFLOW, 0},
        {{4, 1, 0, 0}, CACHE_MAP_OUT_OF_MEMORY, 1},
    };
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(cases); i += 1)
        for (int fill = 0; fill < 256; fill += 85) {
            uint32_t calls = 0;
            const struct cache_map_allocator allocator = {&calls, allocate_nothing,
                                                          deallocate_nothing};
            struct clock4 map;
            unsigned char before[sizeof map];
            memset(&map, fill, sizeof map);
            memset(before, fill, sizeof before);
            assert_status(clock4_init(&map, &cases[i].options, &allocator), cases[i].status);
            assert_memory_equal(&map, before, sizeof map);
            assert_int_equal(calls, cases[i].allocate_calls);
        }
}

static void a_failing_init_leaves_a_live_map_alone(void **state) {
    void *map = unit_create(&clock4_subject, 4, 4, 4);
    const struct cache_map_options bad = unit_options(3, 4, 4);
    const struct unit_item item = unit_item_make(1, 1);
    struct unit_digest before;
    (void)state;
    assert_status(clock4_subject.upsert(map, &item), CACHE_MAP_INSERTED);
    before = unit_digest_take(&clock4_subject, map);
    assert_status(clock4_subject.init(map, &bad, NULL), CACHE_MAP_OPTIONS_INVALID);
    assert_unchanged(&clock4_subject, map, before, "a failing init");
    unit_destroy(&clock4_subject, map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_with_four_ways),
        cmocka_unit_test(classic_with_two_ways),
        cmocka_unit_test(clock_with_sixteen_ways),
        cmocka_unit_test(without_a_cache),
        cmocka_unit_test(every_key_fails_in_a_full_map),
        cmocka_unit_test(a_failed_call_succeeds_once_there_is_room),
        cmocka_unit_test(a_failing_init_leaves_the_bytes_of_the_map),
        cmocka_unit_test(a_failing_init_leaves_a_live_map_alone),
    };
    return cmocka_run_group_tests_name("failure", tests, NULL, NULL);
}
