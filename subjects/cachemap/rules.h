/* SPDX-License-Identifier: Apache-2.0 */
/* What keeps a generated stream good: compact when the mutations that the stash guarantees are spent,
 * close the scope when its mutations are spent, and do not end on an open scope. Each is forced by
 * default; one stream in RULE_BREAK_ODDS breaks each of them, so that the error paths are tested. Knows
 * ops, nothing of the map. */
#ifndef SUBJECT_RULES_H
#define SUBJECT_RULES_H

#include "op.h"
#include "random.h"
#include "world.h"

/* The counts assume that every mutation succeeds, as most do; they err on the safe side of each rule. */
struct rules {
    uint32_t stash_count_max, scope_count_max;
    bool breaks_compact, breaks_close, breaks_end;
    bool stays_full; /* nothing that empties it comes before the last op */
    uint32_t mutation_count, scope_mutation_count;
    bool scope_open;
};

/* Of a fresh stream: which rules it keeps. */
void rules_begin(struct rules *rules, struct random *random, const struct world *world);

/* The op that must come now, or OP_KIND_COUNT. `last`: it is the stream's last. */
enum op_kind rules_force(const struct rules *rules, struct random *random, bool last);

/* The op to take where `kind` was drawn. */
enum op_kind rules_amend(const struct rules *rules, enum op_kind kind, bool last);

/* The stream has the op now. */
void rules_note(struct rules *rules, struct op op);

#endif
