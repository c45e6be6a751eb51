/* SPDX-License-Identifier: Apache-2.0 */
/* The visits behind visits.h. */
#include "visits.h"

#include "live.h"

#include <stdlib.h>
#include <string.h>

bool visits_create(struct visits *visits, const struct space *space, const struct store *store) {
    const size_t state_count = store_state_count(store);
    memset(visits, 0, sizeof *visits);
    visits->space = space;
    visits->store = store;
    visits->states = calloc(state_count, sizeof *visits->states);
    visits->pairs = calloc(state_count * space->op_count, sizeof *visits->pairs);
    return visits->states != NULL && visits->pairs != NULL;
}

void visits_destroy(struct visits *visits) {
    free(visits->states);
    free(visits->pairs);
}

/* The op as the world has it: its key within the world, its fields the world's. */
static struct op op_in_world(const struct space *space, struct op op) {
    if (op_has_key(op))
        op.operand = op_key(op) % space->key_count;
    if (op_operand(op) == OPERAND_FIELDS)
        op.operand = world_byte(&space->world, OPERAND_FIELDS_BYTE);
    return op;
}

/* Its number in the world, with its key under the name that it has in a code; or the number of ops. */
static uint32_t op_number(const struct space *space, struct op op, const struct naming *naming) {
    uint32_t number = 0;
    if (op_has_key(op))
        op.operand = naming->name_of_key[op_key(op)];
    while (number < space->op_count && !op_equal(space->ops[number], op))
        number += 1;
    return number;
}

static void visit_pair(struct visits *visits, uint32_t rank, uint32_t number) {
    bool *pair = &visits->pairs[(size_t)rank * visits->space->op_count + number];
    visits->pair_count += !*pair;
    visits->pairs_of_kind[visits->space->ops[number].kind] += !*pair;
    *pair = true;
}

/* The rank of what is live, noted. False for a state that was not explored. */
static bool visit_state(struct visits *visits, uint32_t *rank, struct naming *naming) {
    struct state state;
    if (!live_encode(visits->space, &state, naming) || !store_find(visits->store, &state, rank)) {
        visits->stray_count += 1;
        return false;
    }
    visits->state_count += !visits->states[*rank];
    visits->states[*rank] = true;
    return true;
}

void visits_run(struct visits *visits, const struct stream *input) {
    struct naming naming;
    uint32_t rank = 0;
    bool agrees = live_begin(visits->space);
    bool known = agrees && visit_state(visits, &rank, &naming);
    for (uint32_t i = 0; i < input->op_count && known; i += 1) {
        const struct op op = op_in_world(visits->space, input->ops[i]);
        const uint32_t number = op_number(visits->space, op, &naming);
        if (number == visits->space->op_count)
            continue;
        visit_pair(visits, rank, number);
        agrees = live_apply(op);
        known = agrees && visit_state(visits, &rank, &naming);
    }
    if (agrees)
        (void)live_end();
}

uint32_t visits_next_hole(const struct visits *visits, uint32_t rank) {
    while (rank < store_state_count(visits->store) && visits->states[rank])
        rank += 1;
    return rank;
}
