/* SPDX-License-Identifier: Apache-2.0 */
/* The generator behind generate.h.
 *
 * Three rules keep a stream good: compact when the mutations that the stash guarantees are spent,
 * close the scope when its mutations are spent, and do not end on an open scope. They are forced by
 * default. One stream in RULE_BREAK_ODDS breaks each of them, so that the error paths are tested.
 */
#include "generate.h"

#include "work.h"

#include <assert.h>
#include <string.h>

enum { RULE_BREAK_ODDS = 4, OP_OFF_ODDS = 4, OP_COUNT_EXPONENT_MAX = 10, BATCH_END_ODDS = 5 };

/* One stream's character. */
struct swarm {
    uint32_t weights[OP_KIND_COUNT];
    uint32_t weight_sum;
    uint8_t hot_keys[4];
    uint32_t hot_odds; /* of 8: how often a key is a hot one */
    bool breaks_compact, breaks_close, breaks_end;
};

/* What the rules count. They assume that every mutation succeeds, as most do; the counts err on the
 * safe side of each rule. */
struct budget {
    uint32_t mutation_count, scope_mutation_count;
    bool scope_open;
};

static uint16_t generate_number(struct random *random, struct number_table table) {
    return table.numbers[random_below(random, table.count)];
}

void generate_geometry(struct random *random, struct geometry *geometry) {
    geometry->layout = (uint8_t)random_below(random, LAYOUT_COUNT);
    /* Sets of many ways need many keys before anything is evicted: prefer few. */
    if (random_one_in(random, 2))
        geometry->layout = (uint8_t)random_below(random, LAYOUT_COUNT / 2);
    geometry->hash = (uint8_t)random_below(random, HASH_MODE_COUNT);
    geometry->read = (uint8_t)random_below(random, READ_MODE_COUNT);
    geometry->run = random_one_in(random, 4) ? (uint8_t)random_below(random, RUN_MODE_COUNT)
                                             : (uint8_t)RUN_PLAIN;
    geometry->set_count = generate_number(random, geometry_set_counts());
    geometry->stash_count_max = generate_number(random, geometry_stash_counts());
    geometry->scope_count_max = generate_number(random, geometry_scope_counts());
    geometry->key_count = generate_number(random, geometry_key_counts());
}

static void swarm_draw(struct random *random, const struct geometry *geometry,
                       struct swarm *swarm) {
    memset(swarm, 0, sizeof *swarm);
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const uint32_t slots = op_describe((enum op_kind)kind)->slot_count;
        if (!random_one_in(random, OP_OFF_ODDS))
            swarm->weights[kind] = slots * (1 + random_below(random, 16));
        swarm->weight_sum += swarm->weights[kind];
    }
    /* A stream without any upsert tests nothing. */
    if (swarm->weights[OP_UPSERT] == 0) {
        swarm->weights[OP_UPSERT] = 64;
        swarm->weight_sum += 64;
    }
    for (size_t i = 0; i < sizeof swarm->hot_keys; i += 1)
        swarm->hot_keys[i] = (uint8_t)random_below(random, geometry->key_count);
    swarm->hot_odds = random_below(random, 8);
    swarm->breaks_compact = random_one_in(random, RULE_BREAK_ODDS);
    swarm->breaks_close = random_one_in(random, RULE_BREAK_ODDS);
    swarm->breaks_end = random_one_in(random, RULE_BREAK_ODDS);
}

static enum op_kind swarm_kind(struct random *random, const struct swarm *swarm) {
    uint32_t at = random_below(random, swarm->weight_sum);
    unsigned kind = 0;
    while (at >= swarm->weights[kind]) {
        at -= swarm->weights[kind];
        kind += 1;
    }
    return (enum op_kind)kind;
}

static uint8_t swarm_operand(struct random *random, const struct geometry *geometry,
                             const struct swarm *swarm, enum op_operand operand) {
    switch (operand) {
    case OPERAND_KEY:
        if (random_below(random, 8) < swarm->hot_odds)
            return swarm->hot_keys[random_below(random, sizeof swarm->hot_keys)];
        return (uint8_t)random_below(random, geometry->key_count);
    case OPERAND_LAYOUT: return (uint8_t)random_below(random, LAYOUT_COUNT);
    case OPERAND_REFUSAL: return (uint8_t)random_below(random, REFUSAL_COUNT);
    case OPERAND_NONE: break;
    }
    return 0;
}

