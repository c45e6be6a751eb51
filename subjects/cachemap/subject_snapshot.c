/* SPDX-License-Identifier: Apache-2.0 */
/* The comparison behind subject_snapshot.h. Memory is compared and copied by hand: a sanitizer looks at what
 * memcmp and memcpy read. */
#include "subject_snapshot.h"

#include "subject_functions.h"

#include <stddef.h>

typedef uint64_t lane __attribute__((vector_size(32), aligned(16), may_alias));

enum { WORD_SIZE = 8, STRUCT_SIZE = sizeof(struct cache_map), STRUCT_WORD_SIZE = sizeof(size_t) };
_Static_assert((int)STRUCT_SIZE <= (int)SUBJECT_MAP_SIZE_MAX, "the copy has room for the struct");

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

/* What a call may change in the struct are its counts. */
static void take_counts(struct subject_snapshot *snapshot, const struct subject *subject) {
    const struct cache_map *map = (const struct cache_map *)(const void *)subject->map;
    struct counts_state *counts = &snapshot->counts;
    counts->cache_value_count = map->cache.value_count;
    counts->stash_count = map->stash.count;
    counts->scope_count = map->log.count;
    counts->scope_open = map->log.open;
    counts->hits = map->metrics.hits;
    counts->misses = map->metrics.misses;
}

/* ---- The block. -------------------------------------------------------------------------- */

/* The array that has the byte at `offset`, which is not before `array`. */
static uint32_t array_at(const struct subject_places *arrays, uint32_t array, size_t offset) {
    while (offset >= arrays->starts[array + 1])
        array += 1;
    return array;
}

/* A line belongs to one array: each starts at one. */
static SUBJECT_UNWATCHED void take_line(struct subject_snapshot *snapshot, uint32_t first_array,
                                        size_t line) {
    const unsigned char *from = snapshot->arrays.block + line;
    unsigned char *to = snapshot->copy + line;
    const uint32_t array = array_at(&snapshot->arrays, first_array, line);
    struct subject_word *word = &snapshot->words[snapshot->word_count];
    for (uint32_t at = 0; at < SNAPSHOT_LINE_SIZE; at += WORD_SIZE) {
        const uint64_t now = subject_bytes_64(from + at);
        const uint64_t difference = now ^ subject_bytes_64(to + at);
        if (difference == 0)
            continue;
        word->offset = (uint32_t)line + at;
        word->array = array;
        word->difference = difference;
        word += 1;
        memcpy(to + at, &now, sizeof now);
    }
    snapshot->word_count = (uint32_t)(word - snapshot->words);
    if (snapshot->word_count > SNAPSHOT_WORD_COUNT_MAX) {
        snapshot->overflow = true;
        snapshot->word_count = SNAPSHOT_WORD_COUNT_MAX;
    }
}

/* Lines from `start` on, as many as `size` bytes have a part of. */
static inline __attribute__((always_inline)) SUBJECT_UNWATCHED void
take_lines(struct subject_snapshot *snapshot, uint32_t first_array, size_t size) {
    const size_t start = snapshot->arrays.starts[first_array], end = start + size;
    const unsigned char *block = snapshot->arrays.block;
    for (size_t line = start; line < end; line += SNAPSHOT_LINE_SIZE) {
        const lane *now = (const lane *)(const void *)(block + line);
        const lane *then = (const lane *)(const void *)(snapshot->copy + line);
        const lane difference = (now[0] ^ then[0]) | (now[1] ^ then[1]);
        if (((difference[0] | difference[1]) | (difference[2] | difference[3])) != 0)
            take_line(snapshot, first_array, line);
    }
}

/* Of stash and scope log only the items that are in use, or were. A map may say anything of itself. */
static size_t used_size(const struct subject_places *arrays, enum place_array array, uint64_t count,
                        uint64_t count_before) {
    const uint64_t used = larger(count, count_before), all = arrays->item_counts[array];
    return (size_t)(used < all ? used : all) * arrays->item_sizes[array];
}

static inline __attribute__((always_inline)) SUBJECT_UNWATCHED void
take_block(struct subject_snapshot *snapshot) {
    const struct subject_places *arrays = &snapshot->arrays;
    const size_t *starts = arrays->starts;
    const struct counts_state *now = &snapshot->counts, *then = &snapshot->counts_before;
    take_lines(snapshot, PLACES_CACHE_VALUES,
               starts[PLACES_STASH_VALUES] - starts[PLACES_CACHE_VALUES]);
    take_lines(snapshot, PLACES_STASH_VALUES,
               used_size(arrays, PLACES_STASH_VALUES, now->stash_count, then->stash_count));
    take_lines(snapshot, PLACES_SCOPE_VALUES,
               used_size(arrays, PLACES_SCOPE_VALUES, now->scope_count, then->scope_count));
    take_lines(snapshot, PLACES_TAGS,
               starts[PLACES_ENTRIES] - starts[PLACES_TAGS]); /* to buckets */
    take_lines(snapshot, PLACES_ENTRIES,
               used_size(arrays, PLACES_ENTRIES, now->stash_count, then->stash_count));
    take_lines(snapshot, PLACES_RECORDS,
               used_size(arrays, PLACES_RECORDS, now->scope_count, then->scope_count));
}

/* The same, for processors of two kinds. */
static SUBJECT_UNWATCHED void take_block_narrow(struct subject_snapshot *snapshot) {
    take_block(snapshot);
}

#if defined(__x86_64__)
static __attribute__((target("avx2"))) SUBJECT_UNWATCHED void
take_block_wide(struct subject_snapshot *snapshot) {
    take_block(snapshot);
}
#endif

