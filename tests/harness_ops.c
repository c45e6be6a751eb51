/* SPDX-License-Identifier: Apache-2.0 */
/* The op table against the library's interface, the instances against the table of layouts, and the
 * generator against its own rules. Runs in the project's root: it reads src/cache_map.h. */
#include "subject.h"
#include "subject_functions.h"

#include "harness_support.h"

#include "codec.h"

static struct stream stream;

/* ---- The op table and the library. ------------------------------------------------------- */

enum { NAME_COUNT_MAX = 64, NAME_SIZE_MAX = 32 };

struct names {
    char names[NAME_COUNT_MAX][NAME_SIZE_MAX];
    unsigned count;
};

static bool names_have(const struct names *names, const char *name) {
    for (unsigned i = 0; i < names->count; i += 1)
        if (strcmp(names->names[i], name) == 0)
            return true;
    return false;
}

static void names_add(struct names *names, const char *start, size_t size) {
    char name[NAME_SIZE_MAX] = "";
    assert_true(size > 0 && size < sizeof name);
    memcpy(name, start, size);
    if (names_have(names, name))
        return;
    assert_true(names->count < NAME_COUNT_MAX);
    memcpy(names->names[names->count], name, sizeof name);
    names->count += 1;
}

/* The typed functions of the public header: each name in "CACHE_MAP_FUNCTION(name)(". */
static void names_of_header(struct names *names) {
    static const char mark[] = "CACHE_MAP_FUNCTION(";
    size_t size = 0;
    char *text = support_read_file("src/cache_map.h", &size);
    for (const char *at = strstr(text, mark); at != NULL; at = strstr(at, mark)) {
        size_t name_size;
        at += strlen(mark);
        name_size = strcspn(at, ")");
        if (at[name_size] == ')' && at[name_size + 1] == '(')
            names_add(names, at, name_size);
    }
    free(text);
}

/* The functions that the ops say they drive. */
static void names_of_ops(struct names *names) {
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const char *at = op_describe((enum op_kind)kind)->functions;
        assert_true(*at != '\0');
        while (*at != '\0') {
            const size_t size = strcspn(at, " ");
            names_add(names, at, size);
            at += size;
            at += strspn(at, " ");
        }
    }
}

static void every_function_of_the_library_has_an_op(void **state) {
    struct names header = {{{0}}, 0}, ops = {{{0}}, 0};
    (void)state;
    names_of_header(&header);
    names_of_ops(&ops);
    assert_true(header.count > 15); /* else the scan is broken */
    for (unsigned i = 0; i < header.count; i += 1)
        if (!names_have(&ops, header.names[i]))
            fail_msg("no op drives '%s' of src/cache_map.h", header.names[i]);
}

static void every_function_that_an_op_names_is_there(void **state) {
    struct names header = {{{0}}, 0}, ops = {{{0}}, 0};
    (void)state;
    names_of_header(&header);
    names_of_ops(&ops);
    for (unsigned i = 0; i < ops.count; i += 1)
        if (!names_have(&header, ops.names[i]))
            fail_msg("an op names '%s', which src/cache_map.h does not have", ops.names[i]);
}

static void words_and_names_are_distinct(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        for (unsigned other = 0; other < kind; other += 1)
            assert_string_not_equal(op_describe((enum op_kind)kind)->words,
                                    op_describe((enum op_kind)other)->words);
    for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome += 1)
        for (unsigned other = 0; other < outcome; other += 1)
            assert_string_not_equal(outcome_name((enum outcome)outcome),
                                    outcome_name((enum outcome)other));
    for (unsigned refusal = 0; refusal < REFUSAL_COUNT; refusal += 1)
        for (unsigned other = 0; other < refusal; other += 1)
            assert_string_not_equal(operand_word(refusal), operand_word(other));
}

/* ---- Layouts. ---------------------------------------------------------------------------- */

static const struct subject_functions *const instances[LAYOUT_COUNT_ALL] = {
#define INSTANCE_ROW(number, value) &subject_functions_##number,
    LAYOUT_TABLE(INSTANCE_ROW)
#undef INSTANCE_ROW
        [LAYOUT_PAGE] = &subject_functions_48,
    [LAYOUT_DEFAULT] = &subject_functions_49,
};

