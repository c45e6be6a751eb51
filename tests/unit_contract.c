/* SPDX-License-Identifier: Apache-2.0 */
/* The contract (docs/contract.md), line by line: operations and outcomes, the clock, the stash,
 * inspection. unit_guarantees.c has section 4, unit_scopes.c section 7. */
#include "unit_contract.h"

/* ---- Section 3: operations and their outcomes. ------------------------------------------- */

static void upsert_says_inserted_updated_or_revived(void **state) {
    (void)state;
    for (uint64_t cache = 0; cache <= 4; cache += 4) {
        assert_status(outcome(cache, 8, 0, "+1"), CACHE_MAP_INSERTED);
        assert_status(outcome(cache, 8, 0, "+1 +1"), CACHE_MAP_UPDATED);
        assert_status(outcome(cache, 8, 0, "+1 +2 +3 +4 +5 +1"), CACHE_MAP_UPDATED);
        assert_status(outcome(cache, 8, 0, "+1 -1 +1"), CACHE_MAP_REVIVED);
        assert_status(outcome(cache, 8, 0, "+1 -1 # +1"), CACHE_MAP_INSERTED);
    }
    assert_status(outcome(4, 8, 0, "+1 # +1"), CACHE_MAP_UPDATED);
    assert_status(outcome(0, 8, 0, "+1 # +1"), CACHE_MAP_INSERTED);
}

static void upsert_fails_with_stash_full(void **state) {
    (void)state;
    assert_status(outcome(0, 1, 0, "+1 +2"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(0, 1, 0, "+1 +1"), CACHE_MAP_UPDATED);
    assert_status(outcome(0, 1, 0, "+1 -1 +2"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(0, 1, 0, "+1 -1 +1"), CACHE_MAP_REVIVED);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 +6"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 +5"), CACHE_MAP_UPDATED);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 +1"), CACHE_MAP_UPDATED);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 -3 +4 +5"), CACHE_MAP_INSERTED);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 -3 +4 +5 +6"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 -3 +4 +5 +3"), CACHE_MAP_REVIVED);
}

static void upsert_fails_with_scope_full(void **state) {
    (void)state;
    for (uint64_t cache = 0; cache <= 4; cache += 4) {
        assert_status(outcome(cache, 8, 0, "( +1"), CACHE_MAP_SCOPE_FULL);
        assert_status(outcome(cache, 8, 1, "( +1 +1"), CACHE_MAP_SCOPE_FULL);
        assert_status(outcome(cache, 8, 1, "( +1 +2"), CACHE_MAP_SCOPE_FULL);
        assert_status(outcome(cache, 8, 1, "+1 -1 ( +2 +1"), CACHE_MAP_SCOPE_FULL);
        assert_status(outcome(cache, 8, 1, "( +1 ) +2"), CACHE_MAP_INSERTED);
        assert_status(outcome(cache, 8, 1, "( +1 ) ( +2"), CACHE_MAP_INSERTED);
        assert_status(outcome(cache, 8, 1, "( +1 x ( +2"), CACHE_MAP_INSERTED);
    }
}

static void remove_says_removed_or_absent(void **state) {
    (void)state;
    for (uint64_t cache = 0; cache <= 4; cache += 4) {
        assert_status(outcome(cache, 8, 0, "+1 -1"), CACHE_MAP_REMOVED);
        assert_status(outcome(cache, 8, 0, "+1 +2 +3 +4 +5 -1"), CACHE_MAP_REMOVED);
        assert_status(outcome(cache, 8, 0, "-1"), CACHE_MAP_ABSENT);
        assert_status(outcome(cache, 8, 0, "+2 -1"), CACHE_MAP_ABSENT);
        assert_status(outcome(cache, 8, 0, "+1 -1 -1"), CACHE_MAP_ABSENT);
    }
}

