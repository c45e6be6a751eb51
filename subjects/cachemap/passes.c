/* SPDX-License-Identifier: Apache-2.0 */
/* The passes behind run.h, and what is compared between them: layer 8, and determinism of 9. */
#include "passes.h"

#include "environment.h"
#include "settle.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static _Alignas(SUBJECT_ALIGNMENT_MAX) unsigned char arena[SUBJECT_ARENA_SIZE];
static struct environment first, other;
static const struct environment *running;

/* ---- Layer 8: what two passes must agree on. --------------------------------------------- */

/* The contract fixes a key's lookup from its first mutation after a compact on, whatever the cache
 * does; an older value may be gone in one pass and not in the other, but if both have it, it is the
 * same. Once a mutation succeeds in one pass and not in the other (only room decides that), the two
 * hold different things: nothing is compared until both start anew. */
struct differential {
    uint32_t key_count;
    bool fixed[KEY_COUNT_MAX];
    bool fixed_at_open[KEY_COUNT_MAX];
    bool diverged;
};

static void differential_start(struct differential *state, const struct world *world) {
    state->key_count = world->numbers[FIELD_KEYS];
    state->diverged = false;
    memset(state->fixed, 0, state->key_count * sizeof state->fixed[0]);
}

static bool differential_key_op(struct differential *state, struct op op, struct result a,
                                struct result b) {
    const bool mutates = op_is(op, TRAIT_MUTATES);
    if (mutates && outcome_failed(a.outcome) != outcome_failed(b.outcome)) {
        /* A key whose lookup is fixed is removed in both or in neither, if both have room. */
        const bool absent = a.outcome == OUTCOME_ABSENT || b.outcome == OUTCOME_ABSENT;
        state->diverged = true;
        return !(absent && state->fixed[op_key(op)]);
    }
    if (mutates && outcome_failed(a.outcome))
        return true; /* both failed, each for its reason */
    if (state->fixed[op_key(op)])
        return result_equal(a, b);
    if (mutates)
        state->fixed[op_key(op)] = true;
    return a.outcome != OUTCOME_FOUND || b.outcome != OUTCOME_FOUND || a.value == b.value;
}

/* A range is compared as a whole: what each of its ops answered where the lookups of all its keys are
 * fixed, and else which of them failed, which only room decides. */
static bool differential_range(struct differential *state, struct op op, struct range_digest a,
                               struct range_digest b) {
    const uint32_t count = op_element_count(op);
    bool fixed = true;
    for (uint32_t i = 0; fixed && i < count; i += 1)
        fixed = state->fixed[op_key(op_element(op, i, state->key_count))];
    if (!op_is(op, TRAIT_MUTATES))
        return !fixed || a.answers == b.answers;
    if (a.failures != b.failures) {
        state->diverged = true;
        return true;
    }
    for (uint32_t i = 0; !a.failed && i < count; i += 1)
        state->fixed[op_key(op_element(op, i, state->key_count))] = true;
    return !fixed || a.answers == b.answers;
}

static bool differential_step(struct differential *state, struct op op, struct result a,
                              struct result b) {
    if (op_has_key(op))
        return state->diverged || differential_key_op(state, op, a, b);
    if (!result_equal(a, b))
        return false; /* scopes, compact, reset do not depend on what is where */
    if (outcome_failed(a.outcome))
        return true;
    if (op_is(op, TRAIT_OPENS))
        memcpy(state->fixed_at_open, state->fixed, state->key_count * sizeof state->fixed[0]);
    if (op.kind == OP_SCOPE_DISCARD)
        memcpy(state->fixed, state->fixed_at_open, state->key_count * sizeof state->fixed[0]);
    if (op.kind == OP_COMPACT || op_is(op, TRAIT_EMPTIES))
        memset(state->fixed, 0, state->key_count * sizeof state->fixed[0]);
    if (op_is(op, TRAIT_EMPTIES))
        state->diverged = false;
    return true;
}

/* ---- Passes. ----------------------------------------------------------------------------- */

static void pass_fail(struct environment *environment, const struct run_options *options,
                      enum invariant invariant, uint32_t op_index, int line) {
    environment->view.verdict.invariant = invariant;
    environment->view.verdict.op_index = op_index;
    environment->view.verdict.pass = environment->view.pass;
    environment->view.verdict.file = "passes.c";
    environment->view.verdict.line = line;
    if (options->on_failure != NULL)
        options->on_failure(&environment->view);
}

/* Another layout, and another number of sets where there is a cache at all. */
static void world_cross(struct world *world) {
    uint32_t *sets = &world->numbers[FIELD_SETS];
    if (*sets != 0)
        *sets = *sets % 3 + 1;
    world_remake(world, (world_byte(world, OPERAND_FIELDS_BYTE) + 17u) % LAYOUT_COUNT);
}

