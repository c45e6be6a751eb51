/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a map beside the contract's table of arrays (memory_reference.h): of the live map,
 * and of maps that nobody could make. Asks the library for plans, and allocates nothing. */
#include "random.h"
#include "subject.h"
#include "subject_arrays.h"

#include <inttypes.h>
#include <stdio.h>

enum { PLAN_WORDS_SIZE = 320 };
static char plan_words[PLAN_WORDS_SIZE];

static const char *const array_names[SUBJECT_ARRAY_COUNT] = {
#define ARRAY_NAME(name, one, several) [SUBJECT_##name] = (several),
    SUBJECT_ARRAY_TABLE(ARRAY_NAME)
#undef ARRAY_NAME
};

static const char *array_elsewhere(unsigned array, size_t offset, uint64_t expected) {
    (void)snprintf(plan_words, sizeof plan_words,
                   "the %s begin at byte %zu of the block, by the contract's table at %" PRIu64,
                   array_names[array], offset, expected);
    return plan_words;
}

static const char *live_arrays_differ(const struct subject *subject) {
    /* Every typed map is a `struct cache_map` with a type around it. */
    const struct cache_map *map = (const struct cache_map *)(const void *)subject->map;
    const void *const starts[SUBJECT_ARRAY_COUNT] = {
        [SUBJECT_CACHE_VALUES] = map->cache.values, [SUBJECT_STASH_VALUES] = map->stash.values,
        [SUBJECT_SCOPE_VALUES] = map->log.values,   [SUBJECT_SCRATCH] = map->scratch,
        [SUBJECT_TAGS] = map->cache.tags,           [SUBJECT_COUNTS] = map->cache.counts,
        [SUBJECT_HANDS] = map->cache.hands,         [SUBJECT_MARKS] = map->stash.marks,
        [SUBJECT_BUCKETS] = map->stash.buckets,     [SUBJECT_ENTRIES] = map->stash.entries,
        [SUBJECT_RECORDS] = map->log.records,
    };
    struct subject_array arrays[SUBJECT_ARRAY_COUNT];
    (void)subject_arrays(subject->functions->layout, &subject->geometry, arrays);
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1) {
        const size_t offset = (uintptr_t)starts[i] - (uintptr_t)map->memory;
        if (arrays[i].item_count != 0 && offset != arrays[i].offset)
            return array_elsewhere(i, offset, arrays[i].offset);
    }
    return NULL;
}

/* ---- Maps that nobody could make. -------------------------------------------------------- */

/* Near a power of two: 2^n - 1, 2^n or 2^n + 1, for n below `exponent_count`. */
static uint64_t draw_count(struct random *random, unsigned exponent_count) {
    const unsigned exponent = random_below(random, exponent_count);
    return (UINT64_C(1) << exponent) + random_below(random, 3) - 1;
}

enum { INVALID_DRAW_COUNT = 2 };

/* Makes them invalid, whether what they ask for fits or not: too little, too much, what 32 bits take for a
 * good number, part of a set. */
