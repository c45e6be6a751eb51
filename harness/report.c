/* SPDX-License-Identifier: Apache-2.0 */
/* The report behind report.h. */
#include "report.h"

#include "report_text.h"
#include "scene.h"
#include "trace_text.h"

#include <string.h>

enum { REPORT_OP_COUNT = 20, RESULT_TEXT_SIZE = 24 };

/* ---- The ops. ---------------------------------------------------------------------------- */

/* True when op `index` repeats the one before it without a change: such rows are folded into one, so
 * that the last rows show what led to the failure. The failing op stands alone. */
static bool report_repeats(const struct run_view *view, uint32_t index, uint32_t stop) {
    const struct op *ops = view->stream->ops;
    const struct step *steps = view->steps;
    const bool stores =
        op_is(ops[index], TRAIT_STORES) && !outcome_failed(steps[index].actual.outcome);
    return index > 0 && index != stop && !stores && !op_is(ops[index], TRAIT_BATCHED) &&
           ops[index].kind == ops[index - 1].kind && ops[index].operand == ops[index - 1].operand &&
           result_equal(steps[index].actual, steps[index - 1].actual) &&
           result_equal(steps[index].expected, steps[index - 1].expected);
}

/* The number of the value that op `index` stores, or 0. */
static unsigned report_value(const struct stream *stream, uint32_t index) {
    unsigned value = 0;
    for (uint32_t i = 0; op_is(stream->ops[index], TRAIT_STORES) && i <= index; i += 1)
        value += op_is(stream->ops[i], TRAIT_STORES);
    return value;
}

/* One row; `count` equal ops in a row stand in it. */
static void report_row(FILE *file, const struct run_view *view, uint32_t index, uint32_t count,
                       bool failing) {
    const struct step *step = &view->steps[index];
    const unsigned value = report_value(view->stream, index);
    const bool ahead = index > view->op_index; /* the subject has answered, nothing is compared */
    char text[TRACE_TEXT_OP_SIZE], actual[RESULT_TEXT_SIZE], expected[RESULT_TEXT_SIZE];
    trace_text_op(view->stream->ops[index], text, sizeof text);
    trace_text_result(run_answer(view, index), actual, sizeof actual);
    trace_text_result(step->expected, expected, sizeof expected);
    fprintf(file, "%s %5u%c %-44s %-15s ", failing ? ">" : " ", verdict_op_number(index, false),
            stream_call_bracket(view->stream, index), text, actual);
    if (ahead)
        fprintf(file, "-\n");
    else if (count > 1)
        fprintf(file, "%-15s x %u\n", expected, (unsigned)count);
    else if (value != 0)
        fprintf(file, "%-15s value %u\n", expected, value);
    else
        fprintf(file, "%s\n", expected);
}

/* The rows up to the failing op, the last REPORT_OP_COUNT of them after folding. */
static void report_rows(FILE *file, const struct run_view *view, uint32_t stop) {
    const uint32_t op_count = view->stream->op_count;
    const bool in_call = !view->in_init && stop < op_count;
    const uint32_t end = view->in_init ? 0 : in_call ? run_call_end(view, stop) : op_count;
    uint32_t first = end, row_count = 0;
    while (first > 0 && row_count < REPORT_OP_COUNT) {
        first -= 1;
        row_count += !report_repeats(view, first, stop);
    }
    fprintf(file, "\n  %5s  %-44s %-15s %s\n", "#", "op", SUBJECT_NOUN, "model");
    if (first > 0)
        fprintf(file, "  %5s  (%u ops before)\n", "...", (unsigned)first);
    for (uint32_t i = first, next; i < end; i = next) {
        for (next = i + 1; next < end && report_repeats(view, next, stop); next += 1)
            continue;
        report_row(file, view, i, next - i, i == stop);
    }
    if (view->in_init)
        fprintf(file, "> %5u  init\n", 0u);
    else if (stop >= op_count)
        fprintf(file, "> %5s  final verification\n", "end");
    fprintf(file, "\n");
}

/* The stream's world, and what of it is another in this pass. */
static void report_world(FILE *file, const struct run_view *view) {
    char text[200] = "geometry ";
    size_t used = strlen(text);
    trace_text_world(&view->stream->world, text + used, sizeof text - used);
    report_text(file, "", text);
    if (world_equal(&view->stream->world, &view->world))
        return;
    used = (size_t)snprintf(text, sizeof text, "in this pass, here:");
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        char words[FIELD_WORDS_SIZE];
        if (view->stream->world.numbers[field] == view->world.numbers[field])
            continue;
        field_words(field, view->world.numbers[field], words, sizeof words);
        used += (size_t)snprintf(text + used, sizeof text - used, " %s=%s",
                                 field_describe(field)->name, words);
    }
    report_text(file, "", text);
}

void report_print(FILE *file, const struct run_view *view, const char *cause) {
    const struct verdict *verdict = &view->verdict;
    const uint32_t op_count = view->stream->op_count;
    const uint32_t stop = cause == NULL ? verdict->op_index : view->op_index;
    fprintf(file, "\nFAIL  %s\n", cause != NULL ? cause : invariant_meaning(verdict->invariant));
    if (cause == NULL) {
        char place[VERDICT_PLACE_SIZE];
        report_text(file, "", verdict->detail);
        verdict_place(verdict, place, sizeof place);
        fprintf(file, "      found by layer '%s', %s\n",
                layer_name(invariant_layer(verdict->invariant)), place);
    }
    fprintf(file, "      pass: %s; ", pass_name(view->pass));
    if (view->in_init)
        fprintf(file, "init, before the first op\n");
    else if (stop >= op_count)
        fprintf(file, "final verification, after op %u of %u\n", (unsigned)op_count,
                (unsigned)op_count);
    else
        fprintf(file, "op %u of %u\n", verdict_op_number(stop, false), (unsigned)op_count);
    report_world(file, view);
    report_rows(file, view, stop);
    /* Where its own check has just looked it can look again. */
    if (cause == NULL && invariant_layer(verdict->invariant) == LAYER_STRUCTURE) {
        static struct exhibit exhibit;
        exhibit_take(view, &exhibit);
        if (exhibit.row_count == 0)
            return;
        fprintf(file, "  %s\n", exhibit.title);
        exhibit_print(file, &exhibit);
        fprintf(file, "\n");
    }
}
