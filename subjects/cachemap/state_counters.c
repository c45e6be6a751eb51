/* SPDX-License-Identifier: Apache-2.0 */
/* run_guide (run.h), by state counters: what a run has been through, told to the fuzzing engine beside its
 * edges. Two inputs that take the same branches, one with a stash that is nearly full and one that fills
 * it, are two inputs to the engine only by this.
 *
 * libFuzzer reads the section `__libfuzzer_extra_counters` after each input and clears it before; so do
 * AFL++'s and Centipede's drivers or they ignore it. The idea is IJON's (Aschermann et al., S&P 2020). The
 * counters come from the map's counts and answers alone, never from the models, so that the oracle can
 * change without changing what is news. */
#include "environment_state.h"

/* Fills of 0 to 16 each have a level; up to 32 four share one, and above 32. */
enum {
    LEVEL_EACH_MAX = 16,
    LEVEL_FEW_MAX = 32,
    LEVEL_COUNT = 28,
    EIGHTHS = 8,
    COUNT_BITS_MAX = 18
};

/* What was met, a byte each: 1 where an op of the input left the map like that. How often is no news: the
 * magnitudes of a count, which the engine tells apart, filled its corpus with half as many more inputs, at a
 * fifth of its time, and no planted bug was found in fewer executions. */
struct state_counters {
    /* How full, in entries, and in eighths of what there is room for; the last is exactly full. */
    uint8_t stash[LEVEL_COUNT], stash_eighths[EIGHTHS + 1];
    uint8_t scope[LEVEL_COUNT], scope_eighths[EIGHTHS + 1];
    /* In a large world, of how many bits the numbers are of what the stash and the scope hold. */
    uint8_t stash_bits[COUNT_BITS_MAX], scope_bits[COUNT_BITS_MAX];
    /* What each op answered, in and out of a scope, with a full stash and without. */
    uint8_t answers[OP_KIND_COUNT][OUTCOME_COUNT][2][2];
    /* Each op behind each other, done or refused. */
    uint8_t pairs[OP_KIND_COUNT][OP_KIND_COUNT][2];
    /* The input's world. */
    uint8_t layouts[LAYOUT_COUNT_ALL];
    uint8_t modes[HASH_MODE_COUNT][READ_MODE_COUNT][RUN_MODE_COUNT];
};

/* The engine reads the section as bytes, from start to stop. */
__attribute__((section("__libfuzzer_extra_counters"), used,
               aligned(8))) static struct state_counters counters;

static void note(uint8_t *counter) {
    *counter = 1;
}

static unsigned level(uint64_t fill) {
    uint64_t at = fill;
    if (fill > LEVEL_EACH_MAX)
        at = LEVEL_EACH_MAX + (fill - LEVEL_EACH_MAX + 3) / 4;
    if (fill > LEVEL_FEW_MAX)
        at = LEVEL_EACH_MAX + 4 + (fill - LEVEL_FEW_MAX + 31) / 32;
    return at < LEVEL_COUNT ? (unsigned)at : LEVEL_COUNT - 1;
}

static unsigned eighths(uint64_t fill, uint64_t fill_max) {
    return fill_max == 0 ? EIGHTHS : (unsigned)(fill * EIGHTHS / fill_max);
}

static unsigned bits(uint64_t count) {
    unsigned number = 0;
    for (; count != 0 && number < COUNT_BITS_MAX - 1; count /= 2)
        number += 1;
    return number;
}

static void note_world(const struct world *world) {
    const struct geometry own = geometry_of_world(world), *geometry = &own;
    note(&counters.layouts[geometry->layout]);
    note(&counters.modes[geometry->hash][geometry->read][geometry->run]);
}

void run_guide(const struct run_view *view) {
    const struct environment *environment = environment_of_view(view);
    const struct counts_state *counts = &environment->counts;
    const uint32_t index = view->op_index;
    const struct op *op = &view->stream->ops[index];
    const enum outcome outcome = environment->steps[index].actual.outcome;
    const bool full = counts->stash_count == counts->stash_count_max;
    if (index == 0)
        note_world(&view->stream->world);
    else
        note(&counters.pairs[op[-1].kind][op->kind][outcome_failed(outcome)]);
    note(&counters.answers[op->kind][outcome][counts->scope_open][full]);
    note(&counters.stash[level(counts->stash_count)]);
    note(&counters.stash_eighths[eighths(counts->stash_count, counts->stash_count_max)]);
    if (counts->scope_open) {
        note(&counters.scope[level(counts->scope_count)]);
        note(&counters.scope_eighths[eighths(counts->scope_count, counts->scope_count_max)]);
    }
    if (geometry_is_large(&environment->geometry)) {
        note(&counters.stash_bits[bits(counts->stash_count)]);
        note(&counters.scope_bits[bits(counts->scope_count)]);
    }
}
