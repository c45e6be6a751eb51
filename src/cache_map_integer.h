/* SPDX-License-Identifier: Apache-2.0 */
/* Integer helpers: the 64x64->128 multiplication, count trailing zeros, prefetch, and sums and products
 * of sizes that say when they overflow.
 *
 * Knows nothing of maps. Each helper that uses a compiler builtin has a portable twin that gives
 * the same result; CACHE_MAP_PORTABLE selects the twins everywhere, and the tests compare both. */
#ifndef CACHE_MAP_INTEGER_H
#define CACHE_MAP_INTEGER_H

#include "cache_map_types.h"

CACHE_MAP_HEADER_BEGIN

struct cache_map_product {
    uint64_t low;
    uint64_t high;
};

/* Schoolbook multiplication on 32-bit halves; no intermediate sum can overflow. */
CACHE_MAP_INLINE struct cache_map_product cache_map_multiply_portable(uint64_t a, uint64_t b) {
    const uint64_t a_low = a & 0xffffffffu, a_high = a >> 32;
    const uint64_t b_low = b & 0xffffffffu, b_high = b >> 32;
    const uint64_t low = a_low * b_low;
    const uint64_t middle = a_high * b_low + (low >> 32);
    const uint64_t middle_more = a_low * b_high + (middle & 0xffffffffu);
    struct cache_map_product product;
    product.low = (middle_more << 32) | (low & 0xffffffffu);
    product.high = a_high * b_high + (middle >> 32) + (middle_more >> 32);
    return product;
}

CACHE_MAP_INLINE struct cache_map_product cache_map_multiply(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__) && !defined(CACHE_MAP_PORTABLE)
    __extension__ const unsigned __int128 wide = (unsigned __int128)a * b;
    struct cache_map_product product;
    product.low = (uint64_t)wide;
    product.high = (uint64_t)(wide >> 64);
    return product;
#else
    return cache_map_multiply_portable(a, b);
#endif
}

/* Maps `hash`, uniform over 64 bits, to 0..range-1 without a division: Lemire's "fast range". */
CACHE_MAP_INLINE uint64_t cache_map_range_of_hash(uint64_t hash, uint64_t range) {
    return cache_map_multiply(hash, range).high;
}

CACHE_MAP_INLINE uint32_t cache_map_trailing_zeros_portable(uint64_t bits) {
    uint32_t count = 0;
    while ((bits & 1) == 0) {
        bits >>= 1;
        count += 1;
    }
    return count;
}

/* The index of the lowest set bit. `bits` is not 0. */
CACHE_MAP_INLINE uint32_t cache_map_trailing_zeros(uint64_t bits) {
    CACHE_MAP_ASSERT(bits != 0);
#if defined(__GNUC__) && !defined(CACHE_MAP_PORTABLE)
    return (uint32_t)__builtin_ctzll(bits);
#else
    return cache_map_trailing_zeros_portable(bits);
#endif
}

/* The same of 32 bits, which spares a hit two instructions. */
CACHE_MAP_INLINE uint32_t cache_map_trailing_zeros_32(uint32_t bits) {
    CACHE_MAP_ASSERT(bits != 0);
#if defined(__GNUC__) && !defined(CACHE_MAP_PORTABLE)
    return (uint32_t)__builtin_ctz(bits);
#else
    return cache_map_trailing_zeros_portable(bits);
#endif
}

/* Asks the processor to load the cache line at `address`, which need not be mapped. A hint: the portable
 * twin does nothing. */
CACHE_MAP_INLINE void cache_map_prefetch_line(const void *address) {
#if defined(__GNUC__) && !defined(CACHE_MAP_PORTABLE)
    __builtin_prefetch(address);
#else
    (void)address;
#endif
}

/* False, with *sum untouched, when a + b does not fit. */
CACHE_MAP_INLINE bool cache_map_size_add(size_t a, size_t b, size_t *sum) {
    if (a > SIZE_MAX - b)
        return false;
    *sum = a + b;
    return true;
}

/* False, with *product untouched, when count * size does not fit. `size` is not 0. */
CACHE_MAP_INLINE bool cache_map_size_multiply(uint64_t count, size_t size, size_t *product) {
    CACHE_MAP_ASSERT(size != 0);
    if (count > SIZE_MAX / size)
        return false;
    *product = (size_t)count * size;
    return true;
}

CACHE_MAP_HEADER_END

#endif
