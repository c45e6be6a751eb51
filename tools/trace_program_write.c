/* SPDX-License-Identifier: Apache-2.0 */
/* The writer behind trace_program_write.h. First comes the body of main, into memory, an op at a time, from
 * the naive map's answers; then it is known which keys, layouts and helpers the program needs, and they are
 * written before it. */
#define _GNU_SOURCE /* open_memstream */
#include "trace_program_write.h"

#include "key.h"
#include "model.h"
#include "policy.h"
#include "shell_word.h"
#include "trace_program_helpers.h"
#include "trace_text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* The user's types of the layouts, by the size of their value: harness/subject_values.h. */
struct value_kind {
    unsigned size;
    const char *key_type, *key_member;
    unsigned key_bits, content_size, alignment;
};

static const struct value_kind value_kinds[] = {
    {3, "uint8_t", "uint8_t key", 8, 2, 1},
    {8, "uint32_t", "uint32_t key", 32, 4, 4},
    {16, "uint64_t", "uint64_t key", 64, 8, 8},
    {24, "struct key", "struct key key", 128, 8, 8},
    {64, "uint64_t", "_Alignas(64) uint64_t key", 64, 56, 64},
    {128, "uint64_t", "_Alignas(128) uint64_t key", 64, 120, 128},
    {1040, "uint64_t", "uint64_t key", 64, 1032, 8},
};

enum { BLOCK_ALIGNMENT_MIN = 64, UNNAMED_READ_COUNT_MAX = 4 };

/* One layout that the program instantiates. */
struct instance {
    uint8_t layout;
    char suffix[4]; /* nothing for the first, then "2", "3", ... */
    const struct value_kind *kind;
    bool key_is_used[KEY_COUNT_MAX];
};

struct program {
    const struct stream *stream;
    const struct program_options *options;
    FILE *body;
    struct geometry geometry; /* of the map that is there now */
    uint8_t fill;
    enum subject_memory memory;
    struct policy policy;
    struct model model; /* for refused inits, and for values that are gone */
    uint32_t value_count;
    uint32_t batch_start, batch_end; /* the ops of the present call for many */
    bool notes_values; /* the stream has an `inspect`, after which freed slots must be poisoned */
    bool batches;
    bool key_is_named[KEY_COUNT_MAX];
    uint8_t named_keys[KEY_COUNT_MAX];
    unsigned named_key_count;
    struct instance instances[LAYOUT_COUNT], *instance;
    unsigned instance_count;
};

/* ---- Words. ------------------------------------------------------------------------------ */

/* A line of main. '@' in `format` is the suffix of the instance. */
static void __attribute__((format(printf, 2, 3)))
program_line(struct program *program, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fputs("    ", program->body);
    for (const char *at = text; *at != '\0'; at += 1) {
        if (*at == '@')
            fputs(program->instance->suffix, program->body);
        else
            (void)fputc(*at, program->body);
    }
    (void)fputc('\n', program->body);
}

/* The constant of a key, in one of four buffers that are used in turn; it is used from here on. */
static const char *program_key(struct program *program, unsigned key_id) {
    static char buffers[4][24];
    static unsigned next;
    char *buffer = buffers[next++ % 4];
    program->instance->key_is_used[key_id] = true;
    (void)snprintf(buffer, sizeof buffers[0], "key%s_%u", program->instance->suffix, key_id);
    return buffer;
}

/* The constant of the public header: CACHE_MAP_ and the outcome in capitals. Two buffers in turn. */
static const char *status_constant(enum outcome outcome) {
    static char buffers[2][40];
    static unsigned next;
    char *buffer = buffers[next++ % 2];
    const int size =
        snprintf(buffer, sizeof buffers[0], "CACHE_MAP_%s",
                 outcome == OUTCOME_SCOPE_ALREADY_OPEN ? "SCOPE_OPEN" : outcome_name(outcome));
    for (int i = 0; i < size; i += 1)
        if (buffer[i] >= 'a' && buffer[i] <= 'z')
            buffer[i] = (char)(buffer[i] - 'a' + 'A');
    return buffer;
}