static void remove_fails_with_stash_full_or_scope_full(void **state) {
    (void)state;
    assert_status(outcome(4, 1, 0, "+1 +2 -1 -2"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 -1"), CACHE_MAP_REMOVED);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 -2"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(0, 1, 0, "+1 -1"), CACHE_MAP_REMOVED);
    assert_status(outcome(4, 8, 0, "+1 ( -1"), CACHE_MAP_SCOPE_FULL);
    assert_status(outcome(4, 8, 0, "+1 +2 +3 +4 +5 ( -1"), CACHE_MAP_SCOPE_FULL);
    assert_status(outcome(0, 8, 0, "+1 ( -1"), CACHE_MAP_SCOPE_FULL);
}

/* Absent comes before any want of room; stash full comes before scope full. */
static void failures_have_a_precedence(void **state) {
    (void)state;
    assert_status(outcome(4, 1, 0, "+1 +2 -1 ( -3"), CACHE_MAP_ABSENT);
    assert_status(outcome(4, 1, 0, "+1 +2 -1 ( -1"), CACHE_MAP_ABSENT);
    assert_status(outcome(4, 1, 0, "+1 +2 -1 ( -2"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 ( +6"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 ( +1"), CACHE_MAP_SCOPE_FULL);
    assert_status(outcome(4, 1, 0, "+1 +2 +3 +4 +5 ( +5"), CACHE_MAP_SCOPE_FULL);
    assert_status(outcome(0, 1, 0, "+1 ( +2"), CACHE_MAP_STASH_FULL);
    assert_status(outcome(0, 1, 0, "+1 ( +1"), CACHE_MAP_SCOPE_FULL);
    assert_status(outcome(0, 1, 0, "+1 ( -1"), CACHE_MAP_SCOPE_FULL);
}

static void lookup_says_found_tombstone_or_absent(void **state) {
    (void)state;
    for (uint64_t cache = 0; cache <= 4; cache += 4) {
        assert_status(outcome(cache, 8, 0, "?1"), CACHE_MAP_ABSENT);
        assert_status(outcome(cache, 8, 0, "+1 ?1"), CACHE_MAP_FOUND);
        assert_status(outcome(cache, 8, 0, "+1 +2 +3 +4 +5 ?1"), CACHE_MAP_FOUND);
        assert_status(outcome(cache, 8, 0, "+1 -1 ?1"), CACHE_MAP_TOMBSTONE);
        assert_status(outcome(cache, 8, 0, "+1 -1 # ?1"), CACHE_MAP_ABSENT);
    }
}

static void get_and_has_agree_with_lookup(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 8);
    struct unit_item *value = NULL;
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5 -4"); /* 1 is stashed, 4 is a tombstone, 6 absent */
    for (uint64_t key = 1; key <= 6; key += 1) {
        const enum cache_map_status status = world.subject->lookup(world.map, key, &value);
        assert_int_equal(value != NULL, status == CACHE_MAP_FOUND);
        assert_ptr_equal(world.subject->get(world.map, key), value);
        assert_int_equal(world.subject->has(world.map, key), value != NULL);
        if (value != NULL) {
            assert_int_equal(value->key, key);
            assert_int_equal(value->payload, key);
        }
    }
    world_end(&world);
}

static void scope_compact_and_reset_say_when_they_cannot(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 8);
    (void)state;
    assert_status(run(&world, ")"), CACHE_MAP_SCOPE_NOT_OPEN);
    assert_status(run(&world, "x"), CACHE_MAP_SCOPE_NOT_OPEN);
    assert_status(run(&world, "("), CACHE_MAP_OK);
    assert_status(run(&world, "("), CACHE_MAP_SCOPE_OPEN);
    assert_status(run(&world, "#"), CACHE_MAP_SCOPE_OPEN);
    assert_status(world.subject->reset(world.map), CACHE_MAP_SCOPE_OPEN);
    assert_status(run(&world, ")"), CACHE_MAP_OK);
    assert_status(run(&world, ")"), CACHE_MAP_SCOPE_NOT_OPEN);
    assert_status(run(&world, "( x"), CACHE_MAP_OK);
    assert_status(run(&world, "#"), CACHE_MAP_OK);
    assert_status(world.subject->reset(world.map), CACHE_MAP_OK);
    world_end(&world);
}

static void reset_is_as_fresh_from_init(void **state) {
    struct world world = world_make(&clock4_subject, 8, 8, 8);
    const struct unit_digest fresh = unit_digest_take(world.subject, world.map);
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5 +6 +7 +8 +9 ?1 ?2 -3 ( +4 ) ( -5 x");
    assert_status(world.subject->reset(world.map), CACHE_MAP_OK);
    for (uint64_t key = 0; key < KEY_COUNT; key += 1)
        assert_int_equal(world.subject->place(world.map, key).place, CACHE_MAP_PLACE_ABSENT);
    for (uint64_t set = 0; set < 2; set += 1)
        assert_int_equal(world.subject->hand(world.map, set), 0);
    assert_unchanged(world.subject, world.map, fresh, "use and reset of a fresh map");
    assert_status(run(&world, "+1"), CACHE_MAP_INSERTED);
    world_end(&world);
}

/* A pointer is good through lookups, demotes and inspection. */
static void a_pointer_is_good_until_the_next_change(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 8);
    struct unit_item *resident, *stashed;
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5");
    resident = world.subject->get(world.map, 5);
    stashed = world.subject->get(world.map, 1);
    (void)run(&world, "?2 ~5 ?5 ?1 ?9 ~3");
    assert_int_equal(resident->key, 5);
    assert_int_equal(stashed->key, 1);
    stashed->payload = 99; /* the user may write through it outside scopes */
    assert_int_equal(world.subject->get(world.map, 1)->payload, 99);
    world_end(&world);
}

