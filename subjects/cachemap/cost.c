/* SPDX-License-Identifier: Apache-2.0 */
/* The costs behind cost.h. */
#include "cost.h"

#include "reads.h"

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

void cost_start(struct cost *cost, const struct world *world) {
    memset(cost, 0, sizeof *cost);
    cost->geometry = geometry_of_world(world);
    cost->crosses = cost->geometry.run == RUN_ACROSS || cost->geometry.run == RUN_THOROUGH;
}

static uint64_t work_smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t work_value_size(const struct cost *cost) {
    return cost->crosses ? (uint64_t)VALUE_SIZE_MAX
                         : layout_describe(cost->geometry.layout)->value_size;
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

static struct work_costs work_costs(const struct cost *cost) {
    struct work_costs costs;
    costs.lines = 1 + work_value_size(cost) / WORK_LINE_SIZE;
    costs.slots = (uint64_t)cost->geometry.set_count * layout_describe(cost->geometry.layout)->ways;
    if (cost->crosses && costs.slots < WORK_CROSSED_SLOT_COUNT)
        costs.slots = WORK_CROSSED_SLOT_COUNT;
    costs.entries = work_smaller(cost->geometry.stash_count_max, cost->named_key_count);
    costs.records = cost->record_count;
    costs.probe = work_collides(cost->geometry.hash) ? costs.entries + 1 : WORK_PROBE;
    costs.find = costs.probe + costs.lines;
    costs.find_all = cost->named_key_count * costs.find;
    costs.walk = costs.slots + costs.records + costs.entries * costs.probe +
                 cost->named_key_count * costs.lines;
    return costs;
}

/* Of an op with a key. Its reads are lookups, as it is. */
static uint64_t work_of_key_op(const struct cost *cost, const struct work_costs *costs,
                               struct op op) {
    const unsigned lookups =
        WORK_LOOKUPS + (cost->geometry.read == READ_ALL ? STREAM_READ_COUNT_MAX : 1);
    uint64_t sum =
        costs->entries * costs->lines + lookups * costs->find + costs->walk / WORK_WALK_INTERVAL;
    if (cost->geometry.stash_count_max <= WORK_SMALL)
        sum += costs->entries * costs->probe;
    if (op_is(op, TRAIT_BATCHED)) /* the end of a batch compares all sets */
        sum += costs->slots;
    return sum;
}

static uint64_t work_of_memory(const struct cost *cost) {
    const uint64_t places =
        (uint64_t)cost->geometry.set_count * layout_describe(cost->geometry.layout)->ways +
        cost->geometry.stash_count_max + cost->geometry.scope_count_max;
    return places * (work_value_size(cost) + WORK_BOUND_SIZE) / WORK_BYTES_SIZE;
}

static uint64_t work_of_inspect(const struct cost *cost, const struct work_costs *costs) {
    const bool is_small =
        cost->geometry.stash_count_max <= WORK_SMALL &&
        (uint64_t)cost->geometry.set_count * layout_describe(cost->geometry.layout)->ways <=
            WORK_SMALL;
    return costs->walk * (is_small ? WORK_DAMAGE_WALKS : WORK_INSPECT_WALKS) + costs->find_all;
}

/* Of an op in one pass. What is not named here looks everything over, and each key up. */
static uint64_t work_of_op(const struct cost *cost, struct op op) {
    const struct work_costs costs = work_costs(cost);
    if (op_has_key(op))
        return work_of_key_op(cost, &costs, op);
    if (op.kind == OP_INSPECT)
        return work_of_inspect(cost, &costs);
    if (op_is(op, TRAIT_EMPTIES))
        return costs.walk * 2 + work_of_memory(cost);
    if (op.kind == OP_SCOPE_PERSIST || op_is(op, TRAIT_OUTSIDE))
        return costs.walk * 2;
    if (op.kind == OP_SCOPE_DISCARD)
        return costs.walk * 2 + costs.find_all + costs.records * costs.find;
    return costs.walk * 2 + costs.find_all;
}

static unsigned work_pass_count(const struct geometry *geometry) {
    return 1u + (geometry->run == RUN_TWICE || geometry->run == RUN_THOROUGH) +
           (geometry->run == RUN_ACROSS || geometry->run == RUN_THOROUGH) +
           (geometry->set_count != 0);
}

/* What the op may have changed of the bounds. */
void cost_note(struct cost *cost, struct op op) {
    if (op_has_key(op) && !cost->key_is_named[op_key(op)]) {
        cost->key_is_named[op_key(op)] = true;
        cost->named_key_count += 1;
    }
    if (op_is(op, TRAIT_REMAKES))
        cost->geometry.layout = (uint8_t)op.operand;
    if (op_is(op, TRAIT_OPENS))
        cost->scope_open = true;
    if (op_is(op, TRAIT_CLOSES | TRAIT_REMAKES))
        cost->scope_open = false;
    if (!cost->scope_open)
        cost->record_count = 0;
    else if (op_is(op, TRAIT_MUTATES) && cost->record_count < cost->geometry.scope_count_max)
        cost->record_count += 1;
}

uint64_t cost_of_op(const struct cost *cost, struct op op) {
    return (WORK_OP + work_of_op(cost, op)) * work_pass_count(&cost->geometry);
}

uint64_t cost_most(const struct world *world) {
    const struct geometry own = geometry_of_world(world), *geometry = &own;
    struct cost cost;
    struct work_costs costs;
    uint64_t walks = WORK_INSPECT_WALKS;
    cost_start(&cost, world);
    cost.geometry.layout = WORK_LAYOUT_LARGEST;
    cost.crosses = true;
    cost.named_key_count = geometry->key_count;
    cost.record_count = geometry->scope_count_max;
    costs = work_costs(&cost);
    if (geometry->stash_count_max <= WORK_SMALL)
        walks = WORK_DAMAGE_WALKS;
    return (WORK_OP + costs.walk * walks + costs.find_all + costs.records * costs.find +
            work_of_memory(&cost) + costs.entries * costs.lines + costs.slots +
            costs.find * (WORK_LOOKUPS + STREAM_READ_COUNT_MAX)) *
           work_pass_count(geometry);
}
