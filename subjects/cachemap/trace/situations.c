/* SPDX-License-Identifier: Apache-2.0 */
/* The classes behind situations.h: a dimension is a question with a few answers, a group the product of some
 * dimensions for some ops. */
#include "situations.h"

#include "key_map.h"
#include "run.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- One op, and the map before it. ------------------------------------------------------ */

struct moment {
    struct op op;
    const struct policy *map;
    const struct stream *stream;
    uint32_t index; /* of the op */
    uint32_t run;   /* occupied buckets from the home of the key on */
    bool shares_fragment;
};

enum { RUN_SHORT_MAX = 4, RUN_LONG_MIN = 33, BATCH_OF_LIBRARY = 4, COUNT_WIDE_MIN = 8 };
enum { BUCKET_COUNT_MAX = 4 * STASH_COUNT_MAX };

static uint32_t fragment_of(const struct policy *map, unsigned key_id) {
    const uint64_t hash = key_hash_in(&map->geometry, key_id);
    const uint64_t product = ((hash >> 32) ^ 0xbb67ae85u) * ((hash & 0xffffffffu) ^ 0x6a09e667u);
    return (uint32_t)((product >> 32) ^ (product & 0xffffffffu));
}

/* Section 6 of the contract: which buckets are occupied does not depend on the order of the entries. */
static void moment_probe(struct moment *moment) {
    static bool occupied[BUCKET_COUNT_MAX];
    const struct policy *map = moment->map;
    const uint32_t fragment = fragment_of(map, op_key(moment->op));
    uint32_t buckets = 2, bucket;
    while (buckets < 2u * map->geometry.stash_count_max)
        buckets *= 2;
    assert(buckets <= BUCKET_COUNT_MAX);
    memset(occupied, 0, buckets);
    for (uint32_t i = 0; i < map->stash_count; i += 1) {
        const uint32_t other = fragment_of(map, map->stash_order[i]);
        bucket = (uint32_t)((uint64_t)other * buckets >> 32);
        while (occupied[bucket])
            bucket = (bucket + 1) % buckets;
        occupied[bucket] = true;
        moment->shares_fragment |= other == fragment && map->stash_order[i] != op_key(moment->op);
    }
    bucket = (uint32_t)((uint64_t)fragment * buckets >> 32);
    for (; occupied[bucket] && moment->run < buckets; bucket = (bucket + 1) % buckets)
        moment->run += 1;
}

static const struct policy_slot *slot_of(const struct moment *moment) {
    uint32_t set = 0;
    unsigned way = 0;
    return policy_find(moment->map, op_key(moment->op), &set, &way);
}

static const struct policy_set *set_of(const struct moment *moment) {
    return &moment->map->sets[policy_set_of_key(moment->map, op_key(moment->op))];
}

/* ---- Dimensions. Each answers with the number of one of its words, or SAYS_NOTHING. --------- */

enum { SAYS_NOTHING = UINT8_MAX };

static unsigned ask_key(const struct moment *moment) {
    if (slot_of(moment) != NULL)
        return 0;
    switch ((enum policy_stash_state)moment->map->stash[op_key(moment->op)].state) {
    case POLICY_STASH_VALUE: return 1;
    case POLICY_STASH_TOMBSTONE: return 2;
    case POLICY_STASH_NONE: break;
    }
    return 3;
}

static unsigned ask_scope(const struct moment *moment) {
    const struct policy *map = moment->map;
    return !map->scope_open ? 0 : map->undo_count < map->geometry.scope_count_max ? 1 : 2;
}

static unsigned ask_stash(const struct moment *moment) {
    const uint32_t count = moment->map->stash_count;
    return count == 0 ? 0 : count < moment->map->geometry.stash_count_max ? 1 : 2;
}

/* Of a full stash: what is sized by a power of two has no place more than that. */
static unsigned ask_room(const struct moment *moment) {
    const uint32_t max = moment->map->geometry.stash_count_max;
    return moment->map->stash_count < max ? SAYS_NOTHING : (max & (max - 1)) == 0 ? 0 : 1;
}

