/* SPDX-License-Identifier: Apache-2.0 */
/* The body of main of the program that ./trace c prints, and what it turns out to need: keys, layouts,
 * their types. Knows streams and both models, whose answers and state the body demands; not what stands
 * before main. */
#ifndef SUBJECT_PROGRAM_BODY_H
#define SUBJECT_PROGRAM_BODY_H

#include "program_writing.h"

/* The whole body; `stream` and `options` are given, all else is 0. O(ops), and O(sets) for the state. */
void program_body(FILE *file, struct program *program);

#endif
