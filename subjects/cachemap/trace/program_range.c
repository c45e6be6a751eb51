/* SPDX-License-Identifier: Apache-2.0 */
/* The series behind program_range.h. */
#include "program_range.h"

#include <assert.h>
#include <stdlib.h>

/* How the program numbers a status that it notes: status_number of program/common.h. */
static uint64_t status_number(enum outcome outcome) {
    static const enum outcome outcomes[] = {OUTCOME_INSERTED,  OUTCOME_UPDATED, OUTCOME_REVIVED,
                                            OUTCOME_REMOVED,   OUTCOME_ABSENT,  OUTCOME_STASH_FULL,
                                            OUTCOME_SCOPE_FULL};
    uint64_t number = 0;
    while (outcomes[number] != outcome) {
        number += 1;
        assert(number < sizeof outcomes / sizeof outcomes[0]);
    }
    return number;
}

static void write_series(struct program *program, bool last_is_exact) {
    series_write(program->body, &program->instance->words, &program->series, last_is_exact);
}

/* ---- Calls. ------------------------------------------------------------------------------ */

static void add_call(struct program *program, struct op op, struct result result) {
    struct series *series = &program->series;
    struct series_line line = {.key_id = op_key(op)};
    const char *status = program_status(result.outcome);
    if (op_is(op, TRAIT_STORES)) {
        line.numbers[0] = program_number(program, program->value_count);
        line.answer = status_number(result.outcome);
        line.exact = series_text(series, "status_is(stored0($, #), %s);", status);
        line.loose = series_text(series, "note_answer(status_number(stored0($, #)));");
    } else if (op_is(op, TRAIT_MUTATES)) {
        line.answer = status_number(result.outcome);
        line.exact = series_text(series, "status_is(map0_remove(&map0, $), %s);", status);
        line.loose = series_text(series, "note_answer(status_number(map0_remove(&map0, $)));");
    } else {
        line.answer = line.numbers[0] = program_number(program, result.value);
        line.exact = series_text(series, "number_is(\"the value\", got0($), #);");
        line.loose = series_text(series, "note_answer(got0($));");
    }
    series_add(series, line);
}

void program_range_calls(struct program *program, uint32_t index, struct op op) {
    LINE(program, "begin(%u, \"%s\");", verdict_op_number(index, false),
         op_describe((enum op_kind)op.kind)->words);
    series_begin(&program->series, program->geometry.key_count);
    for (uint32_t i = 0; i < op_element_count(op); i += 1) {
        const struct op single = op_element(op, i, program->geometry.key_count);
        program->value_count += op_is(single, TRAIT_STORES);
        program_name_key(program, op_key(single));
        add_call(program, single, program_apply(program, single));
    }
    write_series(program, index == program->options->failing_op);
}

/* ---- Places. ----------------------------------------------------------------------------- */

static void add_place(struct program *program, uint32_t key_id) {
    const struct policy *policy = &program->policy;
    const struct policy_stash_key *row = &policy->stash[key_id];
    struct series_line line = {.key_id = key_id};
    uint64_t kind = 0;
    uint32_t set = 0;
    unsigned way = 0;
    const struct policy_slot *slot = policy_find(policy, key_id, &set, &way);
    const char *place = "ABSENT";
    if (slot != NULL) {
        kind = 1;
        place = "CACHE";
        line.numbers[0] = (uint64_t)set * policy->ways + way;
        line.numbers[1] = program_number(program, slot->value);
    } else if (row->state != POLICY_STASH_NONE) {
        const bool has_value = row->state == POLICY_STASH_VALUE;
        kind = has_value ? 2 : 3;
        place = has_value ? "STASH_VALUE" : "STASH_TOMBSTONE";
        line.numbers[0] = row->entry;
        line.numbers[1] = has_value ? program_number(program, row->value) : 0;
    }
    line.answer = kind << 60 | line.numbers[0] << 32 | line.numbers[1];
    line.exact = series_text(&program->series, "is_at0($, CACHE_MAP_PLACE_%s, #, #);", place);
    line.loose = series_text(&program->series, "note_place0($);");
    series_add(&program->series, line);
}

