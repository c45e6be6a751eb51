/* SPDX-License-Identifier: Apache-2.0 */
/* A state of a world as a short string of bytes: map and models, up to what no op can tell apart. Two
 * states have equal codes exactly when they are equal up to
 *
 *   - the numbers of values: an upsert stores a number that was never there, and nothing compares two
 *     numbers but for equality, so that they are renamed by first appearance in the code;
 *   - keys of one class (world.h), renamed in the same way;
 *   - bytes without a meaning: free slots, entries and records, and what follows;
 *   - metrics, which nothing reads; mutations beyond those that the contract guarantees room for; and in
 *     the policy model's undo log the counts and the hand that no undo looks at.
 *
 * All else is in it, also what a map that is right would repeat: the undo logs of both models, and where
 * each key was when the scope was opened. A code is all that is kept of a state, and can be made a live
 * map with its models again. (SPIN does so with the states of Promela; CMC, Musuvathi et al. 2002, with
 * those of C programs.) */
#ifndef EXPLORER_STATE_H
#define EXPLORER_STATE_H

#include "environment.h"
#include "space.h"

enum { STATE_SIZE_MAX = 1024 };

struct state {
    uint16_t size;
    uint8_t bytes[STATE_SIZE_MAX];
};

/* Under which name a key stands in a code, and back. */
struct naming {
    uint8_t name_of_key[SPACE_KEY_COUNT_MAX];
    uint8_t key_of_name[SPACE_KEY_COUNT_MAX];
};

/* The code of what is live in the environment. False where map and models do not agree in something that
 * the code leaves out because it follows from the rest: an audit then finds it, and the code is of no use.
 * O(state). */
bool state_encode(const struct space *space, const struct environment *environment,
                  struct state *state, struct naming *naming);

/* Makes the environment, which was begun for the world, hold the state. Its keys are the code's names.
 * O(state). */
void state_decode(const struct space *space, const struct state *state,
                  struct environment *environment);

/* Whether each key stands under its own name. */
bool naming_is_plain(const struct naming *naming, const struct space *space);

/* A hash of the code, from all of its bytes. */
uint64_t state_hash(const struct state *state);

#endif
