/* SPDX-License-Identifier: Apache-2.0 */
/* The seam of the explorer: what a subject supplies, in a folder `explore` of its own, so that all states of
 * its small worlds can be visited. That is explore_tables.h and the functions below. A process has one live
 * subject, with its models beside it, and runs it an op at a time. Knows neither the search nor its files.
 *
 * explore_tables.h has:
 *
 *   EXPLORE_WORLD          fields of a world to try first, for the help
 *   EXPLORE_LEAVES_OUT     traits of the ops that are tried only where --ops names them, or 0. TRAIT_BATCHED
 *                          is always one: an edge is one op, and a call for many is then a call for one
 *   EXPLORE_OPS_WORDS      which ops are tried without --ops, for the help: "all", "all but ..."
 *   EXPLORE_OP_NAMES, EXPLORE_OUTCOME_NAMES   one or two of each, as --reach has them, for the help
 *   EXPLORE_AUDIT_OP       the op by which a run from init does what live_audit does, or OP_KIND_COUNT
 *   STATE_VARIABLE_TABLE   VARIABLE(name, meaning): what --reach can ask about a state
 *   BEFORE_VARIABLE_TABLE  VARIABLE(name, meaning): what it can ask about the state before an op
 *   CONSTANT_TABLE         CONSTANT(name, number): what either is compared with
 *
 * A table may be empty. */
#ifndef EXPLORER_LIVE_H
#define EXPLORER_LIVE_H

#include "explore_tables.h"
#include "run.h"

struct space; /* space.h */
struct state; /* state.h, as struct naming */
struct naming;

/* ---- A run. ------------------------------------------------------------------------------ */

/* A new subject of the world, and new models. What a run examines after each op is left to live_audit. This
 * and the next three return false with a verdict; then only live_begin may follow. */
bool live_begin(const struct space *space);

/* One op, with all that looks at an op. It is op 0 of the view's stream. */
bool live_apply(struct op op);

/* The whole state, with all that looks at a state. Changes nothing. O(state). */
bool live_audit(void);

/* Gives the subject back. */
bool live_end(void);

/* The run where it stands; its verdict too. */
const struct run_view *live_view(void);

/* What the last op answered. */
static inline enum outcome live_outcome(void) {
    return live_view()->steps[0].actual.outcome;
}

/* ---- Codes of states (state.h). ---------------------------------------------------------- */

/* The code of what is live. False where subject and models do not agree in something that the code leaves out
 * because it follows from the rest: an audit then finds it, and the code is of no use. O(state). */
bool live_encode(const struct space *space, struct state *state, struct naming *naming);

/* Makes what live_begin has begun for the world hold the state. Its keys are the code's names, and the last
 * value that was stored (view.value_count) is the largest of the code's. O(state). */
void live_decode(const struct space *space, const struct state *state);

/* ---- Worlds. ----------------------------------------------------------------------------- */

/* Whether the code of each state of this world has room in struct state. Writes what a world may have at
 * most, as "8 slots, ", or nothing. */
bool live_fits(const struct world *world, char *limits, size_t size);

/* Whether two keys can change places in any state, and nothing that the subject does tells. False is always
 * safe: then more states are visited. */
bool live_keys_alike(const struct world *world, unsigned a, unsigned b);

/* ---- What is asked and shown. ------------------------------------------------------------ */

/* What --reach can name, in the order of its help. */
enum variable {
#define VARIABLE_ENUM(name, meaning) VARIABLE_##name,
    STATE_VARIABLE_TABLE(VARIABLE_ENUM)
    /* The explorer's own. */
    VARIABLE_op,
    VARIABLE_outcome,
    VARIABLE_failed,
    BEFORE_VARIABLE_TABLE(VARIABLE_ENUM)
#undef VARIABLE_ENUM
        VARIABLE_COUNT
};

/* A variable of either table, of what is live. For one of BEFORE_VARIABLE_TABLE, `op` comes next. Never one
 * of the explorer's own. */
int32_t live_variable(enum variable variable, struct op op);

/* What is live in a few words, as "2 of 3 slots". */
void live_words(char *words, size_t size);

#endif
