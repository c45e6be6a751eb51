/* SPDX-License-Identifier: Apache-2.0 */
/* The facts behind trace_explanation.h: each part of the reduced stream is changed and run again. */
#include "trace_explanation.h"

#include "random.h"
#include "shell_word.h"
#include "trace_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is tried: so many other keys for an op, fewer in a long stream; so many other sets of keys for the
 * whole, out of this many; numbers of the geometry up to so far above the present one. */
enum {
    KEY_TRY_COUNT = 8,
    KEY_TRY_COUNT_LONG = 2,
    LONG_OP_COUNT = 64,
    RENAMING_COUNT = 6,
    RENAMING_KEY_COUNT = 64,
    NUMBER_TRY_REACH = 8,
    FIELD_VALUE_COUNT_MAX = 64,
    SHORT_CPU_MILLISECONDS = 50,
    LOOK_COUNT_MAX = 512,                /* keys that are looked at one by one */
    OBSERVED_LAYERS = 1 << LAYER_OUTCOME /* what a caller sees: answers alone */
};

const char *freedom_name(enum freedom freedom) {
    static const char *const names[] = {"unknown", "just this", "some", "any"};
    return names[freedom];
}

const char *key_freedom_name(enum key_freedom freedom) {
    static const char *const names[] = {"unknown", "just these", "same sets", "any"};
    return names[freedom];
}

const char *neighbour_kind_name(enum neighbour_kind kind) {
    static const char *const names[NEIGHBOUR_KIND_COUNT] = {"none", "key", "number",
                                                            "swap", "op",  "drop"};
    return names[kind];
}

/* ---- Tries. ------------------------------------------------------------------------------ */

/* The stream that is changed, run and changed back; too large for a stack that also forks. */
static struct stream candidate;

/* In the same way: with an equal signature. That of AddressSanitizer names offsets in the program, which
 * another layout changes: of it the slug is compared. */
static bool candidate_fails(const struct explanation *explanation) {
    const struct failure *original = &explanation->reduction.original;
    struct failure failure;
    isolate_run(&candidate, &explanation->reduction.isolate, &failure);
    if (strncmp(original->signature, "asan ", strlen("asan ")) == 0)
        return failure.outcome == ISOLATE_FAILS && strcmp(failure.slug, original->slug) == 0;
    return failure_same(&failure, original);
}

static bool candidate_passes(const struct explanation *explanation) {
    struct failure failure;
    isolate_run(&candidate, &explanation->reduction.isolate, &failure);
    return failure.outcome == ISOLATE_AGREES;
}

/* Whether its numbers go together: others are not run, and may take long. */
static bool candidate_is_settled(void) {
    struct world world = candidate.world;
    return !world_settle(&world);
}

static enum freedom freedom_of(unsigned same_count, unsigned try_count) {
    if (try_count == 0 || stop_requested())
        return FREEDOM_UNKNOWN;
    return same_count == try_count ? FREEDOM_ANY
           : same_count == 0       ? FREEDOM_JUST_THIS
                                   : FREEDOM_SOME;
}

/* ---- The world, a field at a time. ------------------------------------------------------- */

/* The numbers that the field can have and that bytes can say, ascending; of counts from what the stream
 * needs to a few above the present one. Returns how many. */
static unsigned field_values(const struct explanation *explanation, unsigned field,
                             uint32_t *values) {
    const struct field_description *description = field_describe(field);
    const bool is_short = description->words != NULL || description->most == 0;
    const unsigned least = field == FIELD_KEYS ? stream_key_count(&explanation->stream) : 0;
    const unsigned most =
        is_short ? KEY_COUNT_MAX : explanation->stream.world.numbers[field] + NUMBER_TRY_REACH;
    unsigned count = 0;
    for (unsigned value = least; value <= most && count < FIELD_VALUE_COUNT_MAX &&
                                 (!is_short || count < description->count_all);
         value += 1)
        if (field_index(field, value) >= 0)
            values[count++] = value;
    return count;
}

