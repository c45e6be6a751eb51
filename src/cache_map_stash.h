/* SPDX-License-Identifier: Apache-2.0 */
/* The stash: an exact hash map from key to value or tombstone, of fixed capacity.
 *
 *     bucket     0    1    2    3    4    5    6    7      power of two, at least 2 x entries; linear probing
 *     marks   [  -   b1   3c    -   3c    -    -    -  ]   a byte of the hash; 0: the bucket is empty
 *     entries [  -    2    0    -    1    -    -    -  ]   the number of the entry
 *
 *     entry 0: value      bucket 2   fragment ....703c     dense, 0..count-1
 *     entry 1: value      bucket 4   fragment ....e93c
 *     entry 2: tombstone  bucket 1   fragment ....02b1
 *
 * The fragment is 32 bits of the hash: its top bits are the home bucket, its lowest 8 the mark. Sixteen
 * marks are compared at once, so that a probe for a key that is not there reads nothing but marks, and
 * takes the same branches whatever the stash holds. Values are dense beside the entries. Therefore:
 *   - clearing costs what the stash holds, not what it could hold;
 *   - deletion shifts buckets of a mark and 4 bytes back and leaves no marker, so that a probe costs what
 *     the present entries cost, after any history (Knuth 6.4, Algorithm R);
 *   - the order of the entries is a pure function of the calls, and every change of it has an exact
 *     inverse (`remove_at` and `insert_at`). Scope records can name entries by number.
 *
 * The value's bytes stay beside a tombstone: they carry its key, and undoing a remove needs no
 * copy. Knows neither the cache nor scopes. */
#ifndef CACHE_MAP_STASH_H
#define CACHE_MAP_STASH_H

#include "cache_map_integer.h"
#include "cache_map_vector.h"

CACHE_MAP_HEADER_BEGIN

#define CACHE_MAP_ENTRY_NONE UINT32_MAX
#define CACHE_MAP_MARK_EMPTY 0u

/* Where an entry is linked, and what it is. */
struct cache_map_entry {
    uint32_t bucket : 31;
    uint32_t tombstone : 1;
    uint32_t fragment;
};

struct cache_map_stash {
    uint32_t count;
    uint32_t count_max;
    uint32_t bucket_bits;
    uint32_t bucket_mask; /* 2^bucket_bits - 1 */
    unsigned char *marks; /* a bucket's, and behind the last those of the first buckets again */
    uint32_t *buckets;    /* the number of the entry; of an empty bucket it means nothing */
    struct cache_map_entry *entries;
    unsigned char *values;
};

/* ---- Geometry and probing. --------------------------------------------------------------- */

/* The smallest power of two that keeps the load at 50 % or less, as its exponent. */
CACHE_MAP_INLINE uint32_t cache_map_stash_bucket_bits(uint64_t count_max) {
    uint32_t bits = 1;
    CACHE_MAP_ASSERT(count_max >= 1 && count_max <= CACHE_MAP_STASH_VALUE_COUNT_LIMIT);
    while (((uint64_t)1 << bits) < count_max * 2)
        bits += 1;
    return bits;
}

/* What a capacity fixes, of a stash that has no memory yet. */
CACHE_MAP_INLINE void cache_map_stash_shape(struct cache_map_stash *stash, uint32_t count_max) {
    stash->count_max = count_max;
    stash->bucket_bits = cache_map_stash_bucket_bits(count_max);
    stash->bucket_mask = ((uint32_t)1 << stash->bucket_bits) - 1;
}

/* The fragment is of both halves of the hash: the cache takes its set from the high bits, so
 * what one set evicts agrees in them. The halves meet in a product, whose own halves are folded:
 * an exclusive or or a sum of them would cancel where one is made of the other (a 32-bit hash in
 * both, its complement, a rotation of it). The constants are the first fraction bits of the
 * square roots of 3 and 2. Multiples of them are spread evenly, which is what is left where one
 * half is constant. */
CACHE_MAP_INLINE uint32_t cache_map_stash_fragment(uint64_t hash) {
    const uint32_t high = (uint32_t)(hash >> 32) ^ UINT32_C(0xbb67ae85);
    const uint32_t low = (uint32_t)hash ^ UINT32_C(0x6a09e667);
    const uint64_t product = (uint64_t)high * low;
    return (uint32_t)(product >> 32) ^ (uint32_t)product;
}

/* The top bits, on which most bits of the product's factors have an influence. */
CACHE_MAP_INLINE uint32_t cache_map_stash_home(uint32_t fragment, uint32_t bucket_bits) {
    return fragment >> (32 - bucket_bits);
}

