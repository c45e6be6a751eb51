/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace reduce: the smallest trace that fails in the same way as a file does. The algorithm is
 * harness/reduce.c; each try is a child process (harness/isolate.c), so that crashes, sanitizer reports
 * and hangs reduce as well. */
#include "trace_command.h"

#include "reduce.h"
#include "report.h"
#include "run.h"
#include "trace_pass.h"
#include "trace_text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Limits of an op, of which the longest takes some 3 milliseconds where all is sanitized (work.h). An op that
 * does not end takes the whole limit in each of a hundred tries: it is lower once it is known to be one. */
enum {
    TRY_CPU_MILLISECONDS = 2000,
    TRY_CPU_MILLISECONDS_HANG = 100,
    SIGNATURE_CPU_MILLISECONDS = 10000
};

static double seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool reduction_fails(const struct stream *candidate, void *context) {
    struct reduction *reduction = (struct reduction *)context;
    struct failure failure;
    isolate_run(candidate, &reduction->isolate, &failure);
    if (failure_same(&failure, &reduction->original))
        return true;
    reduction->other_count += failure.outcome == ISOLATE_FAILS;
    return false;
}

static bool reduction_stop(uint32_t try_count, uint32_t op_count, void *context) {
    struct reduction *reduction = (struct reduction *)context;
    if (reduction->on_terminal && seconds_now() - reduction->shown_at > 0.1) {
        fprintf(stderr, "\r%u tries, %u ops left ", (unsigned)try_count, (unsigned)op_count);
        reduction->shown_at = seconds_now();
    }
    return stop_requested();
}

/* Where a sanitizer is linked in: its reports name offsets, for naming functions takes longer than the
 * try. The options are read when the program starts, so it starts again. */
void trace_restart_without_symbols(char **argv) {
    static const char mark[] = "CACHEMAP_REDUCE_RESTARTED";
    const char *options = getenv("ASAN_OPTIONS");
    char text[1024];
    if (!isolate_is_sanitized() || getenv(mark) != NULL)
        return;
    (void)snprintf(text, sizeof text, "%s%ssymbolize=0:detect_leaks=0",
                   options == NULL ? "" : options, options == NULL ? "" : ":");
    (void)setenv(mark, "1", 1);
    (void)setenv("ASAN_OPTIONS", text, 1);
    (void)setenv("UBSAN_OPTIONS", text, 1);
    (void)execv("/proc/self/exe", argv - 1);
}

/* The failure of the whole file, which each candidate has to repeat. */
static int reduction_start(struct reduction *reduction, const char *path,
                           const struct stream *stream) {
    isolate_run(stream, &reduction->isolate, &reduction->original);
    switch (reduction->original.outcome) {
    case ISOLATE_BROKEN:
        fprintf(stderr, "trace: cannot start a process: %s\n", strerror(errno));
        return EXIT_USAGE;
    case ISOLATE_AGREES:
        fprintf(stderr, "trace: %s: agrees in this build: nothing fails\n", path);
        if (!isolate_is_sanitized())
            report_text(stderr, "",
                        "Does it fail under the sanitizers? `make build/trace-asan`, then the same "
                        "command of build/trace-asan.");
        report_text(stderr, "",
                    "Was it found at an earlier commit? Build that one. Does a text say other "
                    "outcomes after '='? ./trace replay compares them.");
        return EXIT_AGREES;
    case ISOLATE_FAILS: break;
    }
    return EXIT_FAILS;
}

/* The geometry of the pass that fails becomes the stream's, if that fails in the same way: who reads the
 * trace has one world to think of, and not two. */
static void reduction_enter_pass(struct reduction *reduction, struct stream *stream) {
    const struct world original = stream->world;
    enum pass pass = PASS_FIRST;
    if (!trace_failing_pass(stream, &pass))
        return;
    stream->world = run_world_alone(&original, pass);
    if (!reduction_fails(stream, reduction))
        stream->world = original;
}

/* The reduced trace, with the failure as a comment; what the model says stands after each '='. */
static int reduction_write(const struct reduction *reduction, const struct stream *stream,
                           const char *path) {
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    static struct trace_output output;
    const int status = trace_output_open(&output, path);
    if (status != EXIT_AGREES)
        return status;
    run_predict(stream, outcomes);
    trace_text_print(output.file, stream, outcomes);
    fprintf(output.file, "# fails: %s\n", reduction->original.signature);
    return trace_output_close(&output);
}

