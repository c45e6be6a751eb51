/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a run: what each op did to the map, the models and the naive map, as JSON Lines. It is what
 * `./trace record` prints and what the page of `./trace html` shows; docs/record.md has its fields. Knows
 * how to read a running environment by inspection, nothing of pages. */
#ifndef TOOLS_TRACE_RECORD_H
#define TOOLS_TRACE_RECORD_H

#include "trace_command.h"

#include <stdio.h>

/* Runs all passes of the stream in a child process and writes the record of the pass with the cache to
 * `out`, a line an op: what has changed since the op before. A map that dies leaves the lines up to the
 * op that killed it, and the last line says what that was.
 *
 * EXIT_AGREES or EXIT_FAILS, as the stream does; EXIT_USAGE when no process could be started or a line could
 * not be written: standard error has been told. Costs the run and a walk over the whole map after each op:
 * O(ops x (sets x ways + stash + keys)). */
int trace_record(FILE *out, const struct stream *stream);

#endif
