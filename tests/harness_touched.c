/* SPDX-License-Identifier: Apache-2.0 */
/* What an op may not touch: a place that is none of its own is damaged behind one call, and the run must
 * end at just that op; what has no meaning may be changed. */
#include "harness_support.h"
#include "run.h"
#include "subject.h"
#include "subject_functions.h"
#include "subject_unwatched.h"

/* ---- Damage. ----------------------------------------------------------------------------- */

/* Two sets of two ways; keys 0, 2, 4 in the first, 1, 3, 5 in the second. Each has evicted its first key,
 * and key 5 has left a tombstone behind. */
#define WORLD_OF(policy) \
    "sets=2 ways=2 tag=8 clock=2 policy=" policy " stash=8 scope=8 hash=identity keys=8 read=end"
#define WORLD WORLD_OF("clock")
#define FILLED \
    "upsert 0\nupsert 2\nupsert 4\nupsert 1\nupsert 3\nupsert 5\nremove 5\n" \
    "scope open\nupsert 2\nupsert 4\n"
/* Of a key that is nowhere: it changes nothing. */
#define OP "demote 6\n"

typedef void damage(struct cache_map *map, const struct cache_map_layout *layout);

static damage *damage_now;

struct result __real_subject_demote(struct subject *subject, unsigned key_id);
struct result __wrap_subject_demote(struct subject *subject, unsigned key_id);
struct result __wrap_subject_demote(struct subject *subject, unsigned key_id) {
    const struct result result = __real_subject_demote(subject, key_id);
    if (damage_now != NULL)
        damage_now((struct cache_map *)(void *)subject->map, subject->functions->layout);
    damage_now = NULL;
    return result;
}

/* Poisoned or not. */
static SUBJECT_UNWATCHED void flip(unsigned char *byte) {
    *byte ^= 1;
}

/* The last byte of a value: it is behind those that say the value's number. */
static void flip_value(unsigned char *values, size_t item, const struct cache_map_layout *layout) {
    flip(values + (item + 1) * layout->value_size - 1);
}

static void value_of_slot(struct cache_map *map, const struct cache_map_layout *layout) {
    flip_value(map->cache.values, 3, layout);
}

static void key_of_slot(struct cache_map *map, const struct cache_map_layout *layout) {
    flip(map->cache.values + 3 * layout->value_size);
}

static void value_of_entry(struct cache_map *map, const struct cache_map_layout *layout) {
    flip_value(map->stash.values, 0, layout);
}

static void value_of_record(struct cache_map *map, const struct cache_map_layout *layout) {
    flip_value(map->log.values, 0, layout);
}

static void tag(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    flip(map->cache.tags + 3);
}

static void count(struct cache_map *map, const struct cache_map_layout *layout) {
    cache_map_slot_count_set(layout, &map->cache, 3, 3);
}

static void hand(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    flip(map->cache.hands + 1);
}

static void bucket_emptied(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    cache_map_stash_mark_set(&map->stash, map->stash.entries[0].bucket, CACHE_MAP_MARK_EMPTY);
}

static void bucket_taken(struct cache_map *map, const struct cache_map_layout *layout) {
    uint32_t bucket = 0;
    (void)layout;
    while (cache_map_bucket_entry(&map->stash, bucket) != CACHE_MAP_ENTRY_NONE)
        bucket += 1;
    cache_map_bucket_set(&map->stash, bucket, 1, 0);
}

/* Of one that is not empty. */
static void mark(struct cache_map *map, const struct cache_map_layout *layout) {
    const uint32_t bucket = map->stash.entries[0].bucket;
    (void)layout;
    cache_map_stash_mark_set(&map->stash, bucket, map->stash.marks[bucket] == 1 ? 2 : 1);
}

/* The last one, behind the last bucket. */
static void mark_behind(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    flip(map->stash.marks + cache_map_stash_mark_count((uint64_t)map->stash.bucket_mask + 1) - 1);
}

static void fragment(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->stash.entries[0].fragment ^= 1;
}

static void bucket_of_entry(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->stash.entries[0].bucket ^= 1;
}

static void tombstone(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->stash.entries[0].tombstone ^= 1;
}

