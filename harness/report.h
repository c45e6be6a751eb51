/* SPDX-License-Identifier: Apache-2.0 */
/* The report of a failure for a terminal: what is wrong in domain words, the failing op with the
 * ops before it, the map's answers beside the model's, and what to do next. Knows how to show a
 * run, not how to make one. */
#ifndef HARNESS_REPORT_H
#define HARNESS_REPORT_H

#include "environment.h"
#include "subject_broken.h"

#include <stdio.h>

/* Prints a text at the report's indent of 6 columns, broken at blanks before column 101. `head`, of at
 * most 6 characters, stands in the indent of the first line: "FAIL", or "". */
void report_text(FILE *file, const char *head, const char *text);

/* A row in words: "bucket 3   entry 1: key 4 = value 5, home 2". Without what disagrees. `size` is
 * INDEX_LINE_SIZE at least. */
void index_row_words(const struct index_row *row, char *words, size_t size);

/* Prints the buckets of the stash and the entries that they name, a line each; below a line '!' and what
 * disagrees there. At most 100 columns. */
void report_index(FILE *file, const struct stash_index *index);

/* The op where a run stopped and the 20 before it. `cause` is null for a verdict of the
 * environment, or says what else stopped it (a sanitizer, a signal). At most 100 columns. */
void report_print(FILE *file, const struct environment *environment, const char *cause);

#endif