/* ---- Section 3: an argument that points into the map. ------------------------------------ */

static void expect_alias(uint64_t cache_count, const char *history, uint64_t key, bool in_scope) {
    struct world world = world_make(&clock4_subject, cache_count, 8, 8);
    struct picture before;
    struct unit_item *alias;
    uint64_t payload;
    (void)run(&world, history);
    picture_take(&world, &before);
    if (in_scope)
        assert_status(run(&world, "("), CACHE_MAP_OK);
    alias = world.subject->get(world.map, key);
    payload = alias->payload;
    assert_status(world.subject->upsert(world.map, alias), CACHE_MAP_UPDATED);
    unit_assert_check(world.subject, world.map);
    for (uint64_t other = 0; other < KEY_COUNT; other += 1) {
        const struct unit_item *value = world.subject->get(world.map, other);
        if (value == NULL)
            continue;
        assert_int_equal(value->key, other);
        assert_int_equal(value->payload, other == key ? payload : before.items[other].payload);
    }
    if (in_scope) {
        assert_status(run(&world, "x"), CACHE_MAP_OK);
        expect_picture(&world, &before, "discard of an aliased upsert");
    }
    world_end(&world);
}

static void an_aliased_resident_value(void **state) {
    (void)state;
    for (int in_scope = 0; in_scope <= 1; in_scope += 1) {
        expect_alias(4, "+1 +2", 1, in_scope);
        expect_alias(4, "+1 +2 +3 +4 +5 +6", 6, in_scope);
    }
}

/* Its victim goes into the very entry that the argument points to. */
static void an_aliased_stashed_value_whose_victim_takes_its_entry(void **state) {
    (void)state;
    for (int in_scope = 0; in_scope <= 1; in_scope += 1) {
        expect_alias(4, "+1 +2 +3 +4 +5", 1, in_scope);
        expect_alias(4, "+1 +2 +3 +4 +5 +6 +7", 2, in_scope);
    }
}

/* The last entry moves to where the argument points. */
static void an_aliased_stashed_value_that_takes_a_free_way(void **state) {
    (void)state;
    for (int in_scope = 0; in_scope <= 1; in_scope += 1)
        expect_alias(4, "+1 +2 +3 +4 +5 +6 -3", 1, in_scope);
}

static void an_aliased_value_without_a_cache(void **state) {
    (void)state;
    for (int in_scope = 0; in_scope <= 1; in_scope += 1)
        expect_alias(0, "+1 +2 +3", 2, in_scope);
}

/* ---- Section 5: the clock. --------------------------------------------------------------- */

static void set_and_tag_come_from_the_hash(void **state) {
    struct world world = world_make(&clock4_subject, 12, 64, 0);
    (void)state;
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        const uint64_t hash = cache_map_hash_64(key, 0);
        struct cache_map_place_view place;
        (void)put(&world, key);
        place = world.subject->place(world.map, key);
        assert_int_equal(place.place, CACHE_MAP_PLACE_CACHE);
        assert_int_equal(place.set, cache_map_range_of_hash(hash, 3));
        assert_int_equal(world.subject->slot(world.map, place.set, place.way).tag, hash & 0xff);
    }
    world_end(&world);
}

static void a_hit_counts_up_and_saturates(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1", "1:1 . . . @1 |");
    expect_history(&clock4_subject, "+1 ?1", "1:2 . . . @1 |");
    expect_history(&clock4_subject, "+1 ?1 ?1", "1:3 . . . @1 |");
    expect_history(&clock4_subject, "+1 ?1 ?1 ?1 ?1", "1:3 . . . @1 |");
    expect_history(&clock4_subject, "+1 ?2", "1:1 . . . @1 |");
}

