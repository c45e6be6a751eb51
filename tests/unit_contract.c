/* The contract (docs/contract.md), line by line: operations and outcomes, the nine guarantees, the
 * clock, the stash, scopes, inspection.
 *
 * A history is written as a string, one word a call, keys in decimal:
 *     +1 upsert   -1 remove   ?1 get   ~1 demote   ( scope_open   ) persist   x discard   # compact
 * and a map of one set as a string too: slots as key:count or `.` when free, the hand, the stash
 * in entry order with `-` before a tombstone:
 *     "5:1 2:3 . 4:1 @1 | 1 -3"
 */
#include "unit_support.h"

#define UNIT_NAME       clock4
#define UNIT_WAYS       4
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 2
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK
#include "unit_subject.h"

#define UNIT_NAME       classic4
#define UNIT_WAYS       4
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 2
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "unit_subject.h"

enum { KEY_COUNT = 40 };

/* ---- A map, and histories as strings. ---------------------------------------------------- */

struct world {
    const struct unit_subject *subject;
    void *map;
    uint64_t payload; /* of the newest upsert */
};

static struct world world_make(const struct unit_subject *subject, uint64_t cache_count,
                               uint64_t stash_count, uint64_t scope_count) {
    struct world world;
    world.subject = subject;
    world.map = unit_create(subject, cache_count, stash_count, scope_count);
    world.payload = 0;
    return world;
}

static void world_end(struct world *world) {
    unit_assert_check(world->subject, world->map);
    unit_destroy(world->subject, world->map);
}

static enum cache_map_status put(struct world *world, uint64_t key) {
    const struct unit_item item = unit_item_make(key, world->payload + 1);
    const enum cache_map_status status = world->subject->upsert(world->map, &item);
    world->payload += !cache_map_status_failed(status);
    return status;
}

static enum cache_map_status run_word(struct world *world, char word, uint64_t key) {
    const struct unit_subject *subject = world->subject;
    struct unit_item *value;
    switch (word) {
    case '+': return put(world, key);
    case '-': return subject->remove(world->map, key);
    case '?': return subject->lookup(world->map, key, &value);
    case '~': subject->demote(world->map, key); return CACHE_MAP_OK;
    case '(': return subject->scope_open(world->map);
    case ')': return subject->scope_close(world->map, CACHE_MAP_SCOPE_PERSIST);
    case 'x': return subject->scope_close(world->map, CACHE_MAP_SCOPE_DISCARD);
    case '#': return subject->compact(world->map);
    default: fail_msg("unknown word '%c'", word);
    }
    return CACHE_MAP_OK;
}

/* Runs a history and returns the last status. All invariants hold after each call. */
static enum cache_map_status run(struct world *world, const char *history) {
    enum cache_map_status status = CACHE_MAP_OK;
    while (*history != '\0') {
        const char word = *history;
        char *end = NULL;
        uint64_t key = 0;
        history += 1;
        if (word == ' ')
            continue;
        if (*history >= '0' && *history <= '9') {
            key = strtoull(history, &end, 10);
            history = end;
        }
        status = run_word(world, word, key);
        unit_assert_check(world->subject, world->map);
    }
    return status;
}

static void describe(const struct world *world, char *text, size_t size) {
    const struct unit_subject *subject = world->subject;
    const struct cache_map_counts counts = subject->counts(world->map);
    size_t at = 0;
    for (uint64_t set = 0; set < counts.set_count; set += 1) {
        for (uint32_t way = 0; way < subject->layout->ways; way += 1) {
            const struct cache_map_slot_view slot = subject->slot(world->map, set, way);
            const struct unit_item *item = (const struct unit_item *)slot.value;
            at += (size_t)(item == NULL ? snprintf(text + at, size - at, ". ")
                                        : snprintf(text + at, size - at, "%u:%u ",
                                                   (unsigned)item->key, slot.count));
        }
        at += (size_t)snprintf(text + at, size - at, "@%u ", subject->hand(world->map, set));
    }
    at += (size_t)snprintf(text + at, size - at, "|");
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1) {
        const struct cache_map_entry_view view = subject->entry(world->map, entry);
        at += (size_t)snprintf(text + at, size - at, " %s%u", view.tombstone ? "-" : "",
                               (unsigned)((const struct unit_item *)view.value)->key);
    }
}

