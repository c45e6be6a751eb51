/* SPDX-License-Identifier: Apache-2.0 */
/* Values that own something (CACHE_MAP_VALUE_GONE): for each path of the library the exact list of
 * values that it tells to be gone, on every kind of layout; and long random runs at whose end each
 * value that was stored has been told of once. */
#include "unit_support.h"

/* ---- What is told. ----------------------------------------------------------------------- */

enum { TOLD_COUNT_MAX = 64, NUMBER_COUNT_MAX = 20000 };

static uint64_t told[TOLD_COUNT_MAX];
static unsigned told_count;
static unsigned times_told[NUMBER_COUNT_MAX];

/* Every byte can be read and written, and nobody reads what is written. */
static void note_gone(struct unit_item *item) {
    assert_int_equal((uintptr_t)item % _Alignof(struct unit_item), 0);
    assert_true(item->payload < NUMBER_COUNT_MAX);
    if (told_count < TOLD_COUNT_MAX)
        told[told_count] = item->payload;
    told_count += 1;
    times_told[item->payload] += 1;
    memset(item, 0xdb, sizeof *item);
}

#define UNIT_NAME            ways2
#define UNIT_WAYS            2
#define UNIT_TAG_BITS        8
#define UNIT_CLOCK_BITS      1
#define UNIT_POLICY          CACHE_MAP_POLICY_CLOCK
#define CACHE_MAP_VALUE_GONE note_gone
#include "unit_subject.h"
#define UNIT_NAME            ways2_classic
#define UNIT_WAYS            2
#define UNIT_TAG_BITS        16
#define UNIT_CLOCK_BITS      4
#define UNIT_POLICY          CACHE_MAP_POLICY_CLOCK_CLASSIC
#define CACHE_MAP_VALUE_GONE note_gone
#include "unit_subject.h"
#define UNIT_NAME            ways4
#define UNIT_WAYS            4
#define UNIT_TAG_BITS        16
#define UNIT_CLOCK_BITS      2
#define UNIT_POLICY          CACHE_MAP_POLICY_CLOCK
#define CACHE_MAP_VALUE_GONE note_gone
#include "unit_subject.h"
#define UNIT_NAME            ways8
#define UNIT_WAYS            8
#define UNIT_TAG_BITS        8
#define UNIT_CLOCK_BITS      4
#define UNIT_POLICY          CACHE_MAP_POLICY_CLOCK
#define CACHE_MAP_VALUE_GONE note_gone
#include "unit_subject.h"
#define UNIT_NAME            ways16
#define UNIT_WAYS            16
#define UNIT_TAG_BITS        8
#define UNIT_CLOCK_BITS      2
#define UNIT_POLICY          CACHE_MAP_POLICY_CLOCK_CLASSIC
#define CACHE_MAP_VALUE_GONE note_gone
#include "unit_subject.h"
/* Nothing is told of a map without the parameter, between two that have it. */
#define UNIT_NAME       silent
#define UNIT_WAYS       2
#define UNIT_TAG_BITS   8
#define UNIT_CLOCK_BITS 2
#define UNIT_POLICY     CACHE_MAP_POLICY_CLOCK
#include "unit_subject.h"

static const struct unit_subject *const subjects[] = {
    &ways2_subject, &ways2_classic_subject, &ways4_subject, &ways8_subject, &ways16_subject,
};

/* ---- Calls as text. ---------------------------------------------------------------------- */

/* +K upserts key K, with the next number from 1 on (fails: the number is lost); -K removes it; =K
 * upserts what get points to; ~K upserts a copy of it; ( ) x open a scope, persist, discard; c
 * compacts; r resets; d gives the map back; l upserts what the newest record keeps. */
struct run {
    const struct unit_subject *subject;
    void *map;
    uint64_t number;
};

static enum cache_map_status run_key(struct run *run, char call, uint64_t key) {
    struct unit_item item;
    if (call == '-')
        return run->subject->remove(run->map, key);
    if (call == '=')
        return run->subject->upsert(run->map, run->subject->get(run->map, key));
    if (call == '~') {
        item = *run->subject->get(run->map, key);
        return run->subject->upsert(run->map, &item);
    }
    run->number += 1;
    item = unit_item_make(key, run->number);
    return run->subject->upsert(run->map, &item);
}

