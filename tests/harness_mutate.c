/* SPDX-License-Identifier: Apache-2.0 */
/* The mutator: what it returns always decodes, is canonical, fits, and repeats with its seed; each
 * mutation happens and each ingredient can be switched off. Buffers are from malloc and exactly as
 * large as promised, so that AddressSanitizer sees a byte too many. */
#include "harness_support.h"

#include "codec.h"
#include "mutate.h"

enum { CALL_COUNT = 20000, SIZE_MAX_USUAL = 1024 };

static const struct mutate_options everything = {.ingredients = MUTATE_ALL};
static struct stream stream, before, after;
static uint8_t encoded[CODEC_SIZE_MAX], again[CODEC_SIZE_MAX];

/* ---- What holds for every call. ---------------------------------------------------------- */

/* Below the size of a header an output is a header cut short: zeros behind it are the same. */
static void assert_canonical(const uint8_t *data, size_t size) {
    const char *field = NULL;
    size_t whole;
    codec_decode(data, size, &after);
    assert_in_range(codec_version(data, size), 1, CODEC_VERSION);
    whole = codec_encode(&after, encoded, &field);
    assert_null(field);
    if (size < CODEC_HEADER_SIZE) {
        memset(encoded + size, 0, CODEC_HEADER_SIZE - size);
        whole = size;
    }
    assert_int_equal(whole, size);
    assert_memory_equal(encoded, data, size);
}

/* Runs the mutator on a copy in a buffer of the size that it may have; the result is in `again`. */
static size_t mutated(const uint8_t *data, size_t size, size_t size_max, unsigned seed,
                      const struct mutate_options *options) {
    const size_t room = size > size_max ? size : size_max;
    uint8_t *buffer = (uint8_t *)malloc(room == 0 ? 1 : room);
    size_t result;
    assert_non_null(buffer);
    if (size > 0)
        memcpy(buffer, data, size);
    result = mutate(buffer, size, size_max, seed, options);
    assert_true(result <= size_max);
    assert_int_equal(result == 0, size_max == 0);
    memcpy(again, buffer, result);
    free(buffer);
    return result;
}

/* Mutates twice: the same; canonical; the stream behind is in `after`. */
static size_t assert_mutates(const uint8_t *data, size_t size, size_t size_max, unsigned seed,
                             const struct mutate_options *options) {
    static uint8_t first[CODEC_SIZE_MAX];
    const size_t result = mutated(data, size, size_max, seed, options);
    memcpy(first, again, result);
    /* Whatever was mutated in between. */
    (void)mutated((const uint8_t *)"\1\2\3\4\5\6\7\10", 8, 300, seed + 1, options);
    assert_int_equal(mutated(data, size, size_max, seed, options), result);
    assert_memory_equal(again, first, result);
    assert_canonical(again, result);
    return result;
}

/* The bytes of a generated stream, of at most `size_max` bytes; the stream is in `stream`. */
static size_t generated(uint64_t number, uint8_t *bytes, size_t size_max) {
    const char *field = NULL;
    support_generate(21, number, &stream);
    while (codec_size(&stream) > size_max)
        stream.op_count /= 2;
    return codec_encode(&stream, bytes, &field);
}

static void every_result_is_canonical_fits_and_repeats(void **state) {
    static uint8_t data[CODEC_SIZE_MAX];
    size_t size = 0;
    (void)state;
    for (unsigned i = 0; i < CALL_COUNT; i += 1) {
        if (i % 50 == 0)
            size = generated(i, data, SIZE_MAX_USUAL);
        size = assert_mutates(data, size, SIZE_MAX_USUAL, i, &everything);
        memcpy(data, again, size);
    }
}

static void every_pair_of_small_sizes_works(void **state) {
    uint8_t data[40];
    (void)state;
    for (size_t i = 0; i < sizeof data; i += 1)
        data[i] = (uint8_t)(i * 37 % 256);
    for (size_t size = 0; size <= sizeof data; size += 1)
        for (size_t size_max = 0; size_max <= sizeof data; size_max += 1)
            for (unsigned seed = 0; seed < 8; seed += 1)
                (void)assert_mutates(data, size, size_max, seed, &everything);
}

