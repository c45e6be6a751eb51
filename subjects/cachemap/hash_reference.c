/* SPDX-License-Identifier: Apache-2.0 */
/* The reference behind hash_reference.h. */
#include "hash_reference.h"

/* The first fraction bits of pi, as the definition has them. */
static const uint64_t pi[4] = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344),
                               UINT64_C(0xa4093822299f31d0), UINT64_C(0x082efa98ec4e6c89)};

struct wide {
    uint64_t low, high;
};

static struct wide multiply(uint64_t a, uint64_t b) {
    struct wide product = {0, 0};
    for (unsigned bit = 64; bit-- > 0;) {
        product.high = product.high * 2 + (product.low >> 63);
        product.low *= 2;
        if ((b >> bit) % 2 == 1) {
            product.low += a;
            product.high += product.low < a;
        }
    }
    return product;
}

uint64_t hash_reference_128(uint64_t low, uint64_t high, uint64_t seed) {
    const struct wide mix = multiply(seed ^ pi[2], pi[3]);
    const uint64_t mixed = mix.low ^ mix.high;
    const struct wide first = multiply(low ^ seed ^ pi[0], high ^ mixed ^ pi[1]);
    const struct wide second =
        multiply(first.low ^ high ^ mixed ^ pi[2], first.high ^ low ^ seed ^ pi[3]);
    return second.low ^ second.high;
}

uint64_t hash_reference_64(uint64_t key, uint64_t seed) {
    return hash_reference_128(key, key * (UINT64_C(1) << 32) + (key >> 32), seed);
}

uint64_t hash_reference_set(uint64_t hash, uint64_t set_count) {
    return multiply(hash, set_count).high;
}

/* Byte `index` of an input that is followed by zeros. */
static uint64_t byte_at(const unsigned char *bytes, size_t size, size_t index) {
    return index < size ? bytes[index] : 0;
}

/* Blocks of 16 bytes, little endian, chained by the hash of the blocks before. */
uint64_t hash_reference_bytes(const unsigned char *bytes, size_t size, uint64_t seed) {
    uint64_t state = hash_reference_64(size, seed);
    for (size_t block = 0; block * 16 < size; block += 1) {
        uint64_t words[2] = {0, 0};
        for (size_t i = 16; i-- > 0;)
            words[i / 8] = words[i / 8] * 256 + byte_at(bytes, size, block * 16 + i);
        state = hash_reference_128(words[0], words[1], state ^ seed);
    }
    return state;
}
