/* SPDX-License-Identifier: Apache-2.0 */
/* The default hash: two folded 64x64->128 multiplications, the seed in both operands.
 *
 * Why two: after one multiplication keys at a power-of-two stride still collide in the low bits,
 * which are the tag. Why the seed in both operands: whoever knows the constants could otherwise
 * choose keys that make one operand zero for every seed. Why in two forms, the seed and a mix of
 * it: in one form it would only ever meet the key as key ^ seed, and another seed would merely
 * permute the hashes of dense keys. The idea is the "mum" of wyhash and Abseil's LowLevelHash; the
 * constants are the first fraction bits of pi.
 *
 * A random seed makes collisions unpredictable to somebody who sees no timing. It is no
 * cryptographic hash: against an attacker who measures, supply SipHash as CACHE_MAP_HASH.
 *
 * A number hashes alike on every machine, and so do equal bytes, which are read as little
 * endian. The bytes of an object in memory are the machine's: its integers have the machine's
 * byte order. */
#ifndef CACHE_MAP_HASH_H
#define CACHE_MAP_HASH_H

#include "cache_map_integer.h"

CACHE_MAP_HEADER_BEGIN

#define CACHE_MAP_PI_0 UINT64_C(0x243f6a8885a308d3)
#define CACHE_MAP_PI_1 UINT64_C(0x13198a2e03707344)
#define CACHE_MAP_PI_2 UINT64_C(0xa4093822299f31d0)
#define CACHE_MAP_PI_3 UINT64_C(0x082efa98ec4e6c89)

CACHE_MAP_INLINE uint64_t cache_map_rotate_left(uint64_t word, uint32_t bits) {
    CACHE_MAP_ASSERT(bits > 0 && bits < 64);
    return (word << bits) | (word >> (64 - bits));
}

/* The seed, and what a key is combined with: the seed and the mix of it, each with two constants. */
CACHE_MAP_INLINE struct cache_map_seed cache_map_seed_make(uint64_t seed) {
    const struct cache_map_product mix = cache_map_multiply(seed ^ CACHE_MAP_PI_2, CACHE_MAP_PI_3);
    const uint64_t mixed = mix.low ^ mix.high;
    struct cache_map_seed made;
    made.value = seed;
    made.words[0] = seed ^ CACHE_MAP_PI_0;
    made.words[1] = mixed ^ CACHE_MAP_PI_1;
    made.words[2] = mixed ^ CACHE_MAP_PI_2;
    made.words[3] = seed ^ CACHE_MAP_PI_3;
    return made;
}

/* What the map was given as its seed. The typed layer asks, for it names no field of the library's:
 * a macro of the program's that is defined in between may have the name of one. */
CACHE_MAP_INLINE uint64_t cache_map_seed_value(const struct cache_map_seed *seed) {
    return seed->value;
}

/* Hashes 128 bits, given as two words, with a seed that is mixed already. */
CACHE_MAP_INLINE uint64_t cache_map_hash_128_seeded(uint64_t low, uint64_t high,
                                                    const struct cache_map_seed *seed) {
    const struct cache_map_product first =
        cache_map_multiply(low ^ seed->words[0], high ^ seed->words[1]);
    const struct cache_map_product second = cache_map_multiply(first.low ^ (high ^ seed->words[2]),
                                                               first.high ^ (low ^ seed->words[3]));
    return second.low ^ second.high;
}

/* As cache_map_hash_64, with a seed that is mixed already: a third less work. The default of the
 * template. */
CACHE_MAP_INLINE uint64_t cache_map_hash_64_seeded(uint64_t key,
                                                   const struct cache_map_seed *seed) {
    return cache_map_hash_128_seeded(key, cache_map_rotate_left(key, 32), seed);
}

/* Hashes 128 bits, given as two words. */
static inline uint64_t cache_map_hash_128(uint64_t low, uint64_t high, uint64_t seed) {
    const struct cache_map_seed made = cache_map_seed_make(seed);
    return cache_map_hash_128_seeded(low, high, &made);
}

/* Hashes a 64-bit key (narrower keys convert). What the template's default gives. */
static inline uint64_t cache_map_hash_64(uint64_t key, uint64_t seed) {
    const struct cache_map_seed made = cache_map_seed_make(seed);
    return cache_map_hash_64_seeded(key, &made);
}

/* Up to 8 bytes as a little-endian word; absent bytes are 0. */
CACHE_MAP_INLINE uint64_t cache_map_word_of_bytes(const unsigned char *bytes, size_t size) {
    uint64_t word = 0;
    CACHE_MAP_ASSERT(size <= 8);
    for (size_t i = 0; i < size; i += 1)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

/* Hashes `size` bytes at `data`: for keys that are strings, or structs WITHOUT padding (padding
 * bytes would be hashed too, and they are indeterminate). Equal bytes have equal hashes on every
 * machine; a struct of integers has other bytes where the byte order is another. O(size). */
static inline uint64_t cache_map_hash_bytes(const void *data, size_t size, uint64_t seed) {
    const unsigned char *bytes = (const unsigned char *)data;
    uint64_t state = cache_map_hash_64((uint64_t)size, seed);
    CACHE_MAP_ASSERT(data != NULL || size == 0);
    for (size_t offset = 0; offset < size; offset += 16) {
        const size_t left = size - offset;
        const size_t low_size = left < 8 ? left : 8;
        const size_t high_size = left - low_size < 8 ? left - low_size : 8;
        state = cache_map_hash_128(cache_map_word_of_bytes(bytes + offset, low_size),
                                   cache_map_word_of_bytes(bytes + offset + low_size, high_size),
                                   state ^ seed);
    }
    return state;
}

CACHE_MAP_HEADER_END

#endif
