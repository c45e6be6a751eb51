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
    case OP_KIND_COUNT:
        OP_RANGE_CASES /* they are their ops, one by one */
            break;
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
static void write_call(FILE *file, const char *text, const struct world *world, const char *number,
                       const char *value) {
    while (*text != '\0') {
        const size_t size = name_size(text);
        unsigned field = 0;
        const size_t whole = field_text(text, world, &field);
        if (size == 0)
            (void)fputc(*text, file);
        else if (whole > 0)
            fprintf(file, "%u", field);
        else if (is_word(text, size, "number") || is_word(text, size, "value"))
            (void)fputs(*text == 'n' ? number : value, file);
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

/* What the program does: the ops, each range as the ops that it stands for, and a look at each key. */
struct written {
    struct stream stream;
    struct result expected[STREAM_OP_COUNT_MAX];
    uint32_t sources
        [STREAM_OP_COUNT_MAX]; /* the op of the trace that each is of; the op count: a look */
};

static void written_add(struct written *written, struct op op, uint32_t source) {
    if (written->stream.op_count == STREAM_OP_COUNT_MAX)
        return;
    written->sources[written->stream.op_count] = source;
    written->stream.ops[written->stream.op_count] = op;
    written->stream.op_count += 1;
}

static void written_make(struct written *written, const struct stream *stream) {
    const uint32_t key_count = stream->world.numbers[FIELD_KEYS];
    written->stream.world = stream->world;
    written->stream.op_count = 0;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        for (uint32_t at = 0; at < op_element_count(stream->ops[i]); at += 1)
            written_add(written, op_element(stream->ops[i], at, key_count), i);
    for (unsigned key = 0; LOOK_OP != OP_KIND_COUNT && key < key_count; key += 1)
        written_add(written, (struct op){(uint8_t)LOOK_OP, key}, stream->op_count);
    run_predict(&written->stream, written->expected);
}

/* How many of one range, from `first` on, have one answer: they are a loop. */
static uint32_t written_alike(const struct written *written, const struct stream *stream,
                              uint32_t first) {
    const uint32_t source = written->sources[first];
    uint32_t count = 1;
    while (source < stream->op_count && first + count < written->stream.op_count &&
           written->sources[first + count] == source &&
           result_equal(written->expected[first + count], written->expected[first]))
        count += 1;
    return count;
}

/* `count` ops of a range: a loop where they are several. */
static void write_answers(FILE *file, const struct written *written, const struct stream *stream,
                          uint32_t first, uint32_t count, uint32_t value) {
    const struct op op = written->stream.ops[first];
    const uint32_t source = written->sources[first];
    const struct op whole = source < stream->op_count ? stream->ops[source] : op;
    const struct result expected = written->expected[first];
    char text[TRACE_TEXT_OP_SIZE], number[80], stored[40];
    trace_text_op(whole, text, sizeof text);
    (void)snprintf(number, sizeof number, "%u", op_key(op));
    (void)snprintf(stored, sizeof stored, "%u", (unsigned)value);
    if (count > 1) {
        (void)snprintf(number, sizeof number, "(%uu + i * %uu) %% %uu", op_key(op),
                       (unsigned)op_range(whole).stride,
                       (unsigned)stream->world.numbers[FIELD_KEYS]);
        (void)snprintf(stored, sizeof stored, "%uu + i", (unsigned)value);
        fprintf(file, "    for (uint32_t i = 0; i < %u; i += 1)\n    ", (unsigned)count);
    }
    fprintf(file, "    answers(\"%s\", ", text);
    write_call(file, call_text((enum op_kind)op.kind), &stream->world, number, stored);
    fprintf(file, ", %s, %u);\n", outcome_names[expected.outcome], (unsigned)expected.value);
}

bool program_write(FILE *file, const struct stream *stream, const struct program_options *options) {
    static struct written written;
    uint32_t value = 0, count;
    written_make(&written, stream);
    write_head(file, stream, options);
    write_prelude(file);
    fprintf(file, "int main(void) {\n    ");
    write_call(file, TEXT(SUBJECT_INIT), &stream->world, "0", "0");
    fprintf(file, ";\n");
    for (uint32_t i = 0; i < written.stream.op_count; i += count) {
        const bool stores = op_is(written.stream.ops[i], TRAIT_STORES);
        count = written_alike(&written, stream, i);
        if (written.sources[i] == stream->op_count &&
            (i == 0 || written.sources[i - 1] != stream->op_count))
            fprintf(file, "    /* What a caller sees now. */\n");
        write_answers(file, &written, stream, i, count, value + stores);
        value += stores ? count : 0;
    }
    fprintf(file, "    printf(\"agrees\\n\");\n    return 0;\n}\n");
    return true;
}
