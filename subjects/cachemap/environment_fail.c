/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run behind environment_fail.h. */
#include "environment_fail.h"

#include <stdarg.h>
#include <stdio.h>

void environment_fail_at(struct environment *environment, enum invariant invariant,
                         const char *file, int line, const char *format, ...) {
    char *detail = environment->view.verdict.detail;
    size_t size = sizeof environment->view.verdict.detail;
    va_list arguments;
    environment->view.verdict.invariant = invariant;
    environment->view.verdict.op_index = environment->view.op_index;
    environment->view.verdict.at_init = environment->view.in_init;
    environment->view.verdict.pass = environment->view.pass;
    environment->view.verdict.file = file;
    environment->view.verdict.line = line;
    if (environment->range.number != 0) {
        const int used =
            snprintf(detail, size, "at key %u, number %u of %u: ", environment->range.key_id,
                     (unsigned)environment->range.number, (unsigned)environment->range.count);
        detail += used;
        size -= (size_t)used;
    }
    va_start(arguments, format);
    (void)vsnprintf(detail, size, format, arguments);
    va_end(arguments);
    if (environment->options.on_failure != NULL)
        environment->options.on_failure(&environment->view);
    longjmp(environment->escape, 1);
}
