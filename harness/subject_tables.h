/* SPDX-License-Identifier: Apache-2.0 */
/* The subject's tables.h, and what holds where it says nothing. A table that is not there is empty, but for
 * the oracle's: they are those of subjects/plain. What each means stands in the map's, which has most.
 * tables_check.c refuses wrong rows.
 *
 * tables.h has at least SUBJECT_NAME, SUBJECT_FOLDER and SUBJECT_LIBRARY_HEADER; FIELD_TABLE with a row KEYS,
 * and WORLD_HEADER_SIZE, WORLD_DRAW_COUNT, WORLD_REDUCE_COUNT (world.h); OP_TABLE; OUTCOME_TABLE, whose first
 * rows are NONE and OK, with a row FOUND. One of plain.h has SUBJECT_VERSION besides, and what
 * subjects/plain/trace/program_write.c makes programs of. */
#ifndef HARNESS_SUBJECT_TABLES_H
#define HARNESS_SUBJECT_TABLES_H

/* What the floor knows of an op. Traits of the subject's own begin with TRAIT_OWN. */
enum {
    TRAIT_STORES = 1 << 0,  /* a value of its own; these are numbered, from 1 */
    TRAIT_BATCHED = 1 << 1, /* it is one call with the equal ones behind it */
    TRAIT_REMAKES = 1 << 2, /* behind it there is another subject, which is as fresh */
    TRAIT_OWN = 1 << 3
};

#include "tables.h"

#ifndef SUBJECT_NOUN
#    define SUBJECT_NOUN SUBJECT_NAME
#endif
/* What the names of the structure's functions begin with, in a sanitizer's report. */
#ifndef SUBJECT_FUNCTION_PREFIX
#    define SUBJECT_FUNCTION_PREFIX ""
#endif
/* Of ./trace gdb, from the root of the repository. */
#ifndef SUBJECT_GDB_SCRIPT
#    define SUBJECT_HAS_GDB    0
#    define SUBJECT_GDB_SCRIPT ""
#endif
#ifndef SUBJECT_LIBRARY_FOLDER
#    define SUBJECT_LIBRARY_FOLDER SUBJECT_FOLDER
#endif

/* Keys are below it. */
#ifndef SUBJECT_HAS_LIMITS
enum { KEY_COUNT_MAX = 256, STREAM_BATCH_COUNT_MAX = 1 };
#endif

#ifndef OPERAND_FIELDS_BYTE
#    define OPERAND_FIELDS_BYTE UINT8_MAX /* no header byte */
#    define OPERAND_FIELDS_NOUN "world"
#endif
#ifndef OPERAND_WORD_TABLE
#    define OPERAND_WORD_TABLE(WORD) WORD(NONE, "none", NONE)
#    define OPERAND_WORD_COUNT       1
#    define OPERAND_WORD_NOUN        "word"
#endif

/* Ops that bytes can say since version 2, behind those of OP_TABLE, and the slots of both. */
#ifndef OP_TABLE_MORE
#    define OP_TABLE_MORE(OP)
enum { OP_SLOT_COUNT_ALL = 64 };
#endif
#ifndef OUTCOME_OF_RANGE
#    define OUTCOME_OF_RANGE OUTCOME_FOUND
#endif
/* Ops that are one call at the most, in a world. */
#ifndef STREAM_BATCH_COUNT_MAX_IN
#    define STREAM_BATCH_COUNT_MAX_IN(world) ((void)(world), STREAM_BATCH_COUNT_MAX)
#endif
/* One world in so many has numbers of the second list of a field: world.h. 0: none. */
#ifndef WORLD_LARGE_ODDS
#    define WORLD_LARGE_ODDS 0
#endif

/* ---- Streams. ---------------------------------------------------------------------------- */

#ifndef WRAP_TABLE
#    define WRAP_TABLE(WRAP)
#endif
#ifndef LONE_TABLE
#    define LONE_TABLE(LONE)
#endif
#ifndef RUN_TABLE
#    define RUN_TABLE(RUN) RUN(FIRST, 1)
#endif
#ifndef FILL_TABLE
#    define FILL_TABLE(FILL) FILL(KEYS, 1, 1)
#endif
/* ROOM(field): what an op each fills. The reducer makes it smaller by as many as it takes ops away. */
#ifndef ROOM_TABLE
#    define ROOM_TABLE(ROOM)
#endif
#ifndef SIMPLER_TABLE
#    define SIMPLER_TABLE(SIMPLER)
#endif
#ifndef LIKE_TABLE
#    define LIKE_TABLE(LIKE)
#endif
#ifndef LOOK_OP
#    define LOOK_OP OP_KIND_COUNT
#endif
#ifndef LOOK_RANGE_OP
#    define LOOK_RANGE_OP OP_KIND_COUNT
#endif
#ifndef LOOK_AFTER_OP
#    define LOOK_AFTER_OP OP_KIND_COUNT
#endif
#ifndef DICTIONARY_SEQUENCES
#    define DICTIONARY_SEQUENCES(SEQUENCE)
#endif
#ifndef DICTIONARY_HEADERS
#    define DICTIONARY_HEADERS(HEADER)
#endif

/* ---- Reports. ---------------------------------------------------------------------------- */

#ifndef COLUMN_TABLE
#    define COLUMN_TABLE(COLUMN) COLUMN(INSIDE, "inside", "inside")
#endif
#ifndef EXHIBIT_KIND
#    define EXHIBIT_KIND "piece"
#endif
#ifndef LEGEND_TABLE
#    define LEGEND_TABLE(LEGEND)
#endif
#ifndef KEY_PLACE_NOUN
#    define KEY_PLACE_NOUN "place"
#endif

/* ---- The oracle of subjects/plain. -------------------------------------------------------- */

#ifndef LAYER_TABLE
#    define LAYER_TABLE(LAYER) LAYER(OUTCOME, "outcome", false) LAYER(STRUCTURE, "structure", true)
#    define INVARIANT_TABLE(INVARIANT) \
        INVARIANT(OUTCOME, LAYER_OUTCOME, check_outcome, SUBJECT_NOUN "_outcome == model_outcome", \
                  "an op answered other than the model says") \
        INVARIANT(STRUCTURE, LAYER_STRUCTURE, check_structure, SUBJECT_NOUN " == model", \
                  "what is inside is not what the model has") \
        INVARIANT(ASSERTION, LAYER_STRUCTURE, check_library_assertion, "library_assertion_holds", \
                  "an assertion of the library failed") \
        INVARIANT(EXPECTATION, LAYER_OUTCOME, check_expectation, \
                  SUBJECT_NOUN "_outcome == trace_outcome", \
                  "an op answered other than the trace says after its '='")
#    define INVARIANT_OF_ANSWER INVARIANT_NONE
#endif
#ifndef PASS_TABLE
#    define PASS_TABLE(PASS) PASS(PLAIN, "of the stream", "plain")
#endif

#endif
