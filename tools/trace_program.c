/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace c: the trace as a C program that shows the failure without the harness. Which pass fails, and at
 * which op, is found here; the subject writes the program. */
#include "stand_alone.h"
#include "trace_command.h"
#include "trace_pass.h"

#include <getopt.h>
#include <string.h>

static const char usage_c[] =
    "c takes -o OUT, --whole, --pass WORD, --as NAME and one file; WORD is one of"
#define PASS_WORD(name, words, word) " " word
    PASS_TABLE(PASS_WORD);
#undef PASS_WORD

static const char *const pass_words[PASS_COUNT] = {
#define PASS_WORD(name, words, word) word,
    PASS_TABLE(PASS_WORD)
#undef PASS_WORD
};

struct c_arguments {
    const char *out; /* null: standard output */
    const char *as;  /* the name in the program's head; null: that of `out` */
    bool whole;      /* not reduced */
    bool has_pass;
    enum pass pass;
};

static bool pass_read(const char *word, enum pass *pass) {
    for (unsigned i = 0; i < PASS_COUNT; i += 1) {
        if (strcmp(word, pass_words[i]) != 0)
            continue;
        *pass = (enum pass)i;
        return true;
    }
    return false;
}

static int c_options(int argc, char **argv, struct c_arguments *arguments) {
    static const struct option options[] = {{"whole", no_argument, NULL, 'w'},
                                            {"pass", required_argument, NULL, 'p'},
                                            {"as", required_argument, NULL, 'a'},
                                            {0}};
    for (int option = 0; (option = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
        if (option == 'o')
            arguments->out = optarg;
        else if (option == 'w')
            arguments->whole = true;
        else if (option == 'a')
            arguments->as = optarg;
        else if (option == 'p' && pass_read(optarg, &arguments->pass))
            arguments->has_pass = true;
        else
            return trace_usage_error(usage_c, "");
    }
    return EXIT_AGREES;
}

/* Where the stream fails in this build, for the program's checks and its head: unless it agrees, then the
 * program demands all that the contract does. */
static void c_analyse(const struct stream *stream, const struct c_arguments *arguments,
                      struct failure *failure, struct program_options *options) {
    const struct isolate_options isolate = {.layers = LAYERS_ALL, .cpu_milliseconds = 5000};
    enum pass failing = PASS_FIRST;
    options->pass = arguments->pass;
    options->failing_op = UINT32_MAX;
    isolate_run(stream, &isolate, failure);
    if (failure->outcome != ISOLATE_FAILS || !trace_failing_pass(stream, &failing))
        return;
    options->cause = failure->signature;
    if (arguments->has_pass && arguments->pass != failing)
        return;
    options->pass = failing;
    options->failing_op = failure->op_index;
}

static int c_write(const struct stream *stream, const struct program_options *options,
                   const char *path) {
    FILE *out = path == NULL ? stdout : fopen(path, "w");
    bool bad;
    if (out == NULL)
        return trace_write_failed(path);
    bad = !program_write(out, stream, options);
    bad |= fflush(out) != 0 || ferror(out) != 0;
    if (path != NULL)
        bad |= fclose(out) != 0;
    return bad ? trace_write_failed(path == NULL ? "standard output" : path) : EXIT_AGREES;
}

int command_c(int argc, char **argv) {
    static struct input_file file;
    struct c_arguments arguments = {.pass = PASS_FIRST};
    struct program_options options = {.name = NULL};
    char folder[TRACE_PATH_SIZE], library[TRACE_PATH_SIZE + sizeof "/" SUBJECT_LIBRARY_FOLDER];
    struct reduction reduction;
    struct failure failure;
    int status;
    trace_restart_without_symbols(argv);
    status = c_options(argc, argv, &arguments);
    if (status == EXIT_AGREES)
        status = trace_read_one("c", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    c_analyse(&file.stream, &arguments, &failure, &options);
    if (failure.outcome == ISOLATE_FAILS && !arguments.whole) {
        status = trace_reduce(&file.stream, argv[optind], &reduction);
        if (status == EXIT_USAGE)
            return status;
        c_analyse(&file.stream, &arguments, &failure, &options);
    }
    options.name = arguments.as != NULL ? arguments.as : arguments.out;
    if (trace_own_folder(folder) &&
        trace_find_above(folder, SUBJECT_LIBRARY_FOLDER "/" SUBJECT_LIBRARY_HEADER)) {
        (void)snprintf(library, sizeof library, "%s/" SUBJECT_LIBRARY_FOLDER, folder);
        options.library = library;
    }
    if (options.cause == NULL)
        fprintf(stderr, "trace: %s: agrees in this build: so will the program, with this library\n",
                argv[optind]);
    return c_write(&file.stream, &options, arguments.out);
}
