/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace witness: the labels of subjects/cachemap/witness.h, the shortest known trace of each, and which of
 * them happen in a file. The traces are files in the folder witnesses/ beside the program, so that
 * people read, replay and copy them without it. */
#include "witness_search.h"

#include "report.h"
#include "trace_command.h"
#include "trace_text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OP_COUNT_DEFAULT = 5, STREAM_COUNT_DEFAULT = 20000 };

static struct input_file file;

/* ---- The folder. ------------------------------------------------------------------------- */

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Beside the program, or beside the folder of the program: build/trace-asan has the same files. The
 * first of the two where neither is there; the working directory where /proc does not say where the
 * program is. */
static const char *folder_beside_program(void) {
    static char beside[WITNESS_PATH_SIZE_MAX], above[WITNESS_PATH_SIZE_MAX];
    char program[WITNESS_PATH_SIZE_MAX / 2];
    const ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    char *slash = NULL;
    if (size <= 0)
        return "witnesses";
    program[size] = '\0';
    slash = strrchr(program, '/');
    if (slash != NULL)
        *slash = '\0';
    (void)snprintf(beside, sizeof beside, "%s/witnesses", program);
    (void)snprintf(above, sizeof above, "%s/../witnesses", program);
    return !is_folder(beside) && is_folder(above) ? above : beside;
}

/* ---- Labels. ----------------------------------------------------------------------------- */

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

enum { NAME_SIZE_MAX = 64 };

/* The fewest letters to change, insert or leave out (Levenshtein 1966; the row by row form is
 * Wagner's and Fischer's). Names longer than the longest label are cut. */
static size_t edit_distance(const char *a, const char *b) {
    size_t row[NAME_SIZE_MAX + 1];
    const size_t a_size = min_size(strlen(a), NAME_SIZE_MAX);
    const size_t b_size = min_size(strlen(b), NAME_SIZE_MAX);
    for (size_t k = 0; k <= b_size; k += 1)
        row[k] = k;
    for (size_t i = 1; i <= a_size; i += 1) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= b_size; k += 1) {
            const size_t changed = diagonal + (a[i - 1] != b[k - 1]);
            diagonal = row[k];
            row[k] = min_size(changed, min_size(row[k], row[k - 1]) + 1);
        }
    }
    return row[b_size];
}

/* Names the labels that have the text in them, or else the nearest one. */
static int label_unknown(const char *name) {
    const char *nearest = witness_labels[0].name;
    uint32_t count = 0;
    fprintf(stderr, "trace: witness: %s: no such label; ", name);
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        const char *other = witness_labels[label].name;
        if (strstr(other, name) != NULL) {
            fprintf(stderr, "%s%s", count == 0 ? "did you mean " : ", ", other);
            count += 1;
        }
        if (edit_distance(name, other) < edit_distance(name, nearest))
            nearest = other;
    }
    if (count == 0)
        fprintf(stderr, "did you mean %s", nearest);
    fprintf(stderr, "? ./trace witness lists them all\n");
    return EXIT_USAGE;
}

/* The label's file is read into `file`; an error is printed. */
static int label_read(const char *folder, uint32_t label) {
    if (input_file_read(&file, witness_path(folder, label)))
        return EXIT_AGREES;
    fprintf(stderr,
            "trace: %s: the witnesses stand in a folder `witnesses` beside the program; copy it "
            "there, or name it by --folder\n",
            file.error);
    return EXIT_USAGE;
}

static void print_trace(void) {
    trace_text_print(stdout, &file.stream, file.expectations);
}

static int print_list(const char *folder) {
    const char *theme = "";
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        const struct witness_label *row = &witness_labels[label];
        char length[16] = "no trace";
        if (strcmp(theme, row->theme) != 0)
            printf("%s%s\n", label == 0 ? "" : "\n", row->theme);
        theme = row->theme;
        if (input_file_read(&file, witness_path(folder, label)))
            (void)snprintf(length, sizeof length, "%u op%s", (unsigned)file.stream.op_count,
                           file.stream.op_count == 1 ? "" : "s");
        printf("  %-46s %-6s %s\n", row->name, length, row->sentence);
    }
    return EXIT_AGREES;
}

static int print_label(const char *folder, const char *name) {
    const uint32_t label = witness_find(name);
    int status;
    if (label == witness_label_count)
        return label_unknown(name);
    status = label_read(folder, label);
    if (status != EXIT_AGREES)
        return status;
    printf("# %s: %s\n", name, witness_labels[label].sentence);
    print_trace();
    return EXIT_AGREES;
}

/* All on one page: a section for each theme. */
static int print_markdown(const char *folder) {
    const char *theme = "";
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        const struct witness_label *row = &witness_labels[label];
        const int status = label_read(folder, label);
        if (status != EXIT_AGREES)
            return status;
        if (strcmp(theme, row->theme) != 0)
            printf("\n## %s\n", row->theme);
        theme = row->theme;
        printf("\n**`%s`** %s\n\n```trace\n", row->name, row->sentence);
        print_trace();
        printf("```\n");
    }
    return EXIT_AGREES;
}

/* ---- What happens in a file. ------------------------------------------------------------- */

/* The ops at which something happens for the first time, each with what does. */
static void print_happenings(const struct witness_watch *watch) {
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    run_predict(&file.stream, outcomes);
    for (uint32_t index = 0; index < file.stream.op_count; index += 1) {
        bool shown = false;
        for (uint32_t label = 0; label < witness_label_count; label += 1) {
            char op[TRACE_TEXT_OP_SIZE], result[24];
            if (watch->first_op[label] != index)
                continue;
            trace_text_op(file.stream.ops[index], op, sizeof op);
            trace_text_result(outcomes[index], result, sizeof result);
            if (!shown)
                printf("%6u  %s = %s\n", (unsigned)index, op, result);
            shown = true;
            printf("          %s: %s\n", witness_labels[label].name,
                   witness_labels[label].sentence);
        }
    }
}

