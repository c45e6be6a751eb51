/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a stream as a C program against the public header (stand_alone.h): knows streams and the naive
 * map (policy.h), whose answers and state the program demands; never the library. First comes the body of
 * main, into memory (program_body.c); then it is known which keys, layouts and parts the program needs,
 * and they are written before it. */
#define _GNU_SOURCE /* open_memstream */

#include "key_map.h"
#include "program_body.h"
#include "shell_word.h"
#include "trace_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The key as a number of its type. */
static uint64_t key_number_of_instance(unsigned key_id, const struct instance *instance) {
    const struct value_kind *kind = instance->kind;
    if (instance->layout == LAYOUT_DEFAULT)
        return key_default_of_number(key_number(key_id));
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
    char geometry[TRACE_TEXT_WORLD_SIZE];
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
            key_number_of_instance(key_id, instance) != key_number(key_id))
            return false;
    return mode == HASH_MIX || mode == HASH_IDENTITY;
}

/* Of the first ids, for which no formula is short. */
static void write_hash_table(FILE *file, const struct geometry *geometry) {
    fprintf(file, "    static const uint64_t first[%d] = {", KEY_TABLE_COUNT);
    for (unsigned key_id = 0; key_id < KEY_TABLE_COUNT; key_id += 1)
        fprintf(file, "%sUINT64_C(0x%016llx),", key_id % 4 == 0 ? "\n        " : " ",
                (unsigned long long)key_hash_in(geometry, key_id));
    fprintf(file, "};\n    if (id < %d)\n        return first[id];\n", KEY_TABLE_COUNT);
}

/* The same as key.c has, of the key's id and number. */
static void write_hash_formula(FILE *file, const struct geometry *geometry) {
    const unsigned long long base = (unsigned long long)key_hash_in(geometry, 0);
    unsigned low_bits = 0;
    switch ((enum hash_mode)geometry->hash) {
    case HASH_MIX: fprintf(file, "    return cache_map_hash_64(number, 0);\n"); return;
    case HASH_SEEDED:
        write_hash_table(file, geometry);
        fprintf(file, "    unsigned char bytes[32];\n"
                      "    memset(bytes, (int)(id & 255), sizeof bytes);\n"
                      "    bytes[0] = (unsigned char)(id >> 8);\n"
                      "    bytes[1] = (unsigned char)(id >> 16);\n"
                      "    return cache_map_hash_bytes(bytes, id %% 32 < 2 ? 3 : 1 + id %% 32,\n"
                      "                                UINT64_C(0x5eed5eed5eed5eed));\n");
        return;
    case HASH_IDENTITY: fprintf(file, "    return number;\n"); return;
    case HASH_BUCKETS: fprintf(file, "    return cache_map_hash_64(id %% 4, 0);\n"); return;
    case HASH_COLLIDE: fprintf(file, "    return UINT64_C(0x%llx);\n", base); return;
    case HASH_SAME_SET: fprintf(file, "    return id;\n"); return;
    case HASH_SAME_TAG:
        fprintf(file, "    return (cache_map_hash_64(number, 0) & ~UINT64_C(0xffff)) | 0x%llx;\n",
                base & UINT16_MAX);
        return;
    case HASH_SAME_HOME:
        write_hash_table(file, geometry);
        fprintf(file, "    return UINT64_C(0x%llx) ^ (id & 0x3fff);\n",
                (unsigned long long)key_hash_in(geometry, 1u << 14));
        return;
    case HASH_IN_A_ROW:
        while (2 * geometry->stash_count_max - 1 < UINT32_C(1) << (31 - low_bits))
            low_bits += 1;
        fprintf(file,
                "    const uint32_t home = id %% %u - 100;\n"
                "    const uint32_t fragment = home << %u | (id & 0x%x);\n"
                "    return UINT64_C(0x%llx) | (fragment ^ 0x6a09e667);\n",
                (unsigned)key_row_length(geometry->stash_count_max), low_bits, (1u << low_bits) - 1,
                base >> 32 << 32);
        return;
    case HASH_MODE_COUNT: break;
    }
    assert(false && "no such hash mode");
}

static bool has_used_key(const struct instance *instance) {
    bool is_used = false;
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1)
        is_used |= instance->key_is_used[key_id];
    return is_used;
}

