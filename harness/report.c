/* SPDX-License-Identifier: Apache-2.0 */
/* The report behind report.h. */
#include "report.h"

#include "environment_batch.h"
#include "trace_text.h"

#include <string.h>

enum { REPORT_OP_COUNT = 20, RESULT_TEXT_SIZE = 24 };
enum { REPORT_INDENT = 6, REPORT_COLUMN_COUNT = 100 };

/* The word that `text` begins with: up to a blank, but for one within `...`, which is a command. */
static size_t text_size(const char *text) {
    size_t size = 0;
    bool quoted = false;
    for (; text[size] != '\0' && (quoted || text[size] != ' '); size += 1)
        quoted ^= text[size] == '`';
    return size;
}

void report_text(FILE *file, const char *head, const char *text) {
    size_t column = (size_t)fprintf(file, "%-*s", REPORT_INDENT, head);
    bool first = true; /* on its line */
    while (*text != '\0') {
        const size_t size = text_size(text);
        if (!first && column + 1 + size > REPORT_COLUMN_COUNT) {
            column = (size_t)fprintf(file, "\n%*s", REPORT_INDENT, "") - 1;
            first = true;
        }
        column += (size_t)fprintf(file, "%s%.*s", first ? "" : " ", (int)size, text);
        first = false;
        text += size + (text[size] == ' ');
    }
    fprintf(file, "\n");
}

void index_row_words(const struct index_row *row, char *words, size_t size) {
    char bucket[24] = "no bucket", content[40] = "";
    if (row->bucket != INDEX_NONE)
        (void)snprintf(bucket, sizeof bucket, "bucket %u", (unsigned)row->bucket);
    if (row->home != INDEX_NONE && row->tombstone)
        (void)snprintf(content, sizeof content, ": key %u tombstone", row->content.key_id);
    else if (row->home != INDEX_NONE)
        (void)snprintf(content, sizeof content, ": key %u = value %u", row->content.key_id,
                       (unsigned)row->content.value);
    if (row->entry == INDEX_NONE)
        (void)snprintf(words, size, "%-10s free", bucket);
    else if (row->home == INDEX_NONE)
        (void)snprintf(words, size, "%-10s entry %u, which is not there", bucket,
                       (unsigned)row->entry);
    else
        (void)snprintf(words, size, "%-10s entry %u%s, home %u", bucket, (unsigned)row->entry,
                       content, (unsigned)row->home);
}

void report_index(FILE *file, const struct stash_index *index) {
    fprintf(file, "      count %u, %u buckets\n", (unsigned)index->entry_count,
            (unsigned)index->bucket_count);
    for (uint32_t i = 0; i < index->row_count; i += 1) {
        const struct index_row *row = &index->rows[i];
        char words[INDEX_LINE_SIZE];
        index_row_words(row, words, sizeof words);
        fprintf(file, "%*s%s\n", REPORT_INDENT, "", words);
        if (row->broken[0] != '\0')
            report_text(file, "  !", row->broken);
    }
    if (index->omitted_count > 0)
        fprintf(file, "%*s... %u more buckets in use\n", REPORT_INDENT, "",
                (unsigned)index->omitted_count);
}

/* ---- The ops. ---------------------------------------------------------------------------- */

/* True when op `index` repeats the one before it without a change: such rows are folded into one, so
 * that the last rows show what led to the failure. The failing op stands alone. */
static bool report_repeats(const struct environment *environment, uint32_t index, uint32_t stop) {
    const struct op *ops = environment->stream->ops;
    const struct step *steps = environment->steps;
    const bool stores = op_stores(ops[index]) && !outcome_failed(steps[index].actual.outcome);
    return index > 0 && index != stop && !stores && !op_is_batched(ops[index]) &&
           ops[index].kind == ops[index - 1].kind && ops[index].operand == ops[index - 1].operand &&
           result_equal(steps[index].actual, steps[index - 1].actual) &&
           result_equal(steps[index].expected, steps[index - 1].expected);
}

/* The number of the value that op `index` stores, or 0. */
static unsigned report_value(const struct stream *stream, uint32_t index) {
    unsigned value = 0;
    for (uint32_t i = 0; op_stores(stream->ops[index]) && i <= index; i += 1)
        value += op_stores(stream->ops[i]);
    return value;
}

