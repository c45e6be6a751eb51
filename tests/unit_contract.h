/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the contract share: two maps of one set of four ways, histories and maps as strings.
 *
 * A history is written as a string, one word a call, keys in decimal:
 *     +1 upsert   -1 remove   ?1 get   ~1 demote   ( scope_open   ) persist   x discard   # compact
 * and a map of one set as a string too: slots as key:count or `.` when free, the hand, the stash
 * in entry order with `-` before a tombstone:
 *     "5:1 2:3 . 4:1 @1 | 1 -3"
 */
#ifndef UNIT_CONTRACT_H
#define UNIT_CONTRACT_H

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

static inline struct world world_make(const struct unit_subject *subject, uint64_t cache_count,
                                      uint64_t stash_count, uint64_t scope_count) {
    struct world world;
    world.subject = subject;
    world.map = unit_create(subject, cache_count, stash_count, scope_count);
    world.payload = 0;
    return world;
}

static inline void world_end(struct world *world) {
    unit_assert_check(world->subject, world->map);
    unit_destroy(world->subject, world->map);
}

static inline enum cache_map_status put(struct world *world, uint64_t key) {
    const struct unit_item item = unit_item_make(key, world->payload + 1);
    const enum cache_map_status status = world->subject->upsert(world->map, &item);
    world->payload += !cache_map_status_failed(status);
    return status;
}

static inline enum cache_map_status run_word(struct world *world, char word, uint64_t key) {
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
static inline enum cache_map_status run(struct world *world, const char *history) {
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

static inline void describe(const struct world *world, char *text, size_t size) {
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

static inline void expect_map_at(const struct world *world, const char *expected, const char *file,
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

static inline void expect_history_at(const struct unit_subject *subject, const char *history,
                                     const char *expected, const char *file, int line) {
    struct world world = world_make(subject, 4, 16, 16);
    (void)run(&world, history);
    expect_map_at(&world, expected, file, line);
    world_end(&world);
}

/* The status of the last call of a history on a fresh map. */
static inline enum cache_map_status outcome(uint64_t cache_count, uint64_t stash_count,
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

static inline void picture_take(const struct world *world, struct picture *picture) {
    memset(picture, 0, sizeof *picture);
    for (uint64_t key = 0; key < KEY_COUNT; key += 1) {
        picture->places[key] = world->subject->place(world->map, key);
        if (picture->places[key].value != NULL)
            picture->items[key] = *(const struct unit_item *)picture->places[key].value;
    }
}

/* Counts of the clock may differ; nothing else. */
static inline void expect_picture(const struct world *world, const struct picture *expected,
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

#endif