/* `context` is the status so far. An input that fails says more than one that cannot be read. */
static void check_file(const char *path, bool in_folder, void *context) {
    static struct witness_watch watch;
    const struct run_view *failed;
    int *status = (int *)context;
    unsigned count = 0;
    (void)in_folder;
    if (!input_file_read(&file, path)) {
        fprintf(stderr, "trace: %s\n", file.error);
        if (*status == EXIT_AGREES)
            *status = EXIT_USAGE;
        return;
    }
    stop_limit_cpu(STOP_INPUT_CPU_SECONDS);
    failed = witness_run(&file.stream, NULL, &watch);
    stop_limit_cpu(0);
    if (failed != NULL) {
        (void)fflush(stdout);
        fprintf(stderr, "%s:\n", path);
        report_print(stderr, failed, NULL);
        *status = EXIT_FAILS;
        return;
    }
    for (uint32_t label = 0; label < witness_label_count; label += 1)
        count += watch.first_op[label] != WITNESS_NEVER;
    printf("%s: %u ops, %u of %u labels happen\n", path, (unsigned)file.stream.op_count, count,
           (unsigned)witness_label_count);
    print_happenings(&watch);
}

static int check_files(int argc, char **argv) {
    int status = EXIT_AGREES;
    if (optind == argc)
        return trace_usage_error("witness --check: which file?", "");
    for (int i = optind; i < argc && !stop_requested(); i += 1)
        if (!program_each_file(argv[i], check_file, &status) && status == EXIT_AGREES)
            status = EXIT_USAGE;
    return stop_requested() && status == EXIT_AGREES ? EXIT_INTERRUPTED : status;
}

/* ---- The command. ------------------------------------------------------------------------ */

struct witness_options {
    const char *folder;
    bool check, markdown, search;
    unsigned long long seed, op_count, stream_count;
};

static int search_labels(int argc, char **argv, const struct witness_options *options) {
    bool wanted[WITNESS_LABEL_COUNT_MAX] = {false};
    const struct witness_search_options search = {
        .folder = options->folder,
        .wanted = wanted,
        .op_count_max = (uint32_t)options->op_count,
        .stream_count = (uint32_t)options->stream_count,
        .seed = options->seed,
    };
    for (int i = optind; i < argc; i += 1) {
        const uint32_t label = witness_find(argv[i]);
        if (label == witness_label_count)
            return label_unknown(argv[i]);
        wanted[label] = true;
    }
    for (uint32_t label = 0; optind == argc && label < witness_label_count; label += 1)
        wanted[label] = true;
    return witness_search(&search);
}

/* A decimal number; false, with the message printed, for anything else. */
static bool parse_number(const char *name, const char *text, unsigned long long number_max,
                         unsigned long long *number) {
    char *end = NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number <= number_max)
        return true;
    fprintf(stderr, "trace: witness --%s %s: expected a number from 0 to %llu\n", name, text,
            number_max);
    return false;
}

static int witness_parse(int argc, char **argv, struct witness_options *options) {
    static const struct option names[] = {
        {"check", no_argument, NULL, 'c'},         {"markdown", no_argument, NULL, 'm'},
        {"search", no_argument, NULL, 's'},        {"folder", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 'e'},    {"ops", required_argument, NULL, 'o'},
        {"streams", required_argument, NULL, 'n'}, {0}};
    bool valid = true;
    for (int option = 0; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (option) {
        case 'c': options->check = true; break;
        case 'm': options->markdown = true; break;
        case 's': options->search = true; break;
        case 'f': options->folder = optarg; break;
        case 'e': valid &= parse_number("seed", optarg, UINT64_MAX, &options->seed); break;
        case 'o':
            valid &= parse_number("ops", optarg, WITNESS_SEARCH_OP_COUNT_MAX, &options->op_count);
            break;
        case 'n':
            valid &= parse_number("streams", optarg, UINT32_MAX, &options->stream_count);
            break;
        default:
            return trace_usage_error(
                "witness takes a label, --check FILE..., --markdown, or "
                "--search [--ops N] [--streams N] [--seed N] [LABEL]...; and --folder "
                "FOLDER",
                "");
        }
    }
    if (options->check + options->markdown + options->search > 1)
        return trace_usage_error("witness: --check, --markdown or --search, one of them", "");
    return valid ? EXIT_AGREES : EXIT_USAGE;
}

int command_witness(int argc, char **argv) {
    struct witness_options options = {
        .seed = 1, .op_count = OP_COUNT_DEFAULT, .stream_count = STREAM_COUNT_DEFAULT};
    int status = witness_parse(argc, argv, &options);
    if (status != EXIT_AGREES)
        return status;
    if (options.folder == NULL)
        options.folder = folder_beside_program();
    if (options.search)
        status = search_labels(argc, argv, &options);
    else if (options.check)
        status = check_files(argc, argv);
    else if (optind + (options.markdown ? 0 : 1) < argc)
        status = trace_usage_error("witness: one label at a time", "");
    else if (options.markdown)
        status = print_markdown(options.folder);
    else
        status =
            optind == argc ? print_list(options.folder) : print_label(options.folder, argv[optind]);
    return status;
}