static enum cache_map_status run_call(struct run *run, char call) {
    const struct unit_subject *subject = run->subject;
    switch (call) {
    case '(': return subject->scope_open(run->map);
    case ')': return subject->scope_close(run->map, CACHE_MAP_SCOPE_PERSIST);
    case 'x': return subject->scope_close(run->map, CACHE_MAP_SCOPE_DISCARD);
    case 'c': return subject->compact(run->map);
    case 'r': return subject->reset(run->map);
    case 'l':
        return subject->upsert(run->map,
                               (const struct unit_item *)subject
                                   ->record(run->map, subject->counts(run->map).scope_count - 1)
                                   .overwritten);
    default: unit_destroy(subject, run->map); run->map = NULL;
    }
    return CACHE_MAP_OK;
}

/* Makes the calls; the status of the last. */
static enum cache_map_status run_text(struct run *run, const char *text) {
    enum cache_map_status status = CACHE_MAP_OK;
    for (const char *at = text; *at != '\0'; at += 1) {
        if (*at == ' ')
            continue;
        if (strchr("+-=~", *at) != NULL) {
            status = run_key(run, *at, (uint64_t)(at[1] - '0'));
            at += 1;
        } else {
            status = run_call(run, *at);
        }
    }
    return status;
}

/* ---- Each path. -------------------------------------------------------------------------- */

struct path {
    const char *name;
    unsigned set_count, stash_count, scope_count;
    const char *setup, *setup_tells; /* numbers, in order */
    const char *call, *tells;
};

