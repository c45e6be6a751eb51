/* SPDX-License-Identifier: Apache-2.0 */
/* ./request_log: which hit ratio a cache map of this or that size would have had on a request log.
 *
 * What it shows: a read-through cache with tombstones, several maps side by side, and a map without
 * a cache as an exact set. What to copy is in request_log_simulate.c; request_log_read.c reads the
 * logs; this file is the program around them: options, bad lines, the report. */
#include "request_log_read.h"
#include "request_log_simulate.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_GOOD = 0, EXIT_FAILS = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* So many bad lines are named; if so many come first, the format is the wrong one. */
enum { BAD_NAMED_COUNT = 5, BAD_FIRST_COUNT = 100 };

enum { WAYS = 16 };

static const char standard_input[] = "standard input";

static const char usage_text[] =
    "usage: request_log [OPTION]... FILE...\n"
    "\n"
    "Says which hit ratio a cache map would have had on the requests of a log. Files are read in\n"
    "the order given as one log, as a stream; - is standard input, in any format.\n"
    "\n"
    "  --format NAME    access (default): Common or Combined Log Format of web servers; a virtual\n"
    "                   host that comes first is a part of the key\n"
    "                   twitter: timestamp,key,key size,value size,client id,operation,TTL\n"
    "                   oracle: libCacheSim's oracleGeneral, binary\n"
    "                   keys: one key a line, whatever its bytes; all are reads. For logs in "
    "other\n"
    "                   formats: examples/README.md has a line of jq or awk for each\n"
    "  --cache N,...    objects that the cache takes, up to 8 sizes, rounded up to multiples of\n"
    "                   16; default 256,1024,4096,16384\n"
    "  --stash N        objects that the stash takes; default: as many as the cache, and 16 at\n"
    "                   least\n"
    "  --compact N      compact after every N requests; default: only when the stash is full\n"
    "  --distinct N     count up to N distinct keys exactly, more by an estimate; default 262144\n"
    "  --seed N         of the hash of the maps; default 0\n"
    "  --bad PERCENT    the share of bad lines that is borne; default 1\n"
    "  --strict         end at the first bad line\n"
    "  --help           this\n"
    "\n"
    "A read that finds nothing loads the object; a write stores it; a delete leaves a tombstone,\n"
    "and reads of it are 'known deleted', no hits. All objects count as one, whatever their size.\n"
    "Nothing expires.\n"
    "\n"
    "exit status: 0 good, 1 too many bad lines or no request, 2 usage, or a file cannot be read,\n"
    "is compressed, or is no oracleGeneral trace, 130 interrupted (the report is of what was\n"
    "read)\n";

struct arguments {
    enum request_format format;
    uint64_t cache_counts[SIMULATION_COUNT_MAX];
    uint32_t cache_count_count;
    uint64_t stash_count; /* 0: as the cache */
    uint64_t compact_interval;
    uint64_t distinct_count_max;
    uint64_t seed;
    uint64_t bad_percent;
    bool strict;
};

struct log_counts {
    uint64_t line_count, bad_count;
};

static volatile sig_atomic_t interrupted;
static const char *program = "request_log"; /* as it was called, for printed commands */

static void interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

/* ---- Reading. ---------------------------------------------------------------------------- */

static int bad_line(const struct arguments *arguments, const struct request_reader *reader,
                    const char *path, struct log_counts *counts) {
    counts->bad_count += 1;
    if (counts->bad_count <= BAD_NAMED_COUNT)
        fprintf(stderr, "request_log: %s:%llu: %s\n", path, (unsigned long long)reader->line_number,
                reader->problem);
    if (counts->bad_count == BAD_NAMED_COUNT + 1)
        fputs("request_log: further bad lines are counted, not named\n", stderr);
    if (arguments->strict)
        return EXIT_FAILS;
    if (counts->bad_count == BAD_FIRST_COUNT && counts->line_count == BAD_FIRST_COUNT) {
        fprintf(stderr, "request_log: %s: the first %d lines are bad; is it another --format?\n",
                path, BAD_FIRST_COUNT);
        return EXIT_FAILS;
    }
    return EXIT_GOOD;
}

