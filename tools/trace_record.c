/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder behind trace_record.h, and ./trace record. The child keeps the state after the last op
 * beside the state now, and writes what differs; each line is made whole before it is written, so that a
 * run which dies leaves whole lines. */
#include "trace_record.h"

#include "environment_batch.h"
#include "passes.h"
#include "refusal_words.h"
#include "trace_json.h"
#include "trace_record_state.h"
#include "trace_text.h"
#include "value_words.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* A walk over the largest map after each of 16,384 ops, sanitized, takes a few seconds. */
enum { RECORD_VERSION = 2, RECORD_OP_CPU_SECONDS = 5, REPORT_SIZE_MAX = 8 * 1024 };

/* What the child knows and the parent cannot read from the file. */
struct record_shared {
    bool finished;   /* the last line is written */
    int write_error; /* errno of a line that could not be written; the parent's file does not know */
    enum pass pass;
    uint32_t op_number; /* both: of the run that died */
};

struct recorder {
    FILE *out;
    struct record_map before, now;
    struct model model; /* after the last op that was recorded */
    /* As they were written last; null: nothing. */
    char *naive;            /* the differences to the naive map */
    char *check;            /* what the map's check finds */
    struct verdict verdict; /* the first that was heard of */
    struct record_shared *shared;
};

static struct recorder recorder;

/* ---- What is written where it has changed. ----------------------------------------------- */

static void write_naive(struct json *json, const struct environment *environment) {
    record_naive_write(json, environment, &recorder.now);
}

/* What `write` writes, where it is another than after the op before: `last` keeps that; `none` is its text
 * when there is nothing to say. */
static void write_difference(struct json *json, const struct environment *environment,
                             void (*write)(struct json *json,
                                           const struct environment *environment),
                             char **last, const char *none) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    struct json alone;
    bool changed;
    if (memory == NULL)
        return;
    alone = json_begin(memory);
    json_object_open(&alone, NULL);
    write(&alone, environment);
    json_object_close(&alone);
    if (fclose(memory) != 0)
        return;
    changed = strcmp(text, *last == NULL ? none : *last) != 0;
    free(*last);
    *last = text;
    if (changed)
        write(json, environment);
}

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

static void write_layout(struct json *json, unsigned number) {
    const struct layout_description *layout = layout_describe(number);
    json_object_open(json, "layout");
    json_number(json, "ways", layout->ways);
    json_number(json, "tag_bits", layout->tag_bits);
    json_number(json, "clock_bits", layout->clock_bits);
    json_string(json, "policy", layout_policy_name(layout->policy));
    json_number(json, "value_bytes", layout->value_size);
    json_object_close(json);
}

static void record_head(FILE *out, const struct stream *stream) {
    const struct geometry *geometry = &stream->geometry;
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "head");
    json_string(&line.json, "format", "cachemap-record");
    json_number(&line.json, "version", RECORD_VERSION);
    json_number(&line.json, "op_count", stream->op_count);
    json_number(&line.json, "sets", geometry->set_count);
    json_number(&line.json, "stash", geometry->stash_count_max);
    json_number(&line.json, "scope", geometry->scope_count_max);
    json_string(&line.json, "hash", hash_mode_name(geometry->hash));
    json_number(&line.json, "keys", geometry->key_count);
    json_string(&line.json, "read", read_mode_name(geometry->read));
    json_string(&line.json, "run", run_mode_name(geometry->run));
    write_layout(&line.json, geometry->layout);
    line_close(&line, out);
}

/* Of an op that is one call with others: the first and the last of them. */
static void write_call(struct json *json, const struct environment *environment) {
    const struct batch *batch = &environment->batch;
    if (!op_is_batched(environment->stream->ops[environment->op_index]) ||
        batch->end - batch->start < 2)
        return;
    json_object_open(json, "call");
    json_number(json, "first", verdict_op_number(batch->start, false));
    json_number(json, "last", verdict_op_number(batch->end - 1, false));
    json_object_close(json);
}

/* Which op it was, in all its words. */
static void write_op(struct json *json, const struct environment *environment) {
    const struct op op = environment->stream->ops[environment->op_index];
    const struct step *step = &environment->steps[environment->op_index];
    const struct op_description *description = op_describe((enum op_kind)op.kind);
    char text[TRACE_TEXT_OP_SIZE], actual[24], expected[24], asked[REFUSAL_WORDS_SIZE];
    trace_text_op(op, text, sizeof text);
    trace_text_result(step->actual, actual, sizeof actual);
    trace_text_result(step->expected, expected, sizeof expected);
    json_string(json, "text", text);
    json_string(json, "kind", description->words);
    if (description->operand == OPERAND_KEY)
        json_number(json, "key", op.operand);
    if (op_stores(op))
        json_number(json, "value", environment->value_count);
    json_string(json, "map", actual);
    json_string(json, "model", expected);
    if (step->actual.outcome == OUTCOME_FOUND &&
        value_origin(environment, step->actual.value) != NULL)
        json_string(json, "map_origin", value_origin(environment, step->actual.value));
    if (op.kind == OP_INIT_REFUSED) {
        refusal_words(&environment->geometry, (enum op_refusal)op.operand, asked, sizeof asked);
        json_string(json, "asked", asked);
    }
    write_call(json, environment);
}

