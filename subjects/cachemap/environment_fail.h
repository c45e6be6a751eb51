/* SPDX-License-Identifier: Apache-2.0 */
/* How the environment's checks end a run. For the files of the environment alone, which define
 * ENVIRONMENT_FILE, their own name, first. */
#ifndef HARNESS_ENVIRONMENT_FAIL_H
#define HARNESS_ENVIRONMENT_FAIL_H

#include "environment_state.h"

static inline bool environment_has(const struct environment *environment, enum layer layer) {
    return (environment->options.layers >> layer & 1) != 0;
}

/* Ends the run with a verdict; `format` says the finding without a full stop. */
_Noreturn void __attribute__((format(printf, 5, 6)))
environment_fail_at(struct environment *environment, enum invariant invariant, const char *file,
                    int line, const char *format, ...);

/* File and line of a call. It stands among the call's arguments, and not in a macro around them: compilers
 * differ in the line of a macro that goes over several. */
#define HERE ENVIRONMENT_FILE, __LINE__

#endif
