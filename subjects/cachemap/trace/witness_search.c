/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace witness --search: the shortest trace of each label that can be found. First every
 * sequence of a few ops in tiny worlds, shortest first, which proves that nothing shorter is to be
 * had there; then generated streams, cut where the label happens and reduced. Knows labels by their
 * number alone. */
#include "witness_search.h"
#include "trace_command.h"

#include "generate.h"
#include "reduce.h"
#include "report.h"
#include "trace_command.h"
#include "trace_text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    ENUMERATED_KEY_COUNT = 3, /* in the sequences that are all tried */
    GENERATED_OP_COUNT = 96,  /* the streams that are generated */
    REDUCTION_COUNT_MAX = 24, /* for each label, of streams in which it happens */
    CHOICE_COUNT_MAX = 64,    /* ops to choose from at one place of a sequence */
};

struct search {
    const char *folder;
    const bool *wanted;
    bool has[WITNESS_LABEL_COUNT_MAX], is_new[WITNESS_LABEL_COUNT_MAX];
    uint32_t reduction_count[WITNESS_LABEL_COUNT_MAX];
    struct stream best[WITNESS_LABEL_COUNT_MAX];
    uint64_t run_count;
    bool failed; /* the map disagreed with its models: no witness is worth more than that */
};

static struct search search;
static struct witness_watch watch;
static struct stream stream;

const char *witness_path(const char *folder, uint32_t label) {
    static char path[WITNESS_PATH_SIZE_MAX];
    (void)snprintf(path, sizeof path, "%s/%s.trace", folder, witness_labels[label].name);
    return path;
}

/* ---- Which trace is shorter. ------------------------------------------------------------- */

static int compare_numbers(unsigned a, unsigned b) {
    return (a > b) - (a < b);
}

static unsigned rewrite_count(const struct stream *a) {
    unsigned count = 0;
    for (uint32_t i = 0; i < a->op_count; i += 1)
        count += a->ops[i].kind == OP_REWRITE;
    return count;
}

/* Fewest ops, then the smallest world, then the first ops of the table and the smallest keys. A
 * rewrite is two calls: only where nothing else will do. */
static int stream_compare(const struct stream *a, const struct stream *b) {
    const struct geometry own = geometry_of_world(&a->world), other = geometry_of_world(&b->world);
    const struct geometry *x = &own, *y = &other;
    const unsigned pairs[][2] = {
        {a->op_count, b->op_count},
        {x->set_count, y->set_count},
        {x->layout, y->layout},
        {x->hash, y->hash},
        {x->stash_count_max, y->stash_count_max},
        {x->scope_count_max, y->scope_count_max},
        {x->key_count, y->key_count},
        {rewrite_count(a), rewrite_count(b)},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i += 1)
        if (pairs[i][0] != pairs[i][1])
            return compare_numbers(pairs[i][0], pairs[i][1]);
    for (uint32_t i = 0; i < a->op_count; i += 1)
        if (!op_equal(a->ops[i], b->ops[i]))
            return a->ops[i].kind != b->ops[i].kind
                       ? compare_numbers(a->ops[i].kind, b->ops[i].kind)
                       : compare_numbers(op_key(a->ops[i]), op_key(b->ops[i]));
    return 0;
}

/* As a file says it: read by inspection, which changes nothing, and in one run. */
static void search_take(uint32_t label, struct stream *candidate) {
    candidate->world.numbers[FIELD_READ] = READ_INSPECT;
    candidate->world.numbers[FIELD_RUN] = RUN_PLAIN;
    if (search.has[label] && stream_compare(candidate, &search.best[label]) >= 0)
        return;
    search.best[label].world = candidate->world;
    search.best[label].op_count = candidate->op_count;
    memcpy(search.best[label].ops, candidate->ops, candidate->op_count * sizeof candidate->ops[0]);
    search.has[label] = true;
    search.is_new[label] = true;
}

/* ---- One run. ---------------------------------------------------------------------------- */

static bool search_run(const struct stream *candidate) {
    const struct run_view *failed = witness_run(candidate, NULL, &watch);
    search.run_count += 1;
    if (failed == NULL)
        return true;
    if (!search.failed)
        report_print(stderr, failed, NULL);
    search.failed = true;
    return false;
}

/* Whether the label happens, first of all, at the last op of the stream, and all passes agree. */
static bool witness_holds(const struct stream *candidate, uint32_t label) {
    return witness_run(candidate, NULL, &watch) == NULL && candidate->op_count > 0 &&
           watch.first_op[label] == candidate->op_count - 1;
}