static unsigned ask_cache(const struct moment *moment) {
    return moment->map->geometry.set_count == 0 ? 0 : 1;
}

static unsigned ask_set(const struct moment *moment) {
    unsigned used = 0;
    if (moment->map->geometry.set_count == 0)
        return 0;
    for (unsigned way = 0; way < moment->map->ways; way += 1)
        used += set_of(moment)->slots[way].count > 0;
    return used < moment->map->ways ? 1 : 2;
}

static unsigned ask_run(const struct moment *moment) {
    return moment->run == 0               ? 0
           : moment->run <= RUN_SHORT_MAX ? 1
           : moment->run < RUN_LONG_MIN   ? 2
                                          : 3;
}

static unsigned ask_fragment(const struct moment *moment) {
    return moment->shares_fragment ? 1 : 0;
}

/* Another key of the set with the same tag. */
static unsigned ask_tag(const struct moment *moment) {
    const struct policy *map = moment->map;
    if (map->geometry.set_count == 0)
        return SAYS_NOTHING;
    for (unsigned way = 0; way < map->ways; way += 1) {
        const struct policy_slot *slot = &set_of(moment)->slots[way];
        if (slot->count > 0 && slot->key_id != op_key(moment->op) &&
            policy_tag_of_key(map, slot->key_id) == policy_tag_of_key(map, op_key(moment->op)))
            return 1;
    }
    return 0;
}

static unsigned ask_count(const struct moment *moment) {
    const struct policy_slot *slot = slot_of(moment);
    if (slot == NULL)
        return SAYS_NOTHING;
    return slot->count == moment->map->count_max ? 3
           : slot->count == 1                    ? 0
           : slot->count < COUNT_WIDE_MIN        ? 1
                                                 : 2;
}

static unsigned ask_keys(const struct moment *moment) {
    const uint32_t start = stream_batch_start(moment->stream, moment->index);
    const uint32_t count = stream_batch_count(moment->stream, start);
    return count == 1                         ? 0
           : count <= BATCH_OF_LIBRARY        ? 1
           : count < STREAM_BATCH_COUNT_SMALL ? 2
                                              : 3;
}

/* Whether the call has had the key, in the library's own batch or in one before it. */
static unsigned ask_again(const struct moment *moment) {
    const uint32_t start = stream_batch_start(moment->stream, moment->index);
    for (uint32_t i = moment->index; i > start; i -= 1)
        if (op_key(moment->stream->ops[i - 1]) == op_key(moment->op))
            return (i - 1 - start) / BATCH_OF_LIBRARY == (moment->index - start) / BATCH_OF_LIBRARY
                       ? 1
                       : 2;
    return 0;
}

/* The highest count that a discard gives back to a value that was removed. */
static unsigned ask_restored(const struct moment *moment) {
    unsigned highest = 0;
    for (uint32_t i = 0; i < moment->map->undo_count; i += 1) {
        const struct policy_undo *undo = &moment->map->undo[i];
        for (unsigned way = 0; undo->is_remove && way < moment->map->ways; way += 1)
            if (moment->map->geometry.set_count != 0 &&
                undo->set_before.slots[way].key_id == undo->key_id &&
                undo->set_before.slots[way].count > highest)
                highest = undo->set_before.slots[way].count;
    }
    return highest == 0 ? 0 : highest < COUNT_WIDE_MIN ? 1 : 2;
}

/* Whether the log has a tombstone's revival, and how full the stash is to which it goes back. */
static unsigned ask_revived(const struct moment *moment) {
    for (uint32_t i = 0; i < moment->map->undo_count; i += 1)
        if (!moment->map->undo[i].is_remove &&
            moment->map->undo[i].key_before.state == POLICY_STASH_TOMBSTONE)
            return moment->map->stash_count < moment->map->geometry.stash_count_max ? 1 : 2;
    return 0;
}

