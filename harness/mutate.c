/* SPDX-License-Identifier: Apache-2.0 */
/* The mutator behind mutate.h. Each mutation is a function on `struct edit`; `mutate` draws one or a
 * few of them by the weights of MUTATION_TABLE. */
#include "mutate.h"

#include "codec.h"
#include "mutate_edit.h"
#include "mutate_range.h"
#include "work.h"

#include <assert.h>
#include <string.h>

#if defined(__has_feature)
#    if __has_feature(memory_sanitizer)
#        include <sanitizer/msan_interface.h>
#        define MUTATE_UNPOISON(pointer, size) __msan_unpoison((pointer), (size))
#    endif
#endif
#ifndef MUTATE_UNPOISON
#    define MUTATE_UNPOISON(pointer, size) ((void)(pointer), (void)(size))
#endif

/* How often the engine's mutator is asked; how many mutations one call makes at most; how often a
 * mutation that finds nothing to change is drawn again; the longest range but for deletions is
 * below 2^RANGE_EXPONENT_MAX. */
enum { BYTES_ODDS = 8, MUTATION_COUNT_MAX = 4, DRAW_COUNT_MAX = 16, RANGE_EXPONENT_MAX = 8 };
enum { RUN_EXPONENT_MAX = 6, RUN_LENGTH_MAX = 64 };

static struct stream work, spare;

/* ---- Ranges of ops. ---------------------------------------------------------------------- */

/* A range of the stream, which has an op at least. */
static struct edit_span draw_range(struct edit *edit) {
    const uint32_t at = random_below(&edit->random, edit->stream->op_count);
    const struct edit_span range = {
        at, edit_draw_length(&edit->random, RANGE_EXPONENT_MAX, edit->stream->op_count - at)};
    return range;
}

/* A place between ops, before the first or behind the last. */
static uint32_t draw_place(struct edit *edit) {
    return random_below(&edit->random, edit->stream->op_count + 1);
}

/* Inserts a copy of ops that are not in the stream. */
static bool insert_ops(struct edit *edit, uint32_t at, const struct op *ops, uint32_t count) {
    const uint32_t gap = edit_open_gap(edit, at, count);
    memcpy(&edit->stream->ops[at], ops, gap * sizeof ops[0]);
    return gap > 0;
}

/* A copy of a range of the stream, in the spare stream. */
static const struct op *copy_range(struct edit *edit, struct edit_span range) {
    memcpy(edit->spare->ops, &edit->stream->ops[range.at],
           range.count * sizeof edit->spare->ops[0]);
    return edit->spare->ops;
}

/* ---- Single ops. ------------------------------------------------------------------------- */

static uint64_t draw_operand(struct edit *edit, enum op_operand operand) {
    if (operand == OPERAND_RANGE)
        return generate_range(&edit->random, &edit->stream->world);
    return codec_operand(&edit->stream->world, operand, random_below(&edit->random, 256));
}

static struct op draw_op(struct edit *edit) {
    struct op op;
    do
        op.kind = (uint8_t)codec_kind((uint8_t)random_below(&edit->random, OP_SLOT_COUNT_ALL),
                                      CODEC_VERSION);
    while (generate_op_weight(&edit->random, &edit->stream->world, (enum op_kind)op.kind) == 0);
    op.operand = draw_operand(edit, op_operand(op));
    return op;
}

/* ---- Mutations of ops: true when they found something to change. ------------------------- */

static bool mutate_insert(struct edit *edit) {
    const uint32_t at = draw_place(edit);
    const uint32_t gap = edit_open_gap(edit, at, 1 + random_below(&edit->random, 4));
    struct op *ops = &edit->stream->ops[at];
    for (uint32_t i = 0; i < gap; i += 1) {
        ops[i] = draw_op(edit);
        /* Several ops on one key tell more than each on its own. */
        if (op_operand(ops[i]) == op_operand(ops[0]) && random_one_in(&edit->random, 2))
            ops[i].operand = ops[0].operand;
    }
    return gap > 0;
}

static bool mutate_delete(struct edit *edit) {
    if (edit->stream->op_count == 0)
        return false;
    edit_delete_ops(edit->stream, draw_range(edit));
    return true;
}

