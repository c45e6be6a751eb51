/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace explain: a failure told on the fewest ops that show it: what is wrong, each op with the
 * model beside it, the inside after the failing op, where it first went wrong inside, what of the trace
 * matters, and the smallest change that makes it pass. Here as text for people; trace_explain_json.c
 * has the form for programs. Both print the facts of trace_explanation.h and find none. */
#include "trace_explain_json.h"

#include "report.h"
#include "trace_text.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Colour. ----------------------------------------------------------------------------- */

enum style { STYLE_PLAIN, STYLE_BAD, STYLE_MARKED, STYLE_GOOD, STYLE_HEAD, STYLE_COUNT };

static bool in_colour;

static const char *style(enum style style) {
    static const char *const codes[STYLE_COUNT] = {"\033[0m", "\033[1;31m", "\033[33m", "\033[32m",
                                                   "\033[1m"};
    return in_colour ? codes[style] : "";
}

/* Whether the word after --color= asks for colour here. NO_COLOR is the convention of no-color.org. */
static bool colour_wanted(const char *when, bool *wanted) {
    const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    const bool can = isatty(STDOUT_FILENO) != 0 && terminal != NULL &&
                     strcmp(terminal, "dumb") != 0 && (no_colour == NULL || no_colour[0] == '\0');
    *wanted = strcmp(when, "always") == 0 || (strcmp(when, "auto") == 0 && can);
    return *wanted || strcmp(when, "auto") == 0 || strcmp(when, "never") == 0;
}

static void print_head(const char *head) {
    printf("\n%s%s%s\n", style(STYLE_HEAD), head, style(STYLE_PLAIN));
}

/* ---- The failure. ------------------------------------------------------------------------ */

static void print_reduction(const struct explanation *explanation) {
    const struct reduction *reduction = &explanation->reduction;
    char line[200];
    (void)snprintf(line, sizeof line,
                   "%u -> %u ops in %u tries, %s; fails in the same way %u of %d times",
                   (unsigned)reduction->op_count_before, (unsigned)explanation->stream.op_count,
                   (unsigned)reduction->try_count,
                   reduction->minimal ? "none can go" : "interrupted: more may go",
                   reduction->confirmed_count, REDUCTION_CONFIRM_COUNT);
    report_text(stdout, "", line);
}

/* The fields that matter with their values; those that do not, by name. */
static void print_world(const struct explanation *explanation) {
    char matter[200] = "", free[120] = "", line[400];
    for (unsigned i = 0; i < FIELD_COUNT; i += 1) {
        const struct explanation_field *field = &explanation->fields[i];
        char *list = field->freedom == FREEDOM_ANY ? free : matter;
        const size_t used = strlen(list);
        if (field->name == NULL || field_is_implied(i, explanation->stream.world.numbers[i]))
            continue;
        if (list == free)
            (void)snprintf(free + used, sizeof free - used, " %s", field->name);
        else
            (void)snprintf(matter + used, sizeof matter - used, " %s=%s", field->name,
                           field->value);
    }
    (void)snprintf(line, sizeof line, "geometry%s%s%s%s", matter,
                   free[0] == '\0'     ? ""
                   : matter[0] == '\0' ? ": any does"
                                       : " (any do:",
                   matter[0] == '\0' ? "" : free, free[0] == '\0' || matter[0] == '\0' ? "" : ")");
    report_text(stdout, "", line);
}

/* When an answer shows a failure that was found inside. */
static void print_observation(const struct explanation *explanation) {
    const char *words = explanation_observation(explanation);
    if (words[0] != '\0')
        report_text(stdout, "", words);
}

