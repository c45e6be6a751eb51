/* SPDX-License-Identifier: Apache-2.0 */
/* The body behind program_body.h: an op at a time, from the naive map's answers. */
#include "program_body.h"

#include "key_map.h"
#include "program_range.h"
#include "reads.h"
#include "settle.h"

#include <assert.h>

enum { BLOCK_ALIGNMENT_MIN = 64, UNNAMED_READ_COUNT_MAX = 4 };

static const struct value_kind value_kinds[] = {
    {3, "uint8_t", "uint8_t key", 8, 2, 1},
    {8, "uint32_t", "uint32_t key", 32, 4, 4},
    {16, "uint64_t", "uint64_t key", 64, 8, 8},
    {20, "uint32_t", "uint32_t key", 32, 16, 4},
    {24, "struct key", "struct key key", 128, 8, 8},
    {64, "uint64_t", "_Alignas(64) uint64_t key", 64, 56, 64},
    {128, "uint64_t", "_Alignas(128) uint64_t key", 64, 120, 128},
    {1040, "uint64_t", "uint64_t key", 64, 1032, 8},
    {LAYOUT_PAGE_SIZE, "uint64_t", "_Alignas(4096) uint64_t key", 64, LAYOUT_PAGE_SIZE - 8, 4096},
};

/* ---- Words. ------------------------------------------------------------------------------ */

/* The constant of a key, which is used from here on. The text is good until the next one. */
static const char *program_key(struct program *program, unsigned key_id) {
    static char buffer[24];
    program->instance->key_is_used[key_id] = true;
    (void)snprintf(buffer, sizeof buffer, program->has_ranges ? "at_key0(%u)" : "key0_%u", key_id);
    return buffer;
}

static const struct value_kind *kind_of_layout(unsigned layout) {
    unsigned kind = 0;
    while (value_kinds[kind].size != layout_describe(layout)->value_size) {
        kind += 1;
        assert(kind < sizeof value_kinds / sizeof value_kinds[0]);
    }
    return &value_kinds[kind];
}

/* ---- Life. ------------------------------------------------------------------------------- */

static void program_choose_instance(struct program *program, uint8_t layout) {
    struct instance *instance = program->instances, *end = instance + program->instance_count;
    while (instance < end && instance->layout != layout)
        instance += 1;
    program->instance = instance;
    if (instance < end)
        return;
    program->instance_count += 1;
    instance->layout = layout;
    instance->kind = kind_of_layout(layout);
    instance->words.key_type = instance->kind->key_type;
    if (program->instance_count > 1)
        (void)snprintf(instance->words.suffix, sizeof instance->words.suffix, "%u",
                       program->instance_count);
}

static void program_init(struct program *program) {
    static const char *const functions[SUBJECT_MEMORY_COUNT] = {"init", "init_in_memory",
                                                                "init_standard"};
    const struct geometry *geometry = &program->geometry;
    const unsigned alignment = program->instance->kind->alignment;
    const uint64_t seed = geometry->layout == LAYOUT_DEFAULT ? key_seed(geometry) : 0;
    char seed_words[40] = "0", excess[32] = "";
    if (seed != 0)
        (void)snprintf(seed_words, sizeof seed_words, "UINT64_C(0x%llx)", (unsigned long long)seed);
    if (program->memory == SUBJECT_MEMORY_SUPPLIED)
        (void)snprintf(excess, sizeof excess, ", %zu", subject_supplied_excess(geometry));
    LINE(program, "%s0((struct cache_map_options){%u, %u, %u, %s}, %zu, %u%s);",
         functions[program->memory], geometry->set_count * layout_describe(geometry->layout)->ways,
         geometry->stash_count_max, geometry->scope_count_max, seed_words,
         subject_size_of_arrays(geometry),
         alignment > BLOCK_ALIGNMENT_MIN ? alignment : BLOCK_ALIGNMENT_MIN, excess);
}

static void program_deinit(struct program *program) {
    LINE(program, "%s0();",
         program->memory == SUBJECT_MEMORY_SUPPLIED ? "deinit_in_memory" : "deinit");
}

