/* SPDX-License-Identifier: Apache-2.0 */
/* The generator behind generate.h. What keeps a stream good (a rule that is forced by default, and broken
 * by one stream in a few, so that error paths are tested) the subject knows: rules.h. */
#include "generate.h"

#include "codec.h"
#include "rules.h"
#include "work.h"

#include <assert.h>
#include <string.h>

enum {
    OP_OFF_ODDS = 4,
    OP_COUNT_EXPONENT_MAX = 10,
    BATCH_END_ODDS = 5,
    BATCH_LONG_COUNT = 40,
    HOT_KEY_COUNT = 4
};
enum { RANGE_WEIGHT_LARGE = 4, RANGE_ODDS_SMALL = 16, LARGE_UPPER_ODDS = 3 };
/* One stream in a large world of so many is not filled at first. Of so many fills one has what opens
 * something before it, and one behind it. Another range of so many is at an edge of the one before. */
enum {
    EMPTY_ODDS = 4,
    FILL_OTHER_ODDS = 4,
    FIRST_OP_COUNT_MAX = 2,
    FULL_OP_COUNT_MIN = 64,
    ROOM_COUNT_MAX = 300,
    EDGE_ODDS = 2,
    EDGE_COUNT_MAX = 8
};

/* One stream's character. */
struct swarm {
    uint32_t weights[OP_KIND_COUNT];
    uint32_t weight_sum;
    uint32_t hot_keys[HOT_KEY_COUNT];
    uint32_t hot_odds; /* of 8: how often a key is a hot one */
    uint32_t batch_end_odds;
    struct op_range last_range; /* or its count is 0 */
};

/* One of the fields of numbers that have a second list, or the keys. */
static unsigned draw_theme(struct random *random) {
    unsigned themes[FIELD_COUNT], count = 0;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (field != FIELD_KEYS && field_describe(field)->words == NULL &&
            field_describe(field)->count < field_describe(field)->count_all)
            themes[count++] = field;
    return count == 0 ? (unsigned)FIELD_KEYS : themes[random_below(random, count)];
}

/* In a large world, the keys, one field, which it is about, and half of the others that have a second list, a
 * third of those of words: a number of it, from the half of the list that all of them draw from, so that what
 * is full and what fills it are of one size. What it is about is one of the last two, and so are half of the
 * others. */
static void generate_large(struct random *random, struct world *world) {
    const bool upper = random_one_in(random, LARGE_UPPER_ODDS);
    const unsigned theme = draw_theme(random);
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        const uint32_t more = description->count_all - description->count, half = (more + 1) / 2;
        const uint32_t end = description->count + (upper ? more : half);
        const uint32_t odds = description->words == NULL ? 2 : 3;
        const uint32_t drawn = half > 2 && random_one_in(random, 2) ? 2 : half;
        if (field == theme)
            world->numbers[field] = field_number(field, end - 1 - random_below(random, 2));
        else if (more != 0 && (field == FIELD_KEYS || random_one_in(random, odds)))
            world->numbers[field] = field_number(field, end - 1 - random_below(random, drawn));
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

/* A little more than a power of two: what a number of 8 or 16 bits does not say any more, and room for
 * others. */
static uint32_t generate_count_of_room(struct random *random, uint32_t key_count) {
    const uint32_t count =
        (key_count > UINT16_MAX ? UINT16_MAX : UINT8_MAX) + random_below(random, ROOM_COUNT_MAX);
    return count < key_count ? count : key_count;
}

/* The range from the first key on, or so that those that an op with one key can name come last, for what is
 * filled in turn: they have the highest numbers then. */
static uint64_t generate_fill(const struct world *world, uint32_t count, bool names_come_last) {
    const uint32_t key_count = world->numbers[FIELD_KEYS];
    const struct op_range range = {
        names_come_last ? (key_count - count + CODEC_KEY_COUNT) % key_count : 0, count, 1};
    return op_operand_of_range(range);
}

/* A few keys at one end of a range, or across it. */
static uint64_t generate_edge(struct random *random, const struct world *world,
                              struct op_range range) {
    const uint32_t key_count = world->numbers[FIELD_KEYS];
    const uint32_t before = random_below(random, EDGE_COUNT_MAX);
    const uint64_t from = random_one_in(random, 3) ? 0 : range.count;
    /* Not below 0. */
    const uint64_t first = range.first + key_count * (uint64_t)(EDGE_COUNT_MAX * OP_STRIDE_MAX);
    range.first =
        (uint32_t)((first + from * range.stride - before * (uint64_t)range.stride) % key_count);
    range.count = 1 + random_below(random, EDGE_COUNT_MAX);
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
    const uint32_t batch_count_max = STREAM_BATCH_COUNT_MAX_IN(world);
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
    swarm->batch_end_odds = BATCH_END_ODDS;
    if (batch_count_max > BATCH_LONG_COUNT && random_one_in(random, 2))
        swarm->batch_end_odds =
            random_one_in(random, 2) ? batch_count_max : (uint32_t)BATCH_LONG_COUNT;
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
    if (operand == OPERAND_RANGE && swarm->last_range.count != 0 && world_is_large(world) &&
        random_one_in(random, EDGE_ODDS))
        return generate_edge(random, world, swarm->last_range);
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
        !random_one_in(random, swarm->batch_end_odds))
        return (enum op_kind)previous->kind;
    return rules_amend(rules, swarm_kind(random, swarm), last);
}