static bool mutate_repeat(struct edit *edit) {
    uint32_t count = edit_draw_length(&edit->random, 4, 8);
    const struct op *ops;
    struct edit_span range;
    bool changed = false;
    if (edit->stream->op_count == 0)
        return false;
    range = draw_range(edit);
    ops = copy_range(edit, range);
    for (; count > 0; count -= 1)
        changed |= insert_ops(edit, range.at, ops, range.count);
    return changed;
}

static bool mutate_copy(struct edit *edit) {
    struct edit_span range;
    if (edit->stream->op_count == 0)
        return false;
    range = draw_range(edit);
    return insert_ops(edit, draw_place(edit), copy_range(edit, range), range.count);
}

static bool mutate_move(struct edit *edit) {
    const struct op *ops;
    struct edit_span range;
    if (edit->stream->op_count < 2)
        return false;
    range = draw_range(edit);
    ops = copy_range(edit, range);
    edit_delete_ops(edit->stream, range);
    return insert_ops(edit, draw_place(edit), ops, range.count);
}

static bool mutate_swap(struct edit *edit) {
    struct stream *stream = edit->stream;
    struct op *a, *b, op;
    if (stream->op_count < 2)
        return false;
    a = &stream->ops[random_below(&edit->random, stream->op_count)];
    b = &stream->ops[random_below(&edit->random, stream->op_count)];
    op = *a;
    *a = *b;
    *b = op;
    return !op_equal(*a, *b);
}

static bool mutate_kind(struct edit *edit) {
    struct op *op, old;
    if (edit->stream->op_count == 0)
        return false;
    op = &edit->stream->ops[random_below(&edit->random, edit->stream->op_count)];
    old = *op;
    *op = draw_op(edit);
    if (op_operand(*op) == op_operand(old))
        op->operand = old.operand;
    return op->kind != old.kind;
}

static bool mutate_operand(struct edit *edit) {
    struct op *op;
    uint64_t old;
    if (edit->stream->op_count == 0)
        return false;
    op = &edit->stream->ops[random_below(&edit->random, edit->stream->op_count)];
    old = op->operand;
    op->operand = draw_operand(edit, op_operand(*op));
    return op->operand != old;
}

/* Ids two apart are neighbours as numbers, ids four apart share a hash in mode `buckets`: key.h. */
static bool mutate_retarget(struct edit *edit) {
    static const uint8_t steps[] = {1, 1, 2, 4};
    const unsigned key_count = edit->stream->world.numbers[FIELD_KEYS];
    struct op *op = edit_draw_op_with(edit, OPERAND_KEY);
    unsigned step, key;
    if (op == NULL)
        return false;
    step = steps[random_below(&edit->random, sizeof steps)];
    key = op_key(*op) + (random_one_in(&edit->random, 2) ? step : key_count * 4 - step);
    if (random_one_in(&edit->random, 2))
        key = op_key(*edit_draw_op_with(edit, OPERAND_KEY));
    key = key % key_count % CODEC_KEY_COUNT;
    if (key == op->operand)
        return false;
    op->operand = key;
    return true;
}

/* A draw of one takes nothing from the random numbers. */
static uint32_t draw_row(struct random *random, uint32_t count) {
    return count < 2 ? 0 : random_below(random, count);
}

static bool wrap_range(struct edit *edit, struct edit_span range) {
    const struct op_wrap *wrap = &op_wraps[draw_row(&edit->random, OP_WRAP_COUNT)];
    struct op open = {0, 0}, close = {0, 0};
    if (OP_WRAP_COUNT == 0)
        return false;
    open.kind = wrap->opens;
    close.kind = random_one_in(&edit->random, wrap->odds) ? wrap->closes_otherwise : wrap->closes;
    if (edit->stream->op_count + 2 > edit->op_count_max)
        return false;
    (void)insert_ops(edit, range.at + range.count, &close, 1);
    return insert_ops(edit, range.at, &open, 1);
}

static bool mutate_wrap(struct edit *edit) {
    return edit->stream->op_count > 0 && wrap_range(edit, draw_range(edit));
}

static bool mutate_lone(struct edit *edit) {
    static const uint8_t kinds[] = {
#define LONE_ROW(op) OP_##op,
        LONE_TABLE(LONE_ROW)
#undef LONE_ROW
            OP_KIND_COUNT};
    struct op op = {kinds[draw_row(&edit->random, sizeof kinds - 1)], 0};
    return op.kind != OP_KIND_COUNT && insert_ops(edit, draw_place(edit), &op, 1);
}

