/* SPDX-License-Identifier: Apache-2.0 */
/* Where a broken map is broken: the place, the number that is there and the one that should be, in words;
 * and the index of the stash, bucket by bucket. For reports: nothing here runs on a map that is whole.
 * Knows the library's structures, as the subject does; judges nothing that `check` has not judged. */
#ifndef HARNESS_SUBJECT_BROKEN_H
#define HARNESS_SUBJECT_BROKEN_H

#include "subject.h"

enum {
    BROKEN_WORDS_SIZE = 300,
    INDEX_ROW_COUNT_MAX = 24,
    INDEX_WORDS_SIZE = 180,
    INDEX_LINE_SIZE = 180
};
#define INDEX_NONE UINT32_MAX

/* A bucket and the entry that it names; or an entry that no bucket names. */
struct index_row {
    uint32_t bucket;            /* INDEX_NONE: no bucket names the entry */
    uint32_t entry;             /* INDEX_NONE: the bucket is free */
    uint32_t entry_bucket;      /* where the entry says that it is; INDEX_NONE: no such entry */
    uint32_t home;              /* where a probe for the entry's key starts; INDEX_NONE likewise */
    struct value_state content; /* of the entry, if there is one */
    bool tombstone;
    char broken[INDEX_WORDS_SIZE]; /* what disagrees here; empty where nothing does */
};

struct stash_index {
    uint32_t bucket_count, entry_count;
    uint32_t row_count, omitted_count; /* those in use that are not among the rows */
    struct index_row rows[INDEX_ROW_COUNT_MAX];
};

/* The place at which the invariant is broken that `check` names, with the number found there and the one
 * expected: "entry 1 (key 4) says that it is in bucket 3, and bucket 3 names entry 2". Empty where `check`
 * finds nothing. The string is static, and good until the next call. Reads whatever the map's struct says,
 * within the capacities that init fixed. O(the map). */
const char *subject_broken_words(const struct subject *subject);

/* Empty, or that the stash has another number of buckets than the contract says: "; the stash has 8 buckets
 * for 5 entries, expected 16". Static, until the next call. O(1). */
const char *subject_index_size_words(const struct subject *subject);

/* No rows where nothing disagrees. Else the buckets in use, if they are few; of many those where
 * something disagrees, and the buckets that a probe for their keys comes by; then the entries that no
 * bucket names. O(buckets x entries) at most;
 * in a large index the buckets that a probe comes by are left out. */
void subject_index(const struct subject *subject, struct stash_index *index);

#endif
