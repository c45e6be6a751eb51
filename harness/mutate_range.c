/* SPDX-License-Identifier: Apache-2.0 */
/* The mutations behind mutate_range.h. */
#include "mutate_range.h"

#include "codec.h"

/* The most ops that one becomes; in a small world, how seldom ops become a range; and how seldom what came of
 * a large world stays in it. */
enum { UNFOLD_COUNT_MAX = 64, FOLD_ODDS_SMALL = 4, LARGE_STAYS_ODDS = 4 };

/* What is full, or just not, is one more or less. */
static uint32_t draw_count_like(struct edit *edit, uint32_t count) {
    switch (random_below(&edit->random, 6)) {
    case 0: return count + 1;
    case 1: return count - (count > 1);
    case 2: return (count + 1) / 2;
    case 3: return count * 2;
    default: return generate_range_count(&edit->random, &edit->stream->world);
    }
}

/* The keys of another, or those behind it, or the last of it, or any. */
static uint32_t draw_first_like(struct edit *edit, uint32_t first) {
    const struct op_range other = op_range(*edit_draw_op_with(edit, OPERAND_RANGE));
    switch (random_below(&edit->random, 6)) {
    case 0: return first + 1;
    case 1: return other.first;
    case 2: return other.first + other.count * other.stride;
    case 3: return other.first + (other.count - 1) * other.stride;
    case 4: return 0;
    default: return random_below(&edit->random, edit->stream->world.numbers[FIELD_KEYS]);
    }
}

bool mutate_range(struct edit *edit) {
    const struct world *world = &edit->stream->world;
    struct op *op = edit_draw_op_with(edit, OPERAND_RANGE);
    const struct op old = op == NULL ? (struct op){0, 0} : *op;
    struct op_range range = op_range(old);
    if (op == NULL)
        return false;
    switch (random_below(&edit->random, 4)) {
    case 0: range.first = draw_first_like(edit, range.first); break;
    case 1: range.stride = 1 + edit_draw_length(&edit->random, 8, OP_STRIDE_MAX - 1); break;
    default: range.count = draw_count_like(edit, range.count); break;
    }
    if (range.count > world->numbers[FIELD_KEYS])
        range.count = world->numbers[FIELD_KEYS];
    range.first %= world->numbers[FIELD_KEYS];
    op->operand = codec_operand(world, OPERAND_RANGE, op_operand_of_range(range));
    return !op_equal(old, *op);
}

/* The ops that it stands for in its place, or the first of them. */
static bool unfold(struct edit *edit, uint32_t at) {
    const struct op op = edit->stream->ops[at];
    const uint32_t wanted =
        op_element_count(op) < UNFOLD_COUNT_MAX ? op_element_count(op) : (uint32_t)UNFOLD_COUNT_MAX;
    const uint32_t more = edit_open_gap(edit, at, wanted - 1);
    for (uint32_t i = 0; i <= more; i += 1) {
        edit->stream->ops[at + i] = op_element(op, i, edit->stream->world.numbers[FIELD_KEYS]);
        edit->stream->ops[at + i].operand %= CODEC_KEY_COUNT;
    }
    return true;
}

/* Equal ops in a row on keys of one stride: the range that stands for them. */
static bool fold(struct edit *edit, uint32_t at) {
    struct stream *stream = edit->stream;
    struct op_range range = stream_run(stream, at);
    const enum op_kind kind = op_kind_of_range((enum op_kind)stream->ops[at].kind);
    if (kind == OP_KIND_COUNT)
        return false;
    edit_delete_ops(stream, (struct edit_span){at, range.count - 1});
    if (range.count == 1) {
        range.count = generate_range_count(&edit->random, &stream->world);
        range.stride = 1;
    }
    stream->ops[at].kind = (uint8_t)kind;
    stream->ops[at].operand = op_operand_of_range(range);
    return true;
}

bool mutate_fold(struct edit *edit) {
    const struct op *range = edit_draw_op_with(edit, OPERAND_RANGE);
    const struct op *single = edit_draw_op_with(edit, OPERAND_KEY);
    if (range != NULL && (single == NULL || random_one_in(&edit->random, 2)))
        return unfold(edit, (uint32_t)(range - edit->stream->ops));
    if (single == NULL ||
        (!world_is_large(&edit->stream->world) && !random_one_in(&edit->random, FOLD_ODDS_SMALL)))
        return false;
    return fold(edit, (uint32_t)(single - edit->stream->ops));
}

void edit_leave_large_world(struct edit *edit) {
    if (!world_is_large(&edit->stream->world) || random_one_in(&edit->random, LARGE_STAYS_ODDS))
        return;
    generate_small_world(&edit->random, &edit->stream->world);
    edit_wrap_operands(edit->stream);
}
