/* SPDX-License-Identifier: Apache-2.0 */
/* The costs behind cost.h. */
#include "cost.h"

#include "key.h"
#include "reads.h"
#include "settle.h"

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
    WORK_LAYOUT_LARGEST = 45,     /* most ways, and the largest value of the small worlds */
    WORK_ELEMENT = 16             /* of one op of a range, and of its key at the end */
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

static struct cost_bounds bounds_of_world(const struct world *world) {
    struct cost_bounds bounds = {.geometry = geometry_of_world(world)};
    bounds.crosses = bounds.geometry.run == RUN_ACROSS || bounds.geometry.run == RUN_THOROUGH;
    return bounds;
}

void cost_start(struct cost *cost, const struct world *world) {
    cost->bounds = bounds_of_world(world);
    memset(cost->key_is_named, 0, cost->bounds.geometry.key_count * sizeof cost->key_is_named[0]);
}

static uint64_t work_smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t work_value_size(const struct cost_bounds *cost) {
    const uint32_t own = layout_describe(cost->geometry.layout)->value_size;
    return cost->crosses && own < VALUE_SIZE_SMALL_MAX ? (uint64_t)VALUE_SIZE_SMALL_MAX : own;
}

/* Whether many keys may have one home in the stash: each entry is then behind the others. */
static bool work_collides(unsigned hash) {
    switch ((enum hash_mode)hash) {
    case HASH_IDENTITY:
    case HASH_BUCKETS:
    case HASH_COLLIDE:
    case HASH_SAME_HOME:
    case HASH_IN_A_ROW: return true; /* but for ops of a range on fresh keys */
    case HASH_MIX:
    case HASH_SEEDED:
    case HASH_SAME_SET:
    case HASH_SAME_TAG:
    case HASH_MODE_COUNT: break;
    }
    return false;
}

static struct work_costs work_costs(const struct cost_bounds *cost) {
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
    /* In a row each entry is found at once, but for few. */
    costs.walk = costs.slots + costs.records +
                 costs.entries *
                     (cost->geometry.hash == HASH_IN_A_ROW ? (uint64_t)WORK_PROBE : costs.probe) +
                 cost->named_key_count * costs.lines;
    return costs;
}

/* Of an op with a key. Its reads are lookups, as it is. */
static uint64_t work_of_key_op(const struct cost_bounds *cost, const struct work_costs *costs,
                               struct op op) {
    const unsigned lookups =
        WORK_LOOKUPS + (cost->geometry.read == READ_ALL ? STREAM_READ_COUNT_MAX : 1);
    uint64_t sum =
        costs->entries * costs->lines + lookups * costs->find + costs->walk / WORK_WALK_INTERVAL;
    if (geometry_is_large(&cost->geometry)) /* what is touched is looked at, and nothing else */
        sum = costs->lines * (cost->geometry.stash_count_max <= WORK_SMALL ? costs->entries : 1) +
              lookups * costs->find;
    if (cost->geometry.stash_count_max <= WORK_SMALL)
        sum += costs->entries * costs->probe;
    if (op_is(op, TRAIT_BATCHED)) /* the end of a batch compares all sets */
        sum += costs->slots;
    return sum;
}

static uint64_t work_of_memory(const struct cost_bounds *cost) {
    const uint64_t places =
        (uint64_t)cost->geometry.set_count * layout_describe(cost->geometry.layout)->ways +
        cost->geometry.stash_count_max + cost->geometry.scope_count_max;
    return places * (work_value_size(cost) + WORK_BOUND_SIZE) / WORK_BYTES_SIZE;
}

static uint64_t work_of_inspect(const struct cost_bounds *cost, const struct work_costs *costs) {
    const bool is_small =
        cost->geometry.stash_count_max <= WORK_SMALL &&
        (uint64_t)cost->geometry.set_count * layout_describe(cost->geometry.layout)->ways <=
            WORK_SMALL;
    return costs->walk * (is_small ? WORK_DAMAGE_WALKS : WORK_INSPECT_WALKS) + costs->find_all;
}

/* Of an op in one pass. What is not named here looks everything over, and each key up. */
static uint64_t work_of_op(const struct cost_bounds *cost, struct op op) {
    const struct work_costs costs = work_costs(cost);
    if (op_has_key(op))
        return work_of_key_op(cost, &costs, op);
    if (geometry_is_huge(&cost->geometry) && op_is(op, TRAIT_OPENS))
        return 0;
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
    if (geometry_is_huge(geometry))
        return 1;
    return 1u + (geometry->run == RUN_TWICE || geometry->run == RUN_THOROUGH) +
           (geometry->run == RUN_ACROSS || geometry->run == RUN_THOROUGH) +
           (geometry->set_count != 0);
}

