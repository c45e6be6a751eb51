/* SPDX-License-Identifier: Apache-2.0 */
/* The search behind search.h. */
#include "search.h"

#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK_STATE_COUNT = 32, CHUNK_CPU_SECONDS = 20 };

/* Where a process is, for the one that finds it dead; and what it has found. */
struct worker_shared {
    _Atomic uint32_t rank, op;
    _Atomic uint64_t edge_count;
    struct finding finding;
};

struct search_shared {
    _Atomic uint32_t cursor; /* the first state that no process has taken */
    _Atomic uint32_t limit;  /* from this rank on none need be expanded: there is a finding */
    _Atomic bool stop;
    struct worker_shared workers[SEARCH_JOB_COUNT_MAX];
};

static struct search_shared *shared;

/* ---- One process. ------------------------------------------------------------------------ */

static void note(struct finding *finding, enum finding_kind kind, uint32_t rank, uint32_t op) {
    if (finding->kind != FINDING_NONE)
        return;
    finding->kind = kind;
    finding->rank = rank;
    finding->op = op;
    finding->invariant = live_view()->verdict.invariant;
    memcpy(finding->detail, live_view()->verdict.detail, sizeof finding->detail);
}

/* What an edge leaves for the next. */
struct walk {
    bool at_state; /* the state that is expanded is live: it need not be decoded */
    bool spent;    /* there is no memory for a new state */
};

/* The state that an op has led to: whole, new or known, and right. */
static enum finding_kind judge(struct search *search, const struct state *from, uint64_t origin,
                               struct op op, struct walk *walk) {
    struct state state;
    struct naming naming;
    if (!live_encode(search->space, &state, &naming))
        return live_audit() ? FINDING_UNSAID : FINDING_VERDICT;
    if (state_equal(&state, from)) {
        /* A store has another number, and a code that is equal may be of other keys. */
        walk->at_state = !op_is(op, TRAIT_STORES) && naming_is_plain(&naming, search->space);
        return FINDING_NONE;
    }
    switch (store_add(search->store, &state, origin)) {
    case STORE_KNOWN: return FINDING_NONE;
    case STORE_SPENT: walk->spent = true; return FINDING_NONE;
    case STORE_NEW: break;
    }
    return live_audit() ? FINDING_NONE : FINDING_VERDICT;
}

/* The op in the state that is live; and then whether it is live still. */
static enum finding_kind edge(struct search *search, const struct state *from, uint64_t origin,
                              struct op op, struct walk *walk) {
    const struct expression *goal = search->options.goal;
    struct expression_before before = {0};
    enum finding_kind kind;
    if (!walk->at_state)
        live_decode(search->space, from);
    walk->at_state = false;
    if (goal != NULL)
        before = expression_look(goal, op);
    if (!live_apply(op))
        return FINDING_VERDICT;
    kind = judge(search, from, origin, op, walk);
    if (kind == FINDING_NONE && goal != NULL && expression_is_true(goal, &before))
        kind = FINDING_GOAL;
    return kind;
}

/* After a verdict there is no subject, and an op that remakes it has taken memory from another source. False
 * with a verdict of the end. */
static bool renew(const struct space *space, bool is_live) {
    const bool ended = !is_live || live_end();
    return ended && live_begin(space);
}

/* All ops in one state. False where the memory is spent: the state counts as not expanded. */
static bool expand(struct search *search, struct worker_shared *worker, uint32_t rank) {
    struct state from;
    uint64_t origin;
    struct walk walk = {false, false};
    store_get(search->store, rank, &from, &origin);
    atomic_store_explicit(&worker->rank, rank, memory_order_relaxed);
    for (uint32_t i = 0; i < search->space->op_count && !walk.spent; i += 1) {
        const struct op op = search->space->ops[i];
        enum finding_kind kind;
        atomic_store_explicit(&worker->op, i, memory_order_relaxed);
        kind = edge(search, &from, STORE_ORIGIN(rank, i), op, &walk);
        if (kind != FINDING_NONE)
            note(&worker->finding, kind, rank, i);
        if (kind != FINDING_VERDICT && !op_is(op, TRAIT_REMAKES))
            continue;
        walk.at_state = false;
        if (!renew(search->space, kind != FINDING_VERDICT)) {
            note(&worker->finding, FINDING_VERDICT, rank, i);
            if (!live_begin(search->space))
                abort();
        }
    }
    atomic_fetch_add_explicit(&worker->edge_count, search->space->op_count, memory_order_relaxed);
    return !walk.spent;
}

