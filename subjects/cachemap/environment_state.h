/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of the environment (environment.h) consists of: its options, the map and both models, and where
 * it stands. The data alone: those who read it and the parts of the environment include this, and know
 * nothing of who runs it. */
#ifndef HARNESS_ENVIRONMENT_STATE_H
#define HARNESS_ENVIRONMENT_STATE_H

#include "model.h"
#include "policy.h"
#include "run.h"
#include "subject_snapshot.h"

#include <setjmp.h>

struct environment;

struct environment_options {
    uint32_t layers; /* bit of enum layer; LAYERS_ALL */
    enum pass pass;
    uint8_t fill; /* the pattern of the memory before init */
    enum subject_memory memory;
    bool at_end_only; /* nothing is examined after an op but its answer; the rest at the end */
    /* Called at the failing place, before its stack is gone; a fuzz target reports and traps here.
     * Null, or a function that returns: the run ends with its verdict. */
    void (*on_failure)(const struct run_view *view);
    /* Called after each op, for a trace that is shown as it runs; may be null. */
    void (*on_op)(const struct run_view *view, void *context);
    void *context;
    /* Null, or what each op must answer: OUTCOME_NONE where anything will do. */
    const struct result *expectations;
};

/* One call for several ops: made at the first of them, answered op by op. */
struct batch {
    uint32_t start, end; /* ops; end 0: none yet */
    struct result results[STREAM_BATCH_COUNT_MAX];
    bool intact[STREAM_BATCH_COUNT_MAX];
};

/* How far the looks are (environment_look.h). */
struct look {
    bool by_bytes;  /* behind this op the whole block is compared */
    bool may_fail;  /* this op may, and layer 3 looks */
    bool is_stale;  /* ops or reads since the last time that the block was compared */
    bool disagrees; /* what was touched before this op is not as it should be */
    uint32_t vain_walk_count;
    uint64_t digest; /* before this op, where it may fail and is not looked at by bytes */
};

/* What the single ops of a range answered, for layer 8: which of them failed, for whatever reason, and
 * what the others said. */
struct range_digest {
    uint64_t answers, failures;
    bool failed; /* one of them */
};

/* Where a range is. */
struct range_place {
    uint32_t number, count; /* of the op that it is at, from 1 on; 0: no range */
    unsigned key_id;
};

struct environment {
    struct run_view view; /* first: environment_of_view */
    struct environment_options options;
    struct geometry geometry; /* what view.world means */
    struct subject subject;
    struct model model;
    struct policy policy;
    struct batch batch;
    struct look look;
    struct range_place range;
    struct counts_state counts; /* the map's, after init and after each op */
    uint64_t digest;            /* of all answers so far; at the end, of the final state too */
    jmp_buf escape;
    /* The keys that the stream has named so far. What follows each op costs what they cost, and not
     * what the universe of keys does. */
    bool key_is_named[KEY_COUNT_MAX];
    uint32_t named_keys[KEY_COUNT_MAX];
    uint32_t named_key_count;
    /* Where the keys were when the scope was opened, in the order of named_keys: layer 4. A key that
     * was named since was nowhere. */
    struct place_state places_at_open[KEY_COUNT_MAX];
    uint32_t place_at_open_count;
    struct step steps[STREAM_OP_COUNT_MAX];          /* view.steps */
    struct range_digest ranges[STREAM_OP_COUNT_MAX]; /* of the steps that are ranges */
    bool in_stash[KEY_COUNT_MAX];                    /* before a compact */
    struct subject_snapshot snapshot;
};

/* Of a view that is an environment's: each that this subject gives out. */
static inline const struct environment *environment_of_view(const struct run_view *view) {
    return (const struct environment *)(const void *)view;
}

#endif