/* What the call must have told to be gone; the model has followed it. A value may stand there twice. */
static void program_gone(struct program *program) {
    const struct model *model = &program->model;
    const bool owns = LAYOUT_OWNS(program->instance->layout);
    if (owns && program->has_ranges)
        program_range_gone(program);
    for (uint32_t i = 0, first; owns && !program->has_ranges && i < model->gone_count; i += 1) {
        for (first = 0; model->gone[first].value != model->gone[i].value;)
            first += 1;
        if (first == i)
            LINE(program, "is_gone(%u);", (unsigned)model->gone[i].value);
    }
    if (owns)
        LINE(program, "no_other_is_gone();");
    model_forget_gone(&program->model);
}

static void program_reinit(struct program *program, unsigned number, uint8_t layout) {
    LINE(program, "begin(%u, \"reinit\");", number);
    program_deinit(program);
    model_drop(&program->model);
    program_gone(program);
    program->geometry = geometry_remade(&program->geometry, layout);
    program->memory = (enum subject_memory)((program->memory + 1) % SUBJECT_MEMORY_COUNT);
    program->fill = (uint8_t)(program->fill + 1);
    program_choose_instance(program, program->geometry.layout);
    LINE(program, "fill = 0x%02x;", program->fill);
    if (program->notes_values)
        LINE(program, "noted_count = 0;");
    program_init(program);
}

static void program_init_refused(struct program *program, unsigned number, enum op_refusal refusal,
                                 enum outcome outcome) {
    const bool in_memory =
        refusal == REFUSAL_IN_MEMORY_SMALL || refusal == REFUSAL_IN_MEMORY_STASH_NONE;
    uint64_t numbers[3];
    subject_refused_capacities(&program->geometry, refusal, numbers);
    LINE(program, "/* %s */", operand_word(refusal));
    LINE(program,
         "%s0(%u,\n        (struct cache_map_options){UINT64_C(%llu), %llu, %llu, 0}, %s);",
         in_memory ? "init_in_memory_is_refused" : "init_is_refused", number,
         (unsigned long long)numbers[0], (unsigned long long)numbers[1],
         (unsigned long long)numbers[2], program_status(outcome));
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
    LINE(program, "set_is0(%u, %u, %u);", (unsigned)set, state->hand,
         set_value_count(program, set));
    for (unsigned way = 0; way < program->policy.ways; way += 1) {
        const struct policy_slot *slot = &state->slots[way];
        if (slot->count != 0)
            LINE(program, "slot_is0(%u, %u, %s, %u, %u);", (unsigned)set, way,
                 program_key(program, slot->key_id), (unsigned)slot->value, slot->count);
    }
}

static void program_sets(struct program *program) {
    const uint32_t count = program->geometry.set_count;
    for (uint32_t set = 0, next; set < count; set = next) {
        for (next = set; next < count && set_is_empty(program, next); next += 1)
            continue;
        if (next > set + 1) {
            LINE(program,
                 "for (uint64_t set = %u; set < %u; set += 1)\n        set_is0(set, 0, 0);",
                 (unsigned)set, (unsigned)next);
            continue;
        }
        next = set + 1;
        program_set(program, set);
    }
}

/* -1 for none. */
static int number_or_none(uint32_t number) {
    return number == POLICY_NUMBER_NONE ? -1 : (int)number;
}

static void program_record(struct program *program) {
    const struct policy *policy = &program->policy;
    const struct policy_record record = policy_record_at(policy, policy->undo_count - 1);
    const char *before = record.in_cache                             ? "CACHE"
                         : record.in_stash == POLICY_STASH_VALUE     ? "STASH_VALUE"
                         : record.in_stash == POLICY_STASH_TOMBSTONE ? "STASH_TOMBSTONE"
                                                                     : "ABSENT";
    const bool keeps_value =
        !record.is_remove && (record.in_cache || record.in_stash == POLICY_STASH_VALUE);
    LINE(program, "record_is0(%s, %s, CACHE_MAP_PLACE_%s, %d, %d, %s, %u);",
         record.is_remove ? "true" : "false", record.evicts ? "true" : "false", before,
         number_or_none(record.slot), number_or_none(record.entry),
         program_key(program, policy->undo[policy->undo_count - 1].key_id),
         keeps_value ? (unsigned)program_number(program, record.value) : 0);
}

