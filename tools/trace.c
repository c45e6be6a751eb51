/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace: inputs and traces without a fuzzing engine. Of its commands replay, show and encode are here,
 * each other in a file of its name (c: trace_program.c).
 *
 * A short main on the road of harness/: file -> stream -> passes -> verdict -> report. */
#include "trace_command.h"

#include "codec.h"
#include "report.h"
#include "run.h"
#include "stop.h"
#include "trace_text.h"

#include <getopt.h>
#include <string.h>

static const char usage_text[] =
    "usage: trace COMMAND [OPTIONS] FILE...\n"
    "\n"
    "An input, as bytes or as a text trace:\n"
    "  replay [--verbose] [--without LAYER]... FILE...\n"
    "                               run each twice, beside the model; "
    "--verbose\n"
    "                               shows each op and what it answered; --without switches a layer "
    "of\n"
    "                               the oracle off (docs/oracle.md)\n"
    "  show FILE                    as text; after '=' what the model says\n"
    "  encode [-o OUT] FILE         as bytes\n"
    "  record [-o OUT] FILE         what each op did to the " SUBJECT_NOUN
    " and the models, as JSON Lines\n"
    "                               (docs/record.md)\n"
    "  digest FILE...               a number for each, of all answers and of the final state: the "
    "same in\n"
    "                               every build and on every machine (docs/matrix.md)\n"
    "\n"
    "A failure:\n"
    "  explain [--json] [--color=WHEN] [--as NAME] FILE\n"
    "                               told on the reduced trace: " SUBJECT_NOUN
    " beside model, what matters, "
    "the\n"
    "                               nearest trace that passes; --json for programs "
    "(docs/explain-json.md);\n"
    "                               colour always, never or auto; --as: the file's name in what "
    "is\n"
    "                               printed, as of html and c\n"
    "  html [-o OUT] [--whole] FILE\n"
    "                               a page to step through it, beside a trace that passes; --whole "
    "does\n"
    "                               not reduce (docs/report.md)\n"
    "  reduce [-o OUT] FILE         the fewest ops that fail in the same way, as text; Ctrl-C "
    "keeps the\n"
    "                               best so far\n"
    "  c [-o OUT] FILE              a C program against the public header that fails in the same "
    "way\n"
    "  gdb FILE [-- OPTIONS]        gdb, stopped before the op that fails; OPTIONS are gdb's own\n"
    "                               (docs/debugging.md)\n"
    "  signature FILE               its name, for folders; nothing if all agree\n"
    "\n";

static const char usage_end[] =
    "--help and --version say what they say. FILE... may be a folder: all in it.\n"
    "Without -o, to standard output. Exit status of replay, explain and signature: 0 all agree, 1 "
    "an\n"
    "input fails; of what makes a file: 0 made. Of all: 2 something cannot be read or written, or\n"
    "usage, 130 interrupted.\n"
    "Formats: docs/input-format.md      How to read a report: docs/report.md\n";

static struct input_file file;

struct replay {
    bool verbose;
    uint32_t layers;
    unsigned input_count, failed_count;
    unsigned other_version_count; /* in folders: skipped, and counted */
    unsigned long long op_count;
    int status; /* the worst exit code so far */
};

static void worst(struct replay *replay, int status) {
    /* An input that fails says more than one that cannot be read. */
    if (status == EXIT_FAILS || replay->status == EXIT_AGREES)
        replay->status = status;
}

/* ---- replay ------------------------------------------------------------------------------ */

static void print_op(const struct run_view *view, void *context) {
    const struct step *step = &view->steps[view->op_index];
    char op[TRACE_TEXT_OP_SIZE], result[24];
    const bool *verbose = (const bool *)context;
    if (!*verbose)
        return;
    trace_text_op(view->stream->ops[view->op_index], op, sizeof op);
    trace_text_result(step->actual, result, sizeof result);
    printf("%6u%c %s = %s\n", verdict_op_number(view->op_index, false),
           stream_call_bracket(view->stream, view->op_index), op, result);
}

/* One run of the input that is loaded. */
static bool replay_once(struct replay *replay, const char *path, bool verbose) {
    const struct run_options options = {
        .layers = replay->layers,
        .on_op = print_op,
        .context = &verbose,
        .expectations = file.is_text ? file.expectations : NULL,
    };
    const struct run_view *failed;
    stop_limit_cpu(STOP_INPUT_CPU_SECONDS);
    failed = run(&file.stream, &options);
    stop_limit_cpu(0);
    if (failed == NULL)
        return true;
    if (verbose && !failed->in_init && failed->op_index < failed->stream->op_count &&
        failed->pass == PASS_FIRST) {
        char op[TRACE_TEXT_OP_SIZE];
        trace_text_op(failed->stream->ops[failed->op_index], op, sizeof op);
        printf("%6u%c %s    <- fails here\n", verdict_op_number(failed->op_index, false),
               stream_call_bracket(failed->stream, failed->op_index), op);
    }
    replay->failed_count += 1;
    (void)fflush(stdout);
    fprintf(stderr, "%s:\n", path);
    report_print(stderr, failed, NULL);
    worst(replay, EXIT_FAILS);
    return false;
}

