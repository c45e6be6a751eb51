/* SPDX-License-Identifier: Apache-2.0 */
/* ./tables: prints what the documents and the dictionary take from the harness's tables, so that
 * they cannot drift from it. docs/ marks these parts; tests/documents.sh compares them.
 *
 * A short main over harness/: tables -> text. Runs no stream. */
#include "codec.h"
#include "program.h"
#include "run.h"
#include "verdict.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char usage_text[] =
    "usage: tables PART\n"
    "\n"
    "  dictionary        the dictionary, for libFuzzer and AFL++\n"
    "  op-table          the ops: opcodes, operand, meaning              (docs/input-format.md)\n"
    "  number-tables     the numbers behind each header byte             (docs/input-format.md)\n"
    "  outcome-table     the words of an outcome                         (docs/input-format.md)\n"
    "  invariant-table   the invariants: layer, condition, what it means (docs/oracle.md)\n";

/* ---- Ops and outcomes. ------------------------------------------------------------------- */

static const char *operand_words(enum op_operand operand) {
    static const char *const words[] = {
        [OPERAND_NONE] = "none",
        [OPERAND_KEY] = "key",
        [OPERAND_FIELDS] = OPERAND_FIELDS_NOUN,
        [OPERAND_WORD] = OPERAND_WORD_NOUN,
        [OPERAND_RANGE] = "range",
    };
    return words[operand];
}

static void print_op_table(void) {
    unsigned slot = 0;
    printf("| op | opcodes | operand | drives | meaning |\n"
           "| --- | --- | --- | --- | --- |\n");
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const struct op_description *op = op_describe((enum op_kind)kind);
        const unsigned last = slot + op->slot_count - 1u;
        printf("| `%s` | 0x%02x", op->words, slot);
        if (last != slot)
            printf(" to 0x%02x", last);
        printf("%s | %s | %s | %s |\n", kind < OP_KIND_COUNT_OLD ? "" : ", version 2",
               operand_words(op->operand), op->functions, op->meaning);
        slot = last + 1;
    }
    assert(slot == OP_SLOT_COUNT_ALL);
}

static void print_outcomes_that(bool change_nothing) {
    const char *between = "";
    for (unsigned outcome = OUTCOME_OK; outcome < OUTCOME_COUNT; outcome += 1) {
        if (outcome_failed((enum outcome)outcome) != change_nothing)
            continue;
        if (outcome == OUTCOME_FOUND)
            printf("%sa number", between);
        else
            printf("%s`%s`", between, outcome_name((enum outcome)outcome));
        between = ", ";
    }
}

static void print_outcome_table(void) {
    printf("After these nothing may have changed: ");
    print_outcomes_that(true);
    printf(".\nThe others: ");
    print_outcomes_that(false);
    printf(".\n");
}

static void print_invariant_table(void) {
    printf("| layer | trap | invariant | what it means when it fails |\n"
           "| --- | --- | --- | --- |\n");
    for (unsigned wanted = LAYER_OUTCOME; wanted < LAYER_COUNT; wanted += 1) {
#define INVARIANT_LINE(name, layer, function, expression, meaning) \
    if ((layer) == wanted) \
        printf("| %u %s | `%s` | `%s` | %s |\n", wanted, layer_name(layer), #function, expression, \
               meaning);
        INVARIANT_TABLE(INVARIANT_LINE)
#undef INVARIANT_LINE
    }
}

/* ---- Header bytes. ----------------------------------------------------------------------- */

/* "byte 2 / 16 mod 8; version 2: byte 8 mod 8". */
static void print_place(unsigned field) {
    const struct field_description *row = field_describe(field);
    if (row->byte != FIELD_NO_BYTE) {
        printf("byte %u", row->byte);
        if (row->divisor != 1)
            printf(" / %u", row->divisor);
        printf(" mod %u; ", row->count);
    }
    printf("version 2: byte %u mod %u", CODEC_FIELDS_BYTE + field, row->count_all);
}

/* Where index and number go up together, one row says so. Those behind `count` are of version 2 alone. */
static void print_numbers(const struct field_description *field) {
    for (unsigned first = 0, last; first < field->count_all; first = last + 1) {
        const unsigned end = first < field->count ? field->count : field->count_all;
        last = first;
        while (last + 1u < end && field->numbers[last + 1] == field->numbers[last] + 1)
            last += 1;
        if (first == last)
            printf("| %u | %u |\n", first, field->numbers[first]);
        else
            printf("| %u to %u | %u to %u |\n", first, last, field->numbers[first],
                   field->numbers[last]);
    }
}

static void print_field(unsigned field) {
    const struct field_description *row = field_describe(field);
    printf("`%s`:\n\n| ", row->name);
    print_place(field);
    printf(" | %s |\n| --- | --- |\n", row->words == NULL ? "number" : "word");
    if (row->words == NULL)
        print_numbers(row);
    for (unsigned at = 0; row->words != NULL && at < row->count_all; at += 1)
        printf("| %u | `%s` |\n", at, row->words[at]);
    printf("\n");
}