static void draw_invalid(struct random *random, uint64_t ways, struct cache_map_options *options) {
    const uint64_t stashes[] = {0, CACHE_MAP_STASH_VALUE_COUNT_LIMIT + 1, UINT64_MAX,
                                (UINT64_C(1) << (31 + random_below(random, 33))) +
                                    random_below(random, 8)};
    const unsigned turn = random_below(random, 2 + sizeof stashes / sizeof stashes[0]);
    if (turn < sizeof stashes / sizeof stashes[0])
        options->stash_value_count_max = stashes[turn];
    else
        options->cache_value_count_max += 1 + random_below(random, (uint32_t)ways - 1);
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

static const char *answer_differs(const char *call, const struct cache_map_options *options,
                                  enum cache_map_status status, size_t size, const char *expected) {
    (void)snprintf(plan_words, sizeof plan_words,
                   "%s answers %s and %zu bytes for cache %" PRIu64 ", stash %" PRIu64
                   ", scope %" PRIu64 "; %s",
                   call, cache_map_status_name(status), size, options->cache_value_count_max,
                   options->stash_value_count_max, options->scope_value_count_max, expected);
    return plan_words;
}

static void *allocate_nothing(void *context, size_t size, size_t alignment) {
    (void)context;
    (void)size;
    (void)alignment;
    return NULL;
}

/* Of a map that nobody makes: without memory, and in memory that is too small, whatever it is. Both must
 * refuse as memory_size does, and write nothing. */
static const char *init_differs(const struct subject_functions *functions,
                                const struct cache_map_options *options,
                                enum cache_map_status size_status, size_t size) {
    const struct cache_map_allocator nothing = {NULL, allocate_nothing, NULL};
    const enum cache_map_status expected =
        size_status == CACHE_MAP_OK ? CACHE_MAP_OUT_OF_MEMORY : size_status;
    alignas(64) unsigned char map[SUBJECT_MAP_SIZE_MAX];
    enum cache_map_status status;
    memset(map, 0x3c, sizeof map);
    status = functions->init(map, options, &nothing);
    if (status != expected)
        return answer_differs("init without memory", options, status, 0,
                              cache_map_status_name(expected));
    status =
        functions->init_in_memory(map, options, NULL, size_status == CACHE_MAP_OK ? size - 1 : 0);
    if (status != expected)
        return answer_differs("init_in_memory of too little", options, status, 0,
                              cache_map_status_name(expected));
    return map[0] == 0x3c && memcmp(map, map + 1, sizeof map - 1) == 0
               ? NULL
               : "an init that failed wrote to the map";
}

/* Of options that are valid. */
static const char *plan_differs(const struct subject_functions *functions,
                                const struct layout_description *description,
                                const struct cache_map_options *options) {
    const struct memory_shape shape = subject_memory_shape(functions->layout, description);
    const struct memory_reference reference =
        memory_reference_make(&shape, options->cache_value_count_max,
                              options->stash_value_count_max, options->scope_value_count_max);
    const bool fits = wide_fits(reference.size, SIZE_MAX);
    const struct cache_map_plan plan = cache_map_plan_make(functions->layout, options);
    const size_t offsets[SUBJECT_ARRAY_COUNT] = {
        plan.cache_values, plan.stash_values, plan.log_values, plan.scratch,
        plan.tags,         plan.counts,       plan.hands,      plan.marks,
        plan.buckets,      plan.entries,      plan.records,
    };
    size_t size = SUBJECT_SIZE_UNTOUCHED;
    const enum cache_map_status status = functions->memory_size(options, &size);
    if (status != (fits ? CACHE_MAP_OK : CACHE_MAP_SIZE_OVERFLOW) ||
        size != (fits ? reference.size.low : SUBJECT_SIZE_UNTOUCHED)) {
        char bytes[64] = "the contract's arrays take 2^64 or more";
        if (wide_fits(reference.size, UINT64_MAX))
            (void)snprintf(bytes, sizeof bytes, "the contract's arrays take %" PRIu64,
                           reference.size.low);
        return answer_differs("memory_size", options, status, size, bytes);
    }
    for (unsigned i = 0; fits && i < SUBJECT_ARRAY_COUNT; i += 1)
        if (offsets[i] != reference.offsets[i].low)
            return array_elsewhere(i, offsets[i], reference.offsets[i].low);
    return init_differs(functions, options, status, size);
}

/* Of options that are not. */
static const char *refusal_differs(const struct subject_functions *functions,
                                   const struct cache_map_options *options) {
    size_t size = SUBJECT_SIZE_UNTOUCHED;
    const enum cache_map_status status = functions->memory_size(options, &size);
    if (status != CACHE_MAP_OPTIONS_INVALID || size != SUBJECT_SIZE_UNTOUCHED)
        return answer_differs("memory_size", options, status, size, "they are invalid");
    return init_differs(functions, options, status, size);
}

const char *subject_plan_differs(const struct subject *subject, uint32_t turn) {
    const struct geometry *geometry = &subject->geometry;
    const struct layout_description *description = layout_describe(geometry->layout);
    struct random random = {(uint64_t)geometry->set_count << 48 ^
                            (uint64_t)geometry->stash_count_max << 32 ^
                            (uint64_t)geometry->scope_count_max << 16 ^ geometry->key_count};
    const char *differs = live_arrays_differ(subject);
    struct cache_map_options options;
    random.state = random_next(&random) + ((uint64_t)geometry->layout << 32 | turn);
    options = draw_options(&random, description->ways);
    if (differs == NULL)
        differs = plan_differs(subject->functions, description, &options);
    for (unsigned draw = 0; differs == NULL && draw < INVALID_DRAW_COUNT; draw += 1) {
        options = draw_options(&random, description->ways);
        draw_invalid(&random, description->ways, &options);
        differs = refusal_differs(subject->functions, &options);
    }
    return differs;
}
