/* SPDX-License-Identifier: Apache-2.0 */
/* Layer 9 of the oracle, of the caller's side of a call: what went in and what came out. The subject watches
 * (subject_caller.c), and these end the run. */
#ifndef HARNESS_ENVIRONMENT_CALLER_H
#define HARNESS_ENVIRONMENT_CALLER_H

#include "environment_state.h"

/* After any call: nothing is wrong on the caller's side. O(1). */
void environment_check_caller(struct environment *environment);

/* After an op: what a caller has a pointer to is as it was, unless the op ends that. O(value). */
void environment_check_held(struct environment *environment, struct op op, struct result actual);

/* Calls of no keys; and a walk, whose pointers are to the places that inspection names. O(state). */
void environment_check_pointers(struct environment *environment);

#endif