/* Of one op of a range, on a key that no op has named yet, or that may be anywhere. */
static uint64_t work_of_element(const struct cost_bounds *cost, const struct work_costs *costs,
                                unsigned key_id, bool is_fresh) {
    const bool is_near = cost->geometry.hash == HASH_IN_A_ROW && is_fresh &&
                         key_id < key_row_length(cost->geometry.stash_count_max);
    const uint64_t probe = is_near ? (uint64_t)WORK_PROBE : costs->probe;
    return WORK_ELEMENT + 2 * (probe + costs->lines);
}

static uint64_t work_charge(const struct cost_bounds *cost, uint64_t work) {
    const unsigned charge = geometry_is_large(&cost->geometry) ? COST_LARGE_CHARGE : 1;
    return work * work_pass_count(&cost->geometry) * charge;
}

/* Each op, and a walk behind the last. */
static uint64_t work_of_range(const struct cost *cost, struct op op) {
    const uint32_t key_count = cost->bounds.geometry.key_count;
    struct cost_bounds after = cost->bounds;
    struct work_costs costs;
    uint64_t sum;
    after.named_key_count = after.named_key_count + op_element_count(op) < key_count
                                ? after.named_key_count + op_element_count(op)
                                : key_count;
    costs = work_costs(&after);
    sum = work_charge(&cost->bounds, costs.walk * 2);
    for (uint32_t i = 0; i < op_element_count(op); i += 1) {
        const unsigned key_id = op_key(op_element(op, i, key_count));
        const uint64_t one =
            work_charge(&cost->bounds, work_of_element(&cost->bounds, &costs, key_id,
                                                       !cost->key_is_named[key_id]));
        sum += one > COST_ELEMENT_LEAST ? one : (uint64_t)COST_ELEMENT_LEAST;
    }
    return sum;
}

static void cost_note_key(struct cost *cost, unsigned key_id) {
    cost->bounds.named_key_count += !cost->key_is_named[key_id];
    cost->key_is_named[key_id] = true;
}

/* What the op may have changed of the bounds. */
void cost_note(struct cost *cost, struct op op) {
    struct cost_bounds *bounds = &cost->bounds;
    if (op_has_key(op) || op_has_range(op))
        for (uint32_t i = 0; i < op_element_count(op); i += 1)
            cost_note_key(cost, op_key(op_element(op, i, bounds->geometry.key_count)));
    if (op_is(op, TRAIT_REMAKES))
        bounds->geometry = geometry_remade(&bounds->geometry, (uint8_t)op.operand);
    if (op_is(op, TRAIT_OPENS))
        bounds->scope_open = true;
    if (op_is(op, TRAIT_CLOSES | TRAIT_REMAKES))
        bounds->scope_open = false;
    if (!bounds->scope_open)
        bounds->record_count = 0;
    else if (op_is(op, TRAIT_MUTATES))
        bounds->record_count =
            (uint32_t)work_smaller((uint64_t)bounds->record_count + op_element_count(op),
                                   bounds->geometry.scope_count_max);
}

uint64_t cost_of_op(const struct cost *cost, struct op op) {
    if (op_has_range(op))
        return work_of_range(cost, op);
    return work_charge(&cost->bounds, WORK_OP + work_of_op(&cost->bounds, op));
}

uint64_t cost_most(const struct world *world) {
    struct cost_bounds bounds = bounds_of_world(world);
    const struct geometry *geometry = &bounds.geometry;
    struct work_costs costs;
    uint64_t walks = WORK_INSPECT_WALKS, element;
    if (bounds.geometry.layout < LAYOUT_COUNT)
        bounds.geometry.layout = WORK_LAYOUT_LARGEST;
    bounds.crosses = true;
    bounds.named_key_count = geometry->key_count;
    bounds.record_count = geometry->scope_count_max;
    costs = work_costs(&bounds);
    element = work_of_element(&bounds, &costs, UINT32_MAX, false);
    if (geometry->stash_count_max <= WORK_SMALL)
        walks = WORK_DAMAGE_WALKS;
    return work_charge(&bounds, WORK_OP + costs.walk * walks + costs.find_all +
                                    costs.records * costs.find + work_of_memory(&bounds) +
                                    costs.entries * costs.lines + costs.slots +
                                    costs.find * (WORK_LOOKUPS + STREAM_READ_COUNT_MAX)) +
           geometry->key_count * (work_charge(&bounds, element) + COST_ELEMENT_LEAST);
}