struct world pass_world(const struct world *world, enum pass pass) {
    struct world made = *world;
    if (pass == PASS_ACROSS)
        world_cross(&made);
    if (pass == PASS_NO_CACHE)
        made.numbers[FIELD_SETS] = 0;
    return made;
}

struct world run_world_alone(const struct world *world, enum pass pass) {
    struct world alone = pass_world(world, pass);
    alone.numbers[FIELD_RUN] = RUN_PLAIN;
    return alone;
}

struct pass_memory pass_memory(enum pass pass) {
    static const struct pass_memory memories[PASS_COUNT] = {
        [PASS_CACHE] = {0x5a, SUBJECT_MEMORY_HOOK},
        [PASS_NO_CACHE] = {0xa5, SUBJECT_MEMORY_SUPPLIED},
        [PASS_TWICE] = {0xff, SUBJECT_MEMORY_HOOK},
        [PASS_ACROSS] = {0x00, SUBJECT_MEMORY_STANDARD},
    };
    return memories[pass];
}

/* True when the pass agrees with itself and its models. */
static bool pass_run(struct environment *environment, const struct stream *stream, enum pass pass,
                     const struct run_options *options) {
    const struct world world = pass_world(&stream->world, pass);
    const struct pass_memory memory = pass_memory(pass);
    const struct environment_options pass_options = {
        .layers = options->layers,
        .pass = pass,
        .fill = memory.fill,
        .memory = memory.source,
        .at_end_only = options->at_end_only,
        .on_failure = options->on_failure,
        .on_op = pass == PASS_CACHE || options->shows_all_passes ? options->on_op : NULL,
        .context = options->context,
        .expectations = pass == PASS_CACHE ? options->expectations : NULL,
    };
    if (environment->subject.arena == NULL)
        environment_create(environment, arena);
    running = environment;
    environment_run(environment, stream, &world, &pass_options);
    running = NULL;
    return verdict_agrees(&environment->view.verdict);
}

/* True when the second pass agrees with the first where the contract leaves no choice. */
static bool pass_agrees(const struct stream *stream, const struct run_options *options) {
    static struct differential state;
    if ((options->layers >> LAYER_DIFFERENTIAL & 1) == 0)
        return true;
    differential_start(&state, &stream->world);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct result a = first.steps[i].actual, b = other.steps[i].actual;
        if (op_has_range(stream->ops[i])
                ? state.diverged ||
                      differential_range(&state, stream->ops[i], first.ranges[i], other.ranges[i])
                : differential_step(&state, stream->ops[i], a, b))
            continue;
        other.view.verdict.expected = a;
        other.view.verdict.actual = b;
        (void)snprintf(other.view.verdict.detail, sizeof other.view.verdict.detail,
                       "%s it answered %s %u, %s %s %u", pass_name(PASS_CACHE),
                       outcome_name(a.outcome), (unsigned)a.value, pass_name(other.view.pass),
                       outcome_name(b.outcome), (unsigned)b.value);
        pass_fail(&other, options, INVARIANT_DIFFERENTIAL, i, __LINE__);
        return false;
    }
    return true;
}

static bool pass_same_digest(const struct stream *stream, const struct run_options *options) {
    if ((options->layers >> LAYER_RUNTIME & 1) == 0 || other.digest == first.digest)
        return true;
    (void)snprintf(other.view.verdict.detail, sizeof other.view.verdict.detail,
                   "digest %016llx, the first run's was %016llx", (unsigned long long)other.digest,
                   (unsigned long long)first.digest);
    pass_fail(&other, options, INVARIANT_DETERMINISM, stream->op_count, __LINE__);
    return false;
}

static bool makes_pass_without_cache(const struct world *world) {
    const struct geometry geometry = geometry_of_world(world);
    return geometry.set_count != 0 && !geometry_is_huge(&geometry);
}

const struct run_view *run(const struct stream *stream, const struct run_options *options) {
    const enum run_mode mode = (enum run_mode)stream->world.numbers[FIELD_RUN];
    if (!pass_run(&first, stream, PASS_CACHE, options))
        return &first.view;
    if ((mode == RUN_TWICE || mode == RUN_THOROUGH) &&
        !(pass_run(&other, stream, PASS_TWICE, options) && pass_same_digest(stream, options)))
        return &other.view;
    if ((mode == RUN_ACROSS || mode == RUN_THOROUGH) &&
        !(pass_run(&other, stream, PASS_ACROSS, options) && pass_agrees(stream, options)))
        return &other.view;
    if (makes_pass_without_cache(&stream->world) &&
        !(pass_run(&other, stream, PASS_NO_CACHE, options) && pass_agrees(stream, options)))
        return &other.view;
    return NULL;
}

uint64_t run_digest(void) {
    return first.digest;
}

const struct run_view *run_current(void) {
    return running == NULL ? NULL : &running->view;
}

const char *run_library_version(void) {
    return subject_library_version();
}
