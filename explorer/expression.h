/* SPDX-License-Identifier: Apache-2.0 */
/* An expression over a state and the op that led to it, for `./explore --reach`. Knows the op, its outcome,
 * and the names of what the subject tells of a state (live.h); not how states are found.
 *
 *     op == op_upsert && !(outcome == outcome_ok || failed)
 *
 * Operators, weakest first: || && == != < <= > >= + - !, and brackets. */
#ifndef EXPLORER_EXPRESSION_H
#define EXPLORER_EXPRESSION_H

#include "live.h"

#include <stdio.h>

enum { EXPRESSION_STEP_COUNT_MAX = 128 };

struct expression_step {
    uint8_t action; /* of expression.c */
    int32_t number; /* a constant, or which variable */
};

/* In the order of evaluation: operands before their operator. */
struct expression {
    struct expression_step steps[EXPRESSION_STEP_COUNT_MAX];
    uint32_t step_count;
};

/* Compiles the text. False, and a sentence in `error`, at the first mistake. */
bool expression_parse(struct expression *expression, const char *text, char *error,
                      size_t error_size);

/* The names of the variables, a line each with its meaning, for the help text. */
void expression_help(FILE *file);

/* What an expression asks about the state before an op; it cannot be seen after it. */
struct expression_before {
    struct op op;
    int32_t numbers[VARIABLE_COUNT - VARIABLE_failed]; /* of BEFORE_VARIABLE_TABLE */
};
struct expression_before expression_look(const struct expression *expression, struct op op);

/* Whether it is true of what is live after the op. `before` is null for the first state. O(steps). */
bool expression_is_true(const struct expression *expression,
                        const struct expression_before *before);

#endif
