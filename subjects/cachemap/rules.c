/* SPDX-License-Identifier: Apache-2.0 */
/* The rules behind rules.h. */
#include "rules.h"

/* A large world is full after one op, and how it is when it is full is what it is for: there a stream in
 * RULE_KEEP_ODDS keeps compacting, and one in RULE_STAY_ODDS stays as full as it gets. */
enum { RULE_BREAK_ODDS = 4, RULE_KEEP_ODDS = 4, RULE_STAY_ODDS = 2, PERSIST_ODDS = 3 };

static void rules_restart(struct rules *rules) {
    rules->mutation_count = 0;
    rules->scope_mutation_count = 0;
    rules->scope_open = false;
}

void rules_begin(struct rules *rules, struct random *random, const struct world *world) {
    rules->stash_count_max = world->numbers[FIELD_STASH];
    rules->scope_count_max = world->numbers[FIELD_SCOPE];
    rules->breaks_compact = world_is_large(world) ? !random_one_in(random, RULE_KEEP_ODDS)
                                                  : random_one_in(random, RULE_BREAK_ODDS);
    rules->stays_full = world_is_large(world) && random_one_in(random, RULE_STAY_ODDS);
    rules->breaks_close = random_one_in(random, RULE_BREAK_ODDS);
    rules->breaks_end = random_one_in(random, RULE_BREAK_ODDS);
    rules_restart(rules);
}

static enum op_kind rules_close(struct random *random) {
    return random_one_in(random, PERSIST_ODDS) ? OP_SCOPE_PERSIST : OP_SCOPE_DISCARD;
}

enum op_kind rules_force(const struct rules *rules, struct random *random, bool last) {
    if (last && rules->scope_open && !rules->breaks_end)
        return rules_close(random);
    if (rules->scope_open && !rules->breaks_close &&
        rules->scope_mutation_count >= rules->scope_count_max)
        return rules_close(random);
    if (!rules->breaks_compact && rules->mutation_count >= rules->stash_count_max)
        return rules->scope_open ? rules_close(random) : OP_COMPACT;
    return OP_KIND_COUNT;
}

enum op_kind rules_amend(const struct rules *rules, enum op_kind kind, bool last) {
    const struct op op = {(uint8_t)kind, 0};
    if (!last && rules->stays_full && (kind == OP_COMPACT || op_is(op, TRAIT_EMPTIES)))
        return OP_UPSERT;
    /* The last op must not open what nothing closes. */
    return last && kind == OP_SCOPE_OPEN && !rules->breaks_end ? OP_INSPECT : kind;
}

void rules_note(struct rules *rules, struct op op) {
    if (op_is(op, TRAIT_MUTATES)) {
        rules->mutation_count += op_element_count(op);
        rules->scope_mutation_count += rules->scope_open ? op_element_count(op) : 0;
    }
    if (op.kind == OP_COMPACT && !rules->scope_open)
        rules->mutation_count = 0;
    if (op_is(op, TRAIT_OPENS) && !rules->scope_open)
        rules->scope_mutation_count = 0;
    if (op_is(op, TRAIT_REMAKES) || (op.kind == OP_RESET && !rules->scope_open))
        rules_restart(rules);
    else
        rules->scope_open =
            op_is(op, TRAIT_OPENS) || (rules->scope_open && !op_is(op, TRAIT_CLOSES));
}
