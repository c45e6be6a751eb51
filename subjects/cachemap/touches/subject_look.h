/* SPDX-License-Identifier: Apache-2.0 */
/* How a map stands before or after a call, as far as the costs of section 12 of the contract depend on it:
 * how long the probes of its stash are by an index that is made anew from the entries alone, how many tags
 * are equal, what the log holds. Reads by inspection, and tags from the block; shares no probing with the
 * library. */
#ifndef SUBJECT_LOOK_H
#define SUBJECT_LOOK_H

#include "subject_arrays.h"

/* Of a map. */
struct subject_look {
    const struct subject_functions *real;
    const void *map;
    const struct geometry *geometry;
    const struct subject_array *arrays;
    const unsigned char *block;
    bool owns, scope_open;
    uint32_t stash_count, scope_count;
};

/* Of a key in it. */
struct subject_key_look {
    bool is_resident, is_stashed, is_tombstone;
    bool count_is_max;
    uint32_t entry;        /* where it is stashed */
    uint32_t equal_tags;   /* in its set, of free ways too */
    uint32_t equal_values; /* those of ways with a value */
    uint32_t run;          /* buckets from its home on to the first empty one, that one included */
    uint32_t equal_fragments; /* entries whose fragment is the key's */
    uint32_t equal_marks;     /* and those whose mark is */
};

struct subject_look subject_look(const struct geometry *geometry,
                                 const struct subject_functions *real, const void *map,
                                 const struct subject_array *arrays);
/* O(stash). */
struct subject_key_look subject_look_key(const struct subject_look *look, unsigned key_id);
/* The key of an entry. */
unsigned subject_look_entry(const struct subject_look *look, uint32_t entry);
/* The longest run that a probe can meet while the scope is discarded: all that is in the stash, and all that
 * the log may bring back into it, at once. O(stash + records). */
uint32_t subject_look_longest(const struct subject_look *look);

#endif
