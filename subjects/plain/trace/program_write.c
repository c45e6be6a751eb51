/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a stream as a C program against the structure's header alone (stand_alone.h), by what tables.h
 * has for it:
 *
 *   OBJECT_TABLE(OBJECT)  OBJECT(type, name): what the calls are made on, by pointers of these names
 *   SUBJECT_INIT          the call that makes it; `numbers[FIELD_NAME]` are of the world
 *   CALL_TABLE(CALL)      CALL(op, the call as an expression of enum outcome), which calls.h makes too:
 *                         `number` is the key or the word of the op, `value` the number of its
 *                         value if it stores one; the call writes what it gives to `found`
 *
 * So what is shown is what was run. Behind the ops each key is looked at (LOOK_OP): that shows a caller what
 * the fuzzer saw inside. Knows no subject. */
#include "run.h"
#include "shell_word.h"
#include "stand_alone.h"
#include "trace_text.h"

#include <ctype.h>
#include <string.h>

#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...)    TEXT_OF(__VA_ARGS__)

static const char *const outcome_names[OUTCOME_COUNT] = {
#define OUTCOME_TEXT(name, ...) "OUTCOME_" #name,
    OUTCOME_TABLE(OUTCOME_TEXT)
#undef OUTCOME_TEXT
};

static const char *call_text(enum op_kind kind) {
    switch (kind) {
#define CALL_CASE(name, ...) \
    case OP_##name: return #__VA_ARGS__;
        CALL_TABLE(CALL_CASE)
#undef CALL_CASE
    case OP_KIND_COUNT: break;
    }
    return "";
}

/* The size of the name that `text` begins with. */
static size_t name_size(const char *text) {
    size_t size = 0;
    while (isalnum((unsigned char)text[size]) || text[size] == '_')
        size += 1;
    return size;
}

/* The number of the world that `text`, "numbers[FIELD_NAME]...", names, into *number. Returns the size of
 * its text; 0 where it names none. */
static size_t field_text(const char *text, const struct world *world, unsigned *number) {
    static const char *const names[FIELD_COUNT] = {
#define FIELD_TEXT(name, ...) "numbers[FIELD_" #name "]",
        FIELD_TABLE(FIELD_TEXT, FIELD_TEXT)
#undef FIELD_TEXT
    };
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (strncmp(text, names[field], strlen(names[field])) == 0) {
            *number = world->numbers[field];
            return strlen(names[field]);
        }
    return 0;
}

static bool is_word(const char *text, size_t size, const char *word) {
    return size == strlen(word) && strncmp(text, word, size) == 0;
}

/* The call, with numbers in the place of their names. */
static void write_call(FILE *file, const char *text, const struct world *world, unsigned number,
                       unsigned value) {
    while (*text != '\0') {
        const size_t size = name_size(text);
        unsigned field = 0;
        const size_t whole = field_text(text, world, &field);
        if (size == 0)
            (void)fputc(*text, file);
        else if (whole > 0)
            fprintf(file, "%u", field);
        else if (is_word(text, size, "number") || is_word(text, size, "value"))
            fprintf(file, "%u", *text == 'n' ? number : value);
        else
            fprintf(file, "%.*s", (int)size, text);
        text += size == 0 ? 1 : whole > 0 ? whole : size;
    }
}

static void write_command(FILE *file, const char *compiler, const struct program_options *options) {
    fprintf(file, " *     %s -I ", compiler);
    if (options->library == NULL)
        fprintf(file, SUBJECT_LIBRARY_FOLDER);
    else
        shell_path_write(file, options->library);
    (void)fputc(' ', file);
    if (options->name == NULL)
        fprintf(file, "program.c");
    else
        shell_path_write(file, options->name);
    fprintf(file, " -o program && ./program\n");
}