/* The keys by their ids, where there are as many as ranges have. */
static void write_key_functions(FILE *file, const struct instance *instance) {
    const char *number = instance->layout == LAYOUT_DEFAULT
                             ? "number >> 63 == 0 ? number : ~number | UINT64_C(1) << 63"
                             : "number";
    if (has_used_key(instance)) {
        parts_print(file, &instance->words,
                    "/* The trace numbers keys: 0, the largest, 1, the largest but one, ... */\n"
                    "static key0 key_of0(uint32_t id) {\n"
                    "    const uint64_t number = id %% 2 == 0 ? id / 2 : ~(uint64_t)(id / 2);\n");
        if (instance->kind->key_bits > 64)
            fprintf(file, "    const struct key key = {number, ~number};\n    return key;\n}\n\n");
        else
            parts_print(file, &instance->words, "    return (key0)(%s);\n}\n\n", number);
    }
}

/* Whether the formula is one of the id. */
static bool hash_is_of_id(enum hash_mode mode) {
    switch (mode) {
    case HASH_MIX:
    case HASH_IDENTITY:
    case HASH_COLLIDE:
    case HASH_SAME_TAG:
    case HASH_MODE_COUNT: return false;
    case HASH_SEEDED:
    case HASH_BUCKETS:
    case HASH_SAME_SET:
    case HASH_SAME_HOME:
    case HASH_IN_A_ROW: break;
    }
    return true;
}

/* The body of hash_of0 for any key. */
static void write_hash_of_all(FILE *file, const struct program *program,
                              const struct instance *instance) {
    const struct geometry geometry = geometry_of_world(&program->stream->world);
    const unsigned bits = instance->kind->key_bits;
    if (bits >= 64)
        fprintf(file, "    const uint64_t number = %s;\n", bits > 64 ? "key.low" : "key");
    else
        fprintf(file, "    const uint64_t number = (uint64_t)(int%u_t)key;\n", bits);
    if (hash_is_of_id((enum hash_mode)geometry.hash))
        fprintf(file, "    const uint32_t id = (uint32_t)(number >> 63 == 0 ? number * 2 : ~number "
                      "* 2 + 1) & 0xffffff;\n");
    fprintf(file, "    (void)number;\n    (void)seed;\n");
    write_hash_formula(file, &geometry);
    fprintf(file, "}\n\n");
}

static void write_hash(FILE *file, const struct program *program, const struct instance *instance) {
    static const char *const meanings[] = {
        "The library's default hash.",
        "The library's hash of bytes, with a seed.",
        "A key is its own hash.",
        "Four hashes for all keys.",
        "One hash for all keys.",
        "All keys in the first set, with distinct tags.",
        "The library's hash but for the tag, which all keys share.",
        "All keys at home in the last bucket of the stash.",
        "Neighbours at home in neighbouring buckets of the stash."};
    _Static_assert(sizeof meanings / sizeof meanings[0] == HASH_MODE_COUNT, "each has a meaning");
    const struct geometry geometry = geometry_of_world(&program->stream->world);
    const enum hash_mode mode = (enum hash_mode)geometry.hash;
    const char *number = instance->kind->key_bits > 64 ? "key.low" : "key";
    bool is_used = false;
    parts_print(file, &instance->words,
                "/* %s */\nstatic uint64_t hash_of0(key0 key, uint64_t seed) {\n", meanings[mode]);
    if (program->has_ranges) {
        write_hash_of_all(file, program, instance);
        return;
    }
    if (hash_has_formula(instance, mode)) {
        fprintf(file,
                mode == HASH_MIX ? "    return cache_map_hash_64(%s, seed);\n}\n\n"
                                 : "    (void)seed;\n    return %s;\n}\n\n",
                number);
        return;
    }
    fprintf(file, "    (void)seed;\n");
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1) {
        is_used |= instance->key_is_used[key_id];
        if (instance->key_is_used[key_id])
            fprintf(file, "    if (%s == UINT64_C(0x%llx))\n        return UINT64_C(0x%016llx);\n",
                    number, (unsigned long long)key_number_of_instance(key_id, instance),
                    (unsigned long long)key_hash_in(&geometry, key_id));
    }
    fprintf(file, "%s    return 0;\n}\n\n", is_used ? "" : "    (void)key;\n");
}