static void each_instance_has_the_layout_of_its_row(void **state) {
    (void)state;
    for (unsigned number = 0; number < LAYOUT_COUNT_ALL; number += 1) {
        const struct layout_description *row = layout_describe(number);
        const struct cache_map_layout *layout = instances[number]->layout;
        const bool classic = layout->policy == CACHE_MAP_POLICY_CLOCK_CLASSIC;
        if (layout->ways != row->ways || layout->tag_bits != row->tag_bits ||
            layout->clock_bits != row->clock_bits || layout->value_size != row->value_size ||
            classic != (row->policy == LAYOUT_POLICY_CLOCK_CLASSIC))
            fail_msg("instance %u has ways=%u tag=%u clock=%u value=%u, its row ways=%u tag=%u "
                     "clock=%u value=%u",
                     number, (unsigned)layout->ways, (unsigned)layout->tag_bits,
                     (unsigned)layout->clock_bits, (unsigned)layout->value_size, row->ways,
                     row->tag_bits, row->clock_bits, row->value_size);
        assert_true(instances[number]->map_size <= SUBJECT_MAP_SIZE_MAX);
        assert_true(layout->value_size <= VALUE_SIZE_MAX);
        assert_true(instances[number]->memory_alignment() <= SUBJECT_ALIGNMENT_MAX);
    }
}

/* What the fields of a layout's byte say is what the layout is. */
static void the_layouts_are_all_combinations_once(void **state) {
    (void)state;
    for (unsigned number = 0; number < LAYOUT_COUNT; number += 1) {
        const struct layout_description *layout = layout_describe(number);
        struct world world = world_standard();
        world_set_byte(&world, OPERAND_FIELDS_BYTE, number);
        assert_int_equal(world.numbers[FIELD_WAYS], layout->ways);
        assert_int_equal(world.numbers[FIELD_TAG], layout->tag_bits);
        assert_int_equal(world.numbers[FIELD_CLOCK], layout->clock_bits);
        assert_int_equal(world.numbers[FIELD_POLICY], layout->policy);
        assert_int_equal(world_byte(&world, OPERAND_FIELDS_BYTE), number);
        assert_int_equal(geometry_of_world(&world).layout, number);
    }
    assert_int_equal(codec_operand_count(&stream.world, OPERAND_FIELDS), LAYOUT_COUNT);
}

/* Every layout and the largest geometry fit the arena. */
static void the_largest_map_of_each_layout_fits_the_arena(void **state) {
    (void)state;
    for (unsigned number = 0; number < LAYOUT_COUNT_ALL; number += 1) {
        struct geometry geometry = {.layout = (uint8_t)number,
                                    .set_count = SET_COUNT_MAX,
                                    .stash_count_max = STASH_COUNT_MAX,
                                    .scope_count_max = SCOPE_COUNT_MAX,
                                    .key_count = KEY_COUNT_MAX};
        struct world world = world_of_geometry(&geometry);
        (void)world_settle(&world);
        geometry = geometry_of_world(&world);
        assert_true(subject_size_of_arrays(&geometry) + 3 * (size_t)SUBJECT_RED_ZONE_SIZE <=
                    SUBJECT_ARENA_SIZE);
    }
}

/* ---- The generator's rules. -------------------------------------------------------------- */

enum { STREAM_COUNT = 4000 };

/* Which rules a stream keeps, if every mutation succeeds. */
struct kept {
    bool compacts, closes, ends;
};

static struct kept rules_kept(const struct stream *made) {
    struct kept kept = {true, true, true};
    uint32_t mutations = 0, scope_mutations = 0;
    bool open = false;
    for (uint32_t i = 0; i < made->op_count; i += 1) {
        const enum op_kind kind = (enum op_kind)made->ops[i].kind;
        const bool fresh = kind == OP_REINIT || (!open && (kind == OP_COMPACT || kind == OP_RESET));
        if (kind == OP_UPSERT || kind == OP_REWRITE || kind == OP_REMOVE) {
            mutations += 1;
            scope_mutations += open;
        }
        if (fresh)
            mutations = 0;
        if (kind == OP_SCOPE_OPEN && !open)
            scope_mutations = 0;
        if (kind == OP_SCOPE_OPEN)
            open = true;
        if (kind == OP_SCOPE_PERSIST || kind == OP_SCOPE_DISCARD || kind == OP_REINIT)
            open = false;
        kept.compacts &= mutations <= made->world.numbers[FIELD_STASH];
        kept.closes &= !open || scope_mutations <= made->world.numbers[FIELD_SCOPE];
    }
    kept.ends = !open;
    return kept;
}

/* Most streams keep each rule, and a good share breaks it: a quarter may, if it is long enough. */
static void most_streams_keep_each_rule_and_some_break_it(void **state) {
    unsigned compacts = 0, closes = 0, ends = 0, all = 0;
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT; number += 1) {
        struct kept kept;
        support_generate(1, number, &stream);
        kept = rules_kept(&stream);
        compacts += !kept.compacts;
        closes += !kept.closes;
        ends += !kept.ends;
        all += kept.compacts && kept.closes && kept.ends;
    }
    assert_in_range(compacts, STREAM_COUNT / 20, STREAM_COUNT * 3 / 10);
    assert_in_range(closes, STREAM_COUNT / 60, STREAM_COUNT * 3 / 10);
    assert_in_range(ends, STREAM_COUNT / 60, STREAM_COUNT * 3 / 10);
    assert_in_range(all, STREAM_COUNT / 3, STREAM_COUNT);
}

