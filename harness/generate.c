/* SPDX-License-Identifier: Apache-2.0 */
/* The generator behind generate.h. What keeps a stream good (a rule that is forced by default, and broken
 * by one stream in a few, so that error paths are tested) the subject knows: rules.h. */
#include "generate.h"

#include "codec.h"
#include "rules.h"
#include "work.h"

#include <assert.h>
#include <string.h>

enum { OP_OFF_ODDS = 4, OP_COUNT_EXPONENT_MAX = 10, BATCH_END_ODDS = 5, HOT_KEY_COUNT = 4 };
enum { RANGE_WEIGHT_LARGE = 4, RANGE_ODDS_SMALL = 16, LARGE_UPPER_ODDS = 4 };

/* One stream's character. */
struct swarm {
    uint32_t weights[OP_KIND_COUNT];
    uint32_t weight_sum;
    uint32_t hot_keys[HOT_KEY_COUNT];
    uint32_t hot_odds; /* of 8: how often a key is a hot one */
};

/* In a large world, the keys, and half of the other fields that have a second list: a number of it, from the
 * half of the list that all of them draw from, so that what is full and what fills it are of one size. */
static void generate_large(struct random *random, struct world *world) {
    const bool upper = random_one_in(random, LARGE_UPPER_ODDS);
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        const uint32_t more = description->count_all - description->count, half = (more + 1) / 2;
        if (more != 0 && (field == FIELD_KEYS || random_one_in(random, 2)))
            world->numbers[field] = field_number(
                field, description->count + (upper ? more - half : 0) + random_below(random, half));
    }
}

/* The fields of one turn, from one number. */
static void generate_turn(struct random *random, unsigned turn, struct world *world) {
    const struct field_description *last = NULL;
    uint32_t count = 1, number;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (field_describe(field)->draw_turn == turn) {
            count *= field_describe(field)->count;
            last = field_describe(field);
        }
    assert(last != NULL && "each turn has a field");
    if (last->rare_odds != 0 && !random_one_in(random, last->rare_odds)) {
        for (unsigned field = 0; field < FIELD_COUNT; field += 1)
            if (field_describe(field)->draw_turn == turn)
                world->numbers[field] = field_describe(field)->standard;
        return;
    }
    number = random_below(random, count);
    if (last->small_odds != 0 && random_one_in(random, last->small_odds))
        number = random_below(random, count / 2);
    for (unsigned field = FIELD_COUNT; field > 0; field -= 1) {
        const struct field_description *description = field_describe(field - 1);
        if (description->draw_turn != turn)
            continue;
        world->numbers[field - 1] = field_number(field - 1, number % description->count);
        number /= description->count;
    }
}

void generate_small_world(struct random *random, struct world *world) {
    for (unsigned turn = 1; turn <= WORLD_DRAW_COUNT; turn += 1)
        generate_turn(random, turn, world);
    (void)world_settle(world);
}

void generate_world(struct random *random, struct world *world) {
    const bool large = WORLD_LARGE_ODDS != 0 && random_one_in(random, WORLD_LARGE_ODDS);
    generate_small_world(random, world);
    if (!large)
        return;
    generate_large(random, world);
    (void)world_settle(world);
}

uint32_t generate_key(struct random *random, const struct world *world) {
    const uint32_t count = world->numbers[FIELD_KEYS];
    return random_below(random, count < CODEC_KEY_COUNT ? count : CODEC_KEY_COUNT);
}

uint32_t generate_range_count(struct random *random, const struct world *world) {
    const uint32_t key_count = world->numbers[FIELD_KEYS];
    unsigned field = random_below(random, FIELD_COUNT);
    uint32_t count = 1 + random_below(random, 1 + random_below(random, key_count));
    for (unsigned i = 0;
         i < FIELD_COUNT && world_is_large(world) && !world_field_is_large(world, field); i += 1)
        field = (field + 1) % FIELD_COUNT;
    if (field_describe(field)->words == NULL && random_below(random, 4) != 0)
        count = world->numbers[field] + random_below(random, 4);
    return count == 0 ? 1 : count < key_count ? count : key_count;
}

