/* SPDX-License-Identifier: Apache-2.0 */
/* Where the places of a map are in its block (section 9 of the contract), and what their bytes say: for who
 * compares many of them after each op, without a call of inspection.
 *
 * Knows bytes, neither the copy that they are compared with nor what they should be. What is poisoned is
 * read too, so nothing here is instrumented. */
#ifndef SUBJECT_PLACES_H
#define SUBJECT_PLACES_H

#include "key.h"
#include "subject.h"
#include "subject_unwatched.h"

#include <string.h>

/* The arrays of a block, in the order in which they stand in it. */
enum place_array {
    PLACES_CACHE_VALUES,
    PLACES_STASH_VALUES,
    PLACES_SCOPE_VALUES,
    PLACES_SCRATCH,
    PLACES_TAGS,
    PLACES_COUNTS,
    PLACES_HANDS,
    PLACES_MARKS,
    PLACES_BUCKETS,
    PLACES_ENTRIES,
    PLACES_RECORDS,
    PLACES_COUNT
};

/* Where the arrays of a map are, and how large an item is. */
struct subject_places {
    const unsigned char *block;
    size_t starts[PLACES_COUNT + 1]; /* offsets; the last is the size of the block */
    uint32_t item_sizes[PLACES_COUNT], item_counts[PLACES_COUNT];
    uint8_t item_shifts[PLACES_COUNT]; /* of a size that is a power of two; else ITEM_SHIFT_NONE */
    uint32_t key_size;                 /* the bytes of a value before its content */
    bool has_default_keys;             /* those of LAYOUT_DEFAULT: key.h */
    uint32_t ways, way_bits, clock_bits, bucket_bits;
};

#define ITEM_SHIFT_NONE 255u

/* Where the arrays of the map are. False where the map has them elsewhere than the contract: then nothing
 * below may be asked. O(1). */
bool subject_places_find(struct subject_places *arrays, const struct subject *subject);

/* The counts, from the map's struct and not by inspection. O(1). */
struct counts_state subject_places_counts(const struct subject *subject);

/* ---- Places. ----------------------------------------------------------------------------- */

struct subject_bucket {
    uint32_t mark;  /* 0: empty */
    uint32_t entry; /* of an empty one SUBJECT_ENTRY_NONE */
};

struct subject_entry_link {
    uint32_t bucket;
    bool tombstone;
    uint32_t fragment;
};

/* What the eight bytes of an entry say. */
struct subject_entry_link subject_entry_link_of(uint64_t bytes);
/* Whether a record says just this, but for what it keeps. `expected_count` is what it has to say of its
 * slot's count; 0: anything. */
bool subject_record_is(const struct subject_places *arrays, uint32_t record,
                       const struct record_state *expected, uint8_t expected_count);

