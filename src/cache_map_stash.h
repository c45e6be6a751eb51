/* SPDX-License-Identifier: Apache-2.0 */
/* The stash: an exact hash map from key to value or tombstone, of fixed capacity.
 *
 *     buckets (power of two, at least 2 x entries; linear probing)     entries (dense, 0..count-1)
 *     [ - | f1:2 | f0:0 | - | f3:1 | - | - | - ]                       0: value    bucket 2
 *             fragment : entry                                         1: value    bucket 4
 *                                                                      2: tombstone bucket 1
 *
 * A bucket holds 32 bits of the hash (the fragment, which also gives the home bucket) and the
 * number of its entry; values are dense beside it. Therefore:
 *   - clearing costs what the stash holds, not what it could hold;
 *   - deletion shifts buckets of 8 bytes back and leaves no marker, so that a probe costs what the
 *     present entries cost, after any history (Knuth 6.4, Algorithm R);
 *   - the order of the entries is a pure function of the calls, and every change of it has an exact
 *     inverse (`remove_at` and `insert_at`). Scope records can name entries by number.
 *
 * The value's bytes stay beside a tombstone: they carry its key, and undoing a remove needs no
 * copy. Knows neither the cache nor scopes. */
#ifndef CACHE_MAP_STASH_H
#define CACHE_MAP_STASH_H

#include "cache_map_integer.h"

CACHE_MAP_HEADER_BEGIN

#define CACHE_MAP_ENTRY_NONE UINT32_MAX

struct cache_map_bucket {
    uint32_t fragment;
    uint32_t entry; /* CACHE_MAP_ENTRY_NONE: empty */
};

/* Where an entry is linked, and what it is. */
struct cache_map_entry {
    uint32_t bucket : 31;
    uint32_t tombstone : 1;
};