static void an_input_of_another_version_becomes_one_of_this(void **state) {
    uint8_t data[64] = {0x30};
    (void)state;
    for (unsigned seed = 0; seed < 200; seed += 1)
        (void)assert_mutates(data, sizeof data, SIZE_MAX_USUAL, seed, &everything);
}

/* The longest stream, with room for more bytes than ops may take. */
static void the_longest_stream_stays_within_the_cap(void **state) {
    static uint8_t data[CODEC_SIZE_MAX + 100];
    (void)state;
    for (unsigned seed = 0; seed < 60; seed += 1) {
        const size_t size = mutated(data, sizeof data, sizeof data, seed, &everything);
        assert_true(size <= CODEC_SIZE_MAX);
        assert_canonical(again, size);
    }
}

/* ---- Mutations and ingredients. ---------------------------------------------------------- */

static size_t bytes_called;

/* As an engine's: any bytes, another version too. */
static size_t bytes_of_engine(uint8_t *data, size_t size, size_t size_max) {
    bytes_called += 1;
    assert_true(size <= size_max);
    memset(data, 0xff, size_max);
    return size_max;
}

/* How often each mutation is noted among many calls with these ingredients. */
static void count_mutations(uint32_t ingredients, unsigned *counts) {
    static uint8_t data[CODEC_SIZE_MAX];
    uint32_t applied = 0;
    const struct mutate_options options = {ingredients, bytes_of_engine, &applied};
    memset(counts, 0, MUTATION_COUNT * sizeof counts[0]);
    for (unsigned i = 0; i < 4000; i += 1) {
        const size_t size = generated(i, data, 400);
        (void)mutated(data, size, SIZE_MAX_USUAL, i, &options);
        for (unsigned mutation = 0; mutation < MUTATION_COUNT; mutation += 1)
            counts[mutation] += applied >> mutation & 1;
    }
}

/* Where no op stands for many, none is changed. */
static bool can_happen(unsigned mutation) {
    return (int)OP_KIND_COUNT != (int)OP_KIND_COUNT_OLD ||
           (mutation != MUTATION_RANGE && mutation != MUTATION_FOLD);
}

static void every_mutation_happens(void **state) {
    unsigned counts[MUTATION_COUNT];
    (void)state;
    count_mutations(MUTATE_ALL, counts);
    for (unsigned mutation = 0; mutation < MUTATION_COUNT; mutation += 1)
        if (counts[mutation] < 40 && can_happen(mutation))
            fail_msg("'%s' happened %u times in 4000", mutation_meaning((enum mutation)mutation),
                     counts[mutation]);
}

static void an_ingredient_that_is_off_does_not_happen(void **state) {
    static const uint32_t ingredient_of[MUTATION_COUNT] = {
#define MUTATION_INGREDIENT(name, ingredient, weight, meaning) ingredient,
        MUTATION_TABLE(MUTATION_INGREDIENT)
#undef MUTATION_INGREDIENT
    };
    unsigned counts[MUTATION_COUNT];
    (void)state;
    for (uint32_t ingredient = 1; ingredient < MUTATE_ALL; ingredient *= 2) {
        count_mutations(MUTATE_ALL & ~ingredient, counts);
        for (unsigned mutation = 0; mutation < MUTATION_COUNT; mutation += 1)
            assert_int_equal(counts[mutation] == 0,
                             ingredient_of[mutation] == ingredient || !can_happen(mutation));
    }
}

/* The keys of the stream's first ops, each range op by op. */
static uint32_t first_keys(const struct stream *of, uint32_t *keys, uint32_t count_max) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < of->op_count; i += 1)
        for (uint32_t at = 0; at < op_element_count(of->ops[i]) && count < count_max; at += 1) {
            const struct op op = op_element(of->ops[i], at, of->world.numbers[FIELD_KEYS]);
            assert_int_equal(op.kind, OP_FIRST);
            keys[count++] = op_key(op);
        }
    return count;
}

/* Of many mutations those that fold or unfold and do nothing else, and leave so many ops; the keys stay.
 * Returns how many there were. */