uint64_t generate_range(struct random *random, const struct world *world) {
    const uint32_t key_count = world->numbers[FIELD_KEYS];
    struct op_range range = {0, generate_range_count(random, world), 1};
    if (random_one_in(random, 2))
        range.first = random_below(random, key_count);
    if (random_one_in(random, 4))
        range.stride = 1 + random_below(random, OP_STRIDE_MAX);
    return codec_operand(world, OPERAND_RANGE, op_operand_of_range(range));
}

/* Ranges are what fills a large world. In a small one they say nothing that their ops do not say. */
uint32_t generate_op_weight(struct random *random, const struct world *world, enum op_kind kind) {
    const struct op_description *op = op_describe(kind);
    if (op->operand != OPERAND_RANGE)
        return op->slot_count;
    if (world_is_large(world))
        return op->slot_count * RANGE_WEIGHT_LARGE;
    return random_one_in(random, RANGE_ODDS_SMALL) ? op->slot_count : 0;
}

static void swarm_draw(struct random *random, const struct world *world, struct swarm *swarm) {
    memset(swarm, 0, sizeof *swarm);
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const uint32_t slots = generate_op_weight(random, world, (enum op_kind)kind);
        if (!random_one_in(random, OP_OFF_ODDS))
            swarm->weights[kind] = slots * (1 + random_below(random, 16));
        swarm->weight_sum += swarm->weights[kind];
    }
    /* Without the first op a stream tests nothing. */
    if (swarm->weights[0] == 0) {
        swarm->weights[0] = OP_SLOT_COUNT;
        swarm->weight_sum += OP_SLOT_COUNT;
    }
    for (size_t i = 0; i < HOT_KEY_COUNT; i += 1)
        swarm->hot_keys[i] = generate_key(random, world);
    swarm->hot_odds = random_below(random, 8);
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

static uint64_t swarm_operand(struct random *random, const struct world *world,
                              const struct swarm *swarm, enum op_operand operand) {
    if (operand == OPERAND_NONE)
        return 0;
    if (operand == OPERAND_RANGE)
        return generate_range(random, world);
    if (operand == OPERAND_KEY && random_below(random, 8) < swarm->hot_odds)
        return swarm->hot_keys[random_below(random, HOT_KEY_COUNT)];
    if (operand == OPERAND_KEY)
        return generate_key(random, world);
    return random_below(random, codec_operand_count(world, operand));
}

/* The next op: what a rule forces, or else the swarm's draw. */
static enum op_kind generate_kind(struct random *random, const struct swarm *swarm,
                                  const struct rules *rules, const struct op *previous, bool last) {
    const enum op_kind forced = rules_force(rules, random, last);
    if (forced != OP_KIND_COUNT)
        return forced;
    /* Alone it is a call for one. */
    if (previous != NULL && op_is(*previous, TRAIT_BATCHED) &&
        !random_one_in(random, BATCH_END_ODDS))
        return (enum op_kind)previous->kind;
    return rules_amend(rules, swarm_kind(random, swarm), last);
}

void generate_ops(struct random *random, struct stream *stream, uint32_t op_count_max) {
    const uint32_t exponent = 1 + random_below(random, OP_COUNT_EXPONENT_MAX);
    const uint32_t wanted = 1 + random_below(random, 1u << exponent);
    struct swarm swarm;
    struct rules rules;
    assert(op_count_max <= STREAM_OP_COUNT_MAX);
    stream->op_count = wanted < op_count_max ? wanted : op_count_max;
    swarm_draw(random, &stream->world, &swarm);
    rules_begin(&rules, random, &stream->world);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const enum op_kind kind = generate_kind(
            random, &swarm, &rules, i == 0 ? NULL : &stream->ops[i - 1], i + 1 == stream->op_count);
        stream->ops[i].kind = (uint8_t)kind;
        stream->ops[i].operand =
            swarm_operand(random, &stream->world, &swarm, op_operand(stream->ops[i]));
        rules_note(&rules, stream->ops[i]);
    }
    /* A stream that fails is saved as text: a reader must take it. */
    stream->op_count = work_op_count(stream);
    if (stream->op_count == 0 && op_count_max > 0) { /* the first is too much alone */
        const struct op op = {OP_FIRST, generate_key(random, &stream->world)};
        stream->ops[0] = op;
        stream->op_count = 1;
    }
}
