/* SPDX-License-Identifier: Apache-2.0 */
/* ./explore: every reachable state of a small world, with every layer of the oracle that looks at
 * an op or a state. docs/proofs.md says what that proves.
 *
 * A short main: words of the command line -> world -> search -> what it ended with, and a trace. */
#include "arguments.h"
#include "codec.h"
#include "input_file.h"
#include "isolate.h"
#include "path.h"
#include "program.h"
#include "saved.h"
#include "shell_word.h"
#include "stop.h"
#include "trace_text.h"
#include "visits.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MEMORY_MEBIBYTES = 4096, CONFIRM_CPU_MILLISECONDS = 20000 };
enum { HOLE_SHOWN_COUNT_MAX = 5, HOLE_SEED_COUNT_MAX = 1000 };

static struct space space;
static struct store store;
static struct expression goal;
static double started_at; /* seconds */
static uint32_t started_states;

static int file_error(const char *path, const char *what) {
    fprintf(stderr, "explore: %s: %s: %s\n", path, what, strerror(errno));
    return EXIT_USAGE;
}

static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- Files. ------------------------------------------------------------------------------ */

static int save(const struct arguments *arguments, const struct search *search) {
    static struct saved saved;
    saved.has_ops = arguments->has_ops;
    saved.no_symmetry = arguments->no_symmetry;
    saved.cursor = search->cursor;
    saved.edge_count = search->edge_count;
    memcpy(saved.fields, arguments->fields, sizeof saved.fields);
    memcpy(saved.ops, arguments->ops, sizeof saved.ops);
    if (saved_write(arguments->save, &saved, &store) != EXIT_AGREES)
        return EXIT_USAGE;
    fprintf(stderr, "explore: saved; go on with ");
    shell_program_write(stderr, arguments->program);
    fprintf(stderr, " --resume ");
    shell_path_write(stderr, arguments->save);
    fprintf(stderr, "\n");
    return EXIT_AGREES;
}

/* The head of the file into the arguments; the file stays open at the states. */
static FILE *open_saved(struct arguments *arguments, struct saved *saved) {
    FILE *file = saved_open(arguments->resume, saved);
    if (file == NULL)
        return NULL;
    memcpy(arguments->fields, saved->fields, sizeof saved->fields);
    memcpy(arguments->ops, saved->ops, sizeof saved->ops);
    arguments->has_ops = saved->has_ops != 0;
    arguments->no_symmetry = saved->no_symmetry != 0;
    return file;
}

/* The search as the file has it. EXIT_AGREES, or a message was printed. */
static int go_on(const struct arguments *arguments, FILE *file, const struct saved *saved,
                 struct search *search) {
    static struct state first;
    search->cursor = (uint32_t)saved->cursor;
    search->edge_count = saved->edge_count;
    if (!search_first(search, &first)) {
        fprintf(stderr,
                "explore: %s: a new " SUBJECT_NOUN
                " is broken in this build; without --resume, explore "
                "says how\n",
                arguments->resume);
        return EXIT_USAGE;
    }
    return saved_read(arguments->resume, file, saved, &first, &store);
}

/* `context` is the status so far. */
static void look_at_input(const char *path, bool in_folder, void *context) {
    static struct input_file file;
    (void)in_folder;
    if (input_file_read(&file, path))
        return;
    fprintf(stderr, "explore: %s\n", file.error);
    *(int *)context = EXIT_USAGE;
}

/* Before a search that may take hours: what is read and written at its end. EXIT_AGREES, or a
 * message for each that is wrong was printed. */
static int look_at_files(const struct arguments *arguments) {
    struct stat status;
    int worst = EXIT_AGREES;
    for (int i = 0; i < arguments->input_count; i += 1)
        if (!program_each_file(arguments->inputs[i], look_at_input, &worst))
            worst = EXIT_USAGE;
    if (arguments->seeds != NULL &&
        (stat(arguments->seeds, &status) != 0 || !S_ISDIR(status.st_mode))) {
        fprintf(stderr, "explore: %s: --seeds takes a folder that is there\n", arguments->seeds);
        worst = EXIT_USAGE;
    }
    return worst;
}

/* ---- Progress. --------------------------------------------------------------------------- */

