/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a stream as a C program against the public header (stand_alone.h): knows streams and the naive
 * map (policy.h), whose answers and state the program demands; never the library. First comes the body of
 * main, into memory (program_body.c); then it is known which keys, layouts and helpers the program needs,
 * and they are written before it. */
#define _GNU_SOURCE /* open_memstream */
#include "stand_alone.h"

#include "key.h"
#include "passes.h"
#include "program_body.h"
#include "program_helpers.h"
#include "shell_word.h"
#include "trace_text.h"

#include <stdlib.h>
#include <string.h>

/* The key as a number of its type. */
static uint64_t key_number_of_kind(unsigned key_id, const struct value_kind *kind) {
    return kind->key_bits < 64 ? key_number(key_id) & ((UINT64_C(1) << kind->key_bits) - 1)
                               : key_number(key_id);
}

/* ---- What stands before main. ------------------------------------------------------------ */

/* One line, however long: names of files are words that a shell and a comment can hold. */
static void write_command(FILE *file, const char *compiler, const struct program_options *options) {
    fprintf(file, " *     %s -I ", compiler);
    if (options->library == NULL)
        fprintf(file, "src");
    else
        shell_path_write(file, options->library);
    fprintf(file, " ");
    if (options->name == NULL)
        fprintf(file, "program.c");
    else
        shell_path_write(file, options->name);
    fprintf(file, " -o program && ./program\n");
}

static void write_head(FILE *file, const struct program *program) {
    char geometry[160];
    trace_text_world(&program->stream->world, geometry, sizeof geometry);
    fprintf(file, "/* ");
    shell_word_write(file, program->options->name == NULL ? "program.c" : program->options->name);
    fprintf(file,
            ": %u ops on a cache map, with the answers and the state that docs/contract.md\n"
            " * demands, written by `./trace c`. Prints each op, then \"agrees\"; or the op that "
            "fails.\n"
            " * Read main first, at the end; what its calls demand stands above it.\n"
            " *\n",
            (unsigned)program->stream->op_count);
    if (program->options->cause != NULL)
        fprintf(file, " * When it was written it failed: %s\n *\n", program->options->cause);
    write_command(file, "cc -std=c11 -g", program->options);
    write_command(file,
                  "clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined",
                  program->options);
    fprintf(file, " *\n * The trace's geometry, run %s:\n *     %s */\n",
            pass_name(program->options->pass), geometry);
    fprintf(file, "#define _POSIX_C_SOURCE 200112L /* posix_memalign */\n");
    if (program->batches)
        fprintf(file, "#define CACHE_MAP_BATCH_COUNT_MAX %uu /* as the fuzzer has it */\n",
                subject_batch_count_max());
    fprintf(file,
            "#include \"cache_map.h\" /* what all maps share; each type of map follows below */\n"
            "\n#include <stdio.h>\n\n");
}

/* Whether a formula gives the hash of every used key: only then is it written, and else a table. */
static bool hash_has_formula(const struct instance *instance, enum hash_mode mode) {
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1)
        if (instance->key_is_used[key_id] &&
            key_number_of_kind(key_id, instance->kind) != key_number(key_id))
            return false;
    return mode == HASH_MIX || mode == HASH_IDENTITY;
}

static void write_hash(FILE *file, const struct program *program, const struct instance *instance) {
    static const char *const meanings[HASH_MODE_COUNT] = {
        "The library's default hash.",
        "The library's hash of bytes, with a seed.",
        "A key is its own hash.",
        "Four hashes for all keys.",
        "One hash for all keys.",
        "All keys in the first set, with distinct tags.",
        "The library's hash but for the tag, which all keys share.",
        "All keys at home in the last bucket of the stash."};
    const enum hash_mode mode = (enum hash_mode)program->stream->world.numbers[FIELD_HASH];
    const char *number = instance->kind->key_bits > 64 ? "key.low" : "key";
    fprintf(file, "/* %s */\nstatic uint64_t hash_of%s(%s key, uint64_t seed) {\n", meanings[mode],
            instance->suffix, instance->kind->key_type);
    if (hash_has_formula(instance, mode) && mode == HASH_MIX) {
        fprintf(file, "    return cache_map_hash_64(%s, seed);\n}\n\n", number);
        return;
    }
    fprintf(file, "    (void)seed;\n");
    if (hash_has_formula(instance, mode)) {
        fprintf(file, "    return %s;\n}\n\n", number);
        return;
    }
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1)
        if (instance->key_is_used[key_id])
            fprintf(file, "    if (%s == UINT64_C(0x%llx))\n        return UINT64_C(0x%016llx);\n",
                    number, (unsigned long long)key_number_of_kind(key_id, instance->kind),
                    (unsigned long long)key_hash(key_id, mode));
    fprintf(file, "    return 0;\n}\n\n");
}

static void write_keys(FILE *file, const struct program *program, const struct instance *instance) {
    const struct policy *policy = &program->policy;
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1) {
        const unsigned long long number = key_number_of_kind(key_id, instance->kind);
        if (!instance->key_is_used[key_id])
            continue;
        fprintf(file, "static const %s key%s_%u = ", instance->kind->key_type, instance->suffix,
                key_id);
        if (instance->kind->key_bits > 64)
            fprintf(file, "{UINT64_C(0x%llx), UINT64_C(0x%llx)};", number, ~number);
        else
            fprintf(file, instance->kind->key_bits == 64 ? "UINT64_C(0x%llx);" : "0x%llx;", number);
        if (policy->geometry.set_count > 0)
            fprintf(file, " /* belongs into set %u */",
                    (unsigned)policy_set_of_key(policy, key_id));
        (void)fputc('\n', file);
    }
    (void)fputc('\n', file);
}