static void replay_file(const char *path, bool in_folder, void *context) {
    struct replay *replay = (struct replay *)context;
    uint64_t digest;
    if (!input_file_read(&file, path)) {
        /* A byte mutator makes such inputs: in a fuzzer's folder they are no news. */
        if (in_folder && file.is_other_version) {
            replay->other_version_count += 1;
            return;
        }
        fprintf(stderr, "trace: %s\n", file.error);
        worst(replay, EXIT_USAGE);
        return;
    }
    replay->input_count += 1;
    replay->op_count += file.stream.op_count;
    if (replay->verbose) {
        char geometry[TRACE_TEXT_WORLD_SIZE];
        trace_text_world(&file.stream.world, geometry, sizeof geometry);
        printf("%s: %u ops, geometry %s\n", path, (unsigned)file.stream.op_count, geometry);
    }
    if (!replay_once(replay, path, replay->verbose))
        return;
    digest = run_digest();
    /* The second run shows what the first one left behind. */
    if (replay_once(replay, path, false) && run_digest() != digest) {
        fprintf(stderr, "%s:\nFAIL  the second run in one process gave another digest\n", path);
        worst(replay, EXIT_FAILS);
    }
}

static int replay_options(int argc, char **argv, struct replay *replay) {
    static const struct option options[] = {
        {"verbose", no_argument, NULL, 'v'}, {"without", required_argument, NULL, 'w'}, {0}};
    for (int option = 0; (option = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
        if (option == 'v') {
            replay->verbose = true;
        } else if (option != 'w') {
            return trace_usage_error("replay takes --verbose, --without LAYER and files", "");
        } else if (!layers_remove(&replay->layers, optarg)) {
            fprintf(stderr, "trace: --without %s: no such layer; there are %s\n", optarg,
                    layer_names());
            return EXIT_USAGE;
        }
    }
    return optind == argc ? trace_usage_error("replay: which file?", "") : EXIT_AGREES;
}

static int command_replay(int argc, char **argv) {
    struct replay replay = {.layers = LAYERS_ALL};
    const int usage = replay_options(argc, argv, &replay);
    if (usage != EXIT_AGREES)
        return usage;
    for (int i = optind; i < argc && !stop_requested(); i += 1)
        if (!program_each_file(argv[i], replay_file, &replay))
            worst(&replay, EXIT_USAGE);
    if (replay.other_version_count > 0) {
        fprintf(stderr, "trace: skipped %u inputs whose first byte says another version than %d\n",
                replay.other_version_count, CODEC_VERSION);
        if (replay.input_count == 0)
            worst(&replay, EXIT_USAGE);
    }
    if (replay.failed_count > 0)
        printf("FAILS: %u of %u inputs%s\n", replay.failed_count, replay.input_count,
               stop_requested() ? " (interrupted)" : "");
    else
        printf("%s: replayed %u input%s, %llu ops, each twice%s\n",
               replay.status == EXIT_AGREES ? "agrees" : "INCOMPLETE", replay.input_count,
               replay.input_count == 1 ? "" : "s", replay.op_count,
               stop_requested() ? " (interrupted)" : "");
    return stop_requested() && replay.status == EXIT_AGREES ? EXIT_INTERRUPTED : replay.status;
}

/* ---- show and encode --------------------------------------------------------------------- */

static int command_show(int argc, char **argv) {
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    int status;
    if (getopt(argc, argv, "") != -1)
        return trace_usage_error("show takes one file", "");
    status = trace_read_one("show", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    /* What the model says: the subject is not run, for it may crash, and a trace with the outcomes of a bug
     * would pass on the bug. */
    run_predict(&file.stream, outcomes);
    trace_text_print(stdout, &file.stream, outcomes);
    return EXIT_AGREES;
}

static int command_encode(int argc, char **argv) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *path = NULL, *field = NULL;
    static struct trace_output output;
    size_t size;
    int status;
    for (int option = 0; (option = getopt(argc, argv, "o:")) != -1;) {
        if (option != 'o')
            return trace_usage_error("encode takes -o OUT and one file", "");
        path = optarg;
    }
    status = trace_read_one("encode", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    if (!file.is_text) {
        fprintf(stderr, "trace: %s: is not text: expected '%s 1' on its first line\n", argv[optind],
                TRACE_TEXT_MAGIC);
        return EXIT_USAGE;
    }
    size = codec_encode(&file.stream, bytes, &field);
    if (size == 0) {
        fprintf(stderr,
                "trace: %s: bytes cannot say this geometry's %s; docs/input-format.md "
                "lists the numbers that they can\n",
                argv[optind], field);
        return EXIT_USAGE;
    }
    status = trace_output_open(&output, path);
    if (status != EXIT_AGREES)
        return status;
    (void)fwrite(bytes, 1, size, output.file);
    return trace_output_close(&output);
}

static int command_help(int argc, char **argv) {
    (void)argc;
    (void)argv;
    printf("%s%s%s", usage_text, subject_commands_usage, usage_end);
    return EXIT_AGREES;
}

static int command_version(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return program_version(run_library_version());
}

static const struct command commands[] = {
    {"replay", command_replay},
    {"show", command_show},
    {"encode", command_encode},
    {"record", command_record},
    {"digest", command_digest},
    {"explain", command_explain},
    {"html", command_html},
    {"reduce", command_reduce},
    {"c", command_c},
    {"gdb", command_gdb},
    {"signature", command_signature},
    {"help", command_help},
    {"--help", command_help},
    {"-h", command_help},
    {"--version", command_version},
};

static const struct command *command_find(const char *name) {
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i += 1)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    for (const struct command *command = subject_commands; command->name != NULL; command += 1)
        if (strcmp(name, command->name) == 0)
            return command;
    return NULL;
}

static int trace_run(int argc, char **argv) {
    const struct command *command = argc < 2 ? NULL : command_find(argv[1]);
    if (argc < 2)
        return trace_usage_error("which command?", "");
    if (command == NULL)
        return trace_usage_error("no such command: ", argv[1]);
    return argc > 2 && program_is_help(argv[2]) ? command_help(argc, argv)
                                                : command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    program_begin("trace");
    stop_install(NULL);
    return program_end(trace_run(argc, argv));
}
