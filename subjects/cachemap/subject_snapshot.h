/* SPDX-License-Identifier: Apache-2.0 */
/* What has changed in a map since the last look: a copy of its block and of its struct, and the words of 8
 * bytes that differ from it. A tiny map is compared in less time than one of its sets is inspected.
 *
 * Knows bytes and the arrays that they belong to; what they should be is the environment's to say. */
#ifndef SUBJECT_SNAPSHOT_H
#define SUBJECT_SNAPSHOT_H

#include "subject_places.h"

enum {
    SNAPSHOT_LINE_SIZE = 64,
    SNAPSHOT_SIZE_MAX = 64 * 1024, /* a larger block has no copy */
    SNAPSHOT_WORD_COUNT_MAX = 512  /* words that differ; more are not told apart */
};

/* Eight bytes of the block that have changed. */
struct subject_word {
    uint32_t offset;
    uint32_t array;      /* enum place_array */
    uint64_t difference; /* exclusive or of what was there and what is; never 0 */
};

struct subject_snapshot {
    struct subject_places arrays;
    bool is_ordered; /* the arrays are where the contract has them, and can be read */
    bool has_copy;
    /* What subject_snapshot_compare has found. */
    uint32_t word_count;   /* in the order of their offsets; none of the scratch */
    bool overflow;         /* there were more */
    bool struct_has_moved; /* the struct says something else beside its counts */
    struct counts_state counts, counts_before; /* as the struct has them, and had them */
    struct subject_word words[SNAPSHOT_WORD_COUNT_MAX + SNAPSHOT_LINE_SIZE / 8 + 1];
    _Alignas(SNAPSHOT_LINE_SIZE) unsigned char map[SUBJECT_MAP_SIZE_MAX];
    _Alignas(SNAPSHOT_LINE_SIZE) unsigned char copy[SNAPSHOT_SIZE_MAX];
};

/* Of a map that init has just made, or whose bytes are not those of the last look. O(block), where there is
 * a copy. */
void subject_snapshot_take(struct subject_snapshot *snapshot, const struct subject *subject);

/* What has changed since the last take or compare, which the copy then has too. `whole`: O(block), and only
 * where there is a copy; else the struct alone. */
void subject_snapshot_compare(struct subject_snapshot *snapshot, const struct subject *subject,
                              bool whole);

/* Whether what has changed can be seen by inspection: a count, a hand, or a place that is in use.
 * O(words). */
bool subject_snapshot_shows(const struct subject_snapshot *snapshot);

#endif
