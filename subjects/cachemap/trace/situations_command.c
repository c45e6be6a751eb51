/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace situations: which situations (situations.h) the inputs that are stored do not have, compared with
 * a list of named holes, each with its reason; and the search for inputs that have them. Knows names, not
 * what they mean. */
#include "situations.h"

#include "codec.h"
#include "generate.h"
#include "random.h"
#include "reduce.h"
#include "trace_command.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOLE_COUNT_MAX = 256,
    HOLE_SIZE_MAX = 256,
    GENERATED_OP_COUNT = 400,
    STREAM_COUNT_DEFAULT = 20000,
    SEED = 1
};

/* A line of the list: a pattern of names (fnmatch), a colon between blanks, the reason. */
static struct {
    char pattern[HOLE_SIZE_MAX];
    uint32_t count; /* situations that it names */
} holes[HOLE_COUNT_MAX];
static uint32_t hole_count;
static bool seen[SITUATION_COUNT_MAX];
static struct input_file file;
static struct stream stream;

/* ---- The list of holes. ------------------------------------------------------------------ */

static int holes_read(const char *path) {
    FILE *list = fopen(path, "r");
    char line[HOLE_SIZE_MAX];
    if (list == NULL)
        return trace_usage_error("cannot read ", path);
    while (fgets(line, sizeof line, list) != NULL) {
        char *reason = strstr(line, " : ");
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (reason == NULL || hole_count == HOLE_COUNT_MAX) {
            (void)fclose(list);
            return trace_usage_error("a hole is 'PATTERN : REASON', not ", line);
        }
        *reason = '\0';
        (void)snprintf(holes[hole_count].pattern, HOLE_SIZE_MAX, "%s", line);
        hole_count += 1;
    }
    (void)fclose(list);
    return EXIT_AGREES;
}

/* The first hole that names it, or hole_count. */
static uint32_t hole_of(const char *name) {
    uint32_t hole = 0;
    while (hole < hole_count && fnmatch(holes[hole].pattern, name, 0) != 0)
        hole += 1;
    return hole;
}

static int holes_compare(void) {
    const uint32_t count = situation_count();
    uint32_t seen_count = 0, named_count = 0, bad = 0;
    char name[SITUATION_NAME_SIZE];
    for (uint32_t i = 0; i < count; i += 1) {
        uint32_t hole;
        situation_name(i, name);
        hole = hole_of(name);
        seen_count += seen[i];
        named_count += !seen[i] && hole < hole_count;
        if (hole < hole_count)
            holes[hole].count += 1;
        if (seen[i] == (hole < hole_count)) {
            if (seen[i])
                printf("FAIL  it happens, and is named a hole by '%s': %s\n", holes[hole].pattern,
                       name);
            else
                printf("FAIL  a hole: no input has it: %s\n", name);
            bad += 1;
        }
    }
    for (uint32_t hole = 0; hole < hole_count; hole += 1)
        if (holes[hole].count == 0) {
            printf("FAIL  a hole that names no situation: %s\n", holes[hole].pattern);
            bad += 1;
        }
    printf("%u of %u situations happen, %u are named holes, %u are wrong\n", (unsigned)seen_count,
           (unsigned)count, (unsigned)named_count, (unsigned)bad);
    return bad == 0 ? EXIT_AGREES : EXIT_FAILS;
}

/* ---- The search. ------------------------------------------------------------------------- */

/* Whether the candidate has all situations of the goal. */
static bool search_fails(const struct stream *candidate, void *context) {
    const bool *goal = (const bool *)context;
    bool here[SITUATION_COUNT_MAX] = {false};
    situations_note(candidate, here);
    for (uint32_t i = 0; i < situation_count(); i += 1)
        if (goal[i] && !here[i])
            return false;
    return true;
}

/* Those that the stream has, no input, and no hole names: how many. */
static uint32_t search_gain(bool goal[SITUATION_COUNT_MAX]) {
    uint32_t gain = 0;
    char name[SITUATION_NAME_SIZE];
    memset(goal, 0, SITUATION_COUNT_MAX * sizeof goal[0]);
    situations_note(&stream, goal);
    for (uint32_t i = 0; i < situation_count(); i += 1) {
        if (goal[i] && !seen[i])
            situation_name(i, name);
        goal[i] = goal[i] && !seen[i] && hole_of(name) == hole_count;
        gain += goal[i];
    }
    return gain;
}

