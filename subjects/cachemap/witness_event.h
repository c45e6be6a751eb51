/* SPDX-License-Identifier: Apache-2.0 */
/* What a predicate of a label sees of a run: one op, and the map before and after it. Knows nothing of
 * labels. */
#ifndef SUBJECT_WITNESS_EVENT_H
#define SUBJECT_WITNESS_EVENT_H

#include "op.h"
#include "policy.h"
#include "subject.h"

/* The map at one moment. */
struct witness_state {
    struct geometry geometry;
    struct counts_state counts;
    struct set_state sets[SET_COUNT_MAX];
    struct entry_state entries[STASH_COUNT_MAX];
    struct record_state records[SCOPE_COUNT_MAX];
};

/* Where one key is. */
struct witness_key {
    enum place place;
    uint32_t set; /* of the key, wherever it is; 0 without a cache */
    uint8_t way, count;
    uint32_t entry;
};

/* The way that an upsert of a key that is not resident takes, or would take if it is refused. */
struct witness_take {
    bool happens, evicts, ages; /* ages: another value's count went down on the way */
    uint8_t way;
    uint32_t step_count; /* of the sweep; 0 where a free way was taken without one */
    uint32_t victim_id;  /* where it evicts */
};

/* What the ops before this one did with a key. */
struct witness_past {
    /* Since scope_open: */
    uint8_t mutation_count;
    bool upserted, evicted, removed, revived;
    /* Since init, reset or reinit: */
    bool demoted;   /* its count went down by a demote, and it was not touched since */
    bool refused;   /* a mutation of it met a full stash, */
    bool unblocked; /* and after that came a compact */
    bool forgotten; /* a compact took its value */
};

/* One op of a run, for a predicate. */
struct witness_event {
    struct op op;
    struct result result;
    const struct witness_state *before, *after, *at_open; /* at_open: when the scope was opened */
    const struct witness_past *past;                      /* by key id, before this op */
    const struct policy *policy;                          /* for sets and tags of keys */
    struct witness_key key_before, key_after;             /* of an op with a key */
    struct witness_take take;                             /* of an upsert or a rewrite */
};

/* The place of a key, with its set: O(ways + stash). */
struct witness_key witness_key_in(const struct witness_state *state, const struct policy *policy,
                                  unsigned key_id);
/* Values in a set. */
unsigned witness_set_value_count(const struct witness_state *state, uint32_t set);
unsigned witness_ways(const struct witness_state *state);

#endif
