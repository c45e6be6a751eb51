/* SPDX-License-Identifier: Apache-2.0 */
/* What the two forms of ./trace explain share: the sentences. */
#ifndef TOOLS_TRACE_EXPLAIN_H
#define TOOLS_TRACE_EXPLAIN_H

#include "trace_explanation.h"

enum { EXPLAIN_SENTENCE_SIZE = VERDICT_DETAIL_SIZE + 100 };

/* The bug in a sentence: the op, and what is wrong with it. `size` is EXPLAIN_SENTENCE_SIZE at least. */
void explain_sentence(const struct explanation *explanation, char *sentence, size_t size);

/* What a caller sees of a failure that was found inside, "a caller sees: ..."; empty where the failure is an
 * answer itself, or nothing is known. Static, until the next call. */
const char *explain_observation(const struct explanation *explanation);

/* A command to go on with, and what it is for. It is one line of a shell, and runs in any folder. `index` is
 * below EXPLAIN_NEXT_COUNT. `program` is how ./trace was called, `path` the input's. */
enum { EXPLAIN_NEXT_COUNT = 4 + SUBJECT_HAS_GDB };
const char *explain_next_purpose(unsigned index);
void explain_next_write(FILE *file, const char *program, const char *path, unsigned index);

/* The whole as JSON Lines on standard output: docs/explain-json.md. */
void explain_print_json(const struct explanation *explanation, const char *program,
                        const char *path);

#endif
