/* The report behind report.h. */
#include "report.h"

#include "trace_text.h"

enum { REPORT_OP_COUNT = 20, OP_TEXT_SIZE = 64, RESULT_TEXT_SIZE = 24 };

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
    char geometry[160];
    trace_text_geometry(&environment->stream->geometry, geometry, sizeof geometry);
    fprintf(file, "\nFAIL  %s\n", cause != NULL ? cause : invariant_meaning(verdict->invariant));
    if (cause == NULL)
        fprintf(file, "      %s\n      found by layer '%s', %s:%d\n", verdict->detail,
                layer_name(invariant_layer(verdict->invariant)), verdict->file, verdict->line);
    fprintf(file, "      pass: %s; op %u of %u%s\n", pass_name(environment->options.pass),
            (unsigned)stop, (unsigned)op_count,
            stop >= op_count ? " (after the last: the final verification)" : "");
    fprintf(file, "      geometry %s\n\n", geometry);
    fprintf(file, "  %5s  %-44s %-15s %-15s\n", "#", "op", "map", "model");
    if (first > 0)
        fprintf(file, "  %5s  (%u ops before)\n", "...", (unsigned)first);
    for (uint32_t i = first; i <= stop && i < op_count; i += 1)
        report_row(file, environment, i, i == stop);
    if (stop >= op_count)
        fprintf(file, "> %5s  final verification\n", "end");
    fprintf(file, "\n");
}
