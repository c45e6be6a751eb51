/* SPDX-License-Identifier: Apache-2.0 */
/* What stops a tool from outside: Ctrl-C is noted; a crash or a hang inside the structure under test is
 * reported with the ops that led there. For tools without a fuzzing engine. */
#ifndef HARNESS_STOP_H
#define HARNESS_STOP_H

#include <stdbool.h>

/* Exit codes of the tools. */
enum { EXIT_AGREES = 0, EXIT_FAILS = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Installs the handlers. A crash prints the report of the running input, calls `after_crash` unless it
 * is null (to save the input), and ends with EXIT_FAILS. */
void stop_install(void (*after_crash)(void));

/* True once Ctrl-C (or SIGTERM) has come. A second one ends the process at once. */
bool stop_requested(void);

/* For one input of a tool: the longest (work.h) takes a tenth of a second, a second or two where everything
 * is sanitized, and ten where valgrind runs it. */
enum { STOP_INPUT_CPU_SECONDS = 60 };

/* Allows the next input so many seconds of CPU time; 0 switches the alarm off. */
void stop_limit_cpu(unsigned seconds);

#endif