static const struct value_kind *kind_of_layout(unsigned layout) {
    const struct value_kind *kind = value_kinds;
    while (kind->size != layout_describe(layout)->value_size)
        kind += 1;
    return kind;
}

/* The key as a number of its type. */
static uint64_t key_number_of_kind(unsigned key_id, const struct value_kind *kind) {
    return kind->key_bits < 64 ? key_number(key_id) & ((UINT64_C(1) << kind->key_bits) - 1)
                               : key_number(key_id);
}

/* ---- Life. ------------------------------------------------------------------------------- */

static void program_choose_instance(struct program *program, uint8_t layout) {
    unsigned index = 0;
    while (index < program->instance_count && program->instances[index].layout != layout)
        index += 1;
    program->instance = &program->instances[index];
    if (index < program->instance_count)
        return;
    program->instance_count += 1;
    program->instance->layout = layout;
    program->instance->kind = kind_of_layout(layout);
    if (index > 0)
        (void)snprintf(program->instance->suffix, sizeof program->instance->suffix, "%u",
                       index + 1);
}

static void program_init(struct program *program) {
    static const char *const functions[SUBJECT_MEMORY_COUNT] = {"init", "init_in_memory",
                                                                "init_standard"};
    const struct geometry *geometry = &program->geometry;
    const unsigned alignment = program->instance->kind->alignment;
    program_line(
        program, "%s@((struct cache_map_options){%u, %u, %u, 0}, %zu, %u);",
        functions[program->memory], geometry->set_count * layout_describe(geometry->layout)->ways,
        geometry->stash_count_max, geometry->scope_count_max, subject_size_of_arrays(geometry),
        alignment > BLOCK_ALIGNMENT_MIN ? alignment : BLOCK_ALIGNMENT_MIN);
}

static void program_deinit(struct program *program) {
    program_line(program, program->memory == SUBJECT_MEMORY_SUPPLIED ? "deinit_in_memory@();"
                                                                     : "deinit@();");
}

/* What the call must have told to be gone; the model has followed it. A value may stand there twice. */
static void program_gone(struct program *program) {
    const struct model *model = &program->model;
    for (uint32_t i = 0; i < model->gone_count; i += 1) {
        uint32_t first = 0;
        while (model->gone[first].value != model->gone[i].value)
            first += 1;
        if (first == i && LAYOUT_OWNS(program->instance->layout))
            program_line(program, "is_gone(%u);", (unsigned)model->gone[i].value);
    }
    if (LAYOUT_OWNS(program->instance->layout))
        program_line(program, "no_other_is_gone();");
    model_forget_gone(&program->model);
}

static void program_reinit(struct program *program, unsigned number, uint8_t layout) {
    program_line(program, "begin(%u, \"reinit\");", number);
    program_deinit(program);
    model_drop(&program->model);
    program_gone(program);
    program->geometry.layout = layout;
    program->memory = (enum subject_memory)((program->memory + 1) % SUBJECT_MEMORY_COUNT);
    program->fill = (uint8_t)(program->fill + 1);
    program_choose_instance(program, layout);
    program_line(program, "fill = 0x%02x;", program->fill);
    if (program->notes_values)
        program_line(program, "noted_count = 0;");
    program_init(program);
    policy_init(&program->policy, &program->geometry);
}

static void program_init_refused(struct program *program, unsigned number, struct op op) {
    const enum op_refusal refusal = (enum op_refusal)op.operand;
    const bool in_memory =
        refusal == REFUSAL_IN_MEMORY_SMALL || refusal == REFUSAL_IN_MEMORY_STASH_NONE;
    uint64_t numbers[3];
    subject_refused_capacities(&program->geometry, refusal, numbers);
    program_line(program, "/* %s */", op_refusal_name(refusal));
    program_line(program, "%s@(%u,", in_memory ? "init_in_memory_is_refused" : "init_is_refused",
                 number);
    program_line(program, "    (struct cache_map_options){UINT64_C(%llu), %llu, %llu, 0}, %s);",
                 (unsigned long long)numbers[0], (unsigned long long)numbers[1],
                 (unsigned long long)numbers[2],
                 status_constant(model_expect(&program->model, op).outcome));
}

