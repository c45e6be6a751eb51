/* SPDX-License-Identifier: Apache-2.0 */
/* The program that ./trace c prints: a stream as C against the library alone, which fails as the stream
 * does. The subject writes it. */
#ifndef HARNESS_STAND_ALONE_H
#define HARNESS_STAND_ALONE_H

#include "stream.h"
#include "verdict.h"

#include <stdio.h>

struct program_options {
    enum pass pass; /* of the stream's passes the one that the program repeats */
    /* Where the state is demanded as a whole: after this op; at the op count after the final lookups.
     * UINT32_MAX: after the last op and after the lookups. */
    uint32_t failing_op;
    const char *cause; /* the failure's signature for the head; null when nothing fails */
    /* For the commands in its head. */
    const char *name;    /* of the program's file; null: program.c, wherever it will be */
    const char *library; /* the folder of the library; null: SUBJECT_LIBRARY_FOLDER */
};

/* The subject's: writes the program to `file`; the caller sees to errors of the file. It prints each op,
 * then "agrees", and ends with 0; or a line that starts with FAIL, and ends with 1. False when there is no
 * memory. O(ops), and O(sets) for the state. Not reentrant. */
bool program_write(FILE *file, const struct stream *stream, const struct program_options *options);

#endif
