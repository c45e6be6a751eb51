/* SPDX-License-Identifier: Apache-2.0 */
/* The passes behind input.h, and what is compared between them: layer 8, and determinism of 9. */
#include "passes.h"

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
    bool fixed[KEY_COUNT_MAX];
    bool fixed_at_open[KEY_COUNT_MAX];
    bool diverged;
};

static bool differential_key_op(struct differential *state, struct op op, struct result a,
                                struct result b) {
    const bool mutates = op_stores(op) || op.kind == OP_REWRITE || op.kind == OP_REMOVE;
    if (mutates && outcome_failed(a.outcome) != outcome_failed(b.outcome)) {
        /* A key whose lookup is fixed is removed in both or in neither, if both have room. */
        const bool absent = a.outcome == OUTCOME_ABSENT || b.outcome == OUTCOME_ABSENT;
        state->diverged = true;
        return !(absent && state->fixed[op.operand]);
    }
    if (mutates && outcome_failed(a.outcome))
        return true; /* both failed, each for its reason */
    if (state->fixed[op.operand])
        return result_equal(a, b);
    if (mutates)
        state->fixed[op.operand] = true;
    return a.outcome != OUTCOME_FOUND || b.outcome != OUTCOME_FOUND || a.value == b.value;
}

static bool differential_step(struct differential *state, struct op op, struct result a,
                              struct result b) {
    if (op_describe((enum op_kind)op.kind)->operand == OPERAND_KEY)
        return state->diverged || differential_key_op(state, op, a, b);
    if (!result_equal(a, b))
        return false; /* scopes, compact, reset do not depend on what is where */
    if (outcome_failed(a.outcome))
        return true;
    if (op.kind == OP_SCOPE_OPEN)
        memcpy(state->fixed_at_open, state->fixed, sizeof state->fixed);
    if (op.kind == OP_SCOPE_DISCARD)
        memcpy(state->fixed, state->fixed_at_open, sizeof state->fixed);
    if (op.kind == OP_COMPACT || op.kind == OP_RESET || op.kind == OP_REINIT)
        memset(state->fixed, 0, sizeof state->fixed);
    if (op.kind == OP_RESET || op.kind == OP_REINIT)
        state->diverged = false;
    return true;
}

/* ---- Passes. ----------------------------------------------------------------------------- */

static void input_fail(struct environment *environment, const struct input_options *options,
                       enum invariant invariant, uint32_t op_index, int line) {
    environment->verdict.invariant = invariant;
    environment->verdict.op_index = op_index;
    environment->verdict.pass = environment->options.pass;
    environment->verdict.file = "input.c";
    environment->verdict.line = line;
    if (options->on_failure != NULL)
        options->on_failure(environment);
}

/* Another layout, and another number of sets where there is a cache at all. */
static struct geometry input_geometry_across(struct geometry geometry) {
    geometry.layout = (uint8_t)((geometry.layout + 17) % LAYOUT_COUNT);
    if (geometry.set_count != 0)
        geometry.set_count = (uint16_t)(geometry.set_count % 3 + 1);
    return geometry;
}

struct pass_world input_pass_world(const struct geometry *geometry, enum pass pass) {
    /* Each pass on other bytes, and with memory from another source. */
    static const uint8_t fills[PASS_COUNT] = {0x5a, 0xa5, 0xff, 0x00};
    static const enum subject_memory memories[PASS_COUNT] = {
        SUBJECT_MEMORY_HOOK, SUBJECT_MEMORY_SUPPLIED, SUBJECT_MEMORY_HOOK, SUBJECT_MEMORY_STANDARD};
    struct pass_world world = {*geometry, fills[pass], memories[pass]};
    if (pass == PASS_ACROSS)
        world.geometry = input_geometry_across(*geometry);
    if (pass == PASS_NO_CACHE)
        world.geometry.set_count = 0;
    return world;
}

/* True when the pass agrees with itself and its models. */
static bool input_pass(struct environment *environment, const struct stream *stream, enum pass pass,
                       const struct input_options *options) {
    const struct pass_world world = input_pass_world(&stream->geometry, pass);
    const struct environment_options pass_options = {
        .layers = options->layers,
        .pass = pass,
        .fill = world.fill,
        .memory = world.memory,
        .at_end_only = options->at_end_only,
        .on_failure = options->on_failure,
        .on_op = pass == PASS_CACHE || options->shows_all_passes ? options->on_op : NULL,
        .context = options->context,
        .expectations = pass == PASS_CACHE ? options->expectations : NULL,
    };
    if (environment->subject.arena == NULL)
        environment_create(environment, arena);
    running = environment;
    environment_run(environment, stream, &world.geometry, &pass_options);
    running = NULL;
    return verdict_agrees(&environment->verdict);
}

/* True when the second pass agrees with the first where the contract leaves no choice. */
static bool input_agree(const struct stream *stream, const struct input_options *options) {
    struct differential state;
    memset(&state, 0, sizeof state);
    if ((options->layers >> LAYER_DIFFERENTIAL & 1) == 0)
        return true;
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct result a = first.steps[i].actual, b = other.steps[i].actual;
        if (differential_step(&state, stream->ops[i], a, b))
            continue;
        other.verdict.expected = a;
        other.verdict.actual = b;
        (void)snprintf(other.verdict.detail, sizeof other.verdict.detail,
                       "%s it answered %s %u, %s %s %u", pass_name(PASS_CACHE),
                       outcome_name(a.outcome), (unsigned)a.value, pass_name(other.options.pass),
                       outcome_name(b.outcome), (unsigned)b.value);
        input_fail(&other, options, INVARIANT_DIFFERENTIAL, i, __LINE__);
        return false;
    }
    return true;
}

static bool input_same_digest(const struct stream *stream, const struct input_options *options) {
    if ((options->layers >> LAYER_RUNTIME & 1) == 0 || other.digest == first.digest)
        return true;
    (void)snprintf(other.verdict.detail, sizeof other.verdict.detail,
                   "digest %016llx, the first run's was %016llx", (unsigned long long)other.digest,
                   (unsigned long long)first.digest);
    input_fail(&other, options, INVARIANT_DETERMINISM, stream->op_count, __LINE__);
    return false;
}

const struct environment *input_run(const struct stream *stream,
                                    const struct input_options *options) {
    const enum run_mode run = (enum run_mode)stream->geometry.run;
    if (!input_pass(&first, stream, PASS_CACHE, options))
        return &first;
    if ((run == RUN_TWICE || run == RUN_THOROUGH) &&
        !(input_pass(&other, stream, PASS_TWICE, options) && input_same_digest(stream, options)))
        return &other;
    if ((run == RUN_ACROSS || run == RUN_THOROUGH) &&
        !(input_pass(&other, stream, PASS_ACROSS, options) && input_agree(stream, options)))
        return &other;
    if (stream->geometry.set_count != 0 &&
        !(input_pass(&other, stream, PASS_NO_CACHE, options) && input_agree(stream, options)))
        return &other;
    return NULL;
}

uint64_t input_digest(void) {
    return first.digest;
}

const struct environment *input_running(void) {
    return running;
}
