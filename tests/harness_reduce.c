/* SPDX-License-Identifier: Apache-2.0 */
/* The reducer on failures that are made up: a predicate says which streams fail. What must hold for
 * any of them: the result fails, nothing can go from it, and only asked candidates are taken. */
#include "harness_support.h"

#include "reduce.h"
#include "trace_text.h"

static unsigned asked_count;

static bool is_op(struct op op, enum op_kind kind) {
    return op.kind == (uint8_t)kind;
}

/* Fails when some key is upserted and later removed. */
static bool upsert_then_remove(const struct stream *stream, void *context) {
    (void)context;
    asked_count += 1;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        for (uint32_t k = i + 1; k < stream->op_count; k += 1)
            if (is_op(stream->ops[i], OP_UPSERT) && is_op(stream->ops[k], OP_REMOVE) &&
                stream->ops[i].operand == stream->ops[k].operand)
                return true;
    return false;
}

/* Fails when scopes are balanced and one of them that is discarded has an upsert of key 5 in it. */
static bool upsert_in_scope(const struct stream *stream, void *context) {
    bool open = false, upserted = false, fails = false;
    (void)context;
    asked_count += 1;
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        const bool closes = is_op(op, OP_SCOPE_DISCARD) || is_op(op, OP_SCOPE_PERSIST);
        if (is_op(op, OP_SCOPE_OPEN) ? open : closes && !open)
            return false;
        upserted = (upserted && open) || (open && is_op(op, OP_UPSERT) && op.operand == 5);
        fails |= is_op(op, OP_SCOPE_DISCARD) && upserted;
        open = is_op(op, OP_SCOPE_OPEN) || (open && !closes);
    }
    return fails && !open;
}

/* Fails with a compact, in a world of two sets or more, of four ways, with a stash of at least 7. */
static bool needs_a_world(const struct stream *stream, void *context) {
    (void)context;
    asked_count += 1;
    return stream->world.numbers[FIELD_SETS] >= 2 && stream->world.numbers[FIELD_STASH] >= 7 &&
           stream->world.numbers[FIELD_WAYS] == 4 && stream->op_count > 0 &&
           is_op(stream->ops[stream->op_count - 1], OP_COMPACT);
}

enum { NEEDED_COUNT = 40 };

/* Fails when so many upserts are made, by whatever op. */
static bool needs_many(const struct stream *stream, void *context) {
    uint32_t count = 0;
    (void)context;
    asked_count += 1;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (op_element(stream->ops[i], 0, KEY_COUNT_MAX).kind == OP_UPSERT)
            count += op_element_count(stream->ops[i]);
    return count >= NEEDED_COUNT;
}

typedef bool predicate(const struct stream *stream, void *context);

static struct stream stream, candidate;

/* A stream that fails, from the generator. */
static void find_failing(predicate *fails, uint64_t seed) {
    for (uint64_t number = 0; number < 10000; number += 1) {
        support_generate(seed, number, &stream);
        if (fails(&stream, NULL) && stream.op_count >= 20)
            return;
    }
    fail_msg("no stream fails");
}

static struct reduce_result reduce(predicate *fails) {
    const struct reduce_options options = {.fails = fails};
    struct reduce_result result;
    asked_count = 0;
    result = reduce_stream(&stream, &options);
    assert_int_equal(result.try_count, asked_count);
    assert_true(fails(&stream, NULL));
    return result;
}

/* No op can go. */
static void assert_minimal(predicate *fails) {
    for (uint32_t gone = 0; gone < stream.op_count; gone += 1) {
        candidate.world = stream.world;
        candidate.op_count = 0;
        for (uint32_t i = 0; i < stream.op_count; i += 1)
            if (i != gone)
                candidate.ops[candidate.op_count++] = stream.ops[i];
        if (fails(&candidate, NULL))
            fail_msg("op %u of %u can go", (unsigned)gone, (unsigned)stream.op_count);
    }
}

