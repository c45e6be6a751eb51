/* SPDX-License-Identifier: Apache-2.0 */
/* ./tables: prints what the documents and the dictionary take from the harness's tables, so that
 * they cannot drift from it. docs/ marks these parts; tests/documents.sh compares them.
 *
 * A short main over harness/: tables -> text. Runs no map. */
#include "codec.h"
#include "program.h"
#include "subject.h"
#include "verdict.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char usage_text[] =
    "usage: tables PART\n"
    "\n"
    "  dictionary        dict/fuzz_cachemap.dict, for libFuzzer and AFL++\n"
    "  op-table          the ops: opcodes, weight, operand, meaning      (docs/input-format.md)\n"
    "  number-tables     the numbers behind each header byte             (docs/input-format.md)\n"
    "  outcome-table     the words of an outcome                         (docs/input-format.md)\n"
    "  invariant-table   the invariants and the layer of each            (docs/oracle.md)\n";

/* ---- Ops and outcomes. ------------------------------------------------------------------- */

static const char *operand_words(enum op_operand operand) {
    switch (operand) {
    case OPERAND_NONE: return "none";
    case OPERAND_KEY: return "key";
    case OPERAND_LAYOUT: return "layout";
    case OPERAND_REFUSAL: break;
    }
    return "reason";
}

static void print_op_table(void) {
    unsigned slot = 0;
    printf("| op | opcodes | odds | operand | drives | meaning |\n"
           "| --- | --- | --- | --- | --- | --- |\n");
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const struct op_description *op = op_describe((enum op_kind)kind);
        const unsigned last = slot + op->slot_count - 1u;
        printf("| `%s` | 0x%02x", op->words, slot);
        if (last != slot)
            printf(" to 0x%02x", last);
        printf(" | %u of %d | %s | %s | %s |\n", op->slot_count, OP_SLOT_COUNT,
               operand_words(op->operand), op->functions, op->meaning);
        slot = last + 1;
    }
    assert(slot == OP_SLOT_COUNT);
}

static void print_outcome_table(void) {
    printf("| outcome | changes nothing |\n| --- | --- |\n");
    for (unsigned outcome = OUTCOME_OK; outcome < OUTCOME_COUNT; outcome += 1) {
        if (outcome == OUTCOME_FOUND)
            printf("| a number | |\n"); /* the text of "found" is the value's number */
        else
            printf("| `%s` | %s |\n", outcome_name((enum outcome)outcome),
                   outcome_failed((enum outcome)outcome) ? "yes" : "");
    }
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

/* Where index and number go up together, one row says so. */
static void print_numbers(const char *head, struct number_table table) {
    printf("| %s | number |\n| --- | --- |\n", head);
    for (unsigned first = 0, last; first < table.count; first = last + 1) {
        last = first;
        while (last + 1u < table.count && table.numbers[last + 1] == table.numbers[last] + 1)
            last += 1;
        if (first == last)
            printf("| %u | %u |\n", first, table.numbers[first]);
        else
            printf("| %u to %u | %u to %u |\n", first, last, table.numbers[first],
                   table.numbers[last]);
    }
    printf("\n");
}

static void print_words(const char *head, const char *(*word_of)(unsigned), unsigned count) {
    printf("| %s mod %u | word |\n| --- | --- |\n", head, count);
    for (unsigned at = 0; at < count; at += 1)
        printf("| %u | `%s` |\n", at, word_of(at));
    printf("\n");
}

static void print_layouts(void) {
    printf("| byte 1 mod %d | ways | tag bits | clock bits | policy | value bytes |\n"
           "| --- | --- | --- | --- | --- | --- |\n",
           LAYOUT_COUNT);
    for (unsigned number = 0; number < LAYOUT_COUNT; number += 1) {
        const struct layout_description *layout = layout_describe(number);
        printf("| %u | %u | %u | %u | `%s` | %u |\n", number, layout->ways, layout->tag_bits,
               layout->clock_bits, layout_policy_name(layout->policy), layout->value_size);
    }
}

static void print_capacity(const char *meaning, unsigned byte, struct number_table table) {
    char head[64];
    printf("%s:\n\n", meaning);
    (void)snprintf(head, sizeof head, "byte %u mod %u", byte, table.count);
    print_numbers(head, table);
}

static void print_number_tables(void) {
    printf("Read mode:\n\n");
    print_words("byte 0, bits 0 and 1", read_mode_name, READ_MODE_COUNT);
    printf("Run mode:\n\n");
    print_words("byte 0, bits 2 and 3", run_mode_name, RUN_MODE_COUNT);
    printf("Hash mode:\n\n");
    print_words("byte 2, high nibble", hash_mode_name, HASH_MODE_COUNT);
    printf("Sets:\n\n");
    print_numbers("byte 2, low nibble", geometry_set_counts());
    print_capacity("Stash capacity", 3, geometry_stash_counts());
    print_capacity("Scope capacity", 4, geometry_scope_counts());
    print_capacity("Keys", 5, geometry_key_counts());
    printf("Reason, the operand of `init_refused`:\n\n");
    print_words("operand", op_refusal_name, REFUSAL_COUNT);
    printf("Layout, also the operand of `reinit`:\n\n");
    print_layouts();
}

/* ---- The dictionary. --------------------------------------------------------------------- */

/* An engine's word holds 64 bytes. */
enum { WORD_OP_COUNT_MAX = 32 };

static struct stream stream;

/* Prints bytes `first`.. of the stream's encoding as one entry. */
static void print_entry(const char *name, size_t first) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *field = NULL;
    const size_t size = codec_encode(&stream, bytes, &field);
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
    print_entry(name, CODEC_HEADER_SIZE);
    stream.op_count = 0;
}

