/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind arguments.h, and the help. */
#include "arguments.h"

#include "expression.h"
#include "program.h"
#include "search.h"
#include "stop.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
    "usage: explore [OPTIONS] FIELD=VALUE... [INPUT...]\n"
    "\n"
    "Visits every state that a world can reach, in the order of the distance from init, and runs\n"
    "every op in each. FIELD=VALUE are those of a trace's geometry line, such as\n"
    "  ./explore " EXPLORE_WORLD "\n"
    "\n"
    "An INPUT (bytes or a text trace; of a folder all in it) is run in the world when every state "
    "is known: which of them "
    "the\n"
    "inputs have been in, and which they have not.\n"
    "\n"
    "  --reach EXPRESSION   the shortest trace after which it is true, or 'unreachable' (names "
    "below)\n"
    "  --ops LIST           only these ops, separated by commas; or all; without "
    "it " EXPLORE_OPS_WORDS "\n"
    "  --depth N            no sequence of more than N ops\n"
    "  --memory MIB         at most so much for the states (4096)\n"
    "  --jobs N             processes (the number of cores)\n"
    "  --no-symmetry        tell keys apart also where no " SUBJECT_NOUN " can\n"
    "  --tame               free places hold nothing, and not what would harm most: the trace of a "
    "bug\n"
    "                       that reads them is then one that a run from init confirms\n"
    "  --save FILE          where a search that is stopped is written, to go on with --resume\n"
    "  --resume FILE        go on; FIELD=VALUE and --ops are in the file\n"
    "  --levels             the number of states at each distance\n"
    "  --quiet              no progress on standard error\n"
    "  --seeds FOLDER       for states that no INPUT was in, the shortest inputs that are, at most "
    "1000\n"
    "  -o FILE              the trace there, and not to standard output\n"
    "  --help, --version\n"
    "\n"
    "exit status: 0 no violation (the last line says whether every state was visited) or an "
    "answer\n"
    "to --reach; 1 a violation, with its shortest trace; 2 usage, memory spent, or something "
    "cannot\n"
    "be read or written; 130 interrupted\n"
    "\n"
    "names in an EXPRESSION, with || && == != < <= > >= + - * ! and brackets:\n";

static int usage_error(const char *message, const char *argument) {
    fprintf(stderr, "explore: %s%s; ./explore --help says more\n", message, argument);
    return EXIT_USAGE;
}

/* A number from 1 to `max`, or 0. */
static uint64_t number_of(const char *text, uint64_t max) {
    char *end = NULL;
    const unsigned long long number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && number <= max ? number : 0;
}

static bool append_field(char *fields, const char *field) {
    const size_t size = strlen(fields);
    const int added = snprintf(fields + size, ARGUMENTS_TEXT_SIZE_MAX - size, "%s%s",
                               size == 0 ? "" : " ", field);
    return (size_t)added < ARGUMENTS_TEXT_SIZE_MAX - size;
}

static bool is_field(const char *word) {
    return strchr(word, '=') != NULL && strchr(word, '/') == NULL;
}

static const char *take_option(struct arguments *arguments, int option, const char *argument) {
    switch (option) {
    case 'r': arguments->reach = argument; return NULL;
    case 'p':
        arguments->has_ops = true;
        (void)snprintf(arguments->ops, sizeof arguments->ops, "%s", argument);
        return NULL;
    case 'd':
        arguments->depth_max = (uint32_t)number_of(argument, STORE_LEVEL_COUNT_MAX - 1);
        return arguments->depth_max == 0 ? "--depth takes a number from 1 to 1023, not " : NULL;
    case 'm':
        arguments->memory_max = number_of(argument, 1 << 20) << 20;
        return arguments->memory_max < (uint64_t)8 << 20 ? "--memory takes MiB, 8 or more, not "
                                                         : NULL;
    case 'j':
        arguments->job_count = (unsigned)number_of(argument, SEARCH_JOB_COUNT_MAX);
        return arguments->job_count == 0 ? "--jobs takes a number from 1 to 64, not " : NULL;
    case 'n': arguments->no_symmetry = true; return NULL;
    case 't': arguments->tame = true; return NULL;
    case 's': arguments->save = argument; return NULL;
    case 'R': arguments->resume = argument; return NULL;
    case 'l': arguments->levels = true; return NULL;
    case 'q': arguments->quiet = true; return NULL;
    case 'S': arguments->seeds = argument; return NULL;
    default: arguments->out = argument; return NULL;
    }
}

int arguments_read(int argc, char **argv, struct arguments *arguments) {
    static const struct option options[] = {{"reach", required_argument, NULL, 'r'},
                                            {"ops", required_argument, NULL, 'p'},
                                            {"depth", required_argument, NULL, 'd'},
                                            {"memory", required_argument, NULL, 'm'},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {"no-symmetry", no_argument, NULL, 'n'},
                                            {"save", required_argument, NULL, 's'},
                                            {"resume", required_argument, NULL, 'R'},
                                            {"levels", no_argument, NULL, 'l'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"tame", no_argument, NULL, 't'},
                                            {"seeds", required_argument, NULL, 'S'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'V'},
                                            {0}};
    for (int option = 0; (option = getopt_long(argc, argv, "ho:", options, NULL)) != -1;) {
        const char *wrong = NULL;
        if (option == '?')
            return usage_error("that is no option", "");
        if (option == 'h') {
            fputs(usage_text, stdout);
            expression_help(stdout);
            exit(program_end(EXIT_AGREES));
        }
        if (option == 'V')
            exit(program_end(program_version(run_library_version())));
        wrong = take_option(arguments, option, optarg);
        if (wrong != NULL)
            return usage_error(wrong, optarg);
    }
    for (; optind < argc && is_field(argv[optind]); optind += 1)
        if (!append_field(arguments->fields, argv[optind]))
            return usage_error("too many fields: ", argv[optind]);
    arguments->inputs = argv + optind;
    arguments->input_count = argc - optind;
    if (arguments->seeds != NULL && arguments->input_count == 0)
        return usage_error("--seeds: of which INPUT?", "");
    if (arguments->fields[0] == '\0' && arguments->resume == NULL)
        return usage_error("which world? FIELD=VALUE..., as in " EXPLORE_WORLD, "");
    if (arguments->fields[0] != '\0' && arguments->resume != NULL)
        return usage_error("the file of --resume says which world it is, so not ",
                           arguments->fields);
    return EXIT_AGREES;
}
