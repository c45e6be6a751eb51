/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of generated programs that stand before main, from subjects/cachemap/program/, and the
 * notation of their names. Text only: knows nothing of streams. */
#ifndef SUBJECT_PROGRAM_PARTS_H
#define SUBJECT_PROGRAM_PARTS_H

#include <stdio.h>

/* What stands in a map's text for the 0 in names, and for key0. */
struct part_words {
    char suffix[12]; /* nothing for the first map, then "2", "3", ... */
    const char *key_type;
};

/* printf, less than a kilobyte of it, in that notation. */
void parts_print(FILE *file, const struct part_words *words, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* All parts that maps share, and behind them all of each map. */
void parts_of_program(FILE *file);
void parts_of_map(FILE *file, const struct part_words *words);

/* Of such parts, which it cuts up, those that the other texts use and what these use. Not reentrant. */
void parts_write(FILE *file, char *parts, const char *types, const char *body);

#endif
