/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's table of arrays behind subject_arrays.h, without a line of the library's plan. */
#include "subject_arrays.h"

_Static_assert((int)SUBJECT_ARRAY_COUNT == (int)MEMORY_ARRAY_COUNT, "the same arrays");
_Static_assert((int)SUBJECT_SCRATCH == (int)MEMORY_SCRATCH, "in the same order");

struct memory_shape subject_memory_shape(const struct cache_map_layout *layout,
                                         const struct layout_description *description) {
    const struct memory_shape shape = {description->ways, description->tag_bits,
                                       description->clock_bits, (uint32_t)layout->value_size,
                                       (uint32_t)layout->value_alignment};
    return shape;
}

size_t subject_arrays(const struct cache_map_layout *layout, const struct geometry *geometry,
                      struct subject_array arrays[SUBJECT_ARRAY_COUNT]) {
    const struct layout_description *description = layout_describe(geometry->layout);
    const struct memory_shape shape = subject_memory_shape(layout, description);
    const struct memory_reference reference =
        memory_reference_make(&shape, (uint64_t)geometry->set_count * description->ways,
                              geometry->stash_count_max, geometry->scope_count_max);
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1) {
        arrays[i].offset = (size_t)reference.offsets[i].low;
        arrays[i].item_count = (size_t)reference.items[i].count;
        arrays[i].item_size = reference.items[i].size;
    }
    return (size_t)reference.size.low;
}
