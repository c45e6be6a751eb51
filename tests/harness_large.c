/* SPDX-License-Identifier: Apache-2.0 */
/* Large worlds: which numbers go together, what the keys above 255 hash to, and ranges, which are what their
 * single ops are. */
#include "harness_support.h"

#include "key_map.h"
#include "run.h"
#include "settle.h"
#include "subject.h"

static struct stream stream, singles;
static struct result ignored[STREAM_OP_COUNT_MAX];

static struct world world_of(const char *geometry) {
    char text[512];
    (void)snprintf(text, sizeof text, "cachemap-trace 1\ngeometry %s\nlookup 0\n", geometry);
    support_parse(text, &stream, ignored);
    return stream.world;
}

/* ---- What goes together. ----------------------------------------------------------------- */

static void what_is_settled_stays(void **state) {
    (void)state;
    for (uint64_t number = 0; number < 3000; number += 1) {
        struct random random = {number};
        struct world world = world_standard(), once;
        for (unsigned field = 0; field < FIELD_COUNT; field += 1)
            world.numbers[field] =
                field_number(field, random_below(&random, field_describe(field)->count_all));
        (void)world_settle(&world);
        once = world;
        assert_false(world_settle(&world));
        assert_true(world_equal(&once, &world));
        for (unsigned field = 0; field < FIELD_COUNT; field += 1)
            assert_true(field_index(field, world.numbers[field]) >= 0);
    }
}

static void small_worlds_are_settled(void **state) {
    (void)state;
    for (uint64_t number = 0; number < 3000; number += 1) {
        struct random random = {number};
        struct world world = world_standard();
        for (unsigned field = 0; field < FIELD_COUNT; field += 1)
            if (field != FIELD_VALUE)
                world.numbers[field] =
                    field_number(field, random_below(&random, field_describe(field)->count));
        assert_false(world_settle(&world));
    }
}

/* By any reinit, and in any pass, the block fits the arena, and keys of one byte are not more than 256. */
static void what_is_remade_fits(void **state) {
    static const char *const geometries[] = {
        "sets=66000 ways=2 stash=66000 keys=70000", "sets=300 stash=66000 scope=66000 keys=70000",
        "sets=7 ways=4 tag=8 clock=2 stash=32 scope=32 value=page",
        "sets=300 ways=16 tag=8 clock=2 stash=66000 value=default"};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(geometries); i += 1) {
        const struct world world = world_of(geometries[i]);
        const struct geometry geometry = geometry_of_world(&world);
        for (unsigned layout = 0; layout < LAYOUT_COUNT; layout += 1) {
            const struct geometry remade = geometry_remade(&geometry, layout);
            assert_true(subject_size_of_arrays(&remade) + 3 * (size_t)SUBJECT_RED_ZONE_SIZE <=
                        SUBJECT_ARENA_SIZE);
            assert_true(remade.key_count <= 256 ||
                        layout_describe(remade.layout)->value_size != LAYOUT_NARROW_SIZE);
            assert_int_equal(remade.stash_count_max, geometry.stash_count_max);
            assert_int_equal(remade.key_count, geometry.key_count);
        }
    }
}

/* ---- Keys. ------------------------------------------------------------------------------- */

static void every_id_comes_back_from_its_number(void **state) {
    (void)state;
    for (unsigned id = 0; id < KEY_COUNT_MAX; id += 1) {
        const uint64_t number = key_number(id), key = key_default_of_number(number);
        assert_int_equal(key_id_of_number(number), id);
        assert_int_equal(key_id_of_number((uint64_t)(int64_t)(int32_t)(uint32_t)number), id);
        assert_int_equal(key_number_of_default(key), number);
        if (id < 256)
            assert_int_equal(key_id_of_number((uint64_t)(int64_t)(int8_t)(uint8_t)number), id);
        /* Neighbours differ in the highest bit alone. */
        if (id % 2 == 1)
            assert_true(key == (key_default_of_number(key_number(id - 1)) | UINT64_C(1) << 63));
    }
}

/* The home bucket by section 6, of the fragment of both halves. */
static uint32_t home_of(const struct geometry *geometry, unsigned id, uint32_t *bucket_count) {
    const uint64_t hash = key_hash_in(geometry, id);
    const uint64_t product =
        ((hash >> 32) ^ UINT32_C(0xbb67ae85)) * ((hash & UINT32_MAX) ^ UINT32_C(0x6a09e667));
    const uint32_t fragment = (uint32_t)(product >> 32) ^ (uint32_t)product;
    unsigned bits = 1;
    while (UINT64_C(1) << bits < 2 * (uint64_t)geometry->stash_count_max)
        bits += 1;
    *bucket_count = UINT32_C(1) << bits;
    return fragment >> (32 - bits);
}