static void print_failure(const struct explanation *explanation) {
    const struct story *story = explanation->story;
    char line[EXPLANATION_SENTENCE_SIZE];
    explanation_sentence(explanation, line, sizeof line);
    fputs(style(STYLE_BAD), stdout);
    report_text(stdout, "FAIL", line);
    fputs(style(STYLE_PLAIN), stdout);
    if (story->end == STORY_FAILS) {
        char place[VERDICT_PLACE_SIZE];
        verdict_place(&story->verdict, place, sizeof place);
        (void)snprintf(line, sizeof line, "%s (layer '%s', %s)",
                       invariant_meaning(story->verdict.invariant),
                       layer_name(invariant_layer(story->verdict.invariant)), place);
        report_text(stdout, "", line);
    }
    if (story->asked[0] != '\0')
        report_text(stdout, "", story->asked);
    if (story->broken[0] != '\0' && story->verdict.invariant != INVARIANT_STRUCTURE) {
        (void)snprintf(line, sizeof line, "the " SUBJECT_NOUN "'s check finds: %s", story->broken);
        report_text(stdout, "", line);
    }
    print_observation(explanation);
    print_reduction(explanation);
    print_world(explanation);
    if (story->pass != PASS_FIRST) {
        char world[TRACE_TEXT_WORLD_SIZE];
        trace_text_world(&story->world, world, sizeof world);
        (void)snprintf(line, sizeof line, "it fails in the pass %s, which is what is shown: %s",
                       pass_name(story->pass), world);
        report_text(stdout, "", line);
    }
}

/* ---- The table. -------------------------------------------------------------------------- */

/* INSIDE is the first of row.cells. */
enum column { OP, ANSWER, MODEL, INSIDE, NOTE = INSIDE + ROW_COLUMN_COUNT, COLUMN_COUNT };
enum { TABLE_ROW_COUNT_MAX = 40, TABLE_COLUMN_COUNT_MAX = 100, TABLE_MARGIN = 7, CELL_SIZE = 64 };

struct table {
    uint32_t first, end; /* ops */
    char cells[TABLE_ROW_COUNT_MAX][COLUMN_COUNT][CELL_SIZE];
    size_t widths[COLUMN_COUNT]; /* 0: not shown */
};

static const char *const table_heads[COLUMN_COUNT] = {"op", SUBJECT_NOUN, "model",
#define COLUMN_HEAD(name, head, ...) head,
                                                      COLUMN_TABLE(COLUMN_HEAD)
#undef COLUMN_HEAD
                                                          "moved"};

static void table_fill_row(struct table *table, const struct explanation *explanation,
                           uint32_t index) {
    const struct story *story = explanation->story;
    char(*cells)[CELL_SIZE] = table->cells[index - table->first];
    const struct row *row = story_row(story, index);
    if (story->at_init) {
        (void)snprintf(cells[OP], CELL_SIZE, "init");
    } else if (index >= explanation->stream.op_count) {
        (void)snprintf(cells[OP], CELL_SIZE, "final verification");
    } else {
        const struct step *step = &story->steps[index];
        trace_text_op(explanation->stream.ops[index], cells[OP], CELL_SIZE);
        trace_text_result(step->actual, cells[ANSWER], CELL_SIZE);
        trace_text_result(step->expected, cells[MODEL], CELL_SIZE);
        if (index > story->stop) /* of the call that failed: it has answered, nothing is compared */
            (void)snprintf(cells[MODEL], CELL_SIZE, "-");
        if (row != NULL && row->answer_origin[0] != '\0')
            (void)snprintf(cells[ANSWER] + strlen(cells[ANSWER]), CELL_SIZE - strlen(cells[ANSWER]),
                           " (%s)", row->answer_origin);
        if (step->actual.outcome == OUTCOME_NONE)
            (void)snprintf(cells[ANSWER], CELL_SIZE, "%s",
                           story->end == STORY_DIES                          ? "ENDS"
                           : story->verdict.invariant == INVARIANT_ASSERTION ? "ASSERTS"
                                                                             : "-");
    }
    if (row == NULL)
        return;
    for (unsigned i = 0; i < ROW_COLUMN_COUNT; i += 1)
        (void)snprintf(cells[INSIDE + i], CELL_SIZE, "%s", row->cells[i]);
    (void)snprintf(cells[NOTE], CELL_SIZE, "%s", row->note);
}

