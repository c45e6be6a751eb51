/* SPDX-License-Identifier: Apache-2.0 */
/* The checks behind environment_caller.h. */
#define ENVIRONMENT_FILE "environment_caller.c"
#include "environment_caller.h"

#include "environment_fail.h"

void environment_check_caller(struct environment *environment) {
    const struct subject_fault *fault = subject_fault(&environment->subject);
    if (fault->words != NULL && environment_has(environment, LAYER_RUNTIME))
        environment_fail_at(environment, fault->of_pointer ? INVARIANT_POINTER : INVARIANT_CALLER,
                            HERE, "%s", fault->words);
}

/* "Good until the next call that changes the map": one that fails does not. Of a call for many the first of
 * its answers says nothing of the others. */
static bool ends_pointers(struct op op, struct result actual) {
    const bool may_change = op_is(op, TRAIT_MUTATES | TRAIT_FREES | TRAIT_SWEEPS | TRAIT_CLOSES |
                                          TRAIT_EMPTIES | TRAIT_REMAKES);
    return may_change && (op_is(op, TRAIT_BATCHED) || !outcome_failed(actual.outcome));
}

void environment_check_held(struct environment *environment, struct op op, struct result actual) {
    if (ends_pointers(op, actual))
        subject_release(&environment->subject);
    else if (environment_has(environment, LAYER_RUNTIME) &&
             !subject_held_intact(&environment->subject))
        environment_fail_at(environment, INVARIANT_POINTER, HERE,
                            "the value behind a pointer that is still good has changed");
}

void environment_check_pointers(struct environment *environment) {
    const char *misused;
    subject_call_for_nothing(&environment->subject);
    environment_check_caller(environment);
    if (!subject_walk_agrees(&environment->subject))
        environment_fail_at(
            environment, INVARIANT_POINTER, HERE,
            "a walk gives a pointer that is not to the place that inspection names");
    misused = subject_misuse_passes(&environment->subject, environment->view.op_index);
    if (misused != NULL)
        environment_fail_at(environment, INVARIANT_CALLER, HERE,
                            "no assertion of the library fails at %s", misused);
}
