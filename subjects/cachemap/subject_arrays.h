/* SPDX-License-Identifier: Apache-2.0 */
/* Where the arrays of a map lie in its block, by section 9 of the contract: for who asks how large a block
 * is, and for who watches what a call touches. Knows sizes, and nothing of what lies in an array. */
#ifndef SUBJECT_ARRAYS_H
#define SUBJECT_ARRAYS_H

#include "geometry.h"
#include "memory_reference.h"
#include "subject_functions.h"

/* ARRAY(identifier, one item in words, several): an item of tags or of counts is a set's. */
#define SUBJECT_ARRAY_TABLE(ARRAY) \
    ARRAY(CACHE_VALUES, "value of the cache", "values of the cache") \
    ARRAY(STASH_VALUES, "value of the stash", "values of the stash") \
    ARRAY(SCOPE_VALUES, "value of the scope log", "values of the scope log") \
    ARRAY(SCRATCH, "scratch value", "scratch values") \
    ARRAY(TAGS, "set's tags", "sets' tags") \
    ARRAY(COUNTS, "set's counts", "sets' counts") \
    ARRAY(HANDS, "hand", "hands") \
    ARRAY(MARKS, "mark", "marks") \
    ARRAY(BUCKETS, "bucket", "buckets") \
    ARRAY(ENTRIES, "entry", "entries") \
    ARRAY(RECORDS, "record", "records")

enum subject_array_name {
#define ARRAY_ENUM(name, ...) SUBJECT_##name,
    SUBJECT_ARRAY_TABLE(ARRAY_ENUM)
#undef ARRAY_ENUM
        SUBJECT_ARRAY_COUNT
};
/* The first so many arrays are of values. */
enum { SUBJECT_VALUE_ARRAY_COUNT = SUBJECT_SCRATCH + 1 };

struct subject_array {
    size_t offset; /* in the block */
    size_t item_count, item_size;
};

/* What the table asks of a layout. O(1). */
struct memory_shape subject_memory_shape(const struct cache_map_layout *layout,
                                         const struct layout_description *description);

/* The arrays of a map of this layout and geometry; the result is the size of its block. O(1). */
size_t subject_arrays(const struct cache_map_layout *layout, const struct geometry *geometry,
                      struct subject_array arrays[SUBJECT_ARRAY_COUNT]);

/* What a size is before memory_size is to write it: of no map, for it is odd. */
enum { SUBJECT_SIZE_UNTOUCHED = 77 };

#endif