/* In a run of its own, into a bucket from which no probe for its key comes by. */
static void bucket_moved(struct cache_map *map, const struct cache_map_layout *layout) {
    uint32_t bucket = map->stash.entries[0].bucket;
    const uint32_t moved = map->stash.marks[bucket];
    (void)layout;
    cache_map_stash_mark_set(&map->stash, bucket, CACHE_MAP_MARK_EMPTY);
    do
        bucket = (bucket + 1) & map->stash.bucket_mask;
    while (cache_map_bucket_entry(&map->stash, bucket) != CACHE_MAP_ENTRY_NONE);
    cache_map_bucket_set(&map->stash, bucket, moved, 0);
    map->stash.entries[0].bucket = bucket & 0x7fffffffu;
}

static void slot_of_record(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->log.records[0].slot ^= 1;
}

static void value_count(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->cache.value_count += 1;
}

static void hits(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->metrics.hits += 1;
}

static void scope_closed(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    map->log.open = false;
}

/* Key 5 was removed. */
static void free_slot(struct cache_map *map, const struct cache_map_layout *layout) {
    size_t slot = 0;
    while (cache_map_slot_count(layout, &map->cache, slot) != 0)
        slot += 1;
    flip_value(map->cache.values, slot, layout);
    flip(map->cache.tags + slot);
}

static void free_entry(struct cache_map *map, const struct cache_map_layout *layout) {
    flip_value(map->stash.values, map->stash.count, layout);
}

static void scratch(struct cache_map *map, const struct cache_map_layout *layout) {
    (void)layout;
    flip(map->scratch);
}

/* ---- Runs. ------------------------------------------------------------------------------- */

static const struct run_view *run_damaged(damage *damages, const char *world, unsigned *op_index) {
    static struct stream stream;
    static struct result expectations[STREAM_OP_COUNT_MAX];
    const struct run_options options = {.layers = LAYERS_ALL};
    char text[1024];
    const int size = snprintf(text, sizeof text, "cachemap-trace 1\ngeometry %s\n%s%s%s", world,
                              FILLED, OP, "scope persist\nupsert 7\nlookup 7\n");
    assert_true(size > 0 && (size_t)size < sizeof text);
    support_parse(text, &stream, expectations);
    *op_index = 0;
    while (stream.ops[*op_index].kind != OP_DEMOTE)
        *op_index += 1;
    damage_now = damages;
    return run(&stream, &options);
}

static const struct {
    const char *name;
    damage *damages;
} told[] = {
    {"a value of a slot", value_of_slot},
    {"a key of a slot", key_of_slot},
    {"a value of an entry", value_of_entry},
    {"a value that a record keeps", value_of_record},
    {"a tag", tag},
    {"a count", count},
    {"a hand", hand},
    {"a bucket emptied", bucket_emptied},
    {"a bucket taken", bucket_taken},
    {"a mark", mark},
    {"a mark behind the last bucket", mark_behind},
    {"a fragment", fragment},
    {"the bucket of an entry", bucket_of_entry},
    {"an entry that no probe finds", bucket_moved},
    {"a tombstone", tombstone},
    {"the slot of a record", slot_of_record},
    {"the cache's count", value_count},
    {"the hits", hits},
    {"the scope closed", scope_closed},
};

/* Of a layout whose values are small, and of one whose values own something and are large. */
static const char *const worlds[] = {WORLD, WORLD_OF("clock_classic")};

static void a_place_that_is_not_the_op_s_is_told_at_the_op(void **state) {
    (void)state;
    for (size_t w = 0; w < SUPPORT_COUNT_OF(worlds); w += 1)
        for (size_t i = 0; i < SUPPORT_COUNT_OF(told); i += 1) {
            unsigned op_index;
            const struct run_view *failed = run_damaged(told[i].damages, worlds[w], &op_index);
            if (failed == NULL)
                fail_msg("%s: nothing is told", told[i].name);
            if (failed->verdict.op_index != op_index || failed->verdict.pass != PASS_CACHE)
                fail_msg("%s: told at op %u, expected op %u: %s", told[i].name,
                         (unsigned)failed->verdict.op_index, op_index, failed->verdict.detail);
        }
}

static void what_has_no_meaning_may_change(void **state) {
    static damage *const free_ones[] = {free_slot, free_entry, scratch};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(free_ones); i += 1) {
        unsigned op_index;
        const struct run_view *failed = run_damaged(free_ones[i], WORLD, &op_index);
        if (failed != NULL)
            fail_msg("%u: %s", (unsigned)i, failed->verdict.detail);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_place_that_is_not_the_op_s_is_told_at_the_op),
        cmocka_unit_test(what_has_no_meaning_may_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