static unsigned count_folded(uint32_t op_count, uint32_t key_count) {
    uint8_t data[SIZE_MAX_USUAL];
    uint32_t keys[64], keys_after[64], applied = 0;
    const struct mutate_options options = {MUTATE_OPS, NULL, &applied};
    const char *field = NULL;
    const size_t size = codec_encode(&stream, data, &field);
    unsigned count = 0;
    assert_int_equal(first_keys(&stream, keys, key_count), key_count);
    for (unsigned seed = 0; seed < 20000; seed += 1) {
        const size_t result = mutated(data, size, SIZE_MAX_USUAL, seed, &options);
        codec_decode(again, result, &after);
        if (applied != UINT32_C(1) << MUTATION_FOLD || !world_equal(&after.world, &stream.world) ||
            after.op_count != op_count)
            continue;
        assert_int_equal(first_keys(&after, keys_after, key_count), key_count);
        assert_memory_equal(keys, keys_after, key_count * sizeof keys[0]);
        count += 1;
    }
    return count;
}

/* Five keys of one stride, of which the first may be folded with all that follow. And a range that is
 * unfolded to its ops. */
static void what_is_folded_or_unfolded_stays_what_it_is(void **state) {
    const struct op_range range = {5, 40, 3};
    (void)state;
    if (!can_happen(MUTATION_FOLD))
        return;
    stream.world = world_standard();
    stream.world.numbers[FIELD_KEYS] = 300;
    stream.op_count = 5;
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        stream.ops[i] = (struct op){OP_FIRST, 20 + 7 * i};
    assert_true(count_folded(1, 5) > 0);
    assert_true(count_folded(4, 5) > 0);
    stream.op_count = 1;
    stream.ops[0] = (struct op){(uint8_t)op_kind_of_range(OP_FIRST), op_operand_of_range(range)};
    assert_true(count_folded(40, 40) > 0);
}

static void without_geometry_the_header_stays(void **state) {
    const struct mutate_options options = {.ingredients = MUTATE_ALL & ~MUTATE_WORLD};
    uint8_t data[SIZE_MAX_USUAL];
    (void)state;
    for (unsigned i = 0; i < 4000; i += 1) {
        const size_t size = generated(i, data, sizeof data);
        (void)assert_mutates(data, size, sizeof data, i, &options);
        assert_memory_equal(&stream.world, &after.world, sizeof stream.world);
    }
}

static void with_geometry_alone_the_kinds_of_ops_stay(void **state) {
    const struct mutate_options options = {.ingredients = MUTATE_WORLD};
    uint8_t data[SIZE_MAX_USUAL];
    (void)state;
    for (unsigned i = 0; i < 2000; i += 1) {
        const size_t size = generated(i, data, sizeof data / 2);
        (void)assert_mutates(data, size, sizeof data, i, &options);
        if (!world_is_large(&after.world)) /* there all may be too much work */
            assert_int_equal(stream.op_count, after.op_count);
        for (uint32_t op = 0; op < after.op_count; op += 1)
            assert_int_equal(stream.ops[op].kind, after.ops[op].kind);
    }
}

static void without_any_ingredient_the_stream_stays(void **state) {
    const struct mutate_options options = {.ingredients = 0};
    uint8_t data[SIZE_MAX_USUAL];
    (void)state;
    for (unsigned i = 0; i < 500; i += 1) {
        const size_t size = generated(i, data, sizeof data);
        (void)assert_mutates(data, size, sizeof data, i, &options);
        support_assert_streams_equal(&stream, &after, "nothing is on");
    }
}

/* One call in eight, with what fits, and never another version. */
static void the_engine_mutates_one_in_eight(void **state) {
    const struct mutate_options options = {MUTATE_ALL, bytes_of_engine, NULL};
    const uint8_t data[100] = {0};
    (void)state;
    bytes_called = 0;
    for (unsigned seed = 0; seed < 4000; seed += 1) {
        const size_t size_max = 1 + seed % 120;
        const size_t size = mutated(data, sizeof data, size_max, seed, &options);
        assert_in_range(codec_version(again, size), 1, CODEC_VERSION);
    }
    assert_in_range(bytes_called, 400, 600);
}

