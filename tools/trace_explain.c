/* ./trace explain: a failure told on the fewest ops that show it: what is wrong, each op with the map
 * beside the model, the picture of the map before and after the failing op, where it first went wrong
 * inside, what of the trace matters, and the smallest change that makes it pass. */
#include "trace_command.h"

#include "input.h"
#include "picture.h"
#include "report.h"
#include "trace_text.h"

#include <getopt.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- The failing run, told by a child that may die of it. -------------------------------- */

/* What is remembered from op to op. */
struct story {
    struct picture now, before;
    bool diverged; /* inside, before the failure */
    uint32_t diverged_at;
    struct picture divergence;
};

static struct story story;

static void story_on_op(const struct environment *environment, void *context) {
    (void)context;
    story.before = story.now;
    picture_take(environment, &story.now);
    if (!story.diverged && picture_difference_count(&story.now) > 0) {
        story.diverged = true;
        story.diverged_at = environment->op_index;
        story.divergence = story.now;
    }
}

static void print_op_line(const struct environment *environment, uint32_t index,
                          const char *before) {
    char text[64];
    trace_text_op(environment->stream->ops[index], text, sizeof text);
    printf("%s op %u, %s", before, (unsigned)index, text);
}

/* The failure, and the map as it is at that place. The pictures are of the pass with the cache, where
 * most are found; of another pass there is the last picture alone. */
static void story_on_failure(const struct environment *environment) {
    const uint32_t stop = environment->verdict.op_index;
    struct picture *at_failure = &story.before;
    report_print(stdout, environment, NULL);
    if (stop < environment->stream->op_count) {
        print_op_line(environment, stop, "The map after");
        printf("      * changed by it   ! the naive map has something else there\n\n");
    } else {
        printf("The map at the end\n\n");
    }
    *at_failure = story.now;
    picture_take(environment, &story.now);
    if (environment->options.pass != PASS_CACHE)
        at_failure = NULL;
    (void)picture_print(stdout, &story.now, at_failure);
    if (story.diverged && story.diverged_at < stop) {
        print_op_line(environment, story.diverged_at, "\nIt went wrong inside before that: after");
        printf("\n\n");
        (void)picture_print(stdout, &story.divergence, NULL);
    }
    (void)fflush(stdout);
    _exit(EXIT_FAILS);
}

/* A sanitizer or a signal: the state cannot be read any more, the last picture stands. */
static void story_on_death(void) {
    const struct environment *running = input_running();
    if (running == NULL)
        return;
    report_print(stdout, running, "the run was stopped from outside: see below");
    printf("The map before that op\n\n");
    (void)picture_print(stdout, &story.now, NULL);
    (void)fflush(stdout);
}

static void story_tell(const struct stream *stream) {
    const struct input_options options = {
        .layers = LAYERS_ALL, .on_failure = story_on_failure, .on_op = story_on_op};
    const pid_t child = fork();
    int status;
    if (child == 0) {
        isolate_catch(story_on_death);
        (void)input_run(stream, &options);
        _exit(EXIT_AGREES);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0)
        continue;
}

/* ---- What matters: each part of the trace is changed, and the failure asked for again. ---- */

static bool still_fails(const struct stream *stream, const struct reduction *reduction) {
    struct failure failure;
    isolate_run(stream, &reduction->isolate, &failure);
    return failure_same(&failure, &reduction->original);
}

static bool passes(const struct stream *stream, const struct reduction *reduction) {
    struct failure failure;
    isolate_run(stream, &reduction->isolate, &failure);
    return failure.outcome == ISOLATE_AGREES;
}

/* One field of the geometry and the numbers that it can have. */
struct field {
    const char *name;
    uint8_t *byte; /* one of the two is null */
    uint16_t *number;
    struct number_table table; /* of `number` */
    uint8_t byte_count;        /* values of `byte` */
};

enum { FIELD_COUNT = 8, FIELD_TRY_COUNT_MAX = 16 };

static void fields_of(struct geometry *geometry, struct field *fields) {
    const struct number_table none = {NULL, 0};
    const struct field all[FIELD_COUNT] = {
        {"sets", NULL, &geometry->set_count, geometry_set_counts(), 0},
        {"layout", &geometry->layout, NULL, none, LAYOUT_COUNT},
        {"stash", NULL, &geometry->stash_count_max, geometry_stash_counts(), 0},
        {"scope", NULL, &geometry->scope_count_max, geometry_scope_counts(), 0},
        {"hash", &geometry->hash, NULL, none, HASH_MODE_COUNT},
        {"keys", NULL, &geometry->key_count, geometry_key_counts(), 0},
        {"read", &geometry->read, NULL, none, READ_MODE_COUNT},
        {"run", &geometry->run, NULL, none, RUN_MODE_COUNT},
    };
    memcpy(fields, all, sizeof all);
}

static unsigned field_value_count(const struct field *field) {
    const unsigned count = field->byte != NULL ? field->byte_count : field->table.count;
    return count < FIELD_TRY_COUNT_MAX || field->byte != NULL ? count : FIELD_TRY_COUNT_MAX;
}

/* False when value `index` of the field is the one that it has, or cannot be had. */
static bool field_set(const struct field *field, unsigned index, uint16_t least) {
    if (field->byte != NULL) {
        if (*field->byte == index)
            return false;
        *field->byte = (uint8_t)index;
        return true;
    }
    if (*field->number == field->table.numbers[index] || field->table.numbers[index] < least)
        return false;
    *field->number = field->table.numbers[index];
    return true;
}

