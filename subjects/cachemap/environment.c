/* SPDX-License-Identifier: Apache-2.0 */
/* The environment behind environment.h. Read `environment_step` first. */
#define ENVIRONMENT_FILE "environment.c"
#include "environment.h"

#include "environment_batch.h"
#include "environment_caller.h"
#include "environment_fail.h"
#include "environment_gone.h"
#include "environment_look.h"
#include "environment_places.h"
#include "environment_policy.h"
#include "environment_range.h"
#include "environment_touched.h"
#include "environment_verify.h"
#include "key_map.h"
#include "reads.h"
#include "settle.h"
#include "subject_broken.h"
#include "value_words.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct environment *environment_of_assertion;

/* ---- Failure. ---------------------------------------------------------------------------- */

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void environment_assertion_failed(const struct subject_assertion *assertion) {
    struct environment *environment = environment_of_assertion;
    assert(environment != NULL);
    environment->view.verdict.function = assertion->function;
    environment->view.verdict.expression = assertion->expression;
    environment_fail_at(environment, INVARIANT_ASSERTION, file_name(assertion->file),
                        (int)assertion->line, "'%s' does not hold in %s", assertion->expression,
                        assertion->function);
}

/* Ends the run with a verdict about what an op answered. */
_Noreturn static void environment_fail_outcome_at(struct environment *environment,
                                                  enum invariant invariant, int line,
                                                  struct result expected, struct result actual) {
    char value[24]; /* what a trace may expect, too: nothing is said of where it comes from */
    if (environment->range.number == 0) { /* else they are not the op's */
        environment->view.verdict.expected = expected;
        environment->view.verdict.actual = actual;
    }
    (void)snprintf(value, sizeof value, "value %u", (unsigned)expected.value);
    environment_fail_at(environment, invariant, ENVIRONMENT_FILE, line,
                        "expected %s, the map answered %s",
                        expected.outcome == OUTCOME_FOUND || expected.outcome == OUTCOME_DONE
                            ? value
                            : outcome_name(expected.outcome),
                        result_words(environment, actual));
}

#define environment_fail_outcome(environment, invariant, expected, actual) \
    environment_fail_outcome_at((environment), (invariant), __LINE__, (expected), (actual))

/* ---- Ops that are more than one call. ---------------------------------------------------- */

static void environment_check_balance(struct environment *environment) {
    if (environment_has(environment, LAYER_RUNTIME) && !subject_balanced(&environment->subject))
        environment_fail_at(environment, INVARIANT_BALANCE, HERE,
                            "%u allocations, %u given back (sizes and alignments equal: %s)",
                            environment->subject.allocation_count,
                            environment->subject.deallocation_count,
                            environment->subject.allocation_unbalanced ? "no" : "yes");
}

/* What the calls since the last look have touched of the map's block. */
static void environment_check_touches(struct environment *environment) {
    const char *excess = subject_excess();
    if (excess != NULL && environment_has(environment, LAYER_RUNTIME))
        environment_fail_at(environment, INVARIANT_TOUCHES, HERE, "%s", excess);
}

/* What holds for a map of this layout whatever is done with it. Once a map. */
static void environment_check_world(struct environment *environment) {
    const char *hash = key_hash_differs(), *word = subject_misnamed_status();
    const size_t size = subject_memory_size(&environment->subject);
    const char *plan = NULL;
    environment->counts = subject_counts(&environment->subject);
    if (environment_has(environment, LAYER_POLICY))
        environment_compare_capacities(environment);
    environment_check_caller(environment);
    if (!environment_has(environment, LAYER_RUNTIME))
        return;
    if (environment->view.pass == PASS_CACHE) /* once an input is enough */
        plan = subject_plan_differs(&environment->subject, environment->view.op_index);
    if (hash != NULL)
        environment_fail_at(environment, INVARIANT_HASH, HERE,
                            "%s is not what its definition gives", hash);
    if (word != NULL)
        environment_fail_at(environment, INVARIANT_WORDS, HERE, "the status '%s' has another name",
                            word);
    if (size != subject_size_of_arrays(&environment->geometry))
        environment_fail_at(environment, INVARIANT_MEMORY_SIZE, HERE,
                            "memory_size answers %llu bytes, the contract's arrays take %llu%s",
                            (unsigned long long)size,
                            (unsigned long long)subject_size_of_arrays(&environment->geometry),
                            subject_index_size_words(&environment->subject));
    if (plan != NULL)
        environment_fail_at(environment, INVARIANT_MEMORY_SIZE, HERE, "%s", plan);
}

