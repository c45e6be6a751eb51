/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a stream as a C program against the public header: what ./trace c prints. Knows streams and the
 * naive map (policy.h), whose answers and state the program demands; never the library. */
#ifndef TOOLS_TRACE_PROGRAM_WRITE_H
#define TOOLS_TRACE_PROGRAM_WRITE_H

#include "trace_program_body.h"

/* Writes the program to `file`; the caller sees to errors of the file. It prints each op, then "agrees", and
 * ends with 0; or a line that starts with FAIL, and ends with 1. False when there is no memory. O(ops), and
 * O(sets) for the state. Not reentrant. */
bool program_write(FILE *file, const struct stream *stream, const struct program_options *options);

#endif
