/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes (docs/contract.md, section 7): each kind of record, every short sequence, full stashes. */
#include "unit_contract.h"

/* ---- Section 7: scopes. ------------------------------------------------------------------ */

struct record_case {
    const char *name;
    uint64_t cache_count;
    const char *setup;
    const char *call;
    enum cache_map_place before;
    bool evicts;
};

static const struct record_case record_cases[] = {
    {"absent into a free way", 4, "+1", "+2", CACHE_MAP_PLACE_ABSENT, false},
    {"absent, evicting", 4, "+1 +2 +3 +4", "+5", CACHE_MAP_PLACE_ABSENT, true},
    {"stashed into a free way", 4, "+1 +2 +3 +4 +5 -3", "+1", CACHE_MAP_PLACE_STASH_VALUE, false},
    {"stashed, evicting", 4, "+1 +2 +3 +4 +5", "+1", CACHE_MAP_PLACE_STASH_VALUE, true},
    {"stashed in the middle, evicting", 4, "+1 +2 +3 +4 +5 +6 +7", "+2",
     CACHE_MAP_PLACE_STASH_VALUE, true},
    {"tombstone into a free way", 4, "+1 +2 -1 -2", "+1", CACHE_MAP_PLACE_STASH_TOMBSTONE, false},
    {"tombstone, evicting", 4, "+1 +2 +3 +4 -1 +5", "+1", CACHE_MAP_PLACE_STASH_TOMBSTONE, true},
    {"update of a resident", 4, "+1 ?1", "+1", CACHE_MAP_PLACE_CACHE, false},
    {"remove from the cache", 4, "+1 ?1 +2", "-1", CACHE_MAP_PLACE_CACHE, false},
    {"remove from the stash", 4, "+1 +2 +3 +4 +5 +6", "-1", CACHE_MAP_PLACE_STASH_VALUE, false},
    {"no cache: insert", 0, "+1", "+2", CACHE_MAP_PLACE_ABSENT, false},
    {"no cache: update", 0, "+1 +2", "+1", CACHE_MAP_PLACE_STASH_VALUE, false},
    {"no cache: revive", 0, "+1 +2 -1", "+1", CACHE_MAP_PLACE_STASH_TOMBSTONE, false},
    {"no cache: remove", 0, "+1 +2", "-1", CACHE_MAP_PLACE_STASH_VALUE, false},
};

/* One mutation of each kind: its record says the kind, and its discard is exact. */
static void discard_of_each_record_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(record_cases) * 2; i += 1) {
        const struct record_case *c = &record_cases[i / 2];
        const bool full = i % 2 == 1; /* the stash has exactly the room that the call needs */
        struct world sizing = world_make(&clock4_subject, c->cache_count, 16, 1);
        struct world world;
        struct picture before;
        struct cache_map_record_view record;
        uint64_t needed, count;
        (void)run(&sizing, c->setup);
        count = sizing.subject->counts(sizing.map).stash_count;
        (void)run(&sizing, c->call);
        needed = sizing.subject->counts(sizing.map).stash_count;
        world_end(&sizing);
        needed = needed > count ? needed : count;
        world = world_make(&clock4_subject, c->cache_count, full && needed > 0 ? needed : 16, 1);
        (void)run(&world, c->setup);
        picture_take(&world, &before);
        (void)run(&world, "(");
        assert_false(cache_map_status_failed(run(&world, c->call)));
        record = world.subject->record(world.map, 0);
        assert_int_equal(record.before, c->before);
        assert_int_equal(record.evicts, c->evicts);
        assert_int_equal(record.is_remove, c->call[0] == '-');
        assert_status(run(&world, "x"), CACHE_MAP_OK);
        expect_picture(&world, &before, c->name);
        world_end(&world);
    }
}

static const char *const scope_setups[] = {
    "",
    "+1",
    "+1 -1",
    "+1 +2 +3 +4",
    "+1 +2 +3 +4 +5",
    "+1 +2 +3 +4 +5 -1 +6 -3",
    "+1 +2 +3 +4 +5 +6 ?3 ?4 -5 #",
};

/* Every sequence of four calls on a few keys, from every setup, discarded. */
static void discard_of_every_short_sequence(void **state) {
    static const char *const calls[] = {"+1", "-1", "+2", "-2", "+7", "?1"};
    const uint32_t sequence_count = 6 * 6 * 6 * 6;
    (void)state;
    for (uint32_t number = 0; number < sequence_count * UNIT_COUNT_OF(scope_setups); number += 1) {
        const uint32_t sequence = number % sequence_count;
        struct world world = world_make(number % 2 == 0 ? &clock4_subject : &classic4_subject,
                                        sequence % 3 == 0 ? 0 : 4, 6, 8);
        struct picture before;
        char scope[64];
        (void)run(&world, scope_setups[number / sequence_count]);
        picture_take(&world, &before);
        (void)snprintf(scope, sizeof scope, "( %s %s %s %s", calls[sequence % 6],
                       calls[sequence / 6 % 6], calls[sequence / 36 % 6], calls[sequence / 216]);
        (void)run(&world, scope);
        (void)run(&world, "x");
        expect_picture(&world, &before, scope);
        world_end(&world);
    }
}