static void environment_deinit(struct environment *environment) {
    const bool clean = subject_deinit(&environment->subject);
    environment->view.is_live = false;
    environment_check_balance(environment);
    environment_check_caller(environment);
    if (environment_has(environment, LAYER_RUNTIME) && !clean)
        environment_fail_at(
            environment, INVARIANT_BALANCE, HERE,
            "after deinit the block cannot be read, or the map still says something");
}

static struct result environment_reinit(struct environment *environment, unsigned layout) {
    enum outcome outcome;
    environment_deinit(environment);
    world_remake(&environment->view.world, layout);
    environment->geometry = geometry_of_world(&environment->view.world);
    outcome = subject_init(
        &environment->subject, &environment->geometry,
        (enum subject_memory)((environment->subject.memory + 1) % SUBJECT_MEMORY_COUNT),
        (uint8_t)(environment->subject.fill + 1));
    environment->view.is_live = outcome == OUTCOME_OK;
    if (environment->view.is_live) {
        environment_check_world(environment);
        environment_look_start(environment);
    }
    return result_of(outcome);
}

static struct result environment_reset(struct environment *environment) {
    const struct result result = subject_reset(&environment->subject);
    if (!outcome_failed(result.outcome))
        subject_start_uses(&environment->subject);
    return result;
}

static struct result environment_init_refused(struct environment *environment,
                                              enum op_refusal refusal) {
    bool untouched = false;
    const enum outcome outcome = subject_init_refused(&environment->subject, refusal, &untouched);
    if (environment_has(environment, LAYER_RUNTIME) && !untouched)
        environment_fail_at(environment, INVARIANT_REFUSED_INIT, HERE,
                            "init failed with %s and wrote", outcome_name(outcome));
    return result_of(outcome);
}

/* Layer 5, of itself: a `check` that sees nothing would agree with every run. It costs what all else does
 * in some ten ops, and so in a long stream it is not done at each `inspect`. */
enum { DAMAGED_EACH_OP_COUNT_MAX = 16, DAMAGED_INTERVAL = 4 };

static void environment_check_check(struct environment *environment) {
    const uint32_t index = environment->view.op_index;
    const bool is_turn = environment->view.stream->op_count <= DAMAGED_EACH_OP_COUNT_MAX ||
                         index % DAMAGED_INTERVAL == 0;
    const char *missed = NULL;
    if (environment_has(environment, LAYER_STRUCTURE) && environment->view.pass == PASS_CACHE &&
        is_turn)
        missed = subject_check_misses(&environment->subject, index);
    if (missed != NULL)
        environment_fail_at(environment, INVARIANT_CHECK_BLIND, HERE, "check is wrong about %s",
                            missed);
}

/* Layer 9, of inspection and of poison. */
static void environment_check_views(struct environment *environment) {
    if (!environment_has(environment, LAYER_RUNTIME))
        return;
    if (!subject_views_agree(&environment->subject))
        environment_fail_at(environment, INVARIANT_VIEWS, HERE,
                            "a slot or a hand alone is not what its set is, or more is written");
    environment_check_pointers(environment);
    if (!subject_free_slots_poisoned(&environment->subject))
        environment_fail_at(environment, INVARIANT_POISON, HERE,
                            "the poison of a slot is not what its count says");
}

/* Reads everything; the digest before and after is the same. */
static struct result environment_inspect(struct environment *environment) {
    environment_look_before_inspection(environment);
    if (environment_has(environment, LAYER_VERIFY)) {
        environment_verify_model(environment);
        environment_verify_map(environment);
    }
    environment_check_check(environment);
    environment_check_views(environment);
    if (environment_has(environment, LAYER_RUNTIME) && environment_inspection_shows(environment))
        environment_fail_at(environment, INVARIANT_INSPECTION, HERE,
                            "inspection changed the digest");
    return result_of(OUTCOME_OK);
}

