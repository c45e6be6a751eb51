/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a run: what each op did to the subject and its models, as JSON Lines. `./trace record` prints
 * it, and the page of `./trace html` shows it; docs/record.md has its fields. The subject tells of its inside
 * (record_state of scene.h). Knows nothing of pages. */
#ifndef TOOLS_TRACE_RECORD_H
#define TOOLS_TRACE_RECORD_H

#include "trace_command.h"

#include <stdio.h>

/* Runs all passes of the stream in a child process and writes the record of the first pass to `out`, a line
 * an op: what has changed since the op before. A subject that dies leaves the lines up to the op that killed
 * it, and the last line says what that was.
 *
 * EXIT_AGREES or EXIT_FAILS, as the stream does; EXIT_USAGE when no process could be started or a line could
 * not be written: standard error has been told. Costs the run and a walk over the subject after each op. */
int trace_record(FILE *out, const struct stream *stream);

#endif
