/* The state counters behind state_counters.h. */
#include "state_counters.h"

#ifndef GROUPS
#define GROUPS 0xff
#endif
enum { LEVEL_COUNT = 32 };

struct features {
    uint8_t outcome[OP_KIND_COUNT][OUTCOME_COUNT][4];
    uint8_t pair[OP_KIND_COUNT][OP_KIND_COUNT][2];
    uint8_t stash[LEVEL_COUNT + 9];
    uint8_t scope[LEVEL_COUNT + 9];
    uint8_t layout[LAYOUT_COUNT];
    uint8_t modes[HASH_MODE_COUNT][READ_MODE_COUNT * RUN_MODE_COUNT];
    uint8_t outcome_plain[OP_KIND_COUNT][OUTCOME_COUNT];
    uint8_t hash_outcome[HASH_MODE_COUNT][OP_KIND_COUNT][OUTCOME_COUNT];
};

__attribute__((section("__libfuzzer_extra_counters"), used, aligned(8)))
static volatile uint8_t counters[sizeof(struct features)];

static void note(size_t at) {
#ifdef FLAT
    counters[at] = 1;
#else
    if (counters[at] != UINT8_MAX)
        counters[at] += 1;
#endif
}
#define NOTE(member) note((size_t)((uint8_t *)&((struct features *)0)->member - (uint8_t *)0))

static unsigned level(uint64_t count) {
    unsigned l = 16;
    if (count <= 16) return (unsigned)count;
    if (count <= 32) return 16 + (unsigned)(count - 16) / 4;
    l = 20 + (unsigned)(count - 32) / 32;
    return l < LEVEL_COUNT ? l : LEVEL_COUNT - 1;
}

static unsigned fullness(uint64_t count, uint64_t max) {
    return (unsigned)(count * 8 / (max == 0 ? 1 : max));
}

void state_counters_note(const struct environment *environment, void *context) {
    const struct counts_state *counts = &environment->counts;
    const struct op op = environment->stream->ops[environment->op_index];
    const enum outcome outcome = environment->steps[environment->op_index].actual.outcome;
    const bool full = counts->stash_count == counts->stash_count_max;
    (void)context;
    if (GROUPS & 1) {
        NOTE(stash[level(counts->stash_count)]);
        NOTE(stash[LEVEL_COUNT + fullness(counts->stash_count, counts->stash_count_max)]);
    }
    if ((GROUPS & 2) && counts->scope_open) {
        NOTE(scope[level(counts->scope_count)]);
        NOTE(scope[LEVEL_COUNT + fullness(counts->scope_count, counts->scope_count_max)]);
    }
    if (GROUPS & 4)
        NOTE(outcome[op.kind][outcome][full * 2 + counts->scope_open]);
    if ((GROUPS & 8) && environment->op_index > 0)
        NOTE(pair[environment->stream->ops[environment->op_index - 1].kind][op.kind][outcome_failed(outcome)]);
    if ((GROUPS & 16) && environment->op_index == 0) {
        const struct geometry *g = &environment->stream->geometry;
        NOTE(layout[g->layout]);
        NOTE(modes[g->hash][g->read * 4 + g->run]);
    }
    if (GROUPS & 32)
        NOTE(outcome_plain[op.kind][outcome]);
    if (GROUPS & 64)
        NOTE(hash_outcome[environment->stream->geometry.hash][op.kind][outcome]);
}
