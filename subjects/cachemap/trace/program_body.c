/* SPDX-License-Identifier: Apache-2.0 */
/* The body behind program_body.h: an op at a time, from the naive map's answers. */
#include "program_body.h"

#include "reads.h"

#include <stdarg.h>
#include <string.h>

enum { BLOCK_ALIGNMENT_MIN = 64, UNNAMED_READ_COUNT_MAX = 4 };

static const struct value_kind value_kinds[] = {
    {3, "uint8_t", "uint8_t key", 8, 2, 1},
    {8, "uint32_t", "uint32_t key", 32, 4, 4},
    {16, "uint64_t", "uint64_t key", 64, 8, 8},
    {24, "struct key", "struct key key", 128, 8, 8},
    {64, "uint64_t", "_Alignas(64) uint64_t key", 64, 56, 64},
    {128, "uint64_t", "_Alignas(128) uint64_t key", 64, 120, 128},
    {1040, "uint64_t", "uint64_t key", 64, 1032, 8},
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
    program_line(program, "/* %s */", operand_word(refusal));
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

/* The call of the op, with the answer that it must have; `key` is that of an op that has one. */
static void program_call(struct program *program, unsigned number, struct op op, const char *key,
                         struct result result) {
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
    case OP_DEMOTE: program_line(program, "demote@(%u, %s);", number, key); return;
    case OP_COMPACT: program_line(program, "compact@(%u, %s);", number, status); return;
    case OP_SCOPE_OPEN: program_line(program, "scope_open@(%u, %s);", number, status); return;
    case OP_SCOPE_PERSIST: program_line(program, "scope_persist@(%u, %s);", number, status); return;
    case OP_SCOPE_DISCARD: program_line(program, "scope_discard@(%u, %s);", number, status); return;
    case OP_RESET: program_line(program, "reset@(%u, %s);", number, status); return;
    case OP_REINIT:
    case OP_INIT_REFUSED:
    case OP_INSPECT: /* program_op has them */
    case OP_KIND_COUNT: return;
    }
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
    const bool has_key = op_has_key(op);
    struct result result;
    program_note_batch(program, index);
    program->value_count += op_is(op, TRAIT_STORES);
    if (has_key)
        program_name_key(program, op.operand);
    if (program->notes_values && op_is(op, TRAIT_FREES) && index == program->batch_start)
        program_line(program, "note_values@();");
    if (op.kind == OP_REINIT) {
        program_reinit(program, number, op.operand);
    } else if (op.kind == OP_INIT_REFUSED) {
        program_init_refused(program, number, op);
    } else if (op.kind == OP_INSPECT) {
        program_inspect(program, number);
    } else {
        result = program_apply(program, op);
        program_call(program, number, op, has_key ? program_key(program, op.operand) : NULL,
                     result);
    }
    if (index + 1 < program->batch_end)
        return;
    if (op_is(op, TRAIT_BATCHED))
        program_line(program, "%s@();", op_describe((enum op_kind)op.kind)->words);
    if (op_is(op, TRAIT_FREES))
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

void program_body(struct program *program) {
    const struct stream *stream = program->stream;
    const struct world world = pass_world(&stream->world, program->options->pass);
    const struct pass_memory memory = pass_memory(program->options->pass);
    program->geometry = geometry_of_world(&world);
    program->fill = memory.fill;
    program->memory = memory.source;
    model_init(&program->model, &program->geometry);
    policy_init(&program->policy, &program->geometry);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        program->notes_values |= stream->ops[i].kind == OP_INSPECT;
        program->batches |= op_is(stream->ops[i], TRAIT_BATCHED);
    }
    program_choose_instance(program, program->geometry.layout);
    program_init(program);
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        program_op(program, i, stream->ops[i]);
    program_end(program);
}
