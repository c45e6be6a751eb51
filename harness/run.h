/* SPDX-License-Identifier: Apache-2.0 */
/* The seam: what a subject supplies beside its tables (tables.h), and all that the floor sees of a run.
 * Reports, reducer, page and programs go through this. A subject has its own cost.h and rules.h besides.
 *
 * Each function here is the subject's, but for those with a body. subjects/plain has them for one that is a
 * struct beside a model: plain.h. */
#ifndef HARNESS_RUN_H
#define HARNESS_RUN_H

#include "stream.h"
#include "verdict.h"

/* What an op answered, and what the model said that it should. */
struct step {
    struct result actual, expected;
};

/* A run where it stands: in an op, or behind the last one. */
struct run_view {
    const struct stream *stream;
    const struct step
        *steps; /* by op; the expected ones up to op_index, the actual ones below answered_count */
    uint32_t answered_count; /* in a call for many the subject is ahead of the models */
    struct world world;      /* of the pass, and as an op has remade it */
    enum pass pass;
    uint32_t op_index;    /* the op count in the final verification */
    bool in_init;         /* the subject is being made, before the first op */
    bool is_live;         /* there is a subject, which can be looked at */
    uint32_t value_count; /* ops so far that store, failed ones too: the number of the last value */
    struct verdict verdict;
};

struct run_options {
    uint32_t layers;       /* bits of enum layer; LAYERS_ALL */
    bool at_end_only;      /* nothing is examined after an op but its answer; the rest at the end */
    bool shows_all_passes; /* on_op is called in each pass, not in the first one alone */
    /* Called at the failing place, before its stack is gone; a fuzz target reports and traps here.
     * Null, or a function that returns: the run ends with its verdict. */
    void (*on_failure)(const struct run_view *view);
    /* Called after each op, for a trace that is shown as it runs; may be null. */
    void (*on_op)(const struct run_view *view, void *context);
    void *context;
    /* Null, or what each op must answer in the first pass: OUTCOME_NONE where anything will do. */
    const struct result *expectations;
};

/* Runs the stream, in all of its passes. The one body that the fuzz target, ./trace, ./soak and the tests
 * share, so that they cannot drift apart. Returns the view of the pass that failed, its verdict within, or
 * null when all passes agree. It is good until the next call. Not reentrant, and costs no allocation. */
const struct run_view *run(const struct stream *stream, const struct run_options *options);

/* After a run that agrees: a digest of all answers and of the final state, in the first pass. */
uint64_t run_digest(void);

/* The pass that is running, for a report from a sanitizer's callback; null between runs. */
const struct run_view *run_current(void);

/* After an op of the first pass: tells a fuzzing engine what the run has been through, beside its edges.
 * O(1). */
void run_guide(const struct run_view *view);

/* The world in which the first pass alone is what a pass is in `world`. */
struct world run_world_alone(const struct world *world, enum pass pass);

/* What each op of the stream must answer, by the models alone. O(ops). */
void run_predict(const struct stream *stream, struct result *outcomes);

/* The version of the library under test. Static. */
const char *run_library_version(void);

/* What the subject answered to an op; OUTCOME_NONE where it has not. */
static inline struct result run_answer(const struct run_view *view, uint32_t index) {
    return index < view->answered_count ? view->steps[index].actual : result_of(OUTCOME_NONE);
}

/* True within a call for many before its last op: what compares the subject with the model waits for that. */
static inline bool run_is_ahead(const struct run_view *view) {
    return view->op_index + 1 < view->answered_count;
}

/* One past the op that stands; of those that are one call with it, past the last. */
static inline uint32_t run_call_end(const struct run_view *view, uint32_t index) {
    const uint32_t start = stream_batch_start(view->stream, index);
    return start + stream_batch_count(view->stream, start);
}

#endif
