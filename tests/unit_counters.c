/* SPDX-License-Identifier: Apache-2.0 */
/* Packed counters against the same operations on a plain array of uint8_t, for every number of
 * ways and bits that a layout can have, from random states. */
#include "unit_support.h"

static const uint32_t all_ways[] = {2, 4, 8, 16};
static const uint32_t all_bits[] = {1, 2, 4};

/* Calls `body` for each combination. */
static void for_each_shape(void (*body)(uint32_t ways, uint32_t bits)) {
    for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
        for (size_t b = 0; b < UNIT_COUNT_OF(all_bits); b += 1)
            body(all_ways[w], all_bits[b]);
}

/* A random word whose bits past the last lane are noise, and the array it stands for. */
static uint64_t random_word(struct unit_random *random, uint32_t ways, uint32_t bits,
                            uint8_t *counts) {
    const uint64_t word = unit_random_next(random) & unit_random_next(random);
    for (uint32_t way = 0; way < ways; way += 1) {
        counts[way] = 0;
        for (uint32_t bit = 0; bit < bits; bit += 1)
            counts[way] = (uint8_t)(counts[way] | (word >> (way * bits + bit) & 1) << bit);
    }
    return word;
}

static void expect_counts(uint64_t word, uint32_t ways, uint32_t bits, const uint8_t *counts) {
    for (uint32_t way = 0; way < ways; way += 1)
        if (cache_map_counter_get(word, way, bits) != counts[way])
            fail_msg("ways %u, bits %u: count of way %u is %u, expected %u", ways, bits, way,
                     cache_map_counter_get(word, way, bits), counts[way]);
}

static void get_and_set_in_one_shape(uint32_t ways, uint32_t bits) {
    struct unit_random random = {ways * 10 + bits};
    uint8_t counts[16];
    for (uint32_t round = 0; round < 2000; round += 1) {
        const uint64_t word = random_word(&random, ways, bits, counts);
        const uint32_t way = unit_random_below(&random, ways);
        const uint32_t count = unit_random_below(&random, 1u << bits);
        const uint64_t lanes = ways * bits == 64 ? UINT64_MAX : (UINT64_C(1) << ways * bits) - 1;
        uint64_t changed;
        expect_counts(word, ways, bits, counts);
        changed = cache_map_counter_set(word, way, bits, count);
        counts[way] = (uint8_t)count;
        expect_counts(changed, ways, bits, counts);
        assert_int_equal(changed & ~lanes, word & ~lanes);
    }
}

static void get_and_set_leave_the_neighbours(void **state) {
    (void)state;
    for_each_shape(get_and_set_in_one_shape);
}

static void load_and_store_in_one_shape(uint32_t ways, uint32_t bits) {
    const size_t size = cache_map_counters_size(ways, bits);
    struct unit_random random = {ways * 100 + bits};
    unsigned char memory[24];
    for (uint32_t round = 0; round < 500; round += 1) {
        const size_t offset = 8 - round % 8; /* unaligned too */
        const uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
        const uint64_t word = unit_random_next(&random);
        const unsigned char guard = (unsigned char)unit_random_next(&random);
        memset(memory, guard, sizeof memory);
        cache_map_counters_store(memory + offset, size, word);
        assert_int_equal(cache_map_counters_load(memory + offset, size), word & mask);
        for (size_t i = 0; i < sizeof memory; i += 1)
            if ((i < offset || i >= offset + size) && memory[i] != guard)
                fail_msg("ways %u, bits %u: storing %zu bytes at %zu wrote byte %zu", ways, bits,
                         size, offset, i);
    }
}

static void load_and_store_touch_their_bytes_only(void **state) {
    (void)state;
    for_each_shape(load_and_store_in_one_shape);
}

static void a_set_takes_the_bytes_of_its_bits_and_at_least_one(void **state) {
    (void)state;
    assert_int_equal(cache_map_counters_size(2, 1), 1);
    assert_int_equal(cache_map_counters_size(2, 2), 1);
    assert_int_equal(cache_map_counters_size(2, 4), 1);
    assert_int_equal(cache_map_counters_size(4, 1), 1);
    assert_int_equal(cache_map_counters_size(4, 2), 1);
    assert_int_equal(cache_map_counters_size(4, 4), 2);
    assert_int_equal(cache_map_counters_size(8, 1), 1);
    assert_int_equal(cache_map_counters_size(8, 2), 2);
    assert_int_equal(cache_map_counters_size(8, 4), 4);
    assert_int_equal(cache_map_counters_size(16, 1), 2);
    assert_int_equal(cache_map_counters_size(16, 2), 4);
    assert_int_equal(cache_map_counters_size(16, 4), 8);
}