static void find_field_freedom(struct explanation *explanation, unsigned field) {
    struct explanation_field *row = &explanation->fields[field];
    const uint32_t now = explanation->stream.world.numbers[field];
    uint32_t values[FIELD_VALUE_COUNT_MAX];
    unsigned same = 0, tried = 0;
    const unsigned count = field_values(explanation, field, values);
    row->name = field_describe(field)->name;
    field_words(field, now, row->value, sizeof row->value);
    /* What is left out of the text has no say in it: another number changes others with it. */
    for (unsigned i = 0; i < count && !field_is_implied(field, now) && !stop_requested(); i += 1) {
        if (values[i] == now)
            continue;
        candidate.world.numbers[field] = values[i];
        if (candidate_is_settled()) {
            tried += 1;
            same += candidate_fails(explanation);
        }
        candidate.world = explanation->stream.world;
    }
    row->freedom = freedom_of(same, tried);
}

/* ---- Keys. ------------------------------------------------------------------------------- */

static void find_key_freedom(struct explanation *explanation, uint32_t index) {
    const uint64_t now = explanation->stream.ops[index].operand;
    const unsigned try_count =
        explanation->stream.op_count > LONG_OP_COUNT ? KEY_TRY_COUNT_LONG : KEY_TRY_COUNT;
    unsigned same = 0, tried = 0;
    if (!op_has_key(explanation->stream.ops[index]))
        return;
    for (unsigned key = 0;
         key < candidate.world.numbers[FIELD_KEYS] && tried < try_count && !stop_requested();
         key += 1) {
        if (key == now)
            continue;
        candidate.ops[index].operand = key;
        tried += 1;
        same += candidate_fails(explanation);
    }
    candidate.ops[index].operand = now;
    explanation->key_freedom[index] = (uint8_t)freedom_of(same, tried);
}

/* Another key for each key of the stream, distinct; with `same_sets` one that falls into the set of the
 * key that it replaces. False when there are too few. */
static bool renaming_draw(const struct explanation *explanation, struct random *random,
                          bool same_sets, uint32_t *names) {
    bool taken[RENAMING_KEY_COUNT] = {false};
    for (unsigned key = 0; key < RENAMING_KEY_COUNT; key += 1) {
        unsigned name = 0, tries = 0;
        if (!explanation->names_key[key])
            continue;
        do {
            name = (unsigned)random_below(random, RENAMING_KEY_COUNT);
            tries += 1;
        } while (tries < 1000 && (taken[name] || (same_sets && !scene_keys_share_place(
                                                                   &candidate.world, name, key))));
        if (tries == 1000)
            return false;
        taken[name] = true;
        names[key] = name;
    }
    return true;
}

/* Whether the stream fails in the same way with each of several other sets of keys. */
static bool renamings_fail(const struct explanation *explanation, bool same_sets) {
    struct random random = {1};
    uint32_t names[RENAMING_KEY_COUNT] = {0};
    bool all = true;
    candidate.world.numbers[FIELD_KEYS] = RENAMING_KEY_COUNT;
    for (unsigned i = 0; i < RENAMING_COUNT && all && !stop_requested(); i += 1) {
        all = renaming_draw(explanation, &random, same_sets, names);
        for (uint32_t op = 0; op < candidate.op_count; op += 1)
            if (op_has_key(candidate.ops[op]))
                candidate.ops[op].operand = names[op_key(explanation->stream.ops[op])];
        all = all && candidate_fails(explanation);
    }
    candidate = explanation->stream;
    return all;
}

