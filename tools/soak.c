/* SPDX-License-Identifier: Apache-2.0 */
/* ./soak: swarm streams without coverage guidance, for as long as you like. Deterministic in its
 * seed: the seed and the number of a stream name the stream. */
#include "codec.h"
#include "generate.h"
#include "program.h"
#include "report.h"
#include "run.h"
#include "shell_word.h"
#include "stop.h"
#include "trace_text.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_STANDARD = 10, PROGRESS_SECONDS = 2 };

static const char usage_text[] =
    "usage: soak [--seed N] [--ops N] [--seconds N] [--streams N] [--without LAYER]...\n"
    "\n"
    "  --seed N         a decimal number, 0x... or a git commit hash; default: from the clock, "
    "printed\n"
    "  --ops N          stop after so many ops in all\n"
    "  --seconds N      stop after so many seconds; default 10 if no other limit is given\n"
    "  --streams N      stop after so many streams\n"
    "  --without LAYER  switch a layer of the oracle off, by its name in docs/oracle.md\n"
    "  --help, --version\n"
    "\n"
    "A stream that fails is saved as crash-soak-SEED-STREAM; './trace explain FILE' shows "
    "it.\n"
    "exit status: 0 all agree, 1 a stream fails, 2 usage, or something cannot be written,\n"
    "130 interrupted (Ctrl-C): all until then agree\n";

struct soak {
    const char *program; /* how this one was called */
    uint64_t seed;
    char seed_text[64];
    unsigned long long op_count_max, stream_count_max; /* 0: none */
    unsigned long long seconds_max;
    uint32_t layers;
    unsigned long long op_count, stream_count;
    time_t start, progress;
};

static struct stream stream;
static struct soak soak; /* of the handler of a crash, too */

static int usage_error(const char *message, const char *argument) {
    fprintf(stderr, "soak: %s%s; ./soak --help lists the options\n", message, argument);
    return EXIT_USAGE;
}

/* ---- The seed. --------------------------------------------------------------------------- */

static bool is_hex(const char *text) {
    size_t size = 0;
    for (; text[size] != '\0'; size += 1)
        if (!isxdigit((unsigned char)text[size]))
            return false;
    return size >= 7 && size <= 40;
}

/* FNV-1a: two commits give two seeds, and a hash of any length gives one. */
static uint64_t seed_of_commit(const char *text) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text != '\0'; text += 1)
        hash = (hash ^ (uint64_t)tolower((unsigned char)*text)) * UINT64_C(0x100000001b3);
    return hash;
}

static bool seed_parse(const char *text, uint64_t *seed) {
    char *end = NULL;
    const int base = strncmp(text, "0x", 2) == 0 ? 16 : 10;
    errno = 0;
    if (isdigit((unsigned char)text[0])) {
        *seed = strtoull(text, &end, base);
        if (*end == '\0' && errno == 0)
            return true;
    }
    *seed = seed_of_commit(text);
    return is_hex(text);
}

static bool number_parse(const char *text, unsigned long long *number) {
    char *end = NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 && *number > 0;
}

/* ---- The loop. --------------------------------------------------------------------------- */

static void print_totals(FILE *out, const char *word) {
    fprintf(out, "soak: %s: seed %s, %llu streams, %llu ops, %lld s\n", word, soak.seed_text,
            soak.stream_count, soak.op_count, (long long)(time(NULL) - soak.start));
}

/* True when a limit is reached. */
static bool soak_done(void) {
    return (soak.op_count_max != 0 && soak.op_count >= soak.op_count_max) ||
           (soak.stream_count_max != 0 && soak.stream_count >= soak.stream_count_max) ||
           (soak.seconds_max != 0 &&
            (unsigned long long)(time(NULL) - soak.start) >= soak.seconds_max);
}

static void soak_progress(void) {
    if (!isatty(STDERR_FILENO) || time(NULL) - soak.progress < PROGRESS_SECONDS)
        return;
    soak.progress = time(NULL);
    print_totals(stderr, "running");
}

/* A program of ours that lies where this one does, as a word of a command. */
static void print_program_beside(const char *name) {
    char path[4096];
    const char *slash = strrchr(soak.program, '/');
    const int size = slash == NULL ? 0 : (int)(slash - soak.program) + 1;
    (void)snprintf(path, sizeof path, "%.*s%s", size, soak.program, name);
    shell_program_write(stderr, path);
}