static void ops_that_do_not_matter_go(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed += 1) {
        find_failing(upsert_then_remove, seed);
        assert_true(reduce(upsert_then_remove).minimal);
        assert_minimal(upsert_then_remove);
        assert_int_equal(stream.op_count, 2);
        assert_int_equal(stream.ops[0].operand, 0); /* the first key is key 0 */
        assert_int_equal(stream.world.numbers[FIELD_SETS], 0);
        assert_int_equal(world_byte(&stream.world, OPERAND_FIELDS_BYTE), 0);
        assert_int_equal(stream.world.numbers[FIELD_STASH], 1);
        assert_int_equal(stream.world.numbers[FIELD_RUN], RUN_PLAIN);
        assert_int_equal(stream.world.numbers[FIELD_READ], READ_END);
    }
}

/* Neither its open nor its close could go alone: the stream would not fail any more. */
static void scopes_around_nothing_are_unwrapped(void **state) {
    (void)state;
    support_parse("cachemap-trace 1\ngeometry keys=8\n"
                  "scope open\nget 1\nscope persist\nscope open\nupsert 5\nupsert 6\n"
                  "scope discard\nscope open\nupsert 1\nscope discard\n",
                  &stream, (struct result[STREAM_OP_COUNT_MAX]){{0}});
    assert_true(reduce(upsert_in_scope).minimal);
    assert_minimal(upsert_in_scope);
    assert_int_equal(stream.op_count, 3);
    assert_int_equal(stream.ops[1].operand, 5); /* this key is needed, and so its name stays */
}

/* None of them can go; one range says the same. */
static void many_that_are_needed_become_one(void **state) {
    (void)state;
    support_parse("cachemap-trace 1\ngeometry keys=256\nget 3\n", &stream,
                  (struct result[STREAM_OP_COUNT_MAX]){{0}});
    for (uint32_t key = 0; key < NEEDED_COUNT; key += 1)
        stream.ops[stream.op_count++] = (struct op){OP_UPSERT, 7 + 3 * (uint64_t)key};
    assert_true(reduce(needs_many).minimal);
    assert_int_equal(stream.op_count, 1);
    assert_int_equal(stream.ops[0].kind, OP_UPSERT_RANGE);
    assert_int_equal(op_range(stream.ops[0]).first, 0);
    assert_int_equal(op_range(stream.ops[0]).count, NEEDED_COUNT);
    assert_int_equal(op_range(stream.ops[0]).stride, 1);
}

static void the_world_keeps_what_is_needed(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed += 1) {
        find_failing(needs_a_world, seed);
        assert_true(reduce(needs_a_world).minimal);
        assert_int_equal(stream.op_count, 1);
        assert_int_equal(stream.world.numbers[FIELD_SETS], 2);
        assert_int_equal(stream.world.numbers[FIELD_STASH], 7);
        assert_int_equal(stream.world.numbers[FIELD_WAYS], 4);
        assert_int_equal(stream.world.numbers[FIELD_TAG], 8);
        assert_int_equal(stream.world.numbers[FIELD_SCOPE], 0);
    }
}

static uint32_t stop_after;

static bool stop(uint32_t try_count, uint32_t op_count, void *context) {
    (void)context;
    assert_int_equal(op_count, stream.op_count);
    return try_count >= stop_after;
}

static void a_reduction_that_is_stopped_keeps_the_best(void **state) {
    const struct reduce_options options = {.fails = upsert_then_remove, .stop = stop};
    uint32_t op_count = UINT32_MAX;
    (void)state;
    for (stop_after = 0; stop_after < 12; stop_after += 4) {
        struct reduce_result result;
        find_failing(upsert_then_remove, 3);
        result = reduce_stream(&stream, &options);
        assert_false(result.minimal);
        assert_int_equal(result.try_count, stop_after);
        assert_true(upsert_then_remove(&stream, NULL));
        assert_true(stream.op_count <= op_count);
        op_count = stream.op_count;
    }
}

static void the_same_stream_reduces_in_the_same_way(void **state) {
    static struct stream first;
    uint32_t try_count;
    (void)state;
    find_failing(upsert_then_remove, 7);
    try_count = reduce(upsert_then_remove).try_count;
    first = stream;
    find_failing(upsert_then_remove, 7);
    assert_int_equal(reduce(upsert_then_remove).try_count, try_count);
    support_assert_streams_equal(&first, &stream, "the second reduction");
}

/* ---- Ranges. ----------------------------------------------------------------------------- */

static uint32_t upserts_wanted;