/* The width of each column; columns that are empty, or for which there is no room, are not shown. */
static void table_measure(struct table *table) {
    size_t total = TABLE_MARGIN;
    for (unsigned column = 0; column < COLUMN_COUNT; column += 1) {
        size_t width = 0;
        for (uint32_t i = 0; i < table->end - table->first; i += 1)
            if (strlen(table->cells[i][column]) > width)
                width = strlen(table->cells[i][column]);
        if (width > 0 && width < strlen(table_heads[column]))
            width = strlen(table_heads[column]);
        table->widths[column] = width;
        total += width == 0 ? 0 : width + 2;
    }
    for (unsigned column = NOTE; total > TABLE_COLUMN_COUNT_MAX && column >= INSIDE; column -= 1) {
        const size_t width = table->widths[column];
        total -= width == 0 ? 0 : width + 2;
        table->widths[column] = 0;
    }
}

/* One line; blanks at its end are left out. */
static void table_print_cells(const struct table *table, const char *const *cells) {
    size_t due = 0;
    for (unsigned column = 0; column < COLUMN_COUNT; column += 1) {
        if (table->widths[column] == 0)
            continue;
        if (cells[column][0] != '\0') {
            printf("%*s%s", (int)due, "", cells[column]);
            due = 0;
        }
        due += table->widths[column] - strlen(cells[column]) + 2;
    }
}

/* Whether a cell of the inside has the text. */
static bool table_has(const struct table *table, const char *text) {
    for (uint32_t i = 0; i < table->end - table->first; i += 1)
        for (unsigned column = INSIDE; column < NOTE; column += 1)
            if (strstr(table->cells[i][column], text) != NULL)
                return true;
    return false;
}

static void print_legends(const struct table *table, bool has_calls) {
    static const struct {
        const char *text, *sentence;
    } legends[] = {
#define LEGEND_ROW(text, sentence) {text, sentence},
        LEGEND_TABLE(LEGEND_ROW)
#undef LEGEND_ROW
            {NULL, NULL}};
    for (size_t i = 0; legends[i].text != NULL; i += 1)
        if (legends[i].text[0] != '\0' ? table_has(table, legends[i].text)
                                       : table->widths[INSIDE] > 0)
            printf("       %s\n", legends[i].sentence);
    if (has_calls)
        printf("       / | \\ one call: the " SUBJECT_NOUN " is that after all of its ops\n");
}

static void print_table(const struct explanation *explanation) {
    static struct table table;
    const struct story *story = explanation->story;
    const uint32_t end = story->call_end;
    bool has_calls = false;
    memset(&table, 0, sizeof table);
    table.end = end;
    table.first = end > TABLE_ROW_COUNT_MAX ? end - TABLE_ROW_COUNT_MAX : 0;
    for (uint32_t i = table.first; i < end; i += 1)
        table_fill_row(&table, explanation, i);
    table_measure(&table);
    printf("\n    #  ");
    table_print_cells(&table, table_heads);
    printf("\n");
    if (table.first > 0)
        printf("  ...  (%u ops before)\n", (unsigned)table.first);
    for (uint32_t i = table.first; i < end; i += 1) {
        const struct row *row = story_row(story, i);
        const bool failing = i == story->stop, differs = row != NULL && row->differs;
        const char *cells[COLUMN_COUNT];
        char bracket = ' ';
        for (unsigned column = 0; column < COLUMN_COUNT; column += 1)
            cells[column] = table.cells[i - table.first][column];
        fputs(style(failing ? STYLE_BAD : differs ? STYLE_MARKED : STYLE_PLAIN), stdout);
        if (!story->at_init)
            bracket = stream_call_bracket(&explanation->stream, i);
        has_calls |= bracket != ' ';
        if (story->at_init || i < explanation->stream.op_count)
            printf("%c%c%3u%c ", failing ? '>' : ' ', differs ? '!' : ' ',
                   verdict_op_number(i, story->at_init), bracket);
        else
            printf(">%c     ", differs ? '!' : ' ');
        table_print_cells(&table, cells);
        printf("%s\n", style(STYLE_PLAIN));
    }
    print_legends(&table, has_calls);
}