static void find_keys(struct explanation *explanation) {
    for (uint32_t i = 0; i < explanation->stream.op_count; i += 1) {
        const struct op op = explanation->stream.ops[i];
        if (!op_has_key(op) || explanation->names_key[op_key(op)])
            continue;
        explanation->names_key[op_key(op)] = true;
        explanation->key_count += 1;
    }
    for (uint32_t i = 0; i < explanation->stream.op_count && !stop_requested(); i += 1)
        find_key_freedom(explanation, i);
    /* The others are drawn from RENAMING_KEY_COUNT keys. */
    if (explanation->key_count == 0 ||
        explanation->stream.world.numbers[FIELD_KEYS] > RENAMING_KEY_COUNT)
        return;
    explanation->keys = renamings_fail(explanation, false)  ? KEYS_ANY
                        : renamings_fail(explanation, true) ? KEYS_SAME_SETS
                                                            : KEYS_JUST_THESE;
    if (stop_requested())
        explanation->keys = KEYS_UNKNOWN;
}

/* ---- The nearest neighbour that passes. -------------------------------------------------- */

/* Takes the candidate if it passes; resets it otherwise. */
static bool neighbour_try(struct explanation *explanation, enum neighbour_kind kind) {
    if (stop_requested() || !candidate_passes(explanation)) {
        candidate = explanation->stream;
        return false;
    }
    explanation->neighbour = candidate;
    explanation->neighbour_kind = kind;
    candidate = explanation->stream;
    return true;
}

static void neighbour_say_op(struct explanation *explanation, uint32_t index) {
    char now[TRACE_TEXT_OP_SIZE], before[TRACE_TEXT_OP_SIZE];
    trace_text_op(explanation->neighbour.ops[index], now, sizeof now);
    trace_text_op(explanation->stream.ops[index], before, sizeof before);
    (void)snprintf(explanation->neighbour_words, sizeof explanation->neighbour_words,
                   "op %u: %s instead of %s", verdict_op_number(index, false), now, before);
}

static bool neighbour_by_key(struct explanation *explanation, uint32_t index) {
    if (!op_has_key(candidate.ops[index]))
        return false;
    for (unsigned key = 0; key < candidate.world.numbers[FIELD_KEYS] && key < KEY_TRY_COUNT;
         key += 1) {
        if (key == explanation->stream.ops[index].operand)
            continue;
        candidate.ops[index].operand = key;
        if (!neighbour_try(explanation, NEIGHBOUR_KEY))
            continue;
        neighbour_say_op(explanation, index);
        return true;
    }
    return false;
}

/* The next larger number, then the next smaller one: reduction has made them small. Words have no
 * order: each is tried. */
static bool neighbour_by_field(struct explanation *explanation, unsigned field) {
    const uint32_t now = explanation->stream.world.numbers[field];
    const bool has_words = field_describe(field)->words != NULL;
    uint32_t values[FIELD_VALUE_COUNT_MAX];
    unsigned at = 0;
    const unsigned count =
        field_is_implied(field, now) ? 0 : field_values(explanation, field, values);
    while (at < count && values[at] < now)
        at += 1;
    for (unsigned step = 0; step < (has_words ? count : 2); step += 1) {
        const unsigned other = has_words   ? step
                               : step == 0 ? at + 1
                                           : at - 1; /* may wrap: no value */
        char words[FIELD_WORDS_SIZE];
        if (other >= count || values[other] == now)
            continue;
        candidate.world.numbers[field] = values[other];
        if (!candidate_is_settled()) {
            candidate.world = explanation->stream.world;
            continue;
        }
        if (!neighbour_try(explanation, NEIGHBOUR_NUMBER))
            continue;
        field_words(field, values[other], words, sizeof words);
        (void)snprintf(explanation->neighbour_words, sizeof explanation->neighbour_words,
                       "geometry: %s=%s instead of %s", field_describe(field)->name, words,
                       explanation->fields[field].value);
        return true;
    }
    return false;
}