/* True when the scope has to be closed before another mutation. */
static bool budget_scope_spent(const struct geometry *geometry, const struct swarm *swarm,
                               const struct budget *budget) {
    return budget->scope_open && !swarm->breaks_close &&
           budget->scope_mutation_count >= geometry->scope_count_max;
}

static bool budget_stash_spent(const struct geometry *geometry, const struct swarm *swarm,
                               const struct budget *budget) {
    return !swarm->breaks_compact && budget->mutation_count >= geometry->stash_count_max;
}

/* Updates the counts for an op that the stream now has. */
static void budget_note(struct budget *budget, enum op_kind kind) {
    switch (kind) {
    case OP_UPSERT:
    case OP_UPSERT_MANY:
    case OP_REWRITE:
    case OP_REMOVE:
        budget->mutation_count += 1;
        budget->scope_mutation_count += budget->scope_open;
        return;
    case OP_SCOPE_OPEN:
        if (!budget->scope_open)
            budget->scope_mutation_count = 0;
        budget->scope_open = true;
        return;
    case OP_SCOPE_PERSIST:
    case OP_SCOPE_DISCARD: budget->scope_open = false; return;
    case OP_COMPACT:
        if (!budget->scope_open)
            budget->mutation_count = 0;
        return;
    case OP_RESET:
        if (!budget->scope_open)
            memset(budget, 0, sizeof *budget);
        return;
    case OP_REINIT: memset(budget, 0, sizeof *budget); return;
    case OP_GET:
    case OP_GET_MANY:
    case OP_LOOKUP:
    case OP_HAS:
    case OP_DEMOTE:
    case OP_INIT_REFUSED:
    case OP_INSPECT:
    case OP_KIND_COUNT: return;
    }
}

static enum op_kind generate_close(struct random *random) {
    return random_one_in(random, 3) ? OP_SCOPE_PERSIST : OP_SCOPE_DISCARD;
}

/* The next op: what a rule forces, or else the swarm's draw. */
static enum op_kind generate_kind(struct random *random, const struct geometry *geometry,
                                  const struct swarm *swarm, const struct budget *budget,
                                  struct op previous, bool last) {
    enum op_kind kind;
    if (last && budget->scope_open && !swarm->breaks_end)
        return generate_close(random);
    if (budget_scope_spent(geometry, swarm, budget))
        return generate_close(random);
    if (budget_stash_spent(geometry, swarm, budget))
        return budget->scope_open ? generate_close(random) : OP_COMPACT;
    /* Alone it is a call for one. */
    if (op_is_batched(previous) && !random_one_in(random, BATCH_END_ODDS))
        return (enum op_kind)previous.kind;
    kind = swarm_kind(random, swarm);
    /* The last op must not open what nothing closes. */
    return last && kind == OP_SCOPE_OPEN && !swarm->breaks_end ? OP_INSPECT : kind;
}

void generate_ops(struct random *random, struct stream *stream, uint32_t op_count_max) {
    const uint32_t exponent = 1 + random_below(random, OP_COUNT_EXPONENT_MAX);
    const uint32_t wanted = 1 + random_below(random, 1u << exponent);
    struct swarm swarm;
    struct budget budget = {0, 0, false};
    struct op previous = {OP_INSPECT, 0};
    assert(op_count_max <= STREAM_OP_COUNT_MAX);
    stream->op_count = wanted < op_count_max ? wanted : op_count_max;
    swarm_draw(random, &stream->geometry, &swarm);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const enum op_kind kind = generate_kind(random, &stream->geometry, &swarm, &budget,
                                                previous, i + 1 == stream->op_count);
        stream->ops[i].kind = (uint8_t)kind;
        stream->ops[i].operand =
            swarm_operand(random, &stream->geometry, &swarm, op_describe(kind)->operand);
        budget_note(&budget, kind);
        previous = stream->ops[i];
    }
    /* A stream that fails is saved as text: a reader must take it. */
    stream->op_count = work_op_count(stream);
}
