/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a stream, watched: what each op answered, what was inside after it, and where it stopped. It
 * is in a process of its own, which may die of it; the story is in memory that both share, so that all is
 * known up to there. */
#ifndef TOOLS_TRACE_STORY_H
#define TOOLS_TRACE_STORY_H

#include "scene.h"

/* The rows of so many last ops are kept. */
enum { STORY_ROW_COUNT_MAX = 64, STORY_WORDS_SIZE = SCENE_WORDS_SIZE + 20 };

enum story_end {
    STORY_AGREES,
    STORY_FAILS, /* with a verdict */
    STORY_DIES   /* of a signal or a sanitizer: the state cannot be read any more */
};

struct story {
    enum story_end end;
    uint32_t stop;          /* the op where it stopped; the op count in the final verification */
    bool at_init;           /* before the first op: stop is 0, and no op has run */
    uint32_t call_end;      /* one past stop, or past the last op of the call that stop is in */
    enum pass pass;         /* of which all that follows is told */
    struct world world;     /* where it stopped: of the pass, and as an op has remade it */
    struct verdict verdict; /* only where it fails */
    /* Up to stop; of those from there to call_end the answer, if there is one. */
    struct step steps[STREAM_OP_COUNT_MAX];
    /* What is inside after each op; row i is that of op i, in place i % STORY_ROW_COUNT_MAX. That of the op
     * where it stopped is there where has_row is true. */
    struct row rows[STORY_ROW_COUNT_MAX];
    bool has_row;
    /* What is inside before and after the op where it stopped; after: only where has_row is true. */
    struct picture before, after;
    /* What the subject's own check finds where it stopped; empty where it finds nothing, or cannot look. */
    char broken[SCENE_WORDS_SIZE];
    struct exhibit exhibit;
    char asked[SCENE_WORDS_SIZE]; /* of the op where it stopped: scene_asked */
    /* Where it first differed inside from the model, or broke its own rules. */
    bool diverged;
    uint32_t diverged_at;
    char divergence[STORY_WORDS_SIZE]; /* what it was, in words */
    struct picture divergence_picture;
    struct exhibit divergence_exhibit; /* no rows where the check finds nothing */
};

/* Runs all passes of the stream by `layers` of the oracle (bits of enum layer) and tells of the pass that
 * failed, or of the last. Null where memory or a process cannot be had (errno says why); the story is
 * good until story_free. Costs a fork and a picture an op. */
struct story *story_watch(const struct stream *stream, uint32_t layers);
void story_free(struct story *story);

/* The row of op `index`, or null where it is not kept. */
const struct row *story_row(const struct story *story, uint32_t index);

#endif
