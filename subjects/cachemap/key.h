/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and their hashes: a stream names a key by its id, a small number; here ids become 64-bit numbers
 * that include 0 and the largest, and numbers become hashes of the chosen mode.
 *
 * This is the "user's code" of the map under test: both the subject and the naive policy model call
 * it, as a user's key and hash would be the same for both. LAYOUT_DEFAULT alone is hashed by the library;
 * key_map.h has what its keys hash to. */
#ifndef HARNESS_KEY_H
#define HARNESS_KEY_H

#include "layout.h"

#include <stdbool.h>
#include <stdint.h>

/* 0 -> 0, 1 -> largest, 2 -> 1, 3 -> largest - 1, ...: one to one in a type that has as many numbers as
 * there are ids (truncated), and for the identity hash one half of the keys in the first set, one in the
 * last. */
static inline uint64_t key_number(unsigned key_id) {
    const uint64_t half = key_id / 2;
    return key_id % 2 == 0 ? half : ~half;
}

/* A number as a key of LAYOUT_DEFAULT, and back: there two keys differ in the highest bit alone, where the
 * equality is the library's. */
static inline uint64_t key_default_of_number(uint64_t number) {
    return number >> 63 == 0 ? number : ~number | UINT64_C(1) << 63;
}
static inline uint64_t key_number_of_default(uint64_t key) {
    return key >> 63 == 0 ? key : ~(key & ~(UINT64_C(1) << 63));
}

/* The inverse, of a number whose high bits are those of the lower: a truncated one is extended by its sign.
 * Of bytes that are no key's some id, below 2^24. */
static inline unsigned key_id_of_number(uint64_t number) {
    const uint64_t id = number >> 63 == 0 ? number * 2 : ~number * 2 + 1;
    return (unsigned)(id & 0xffffff);
}

/* Null, or which of the library's hash functions differs from its reference (hash_reference.h):
 * key_hashes_compute has looked. */
const char *key_hash_differs(void);

/* Hashes of the first ids come from a table, made before the first input, because hashing was a ninth of the
 * target's instructions. */
enum { KEY_TABLE_COUNT = 256 };
extern uint64_t key_hashes[HASH_IN_A_ROW][KEY_TABLE_COUNT];
extern bool key_hashes_ready;
void key_hashes_compute(void);

/* Of any id. O(1), and slower. */
uint64_t key_hash_compute(unsigned key_id, uint64_t seed);

/* What is in the high half of each seed that the map hands to the user's hash. */
#define KEY_SEED_HIGH (UINT64_C(0xa5c3f00d) << 32)

/* HASH_IN_A_ROW aims at buckets: its seed says how large the stash is, which says how large its index is. */
static inline uint64_t key_seed_in_a_row(uint32_t stash_count_max) {
    return (uint64_t)stash_count_max << 8 | HASH_IN_A_ROW;
}

/* So many ids of HASH_IN_A_ROW have a home of their own. */
static inline uint32_t key_row_length(uint32_t stash_count_max) {
    return stash_count_max > 2 ? stash_count_max - 2 : stash_count_max;
}

/* The hash of a key id under a seed, which is the mode, or what is said of HASH_IN_A_ROW. Pure. */
static inline uint64_t key_hash(unsigned key_id, uint64_t seed) {
    if (seed >= HASH_IN_A_ROW || key_id >= KEY_TABLE_COUNT)
        return key_hash_compute(key_id, seed);
    if (!key_hashes_ready)
        key_hashes_compute();
    return key_hashes[seed][key_id];
}

/* What the stash keeps of a hash; the home bucket is its top bits: contract, section 6. */
static inline uint32_t key_stash_fragment(uint64_t hash) {
    const uint64_t high = (hash >> 32) ^ UINT64_C(0xbb67ae85);
    const uint64_t low = (hash & UINT32_MAX) ^ UINT64_C(0x6a09e667);
    const uint64_t product = high * low;
    return (uint32_t)((product >> 32) ^ product);
}

/* The mark of a bucket whose entry has this fragment: contract, section 6. */
static inline uint32_t key_stash_mark(uint32_t fragment) {
    return fragment % 256 == 0 ? 1 : fragment % 256;
}

#endif
