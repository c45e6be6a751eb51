/* SPDX-License-Identifier: Apache-2.0 */
/* The codec: every byte string decodes, encoding is its inverse and canonical, and text says the
 * same as bytes. */
#include "harness_support.h"

#include "codec.h"
#include "input_file.h"

#include <dirent.h>

enum {
    STREAM_COUNT = 4000,
    SIZE_MAX_OF_VERSION_1 = CODEC_HEADER_SIZE + CODEC_RECORD_SIZE * STREAM_OP_COUNT_MAX
};

/* The high nibble of the first byte is one less. */
_Static_assert(CODEC_VERSION == 2, "these tests know versions 1 and 2");

static struct stream stream, again;
static struct result expectations[STREAM_OP_COUNT_MAX], expectations_again[STREAM_OP_COUNT_MAX];
static uint8_t bytes[CODEC_SIZE_MAX], bytes_again[CODEC_SIZE_MAX];
static uint8_t long_input[CODEC_SIZE_MAX + 64];

/* ---- What holds for every stream. -------------------------------------------------------- */

static void assert_valid(const struct stream *decoded) {
    const uint32_t *numbers = decoded->world.numbers;
    struct world settled = decoded->world;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        assert_true(field_index(field, numbers[field]) >= 0);
    assert_true(world_byte(&decoded->world, OPERAND_FIELDS_BYTE) < LAYOUT_COUNT);
    assert_true(numbers[FIELD_SETS] <= SET_COUNT_MAX);
    assert_true(numbers[FIELD_STASH] >= 1 && numbers[FIELD_STASH] <= STASH_COUNT_MAX);
    assert_true(numbers[FIELD_SCOPE] <= SCOPE_COUNT_MAX);
    assert_true(numbers[FIELD_KEYS] >= 2 && numbers[FIELD_KEYS] <= KEY_COUNT_MAX);
    assert_true(decoded->op_count <= STREAM_OP_COUNT_MAX);
    for (uint32_t i = 0; i < decoded->op_count; i += 1) {
        assert_true(decoded->ops[i].kind < OP_KIND_COUNT);
        assert_true(op_key(decoded->ops[i]) <
                    codec_operand_count(&decoded->world, op_operand(decoded->ops[i])));
        if (!op_has_range(decoded->ops[i])) {
            assert_int_equal(decoded->ops[i].operand, op_key(decoded->ops[i]));
            continue;
        }
        assert_in_range(op_range(decoded->ops[i]).count, 1, numbers[FIELD_KEYS]);
        assert_in_range(op_range(decoded->ops[i]).stride, 1, OP_STRIDE_MAX);
    }
    assert_false(world_settle(&settled));
    assert_true(world_equal(&settled, &decoded->world));
}

/* Version 1 says what it can. */
static unsigned version_needed(const struct stream *original) {
    bool is_old = world_is_of_version_1(&original->world);
    for (uint32_t i = 0; i < original->op_count; i += 1)
        is_old = is_old && original->ops[i].kind < OP_KIND_COUNT_OLD;
    return is_old ? 1 : 2;
}

/* Encodes, decodes, encodes again: the same stream and the same bytes. */
static void assert_bytes_round_trip(const struct stream *original, const char *name) {
    const char *field = "not written";
    const size_t size = codec_encode(original, bytes, &field);
    assert_null(field);
    assert_int_equal(size, codec_size(original));
    assert_int_equal(codec_version(bytes, size), version_needed(original));
    memset(&again, 0xa5, sizeof again);
    codec_decode(bytes, size, &again);
    support_assert_streams_equal(original, &again, name);
    assert_int_equal(codec_encode(&again, bytes_again, &field), size);
    assert_memory_equal(bytes, bytes_again, size);
}

static void assert_text_round_trip(const struct stream *original, const struct result *outcomes,
                                   const char *name) {
    struct trace_error error;
    size_t size = 0;
    char *text = support_print(original, outcomes, &size);
    assert_true(trace_text_is((const uint8_t *)text, size));
    memset(&again, 0xa5, sizeof again);
    if (!trace_text_parse(text, size, &again, expectations_again, &error))
        fail_msg("%s: its text does not parse, %u:%u: %s", name, error.line, error.column,
                 error.message);
    support_assert_streams_equal(original, &again, name);
    for (uint32_t i = 0; i < original->op_count; i += 1)
        if (!result_equal(expectations_again[i],
                          outcomes == NULL ? result_of(OUTCOME_NONE) : outcomes[i]))
            fail_msg("%s: the outcome of op %u is another", name, (unsigned)i);
    free(text);
}

