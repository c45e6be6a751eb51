/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes as users write them, most of them a 32-bit hash in both halves somehow, and what each
 * costs in the stash: probe lengths in an index that is half full. build/sizing prints them for
 * docs/hashing.md, tests/unit_hash_families.c compares each with the default hash.
 *
 * Knows the stash's index (fragment and home bucket), and no cache. */
#ifndef BENCH_HASH_FAMILIES_H
#define BENCH_HASH_FAMILIES_H

#include "cache_map.h"

/* ---- 32-bit hashes. ---------------------------------------------------------------------- */

/* No two keys collide: what two keys have in common afterwards is the library's doing. */
static inline uint32_t family_mix(uint32_t word) {
    word = (word ^ (word >> 16)) * UINT32_C(0x7feb352d);
    word = (word ^ (word >> 15)) * UINT32_C(0x846ca68b);
    return word ^ (word >> 16);
}

static inline uint32_t family_rotate(uint32_t word, unsigned bits) {
    return word << bits | word >> (32 - bits);
}

static inline uint32_t family_swap_bytes(uint32_t word) {
    return family_rotate(word & 0xff00ff, 24) | family_rotate(word & 0xff00ff00, 8);
}

static inline uint32_t family_reverse_bits(uint32_t word) {
    word = (word >> 1 & 0x55555555) | (word & 0x55555555) << 1;
    word = (word >> 2 & 0x33333333) | (word & 0x33333333) << 2;
    word = (word >> 4 & 0x0f0f0f0f) | (word & 0x0f0f0f0f) << 4;
    return family_swap_bytes(word);
}

static inline uint32_t family_crc32c(uint32_t word) {
    uint32_t crc = ~word;
    for (unsigned bit = 0; bit < 32; bit += 1)
        crc = crc >> 1 ^ (crc % 2 == 1 ? UINT32_C(0x82f63b78) : 0);
    return ~crc;
}

static inline uint32_t family_fnv1a(uint32_t word) {
    uint32_t hash = UINT32_C(2166136261);
    for (unsigned i = 0; i < 4; i += 1)
        hash = (hash ^ (word >> (8 * i) & 0xff)) * UINT32_C(16777619);
    return hash;
}

/* XXH32 of four bytes, seed 0. */
static inline uint32_t family_xxh32(uint32_t word) {
    uint32_t hash = UINT32_C(374761393) + 4 + word * UINT32_C(3266489917);
    hash = family_rotate(hash, 17) * UINT32_C(668265263);
    hash = (hash ^ hash >> 15) * UINT32_C(2246822519);
    hash = (hash ^ hash >> 13) * UINT32_C(3266489917);
    return hash ^ hash >> 16;
}

static inline uint64_t family_join(uint32_t high, uint32_t low) {
    return (uint64_t)high << 32 | low;
}

/* ---- Families. --------------------------------------------------------------------------- */

/* FAMILY(identifier, words for the table, the hash of `key`, 32 bits, or of `h`, its mix) */
#define HASH_FAMILIES(FAMILY) \
    FAMILY(DEFAULT, "the default, `cache_map_hash_64`", cache_map_hash_64(key, 0)) \
    FAMILY(EQUAL, "`h << 32 \\| h`", family_join(h, h)) \
    FAMILY(COMPLEMENT, "`h << 32 \\| ~h`", family_join(h, ~h)) \
    FAMILY(NEGATIVE, "`h << 32 \\| -h`", family_join(h, 0 - h)) \
    FAMILY(ROTATED_1, "`h << 32 \\| h` rotated by 1", family_join(h, family_rotate(h, 1))) \
    FAMILY(ROTATED_8, "`h << 32 \\| h` rotated by 8", family_join(h, family_rotate(h, 8))) \
    FAMILY(ROTATED_16, "`h << 32 \\| h` rotated by 16", family_join(h, family_rotate(h, 16))) \
    FAMILY(ROTATED_24, "`h << 32 \\| h` rotated by 24", family_join(h, family_rotate(h, 24))) \
    FAMILY(SWAPPED, "`h << 32 \\| h`, bytes reversed", family_join(h, family_swap_bytes(h))) \
    FAMILY(REVERSED, "`h << 32 \\| h`, bits reversed", family_join(h, family_reverse_bits(h))) \
    FAMILY(XOR, "`h << 32 \\| h ^ 0x5bd1e995`", family_join(h, h ^ UINT32_C(0x5bd1e995))) \
    FAMILY(SUM, "`h << 32 \\| h + 0x5bd1e995`", family_join(h, h + UINT32_C(0x5bd1e995))) \
    FAMILY(PRODUCT, "`h << 32 \\| h * 0x9e3779b1`", family_join(h, h *UINT32_C(0x9e3779b1))) \
    FAMILY(GRAY, "`h << 32 \\| h ^ h >> 1`", family_join(h, h ^ h >> 1)) \
    FAMILY(KEY_IN_LOW, "`h << 32 \\| h ^ key`", family_join(h, h ^ key)) \
    FAMILY(CRC, "CRC-32C in both halves", family_join(family_crc32c(key), family_crc32c(key))) \
    FAMILY(FNV, "FNV-1a of 32 bits in both halves", \
           family_join(family_fnv1a(key), family_fnv1a(key))) \
    FAMILY(XXH, "XXH32 in both halves", family_join(family_xxh32(key), family_xxh32(key))) \
    FAMILY(FIBONACCI, "`key * 0x9e3779b97f4a7c15`", key *UINT64_C(0x9e3779b97f4a7c15)) \
    FAMILY(FIBONACCI_32, "`key * 0x9e3779b9` in both halves", \
           family_join(key *UINT32_C(0x9e3779b9), key *UINT32_C(0x9e3779b9))) \
    FAMILY(SQUARE, "`(uint64_t)h * h`", (uint64_t)h *h) \
    FAMILY(MIDDLE, "`(uint64_t)h << 16`", (uint64_t)h << 16) \
    FAMILY(HIGH, "`(uint64_t)h << 32`: one tag", family_join(h, 0)) \
    FAMILY(LOW, "`h`: one set", family_join(0, h))