/* ---- One op. ----------------------------------------------------------------------------- */

static struct result environment_call(struct environment *environment, struct op op, uint32_t value,
                                      bool *intact) {
    struct subject *subject = &environment->subject;
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT: return subject_upsert(subject, op_key(op), value);
    case OP_UPSERT_MANY:
    case OP_GET_MANY: return environment_batched(environment, op, value, intact);
    case OP_REWRITE: return subject_rewrite(subject, op_key(op));
    case OP_REMOVE: return subject_remove(subject, op_key(op));
    case OP_GET: return subject_get(subject, op_key(op), intact);
    case OP_WRITE:
        return subject_write(subject, op_key(op), value, !environment->model.scope_open, intact);
    case OP_LOOKUP: return subject_lookup(subject, op_key(op), intact);
    case OP_HAS: return subject_has(subject, op_key(op));
    case OP_DEMOTE: return subject_demote(subject, op_key(op));
    case OP_COMPACT: return subject_compact(subject);
    case OP_SCOPE_OPEN: return subject_scope_open(subject);
    case OP_SCOPE_PERSIST: return subject_scope_close(subject, false);
    case OP_SCOPE_DISCARD: return subject_scope_close(subject, true);
    case OP_RESET: return environment_reset(environment);
    case OP_REINIT: return environment_reinit(environment, (uint8_t)op.operand);
    case OP_INIT_REFUSED: return environment_init_refused(environment, (enum op_refusal)op.operand);
    case OP_INSPECT: return environment_inspect(environment);
    case OP_UPSERT_RANGE: /* is called op by op */
    case OP_REMOVE_RANGE:
    case OP_GET_RANGE:
    case OP_KIND_COUNT: break;
    }
    assert(false && "no such op");
    return result_of(OUTCOME_NONE);
}

/* True when the op may answer stash full although the model, which knows no places, expects more. */
static bool environment_may_be_full(const struct environment *environment, struct op op,
                                    struct result expected, uint64_t stash_count_before) {
    const bool needs_room = op_is(op, TRAIT_GROWS);
    const bool mutates = !outcome_failed(expected.outcome) ||
                         expected.outcome == OUTCOME_SCOPE_FULL; /* stash full wins over it */
    return needs_room && mutates && !model_guarantees_room(&environment->model) &&
           stash_count_before == environment->geometry.stash_count_max;
}

/* Layer 1, and the outcomes of layer 6. */
static void environment_check_outcome(struct environment *environment, struct op op,
                                      struct result actual, struct result expected,
                                      struct result predicted, uint64_t stash_count_before) {
    const bool policy = environment_has(environment, LAYER_POLICY);
    const bool full = actual.outcome == OUTCOME_STASH_FULL;
    if (environment_has(environment, LAYER_OUTCOME)) {
        if (full && !environment_may_be_full(environment, op, expected, stash_count_before))
            environment_fail_outcome(environment, INVARIANT_ROOM, expected, actual);
        if (!full && !result_equal(actual, expected))
            environment_fail_outcome(environment, INVARIANT_OUTCOME, expected, actual);
    }
    /* What the model cannot know: whether the stash has room. */
    if (policy && full != (predicted.outcome == OUTCOME_STASH_FULL))
        environment_fail_outcome(environment, INVARIANT_POLICY_OUTCOME, predicted, actual);
}

/* Compact with layer 2: which keys were in the stash is read before. Without it the model believes
 * what the map says of each key afterwards, as "may be missing" does. */
static void environment_note_stash(struct environment *environment) {
    bool *in_stash = environment->in_stash;
    memset(in_stash, 0, environment->geometry.key_count * sizeof in_stash[0]);
    for (uint32_t entry = 0; entry < environment->counts.stash_count; entry += 1)
        in_stash[environment_entry(environment, entry).content.key_id % KEY_COUNT_MAX] = true;
}