/* Decodes what was meant for nobody: valid, and canonical once encoded. */
static void assert_decodes(const uint8_t *input, size_t size) {
    memset(&stream, 0xa5, sizeof stream);
    codec_decode(input, size, &stream);
    assert_valid(&stream);
    assert_bytes_round_trip(&stream, "random bytes");
}

/* ---- Generated streams. ------------------------------------------------------------------ */

static void generated_streams_come_back_from_bytes(void **state) {
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT; number += 1) {
        support_generate(11, number, &stream);
        assert_valid(&stream);
        assert_bytes_round_trip(&stream, "generated");
    }
}

static void generated_streams_come_back_from_text(void **state) {
    struct random random = {12};
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT / 4; number += 1) {
        support_generate(12, number, &stream);
        assert_text_round_trip(&stream, NULL, "generated");
        for (uint32_t i = 0; i < stream.op_count; i += 1) {
            const enum outcome with_number =
                op_has_range(stream.ops[i]) ? OUTCOME_OF_RANGE : OUTCOME_FOUND;
            expectations[i] = result_of((enum outcome)random_below(&random, OUTCOME_COUNT));
            if (expectations[i].outcome == OUTCOME_FOUND ||
                expectations[i].outcome == OUTCOME_OF_RANGE)
                expectations[i].outcome = with_number;
            if (expectations[i].outcome == with_number)
                expectations[i].value = (uint32_t)random_next(&random);
        }
        assert_text_round_trip(&stream, expectations, "generated, with outcomes");
    }
}

/* Each number that a byte can say, in each field, and each word. */
static void every_world_that_bytes_can_say_comes_back(void **state) {
    (void)state;
    for (unsigned i = 0; i < 256; i += 1) {
        memset(&stream, 0, sizeof stream);
        for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
            const struct field_description *description = field_describe(field);
            stream.world.numbers[field] =
                description->byte == FIELD_NO_BYTE
                    ? description->standard
                    : field_number(field, i / description->divisor % description->count);
        }
        assert_int_equal(version_needed(&stream), 1);
        assert_bytes_round_trip(&stream, "world");
        assert_text_round_trip(&stream, NULL, "world");
    }
}

/* Each number that version 2 has, in each field, the others being standard. */
static void every_number_of_version_2_comes_back(void **state) {
    (void)state;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        for (unsigned i = 0; i < field_describe(field)->count_all; i += 1) {
            memset(&stream, 0, sizeof stream);
            stream.world = world_standard();
            stream.world.numbers[field] = field_number(field, i);
            (void)world_settle(&stream.world);
            assert_bytes_round_trip(&stream, field_describe(field)->name);
            assert_text_round_trip(&stream, NULL, field_describe(field)->name);
        }
}

/* ---- Any bytes. -------------------------------------------------------------------------- */

static void the_empty_input_is_an_empty_stream(void **state) {
    (void)state;
    assert_int_equal(codec_version(NULL, 0), 1);
    assert_decodes(NULL, 0);
    assert_int_equal(stream.op_count, 0);
}

static void every_input_of_one_byte_decodes(void **state) {
    (void)state;
    for (unsigned byte = 0; byte < 256; byte += 1) {
        const uint8_t input = (uint8_t)byte;
        assert_decodes(&input, 1);
        assert_int_equal(stream.op_count, 0);
        assert_int_equal(codec_version(&input, 1), 1 + byte / 16);
    }
}

/* Each byte value at each of the first eight places, among zeros and among ones. */
static void every_byte_at_every_place_of_short_inputs_decodes(void **state) {
    (void)state;
    for (size_t size = 0; size <= 8; size += 1)
        for (size_t place = 0; place < size; place += 1)
            for (unsigned byte = 0; byte < 512; byte += 1) {
                uint8_t input[8];
                memset(input, byte < 256 ? 0x00 : 0xff, sizeof input);
                input[0] &= 0x0f;
                input[place] = (uint8_t)byte;
                assert_decodes(input, size);
            }
}

static void random_inputs_of_every_length_decode_and_encode_canonically(void **state) {
    struct random random = {13};
    (void)state;
    for (size_t size = 0; size <= 300; size += 1)
        for (unsigned round = 0; round < 64; round += 1) {
            uint8_t input[300];
            for (size_t i = 0; i < size; i += 1)
                input[i] = (uint8_t)random_next(&random);
            if (size > 0 && round % 4 != 0)
                input[0] =
                    (uint8_t)((input[0] & 0x0f) | round % CODEC_VERSION << CODEC_VERSION_BIT);
            assert_decodes(input, size);
        }
}

