/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a map beside the contract's table of arrays (memory_reference.h): of the live map,
 * and of maps that nobody could make. Asks the library for plans, and allocates nothing. */
#include "memory_reference.h"
#include "random.h"
#include "subject.h"
#include "subject_functions.h"

#include <inttypes.h>
#include <stdio.h>

enum { PLAN_WORDS_SIZE = 320 };
static char plan_words[PLAN_WORDS_SIZE];

static const char *const array_names[MEMORY_ARRAY_COUNT] = {
    [MEMORY_CACHE_VALUES] = "the cache's values",
    [MEMORY_STASH_VALUES] = "the stash's values",
    [MEMORY_SCOPE_VALUES] = "the scope's values",
    [MEMORY_SCRATCH] = "the scratch value",
    [MEMORY_TAGS] = "the tags",
    [MEMORY_COUNTS] = "the counts",
    [MEMORY_HANDS] = "the hands",
    [MEMORY_BUCKETS] = "the buckets",
    [MEMORY_ENTRIES] = "the entries",
    [MEMORY_RECORDS] = "the records",
};

static struct memory_reference reference_of(unsigned layout,
                                            const struct cache_map_options *options) {
    const struct layout_description *description = layout_describe(layout);
    const struct cache_map_layout *compiled = subject_functions_of(layout)->layout;
    const struct memory_shape shape = {description->ways, description->tag_bits,
                                       description->clock_bits, (uint32_t)compiled->value_size,
                                       (uint32_t)compiled->value_alignment};
    return memory_reference_make(&shape, options->cache_value_count_max,
                                 options->stash_value_count_max, options->scope_value_count_max);
}

static struct cache_map_options options_of(const struct geometry *geometry) {
    const struct cache_map_options options = {
        (uint64_t)geometry->set_count * layout_describe(geometry->layout)->ways,
        geometry->stash_count_max, geometry->scope_count_max, 0};
    return options;
}

size_t subject_size_of_arrays(const struct geometry *geometry) {
    const struct cache_map_options options = options_of(geometry);
    return (size_t)reference_of(geometry->layout, &options).size.low;
}

/* Null where they agree in all that a size_t can say. */
static const char *compare_offsets(const size_t offsets[MEMORY_ARRAY_COUNT],
                                   const struct memory_reference *reference,
                                   const struct cache_map_options *options) {
    for (unsigned i = 0; i < MEMORY_ARRAY_COUNT; i += 1)
        if (offsets[i] != reference->offsets[i].low) {
            (void)snprintf(plan_words, sizeof plan_words,
                           "%s begin at byte %zu of the block, by the contract's table at %" PRIu64
                           " (cache %" PRIu64 ", stash %" PRIu64 ", scope %" PRIu64 ")",
                           array_names[i], offsets[i], reference->offsets[i].low,
                           options->cache_value_count_max, options->stash_value_count_max,
                           options->scope_value_count_max);
            return plan_words;
        }
    return NULL;
}

static const char *live_arrays_differ(const struct subject *subject) {
    /* Every typed map is a `struct cache_map` with a type around it. */
    const struct cache_map *map = (const struct cache_map *)(const void *)subject->map;
    const struct cache_map_options options = options_of(&subject->geometry);
    const struct memory_reference reference = reference_of(subject->geometry.layout, &options);
    const uintptr_t block = (uintptr_t)map->memory;
    const size_t offsets[MEMORY_ARRAY_COUNT] = {
        [MEMORY_CACHE_VALUES] = (uintptr_t)map->cache.values - block,
        [MEMORY_STASH_VALUES] = (uintptr_t)map->stash.values - block,
        [MEMORY_SCOPE_VALUES] = (uintptr_t)map->log.values - block,
        [MEMORY_SCRATCH] = (uintptr_t)map->scratch - block,
        [MEMORY_TAGS] = (uintptr_t)map->cache.tags - block,
        [MEMORY_COUNTS] = (uintptr_t)map->cache.counts - block,
        [MEMORY_HANDS] = (uintptr_t)map->cache.hands - block,
        [MEMORY_BUCKETS] = (uintptr_t)map->stash.buckets - block,
        [MEMORY_ENTRIES] = (uintptr_t)map->stash.entries - block,
        [MEMORY_RECORDS] = (uintptr_t)map->log.records - block,
    };
    return compare_offsets(offsets, &reference, &options);
}

/* ---- Maps that nobody could make. -------------------------------------------------------- */

/* Near a power of two: 2^n - 1, 2^n or 2^n + 1, for n below `exponent_count`. */
static uint64_t draw_count(struct random *random, unsigned exponent_count) {
    const unsigned exponent = random_below(random, exponent_count);
    return (UINT64_C(1) << exponent) + random_below(random, 3) - 1;
}

/* Two of the three are small in half of the draws, so that the third is what decides. */
static struct cache_map_options draw_options(struct random *random, uint64_t ways) {
    const unsigned most = random_one_in(random, 2) ? 64 : 4;
    const unsigned large = random_below(random, 3);
    struct cache_map_options options;
    options.cache_value_count_max = draw_count(random, large == 0 ? 64 : most) / ways * ways;
    options.stash_value_count_max = draw_count(random, large == 1 || most == 64 ? 31 : most) %
                                        CACHE_MAP_STASH_VALUE_COUNT_LIMIT +
                                    1;
    options.scope_value_count_max = draw_count(random, large == 2 ? 64 : most);
    options.hash_seed = 0;
    return options;
}

static const char *plan_differs(unsigned layout, const struct cache_map_options *options) {
    enum { UNTOUCHED = 77 };
    const struct subject_functions *functions = subject_functions_of(layout);
    const struct memory_reference reference = reference_of(layout, options);
    const bool fits = wide_fits(reference.size, SIZE_MAX);
    const struct cache_map_plan plan = cache_map_plan_make(functions->layout, options);
    const size_t offsets[MEMORY_ARRAY_COUNT] = {
        plan.cache_values, plan.stash_values, plan.log_values, plan.scratch, plan.tags,
        plan.counts,       plan.hands,        plan.buckets,    plan.entries, plan.records,
    };
    size_t size = UNTOUCHED;
    const enum cache_map_status status = functions->memory_size(options, &size);
    if (status == (fits ? CACHE_MAP_OK : CACHE_MAP_SIZE_OVERFLOW) &&
        size == (fits ? reference.size.low : UNTOUCHED))
        return fits ? compare_offsets(offsets, &reference, options) : NULL;
    (void)snprintf(plan_words, sizeof plan_words,
                   "memory_size answers %s and %zu bytes for cache %" PRIu64 ", stash %" PRIu64
                   ", scope %" PRIu64 "; the contract's arrays take 0x%" PRIx64 "%016" PRIx64,
                   cache_map_status_name(status), size, options->cache_value_count_max,
                   options->stash_value_count_max, options->scope_value_count_max,
                   reference.size.high, reference.size.low);
    return plan_words;
}

const char *subject_plan_differs(const struct subject *subject, uint32_t turn) {
    const struct geometry *geometry = &subject->geometry;
    struct random random = {(uint64_t)geometry->set_count << 48 |
                            (uint64_t)geometry->stash_count_max << 32 |
                            (uint64_t)geometry->scope_count_max << 16 | geometry->key_count};
    const char *differs = live_arrays_differ(subject);
    struct cache_map_options options;
    random.state = random_next(&random) + ((uint64_t)geometry->layout << 32 | turn);
    options = draw_options(&random, layout_describe(geometry->layout)->ways);
    return differs != NULL ? differs : plan_differs(geometry->layout, &options);
}