/* ---- The state that the naive map has. --------------------------------------------------- */

static unsigned set_value_count(const struct program *program, uint32_t set) {
    unsigned count = 0;
    for (unsigned way = 0; way < program->policy.ways; way += 1)
        count += program->policy.sets[set].slots[way].count != 0;
    return count;
}

static bool set_is_empty(const struct program *program, uint32_t set) {
    return program->policy.sets[set].hand == 0 && set_value_count(program, set) == 0;
}

static void program_set(struct program *program, uint32_t set) {
    const struct policy_set *state = &program->policy.sets[set];
    program_line(program, "set_is@(%u, %u, %u);", (unsigned)set, state->hand,
                 set_value_count(program, set));
    for (unsigned way = 0; way < program->policy.ways; way += 1) {
        const struct policy_slot *slot = &state->slots[way];
        if (slot->count != 0)
            program_line(program, "slot_is@(%u, %u, %s, %u, %u);", (unsigned)set, way,
                         program_key(program, slot->key_id), (unsigned)slot->value, slot->count);
    }
}

static void program_sets(struct program *program) {
    const uint32_t count = program->geometry.set_count;
    for (uint32_t set = 0, next; set < count; set = next) {
        for (next = set; next < count && set_is_empty(program, next); next += 1)
            continue;
        if (next > set + 1) {
            program_line(program, "for (uint64_t set = %u; set < %u; set += 1)", (unsigned)set,
                         (unsigned)next);
            program_line(program, "    set_is@(set, 0, 0);");
            continue;
        }
        next = set + 1;
        program_set(program, set);
    }
}

static void program_record(struct program *program) {
    const struct policy *policy = &program->policy;
    const struct policy_record record = policy_newest_record(policy);
    const char *before = record.in_cache                             ? "CACHE"
                         : record.in_stash == POLICY_STASH_VALUE     ? "STASH_VALUE"
                         : record.in_stash == POLICY_STASH_TOMBSTONE ? "STASH_TOMBSTONE"
                                                                     : "ABSENT";
    const bool keeps_value =
        !record.is_remove && (record.in_cache || record.in_stash == POLICY_STASH_VALUE);
    program_line(program, "record_is@(%s, %s, CACHE_MAP_PLACE_%s, %s, %u);",
                 record.is_remove ? "true" : "false", record.evicts ? "true" : "false", before,
                 program_key(program, policy->undo[policy->undo_count - 1].key_id),
                 keeps_value ? (unsigned)record.value : 0);
}

/* The keys that are in the stash or nowhere; those in the cache are in its sets. */
static void program_other_keys(struct program *program) {
    for (unsigned i = 0; i < program->named_key_count; i += 1) {
        const unsigned key_id = program->named_keys[i];
        const struct policy_stash_key *row = &program->policy.stash[key_id];
        uint32_t set;
        unsigned way;
        if (row->state == POLICY_STASH_VALUE)
            program_line(program, "stash_holds@(%s, %u);", program_key(program, key_id),
                         (unsigned)row->value);
        else if (row->state == POLICY_STASH_TOMBSTONE)
            program_line(program, "is_tombstone@(%s);", program_key(program, key_id));
        else if (policy_find(&program->policy, key_id, &set, &way) == NULL)
            program_line(program, "is_absent@(%s);", program_key(program, key_id));
    }
}

static void program_state(struct program *program) {
    const struct policy *policy = &program->policy;
    program_line(program, "/* The state that must be there now. */");
    program_line(program, "is_sound@();");
    program_line(program, "counts_are@(%u, %u, %u, %u, %u);", (unsigned)policy->value_count,
                 (unsigned)policy->stash_count, (unsigned)policy->undo_count,
                 (unsigned)policy->hits, (unsigned)policy->misses);
    program_other_keys(program);
    if (policy->undo_count > 0)
        program_record(program);
    program_sets(program);
}