/* One op for each of `length` keys in turn. Returns where they stand; less than `length` if there is
 * no room for all. */
static struct edit_span insert_run(struct edit *edit, uint8_t kind, uint32_t length) {
    const unsigned key_count = edit->stream->world.numbers[FIELD_KEYS];
    const uint32_t first = (uint32_t)draw_operand(edit, OPERAND_KEY);
    const unsigned step = random_one_in(&edit->random, 4) ? 2 : 1;
    const uint32_t at = draw_place(edit);
    const struct edit_span range = {at, edit_open_gap(edit, at, length)};
    for (uint32_t i = 0; i < range.count; i += 1) {
        edit->stream->ops[at + i].kind = kind;
        edit->stream->ops[at + i].operand =
            codec_operand(&edit->stream->world, op_operand(edit->stream->ops[at + i]),
                          (first + i * step) % key_count % CODEC_KEY_COUNT);
    }
    return range;
}

static enum op_kind draw_run_kind(struct random *random) {
    static const struct {
        uint8_t kind, weight;
    } runs[] = {
#define RUN_ROW(op, weight) {OP_##op, weight},
        RUN_TABLE(RUN_ROW)
#undef RUN_ROW
    };
    struct weights {
#define RUN_WEIGHT(op, weight) char of_##op[weight];
        RUN_TABLE(RUN_WEIGHT)
#undef RUN_WEIGHT
    };
    uint32_t at = random_below(random, sizeof(struct weights));
    size_t row = 0;
    for (; at >= runs[row].weight; row += 1)
        at -= runs[row].weight;
    return (enum op_kind)runs[row].kind;
}

static bool mutate_run(struct edit *edit) {
    const enum op_kind kind = draw_run_kind(&edit->random);
    const uint32_t length =
        1 + edit_draw_length(&edit->random, RUN_EXPONENT_MAX + 1, RUN_LENGTH_MAX - 1);
    return insert_run(edit, (uint8_t)kind, length).count > 0;
}

/* One of the last numbers of a field's list, which are the largest. */
static uint32_t draw_large(struct random *random, unsigned field, uint32_t count) {
    return field_number(field, field_describe(field)->count - 1 - random_below(random, count));
}

/* Numbers that are large enough, if the world may change, and a run that fills the first of them. */
static bool mutate_fill(struct edit *edit) {
    static const struct {
        uint8_t field, last_count, odds;
    } fills[] = {
#define FILL_ROW(field, last_count, odds) {FIELD_##field, last_count, odds},
        FILL_TABLE(FILL_ROW)
#undef FILL_ROW
    };
    struct world *world = &edit->stream->world;
    struct edit_span range;
    uint32_t length;
    if ((edit->ingredients & MUTATE_WORLD) != 0) {
        for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i += 1)
            if (fills[i].odds < 2 || random_one_in(&edit->random, fills[i].odds))
                world->numbers[fills[i].field] =
                    draw_large(&edit->random, fills[i].field, fills[i].last_count);
        (void)world_settle(world);
        edit_wrap_operands(edit->stream);
    }
    /* A few of them stay elsewhere. */
    length = world->numbers[fills[0].field] + random_below(&edit->random, 20);
    range = insert_run(edit, 0,
                       length < world->numbers[FIELD_KEYS] ? length : world->numbers[FIELD_KEYS]);
    if (random_one_in(&edit->random, 2))
        (void)wrap_range(edit, range);
    return range.count > 0;
}

/* ---- Mutations of the world, and whole streams. --------------------------------------- */

static bool mutate_world(struct edit *edit) {
    generate_world(&edit->random, &edit->stream->world);
    edit_wrap_operands(edit->stream);
    return true;
}

/* Fields of one turn of the generator are one number. */
static bool mutate_field(struct edit *edit) {
    struct world *world = &edit->stream->world, fresh;
    const struct world old = *world;
    uint32_t turn;
    generate_world(&edit->random, &fresh);
    turn = 1 + random_below(&edit->random, WORLD_DRAW_COUNT);
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (field_describe(field)->draw_turn == turn)
            world->numbers[field] = fresh.numbers[field];
    (void)world_settle(world);
    edit_wrap_operands(edit->stream);
    return !world_equal(&old, world);
}