/* Saves the failing stream; its name says how to make it again. */
static int soak_save(void) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *field = NULL;
    char path[128];
    const size_t size = codec_encode(&stream, bytes, &field);
    FILE *out;
    bool written;
    (void)snprintf(path, sizeof path, "crash-soak-%s-%llu", soak.seed_text, soak.stream_count);
    out = fopen(path, "wb");
    written = out != NULL && size > 0 && fwrite(bytes, 1, size, out) == size;
    if (out != NULL)
        written = fclose(out) == 0 && written;
    if (!written) {
        (void)program_write_failed(path);
        fprintf(stderr, "soak: to make it again: ");
        print_program_beside("soak");
        fprintf(stderr, " --seed %s\n", soak.seed_text);
        return EXIT_USAGE;
    }
    fprintf(stderr, "soak: saved %s; next: ", path);
    print_program_beside("trace");
    fprintf(stderr, " explain ");
    shell_path_write(stderr, path);
    fprintf(stderr, "\n");
    return EXIT_FAILS;
}

static void save_after_crash(void) {
    fprintf(stderr, "soak: seed %s, stream %llu\n", soak.seed_text, soak.stream_count);
    (void)soak_save();
}

static int soak_run(void) {
    const struct run_options options = {.layers = soak.layers};
    for (; !soak_done() && !stop_requested(); soak.stream_count += 1) {
        struct random random = {soak.seed + soak.stream_count * UINT64_C(0xd1342543de82ef95)};
        const struct run_view *failed;
        generate_world(&random, &stream.world);
        generate_ops(&random, &stream, STREAM_OP_COUNT_MAX);
        stop_limit_cpu(STOP_INPUT_CPU_SECONDS);
        failed = run(&stream, &options);
        stop_limit_cpu(0);
        if (failed != NULL) {
            report_print(stderr, failed, NULL);
            fprintf(stderr, "soak: seed %s, stream %llu\n", soak.seed_text, soak.stream_count);
            return soak_save();
        }
        soak.op_count += stream.op_count;
        soak_progress();
    }
    print_totals(stdout, stop_requested() ? "interrupted, all agree" : "all agree");
    return stop_requested() ? EXIT_INTERRUPTED : EXIT_AGREES;
}

static int soak_options(int argc, char **argv) {
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'},    {"ops", required_argument, NULL, 'o'},
        {"seconds", required_argument, NULL, 't'}, {"streams", required_argument, NULL, 'n'},
        {"without", required_argument, NULL, 'w'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},       {0}};
    for (int option = 0; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        bool good = true;
        switch (option) {
        case 's':
            good = seed_parse(optarg, &soak.seed) && strlen(optarg) < sizeof soak.seed_text;
            if (good)
                (void)snprintf(soak.seed_text, sizeof soak.seed_text, "%s", optarg);
            break;
        case 'o': good = number_parse(optarg, &soak.op_count_max); break;
        case 't': good = number_parse(optarg, &soak.seconds_max); break;
        case 'n': good = number_parse(optarg, &soak.stream_count_max); break;
        case 'w':
            if (layers_remove(&soak.layers, optarg))
                break;
            fprintf(stderr, "soak: --without %s: no such layer; there are %s\n", optarg,
                    layer_names());
            return EXIT_USAGE;
        case 'h': fputs(usage_text, stdout); exit(program_end(EXIT_AGREES));
        case 'V': exit(program_end(program_version(run_library_version())));
        default: return usage_error("no such option", "");
        }
        if (!good)
            return usage_error("not a number of 1 or more, nor (for --seed) a commit hash: ",
                               optarg);
    }
    return optind < argc ? usage_error("unexpected argument: ", argv[optind]) : EXIT_AGREES;
}

int main(int argc, char **argv) {
    int status;
    program_begin("soak");
    soak.program = argv[0];
    soak.start = soak.progress = time(NULL);
    soak.seed = (uint64_t)soak.start;
    soak.layers = LAYERS_ALL;
    (void)snprintf(soak.seed_text, sizeof soak.seed_text, "%llu", (unsigned long long)soak.seed);
    status = soak_options(argc, argv);
    if (status != EXIT_AGREES)
        return status;
    if (soak.op_count_max == 0 && soak.seconds_max == 0 && soak.stream_count_max == 0)
        soak.seconds_max = SECONDS_STANDARD;
    stop_install(save_after_crash);
    printf("soak: seed %s\n", soak.seed_text);
    (void)fflush(stdout);
    return program_end(soak_run());
}
