/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace html: one page that steps through a trace, with all that it needs inside. The page is tools/page/;
 * here the runs are recorded and put into it: of a stream that fails the reduced one, the nearest that
 * passes, and the stream as it came. */
#include "json.h"
#include "trace_explanation.h"
#include "trace_record.h"

#include "embedded.h"

#include <getopt.h>
#include <string.h>

/* What the page says beside its runs. */
struct page_words {
    const char *file;
    const char *neighbour; /* how the neighbour differs */
    const char *observed;  /* what a caller sees */
    char reduced[120];
};

/* ---- The parts of the page. -------------------------------------------------------------- */

/* The lines of a record become the members of an array. No line of it can end the script element: '<' is
 * escaped in JSON. */
static bool page_copy_record(FILE *out, FILE *record) {
    char text[4096];
    bool line_ended = false;
    if (fseek(record, 0, SEEK_SET) != 0)
        return false;
    while (fgets(text, sizeof text, record) != NULL) {
        const size_t size = strcspn(text, "\n");
        if (line_ended)
            fputs(",\n", out);
        (void)fwrite(text, 1, size, out);
        line_ended = text[size] == '\n';
    }
    return ferror(record) == 0;
}

/* The run as a script element of data. `status` gets what the run did. */
static bool page_run(FILE *out, const struct stream *stream, const char *name, const char *title,
                     int *status) {
    FILE *record = tmpfile();
    bool good;
    if (record == NULL) {
        (void)trace_write_failed("a temporary file for the record");
        return false;
    }
    *status = trace_record(record, stream);
    fprintf(out,
            "<script type=\"application/json\" class=\"run\" data-name=\"%s\" "
            "data-title=\"%s, %u op%s\">[\n",
            name, title, (unsigned)stream->op_count, stream->op_count == 1 ? "" : "s");
    good = *status != EXIT_USAGE && page_copy_record(out, record);
    fputs("]</script>\n", out);
    (void)fclose(record);
    return good;
}

static void page_words(FILE *out, const struct page_words *words) {
    struct json json = json_begin(out);
    fputs("<script type=\"application/json\" id=\"page-data\">", out);
    json_object_open(&json, NULL);
    json_string(&json, "file", words->file);
    if (words->neighbour[0] != '\0')
        json_string(&json, "neighbour", words->neighbour);
    if (words->observed[0] != '\0')
        json_string(&json, "observed", words->observed);
    if (words->reduced[0] != '\0')
        json_string(&json, "reduced", words->reduced);
    json_object_close(&json);
    fputs("</script>\n", out);
}

static void page_lines(FILE *out, const char *const *lines) {
    for (; *lines != NULL; lines += 1)
        fputs(*lines, out);
}

/* ---- The runs. --------------------------------------------------------------------------- */

/* Of a stream that passes, or that is not to be reduced. */
static bool page_runs_whole(FILE *out, const struct stream *stream, const struct page_words *words,
                            int *status) {
    page_words(out, words);
    return page_run(out, stream, "whole", "trace", status);
}

static bool page_runs_explained(FILE *out, const struct stream *stream,
                                const struct explanation *explanation, struct page_words *words,
                                int *status) {
    const struct reduction *reduction = &explanation->reduction;
    int other = EXIT_AGREES; /* what the runs beside did is in their records */
    bool good;
    words->neighbour = explanation->neighbour_words;
    words->observed = explanation_observation(explanation);
    (void)snprintf(words->reduced, sizeof words->reduced,
                   "from %u ops to %u; %s; fails in %u of %d runs",
                   (unsigned)reduction->op_count_before, (unsigned)explanation->stream.op_count,
                   reduction->minimal ? "no op can go" : "more ops may go",
                   reduction->confirmed_count, REDUCTION_CONFIRM_COUNT);
    page_words(out, words);
    good = page_run(out, &explanation->stream, "reduced", "reduced trace", status);
    if (good && explanation->neighbour_kind != NEIGHBOUR_NONE)
        good = page_run(out, &explanation->neighbour, "neighbour", "passing neighbour", &other);
    return good && page_run(out, stream, "original", "original trace", &other);
}

static bool page_runs(FILE *out, const struct stream *stream, bool is_whole,
                      struct page_words *words, int *status) {
    static struct explanation explanation;
    const struct isolate_options isolate = {.layers = LAYERS_ALL, .cpu_milliseconds = 10000};
    struct failure failure;
    isolate_run(stream, &isolate, &failure);
    if (failure.outcome == ISOLATE_AGREES || is_whole)
        return page_runs_whole(out, stream, words, status);
    *status = explanation_find(stream, words->file, &explanation);
    return *status == EXIT_FAILS && page_runs_explained(out, stream, &explanation, words, status);
}

/* ---- The whole. -------------------------------------------------------------------------- */

/* The lines of page.html; where one names a part, the part. */
static int page_write(FILE *out, const struct stream *stream, bool is_whole, const char *path) {
    struct page_words words = {.file = path, .neighbour = "", .observed = ""};
    int status = EXIT_AGREES;
    for (const char *const *line = page_html; *line != NULL; line += 1) {
        if (strcmp(*line, "@page.css\n") == 0)
            page_lines(out, page_css);
        else if (strcmp(*line, "@title\n") == 0)
            fputs("<title>" SUBJECT_NAME " trace</title>\n", out);
        else if (strcmp(*line, "@page.js\n") == 0)
            page_lines(out, page_js);
        else if (strcmp(*line, "@runs\n") != 0)
            fputs(*line, out);
        else if (!page_runs(out, stream, is_whole, &words, &status))
            return EXIT_USAGE;
    }
    return status;
}

int command_html(int argc, char **argv) {
    static const struct option options[] = {
        {"whole", no_argument, NULL, 'w'}, {"as", required_argument, NULL, 'a'}, {0}};
    static struct input_file file;
    struct trace_output output;
    const char *path = NULL, *name = NULL;
    bool is_whole = false;
    int status;
    trace_restart_without_symbols(argv);
    for (int option = 0; (option = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
        if (option == 'w')
            is_whole = true;
        else if (option == 'a')
            name = optarg;
        else if (option != 'o')
            return trace_usage_error("html takes -o OUT, --whole, --as NAME and one file", "");
        else
            path = optarg;
    }
    status = trace_read_one("html", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    if (trace_output_open(&output, path) != EXIT_AGREES)
        return EXIT_USAGE;
    status = page_write(output.file, &file.stream, is_whole, name == NULL ? argv[optind] : name);
    if (status == EXIT_FAILS) /* the page of a failure is what was asked for */
        status = EXIT_AGREES;
    return trace_output_finish(&output, status);
}
