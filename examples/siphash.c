/* SPDX-License-Identifier: Apache-2.0 */
/* ./siphash: SipHash as the hash of keys that others choose (docs/hashing.md): the hash, to copy, and a map
 * that is declared with it. The program compares the hash with its authors' test vector, and sees that it
 * spreads keys. */
#define _DEFAULT_SOURCE 1
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>

static uint64_t rotate_left(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static void siphash_rounds(uint64_t v[4], unsigned round_count) {
    for (unsigned round = 0; round < round_count; round += 1) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate_left(v[1], 13) ^ v[0];
        v[3] = rotate_left(v[3], 16) ^ v[2];
        v[0] = rotate_left(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate_left(v[1], 17) ^ v[2];
        v[3] = rotate_left(v[3], 21) ^ v[0];
        v[2] = rotate_left(v[2], 32);
    }
}

/* Of one word, little endian: SipHash-2-4 or 1-3 by the rounds after each word and at the end. */
static uint64_t siphash_64(uint64_t word, uint64_t key_low, uint64_t key_high, unsigned rounds,
                           unsigned end_rounds) {
    const uint64_t words[2] = {word, (uint64_t)sizeof word << 56};
    uint64_t v[4] = {
        key_low ^ UINT64_C(0x736f6d6570736575),
        key_high ^ UINT64_C(0x646f72616e646f6d),
        key_low ^ UINT64_C(0x6c7967656e657261),
        key_high ^ UINT64_C(0x7465646279746573),
    };
    for (unsigned i = 0; i < 2; i += 1) {
        v[3] ^= words[i];
        siphash_rounds(v, rounds);
        v[0] ^= words[i];
    }
    v[2] ^= 0xff;
    siphash_rounds(v, end_rounds);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct session {
    uint64_t id;
    uint64_t user;
};

/* Set once, before the first map is initialised. */
static uint64_t session_secret[2];

#define CACHE_MAP_NAME          session_map
#define CACHE_MAP_VALUE         struct session
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#define CACHE_MAP_HASH(key, seed) \
    siphash_64((key), session_secret[0] ^ (seed), session_secret[1], 1, 3)
#include "cache_map.h"

int main(void) {
    const struct cache_map_options options = {16384, 8192, 0, 1};
    struct session_map map;
    if (siphash_64(UINT64_C(0x0706050403020100), UINT64_C(0x0706050403020100),
                   UINT64_C(0x0f0e0d0c0b0a0908), 2, 4) != UINT64_C(0x93f5f5799a932462)) {
        puts("siphash: another hash than that of the authors' test vector");
        return 1;
    }
    if (getrandom(session_secret, sizeof session_secret, 0) != sizeof session_secret ||
        session_map_init(&map, &options, NULL) != CACHE_MAP_OK) {
        puts("siphash: no secret, or no memory");
        return 2;
    }
    for (uint64_t id = 0; id < 8192; id += 1)
        session_map_upsert(&map, &(struct session){id, 1});
    /* Expected are 6 in the stash (docs/sizing.md); more than 100 do not happen by chance. */
    const bool uniform = session_map_inspect_counts(&map).stash_count < 100;
    session_map_deinit(&map);
    puts(uniform ? "siphash: keys are spread over the sets" : "siphash: keys share sets");
    return uniform ? 0 : 1;
}