static bool has_operand(enum op_operand operand) {
    unsigned kind = 0;
    while (kind < OP_KIND_COUNT && op_describe((enum op_kind)kind)->operand != operand)
        kind += 1;
    return kind < OP_KIND_COUNT;
}

static void print_number_tables(void) {
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        print_field(field);
    if (has_operand(OPERAND_WORD)) {
        printf("The operand that is a " OPERAND_WORD_NOUN
               ":\n\n| operand mod %d | word |\n| --- | --- |\n",
               OPERAND_WORD_COUNT);
        for (unsigned at = 0; at < OPERAND_WORD_COUNT; at += 1)
            printf("| %u | `%s` |\n", at, operand_word(at));
        printf("\n");
    }
    if (has_operand(OPERAND_FIELDS))
        printf("The operand that is a " OPERAND_FIELDS_NOUN
               " is what byte %u is, for the fields of that byte.\n",
               OPERAND_FIELDS_BYTE);
}

/* ---- The dictionary. --------------------------------------------------------------------- */

/* An engine's word holds 64 bytes. */
enum { WORD_OP_COUNT_MAX = 32 };

static struct stream stream;

/* Prints the stream's encoding as one entry, with its header or the records alone. */
static void print_entry(const char *name, bool with_header) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *field = NULL;
    const size_t size = codec_encode(&stream, bytes, &field);
    const size_t first = with_header ? 0 : codec_header_size(codec_version(bytes, size));
    assert(field == NULL && size > first);
    printf("%s=\"", name);
    for (size_t at = first; at < size; at += 1)
        printf("\\x%02x", bytes[at]);
    printf("\"\n");
}

static void print_entry_ops(const char *name, const struct op *ops, uint32_t op_count) {
    assert(op_count <= WORD_OP_COUNT_MAX);
    memcpy(stream.ops, ops, op_count * sizeof ops[0]);
    stream.op_count = op_count;
    print_entry(name, false);
    stream.op_count = 0;
}

/* One record an op, so that inserting it leaves the records after it whole. */
static void print_dictionary_ops(void) {
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const struct op op = {(uint8_t)kind, 0};
        char name[64];
        (void)snprintf(name, sizeof name, "op_%s", op_describe((enum op_kind)kind)->words);
        for (char *blank = name; (blank = strchr(blank, ' ')) != NULL;)
            *blank = '_';
        print_entry_ops(name, &op, 1);
    }
}

/* Histories that random bytes seldom say. */
static void print_dictionary_sequences(void) {
#define SEQUENCE(name, ...) \
    { \
        static const struct op ops[] = {__VA_ARGS__}; \
        print_entry_ops(name, ops, (uint32_t)(sizeof ops / sizeof ops[0])); \
    }
    DICTIONARY_SEQUENCES(SEQUENCE)
#undef SEQUENCE
}

/* The tiny worlds in which most bugs are near: the fields that each sets, the others being standard. */
static void print_dictionary_headers(void) {
#define HEADER(name, ...) \
    { \
        static const uint32_t pairs[][2] = {__VA_ARGS__}; \
        stream.world = world_standard(); \
        for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i += 1) \
            stream.world.numbers[pairs[i][0]] = pairs[i][1]; \
        print_entry("header_" name, true); \
    }
    DICTIONARY_HEADERS(HEADER)
#undef HEADER
}

static void print_dictionary(void) {
    printf("# For libFuzzer and AFL++. Printed by `./tables dictionary`: do not edit.\n"
           "#\n"
           "# One record (opcode, operand) of each op.\n");
    stream.world = world_standard();
    print_dictionary_ops();
    printf("\n# Histories. Keys are small numbers; a mutator changes them.\n");
    print_dictionary_sequences();
    printf("\n# Headers of tiny worlds.\n");
    print_dictionary_headers();
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*print)(void);
    } parts[] = {{"dictionary", print_dictionary},
                 {"op-table", print_op_table},
                 {"number-tables", print_number_tables},
                 {"outcome-table", print_outcome_table},
                 {"invariant-table", print_invariant_table}};
    program_begin("tables");
    for (size_t at = 0; argc == 2 && at < sizeof parts / sizeof parts[0]; at += 1)
        if (strcmp(argv[1], parts[at].name) == 0) {
            parts[at].print();
            return program_end(EXIT_AGREES);
        }
    if (argc == 2 && (strcmp(argv[1], "help") == 0 || program_is_help(argv[1]))) {
        fputs(usage_text, stdout);
        return program_end(EXIT_AGREES);
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return program_end(program_version(run_library_version()));
    fprintf(stderr, "tables: which part?\n\n%s", usage_text);
    return EXIT_USAGE;
}
