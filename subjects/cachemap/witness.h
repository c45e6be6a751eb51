/* SPDX-License-Identifier: Apache-2.0 */
/* Witnesses: what can happen in a cache map, as a list of labels, and which of them happen in a
 * run.
 *
 * A label is a name, a sentence and a predicate over an event: one op, its answer, and the map before
 * and after it. What inspection does not say (where the sweep of an upsert ended) is computed here
 * from the contract. Knows a running environment, by inspection only; nothing of files, nothing of
 * the models but which set and tag a key has. Witnesses are Alloy's instances (Jackson 2002): an
 * example of each thing that a specification allows. */
#ifndef HARNESS_WITNESS_H
#define HARNESS_WITNESS_H

#include "environment.h"
#include "witness_labels.h"

/* The label of this name, as an index, or witness_label_count. */
uint32_t witness_find(const char *name);

#define WITNESS_NEVER UINT32_MAX

/* What has been seen of a run. Zeroed by witness_run; large, so static. */
struct witness_watch {
    struct witness_state states[2], at_open;
    unsigned now; /* which of the states is the latest */
    struct witness_past past[KEY_COUNT_MAX];
    /* By label: the op at which it happened first, and last, or WITNESS_NEVER. */
    uint32_t first_op[WITNESS_LABEL_COUNT_MAX], last_op[WITNESS_LABEL_COUNT_MAX];
};

/* Runs all passes of the stream and watches the one with the cache. The reads that the stream's
 * read mode adds are left out: what happens is the ops' own doing. `expectations` as in
 * run_options. Returns what run does: null where all agrees; otherwise `watch` says what
 * happened until then. Costs the run and, an op, O(slots + stash + records + labels). Not
 * reentrant. */
const struct run_view *witness_run(const struct stream *stream, const struct result *expectations,
                                   struct witness_watch *watch);

#endif