static void lower(_Atomic uint32_t *number, uint32_t to) {
    uint32_t known = atomic_load(number);
    while (to < known && !atomic_compare_exchange_weak(number, &known, to))
        continue;
}

/* Expands states of the level until there are none, or no memory, or an end is asked for. */
static void work(struct search *search, struct worker_shared *worker) {
    const uint32_t end = search->store->level_begin[search->store->level_count];
    store_enter(search->store);
    if (!live_begin(search->space))
        abort();
    while (!atomic_load(&shared->stop) && !store_is_crowded(search->store) &&
           !atomic_load(&search->store->shared->memory_spent)) {
        const uint32_t first = atomic_fetch_add(&shared->cursor, CHUNK_STATE_COUNT);
        stop_limit_cpu(CHUNK_CPU_SECONDS);
        for (uint32_t rank = first; rank < end && rank < first + CHUNK_STATE_COUNT; rank += 1)
            if (rank < atomic_load(&shared->limit) && !expand(search, worker, rank))
                lower(&shared->limit, rank);
        stop_limit_cpu(0);
        if (worker->finding.kind != FINDING_NONE)
            lower(&shared->limit, worker->finding.rank + 1);
        if (first >= end || first >= atomic_load(&shared->limit))
            return;
    }
}

/* ---- Findings of several processes. ------------------------------------------------------- */

static bool is_before(const struct finding *a, const struct finding *b) {
    return a->rank != b->rank ? a->rank < b->rank : a->op < b->op;
}

static void keep_first(struct search *search, const struct finding *finding) {
    if (finding->kind != FINDING_NONE &&
        (search->finding.kind == FINDING_NONE || is_before(finding, &search->finding)))
        search->finding = *finding;
}

/* ---- All processes. ---------------------------------------------------------------------- */

static void on_tick(int signal_number) {
    (void)signal_number; /* it is there to interrupt a wait */
}

static void ticks(bool on) {
    const struct sigaction action = {.sa_handler = on_tick};
    const struct itimerval second = {.it_interval = {.tv_sec = on}, .it_value = {.tv_sec = on}};
    if (on)
        (void)sigaction(SIGALRM, &action, NULL);
    (void)setitimer(ITIMER_REAL, &second, NULL);
}

/* A process has ended in the middle of an op. */
static void note_death(struct search *search, const struct worker_shared *worker, int status) {
    struct finding finding = {
        .kind = FINDING_CRASH, .rank = atomic_load(&worker->rank), .op = atomic_load(&worker->op)};
    if (WIFEXITED(status))
        (void)snprintf(finding.detail, sizeof finding.detail,
                       "the " SUBJECT_NOUN " ended the program (exit status %d): see above",
                       WEXITSTATUS(status));
    else
        (void)snprintf(finding.detail, sizeof finding.detail,
                       "the " SUBJECT_NOUN " ended the program: %s", strsignal(WTERMSIG(status)));
    keep_first(search, &finding);
    lower(&shared->limit, finding.rank + 1);
}

/* Waits for the process, and tells of the progress meanwhile. */
static void wait_for(struct search *search, pid_t process, const struct worker_shared *worker) {
    int status = 0;
    while (waitpid(process, &status, 0) == -1 && errno == EINTR) {
        if (stop_requested())
            atomic_store(&shared->stop, true);
        if (search->options.on_progress != NULL)
            search->options.on_progress(search);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_INTERRUPTED)
        atomic_store(&shared->stop, true);
    else if (status != 0)
        note_death(search, worker, status);
    keep_first(search, &worker->finding);
    search->edge_count += atomic_load(&worker->edge_count);
}

