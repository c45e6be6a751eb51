/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit tests share: a seeded generator of random numbers, statuses in words when they
 * differ, and a digest of a map's whole observable state that can name the part that changed.
 *
 * A `unit_subject` is one instantiation of the library seen through a table of its typed
 * functions, so that one test can drive many layouts; unit_subject.h makes them. */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cache_map.h"

#define UNIT_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Random numbers: splitmix64. The same seed gives the same numbers everywhere. -------- */

struct unit_random {
    uint64_t state;
};

static inline uint64_t unit_random_next(struct unit_random *random) {
    uint64_t word = random->state += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static inline uint32_t unit_random_below(struct unit_random *random, uint32_t limit) {
    return (uint32_t)(unit_random_next(random) % limit);
}

/* ---- Statuses. --------------------------------------------------------------------------- */

#define assert_status(actual, expected) \
    unit_assert_status((actual), (expected), #actual, __FILE__, __LINE__)

static inline void unit_assert_status(enum cache_map_status actual, enum cache_map_status expected,
                                      const char *call, const char *file, int line) {
    if (actual == expected)
        return;
    print_error("%s is %s, expected %s\n", call, cache_map_status_name(actual),
                cache_map_status_name(expected));
    _fail(file, line);
}

/* ---- The values that most tests store. --------------------------------------------------- */

struct unit_item {
    uint64_t key;
    uint64_t payload;
};

static inline struct unit_item unit_item_make(uint64_t key, uint64_t payload) {
    struct unit_item item;
    item.key = key;
    item.payload = payload;
    return item;
}

/* ---- One instantiation behind a table of its typed functions. ---------------------------- */

struct unit_subject {
    const char *name;
    const struct cache_map_layout *layout;
    size_t map_size;
    enum cache_map_status (*init)(void *, const struct cache_map_options *,
                                  const struct cache_map_allocator *);
    void (*deinit)(void *);
    enum cache_map_status (*reset)(void *);
    enum cache_map_status (*lookup)(void *, uint64_t, struct unit_item **);
    struct unit_item *(*get)(void *, uint64_t);
    bool (*has)(void *, uint64_t);
    void (*demote)(void *, uint64_t);
    enum cache_map_status (*upsert)(void *, const struct unit_item *);
    enum cache_map_status (*remove)(void *, uint64_t);
    enum cache_map_status (*scope_open)(void *);
    enum cache_map_status (*scope_close)(void *, enum cache_map_scope_mode);
    enum cache_map_status (*compact)(void *);
    struct cache_map_counts (*counts)(const void *);
    struct cache_map_slot_view (*slot)(const void *, uint64_t, uint32_t);
    uint32_t (*hand)(const void *, uint64_t);
    struct cache_map_entry_view (*entry)(const void *, uint32_t);
    struct cache_map_record_view (*record)(const void *, uint64_t);
    struct cache_map_place_view (*place)(const void *, uint64_t);
    enum cache_map_invariant (*check)(const void *);
};

static inline struct cache_map_options unit_options(uint64_t cache_count, uint64_t stash_count,
                                                    uint64_t scope_count) {
    struct cache_map_options options;
    options.cache_value_count_max = cache_count;
    options.stash_value_count_max = stash_count;
    options.scope_value_count_max = scope_count;
    options.hash_seed = 0;
    return options;
}

/* An initialised map on the heap; unit_destroy takes it. */
static inline void *unit_create(const struct unit_subject *subject, uint64_t cache_count,
                                uint64_t stash_count, uint64_t scope_count) {
    const struct cache_map_options options = unit_options(cache_count, stash_count, scope_count);
    void *map = malloc(subject->map_size);
    assert_non_null(map);
    assert_status(subject->init(map, &options, NULL), CACHE_MAP_OK);
    return map;
}

static inline void unit_destroy(const struct unit_subject *subject, void *map) {
    subject->deinit(map);
    free(map);
}

static inline void unit_assert_check(const struct unit_subject *subject, const void *map) {
    const enum cache_map_invariant broken = subject->check(map);
    if (broken != CACHE_MAP_INVARIANT_NONE)
        fail_msg("%s: broken invariant: %s", subject->name, cache_map_invariant_name(broken));
}

/* ---- A digest of everything that inspection shows, by parts. ----------------------------- */

struct unit_digest {
    uint64_t counts, slots, hands, stash, records;
};

static inline void unit_digest_word(uint64_t *digest, uint64_t word) {
    struct unit_random random;
    random.state = *digest ^ word;
    *digest = unit_random_next(&random) + word;
}

static inline void unit_digest_bytes(uint64_t *digest, const void *bytes, size_t size) {
    const unsigned char *byte = (const unsigned char *)bytes;
    unit_digest_word(digest, bytes != NULL);
    for (size_t i = 0; bytes != NULL && i < size; i += 1)
        unit_digest_word(digest, byte[i]);
}

static inline uint64_t unit_digest_counts(const struct cache_map_counts *counts) {
    uint64_t digest = 0;
    unit_digest_word(&digest, counts->cache_value_count);
    unit_digest_word(&digest, counts->cache_value_count_max);
    unit_digest_word(&digest, counts->set_count);
    unit_digest_word(&digest, counts->stash_count);
    unit_digest_word(&digest, counts->stash_count_max);
    unit_digest_word(&digest, counts->scope_count);
    unit_digest_word(&digest, counts->scope_count_max);
    unit_digest_word(&digest, counts->scope_open);
    unit_digest_word(&digest, counts->metrics.hits);
    unit_digest_word(&digest, counts->metrics.misses);
    return digest;
}

static inline void unit_digest_cache(const struct unit_subject *subject, const void *map,
                                     uint64_t set_count, struct unit_digest *digest) {
    for (uint64_t set = 0; set < set_count; set += 1) {
        unit_digest_word(&digest->hands, subject->hand(map, set));
        for (uint32_t way = 0; way < subject->layout->ways; way += 1) {
            const struct cache_map_slot_view slot = subject->slot(map, set, way);
            unit_digest_word(&digest->slots, slot.set);
            unit_digest_word(&digest->slots, slot.way);
            unit_digest_word(&digest->slots, slot.tag);
            unit_digest_word(&digest->slots, slot.count);
            unit_digest_bytes(&digest->slots, slot.value, subject->layout->value_size);
        }
    }
}

static inline struct unit_digest unit_digest_take(const struct unit_subject *subject,
                                                  const void *map) {
    const struct cache_map_counts counts = subject->counts(map);
    const size_t value_size = subject->layout->value_size;
    struct unit_digest digest = {0, 0, 0, 0, 0};
    digest.counts = unit_digest_counts(&counts);
    unit_digest_cache(subject, map, counts.set_count, &digest);
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1) {
        const struct cache_map_entry_view view = subject->entry(map, entry);
        unit_digest_word(&digest.stash, view.tombstone);
        unit_digest_bytes(&digest.stash, view.value, value_size);
    }
    for (uint64_t index = 0; index < counts.scope_count; index += 1) {
        const struct cache_map_record_view view = subject->record(map, index);
        unit_digest_word(&digest.records, view.is_remove);
        unit_digest_word(&digest.records, view.evicts);
        unit_digest_word(&digest.records, (uint64_t)view.before);
        unit_digest_word(&digest.records, view.slot);
        unit_digest_word(&digest.records, view.entry);
        unit_digest_bytes(&digest.records, view.overwritten, value_size);
    }
    return digest;
}

/* The first part in which two digests differ, or null. */
static inline const char *unit_digest_difference(struct unit_digest a, struct unit_digest b) {
    if (a.counts != b.counts)
        return "the counts or metrics";
    if (a.slots != b.slots)
        return "the cache's slots";
    if (a.hands != b.hands)
        return "the clock hands";
    if (a.stash != b.stash)
        return "the stash's entries";
    if (a.records != b.records)
        return "the scope's records";
    return NULL;
}

#define assert_unchanged(subject, map, before, what) \
    unit_assert_unchanged((subject), (map), (before), (what), __FILE__, __LINE__)

static inline void unit_assert_unchanged(const struct unit_subject *subject, const void *map,
                                         struct unit_digest before, const char *what,
                                         const char *file, int line) {
    const char *difference = unit_digest_difference(before, unit_digest_take(subject, map));
    if (difference == NULL)
        return;
    print_error("%s: %s changed %s\n", subject->name, what, difference);
    _fail(file, line);
}

#endif
