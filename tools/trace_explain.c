/* ./trace explain: a failure told on the fewest ops that show it: what is wrong, each op with the map
 * beside the model, the picture of the map before and after the failing op, where it first went wrong
 * inside, what of the trace matters, and the smallest change that makes it pass. */
#include "trace_command.h"

#include "input.h"
#include "picture.h"
#include "report.h"
#include "trace_explanation.h"
#include "trace_text.h"

#include <getopt.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- The failing run, told by a child that may die of it. -------------------------------- */

/* What is remembered from op to op. */
struct story {
    struct picture now, before;
    bool diverged; /* inside, before the failure */
    uint32_t diverged_at;
    struct picture divergence;
};

static struct story story;

static void story_on_op(const struct environment *environment, void *context) {
    (void)context;
    story.before = story.now;
    picture_take(environment, &story.now);
    if (!story.diverged && picture_difference_count(&story.now) > 0) {
        story.diverged = true;
        story.diverged_at = environment->op_index;
        story.divergence = story.now;
    }
}

static void print_op_line(const struct environment *environment, uint32_t index,
                          const char *before) {
    char text[64];
    trace_text_op(environment->stream->ops[index], text, sizeof text);
    printf("%s op %u, %s", before, (unsigned)index, text);
}

/* The failure, and the map as it is at that place. The pictures are of the pass with the cache, where
 * most are found; of another pass there is the last picture alone. */
static void story_on_failure(const struct environment *environment) {
    const uint32_t stop = environment->verdict.op_index;
    struct picture *at_failure = &story.before;
    report_print(stdout, environment, NULL);
    if (stop < environment->stream->op_count) {
        print_op_line(environment, stop, "The map after");
        printf("      * changed by it   ! the naive map has something else there\n\n");
    } else {
        printf("The map at the end\n\n");
    }
    *at_failure = story.now;
    picture_take(environment, &story.now);
    if (environment->options.pass != PASS_CACHE)
        at_failure = NULL;
    (void)picture_print(stdout, &story.now, at_failure);
    if (story.diverged && story.diverged_at < stop) {
        print_op_line(environment, story.diverged_at, "\nIt went wrong inside before that: after");
        printf("\n\n");
        (void)picture_print(stdout, &story.divergence, NULL);
    }
    (void)fflush(stdout);
    _exit(EXIT_FAILS);
}

/* A sanitizer or a signal: the state cannot be read any more, the last picture stands. */
static void story_on_death(void) {
    const struct environment *running = input_running();
    if (running == NULL)
        return;
    report_print(stdout, running, "the run was stopped from outside: see below");
    printf("The map before that op\n\n");
    (void)picture_print(stdout, &story.now, NULL);
    (void)fflush(stdout);
}

static void story_tell(const struct stream *stream) {
    const struct input_options options = {
        .layers = LAYERS_ALL, .on_failure = story_on_failure, .on_op = story_on_op};
    const pid_t child = fork();
    int status;
    if (child == 0) {
        isolate_catch(story_on_death);
        (void)input_run(stream, &options);
        _exit(EXIT_AGREES);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0)
        continue;
}

/* ---- The whole. -------------------------------------------------------------------------- */

int command_explain(int argc, char **argv) {
    static struct input_file file;
    static struct explanation explanation;
    int status;
    trace_restart_without_symbols(argv);
    if (getopt(argc, argv, "") != -1)
        return trace_usage_error("explain takes one file", "");
    status = trace_read_one("explain", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    status = explanation_find(&file.stream, argv[optind], &explanation);
    if (status != EXIT_FAILS)
        return status;
    story_tell(&explanation.stream);
    printf("\nWhat matters\n\n");
    for (uint32_t i = 0; i < explanation.stream.op_count; i += 1)
        printf("  op %u key %s\n", (unsigned)i,
               freedom_name((enum freedom)explanation.key_freedom[i]));
    for (unsigned i = 0; i < EXPLANATION_FIELD_COUNT; i += 1)
        printf("  %s=%s %s\n", explanation.fields[i].name, explanation.fields[i].value,
               freedom_name(explanation.fields[i].freedom));
    printf("keys %s; neighbour %s: %s\n", key_freedom_name(explanation.keys),
           neighbour_kind_name(explanation.neighbour_kind), explanation.neighbour_words);
    if (fflush(stdout) != 0 || ferror(stdout) != 0)
        return trace_write_failed("standard output");
    return stop_requested() ? EXIT_INTERRUPTED : EXIT_FAILS;
}
