/* SPDX-License-Identifier: Apache-2.0 */
/* The policy model: a naive twin of the whole map, written from the contract's sections 5 to 7 with
 * loops over arrays. It predicts every outcome (stash full too), slot, count, hand, stash entry and
 * metric. Shares no code with the library: no packed counts, no hash table, no inverse functions.
 *
 * Where the contract leaves a discard free (counts and hands), it states what the library chose:
 * hands stay; a value that was never away keeps its count; one that a remove took away has the
 * count it had; one that was evicted comes back with count 1. Numbers of entries it does not leave free. */
#ifndef HARNESS_POLICY_H
#define HARNESS_POLICY_H

#include "geometry.h"
#include "op.h"

struct policy_slot {
    uint32_t value;
    uint32_t key_id;
    uint8_t count; /* 0: free */
};

struct policy_set {
    uint8_t
        hand; /* beside the first slots: a set of few ways is one line of the processor's cache */
    struct policy_slot slots[WAY_COUNT_MAX];
};

enum policy_stash_state { POLICY_STASH_NONE, POLICY_STASH_VALUE, POLICY_STASH_TOMBSTONE };

struct policy_stash_key {
    uint32_t value;
    uint32_t entry; /* its number, where there is one */
    uint8_t state;  /* enum policy_stash_state */
};

#define POLICY_NUMBER_NONE UINT32_MAX

/* What a mutation met: its set as it was, and the two stash rows that it may have changed. And the
 * numbers that its record has to name. */
struct policy_undo {
    struct policy_set set_before;
    uint32_t set;
    uint32_t slot, entry;       /* or POLICY_NUMBER_NONE */
    uint32_t key_id, victim_id; /* the same where there was no victim */
    struct policy_stash_key key_before, victim_before;
    bool is_remove;
};

/* What ops have changed since policy_forget_touched, some of it twice: sets, of which a count or the hand
 * may be another; slots, of which the content is; and keys whose entries have changed. A count above
 * POLICY_TOUCHED_COUNT_MAX: more than is listed. */
enum { POLICY_TOUCHED_COUNT_MAX = 64 };
struct policy_touched {
    uint64_t first_sets; /* those below 64, a bit each */
    uint32_t set_count, slot_count, key_count;
    uint32_t sets[POLICY_TOUCHED_COUNT_MAX]; /* the others */
    uint32_t slots[POLICY_TOUCHED_COUNT_MAX];
    uint32_t keys[POLICY_TOUCHED_COUNT_MAX];
};

struct policy {
    struct geometry geometry;
    uint8_t ways;
    uint8_t count_max;
    bool classic;
    uint8_t tag_bits;
    struct policy_set sets[SET_COUNT_MAX];
    struct policy_stash_key stash[KEY_COUNT_MAX];
    uint32_t stash_order[STASH_COUNT_MAX]; /* the key of each entry */
    uint32_t stash_count;
    uint32_t value_count;
    uint64_t hits, misses;
    bool scope_open;
    struct policy_touched touched;
    uint32_t undo_count;
    struct policy_undo undo[SCOPE_COUNT_MAX];
};

void policy_init(struct policy *policy, const struct geometry *geometry);

/* Carries out any op, and says what it answers: all who predict ask here. `value` is the number of the
 * value that the op stores; of a range the first one. */
struct result policy_apply(struct policy *policy, struct op op, uint32_t value);

/* A lookup of the key, which is a use: an op's, or one that follows an op. */
struct result policy_lookup(struct policy *policy, unsigned key_id);

/* What follows is told in policy->touched. */
void policy_forget_touched(struct policy *policy);

/* What a lookup of the key would answer; nothing is counted. */
struct result policy_would_answer(const struct policy *policy, unsigned key_id);

/* Where the naive map has a key in its cache: its slot, set and way; null when it is not there. */
const struct policy_slot *policy_find(const struct policy *policy, unsigned key_id, uint32_t *set,
                                      unsigned *way);

/* What a record of an open scope has to say of its mutation: whether it evicted, where the key was before
 * it, the value that was there (0 where none was), and the numbers of section 7's table. */
struct policy_record {
    bool is_remove, evicts, in_cache;
    enum policy_stash_state in_stash;
    uint32_t value;
    uint32_t slot, entry; /* or POLICY_NUMBER_NONE */
};
struct policy_record policy_record_at(const struct policy *policy, uint32_t index);

/* The set of a key, only where the geometry has a cache; and its tag. */
uint32_t policy_set_of_key(const struct policy *policy, unsigned key_id);
uint16_t policy_tag_of_key(const struct policy *policy, unsigned key_id);

#endif