CACHE_MAP_INLINE unsigned char *cache_map_entry_value(const struct cache_map_layout *layout,
                                                      const struct cache_map_stash *stash,
                                                      uint32_t entry) {
    CACHE_MAP_ASSERT(entry < stash->count_max);
    return stash->values + (size_t)entry * layout->value_size;
}

/* One of the 255 marks of a bucket that is not empty. */
CACHE_MAP_INLINE uint32_t cache_map_stash_mark(uint32_t fragment) {
    const uint32_t low = fragment & 0xff;
    return low + (low == CACHE_MAP_MARK_EMPTY);
}

/* How many marks there are: a probe that begins at the last bucket reads 16 of them in a row, too. */
CACHE_MAP_INLINE uint64_t cache_map_stash_mark_count(uint64_t bucket_count) {
    return bucket_count + (CACHE_MAP_VECTOR_SIZE - 1);
}

/* Writes the mark of a bucket: once, but for the first 15, which stand behind the last ones too. */
CACHE_MAP_INLINE void cache_map_stash_mark_set(struct cache_map_stash *stash, uint32_t bucket,
                                               uint32_t mark) {
    stash->marks[bucket] = (unsigned char)mark;
    if (bucket < CACHE_MAP_VECTOR_SIZE - 1) {
        const uint64_t bucket_count = (uint64_t)stash->bucket_mask + 1;
        for (uint64_t at = bucket + bucket_count; at < cache_map_stash_mark_count(bucket_count);
             at += bucket_count)
            stash->marks[at] = (unsigned char)mark;
    }
}

/* The entry that a bucket names; CACHE_MAP_ENTRY_NONE: it is empty. */
CACHE_MAP_INLINE uint32_t cache_map_bucket_entry(const struct cache_map_stash *stash,
                                                 uint32_t bucket) {
    return stash->marks[bucket] == CACHE_MAP_MARK_EMPTY ? CACHE_MAP_ENTRY_NONE
                                                        : stash->buckets[bucket];
}

CACHE_MAP_INLINE void cache_map_bucket_set(struct cache_map_stash *stash, uint32_t bucket,
                                           uint32_t mark, uint32_t entry) {
    cache_map_stash_mark_set(stash, bucket, mark);
    stash->buckets[bucket] = entry;
}

/* ---- A probe: 16 marks in a row, bit i for the i-th of them. ----------------------------- */

struct cache_map_lanes {
    uint32_t equal; /* those with the mark that is looked for, before the first that is empty */
    uint32_t empty; /* the lowest bit is the first that is empty; those above it mean nothing */
};

CACHE_MAP_INLINE struct cache_map_lanes cache_map_lanes_portable(const unsigned char *marks,
                                                                 uint32_t mark) {
    struct cache_map_lanes lanes = {0, 0};
    for (uint32_t lane = 0; lanes.empty == 0 && lane < CACHE_MAP_VECTOR_SIZE; lane += 1) {
        lanes.equal |= (uint32_t)(marks[lane] == mark) << lane;
        lanes.empty |= (uint32_t)(marks[lane] == CACHE_MAP_MARK_EMPTY) << lane;
    }
    return lanes;
}

CACHE_MAP_INLINE struct cache_map_lanes cache_map_lanes_of(const unsigned char *marks,
                                                           uint32_t mark) {
#if defined(CACHE_MAP_SSE2) || defined(CACHE_MAP_NEON)
    const uint32_t empty = cache_map_vector_equal(marks, CACHE_MAP_MARK_EMPTY);
    const uint32_t before = empty ^ (empty - 1);
    const struct cache_map_lanes lanes = {cache_map_vector_equal(marks, mark) & before, empty};
    return lanes;
#else
    return cache_map_lanes_portable(marks, mark);
#endif
}