static int compressed(const struct request_reader *reader, const char *path) {
    fprintf(stderr, "request_log: %s: compressed by %s; this reads it:\n",
            path != NULL ? path : standard_input, reader->compression->name);
    compression_print_command(stderr, reader->compression, path, program,
                              request_format_name(reader->format));
    return EXIT_USAGE;
}

/* `path` null: standard input. */
static int read_file(const struct arguments *arguments, FILE *file, const char *path,
                     struct simulations *simulations, struct log_counts *counts) {
    static struct request_reader reader;
    const char *shown = path != NULL ? path : standard_input;
    request_reader_init(&reader, file, arguments->format);
    while (!interrupted) {
        struct request request;
        switch (request_reader_next(&reader, &request)) {
        case REQUEST_GOOD:
            counts->line_count += 1;
            simulations_request(simulations, &request);
            break;
        case REQUEST_BAD:
            counts->line_count += 1;
            if (bad_line(arguments, &reader, shown, counts) != EXIT_GOOD)
                return EXIT_FAILS;
            break;
        case REQUEST_END: return EXIT_GOOD;
        case REQUEST_COMPRESSED: return compressed(&reader, path);
        case REQUEST_NO_LOG:
            fprintf(stderr, "request_log: %s:record %llu: %s\n", shown,
                    (unsigned long long)reader.line_number, reader.problem);
            return EXIT_USAGE;
        case REQUEST_UNREADABLE:
            if (interrupted)
                return EXIT_GOOD;
            fprintf(stderr, "request_log: %s: cannot be read: %s\n", shown, strerror(errno));
            return EXIT_USAGE;
        }
    }
    return EXIT_GOOD;
}

static int read_path(const struct arguments *arguments, const char *path,
                     struct simulations *simulations, struct log_counts *counts) {
    FILE *file;
    int status;
    if (strcmp(path, "-") == 0)
        return read_file(arguments, stdin, NULL, simulations, counts);
    file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "request_log: %s: cannot be opened: %s\n", path, strerror(errno));
        return EXIT_USAGE;
    }
    status = read_file(arguments, file, path, simulations, counts);
    (void)fclose(file);
    return status;
}

/* ---- The report. ------------------------------------------------------------------------- */

static double percent(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
}

static void print_caches(const struct simulations *simulations) {
    const uint64_t read_count = simulations->kind_counts[REQUEST_READ];
    printf("\n%12s %12s %12s %15s %15s %10s %12s\n", "cache", "stash", "hit ratio", "by the stash",
           "known deleted", "compacts", "stash peak");
    for (uint32_t i = 0; i < simulations->count; i += 1) {
        const struct simulation *simulation = &simulations->each[i];
        const struct cache_map_counts counts = object_cache_inspect_counts(&simulation->cache);
        /* The metrics are the cache's: what it did not answer, the stash did. */
        const uint64_t stash_hit_count = simulation->hit_count - counts.metrics.hits;
        printf("%12llu %12llu %10.2f %% %13.2f %% %13.2f %% %10llu %12llu\n",
               (unsigned long long)counts.cache_value_count_max,
               (unsigned long long)counts.stash_count_max,
               percent(simulation->hit_count, read_count), percent(stash_hit_count, read_count),
               percent(simulation->tombstone_count, read_count),
               (unsigned long long)simulation->compact_count,
               (unsigned long long)simulation->stash_count_peak);
    }
}

static void print_tenths(const struct simulations *simulations) {
    printf("\nhit ratio in each tenth, by the size of the cache\n%23s", "requests");
    for (uint32_t i = 0; i < simulations->count; i += 1)
        printf(" %10llu",
               (unsigned long long)object_cache_inspect_counts(&simulations->each[i].cache)
                   .cache_value_count_max);
    putchar('\n');
    for (uint32_t tenth = 0; tenth < TENTH_COUNT; tenth += 1) {
        uint64_t start, end, read_count, hit_counts[SIMULATION_COUNT_MAX];
        simulations_tenth(simulations, tenth, &start, &end, &read_count, hit_counts);
        if (start > end)
            continue; /* fewer than ten requests */
        printf("%11llu-%-11llu", (unsigned long long)start, (unsigned long long)end);
        for (uint32_t i = 0; i < simulations->count; i += 1)
            printf(" %8.2f %%", percent(hit_counts[i], read_count));
        putchar('\n');
    }
}

