/* SPDX-License-Identifier: Apache-2.0 */
/* A text in a report for a terminal: broken into lines. */
#ifndef HARNESS_REPORT_TEXT_H
#define HARNESS_REPORT_TEXT_H

#include <stdio.h>

/* Prints a text at the report's indent of 6 columns, broken at blanks before column 101. `head`, of at
 * most 6 characters, stands in the indent of the first line: "FAIL", or "". */
void report_text(FILE *file, const char *head, const char *text);

#endif