static void the_largest_count_fills_the_bits(void **state) {
    (void)state;
    assert_int_equal(cache_map_counter_max(1), 1);
    assert_int_equal(cache_map_counter_max(2), 3);
    assert_int_equal(cache_map_counter_max(4), 15);
}

static void zero_lanes_in_one_shape(uint32_t ways, uint32_t bits) {
    struct unit_random random = {ways * 1000 + bits};
    uint8_t counts[16];
    for (uint32_t round = 0; round < 2000; round += 1) {
        const uint64_t word = random_word(&random, ways, bits, counts);
        uint64_t expected = 0;
        for (uint32_t way = 0; way < ways; way += 1)
            if (counts[way] == 0)
                expected |= UINT64_C(1) << way * bits;
        if (cache_map_counters_zero_lanes(word, ways, bits) != expected)
            fail_msg("ways %u, bits %u: zero lanes of %#llx are %#llx, expected %#llx", ways, bits,
                     (unsigned long long)word,
                     (unsigned long long)cache_map_counters_zero_lanes(word, ways, bits),
                     (unsigned long long)expected);
    }
    assert_int_equal(cache_map_counters_zero_lanes(UINT64_MAX, ways, bits), 0);
}

static void zero_lanes_mark_the_free_ways(void **state) {
    (void)state;
    for_each_shape(zero_lanes_in_one_shape);
}

/* One lane is not 0 by a single bit: whichever bit it is, the lane is not free. */
static void one_bit_in_one_shape(uint32_t ways, uint32_t bits) {
    for (uint32_t bit = 0; bit < ways * bits; bit += 1) {
        const uint64_t free_lanes = cache_map_counters_zero_lanes(UINT64_C(1) << bit, ways, bits);
        const uint64_t all = cache_map_counters_zero_lanes(0, ways, bits);
        assert_int_equal(free_lanes, all & ~(UINT64_C(1) << (bit - bit % bits)));
    }
}

static void a_single_bit_occupies_its_lane_only(void **state) {
    (void)state;
    for_each_shape(one_bit_in_one_shape);
}

static void zero_or_one_lanes_in_one_shape(uint32_t ways, uint32_t bits) {
    struct unit_random random = {ways * 2000 + bits};
    uint8_t counts[16];
    for (uint32_t round = 0; round < 2000; round += 1) {
        const uint64_t word = random_word(&random, ways, bits, counts);
        uint64_t expected = 0, ones = 0;
        for (uint32_t way = 0; way < ways; way += 1) {
            expected |= (uint64_t)(counts[way] <= 1) << way * bits;
            ones |= UINT64_C(1) << way * bits;
        }
        assert_int_equal(cache_map_counters_zero_or_one_lanes(word, ways, bits), expected);
        assert_int_equal(cache_map_counters_lanes(ways, bits), ones);
    }
}

static void zero_or_one_lanes_mark_the_counts_of_0_and_1(void **state) {
    (void)state;
    for_each_shape(zero_or_one_lanes_in_one_shape);
}

static void rotations_in_one_shape(uint32_t ways, uint32_t bits) {
    struct unit_random random = {ways * 3000 + bits};
    uint8_t counts[16];
    for (uint32_t round = 0; round < 200; round += 1) {
        const uint64_t word =
            random_word(&random, ways, bits, counts) & cache_map_counters_used(ways, bits);
        for (uint32_t first = 0; first <= ways; first += 1) {
            const uint64_t turned = cache_map_counters_rotate(word, first, ways, bits);
            for (uint32_t way = 0; way < ways; way += 1)
                assert_int_equal(cache_map_counter_get(turned, way, bits),
                                 counts[(first + way) % ways]);
            assert_int_equal(cache_map_counters_rotate(turned, ways - first, ways, bits), word);
        }
    }
}

static void a_rotation_moves_each_count_and_can_be_undone(void **state) {
    (void)state;
    for_each_shape(rotations_in_one_shape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(get_and_set_leave_the_neighbours),
        cmocka_unit_test(load_and_store_touch_their_bytes_only),
        cmocka_unit_test(a_set_takes_the_bytes_of_its_bits_and_at_least_one),
        cmocka_unit_test(the_largest_count_fills_the_bits),
        cmocka_unit_test(zero_lanes_mark_the_free_ways),
        cmocka_unit_test(a_single_bit_occupies_its_lane_only),
        cmocka_unit_test(zero_or_one_lanes_mark_the_counts_of_0_and_1),
        cmocka_unit_test(a_rotation_moves_each_count_and_can_be_undone),
    };
    return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