/* ---- Ops. -------------------------------------------------------------------------------- */

/* A lookup that is no op: the read mode's, and those at the end. */
static void program_read(struct program *program, unsigned key_id) {
    const struct op op = {OP_LOOKUP, (uint8_t)key_id};
    const struct result result = policy_apply(&program->policy, op, 0);
    program_line(program, "read_back@(%s, %s, %u);", program_key(program, key_id),
                 status_constant(result.outcome), (unsigned)result.value);
}

static void program_reads_after(struct program *program, unsigned index, struct op op) {
    uint8_t key_ids[STREAM_READ_COUNT_MAX];
    const unsigned count = stream_reads_after(&program->geometry, index, op, key_ids);
    for (unsigned i = 0; i < count; i += 1)
        program_read(program, key_ids[i]);
}

static void program_key_op(struct program *program, unsigned number, struct op op,
                           struct result result) {
    const char *key = program_key(program, op.operand);
    const char *status = status_constant(result.outcome);
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT:
        program_line(program, "upsert@(%u, %s, %u, %s);", number, key,
                     (unsigned)program->value_count, status);
        return;
    case OP_UPSERT_MANY:
        program_line(program, "upsert_next@(%u, %s, %u, %s);", number, key,
                     (unsigned)program->value_count, status);
        return;
    case OP_GET_MANY:
        program_line(program, "many_next@(%u, %s, %u);", number, key, (unsigned)result.value);
        return;
    case OP_REWRITE: program_line(program, "rewrite@(%u, %s, %s);", number, key, status); return;
    case OP_REMOVE: program_line(program, "remove_key@(%u, %s, %s);", number, key, status); return;
    case OP_LOOKUP:
        program_line(program, "lookup@(%u, %s, %s, %u);", number, key, status,
                     (unsigned)result.value);
        return;
    case OP_GET:
        if (result.outcome == OUTCOME_FOUND)
            program_line(program, "get_value@(%u, %s, %u);", number, key, (unsigned)result.value);
        else
            program_line(program, "get_nothing@(%u, %s);", number, key);
        return;
    case OP_HAS:
        program_line(program, "has_key@(%u, %s, %s);", number, key,
                     result.outcome == OUTCOME_YES ? "true" : "false");
        return;
    default: program_line(program, "demote@(%u, %s);", number, key); return;
    }
}

/* The functions that take the op's number and the expected status. */
static const char *function_of_op(enum op_kind kind) {
    switch (kind) {
    case OP_COMPACT: return "compact";
    case OP_SCOPE_OPEN: return "scope_open";
    case OP_SCOPE_PERSIST: return "scope_persist";
    case OP_SCOPE_DISCARD: return "scope_discard";
    default: return "reset";
    }
}

static bool op_may_free(struct op op) {
    return !(op.kind == OP_GET || op.kind == OP_GET_MANY || op.kind == OP_LOOKUP ||
             op.kind == OP_HAS || op.kind == OP_DEMOTE || op.kind == OP_INSPECT ||
             op.kind == OP_INIT_REFUSED || op.kind == OP_REINIT || op.kind == OP_SCOPE_OPEN);
}

static void program_inspect(struct program *program, unsigned number) {
    program_line(program, "begin(%u, \"inspect\");", number);
    program_state(program);
    if (program->instance->kind->size % 8 == 0) /* what the poison's grain can tell */
        program_line(program, "freed_are_poisoned@();");
}

static void program_name_key(struct program *program, uint8_t key_id) {
    if (program->key_is_named[key_id])
        return;
    program->key_is_named[key_id] = true;
    program->named_keys[program->named_key_count++] = key_id;
}

/* Notes the call that op `index` belongs to; an op that is not batched is a call of its own. */
static void program_note_batch(struct program *program, unsigned index) {
    if (index < program->batch_end)
        return;
    program->batch_start = index;
    program->batch_end = index + stream_batch_count(program->stream, index);
}