static void show_progress(const struct search *search) {
    static double shown_at;
    const uint32_t states = store_state_count(search->store);
    const double time = now();
    if (time - shown_at < 0.9)
        return;
    shown_at = time;
    fprintf(stderr,
            "explore: %u states at distances 0 to %u, %u to expand, %.0f states/s, %.0f MiB\n",
            states, search_depth(search), search_frontier(search),
            (states - started_states) / (time - started_at + 1e-9),
            (double)store_memory(search->store) / (1 << 20));
}

static void show_levels(const struct search *search) {
    const uint32_t *begin = search->store->level_begin;
    for (uint32_t level = 0; level < search->store->level_count; level += 1)
        printf("distance %2u: %u states\n", level, begin[level + 1] - begin[level]);
}

/* ---- What inputs have seen of it. --------------------------------------------------------- */

static struct visits visits;
static unsigned visited_count;

/* The shortest way to a state as an input of bytes, in the folder. */
static bool write_seed(const struct arguments *arguments, const struct stream *path,
                       uint32_t rank) {
    static uint8_t bytes[CODEC_SIZE_MAX];
    const char *field = NULL;
    const size_t size = codec_encode(path, bytes, &field);
    char name[ARGUMENTS_TEXT_SIZE_MAX];
    FILE *file;
    bool written;
    (void)snprintf(name, sizeof name, "%s/state-%u", arguments->seeds, rank);
    file = size == 0 ? NULL : fopen(name, "wb");
    written = file != NULL && fwrite(bytes, 1, size, file) == size;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written && size == 0)
        fprintf(stderr, "explore: --seeds: bytes cannot say this world's %s\n", field);
    else if (!written)
        (void)program_write_failed(name);
    return written;
}

/* The hole in words: its distance, what is in it, and the way there. */
static void show_hole(const struct stream *path) {
    char words[ARGUMENTS_TEXT_SIZE_MAX];
    live_words(words, sizeof words);
    printf("not visited, %u ops from init: %s:", path->op_count, words);
    for (uint32_t i = 0; i < path->op_count; i += 1) {
        char op[TRACE_TEXT_OP_SIZE];
        trace_text_op(path->ops[i], op, sizeof op);
        printf("%s %s", i == 0 ? "" : ",", op);
    }
    printf("\n");
}

/* Each state that was not visited, from the nearest on; some are shown, more become seeds. */
static int show_holes(const struct arguments *arguments) {
    static struct stream path;
    uint32_t count = 0, at = 0;
    for (uint32_t rank = visits_next_hole(&visits, 0);
         rank < store_state_count(&store) && count < HOLE_SEED_COUNT_MAX;
         rank = visits_next_hole(&visits, rank + 1)) {
        if (count >= HOLE_SHOWN_COUNT_MAX && arguments->seeds == NULL)
            break;
        if (!path_make(&space, &store, rank, FINDING_NO_OP, &path, &at))
            return EXIT_USAGE;
        if (count < HOLE_SHOWN_COUNT_MAX)
            show_hole(&path);
        if (arguments->seeds != NULL && !write_seed(arguments, &path, rank))
            return EXIT_USAGE;
        count += 1;
    }
    return EXIT_AGREES;
}

static void show_visits(void) {
    const uint32_t state_count = store_state_count(&store);
    const uint64_t pair_count = (uint64_t)state_count * space.op_count;
    uint32_t ops_of_kind[OP_KIND_COUNT] = {0};
    for (uint32_t i = 0; i < space.op_count; i += 1)
        ops_of_kind[space.ops[i].kind] += 1;
    printf("%u inputs have been in %u of %u states (%.1f %%), and have done %llu of %llu ops in "
           "them (%.1f %%)\n",
           visited_count, visits.state_count, state_count, 100.0 * visits.state_count / state_count,
           (unsigned long long)visits.pair_count, (unsigned long long)pair_count,
           100.0 * (double)visits.pair_count / (double)pair_count);
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        if (ops_of_kind[kind] != 0)
            printf("%-14s in %4.1f %% of the states\n", op_describe((enum op_kind)kind)->words,
                   100.0 * (double)visits.pairs_of_kind[kind] /
                       ((double)state_count * ops_of_kind[kind]));
}

/* `context` is the status so far. */
static void visit_input(const char *path, bool in_folder, void *context) {
    static struct input_file file;
    (void)in_folder;
    if (input_file_read(&file, path)) {
        visits_run(&visits, &file.stream);
        visited_count += 1;
        return;
    }
    fprintf(stderr, "explore: %s\n", file.error);
    *(int *)context = EXIT_USAGE;
}

