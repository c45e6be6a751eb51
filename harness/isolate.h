/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a stream in a child process, so that an abort, a sanitizer's report or an endless loop is
 * an answer like any other; and the signature of a failure, by which one bug is told from another.
 * For tools on POSIX systems. */
#ifndef HARNESS_ISOLATE_H
#define HARNESS_ISOLATE_H

#include "verdict.h"

#include "stream.h"

enum isolate_outcome {
    ISOLATE_AGREES,
    ISOLATE_FAILS,
    ISOLATE_BROKEN /* the child could not be made; errno says why */
};

struct failure {
    enum isolate_outcome outcome;
    /* What failed, where, at which op: "check_policy_set environment.c:139 upsert",
     * "ubsan list.h:310:17 remove", "asan use-after-poison trace+0x51c30 get",
     * "signal 11 compact", "hang remove". Equal for one bug whatever else the stream does. */
    char signature[200];
    /* The signature as a name for folders: lower-case letters, digits and single dashes, without lines of
     * the harness and offsets in the program, so that compilers and unrelated changes agree on it:
     * "check-policy-set-upsert", "asan-use-after-poison-list-find-get" (where the report names functions),
     * "assertion-list-is-free-5a1c-reset" (the digits stand for the expression),
     * "ubsan-list-h-310-remove" (it names none), "hang-remove". Signatures
     * that differ in a line only share it. */
    char slug[100];
    uint32_t op_index;        /* the failing op; the op count in the final verification */
    enum invariant invariant; /* INVARIANT_NONE where a sanitizer or a signal ended the run */
};

struct isolate_options {
    uint32_t layers; /* of the oracle; LAYERS_ALL */
    /* For each op, of the child's CPU time: an op that takes twice as long hangs, and none hangs that takes
     * less than this. A whole input needs no limit, for its work has one (work.h). */
    unsigned cpu_milliseconds;
};

/* Runs all passes of the stream in a child. Costs a fork and a wait beside the run. */
void isolate_run(const struct stream *stream, const struct isolate_options *options,
                 struct failure *failure);

/* In a child that tells a failure itself: signals and sanitizers call `on_death` before they end it.
 */
void isolate_catch(void (*on_death)(void));

/* Whether this program has a sanitizer's runtime in it. */
bool isolate_is_sanitized(void);

/* Same failure: both fail, with equal signatures. */
bool failure_same(const struct failure *a, const struct failure *b);

#endif
