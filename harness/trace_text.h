/* SPDX-License-Identifier: Apache-2.0 */
/* Text <-> stream: the form that people read, write and commit. docs/input-format.md describes it.
 *
 *     NAME-trace 1                     the subject's name, the version
 *     geometry FIELD=NUMBER ...        the world: FIELD_TABLE
 *     upsert 3 = inserted    # value 1
 *     get 3 = 1
 *
 * What stands after = is an outcome, and optional; replay checks it. Ops that store have the values 1, 2, 3,
 * ... in the order of the file. Knows streams, nothing of the subject or the model. */
#ifndef HARNESS_TRACE_TEXT_H
#define HARNESS_TRACE_TEXT_H

#include "stream.h"

#include <stdio.h>

#define TRACE_TEXT_MAGIC SUBJECT_NAME "-trace"

struct trace_error {
    unsigned line, column; /* from 1 */
    char message[200];     /* what was wrong and what was expected, without a full stop */
};

/* True when the bytes are meant as a text trace: they start with TRACE_TEXT_MAGIC, or with a comment
 * and one of their lines does, behind a UTF-8 byte order mark or not; or they are UTF-16, which the parser
 * refuses. (No input of bytes starts with '#' or a mark: that would be another version.) */
bool trace_text_is(const uint8_t *bytes, size_t size);

/* Parses `size` bytes of text. `expectations` has room for STREAM_OP_COUNT_MAX results,
 * OUTCOME_NONE where the text says none. False, and *error, at the first mistake, and at the op with which
 * the stream is more work than WORK_MAX (work.h). */
bool trace_text_parse(const char *text, size_t size, struct stream *stream,
                      struct result *expectations, struct trace_error *error);

/* One op in text, without an outcome, into `text` (at most `size` bytes, terminated). */
void trace_text_op(struct op op, char *text, size_t size);

/* Room for the text of any op: the longest is one whose operand is a header byte's fields. */
enum { TRACE_TEXT_OP_SIZE = 64, TRACE_TEXT_WORLD_SIZE = 256 };

/* One outcome in text: "17" for a found value, else its name. */
void trace_text_result(struct result result, char *text, size_t size);

/* The world's fields, as on the geometry line, without the word. */
void trace_text_world(const struct world *world, char *text, size_t size);

/* The head (magic and world), and one line an op. `outcomes` may be null; otherwise outcome i is
 * written after op i unless it is OUTCOME_NONE. */
void trace_text_print(FILE *file, const struct stream *stream, const struct result *outcomes);

#endif