/* Fails when one range upserts that many keys. */
static bool upserts_many(const struct stream *tried, void *context) {
    bool fails = false;
    (void)context;
    asked_count += 1;
    for (uint32_t i = 0; i < tried->op_count; i += 1)
        fails |= is_op(tried->ops[i], OP_UPSERT_RANGE) &&
                 op_element_count(tried->ops[i]) >= upserts_wanted;
    return fails;
}

static unsigned key_wanted;

/* Fails when this key is upserted, by a range or alone. */
static bool upserts_key(const struct stream *tried, void *context) {
    bool fails = false;
    (void)context;
    asked_count += 1;
    for (uint32_t i = 0; i < tried->op_count; i += 1)
        for (uint32_t at = 0; at < op_element_count(tried->ops[i]); at += 1) {
            const struct op op = op_element(tried->ops[i], at, tried->world.numbers[FIELD_KEYS]);
            fails |= is_op(op, OP_UPSERT) && op_key(op) == key_wanted;
        }
    return fails;
}

static void parse_range(const char *range) {
    char text[256];
    (void)snprintf(text, sizeof text,
                   "cachemap-trace 1\ngeometry stash=66000 keys=70000\nremove 3\n%s\ncompact\n",
                   range);
    support_parse(text, &stream, (struct result[STREAM_OP_COUNT_MAX]){{0}});
}

/* In some tens of tries, where one key after another would take thousands. */
static void assert_reduced_to(predicate *fails, const char *range) {
    char text[TRACE_TEXT_OP_SIZE];
    assert_true(reduce(fails).minimal);
    assert_true(asked_count < 400);
    assert_int_equal(stream.op_count, 1);
    trace_text_op(stream.ops[0], text, sizeof text);
    assert_string_equal(text, range);
}

static void a_range_shrinks_by_halves(void **state) {
    (void)state;
    upserts_wanted = 3000;
    parse_range("upsert_range 17 count=60000 stride=3");
    assert_reduced_to(upserts_many, "upsert_range 0 count=3000 stride=1");
    upserts_wanted = 1;
    parse_range("upsert_range 200 count=500 stride=1");
    assert_reduced_to(upserts_many, "upsert_range 0 count=1 stride=1");
}

/* From both its ends, to the key that matters; one that an op alone can name needs no range. */
static void a_range_shrinks_to_its_key(void **state) {
    (void)state;
    key_wanted = 50000;
    parse_range("upsert_range 40001 count=20000 stride=1");
    assert_reduced_to(upserts_key, "upsert_range 50000 count=1 stride=1");
    key_wanted = 7;
    parse_range("upsert_range 69990 count=60 stride=1");
    assert_reduced_to(upserts_key, "upsert 7");
}

/* Fails with the values of the library's defaults, whose layout no other number of the world can change. */
static bool default_values(const struct stream *failing, void *context) {
    (void)context;
    asked_count += 1;
    return failing->world.numbers[FIELD_VALUE] == VALUE_DEFAULT && failing->op_count > 0;
}

static bool stop_after_500(uint32_t try_count, uint32_t op_count, void *context) {
    (void)op_count;
    (void)context;
    return try_count >= 500;
}

/* A try that is settled to the stream as it is changes nothing: the rounds end. */
static void a_world_that_stays_as_it_is_ends_the_rounds(void **state) {
    const struct reduce_options options = {.fails = default_values, .stop = stop_after_500};
    (void)state;
    parse_range("upsert_range 0 count=2 stride=1");
    stream.world = world_standard();
    stream.world.numbers[FIELD_VALUE] = VALUE_DEFAULT;
    (void)world_settle(&stream.world);
    assert_true(stream.world.numbers[FIELD_WAYS] != world_standard().numbers[FIELD_WAYS]);
    assert_true(reduce_stream(&stream, &options).minimal);
    assert_true(default_values(&stream, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ops_that_do_not_matter_go),
        cmocka_unit_test(scopes_around_nothing_are_unwrapped),
        cmocka_unit_test(many_that_are_needed_become_one),
        cmocka_unit_test(the_world_keeps_what_is_needed),
        cmocka_unit_test(a_reduction_that_is_stopped_keeps_the_best),
        cmocka_unit_test(the_same_stream_reduces_in_the_same_way),
        cmocka_unit_test(a_range_shrinks_by_halves),
        cmocka_unit_test(a_range_shrinks_to_its_key),
        cmocka_unit_test(a_world_that_stays_as_it_is_ends_the_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