static void print_report(const struct simulations *simulations, const struct log_counts *counts) {
    const uint64_t *kinds = simulations->kind_counts;
    printf("lines      %llu: %llu requests, %llu of no use to a cache, %llu bad\n",
           (unsigned long long)counts->line_count,
           (unsigned long long)simulations->intervals.request_count,
           (unsigned long long)kinds[REQUEST_OTHER], (unsigned long long)counts->bad_count);
    printf("requests   %llu reads, %llu writes, %llu deletes\n",
           (unsigned long long)kinds[REQUEST_READ], (unsigned long long)kinds[REQUEST_WRITE],
           (unsigned long long)kinds[REQUEST_DELETE]);
    printf("keys       %s%llu distinct\n", simulations->distinct.exact ? "" : "about ",
           (unsigned long long)distinct_count(&simulations->distinct));
    print_caches(simulations);
    print_tenths(simulations);
}

/* ---- Options. ---------------------------------------------------------------------------- */

static int usage_error(const char *message, const char *argument) {
    fprintf(stderr, "request_log: %s%s; ./request_log --help lists the options\n", message,
            argument);
    return EXIT_USAGE;
}

static bool number_parse(const char *text, uint64_t limit, uint64_t *number, const char **end) {
    char *after = NULL;
    errno = 0;
    *number = strtoull(text, &after, 10);
    *end = after;
    return isdigit((unsigned char)text[0]) && errno == 0 && *number <= limit;
}

static bool whole_number_parse(const char *text, uint64_t minimum, uint64_t limit,
                               uint64_t *number) {
    const char *end = NULL;
    return number_parse(text, limit, number, &end) && *end == '\0' && *number >= minimum;
}

static bool cache_counts_parse(const char *text, struct arguments *arguments) {
    arguments->cache_count_count = 0;
    for (;;) {
        uint64_t number;
        const char *end = NULL;
        if (arguments->cache_count_count == SIMULATION_COUNT_MAX ||
            !number_parse(text, UINT64_MAX / 2, &number, &end) || (*end != ',' && *end != '\0'))
            return false;
        arguments->cache_counts[arguments->cache_count_count] = (number + WAYS - 1) / WAYS * WAYS;
        arguments->cache_count_count += 1;
        if (*end == '\0')
            return true;
        text = end + 1;
    }
}

static int arguments_read(int argc, char **argv, struct arguments *arguments) {
    static const struct option options[] = {
        {"format", required_argument, NULL, 'f'},   {"cache", required_argument, NULL, 'c'},
        {"stash", required_argument, NULL, 's'},    {"compact", required_argument, NULL, 'k'},
        {"distinct", required_argument, NULL, 'd'}, {"seed", required_argument, NULL, 'r'},
        {"bad", required_argument, NULL, 'b'},      {"strict", no_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},           {0}};
    const uint64_t limit = CACHE_MAP_STASH_VALUE_COUNT_LIMIT;
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool good = true;
        switch (option) {
        case 'f': good = request_format_parse(optarg, &arguments->format); break;
        case 'c': good = cache_counts_parse(optarg, arguments); break;
        case 's': good = whole_number_parse(optarg, 1, limit, &arguments->stash_count); break;
        case 'k':
            good = whole_number_parse(optarg, 1, UINT64_MAX, &arguments->compact_interval);
            break;
        case 'd':
            good = whole_number_parse(optarg, 1, limit, &arguments->distinct_count_max);
            break;
        case 'r': good = whole_number_parse(optarg, 0, UINT64_MAX, &arguments->seed); break;
        case 'b': good = whole_number_parse(optarg, 0, 100, &arguments->bad_percent); break;
        case 't': arguments->strict = true; break;
        case 'h':
            exit(fputs(usage_text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_USAGE : EXIT_GOOD);
        default: return usage_error("no such option", "");
        }
        if (!good)
            return usage_error("not what the option takes: ", optarg);
    }
    return optind == argc ? usage_error("which log?", "") : EXIT_GOOD;
}