/* ---- Size. ------------------------------------------------------------------------------- */

/* Ops that are in `before`, in their order: what only deletes leaves a subsequence. */
static bool is_subsequence(const struct stream *part, const struct stream *whole) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < whole->op_count && at < part->op_count; i += 1)
        at += op_equal(part->ops[at], whole->ops[i]);
    return at == part->op_count;
}

/* As under -minimize_crash=1: a byte less than there is. Most results only lack ops, and not always
 * the last. */
static void an_input_that_is_too_long_loses_ops(void **state) {
    unsigned deleted = 0, kept_last = 0;
    uint8_t data[SIZE_MAX_USUAL];
    (void)state;
    for (unsigned i = 0; i < 1000; i += 1) {
        size_t size;
        do
            size = generated(i, data, sizeof data);
        while (stream.op_count == 0);
        before = stream;
        size = assert_mutates(data, size, size - 1, i, &everything);
        /* What stands for many may be undone into several that are shorter together. */
        assert_true(after.op_count < before.op_count || codec_version(data, 1) != 1);
        if (memcmp(&after.world, &before.world, sizeof after.world) != 0 ||
            !is_subsequence(&after, &before))
            continue;
        deleted += 1;
        kept_last += after.op_count > 0 &&
                     op_equal(after.ops[after.op_count - 1], before.ops[before.op_count - 1]);
    }
    assert_in_range(deleted, 650, 1000);
    assert_true(kept_last > deleted / 3);
}

/* Again and again on its own result, any input comes down to its header. */
static void a_shrinking_input_ends_at_its_header(void **state) {
    uint8_t data[SIZE_MAX_USUAL];
    size_t size = generated(5, data, sizeof data);
    unsigned calls = 0;
    (void)state;
    for (; size > CODEC_HEADER_SIZE; calls += 1) {
        size = assert_mutates(data, size, size - 1, calls, &everything);
        memcpy(data, again, size);
    }
    assert_in_range(calls, 1, 400);
}

/* A stash of 256 entries becomes full with different keys, without any luck in the geometry. */
static void large_stashes_are_filled(void **state) {
    const uint8_t data[CODEC_HEADER_SIZE] = {0};
    const unsigned most = field_number(FIELD_STASH, field_describe(FIELD_STASH)->count - 1u);
    unsigned filled = 0;
    (void)state;
    for (unsigned seed = 0; seed < CALL_COUNT; seed += 1) {
        bool seen[KEY_COUNT_MAX] = {false};
        unsigned keys = 0;
        const size_t size = mutated(data, sizeof data, SIZE_MAX_USUAL, seed, &everything);
        codec_decode(again, size, &after);
        for (uint32_t i = 0; i < after.op_count; i += 1) {
            const struct op op = after.ops[i];
            keys += op.kind == OP_UPSERT && !seen[op_key(op)];
            seen[op_key(op)] |= op.kind == OP_UPSERT;
        }
        filled += after.world.numbers[FIELD_STASH] == most && keys == most;
    }
    assert_in_range(filled, 20, CALL_COUNT);
}

/* ---- Crossover. -------------------------------------------------------------------------- */

static void a_cross_is_canonical_fits_and_repeats(void **state) {
    static uint8_t a[CODEC_SIZE_MAX], b[CODEC_SIZE_MAX];
    (void)state;
    for (unsigned i = 0; i < 4000; i += 1) {
        const size_t a_size = generated(i, a, SIZE_MAX_USUAL);
        const size_t b_size = generated(i + 1, b, SIZE_MAX_USUAL);
        const size_t size_max = i % 3 == 0 ? i % 60 : SIZE_MAX_USUAL;
        uint8_t *out = (uint8_t *)malloc(size_max == 0 ? 1 : size_max);
        size_t size;
        assert_non_null(out);
        size = mutate_cross(a, a_size, b, b_size, out, size_max, i);
        assert_true(size <= size_max);
        assert_int_equal(size == 0, size_max == 0);
        assert_canonical(out, size);
        memcpy(again, out, size);
        free(out);
        out = (uint8_t *)malloc(size_max == 0 ? 1 : size_max);
        assert_non_null(out);
        assert_int_equal(mutate_cross(a, a_size, b, b_size, out, size_max, i), size);
        assert_memory_equal(again, out, size);
        free(out);
    }
}