/* The keys that are in the stash or nowhere; those in the cache are in its sets. */
static void program_other_keys(struct program *program) {
    for (unsigned i = 0; i < program->named_key_count; i += 1) {
        const unsigned key_id = program->named_keys[i];
        const struct policy_stash_key *row = &program->policy.stash[key_id];
        uint32_t set;
        unsigned way;
        if (row->state == POLICY_STASH_VALUE)
            LINE(program, "stash_holds0(%u, %s, %u);", (unsigned)row->entry,
                 program_key(program, key_id), (unsigned)row->value);
        else if (row->state == POLICY_STASH_TOMBSTONE)
            LINE(program, "is_tombstone0(%u, %s);", (unsigned)row->entry,
                 program_key(program, key_id));
        else if (policy_find(&program->policy, key_id, &set, &way) == NULL)
            LINE(program, "is_absent0(%s);", program_key(program, key_id));
    }
}

static void program_state(struct program *program) {
    const struct policy *policy = &program->policy;
    LINE(program, "/* The state that must be there now. */");
    LINE(program, "is_sound0();");
    LINE(program, "counts_are0(%u, %u, %u, %u, %u);", (unsigned)policy->value_count,
         (unsigned)policy->stash_count, (unsigned)policy->undo_count, (unsigned)policy->hits,
         (unsigned)policy->misses);
    if (!program->has_ranges)
        program_other_keys(program);
    if (policy->undo_count > 0)
        program_record(program);
    if (program->has_ranges)
        program_range_places(program);
    else
        program_sets(program);
}

/* ---- Ops. -------------------------------------------------------------------------------- */

/* A lookup that is no op: the read mode's, and those at the end. */
static void program_read(struct program *program, unsigned key_id) {
    const struct op op = {OP_LOOKUP, key_id};
    const struct result result = policy_apply(&program->policy, op, 0);
    LINE(program, "read_back0(%s, %s, %u);", program_key(program, key_id),
         program_status(result.outcome), (unsigned)program_number(program, result.value));
}

static void program_inspect(struct program *program, unsigned number) {
    LINE(program, "begin(%u, \"inspect\");", number);
    program_state(program);
    LINE(program, "calls_for_none0();");
    if (program->instance->kind->size % 8 == 0) /* what the poison's grain can tell */
        LINE(program, "freed_are_poisoned0();");
}

/* Whether the state is to be written out after the call that has just been. */
static bool program_wants_state(const struct program *program) {
    const uint32_t failing_op = program->options->failing_op;
    return (program->batch_start <= failing_op && failing_op < program->batch_end) ||
           (failing_op == UINT32_MAX && program->batch_end == program->stream->op_count);
}

/* The lines of an op that answered so. Its key counts as named from here on. */
static void program_op_line(struct program *program, unsigned number, struct op op,
                            struct result result) {
    const char *status = program_status(result.outcome);
    const unsigned stored = (unsigned)program_number(program, program->value_count);
    const unsigned found = (unsigned)program_number(program, result.value);
    const char *key = "";
    if (op_has_key(op)) {
        key = program_key(program, op_key(op));
        program_name_key(program, op_key(op));
    }
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT: LINE(program, "upsert0(%u, %s, %u, %s);", number, key, stored, status); return;
    case OP_UPSERT_MANY:
        LINE(program, "upsert_next0(%u, %s, %u, %s);", number, key, stored, status);
        return;
    case OP_REWRITE: LINE(program, "rewrite0(%u, %s, %s);", number, key, status); return;
    case OP_REMOVE: LINE(program, "remove_key0(%u, %s, %s);", number, key, status); return;
    case OP_GET:
        if (result.outcome == OUTCOME_FOUND)
            LINE(program, "get_value0(%u, %s, %u);", number, key, found);
        else
            LINE(program, "get_nothing0(%u, %s);", number, key);
        return;
    case OP_WRITE:
        LINE(program, "write0(%u, %s, %u, %u);", number, key, found,
             program->policy.scope_open ? 0 : stored);
        return;
    case OP_GET_MANY: LINE(program, "many_next0(%u, %s, %u);", number, key, found); return;
    case OP_LOOKUP: LINE(program, "lookup0(%u, %s, %s, %u);", number, key, status, found); return;
    case OP_HAS:
        LINE(program, "has_key0(%u, %s, %s);", number, key,
             result.outcome == OUTCOME_YES ? "true" : "false");
        return;
    case OP_DEMOTE: LINE(program, "demote0(%u, %s);", number, key); return;
    case OP_COMPACT: LINE(program, "compact0(%u, %s);", number, status); return;
    case OP_SCOPE_OPEN: LINE(program, "scope_open0(%u, %s);", number, status); return;
    case OP_SCOPE_PERSIST: LINE(program, "scope_persist0(%u, %s);", number, status); return;
    case OP_SCOPE_DISCARD: LINE(program, "scope_discard0(%u, %s);", number, status); return;
    case OP_RESET: LINE(program, "reset0(%u, %s);", number, status); return;
    case OP_REINIT: program_reinit(program, number, (uint8_t)op.operand); return;
    case OP_INIT_REFUSED:
        program_init_refused(program, number, (enum op_refusal)op.operand, result.outcome);
        return;
    case OP_INSPECT: program_inspect(program, number); return;
    case OP_UPSERT_RANGE: /* program_range_calls */
    case OP_REMOVE_RANGE:
    case OP_GET_RANGE:
    case OP_KIND_COUNT: break;
    }
    assert(false && "no such op");
}

