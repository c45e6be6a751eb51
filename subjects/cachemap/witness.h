/* SPDX-License-Identifier: Apache-2.0 */
/* Witnesses: what can happen in a cache map, as a list of labels, and which of them happen in a
 * run.
 *
 * A label is a name, a sentence and a predicate over one op: the op, its answer, and the map before
 * and after it. What inspection does not say (where the sweep of an upsert ended) is computed here
 * from the contract. Knows a running environment, by inspection only; nothing of files, nothing of
 * the models but which set and tag a key has. Witnesses are Alloy's instances (Jackson 2002): an
 * example of each thing that a specification allows. */
#ifndef HARNESS_WITNESS_H
#define HARNESS_WITNESS_H

#include "environment.h"

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
    uint16_t victim_id;  /* where it evicts */
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

enum witness_world { WITNESS_WITH_CACHE, WITNESS_WITHOUT_CACHE };

/* The label of an op of this kind that answers so, where `happens` (null: always) says yes. */
struct witness_label {
    const char *name; /* words-with-dashes */
    const char *theme;
    const char *sentence;
    enum witness_world world; /* a label is about maps with a cache, or without */
    enum op_kind kind;
    enum outcome outcome;
    bool (*happens)(const struct witness_event *event);
};

enum { WITNESS_LABEL_COUNT_MAX = 160 };
#define WITNESS_NEVER UINT32_MAX

/* All labels, in the order of the documents: those of a theme stand together. Static. */
extern const struct witness_label witness_labels[];
extern const uint32_t witness_label_count;

/* The label of this name, as an index, or witness_label_count. */
uint32_t witness_find(const char *name);

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

/* For predicates. The place of a key, with its set: O(ways + stash). */
struct witness_key witness_key_in(const struct witness_state *state, const struct policy *policy,
                                  unsigned key_id);
/* Values in a set. */
unsigned witness_set_value_count(const struct witness_state *state, uint32_t set);
unsigned witness_ways(const struct witness_state *state);

#endif