static void keys_in_a_row_have_homes_in_a_row(void **state) {
    static const uint32_t stashes[] = {1, 2, 3, 255, 256, 257, 300, 65535, 65536, 65537, 66000};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(stashes); i += 1) {
        const struct geometry geometry = {.hash = HASH_IN_A_ROW, .stash_count_max = stashes[i]};
        uint32_t bucket_count = 0;
        const uint32_t first = home_of(&geometry, 0, &bucket_count);
        bool wraps = false;
        const uint32_t length = key_row_length(stashes[i]);
        for (unsigned id = 0; id < length; id += 1) {
            const uint32_t home = home_of(&geometry, id, &bucket_count);
            assert_int_equal(home, (first + id) % bucket_count);
            wraps |= home < first;
            if (id < KEY_COUNT_MAX - length)
                assert_int_equal(home_of(&geometry, id + length, &bucket_count), home);
        }
        assert_true(wraps || stashes[i] < 255);
    }
}

static void keys_above_255_are_at_home_in_the_last_bucket(void **state) {
    const struct geometry geometry = {.hash = HASH_SAME_HOME, .stash_count_max = 66000};
    uint32_t bucket_count = 0;
    (void)state;
    for (unsigned id = 256; id < KEY_COUNT_MAX; id += 1)
        assert_int_equal(home_of(&geometry, id, &bucket_count), bucket_count - 1);
}

/* ---- Ranges. ----------------------------------------------------------------------------- */

static void expand(const struct stream *from, struct stream *to) {
    to->world = from->world;
    to->op_count = 0;
    for (uint32_t i = 0; i < from->op_count; i += 1)
        for (uint32_t j = 0; j < op_element_count(from->ops[i]); j += 1)
            to->ops[to->op_count++] = op_element(from->ops[i], j, from->world.numbers[FIELD_KEYS]);
}

static uint64_t digest_of(const struct stream *of) {
    const struct run_options options = {.layers = LAYERS_ALL};
    const struct run_view *failed = run(of, &options);
    if (failed != NULL)
        fail_msg("op %u: %s", (unsigned)failed->verdict.op_index, failed->verdict.detail);
    return run_digest();
}

static void a_range_is_its_single_ops(void **state) {
    static const char *const geometries[] = {
        "sets=1 ways=2 stash=300 scope=300 keys=400 hash=in_a_row read=end",
        "sets=300 ways=4 stash=257 scope=256 keys=1000 read=end",
        "sets=3 ways=2 stash=4 scope=8 keys=20 read=end run=thorough uses=near_2_32",
        "sets=0 stash=300 scope=300 keys=300 hash=same_home read=end",
        "sets=2 ways=16 stash=300 scope=65 keys=400 read=end hash=seeded value=default"};
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(geometries); i += 1) {
        char text[1024];
        (void)snprintf(
            text, sizeof text,
            "cachemap-trace 1\ngeometry %s\nupsert_range 0 count=20 stride=1\n"
            "upsert_range 3 count=19 stride=7\nscope open\n"
            "remove_range 1 count=9 stride=2\nupsert_range 0 count=20 stride=3\n"
            "scope discard\nget_range 19 count=20 stride=5\nscope open\n"
            "upsert_range 2 count=20 stride=1\nscope persist\n"
            "remove_range 0 count=20 stride=256\ncompact\nget_range 0 count=20 stride=1\n",
            geometries[i]);
        support_parse(text, &stream, ignored);
        expand(&stream, &singles);
        assert_true(singles.op_count > stream.op_count);
        assert_true(digest_of(&stream) == digest_of(&singles));
    }
}

/* What the models alone say of a range is what the run answers. */
static void a_range_answers_how_many_succeed(void **state) {
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    (void)state;
    support_parse("cachemap-trace 1\ngeometry sets=0 stash=257 keys=300\n"
                  "upsert_range 0 count=300 stride=1 = 257\n"
                  "remove_range 250 count=10 stride=1 = 7\nget_range 0 count=300 stride=1 = 250\n",
                  &stream, ignored);
    run_predict(&stream, outcomes);
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        assert_true(result_equal(outcomes[i], ignored[i]));
    (void)digest_of(&stream);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_settled_stays),
        cmocka_unit_test(small_worlds_are_settled),
        cmocka_unit_test(what_is_remade_fits),
        cmocka_unit_test(every_id_comes_back_from_its_number),
        cmocka_unit_test(keys_in_a_row_have_homes_in_a_row),
        cmocka_unit_test(keys_above_255_are_at_home_in_the_last_bucket),
        cmocka_unit_test(a_range_is_its_single_ops),
        cmocka_unit_test(a_range_answers_how_many_succeed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