static inline SUBJECT_UNWATCHED uint64_t subject_bytes_64(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline SUBJECT_UNWATCHED uint32_t subject_bytes_32(const unsigned char *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The number whose lowest byte was the first in memory. */
static inline uint64_t subject_in_memory_order(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

static inline SUBJECT_UNWATCHED uint16_t subject_bytes_16(const unsigned char *bytes) {
    uint16_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline const unsigned char *subject_item(const struct subject_places *arrays,
                                                enum place_array array, size_t item) {
    return arrays->block + arrays->starts[array] + item * arrays->item_sizes[array];
}

/* Numbers of items, without the last. */
struct subject_range {
    uint32_t start, end;
};

/* The items of which eight bytes at `offset` are a part; none where they are behind the last one. */
static inline struct subject_range subject_places_items(const struct subject_places *arrays,
                                                        uint32_t offset, enum place_array array) {
    const uint32_t start = offset - (uint32_t)arrays->starts[array];
    const uint32_t size = arrays->item_sizes[array], count = arrays->item_counts[array];
    const uint32_t shift = arrays->item_shifts[array];
    struct subject_range range;
    range.start = shift != ITEM_SHIFT_NONE ? start >> shift : start / size;
    range.end = shift != ITEM_SHIFT_NONE ? (start + 7) >> shift : (start + 7) / size;
    range.end += 1;
    range.start = range.start < count ? range.start : count;
    range.end = range.end < count ? range.end : count;
    return range;
}

/* The number that so many bytes are on this machine; of more than 8 the first 8. */
static inline SUBJECT_UNWATCHED uint64_t subject_bytes_number(const unsigned char *bytes,
                                                              uint32_t size) {
    switch (size) {
    case 1: return *bytes;
    case 2: return subject_bytes_16(bytes);
    case 4: return subject_bytes_32(bytes);
    default: return subject_bytes_64(bytes);
    }
}

/* The counts of a set in one word, way 0 lowest. */
static inline SUBJECT_UNWATCHED uint64_t subject_counts_word(const struct subject_places *arrays,
                                                             uint32_t set) {
    return subject_bytes_number(subject_item(arrays, PLACES_COUNTS, set),
                                arrays->item_sizes[PLACES_COUNTS]);
}

static inline SUBJECT_UNWATCHED uint32_t subject_tag(const struct subject_places *arrays,
                                                     uint32_t slot) {
    const unsigned char *bytes = subject_item(arrays, PLACES_TAGS, slot);
    return arrays->item_sizes[PLACES_TAGS] == 1 ? *bytes : subject_bytes_16(bytes);
}

static inline SUBJECT_UNWATCHED uint32_t subject_hand(const struct subject_places *arrays,
                                                      uint32_t set) {
    return *subject_item(arrays, PLACES_HANDS, set);
}

/* Of a bucket; from their number on those that stand for the first ones again. */
static inline SUBJECT_UNWATCHED uint32_t subject_mark(const struct subject_places *arrays,
                                                      uint32_t number) {
    return *subject_item(arrays, PLACES_MARKS, number);
}

static inline SUBJECT_UNWATCHED struct subject_bucket
subject_bucket(const struct subject_places *arrays, uint32_t bucket) {
    const uint32_t mark = subject_mark(arrays, bucket);
    const uint32_t named = subject_bytes_32(subject_item(arrays, PLACES_BUCKETS, bucket));
    const struct subject_bucket state = {mark, mark == 0 ? SUBJECT_ENTRY_NONE : named};
    return state;
}

/* Whether the key of a value is this one, in all its bytes. */
static inline SUBJECT_UNWATCHED bool subject_key_is(const struct subject_places *arrays,
                                                    const unsigned char *value, unsigned key_id) {
    const uint64_t own = key_number(key_id);
    const uint64_t number = arrays->has_default_keys ? key_default_of_number(own) : own;
    switch (arrays->key_size) {
    case 1: return *value == (uint8_t)number;
    case 4: return subject_bytes_32(value) == (uint32_t)number;
    case 8: return subject_bytes_64(value) == number;
    default: return subject_bytes_64(value) == number && subject_bytes_64(value + 8) == ~number;
    }
}

/* Whether a value's bytes are those that were written for this key under this number. O(value). */
static inline SUBJECT_UNWATCHED bool subject_value_is(const struct subject_places *arrays,
                                                      const unsigned char *value, unsigned key_id,
                                                      uint32_t number) {
    /* The number's bytes, lowest first, twice. */
    const unsigned char bytes[4] = {(unsigned char)number, (unsigned char)(number >> 8),
                                    (unsigned char)(number >> 16), (unsigned char)(number >> 24)};
    const uint64_t pattern = subject_bytes_32(bytes) * UINT64_C(0x100000001);
    const uint32_t size = arrays->item_sizes[PLACES_CACHE_VALUES];
    uint32_t at = arrays->key_size;
    if (!subject_key_is(arrays, value, key_id))
        return false;
    for (; at + 8 <= size; at += 8)
        if (subject_bytes_64(value + at) != pattern)
            return false;
    if (at + 4 == size)
        return subject_bytes_32(value + at) == (uint32_t)pattern;
    for (uint32_t i = 0; at + i < size; i += 1)
        if (value[at + i] != bytes[i])
            return false;
    return true;
}

/* What a value's bytes say, as inspection would. O(value). */
static inline SUBJECT_UNWATCHED struct value_state
subject_value_read(const struct subject_places *arrays, const unsigned char *value) {
    const uint32_t size = arrays->item_sizes[PLACES_CACHE_VALUES], start = arrays->key_size;
    struct value_state state = {0, 0, true};
    uint64_t number = subject_bytes_number(value, start);
    if (start < 8 && number >> (8 * start - 1) != 0) /* its sign */
        number |= UINT64_MAX << (8 * start);
    if (arrays->has_default_keys)
        number = key_number_of_default(number);
    for (uint32_t i = 0; start + i < size && i < 4; i += 1)
        state.value |= (uint32_t)value[start + i] << (8 * i);
    state.key_id = key_id_of_number(number);
    state.intact = subject_value_is(arrays, value, state.key_id, state.value);
    return state;
}

#endif