static bool search_fails(const struct stream *candidate, void *context) {
    const uint32_t *label = (const uint32_t *)context;
    return search_run(candidate) && watch.first_op[*label] != WITNESS_NEVER;
}

/* The label happens in the stream: reduces it, and takes it if it is the shortest so far. */
static void search_reduce(uint32_t label, const struct stream *found, uint32_t op_count) {
    static struct stream candidate;
    const struct reduce_options options = {.fails = search_fails, .context = &label};
    candidate.world = found->world;
    candidate.op_count = op_count;
    memcpy(candidate.ops, found->ops, op_count * sizeof found->ops[0]);
    (void)reduce_stream(&candidate, &options);
    for (uint32_t i = 0; i < candidate.op_count; i += 1) {
        const uint8_t kind = candidate.ops[i].kind;
        if (kind != OP_REWRITE)
            continue;
        candidate.ops[i].kind = OP_LOOKUP;
        if (!search_fails(&candidate, &label))
            candidate.ops[i].kind = kind;
    }
    search_take(label, &candidate);
}

/* What happens in the stream that was just run, and agrees, is reduced: where it is new, or shorter
 * than what there is, or a label has not had its share of reductions. */
static void search_note(const struct stream *found) {
    uint32_t first_op[WITNESS_LABEL_COUNT_MAX];
    memcpy(first_op, watch.first_op, sizeof first_op);
    for (uint32_t label = 0; label < witness_label_count && !search.failed; label += 1) {
        const uint32_t op_count = first_op[label] + 1;
        const bool shorter = !search.has[label] || op_count < search.best[label].op_count;
        if (!search.wanted[label] || first_op[label] == WITNESS_NEVER)
            continue;
        if (!shorter && search.reduction_count[label] == REDUCTION_COUNT_MAX)
            continue;
        search.reduction_count[label] += 1;
        search_reduce(label, found, op_count);
    }
}

/* ---- All short sequences. ---------------------------------------------------------------- */

/* What may stand at a place of a sequence in which `key_count` keys are named already: a key that
 * is new has the next number. Ops that only ask are enough at the end: no more than a lookup can
 * they change what comes after. */
static uint32_t search_choices(uint32_t key_count, bool last, struct op *choices) {
    static const enum op_kind inner[] = {
        OP_UPSERT,  OP_REWRITE,    OP_REMOVE,        OP_LOOKUP,        OP_DEMOTE,
        OP_COMPACT, OP_SCOPE_OPEN, OP_SCOPE_PERSIST, OP_SCOPE_DISCARD, OP_RESET};
    static const enum op_kind outer[] = {OP_GET, OP_HAS, OP_REINIT, OP_INIT_REFUSED, OP_INSPECT};
    const size_t inner_count = sizeof inner / sizeof inner[0];
    const size_t count = inner_count + (last ? sizeof outer / sizeof outer[0] : 0);
    uint32_t choice_count = 0;
    for (size_t i = 0; i < count; i += 1) {
        const enum op_kind kind = i < inner_count ? inner[i] : outer[i - inner_count];
        const enum op_operand operand = op_describe(kind)->operand;
        unsigned operand_count = 1;
        if (operand == OPERAND_KEY)
            operand_count = key_count < ENUMERATED_KEY_COUNT ? key_count + 1 : ENUMERATED_KEY_COUNT;
        if (operand == OPERAND_WORD)
            operand_count = REFUSAL_COUNT;
        for (unsigned o = 0; o < operand_count; o += 1) {
            choices[choice_count].kind = (uint8_t)kind;
            choices[choice_count].operand =
                operand == OPERAND_FIELDS ? !world_byte(&stream.world, OPERAND_FIELDS_BYTE) : o;
            choice_count += 1;
        }
    }
    return choice_count;
}

/* Every sequence of `op_count` ops in the world of the stream: an odometer, one wheel an op. */
static void search_enumerate(uint32_t op_count) {
    struct op choices[WITNESS_SEARCH_OP_COUNT_MAX][CHOICE_COUNT_MAX];
    uint32_t choice_counts[WITNESS_SEARCH_OP_COUNT_MAX], at[WITNESS_SEARCH_OP_COUNT_MAX] = {0};
    uint32_t depth = 0;
    for (;;) {
        stream.op_count = depth;
        if (at[depth] == 0)
            choice_counts[depth] = search_choices(depth == 0 ? 0 : stream_key_count(&stream),
                                                  depth + 1 == op_count, choices[depth]);
        if (at[depth] == choice_counts[depth]) {
            if (depth == 0 || stop_requested() || search.failed)
                return;
            at[depth] = 0;
            depth -= 1;
            continue;
        }
        stream.ops[depth] = choices[depth][at[depth]];
        at[depth] += 1;
        if (depth + 1 < op_count) {
            depth += 1;
            continue;
        }
        stream.op_count = op_count;
        if (search_run(&stream))
            search_note(&stream);
    }
}

