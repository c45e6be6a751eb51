/* SPDX-License-Identifier: Apache-2.0 */
/* The watch of every program: init, reset and compact write no value, used or free. What such a write would
 * do shows in no answer and in nothing that inspection gives: only in time, and in pages that were never
 * needed.
 *
 * Of each array of values the first and the last item are looked at and some between, the first and last
 * byte of each: what writes values there writes them all. Knows bytes, nothing of their meaning. */
#include "subject_watch.h"

#include "subject_arrays.h"

enum { SAMPLE_ITEM_COUNT = 4, SAMPLE_COUNT = SUBJECT_VALUE_ARRAY_COUNT * SAMPLE_ITEM_COUNT * 2 };

/* Free places are poisoned; and what was never written is not initialised. Both may be looked at here. */
#if defined(__clang__)
#    define READS_ANYTHING __attribute__((no_sanitize("address", "memory")))
#else
#    define READS_ANYTHING __attribute__((no_sanitize("address")))
#endif

static struct {
    const void *map;
    const unsigned char *block;
    const struct subject_functions *real;
    struct subject_functions functions;
    size_t offsets[SAMPLE_COUNT];
    unsigned count;
} watch;

/* ---- The samples. ------------------------------------------------------------------------ */

static void samples_choose(const struct geometry *geometry) {
    struct subject_array arrays[SUBJECT_ARRAY_COUNT];
    (void)subject_arrays(watch.real->layout, geometry, arrays);
    watch.count = 0;
    for (unsigned i = 0; i < SUBJECT_VALUE_ARRAY_COUNT; i += 1) {
        const size_t count = arrays[i].item_count, size = arrays[i].item_size;
        const size_t chosen = count < SAMPLE_ITEM_COUNT ? count : SAMPLE_ITEM_COUNT;
        for (size_t k = 0; k < chosen; k += 1) {
            const size_t item = chosen == 1 ? 0 : k * (count - 1) / (chosen - 1);
            watch.offsets[watch.count] = arrays[i].offset + item * size;
            watch.offsets[watch.count + 1] = arrays[i].offset + item * size + size - 1;
            watch.count += 2;
        }
    }
}

/* A number of the bytes that are looked at. */
READS_ANYTHING static uint64_t samples_of(const unsigned char *block) {
    uint64_t digest = 0;
    for (unsigned i = 0; i < watch.count; i += 1)
        digest = (digest ^ block[watch.offsets[i]]) * UINT64_C(0x9fb21c651e98df25);
    return digest;
}

static void samples_compare(const char *call, uint64_t before, const unsigned char *block) {
    if (samples_of(block) != before)
        subject_note_excess("%s wrote bytes of values; at most 0 are allowed", call);
}

/* ---- The calls. -------------------------------------------------------------------------- */

/* An init of another map, which must fail, is none of ours; and what an allocator of the system gives is not
 * known before. */
static bool watch_knows(const void *map) {
    return map == watch.map && watch.block != NULL;
}

static enum cache_map_status watch_init(void *map, const struct cache_map_options *options,
                                        const struct cache_map_allocator *allocator) {
    enum cache_map_status status;
    uint64_t before;
    if (!watch_knows(map))
        return watch.real->init(map, options, allocator);
    before = samples_of(watch.block);
    status = watch.real->init(map, options, allocator);
    samples_compare("init", before, watch.block);
    return status;
}

static enum cache_map_status watch_init_in_memory(void *map,
                                                  const struct cache_map_options *options,
                                                  void *memory, size_t size) {
    enum cache_map_status status;
    uint64_t before;
    if (!watch_knows(map))
        return watch.real->init_in_memory(map, options, memory, size);
    before = samples_of(watch.block);
    status = watch.real->init_in_memory(map, options, memory, size);
    samples_compare("init_in_memory", before, watch.block);
    return status;
}

/* Every typed map is a `struct cache_map` with a type around it. */
#define WATCH_CALL(name) \
    static enum cache_map_status watch_##name(void *map) { \
        const unsigned char *block = ((const struct cache_map *)map)->memory; \
        const uint64_t before = samples_of(block); \
        const enum cache_map_status status = watch.real->name(map); \
        if (watch.real->layout->value_gone == NULL) /* else the user writes what is gone */ \
            samples_compare(#name, before, block); \
        return status; \
    }
WATCH_CALL(compact)
WATCH_CALL(reset)
#undef WATCH_CALL

const struct subject_functions *subject_watched(const struct subject_functions *real,
                                                const struct geometry *geometry, const void *map,
                                                const unsigned char *block) {
    watch.real = real;
    watch.map = map;
    watch.block = block;
    watch.functions = *real;
    watch.functions.init = watch_init;
    watch.functions.init_in_memory = watch_init_in_memory;
    watch.functions.compact = watch_compact;
    watch.functions.reset = watch_reset;
    samples_choose(geometry);
    return &watch.functions;
}