static void write_keys(FILE *file, const struct program *program, const struct instance *instance) {
    const struct policy *policy = &program->policy;
    if (program->has_ranges) {
        write_key_functions(file, instance);
        return;
    }
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1) {
        const unsigned long long number = key_number_of_instance(key_id, instance);
        if (!instance->key_is_used[key_id])
            continue;
        parts_print(file, &instance->words, "static const key0 key0_%u = ", key_id);
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
    const bool owns = LAYOUT_OWNS(instance->layout);
    parts_print(file, &instance->words,
                "struct value0 {\n"
                "    %s;\n"
                "    unsigned char content[%u]; /* the value's number, over and over */\n"
                "};\n\n%s",
                kind->key_member, kind->content_size,
                owns ? "static void note_gone0(struct value0 *value);\n\n" : "");
    if (instance->layout != LAYOUT_DEFAULT)
        write_hash(file, program, instance);
    parts_print(file, &instance->words,
                "#define CACHE_MAP_NAME            map0\n"
                "#define CACHE_MAP_VALUE           struct value0\n"
                "#define CACHE_MAP_KEY             key0\n"
                "#define CACHE_MAP_KEY_OF(value)   ((value)->key)\n");
    if (instance->layout == LAYOUT_DEFAULT) {
        const struct geometry geometry = geometry_of_world(&program->stream->world);
        fprintf(file, "#include \"cache_map.h\"\n\n");
        parts_print(file, &instance->words,
                    "/* What the library hashes such a key to. */\n"
                    "#define hash_of0(key, seed) cache_map_hash_64((key), UINT64_C(0x%llx))\n\n",
                    (unsigned long long)key_seed(&geometry));
        return;
    }
    parts_print(file, &instance->words,
                "%s%s"
                "#define CACHE_MAP_HASH(key, seed) hash_of0((key), (seed))\n"
                "#define CACHE_MAP_WAYS            %u\n"
                "#define CACHE_MAP_TAG_BITS        %u\n"
                "#define CACHE_MAP_CLOCK_BITS      %u\n"
                "#define CACHE_MAP_POLICY          CACHE_MAP_POLICY_%s\n"
                "#include \"cache_map.h\"\n\n",
                kind->key_bits <= 64 ? ""
                                     : "#define CACHE_MAP_KEY_EQUAL(a, b) "
                                       "((a).low == (b).low && (a).high == (b).high)\n",
                owns ? "#define CACHE_MAP_VALUE_GONE(value) note_gone0(value)\n" : "", layout->ways,
                layout->tag_bits, layout->clock_bits,
                layout->policy == LAYOUT_POLICY_CLOCK ? "CLOCK" : "CLOCK_CLASSIC");
}

/* ---- The whole text. --------------------------------------------------------------------- */

static void write_all_types(FILE *file, struct program *program) {
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
        parts_print(file, &instance->words, "static struct map0 map0;\n");
        parts_print(file, &instance->words, "enum { WAYS0 = %u, TAG_MASK0 = 0x%x };\n\n",
                    layout->ways, (1u << layout->tag_bits) - 1);
        write_keys(file, program, instance);
    }
}

static void write_all_parts(FILE *file, struct program *program) {
    parts_of_program(file);
    for (unsigned i = 0; i < program->instance_count; i += 1)
        parts_of_map(file, &program->instances[i].words);
}

/* What `write` writes, for the caller to free; null without memory. */
static char *text_of(void write(FILE *file, struct program *program), struct program *program) {
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL)
        return NULL;
    write(file, program);
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}

bool program_write(FILE *file, const struct stream *stream, const struct program_options *options) {
    static struct program program;
    char *body, *types, *parts;
    bool complete;
    memset(&program, 0, sizeof program);
    program.stream = stream;
    program.options = options;
    body = text_of(program_body, &program);
    types = body == NULL ? NULL : text_of(write_all_types, &program);
    parts = types == NULL ? NULL : text_of(write_all_parts, &program);
    complete = parts != NULL;
    if (complete) {
        write_head(file, &program);
        fprintf(file, "#define FIRST_FILL 0x%02x\n\n%s", pass_memory(options->pass).fill, types);
        parts_write(file, parts, types, body);
        fprintf(file, "int main(void) {\n%s    return 0;\n}\n", body);
    }
    free(parts);
    free(types);
    free(body);
    return complete;
}