static bool neighbour_by_swap(struct explanation *explanation, uint32_t index) {
    const struct op *ops = explanation->stream.ops;
    char first[TRACE_TEXT_OP_SIZE], second[TRACE_TEXT_OP_SIZE];
    if (index + 1 >= candidate.op_count || op_equal(ops[index], ops[index + 1]))
        return false;
    candidate.ops[index] = ops[index + 1];
    candidate.ops[index + 1] = ops[index];
    if (!neighbour_try(explanation, NEIGHBOUR_SWAP))
        return false;
    trace_text_op(ops[index], first, sizeof first);
    trace_text_op(ops[index + 1], second, sizeof second);
    (void)snprintf(explanation->neighbour_words, sizeof explanation->neighbour_words,
                   "op %u before op %u: %s, then %s", verdict_op_number(index + 1, false),
                   verdict_op_number(index, false), second, first);
    return true;
}

/* The op that is most like it and does less, or the other way to do it. */
static bool neighbour_by_kind(struct explanation *explanation, uint32_t index) {
    static const struct {
        enum op_kind from, to;
    } like[] = {
#define LIKE_ROW(from, to) {OP_##from, OP_##to},
        LIKE_TABLE(LIKE_ROW)
#undef LIKE_ROW
            {OP_KIND_COUNT, OP_KIND_COUNT}};
    for (size_t i = 0; i + 1 < sizeof like / sizeof like[0]; i += 1) {
        if (candidate.ops[index].kind != like[i].from)
            continue;
        candidate.ops[index].kind = (uint8_t)like[i].to;
        if (!neighbour_try(explanation, NEIGHBOUR_OP))
            continue;
        neighbour_say_op(explanation, index);
        return true;
    }
    return false;
}

static bool neighbour_by_drop(struct explanation *explanation, uint32_t index) {
    char words[TRACE_TEXT_OP_SIZE];
    memmove(&candidate.ops[index], &candidate.ops[index + 1],
            (candidate.op_count - index - 1) * sizeof candidate.ops[0]);
    candidate.op_count -= 1;
    if (!neighbour_try(explanation, NEIGHBOUR_DROP))
        return false;
    trace_text_op(explanation->stream.ops[index], words, sizeof words);
    (void)snprintf(explanation->neighbour_words, sizeof explanation->neighbour_words,
                   "without op %u, %s", verdict_op_number(index, false), words);
    return true;
}

/* `by` on the ops before `end`, the last one first: what comes before a change is as it was. */
static bool neighbour_by(struct explanation *explanation, uint32_t end,
                         bool (*by)(struct explanation *explanation, uint32_t index)) {
    for (uint32_t i = end; i > 0 && !stop_requested(); i -= 1)
        if (by(explanation, i - 1))
            return true;
    return false;
}

/* In the order of docs/report.md. The failing op is changed after all others: a run that does not ask
 * the fatal question passes, which says little. */
static void find_neighbour(struct explanation *explanation) {
    const uint32_t op_count = explanation->stream.op_count;
    const uint32_t failing = explanation->failure.op_index;
    const uint32_t end = failing < op_count ? failing : op_count;
    if (neighbour_by(explanation, end, neighbour_by_key))
        return;
    for (unsigned field = 0; field < FIELD_COUNT && !stop_requested(); field += 1)
        if (neighbour_by_field(explanation, field))
            return;
    if (neighbour_by(explanation, end, neighbour_by_swap) ||
        neighbour_by(explanation, end, neighbour_by_kind))
        return;
    if (failing < op_count &&
        (neighbour_by_key(explanation, failing) || neighbour_by_kind(explanation, failing)))
        return;
    (void)neighbour_by(explanation, op_count, neighbour_by_drop);
}

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

/* What ended a run that has no verdict, in words: "the map crashed: Segmentation fault". */
static void death_words(const struct failure *failure, char *words, size_t size) {
    const char *signature = failure->signature;
    if (starts_with(signature, "hang "))
        (void)snprintf(words, size, "the op does not end");
    else if (starts_with(signature, "signal "))
        (void)snprintf(words, size, "the " SUBJECT_NOUN " crashed: %s",
                       strsignal((int)strtol(signature + strlen("signal "), NULL, 10)));
    else if (starts_with(signature, "asan "))
        (void)snprintf(words, size, "AddressSanitizer: %.*s",
                       (int)strcspn(signature + strlen("asan "), " "), signature + strlen("asan "));
    else if (starts_with(signature, "ubsan "))
        (void)snprintf(words, size, "undefined behaviour at " SUBJECT_LIBRARY_FOLDER "/%.*s",
                       (int)strcspn(signature + 6, " "), signature + 6);
    else
        (void)snprintf(words, size, "the run ended, and nothing tells why");
}

