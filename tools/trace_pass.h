/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a stream's passes fails, found by a run in a child: what a failure's signature does not say, and
 * whoever shows or repeats the failing run must know. */
#ifndef TOOLS_TRACE_PASS_H
#define TOOLS_TRACE_PASS_H

#include "stream.h"
#include "verdict.h"

/* The pass in which the stream fails in this build, in *pass, also when it dies of a sanitizer's report or a
 * signal. False when it agrees, or no process could be made. Costs a run and a fork. */
bool trace_failing_pass(const struct stream *stream, enum pass *pass);

#endif