static void each_stream_leaves_some_ops_out(void **state) {
    unsigned missing[OP_KIND_COUNT] = {0}, rich = 0;
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT; number += 1) {
        bool seen[OP_KIND_COUNT] = {false};
        support_generate(2, number, &stream);
        if (stream.op_count < 300)
            continue;
        rich += 1;
        for (uint32_t i = 0; i < stream.op_count; i += 1)
            seen[stream.ops[i].kind] = true;
        for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
            missing[kind] += !seen[kind];
    }
    assert_true(rich > 100);
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const char *words = op_describe((enum op_kind)kind)->words;
        if (missing[kind] == rich)
            fail_msg("'%s' is in no stream", words);
        /* Upserts are never off; compact and the ends of a scope are forced by the rules. */
        if (missing[kind] < rich / 20 && kind != OP_UPSERT && kind != OP_COMPACT &&
            kind != OP_SCOPE_PERSIST && kind != OP_SCOPE_DISCARD)
            fail_msg("'%s' is in %u of %u long streams", words, rich - missing[kind], rich);
        if (kind == OP_UPSERT)
            assert_int_equal(missing[kind], 0);
    }
}

static void lengths_have_a_heavy_tail(void **state) {
    unsigned tiny = 0, small = 0, large = 0;
    uint64_t sum = 0;
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT; number += 1) {
        support_generate(3, number, &stream);
        assert_in_range(stream.op_count, 1, 1024);
        tiny += stream.op_count <= 4;
        small += stream.op_count <= 32;
        large += stream.op_count > 256;
        sum += stream.op_count;
    }
    assert_in_range(tiny, STREAM_COUNT / 10, STREAM_COUNT / 2);
    assert_in_range(small, STREAM_COUNT / 3, STREAM_COUNT * 3 / 4);
    assert_in_range(large, STREAM_COUNT / 20, STREAM_COUNT / 4);
    assert_true(sum / STREAM_COUNT > 40); /* the mean is far above the median */
}

static void the_ops_are_at_most_as_many_as_asked_for(void **state) {
    (void)state;
    for (uint32_t most = 1; most <= 64; most += 1)
        for (uint64_t seed = 0; seed < 32; seed += 1) {
            struct random random = {seed};
            generate_world(&random, &stream.world);
            generate_ops(&random, &stream, most);
            assert_in_range(stream.op_count, 1, most);
        }
}

/* Counts how often each number of the table is drawn: none is left out. */
static void tally(unsigned field, unsigned number, unsigned *seen) {
    const int index = field_index(field, number);
    assert_true(index >= 0);
    seen[index] += 1;
}

static void assert_tallied(unsigned field, const unsigned *seen, unsigned least) {
    for (unsigned i = 0; i < field_describe(field)->count; i += 1)
        if (seen[i] < least && field_index(field, field_number(field, i)) == (int)i)
            fail_msg("%u streams have %s=%u", seen[i], field_describe(field)->name,
                     field_number(field, i));
}

static void every_world_occurs(void **state) {
    static unsigned seen[FIELD_COUNT][64], layouts[LAYOUT_COUNT];
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT; number += 1) {
        support_generate(4, number, &stream);
        layouts[world_byte(&stream.world, OPERAND_FIELDS_BYTE)] += 1;
        for (unsigned field = 0; field < FIELD_COUNT; field += 1)
            tally(field, stream.world.numbers[field], seen[field]);
    }
    for (unsigned i = 0; i < LAYOUT_COUNT; i += 1)
        assert_true(layouts[i] >= STREAM_COUNT / 400);
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        assert_tallied(field, seen[field],
                       field_describe(field)->words == NULL    ? 1
                       : field_describe(field)->rare_odds != 0 ? STREAM_COUNT / 40
                                                               : STREAM_COUNT / 20);
}

/* ---- Determinism. ------------------------------------------------------------------------ */

/* FNV-1a over the stream's bytes. */
static uint64_t digest_of_stream(uint64_t seed, uint64_t number) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *field = NULL;
    uint64_t digest = UINT64_C(0xcbf29ce484222325);
    size_t size;
    support_generate(seed, number, &stream);
    size = codec_encode(&stream, bytes, &field);
    assert_true(size >= CODEC_HEADER_SIZE);
    for (size_t i = 0; i < size; i += 1)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001b3);
    return digest;
}