/* ---- Pictures. --------------------------------------------------------------------------- */

static void print_picture_head(const struct explanation *explanation, uint32_t index,
                               const char *before) {
    char text[TRACE_TEXT_OP_SIZE] = "";
    if (index < explanation->stream.op_count)
        trace_text_op(explanation->stream.ops[index], text, sizeof text);
    printf("\n%s%s op %u, %s%s\n", style(STYLE_HEAD), before, verdict_op_number(index, false), text,
           style(STYLE_PLAIN));
}

static void print_pictures(const struct explanation *explanation) {
    const struct story *story = explanation->story;
    const bool at_end = story->stop >= explanation->stream.op_count;
    if (story->exhibit.row_count > 0) {
        print_head(story->exhibit.title);
        exhibit_print(stdout, &story->exhibit);
    }
    if (story->at_init)
        print_head("The " SUBJECT_NOUN " after init");
    else if (at_end)
        print_head("The " SUBJECT_NOUN " at the end");
    else
        print_picture_head(explanation, story->stop,
                           !story->has_row ? "The " SUBJECT_NOUN " before"
                           : story->verdict.invariant == INVARIANT_ASSERTION
                               ? "The " SUBJECT_NOUN " in the midst of"
                               : "The " SUBJECT_NOUN " after");
    printf("      * changed by it   ! the model has something else there\n\n");
    if (story->has_row)
        (void)picture_print(stdout, &story->after,
                            story->before.line_count == 0 ? NULL : &story->before);
    else
        (void)picture_print(stdout, &story->before, NULL);
    if (!story->diverged || story->diverged_at >= story->stop)
        return;
    print_picture_head(explanation, story->diverged_at, "It went wrong inside before that: after");
    report_text(stdout, "", story->divergence);
    if (story->divergence_exhibit.row_count > 0)
        exhibit_print(stdout, &story->divergence_exhibit);
    printf("\n");
    (void)picture_print(stdout, &story->divergence_picture, NULL);
}

/* ---- What matters. ----------------------------------------------------------------------- */

/* All keys together, in words. */
static const char *keys_words(const struct explanation *explanation, char *words, size_t size) {
    const unsigned count = explanation->key_count;
    switch (explanation->keys) {
    case KEYS_ANY:
        (void)snprintf(words, size, count == 1 ? "any key does" : "any %u keys do", count);
        break;
    case KEYS_SAME_SETS:
        (void)snprintf(words, size,
                       count == 1 ? "any key of the same " KEY_PLACE_NOUN " does"
                                  : "any %u keys of the same " KEY_PLACE_NOUN "s do",
                       count);
        break;
    case KEYS_JUST_THESE:
        (void)snprintf(words, size, "not any key%s do%s: how they hash matters",
                       count == 1 ? "" : "s", count == 1 ? "es" : "");
        break;
    case KEYS_UNKNOWN: (void)snprintf(words, size, "the keys were not tried"); break;
    }
    return words;
}

/* The ops whose key alone can be another, "op 3 (any), op 5 (some)". */
static void free_ops_words(const struct explanation *explanation, char *words, size_t size) {
    words[0] = '\0';
    for (uint32_t i = 0; i < explanation->stream.op_count; i += 1) {
        const enum freedom freedom = (enum freedom)explanation->key_freedom[i];
        const size_t used = strlen(words);
        if ((freedom == FREEDOM_ANY || freedom == FREEDOM_SOME) && used + 20 < size)
            (void)snprintf(words + used, size - used, "%s op %u (%s)", used == 0 ? "" : ",",
                           verdict_op_number(i, false), freedom_name(freedom));
    }
}

