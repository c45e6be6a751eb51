/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind refusal_words.h. */
#include "refusal_words.h"

#include "key_map.h"

#include <stdio.h>

/* Why the request must be refused. */
static void reason_words(const struct geometry *geometry, enum op_refusal refusal, char *words,
                         size_t size) {
    const struct layout_description *layout = layout_describe(geometry->layout);
    switch (refusal) {
    case REFUSAL_OUT_OF_MEMORY: (void)snprintf(words, size, "its allocator has no memory"); return;
    case REFUSAL_CACHE_NOT_SETS:
        (void)snprintf(words, size, "cache_value_count_max is no multiple of the %u ways",
                       layout->ways);
        return;
    case REFUSAL_STASH_NONE:
    case REFUSAL_IN_MEMORY_STASH_NONE:
        (void)snprintf(words, size, "stash_value_count_max is 0, the least is 1");
        return;
    case REFUSAL_STASH_LIMIT:
        (void)snprintf(words, size, "stash_value_count_max is above the limit, 2^30");
        return;
    case REFUSAL_OVERFLOW_PRODUCT:
        (void)snprintf(words, size,
                       "cache_value_count_max times the %u bytes of a value does not fit a size_t",
                       layout->value_size);
        return;
    case REFUSAL_OVERFLOW_PADDING:
        (void)snprintf(words, size,
                       "the values of cache_value_count_max end so near the end of the address "
                       "space that the next array cannot be aligned");
        return;
    case REFUSAL_OVERFLOW_SUM:
        (void)snprintf(words, size, "the sizes of all arrays together do not fit a size_t");
        return;
    case REFUSAL_IN_MEMORY_SMALL:
        (void)snprintf(words, size, "its memory is %zu bytes, one less than memory_size answers",
                       subject_size_of_arrays(geometry) - 1);
        return;
    case REFUSAL_COUNT: break;
    }
    (void)snprintf(words, size, "nothing is wrong with it");
}

void refusal_words(const struct geometry *geometry, enum op_refusal refusal, char *words,
                   size_t size) {
    const bool in_memory =
        refusal == REFUSAL_IN_MEMORY_SMALL || refusal == REFUSAL_IN_MEMORY_STASH_NONE;
    char reason[REFUSAL_WORDS_SIZE / 2];
    uint64_t capacities[3];
    subject_refused_capacities(geometry, refusal, capacities);
    reason_words(geometry, refusal, reason, sizeof reason);
    (void)snprintf(words, size,
                   "%s was asked for cache_value_count_max=%llu, stash_value_count_max=%llu, "
                   "scope_value_count_max=%llu, hash_seed=0x%llx; it must refuse, for %s",
                   in_memory ? "init_in_memory" : "init", (unsigned long long)capacities[0],
                   (unsigned long long)capacities[1], (unsigned long long)capacities[2],
                   (unsigned long long)key_seed(geometry), reason);
}

void refusal_words_short(const struct geometry *geometry, enum op_refusal refusal, char *words,
                         size_t size) {
    uint64_t capacities[3];
    subject_refused_capacities(geometry, refusal, capacities);
    (void)snprintf(words, size, "asked cache=%llu stash=%llu scope=%llu",
                   (unsigned long long)capacities[0], (unsigned long long)capacities[1],
                   (unsigned long long)capacities[2]);
}
