/* SPDX-License-Identifier: Apache-2.0 */
/* The tables behind geometry.h. */
#include "geometry.h"

#include <assert.h>

static const struct layout_description layouts[LAYOUT_COUNT_ALL] = {
#define LAYOUT_ROW(number, value) \
    [number] = {LAYOUT_WAYS(number), LAYOUT_TAG_BITS(number), LAYOUT_CLOCK_BITS(number), \
                LAYOUT_CLASSIC(number), value},
    LAYOUT_TABLE(LAYOUT_ROW)
#undef LAYOUT_ROW
        [LAYOUT_PAGE] = {LAYOUT_PAGE_WAYS, LAYOUT_PAGE_TAG_BITS, LAYOUT_PAGE_CLOCK_BITS,
                         LAYOUT_POLICY_CLOCK, LAYOUT_PAGE_SIZE},
    [LAYOUT_DEFAULT] = {LAYOUT_DEFAULT_WAYS, LAYOUT_DEFAULT_TAG_BITS, LAYOUT_DEFAULT_CLOCK_BITS,
                        LAYOUT_POLICY_CLOCK, LAYOUT_DEFAULT_SIZE},
};

const struct layout_description *layout_describe(unsigned layout) {
    assert(layout < LAYOUT_COUNT_ALL);
    return &layouts[layout];
}

/* The instance of the library that the fields name. */
static uint8_t layout_of_world(const struct world *world) {
    switch ((enum value_mode)world->numbers[FIELD_VALUE]) {
    case VALUE_PAGE: return LAYOUT_PAGE;
    case VALUE_DEFAULT: return LAYOUT_DEFAULT;
    case VALUE_OWN:
    case VALUE_MODE_COUNT: break;
    }
    return world_byte(world, OPERAND_FIELDS_BYTE);
}

struct geometry geometry_of_world(const struct world *world) {
    const uint32_t *numbers = world->numbers;
    const struct geometry geometry = {
        .layout = layout_of_world(world),
        .hash = (uint8_t)numbers[FIELD_HASH],
        .read = (uint8_t)numbers[FIELD_READ],
        .run = (uint8_t)numbers[FIELD_RUN],
        .uses = (uint8_t)numbers[FIELD_USES],
        .set_count = numbers[FIELD_SETS],
        .stash_count_max = numbers[FIELD_STASH],
        .scope_count_max = numbers[FIELD_SCOPE],
        .key_count = numbers[FIELD_KEYS],
    };
    return geometry;
}

struct world world_of_geometry(const struct geometry *geometry) {
    struct world world = world_standard();
    const struct layout_description *layout = layout_describe(geometry->layout);
    world.numbers[FIELD_VALUE] = geometry->layout == LAYOUT_PAGE      ? VALUE_PAGE
                                 : geometry->layout == LAYOUT_DEFAULT ? VALUE_DEFAULT
                                                                      : VALUE_OWN;
    world.numbers[FIELD_WAYS] = layout->ways;
    world.numbers[FIELD_TAG] = layout->tag_bits;
    world.numbers[FIELD_CLOCK] = layout->clock_bits;
    world.numbers[FIELD_POLICY] = layout->policy;
    world.numbers[FIELD_USES] = geometry->uses;
    world.numbers[FIELD_HASH] = geometry->hash;
    world.numbers[FIELD_READ] = geometry->read;
    world.numbers[FIELD_RUN] = geometry->run;
    world.numbers[FIELD_SETS] = geometry->set_count;
    world.numbers[FIELD_STASH] = geometry->stash_count_max;
    world.numbers[FIELD_SCOPE] = geometry->scope_count_max;
    world.numbers[FIELD_KEYS] = geometry->key_count;
    return world;
}
