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

static void fail_answer(enum invariant invariant, int line, struct result expected,
                        struct result actual) {
    struct verdict *verdict = plain_fail(invariant, line);
    char expected_words[24], actual_words[24];
    verdict->expected = expected;
    verdict->actual = actual;
    trace_text_result(expected, expected_words, sizeof expected_words);
    trace_text_result(actual, actual_words, sizeof actual_words);
    (void)snprintf(verdict->detail, sizeof verdict->detail,
                   "expected %s, the " SUBJECT_NOUN " answered %s", expected_words, actual_words);
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

bool plain_apply(struct op op, const struct run_options *options) {
    const uint32_t index = plain.view.op_index;
    const struct result expectation =
        options->expectations == NULL ? result_of(OUTCOME_NONE) : options->expectations[index];
    struct step *step = &steps[index];
    plain.view.value_count += op_is(op, TRAIT_STORES);
    step->expected = model_apply(&plain.model, op, plain.view.value_count);
    step->actual = subject_apply(&plain.subject, op, plain.view.value_count);
    plain.view.answered_count = index + 1;
    digest_add((uint64_t)step->actual.value << 8 | step->actual.outcome);
    if (has_layer(options, LAYER_OUTCOME) && !result_equal(step->actual, step->expected))
        fail_answer(INVARIANT_OUTCOME, __LINE__, step->expected, step->actual);
    else if (has_layer(options, LAYER_STRUCTURE) && !options->at_end_only)
        (void)plain_check_inside();
    if (verdict_agrees(&plain.view.verdict) && expectation.outcome != OUTCOME_NONE &&
        !result_equal(step->actual, expectation))
        fail_answer(INVARIANT_EXPECTATION, __LINE__, expectation, step->actual);
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
        value += op_is(stream->ops[i], TRAIT_STORES);
        outcomes[i] = model_apply(&model, stream->ops[i], value);
    }
}

const char *run_library_version(void) {
    return SUBJECT_VERSION;
}