static void get_has_and_lookup_each_count_as_a_use(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 0);
    struct unit_item *value;
    (void)state;
    (void)run(&world, "+1 +2 +3");
    (void)world.subject->get(world.map, 1);
    (void)world.subject->has(world.map, 2);
    (void)world.subject->lookup(world.map, 3, &value);
    expect_map(&world, "1:2 2:2 3:2 . @3 |");
    assert_int_equal(world.subject->counts(world.map).metrics.hits, 3);
    world_end(&world);
}

static void metrics_count_the_hits_and_misses_of_the_cache(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 8);
    struct cache_map_metrics metrics;
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5 -2 ~3 +3 ( +4 x #"); /* no lookup so far */
    metrics = world.subject->counts(world.map).metrics;
    assert_int_equal(metrics.hits, 0);
    assert_int_equal(metrics.misses, 0);
    (void)run(&world, "+2 -2 +1 +6 +7");          /* 3 is stashed, 2 a tombstone */
    (void)run(&world, "?7 ?7 ?6 ?99 ?2 ?98 ?97"); /* hits 3, misses 4 */
    metrics = world.subject->counts(world.map).metrics;
    assert_int_equal(metrics.hits, 3);
    assert_int_equal(metrics.misses, 4);
    world_end(&world);
}

static void a_get_that_the_stash_answers_is_a_miss(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 8);
    (void)state;
    assert_status(run(&world, "+1 +2 +3 +4 +5 ?1"), CACHE_MAP_FOUND);
    assert_int_equal(world.subject->counts(world.map).metrics.hits, 0);
    assert_int_equal(world.subject->counts(world.map).metrics.misses, 1);
    expect_map(&world, "5:1 2:1 3:1 4:1 @1 | 1"); /* and it moves nothing */
    world_end(&world);
}

static void without_a_cache_metrics_stay_zero(void **state) {
    struct world world = world_make(&clock4_subject, 0, 8, 8);
    (void)state;
    (void)run(&world, "+1 ?1 ?2 -1 ?1 +1 ?1");
    assert_int_equal(world.subject->counts(world.map).metrics.hits, 0);
    assert_int_equal(world.subject->counts(world.map).metrics.misses, 0);
    world_end(&world);
}

static void an_update_keeps_the_count_under_clock_and_resets_it_under_classic(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 ?1 ?1 +1", "1:3 . . . @1 |");
    expect_history(&classic4_subject, "+1 ?1 ?1 +1", "1:1 . . . @1 |");
    expect_history(&clock4_subject, "+1 +2 +3 +4 ?2 +2", "1:1 2:2 3:1 4:1 @0 |");
    expect_history(&classic4_subject, "+1 +2 +3 +4 ?2 +2", "1:1 2:1 3:1 4:1 @0 |");
}

static void eviction_order_by_hand(void **state) {
    static const char *const steps[][2] = {
        {"+1 +2 +3 +4", "1:1 2:1 3:1 4:1 @0 |"},  {"+5", "5:1 2:1 3:1 4:1 @1 | 1"},
        {"?2", "5:1 2:2 3:1 4:1 @1 | 1"},         {"+6", "5:1 2:1 6:1 4:1 @3 | 1 3"},
        {"?5 ?5 ?5", "5:3 2:1 6:1 4:1 @3 | 1 3"}, {"-4", "5:3 2:1 6:1 . @3 | 1 3 -4"},
        {"+7", "5:3 2:1 6:1 7:1 @0 | 1 3 -4"},    {"+4", "5:2 4:1 6:1 7:1 @2 | 1 3 2"},
        {"+1", "5:2 4:1 1:1 7:1 @3 | 6 3 2"},     {"#", "5:2 4:1 1:1 7:1 @3 |"},
        {"+8", "5:2 4:1 1:1 8:1 @0 | 7"},
    };
    (void)state;
    for (int classic = 0; classic <= 1; classic += 1) {
        /* A set with one free way at the hand: both policies decide alike here. */
        struct world world = world_make(classic ? &classic4_subject : &clock4_subject, 4, 16, 0);
        for (size_t i = 0; i < UNIT_COUNT_OF(steps); i += 1) {
            (void)run(&world, steps[i][0]);
            expect_map(&world, steps[i][1]);
        }
        world_end(&world);
    }
}

static void a_saturated_set_is_swept_to_the_last_step(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 +3 +4 ?1?1 ?2?2 ?3?3 ?4?4 +5", "5:1 2:1 3:1 4:1 @1 | 1");
    expect_history(&clock4_subject, "+1 +2 +3 +4 ?1?1 ?2 +5", "1:2 2:1 5:1 4:1 @3 | 3");
}

