/* SPDX-License-Identifier: Apache-2.0 */
/* The nine guarantees of the contract (docs/contract.md, section 4), over random histories. */
#include "unit_contract.h"

/* ---- Section 4: guarantees, over random histories. --------------------------------------- */

enum knowledge { NEVER, VALUE, REMOVED };

/* All that the guarantees promise about one key. */
struct known_key {
    enum knowledge knowledge;
    uint64_t payload;
    bool fresh; /* mutated since the last compact */
};

struct history {
    struct world world;
    struct unit_random random;
    struct known_key keys[KEY_COUNT];
    struct known_key keys_at_open[KEY_COUNT];
    struct picture picture_at_open;
    uint64_t mutations; /* since the last compact, discarded ones too */
    bool scope_open;
    char last_call; /* as in a written history */
};

static void history_note_mutation(struct history *history, uint64_t key, enum knowledge now) {
    history->keys[key].knowledge = now;
    history->keys[key].payload = history->world.payload;
    history->keys[key].fresh = true;
    history->mutations += 1;
}

static void history_note_compact(struct history *history) {
    for (uint64_t key = 0; key < KEY_COUNT; key += 1)
        history->keys[key].fresh = false;
    history->mutations = 0;
}

static void history_toggle_scope(struct history *history) {
    if (!history->scope_open) {
        assert_status(run(&history->world, "("), CACHE_MAP_OK);
        memcpy(history->keys_at_open, history->keys, sizeof history->keys);
        picture_take(&history->world, &history->picture_at_open);
        history->last_call = '(';
    } else if (unit_random_below(&history->random, 2) == 0) {
        assert_status(run(&history->world, ")"), CACHE_MAP_OK);
        history->last_call = ')';
    } else {
        assert_status(run(&history->world, "x"), CACHE_MAP_OK);
        memcpy(history->keys, history->keys_at_open, sizeof history->keys);
        history->last_call = 'x';
    }
    history->scope_open = !history->scope_open;
}

/* One random call; what it must do to the known keys is noted. */
static void history_step(struct history *history) {
    const uint64_t key = unit_random_below(&history->random, KEY_COUNT);
    const uint32_t kind = unit_random_below(&history->random, 64);
    enum cache_map_status status;
    if (kind < 2 || (kind < 12 && history->scope_open)) {
        history_toggle_scope(history);
        return;
    }
    history->last_call = kind < 36 ? '+' : kind < 52 ? '-' : kind < 61 ? '?' : '~';
    if (kind == 63 || (kind > 58 && history->mutations > 30))
        history->last_call = '#';
    status = run_word(&history->world, history->last_call, key);
    unit_assert_check(history->world.subject, history->world.map);
    if (history->last_call == '+' && !cache_map_status_failed(status))
        history_note_mutation(history, key, VALUE);
    if (history->last_call == '-' && status == CACHE_MAP_REMOVED)
        history_note_mutation(history, key, REMOVED);
    if (history->last_call == '#' && status == CACHE_MAP_OK)
        history_note_compact(history);
}

/* Runs many histories, over both policies and with and without a cache, and calls `check` after
 * each call with the picture before it. */
static void for_random_histories(void (*check)(struct history *, const struct picture *before)) {
    static const uint64_t cache_counts[] = {0, 4, 8, 12};
    for (uint32_t seed = 0; seed < 8; seed += 1) {
        struct history *history = (struct history *)calloc(1, sizeof *history);
        struct picture before;
        assert_non_null(history);
        history->random.state = seed;
        history->world = world_make(seed < 4 ? &clock4_subject : &classic4_subject,
                                    cache_counts[seed % 4], 14, 10);
        for (uint32_t step = 0; step < 1200; step += 1) {
            picture_take(&history->world, &before);
            history_step(history);
            check(history, &before);
        }
        world_end(&history->world);
        free(history);
    }
}

static void check_presence(struct history *history, const struct picture *before) {
    (void)before;
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        const struct known_key *known = &history->keys[key];
        const struct unit_item *value =
            (const struct unit_item *)history->world.subject->place(history->world.map, key).value;
        if (!known->fresh || known->knowledge != VALUE)
            continue;
        if (value == NULL || value->payload != known->payload)
            fail_msg("key %u was written since the compact with payload %u, and is %s",
                     (unsigned)key, (unsigned)known->payload, value == NULL ? "lost" : "old");
    }
}

