/* SPDX-License-Identifier: Apache-2.0 */
/* The hash modes. Of the library it uses the default hash alone, as a user would. */
#include "key.h"

#include "hash_reference.h"

#include "cache_map_hash.h"

#include <assert.h>
#include <string.h>

/* Of the index of 256 entries, which the searched hashes are for. Ids behind KEY_TABLE_COUNT are at home
 * in the last bucket of every index. */
enum { SEARCHED_BUCKET_BITS = 9, LAST_BUCKET_LOW_BITS = 14, ROW_START_FROM_END = 100 };
_Static_assert(STASH_COUNT_MAX <= 1 << (31 - LAST_BUCKET_LOW_BITS), "bits of a bucket's number");

/* What the halves of a hash are mixed with: contract, section 6. */
#define MIXED_HIGH UINT32_C(0xbb67ae85)
#define MIXED_LOW  UINT32_C(0x6a09e667)

/* The hash whose fragment is just this: where the high half, mixed, is 1, the product is the low one. All of
 * these are of one set. */
static uint64_t hash_of_fragment(uint32_t fragment) {
    return (uint64_t)(MIXED_HIGH ^ 1) << 32 | (fragment ^ MIXED_LOW);
}

/* All keys at home in the last bucket, with tags of their own. Of the first ids, in a small index: the low 16
 * bits are the key's id, the high half spreads the keys over the sets, and the bits between are looked for.
 * Half a thousand tries a key; the table is made once. */
static uint64_t hash_same_home(unsigned key_id) {
    const uint32_t top_bits = UINT32_MAX << (32 - SEARCHED_BUCKET_BITS);
    const uint64_t high = ((UINT32_MAX - key_id) * UINT32_C(0x144cbc89)) ^ key_id;
    if (key_id >= KEY_TABLE_COUNT)
        return hash_of_fragment(UINT32_MAX << LAST_BUCKET_LOW_BITS |
                                (key_id & ((1u << LAST_BUCKET_LOW_BITS) - 1)));
    for (uint64_t middle = 0; middle <= UINT16_MAX; middle += 1) {
        const uint64_t hash = high << 32 | middle << 16 | key_id;
        if ((key_stash_fragment(hash) & top_bits) == top_bits)
            return hash;
    }
    assert(false && "no hash of this key has its home in the last bucket");
    return 0;
}

/* The bits of a bucket's number: an index has the least power of two that is twice the entries. */
static unsigned bucket_bits(uint32_t stash_count_max) {
    assert(stash_count_max >= 1 && stash_count_max <= STASH_COUNT_MAX);
    return 32 - (unsigned)__builtin_clz(2 * stash_count_max - 1);
}

/* Neighbours at home in neighbouring buckets, from a little before the end of the index on and around it:
 * a stash that is filled in this order is one run of buckets, and each entry is found at once, but for the
 * last two. They, and ids that the stash has no room for besides, have the homes of the first ones again:
 * a probe for them goes along the run. The fragments differ, where there are bits for it. */
static uint64_t hash_in_a_row(unsigned key_id, uint32_t stash_count_max) {
    const unsigned low_bits = 32 - bucket_bits(stash_count_max);
    const uint32_t home = key_id % key_row_length(stash_count_max) - ROW_START_FROM_END;
    return hash_of_fragment(home << low_bits | (key_id & ((1u << low_bits) - 1)));
}

/* As a key that is a string hashes: by its bytes, of many lengths, with a seed. */
static uint64_t hash_of_bytes(unsigned key_id) {
    unsigned char bytes[32];
    size_t size = 1 + key_id % sizeof bytes;
    memset(bytes, (int)key_id, sizeof bytes);
    if (key_id >= KEY_TABLE_COUNT) {
        bytes[0] = (unsigned char)(key_id >> 8);
        bytes[1] = (unsigned char)(key_id >> 16);
        size = size < 3 ? 3 : size;
    }
    return cache_map_hash_bytes(bytes, size, UINT64_C(0x5eed5eed5eed5eed));
}