/* ---- Seen from outside. ------------------------------------------------------------------ */

const char *observation_name(enum observation observation) {
    static const char *const names[] = {"unknown", "itself", "later", "not"};
    return names[observation];
}

static void candidate_add(enum op_kind kind, uint64_t operand) {
    const struct op op = {(uint8_t)kind, operand};
    if (candidate.op_count == STREAM_OP_COUNT_MAX)
        return;
    candidate.ops[candidate.op_count] = op;
    candidate.op_count += 1;
}

/* Whether keys are too many to be looked at one by one. */
static bool looks_at_once(const struct explanation *explanation) {
    return LOOK_RANGE_OP != OP_KIND_COUNT &&
           explanation->stream.world.numbers[FIELD_KEYS] > LOOK_COUNT_MAX;
}

/* The stream up to the failing op, LOOK_AFTER_OP where that is asked for, and a look at each key. */
static void candidate_look_everywhere(const struct explanation *explanation, bool after) {
    const struct op_range all = {0, explanation->stream.world.numbers[FIELD_KEYS], 1};
    candidate = explanation->stream;
    if (explanation->failure.op_index < candidate.op_count)
        candidate.op_count = explanation->failure.op_index + 1;
    if (after)
        candidate_add(LOOK_AFTER_OP, 0);
    if (looks_at_once(explanation)) {
        candidate_add(LOOK_RANGE_OP, op_operand_of_range(all));
        return;
    }
    for (unsigned key = 0; key < candidate.world.numbers[FIELD_KEYS]; key += 1)
        candidate_add(LOOK_OP, key);
}

static void observation_say(struct explanation *explanation, const struct story *story,
                            bool after) {
    const struct row *row = story_row(story, story->stop);
    const bool dies = story->end == STORY_DIES;
    char death[EXPLANATION_WORDS_SIZE] = "";
    struct observed observed = {
        .op = candidate.ops[story->stop],
        .is_later = story->stop > explanation->failure.op_index,
        .after = after ? op_describe(LOOK_AFTER_OP)->words : NULL,
        .death = dies ? death : NULL,
        .invariant = story->verdict.invariant,
        .actual = story->steps[story->stop].actual,
        .expected = story->steps[story->stop].expected,
        .origin = row != NULL && row->answer_origin[0] != '\0' ? row->answer_origin : NULL,
        .detail = story->verdict.detail,
    };
    if (dies) {
        struct isolate_options isolate = explanation->reduction.isolate;
        struct failure failure;
        isolate.layers = OBSERVED_LAYERS; /* as it was watched */
        isolate_run(&candidate, &isolate, &failure);
        death_words(&failure, death, sizeof death);
    }
    explanation->observation = OBSERVED_LATER;
    if (story->at_init)
        (void)snprintf(explanation->observed_words, sizeof explanation->observed_words, "init: %s",
                       dies ? death : story->verdict.detail);
    else
        observed_words(&observed, explanation->observed_words, sizeof explanation->observed_words);
}

/* True when that is known. */
static bool find_observation_by(struct explanation *explanation, bool after) {
    struct story *story = NULL;
    candidate_look_everywhere(explanation, after);
    if (!stop_requested())
        story = story_watch(&candidate, OBSERVED_LAYERS);
    if (story != NULL && story->end == STORY_AGREES)
        explanation->observation = OBSERVED_NOT;
    else if (story != NULL && story->stop < candidate.op_count)
        observation_say(explanation, story, after);
    story_free(story);
    return explanation->observation == OBSERVED_LATER;
}