#define HASH_FAMILY_MEMBER(name, words, expression) FAMILY_##name,
enum hash_family { HASH_FAMILIES(HASH_FAMILY_MEMBER) FAMILY_COUNT };
#undef HASH_FAMILY_MEMBER

static inline const char *family_words(enum hash_family family) {
#define HASH_FAMILY_WORDS(name, words, expression) words,
    static const char *const all[] = {HASH_FAMILIES(HASH_FAMILY_WORDS)};
#undef HASH_FAMILY_WORDS
    return all[family];
}

static inline uint64_t family_hash(enum hash_family family, uint32_t key) {
    const uint32_t h = family_mix(key);
    switch (family) {
#define HASH_FAMILY_CASE(name, words, expression) \
case FAMILY_##name: return expression;
        HASH_FAMILIES(HASH_FAMILY_CASE)
#undef HASH_FAMILY_CASE
    case FAMILY_COUNT: break;
    }
    return 0;
}

/* ---- Probe lengths. ---------------------------------------------------------------------- */

/* The buckets that were read, the last one included. */
struct family_probes {
    uint64_t present_total, absent_total; /* of as many keys each */
    uint32_t longest;
};

enum { FAMILY_BUCKET_BITS_MAX = 17 };

/* The length of a probe to the first empty bucket. */
static inline uint32_t family_probe(const unsigned char *taken, uint32_t bucket_bits, uint64_t hash,
                                    uint32_t *bucket) {
    const uint32_t mask = ((uint32_t)1 << bucket_bits) - 1;
    uint32_t length = 1;
    *bucket = cache_map_stash_home(cache_map_stash_fragment(hash), bucket_bits);
    for (; taken[*bucket]; *bucket = (*bucket + 1) & mask)
        length += 1;
    return length;
}

/* Adds to *probes those of an index of 2^bucket_bits buckets: half of them are taken by the first
 * `2^bucket_bits / 2` hashes, and as many more are looked for in vain. */
static inline void family_measure(const uint64_t *hashes, uint32_t bucket_bits,
                                  struct family_probes *probes) {
    static unsigned char taken[1 << FAMILY_BUCKET_BITS_MAX];
    const uint32_t count = (uint32_t)1 << (bucket_bits - 1);
    memset(taken, 0, (size_t)count * 2);
    for (uint32_t i = 0; i < 2 * count; i += 1) {
        uint32_t bucket;
        const uint32_t length = family_probe(taken, bucket_bits, hashes[i], &bucket);
        if (i < count)
            taken[bucket] = 1;
        *(i < count ? &probes->present_total : &probes->absent_total) += length;
        if (length > probes->longest)
            probes->longest = length;
    }
}

/* As family_measure, with the hashes of the keys from `first` on. */
static inline void family_measure_keys(enum hash_family family, uint32_t first,
                                       uint32_t bucket_bits, struct family_probes *probes) {
    static uint64_t hashes[1 << FAMILY_BUCKET_BITS_MAX];
    for (uint32_t i = 0; i < (uint32_t)1 << bucket_bits; i += 1)
        hashes[i] = family_hash(family, first + i);
    family_measure(hashes, bucket_bits, probes);
}

#endif