/* One row; `count` equal ops in a row stand in it. */
static void report_row(FILE *file, const struct environment *environment, uint32_t index,
                       uint32_t count, bool failing) {
    const struct step *step = &environment->steps[index];
    const unsigned value = report_value(environment->stream, index);
    const bool ahead =
        index > environment->op_index; /* the map has answered, nothing is compared */
    char text[TRACE_TEXT_OP_SIZE], actual[RESULT_TEXT_SIZE], expected[RESULT_TEXT_SIZE];
    trace_text_op(environment->stream->ops[index], text, sizeof text);
    trace_text_result(environment_answer(environment, index), actual, sizeof actual);
    trace_text_result(step->expected, expected, sizeof expected);
    fprintf(file, "%s %5u%c %-44s %-15s ", failing ? ">" : " ", verdict_op_number(index, false),
            stream_call_bracket(environment->stream, index), text, actual);
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
static void report_rows(FILE *file, const struct environment *environment, uint32_t stop) {
    const uint32_t op_count = environment->stream->op_count;
    const bool in_call = !environment->in_init && stop < op_count;
    const uint32_t end = environment->in_init ? 0
                         : in_call            ? environment_call_end(environment, stop)
                                              : op_count;
    uint32_t first = end, row_count = 0;
    while (first > 0 && row_count < REPORT_OP_COUNT) {
        first -= 1;
        row_count += !report_repeats(environment, first, stop);
    }
    fprintf(file, "\n  %5s  %-44s %-15s %s\n", "#", "op", "map", "model");
    if (first > 0)
        fprintf(file, "  %5s  (%u ops before)\n", "...", (unsigned)first);
    for (uint32_t i = first, next; i < end; i = next) {
        for (next = i + 1; next < end && report_repeats(environment, next, stop); next += 1)
            continue;
        report_row(file, environment, i, next - i, i == stop);
    }
    if (environment->in_init)
        fprintf(file, "> %5u  init\n", 0u);
    else if (stop >= op_count)
        fprintf(file, "> %5s  final verification\n", "end");
    fprintf(file, "\n");
}

/* The stream's geometry, and what this pass makes of it: other sets, another layout. */
static void report_geometry(FILE *file, const struct environment *environment) {
    const struct geometry *own = &environment->stream->geometry, *now = &environment->geometry;
    const struct layout_description *layout = layout_describe(now->layout);
    char text[180] = "geometry ";
    const size_t used = strlen(text);
    trace_text_geometry(own, text + used, sizeof text - used);
    report_text(file, "", text);
    if (own->layout == now->layout && own->set_count == now->set_count)
        return;
    (void)snprintf(text, sizeof text, "in this pass, here: sets=%u ways=%u tag=%u clock=%u%s",
                   now->set_count, layout->ways, layout->tag_bits, layout->clock_bits,
                   layout->policy == LAYOUT_POLICY_CLOCK ? "" : " policy=clock_classic");
    report_text(file, "", text);
}

void report_print(FILE *file, const struct environment *environment, const char *cause) {
    const struct verdict *verdict = &environment->verdict;
    const uint32_t op_count = environment->stream->op_count;
    const uint32_t stop = cause == NULL ? verdict->op_index : environment->op_index;
    fprintf(file, "\nFAIL  %s\n", cause != NULL ? cause : invariant_meaning(verdict->invariant));
    if (cause == NULL) {
        report_text(file, "", verdict->detail);
        fprintf(file, "      found by layer '%s', %s/%s:%d\n",
                layer_name(invariant_layer(verdict->invariant)),
                verdict->invariant == INVARIANT_ASSERTION ? "src" : "harness", verdict->file,
                verdict->line);
    }
    fprintf(file, "      pass: %s; ", pass_name(environment->options.pass));
    if (environment->in_init)
        fprintf(file, "init, before the first op\n");
    else if (stop >= op_count)
        fprintf(file, "final verification, after op %u of %u\n", (unsigned)op_count,
                (unsigned)op_count);
    else
        fprintf(file, "op %u of %u\n", verdict_op_number(stop, false), (unsigned)op_count);
    report_geometry(file, environment);
    report_rows(file, environment, stop);
    /* Where `check` has just looked it can look again. */
    if (cause == NULL && verdict->invariant == INVARIANT_STRUCTURE) {
        struct stash_index index;
        subject_index(&environment->subject, &index);
        if (index.row_count == 0)
            return;
        fprintf(file, "  What disagrees in the stash\n");
        report_index(file, &index);
        fprintf(file, "\n");
    }
}