static void clock_prefers_a_free_way_and_classic_sweeps(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 +3 +4 -3 +5", "1:1 2:1 5:1 4:1 @3 | -3");
    expect_history(&classic4_subject, "+1 +2 +3 +4 -3 +5", "5:1 2:1 . 4:1 @1 | -3 1");
    /* Classic reaches the free way only with the hand, counting down what it passes. */
    expect_history(&classic4_subject, "+1 +2 +3 +4 ?1 ?2?2 -3 +5", "1:1 2:2 5:1 4:1 @3 | -3");
    expect_history(&clock4_subject, "+1 +2 +3 +4 ?1 ?2?2 -3 +5", "1:2 2:3 5:1 4:1 @3 | -3");
}

static void the_free_way_is_the_first_from_the_hand_and_wraps(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 +3 +4 +5 -5 -4 +6", ". 2:1 3:1 6:1 @0 | 1 -5 -4");
    expect_history(&clock4_subject, "+1 +2 +3 +4 +5 -5 +6", "6:1 2:1 3:1 4:1 @1 | 1 -5");
}

static void remove_leaves_the_hand_and_the_neighbours(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 +3 ?1 ?3 -2", "1:2 . 3:2 . @3 | -2");
    expect_history(&classic4_subject, "+1 +2 +3 ?1 ?3 -2", "1:2 . 3:2 . @3 | -2");
}

static void demote_makes_the_count_one(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 ?1 ?1 ?2 ~1", "1:1 2:2 . . @2 |");
    expect_history(&classic4_subject, "+1 +2 ?1 ?1 ?2 ~1", "1:1 2:2 . . @2 |");
    expect_history(&clock4_subject, "+1 ~1 ~2", "1:1 . . . @1 |");
    expect_history(&clock4_subject, "+1 +2 +3 +4 +5 -2 ~1 ~2 ~9", "5:1 . 3:1 4:1 @1 | 1 -2");
    /* And then it goes first. */
    expect_history(&clock4_subject, "+1 +2 +3 +4 ?1 ?2 ?3 ?4 ~3 +5", "1:1 2:1 5:1 4:2 @3 | 3");
}

static void value_count_is_the_slots_in_use(void **state) {
    struct world world = world_make(&clock4_subject, 4, 8, 8);
    (void)state;
    (void)run(&world, "+1 +2 +3");
    assert_int_equal(world.subject->counts(world.map).cache_value_count, 3);
    (void)run(&world, "+1 +4 +5");
    assert_int_equal(world.subject->counts(world.map).cache_value_count, 4);
    (void)run(&world, "-5 -4");
    assert_int_equal(world.subject->counts(world.map).cache_value_count, 2);
    world_end(&world);
}

/* ---- Section 6: the stash. --------------------------------------------------------------- */

static void with_a_cache_the_upserted_entry_leaves_before_the_victim_enters(void **state) {
    struct world world = world_make(&clock4_subject, 4, 1, 0); /* no moment has an extra slot */
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5");
    expect_map(&world, "5:1 2:1 3:1 4:1 @1 | 1");
    assert_status(run(&world, "+1"), CACHE_MAP_UPDATED);
    expect_map(&world, "5:1 1:1 3:1 4:1 @2 | 2");
    assert_status(run(&world, "-2"), CACHE_MAP_REMOVED);
    expect_map(&world, "5:1 1:1 3:1 4:1 @2 | -2");
    assert_status(run(&world, "+2"), CACHE_MAP_REVIVED);
    expect_map(&world, "5:1 1:1 2:1 4:1 @3 | 3");
    world_end(&world);
}

static void an_upserted_entry_leaves_the_stash_for_a_free_way(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 +2 +3 +4 +5 -3 +1", "5:1 2:1 1:1 4:1 @3 | -3");
    expect_history(&clock4_subject, "+1 +2 +3 +4 +5 -3 +3", "5:1 2:1 3:1 4:1 @3 | 1");
}

static void a_remove_leaves_a_tombstone_wherever_the_value_was(void **state) {
    (void)state;
    expect_history(&clock4_subject, "+1 -1", ". . . . @1 | -1");
    expect_history(&clock4_subject, "+1 +2 +3 +4 +5 +6 -1", "5:1 6:1 3:1 4:1 @2 | -1 2");
}

