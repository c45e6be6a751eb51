/* SPDX-License-Identifier: Apache-2.0 */
/* The value that every peer stores, and the hash that every peer uses that lets one choose: the
 * cache map's own, so that no peer is faster or slower by its hash. The build sets VALUE_SIZE. */
#ifndef BENCH_PEER_VALUE_H
#define BENCH_PEER_VALUE_H

#include "cache_map.h"
#include "peer.h"

#ifndef VALUE_SIZE
#    define VALUE_SIZE 16
#endif

struct value {
    uint64_t key;
    uint64_t fields[VALUE_SIZE / 8 - 1];
};
_Static_assert(sizeof(struct value) == VALUE_SIZE, "VALUE_SIZE is a multiple of 8, at least 16");

static inline uint64_t peer_hash(uint64_t key) {
    return cache_map_hash_64(key, 0);
}

/* The name of a table for this size: peer_plain_16, ... */
#define PEER_PASTE(name, size)          peer_##name##_##size
#define PEER_PASTE_EXPANDED(name, size) PEER_PASTE(name, size)
#define PEER_TABLE(name)                PEER_PASTE_EXPANDED(name, VALUE_SIZE)

#endif
