/* SPDX-License-Identifier: Apache-2.0 */
/* Sixteen bytes at once: which vectors the processor has, and the comparison of 16 bytes in memory with
 * one. Tags and marks are looked for with it.
 *
 * Knows nothing of maps. Where there is no vector, or CACHE_MAP_PORTABLE is defined, who compares does so
 * one by one; the tests compare both. */
#ifndef CACHE_MAP_VECTOR_H
#define CACHE_MAP_VECTOR_H

#include "cache_map_types.h"

/* gcc's emmintrin.h includes stdlib.h, which a freestanding environment need not have. */
#if defined(__SSE2__) && __STDC_HOSTED__ && !defined(CACHE_MAP_PORTABLE)
#    define CACHE_MAP_SSE2 1
#    include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(CACHE_MAP_PORTABLE)
#    define CACHE_MAP_NEON 1
#    include <arm_neon.h>
#endif

CACHE_MAP_HEADER_BEGIN

#define CACHE_MAP_VECTOR_SIZE 16u

#if defined(CACHE_MAP_SSE2)
/* Bit i of the answer is set when byte i of the 16 at `bytes`, which may begin anywhere, is `byte`. */
CACHE_MAP_INLINE uint32_t cache_map_vector_equal(const unsigned char *bytes, uint32_t byte) {
    const __m128i loaded = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(loaded, _mm_set1_epi8((char)byte)));
}
#elif defined(CACHE_MAP_NEON)
/* Sixteen bytes of 0x00 or 0xff to sixteen bits: NEON has no movemask. */
CACHE_MAP_INLINE uint32_t cache_map_vector_mask(uint8x16_t equal) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vandq_u8(equal, vld1q_u8(weights));
    return (uint32_t)vaddv_u8(vget_low_u8(bits)) | (uint32_t)vaddv_u8(vget_high_u8(bits)) << 8;
}

CACHE_MAP_INLINE uint32_t cache_map_vector_equal(const unsigned char *bytes, uint32_t byte) {
    return cache_map_vector_mask(vceqq_u8(vld1q_u8(bytes), vdupq_n_u8((uint8_t)byte)));
}
#endif

CACHE_MAP_HEADER_END

#endif