/* One set of two ways, which keys 1, 2 and 3 overfill: 1 is evicted. */
static const struct path paths[] = {
    {"insert", 1, 8, 4, "", "", "+1", ""},
    {"eviction", 1, 8, 4, "+1 +2", "", "+3 +4", ""},
    {"overwritten in the cache", 1, 8, 4, "+1", "", "+1", "1"},
    {"overwritten in the stash, evicting", 1, 8, 4, "+1 +2 +3", "", "+1", "1"},
    {"overwritten in the stash, free way", 1, 8, 4, "+1 +2 +3 -3", "3", "+1", "1"},
    {"overwritten without a cache", 0, 8, 4, "+1 +2", "", "+1", "1"},
    {"removed from the cache", 1, 8, 4, "+1 +2", "", "-1", "1"},
    {"removed from the stash", 1, 8, 4, "+1 +2 +3", "", "-1", "1"},
    {"removed without a cache", 0, 8, 4, "+1", "", "-1", "1"},
    {"a tombstone removed", 1, 8, 4, "+1 -1", "1", "-1", ""},
    {"a tombstone revived", 1, 8, 4, "+1 -1", "1", "+1", ""},
    {"a tombstone revived without a cache", 0, 8, 4, "+1 -1", "1", "+1", ""},
    {"compact", 1, 8, 4, "+1 +2 +3 +4", "", "c", "1 2"},
    {"compact of a tombstone", 1, 8, 4, "+1 +2 -1", "1", "c", ""},
    {"compact without a cache", 0, 8, 4, "+1 +2 -1", "1", "c", "2"},
    {"compact in a scope is refused", 1, 8, 4, "+1 +2 +3 (", "", "c", ""},
    {"reset", 1, 8, 4, "+1 +2 +3 +4 -1", "1", "r", "3 4 2"},
    {"reset in a scope is refused", 1, 8, 4, "+1 (", "", "r", ""},
    {"deinit", 1, 8, 4, "+1 +2 +3 -1", "1", "d", "3 2"},
    {"deinit of nothing", 1, 8, 4, "", "", "d", ""},
    {"deinit in a scope", 1, 8, 4, "+1 +2 (+1 -2", "", "d", "3 1 2"},
    {"a full stash", 1, 1, 4, "+1 +2 +3", "", "+4", ""},
    {"a full scope", 1, 8, 1, "+1 (+1", "", "+1", ""},
    {"an update in a scope", 1, 8, 4, "+1", "", "(+1", ""},
    {"an update persisted", 1, 8, 4, "+1 (+1", "", ")", "1"},
    {"an update discarded", 1, 8, 4, "+1 (+1", "", "x", "2"},
    {"two updates persisted", 1, 8, 4, "+1 (+1 +1", "", ")", "1 2"},
    {"two updates discarded", 1, 8, 4, "+1 (+1 +1", "", "x", "3 2"},
    {"an insert persisted", 1, 8, 4, "(+1", "", ")", ""},
    {"an insert discarded", 1, 8, 4, "(+1", "", "x", "1"},
    {"an insert that evicts, persisted", 1, 8, 4, "+1 +2 (+3", "", ")", ""},
    {"an insert that evicts, discarded", 1, 8, 4, "+1 +2 (+3", "", "x", "3"},
    {"a remove persisted", 1, 8, 4, "+1 (-1", "", ")", "1"},
    {"a remove discarded", 1, 8, 4, "+1 (-1", "", "x", ""},
    {"a remove from the stash persisted", 1, 8, 4, "+1 +2 +3 (-1", "", ")", "1"},
    {"a remove from the stash discarded", 1, 8, 4, "+1 +2 +3 (-1", "", "x", ""},
    {"a remove whose tombstone moves, persisted", 1, 8, 4, "+1 +2 +3 +4 (-1 -2 +1", "", ")", "1 2"},
    {"a remove revived, persisted", 1, 8, 4, "+1 (-1 +1", "", ")", "1"},
    {"a remove revived, discarded", 1, 8, 4, "+1 (-1 +1", "", "x", "2"},
    {"an insert removed, persisted", 1, 8, 4, "(+1 -1", "", ")", "1"},
    {"an insert removed, discarded", 1, 8, 4, "(+1 -1", "", "x", "1"},
    {"a promotion persisted", 1, 8, 4, "+1 +2 +3 (+1", "", ")", "1"},
    {"a promotion discarded", 1, 8, 4, "+1 +2 +3 (+1", "", "x", "4"},
    {"no cache: persisted", 0, 8, 4, "+1 +2 (+1 -2 +3", "", ")", "1 2"},
    {"no cache: discarded", 0, 8, 4, "+1 +2 (+1 -2 +3", "", "x", "4 3"},
    {"a revival of an old tombstone, persisted", 1, 8, 4, "+1 -1 (+1", "1", ")", ""},
    {"a revival of an old tombstone, discarded", 1, 8, 4, "+1 -1 (+1", "1", "x", "2"},
    {"no cache: a revival discarded", 0, 8, 4, "+1 -1 (+1", "1", "x", "2"},
    /* The very value that is in the map. */
    {"itself in the cache", 1, 8, 4, "+1", "", "=1", ""},
    {"itself in the stash", 1, 8, 4, "+1 +2 +3", "", "=1", ""},
    {"itself without a cache", 0, 8, 4, "+1", "", "=1", ""},
    {"itself in the cache, persisted", 1, 8, 4, "+1 (=1", "", ")", ""},
    {"itself in the cache, discarded", 1, 8, 4, "+1 (=1", "", "x", ""},
    {"itself in the stash, persisted", 1, 8, 4, "+1 +2 +3 (=1", "", ")", ""},
    {"itself in the stash, discarded", 1, 8, 4, "+1 +2 +3 (=1", "", "x", ""},
    {"itself without a cache, persisted", 0, 8, 4, "+1 (=1", "", ")", ""},
    {"itself without a cache, discarded", 0, 8, 4, "+1 (=1", "", "x", ""},
    {"itself, then an update, persisted", 1, 8, 4, "+1 (=1 +1", "", ")", "1"},
    {"itself, then an update, discarded", 1, 8, 4, "+1 (=1 +1", "", "x", "2"},
    {"an update, then itself, persisted", 1, 8, 4, "+1 (+1 =1", "", ")", "1"},
    {"an update, then itself, discarded", 1, 8, 4, "+1 (+1 =1", "", "x", "2"},
    {"itself, then removed, deinit", 1, 8, 4, "+1 (=1 -1", "", "d", "1"},
    /* Copies. */
    {"a copy of it", 1, 8, 4, "+1", "", "~1", "1"},
    {"a copy of it from the stash", 1, 8, 4, "+1 +2 +3", "", "~1", "1"},
    {"what the log keeps", 1, 8, 4, "+1 (+1", "", "l )", "1 2"},
};

static void assert_told(const struct run *run, const struct path *path, const char *expected) {
    char text[4 * TOLD_COUNT_MAX] = "";
    size_t size = 0;
    for (unsigned i = 0; i < told_count && i < TOLD_COUNT_MAX; i += 1)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%u", i == 0 ? "" : " ",
                                 (unsigned)told[i]);
    if (strcmp(text, expected) != 0)
        fail_msg("%s, %s: \"%s\" is told to be gone, expected \"%s\"", run->subject->name,
                 path->name, text, expected);
    told_count = 0;
}

