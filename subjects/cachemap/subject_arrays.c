/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's table of arrays behind subject_arrays.h, without a line of the library's plan. */
#include "subject_arrays.h"

enum { LINE_SIZE = 64 };

static size_t round_up(size_t size, size_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

size_t subject_arrays(const struct cache_map_layout *layout, const struct geometry *geometry,
                      struct subject_array arrays[SUBJECT_ARRAY_COUNT]) {
    const struct layout_description *shape = layout_describe(geometry->layout);
    const size_t sets = geometry->set_count, stash = geometry->stash_count_max;
    const size_t scope = geometry->scope_count_max;
    const size_t block = layout->value_alignment > LINE_SIZE ? layout->value_alignment : LINE_SIZE;
    const size_t count_bits = (size_t)shape->ways * shape->clock_bits;
    size_t buckets = 1, size = 0;
    while (buckets < 2 * stash)
        buckets *= 2;
    const struct subject_array items[SUBJECT_ARRAY_COUNT] = {
        [SUBJECT_CACHE_VALUES] = {block, sets * shape->ways, layout->value_size},
        [SUBJECT_STASH_VALUES] = {block, stash, layout->value_size},
        [SUBJECT_SCOPE_VALUES] = {block, scope, layout->value_size},
        [SUBJECT_SCRATCH] = {block, 1, layout->value_size},
        [SUBJECT_TAGS] = {LINE_SIZE, sets, (size_t)shape->ways * shape->tag_bits / 8},
        [SUBJECT_COUNTS] = {LINE_SIZE, sets, (count_bits < 8 ? 8 : count_bits) / 8},
        [SUBJECT_HANDS] = {LINE_SIZE, sets, 1},
        [SUBJECT_BUCKETS] = {LINE_SIZE, buckets, 8},
        [SUBJECT_ENTRIES] = {LINE_SIZE, stash, 4},
        [SUBJECT_RECORDS] = {LINE_SIZE, scope, 16},
    };
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1) {
        arrays[i] = items[i];
        arrays[i].offset = round_up(size, items[i].offset); /* there: the alignment */
        size = arrays[i].offset + items[i].item_count * items[i].item_size;
    }
    return round_up(size, block);
}