/* The reduced stream again, several times: a failure that comes and goes is said to be one. */
static unsigned reduction_confirm(struct reduction *reduction, const struct stream *stream) {
    unsigned count = 0;
    for (unsigned i = 0; i < REDUCTION_CONFIRM_COUNT; i += 1)
        count += reduction_fails(stream, reduction);
    return count;
}

static void reduction_summary(const struct reduction *reduction, const struct stream *stream) {
    fprintf(stderr, "%u ops to %u in %u tries; %s; fails again in %u of %d runs\n",
            (unsigned)reduction->op_count_before, (unsigned)stream->op_count,
            (unsigned)reduction->try_count,
            reduction->minimal ? "minimal: no op can go"
                               : "interrupted: the best so far, more ops may go",
            reduction->confirmed_count, REDUCTION_CONFIRM_COUNT);
    fprintf(stderr, "fails: %s\n", reduction->original.signature);
    if (reduction->other_count > 0)
        fprintf(stderr, "%u candidates failed in another way and were not taken\n",
                (unsigned)reduction->other_count);
}

int trace_reduce(struct stream *stream, const char *path, struct reduction *reduction) {
    const struct reduce_options options = {reduction_fails, reduction_stop, reduction};
    struct reduce_result result;
    int status;
    memset(reduction, 0, sizeof *reduction);
    reduction->op_count_before = stream->op_count;
    reduction->isolate.layers = LAYERS_ALL;
    reduction->isolate.cpu_milliseconds = TRY_CPU_MILLISECONDS;
    reduction->on_terminal = isatty(STDERR_FILENO) != 0;
    status = reduction_start(reduction, path, stream);
    if (status != EXIT_FAILS)
        return status;
    if (strncmp(reduction->original.signature, "hang ", strlen("hang ")) == 0)
        reduction->isolate.cpu_milliseconds = TRY_CPU_MILLISECONDS_HANG;
    reduction_enter_pass(reduction, stream);
    result = reduce_stream(stream, &options);
    reduction->try_count = result.try_count;
    reduction->minimal = result.minimal;
    if (reduction->on_terminal)
        fprintf(stderr, "\r%40s\r", ""); /* the progress line */
    reduction->confirmed_count = reduction_confirm(reduction, stream);
    return EXIT_FAILS;
}

int command_reduce(int argc, char **argv) {
    static struct input_file file;
    struct reduction reduction;
    const char *path = NULL;
    int status;
    trace_restart_without_symbols(argv);
    for (int option = 0; (option = getopt(argc, argv, "o:")) != -1;) {
        if (option != 'o')
            return trace_usage_error("reduce takes -o OUT and one file", "");
        path = optarg;
    }
    status = trace_read_one("reduce", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    status = trace_reduce(&file.stream, argv[optind], &reduction);
    if (status != EXIT_FAILS)
        return status;
    reduction_summary(&reduction, &file.stream);
    status = reduction_write(&reduction, &file.stream, path);
    if (status != EXIT_AGREES)
        return status;
    if (!reduction.minimal)
        return EXIT_INTERRUPTED;
    return reduction.confirmed_count == REDUCTION_CONFIRM_COUNT ? EXIT_AGREES : EXIT_FAILS;
}

/* Here sanitizers may name functions, which takes them seconds: it is one run. */
int command_signature(int argc, char **argv) {
    static struct input_file file;
    const struct isolate_options options = {.layers = LAYERS_ALL,
                                            .cpu_milliseconds = SIGNATURE_CPU_MILLISECONDS};
    struct failure failure;
    int status;
    if (getopt(argc, argv, "") != -1)
        return trace_usage_error("signature takes one file", "");
    status = trace_read_one("signature", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    isolate_run(&file.stream, &options, &failure);
    if (failure.outcome == ISOLATE_BROKEN) {
        fprintf(stderr, "trace: cannot start a process: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    if (failure.outcome == ISOLATE_AGREES)
        return EXIT_AGREES;
    puts(failure.slug);
    return EXIT_FAILS;
}