static int visit_inputs(const struct arguments *arguments) {
    int status = EXIT_AGREES;
    if (!visits_create(&visits, &space, &store))
        return file_error("the table of visits", "no memory for it");
    for (int i = 0; i < arguments->input_count; i += 1)
        if (!program_each_file(arguments->inputs[i], visit_input, &status))
            status = EXIT_USAGE;
    if (visits.stray_count > 0) {
        fprintf(stderr,
                "explore: %u ops led to states that were not explored: an error of the explorer\n",
                visits.stray_count);
        status = EXIT_USAGE;
    }
    show_visits();
    if (show_holes(arguments) != EXIT_AGREES)
        status = EXIT_USAGE;
    visits_destroy(&visits);
    return status;
}

/* ---- What a search ended with. ----------------------------------------------------------- */

/* The trace as text, with what the models say. */
static int print_trace(const struct arguments *arguments, const struct stream *path) {
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    FILE *file = arguments->out == NULL ? stdout : fopen(arguments->out, "w");
    bool written;
    if (file == NULL)
        return program_write_failed(arguments->out);
    run_predict(path, outcomes);
    trace_text_print(file, path, outcomes);
    written = fflush(file) == 0 && ferror(file) == 0;
    if (file != stdout && fclose(file) != 0)
        written = false;
    return written
               ? EXIT_AGREES
               : program_write_failed(arguments->out == NULL ? "standard output" : arguments->out);
}

/* Whether the fuzzer's run of the whole trace fails too, and how. What only an audit sees needs an op
 * behind it that looks, which the trace then has. */
static void confirm(struct stream *path) {
    const struct isolate_options options = {LAYERS_ALL, CONFIRM_CPU_MILLISECONDS};
    const struct op audit = {EXPLORE_AUDIT_OP, 0};
    struct failure failure;
    isolate_run(path, &options, &failure);
    if (failure.outcome == ISOLATE_AGREES && audit.kind != OP_KIND_COUNT) {
        path->ops[path->op_count] = audit;
        path->op_count += 1;
        isolate_run(path, &options, &failure);
    }
    if (failure.outcome == ISOLATE_FAILS) {
        printf("# confirmed by a run from init: %s\n", failure.signature);
        return;
    }
    path->op_count -= audit.kind != OP_KIND_COUNT;
    printf(
        "# NOT confirmed: a run from init agrees. The violation needs metrics, or bytes of free\n"
        "# places, that the way to this state does not leave there; see --tame\n");
}

static int show_finding(const struct arguments *arguments, const struct search *search) {
    static struct stream path;
    const struct finding *finding = &search->finding;
    uint32_t at = 0;
    const char *invariant = finding->kind == FINDING_VERDICT
                                ? invariant_function(finding->invariant)
                            : finding->kind == FINDING_CRASH ? "crash"
                                                             : "memory_is_said_by_inspection";
    if (!path_make(&space, &store, finding->rank, finding->op, &path, &at)) {
        fprintf(
            stderr,
            "explore: a run from init does not go the way of the search, after %u ops: an error "
            "of the explorer, or the " SUBJECT_NOUN " is not deterministic\n",
            at);
        return EXIT_USAGE;
    }
    if (finding->kind == FINDING_GOAL) {
        printf("# reached by %u ops, and by no fewer: %s\n", path.op_count, arguments->reach);
    } else {
        printf("# violation after %u ops, and after no fewer: %s\n# %s\n", path.op_count, invariant,
               finding->detail);
        (void)fflush(stdout);
        confirm(&path);
    }
    (void)fflush(stdout);
    if (print_trace(arguments, &path) != EXIT_AGREES)
        return EXIT_USAGE;
    return finding->kind == FINDING_GOAL ? EXIT_AGREES : EXIT_FAILS;
}

static void show_totals(const struct search *search) {
    const uint32_t states = store_state_count(&store);
    const double seconds = now() - started_at;
    fprintf(stderr, "explore: %.1f s, %.0f states/s, %.0f edges/s, %.0f bytes a state\n", seconds,
            (states - started_states) / (seconds + 1e-9),
            (double)search->edge_count / (seconds + 1e-9),
            (double)store_memory(&store) / (states + 1e-9));
}