/* A change of these is a change of what every seed means: say so where seeds are written down. */
static const uint64_t digests_of_seed_1[] = {
    UINT64_C(0xafb990ae0eda1f76), UINT64_C(0xfcbc97cffd278a15), UINT64_C(0xd61fc864ccfcb142),
    UINT64_C(0xbcd39d2b94cc3265), UINT64_C(0x8b060eb71b37e89a), UINT64_C(0x3677f4e03cd13ed8),
    UINT64_C(0xde493866f917ee44), UINT64_C(0x71d49716cd5a3d09),
};

static void the_first_streams_of_seed_1_are_known(void **state) {
    (void)state;
    for (uint64_t number = 0; number < SUPPORT_COUNT_OF(digests_of_seed_1); number += 1) {
        const uint64_t digest = digest_of_stream(1, number);
        if (digest != digests_of_seed_1[number])
            fail_msg("stream %u of seed 1 has digest 0x%016llx, %u ops", (unsigned)number,
                     (unsigned long long)digest, (unsigned)stream.op_count);
        assert_int_equal(digest_of_stream(1, number), digest);
    }
}

static void assert_long_batches(uint32_t most) {
    assert_int_equal(stream_batch_count(&stream, 0), most);
    assert_int_equal(stream_batch_count(&stream, most), most);
    assert_int_equal(stream_batch_start(&stream, most - 1), 0);
    assert_int_equal(stream_batch_start(&stream, most), most);
    assert_int_equal(stream_batch_count(&stream, stream.op_count - 5), 5);
}

/* Equal batched ops in a row, up to the most that a call takes; any other op is a call of its own. */
static void ops_of_one_call_stand_together(void **state) {
    static const uint8_t kinds[] = {OP_GET,         OP_GET,        OP_GET_MANY,    OP_GET_MANY,
                                    OP_UPSERT_MANY, OP_GET_MANY,   OP_UPSERT_MANY, OP_UPSERT_MANY,
                                    OP_UPSERT,      OP_UPSERT_MANY};
    static const uint32_t counts[] = {1, 1, 2, 1, 1, 1, 2, 1, 1, 1};
    (void)state;
    stream.op_count = SUPPORT_COUNT_OF(kinds);
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        stream.ops[i].kind = kinds[i];
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        assert_int_equal(stream_batch_count(&stream, i), counts[i]);
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        assert_int_equal(stream_batch_start(&stream, i), i - (i == 3 || i == 7));
    assert_int_equal(stream_batch_start(&stream, stream.op_count), stream.op_count);
    stream.op_count = 2 * STREAM_BATCH_COUNT_MAX;
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        stream.ops[i].kind = OP_UPSERT_MANY;
    assert_long_batches(STREAM_BATCH_COUNT_SMALL);
    stream.world.numbers[FIELD_VALUE] = VALUE_DEFAULT;
    assert_long_batches(STREAM_BATCH_COUNT_MAX);
}

/* A batched op alone is of the kind that answers alike. */
static void a_batched_op_alone_is_a_single_call(void **state) {
    (void)state;
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const struct op op = {(uint8_t)kind, 7};
        const struct op alone = op_alone(op);
        assert_false(op_is(alone, TRAIT_BATCHED));
        assert_int_equal(op_is(alone, TRAIT_STORES), op_is(op, TRAIT_STORES));
        assert_int_equal(alone.operand, 7);
        assert_int_equal(alone.kind != op.kind, op_is(op, TRAIT_BATCHED) || op_has_range(op));
    }
}

static void other_seeds_and_numbers_give_other_streams(void **state) {
    enum { COUNT = 64 };
    uint64_t digests[COUNT];
    (void)state;
    for (uint64_t i = 0; i < COUNT; i += 1) {
        digests[i] = digest_of_stream(5 + i % 8, i / 8);
        for (uint64_t other = 0; other < i; other += 1)
            assert_int_not_equal(digests[i], digests[other]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_of_the_library_has_an_op),
        cmocka_unit_test(every_function_that_an_op_names_is_there),
        cmocka_unit_test(words_and_names_are_distinct),
        cmocka_unit_test(each_instance_has_the_layout_of_its_row),
        cmocka_unit_test(the_layouts_are_all_combinations_once),
        cmocka_unit_test(the_largest_map_of_each_layout_fits_the_arena),
        cmocka_unit_test(most_streams_keep_each_rule_and_some_break_it),
        cmocka_unit_test(each_stream_leaves_some_ops_out),
        cmocka_unit_test(lengths_have_a_heavy_tail),
        cmocka_unit_test(the_ops_are_at_most_as_many_as_asked_for),
        cmocka_unit_test(every_world_occurs),
        cmocka_unit_test(the_first_streams_of_seed_1_are_known),
        cmocka_unit_test(ops_of_one_call_stand_together),
        cmocka_unit_test(a_batched_op_alone_is_a_single_call),
        cmocka_unit_test(other_seeds_and_numbers_give_other_streams),
    };
    return cmocka_run_group_tests_name("harness_ops", tests, NULL, NULL);
}