/* Whether both models have the same of each key: then the look that follows compares the map with one of
 * them. */
static bool environment_sees_compacted(const struct environment *environment) {
    bool agree = environment_sees_touched(environment);
    for (uint32_t i = 0; agree && i < environment->named_key_count; i += 1)
        agree = environment_models_agree(environment, environment->named_keys[i]);
    return agree;
}

static void environment_forget(struct environment *environment) {
    bool *in_stash = environment->in_stash;
    const bool exact = environment_has(environment, LAYER_PLACEMENT);
    for (uint32_t i = 0; !exact && i < environment->named_key_count; i += 1) {
        const unsigned key_id = environment->named_keys[i];
        in_stash[key_id] = subject_place(&environment->subject, key_id).place == PLACE_ABSENT;
    }
    model_compact(&environment->model, in_stash);
    if (exact && !environment_sees_compacted(environment))
        environment_check_forgotten(environment);
}

/* Brings the model up to date with an op that the map has carried out, unless only the map has: with
 * the layer off that would report it, the model stays where the contract is. */
static void environment_advance(struct environment *environment, struct op op,
                                const struct step *step) {
    if (outcome_failed(step->actual.outcome) || outcome_failed(step->expected.outcome))
        return;
    if (op.kind == OP_COMPACT)
        environment_forget(environment);
    else
        model_apply(&environment->model, op, environment->view.value_count);
    /* Of a huge map all sets and entries are compared with the naive map's, by layer 6 alone. */
    if (geometry_is_huge(&environment->geometry) || !environment_has(environment, LAYER_DISCARD))
        return;
    if (op.kind == OP_SCOPE_OPEN)
        environment_note_places(environment);
    if (op.kind == OP_SCOPE_DISCARD)
        environment_check_discard(environment);
}

/* Whether the key is where both models have it: what has been touched has just been compared. */
static bool sees_key(const struct environment *environment, unsigned key_id) {
    return environment_sees_touched(environment) && environment_models_agree(environment, key_id);
}

/* After the op: what its geometry's read mode and the layers ask for. `changed_nothing`: layer 3 has
 * just found the whole state as it was before the op. */
static void environment_examine(struct environment *environment, struct op op,
                                bool changed_nothing) {
    const bool has_key = op_has_key(op);
    uint32_t key_ids[STREAM_READ_COUNT_MAX];
    unsigned read_count;
    if (environment->options.at_end_only || run_is_ahead(&environment->view))
        return;
    environment_look(environment, op, changed_nothing);
    if (!environment_has(environment, LAYER_OUTCOME))
        return;
    if (environment->geometry.read == READ_INSPECT && has_key && !sees_key(environment, op_key(op)))
        environment_check_key(environment, op_key(op), INVARIANT_READ);
    if (environment->range.number != 0) /* what the read mode reads follows the whole */
        return;
    read_count =
        stream_reads_after(&environment->geometry, environment->view.op_index, op, key_ids);
    for (unsigned i = 0; i < read_count; i += 1)
        environment_read(environment, key_ids[i], INVARIANT_READ);
    environment->look.is_stale |= read_count > 0;
}

static void environment_check_expectation(struct environment *environment, struct result actual) {
    const struct result *expectations = environment->options.expectations;
    if (expectations != NULL && expectations[environment->view.op_index].outcome != OUTCOME_NONE &&
        !result_equal(expectations[environment->view.op_index], actual))
        environment_fail_outcome(environment, INVARIANT_EXPECTATION,
                                 expectations[environment->view.op_index], actual);
}

static void environment_name_key(struct environment *environment, uint32_t key_id) {
    if (environment->key_is_named[key_id])
        return;
    environment->key_is_named[key_id] = true;
    environment->named_keys[environment->named_key_count] = key_id;
    environment->named_key_count += 1;
}

/* How full the stash is before the op. Within a batch only the naive map is there, and it is where the map
 * is as long as layer 6 sees to that: without it, the stash may be full. */
static uint64_t environment_stash_count(const struct environment *environment, struct op op) {
    if (!op_is(op, TRAIT_BATCHED) || environment->view.op_index >= environment->batch.end)
        return environment->counts.stash_count;
    return environment_has(environment, LAYER_POLICY) ? environment->policy.stash_count
                                                      : environment->geometry.stash_count_max;
}

