/* SPDX-License-Identifier: Apache-2.0 */
/* The set of all states that were visited, exact: whole codes are kept and compared. It lies in memory that
 * processes share, so that several can add to it at a time without a lock; and it is the queue of the search
 * too, for the states stand in the order of their discovery, a level (all states with one shortest distance)
 * after the other.
 *
 * Each state has a rank, its place in that order. Within a level the order is that of a hash of the code, not
 * that of arrival: so ranks, and the origin of each state, do not depend on how many processes there are.
 * (The table is Laarman, van de Pol and Weber's, "Boosting multi-core reachability performance with shared
 * hash tables", 2010: open addressing, an entry published by one compare-and-swap.)
 *
 * Knows codes as bytes, nothing of what they mean. */
#ifndef EXPLORER_STORE_H
#define EXPLORER_STORE_H

#include "state.h"

#include <stdatomic.h>
#include <stdio.h>

enum { STORE_LEVEL_COUNT_MAX = 1024 };

/* Where a state was first reached from: the rank of a state one level up, and the op's number in the world.
 * The smallest of all, so that it is the same in each search. The first state's is 0. */
#define STORE_ORIGIN(rank, op) ((uint64_t)(rank) << 8 | (op))

struct store_record;

/* What all processes change. */
struct store_shared {
    _Atomic uint64_t pool_used;   /* in units of 8 bytes */
    _Atomic uint32_t state_count; /* in all levels, and in the one that is being found */
    _Atomic bool memory_spent;
};

struct store {
    struct store_shared *shared;
    uint64_t *pool;  /* the records */
    uint32_t *order; /* by rank: where the record begins in the pool */
    _Atomic uint64_t *table;
    void *table_memory;           /* the same, as it came */
    uint64_t slot_count;          /* of the table, a power of two */
    uint64_t pool_size_max;       /* in units of 8 bytes */
    uint64_t state_count_max;     /* that `order` has room for */
    uint64_t memory_max;          /* bytes, for pool, order and table */
    uint64_t chunk_at, chunk_end; /* this process's part of the pool */
    uint32_t level_count;         /* levels that are complete, or being expanded */
    uint32_t level_begin[STORE_LEVEL_COUNT_MAX +
                         1]; /* rank of the first state of each, and of the next */
};

enum store_answer { STORE_NEW, STORE_KNOWN, STORE_SPENT };

/* An empty store that takes at most so many bytes. False when the system does not give the address space;
 * errno says why. */
bool store_create(struct store *store, uint64_t memory_max);
void store_destroy(struct store *store);

/* First in each new process: its additions go where no other's do. */
void store_enter(struct store *store);

/* Adds a state unless it is there. STORE_SPENT: there is no memory left, and it was not added. For several
 * processes at a time. Expected O(size of the code). */
enum store_answer store_add(struct store *store, const struct state *state, uint64_t origin);

/* The rest is for one process while no other is running. */

/* The state with a rank of a complete level, or of any for the order of arrival. Costs a copy. */
void store_get(const struct store *store, uint32_t rank, struct state *state, uint64_t *origin);

/* The rank of a state in a complete level; false where it is in none. O(levels x log states). */
bool store_find(const struct store *store, const struct state *state, uint32_t *rank);

/* The states found since the last level become the next one, in their final order. False if there are none.
 * O(n log n). */
bool store_next_level(struct store *store);

/* Whether the table should grow before more is added: another process may only stop and ask. */
bool store_is_crowded(const struct store *store);
/* Doubles the table. False when that would take more memory than it may. O(states). */
bool store_grow(struct store *store);

uint32_t store_state_count(const struct store *store);
/* Bytes in use. */
uint64_t store_memory(const struct store *store);

/* To and from a file that is open; false with errno, or 0 where the file is not whole. A store that is read
 * into is empty. */
bool store_write(const struct store *store, FILE *file);
bool store_read(struct store *store, FILE *file);

#endif