/* The entry of the key with this hash, value or tombstone, or CACHE_MAP_ENTRY_NONE. */
CACHE_MAP_INLINE uint32_t cache_map_stash_find(const struct cache_map_layout *layout,
                                               const struct cache_map_stash *stash, uint64_t hash,
                                               const void *key) {
    uint32_t fragment, bucket;
    if (stash->count == 0)
        return CACHE_MAP_ENTRY_NONE;
    fragment = cache_map_stash_fragment(hash);
    bucket = cache_map_stash_home(fragment, stash->bucket_bits);
    /* Ends: at least half of the buckets are empty. */
    for (;; bucket = (bucket + CACHE_MAP_VECTOR_SIZE) & stash->bucket_mask) {
        uint32_t equal, empty;
        { /* no struct is alive while a key is compared: g++ -O0 would ask for a runtime that unwinds */
            const struct cache_map_lanes lanes =
                cache_map_lanes_of(stash->marks + bucket, cache_map_stash_mark(fragment));
            equal = lanes.equal;
            empty = lanes.empty;
        }
        for (; equal != 0; equal &= equal - 1) {
            const uint32_t lane = cache_map_trailing_zeros_32(equal);
            const uint32_t entry = stash->buckets[(bucket + lane) & stash->bucket_mask];
            if (stash->entries[entry].fragment == fragment &&
                (layout->value_has_key)(cache_map_entry_value(layout, stash, entry), key))
                return entry;
        }
        if (empty != 0)
            return CACHE_MAP_ENTRY_NONE;
    }
}

/* ---- Linking: bucket <-> entry. ---------------------------------------------------------- */

/* The entry is written whole: a word of which one part has just been written is slow to read. */
CACHE_MAP_INLINE void cache_map_stash_link(struct cache_map_stash *stash, uint32_t entry,
                                           uint64_t hash, bool tombstone) {
    const uint32_t fragment = cache_map_stash_fragment(hash);
    const uint32_t mark = cache_map_stash_mark(fragment);
    const uint32_t mask = stash->bucket_mask;
    struct cache_map_entry linked;
    uint32_t bucket = cache_map_stash_home(fragment, stash->bucket_bits);
    struct cache_map_lanes lanes = cache_map_lanes_of(stash->marks + bucket, mark);
    while (lanes.empty == 0) {
        bucket = (bucket + CACHE_MAP_VECTOR_SIZE) & mask;
        lanes = cache_map_lanes_of(stash->marks + bucket, mark);
    }
    bucket = (bucket + cache_map_trailing_zeros_32(lanes.empty)) & mask;
    cache_map_bucket_set(stash, bucket, mark, entry);
    linked.bucket = bucket & 0x7fffffffu;
    linked.tombstone = tombstone;
    linked.fragment = fragment;
    stash->entries[entry] = linked;
}

/* Backward-shift deletion. A later member of the run moves into the hole only if its home is not
 * between the hole and it, cyclically: otherwise a probe from its home would never reach it. */
CACHE_MAP_INLINE void cache_map_stash_unlink(struct cache_map_stash *stash, uint32_t entry) {
    const uint32_t mask = stash->bucket_mask;
    uint32_t hole = stash->entries[entry].bucket, moving;
    CACHE_MAP_ASSERT(cache_map_bucket_entry(stash, hole) == entry);
    for (uint32_t next = (hole + 1) & mask;
         (moving = cache_map_bucket_entry(stash, next)) != CACHE_MAP_ENTRY_NONE;
         next = (next + 1) & mask) {
        const uint32_t home =
            cache_map_stash_home(stash->entries[moving].fragment, stash->bucket_bits);
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        cache_map_bucket_set(stash, hole, stash->marks[next], moving);
        stash->entries[moving].bucket = hole & 0x7fffffffu;
        hole = next;
    }
    cache_map_stash_mark_set(stash, hole, CACHE_MAP_MARK_EMPTY);
}

/* Moves an entry to another number; its bucket follows. `to` is not linked. */
CACHE_MAP_INLINE void cache_map_stash_move(const struct cache_map_layout *layout,
                                           struct cache_map_stash *stash, uint32_t from,
                                           uint32_t to) {
    CACHE_MAP_ASSERT(from != to);
    CACHE_MAP_ASSERT(stash->buckets[stash->entries[from].bucket] == from);
    stash->entries[to] = stash->entries[from];
    stash->buckets[stash->entries[to].bucket] = to;
    memcpy(cache_map_entry_value(layout, stash, to), cache_map_entry_value(layout, stash, from),
           layout->value_size);
}

/* ---- Changes. ---------------------------------------------------------------------------- */

/* Makes entry number `entry` hold a copy of `value`. The entry is not linked. */
CACHE_MAP_INLINE void cache_map_stash_put(const struct cache_map_layout *layout,
                                          struct cache_map_stash *stash, uint32_t entry,
                                          uint64_t hash, const void *value, bool tombstone) {
    memcpy(cache_map_entry_value(layout, stash, entry), value, layout->value_size);
    cache_map_stash_link(stash, entry, hash, tombstone);
}

