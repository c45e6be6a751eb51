/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of work.h: that the bound on an input's work is one on its time, in whatever build this is. Worst
 * inputs are made from each op in the largest worlds, and compared with ordinary streams by CPU time of one
 * run: ratios, and no absolute times. */
#include "harness_support.h"

#include "codec.h"
#include "run.h"
#include "watchdog.h"
#include "work.h"

#include <time.h>

enum {
    KEY_COUNT = 256,      /* of the largest of the small worlds */
    ORDINARY_COUNT = 300, /* streams of a seed */
    WORST_RATIO_MAX = 40, /* the worst input's time over that of all of these together */
    OP_RATIO_MIN = 200,   /* the watchdog's patience over the time of a worst input's op */
    INPUT_RATIO_MIN = 2,  /* the engine's patience over the time of a worst input */
    INPUT_SECONDS_MAX =
        10, /* fuzz_targets/fuzz_cachemap.options, and what our scripts give the engine */
    PATTERN_OP_COUNT_MAX = 2,
    PART = 16
};

static struct stream stream, again;
static uint8_t bytes[CODEC_SIZE_MAX];

static double seconds_of_run(const struct stream *whole) {
    const struct run_options options = {.layers = LAYERS_ALL};
    const clock_t start = clock();
    assert_null(run(whole, &options));
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* As the readers make it: bytes that are decoded. */
static void cut(void) {
    const char *field = NULL;
    const size_t size = codec_encode(&stream, bytes, &field);
    assert_true(size > 0);
    codec_decode(bytes, size, &stream);
}

/* ---- Inputs that are much work. ---------------------------------------------------------- */

struct large_world {
    const char *name;
    unsigned layout, hash, set_count, stash, scope;
};

static const struct large_world worlds[] = {
    {"the largest, one home", 45, HASH_COLLIDE, 64, 256, 256},
    {"the largest, good hash", 45, HASH_MIX, 64, 256, 256},
    {"the largest, small values", 41, HASH_MIX, 64, 256, 256},
    {"small values, one home", 43, HASH_SAME_HOME, 64, 256, 256},
    {"no cache, one home", 45, HASH_COLLIDE, 0, 256, 256},
    {"one set", 0, HASH_IDENTITY, 1, 256, 256},
    {"small: everything is walked", 12, HASH_COLLIDE, 16, 64, 256},
    {"small: full scopes", 45, HASH_BUCKETS, 4, 64, 256},
};

/* What is repeated after 256 upserts, or after 256 upserts in an open scope. */
struct pattern {
    const char *name;
    uint8_t kinds[PATTERN_OP_COUNT_MAX];
    uint8_t operand; /* of those without a key */
    bool in_scope;
};

static const struct pattern patterns[] = {
    {"inspect", {OP_INSPECT, OP_INSPECT}, 0, false},
    {"inspect in a scope", {OP_INSPECT, OP_INSPECT}, 0, true},
    {"scopes that are discarded", {OP_SCOPE_OPEN, OP_SCOPE_DISCARD}, 0, false},
    {"scopes that are persisted", {OP_SCOPE_OPEN, OP_SCOPE_PERSIST}, 0, false},
    {"compact", {OP_COMPACT, OP_COMPACT}, 0, false},
    {"compact and fill", {OP_UPSERT, OP_COMPACT}, 0, false},
    {"reset", {OP_RESET, OP_RESET}, 0, false},
    {"reset that is refused", {OP_RESET, OP_COMPACT}, 0, true},
    {"reinit", {OP_REINIT, OP_REINIT}, 45, false},
    {"init_refused", {OP_INIT_REFUSED, OP_INIT_REFUSED}, REFUSAL_IN_MEMORY_SMALL, false},
    {"close without a scope", {OP_SCOPE_DISCARD, OP_SCOPE_PERSIST}, 0, false},
    {"upsert", {OP_UPSERT, OP_UPSERT}, 0, false},
    {"upsert in a full scope", {OP_UPSERT, OP_UPSERT}, 0, true},
    {"upsert and remove", {OP_REMOVE, OP_UPSERT}, 0, false},
    {"upsert_many", {OP_UPSERT_MANY, OP_UPSERT_MANY}, 0, false},
    {"batches of one", {OP_UPSERT_MANY, OP_GET_MANY}, 0, false},
    {"get_many", {OP_GET_MANY, OP_GET_MANY}, 0, false},
    {"lookup", {OP_LOOKUP, OP_REWRITE}, 0, false},
};

static void add(enum op_kind kind, unsigned operand) {
    stream.ops[stream.op_count].kind = (uint8_t)kind;
    stream.ops[stream.op_count].operand = operand;
    stream.op_count += 1;
}

static void make(const struct large_world *world, const struct pattern *pattern) {
    const struct geometry geometry = {
        .layout = (uint8_t)world->layout,
        .hash = (uint8_t)world->hash,
        .read = READ_ALL,
        .run = RUN_THOROUGH,
        .set_count = (uint16_t)world->set_count,
        .stash_count_max = (uint16_t)world->stash,
        .scope_count_max = (uint16_t)world->scope,
        .key_count = KEY_COUNT,
    };
    stream.world = world_of_geometry(&geometry);
    stream.op_count = 0;
    for (unsigned key_id = 0; key_id < KEY_COUNT; key_id += 1)
        add(OP_UPSERT, key_id);
    if (pattern->in_scope)
        add(OP_SCOPE_OPEN, 0);
    for (unsigned key_id = 0; pattern->in_scope && key_id < KEY_COUNT; key_id += 1)
        add(OP_UPSERT, key_id);
    for (unsigned i = 0; stream.op_count < STREAM_OP_COUNT_MAX; i += 1) {
        const enum op_kind kind = (enum op_kind)pattern->kinds[i % PATTERN_OP_COUNT_MAX];
        const bool has_key = op_describe(kind)->operand == OPERAND_KEY;
        add(kind, has_key                                      ? (i * 37) % KEY_COUNT
                  : op_describe(kind)->operand == OPERAND_NONE ? 0
                                                               : pattern->operand);
    }
}

/* ---- Tests. ------------------------------------------------------------------------------ */

static double seconds_of_ordinary_streams(void) {
    double seconds = 0;
    for (uint64_t number = 0; number < ORDINARY_COUNT; number += 1) {
        support_generate(1, number, &stream);
        seconds += seconds_of_run(&stream);
    }
    return seconds;
}

static uint64_t work_of(const struct stream *whole) {
    struct work work;
    work_start(&work, &whole->world);
    for (uint32_t i = 0; i < whole->op_count; i += 1)
        assert_true(work_add(&work, whole->ops[i]));
    return work.spent;
}

/* How long the whole stream would run, from a part of it: its first ops, and a part of what is repeated. */
static double seconds_estimated(const struct stream *whole, uint32_t fill_op_count) {
    assert_true(whole->op_count > fill_op_count + PART);
    again = *whole;
    again.op_count = fill_op_count + (whole->op_count - fill_op_count) / PART;
    return seconds_of_run(&again) * (double)work_of(whole) / (double)work_of(&again);
}

static void the_worst_input_is_known(void **state) {
    const double ordinary = seconds_of_ordinary_streams();
    double worst = 0, worst_op = 0;
    size_t world = 0, pattern = 0;
    (void)state;
    for (size_t w = 0; w < SUPPORT_COUNT_OF(worlds); w += 1)
        for (size_t p = 0; p < SUPPORT_COUNT_OF(patterns); p += 1) {
            double seconds;
            make(&worlds[w], &patterns[p]);
            cut();
            seconds =
                seconds_estimated(&stream, patterns[p].in_scope ? 2 * KEY_COUNT + 1 : KEY_COUNT);
            if (seconds / stream.op_count > worst_op)
                worst_op = seconds / stream.op_count;
            if (seconds > worst) {
                worst = seconds;
                world = w;
                pattern = p;
            }
        }
    make(&worlds[world], &patterns[pattern]);
    cut();
    worst = seconds_of_run(&stream);
    print_message(
        "worst: %s, %s: %.1f times %d ordinary streams; the watchdog has %.0f times an op\n",
        worlds[world].name, patterns[pattern].name, worst / ordinary, ORDINARY_COUNT,
        (double)WATCHDOG_SECONDS / worst_op);
    assert_true(worst < (double)WORST_RATIO_MAX * ordinary);
    assert_true((double)OP_RATIO_MIN * worst_op < (double)WATCHDOG_SECONDS);
    assert_true((double)INPUT_RATIO_MIN * worst < (double)INPUT_SECONDS_MAX);
}

/* The decoder cuts where one op more would be too much, and what it leaves is as it was. */
static void bytes_are_cut_off_at_the_op_that_is_too_much(void **state) {
    (void)state;
    for (size_t p = 0; p < SUPPORT_COUNT_OF(patterns); p += 1) {
        struct work work;
        make(&worlds[0], &patterns[p]);
        again = stream;
        cut();
        assert_true(work_of(&stream) <= WORK_MAX);
        assert_memory_equal(stream.ops, again.ops, stream.op_count * sizeof stream.ops[0]);
        if (stream.op_count == again.op_count)
            continue;
        work_start(&work, &again.world);
        for (uint32_t i = 0; i < stream.op_count; i += 1)
            assert_true(work_add(&work, again.ops[i]));
        assert_false(work_add(&work, again.ops[stream.op_count]));
        again = stream;
        cut(); /* cutting what is cut changes nothing */
        support_assert_streams_equal(&again, &stream, patterns[p].name);
    }
}

/* Most streams are not counted op by op: what is let through is what counting would let through. */
static void what_is_not_counted_is_no_more(void **state) {
    (void)state;
    for (uint64_t number = 0; number < 20000; number += 1) {
        support_generate(2, number, &stream);
        assert_int_equal(work_op_count(&stream), stream.op_count);
        (void)work_of(&stream);
    }
    for (size_t w = 0; w < SUPPORT_COUNT_OF(worlds); w += 1)
        for (size_t p = 0; p < SUPPORT_COUNT_OF(patterns); p += 1) {
            make(&worlds[w], &patterns[p]);
            for (uint32_t count = STREAM_OP_COUNT_MAX; count > 0; count /= 2) {
                stream.op_count = count;
                again = stream;
                again.op_count = work_op_count(&stream);
                (void)work_of(&again);
            }
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_input_is_known),
        cmocka_unit_test(bytes_are_cut_off_at_the_op_that_is_too_much),
        cmocka_unit_test(what_is_not_counted_is_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
