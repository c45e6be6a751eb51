/* SPDX-License-Identifier: Apache-2.0 */
/* Distinct maps share nothing: eight threads, each with a map of its own, in pairs of one type.
 * Every operation is compared with a naive model, and the whole run with the same run made alone:
 * outcomes, places and metrics have to be equal, which state shared between maps would spoil. Built
 * with ThreadSanitizer, which sees the rest; tests/threads.sh plants both kinds of defect. */
#include "cache_map.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEY_COUNT = 96, THREAD_COUNT = 8, OP_COUNT = 20000, STEP_OP_COUNT = 500, MANY_COUNT = 7 };

/* ---- Random numbers, the model, the digest. ---------------------------------------------- */

struct random {
    uint64_t state;
};

/* splitmix64 */
static uint64_t random_next(struct random *random) {
    uint64_t word = random->state += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static uint64_t random_below(struct random *random, uint64_t limit) {
    return random_next(random) % limit;
}

enum model_state { MODEL_NEVER = 0, MODEL_VALUE, MODEL_REMOVED };

/* What was last done to a key, and whether that was since the last compact: then the map has it. */
struct model_entry {
    enum model_state state;
    bool certain;
    uint64_t number;
};

struct model {
    struct model_entry entries[KEY_COUNT];
};

/* What is in the cache stays, what is in the stash goes: the model does not know which. */
static void model_compact(struct model *model) {
    for (uint32_t key = 0; key < KEY_COUNT; key += 1) {
        model->entries[key].certain = false;
        if (model->entries[key].state == MODEL_REMOVED)
            model->entries[key].state = MODEL_NEVER;
    }
}

struct run {
    struct random random;
    uint32_t op_count;
    struct model model, before_scope;
    uint64_t digest;
    const char *failure;     /* null: none */
    pthread_barrier_t *step; /* null: alone */
};

/* All threads make each step before one makes the next. On few cores one would be done before the
 * next one starts, and ThreadSanitizer forgets threads that are done. */
static void run_step(struct run *run) {
    if (run->step != NULL)
        (void)pthread_barrier_wait(run->step);
}

static void run_note(struct run *run, uint64_t word) {
    run->digest = (run->digest ^ word) * UINT64_C(0x100000001b3);
    run->digest ^= run->digest >> 29;
}

static void run_fails(struct run *run, const char *failure) {
    if (run->failure == NULL)
        run->failure = failure;
}

/* ---- Four types of map. ------------------------------------------------------------------ */

#define WORKER_NAME       small
#define WORKER_PADDING    4
#define WORKER_WAYS       4
#define WORKER_TAG_BITS   8
#define WORKER_CLOCK_BITS 2
#define WORKER_POLICY     CACHE_MAP_POLICY_CLOCK
#include "threads_instance.h"

#define WORKER_NAME       common
#define WORKER_PADDING    52
#define WORKER_WAYS       16
#define WORKER_TAG_BITS   8
#define WORKER_CLOCK_BITS 2
#define WORKER_POLICY     CACHE_MAP_POLICY_CLOCK
#include "threads_instance.h"

#define WORKER_NAME       wide
#define WORKER_PADDING    116
#define WORKER_WAYS       8
#define WORKER_TAG_BITS   16
#define WORKER_CLOCK_BITS 4
#define WORKER_POLICY     CACHE_MAP_POLICY_CLOCK
#include "threads_instance.h"

#define WORKER_NAME       classic
#define WORKER_PADDING    20
#define WORKER_WAYS       2
#define WORKER_TAG_BITS   16
#define WORKER_CLOCK_BITS 1
#define WORKER_POLICY     CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "threads_instance.h"

static void (*const worker_runs[])(struct run *) = {small_run, common_run, wide_run, classic_run};

enum { TYPE_COUNT = sizeof worker_runs / sizeof worker_runs[0] };

/* ---- Alone, then together. --------------------------------------------------------------- */

struct worker {
    uint32_t number;
    struct run run;
};

static void worker_prepare(struct worker *worker, uint32_t number, uint32_t op_count) {
    memset(worker, 0, sizeof *worker);
    worker->number = number;
    worker->run.random.state = number + 1;
    worker->run.op_count = op_count;
}

static void worker_run(struct worker *worker) {
    worker_runs[worker->number % TYPE_COUNT](&worker->run);
}

static void *worker_main(void *context) {
    worker_run((struct worker *)context);
    return NULL;
}

static void run_together(struct worker *workers) {
    pthread_t threads[THREAD_COUNT];
    pthread_barrier_t step;
    if (pthread_barrier_init(&step, NULL, THREAD_COUNT) != 0)
        abort();
    for (uint32_t i = 0; i < THREAD_COUNT; i += 1) {
        workers[i].run.step = &step;
        if (pthread_create(&threads[i], NULL, worker_main, &workers[i]) != 0) {
            fprintf(stderr, "threads: thread %u cannot be started\n", i);
            exit(2);
        }
    }
    for (uint32_t i = 0; i < THREAD_COUNT; i += 1)
        (void)pthread_join(threads[i], NULL);
    (void)pthread_barrier_destroy(&step);
}

int main(int argc, char **argv) {
    static struct worker alone[THREAD_COUNT], together[THREAD_COUNT];
    const uint32_t op_count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : OP_COUNT;
    uint32_t failed_count = 0;
    for (uint32_t i = 0; i < THREAD_COUNT; i += 1) {
        worker_prepare(&alone[i], i, op_count);
        worker_prepare(&together[i], i, op_count);
        worker_run(&alone[i]);
    }
    run_together(together);
    for (uint32_t i = 0; i < THREAD_COUNT; i += 1) {
        const char *failure = alone[i].run.failure;
        if (failure == NULL)
            failure = together[i].run.failure;
        if (failure == NULL && alone[i].run.digest != together[i].run.digest)
            failure = "other outcomes or places than alone";
        printf("%s - thread %u, %016llx%s%s\n", failure == NULL ? "ok" : "FAIL", i,
               (unsigned long long)together[i].run.digest, failure == NULL ? "" : ": ",
               failure == NULL ? "" : failure);
        failed_count += failure != NULL;
    }
    printf("%u passed, %u failed\n", THREAD_COUNT - failed_count, failed_count);
    return failed_count == 0 ? 0 : 1;
}