/* One record an op: two bytes, so that inserting it leaves the records after it whole. */
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

#define PRINT_SEQUENCE(name, ...) \
    do { \
        static const struct op ops[] = {__VA_ARGS__}; \
        print_entry_ops(name, ops, (uint32_t)(sizeof ops / sizeof ops[0])); \
    } while (0)

/* Histories that random bytes seldom say: a scope that is closed, a set that overflows, a key that
 * goes through all its states between two compacts. */
static void print_dictionary_sequences(void) {
    PRINT_SEQUENCE("scope_of_nothing", {OP_SCOPE_OPEN, 0}, {OP_SCOPE_DISCARD, 0});
    PRINT_SEQUENCE("scope_discards_insert", {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0},
                   {OP_SCOPE_DISCARD, 0});
    PRINT_SEQUENCE("scope_discards_remove", {OP_SCOPE_OPEN, 0}, {OP_REMOVE, 0},
                   {OP_SCOPE_DISCARD, 0});
    PRINT_SEQUENCE("scope_discards_evictions", {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0}, {OP_UPSERT, 1},
                   {OP_UPSERT, 2}, {OP_UPSERT, 3}, {OP_SCOPE_DISCARD, 0});
    PRINT_SEQUENCE("scope_discards_revival", {OP_REMOVE, 0}, {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0},
                   {OP_REMOVE, 0}, {OP_SCOPE_DISCARD, 0});
    PRINT_SEQUENCE("scope_persists", {OP_SCOPE_OPEN, 0}, {OP_UPSERT, 0}, {OP_REMOVE, 1},
                   {OP_SCOPE_PERSIST, 0});
    PRINT_SEQUENCE("compact_run", {OP_COMPACT, 0}, {OP_COMPACT, 0}, {OP_COMPACT, 0});
    PRINT_SEQUENCE("compact_forgets", {OP_UPSERT, 0}, {OP_UPSERT, 1}, {OP_UPSERT, 2},
                   {OP_COMPACT, 0}, {OP_LOOKUP, 0});
    PRINT_SEQUENCE("compact_after_remove", {OP_UPSERT, 0}, {OP_REMOVE, 0}, {OP_COMPACT, 0},
                   {OP_LOOKUP, 0});
    PRINT_SEQUENCE("evictions", {OP_UPSERT, 0}, {OP_UPSERT, 1}, {OP_UPSERT, 2}, {OP_UPSERT, 3},
                   {OP_UPSERT, 4}, {OP_UPSERT, 5});
    PRINT_SEQUENCE("uses_saturate", {OP_GET, 0}, {OP_GET, 0}, {OP_GET, 0}, {OP_GET, 0});
    PRINT_SEQUENCE("life_of_a_key", {OP_UPSERT, 0}, {OP_REMOVE, 0}, {OP_UPSERT, 0}, {OP_REWRITE, 0},
                   {OP_DEMOTE, 0}, {OP_REMOVE, 0});
}

/* The tiny worlds in which most bugs are near: one set, little stash, each hash mode. */
static void print_dictionary_headers(void) {
    char name[64];
    for (unsigned mode = 0; mode < HASH_MODE_COUNT; mode += 1) {
        const struct geometry tiny = {.layout = (uint8_t)layout_find(2, 8, 2, LAYOUT_POLICY_CLOCK),
                                      .hash = (uint8_t)mode,
                                      .run = RUN_THOROUGH,
                                      .set_count = 1,
                                      .stash_count_max = 4,
                                      .scope_count_max = 8,
                                      .key_count = 6};
        stream.geometry = tiny;
        (void)snprintf(name, sizeof name, "header_one_set_%s", hash_mode_name(mode));
        print_entry(name, 0);
    }
    stream.geometry.layout = (uint8_t)layout_find(2, 8, 1, LAYOUT_POLICY_CLOCK_CLASSIC);
    stream.geometry.hash = HASH_MIX;
    print_entry("header_one_set_classic", 0);
    stream.geometry.read = READ_ALL;
    stream.geometry.stash_count_max = 1;
    stream.geometry.scope_count_max = 1;
    print_entry("header_least_room", 0);
    stream.geometry.set_count = 0;
    stream.geometry.stash_count_max = 8;
    print_entry("header_no_cache", 0);
}

static void print_dictionary(void) {
    const struct geometry any = {
        .set_count = 1, .stash_count_max = 1, .scope_count_max = 0, .key_count = KEY_COUNT_MAX};
    printf("# For libFuzzer and AFL++. Printed by `./tables dictionary`: do not edit.\n"
           "#\n"
           "# One record (opcode, operand) of each op.\n");
    stream.geometry = any;
    print_dictionary_ops();
    printf("\n# Histories. Keys are small numbers; a mutator changes them.\n");
    print_dictionary_sequences();
    printf("\n# Headers of tiny geometries.\n");
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
        return program_end(program_version(subject_library_version()));
    fprintf(stderr, "tables: which part?\n\n%s", usage_text);
    return EXIT_USAGE;
}
