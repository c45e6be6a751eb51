/* SPDX-License-Identifier: Apache-2.0 */
/* The op table as data. Knows neither the map nor the model. */
#include "op.h"

struct op_slots {
#define OP_SLOTS_MEMBER(name, words, operand, slots, functions, meaning) char name[slots];
    OP_TABLE(OP_SLOTS_MEMBER)
#undef OP_SLOTS_MEMBER
};
_Static_assert(sizeof(struct op_slots) == OP_SLOT_COUNT, "the opcode slots add up");

const struct op_description op_descriptions[OP_KIND_COUNT] = {
#define OP_ROW(name, words, operand, slots, functions, meaning) \
    {words, operand, slots, functions, meaning},
    OP_TABLE(OP_ROW)
#undef OP_ROW
};

static const char *const outcome_names[OUTCOME_COUNT] = {
#define OUTCOME_ROW(name, word) word,
    OUTCOME_TABLE(OUTCOME_ROW)
#undef OUTCOME_ROW
};

const char *op_refusal_name(unsigned refusal) {
    static const char *const names[REFUSAL_COUNT] = {
        "out_of_memory", "cache_not_sets",   "stash_none",
        "stash_limit",   "overflow_product", "overflow_padding",
        "overflow_sum",  "in_memory_small",  "in_memory_stash_none"};
    assert(refusal < REFUSAL_COUNT);
    return names[refusal];
}

const char *outcome_name(enum outcome outcome) {
    assert(outcome < OUTCOME_COUNT);
    return outcome_names[outcome];
}

bool outcome_failed(enum outcome outcome) {
    return outcome == OUTCOME_ABSENT || outcome >= OUTCOME_STASH_FULL;
}