static void guarantee_1_what_was_written_since_the_compact_is_found(void **state) {
    (void)state;
    for_random_histories(check_presence);
}

static void check_no_stale_value(struct history *history, const struct picture *before) {
    (void)before;
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        const struct known_key *known = &history->keys[key];
        const struct unit_item *value =
            (const struct unit_item *)history->world.subject->place(history->world.map, key).value;
        if (value == NULL)
            continue;
        if (known->knowledge != VALUE || value->payload != known->payload)
            fail_msg("key %u is found with payload %u; the last one written is %u%s", (unsigned)key,
                     (unsigned)value->payload, (unsigned)known->payload,
                     known->knowledge == VALUE ? "" : ", and it was removed");
    }
}

static void guarantee_2_no_value_is_stale(void **state) {
    (void)state;
    for_random_histories(check_no_stale_value);
}

static void check_deletion(struct history *history, const struct picture *before) {
    (void)before;
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        const struct known_key *known = &history->keys[key];
        const enum cache_map_place place =
            history->world.subject->place(history->world.map, key).place;
        if (known->knowledge == VALUE)
            continue;
        if (known->knowledge == REMOVED && known->fresh ? place != CACHE_MAP_PLACE_STASH_TOMBSTONE
                                                        : place != CACHE_MAP_PLACE_ABSENT)
            fail_msg("key %u, %s, is at place %d", (unsigned)key,
                     known->fresh ? "removed since the compact" : "removed before it or never here",
                     place);
    }
}

static void guarantee_3_a_removed_key_is_a_tombstone_until_the_compact(void **state) {
    (void)state;
    for_random_histories(check_deletion);
}

static void check_forgetting(struct history *history, const struct picture *before) {
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        const enum cache_map_place was = before->places[key].place;
        const enum cache_map_place is =
            history->world.subject->place(history->world.map, key).place;
        if (history->last_call == '#' && !history->scope_open) {
            if (is != (was == CACHE_MAP_PLACE_CACHE ? was : CACHE_MAP_PLACE_ABSENT))
                fail_msg("a compact took key %u from place %d to %d", (unsigned)key, was, is);
        } else if (is == CACHE_MAP_PLACE_ABSENT && was != CACHE_MAP_PLACE_ABSENT) {
            if (history->last_call != 'x' ||
                history->picture_at_open.places[key].place != CACHE_MAP_PLACE_ABSENT)
                fail_msg("call '%c' forgot key %u", history->last_call, (unsigned)key);
        }
    }
}

static void guarantee_4_only_compact_forgets(void **state) {
    (void)state;
    for_random_histories(check_forgetting);
}

static void check_discard(struct history *history, const struct picture *before) {
    (void)before;
    if (history->last_call == 'x')
        expect_picture(&history->world, &history->picture_at_open, "discard");
}

static void guarantee_5_discard_is_exact(void **state) {
    (void)state;
    for_random_histories(check_discard);
}

static void check_persist(struct history *history, const struct picture *before) {
    if (history->last_call == ')')
        expect_picture(&history->world, before, "persist");
}

static void guarantee_6_persist_changes_no_lookup(void **state) {
    (void)state;
    for_random_histories(check_persist);
}

/* Whether a mutation of `key` adds a stash entry without freeing one first, from the picture. */
static bool needs_stash_slot(struct history *history, uint64_t key, bool is_remove) {
    const struct unit_subject *subject = history->world.subject;
    const enum cache_map_place place = subject->place(history->world.map, key).place;
    const struct cache_map_counts counts = subject->counts(history->world.map);
    const uint64_t hash = cache_map_hash_64(key, 0);
    if (is_remove)
        return place == CACHE_MAP_PLACE_CACHE;
    if (place != CACHE_MAP_PLACE_ABSENT)
        return false;
    if (counts.set_count == 0)
        return true;
    {
        /* With no free way an insert evicts; with one, `clock` does not. */
        const uint64_t set = cache_map_range_of_hash(hash, counts.set_count);
        for (uint32_t way = 0; way < subject->layout->ways; way += 1)
            if (subject->slot(history->world.map, set, way).count == 0)
                return false;
    }
    return true;
}