static void discard_of_a_long_scope_on_one_key(void **state) {
    (void)state;
    for (uint64_t cache = 0; cache <= 4; cache += 4)
        for (size_t setup = 0; setup < UNIT_COUNT_OF(scope_setups); setup += 1) {
            struct world world = world_make(&clock4_subject, cache, 16, 64);
            struct picture before;
            (void)run(&world, scope_setups[setup]);
            picture_take(&world, &before);
            (void)run(&world, "( +1 +1 -1 +1 -1 -1 +1 +9 +10 +11 +12 -1 +1 +9 -9 +1 -1 x");
            expect_picture(&world, &before, scope_setups[setup]);
            world_end(&world);
        }
}

static void discard_when_the_stash_is_exactly_full(void **state) {
    struct world world = world_make(&clock4_subject, 4, 3, 32);
    struct picture before;
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5 +6 +7");
    expect_map(&world, "5:1 6:1 7:1 4:1 @3 | 1 2 3");
    picture_take(&world, &before);
    (void)run(&world, "( +1 +2 +3 +1 -2 +2 -4 -7");
    assert_int_equal(world.subject->counts(world.map).stash_count, 3);
    assert_status(run(&world, "+9"), CACHE_MAP_STASH_FULL);
    assert_status(run(&world, "x"), CACHE_MAP_OK);
    expect_picture(&world, &before, "discard at a full stash");
    world_end(&world);
}

/* As the original does not: many discarded scopes leave a full cache full. */
static void a_thousand_discards_do_not_drain_the_cache(void **state) {
    struct world world = world_make(&clock4_subject, 12, 64, 64);
    struct picture before;
    (void)state;
    for (uint64_t key = 0; key < KEY_COUNT; key += 1)
        (void)put(&world, key);
    (void)run(&world, "#");
    picture_take(&world, &before);
    for (uint32_t round = 0; round < 300; round += 1) {
        (void)run(&world, "(");
        for (uint64_t i = 0; i < 20; i += 1)
            (void)put(&world, 100 + round * 20 + i);
        assert_status(run(&world, "x"), CACHE_MAP_OK);
    }
    expect_picture(&world, &before, "300 discards");
    assert_int_equal(world.subject->counts(world.map).cache_value_count, 12);
    world_end(&world);
}

/* The contract leaves the clock after a discard open; that it is the same everywhere (guarantee 9)
 * needs one answer: a value put back has the count it was removed with, a victim has 1, and hits
 * and hands stay as the scope left them. */
static void the_clock_after_a_discard(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 ?1 ?1 ( -1 x", "1:3 2:1 . . @2 |");
    expect_history(&clock4_subject, "+1 +2 ?1 ( ?2 -1 -2 x", "1:2 2:2 . . @2 |");
    expect_history(&clock4_subject, "+1 +2 +3 +4 ?2 ( +5 +6 x", "1:1 2:1 3:1 4:1 @3 |");
    expect_history(&clock4_subject, "+1 ?1 ( +1 x", "1:2 . . . @1 |");
    expect_history(&classic4_subject, "+1 ?1 ( +1 x", "1:1 . . . @1 |");
}

/* After a scope that was persisted, the next discard stops at its own open. */
static void persist_forgets_the_records(void **state) {
    struct world world = world_make(&clock4_subject, 4, 16, 8);
    struct picture before;
    (void)state;
    (void)run(&world, "+1 +2 ( +3 -1 +4 +5 +6 )");
    assert_int_equal(world.subject->counts(world.map).scope_count, 0);
    assert_false(world.subject->counts(world.map).scope_open);
    picture_take(&world, &before);
    (void)run(&world, "( +7 -3 +1 x");
    expect_picture(&world, &before, "discard after a persist");
    world_end(&world);
}

static void an_empty_scope_changes_nothing(void **state) {
    struct world world = world_make(&clock4_subject, 4, 16, 0);
    struct unit_digest before;
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5 ?2 -3");
    before = unit_digest_take(world.subject, world.map);
    (void)run(&world, "( x");
    assert_unchanged(world.subject, world.map, before, "an empty discard");
    (void)run(&world, "( )");
    assert_unchanged(world.subject, world.map, before, "an empty persist");
    world_end(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discard_of_each_record_kind),
        cmocka_unit_test(discard_of_every_short_sequence),
        cmocka_unit_test(discard_of_a_long_scope_on_one_key),
        cmocka_unit_test(discard_when_the_stash_is_exactly_full),
        cmocka_unit_test(a_thousand_discards_do_not_drain_the_cache),
        cmocka_unit_test(the_clock_after_a_discard),
        cmocka_unit_test(persist_forgets_the_records),
        cmocka_unit_test(an_empty_scope_changes_nothing),
    };
    return cmocka_run_group_tests_name("scopes", tests, NULL, NULL);
}