/* One op, or one of those that a range stands for: predict, call, compare, advance, examine. */
static void environment_step_one(struct environment *environment, struct op op, struct step *step) {
    const uint32_t value = environment->view.value_count + op_is(op, TRAIT_STORES);
    const bool owns = LAYOUT_OWNS(environment->geometry.layout); /* before a reinit */
    const uint64_t stash_count = environment_stash_count(environment, op);
    bool intact = true, changed_nothing;
    struct result predicted;
    const struct result expected = model_expect(&environment->model, op);
    environment_look_before(environment, op, expected, stash_count);
    predicted = policy_apply(&environment->policy, op, value);
    environment->view.value_count = value;
    if (op_has_key(op))
        environment_name_key(environment, op_key(op));
    /* The naive map knows of stash full, too. */
    step->expected = environment_has(environment, LAYER_POLICY) ? predicted : expected;
    if (op.kind == OP_COMPACT)
        environment_note_stash(environment);

    step->actual = environment_call(environment, op, value, &intact);
    if (environment->view.answered_count <= environment->view.op_index)
        environment->view.answered_count = environment->view.op_index + 1;
    environment_look_after_call(environment);

    environment_check_outcome(environment, op, step->actual, expected, predicted, stash_count);
    if (environment_has(environment, LAYER_OUTCOME) && !intact)
        environment_fail_at(environment, INVARIANT_VALUE_BYTES, HERE,
                            "key %u: its value's bytes are damaged", op_key(op));
    environment_check_caller(environment);
    environment_check_held(environment, op, step->actual);
    changed_nothing = environment_check_failure(environment, step->actual);
    environment_advance(environment, op, step);
    environment_examine(environment, op, changed_nothing);
    if (!run_is_ahead(&environment->view))
        environment_check_gone(environment, owns);
    environment_check_touches(environment);
}

/* Each of the ops that a range stands for; then all that they may have touched. */
static void environment_step_range(struct environment *environment, struct op op,
                                   struct step *step) {
    const struct step none = {{OUTCOME_DONE, 0}, {OUTCOME_DONE, 0}};
    struct range_digest digest = {0, 0, false};
    *step = none;
    environment->view.answered_count = environment->view.op_index + 1;
    environment->range.count = op_element_count(op);
    for (uint32_t i = 0; i < environment->range.count; i += 1) {
        const struct op single = op_element(op, i, environment->geometry.key_count);
        struct step answer;
        environment->range.number = i + 1;
        environment->range.key_id = op_key(single);
        environment_step_one(environment, single, &answer);
        step->actual.value += environment_succeeds(answer.actual);
        step->expected.value += environment_succeeds(answer.expected);
        range_digest_add(&digest, answer.actual);
        environment->digest = environment_digest_add(environment->digest, answer.actual);
    }
    environment->range.number = 0;
    environment->ranges[environment->view.op_index] = digest;
    environment_examine(environment, op, false);
}

static void environment_step(struct environment *environment, struct op op) {
    struct step *step = &environment->steps[environment->view.op_index];
    if (op_has_range(op))
        environment_step_range(environment, op, step);
    else
        environment_step_one(environment, op, step);
    environment_check_expectation(environment, step->actual);
    if (!op_has_range(op)) /* a range has the digest of its single ops */
        environment->digest = environment_digest_add(environment->digest, step->actual);
}

/* ---- The run. ---------------------------------------------------------------------------- */

void environment_create(struct environment *environment, unsigned char *arena) {
    /* Now, and not at the first hash of an input, which would have edges that no other has. */
    key_hashes_compute();
    subject_create(&environment->subject, arena);
}

