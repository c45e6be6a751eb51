/* SPDX-License-Identifier: Apache-2.0 */
/* The map in one row of a table: cache, stash and scope log in a few words each, and which keys an op
 * moved. For small worlds; subjects/cachemap/picture.h draws the others. Reads a running environment by
 * inspection and changes nothing. */
#ifndef TOOLS_TRACE_ROW_H
#define TOOLS_TRACE_ROW_H

#include "environment.h"

enum { ROW_TEXT_SIZE = 64 };

/* Texts are empty where there is nothing to say, or no room to say it. */
struct row {
    char
        cache[ROW_TEXT_SIZE]; /* ">0=3x1  .": key=value x count, '>' at the clock hand, '.' is free;
                            for a number that no op has stored "fill", "zero", or a '?' behind it */
    char
        stash[ROW_TEXT_SIZE]; /* "{0=1 2=-}": key=value, '-' is a tombstone; in the order of keys */
    char log[ROW_TEXT_SIZE];  /* "[0 1 -2]": the keys changed in the open scope, '-' removed */
    /* "0 to stash": keys that moved, beside the op's own; of a refused init what it asked for. */
    char note[ROW_TEXT_SIZE];
    /* Where the value that the map answered comes from, if no op has stored it; else empty. */
    char answer_origin[ROW_TEXT_SIZE];
    bool differs; /* the naive map has something else */
};

/* Where the keys were when the row before was taken; all zero at first. */
struct row_places {
    enum place places[KEY_COUNT_MAX];
};

/* The row after op `op_index`; O(named keys + sets x ways of a small cache + stash). */
void row_take(const struct environment *environment, uint32_t op_index, struct row_places *before,
              struct row *row);

#endif
