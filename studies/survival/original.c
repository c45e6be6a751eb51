/* SPDX-License-Identifier: Apache-2.0 */
/* Baseline `original` of `make survival`: the fuzzer of the design that this library rethinks
 * (TigerBeetle's src/lsm/cache_map_fuzz.zig), written anew. Random ops from a seed, not coupled to
 * coverage: one large map; the kinds of ops weighted by lot for each stream; ids hot or cold by a
 * coin, exponential; compact when the guaranteed mutations are spent, the scope closed when its are;
 * each stream with a cache and without; gets compared, everything verified both ways at the end.
 *
 *   original --seed N [--streams N] [--seconds S]     S: CPU seconds, looked at between streams
 *
 * Prints the executions (streams) and CPU seconds, after Ctrl-C too. Exit status: 0 nothing found,
 * 1 a failure (or what a sanitizer is told to end with), 2 usage.
 *
 * Kinder than the original in three points: its streams end sooner (10,000 to 100,000 ops, where the
 * original's have 10^8), so that more is verified; its ids average 1 and 16 times the cache, where
 * the original's average 64 and 6,400 times and most lookups miss; and a hang is noticed. */
#include "reference.h"

#include "random.h"
#include "watchdog.h"

#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <time.h>

/* Of the sanitizers' runtime; its header is not with every clang-tidy. */
void __sanitizer_set_death_callback(void (*callback)(void));

enum {
    CACHE_COUNT =
        256, /* the smallest that the original's cache takes, which is what its fuzzer has */
    STASH_COUNT = 1024,
    SCOPE_COUNT = 1024,
    ID_HOT_MEAN = CACHE_COUNT,
    ID_COLD_MEAN = 16 * CACHE_COUNT,
    OP_COUNT_MIN = 10000,
    OP_COUNT_MAX = 100000
};

enum kind { KIND_UPSERT, KIND_REMOVE, KIND_GET, KIND_COMPACT, KIND_SCOPE, KIND_COUNT };

static struct reference reference;
static uint64_t execution_count;
static volatile sig_atomic_t interrupted;

static double seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Also what the sanitizers call last. */
static void print_summary(void) {
    fprintf(stderr, "executions: %llu\nseconds: %.3f\n", (unsigned long long)execution_count,
            seconds_now());
}

_Noreturn void reference_fail(const char *what) {
    fprintf(stderr, "FAIL  %s\n", what);
    print_summary();
    _Exit(1);
}

/* Ends the program after the stream that runs, with its summary. */
static void on_interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

static void on_hang(void) {
    reference_fail("a stream does not end");
}

/* ---- The generator. ------------------------------------------------------------------------ */

struct generator {
    struct random random;
    uint32_t weights[KIND_COUNT];
    uint32_t mutation_count;       /* since the last compact; failed ones too */
    uint32_t mutation_count_scope; /* since the scope was opened */
};

static void generator_start(struct generator *generator, uint64_t seed, uint64_t stream) {
    memset(generator, 0, sizeof *generator);
    generator->random.state = seed << 32 ^ stream;
    generator->weights[KIND_UPSERT] = 64;
    generator->weights[KIND_REMOVE] = random_one_in(&generator->random, 2) ? 0 : 32;
    generator->weights[KIND_GET] = random_one_in(&generator->random, 2) ? 0 : 32;
    generator->weights[KIND_COMPACT] = random_one_in(&generator->random, 2) ? 0 : 2;
    generator->weights[KIND_SCOPE] = random_one_in(&generator->random, 2) ? 0 : 8;
}

static uint32_t generator_id(struct generator *generator) {
    const double mean = random_one_in(&generator->random, 2) ? ID_HOT_MEAN : ID_COLD_MEAN;
    const double uniform = ((double)(random_next(&generator->random) >> 11) + 1.0) * 0x1p-53;
    return (uint32_t)(-log(uniform) * mean) % REFERENCE_ID_COUNT_MAX;
}