static void each_path_tells_its_values(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(paths) * 2; i += 1) {
        const struct path *path = &paths[i / 2];
        const struct unit_subject *subject = subjects[i % 2];
        struct run run = {subject,
                          unit_create(subject, path->set_count * (uint64_t)2, path->stash_count,
                                      path->scope_count),
                          0};
        told_count = 0;
        (void)run_text(&run, path->setup);
        assert_told(&run, path, path->setup_tells);
        (void)run_text(&run, path->call);
        assert_told(&run, path, path->tells);
        if (run.map == NULL)
            continue;
        unit_assert_check(subject, run.map);
        unit_destroy(subject, run.map);
    }
}

static void a_map_without_the_parameter_tells_nothing(void **state) {
    (void)state;
    assert_null(silent_subject.layout->value_gone);
    assert_non_null(ways2_subject.layout->value_gone);
    for (size_t i = 0; i < UNIT_COUNT_OF(paths); i += 1) {
        struct run run = {&silent_subject,
                          unit_create(&silent_subject, paths[i].set_count * (uint64_t)2,
                                      paths[i].stash_count, paths[i].scope_count),
                          0};
        told_count = 0;
        (void)run_text(&run, paths[i].setup);
        (void)run_text(&run, paths[i].call);
        if (run.map != NULL)
            unit_destroy(&silent_subject, run.map);
        assert_int_equal(told_count, 0);
    }
}

/* ---- Long runs. -------------------------------------------------------------------------- */

enum { KEY_COUNT = 40, STEP_COUNT = 6000 };

struct account {
    bool stored[NUMBER_COUNT_MAX];
    unsigned stored_count;
};

static struct account account;

static void random_step(struct run *run, struct unit_random *random) {
    static const char calls[] = "++++++++---=~(((xx)))cr";
    const char call = calls[unit_random_below(random, sizeof calls - 1)];
    const uint64_t key = unit_random_below(random, KEY_COUNT);
    enum cache_map_status status;
    if (strchr("+-=", call) == NULL && call != '~') {
        (void)run_call(run, call);
        return;
    }
    if (call == '~' || (call == '=' && run->subject->get(run->map, key) == NULL))
        return; /* a copy has the number of another value */
    status = run_key(run, call, key);
    if (call != '+')
        return;
    account.stored[run->number] = !cache_map_status_failed(status);
}

/* Whatever the map or its log holds is not gone. */
static void assert_held_is_not_gone(const struct run *run) {
    const struct cache_map_counts counts = run->subject->counts(run->map);
    for (uint64_t set = 0; set < counts.set_count; set += 1)
        for (uint32_t way = 0; way < run->subject->layout->ways; way += 1) {
            const struct cache_map_slot_view slot = run->subject->slot(run->map, set, way);
            if (slot.count != 0)
                assert_int_equal(times_told[((const struct unit_item *)slot.value)->payload], 0);
        }
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1) {
        const struct cache_map_entry_view view = run->subject->entry(run->map, entry);
        if (!view.tombstone)
            assert_int_equal(times_told[((const struct unit_item *)view.value)->payload], 0);
    }
    for (uint64_t index = 0; index < counts.scope_count; index += 1) {
        const struct cache_map_record_view view = run->subject->record(run->map, index);
        if (view.overwritten != NULL && view.before != CACHE_MAP_PLACE_STASH_TOMBSTONE)
            assert_int_equal(times_told[((const struct unit_item *)view.overwritten)->payload], 0);
    }
}

static void every_stored_value_is_told_once(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < UNIT_COUNT_OF(subjects) * 3; seed += 1) {
        const struct unit_subject *subject = subjects[seed / 3];
        const uint64_t sets = seed % 3;
        struct unit_random random = {seed};
        struct run run = {subject, unit_create(subject, sets * subject->layout->ways, 24, 12), 0};
        memset(times_told, 0, sizeof times_told);
        memset(&account, 0, sizeof account);
        for (unsigned step = 0; step < STEP_COUNT; step += 1) {
            random_step(&run, &random);
            assert_held_is_not_gone(&run);
        }
        unit_assert_check(subject, run.map);
        unit_destroy(subject, run.map);
        for (uint64_t number = 1; number <= run.number; number += 1)
            if (times_told[number] != account.stored[number])
                fail_msg("%s, seed %u: value %u is told to be gone %u times, stored %u times",
                         subject->name, (unsigned)seed, (unsigned)number, times_told[number],
                         account.stored[number]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_tells_its_values),
        cmocka_unit_test(a_map_without_the_parameter_tells_nothing),
        cmocka_unit_test(every_stored_value_is_told_once),
    };
    return cmocka_run_group_tests_name("unit_gone", tests, NULL, NULL);
}