static void write_types(FILE *file, const struct program *program,
                        const struct instance *instance) {
    const struct layout_description *layout = layout_describe(instance->layout);
    const struct value_kind *kind = instance->kind;
    const char *suffix = instance->suffix;
    const bool owns = LAYOUT_OWNS(instance->layout);
    fprintf(file,
            "struct value%s {\n    %s;\n    unsigned char content[%u]; /* the value's number, over "
            "and over */\n};\n\n",
            suffix, kind->key_member, kind->content_size);
    if (owns)
        fprintf(file, "static void note_gone%s(const struct value%s *value);\n\n", suffix, suffix);
    write_hash(file, program, instance);
    fprintf(file,
            "#define CACHE_MAP_NAME            map%s\n"
            "#define CACHE_MAP_VALUE           struct value%s\n"
            "#define CACHE_MAP_KEY             %s\n"
            "#define CACHE_MAP_KEY_OF(value)   ((value)->key)\n",
            suffix, suffix, kind->key_type);
    if (kind->key_bits > 64)
        fprintf(file,
                "#define CACHE_MAP_KEY_EQUAL(a, b) ((a).low == (b).low && (a).high == (b).high)\n");
    fprintf(file,
            "%s%s%s"
            "#define CACHE_MAP_HASH(key, seed) hash_of%s((key), (seed))\n"
            "#define CACHE_MAP_WAYS            %u\n"
            "#define CACHE_MAP_TAG_BITS        %u\n"
            "#define CACHE_MAP_CLOCK_BITS      %u\n"
            "#define CACHE_MAP_POLICY          CACHE_MAP_POLICY_%s\n"
            "#include \"cache_map.h\"\n\n",
            owns ? "#define CACHE_MAP_VALUE_GONE(value) note_gone" : "", owns ? suffix : "",
            owns ? "(value)\n" : "", suffix, layout->ways, layout->tag_bits, layout->clock_bits,
            layout->policy == LAYOUT_POLICY_CLOCK ? "CLOCK" : "CLOCK_CLASSIC");
}

/* ---- The whole text. --------------------------------------------------------------------- */

/* Types and helpers of all instances into one text, which then says which common helpers are needed. */
static void write_instances(FILE *file, const struct program *program, const char *body) {
    static struct helper_list list;
    for (unsigned i = 0; i < program->instance_count; i += 1) {
        const struct instance *instance = &program->instances[i];
        helpers_expand(&list, program_helpers_typed, program_helper_typed_count, instance->suffix,
                       instance->kind->key_type);
        if (helpers_complete(&list)) {
            char note_gone[16];
            (void)snprintf(note_gone, sizeof note_gone, "note_gone%s", instance->suffix);
            helpers_need(&list, body);
            helpers_need(&list, LAYOUT_OWNS(instance->layout) ? note_gone : "");
            helpers_write(file, &list);
        }
        helpers_free(&list);
    }
}

static void write_all_types(FILE *file, const struct program *program) {
    bool wide = false;
    for (unsigned i = 0; i < program->instance_count; i += 1)
        wide |= program->instances[i].kind->key_bits > 64;
    if (wide)
        fprintf(file, "struct key {\n    uint64_t low, high;\n};\n\n");
    for (unsigned i = 0; i < program->instance_count; i += 1)
        write_types(file, program, &program->instances[i]);
    /* After the last #include: no name of the header's may meet a name of ours. */
    for (unsigned i = 0; i < program->instance_count; i += 1) {
        const struct instance *instance = &program->instances[i];
        const struct layout_description *layout = layout_describe(instance->layout);
        fprintf(file, "static struct map%s map%s;\n", instance->suffix, instance->suffix);
        fprintf(file, "enum { WAYS%s = %u, TAG_MASK%s = 0x%x };\n\n", instance->suffix,
                layout->ways, instance->suffix, (1u << layout->tag_bits) - 1);
        write_keys(file, program, instance);
    }
}

static bool write_program(FILE *file, const struct program *program, const char *body) {
    static struct helper_list common;
    char *typed = NULL, fill[8];
    size_t size = 0;
    FILE *typed_file = open_memstream(&typed, &size);
    bool complete;
    if (typed_file == NULL)
        return false;
    write_instances(typed_file, program, body);
    complete = fclose(typed_file) == 0;
    helpers_expand(&common, program_helpers_common, program_helper_common_count,
                   program->instances[0].suffix, program->instances[0].kind->key_type);
    complete = complete && helpers_complete(&common);
    if (complete) {
        helpers_need(&common, body);
        helpers_need(&common, typed);
        (void)snprintf(fill, sizeof fill, "0x%02x", pass_memory(program->options->pass).fill);
        write_head(file, program);
        fprintf(file, "#define FIRST_FILL %s\n\n", fill);
        write_all_types(file, program);
        helpers_write(file, &common);
        fputs(typed, file);
        fprintf(file, "int main(void) {\n%s    return 0;\n}\n", body);
    }
    helpers_free(&common);
    free(typed);
    return complete;
}

bool program_write(FILE *file, const struct stream *stream, const struct program_options *options) {
    static struct program program;
    char *body = NULL;
    size_t size = 0;
    bool complete;
    memset(&program, 0, sizeof program);
    program.stream = stream;
    program.options = options;
    program.body = open_memstream(&body, &size);
    if (program.body == NULL)
        return false;
    program_body(&program);
    complete = fclose(program.body) == 0;
    complete = complete && write_program(file, &program, body);
    free(body);
    return complete;
}
