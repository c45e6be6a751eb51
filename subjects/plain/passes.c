/* SPDX-License-Identifier: Apache-2.0 */
/* run.h for a subject of plain.h: one pass, in which each op is done by the structure and by its model; the
 * answers are compared, and what is inside. */
#include "plain.h"

#include "trace_text.h"

#include <stdio.h>
#include <string.h>

struct plain plain;
static struct step steps[STREAM_OP_COUNT_MAX];
static uint64_t digest;
static bool running;

static void digest_add(uint64_t number) {
    digest = (digest ^ number) * UINT64_C(0x9fb21c651e98df25);
    digest ^= digest >> 32;
}

void plain_begin(const struct stream *stream) {
    memset(&plain, 0, sizeof plain);
    plain.view.stream = stream;
    plain.view.steps = steps;
    plain.view.world = stream->world;
    plain.view.in_init = true;
    digest = 0;
    subject_begin(&plain.subject, &stream->world);
    model_begin(&plain.model, &stream->world);
    plain.view.is_live = true;
    plain.view.in_init = false;
}

/* ---- What is compared. ------------------------------------------------------------------- */

static bool has_layer(const struct run_options *options, enum layer layer) {
    return (options->layers >> layer & 1) != 0;
}

static struct verdict *plain_fail(enum invariant invariant, int line) {
    struct verdict *verdict = &plain.view.verdict;
    verdict->invariant = invariant;
    verdict->op_index = plain.view.op_index;
    verdict->file = "subjects/plain/passes.c";
    verdict->line = line;
    return verdict;
}

/* `of_range` is what tells the op within a range, or empty. */
static void fail_answer(enum invariant invariant, int line, struct step step,
                        const char *of_range) {
    struct verdict *verdict = plain_fail(invariant, line);
    char expected_words[24], actual_words[24];
    verdict->expected = step.expected;
    verdict->actual = step.actual;
    trace_text_result(step.expected, expected_words, sizeof expected_words);
    trace_text_result(step.actual, actual_words, sizeof actual_words);
    (void)snprintf(verdict->detail, sizeof verdict->detail,
                   "%sexpected %s, the " SUBJECT_NOUN " answered %s", of_range, expected_words,
                   actual_words);
}

/* The first line in which the two differ. */
bool plain_check_inside(void) {
    static struct picture picture;
    unsigned line = 0;
    picture_take(&plain.view, &picture);
    while (line < picture.line_count && picture.expected[line][0] == '\0')
        line += 1;
    if (line < picture.line_count) {
        struct verdict *verdict = plain_fail(INVARIANT_STRUCTURE, __LINE__);
        (void)snprintf(verdict->detail, sizeof verdict->detail, "inside is '%s', expected '%s'",
                       picture.lines[line], picture.expected[line]);
    }
    return line == picture.line_count;
}

/* ---- The run. ---------------------------------------------------------------------------- */

/* An op, by structure and model. */
static struct step plain_step(struct op op) {
    struct step step;
    plain.view.value_count += op_is(op, TRAIT_STORES);
    step.expected = model_apply(&plain.model, op, plain.view.value_count);
    step.actual = subject_apply(&plain.subject, op, plain.view.value_count);
    digest_add((uint64_t)step.actual.value << 8 | step.actual.outcome);
    return step;
}

/* Each of the ops that a range stands for. The answer is how many of them succeeded. */
static struct step plain_step_range(struct op op, bool compares) {
    struct step all = {{OUTCOME_OF_RANGE, 0}, {OUTCOME_OF_RANGE, 0}};
    for (uint32_t i = 0; i < op_element_count(op) && verdict_agrees(&plain.view.verdict); i += 1) {
        const struct op single = op_element(op, i, plain.view.world.numbers[FIELD_KEYS]);
        const struct step step = plain_step(single);
        char words[64];
        all.actual.value += !outcome_failed(step.actual.outcome);
        all.expected.value += !outcome_failed(step.expected.outcome);
        if (!compares || result_equal(step.actual, step.expected))
            continue;
        (void)snprintf(words, sizeof words, "key %u, %u of %u in the range: ", op_key(single),
                       (unsigned)i + 1, (unsigned)op_element_count(op));
        fail_answer(INVARIANT_OUTCOME, __LINE__, step, words);
    }
    return all;
}

bool plain_apply(struct op op, const struct run_options *options) {
    const uint32_t index = plain.view.op_index;
    const struct result expectation =
        options->expectations == NULL ? result_of(OUTCOME_NONE) : options->expectations[index];
    struct step *step = &steps[index];
    const bool compares = has_layer(options, LAYER_OUTCOME);
    *step = op_has_range(op) ? plain_step_range(op, compares) : plain_step(op);
    plain.view.answered_count = index + 1;
    if (!verdict_agrees(&plain.view.verdict))
        return false;
    if (compares && !result_equal(step->actual, step->expected))
        fail_answer(INVARIANT_OUTCOME, __LINE__, *step, "");
    else if (has_layer(options, LAYER_STRUCTURE) && !options->at_end_only)
        (void)plain_check_inside();
    if (verdict_agrees(&plain.view.verdict) && expectation.outcome != OUTCOME_NONE &&
        !result_equal(step->actual, expectation))
        fail_answer(INVARIANT_EXPECTATION, __LINE__, (struct step){step->actual, expectation}, "");
    return verdict_agrees(&plain.view.verdict);
}

const struct run_view *run(const struct stream *stream, const struct run_options *options) {
    running = true;
    plain_begin(stream);
    for (uint32_t index = 0; index < stream->op_count; index += 1) {
        plain.view.op_index = index;
        if (!plain_apply(stream->ops[index], options))
            break;
        if (options->on_op != NULL)
            options->on_op(&plain.view, options->context);
    }
    if (verdict_agrees(&plain.view.verdict)) {
        plain.view.op_index = stream->op_count;
        if (has_layer(options, LAYER_STRUCTURE))
            (void)plain_check_inside();
    }
    if (!verdict_agrees(&plain.view.verdict) && options->on_failure != NULL)
        options->on_failure(&plain.view);
    running = false;
    return verdict_agrees(&plain.view.verdict) ? NULL : &plain.view;
}

uint64_t run_digest(void) {
    return digest;
}

const struct run_view *run_current(void) {
    return running ? &plain.view : NULL;
}

struct world run_world_alone(const struct world *world, enum pass pass) {
    (void)pass;
    return *world;
}

void run_predict(const struct stream *stream, struct result *outcomes) {
    static struct model model;
    uint32_t value = 0;
    memset(&model, 0, sizeof model);
    model_begin(&model, &stream->world);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        uint32_t succeeded = 0;
        for (uint32_t at = 0; at < op_element_count(op); at += 1) {
            const struct op single = op_element(op, at, stream->world.numbers[FIELD_KEYS]);
            value += op_is(single, TRAIT_STORES);
            outcomes[i] = model_apply(&model, single, value);
            succeeded += !outcome_failed(outcomes[i].outcome);
        }
        if (op_has_range(op))
            outcomes[i] = (struct result){OUTCOME_OF_RANGE, succeeded};
    }
}

const char *run_library_version(void) {
    return SUBJECT_VERSION;
}
