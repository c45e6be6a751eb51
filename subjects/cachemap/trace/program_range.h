/* SPDX-License-Identifier: Apache-2.0 */
/* What a program of ./trace c has in the place of single lines where its stream has ranges: the calls of a
 * range, and all keys that they named. Behind program_body.c, which writes all else. */
#ifndef SUBJECT_PROGRAM_RANGE_H
#define SUBJECT_PROGRAM_RANGE_H

#include "program_writing.h"

/* The calls that the op at `index` stands for, which both models follow. */
void program_range_calls(struct program *program, uint32_t index, struct op op);

/* Where each key is, and each set's hand and counts. First where the last key is: what fails there is
 * easiest to read. */
void program_range_places(struct program *program);

/* A lookup of each key. */
void program_range_reads(struct program *program);

/* The values that must be told to be gone. */
void program_range_gone(struct program *program);

#endif