static void add_set(struct program *program, uint32_t set) {
    const struct policy_set *state = &program->policy.sets[set];
    struct series_line line = {.numbers = {set, state->hand, 0, 0}};
    for (unsigned way = 0; way < program->policy.ways; way += 1) {
        line.numbers[2] += state->slots[way].count != 0;
        line.numbers[3] |= (uint64_t)state->slots[way].count << (4 * way);
    }
    line.answer = line.numbers[3] * UINT64_C(0x9fb21c651e98df25) ^ state->hand;
    line.exact = series_text(&program->series, "counts_of_set_are0(#, #, #, #);");
    line.loose = series_text(&program->series, "note_set0(#);");
    series_add(&program->series, line);
}

void program_range_places(struct program *program) {
    const uint32_t set_count = program->geometry.set_count;
    series_begin(&program->series, program->geometry.key_count);
    if (program->named_key_count > 0) {
        add_place(program, program->last_key);
        if (set_count > 0)
            add_set(program, policy_set_of_key(&program->policy, program->last_key));
    }
    write_series(program, false);
    for (uint32_t key_id = 0; key_id < program->geometry.key_count; key_id += 1)
        add_place(program, key_id);
    write_series(program, false);
    for (uint32_t set = 0; set < set_count; set += 1)
        add_set(program, set);
    write_series(program, false);
    LINE(program, "walk_is_whole0();");
}

/* ---- Lookups. ---------------------------------------------------------------------------- */

void program_range_reads(struct program *program) {
    series_begin(&program->series, program->geometry.key_count);
    for (uint32_t key_id = 0; key_id < program->geometry.key_count; key_id += 1) {
        struct series_line line = {.key_id = key_id};
        const struct op op = {OP_LOOKUP, key_id};
        const struct result result = policy_apply(&program->policy, op, 0);
        line.numbers[0] = program_number(program, result.value);
        line.answer = result.outcome == OUTCOME_TOMBSTONE ? UINT64_C(1) << 32 : line.numbers[0];
        line.exact =
            series_text(&program->series, "read_back0($, %s, #);", program_status(result.outcome));
        line.loose = series_text(&program->series, "note_answer(looked_up0($));");
        series_add(&program->series, line);
    }
    write_series(program, false);
}

/* ---- Values that are gone. --------------------------------------------------------------- */

static int number_compare(const void *a, const void *b) {
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* The numbers of the model's list, ascending, each once. Returns how many. */
static uint32_t gone_numbers(const struct program *program, uint64_t *numbers) {
    const struct model *model = &program->model;
    uint32_t count = 0;
    for (uint32_t i = 0; i < model->gone_count; i += 1)
        numbers[i] = model->gone[i].value;
    qsort(numbers, model->gone_count, sizeof numbers[0], number_compare);
    for (uint32_t i = 0; i < model->gone_count; i += 1)
        if (i == 0 || numbers[i] != numbers[i - 1])
            numbers[count++] = numbers[i];
    return count;
}

void program_range_gone(struct program *program) {
    static uint64_t numbers[MODEL_GONE_COUNT_MAX];
    const uint32_t count = gone_numbers(program, numbers);
    struct series *series = &program->series;
    uint64_t digest = 0;
    series_begin(series, program->geometry.key_count);
    for (uint32_t i = 0; i < count; i += 1) {
        struct series_line line = {.numbers = {program_number(program, numbers[i])}};
        line.exact = series_text(series, "is_gone(#);");
        line.loose = line.exact;
        digest = series_digest(digest, line.numbers[0]);
        series_add(series, line);
    }
    if (series_is_even(series)) {
        write_series(program, false);
    } else {
        LINE(program, "note_all_gone();");
        LINE(program, "noted_are(%u, UINT64_C(0x%016llx));", (unsigned)count,
             (unsigned long long)digest);
    }
}