/* In a world of its own, where worlds may change. */
static bool mutate_swarm_replace(struct edit *edit) {
    if ((edit->ingredients & MUTATE_WORLD) != 0)
        generate_world(&edit->random, &edit->stream->world);
    generate_ops(&edit->random, edit->stream, edit->op_count_max);
    return true;
}

static bool mutate_swarm_append(struct edit *edit) {
    const uint32_t at = random_one_in(&edit->random, 2) ? draw_place(edit) : edit->stream->op_count;
    edit->spare->world = edit->stream->world;
    generate_ops(&edit->random, edit->spare, edit->op_count_max - at);
    edit->stream->op_count = at;
    return insert_ops(edit, at, edit->spare->ops, edit->spare->op_count);
}

/* ---- The draw. --------------------------------------------------------------------------- */

static bool (*const appliers[MUTATION_COUNT])(struct edit *edit) = {
    [MUTATION_INSERT] = mutate_insert,
    [MUTATION_DELETE] = mutate_delete,
    [MUTATION_REPEAT] = mutate_repeat,
    [MUTATION_COPY] = mutate_copy,
    [MUTATION_MOVE] = mutate_move,
    [MUTATION_SWAP] = mutate_swap,
    [MUTATION_KIND] = mutate_kind,
    [MUTATION_OPERAND] = mutate_operand,
    [MUTATION_RETARGET] = mutate_retarget,
    [MUTATION_WRAP] = mutate_wrap,
    [MUTATION_LONE] = mutate_lone,
    [MUTATION_RUN] = mutate_run,
    [MUTATION_FILL] = mutate_fill,
    [MUTATION_RANGE] = mutate_range,
    [MUTATION_FOLD] = mutate_fold,
    [MUTATION_FIELD] = mutate_field,
    [MUTATION_WORLD] = mutate_world,
    [MUTATION_SWARM_REPLACE] = mutate_swarm_replace,
    [MUTATION_SWARM_APPEND] = mutate_swarm_append,
    [MUTATION_BYTES] = NULL, /* weight 0 */
};

static const struct {
    uint32_t ingredient, weight;
    const char *meaning;
} descriptions[MUTATION_COUNT] = {
#define MUTATION_ROW(name, ingredient, weight, meaning) {ingredient, weight, meaning},
    MUTATION_TABLE(MUTATION_ROW)
#undef MUTATION_ROW
};

const char *mutation_meaning(enum mutation mutation) {
    assert(mutation < MUTATION_COUNT);
    return descriptions[mutation].meaning;
}

static uint32_t mutation_weight(unsigned mutation, uint32_t ingredients) {
    return (descriptions[mutation].ingredient & ingredients) == 0 ? 0
                                                                  : descriptions[mutation].weight;
}

/* One mutation by the weights, or MUTATION_COUNT if nothing with a weight is on. */
static unsigned draw_mutation(struct random *random, uint32_t ingredients) {
    uint32_t sum = 0, at;
    unsigned mutation = 0;
    for (unsigned i = 0; i < MUTATION_COUNT; i += 1)
        sum += mutation_weight(i, ingredients);
    if (sum == 0)
        return MUTATION_COUNT;
    at = random_below(random, sum);
    while (at >= mutation_weight(mutation, ingredients)) {
        at -= mutation_weight(mutation, ingredients);
        mutation += 1;
    }
    return mutation;
}

/* One mutation that changes the stream, unless several draws in turn find nothing to change.
 * Returns its bit, or 0. */
static uint32_t mutate_once(struct edit *edit) {
    for (unsigned draw = 0; draw < DRAW_COUNT_MAX; draw += 1) {
        const unsigned mutation = draw_mutation(&edit->random, edit->ingredients);
        if (mutation == MUTATION_COUNT)
            return 0;
        if (appliers[mutation](edit))
            return UINT32_C(1) << mutation;
    }
    return 0;
}

/* Deletes until the stream fits, and once in any case if it has an op. */
static uint32_t mutate_shrink(struct edit *edit) {
    const bool changed = mutate_delete(edit);
    while (edit->stream->op_count > edit->op_count_max)
        (void)mutate_delete(edit);
    return (uint32_t)changed << MUTATION_DELETE;
}

/* ---- The calls. -------------------------------------------------------------------------- */

static uint32_t op_count_max_of(size_t size_max) {
    if (size_max >= CODEC_SIZE_MAX)
        return STREAM_OP_COUNT_MAX;
    return size_max < CODEC_HEADER_SIZE
               ? 0
               : (uint32_t)((size_max - CODEC_HEADER_SIZE) / CODEC_RECORD_SIZE);
}