/* One entry more, the last, which is not linked: its number. The stash is not full. */
CACHE_MAP_INLINE uint32_t cache_map_stash_extend(const struct cache_map_layout *layout,
                                                 struct cache_map_stash *stash) {
    const uint32_t entry = stash->count;
    CACHE_MAP_ASSERT(stash->count < stash->count_max);
    CACHE_MAP_UNPOISON(cache_map_entry_value(layout, stash, entry), layout->value_size);
    stash->count += 1;
    return entry;
}

/* One entry less: the last takes the number of this one, which is not linked any more. */
CACHE_MAP_INLINE void cache_map_stash_shorten(const struct cache_map_layout *layout,
                                              struct cache_map_stash *stash, uint32_t entry) {
    const uint32_t last = stash->count - 1;
    if (entry != last)
        cache_map_stash_move(layout, stash, last, entry);
    stash->count = last;
    CACHE_MAP_POISON(cache_map_entry_value(layout, stash, last), layout->value_size);
}

/* Adds an entry as the last. The key is not in the stash, and the stash is not full. */
CACHE_MAP_INLINE uint32_t cache_map_stash_append(const struct cache_map_layout *layout,
                                                 struct cache_map_stash *stash, uint64_t hash,
                                                 const void *value, bool tombstone) {
    const uint32_t entry = cache_map_stash_extend(layout, stash);
    cache_map_stash_put(layout, stash, entry, hash, value, tombstone);
    return entry;
}

/* Takes an entry out; the last entry takes its number. Costs the length of one probe run. */
CACHE_MAP_INLINE void cache_map_stash_remove_at(const struct cache_map_layout *layout,
                                                struct cache_map_stash *stash, uint32_t entry) {
    CACHE_MAP_ASSERT(entry < stash->count);
    cache_map_stash_unlink(stash, entry);
    cache_map_stash_shorten(layout, stash, entry);
}

/* The exact inverse of `remove_at`: what has the number now becomes the last entry again. */
CACHE_MAP_INLINE void cache_map_stash_insert_at(const struct cache_map_layout *layout,
                                                struct cache_map_stash *stash, uint32_t entry,
                                                uint64_t hash, const void *value, bool tombstone) {
    const uint32_t last = stash->count;
    CACHE_MAP_ASSERT(stash->count < stash->count_max);
    CACHE_MAP_ASSERT(entry <= last);
    CACHE_MAP_UNPOISON(cache_map_entry_value(layout, stash, last), layout->value_size);
    stash->count += 1;
    if (entry != last)
        cache_map_stash_move(layout, stash, entry, last);
    cache_map_stash_put(layout, stash, entry, hash, value, tombstone);
}

/* One key's entry leaves and another's takes its number: the count never passes through more. */
CACHE_MAP_INLINE void cache_map_stash_replace_at(const struct cache_map_layout *layout,
                                                 struct cache_map_stash *stash, uint32_t entry,
                                                 uint64_t hash, const void *value, bool tombstone) {
    CACHE_MAP_ASSERT(entry < stash->count);
    cache_map_stash_unlink(stash, entry);
    cache_map_stash_put(layout, stash, entry, hash, value, tombstone);
}

/* The marks that stand for the first buckets behind the last. */
CACHE_MAP_INLINE void cache_map_stash_clear_behind(struct cache_map_stash *stash) {
    memset(stash->marks + stash->bucket_mask + 1, CACHE_MAP_MARK_EMPTY, CACHE_MAP_VECTOR_SIZE - 1);
}

/* Forgets every entry. O(count). */
CACHE_MAP_INLINE void cache_map_stash_clear(const struct cache_map_layout *layout,
                                            struct cache_map_stash *stash) {
    for (uint32_t entry = 0; entry < stash->count; entry += 1)
        stash->marks[stash->entries[entry].bucket] = CACHE_MAP_MARK_EMPTY;
    cache_map_stash_clear_behind(stash);
    CACHE_MAP_POISON(stash->values, stash->count * layout->value_size);
    stash->count = 0;
}

/* The first state, from memory of any content. O(buckets). */
CACHE_MAP_INLINE void cache_map_stash_init(const struct cache_map_layout *layout,
                                           struct cache_map_stash *stash) {
    memset(stash->marks, CACHE_MAP_MARK_EMPTY, (size_t)stash->bucket_mask + 1);
    cache_map_stash_clear_behind(stash);
    CACHE_MAP_POISON(stash->values, (size_t)stash->count_max * layout->value_size);
    stash->count = 0;
}

CACHE_MAP_HEADER_END

#endif