/* The tiny worlds: one set of two ways or none, each clock, little room. */
static void search_worlds(uint32_t op_count_max) {
    static const uint8_t layouts[] = {0, 1, 2, 3};
    static const struct {
        uint16_t set_count, stash_count_max, scope_count_max;
        uint8_t hash;
    } worlds[] = {{1, 1, 0, HASH_MIX},     {1, 1, 1, HASH_MIX},      {1, 2, 2, HASH_MIX},
                  {1, 2, 2, HASH_COLLIDE}, {1, 2, 0, HASH_SAME_TAG}, {0, 1, 1, HASH_MIX},
                  {0, 2, 2, HASH_MIX}};
    for (uint32_t op_count = 1; op_count <= op_count_max; op_count += 1)
        for (size_t w = 0; w < sizeof worlds / sizeof worlds[0]; w += 1)
            for (size_t l = 0; l < sizeof layouts && !stop_requested(); l += 1) {
                const struct geometry geometry = {
                    .layout = layouts[l],
                    .hash = worlds[w].hash,
                    .read = READ_END,
                    .run = RUN_PLAIN,
                    .set_count = worlds[w].set_count,
                    .stash_count_max = worlds[w].stash_count_max,
                    .scope_count_max = worlds[w].scope_count_max,
                    .key_count = ENUMERATED_KEY_COUNT,
                };
                stream.world = world_of_geometry(&geometry);
                search_enumerate(op_count);
                if (worlds[w].set_count == 0)
                    break; /* the layout is the cache's */
            }
}

/* ---- Generated streams. ------------------------------------------------------------------ */

static void search_generate(uint64_t seed, uint32_t stream_count) {
    for (uint32_t number = 0; number < stream_count && !stop_requested(); number += 1) {
        struct random random = {seed + number * UINT64_C(0xd1342543de82ef95)};
        generate_world(&random, &stream.world);
        stream.world.numbers[FIELD_RUN] = RUN_PLAIN;
        generate_ops(&random, &stream, GENERATED_OP_COUNT);
        if (!search_run(&stream))
            return;
        search_note(&stream);
    }
}

/* ---- Files. ------------------------------------------------------------------------------ */

/* What the folder has already, where it still shows its label. */
static void search_load(void) {
    static struct input_file file;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        if (!search.wanted[label] || !input_file_read(&file, witness_path(search.folder, label)) ||
            !witness_holds(&file.stream, label))
            continue;
        search_reduce(label, &file.stream, file.stream.op_count);
        search.is_new[label] = stream_compare(&search.best[label], &file.stream) < 0;
    }
}

static int search_write(uint32_t label) {
    static struct result outcomes[STREAM_OP_COUNT_MAX];
    const struct stream *best = &search.best[label];
    const char *path = witness_path(search.folder, label);
    FILE *file = fopen(path, "w");
    bool bad;
    if (file == NULL)
        return trace_write_failed(path);
    run_predict(best, outcomes);
    fprintf(file, "# %s: %s\n", witness_labels[label].name, witness_labels[label].sentence);
    trace_text_print(file, best, outcomes);
    bad = ferror(file) != 0;
    bad |= fclose(file) != 0;
    if (bad)
        return trace_write_failed(path);
    if (search.is_new[label])
        fprintf(stderr, "%-46s %2u ops\n", witness_labels[label].name, (unsigned)best->op_count);
    return EXIT_AGREES;
}

int witness_search(const struct witness_search_options *options) {
    int status = EXIT_AGREES;
    assert(options->op_count_max <= WITNESS_SEARCH_OP_COUNT_MAX);
    search.folder = options->folder;
    search.wanted = options->wanted;
    search_load();
    search_worlds(options->op_count_max);
    memset(search.reduction_count, 0, sizeof search.reduction_count);
    search_generate(options->seed, options->stream_count);
    if (search.failed)
        return EXIT_FAILS;
    for (uint32_t label = 0; label < witness_label_count; label += 1) {
        if (!search.wanted[label])
            continue;
        if (!search.has[label]) {
            fprintf(stderr, "trace: witness: %s: no trace of it was found; try more --streams\n",
                    witness_labels[label].name);
            status = EXIT_FAILS;
        } else if (search_write(label) != EXIT_AGREES) {
            return EXIT_USAGE;
        }
    }
    fprintf(stderr, "%llu runs\n", (unsigned long long)search.run_count);
    return stop_requested() ? EXIT_INTERRUPTED : status;
}