static void absent_header_bytes_are_zero(void **state) {
    const uint8_t header[CODEC_HEADER_SIZE] = {0x0b, 0x2f, 0x5c, 0x21, 0x22, 0x20};
    (void)state;
    for (size_t size = 0; size <= CODEC_HEADER_SIZE; size += 1) {
        uint8_t whole[CODEC_HEADER_SIZE] = {0};
        memcpy(whole, header, size);
        codec_decode(header, size, &stream);
        codec_decode(whole, sizeof whole, &again);
        support_assert_streams_equal(&stream, &again, "short header");
        assert_int_equal(stream.op_count, 0);
    }
}

static void half_a_record_at_the_end_is_ignored(void **state) {
    struct random random = {14};
    uint8_t input[64];
    (void)state;
    for (size_t i = 0; i < sizeof input; i += 1)
        input[i] = (uint8_t)random_next(&random);
    input[0] = 0;
    for (size_t size = CODEC_HEADER_SIZE; size < sizeof input; size += 2) {
        codec_decode(input, size, &stream);
        codec_decode(input, size + 1, &again);
        support_assert_streams_equal(&stream, &again, "half a record");
        assert_int_equal(stream.op_count, (size - CODEC_HEADER_SIZE) / 2);
    }
}

/* In version 2 a record is as long as its op says: what is there of each prefix is its first ops. */
static void half_a_record_of_version_2_is_ignored(void **state) {
    struct random random = {17};
    uint8_t input[200];
    uint32_t op_count = 0;
    (void)state;
    for (size_t i = 0; i < sizeof input; i += 1)
        input[i] = (uint8_t)random_next(&random);
    input[0] = 1 << CODEC_VERSION_BIT;
    codec_decode(input, sizeof input, &again);
    for (size_t size = codec_header_size(2); size <= sizeof input; size += 1) {
        codec_decode(input, size, &stream);
        assert_true(world_equal(&stream.world, &again.world));
        assert_in_range(stream.op_count, op_count, op_count + 1);
        op_count = stream.op_count;
        for (uint32_t i = 0; i < op_count; i += 1)
            assert_true(op_equal(stream.ops[i], again.ops[i]));
    }
    assert_int_equal(op_count, again.op_count);
    assert_in_range(op_count, sizeof input / CODEC_RECORD_SIZE_MAX - 2, sizeof input / 2);
}

/* What version 1 says, said in version 2 as well: one stream, and written in version 1. */
static void version_2_says_what_version_1_does(void **state) {
    (void)state;
    for (uint64_t number = 0; number < STREAM_COUNT / 8; number += 1) {
        const char *field = NULL;
        size_t size;
        support_generate(18, number, &stream);
        size = codec_encode(&stream, bytes, &field);
        if (codec_version(bytes, size) != 1)
            continue;
        bytes_again[0] = 1 << CODEC_VERSION_BIT;
        for (unsigned i = 0; i < FIELD_COUNT; i += 1)
            bytes_again[CODEC_FIELDS_BYTE + i] = (uint8_t)field_index(i, stream.world.numbers[i]);
        memcpy(bytes_again + codec_header_size(2), bytes + CODEC_HEADER_SIZE,
               size - CODEC_HEADER_SIZE);
        codec_decode(bytes_again, size - CODEC_HEADER_SIZE + codec_header_size(2), &again);
        support_assert_streams_equal(&stream, &again, "in version 2");
        assert_int_equal(codec_encode(&again, bytes_again, &field), size);
        assert_memory_equal(bytes, bytes_again, size);
    }
}

static void ops_past_the_most_are_ignored(void **state) {
    (void)state;
    memset(long_input, 0, sizeof long_input);
    for (size_t i = CODEC_HEADER_SIZE; i < sizeof long_input; i += 1)
        long_input[i] = (uint8_t)(i * 7);
    codec_decode(long_input, SIZE_MAX_OF_VERSION_1 - 1, &stream);
    assert_int_equal(stream.op_count, STREAM_OP_COUNT_MAX - 1);
    codec_decode(long_input, SIZE_MAX_OF_VERSION_1, &stream);
    assert_int_equal(stream.op_count, STREAM_OP_COUNT_MAX);
    codec_decode(long_input, sizeof long_input, &again);
    support_assert_streams_equal(&stream, &again, "too long");
    assert_bytes_round_trip(&stream, "the longest");
}

