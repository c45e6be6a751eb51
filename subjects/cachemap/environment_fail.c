/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run behind environment_fail.h. */
#include "environment_fail.h"

#include <stdarg.h>
#include <stdio.h>

void environment_fail_at(struct environment *environment, enum invariant invariant,
                         const char *file, int line, const char *format, ...) {
    va_list arguments;
    environment->view.verdict.invariant = invariant;
    environment->view.verdict.op_index = environment->view.op_index;
    environment->view.verdict.at_init = environment->view.in_init;
    environment->view.verdict.pass = environment->view.pass;
    environment->view.verdict.file = file;
    environment->view.verdict.line = line;
    va_start(arguments, format);
    (void)vsnprintf(environment->view.verdict.detail, sizeof environment->view.verdict.detail,
                    format, arguments);
    va_end(arguments);
    if (environment->options.on_failure != NULL)
        environment->options.on_failure(&environment->view);
    longjmp(environment->escape, 1);
}
