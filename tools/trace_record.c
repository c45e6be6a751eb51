/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder behind trace_record.h, and ./trace record. The child keeps the state after the last op
 * beside the state now, and writes what differs; each line is made whole before it is written, so that a
 * run which dies leaves whole lines. */
#include "trace_record.h"

#include "scene.h"
#include "trace_text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* A walk over the largest cache map after each of 16,384 ops, sanitized, takes a few seconds. */
enum { RECORD_VERSION = 3, RECORD_OP_CPU_SECONDS = 5, REPORT_SIZE_MAX = 8 * 1024 };

/* What the child knows and the parent cannot read from the file. */
struct record_shared {
    bool finished;   /* the last line is written */
    int write_error; /* errno of a line that could not be written; the parent's file does not know */
    enum pass pass;
    uint32_t op_number; /* both: of the run that died */
};

struct recorder {
    FILE *out;
    struct verdict verdict; /* the first that was heard of */
    struct record_shared *shared;
};

static struct recorder recorder;

/* ---- Lines. ------------------------------------------------------------------------------ */

/* A line is made in memory, and written when it is whole. */
struct line {
    FILE *memory;
    char *text;
    size_t size;
    struct json json;
};

static bool line_open(struct line *line) {
    line->memory = open_memstream(&line->text, &line->size);
    if (line->memory == NULL)
        return false;
    line->json = json_begin(line->memory);
    json_object_open(&line->json, NULL);
    return true;
}

static void line_close(struct line *line, FILE *out) {
    json_object_close(&line->json);
    if (fclose(line->memory) == 0)
        (void)fwrite(line->text, 1, line->size, out);
    if ((fflush(out) != 0 || ferror(out) != 0) && recorder.shared != NULL)
        recorder.shared->write_error = errno;
    free(line->text);
}

static void write_world(struct json *json, const struct world *world) {
    json_object_open(json, "world");
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        const uint32_t number = world->numbers[field];
        if (description->words == NULL)
            json_number(json, description->name, number);
        else
            json_string(json, description->name, description->words[number]);
    }
    json_object_close(json);
}

static void record_head(FILE *out, const struct stream *stream) {
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "head");
    json_string(&line.json, "format", SUBJECT_NAME "-record");
    json_number(&line.json, "version", RECORD_VERSION);
    json_string(&line.json, "subject", SUBJECT_NAME);
    json_string(&line.json, "noun", SUBJECT_NOUN);
    json_string(&line.json, "pass", pass_name(PASS_FIRST));
    json_number(&line.json, "op_count", stream->op_count);
    write_world(&line.json, &stream->world);
    line_close(&line, out);
}

/* Of an op that is one call with others: the first and the last of them. */
static void write_call(struct json *json, const struct run_view *view) {
    const uint32_t start = stream_batch_start(view->stream, view->op_index);
    const uint32_t end = run_call_end(view, view->op_index);
    if (end - start < 2)
        return;
    json_object_open(json, "call");
    json_number(json, "first", verdict_op_number(start, false));
    json_number(json, "last", verdict_op_number(end - 1, false));
    json_object_close(json);
}

/* Which op it was, in all its words. */
static void write_op(struct json *json, const struct run_view *view) {
    const struct op op = view->stream->ops[view->op_index];
    const struct step *step = &view->steps[view->op_index];
    const struct op_description *description = op_describe((enum op_kind)op.kind);
    char text[TRACE_TEXT_OP_SIZE], actual[24], expected[24], asked[SCENE_WORDS_SIZE];
    trace_text_op(op, text, sizeof text);
    trace_text_result(step->actual, actual, sizeof actual);
    trace_text_result(step->expected, expected, sizeof expected);
    json_string(json, "text", text);
    json_string(json, "kind", description->words);
    if (description->operand == OPERAND_KEY)
        json_number(json, "key", op_key(op));
    if (op_has_range(op)) {
        json_number(json, "first_key", op_key(op));
        json_number(json, "count", op_range(op).count);
        json_number(json, "stride", op_range(op).stride);
    }
    if (op_is(op, TRAIT_STORES))
        json_number(json, "value", view->value_count);
    json_string(json, "answer", actual);
    json_string(json, "model", expected);
    if (scene_answer_origin(view, view->op_index) != NULL)
        json_string(json, "answer_origin", scene_answer_origin(view, view->op_index));
    scene_asked(view, op, asked);
    if (asked[0] != '\0')
        json_string(json, "asked", asked);
    write_call(json, view);
}

