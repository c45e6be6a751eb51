/* SPDX-License-Identifier: Apache-2.0 */
/* The looks behind environment_look.h. */
#define ENVIRONMENT_FILE "environment_look.c"
#include "environment_look.h"

#include "environment_fail.h"
#include "environment_policy.h"
#include "environment_touched.h"
#include "environment_verify.h"
#include "subject_broken.h"

enum {
    /* Above this many slots and entries the whole state is walked (structure, digests) at intervals and not
     * at each op, where it is not compared by its bytes. */
    WALKED_EACH_COUNT_MAX = 64,
    WALK_INTERVAL = 16,
    /* Where it is, the walks are for what the naive map might have wrong, too. */
    CONFIRM_INTERVAL = 128,
    /* A block of so many bytes is compared after each op, one of twice as many after each second one. */
    COMPARED_EACH_SIZE_MAX = 8 * 1024,
    /* So many walks found nothing, though the bytes said that something was wrong. */
    VAIN_WALK_COUNT_MAX = 16
};

bool environment_sees_touched(const struct environment *environment) {
    return environment->snapshot.is_ordered && environment_has(environment, LAYER_POLICY) &&
           environment_has(environment, LAYER_STRUCTURE) && !environment->options.at_end_only;
}

/* Whether the whole block is compared behind this op. */
static bool environment_compares_block(const struct environment *environment) {
    const size_t size = environment->snapshot.arrays.starts[PLACES_COUNT];
    return environment->snapshot.has_copy &&
           (size <= COMPARED_EACH_SIZE_MAX ||
            environment->view.op_index % (1 + size / COMPARED_EACH_SIZE_MAX) == 0);
}

/* Whether this op is followed by walks over the whole state: always on a small map, by turn on others. A
 * large one is walked over where all of it may have changed. */
static bool environment_walks(const struct environment *environment) {
    const unsigned ways = layout_describe(environment->geometry.layout)->ways;
    if (geometry_is_large(&environment->geometry) || environment->range.number != 0)
        return false;
    return environment->geometry.set_count * ways + environment->geometry.stash_count_max <=
               WALKED_EACH_COUNT_MAX ||
           environment->view.op_index % WALK_INTERVAL == 0;
}

void environment_look_start(struct environment *environment) {
    subject_snapshot_take(&environment->snapshot, &environment->subject);
    policy_forget_touched(&environment->policy);
    environment->look.is_stale = false;
    environment->look.disagrees = false;
    environment->look.vain_walk_count = 0;
}

/* ---- Layer 3. ---------------------------------------------------------------------------- */

/* Whether this op may fail, so that how the map was before it is needed. A lookup's "absent" is an
 * answer, the get in a rewrite counts as a use whatever follows, and others of a batch succeed. */
static bool environment_may_fail(const struct environment *environment, struct op op,
                                 struct result expected, uint64_t stash_count) {
    const bool may_be_full =
        op_is(op, TRAIT_GROWS) && stash_count == environment->geometry.stash_count_max;
    return environment_has(environment, LAYER_FAILURE) && op_is(op, TRAIT_WHOLE) &&
           (outcome_failed(expected.outcome) || may_be_full);
}

/* Without a copy it is the state's digest. What is compared is what ops have left. */
static void environment_look_whole(struct environment *environment) {
    struct look *look = &environment->look;
    if (!look->by_bytes)
        look->digest = subject_digest(&environment->subject);
    if (!look->by_bytes || !look->is_stale)
        return;
    subject_snapshot_compare(&environment->snapshot, &environment->subject, true);
    look->disagrees |= !environment_touched_agrees(environment);
    look->is_stale = false;
}

/* Whether the state is another than that of the last look. */
static bool environment_shows(const struct environment *environment) {
    return environment->look.by_bytes
               ? subject_snapshot_shows(&environment->snapshot)
               : subject_digest(&environment->subject) != environment->look.digest;
}

void environment_look_before(struct environment *environment, struct op op, struct result expected,
                             uint64_t stash_count) {
    struct look *look = &environment->look;
    const bool by_bytes =
        environment_sees_touched(environment) && environment_compares_block(environment);
    look->may_fail = environment_may_fail(environment, op, expected, stash_count) &&
                     (by_bytes || environment_walks(environment));
    look->by_bytes = by_bytes;
    if (look->may_fail)
        environment_look_whole(environment);
}

