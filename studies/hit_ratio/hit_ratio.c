/* SPDX-License-Identifier: Apache-2.0 */
/* build/hit_ratio: the share of gets that a cache of so many objects answers, for the cache map,
 * for other policies and for the best possible. Counts hits and nothing else: no time, no bytes.
 * Deterministic: the same arguments print the same bytes. docs/hit-ratio.md says what is measured
 * and why. */
#include "hit_ratio_contender.h"
#include "hit_ratio_memory.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_WELL = 0, EXIT_CANNOT = 2 };
enum {
    CHOICE_COUNT_MAX = 64,
    KEY_COUNT_STANDARD = 102400,
    ACCESS_COUNT_STANDARD = 2000000,
    COUNT_LIMIT = 100 * 1000 * 1000
};

static const char usage_text[] =
    "usage: hit_ratio [--workload NAME]... [--policy NAME]... [--size N]... [--share PERCENT]...\n"
    "                 [--keys N] [--accesses N] [--seed N] [--stash N] [--csv]\n"
    "       hit_ratio --trace FILE [--policy NAME]... [--size N]... [--share PERCENT]... [--csv]\n"
    "       hit_ratio --list | --help\n"
    "\n"
    "Prints which share of the gets a cache answers, from empty, by policy and size.\n"
    "\n"
    "  --workload NAME  what is asked of the cache; default: all of --list\n"
    "  --policy NAME    a name of --list, 'main' (the default), 'layouts' (all ways and clock "
    "bits\n"
    "                   of the cache map) or 'all'\n"
    "  --size N         objects in the cache: a multiple of 16\n"
    "  --share PERCENT  the same as a share of the keys, rounded down to a multiple of 16;\n"
    "                   default: 1, 5, 10 and 25\n"
    "  --keys N         keys of a workload; default 102400\n"
    "  --accesses N     what a workload asks; default 2000000\n"
    "  --seed N         of the workload's random numbers; default 1\n"
    "  --stash N        entries of the cache map's stash, at least 32; default: as the cache\n"
    "  --trace FILE     instead of a workload, gets from a file: one decimal key a line; '-' is\n"
    "                   the standard input\n"
    "  --csv            a line for each run, with counts, instead of tables of percents\n"
    "  --list           workloads and policies\n"
    "\n"
    "exit status: 0 done; 1 the cache map broke its contract; 2 usage, or a file cannot be read, "
    "or\n"
    "the output not be written\n";

struct request {
    const struct workload *workloads[CHOICE_COUNT_MAX];
    size_t workload_count;
    struct contender contenders[CHOICE_COUNT_MAX];
    size_t contender_count;
    uint64_t sizes[CHOICE_COUNT_MAX]; /* objects, or percents where is_share */
    bool is_share[CHOICE_COUNT_MAX];
    size_t size_count;
    uint64_t key_count, access_count, seed, stash_count_max;
    bool is_workload; /* an option was given that only a workload has */
    const char *path; /* of a trace; null: none */
    bool csv;
};

static int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("hit_ratio: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return EXIT_CANNOT;
}

/* ---- The command line. ------------------------------------------------------------------- */

/* EXIT_WELL, or the status after a message. */
static int parse_number(const char *option, const char *text, uint64_t least, uint64_t most,
                        uint64_t *number) {
    char *end = NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0 || *number < least ||
        *number > most)
        return fail("%s '%s': expected a number from %" PRIu64 " to %" PRIu64, option, text, least,
                    most);
    return EXIT_WELL;
}

static int parse_size(struct request *request, const char *text, bool is_share) {
    uint64_t *size = &request->sizes[request->size_count];
    const int status = is_share ? parse_number("--share", text, 1, 100, size)
                                : parse_number("--size", text, MAP_SIZE_STEP, COUNT_LIMIT, size);
    if (status != EXIT_WELL)
        return status;
    if (request->size_count + 1 == CHOICE_COUNT_MAX)
        return fail("more than %d sizes", CHOICE_COUNT_MAX - 1);
    if (!is_share && *size % MAP_SIZE_STEP != 0)
        return fail("--size %s: expected a multiple of %d, as all ways of the cache map need; the "
                    "next are %" PRIu64 " and %" PRIu64,
                    text, MAP_SIZE_STEP, *size / MAP_SIZE_STEP * MAP_SIZE_STEP,
                    (*size / MAP_SIZE_STEP + 1) * MAP_SIZE_STEP);
    request->is_share[request->size_count++] = is_share;
    return EXIT_WELL;
}

static int parse_workload(struct request *request, const char *name) {
    const struct workload *workload = workload_find(name);
    if (workload == NULL)
        return fail("--workload '%s': no such workload; --list names them", name);
    if (request->workload_count == CHOICE_COUNT_MAX)
        return fail("more than %d workloads", CHOICE_COUNT_MAX);
    request->workloads[request->workload_count++] = workload;
    return EXIT_WELL;
}

