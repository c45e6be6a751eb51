/* SPDX-License-Identifier: Apache-2.0 */
/* All peers, by the size of their values. The cache map is the first: what it holds decides
 * which keys are hits, and the ratios are to it. */
#include "peer.h"

#define PEERS(size) \
    extern const struct peer peer_cache_map_##size, peer_many_##size, peer_ahead_##size, \
        peer_in_place_##size, peer_large_stash_##size, peer_plain_##size, peer_glib_fifo_##size, \
        peer_glib_lru_##size, peer_uthash_lru_##size, peer_ck_##size, peer_floor_##size; \
    static const struct peer *const peers_##size[] = \
        {&peer_cache_map_##size, &peer_many_##size,        &peer_ahead_##size, \
         &peer_in_place_##size,  &peer_large_stash_##size, &peer_plain_##size, \
         &peer_glib_fifo_##size, &peer_glib_lru_##size,    &peer_uthash_lru_##size, \
         &peer_ck_##size,        &peer_floor_##size};

PEERS(16)
PEERS(64)
PEERS(128)

const struct peer *const *peers_of_value_size(size_t value_size, size_t *peer_count) {
    *peer_count = sizeof peers_16 / sizeof peers_16[0];
    switch (value_size) {
    case 16: return peers_16;
    case 64: return peers_64;
    case 128: return peers_128;
    default: *peer_count = 0; return NULL;
    }
}
