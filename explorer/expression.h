/* SPDX-License-Identifier: Apache-2.0 */
/* An expression over a state and the op that led to it, for `./explore --reach`. Knows what inspection, the
 * op and its outcome say, in words; not how states are found.
 *
 *     stash_count == stash_max && log_count > 0
 *     op == upsert && outcome == stash_full && key_free_ways > 0
 *
 * Operators, weakest first: || && == != < <= > >= + - !, and brackets. */
#ifndef EXPLORER_EXPRESSION_H
#define EXPLORER_EXPRESSION_H

#include "environment.h"
#include "space.h"

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

/* What is true before the op and cannot be seen after it. */
struct expression_before {
    uint32_t key_free_ways;    /* free ways in the set of the op's key */
    uint32_t key_place;        /* enum place */
    uint32_t sweep_step_count; /* that a sweep of that set would take now */
    uint32_t mutation_count;
    uint32_t stash_count;
};
struct expression_before expression_look(const struct space *space,
                                         const struct environment *environment, struct op op);

/* Whether it is true after the op, which answered `outcome`. `op` is null for the first state. O(steps). */
bool expression_is_true(const struct expression *expression, const struct environment *environment,
                        const struct expression_before *before, const struct op *op,
                        enum outcome outcome);

#endif