/* Whether `name` means this contender, by its own name or by that of a group. */
static bool contender_is(size_t index, const struct contender *contender, const char *name) {
    return strcmp(name, contender->name) == 0 || strcmp(name, "all") == 0 ||
           (strcmp(name, "main") == 0 && index < CONTENDER_MAIN_COUNT) ||
           (strcmp(name, "layouts") == 0 && strncmp(contender->name, "map_w", 5) == 0);
}

static int parse_policy(struct request *request, const char *name) {
    const size_t before = request->contender_count;
    for (size_t i = 0; i < contender_count(); i += 1) {
        const struct contender contender = contender_at(i);
        if (!contender_is(i, &contender, name))
            continue;
        if (request->contender_count == CHOICE_COUNT_MAX)
            return fail("more than %d policies", CHOICE_COUNT_MAX);
        request->contenders[request->contender_count++] = contender;
    }
    if (request->contender_count == before)
        return fail("--policy '%s': no such policy; --list names them", name);
    return EXIT_WELL;
}

static void print_list(void) {
    puts("workloads:");
    for (size_t i = 0; i < workload_count; i += 1)
        printf("  %-18s %s\n", workloads[i].name, workloads[i].what);
    puts("policies:");
    for (size_t i = 0; i < contender_count(); i += 1)
        printf("  %-18s %s\n", contender_at(i).name, contender_at(i).what);
}

static const struct option options[] = {{"workload", required_argument, NULL, 'w'},
                                        {"policy", required_argument, NULL, 'p'},
                                        {"size", required_argument, NULL, 's'},
                                        {"share", required_argument, NULL, 'h'},
                                        {"keys", required_argument, NULL, 'k'},
                                        {"accesses", required_argument, NULL, 'a'},
                                        {"seed", required_argument, NULL, 'r'},
                                        {"stash", required_argument, NULL, 't'},
                                        {"trace", required_argument, NULL, 'f'},
                                        {"csv", no_argument, NULL, 'c'},
                                        {"list", no_argument, NULL, 'l'},
                                        {"help", no_argument, NULL, '?' + 128},
                                        {NULL, 0, NULL, 0}};

static int parse_option(struct request *request, int option, const char *text) {
    if (strchr("wkar", option) != NULL)
        request->is_workload = true;
    switch (option) {
    case 'w': return parse_workload(request, text);
    case 'p': return parse_policy(request, text);
    case 's': return parse_size(request, text, false);
    case 'h': return parse_size(request, text, true);
    case 'k': return parse_number("--keys", text, MAP_SIZE_STEP, COUNT_LIMIT, &request->key_count);
    case 'a': return parse_number("--accesses", text, 1, COUNT_LIMIT, &request->access_count);
    case 'r': return parse_number("--seed", text, 0, UINT64_MAX, &request->seed);
    case 't':
        return parse_number("--stash", text, TRACE_SCOPE_ACCESS_COUNT_MAX, COUNT_LIMIT,
                            &request->stash_count_max);
    case 'f': request->path = text; return EXIT_WELL;
    case 'c': request->csv = true; return EXIT_WELL;
    default: return fail("--help lists the options"); /* getopt has said what is wrong */
    }
}

/* What was not asked for has its standard. */
static int request_complete(struct request *request) {
    static const char *const shares[] = {"1", "5", "10", "25"};
    int status = EXIT_WELL;
    if (request->path != NULL && request->is_workload)
        return fail("--trace goes with none of --workload, --keys, --accesses and --seed: a file "
                    "is what it is");
    if (request->contender_count == 0)
        status = parse_policy(request, "main");
    for (size_t i = 0; request->workload_count == 0 && i < workload_count; i += 1)
        request->workloads[i] = &workloads[i];
    if (request->workload_count == 0)
        request->workload_count = workload_count;
    if (request->size_count == 0)
        for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i += 1)
            status |= parse_size(request, shares[i], true);
    return status;
}

/* ---- Runs. ------------------------------------------------------------------------------- */

static uint32_t size_of(const struct request *request, size_t index, uint32_t key_count) {
    uint64_t size = request->sizes[index];
    if (request->is_share[index])
        size = key_count * size / 100 / MAP_SIZE_STEP * MAP_SIZE_STEP;
    return size < MAP_SIZE_STEP ? MAP_SIZE_STEP : (uint32_t)size;
}