/* What fits of the stream and is not too much work, and at the least of its header: one that is cut short in
 * version 2 would be that of another world, so that it is the standard one's. */
static size_t encode(struct stream *stream, uint8_t *data, size_t size_max) {
    uint8_t header[CODEC_HEADER_SIZE_MAX];
    const char *field = NULL;
    size_t size;
    stream->op_count = work_op_count(stream);
    size = codec_size(stream);
    while (size > size_max && stream->op_count > 0) {
        stream->op_count -= 1 + stream->op_count / 16;
        size = codec_size(stream);
    }
    if (size > size_max && !world_is_of_version_1(&stream->world)) {
        stream->world = world_standard();
        size = codec_size(stream);
    }
    if (size <= size_max) {
        size = codec_encode(stream, data, &field);
        assert(field == NULL && size <= size_max);
        return size;
    }
    (void)codec_encode(stream, header, &field);
    memcpy(data, header, size_max);
    return size_max;
}

/* The engine's turn, or 0. An input of another version would be lost. */
static size_t mutate_by_bytes(struct random *random, uint8_t *data, size_t size, size_t size_max,
                              const struct mutate_options *options) {
    unsigned version;
    if (options->mutate_bytes == NULL || (options->ingredients & MUTATE_BYTES) == 0 ||
        !random_one_in(random, BYTES_ODDS))
        return 0;
    version = codec_version(data, size < size_max ? size : size_max);
    if (version > CODEC_VERSION)
        version = 1;
    size = options->mutate_bytes(data, size < size_max ? size : size_max, size_max);
    assert(size <= size_max);
    MUTATE_UNPOISON(data, size);
    if (size > 0)
        data[0] = (uint8_t)((data[0] & 0x0f) | (version - 1) << CODEC_VERSION_BIT);
    return size;
}

size_t mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed,
              const struct mutate_options *options) {
    struct edit edit = {{seed}, &work, &spare, op_count_max_of(size_max), options->ingredients};
    uint32_t applied = 0;
    size_t result;
    if (size_max == 0)
        return 0;
    result = mutate_by_bytes(&edit.random, data, size, size_max, options);
    if (result > 0) {
        applied = UINT32_C(1) << MUTATION_BYTES;
    } else {
        const bool too_long = size > size_max;
        const bool full = size == size_max && (options->ingredients & MUTATE_OPS) != 0;
        const bool shrinks = too_long || (full && random_one_in(&edit.random, 2));
        unsigned count = shrinks ? 0 : 1;
        codec_decode(data, size, &work);
        if ((options->ingredients & MUTATE_WORLD) != 0)
            edit_leave_large_world(&edit);
        if (shrinks)
            applied = mutate_shrink(&edit);
        /* A few at a time, and now and then one beside a deletion. */
        while (count < MUTATION_COUNT_MAX && random_one_in(&edit.random, shrinks ? 4 : 2))
            count += 1;
        for (; count > 0; count -= 1)
            applied |= mutate_once(&edit);
        result = encode(&work, data, size_max);
    }
    if (options->applied != NULL)
        *options->applied = applied;
    return result;
}

size_t mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                    size_t out_size_max, unsigned seed) {
    struct edit edit = {{seed}, &work, &spare, op_count_max_of(out_size_max), MUTATE_ALL};
    uint32_t from, at;
    if (out_size_max == 0)
        return 0;
    codec_decode(a, a_size, &work);
    codec_decode(b, b_size, &spare);
    if (work.op_count > edit.op_count_max)
        work.op_count = edit.op_count_max;
    if (random_one_in(&edit.random, 4))
        work.world = spare.world;
    at = draw_place(&edit);
    from = random_below(&edit.random, spare.op_count + 1);
    /* In the middle of it, or instead of its end. */
    if (random_one_in(&edit.random, 2))
        work.op_count = at;
    if (from < spare.op_count)
        (void)insert_ops(
            &edit, at, &spare.ops[from],
            random_one_in(&edit.random, 2)
                ? spare.op_count - from
                : edit_draw_length(&edit.random, RANGE_EXPONENT_MAX, spare.op_count - from));
    edit_wrap_operands(&work);
    edit_leave_large_world(&edit);
    return encode(&work, out, out_size_max);
}
