/* SPDX-License-Identifier: Apache-2.0 */
/* What a world (world.h) is to a cache map: which instance of the library, how large, with which hash, how
 * many keys, and how thoroughly it is read. Knows numbers, neither the map nor the model. */
#ifndef HARNESS_GEOMETRY_H
#define HARNESS_GEOMETRY_H

#include "layout.h"
#include "world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The policies under the harness's own names: the naive model must not share the library's. */
enum layout_policy { LAYOUT_POLICY_CLOCK, LAYOUT_POLICY_CLOCK_CLASSIC };

struct layout_description {
    uint8_t ways;
    uint8_t tag_bits;
    uint8_t clock_bits;
    uint8_t policy; /* enum layout_policy */
    uint32_t value_size;
};

/* `layout` is below LAYOUT_COUNT_ALL. The description is static. */
const struct layout_description *layout_describe(unsigned layout);

struct geometry {
    uint8_t layout;     /* or LAYOUT_PAGE, LAYOUT_DEFAULT */
    uint8_t hash;       /* enum hash_mode */
    uint8_t read;       /* enum read_mode */
    uint8_t run;        /* enum run_mode */
    uint8_t uses;       /* enum uses_mode */
    uint32_t set_count; /* 0: no cache */
    uint32_t stash_count_max;
    uint32_t scope_count_max;
    uint32_t key_count;
};

/* Whether it has more than a byte says of something, or values above 2^16 bytes: what is O(state) is not done
 * after each op then. */
static inline bool geometry_is_large(const struct geometry *geometry) {
    return geometry->set_count > 64 || geometry->stash_count_max > 256 ||
           geometry->scope_count_max > 256 || geometry->key_count > 256 ||
           geometry->layout == LAYOUT_PAGE;
}

/* Whether it has so much that one pass is as long as an input may be: no other is made. */
static inline bool geometry_is_huge(const struct geometry *geometry) {
    return geometry->set_count > 4096 || geometry->stash_count_max > 4096 ||
           geometry->scope_count_max > 4096 || geometry->key_count > 4096;
}

/* What the numbers of a world mean, and back; what has no meaning here is standard. */
struct geometry geometry_of_world(const struct world *world);
struct world world_of_geometry(const struct geometry *geometry);

#endif