static double percent(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void print_csv(const struct request *request, const struct trace *trace, uint32_t size,
                      uint32_t stash, const char *name, const struct outcome *outcome) {
    printf("%s,%" PRIu64 ",%" PRIu32 ",%zu,%" PRIu32 ",%" PRIu32 ",%s,%" PRIu64 ",%" PRIu64
           ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.2f\n",
           trace->name, request->path == NULL ? request->seed : 0, trace->key_count,
           trace->access_count, size, stash, name, outcome->gets, outcome->hits,
           outcome->stash_hits, outcome->inserts, outcome->evictions, outcome->wasted,
           percent(outcome->hits, outcome->gets));
}

struct results {
    struct outcome outcomes[CHOICE_COUNT_MAX][CHOICE_COUNT_MAX]; /* by contender and size */
    bool has[CHOICE_COUNT_MAX];
    uint32_t sizes[CHOICE_COUNT_MAX];
};

static void print_table(const struct request *request, const struct trace *trace,
                        const struct results *results) {
    printf("%s: %" PRIu32 " keys, %zu accesses", trace->name, trace->key_count,
           trace->access_count);
    if (request->path == NULL)
        printf(", seed %" PRIu64, request->seed);
    printf("; %% of gets that hit, by objects in the cache\n%-20s", "");
    for (size_t i = 0; i < request->size_count; i += 1)
        printf(" %9" PRIu32, results->sizes[i]);
    putchar('\n');
    for (size_t c = 0; c < request->contender_count; c += 1) {
        if (!results->has[c])
            continue;
        printf("%-20s", request->contenders[c].name);
        for (size_t i = 0; i < request->size_count; i += 1)
            printf(" %9.2f", percent(results->outcomes[c][i].hits, results->outcomes[c][i].gets));
        putchar('\n');
    }
    putchar('\n');
    (void)fflush(stdout);
}

/* One size of all contenders. */
static void run_size(const struct request *request, const struct trace *trace, size_t index,
                     struct results *results) {
    const uint32_t size = results->sizes[index];
    const uint32_t stash = request->stash_count_max != 0 ? (uint32_t)request->stash_count_max
                           : size < TRACE_SCOPE_ACCESS_COUNT_MAX ? TRACE_SCOPE_ACCESS_COUNT_MAX
                                                                 : size;
    for (size_t c = 0; c < request->contender_count; c += 1) {
        const struct contender *contender = &request->contenders[c];
        results->has[c] = contender_can_run(contender, trace);
        if (!results->has[c])
            continue;
        contender_run(contender, trace, size, stash, &results->outcomes[c][index], NULL);
        if (request->csv)
            print_csv(request, trace, size, contender->layout != NULL ? stash : 0, contender->name,
                      &results->outcomes[c][index]);
    }
}

static void run_workload(const struct request *request, const struct workload *workload,
                         struct results *results) {
    const uint32_t key_count = (uint32_t)request->key_count;
    struct trace trace = {NULL, 0, 0, NULL};
    for (size_t i = 0; i < request->size_count; i += 1) {
        results->sizes[i] = size_of(request, i, key_count);
        if (i == 0 || workload->follows_size) {
            trace_deinit(&trace);
            trace_make(&trace, workload, key_count, (size_t)request->access_count,
                       results->sizes[i], request->seed);
        }
        run_size(request, &trace, i, results);
    }
    if (!request->csv)
        print_table(request, &trace, results);
    trace_deinit(&trace);
}

static int run_file(const struct request *request, struct results *results) {
    struct trace trace;
    char error[512];
    if (!trace_read(&trace, request->path, error, sizeof error))
        return fail("%s", error);
    for (size_t i = 0; i < request->size_count; i += 1) {
        results->sizes[i] = size_of(request, i, trace.key_count);
        run_size(request, &trace, i, results);
    }
    if (!request->csv)
        print_table(request, &trace, results);
    trace_deinit(&trace);
    return EXIT_WELL;
}

/* EXIT_WELL when all that was printed is written. */
static int output_end(int status) {
    if (fflush(stdout) != 0 || ferror(stdout) != 0)
        return fail("the output cannot be written: %s", strerror(errno));
    return status;
}

int main(int count, char **arguments) {
    static struct request request; /* zero */
    static struct results results;
    int status = EXIT_WELL;
    request.key_count = KEY_COUNT_STANDARD;
    request.access_count = ACCESS_COUNT_STANDARD;
    request.seed = 1;
    for (;;) {
        const int option = getopt_long(count, arguments, "", options, NULL);
        if (option == -1)
            break;
        if (option == '?' + 128) {
            fputs(usage_text, stdout);
            return output_end(EXIT_WELL);
        }
        if (option == 'l') {
            print_list();
            return output_end(EXIT_WELL);
        }
        status = parse_option(&request, option, optarg);
        if (status != EXIT_WELL)
            return status;
    }
    if (optind < count)
        return fail("'%s': no such argument; --help lists the options", arguments[optind]);
    status = request_complete(&request);
    if (status != EXIT_WELL)
        return status;
    if (request.csv)
        puts("workload,seed,keys,accesses,size,stash,policy,gets,hits,stash_hits,inserts,evictions,"
             "wasted,hit_ratio");
    if (request.path != NULL)
        return output_end(run_file(&request, &results));
    for (size_t i = 0; i < request.workload_count; i += 1)
        run_workload(&request, request.workloads[i], &results);
    return output_end(EXIT_WELL);
}