/* Whether the op behind these leaves a quarter of the work for others. */
static bool generate_fits(struct stream *stream, uint32_t before_count, struct op op) {
    struct work work;
    work_start(&work, &stream->world);
    for (uint32_t i = 0; i < before_count; i += 1)
        (void)work_add(&work, stream->ops[i]);
    return work_add(&work, op) && work.spent <= WORK_MAX / 4 * 3;
}

/* The longest fill of at most `count` keys that fits. */
static uint64_t generate_fitting(struct stream *stream, uint32_t before_count, uint32_t count,
                                 bool names_come_last) {
    struct op fill = {(uint8_t)op_kind_of_range(OP_FIRST), 0};
    uint32_t low = 1, high = count;
    while (low < high) {
        const uint32_t middle = high == count ? count : low + (high - low + 1) / 2;
        fill.operand = generate_fill(&stream->world, middle, names_come_last);
        if (generate_fits(stream, before_count, fill))
            low = middle;
        else
            high = middle - 1;
    }
    return generate_fill(&stream->world, low, names_come_last);
}

/* The first ops of a stream in a large world, in which ops with one key would not come far: what fills it, or
 * as much of it as is not too much work, and what opens something, before it or behind it. So many are
 * written, at most FIRST_OP_COUNT_MAX. */
static uint32_t generate_first_ops(struct random *random, struct stream *stream) {
    const struct world *world = &stream->world;
    const struct op open = {op_wraps[0].opens, 0};
    const uint32_t opens = OP_WRAP_COUNT == 0 ? 2 : random_below(random, FILL_OTHER_ODDS);
    const bool names_come_last = random_one_in(random, 2);
    uint32_t count = world->numbers[FIELD_KEYS];
    struct op *fill = &stream->ops[opens == 0];
    if (opens == 0 || random_one_in(random, 2))
        count = generate_count_of_room(random, count);
    else if (random_one_in(random, FILL_OTHER_ODDS))
        count = generate_range_count(random, world);
    stream->ops[0] = open;
    fill->kind = (uint8_t)op_kind_of_range(OP_FIRST);
    fill->operand = generate_fitting(stream, opens == 0, count, names_come_last);
    fill[1] = open;
    return 1 + (opens < 2);
}

/* Whether the op is not too much work, and leaves room for what closes something, unless it is the last. */
static bool generate_affords(struct work *work, struct op op, bool last) {
    const struct op closes = {op_wraps[0].closes, 0};
    const uint64_t reserve = OP_WRAP_COUNT == 0 || last ? 0 : cost_of_op(&work->cost, closes);
    return work->spent + cost_of_op(&work->cost, op) + reserve <= WORK_MAX && work_add(work, op);
}

/* Whether the op behind the last is one of the stream now: in a large world it may be too much work, where
 * another is not. */
static bool generate_note(struct swarm *swarm, struct rules *rules, struct work *work,
                          struct stream *stream, bool last) {
    const struct op op = stream->ops[stream->op_count];
    if (world_is_large(&stream->world) && !generate_affords(work, op, last))
        return false;
    stream->op_count += 1;
    rules_note(rules, op);
    if (op_has_range(op) && op_element_count(op) > EDGE_COUNT_MAX)
        swarm->last_range = op_range(op);
    return true;
}

void generate_ops(struct random *random, struct stream *stream, uint32_t op_count_max) {
    const uint32_t exponent = 1 + random_below(random, OP_COUNT_EXPONENT_MAX);
    uint32_t wanted = 1 + random_below(random, 1u << exponent);
    struct swarm swarm;
    struct rules rules;
    struct work work;
    uint32_t first_count = 0;
    assert(op_count_max <= STREAM_OP_COUNT_MAX);
    swarm_draw(random, &stream->world, &swarm);
    rules_begin(&rules, random, &stream->world);
    if (world_is_large(&stream->world) && op_kind_of_range(OP_FIRST) != OP_KIND_COUNT &&
        op_count_max >= FIRST_OP_COUNT_MAX && !random_one_in(random, EMPTY_ODDS)) {
        first_count = generate_first_ops(random, stream);
        if (wanted < first_count + FULL_OP_COUNT_MIN)
            wanted = first_count + FULL_OP_COUNT_MIN;
    }
    if (wanted > op_count_max)
        wanted = op_count_max;
    work_start(&work, &stream->world);
    stream->op_count = 0;
    for (uint32_t i = 0; i < first_count; i += 1)
        if (!generate_note(&swarm, &rules, &work, stream, true))
            break;
    for (uint32_t i = first_count; i < wanted; i += 1) {
        const uint32_t count = stream->op_count;
        const enum op_kind kind = generate_kind(
            random, &swarm, &rules, count == 0 ? NULL : &stream->ops[count - 1], i + 1 == wanted);
        struct op *op = &stream->ops[count];
        op->kind = (uint8_t)kind;
        op->operand = swarm_operand(random, &stream->world, &swarm, op_operand(*op));
        (void)generate_note(&swarm, &rules, &work, stream, i + 1 == wanted);
    }
    /* A stream that fails is saved as text: a reader must take it. */
    stream->op_count = work_op_count(stream);
    if (stream->op_count == 0 && op_count_max > 0) { /* the first is too much alone */
        const struct op op = {OP_FIRST, generate_key(random, &stream->world)};
        stream->ops[0] = op;
        stream->op_count = 1;
    }
}
