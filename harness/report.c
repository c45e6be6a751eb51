/* The report behind report.h. */
#include "report.h"

#include "trace_text.h"

#include <string.h>

enum { REPORT_OP_COUNT = 20, OP_TEXT_SIZE = 64, RESULT_TEXT_SIZE = 24 };
enum { REPORT_INDENT = 6, REPORT_COLUMN_COUNT = 100 };

/* A text at the report's indent, broken at blanks so that no line is too long. */
static void report_text(FILE *file, const char *text) {
    size_t column = 0;
    while (*text != '\0') {
        const size_t size = strcspn(text, " ");
        const bool fits = column + 1 + size <= REPORT_COLUMN_COUNT;
        if (column == 0 || !fits)
            column = (size_t)fprintf(file, "%s%*s", column == 0 ? "" : "\n", REPORT_INDENT, "");
        else
            column += (size_t)fprintf(file, " ");
        column = column == REPORT_INDENT + 1 ? REPORT_INDENT : column; /* not the newline */
        column += (size_t)fprintf(file, "%.*s", (int)size, text);
        text += size + (text[size] == ' ');
    }
    fprintf(file, "\n");
}

static void report_row(FILE *file, const struct environment *environment, uint32_t index,
                       bool failing) {
    const struct step *step = &environment->steps[index];
    const struct op op = environment->stream->ops[index];
    char text[OP_TEXT_SIZE], actual[RESULT_TEXT_SIZE], expected[RESULT_TEXT_SIZE];
    unsigned value = 0;
    trace_text_op(op, text, sizeof text);
    trace_text_result(step->actual, actual, sizeof actual);
    trace_text_result(step->expected, expected, sizeof expected);
    fprintf(file, "%s %5u  %-44s %-15s %-15s", failing ? ">" : " ", (unsigned)index, text, actual,
            expected);
    for (uint32_t i = 0; op.kind == OP_UPSERT && i <= index; i += 1)
        value += environment->stream->ops[i].kind == OP_UPSERT;
    if (value != 0)
        fprintf(file, " value %u", value);
    fprintf(file, "\n");
}

void report_print(FILE *file, const struct environment *environment, const char *cause) {
    const struct verdict *verdict = &environment->verdict;
    const uint32_t op_count = environment->stream->op_count;
    const uint32_t stop = cause == NULL ? verdict->op_index : environment->op_index;
    const uint32_t first = stop > REPORT_OP_COUNT ? stop - REPORT_OP_COUNT : 0;
    char geometry[180] = "geometry ";
    const size_t used = strlen(geometry);
    trace_text_geometry(&environment->stream->geometry, geometry + used, sizeof geometry - used);
    fprintf(file, "\nFAIL  %s\n", cause != NULL ? cause : invariant_meaning(verdict->invariant));
    if (cause == NULL) {
        report_text(file, verdict->detail);
        fprintf(file, "      found by layer '%s', %s:%d\n",
                layer_name(invariant_layer(verdict->invariant)), verdict->file, verdict->line);
    }
    fprintf(file, "      pass: %s; op %u of %u%s\n", pass_name(environment->options.pass),
            (unsigned)stop, (unsigned)op_count,
            stop >= op_count ? " (after the last: the final verification)" : "");
    report_text(file, geometry);
    fprintf(file, "\n  %5s  %-44s %-15s %-15s\n", "#", "op", "map", "model");
    if (first > 0)
        fprintf(file, "  %5s  (%u ops before)\n", "...", (unsigned)first);
    for (uint32_t i = first; i <= stop && i < op_count; i += 1)
        report_row(file, environment, i, i == stop);
    if (stop >= op_count)
        fprintf(file, "> %5s  final verification\n", "end");
    fprintf(file, "\n");
}