/* ---- The run. ---------------------------------------------------------------------------- */

static int prepare(const struct arguments *arguments, struct simulations *simulations) {
    enum cache_map_status status =
        distinct_init(&simulations->distinct, arguments->distinct_count_max);
    simulations->compact_interval = arguments->compact_interval;
    if (status != CACHE_MAP_OK) {
        fprintf(stderr, "request_log: --distinct %llu: %s\n",
                (unsigned long long)arguments->distinct_count_max, cache_map_status_name(status));
        return EXIT_USAGE;
    }
    for (uint32_t i = 0; i < arguments->cache_count_count; i += 1) {
        const uint64_t cache_count = arguments->cache_counts[i];
        uint64_t stash_count = arguments->stash_count;
        if (stash_count == 0)
            stash_count = cache_count < WAYS ? WAYS : cache_count;
        if (stash_count > CACHE_MAP_STASH_VALUE_COUNT_LIMIT)
            stash_count = CACHE_MAP_STASH_VALUE_COUNT_LIMIT;
        status = simulation_init(&simulations->each[i], cache_count, stash_count, arguments->seed);
        if (status != CACHE_MAP_OK) {
            fprintf(stderr, "request_log: a cache of %llu objects with a stash of %llu: %s\n",
                    (unsigned long long)cache_count, (unsigned long long)stash_count,
                    cache_map_status_name(status));
            return EXIT_USAGE;
        }
        simulations->count += 1;
    }
    return EXIT_GOOD;
}

/* After the report: may it be relied on? */
static int judge(const struct arguments *arguments, const struct simulations *simulations,
                 const struct log_counts *counts) {
    if (interrupted)
        return EXIT_INTERRUPTED;
    if (simulations->intervals.request_count == 0) {
        fputs("request_log: there is no request in the log\n", stderr);
        return EXIT_FAILS;
    }
    if (counts->bad_count > 0 &&
        percent(counts->bad_count, counts->line_count) > (double)arguments->bad_percent) {
        fprintf(stderr, "request_log: %.2f %% of the lines are bad, and --bad bears %llu %%\n",
                percent(counts->bad_count, counts->line_count),
                (unsigned long long)arguments->bad_percent);
        return EXIT_FAILS;
    }
    return EXIT_GOOD;
}

static int run(const struct arguments *arguments, char **paths, struct simulations *simulations) {
    struct log_counts counts = {0};
    for (; *paths != NULL && !interrupted; paths += 1) {
        const int status = read_path(arguments, *paths, simulations, &counts);
        if (status != EXIT_GOOD)
            return status;
    }
    print_report(simulations, &counts);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "request_log: standard output: cannot be written: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    return judge(arguments, simulations, &counts);
}

int main(int argc, char **argv) {
    static struct simulations simulations;
    struct arguments arguments = {.cache_counts = {256, 1024, 4096, 16384},
                                  .cache_count_count = 4,
                                  .distinct_count_max = 262144,
                                  .bad_percent = 1};
    int status;
    program = argv[0];
    status = arguments_read(argc, argv, &arguments);
    if (status != EXIT_GOOD)
        return status;
    /* Without SA_RESTART: a read that waits for a pipe ends too. */
    (void)sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
    (void)sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupt}, NULL);
    status = prepare(&arguments, &simulations);
    if (status == EXIT_GOOD)
        status = run(&arguments, argv + optind, &simulations);
    for (uint32_t i = 0; i < simulations.count; i += 1)
        simulation_deinit(&simulations.each[i]);
    distinct_deinit(&simulations.distinct);
    return status;
}
