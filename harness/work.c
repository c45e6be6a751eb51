/* SPDX-License-Identifier: Apache-2.0 */
/* The costs behind work.h. */
#include "work.h"

#include <string.h>

enum {
    WORK_OP = 16,            /* of any op, before it looks at a place */
    WORK_PROBE = 4,          /* of a stash whose hash is good: its load is half at most */
    WORK_LINE_SIZE = 64,     /* bytes of a value that are one place */
    WORK_BYTES_SIZE = 8,     /* bytes of fresh memory that are one place */
    WORK_BOUND_SIZE = 256,   /* bytes of a map beside its values: buckets, counts, ... */
    WORK_LOOKUPS = 4,        /* of its key, in an op that has one */
    WORK_SMALL = 64,         /* slots, or entries: at most so many are walked after each op */
    WORK_WALK_INTERVAL = 16, /* more are walked after each 16th */
    WORK_INSPECT_WALKS = 6,  /* digests, checks and comparisons of `inspect` */
    WORK_DAMAGE_WALKS = 40,  /* and what it tries on a small map, to see that `check` is awake */
    WORK_CROSSED_SLOT_COUNT = 48, /* of the largest cache in the pass across */
    WORK_LAYOUT_LARGEST = 45      /* most ways, and the largest value */
};

/* What the places of the map cost, as it may be now. */
struct work_costs {
    uint64_t slots, entries, records;
    uint64_t lines;    /* of a value */
    uint64_t probe;    /* buckets on the way to an entry of the stash */
    uint64_t find;     /* a key is looked up */
    uint64_t find_all; /* each key that was named */
    uint64_t walk;     /* everything is looked at, and each entry is looked up */
};

void work_start(struct work *work, const struct geometry *geometry) {
    memset(work, 0, sizeof *work);
    work->geometry = *geometry;
    work->crosses = geometry->run == RUN_ACROSS || geometry->run == RUN_THOROUGH;
}

static uint64_t work_smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t work_value_size(const struct work *work) {
    return work->crosses ? (uint64_t)VALUE_SIZE_MAX
                         : layout_describe(work->geometry.layout)->value_size;
}

/* Whether many keys may have one home in the stash: each entry is then behind the others. */
static bool work_collides(unsigned hash) {
    switch ((enum hash_mode)hash) {
    case HASH_IDENTITY:
    case HASH_BUCKETS:
    case HASH_COLLIDE:
    case HASH_SAME_HOME: return true;
    case HASH_MIX:
    case HASH_SEEDED:
    case HASH_SAME_SET:
    case HASH_SAME_TAG:
    case HASH_MODE_COUNT: break;
    }
    return false;
}

static struct work_costs work_costs(const struct work *work) {
    struct work_costs costs;
    costs.lines = 1 + work_value_size(work) / WORK_LINE_SIZE;
    costs.slots = (uint64_t)work->geometry.set_count * layout_describe(work->geometry.layout)->ways;
    if (work->crosses && costs.slots < WORK_CROSSED_SLOT_COUNT)
        costs.slots = WORK_CROSSED_SLOT_COUNT;
    costs.entries = work_smaller(work->geometry.stash_count_max, work->named_key_count);
    costs.records = work->record_count;
    costs.probe = work_collides(work->geometry.hash) ? costs.entries + 1 : WORK_PROBE;
    costs.find = costs.probe + costs.lines;
    costs.find_all = work->named_key_count * costs.find;
    costs.walk = costs.slots + costs.records + costs.entries * costs.probe +
                 work->named_key_count * costs.lines;
    return costs;
}

/* Of an op with a key. Its reads are lookups, as it is. */
static uint64_t work_of_key_op(const struct work *work, const struct work_costs *costs,
                               struct op op) {
    const unsigned lookups =
        WORK_LOOKUPS + (work->geometry.read == READ_ALL ? STREAM_READ_COUNT_MAX : 1);
    uint64_t cost =
        costs->entries * costs->lines + lookups * costs->find + costs->walk / WORK_WALK_INTERVAL;
    if (work->geometry.stash_count_max <= WORK_SMALL)
        cost += costs->entries * costs->probe;
    if (op_is_batched(op)) /* the end of a batch compares all sets */
        cost += costs->slots;
    return cost;
}

static uint64_t work_of_memory(const struct work *work) {
    const uint64_t places =
        (uint64_t)work->geometry.set_count * layout_describe(work->geometry.layout)->ways +
        work->geometry.stash_count_max + work->geometry.scope_count_max;
    return places * (work_value_size(work) + WORK_BOUND_SIZE) / WORK_BYTES_SIZE;
}

