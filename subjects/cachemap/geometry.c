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

int layout_find(unsigned ways, unsigned tag_bits, unsigned clock_bits, unsigned policy) {
    for (int number = 0; number < LAYOUT_COUNT; number += 1)
        if (layouts[number].ways == ways && layouts[number].tag_bits == tag_bits &&
            layouts[number].clock_bits == clock_bits && layouts[number].policy == policy)
            return number;
    return -1;
}

const char *layout_policy_name(unsigned policy) {
    assert(policy <= LAYOUT_POLICY_CLOCK_CLASSIC);
    return policy == LAYOUT_POLICY_CLOCK ? "clock" : "clock_classic";
}

const char *hash_mode_name(unsigned mode) {
    static const char *const names[HASH_MODE_COUNT] = {
        "mix", "seeded", "identity", "buckets", "collide", "same_set", "same_tag", "same_home"};
    assert(mode < HASH_MODE_COUNT);
    return names[mode];
}

const char *read_mode_name(unsigned mode) {
    static const char *const names[READ_MODE_COUNT] = {"inspect", "all", "own", "end"};
    assert(mode < READ_MODE_COUNT);
    return names[mode];
}

const char *run_mode_name(unsigned mode) {
    static const char *const names[RUN_MODE_COUNT] = {"plain", "twice", "across", "thorough"};
    assert(mode < RUN_MODE_COUNT);
    return names[mode];
}

static const uint16_t set_counts[] = {1, 1, 2, 1, 1, 2, 3, 4, 1, 2, 3, 5, 0, 7, 16, 64};
static const uint16_t stash_counts[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,  12,
                                        13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,  24,
                                        25, 26, 27, 28, 29, 30, 31, 32, 48, 64, 128, 256};
static const uint16_t scope_counts[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                        12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
                                        24, 25, 26, 27, 28, 29, 30, 31, 32, 64, 256};
static const uint16_t key_counts[] = {2,  3,  4,  5,  6,  7,  8,  2,  3,   4,  5,  6,
                                      7,  8,  9,  10, 11, 12, 13, 14, 15,  16, 18, 20,
                                      22, 24, 26, 28, 30, 32, 48, 64, 128, 256};

#define NUMBER_TABLE(numbers) \
    { (numbers), sizeof(numbers) / sizeof(numbers)[0] }

struct number_table geometry_set_counts(void) {
    const struct number_table table = NUMBER_TABLE(set_counts);
    return table;
}

struct number_table geometry_stash_counts(void) {
    const struct number_table table = NUMBER_TABLE(stash_counts);
    return table;
}

struct number_table geometry_scope_counts(void) {
    const struct number_table table = NUMBER_TABLE(scope_counts);
    return table;
}

struct number_table geometry_key_counts(void) {
    const struct number_table table = NUMBER_TABLE(key_counts);
    return table;
}

int number_table_find(struct number_table table, unsigned number) {
    for (int index = 0; index < table.count; index += 1)
        if (table.numbers[index] == number)
            return index;
    return -1;
}