/* The field as it stands, as text has it. */
static void field_words(const struct field *field, const struct geometry *geometry, char *words,
                        size_t size) {
    const struct layout_description *layout = layout_describe(geometry->layout);
    if (field->number != NULL)
        (void)snprintf(words, size, "%s=%u", field->name, *field->number);
    else if (field->byte == &geometry->layout)
        (void)snprintf(words, size, "ways=%u tag=%u clock=%u policy=%s", layout->ways,
                       layout->tag_bits, layout->clock_bits, layout_policy_name(layout->policy));
    else
        (void)snprintf(words, size, "%s=%s", field->name,
                       field->byte == &geometry->hash   ? hash_mode_name(geometry->hash)
                       : field->byte == &geometry->read ? read_mode_name(geometry->read)
                                                        : run_mode_name(geometry->run));
}

/* Says which fields of the geometry the failure hangs on, and prints the first change of one that
 * passes. */
static bool explain_geometry(struct stream *stream, const struct reduction *reduction,
                             char *neighbour, size_t size) {
    const struct geometry original = stream->geometry;
    const uint16_t least = stream_key_count(stream);
    struct field fields[FIELD_COUNT];
    char any[160] = "", some[160] = "";
    fields_of(&stream->geometry, fields);
    for (unsigned f = 0; f < FIELD_COUNT && !stop_requested(); f += 1) {
        const uint16_t floor = strcmp(fields[f].name, "keys") == 0 ? least : 0;
        char *list;
        bool all = true;
        for (unsigned i = 0; i < field_value_count(&fields[f]); i += 1) {
            stream->geometry = original;
            if (!field_set(&fields[f], i, floor) || still_fails(stream, reduction))
                continue;
            all = false;
            if (neighbour[0] == '\0' && passes(stream, reduction)) {
                char words[64];
                field_words(&fields[f], &stream->geometry, words, sizeof words);
                (void)snprintf(neighbour, size, "geometry: %s", words);
            }
        }
        stream->geometry = original;
        list = all ? any : some;
        (void)snprintf(list + strlen(list), sizeof any - strlen(list), " %s", fields[f].name);
    }
    printf("  geometry  matters:%s; any other does as well:%s\n",
           some[0] == '\0' ? " nothing" : some, any[0] == '\0' ? " none" : any);
    return neighbour[0] != '\0';
}

/* Whether the op's key can be any other. A few are tried: those in use and one that is not. */
static const char *explain_key(struct stream *stream, uint32_t index,
                               const struct reduction *reduction, char *neighbour, size_t size) {
    const uint8_t original = stream->ops[index].operand;
    unsigned same = 0, tried = 0;
    for (unsigned key = 0; key < stream->geometry.key_count && tried < 8; key += 1) {
        if (key == original)
            continue;
        stream->ops[index].operand = (uint8_t)key;
        tried += 1;
        if (still_fails(stream, reduction)) {
            same += 1;
        } else if (neighbour[0] == '\0' && passes(stream, reduction)) {
            char text[64];
            trace_text_op(stream->ops[index], text, sizeof text);
            (void)snprintf(neighbour, size, "op %u: %s", (unsigned)index, text);
        }
    }
    stream->ops[index].operand = original;
    if (tried == 0)
        return "";
    return same == tried ? ", any key does" : same == 0 ? ", just this key" : ", not any key does";
}

static void explain_ops(struct stream *stream, const struct reduction *reduction, char *neighbour,
                        size_t size) {
    for (uint32_t i = 0; i < stream->op_count && !stop_requested(); i += 1) {
        const bool has_key = op_describe((enum op_kind)stream->ops[i].kind)->operand == OPERAND_KEY;
        char text[64];
        trace_text_op(stream->ops[i], text, sizeof text);
        printf("  op %-3u    %-24s %s%s\n", (unsigned)i, text,
               reduction->minimal ? "needed" : "not known to be needed",
               has_key ? explain_key(stream, i, reduction, neighbour, size) : "");
    }
}

/* ---- The whole. -------------------------------------------------------------------------- */

int command_explain(int argc, char **argv) {
    static struct input_file file;
    struct reduction reduction;
    char by_key[96] = "", by_geometry[96] = "";
    int status;
    trace_restart_without_symbols(argv);
    if (getopt(argc, argv, "") != -1)
        return trace_usage_error("explain takes one file", "");
    status = trace_read_one("explain", argc, argv, &file);
    if (status != EXIT_AGREES)
        return status;
    status = trace_reduce(&file.stream, argv[optind], &reduction);
    if (status != EXIT_FAILS)
        return status;
    story_tell(&file.stream);
    printf("\nWhat matters\n\n");
    explain_ops(&file.stream, &reduction, by_key, sizeof by_key);
    (void)explain_geometry(&file.stream, &reduction, by_geometry, sizeof by_geometry);
    if (by_key[0] != '\0' || by_geometry[0] != '\0')
        printf("\nIt passes with\n\n");
    if (by_key[0] != '\0')
        printf("  %s\n", by_key);
    if (by_geometry[0] != '\0')
        printf("  %s\n", by_geometry);
    printf("\nNext: keep the reduced trace, for a debugger and for regressions/\n\n"
           "  ./trace reduce -o bug.trace %s\n  gdb --args ./trace replay bug.trace\n",
           argv[optind]);
    if (fflush(stdout) != 0 || ferror(stdout) != 0)
        return trace_write_failed("standard output");
    return stop_requested() ? EXIT_INTERRUPTED : EXIT_FAILS;
}