void environment_look_after_call(struct environment *environment) {
    struct look *look = &environment->look;
    /* After a reinit it is another block. */
    const bool whole = look->by_bytes && environment_compares_block(environment) &&
                       !run_is_ahead(&environment->view);
    look->is_stale = !whole;
    if (!environment_sees_touched(environment) || run_is_ahead(&environment->view)) {
        environment->counts = subject_counts(&environment->subject);
        return;
    }
    subject_snapshot_compare(&environment->snapshot, &environment->subject, whole);
    environment->counts = environment->snapshot.counts;
}

bool environment_check_failure(struct environment *environment, struct result actual) {
    const struct look *look = &environment->look;
    if (!look->may_fail || !outcome_failed(actual.outcome))
        return false;
    if (environment_shows(environment))
        environment_fail_at(environment, INVARIANT_FAILURE_CHANGED, HERE,
                            "it answered %s and changed", outcome_name(actual.outcome));
    return true;
}

void environment_look_before_inspection(struct environment *environment) {
    environment->look.is_stale = true;
    environment_look_whole(environment);
}

bool environment_inspection_shows(struct environment *environment) {
    if (environment->look.by_bytes)
        subject_snapshot_compare(&environment->snapshot, &environment->subject, true);
    return environment_shows(environment);
}

/* ---- Layers 5 and 6. --------------------------------------------------------------------- */

static void environment_check(struct environment *environment) {
    const char *broken = subject_check(&environment->subject);
    if (broken != NULL)
        environment_fail_at(environment, INVARIANT_STRUCTURE, HERE,
                            "this does not hold any more: %s: %s", broken,
                            subject_broken_words(&environment->subject));
}

void environment_check_structure(struct environment *environment, struct op op) {
    const bool rare = !op_has_key(op) && !(geometry_is_large(&environment->geometry) &&
                                           op_is(op, TRAIT_OPENS)); /* changes no structure */
    if (rare || (!op_is(op, TRAIT_READS) && environment_walks(environment)))
        environment_check(environment);
}

/* Looks at everything. An op that only reads is more likely to have changed a count than the structure. */
static void environment_walk(struct environment *environment, struct op op) {
    const struct op any = {OP_INSPECT, 0};
    const bool reads = op_is(op, TRAIT_READS);
    environment->counts = subject_counts(&environment->subject);
    if (!reads)
        environment_check(environment);
    environment_compare_policy(environment, any, true);
    if (reads)
        environment_check(environment);
}

static bool environment_confirms(const struct environment *environment, struct op op) {
    return op.kind == OP_INSPECT || op_has_range(op) ||
           (environment->view.op_index % CONFIRM_INTERVAL == CONFIRM_INTERVAL - 1 &&
            environment->range.number == 0);
}

/* A map that keeps more in its struct than ours does looks wrong at each op, and no walk finds why. On a
 * large one the ops of a range then wait for the walk behind it, but for one of each power of two. */
static bool environment_walks_in_vain(const struct environment *environment) {
    const uint32_t number = environment->range.number;
    return environment->look.vain_walk_count >= VAIN_WALK_COUNT_MAX &&
           geometry_is_large(&environment->geometry) && (number & (number - 1)) != 0;
}

void environment_look(struct environment *environment, struct op op, bool changed_nothing) {
    struct look *look = &environment->look;
    if (environment_sees_touched(environment)) {
        look->disagrees |= !environment_touched_agrees(environment);
        if (look->disagrees && op.kind == OP_COMPACT &&
            environment_has(environment, LAYER_PLACEMENT))
            environment_check_forgotten(environment);
        if (environment_confirms(environment, op) ||
            (look->disagrees && !environment_walks_in_vain(environment))) {
            environment_walk(environment, op);
            look->vain_walk_count += look->disagrees;
        }
        look->disagrees = false;
        return;
    }
    if (environment->range.number != 0) {
        if (environment_has(environment, LAYER_POLICY))
            environment_compare_touched(environment, op);
        return;
    }
    if (environment_has(environment, LAYER_STRUCTURE) && !changed_nothing)
        environment_check_structure(environment, op);
    if (environment_has(environment, LAYER_POLICY) && !changed_nothing)
        environment_compare_policy(environment, op,
                                   op_has_range(op) || op_is(op, TRAIT_SWEEPS | TRAIT_BATCHED));
}