/* One round of all processes over what is left of the level. False if none could be started. */
static bool round_of_workers(struct search *search) {
    pid_t processes[SEARCH_JOB_COUNT_MAX];
    const uint32_t end = search->store->level_begin[search->store->level_count];
    const uint32_t useful = (end - search->cursor + CHUNK_STATE_COUNT - 1) / CHUNK_STATE_COUNT;
    const unsigned job_count =
        search->options.job_count < useful ? search->options.job_count : useful;
    unsigned count = 0;
    memset(shared, 0, sizeof *shared);
    atomic_store(&shared->cursor, search->cursor);
    atomic_store(&shared->limit, UINT32_MAX);
    (void)fflush(NULL);
    for (; count < job_count; count += 1) {
        processes[count] = fork();
        if (processes[count] == 0) {
            work(search, &shared->workers[count]);
            _exit(EXIT_AGREES);
        }
        if (processes[count] == -1)
            break;
    }
    for (unsigned i = 0; i < count; i += 1)
        wait_for(search, processes[i], &shared->workers[i]);
    /* What is below the cursor is expanded, but where the memory was spent on the way. */
    search->cursor = atomic_load(&shared->cursor) < end ? atomic_load(&shared->cursor) : end;
    if (atomic_load(&shared->limit) < search->cursor)
        search->cursor = atomic_load(&shared->limit);
    return count > 0;
}

static enum search_end ended_by(const struct search *search) {
    return search->finding.kind == FINDING_GOAL ? SEARCH_REACHED : SEARCH_FINDING;
}

/* A new subject: what is wrong with it, or the code of it. */
static enum finding_kind first_state(struct search *search, struct state *state) {
    struct naming naming;
    bool said;
    if (!live_begin(search->space))
        return FINDING_VERDICT;
    said = live_encode(search->space, state, &naming);
    if (!live_audit())
        return FINDING_VERDICT;
    return said ? FINDING_NONE : FINDING_UNSAID;
}

enum search_end search_begin(struct search *search) {
    const struct expression *goal = search->options.goal;
    struct state state;
    enum finding_kind kind = first_state(search, &state);
    search->cursor = 0;
    search->edge_count = 0;
    search->finding.kind = FINDING_NONE;
    if (kind == FINDING_NONE) {
        (void)store_add(search->store, &state, 0);
        (void)store_next_level(search->store);
    }
    if (kind == FINDING_NONE && goal != NULL && expression_is_true(goal, NULL))
        kind = FINDING_GOAL;
    if (kind != FINDING_VERDICT && !live_end())
        kind = FINDING_VERDICT;
    note(&search->finding, kind, 0, FINDING_NO_OP);
    return kind == FINDING_NONE ? SEARCH_FIXPOINT : ended_by(search);
}

bool search_first(struct search *search, struct state *state) {
    const enum finding_kind kind = first_state(search, state);
    return (kind == FINDING_VERDICT || live_end()) && kind == FINDING_NONE;
}

uint32_t search_depth(const struct search *search) {
    return search->store->level_count - 1;
}

uint32_t search_frontier(const struct search *search) {
    return store_state_count(search->store) - search->cursor;
}

/* One round, and what came of it. SEARCH_FIXPOINT: nothing, it goes on. */
static enum search_end search_round(struct search *search) {
    if (!round_of_workers(search))
        return SEARCH_BROKEN;
    if (search->finding.kind != FINDING_NONE)
        return ended_by(search);
    if (atomic_load(&search->store->shared->memory_spent) ||
        (store_is_crowded(search->store) && !store_grow(search->store)))
        return SEARCH_MEMORY;
    return stop_requested() ? SEARCH_INTERRUPTED : SEARCH_FIXPOINT;
}

enum search_end search_run(struct search *search) {
    enum search_end end = SEARCH_FIXPOINT;
    if (shared == NULL)
        shared =
            mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return SEARCH_BROKEN;
    ticks(true);
    while (end == SEARCH_FIXPOINT) {
        if (search->cursor == search->store->level_begin[search->store->level_count] &&
            !store_next_level(search->store))
            break;
        if (search->options.on_progress != NULL)
            search->options.on_progress(search);
        if (search_depth(search) == search->options.depth_max)
            end = SEARCH_DEPTH;
        else
            end = search_round(search);
    }
    ticks(false);
    return end;
}