/* Whether it stands in an op of the stream, and not in the init or at the end. */
static bool is_op(const struct run_view *view) {
    return !view->in_init && view->op_index < view->stream->op_count;
}

static void record_op(const struct run_view *view, bool can_be_read) {
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "op");
    json_number(&line.json, "op", verdict_op_number(view->op_index, view->in_init));
    if (view->in_init) {
        json_string(&line.json, "text", "init");
        json_string(&line.json, "kind", "init");
    } else if (is_op(view)) {
        write_op(&line.json, view);
    } else {
        json_string(&line.json, "text", "final verification");
        json_string(&line.json, "kind", "end");
    }
    if (can_be_read && view->is_live) {
        if (is_op(view) && op_is(view->stream->ops[view->op_index], TRAIT_REMAKES))
            write_world(&line.json, &view->world);
        record_state(&line.json, view);
    }
    line_close(&line, recorder.out);
}

static void record_on_op(const struct run_view *view, void *context) {
    (void)context;
    record_op(view, true);
    stop_limit_cpu(RECORD_OP_CPU_SECONDS); /* an op, not a stream, is judged by its time */
}

/* ---- The verdict. ------------------------------------------------------------------------ */

static void write_finding(struct json *json, const struct verdict *verdict) {
    char place[VERDICT_PLACE_SIZE], result[24];
    verdict_place(verdict, place, sizeof place);
    json_string(json, "outcome", "fails");
    json_number(json, "op", verdict_op_number(verdict->op_index, verdict->at_init));
    json_string(json, "pass", pass_name(verdict->pass));
    json_string(json, "meaning", invariant_meaning(verdict->invariant));
    json_string(json, "detail", verdict->detail);
    json_string(json, "layer", layer_name(invariant_layer(verdict->invariant)));
    json_string(json, "check", invariant_function(verdict->invariant));
    json_string(json, "place", place);
    if (verdict->expected.outcome == OUTCOME_NONE && verdict->actual.outcome == OUTCOME_NONE)
        return;
    trace_text_result(verdict->expected, result, sizeof result);
    json_string(json, "expected", result);
    trace_text_result(verdict->actual, result, sizeof result);
    json_string(json, "actual", result);
}

static void record_finish(const struct verdict *failed) {
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "verdict");
    if (failed == NULL)
        json_string(&line.json, "outcome", "agrees");
    else
        write_finding(&line.json, failed);
    line_close(&line, recorder.out);
    recorder.shared->finished = true;
}

/* The failing op has its line too, if it is the recorded pass that fails. An assertion of the library may
 * fail while a broken subject is read, and lead here again: then the line goes without the state. */
static void record_on_failure(const struct run_view *view) {
    const bool can_be_read = recorder.verdict.invariant == INVARIANT_NONE;
    if (can_be_read)
        recorder.verdict = view->verdict;
    if (recorder.verdict.pass == PASS_FIRST)
        record_op(view, can_be_read);
    record_finish(&recorder.verdict);
    _exit(EXIT_FAILS);
}

/* A sanitizer or a signal: the state cannot be read any more. The parent adds the verdict. */
static void record_on_death(void) {
    const struct run_view *running = run_current();
    if (running == NULL)
        return;
    recorder.shared->pass = running->pass;
    recorder.shared->op_number = verdict_op_number(running->op_index, running->in_init);
    if (running->pass == PASS_FIRST)
        record_op(running, false);
}