static void write_head(FILE *file, const struct stream *stream,
                       const struct program_options *options) {
    char world[TRACE_TEXT_WORLD_SIZE];
    trace_text_world(&stream->world, world, sizeof world);
    fprintf(file,
            "/* %u ops on a " SUBJECT_NOUN
            ", with the answers of its model, written by `./trace c`. "
            "Prints each op,\n * then \"agrees\"; or the op that fails.\n *\n",
            (unsigned)stream->op_count);
    if (options->cause != NULL)
        fprintf(file, " * When it was written it failed: %s\n *\n", options->cause);
    write_command(file, "cc -std=c11 -g", options);
    write_command(file, "clang -std=c11 -g -fsanitize=address,undefined", options);
    fprintf(file, " *\n * The trace's geometry: %s */\n", world);
}

static void write_prelude(FILE *file) {
    fprintf(file, "#include \"" SUBJECT_LIBRARY_HEADER "\"\n\n"
                  "#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>\n\n"
                  "enum outcome {");
    for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome += 1)
        fprintf(file, "%s%s", outcome == 0 ? "" : ", ", outcome_names[outcome]);
    fprintf(file, "};\nstatic const char *const words[] = {");
    for (unsigned outcome = 0; outcome < OUTCOME_COUNT; outcome += 1)
        fprintf(file, "%s\"%s\"", outcome == 0 ? "" : ", ", outcome_name((enum outcome)outcome));
    fprintf(file, "};\n\nstatic uint32_t found; /* by the call, where it answers \"found\" */\n");
#define OBJECT_LINE(type, name) \
    fprintf(file, "static %s the_%s, *%s = &the_%s;\n", #type, #name, #name, #name);
    OBJECT_TABLE(OBJECT_LINE)
#undef OBJECT_LINE
    fprintf(file, "\n"
                  "static void answers(const char *op, enum outcome answer, enum outcome expected, "
                  "uint32_t value) {\n"
                  "    printf(\"%%s = %%s\", op, words[answer]);\n"
                  "    if (answer == OUTCOME_FOUND)\n"
                  "        printf(\" %%u\", (unsigned)found);\n"
                  "    printf(\"\\n\");\n"
                  "    if (answer == expected && (answer != OUTCOME_FOUND || found == value))\n"
                  "        return;\n"
                  "    printf(\"FAIL  expected %%s %%u\\n\", words[expected], (unsigned)value);\n"
                  "    exit(1);\n"
                  "}\n\n");
}

bool program_write(FILE *file, const struct stream *stream, const struct program_options *options) {
    static struct stream looked;
    static struct result expected[STREAM_OP_COUNT_MAX];
    uint32_t value = 0;
    looked = *stream;
    for (unsigned key = 0; LOOK_OP != OP_KIND_COUNT && key < stream->world.numbers[FIELD_KEYS] &&
                           looked.op_count < STREAM_OP_COUNT_MAX;
         key += 1) {
        looked.ops[looked.op_count].kind = (uint8_t)LOOK_OP;
        looked.ops[looked.op_count].operand = key;
        looked.op_count += 1;
    }
    run_predict(&looked, expected);
    write_head(file, stream, options);
    write_prelude(file);
    fprintf(file, "int main(void) {\n    ");
    write_call(file, TEXT(SUBJECT_INIT), &stream->world, 0, 0);
    fprintf(file, ";\n");
    for (uint32_t i = 0; i < looked.op_count; i += 1) {
        const struct op op = looked.ops[i];
        char text[TRACE_TEXT_OP_SIZE];
        value += op_is(op, TRAIT_STORES);
        trace_text_op(op, text, sizeof text);
        if (i == stream->op_count)
            fprintf(file, "    /* What a caller sees now. */\n");
        fprintf(file, "    answers(\"%s\", ", text);
        write_call(file, call_text((enum op_kind)op.kind), &stream->world, op_key(op), value);
        fprintf(file, ", %s, %u);\n", outcome_names[expected[i].outcome],
                (unsigned)expected[i].value);
    }
    fprintf(file, "    printf(\"agrees\\n\");\n    return 0;\n}\n");
    return true;
}