static uint64_t work_of_inspect(const struct work *work, const struct work_costs *costs) {
    const bool is_small =
        work->geometry.stash_count_max <= WORK_SMALL &&
        (uint64_t)work->geometry.set_count * layout_describe(work->geometry.layout)->ways <=
            WORK_SMALL;
    return costs->walk * (is_small ? WORK_DAMAGE_WALKS : WORK_INSPECT_WALKS) + costs->find_all;
}

/* Of an op in one pass. */
static uint64_t work_of_op(const struct work *work, struct op op) {
    const struct work_costs costs = work_costs(work);
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT:
    case OP_UPSERT_MANY:
    case OP_REWRITE:
    case OP_REMOVE:
    case OP_GET:
    case OP_GET_MANY:
    case OP_LOOKUP:
    case OP_HAS:
    case OP_DEMOTE: return work_of_key_op(work, &costs, op);
    case OP_SCOPE_OPEN:
    case OP_COMPACT: return costs.walk * 2 + costs.find_all;
    case OP_SCOPE_DISCARD: return costs.walk * 2 + costs.find_all + costs.records * costs.find;
    case OP_SCOPE_PERSIST:
    case OP_INIT_REFUSED: return costs.walk * 2;
    case OP_RESET:
    case OP_REINIT: return costs.walk * 2 + work_of_memory(work);
    case OP_INSPECT: return work_of_inspect(work, &costs);
    case OP_KIND_COUNT: break;
    }
    assert(false && "no such op");
    return 0;
}

static unsigned work_pass_count(const struct geometry *geometry) {
    return 1u + (geometry->run == RUN_TWICE || geometry->run == RUN_THOROUGH) +
           (geometry->run == RUN_ACROSS || geometry->run == RUN_THOROUGH) +
           (geometry->set_count != 0);
}

/* What the op may have changed of the bounds. */
static void work_note(struct work *work, struct op op) {
    if (op_describe((enum op_kind)op.kind)->operand == OPERAND_KEY &&
        !work->key_is_named[op.operand]) {
        work->key_is_named[op.operand] = true;
        work->named_key_count += 1;
    }
    if (op.kind == OP_REINIT) {
        work->geometry.layout = op.operand;
        work->scope_open = false;
    }
    if (op.kind == OP_SCOPE_OPEN)
        work->scope_open = true;
    if (op.kind == OP_SCOPE_PERSIST || op.kind == OP_SCOPE_DISCARD)
        work->scope_open = false;
    if (!work->scope_open)
        work->record_count = 0;
    else if ((op_stores(op) || op.kind == OP_REWRITE || op.kind == OP_REMOVE) &&
             work->record_count < work->geometry.scope_count_max)
        work->record_count += 1;
}

bool work_add(struct work *work, struct op op) {
    const uint64_t spent =
        work->spent + (WORK_OP + work_of_op(work, op)) * work_pass_count(&work->geometry);
    if (spent > WORK_MAX)
        return false;
    work->spent = spent;
    work_note(work, op);
    return true;
}

/* More than any op of a stream in this geometry can be, in all passes. */
static uint64_t work_most(const struct geometry *geometry) {
    struct work work;
    struct work_costs costs;
    uint64_t walks = WORK_INSPECT_WALKS;
    work_start(&work, geometry);
    work.geometry.layout = WORK_LAYOUT_LARGEST;
    work.crosses = true;
    work.named_key_count = geometry->key_count;
    work.record_count = geometry->scope_count_max;
    costs = work_costs(&work);
    if (geometry->stash_count_max <= WORK_SMALL)
        walks = WORK_DAMAGE_WALKS;
    return (WORK_OP + costs.walk * walks + costs.find_all + costs.records * costs.find +
            work_of_memory(&work) + costs.entries * costs.lines + costs.slots +
            costs.find * (WORK_LOOKUPS + STREAM_READ_COUNT_MAX)) *
           work_pass_count(geometry);
}

uint32_t work_op_count(const struct stream *stream) {
    struct work work;
    uint32_t count = 0;
    /* Nearly every stream of a fuzzer: it is short, and its world is small. */
    if (work_most(&stream->geometry) * stream->op_count <= WORK_MAX)
        return stream->op_count;
    work_start(&work, &stream->geometry);
    while (count < stream->op_count && work_add(&work, stream->ops[count]))
        count += 1;
    return count;
}
