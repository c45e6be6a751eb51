/* SPDX-License-Identifier: Apache-2.0 */
/* Packed counters: the W counts of one set, `bits` bits each, in one unsigned word.
 *
 * A word of 8, 16, 32 or 64 bits holds a set whatever the layout (at most 16 ways x 4 bits), so
 * reading, changing and storing a set's counts is one load, register arithmetic, one store.
 *
 *     ways=4 bits=2:   word = c3 c2 c1 c0   (way 0 in the lowest bits)
 *
 * Plain functions on a word, no state. Knows nothing of tags, values or sets. */
#ifndef CACHE_MAP_COUNTERS_H
#define CACHE_MAP_COUNTERS_H

#include "cache_map_integer.h"

CACHE_MAP_HEADER_BEGIN

CACHE_MAP_INLINE uint32_t cache_map_counter_max(uint32_t bits) {
    return (1u << bits) - 1;
}

/* Bytes that the counts of one set take in memory: 1, 2, 4 or 8. */
CACHE_MAP_INLINE size_t cache_map_counters_size(uint32_t ways, uint32_t bits) {
    const uint32_t bits_all = ways * bits;
    CACHE_MAP_ASSERT(bits_all >= 2 && bits_all <= 64);
    return bits_all <= 8 ? 1 : bits_all / 8;
}

CACHE_MAP_INLINE uint64_t cache_map_counters_load(const unsigned char *memory, size_t size) {
    uint8_t word_8;
    uint16_t word_16;
    uint32_t word_32;
    uint64_t word_64;
    switch (size) {
    case 1: memcpy(&word_8, memory, 1); return word_8;
    case 2: memcpy(&word_16, memory, 2); return word_16;
    case 4: memcpy(&word_32, memory, 4); return word_32;
    default: memcpy(&word_64, memory, 8); return word_64;
    }
}

CACHE_MAP_INLINE void cache_map_counters_store(unsigned char *memory, size_t size, uint64_t word) {
    const uint8_t word_8 = (uint8_t)word;
    const uint16_t word_16 = (uint16_t)word;
    const uint32_t word_32 = (uint32_t)word;
    switch (size) {
    case 1: memcpy(memory, &word_8, 1); break;
    case 2: memcpy(memory, &word_16, 2); break;
    case 4: memcpy(memory, &word_32, 4); break;
    default: memcpy(memory, &word, 8); break;
    }
}

CACHE_MAP_INLINE uint32_t cache_map_counter_get(uint64_t word, uint32_t way, uint32_t bits) {
    return (uint32_t)(word >> (way * bits)) & cache_map_counter_max(bits);
}

/* The word with the count of `way` replaced; the other counts are untouched. */
CACHE_MAP_INLINE uint64_t cache_map_counter_set(uint64_t word, uint32_t way, uint32_t bits,
                                                uint32_t count) {
    const uint32_t shift = way * bits;
    CACHE_MAP_ASSERT(count <= cache_map_counter_max(bits));
    return (word & ~((uint64_t)cache_map_counter_max(bits) << shift)) | ((uint64_t)count << shift);
}

/* The bits that a set's counts take of a word. */
CACHE_MAP_INLINE uint64_t cache_map_counters_used(uint32_t ways, uint32_t bits) {
    return ways * bits == 64 ? UINT64_MAX : ((uint64_t)1 << (ways * bits)) - 1;
}

/* The lowest bit of each count's lane, way w at w * bits: ..0101 for 2 bits. As a number, 1 in each
 * count. */
CACHE_MAP_INLINE uint64_t cache_map_counters_lanes(uint32_t ways, uint32_t bits) {
    return UINT64_MAX / cache_map_counter_max(bits) & cache_map_counters_used(ways, bits);
}

/* The lanes of the counts that are 0. */
CACHE_MAP_INLINE uint64_t cache_map_counters_zero_lanes(uint64_t word, uint32_t ways,
                                                        uint32_t bits) {
    uint64_t nonzero = word;
    for (uint32_t shift = 1; shift < bits; shift += 1)
        nonzero |= word >> shift; /* folds each lane, and only it, into its lowest bit */
    return ~nonzero & cache_map_counters_lanes(ways, bits);
}

/* The lanes of the counts that are 0 or 1. */
CACHE_MAP_INLINE uint64_t cache_map_counters_zero_or_one_lanes(uint64_t word, uint32_t ways,
                                                               uint32_t bits) {
    uint64_t many = 0;
    for (uint32_t shift = 1; shift < bits; shift += 1)
        many |= word >> shift;
    return ~many & cache_map_counters_lanes(ways, bits);
}

/* The counts with way `first`, 0..ways, lowest. */
CACHE_MAP_INLINE uint64_t cache_map_counters_rotate(uint64_t word, uint32_t first, uint32_t ways,
                                                    uint32_t bits) {
    const uint64_t used = cache_map_counters_used(ways, bits);
    const uint32_t down = (first & (ways - 1)) * bits;
    CACHE_MAP_ASSERT(first <= ways);
    CACHE_MAP_ASSERT((word & ~used) == 0);
    if (ways * bits <= 32)
        return (word | word << (ways * bits)) >> down & used;
    return (word >> down | word << ((64 - down) & 63)) & used;
}

CACHE_MAP_HEADER_END

#endif
