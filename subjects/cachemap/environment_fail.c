/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run behind environment_fail.h. */
#include "environment_fail.h"

#include <stdarg.h>
#include <stdio.h>

void environment_fail_at(struct environment *environment, enum invariant invariant,
                         const char *file, int line, const char *format, ...) {
    va_list arguments;
    environment->verdict.invariant = invariant;
    environment->verdict.op_index = environment->op_index;
    environment->verdict.at_init = environment->in_init;
    environment->verdict.pass = environment->options.pass;
    environment->verdict.file = file;
    environment->verdict.line = line;
    va_start(arguments, format);
    (void)vsnprintf(environment->verdict.detail, sizeof environment->verdict.detail, format,
                    arguments);
    va_end(arguments);
    if (environment->options.on_failure != NULL)
        environment->options.on_failure(environment);
    longjmp(environment->escape, 1);
}
