/* SPDX-License-Identifier: Apache-2.0 */
/* The tables behind geometry.h. */
#include "geometry.h"

#include <assert.h>

static const struct layout_description layouts[LAYOUT_COUNT] = {
#define LAYOUT_ROW(number, value) \
    [number] = {LAYOUT_WAYS(number), LAYOUT_TAG_BITS(number), LAYOUT_CLOCK_BITS(number), \
                LAYOUT_CLASSIC(number), value},
    LAYOUT_TABLE(LAYOUT_ROW)
#undef LAYOUT_ROW
};

const struct layout_description *layout_describe(unsigned layout) {
    assert(layout < LAYOUT_COUNT);
    return &layouts[layout];
}

struct geometry geometry_of_world(const struct world *world) {
    const uint32_t *numbers = world->numbers;
    const struct geometry geometry = {
        .layout = world_byte(world, OPERAND_FIELDS_BYTE),
        .hash = (uint8_t)numbers[FIELD_HASH],
        .read = (uint8_t)numbers[FIELD_READ],
        .run = (uint8_t)numbers[FIELD_RUN],
        .set_count = numbers[FIELD_SETS],
        .stash_count_max = numbers[FIELD_STASH],
        .scope_count_max = numbers[FIELD_SCOPE],
        .key_count = numbers[FIELD_KEYS],
    };
    return geometry;
}

struct world world_of_geometry(const struct geometry *geometry) {
    struct world world = world_standard();
    world_set_byte(&world, OPERAND_FIELDS_BYTE, geometry->layout);
    world.numbers[FIELD_HASH] = geometry->hash;
    world.numbers[FIELD_READ] = geometry->read;
    world.numbers[FIELD_RUN] = geometry->run;
    world.numbers[FIELD_SETS] = geometry->set_count;
    world.numbers[FIELD_STASH] = geometry->stash_count_max;
    world.numbers[FIELD_SCOPE] = geometry->scope_count_max;
    world.numbers[FIELD_KEYS] = geometry->key_count;
    return world;
}