static void an_input_of_another_version_is_the_empty_stream(void **state) {
    uint8_t input[CODEC_HEADER_SIZE + 20] = {0};
    (void)state;
    codec_decode(input, sizeof input, &stream);
    assert_int_equal(stream.op_count, 10);
    for (unsigned nibble = CODEC_VERSION; nibble < 16; nibble += 1) {
        input[0] = (uint8_t)(nibble << 4);
        assert_int_equal(codec_version(input, sizeof input), nibble + 1);
        assert_decodes(input, sizeof input);
        assert_int_equal(stream.op_count, 0);
    }
}

/* ---- Opcodes and operands. --------------------------------------------------------------- */

/* The one op of an input whose record is these two bytes, in a world of `key_byte`'s keys. */
static struct op op_of_bytes(uint8_t key_byte, uint8_t opcode, uint8_t operand) {
    const uint8_t input[] = {0, 0, 0, 0, 0, key_byte, opcode, operand};
    codec_decode(input, sizeof input, &stream);
    assert_int_equal(stream.op_count, 1);
    return stream.ops[0];
}

static void every_opcode_is_an_op_with_the_odds_of_its_slots(void **state) {
    unsigned seen[OP_KIND_COUNT] = {0};
    (void)state;
    for (unsigned opcode = 0; opcode < 256; opcode += 1) {
        const struct op op = op_of_bytes(0, (uint8_t)opcode, 0);
        assert_true(op.kind < OP_KIND_COUNT);
        assert_int_equal(op.kind, op_of_bytes(0, (uint8_t)(opcode % OP_SLOT_COUNT), 0).kind);
        seen[op.kind] += 1;
    }
    for (unsigned kind = 0; kind < OP_KIND_COUNT_OLD; kind += 1) {
        const struct op_description *description = op_describe((enum op_kind)kind);
        assert_true(description->slot_count > 0);
        if (seen[kind] != 256 / OP_SLOT_COUNT * description->slot_count)
            fail_msg("'%s' has %u slots and %u opcodes", description->words,
                     description->slot_count, seen[kind]);
    }
}

/* In version 2 also those of OP_TABLE_MORE, behind the others. */
static void every_opcode_of_version_2_is_an_op_too(void **state) {
    unsigned seen[OP_KIND_COUNT] = {0};
    (void)state;
    for (unsigned opcode = 0; opcode < OP_SLOT_COUNT_ALL; opcode += 1) {
        seen[codec_kind((uint8_t)opcode, 2)] += 1;
        if (opcode < OP_SLOT_COUNT)
            assert_int_equal(codec_kind((uint8_t)opcode, 2), codec_kind((uint8_t)opcode, 1));
    }
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        assert_int_equal(seen[kind], op_describe((enum op_kind)kind)->slot_count);
}

/* Of a range each of its numbers; what is in range stays. */
static void ranges_wrap_number_by_number(void **state) {
    const struct op_range ranges[][2] = {
        {{0, 1, 1}, {0, 1, 1}},
        {{7, 8, 256}, {7, 8, 256}},
        {{8, 9, 257}, {0, 1, 1}},
        {{15, 0, 0}, {7, 8, 256}},
        {{(1 << OP_KEY_BITS) - 1, (1 << OP_KEY_BITS) - 1, 255}, {7, 7, 255}},
    };
    (void)state;
    stream.world = world_standard();
    stream.world.numbers[FIELD_KEYS] = 8;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(ranges); i += 1)
        assert_int_equal(
            codec_operand(&stream.world, OPERAND_RANGE, op_operand_of_range(ranges[i][0])),
            op_operand_of_range(ranges[i][1]));
}

static void operands_wrap_into_their_range(void **state) {
    const struct field_description *keys = field_describe(FIELD_KEYS);
    (void)state;
    for (unsigned key_byte = 0; key_byte < keys->count; key_byte += 1)
        for (unsigned opcode = 0; opcode < OP_SLOT_COUNT; opcode += 1)
            for (unsigned operand = 0; operand < 256; operand += 1) {
                const struct op op =
                    op_of_bytes((uint8_t)key_byte, (uint8_t)opcode, (uint8_t)operand);
                assert_int_equal(stream.world.numbers[FIELD_KEYS], keys->numbers[key_byte]);
                assert_int_equal(op.operand,
                                 operand % codec_operand_count(&stream.world, op_operand(op)));
            }
}

/* ---- Numbers that bytes cannot say. ------------------------------------------------------ */