#define expect_map(world, expected) expect_map_at((world), (expected), __FILE__, __LINE__)

static void expect_map_at(const struct world *world, const char *expected, const char *file,
                          int line) {
    char text[2048];
    describe(world, text, sizeof text);
    if (strcmp(text, expected) == 0)
        return;
    print_error("%s: the map is \"%s\", expected \"%s\"\n", world->subject->name, text, expected);
    _fail(file, line);
}

/* Runs a history on a map of one set under `subject` and compares the map. */
#define expect_history(subject, history, expected) \
    expect_history_at((subject), (history), (expected), __FILE__, __LINE__)

static void expect_history_at(const struct unit_subject *subject, const char *history,
                              const char *expected, const char *file, int line) {
    struct world world = world_make(subject, 4, 16, 16);
    (void)run(&world, history);
    expect_map_at(&world, expected, file, line);
    world_end(&world);
}

/* The status of the last call of a history on a fresh map. */
static enum cache_map_status outcome(uint64_t cache_count, uint64_t stash_count,
                                     uint64_t scope_count, const char *history) {
    struct world world = world_make(&clock4_subject, cache_count, stash_count, scope_count);
    const enum cache_map_status status = run(&world, history);
    world_end(&world);
    return status;
}

/* ---- Where every key is: what a discard must restore. ------------------------------------ */

struct picture {
    struct cache_map_place_view places[KEY_COUNT];
    struct unit_item items[KEY_COUNT];
};

static void picture_take(const struct world *world, struct picture *picture) {
    memset(picture, 0, sizeof *picture);
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        picture->places[key] = world->subject->place(world->map, key);
        if (picture->places[key].value != NULL)
            picture->items[key] = *(const struct unit_item *)picture->places[key].value;
    }
}

/* Counts of the clock may differ; nothing else. */
static void expect_picture(const struct world *world, const struct picture *expected,
                           const char *what) {
    struct picture now;
    picture_take(world, &now);
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        const struct cache_map_place_view *a = &now.places[key], *b = &expected->places[key];
        if (a->place != b->place || a->set != b->set || a->way != b->way || a->entry != b->entry)
            fail_msg("%s: key %u is at place %d set %u way %u entry %d, expected %d %u %u %d", what,
                     (unsigned)key, a->place, (unsigned)a->set, a->way, (int)a->entry, b->place,
                     (unsigned)b->set, b->way, (int)b->entry);
        if (now.items[key].payload != expected->items[key].payload)
            fail_msg("%s: key %u has payload %u, expected %u", what, (unsigned)key,
                     (unsigned)now.items[key].payload, (unsigned)expected->items[key].payload);
    }
}

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
        cmocka_unit_test(guarantee_1_what_was_written_since_the_compact_is_found),
        cmocka_unit_test(guarantee_2_no_value_is_stale),
        cmocka_unit_test(guarantee_3_a_removed_key_is_a_tombstone_until_the_compact),
        cmocka_unit_test(guarantee_4_only_compact_forgets),
        cmocka_unit_test(guarantee_5_discard_is_exact),
        cmocka_unit_test(guarantee_6_persist_changes_no_lookup),
        cmocka_unit_test(guarantee_7_capacity),
        cmocka_unit_test(guarantee_8_a_scope_takes_its_mutations_and_no_more),
        cmocka_unit_test(guarantee_9_same_calls_same_everything),
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
        cmocka_unit_test(discard_of_each_record_kind),
        cmocka_unit_test(discard_of_every_short_sequence),
        cmocka_unit_test(discard_of_a_long_scope_on_one_key),
        cmocka_unit_test(discard_when_the_stash_is_exactly_full),
        cmocka_unit_test(a_thousand_discards_do_not_drain_the_cache),
        cmocka_unit_test(the_clock_after_a_discard),
        cmocka_unit_test(persist_forgets_the_records),
        cmocka_unit_test(an_empty_scope_changes_nothing),
        cmocka_unit_test(inspection_has_no_effect),
    };
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
