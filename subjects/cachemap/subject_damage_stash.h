/* SPDX-License-Identifier: Apache-2.0 */
/* The stash of a live map that is damaged: its entries and buckets, and how a bucket is overwritten. For
 * subject_damage.c alone, which chooses them.
 * Knows where the library keeps them, nothing of what `check` should say. */
#ifndef HARNESS_SUBJECT_DAMAGE_STASH_H
#define HARNESS_SUBJECT_DAMAGE_STASH_H

#include "subject_damage_bytes.h"

enum {
    DAMAGE_COUNT_MAX = 64, /* slots, and stash entries, of the maps that are damaged */
    DAMAGE_MARK_COUNT_MAX = 2 * DAMAGE_COUNT_MAX + CACHE_MAP_VECTOR_SIZE
};

static inline unsigned char *damage_entry_value(const struct damage *damage, uint32_t entry) {
    return damage->map->stash.values + entry * damage->layout->value_size;
}

/* An entry in use, another each turn. CACHE_MAP_ENTRY_NONE in an empty stash. */
static inline uint32_t damage_entry_in_use(const struct damage *damage) {
    const uint32_t count = damage->map->stash.count;
    return count == 0 ? CACHE_MAP_ENTRY_NONE : damage->turn % count;
}

/* Gives buckets other marks, in a copy that is put in the place of all marks at once. */
struct damage_marks {
    struct cache_map_stash stash; /* the map's, but for the marks */
    unsigned char marks[DAMAGE_MARK_COUNT_MAX];
};

static inline size_t damage_mark_count(const struct damage *damage) {
    return (size_t)cache_map_stash_mark_count((uint64_t)damage->map->stash.bucket_mask + 1);
}

static inline void damage_marks_begin(const struct damage *damage, struct damage_marks *copy) {
    copy->stash = damage->map->stash;
    copy->stash.marks = copy->marks;
    assert(damage_mark_count(damage) <= sizeof copy->marks);
    memcpy(copy->marks, damage->map->stash.marks, damage_mark_count(damage));
}

static inline void damage_marks_end(struct damage *damage, const struct damage_marks *copy) {
    damage_overwrite(damage, damage->map->stash.marks, copy->marks, damage_mark_count(damage));
}

/* The mark of a bucket, and the entry that it names. */
static inline void damage_bucket(struct damage *damage, uint32_t bucket, uint32_t mark,
                                 uint32_t entry) {
    struct damage_marks copy;
    damage_marks_begin(damage, &copy);
    cache_map_stash_mark_set(&copy.stash, bucket, mark);
    damage_marks_end(damage, &copy);
    damage_number_32(damage, &damage->map->stash.buckets[bucket], entry);
}

static inline void damage_bucket_free(struct damage *damage, uint32_t bucket) {
    damage_bucket(damage, bucket, CACHE_MAP_MARK_EMPTY, damage->map->stash.buckets[bucket]);
}

/* The first empty bucket from `bucket` on and around: at least half of them are empty. */
static inline uint32_t damage_bucket_empty(const struct damage *damage, uint32_t bucket) {
    const uint32_t mask = damage->map->stash.bucket_mask;
    while (damage->map->stash.marks[bucket & mask] != CACHE_MAP_MARK_EMPTY)
        bucket += 1;
    return bucket & mask;
}

static inline void damage_entry_bucket(struct damage *damage, uint32_t entry, uint32_t bucket) {
    struct cache_map_entry other = damage->map->stash.entries[entry];
    other.bucket = bucket & 0x7fffffffu;
    damage_overwrite(damage, &damage->map->stash.entries[entry], &other, sizeof other);
}

#endif
