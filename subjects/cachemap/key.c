/* SPDX-License-Identifier: Apache-2.0 */
/* The hash modes. Of the library it uses the default hash alone, as a user would. */
#include "key.h"

#include "geometry.h"
#include "hash_reference.h"

#include "cache_map_hash.h"

#include <assert.h>
#include <string.h>

/* Of the largest index: at most half of its buckets are taken. */
enum { STASH_BUCKET_BITS_MAX = 9 };
_Static_assert(2 * STASH_COUNT_MAX <= 1 << STASH_BUCKET_BITS_MAX, "the bits of a bucket's number");

/* All keys at home in the last bucket of any index that a stream can have, with tags of their
 * own: the low 16 bits are the key's id, the high half spreads the keys over the sets, and the
 * bits between are looked for. Half a thousand tries a key; the table is made once. */
static uint64_t hash_same_home(unsigned key_id) {
    const uint32_t top_bits = UINT32_MAX << (32 - STASH_BUCKET_BITS_MAX);
    const uint64_t high = ((UINT32_MAX - key_id) * UINT32_C(0x144cbc89)) ^ key_id;
    for (uint64_t middle = 0; middle <= UINT16_MAX; middle += 1) {
        const uint64_t hash = high << 32 | middle << 16 | key_id;
        if ((key_stash_fragment(hash) & top_bits) == top_bits)
            return hash;
    }
    assert(false && "no hash of this key has its home in the last bucket");
    return 0;
}

/* As a key that is a string hashes: by its bytes, of many lengths, with a seed. */
static uint64_t hash_of_bytes(unsigned key_id) {
    unsigned char bytes[32];
    memset(bytes, (int)key_id, sizeof bytes);
    return cache_map_hash_bytes(bytes, 1 + key_id % sizeof bytes, UINT64_C(0x5eed5eed5eed5eed));
}

static uint64_t hash_compute(unsigned key_id, enum hash_mode mode) {
    const uint64_t number = key_number(key_id);
    switch (mode) {
    case HASH_MIX: return cache_map_hash_64(number, 0);
    case HASH_SEEDED: return hash_of_bytes(key_id);
    case HASH_IDENTITY: return number;
    case HASH_BUCKETS: return cache_map_hash_64(key_id % 4, 0);
    case HASH_COLLIDE: return UINT64_C(0x0123456789abcdef);
    case HASH_SAME_SET: return key_id;
    case HASH_SAME_TAG: return (cache_map_hash_64(number, 0) & ~UINT64_C(0xffff)) | 0x5a5a;
    case HASH_SAME_HOME: return hash_same_home(key_id);
    case HASH_MODE_COUNT: break;
    }
    assert(false && "no such hash mode");
    return 0;
}

uint64_t key_hashes[HASH_MODE_COUNT][KEY_COUNT_MAX];
bool key_hashes_ready;

void key_hashes_compute(void) {
    for (unsigned mode = 0; mode < HASH_MODE_COUNT; mode += 1)
        for (unsigned id = 0; id < KEY_COUNT_MAX; id += 1)
            key_hashes[mode][id] = hash_compute(id, (enum hash_mode)mode);
    key_hashes_ready = true;
}

/* ---- The library's hash beside its reference. -------------------------------------------- */

enum { BYTES_SIZE_MAX = 40 };

static const char *compare_hashes(uint64_t number, uint64_t seed) {
    if (cache_map_hash_64(number, seed) != hash_reference_64(number, seed))
        return "hash_64";
    if (cache_map_hash_128(number, ~number * 3, seed) !=
        hash_reference_128(number, ~number * 3, seed))
        return "hash_128";
    return NULL;
}

static const char *compare_hashes_of_bytes(uint64_t seed) {
    unsigned char bytes[BYTES_SIZE_MAX];
    for (size_t i = 0; i < sizeof bytes; i += 1)
        bytes[i] = (unsigned char)(255 - i * 7);
    for (size_t size = 0; size <= sizeof bytes; size += 1)
        if (cache_map_hash_bytes(bytes, size, seed) != hash_reference_bytes(bytes, size, seed))
            return "hash_bytes";
    return NULL;
}

static const char *compare_all(void) {
    static const uint64_t seeds[] = {0, 1, UINT64_MAX, UINT64_C(0x5eed5eed5eed5eed)};
    const char *differs = NULL;
    for (size_t s = 0; differs == NULL && s < sizeof seeds / sizeof seeds[0]; s += 1) {
        differs = compare_hashes_of_bytes(seeds[s]);
        for (unsigned id = 0; differs == NULL && id < KEY_COUNT_MAX; id += 1)
            differs = compare_hashes(key_number(id), seeds[s]);
    }
    return differs;
}

const char *key_hash_differs(void) {
    static const char *differs;
    static bool compared;
    if (!compared)
        differs = compare_all();
    compared = true;
    return differs;
}