/* Every second stream fills a stash whose keys collide: long runs and full stashes do not come by chance. */
static void search_generate(uint64_t number) {
    static const uint16_t rooms[] = {1, 3, 6, 48, 64};
    struct random random = {number * UINT64_C(0xd1342543de82ef95)};
    uint32_t filled = 0;
    generate_world(&random, &stream.world);
    stream.world.numbers[FIELD_RUN] = RUN_PLAIN;
    if (number % 2 == 1) {
        stream.world.numbers[FIELD_STASH] =
            rooms[random_below(&random, sizeof rooms / sizeof rooms[0])];
        stream.world.numbers[FIELD_HASH] = random_below(&random, 2) == 0 ? HASH_COLLIDE : HASH_MIX;
        stream.world.numbers[FIELD_KEYS] = 64;
        filled = stream.world.numbers[FIELD_STASH] + 4;
    }
    generate_ops(&random, &stream, GENERATED_OP_COUNT);
    if (stream.op_count + filled > STREAM_OP_COUNT_MAX)
        return;
    memmove(stream.ops + filled, stream.ops, stream.op_count * sizeof stream.ops[0]);
    for (uint32_t key_id = 0; key_id < filled; key_id += 1) {
        const struct op op = {OP_UPSERT, key_id % stream.world.numbers[FIELD_KEYS]};
        stream.ops[key_id] = op;
    }
    stream.op_count += filled;
}

static int search_write(const char *folder, uint32_t round) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *field = NULL;
    char path[TRACE_PATH_SIZE];
    const size_t size = codec_encode(&stream, bytes, &field);
    FILE *out;
    bool written;
    (void)snprintf(path, sizeof path, "%s/situations-%02u", folder, (unsigned)round);
    out = size > 0 ? fopen(path, "wb") : NULL;
    written = out != NULL && fwrite(bytes, 1, size, out) == size;
    if (out != NULL)
        written = fclose(out) == 0 && written;
    printf("%s: %u ops\n", path, (unsigned)stream.op_count);
    return written ? EXIT_AGREES : program_write_failed(path);
}

/* In rounds: of so many streams the one that has most of what no input has yet is reduced, and written. */
static int search(const char *folder, uint32_t stream_count) {
    static bool goal[SITUATION_COUNT_MAX];
    const struct reduce_options options = {.fails = search_fails, .context = goal};
    int status = EXIT_AGREES;
    for (uint32_t round = 0; status == EXIT_AGREES && !stop_requested(); round += 1) {
        uint64_t best = 0;
        uint32_t best_gain = 0;
        for (uint32_t i = 0; i < stream_count && !stop_requested(); i += 1) {
            const uint64_t number = (uint64_t)round * stream_count + i;
            uint32_t gain;
            search_generate(number);
            gain = search_gain(goal);
            if (gain > best_gain) {
                best_gain = gain;
                best = number;
            }
        }
        if (best_gain == 0)
            break;
        search_generate(best);
        (void)search_gain(goal);
        (void)reduce_stream(&stream, &options);
        situations_note(&stream, seen);
        status = search_write(folder, round);
    }
    return status;
}

/* ---- The command. ------------------------------------------------------------------------ */

/* `context` is the status so far. */
static void note_file(const char *path, bool in_folder, void *context) {
    int *status = (int *)context;
    (void)in_folder;
    if (input_file_read(&file, path)) {
        situations_note(&file.stream, seen);
        return;
    }
    fprintf(stderr, "trace: %s\n", file.error);
    *status = EXIT_USAGE;
}

int command_situations(int argc, char **argv) {
    static const struct option names[] = {{"holes", required_argument, NULL, 'h'},
                                          {"search", required_argument, NULL, 's'},
                                          {"streams", required_argument, NULL, 'n'},
                                          {0}};
    const char *folder = NULL;
    uint32_t stream_count = STREAM_COUNT_DEFAULT;
    int status = EXIT_AGREES;
    for (int option = 0; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (option) {
        case 'h': status = holes_read(optarg); break;
        case 's': folder = optarg; break;
        case 'n': stream_count = (uint32_t)strtoul(optarg, NULL, 10); break;
        default:
            return trace_usage_error(
                "situations takes --holes LIST, --search FOLDER [--streams N], and files", "");
        }
        if (status != EXIT_AGREES)
            return status;
    }
    if (optind == argc)
        return trace_usage_error("situations: which file?", "");
    for (int i = optind; i < argc && !stop_requested(); i += 1)
        if (!program_each_file(argv[i], note_file, &status))
            status = EXIT_USAGE;
    if (status != EXIT_AGREES)
        return status;
    if (folder != NULL)
        status = search(folder, stream_count);
    if (stop_requested())
        return EXIT_INTERRUPTED;
    return status == EXIT_AGREES ? holes_compare() : status;
}