static void encode_refuses_and_names_the_field(void **state) {
    static const struct {
        const char *field;
        uint32_t sets, stash, scope, keys;
    } refused[] = {
        {"sets", 6, 4, 4, 8},   {"sets", 63, 4, 4, 8},   {"stash", 1, 33, 4, 8},
        {"stash", 1, 0, 4, 8},  {"stash", 1, 100, 4, 8}, {"scope", 1, 4, 33, 8},
        {"keys", 1, 4, 4, 17},  {"keys", 1, 4, 4, 255},  {"keys", 1, 4, 4, 0},
        {"scope", 1, 4, 65, 8}, {"sets", 65, 4, 4, 8},   {"keys", 1, 4, 4, 100000},
    };
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(refused); i += 1) {
        const char *field = NULL;
        memset(&stream, 0, sizeof stream);
        stream.world = world_standard();
        stream.op_count = 3;
        stream.world.numbers[FIELD_SETS] = refused[i].sets;
        stream.world.numbers[FIELD_STASH] = refused[i].stash;
        stream.world.numbers[FIELD_SCOPE] = refused[i].scope;
        stream.world.numbers[FIELD_KEYS] = refused[i].keys;
        assert_int_equal(codec_encode(&stream, bytes, &field), 0);
        assert_non_null(field);
        assert_string_equal(field, refused[i].field);
    }
}

/* ---- The files of the project. ----------------------------------------------------------- */

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static bool ends_in(const char *name, const char *end) {
    const size_t size = strlen(name), end_size = strlen(end);
    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

/* An engine keeps an input of another version, for the branch that refuses it. */
static void assert_file_decodes_to_nothing(const char *path) {
    size_t size = 0;
    char *content = support_read_file(path, &size);
    assert_decodes((const uint8_t *)content, size);
    assert_int_equal(stream.op_count, 0);
    free(content);
}

/* Each file of the folder (whose name ends in `end`) is an input, the same in bytes and in text.
 * Folders in it belong to other fuzz targets. A folder may be empty or absent. */
static void assert_folder_round_trips(const char *folder, const char *end) {
    static struct input_file file;
    struct dirent **entries = NULL;
    const int count = scandir(folder, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i += 1) {
        char path[1024];
        const bool taken = entries[i]->d_type != DT_DIR && ends_in(entries[i]->d_name, end);
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
        if (!taken)
            continue;
        if (!input_file_read(&file, path) && !file.is_other_version)
            fail_msg("%s", file.error);
        if (file.is_other_version) {
            assert_file_decodes_to_nothing(path);
            continue;
        }
        assert_valid(&file.stream);
        assert_bytes_round_trip(&file.stream, path);
        assert_text_round_trip(&file.stream, file.is_text ? file.expectations : NULL, path);
    }
    free(entries);
}

static void the_corpus_round_trips(void **state) {
    (void)state;
    assert_folder_round_trips("corpus", "");
}

static void the_regressions_round_trip(void **state) {
    (void)state;
    assert_folder_round_trips("regressions", ".trace");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_streams_come_back_from_bytes),
        cmocka_unit_test(generated_streams_come_back_from_text),
        cmocka_unit_test(every_world_that_bytes_can_say_comes_back),
        cmocka_unit_test(every_number_of_version_2_comes_back),
        cmocka_unit_test(the_empty_input_is_an_empty_stream),
        cmocka_unit_test(every_input_of_one_byte_decodes),
        cmocka_unit_test(every_byte_at_every_place_of_short_inputs_decodes),
        cmocka_unit_test(random_inputs_of_every_length_decode_and_encode_canonically),
        cmocka_unit_test(absent_header_bytes_are_zero),
        cmocka_unit_test(half_a_record_at_the_end_is_ignored),
        cmocka_unit_test(half_a_record_of_version_2_is_ignored),
        cmocka_unit_test(version_2_says_what_version_1_does),
        cmocka_unit_test(ops_past_the_most_are_ignored),
        cmocka_unit_test(an_input_of_another_version_is_the_empty_stream),
        cmocka_unit_test(every_opcode_is_an_op_with_the_odds_of_its_slots),
        cmocka_unit_test(every_opcode_of_version_2_is_an_op_too),
        cmocka_unit_test(operands_wrap_into_their_range),
        cmocka_unit_test(ranges_wrap_number_by_number),
        cmocka_unit_test(encode_refuses_and_names_the_field),
        cmocka_unit_test(the_corpus_round_trips),
        cmocka_unit_test(the_regressions_round_trip),
    };
    return cmocka_run_group_tests_name("harness_codec", tests, NULL, NULL);
}