static void without_a_cache_the_entry_is_written_in_place(void **state) {
    static const char *const steps[][2] = {
        {"+1 +2 +3", "| 1 2 3"}, {"+2", "| 1 2 3"},      {"-2", "| 1 -2 3"},
        {"+2", "| 1 2 3"},       {"-1 -3", "| -1 2 -3"}, {"#", "|"},
    };
    struct world world = world_make(&clock4_subject, 0, 3, 0);
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(steps); i += 1) {
        (void)run(&world, steps[i][0]);
        expect_map(&world, steps[i][1]);
    }
    world_end(&world);
}

static void without_a_cache_an_upsert_writes_the_new_value(void **state) {
    struct world world = world_make(&clock4_subject, 0, 3, 0);
    (void)state;
    (void)run(&world, "+1 +2 +1");
    assert_int_equal(world.subject->get(world.map, 1)->payload, 3);
    assert_int_equal(world.subject->get(world.map, 2)->payload, 2);
    (void)run(&world, "-1 +1");
    assert_int_equal(world.subject->get(world.map, 1)->payload, 4);
    world_end(&world);
}

/* ---- Section 8: inspection. -------------------------------------------------------------- */

static void inspection_has_no_effect(void **state) {
    struct world world = world_make(&clock4_subject, 8, 16, 8);
    struct unit_digest before;
    struct picture picture;
    (void)state;
    (void)run(&world, "+1 +2 +3 +4 +5 +6 +7 +8 +9 +10 ?2 ( -3 +11 +1");
    before = unit_digest_take(world.subject, world.map);
    for (uint32_t round = 0; round < 3; round += 1) {
        picture_take(&world, &picture);
        unit_assert_check(world.subject, world.map);
        (void)world.subject->counts(world.map);
        assert_unchanged(world.subject, world.map, before, "inspection");
    }
    world_end(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upsert_says_inserted_updated_or_revived),
        cmocka_unit_test(upsert_fails_with_stash_full),
        cmocka_unit_test(upsert_fails_with_scope_full),
        cmocka_unit_test(remove_says_removed_or_absent),
        cmocka_unit_test(remove_fails_with_stash_full_or_scope_full),
        cmocka_unit_test(failures_have_a_precedence),
        cmocka_unit_test(lookup_says_found_tombstone_or_absent),
        cmocka_unit_test(get_and_has_agree_with_lookup),
        cmocka_unit_test(scope_compact_and_reset_say_when_they_cannot),
        cmocka_unit_test(reset_is_as_fresh_from_init),
        cmocka_unit_test(a_pointer_is_good_until_the_next_change),
        cmocka_unit_test(an_aliased_resident_value),
        cmocka_unit_test(an_aliased_stashed_value_whose_victim_takes_its_entry),
        cmocka_unit_test(an_aliased_stashed_value_that_takes_a_free_way),
        cmocka_unit_test(an_aliased_value_without_a_cache),
        cmocka_unit_test(set_and_tag_come_from_the_hash),
        cmocka_unit_test(a_hit_counts_up_and_saturates),
        cmocka_unit_test(get_has_and_lookup_each_count_as_a_use),
        cmocka_unit_test(metrics_count_the_hits_and_misses_of_the_cache),
        cmocka_unit_test(a_get_that_the_stash_answers_is_a_miss),
        cmocka_unit_test(without_a_cache_metrics_stay_zero),
        cmocka_unit_test(an_update_keeps_the_count_under_clock_and_resets_it_under_classic),
        cmocka_unit_test(eviction_order_by_hand),
        cmocka_unit_test(a_saturated_set_is_swept_to_the_last_step),
        cmocka_unit_test(clock_prefers_a_free_way_and_classic_sweeps),
        cmocka_unit_test(the_free_way_is_the_first_from_the_hand_and_wraps),
        cmocka_unit_test(remove_leaves_the_hand_and_the_neighbours),
        cmocka_unit_test(demote_makes_the_count_one),
        cmocka_unit_test(value_count_is_the_slots_in_use),
        cmocka_unit_test(with_a_cache_the_upserted_entry_leaves_before_the_victim_enters),
        cmocka_unit_test(an_upserted_entry_leaves_the_stash_for_a_free_way),
        cmocka_unit_test(a_remove_leaves_a_tombstone_wherever_the_value_was),
        cmocka_unit_test(without_a_cache_the_entry_is_written_in_place),
        cmocka_unit_test(without_a_cache_an_upsert_writes_the_new_value),
        cmocka_unit_test(inspection_has_no_effect),
    };
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
