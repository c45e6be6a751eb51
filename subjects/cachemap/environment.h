/* SPDX-License-Identifier: Apache-2.0 */
/* The environment: runs one stream through a subject and, beside it, through the model and the
 * policy model, and compares them. Oracle layers 1 to 7 and parts of 9 are here; passes.h makes the
 * passes that layers 8 and 9 compare. */
#ifndef HARNESS_ENVIRONMENT_H
#define HARNESS_ENVIRONMENT_H

#include "environment_state.h"

/* Once, before the first run, of an environment that is static: all 0, and none of its many pages touched.
 * The arena is SUBJECT_ARENA_SIZE bytes, SUBJECT_ALIGNMENT_MAX aligned. */
void environment_create(struct environment *environment, unsigned char *arena);

/* Runs the whole stream in `world` (that of the stream, or of the pass). The verdict is in
 * environment->view.verdict; steps up to and including the failing op are filled in. */
void environment_run(struct environment *environment, const struct stream *stream,
                     const struct world *world, const struct environment_options *options);

/* The same in parts, for a search that chooses each op when it has seen the last (explorer/). `stream` has
 * room for one op: each is applied as its op 0. All keys of the stream count as named. Each returns false
 * where the run has ended with a verdict; then only environment_begin may follow. */

/* A new map and new models. */
bool environment_begin(struct environment *environment, const struct stream *stream,
                       const struct world *world, const struct environment_options *options);
/* One op, with the layers that look at an op. */
bool environment_apply(struct environment *environment, struct op op);
/* The whole state, with all layers that look at a state: what `inspect` and the comparisons after an op
 * do, for all keys and sets. Changes nothing. O(state). */
bool environment_audit(struct environment *environment);
/* Gives the map back. */
bool environment_end(struct environment *environment);

#endif
