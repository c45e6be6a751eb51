/* SPDX-License-Identifier: Apache-2.0 */
/* Where the arrays of a map's block stand, and how large it is, from the table of
 * docs/contract.md, section 9: a reference for the library's plan, in numbers that no option makes
 * overflow. Knows nothing of the library and no type of a size. */
#ifndef HARNESS_MEMORY_REFERENCE_H
#define HARNESS_MEMORY_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

/* A number of 128 bits. */
struct wide {
    uint64_t high, low;
};

static inline struct wide wide_add(struct wide a, struct wide b) {
    const struct wide sum = {a.high + b.high + (a.low > UINT64_MAX - b.low), a.low + b.low};
    return sum;
}

/* By 32 bits at a time: `size` is below 2^32. */
static inline struct wide wide_product(uint64_t count, uint32_t size) {
    const uint64_t upper = (count >> 32) * size;
    const struct wide low = {0, (count & UINT32_MAX) * size}, high = {upper >> 32, upper << 32};
    return wide_add(high, low);
}

/* The next multiple of `alignment`, a power of two. */
static inline struct wide wide_round_up(struct wide number, uint64_t alignment) {
    const struct wide short_of_one = {0, alignment - 1};
    number = wide_add(number, short_of_one);
    number.low &= ~(alignment - 1);
    return number;
}

/* Whether it is at most `max`, as the largest number of a size_t. */
static inline bool wide_fits(struct wide number, uint64_t max) {
    return number.high == 0 && number.low <= max;
}

/* In the order of the block. */
enum memory_array {
    MEMORY_CACHE_VALUES,
    MEMORY_STASH_VALUES,
    MEMORY_SCOPE_VALUES,
    MEMORY_SCRATCH,
    MEMORY_TAGS,
    MEMORY_COUNTS,
    MEMORY_HANDS,
    MEMORY_MARKS,
    MEMORY_BUCKETS,
    MEMORY_ENTRIES,
    MEMORY_RECORDS,
    MEMORY_ARRAY_COUNT
};

struct memory_shape {
    uint32_t ways, tag_bits, clock_bits, value_size, value_alignment;
};

/* An item of tags or of counts is a set's. */
struct memory_items {
    uint64_t count;
    uint32_t size, alignment; /* the alignment of the first */
};

struct memory_reference {
    struct memory_items items[MEMORY_ARRAY_COUNT];
    struct wide offsets[MEMORY_ARRAY_COUNT];
    struct wide size;
};

/* For counts that are valid options. O(1). */
static inline struct memory_reference memory_reference_make(const struct memory_shape *shape,
                                                            uint64_t cache_count,
                                                            uint64_t stash_count,
                                                            uint64_t scope_count) {
    enum { LINE = 64 };
    const uint32_t block = shape->value_alignment > LINE ? shape->value_alignment : LINE;
    const uint32_t count_bits = shape->ways * shape->clock_bits;
    const uint64_t sets = cache_count / shape->ways;
    uint64_t buckets = 2;
    while (buckets < 2 * stash_count)
        buckets *= 2;
    struct memory_reference reference = {
        .items =
            {
                [MEMORY_CACHE_VALUES] = {sets * shape->ways, shape->value_size, block},
                [MEMORY_STASH_VALUES] = {stash_count, shape->value_size, block},
                [MEMORY_SCOPE_VALUES] = {scope_count, shape->value_size, block},
                [MEMORY_SCRATCH] = {1, shape->value_size, block},
                [MEMORY_TAGS] = {sets, shape->ways * (shape->tag_bits / 8), LINE},
                [MEMORY_COUNTS] = {sets, count_bits < 8 ? 1 : count_bits / 8, LINE},
                [MEMORY_HANDS] = {sets, 1, LINE},
                [MEMORY_MARKS] = {buckets + 15, 1, LINE},
                [MEMORY_BUCKETS] = {buckets, 4, LINE},
                [MEMORY_ENTRIES] = {stash_count, 8, LINE},
                [MEMORY_RECORDS] = {scope_count, 16, LINE},
            },
    };
    for (unsigned i = 0; i < MEMORY_ARRAY_COUNT; i += 1) {
        const struct memory_items items = reference.items[i];
        reference.offsets[i] = wide_round_up(reference.size, items.alignment);
        reference.size = wide_add(reference.offsets[i], wide_product(items.count, items.size));
    }
    reference.size = wide_round_up(reference.size, block);
    return reference;
}

#endif