static int show_end(const struct arguments *arguments, const struct search *search,
                    enum search_end end) {
    const uint32_t states = store_state_count(&store), depth = search_depth(search);
    const unsigned long long edges = search->edge_count;
    int status = EXIT_AGREES;
    if (arguments->levels)
        show_levels(search);
    if (!arguments->quiet)
        show_totals(search);
    switch (end) {
    case SEARCH_FIXPOINT:
        printf(
            "fixpoint: every state of this world, %u states, %llu edges, the farthest %u ops from "
            "init: %s\n",
            states, edges, depth,
            arguments->reach == NULL ? "no violation" : "no violation; unreachable in this world");
        return arguments->input_count > 0 ? visit_inputs(arguments) : EXIT_AGREES;
    case SEARCH_FINDING:
    case SEARCH_REACHED: return show_finding(arguments, search);
    case SEARCH_DEPTH:
        printf(
            "bound: every sequence of up to %u ops, %u states, %llu edges: no violation; NOT every "
            "state of this world\n",
            depth, states, edges);
        return EXIT_AGREES;
    case SEARCH_MEMORY:
        fprintf(stderr, "explore: the memory is spent; --memory takes more\n");
        status = EXIT_USAGE;
        break;
    case SEARCH_INTERRUPTED: status = EXIT_INTERRUPTED; break;
    case SEARCH_BROKEN: return file_error("fork", "no process could be started");
    }
    printf(
        "stopped: every sequence of up to %u ops, %u states, %u of them not expanded, %llu edges: "
        "no violation so far; NOT every state of this world\n",
        depth, states, search_frontier(search), edges);
    if (arguments->save != NULL && save(arguments, search) != EXIT_AGREES)
        return EXIT_USAGE;
    return status;
}

/* ---- The whole. -------------------------------------------------------------------------- */

static int explore(const struct arguments *arguments, FILE *file, const struct saved *saved) {
    struct search search = {.space = &space,
                            .store = &store,
                            .options = {.job_count = arguments->job_count,
                                        .depth_max = arguments->depth_max,
                                        .goal = arguments->reach == NULL ? NULL : &goal,
                                        .on_progress = arguments->quiet ? NULL : show_progress}};
    enum search_end end = SEARCH_FIXPOINT;
    if (file == NULL) {
        end = search_begin(&search);
    } else {
        const int status = go_on(arguments, file, saved, &search);
        if (status != EXIT_AGREES)
            return status;
    }
    started_at = now();
    started_states = store_state_count(&store);
    if (end == SEARCH_FIXPOINT)
        end = search_run(&search);
    return show_end(arguments, &search, end);
}

static int explore_run(int argc, char **argv) {
    const long core_count = sysconf(_SC_NPROCESSORS_ONLN);
    struct arguments arguments = {.program = argv[0],
                                  .depth_max = UINT32_MAX,
                                  .memory_max = (uint64_t)MEMORY_MEBIBYTES << 20,
                                  .job_count = core_count > 0 ? (unsigned)core_count : 1};
    struct saved saved;
    FILE *file = NULL;
    char error[ARGUMENTS_TEXT_SIZE_MAX], fields[160];
    int status = arguments_read(argc, argv, &arguments);
    if (status != EXIT_AGREES)
        return status;
    stop_install(NULL);
    status = look_at_files(&arguments);
    if (status != EXIT_AGREES)
        return status;
    if (arguments.resume != NULL && (file = open_saved(&arguments, &saved)) == NULL)
        return EXIT_USAGE;
    if (!space_make(&space, arguments.fields, arguments.has_ops ? arguments.ops : NULL,
                    !arguments.no_symmetry, error, sizeof error) ||
        (arguments.reach != NULL &&
         !expression_parse(&goal, arguments.reach, error, sizeof error))) {
        fprintf(stderr, "explore: %s\n", error);
        return EXIT_USAGE;
    }
    space.is_tame = arguments.tame;
    if (!store_create(&store, arguments.memory_max))
        return file_error("--memory", "the system does not give it");
    trace_text_world(&space.world, fields, sizeof fields);
    printf("# world %s: %u ops a state, %u orders of keys as one\n", fields, space.op_count,
           space_symmetry(&space));
    status = explore(&arguments, file, &saved);
    if (file != NULL)
        (void)fclose(file);
    store_destroy(&store);
    return status;
}

int main(int argc, char **argv) {
    program_begin("explore");
    return program_end(explore_run(argc, argv));
}