/* DIMENSION(identifier, name, its words) */
#define DIMENSION_TABLE(DIMENSION) \
    DIMENSION(KEY, key, "resident", "stashed", "tombstone", "absent") \
    DIMENSION(SCOPE, scope, "closed", "open", "full") \
    DIMENSION(STASH, stash, "empty", "partly", "full") \
    DIMENSION(ROOM, room, "power-of-two", "no-power-of-two") \
    DIMENSION(CACHE, cache, "no", "yes") \
    DIMENSION(SET, set, "none", "free-way", "full") \
    DIMENSION(RUN, run, "0", "1-4", "5-32", "33-") \
    DIMENSION(FRAGMENT, fragment, "own", "shared") \
    DIMENSION(TAG, tag, "own", "shared") \
    DIMENSION(COUNT, count, "1", "2-7", "8-", "max") \
    DIMENSION(KEYS, keys, "1", "2-4", "5-15", "16-") \
    DIMENSION(AGAIN, again, "no", "same-batch", "other-batch") \
    DIMENSION(RESTORED, restored, "none", "1-7", "8-") \
    DIMENSION(REVIVED, revived, "none", "stash-partly", "stash-full")

enum { WORD_COUNT_MAX = 4, AXIS_COUNT_MAX = 3 };
enum dimension {
    NO_DIMENSION,
#define DIMENSION_ENUM(name, ...) BY_##name,
    DIMENSION_TABLE(DIMENSION_ENUM)
#undef DIMENSION_ENUM
        DIMENSION_COUNT
};
static const struct {
    const char *name;
    unsigned (*ask)(const struct moment *moment);
    const char *words[WORD_COUNT_MAX + 1];
} dimensions[DIMENSION_COUNT] = {{"", NULL, {NULL}},
#define DIMENSION_ROW(identifier, name, ...) {#name, ask_##name, {__VA_ARGS__, NULL}},
                                 DIMENSION_TABLE(DIMENSION_ROW)
#undef DIMENSION_ROW
};

/* ---- Groups. ----------------------------------------------------------------------------- */

enum { OF_KEYS = 1, OF_BATCHES = 2, OF_NO_KEY = 4, OF_DISCARD = 8 };

static const struct {
    unsigned ops;
    enum dimension axes[AXIS_COUNT_MAX];
} groups[] = {
    {OF_KEYS, {BY_KEY, BY_SCOPE, BY_STASH}},
    {OF_KEYS, {BY_KEY, BY_SET, BY_STASH}},
    {OF_KEYS, {BY_KEY, BY_SET, BY_ROOM}},
    {OF_KEYS, {BY_KEY, BY_RUN}},
    {OF_KEYS, {BY_KEY, BY_FRAGMENT}},
    {OF_KEYS, {BY_KEY, BY_TAG}},
    {OF_KEYS, {BY_COUNT}},
    {OF_BATCHES, {BY_KEYS, BY_KEY}},
    {OF_BATCHES, {BY_AGAIN, BY_KEY, BY_SCOPE}},
    {OF_NO_KEY, {BY_SCOPE, BY_STASH}},
    {OF_NO_KEY, {BY_CACHE, BY_ROOM}},
    {OF_DISCARD, {BY_RESTORED}},
    {OF_DISCARD, {BY_REVIVED, BY_CACHE}},
};
enum { GROUP_COUNT = sizeof groups / sizeof groups[0] };

static bool group_has(unsigned group, struct op op) {
    const unsigned is =
        (op_has_key(op) ? OF_KEYS : 0u) | (op_is(op, TRAIT_BATCHED) ? OF_BATCHES : 0u) |
        (!op_has_key(op) && !op_has_range(op) && !op_is(op, TRAIT_OUTSIDE) ? OF_NO_KEY : 0u) |
        (op.kind == OP_SCOPE_DISCARD ? OF_DISCARD : 0u);
    return (groups[group].ops & is) != 0;
}

static unsigned word_count(enum dimension dimension) {
    unsigned count = 0;
    while (dimensions[dimension].words[count] != NULL)
        count += 1;
    return count == 0 ? 1 : count;
}

static uint32_t group_size(unsigned group) {
    uint32_t size = 1;
    for (unsigned axis = 0; axis < AXIS_COUNT_MAX; axis += 1)
        size *= word_count(groups[group].axes[axis]);
    return size;
}

