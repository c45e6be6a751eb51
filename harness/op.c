/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of ops and outcomes as data. */
#include "op.h"

/* NOLINTNEXTLINE(bugprone-macro-parentheses): a part of a sum */
#define OP_SLOTS(name, words, operand, slots, ...) +slots
_Static_assert(0 OP_TABLE(OP_SLOTS) == OP_SLOT_COUNT, "the opcode slots add up");
_Static_assert(0 OP_TABLE(OP_SLOTS) OP_TABLE_MORE(OP_SLOTS) == OP_SLOT_COUNT_ALL,
               "OP_SLOT_COUNT_ALL counts those of both tables");
#undef OP_SLOTS

const struct op_description op_descriptions[OP_KIND_COUNT] = {
#define OP_ROW(name, words, operand, slots, traits, alone, functions, meaning) \
    {words, operand, slots, OP_##alone, traits, functions, meaning},
    OP_TABLE(OP_ROW) OP_TABLE_MORE(OP_ROW)
#undef OP_ROW
};

const struct op_wrap op_wraps[OP_WRAP_COUNT + 1] = {
#define OP_WRAP_ROW(opens, closes, otherwise, odds) {OP_##opens, OP_##closes, OP_##otherwise, odds},
    WRAP_TABLE(OP_WRAP_ROW)
#undef OP_WRAP_ROW
        {0, 0, 0, 0} /* an array may not be empty, and a subject may have no row */
};

enum op_kind op_kind_of_range(enum op_kind alone) {
    unsigned kind = 0;
    while (kind < OP_KIND_COUNT && !(op_descriptions[kind].operand == OPERAND_RANGE &&
                                     op_descriptions[kind].alone == alone))
        kind += 1;
    return (enum op_kind)kind;
}

static const char *const outcomes[OUTCOME_COUNT] = {
#define OUTCOME_ROW(name, word, failed) word,
    OUTCOME_TABLE(OUTCOME_ROW)
#undef OUTCOME_ROW
};

const bool outcomes_failed[OUTCOME_COUNT] = {
#define OUTCOME_ROW(name, word, failed) failed,
    OUTCOME_TABLE(OUTCOME_ROW)
#undef OUTCOME_ROW
};

const char *operand_word(unsigned number) {
    static const char *const words[] = {
#define OPERAND_WORD_ROW(name, word, ...) word,
        OPERAND_WORD_TABLE(OPERAND_WORD_ROW)
#undef OPERAND_WORD_ROW
            NULL};
    assert(number < OPERAND_WORD_COUNT);
    return words[number];
}

const char *outcome_name(enum outcome outcome) {
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome];
}