static void take_changes(struct subject_snapshot *snapshot) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        take_block_wide(snapshot);
        return;
    }
#endif
    take_block_narrow(snapshot);
}

/* Without words. */
static SUBJECT_UNWATCHED void copy_block(struct subject_snapshot *snapshot) {
    const lane *from = (const lane *)(const void *)snapshot->arrays.block;
    lane *to = (lane *)(void *)snapshot->copy;
    for (size_t i = 0; i < snapshot->arrays.starts[PLACES_COUNT] / sizeof *to; i += 1) {
        to[i] = from[i];
        __asm__ volatile("" ::: "memory"); /* or it becomes a memcpy */
    }
}

/* ---- Takes and comparisons. -------------------------------------------------------------- */

/* Whether bytes from `start` to `end` of the struct are others, word by word. */
static inline __attribute__((always_inline)) size_t
difference_in(const unsigned char *now, const unsigned char *then, size_t start, size_t end) {
    size_t difference = 0, a, b;
    for (size_t at = start; at < end; at += STRUCT_WORD_SIZE) {
        memcpy(&a, now + at, sizeof a);
        memcpy(&b, then + at, sizeof b);
        difference |= a ^ b;
    }
    return difference;
}

#define DIFFERENCE_IN(now, then, start, end) \
    difference_in((now), (then), offsetof(struct cache_map, start), offsetof(struct cache_map, end))

/* All but the counts, and what pads them. */
static bool struct_differs(const struct subject_snapshot *snapshot, const struct subject *subject) {
    const unsigned char *now = subject->map, *then = snapshot->map;
    const struct cache_map *map = (const struct cache_map *)(const void *)now;
    const struct cache_map *copy = (const struct cache_map *)(const void *)then;
    return (DIFFERENCE_IN(now, then, cache, cache.value_count) |
            DIFFERENCE_IN(now, then, cache.tags, stash) |
            (map->stash.count_max ^ copy->stash.count_max) |
            (map->stash.bucket_bits ^ copy->stash.bucket_bits) |
            DIFFERENCE_IN(now, then, stash.buckets, log) |
            DIFFERENCE_IN(now, then, log.count_max, log.open) |
            DIFFERENCE_IN(now, then, log.records, metrics) |
            difference_in(now, then, offsetof(struct cache_map, seed), STRUCT_SIZE)) != 0;
}
#undef DIFFERENCE_IN

void subject_snapshot_compare(struct subject_snapshot *snapshot, const struct subject *subject,
                              bool whole) {
    snapshot->word_count = 0;
    snapshot->overflow = false;
    snapshot->counts_before = snapshot->counts;
    take_counts(snapshot, subject);
    snapshot->struct_has_moved = struct_differs(snapshot, subject);
    if (whole)
        take_changes(snapshot);
}

void subject_snapshot_take(struct subject_snapshot *snapshot, const struct subject *subject) {
    snapshot->is_ordered = subject_places_find(&snapshot->arrays, subject);
    snapshot->has_copy =
        snapshot->is_ordered && snapshot->arrays.starts[PLACES_COUNT] <= SNAPSHOT_SIZE_MAX;
    memcpy(snapshot->map, subject->map, STRUCT_SIZE);
    snapshot->counts = subject_places_counts(subject);
    subject_snapshot_compare(snapshot, subject, false);
    if (snapshot->has_copy)
        copy_block(snapshot);
}

/* ---- What shows. ------------------------------------------------------------------------- */

static bool counts_equal(const struct counts_state *a, const struct counts_state *b) {
    return a->cache_value_count == b->cache_value_count && a->stash_count == b->stash_count &&
           a->scope_count == b->scope_count && a->scope_open == b->scope_open &&
           a->hits == b->hits && a->misses == b->misses;
}

static bool slot_in_use(const struct subject_places *arrays, uint32_t slot) {
    const uint64_t counts = subject_counts_word(arrays, slot / arrays->ways);
    const uint32_t shift = slot % arrays->ways * arrays->clock_bits;
    return (counts >> shift & ((1u << arrays->clock_bits) - 1)) != 0;
}

/* Whether one of the items that the word has a part of is in use. No count has changed. */
static bool word_shows(const struct subject_snapshot *snapshot, const struct subject_word *word) {
    const struct subject_places *arrays = &snapshot->arrays;
    const enum place_array array = (enum place_array)word->array;
    const struct subject_range range = subject_places_items(arrays, word->offset, array);
    bool in_use = false;
    switch (array) {
    case PLACES_CACHE_VALUES:
    case PLACES_TAGS:
        for (uint32_t slot = range.start; slot < range.end; slot += 1)
            in_use |= slot_in_use(arrays, slot);
        return in_use;
    case PLACES_STASH_VALUES:
    case PLACES_ENTRIES: return range.start < snapshot->counts.stash_count;
    case PLACES_SCOPE_VALUES:
    case PLACES_RECORDS: return range.start < snapshot->counts.scope_count;
    case PLACES_COUNTS:
    case PLACES_HANDS: return range.start < range.end;
    case PLACES_SCRATCH:
    case PLACES_MARKS:
    case PLACES_BUCKETS:
    case PLACES_COUNT: break;
    }
    return false;
}

bool subject_snapshot_shows(const struct subject_snapshot *snapshot) {
    bool shows = snapshot->overflow || !counts_equal(&snapshot->counts, &snapshot->counts_before);
    for (uint32_t i = 0; !shows && i < snapshot->word_count; i += 1)
        shows = word_shows(snapshot, &snapshot->words[i]);
    return shows;
}