/* Mutations only, many more than the stash has room for; the scope never is full. */
static void guarantee_7_capacity(void **state) {
    (void)state;
    for (uint32_t seed = 0; seed < 12; seed += 1) {
        const uint64_t stash_max = 1 + seed;
        struct history *history = (struct history *)calloc(1, sizeof *history);
        assert_non_null(history);
        history->random.state = seed;
        history->world = world_make(&clock4_subject, seed % 3 * 4, stash_max, 3000);
        for (uint32_t step = 0; step < 2000; step += 1) {
            const uint64_t key = unit_random_below(&history->random, KEY_COUNT);
            const bool is_remove = unit_random_below(&history->random, 3) == 0;
            const bool needs = needs_stash_slot(history, key, is_remove);
            const uint64_t count = history->world.subject->counts(history->world.map).stash_count;
            const enum cache_map_status status =
                run_word(&history->world, is_remove ? '-' : '+', key);
            if (history->mutations < stash_max)
                assert_int_not_equal(status, CACHE_MAP_STASH_FULL);
            if ((status == CACHE_MAP_STASH_FULL) != (needs && count == stash_max))
                fail_msg("with %u of %u stash entries a mutation that %s a slot is %s",
                         (unsigned)count, (unsigned)stash_max, needs ? "needs" : "does not need",
                         cache_map_status_name(status));
            history->mutations += !cache_map_status_failed(status);
            unit_assert_check(history->world.subject, history->world.map);
            if (unit_random_below(&history->random, 20) == 0)
                history_toggle_scope(history);
            if (!history->scope_open && unit_random_below(&history->random, 30) == 0) {
                assert_status(run(&history->world, "#"), CACHE_MAP_OK);
                history->mutations = 0;
            }
        }
        world_end(&history->world);
        free(history);
    }
}

static void guarantee_8_a_scope_takes_its_mutations_and_no_more(void **state) {
    (void)state;
    for (uint64_t scope_max = 0; scope_max < 12; scope_max += 1) {
        struct world world = world_make(&clock4_subject, 4, 64, scope_max);
        for (uint32_t round = 0; round < 3; round += 1) {
            (void)run(&world, "(");
            for (uint64_t i = 0; i < scope_max; i += 1) {
                assert_false(cache_map_status_failed(put(&world, i % 7)));
                assert_int_equal(world.subject->counts(world.map).scope_count, i + 1);
            }
            assert_status(put(&world, 20), CACHE_MAP_SCOPE_FULL);
            assert_status(run(&world, "-30"), CACHE_MAP_ABSENT); /* no mutation, no record */
            assert_status(run(&world, "?30"), CACHE_MAP_ABSENT);
            (void)run(&world, round % 2 == 0 ? "x" : ")");
            assert_int_equal(world.subject->counts(world.map).scope_count, 0);
        }
        assert_false(cache_map_status_failed(put(&world, 20))); /* outside there is no limit */
        world_end(&world);
    }
}

static void guarantee_9_same_calls_same_everything(void **state) {
    struct world worlds[2];
    struct unit_random random = {9};
    (void)state;
    for (int i = 0; i < 2; i += 1)
        worlds[i] = world_make(&clock4_subject, 12, 14, 10);
    for (uint32_t step = 0; step < 3000; step += 1) {
        const char word = "++++---??~()x#"[unit_random_below(&random, 14)];
        const uint64_t key = unit_random_below(&random, KEY_COUNT);
        assert_status(run_word(&worlds[0], word, key), run_word(&worlds[1], word, key));
        assert_unchanged(&clock4_subject, worlds[1].map,
                         unit_digest_take(&clock4_subject, worlds[0].map), "the second run");
    }
    world_end(&worlds[0]);
    world_end(&worlds[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guarantee_1_what_was_written_since_the_compact_is_found),
        cmocka_unit_test(guarantee_2_no_value_is_stale),
        cmocka_unit_test(guarantee_3_a_removed_key_is_a_tombstone_until_the_compact),
        cmocka_unit_test(guarantee_4_only_compact_forgets),
        cmocka_unit_test(guarantee_5_discard_is_exact),
        cmocka_unit_test(guarantee_6_persist_changes_no_lookup),
        cmocka_unit_test(guarantee_7_capacity),
        cmocka_unit_test(guarantee_8_a_scope_takes_its_mutations_and_no_more),
        cmocka_unit_test(guarantee_9_same_calls_same_everything),
    };
    return cmocka_run_group_tests_name("guarantees", tests, NULL, NULL);
}