/* A signature (isolate.h) in words: the part that says how it ended. */
static const char *death_meaning(const char *signature) {
    static char words[80];
    int number = 0;
    if (strncmp(signature, "asan", 4) == 0)
        return "AddressSanitizer stopped the run";
    if (strncmp(signature, "ubsan", 5) == 0)
        return "UndefinedBehaviorSanitizer stopped the run";
    if (strncmp(signature, "hang", 4) == 0)
        return "an op does not end";
    if (strncmp(signature, "signal ", 7) == 0)
        number = (int)strtol(signature + 7, NULL, 10);
    (void)snprintf(words, sizeof words, "the " SUBJECT_NOUN " crashed: %s",
                   number > 0 ? strsignal(number) : "the run is lost");
    return words;
}

/* The parent's: how the child died, in the words of its report. */
static void record_death(FILE *out, const struct stream *stream, const struct record_shared *shared,
                         FILE *report) {
    const struct isolate_options options = {.layers = LAYERS_ALL, .cpu_milliseconds = 10000};
    static char text[REPORT_SIZE_MAX];
    struct failure failure;
    struct line line;
    if (fseek(report, 0, SEEK_SET) == 0)
        text[fread(text, 1, sizeof text - 1, report)] = '\0';
    isolate_run(stream, &options, &failure);
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "verdict");
    json_string(&line.json, "outcome", "dies");
    json_number(&line.json, "op", shared->op_number);
    json_string(&line.json, "pass", pass_name(shared->pass));
    json_string(&line.json, "meaning", death_meaning(failure.signature));
    json_string(&line.json, "detail", failure.signature);
    if (text[0] != '\0')
        json_string(&line.json, "report", text);
    line_close(&line, out);
}

/* ---- The whole. -------------------------------------------------------------------------- */

_Noreturn static void record_child(const struct stream *stream, FILE *report) {
    const struct run_options options = {
        .layers = LAYERS_ALL, .on_failure = record_on_failure, .on_op = record_on_op};
    if (dup2(fileno(report), STDERR_FILENO) < 0)
        _exit(EXIT_USAGE);
    isolate_catch(record_on_death);
    stop_limit_cpu(RECORD_OP_CPU_SECONDS);
    (void)run(stream, &options);
    record_finish(NULL);
    _exit(EXIT_AGREES);
}

/* The child, and what it leaves to say. */
static int record_run(FILE *out, const struct stream *stream, struct record_shared *shared,
                      FILE *report) {
    int status = 0;
    pid_t child;
    recorder = (struct recorder){.out = out, .shared = shared};
    record_head(out, stream);
    (void)fflush(stderr);
    child = fork();
    if (child == 0)
        record_child(stream, report);
    if (child < 0)
        return EXIT_USAGE;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (shared->finished)
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILS;
    record_death(out, stream, shared, report);
    return EXIT_FAILS;
}

int trace_record(FILE *out, const struct stream *stream) {
    struct record_shared *shared = (struct record_shared *)mmap(
        NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FILE *report = shared == MAP_FAILED ? NULL : tmpfile();
    int status = EXIT_USAGE;
    if (report != NULL)
        status = record_run(out, stream, shared, report);
    if (status == EXIT_USAGE) {
        fprintf(stderr, "trace: cannot start a process: %s\n", strerror(errno));
    } else if (shared->write_error != 0) {
        errno = shared->write_error;
        status = trace_write_failed(out == stdout ? "standard output" : "the record");
    }
    if (report != NULL)
        (void)fclose(report);
    if (shared != MAP_FAILED)
        (void)munmap(shared, sizeof *shared);
    return status;
}

int command_record(int argc, char **argv) {
    static struct input_file file;
    struct trace_output output;
    const char *path = NULL;
    int status;
    for (int option = 0; (option = getopt(argc, argv, "o:")) != -1;) {
        if (option != 'o')
            return trace_usage_error("record takes -o OUT and one file", "");
        path = optarg;
    }
    status = trace_read_one("record", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    if (trace_output_open(&output, path) != EXIT_AGREES)
        return EXIT_USAGE;
    status = trace_record(output.file, &file.stream);
    if (status == EXIT_FAILS) /* the record of a failure is what was asked for */
        status = EXIT_AGREES;
    return trace_output_finish(&output, status);
}