static void print_matters(const struct explanation *explanation) {
    char keys[80], free[300], line[500];
    print_head("What matters");
    if (!explanation->reduction.minimal)
        (void)snprintf(line, sizeof line, "interrupted: not each op is known to be needed");
    else if (explanation->stream.op_count < 2)
        (void)snprintf(line, sizeof line, "%s",
                       explanation->stream.op_count == 0 ? "no op is needed: an empty " SUBJECT_NOUN
                                                           " fails"
                                                         : "the op is needed");
    else
        (void)snprintf(line, sizeof line, "all %u ops are needed",
                       (unsigned)explanation->stream.op_count);
    if (explanation->key_count > 0)
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "; %s",
                       keys_words(explanation, keys, sizeof keys));
    report_text(stdout, "", line);
    free_ops_words(explanation, free, sizeof free);
    if (free[0] != '\0' && explanation->key_count > 1) {
        (void)snprintf(line, sizeof line, "one op alone may have another key:%s", free);
        report_text(stdout, "", line);
    }
}

static void print_neighbour(const struct explanation *explanation) {
    print_head("The nearest that passes");
    fputs(style(STYLE_GOOD), stdout);
    report_text(stdout, "",
                explanation->neighbour_kind != NEIGHBOUR_NONE ? explanation->neighbour_words
                : explanation->complete                       ? "none was found"
                                                              : "not known: interrupted");
    fputs(style(STYLE_PLAIN), stdout);
}

/* ---- Next. ------------------------------------------------------------------------------- */

/* A command is one line, however long: what is wrapped cannot be copied. */
static void print_next(const char *program, const char *path) {
    print_head("Next");
    for (unsigned i = 0; i < EXPLANATION_NEXT_COUNT; i += 1) {
        printf("      # %s\n      ", explanation_next_purpose(i));
        explanation_next_write(stdout, program, path, i);
        printf("\n");
    }
}

/* ---- The whole. -------------------------------------------------------------------------- */

static void print_explanation(const struct explanation *explanation, const char *program,
                              const char *path) {
    print_failure(explanation);
    print_table(explanation);
    print_pictures(explanation);
    print_matters(explanation);
    print_neighbour(explanation);
    print_next(program, path);
}

static int explain_options(int argc, char **argv, bool *as_json, const char **as) {
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"color", required_argument, NULL, 'c'},
                                            {"as", required_argument, NULL, 'a'},
                                            {0}};
    const char *when = "auto";
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'j')
            *as_json = true;
        else if (option == 'c')
            when = optarg;
        else if (option == 'a')
            *as = optarg;
        else
            return trace_usage_error("explain takes --json, --color=WHEN, --as NAME and one file",
                                     "");
    }
    if (!colour_wanted(when, &in_colour))
        return trace_usage_error("--color takes always, never or auto, not ", when);
    return EXIT_AGREES;
}

int command_explain(int argc, char **argv) {
    static struct input_file file;
    static struct explanation explanation;
    const char *program = argv[-1], *name = NULL;
    bool as_json = false;
    int status;
    trace_restart_without_symbols(argv);
    status = explain_options(argc, argv, &as_json, &name);
    if (status == EXIT_AGREES)
        status = trace_read_one("explain", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    status = explanation_find(&file.stream, argv[optind], &explanation);
    if (status != EXIT_FAILS)
        return status;
    if (name == NULL)
        name = argv[optind];
    if (as_json)
        explain_print_json(&explanation, program, name);
    else
        print_explanation(&explanation, program, name);
    explanation_free(&explanation);
    return stop_requested() ? EXIT_INTERRUPTED : EXIT_FAILS;
}
