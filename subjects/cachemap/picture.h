/* SPDX-License-Identifier: Apache-2.0 */
/* A picture of the map in words and lines, beside what the naive map has: sets with hand, keys, values
 * and counts; the stash; the scope log. Two pictures in a row show what an op changed. Reads a running
 * environment by inspection and changes nothing. */
#ifndef HARNESS_PICTURE_H
#define HARNESS_PICTURE_H

#include "environment.h"

#include <stdio.h>

enum { PICTURE_LINE_COUNT_MAX = 64, PICTURE_LINE_SIZE = 100 };

struct picture {
    unsigned line_count;
    /* Lines that found no room: a large map is drawn in part, the sets and entries in use first. */
    unsigned omitted_count;
    char lines[PICTURE_LINE_COUNT_MAX][PICTURE_LINE_SIZE];
    /* What the naive map has in a line's place where it differs; else empty. */
    char expected[PICTURE_LINE_COUNT_MAX][PICTURE_LINE_SIZE];
};

/* Draws the environment's map as it is now. */
void picture_take(const struct environment *environment, struct picture *picture);

/* Prints the picture; lines that `before` does not have are marked with '*', and what the naive map has
 * instead stands below. `before` may be null. At most 100 columns. Returns the number of lines that
 * differ from the naive map. */
unsigned picture_print(FILE *file, const struct picture *picture, const struct picture *before);

/* The number of lines that differ from the naive map. */
unsigned picture_difference_count(const struct picture *picture);

#endif
