/* SPDX-License-Identifier: Apache-2.0 */
/* The search: breadth first over all states of a world, one level after the other, on several processes.
 * An edge is one op in one state: the state's code is made a live subject with its models, the op is
 * applied with all layers that look at an op, and what comes out is encoded. What looks at a whole state (the
 * subject's own check, the comparison with its models) is done once for each state, when it is first reached:
 * equal codes give equal answers.
 *
 * The first finding in the order of ranks and ops is kept; its distance is the shortest there is.
 * Processes and not threads: a crash or an endless loop of the subject is a finding like any other. */
#ifndef EXPLORER_SEARCH_H
#define EXPLORER_SEARCH_H

#include "expression.h"
#include "store.h"

enum { SEARCH_JOB_COUNT_MAX = 64 };

enum search_end {
    SEARCH_FIXPOINT,    /* every state of the world was visited */
    SEARCH_FINDING,     /* an edge broke the contract */
    SEARCH_REACHED,     /* an edge made the expression true */
    SEARCH_DEPTH,       /* the depth bound */
    SEARCH_MEMORY,      /* the memory bound */
    SEARCH_INTERRUPTED, /* Ctrl-C */
    SEARCH_BROKEN       /* no process could be started; errno says why */
};

enum finding_kind {
    FINDING_NONE,
    FINDING_VERDICT, /* a layer of the oracle; the invariant is known */
    FINDING_UNSAID,  /* memory of the subject that has a meaning says what inspection does not */
    FINDING_CRASH, /* the process died in the op: a signal, a sanitizer's report, an endless loop */
    FINDING_GOAL   /* no bug: the expression is true after it */
};

struct finding {
    enum finding_kind kind;
    uint32_t rank; /* of the state, and the op's number in the world */
    uint32_t op;
    enum invariant invariant;
    char detail[240];
};

/* finding.op of the first state, to which no op has led. */
#define FINDING_NO_OP UINT32_MAX

struct search;

struct search_options {
    unsigned job_count;
    uint32_t depth_max;
    const struct expression *goal; /* or null */
    /* About once a second, and after each level; may be null. */
    void (*on_progress)(const struct search *search);
};

struct search {
    const struct space *space;
    struct store *store;
    struct search_options options;
    uint32_t cursor; /* states below this rank are expanded */
    uint64_t edge_count;
    struct finding finding;
};

/* Goes on from where the search is: a new one (search_begin), or one that has ended by a bound or Ctrl-C
 * and may have been written to a file between. */
enum search_end search_run(struct search *search);

/* The first state, as level 0, in an empty store. SEARCH_FIXPOINT when all is well; SEARCH_FINDING where a
 * new subject is broken, or SEARCH_REACHED where the expression is true of it: finding.op is
 * FINDING_NO_OP. */
enum search_end search_begin(struct search *search);

/* The code of the first state alone. False where a new subject is broken, as search_begin would say. */
bool search_first(struct search *search, struct state *state);

/* Distance of the level that is being expanded: the length of the shortest way to its states. */
uint32_t search_depth(const struct search *search);

/* States that have been found and not been expanded. */
uint32_t search_frontier(const struct search *search);

#endif
