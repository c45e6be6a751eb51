/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys of a map hash to, by its geometry: for the naive model, for reports and searches. The map
 * itself has a seed (key.h), which is made here. Knows geometries and keys, no map. */
#ifndef SUBJECT_KEY_MAP_H
#define SUBJECT_KEY_MAP_H

#include "geometry.h"
#include "key.h"

/* The seed that a map is given. That of LAYOUT_DEFAULT is 0, or a number with bits in both halves; of another
 * the low half is what key_hash asks for. */
uint64_t key_seed(const struct geometry *geometry);

static inline uint64_t key_seed_low(const struct geometry *geometry) {
    return geometry->hash < HASH_IN_A_ROW ? geometry->hash
                                          : key_seed_in_a_row(geometry->stash_count_max);
}

/* In LAYOUT_DEFAULT, which has the library's hash, by the reference. O(1), and more at the first time. */
uint64_t key_hash_by_reference(unsigned key_id, const struct geometry *geometry);

/* The hash of a key in a map of this geometry. Pure. */
static inline uint64_t key_hash_in(const struct geometry *geometry, unsigned key_id) {
    if (geometry->layout == LAYOUT_DEFAULT)
        return key_hash_by_reference(key_id, geometry);
    return key_hash(key_id, key_seed_low(geometry));
}

#endif
