/* SPDX-License-Identifier: Apache-2.0 */
/* What reports show of a subject: what is inside of it, drawn in lines, in a row of a table, and where its
 * own check finds something wrong. The subject draws; the floor prints. All of it reads a run and changes
 * nothing. */
#ifndef HARNESS_SCENE_H
#define HARNESS_SCENE_H

#include "json.h"
#include "run.h"

#include <stdio.h>

/* ---- A picture. -------------------------------------------------------------------------- */

enum { PICTURE_LINE_COUNT_MAX = 64, PICTURE_LINE_SIZE = 100 };

/* Two pictures in a row show what an op changed. */
struct picture {
    unsigned line_count;
    /* Lines that found no room: a large subject is drawn in part, what is in use first. */
    unsigned omitted_count;
    char lines[PICTURE_LINE_COUNT_MAX][PICTURE_LINE_SIZE];
    /* What the model has in a line's place where it differs; else empty. */
    char expected[PICTURE_LINE_COUNT_MAX][PICTURE_LINE_SIZE];
};

/* The subject's: draws it as it is now. */
void picture_take(const struct run_view *view, struct picture *picture);

/* Adds a line, or counts it as omitted. At most PICTURE_LINE_SIZE - 1 bytes of it. */
void picture_add(struct picture *picture, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the picture; lines that `before` does not have are marked with '*', and what the model has
 * instead stands below. `before` may be null. At most 100 columns. Returns the number of lines that
 * differ from the model. */
unsigned picture_print(FILE *file, const struct picture *picture, const struct picture *before);

/* The number of lines that differ from the model. */
unsigned picture_difference_count(const struct picture *picture);

/* ---- A row of a table. ------------------------------------------------------------------- */

enum { ROW_TEXT_SIZE = 64 };

/* COLUMN(identifier, head, name in JSON) of tables.h; the first is the last to go where there is no room. */
enum row_column {
#define ROW_COLUMN_ENUM(name, ...) ROW_##name,
    COLUMN_TABLE(ROW_COLUMN_ENUM)
#undef ROW_COLUMN_ENUM
        ROW_COLUMN_COUNT
};

/* Texts are empty where there is nothing to say, or no room to say it. */
struct row {
    char cells[ROW_COLUMN_COUNT][ROW_TEXT_SIZE];
    char note[ROW_TEXT_SIZE]; /* what the op did beside its own key */
    /* The floor's: scene_answer_origin, or empty; and whether inside it is not what the model has. */
    char answer_origin[ROW_TEXT_SIZE];
    bool differs;
};

/* The subject's: the row after op `op_index`. Notes are about what has changed since the row before of the
 * same pass. */
void row_take(const struct run_view *view, uint32_t op_index, struct row *row);

/* ---- What is wrong. ---------------------------------------------------------------------- */

enum {
    SCENE_WORDS_SIZE = 400,
    EXHIBIT_ROW_COUNT_MAX = 24,
    EXHIBIT_WORDS_SIZE = 180,
    EXHIBIT_BROKEN_SIZE = 180,
    EXHIBIT_MEMBERS_SIZE = 240
};

/* A structure inside that contradicts itself, piece by piece. */
struct exhibit {
    char title[40]; /* "What disagrees in ..." */
    char head[40];  /* how large it is */
    uint32_t row_count;
    char omitted[40]; /* what there is beside the rows; empty where they are all */
    struct exhibit_row {
        char words[EXHIBIT_WORDS_SIZE];
        char broken[EXHIBIT_BROKEN_SIZE];   /* what disagrees here; empty where nothing does */
        char members[EXHIBIT_MEMBERS_SIZE]; /* the facts, as members of a JSON object */
    } rows[EXHIBIT_ROW_COUNT_MAX];
};

/* The subject's: no rows where its own check finds nothing. */
void exhibit_take(const struct run_view *view, struct exhibit *exhibit);

/* A row a line, below it a line '!' and what disagrees there. At most 100 columns. */
void exhibit_print(FILE *file, const struct exhibit *exhibit);

/* The subject's: what its own check finds, and where. False, and no words, where it finds nothing. */
bool scene_check(const struct run_view *view, char words[SCENE_WORDS_SIZE]);

/* The subject's: where the value that op `op_index` answered comes from, if no op has stored it; else
 * null. Static, until the next call. */
const char *scene_answer_origin(const struct run_view *view, uint32_t op_index);

/* The subject's, for a record (docs/record.md): members that tell what has changed since the last call. One
 * record a process, of one pass. `picture` is what the page draws of any subject. */
void record_state(struct json *json, const struct run_view *view);

/* The subject's: what an op asked for, where its text does not say it. Else empty. */
void scene_asked(const struct run_view *view, struct op op, char words[SCENE_WORDS_SIZE]);

/* The subject's: whether two keys fall into the same place of it, KEY_PLACE_NOUN. */
bool scene_keys_share_place(const struct world *world, unsigned a, unsigned b);

#endif