static void find_observation(struct explanation *explanation) {
    if (!invariant_is_inside(explanation->failure.invariant))
        explanation->observation = OBSERVED_ITSELF;
    else if (LOOK_OP != OP_KIND_COUNT && !find_observation_by(explanation, false) &&
             LOOK_AFTER_OP != OP_KIND_COUNT)
        (void)find_observation_by(explanation, true);
    candidate = explanation->stream;
}

/* ---- The whole. -------------------------------------------------------------------------- */

int explanation_find(const struct stream *stream, const char *path,
                     struct explanation *explanation) {
    int status;
    memset(explanation, 0, sizeof *explanation);
    explanation->stream = *stream;
    status = trace_reduce(&explanation->stream, path, &explanation->reduction);
    if (status != EXIT_FAILS)
        return status;
    if (explanation->reduction.isolate.cpu_milliseconds < 1000) /* it hangs, and is short by now */
        explanation->reduction.isolate.cpu_milliseconds = SHORT_CPU_MILLISECONDS;
    candidate = explanation->stream;
    isolate_run(&candidate, &explanation->reduction.isolate, &explanation->failure);
    explanation->story = story_watch(&candidate, LAYERS_ALL);
    if (explanation->story == NULL) {
        fprintf(stderr, "trace: cannot watch the run: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    find_keys(explanation);
    find_observation(explanation);
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        find_field_freedom(explanation, field);
    find_neighbour(explanation);
    explanation->complete = !stop_requested();
    return EXIT_FAILS;
}

void explanation_free(struct explanation *explanation) {
    story_free(explanation->story);
    explanation->story = NULL;
}

/* ---- Words. ------------------------------------------------------------------------------ */

void explanation_sentence(const struct explanation *explanation, char *sentence, size_t size) {
    const struct story *story = explanation->story;
    const struct stream *stream = &explanation->stream;
    char op[TRACE_TEXT_OP_SIZE] = "final verification", words[VERDICT_DETAIL_SIZE];
    if (story->at_init)
        (void)snprintf(op, sizeof op, "init");
    else if (stream->op_count == 0)
        (void)snprintf(op, sizeof op, "without any op");
    else if (story->stop < stream->op_count)
        trace_text_op(stream->ops[story->stop], op, sizeof op);
    if (story->end == STORY_FAILS)
        (void)snprintf(words, sizeof words, "%s", story->verdict.detail);
    else
        death_words(&explanation->failure, words, sizeof words);
    (void)snprintf(sentence, size, "%s: %s", op, words);
}

const char *explanation_observation(const struct explanation *explanation) {
    static char words[OBSERVED_WORDS_SIZE + 40];
    words[0] = '\0';
    if (explanation->observation == OBSERVED_NOT)
        (void)snprintf(
            words, sizeof words,
            "a caller sees nothing yet: all answers are right, also those of a %s of each "
            "key after it",
            op_describe(looks_at_once(explanation) ? LOOK_RANGE_OP : LOOK_OP)->words);
    if (explanation->observation == OBSERVED_LATER)
        (void)snprintf(words, sizeof words, "a caller sees: %s", explanation->observed_words);
    return words;
}

static const struct {
    const char *purpose, *command; /* the file's name follows */
} next_steps[EXPLANATION_NEXT_COUNT] = {
    {"step by step in a browser, beside the trace that passes", "html -o bug.html"},
#if SUBJECT_HAS_GDB
    {"in a debugger, stopped before the op that fails (make build/trace-debug)", "gdb"},
#endif
    {"a C program that fails so: to debug, to send, to keep as a test", "c -o bug.c"},
    {"these ops as text, to edit, and for regressions/", "reduce -o bug.trace"},
    {"the failure again, with its stack where a sanitizer ends it", "replay --verbose"}};

const char *explanation_next_purpose(unsigned index) {
    return next_steps[index].purpose;
}

void explanation_next_write(FILE *file, const char *program, const char *path, unsigned index) {
    shell_program_write(file, program);
    fprintf(file, " %s ", next_steps[index].command);
    shell_path_write(file, path);
}