/* Whether the state is to be written out after the call that has just been. */
static bool program_wants_state(const struct program *program) {
    const uint32_t failing_op = program->options->failing_op;
    return (program->batch_start <= failing_op && failing_op < program->batch_end) ||
           (failing_op == UINT32_MAX && program->batch_end == program->stream->op_count);
}

/* The op in both models. Compact forgets what the naive map has in its stash. */
static struct result program_apply(struct program *program, struct op op) {
    struct result result;
    bool in_stash[KEY_COUNT_MAX];
    for (unsigned key_id = 0; key_id < program->geometry.key_count; key_id += 1)
        in_stash[key_id] = program->policy.stash[key_id].state != POLICY_STASH_NONE;
    result = policy_apply(&program->policy, op, program->value_count);
    if (outcome_failed(result.outcome))
        return result;
    if (op.kind == OP_COMPACT)
        model_compact(&program->model, in_stash);
    else
        model_apply(&program->model, op, program->value_count);
    return result;
}

static void program_op(struct program *program, unsigned index, struct op op) {
    const unsigned number = verdict_op_number(index, false);
    const bool has_key = op_describe((enum op_kind)op.kind)->operand == OPERAND_KEY;
    struct result result;
    program_note_batch(program, index);
    program->value_count += op_stores(op);
    if (has_key)
        program_name_key(program, op.operand);
    if (program->notes_values && op_may_free(op) && index == program->batch_start)
        program_line(program, "note_values@();");
    if (op.kind == OP_REINIT) {
        program_reinit(program, number, op.operand);
    } else if (op.kind == OP_INIT_REFUSED) {
        program_init_refused(program, number, op);
    } else if (op.kind == OP_INSPECT) {
        program_inspect(program, number);
    } else {
        result = program_apply(program, op);
        if (has_key)
            program_key_op(program, number, op, result);
        else
            program_line(program, "%s@(%u, %s);", function_of_op((enum op_kind)op.kind), number,
                         status_constant(result.outcome));
    }
    if (index + 1 < program->batch_end)
        return;
    if (op_is_batched(op))
        program_line(program, "%s@();", op_describe((enum op_kind)op.kind)->words);
    if (op_may_free(op))
        program_gone(program);
    if (program_wants_state(program))
        program_state(program);
    program_reads_after(program, index, op);
}

/* The lookups of every key that was named, and of a few that were not; then the map goes. */
static void program_end(struct program *program) {
    unsigned unnamed_count = 0;
    program_line(program, "begin(%u, \"end\");",
                 verdict_op_number(program->stream->op_count, false));
    for (unsigned i = 0; i < program->named_key_count; i += 1)
        program_read(program, program->named_keys[i]);
    for (unsigned key_id = 0;
         key_id < program->geometry.key_count && unnamed_count < UNNAMED_READ_COUNT_MAX;
         key_id += 1) {
        if (program->key_is_named[key_id])
            continue;
        program_read(program, key_id);
        unnamed_count += 1;
    }
    if (program->options->failing_op >= program->stream->op_count)
        program_state(program);
    program_deinit(program);
    model_drop(&program->model);
    program_gone(program);
    program_line(program, "printf(\"agrees\\n\");");
}

static void program_body(struct program *program) {
    const struct stream *stream = program->stream;
    const struct pass_world world = input_pass_world(&stream->geometry, program->options->pass);
    program->geometry = world.geometry;
    program->fill = world.fill;
    program->memory = world.memory;
    model_init(&program->model, &program->geometry);
    policy_init(&program->policy, &program->geometry);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        program->notes_values |= stream->ops[i].kind == OP_INSPECT;
        program->batches |= op_is_batched(stream->ops[i]);
    }
    program_choose_instance(program, program->geometry.layout);
    program_init(program);
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        program_op(program, i, stream->ops[i]);
    program_end(program);
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
    trace_text_geometry(&program->stream->geometry, geometry, sizeof geometry);
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
    const enum hash_mode mode = (enum hash_mode)program->stream->geometry.hash;
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
        (void)snprintf(fill, sizeof fill, "0x%02x",
                       input_pass_world(&program->stream->geometry, program->options->pass).fill);
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