/* A group of an op, and the number of its first situation. */
struct place_of_group {
    unsigned kind, group;
    uint32_t first;
};

/* All of them in their order; behind the last the number of situations. */
static const struct place_of_group *places(uint32_t *count) {
    static struct place_of_group all[OP_KIND_COUNT * GROUP_COUNT + 1];
    static uint32_t known;
    uint32_t first = 0;
    for (unsigned kind = 0; known == 0 && kind < OP_KIND_COUNT; kind += 1)
        for (unsigned group = 0; group < GROUP_COUNT; group += 1) {
            const struct op op = {(uint8_t)kind, 0};
            if (!group_has(group, op))
                continue;
            all[*count].kind = kind;
            all[*count].group = group;
            all[*count].first = first;
            first += group_size(group);
            *count += 1;
        }
    if (known == 0) {
        assert(first <= SITUATION_COUNT_MAX);
        all[*count].first = first; /* behind the last */
        known = *count;
    }
    *count = known;
    return all;
}

uint32_t situation_count(void) {
    uint32_t count = 0;
    const struct place_of_group *all = places(&count);
    return all[count].first;
}

void situation_name(uint32_t situation, char name[SITUATION_NAME_SIZE]) {
    uint32_t count = 0, i = 0, rest;
    const struct place_of_group *all = places(&count);
    int size;
    while (all[i + 1].first <= situation)
        i += 1;
    rest = situation - all[i].first;
    size = snprintf(name, SITUATION_NAME_SIZE, "%s", op_describe((enum op_kind)all[i].kind)->words);
    for (unsigned axis = 0; axis < AXIS_COUNT_MAX; axis += 1) {
        const enum dimension dimension = groups[all[i].group].axes[axis];
        const unsigned words = word_count(dimension);
        if (dimension != NO_DIMENSION)
            size += snprintf(name + size, SITUATION_NAME_SIZE - (size_t)size, " %s=%s",
                             dimensions[dimension].name, dimensions[dimension].words[rest % words]);
        rest /= words;
    }
}

/* ---- The watch. -------------------------------------------------------------------------- */

static void moment_note(const struct moment *moment, bool *seen) {
    uint32_t count = 0;
    const struct place_of_group *all = places(&count);
    unsigned answers[DIMENSION_COUNT];
    memset(answers, 0xff, sizeof answers);
    for (uint32_t i = 0; i < count; i += 1) {
        uint32_t situation = all[i].first, stride = 1;
        bool says = all[i].kind == moment->op.kind;
        for (unsigned axis = 0; says && axis < AXIS_COUNT_MAX; axis += 1) {
            const enum dimension dimension = groups[all[i].group].axes[axis];
            if (dimension == NO_DIMENSION)
                continue;
            if (answers[dimension] == UINT32_MAX)
                answers[dimension] = dimensions[dimension].ask(moment);
            says = answers[dimension] != SAYS_NOTHING;
            situation += answers[dimension] * stride;
            stride *= word_count(dimension);
        }
        if (says)
            seen[situation] = true;
    }
}

static void situations_note_pass(const struct stream *stream, enum pass pass, bool *seen) {
    static struct policy policy;
    const struct world world = run_world_alone(&stream->world, pass);
    const struct geometry geometry = geometry_of_world(&world);
    policy_init(&policy, &geometry);
    for (uint32_t index = 0; index < stream->op_count; index += 1) {
        struct moment moment = {
            .op = stream->ops[index], .map = &policy, .stream = stream, .index = index};
        if (op_has_key(moment.op))
            moment_probe(&moment);
        moment_note(&moment, seen);
        for (uint32_t i = 0; i < op_element_count(stream->ops[index]); i += 1)
            (void)policy_apply(&policy, op_element(stream->ops[index], i, geometry.key_count),
                               index + 1);
    }
}

void situations_note(const struct stream *stream, bool seen[SITUATION_COUNT_MAX]) {
    situations_note_pass(stream, PASS_CACHE, seen);
    situations_note_pass(stream, PASS_NO_CACHE, seen);
}
