/* SPDX-License-Identifier: Apache-2.0 */
/* Which states of an explored world inputs have been in, and which ops they have done there: what a fuzzer's
 * corpus has seen of all that there is. An input runs in this world in place of its own, its keys
 * modulo the world's: so the corpus is asked what its sequences of ops reach. Knows neither files nor how
 * the world was explored. */
#ifndef EXPLORER_VISITS_H
#define EXPLORER_VISITS_H

#include "store.h"

#include "stream.h"

struct visits {
    const struct space *space;
    const struct store *store; /* at its fixpoint */
    bool *states;              /* by rank */
    bool *pairs;               /* by rank x ops of the world + op */
    uint32_t state_count;
    uint64_t pair_count;
    uint64_t pairs_of_kind[OP_KIND_COUNT]; /* of pair_count */
    uint32_t stray_count; /* ops that came to a state that was not explored: an error */
};

/* False where there is no memory. */
bool visits_create(struct visits *visits, const struct space *space, const struct store *store);
void visits_destroy(struct visits *visits);

/* Runs the input. Ops that the world does not have are left out. */
void visits_run(struct visits *visits, const struct stream *input);

/* The first state from `rank` on that was not visited, in the order of distance; the number of states where
 * there is none. */
uint32_t visits_next_hole(const struct visits *visits, uint32_t rank);

#endif
