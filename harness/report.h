/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a failure for a terminal: what is wrong in domain words, the failing op with the
 * ops before it, the answers beside the model's, and what to do next. Knows how to show a
 * run, not how to make one. */
#ifndef HARNESS_REPORT_H
#define HARNESS_REPORT_H

#include "report_text.h"
#include "run.h"

#include <stdio.h>

/* The op where a run stopped and the 20 before it. `cause` is null for a verdict of the
 * run, or says what else stopped it (a sanitizer, a signal). At most 100 columns. */
void report_print(FILE *file, const struct run_view *view, const char *cause);

#endif