uint64_t key_hash_compute(unsigned key_id, uint64_t seed) {
    const uint64_t number = key_number(key_id);
    switch ((enum hash_mode)(seed & UINT8_MAX)) {
    case HASH_MIX: return cache_map_hash_64(number, 0);
    case HASH_SEEDED: return hash_of_bytes(key_id);
    case HASH_IDENTITY: return number;
    case HASH_BUCKETS: return cache_map_hash_64(key_id % 4, 0);
    case HASH_COLLIDE: return UINT64_C(0x0123456789abcdef);
    case HASH_SAME_SET: return key_id;
    case HASH_SAME_TAG: return (cache_map_hash_64(number, 0) & ~UINT64_C(0xffff)) | 0x5a5a;
    case HASH_SAME_HOME: return hash_same_home(key_id);
    case HASH_IN_A_ROW: return hash_in_a_row(key_id, (uint32_t)(seed >> 8));
    case HASH_MODE_COUNT: break;
    }
    assert(false && "no such hash mode");
    return 0;
}

/* ---- The library's hash beside its reference. -------------------------------------------- */

/* Each size to the first; above it some, to more than 2^8 bytes. */
enum { BYTES_EACH_SIZE_MAX = 40, BYTES_SIZE_MAX = 2 * 257 };

static const char *compare_hashes(uint64_t number, uint64_t seed) {
    if (cache_map_hash_64(number, seed) != hash_reference_64(number, seed))
        return "hash_64";
    if (cache_map_hash_128(number, ~number * 3, seed) !=
        hash_reference_128(number, ~number * 3, seed))
        return "hash_128";
    return NULL;
}

static const char *compare_hashes_of_bytes(uint64_t seed) {
    static unsigned char bytes[BYTES_SIZE_MAX];
    for (size_t i = 0; i < sizeof bytes; i += 1)
        bytes[i] = (unsigned char)(255 - i * 7);
    for (size_t size = 0; size <= BYTES_EACH_SIZE_MAX; size += 1)
        if (cache_map_hash_bytes(bytes, size, seed) != hash_reference_bytes(bytes, size, seed))
            return "hash_bytes";
    for (size_t size = BYTES_SIZE_MAX; size > BYTES_EACH_SIZE_MAX; size /= 2)
        if (cache_map_hash_bytes(bytes, size, seed) != hash_reference_bytes(bytes, size, seed))
            return "hash_bytes";
    return NULL;
}

/* Around the first hashes of the second set and of the third, and at the ends: all 64 bits say which set. */
static const char *compare_sets(void) {
    static const uint64_t set_counts[] = {1,   2,     3,     5,     7,          64,
                                          257, 65537, 66000, 65536, UINT32_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof set_counts / sizeof set_counts[0]; i += 1) {
        const uint64_t width = UINT64_MAX / set_counts[i];
        const uint64_t hashes[] = {0,         width - 1,     width,     width + 1,
                                   width * 2, width * 2 + 1, UINT64_MAX};
        for (size_t h = 0; h < sizeof hashes / sizeof hashes[0]; h += 1)
            if (cache_map_range_of_hash(hashes[h], set_counts[i]) !=
                hash_reference_set(hashes[h], set_counts[i]))
                return "the set of a hash";
    }
    return NULL;
}

static const char *compare_all(void) {
    static const uint64_t seeds[] = {0, 1, UINT64_MAX, UINT64_C(0x5eed5eed5eed5eed)};
    const char *found = compare_sets();
    for (size_t s = 0; found == NULL && s < sizeof seeds / sizeof seeds[0]; s += 1) {
        found = compare_hashes_of_bytes(seeds[s]);
        for (unsigned id = 0; found == NULL && id < KEY_TABLE_COUNT; id += 1)
            found = compare_hashes(key_number(id), seeds[s]);
    }
    return found;
}

/* ---- What is known from the start. --------------------------------------------------------- */

uint64_t key_hashes[HASH_IN_A_ROW][KEY_TABLE_COUNT];
bool key_hashes_ready;
static const char *differs;

void key_hashes_compute(void) {
    for (unsigned mode = 0; mode < HASH_IN_A_ROW; mode += 1)
        for (unsigned id = 0; id < KEY_TABLE_COUNT; id += 1)
            key_hashes[mode][id] = key_hash_compute(id, mode);
    differs = compare_all();
    key_hashes_ready = true;
}

const char *key_hash_differs(void) {
    return differs;
}