static enum kind generator_draw(struct generator *generator) {
    uint32_t total = 0, point;
    unsigned kind = 0;
    for (unsigned i = 0; i < KIND_COUNT; i += 1)
        total += generator->weights[i];
    for (point = random_below(&generator->random, total); point >= generator->weights[kind];
         kind += 1)
        point -= generator->weights[kind];
    return (enum kind)kind;
}

static enum kind generator_kind(struct generator *generator) {
    enum kind kind;
    if (generator->mutation_count >= STASH_COUNT)
        return reference.scope_open ? KIND_SCOPE : KIND_COMPACT;
    if (reference.scope_open && generator->mutation_count_scope >= SCOPE_COUNT)
        return KIND_SCOPE;
    kind = generator_draw(generator);
    /* A scope has to be closed first. */
    return kind == KIND_COMPACT && reference.scope_open ? KIND_SCOPE : kind;
}

static void step_scope(struct generator *generator) {
    if (reference.scope_open)
        reference_scope_close(&reference, random_one_in(&generator->random, 2)
                                              ? CACHE_MAP_SCOPE_PERSIST
                                              : CACHE_MAP_SCOPE_DISCARD);
    else
        reference_scope_open(&reference);
    generator->mutation_count_scope = 0;
}

static void step(struct generator *generator) {
    const enum kind kind = generator_kind(generator);
    if (kind == KIND_UPSERT || kind == KIND_REMOVE) {
        generator->mutation_count += 1;
        generator->mutation_count_scope += 1;
    }
    switch (kind) {
    case KIND_UPSERT: reference_upsert(&reference, generator_id(generator)); return;
    case KIND_REMOVE: reference_remove(&reference, generator_id(generator)); return;
    case KIND_GET: reference_get(&reference, generator_id(generator)); return;
    case KIND_COMPACT:
        reference_compact(&reference);
        generator->mutation_count = 0;
        return;
    case KIND_SCOPE: step_scope(generator); return;
    case KIND_COUNT: break;
    }
}

static void run(uint64_t seed, uint64_t stream, uint64_t cache_count) {
    const struct cache_map_options options = {cache_count, STASH_COUNT, SCOPE_COUNT, 0};
    struct generator generator;
    uint32_t op_count;
    generator_start(&generator, seed, stream);
    op_count = OP_COUNT_MIN + random_below(&generator.random, OP_COUNT_MAX - OP_COUNT_MIN + 1);
    reference_open(&reference, &options, REFERENCE_ID_COUNT_MAX);
    for (uint32_t i = 0; i < op_count; i += 1)
        step(&generator);
    if (reference.scope_open)
        step_scope(&generator);
    reference_verify(&reference);
    reference_close(&reference);
}

/* ---- The command line. --------------------------------------------------------------------- */

static int usage(void) {
    fprintf(stderr, "original: usage: original --seed N [--streams N] [--seconds S]\n"
                    "          N are whole numbers from 1, S a number above 0\n");
    return 2;
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"streams", required_argument, NULL, 'n'},
                                            {"seconds", required_argument, NULL, 't'},
                                            {0}};
    unsigned long long seed = 0, stream_count = UINT64_MAX;
    double seconds = INFINITY;
    char *end = NULL;
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 's')
            seed = strtoull(optarg, &end, 10);
        else if (option == 'n')
            stream_count = strtoull(optarg, &end, 10);
        else if (option == 't')
            seconds = strtod(optarg, &end);
        if (end == NULL || end == optarg || *end != '\0')
            return usage();
    }
    if (optind != argc || seed == 0 || stream_count == 0 || !(seconds > 0))
        return usage();
    __sanitizer_set_death_callback(print_summary);
    (void)signal(SIGINT, on_interrupt);
    while (interrupted == 0 && execution_count < stream_count && seconds_now() < seconds) {
        watchdog_beat(on_hang);
        execution_count += 1;
        run(seed, execution_count, CACHE_COUNT);
        run(seed, execution_count, 0);
    }
    print_summary();
    return 0;
}
