/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds and hashes behind key_map.h. */
#include "key_map.h"

#include "hash_reference.h"

#include <assert.h>

uint64_t key_seed(const struct geometry *geometry) {
    if (geometry->layout == LAYOUT_DEFAULT)
        return geometry->hash == HASH_MIX ? 0 : UINT64_C(0xc0ffee0123456789);
    return KEY_SEED_HIGH | key_seed_low(geometry);
}

uint64_t key_hash_by_reference(unsigned key_id, const struct geometry *geometry) {
    /* 0: not computed yet. One key in 2^64 is computed each time. */
    static uint64_t hashes[2][KEY_COUNT_MAX];
    uint64_t *hash = &hashes[geometry->hash != HASH_MIX][key_id];
    assert(key_id < KEY_COUNT_MAX);
    if (*hash == 0)
        *hash = hash_reference_64(key_default_of_number(key_number(key_id)), key_seed(geometry));
    return *hash;
}
