/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and their hashes: a stream names a key by its id (0..255); here ids become 64-bit numbers
 * that include 0 and the largest, and numbers become hashes of the chosen mode.
 *
 * This is the "user's code" of the map under test: both the subject and the naive policy model call
 * it, as a user's key and hash would be the same for both. */
#ifndef HARNESS_KEY_H
#define HARNESS_KEY_H

#include "layout.h"

#include <stdbool.h>
#include <stdint.h>

/* 0 -> 0, 1 -> largest, 2 -> 1, 3 -> largest - 1, ...: one to one in any type of 8 bits or more
 * (truncated), and for the identity hash one half of the keys in the first set, one in the last. */
static inline uint64_t key_number(unsigned key_id) {
    const uint64_t half = key_id / 2;
    return key_id % 2 == 0 ? half : ~half;
}

/* The inverse, from the low 8 bits. */
static inline unsigned key_id_of_number(uint64_t number) {
    const unsigned low = (unsigned)(number & 0xff);
    return low < 128 ? low * 2 : (255 - low) * 2 + 1;
}

/* Null, or which of the library's hash functions differs from its reference (hash_reference.h). Costs
 * a look after the first call. */
const char *key_hash_differs(void);

/* The hash of a key id under a mode: from a table, made at the first call, because hashing was a
 * ninth of the target's instructions. Pure. */
extern uint64_t key_hashes[HASH_MODE_COUNT][KEY_COUNT_MAX];
extern bool key_hashes_ready;
void key_hashes_compute(void);

static inline uint64_t key_hash(unsigned key_id, enum hash_mode mode) {
    if (!key_hashes_ready)
        key_hashes_compute();
    return key_hashes[mode][key_id % KEY_COUNT_MAX];
}

/* What the stash keeps of a hash; the home bucket is its top bits: contract, section 6. */
static inline uint32_t key_stash_fragment(uint64_t hash) {
    const uint64_t high = (hash >> 32) ^ UINT64_C(0xbb67ae85);
    const uint64_t low = (hash & UINT32_MAX) ^ UINT64_C(0x6a09e667);
    const uint64_t product = high * low;
    return (uint32_t)((product >> 32) ^ product);
}

#endif
