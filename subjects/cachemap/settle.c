/* SPDX-License-Identifier: Apache-2.0 */
/* world_settle (world.h): which numbers of a world go together. Values of a page and the library's
 * defaults have a layout of their own. Of a large world the block and the models fit into memory, and are
 * looked over in some milliseconds: what is too much becomes the largest number of its list that is not,
 * and a layout the next one that fits. Small worlds stay as they are. */
#include "settle.h"

enum {
    SETTLE_PAGE_SET_COUNT_MAX = 7,
    SETTLE_PAGE_COUNT_MAX = 32, /* entries, and records */
    SETTLE_PAGE_KEY_COUNT_MAX = 300,
    SETTLE_NARROW_KEY_COUNT = 256, /* keys that one byte tells apart */
    SETTLE_SLOT_COUNT_MAX = 140000,
    SETTLE_SEVERAL_MAX = 4096, /* of sets and records one may be above it */
    SETTLE_BLOCK_SIZE_MAX = 12 * 1024 * 1024
};

/* The largest number of the field's list that is not above `most`, if it is. */
static void settle_most(struct world *world, unsigned field, uint32_t most) {
    const struct field_description *description = field_describe(field);
    uint32_t best = description->smallest;
    if (world->numbers[field] <= most)
        return;
    for (unsigned index = 0; index < description->count_all; index += 1) {
        const uint32_t number = field_number(field, index);
        if (number <= most && number > best)
            best = number;
    }
    world->numbers[field] = best;
}

static void settle_layout(struct world *world, const struct layout_description *layout) {
    world->numbers[FIELD_WAYS] = layout->ways;
    world->numbers[FIELD_TAG] = layout->tag_bits;
    world->numbers[FIELD_CLOCK] = layout->clock_bits;
    world->numbers[FIELD_POLICY] = layout->policy;
}

static void settle_page(struct world *world) {
    settle_layout(world, layout_describe(LAYOUT_PAGE));
    settle_most(world, FIELD_SETS, SETTLE_PAGE_SET_COUNT_MAX);
    settle_most(world, FIELD_STASH, SETTLE_PAGE_COUNT_MAX);
    settle_most(world, FIELD_SCOPE, SETTLE_PAGE_COUNT_MAX);
    settle_most(world, FIELD_KEYS, SETTLE_PAGE_KEY_COUNT_MAX);
}

static void settle_default(struct world *world) {
    const struct layout_description *layout = layout_describe(LAYOUT_DEFAULT);
    settle_layout(world, layout);
    settle_most(world, FIELD_SETS, SETTLE_SLOT_COUNT_MAX / layout->ways);
    if (world->numbers[FIELD_HASH] != HASH_MIX)
        world->numbers[FIELD_HASH] = HASH_SEEDED; /* no other is the library's */
}

/* Where keys share a home, a stash that is filled with as many is too much work. */
static void settle_huge(struct world *world) {
    world->numbers[FIELD_RUN] = RUN_PLAIN;
    switch ((enum hash_mode)world->numbers[FIELD_HASH]) {
    case HASH_IDENTITY:
    case HASH_BUCKETS:
    case HASH_COLLIDE: world->numbers[FIELD_HASH] = HASH_MIX; break;
    case HASH_SAME_HOME: world->numbers[FIELD_HASH] = HASH_IN_A_ROW; break;
    case HASH_MIX:
    case HASH_SEEDED:
    case HASH_SAME_SET:
    case HASH_SAME_TAG:
    case HASH_IN_A_ROW:
    case HASH_MODE_COUNT: break;
    }
}

/* At least what the map's block takes. */
static uint64_t settle_block_size(const struct world *world,
                                  const struct layout_description *layout) {
    enum { SLOT_SIZE = 4, ENTRY_SIZE = 36, RECORD_SIZE = 16 };
    const uint64_t slots = (uint64_t)world->numbers[FIELD_SETS] * layout->ways;
    return slots * (layout->value_size + SLOT_SIZE) +
           world->numbers[FIELD_STASH] * (uint64_t)(layout->value_size + ENTRY_SIZE) +
           world->numbers[FIELD_SCOPE] * (uint64_t)(layout->value_size + RECORD_SIZE);
}

static bool settle_fits(const struct world *world) {
    const struct layout_description *layout =
        layout_describe(world_byte(world, OPERAND_FIELDS_BYTE));
    const bool narrow = layout->value_size == LAYOUT_NARROW_SIZE;
    return !(narrow && world->numbers[FIELD_KEYS] > SETTLE_NARROW_KEY_COUNT) &&
           world->numbers[FIELD_SETS] * layout->ways <= SETTLE_SLOT_COUNT_MAX &&
           settle_block_size(world, layout) <= SETTLE_BLOCK_SIZE_MAX;
}

/* Ends: the layouts of the fewest ways are among those behind any other, with values of 8 bytes. */
static void settle_own(struct world *world) {
    while (!settle_fits(world)) {
        const unsigned layout = world_byte(world, OPERAND_FIELDS_BYTE);
        world_set_byte(world, OPERAND_FIELDS_BYTE, (layout + 1) % LAYOUT_COUNT);
    }
}

bool world_settle(struct world *world) {
    const struct world before = *world;
    const uint32_t *numbers = world->numbers;
    struct geometry geometry;
    switch ((enum value_mode)numbers[FIELD_VALUE]) {
    case VALUE_PAGE: settle_page(world); break;
    case VALUE_DEFAULT: settle_default(world); break;
    case VALUE_OWN: settle_own(world); break;
    case VALUE_MODE_COUNT: break;
    }
    if (numbers[FIELD_SETS] > SETTLE_SEVERAL_MAX)
        settle_most(world, FIELD_SCOPE, SETTLE_SEVERAL_MAX);
    geometry = geometry_of_world(world);
    if (geometry_is_huge(&geometry))
        settle_huge(world);
    return !world_equal(&before, world);
}

void world_remake(struct world *world, unsigned layout) {
    world_set_byte(world, OPERAND_FIELDS_BYTE, layout);
    (void)world_settle(world);
}

struct geometry geometry_remade(const struct geometry *geometry, unsigned layout) {
    struct world world = world_of_geometry(geometry);
    world_remake(&world, layout);
    return geometry_of_world(&world);
}