static void environment_prepare(struct environment *environment, const struct stream *stream,
                                const struct world *world,
                                const struct environment_options *options) {
    environment->options = *options;
    environment->view.stream = stream;
    environment->view.steps = environment->steps;
    environment->view.answered_count = 0;
    environment->view.world = *world;
    environment->view.pass = options->pass;
    environment->geometry = geometry_of_world(world);
    environment->view.op_index = 0;
    environment->view.in_init = true;
    environment->view.is_live = false;
    environment->view.value_count = 0;
    environment->batch.end = 0;
    environment->range.number = 0;
    environment->digest = 0;
    for (uint32_t i = 0; i < environment->named_key_count; i += 1)
        environment->key_is_named[environment->named_keys[i]] = false;
    environment->named_key_count = 0;
    memset(&environment->view.verdict, 0, sizeof environment->view.verdict);
    environment_of_assertion = environment;
    subject_assertion_hook = environment_assertion_failed;
}

/* A map and models for the geometry. */
static void environment_init(struct environment *environment) {
    const enum outcome outcome =
        subject_init(&environment->subject, &environment->geometry, environment->options.memory,
                     environment->options.fill);
    if (outcome != OUTCOME_OK)
        environment_fail_at(environment, INVARIANT_OUTCOME, HERE, "init answered %s",
                            outcome_name(outcome));
    model_init(&environment->model, &environment->geometry);
    subject_forget_gone();
    policy_init(&environment->policy, &environment->geometry);
    environment->view.is_live = true;
    environment_check_world(environment);
    environment_check_touches(environment);
    environment_look_start(environment);
    environment->view.in_init = false;
}

/* The last call: all that is stored goes with the map. */
static void environment_finish(struct environment *environment) {
    environment_deinit(environment);
    model_drop(&environment->model);
    environment_check_gone(environment, LAYOUT_OWNS(environment->geometry.layout));
    environment_check_touches(environment);
}

/* No run is on. After a verdict the map is dropped without a call into it. */
static void environment_leave(struct environment *environment) {
    if (!verdict_agrees(&environment->view.verdict))
        subject_abandon(&environment->subject);
    subject_assertion_hook = NULL;
    environment_of_assertion = NULL;
}

void environment_run(struct environment *environment, const struct stream *stream,
                     const struct world *world, const struct environment_options *options) {
    environment_prepare(environment, stream, world, options);
    if (setjmp(environment->escape) == 0) {
        environment_init(environment);
        for (; environment->view.op_index < stream->op_count; environment->view.op_index += 1) {
            environment_step(environment, stream->ops[environment->view.op_index]);
            if (environment->options.on_op != NULL)
                environment->options.on_op(&environment->view, environment->options.context);
        }
        if (environment_has(environment, LAYER_VERIFY))
            environment_verify(environment);
        environment->digest ^= subject_digest(&environment->subject);
        environment_finish(environment);
    }
    environment_leave(environment);
}

/* ---- The run in parts. ------------------------------------------------------------------- */

bool environment_begin(struct environment *environment, const struct stream *stream,
                       const struct world *world, const struct environment_options *options) {
    environment_prepare(environment, stream, world, options);
    if (setjmp(environment->escape) != 0) {
        environment_leave(environment);
        return false;
    }
    environment_init(environment);
    for (unsigned key_id = 0; key_id < environment->geometry.key_count; key_id += 1)
        environment_name_key(environment, key_id);
    return true;
}

bool environment_apply(struct environment *environment, struct op op) {
    if (setjmp(environment->escape) != 0) {
        environment_leave(environment);
        return false;
    }
    environment->batch.end = 0; /* each op is the first */
    environment->view.answered_count = 0;
    environment_step(environment, op);
    return true;
}

static void environment_examine_all(struct environment *environment) {
    const struct op any = {OP_INSPECT, 0};
    environment_check_structure(environment, any);
    environment_verify_model(environment);
    environment_verify_map(environment);
    environment_check_views(environment);
    environment_compare_policy(environment, any, true);
}

bool environment_audit(struct environment *environment) {
    if (setjmp(environment->escape) != 0) {
        environment_leave(environment);
        return false;
    }
    environment_examine_all(environment);
    return true;
}

bool environment_end(struct environment *environment) {
    if (setjmp(environment->escape) == 0)
        environment_finish(environment);
    environment_leave(environment);
    return verdict_agrees(&environment->view.verdict);
}