/* The model as it must be after the op. Where the op fails, the environment may have left its own as it was
 * before: then the last one is advanced here, by what was expected. */
static void record_model(const struct environment *environment) {
    const struct op op = environment->stream->ops[environment->op_index];
    const struct result expected = environment->steps[environment->op_index].expected;
    bool in_stash[KEY_COUNT_MAX] = {false};
    if (verdict_agrees(&environment->verdict)) {
        recorder.model = environment->model;
        return;
    }
    if (environment->op_index == 0)
        model_init(&recorder.model, &environment->geometry);
    if (outcome_failed(expected.outcome))
        return;
    for (uint32_t i = 0; i < recorder.before.counts.stash_count; i += 1)
        in_stash[recorder.before.entries[i].content.key_id % KEY_COUNT_MAX] = true;
    if (op.kind == OP_COMPACT)
        model_compact(&recorder.model, in_stash);
    else
        model_apply(&recorder.model, op, environment->value_count);
}

/* A reinit begins with an empty map: its line is the difference to that. */
static void record_changes(struct json *json, const struct environment *environment) {
    const struct geometry *geometry = &environment->geometry;
    const bool at_end =
        environment->in_init || environment->op_index >= environment->stream->op_count;
    if (!at_end && environment->stream->ops[environment->op_index].kind == OP_REINIT) {
        write_layout(json, geometry->layout);
        memset(&recorder.before, 0, sizeof recorder.before);
    }
    if (!at_end)
        record_model(environment);
    record_map_take(environment, &recorder.model, &recorder.now);
    record_map_write(json, environment, &recorder.before, &recorder.now);
    /* Within a call for many the map is ahead of the models: its last op's line compares them. */
    if (at_end ||
        !environment_is_ahead(environment, environment->stream->ops[environment->op_index]))
        write_difference(json, environment, write_naive, &recorder.naive, "{\"naive\":{}}\n");
    write_difference(json, environment, record_check_write, &recorder.check, "{\"check\":{}}\n");
    recorder.before = recorder.now;
}

static void record_op(const struct environment *environment, bool can_be_read) {
    struct line line;
    if (!line_open(&line))
        return;
    json_string(&line.json, "type", "op");
    json_number(&line.json, "op", verdict_op_number(environment->op_index, environment->in_init));
    if (environment->in_init) {
        json_string(&line.json, "text", "init");
        json_string(&line.json, "kind", "init");
    } else if (environment->op_index < environment->stream->op_count) {
        write_op(&line.json, environment);
    } else {
        json_string(&line.json, "text", "final verification");
        json_string(&line.json, "kind", "end");
    }
    if (can_be_read && environment->subject.live)
        record_changes(&line.json, environment);
    line_close(&line, recorder.out);
}

static void record_on_op(const struct environment *environment, void *context) {
    (void)context;
    record_op(environment, true);
    stop_limit_cpu(RECORD_OP_CPU_SECONDS); /* an op, not a stream, is judged by its time */
}

/* ---- The verdict. ------------------------------------------------------------------------ */

static void write_finding(struct json *json, const struct verdict *verdict) {
    char place[200], result[24];
    (void)snprintf(place, sizeof place, "%s/%s:%d",
                   verdict->invariant == INVARIANT_ASSERTION ? "src" : "harness", verdict->file,
                   verdict->line);
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
 * fail while a broken map is read, and lead here again: then the line goes without the state. */
static void record_on_failure(const struct environment *environment) {
    const bool can_be_read = recorder.verdict.invariant == INVARIANT_NONE;
    if (can_be_read)
        recorder.verdict = environment->verdict;
    if (recorder.verdict.pass == PASS_CACHE)
        record_op(environment, can_be_read);
    record_finish(&recorder.verdict);
    _exit(EXIT_FAILS);
}

/* A sanitizer or a signal: the state cannot be read any more. The parent adds the verdict. */
static void record_on_death(void) {
    const struct environment *running = input_running();
    if (running == NULL)
        return;
    recorder.shared->pass = running->options.pass;
    recorder.shared->op_number = verdict_op_number(running->op_index, running->in_init);
    if (running->options.pass == PASS_CACHE)
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
    (void)snprintf(words, sizeof words, "the map crashed: %s",
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
    const struct input_options options = {
        .layers = LAYERS_ALL, .on_failure = record_on_failure, .on_op = record_on_op};
    if (dup2(fileno(report), STDERR_FILENO) < 0)
        _exit(EXIT_USAGE);
    isolate_catch(record_on_death);
    stop_limit_cpu(RECORD_OP_CPU_SECONDS);
    (void)input_run(stream, &options);
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