struct cache_map_stash {
    uint32_t count;
    uint32_t count_max;
    uint32_t bucket_bits;
    struct cache_map_bucket *buckets;
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

CACHE_MAP_INLINE uint32_t cache_map_stash_mask(const struct cache_map_stash *stash) {
    return ((uint32_t)1 << stash->bucket_bits) - 1;
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

/* The entry of the key with this hash, value or tombstone, or CACHE_MAP_ENTRY_NONE. */
CACHE_MAP_INLINE uint32_t cache_map_stash_find(const struct cache_map_layout *layout,
                                               const struct cache_map_stash *stash, uint64_t hash,
                                               const void *key) {
    const uint32_t fragment = cache_map_stash_fragment(hash);
    const uint32_t mask = cache_map_stash_mask(stash);
    uint32_t bucket = cache_map_stash_home(fragment, stash->bucket_bits);
    if (stash->count == 0)
        return CACHE_MAP_ENTRY_NONE;
    /* Ends: at least half of the buckets are empty. */
    for (;; bucket = (bucket + 1) & mask) {
        const struct cache_map_bucket probe = stash->buckets[bucket];
        if (probe.entry == CACHE_MAP_ENTRY_NONE)
            return CACHE_MAP_ENTRY_NONE;
        if (probe.fragment == fragment &&
            (layout->value_has_key)(cache_map_entry_value(layout, stash, probe.entry), key))
            return probe.entry;
    }
}

/* ---- Linking: bucket <-> entry. ---------------------------------------------------------- */

CACHE_MAP_INLINE void cache_map_stash_link(struct cache_map_stash *stash, uint32_t entry,
                                           uint64_t hash) {
    const uint32_t fragment = cache_map_stash_fragment(hash);
    const uint32_t mask = cache_map_stash_mask(stash);
    uint32_t bucket = cache_map_stash_home(fragment, stash->bucket_bits);
    while (stash->buckets[bucket].entry != CACHE_MAP_ENTRY_NONE)
        bucket = (bucket + 1) & mask;
    stash->buckets[bucket].fragment = fragment;
    stash->buckets[bucket].entry = entry;
    stash->entries[entry].bucket = bucket & 0x7fffffffu;
}

/* Backward-shift deletion. A later member of the run moves into the hole only if its home is not
 * between the hole and it, cyclically: otherwise a probe from its home would never reach it. */
CACHE_MAP_INLINE void cache_map_stash_unlink(struct cache_map_stash *stash, uint32_t entry) {
    const uint32_t mask = cache_map_stash_mask(stash);
    uint32_t hole = stash->entries[entry].bucket;
    CACHE_MAP_ASSERT(stash->buckets[hole].entry == entry);
    for (uint32_t next = (hole + 1) & mask; stash->buckets[next].entry != CACHE_MAP_ENTRY_NONE;
         next = (next + 1) & mask) {
        const struct cache_map_bucket moving = stash->buckets[next];
        const uint32_t home = cache_map_stash_home(moving.fragment, stash->bucket_bits);
        if (((next - home) & mask) < ((next - hole) & mask))
            continue;
        stash->buckets[hole] = moving;
        stash->entries[moving.entry].bucket = hole & 0x7fffffffu;
        hole = next;
    }
    stash->buckets[hole].entry = CACHE_MAP_ENTRY_NONE;
}

/* Moves an entry to another number; its bucket follows. `to` is not linked. */
CACHE_MAP_INLINE void cache_map_stash_move(const struct cache_map_layout *layout,
                                           struct cache_map_stash *stash, uint32_t from,
                                           uint32_t to) {
    CACHE_MAP_ASSERT(from != to);
    CACHE_MAP_ASSERT(stash->buckets[stash->entries[from].bucket].entry == from);
    stash->entries[to] = stash->entries[from];
    stash->buckets[stash->entries[to].bucket].entry = to;
    memcpy(cache_map_entry_value(layout, stash, to), cache_map_entry_value(layout, stash, from),
           layout->value_size);
}

/* ---- Changes. ---------------------------------------------------------------------------- */

/* Makes entry number `entry` hold a copy of `value`. The entry is not linked. */
CACHE_MAP_INLINE void cache_map_stash_put(const struct cache_map_layout *layout,
                                          struct cache_map_stash *stash, uint32_t entry,
                                          uint64_t hash, const void *value, bool tombstone) {
    memcpy(cache_map_entry_value(layout, stash, entry), value, layout->value_size);
    stash->entries[entry].tombstone = tombstone;
    cache_map_stash_link(stash, entry, hash);
}

/* Adds an entry as the last. The key is not in the stash, and the stash is not full. */
CACHE_MAP_INLINE uint32_t cache_map_stash_append(const struct cache_map_layout *layout,
                                                 struct cache_map_stash *stash, uint64_t hash,
                                                 const void *value, bool tombstone) {
    const uint32_t entry = stash->count;
    CACHE_MAP_ASSERT(stash->count < stash->count_max);
    CACHE_MAP_UNPOISON(cache_map_entry_value(layout, stash, entry), layout->value_size);
    stash->count += 1;
    cache_map_stash_put(layout, stash, entry, hash, value, tombstone);
    return entry;
}

/* Takes an entry out; the last entry takes its number. Costs the length of one probe run. */
CACHE_MAP_INLINE void cache_map_stash_remove_at(const struct cache_map_layout *layout,
                                                struct cache_map_stash *stash, uint32_t entry) {
    const uint32_t last = stash->count - 1;
    CACHE_MAP_ASSERT(entry < stash->count);
    cache_map_stash_unlink(stash, entry);
    if (entry != last)
        cache_map_stash_move(layout, stash, last, entry);
    stash->count = last;
    CACHE_MAP_POISON(cache_map_entry_value(layout, stash, last), layout->value_size);
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

/* Forgets every entry. O(count). */
CACHE_MAP_INLINE void cache_map_stash_clear(const struct cache_map_layout *layout,
                                            struct cache_map_stash *stash) {
    for (uint32_t entry = 0; entry < stash->count; entry += 1)
        stash->buckets[stash->entries[entry].bucket].entry = CACHE_MAP_ENTRY_NONE;
    CACHE_MAP_POISON(stash->values, stash->count * layout->value_size);
    stash->count = 0;
}

/* The first state, from memory of any content. O(buckets). */
CACHE_MAP_INLINE void cache_map_stash_init(const struct cache_map_layout *layout,
                                           struct cache_map_stash *stash) {
    memset(stash->buckets, 0xff, sizeof *stash->buckets << stash->bucket_bits);
    CACHE_MAP_POISON(stash->values, (size_t)stash->count_max * layout->value_size);
    stash->count = 0;
}

CACHE_MAP_HEADER_END

#endif
