/* SPDX-License-Identifier: Apache-2.0 */
/* The sentence behind observed_words.h. */
#include "observed_words.h"

#include "trace_text.h"

#include <stdio.h>

static void answer_words(struct result result, char *words, size_t size) {
    if (result.outcome == OUTCOME_FOUND)
        (void)snprintf(words, size, "value %u", (unsigned)result.value);
    else if (result.outcome == OUTCOME_OF_RANGE)
        (void)snprintf(words, size, "%u", (unsigned)result.value);
    else
        (void)snprintf(words, size, "%s", outcome_name(result.outcome));
}

/* Whether the finding is that the answer of the op itself is another. Others are about what was read after
 * it, about bytes, about a number that a call for many returned, or about one op of a range: their own words
 * say it. */
static bool is_about_the_answer(const struct observed *observed) {
    return !op_has_range(observed->op) && observed->actual.outcome != OUTCOME_NONE &&
           observed->expected.outcome != OUTCOME_NONE &&
           !result_equal(observed->actual, observed->expected);
}

void observed_words(const struct observed *observed, char *words, size_t size) {
    char op[TRACE_TEXT_OP_SIZE], actual[32], expected[32];
    char when[64] = "";
    if (observed->is_later)
        (void)snprintf(when, sizeof when, " after it%s%s", observed->after == NULL ? "" : " and a ",
                       observed->after == NULL ? "" : observed->after);
    trace_text_op(observed->op, op, sizeof op);
    answer_words(observed->actual, actual, sizeof actual);
    answer_words(observed->expected, expected, sizeof expected);
    if (observed->death != NULL)
        (void)snprintf(words, size, "%s%s does not return: %s", op, when, observed->death);
    else if (observed->invariant == INVARIANT_ASSERTION)
        (void)snprintf(words, size, "%s%s does not return: the library's assertion %s", op, when,
                       observed->detail);
    else if (!is_about_the_answer(observed))
        (void)snprintf(words, size, "%s%s: %s", op, when, observed->detail);
    else
        (void)snprintf(words, size, "%s%s answers %s%s%s%s, expected %s", op, when, actual,
                       observed->origin == NULL ? "" : " (",
                       observed->origin == NULL ? "" : observed->origin,
                       observed->origin == NULL ? "" : ")", expected);
}
