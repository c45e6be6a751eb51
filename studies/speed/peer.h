/* SPDX-License-Identifier: Apache-2.0 */
/* What `make bench` measures: a bounded map from 64-bit keys to values of one size, behind one
 * table of functions. A peer is C, compiled once for each size of value (studies/speed/peer_*.c); the
 * driver is C++ (studies/speed/speed.cpp).
 *
 * The timed loops are the peer's own (`run`, made by peer_runs.h), so that a call costs what it
 * costs in a program that includes the peer's header: the driver's indirect call is paid once
 * for thousands of ops.
 *
 * Knows no peer and no benchmark library. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum peer_eviction { PEER_FIFO, PEER_LRU, PEER_CLOCK, PEER_FLOOR };

/* The kinds of timed loops; a workload is such a loop over keys of some distribution. */
enum peer_run_kind {
    PEER_RUN_GET,    /* find, read a field */
    PEER_RUN_CHAIN,  /* find, read a field that the next find waits for */
    PEER_RUN_UPSERT, /* store a value, whether the key is there or not */
    PEER_RUN_MODIFY, /* find; change a field; an absent key is inserted with the changed field */
    PEER_RUN_SCOPE,  /* PEER_SCOPE_SIZE updates of keys that are there, then all undone; repeated */
    PEER_RUN_KIND_COUNT
};
enum { PEER_SCOPE_SIZE = 16, PEER_BATCH_SIZE = 32 };

struct peer_options {
    size_t entry_count_max; /* values that the map holds before it evicts */
    size_t stash_count_max; /* the cache map's alone */
    struct memory *memory;  /* outlives the map */
};

struct peer_result {
    uint64_t found; /* keys that were there */
    uint64_t sum;   /* of the fields read, so that no read can be left out */
};

typedef struct peer_result (*peer_run)(void *map, const uint64_t *keys, size_t key_count);

/* Keys are neither 0 nor UINT64_MAX: two of the peers keep these for themselves. */
struct peer {
    const char *name;
    size_t value_size; /* bytes, the key inside */
    enum peer_eviction eviction;
    void *(*create)(const struct peer_options *options); /* null: no memory */
    void (*destroy)(void *map);
    size_t (*count)(void *map); /* values that a get would find, at most */
    const void *(*find)(void *map,
                        uint64_t key); /* null: absent. A use, where the policy has uses */
    void (*upsert)(void *map, const void *value);
    size_t (*stash_count)(void *map);   /* null: there is no stash */
    void (*compact)(void *map);         /* null: there is no stash */
    peer_run runs[PEER_RUN_KIND_COUNT]; /* null: it has no such op */
    bool compact_is_timed;
};

/* All peers for one size of value, the cache map first; null for a size that was not built. */
const struct peer *const *peers_of_value_size(size_t value_size, size_t *peer_count);

#ifdef __cplusplus
}
#endif

#endif