/* Of two worlds with ops of one kind each: both kinds, in one of the two geometries. */
static void a_cross_has_parts_of_both(void **state) {
    uint8_t a[CODEC_HEADER_SIZE + 40], b[sizeof a], out[SIZE_MAX_USUAL];
    unsigned both = 0, world_of_b = 0, inside = 0;
    (void)state;
    memset(a, 0, sizeof a);
    memset(b, 0x01, sizeof b);
    b[0] = 0;
    for (size_t i = CODEC_HEADER_SIZE; i < sizeof b; i += CODEC_RECORD_SIZE)
        b[i] = 0x16; /* remove */
    for (unsigned seed = 0; seed < 1000; seed += 1) {
        const size_t size = mutate_cross(a, sizeof a, b, sizeof b, out, sizeof out, seed);
        bool upserts = false, removes = false;
        codec_decode(out, size, &after);
        for (uint32_t i = 0; i < after.op_count; i += 1) {
            upserts |= after.ops[i].kind == OP_UPSERT;
            removes |= after.ops[i].kind == OP_REMOVE;
            inside += i > 0 && after.ops[i].kind == OP_UPSERT && after.ops[i - 1].kind == OP_REMOVE;
        }
        both += upserts && removes;
        world_of_b += world_byte(&after.world, OPERAND_FIELDS_BYTE) == 1;
        assert_true(world_byte(&after.world, OPERAND_FIELDS_BYTE) <= 1);
    }
    assert_in_range(both, 700, 1000);
    assert_in_range(world_of_b, 150, 350);
    assert_in_range(inside, 200, 800);
}

static void a_cross_of_the_longest_stays_within_the_cap(void **state) {
    static uint8_t a[CODEC_SIZE_MAX], out[CODEC_SIZE_MAX + 100];
    (void)state;
    for (unsigned seed = 0; seed < 60; seed += 1) {
        const size_t size = mutate_cross(a, sizeof a, a, sizeof a, out, sizeof out, seed);
        assert_in_range(size, CODEC_HEADER_SIZE, CODEC_SIZE_MAX);
        assert_canonical(out, size);
    }
}

static void a_cross_of_nothing_is_a_header(void **state) {
    uint8_t out[SIZE_MAX_USUAL];
    (void)state;
    for (unsigned seed = 0; seed < 50; seed += 1)
        assert_int_equal(mutate_cross(NULL, 0, NULL, 0, out, sizeof out, seed), CODEC_HEADER_SIZE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_is_canonical_fits_and_repeats),
        cmocka_unit_test(every_pair_of_small_sizes_works),
        cmocka_unit_test(an_input_of_another_version_becomes_one_of_this),
        cmocka_unit_test(the_longest_stream_stays_within_the_cap),
        cmocka_unit_test(every_mutation_happens),
        cmocka_unit_test(an_ingredient_that_is_off_does_not_happen),
        cmocka_unit_test(what_is_folded_or_unfolded_stays_what_it_is),
        cmocka_unit_test(without_geometry_the_header_stays),
        cmocka_unit_test(with_geometry_alone_the_kinds_of_ops_stay),
        cmocka_unit_test(without_any_ingredient_the_stream_stays),
        cmocka_unit_test(the_engine_mutates_one_in_eight),
        cmocka_unit_test(an_input_that_is_too_long_loses_ops),
        cmocka_unit_test(a_shrinking_input_ends_at_its_header),
        cmocka_unit_test(large_stashes_are_filled),
        cmocka_unit_test(a_cross_is_canonical_fits_and_repeats),
        cmocka_unit_test(a_cross_has_parts_of_both),
        cmocka_unit_test(a_cross_of_the_longest_stays_within_the_cap),
        cmocka_unit_test(a_cross_of_nothing_is_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