static void program_calls(struct program *program, unsigned index, struct op op) {
    const bool takes_away = op_is(op, TRAIT_FREES);
    if (program->notes_values && takes_away && index == program->batch_start)
        LINE(program, "note_values0();");
    if (op_has_range(op)) {
        program_range_calls(program, index, op);
    } else {
        program->value_count += op_is(op, TRAIT_STORES);
        program_op_line(program, verdict_op_number(index, false), op, program_apply(program, op));
    }
    if (index + 1 < program->batch_end)
        return;
    if (op_is(op, TRAIT_BATCHED))
        LINE(program, "%s0();", op_describe((enum op_kind)op.kind)->words);
    if (takes_away)
        program_gone(program);
}

static void program_op(struct program *program, unsigned index, struct op op) {
    uint32_t read_ids[STREAM_READ_COUNT_MAX];
    unsigned read_count;
    if (index >= program->batch_end) {
        program->batch_start = index;
        program->batch_end = index + stream_batch_count(program->stream, index);
    }
    program_calls(program, index, op);
    if (index + 1 < program->batch_end)
        return;
    if (program_wants_state(program))
        program_state(program);
    read_count = stream_reads_after(&program->geometry, index, op, read_ids);
    for (unsigned i = 0; i < read_count; i += 1)
        program_read(program, read_ids[i]);
}

/* The lookups of every key that was named, and of a few that were not; then the map goes. */
static void program_end(struct program *program) {
    unsigned unnamed_count = 0;
    LINE(program, "begin(%u, \"end\");", verdict_op_number(program->stream->op_count, false));
    if (program->has_ranges)
        program_range_reads(program);
    for (unsigned i = 0; !program->has_ranges && i < program->named_key_count; i += 1)
        program_read(program, program->named_keys[i]);
    for (unsigned key_id = 0; key_id < program->geometry.key_count; key_id += 1)
        if (!program->has_ranges && !program->key_is_named[key_id] &&
            unnamed_count++ < UNNAMED_READ_COUNT_MAX)
            program_read(program, key_id);
    if (program->options->failing_op >= program->stream->op_count)
        program_state(program);
    program_deinit(program);
    model_drop(&program->model);
    program_gone(program);
    LINE(program, "printf(\"agrees\\n\");");
}

void program_body(FILE *file, struct program *program) {
    const struct stream *stream = program->stream;
    const struct world world = pass_world(&stream->world, program->options->pass);
    const struct pass_memory memory = pass_memory(program->options->pass);
    program->body = file;
    program->geometry = geometry_of_world(&world);
    program->geometry.uses = USES_ZERO; /* a program has no such door */
    program->fill = memory.fill;
    program->memory = memory.source;
    model_init(&program->model, &program->geometry);
    policy_init(&program->policy, &program->geometry);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        program->notes_values |= stream->ops[i].kind == OP_INSPECT;
        program->has_ranges |= op_has_range(stream->ops[i]);
        program->batches |=
            op_is(stream->ops[i], TRAIT_BATCHED) && program->geometry.layout != LAYOUT_DEFAULT;
    }
    program_choose_instance(program, program->geometry.layout);
    program_init(program);
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        program_op(program, i, stream->ops[i]);
    program_end(program);
}
