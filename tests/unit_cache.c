/* SPDX-License-Identifier: Apache-2.0 */
/* The cache kernel: tag match against a plain loop, the sweep against a CLOCK on a plain array
 * (over random states, and over all states where there are few), and what each slot operation
 * writes and leaves alone. */
#include "unit_support.h"

static const uint32_t all_ways[] = {2, 4, 8, 16};
static const uint32_t all_bits[] = {1, 2, 4};

static bool item_has_key(const void *value, const void *key) {
    return ((const struct unit_item *)value)->key == *(const uint64_t *)key;
}

static uint64_t item_hash(const void *value, const struct cache_map_seed *seed) {
    return ((const struct unit_item *)value)->key ^ seed->value;
}

static struct cache_map_layout layout_make(uint32_t ways, uint32_t tag_bits, uint32_t clock_bits,
                                           enum cache_map_policy policy) {
    struct cache_map_layout layout;
    layout.ways = ways;
    layout.tag_bits = tag_bits;
    layout.clock_bits = clock_bits;
    layout.policy = policy;
    layout.value_size = sizeof(struct unit_item);
    layout.value_alignment = _Alignof(struct unit_item);
    layout.value_has_key = item_has_key;
    layout.value_hash = item_hash;
    return layout;
}

/* ---- Tag match. -------------------------------------------------------------------------- */

static void expect_match(const uint32_t *tags, uint32_t ways, uint32_t tag_bits, uint32_t tag) {
    unsigned char memory[33];
    uint32_t expected = 0;
    const uint32_t tag_size = tag_bits / 8;
    memset(memory, (unsigned char)tag, sizeof memory); /* tags past the set's would match */
    for (uint32_t way = 0; way < ways; way += 1) {
        const uint8_t tag_8 = (uint8_t)tags[way];
        const uint16_t tag_16 = (uint16_t)tags[way];
        expected |= (uint32_t)(tags[way] == tag) << way;
        memcpy(memory + 1 + (size_t)way * tag_size,
               tag_bits == 8 ? (const void *)&tag_8 : (const void *)&tag_16, tag_size);
    }
    if (cache_map_tag_match(memory + 1, ways, tag_bits, tag) != expected)
        fail_msg("ways %u, tag bits %u: match of %#x is %#x, expected %#x", ways, tag_bits, tag,
                 cache_map_tag_match(memory + 1, ways, tag_bits, tag), expected);
    assert_int_equal(cache_map_tag_match_portable(memory + 1, ways, tag_bits, tag), expected);
    for (uint32_t way = 0; way < ways; way += 1)
        assert_int_equal(cache_map_tag_get(memory + 1, way, tag_bits), tags[way]);
}

static void tag_match_finds_every_equal_tag_and_no_other(void **state) {
    static const uint32_t extremes[] = {0,      1,      0x7f,   0x80,   0xff,   0x100,
                                        0x7fff, 0x8000, 0x80ff, 0xff00, 0xff80, 0xffff};
    struct unit_random random = {1};
    (void)state;
    for (uint32_t tag_bits = 8; tag_bits <= 16; tag_bits += 8)
        for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
            for (uint32_t round = 0; round < 3000; round += 1) {
                const uint32_t mask = (1u << tag_bits) - 1;
                const bool use_extremes = round % 2 == 0;
                uint32_t tags[16];
                for (uint32_t way = 0; way < 16; way += 1)
                    tags[way] = mask & (use_extremes ? extremes[unit_random_below(&random, 12)]
                                                     : unit_random_below(&random, 1u << 16));
                expect_match(tags, all_ways[w], tag_bits, tags[unit_random_below(&random, 16)]);
                expect_match(tags, all_ways[w], tag_bits,
                             mask & unit_random_below(&random, 1u << 16));
            }
}

static void tag_match_of_all_equal_tags_is_all_ways(void **state) {
    (void)state;
    for (uint32_t tag_bits = 8; tag_bits <= 16; tag_bits += 8)
        for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
            for (uint32_t tag = 0; tag < 1u << tag_bits; tag += tag_bits == 8 ? 1 : 257) {
                uint32_t tags[16];
                for (uint32_t way = 0; way < 16; way += 1)
                    tags[way] = tag;
                expect_match(tags, all_ways[w], tag_bits, tag);
                for (uint32_t way = 0; way < 16; way += 1)
                    tags[way] = tag ^ (1u << way % tag_bits); /* one bit off */
                expect_match(tags, all_ways[w], tag_bits, tag);
            }
}

/* ---- The sweep. -------------------------------------------------------------------------- */

struct naive_sweep {
    uint32_t counts[16];
    uint32_t way;
    bool evicts;
    uint32_t steps;
};

/* Section 5 of the contract, word for word. */
static struct naive_sweep naive_sweep_run(const uint32_t *counts, uint32_t hand, uint32_t ways) {
    struct naive_sweep sweep;
    memset(&sweep, 0, sizeof sweep);
    memcpy(sweep.counts, counts, ways * sizeof *counts);
    sweep.way = hand;
    for (;;) {
        sweep.steps += 1;
        if (sweep.counts[sweep.way] == 0)
            return sweep;
        sweep.counts[sweep.way] -= 1;
        if (sweep.counts[sweep.way] == 0) {
            sweep.evicts = true;
            return sweep;
        }
        sweep.way = (sweep.way + 1) % ways;
    }
}

static uint64_t word_of_counts(const uint32_t *counts, uint32_t ways, uint32_t bits) {
    uint64_t word = 0;
    for (uint32_t way = 0; way < ways; way += 1)
        word |= (uint64_t)counts[way] << way * bits;
    return word;
}

/* Compares all that a sweep decides, and returns the steps that the naive one took. */
static uint32_t expect_sweep(const uint32_t *counts, uint32_t hand, uint32_t ways, uint32_t bits) {
    const uint64_t word = word_of_counts(counts, ways, bits);
    const struct naive_sweep naive = naive_sweep_run(counts, hand, ways);
    const struct cache_map_sweep sweep = cache_map_sweep_run(word, hand, ways, bits);
    const uint64_t naive_word = word_of_counts(naive.counts, ways, bits);
    if (sweep.way != naive.way || sweep.evicts != naive.evicts || sweep.counts != naive_word)
        fail_msg("ways %u, bits %u, counts %#llx, hand %u: way %u evicts %d counts %#llx, "
                 "expected way %u evicts %d counts %#llx",
                 ways, bits, (unsigned long long)word, hand, sweep.way, sweep.evicts,
                 (unsigned long long)sweep.counts, naive.way, naive.evicts,
                 (unsigned long long)naive_word);
    assert_true(naive.steps <= ways * ((1u << bits) - 2) + 1);
    return naive.steps;
}

static void expect_sweeps_of_all_states(uint32_t ways, uint32_t bits) {
    const uint64_t state_count = UINT64_C(1) << ways * bits;
    for (uint64_t number = 0; number < state_count; number += 1)
        for (uint32_t hand = 0; hand < ways; hand += 1) {
            uint32_t counts[16];
            for (uint32_t way = 0; way < ways; way += 1)
                counts[way] = (uint32_t)(number >> way * bits) & ((1u << bits) - 1);
            (void)expect_sweep(counts, hand, ways, bits);
        }
}

static void sweep_of_every_state_of_few_ways(void **state) {
    (void)state;
    expect_sweeps_of_all_states(2, 1);
    expect_sweeps_of_all_states(2, 2);
    expect_sweeps_of_all_states(2, 4);
    expect_sweeps_of_all_states(4, 1);
    expect_sweeps_of_all_states(4, 2);
    expect_sweeps_of_all_states(8, 1);
}

static void sweep_of_random_states(void **state) {
    struct unit_random random = {2};
    (void)state;
    for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
        for (size_t b = 0; b < UNIT_COUNT_OF(all_bits); b += 1)
            for (uint32_t round = 0; round < 3000; round += 1) {
                const uint32_t ways = all_ways[w], bits = all_bits[b];
                const uint32_t low = round % 3 == 0 ? 0 : 1; /* one round in three: free ways */
                uint32_t counts[16];
                for (uint32_t way = 0; way < ways; way += 1)
                    counts[way] = low + unit_random_below(&random, (1u << bits) - low);
                (void)expect_sweep(counts, unit_random_below(&random, ways), ways, bits);
            }
}

/* A set of saturated counts takes exactly the steps that the bound allows, from every hand. */
static void sweep_reaches_its_step_bound_and_does_not_pass_it(void **state) {
    (void)state;
    for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
        for (size_t b = 0; b < UNIT_COUNT_OF(all_bits); b += 1) {
            const uint32_t ways = all_ways[w], bits = all_bits[b], max = (1u << bits) - 1;
            uint32_t counts[16];
            for (uint32_t way = 0; way < ways; way += 1)
                counts[way] = max;
            for (uint32_t hand = 0; hand < ways; hand += 1)
                assert_int_equal(expect_sweep(counts, hand, ways, bits), ways * (max - 1) + 1);
        }
}

/* `clock` takes the first free way from the hand and touches no count; `clock_classic` sweeps. */
static void expect_choice(const uint32_t *counts, uint32_t hand, uint32_t ways, uint32_t bits) {
    const struct cache_map_layout clock = layout_make(ways, 8, bits, CACHE_MAP_POLICY_CLOCK);
    const struct cache_map_layout classic =
        layout_make(ways, 8, bits, CACHE_MAP_POLICY_CLOCK_CLASSIC);
    const uint64_t word = word_of_counts(counts, ways, bits);
    const struct cache_map_sweep swept = cache_map_sweep_run(word, hand, ways, bits);
    const struct cache_map_sweep clock_choice = cache_map_choose(&clock, word, hand);
    const struct cache_map_sweep classic_choice = cache_map_choose(&classic, word, hand);
    uint32_t free_way = ways;
    for (uint32_t step = ways; step > 0; step -= 1)
        if (counts[(hand + step - 1) % ways] == 0)
            free_way = (hand + step - 1) % ways;
    assert_int_equal(classic_choice.way, swept.way);
    assert_int_equal(classic_choice.evicts, swept.evicts);
    assert_int_equal(classic_choice.counts, swept.counts);
    assert_int_equal(clock_choice.way, free_way < ways ? free_way : swept.way);
    assert_int_equal(clock_choice.evicts, free_way < ways ? false : swept.evicts);
    assert_int_equal(clock_choice.counts, free_way < ways ? word : swept.counts);
}

static void choose_follows_the_policy(void **state) {
    struct unit_random random = {3};
    (void)state;
    for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
        for (size_t b = 0; b < UNIT_COUNT_OF(all_bits); b += 1)
            for (uint32_t round = 0; round < 2000; round += 1) {
                const uint32_t ways = all_ways[w], bits = all_bits[b];
                const uint32_t free_in = 1 + round % 7; /* one way in 1 .. 7 is free */
                uint32_t counts[16];
                for (uint32_t way = 0; way < ways; way += 1)
                    counts[way] = unit_random_below(&random, free_in) == 0
                                      ? 0
                                      : 1 + unit_random_below(&random, (1u << bits) - 1);
                expect_choice(counts, unit_random_below(&random, ways), ways, bits);
            }
}

/* ---- Slots. ------------------------------------------------------------------------------ */

enum { SET_COUNT = 3 };

/* A cache of SET_COUNT sets in arrays of its own, at most 16 ways each. */
struct fixture {
    struct cache_map_cache cache;
    unsigned char tags[SET_COUNT * 16 * 2];
    unsigned char counts[SET_COUNT * 8];
    unsigned char hands[SET_COUNT];
    struct unit_item values[SET_COUNT * 16];
};

static void fixture_init(struct fixture *fixture, const struct cache_map_layout *layout) {
    memset(fixture, 0xa5, sizeof *fixture);
    fixture->cache.set_count = SET_COUNT;
    fixture->cache.tags = fixture->tags;
    fixture->cache.counts = fixture->counts;
    fixture->cache.hands = fixture->hands;
    fixture->cache.values = (unsigned char *)fixture->values;
    cache_map_cache_clear(layout, &fixture->cache);
}

/* Values are poisoned while free; a fixture on the stack has to give them back. */
static void fixture_end(struct fixture *fixture) {
    CACHE_MAP_UNPOISON(fixture->values, sizeof fixture->values);
}

/* A hash of set `set` whose low 32 bits are `low`: the tag and what tells its keys apart. */
static uint64_t hash_of(uint64_t set, uint32_t low) {
    const uint64_t middle_of_set = UINT64_MAX / SET_COUNT * set + UINT64_MAX / SET_COUNT / 2;
    return (middle_of_set & ~(uint64_t)UINT32_MAX) | low;
}

/* A use of the slot's value, as a search would have found it. */
static void touch_slot(const struct cache_map_layout *layout, struct cache_map_cache *cache,
                       uint64_t slot) {
    const uint64_t set = slot / layout->ways;
    const struct cache_map_hit hit = {cache_map_slot_value(layout, cache, slot), set,
                                      cache_map_set_counts(layout, cache, set),
                                      (uint32_t)(slot % layout->ways)};
    cache_map_hit_touch(layout, cache, &hit);
}

struct slot_model {
    uint32_t tag, count;
    struct unit_item item;
};

static void expect_slots(const struct cache_map_layout *layout, const struct fixture *fixture,
                         const struct slot_model *model) {
    uint64_t value_count = 0;
    for (uint64_t slot = 0; slot < SET_COUNT * layout->ways; slot += 1) {
        const unsigned char *tags =
            cache_map_set_tags(layout, &fixture->cache, slot / layout->ways);
        const uint32_t way = (uint32_t)(slot % layout->ways);
        const uint32_t count = cache_map_slot_count(layout, &fixture->cache, slot);
        const uint32_t tag = cache_map_tag_get(tags, way, layout->tag_bits);
        if (count != model[slot].count || tag != model[slot].tag)
            fail_msg("slot %u of %u ways: count %u tag %#x, expected count %u tag %#x",
                     (unsigned)slot, layout->ways, count, tag, model[slot].count, model[slot].tag);
        value_count += count != 0;
        if (count != 0)
            assert_memory_equal(cache_map_slot_value(layout, &fixture->cache, slot),
                                &model[slot].item, sizeof model[slot].item);
    }
    assert_int_equal(fixture->cache.value_count, value_count);
}

/* One random slot operation, on the cache and on the model. */
static void slot_step(const struct cache_map_layout *layout, struct fixture *fixture,
                      struct slot_model *model, struct unit_random *random) {
    const uint32_t max = cache_map_counter_max(layout->clock_bits);
    const uint64_t slot = unit_random_below(random, SET_COUNT * layout->ways);
    const uint32_t kind = unit_random_below(random, 4);
    if (kind == 0 || model[slot].count == 0) {
        const uint32_t tag = unit_random_below(random, 1u << 16);
        const uint64_t hash = hash_of(slot / layout->ways, tag);
        model[slot].tag = tag & ((1u << layout->tag_bits) - 1);
        model[slot].count = 1 + unit_random_below(random, max);
        model[slot].item = unit_item_make(hash, unit_random_next(random));
        cache_map_slot_write(layout, &fixture->cache, slot, hash, &model[slot].item,
                             model[slot].count);
    } else if (kind == 1) {
        model[slot].count = 0;
        cache_map_slot_free(layout, &fixture->cache, slot);
    } else if (kind == 2) {
        model[slot].count += model[slot].count < max;
        touch_slot(layout, &fixture->cache, slot);
    } else {
        model[slot].count = 1 + unit_random_below(random, max);
        cache_map_slot_count_set(layout, &fixture->cache, slot, model[slot].count);
    }
}

static void slot_operations_change_their_slot_only(void **state) {
    struct unit_random random = {4};
    (void)state;
    for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1)
        for (size_t b = 0; b < UNIT_COUNT_OF(all_bits); b += 1)
            for (uint32_t tag_bits = 8; tag_bits <= 16; tag_bits += 8) {
                const struct cache_map_layout layout =
                    layout_make(all_ways[w], tag_bits, all_bits[b], CACHE_MAP_POLICY_CLOCK);
                struct slot_model model[SET_COUNT * 16];
                struct fixture fixture;
                memset(model, 0, sizeof model);
                fixture_init(&fixture, &layout);
                for (uint32_t step = 0; step < 400; step += 1) {
                    slot_step(&layout, &fixture, model, &random);
                    expect_slots(&layout, &fixture, model);
                }
                fixture_end(&fixture);
            }
}

static void touch_saturates(void **state) {
    (void)state;
    for (size_t b = 0; b < UNIT_COUNT_OF(all_bits); b += 1) {
        const struct cache_map_layout layout =
            layout_make(4, 8, all_bits[b], CACHE_MAP_POLICY_CLOCK);
        const struct unit_item item = unit_item_make(hash_of(0, 9), 1);
        const uint32_t max = (1u << all_bits[b]) - 1;
        struct fixture fixture;
        fixture_init(&fixture, &layout);
        cache_map_slot_write(&layout, &fixture.cache, 1, item.key, &item, 1);
        for (uint32_t touch = 1; touch < 40; touch += 1) {
            touch_slot(&layout, &fixture.cache, 1);
            assert_int_equal(cache_map_slot_count(&layout, &fixture.cache, 1),
                             touch + 1 < max ? touch + 1 : max);
            assert_int_equal(cache_map_slot_count(&layout, &fixture.cache, 0), 0);
            assert_int_equal(cache_map_slot_count(&layout, &fixture.cache, 2), 0);
        }
        fixture_end(&fixture);
    }
}

/* ---- Fill and find. ---------------------------------------------------------------------- */

static void fill_moves_the_hand_past_the_way_and_wraps(void **state) {
    const struct cache_map_layout layout = layout_make(4, 8, 2, CACHE_MAP_POLICY_CLOCK);
    struct fixture fixture;
    (void)state;
    fixture_init(&fixture, &layout);
    for (uint32_t i = 0; i < 9; i += 1) {
        const struct unit_item item = unit_item_make(hash_of(1, i), i);
        const struct cache_map_sweep sweep = cache_map_cache_aim(&layout, &fixture.cache, 1);
        const uint64_t slot = 4 + sweep.way;
        cache_map_cache_fill(&layout, &fixture.cache, 1, sweep, item.key, &item);
        assert_int_equal(sweep.evicts, i >= 4);
        assert_int_equal(slot, 4 + i % 4);
        assert_int_equal(fixture.hands[1], (i + 1) % 4);
        assert_int_equal(cache_map_slot_count(&layout, &fixture.cache, slot), 1);
        assert_int_equal(fixture.cache.value_count, i < 4 ? i + 1 : 4);
        assert_memory_equal(cache_map_slot_value(&layout, &fixture.cache, slot), &item,
                            sizeof item);
    }
    assert_int_equal(fixture.hands[0], 0);
    assert_int_equal(fixture.hands[2], 0);
    fixture_end(&fixture);
}

/* `aim` decides; it writes nothing, so that a mutation may still fail after it. */
static void aim_changes_nothing(void **state) {
    const struct cache_map_layout layout = layout_make(4, 8, 2, CACHE_MAP_POLICY_CLOCK);
    struct fixture fixture, before;
    (void)state;
    fixture_init(&fixture, &layout);
    memset(fixture.counts, 0xff, sizeof fixture.counts);
    fixture_end(&fixture);
    memcpy(&before, &fixture, sizeof fixture);
    assert_true(cache_map_cache_aim(&layout, &fixture.cache, 2).evicts);
    assert_memory_equal(&before, &fixture, sizeof fixture);
}

static void find_walks_all_equal_tags_and_skips_free_slots(void **state) {
    (void)state;
    for (size_t w = 0; w < UNIT_COUNT_OF(all_ways); w += 1) {
        const uint32_t ways = all_ways[w];
        const struct cache_map_layout layout = layout_make(ways, 8, 2, CACHE_MAP_POLICY_CLOCK);
        struct fixture fixture;
        fixture_init(&fixture, &layout);
        /* Keys of one set whose tags are all 0x5a; they differ above the tag. */
        for (uint32_t way = 0; way < ways; way += 1) {
            const struct unit_item item = unit_item_make(hash_of(2, 0x5a | way << 8), way);
            cache_map_slot_write(&layout, &fixture.cache, 2 * ways + way, item.key, &item, 1);
        }
        for (uint32_t way = 0; way <= ways; way += 1) {
            const uint64_t key = hash_of(2, 0x5a | way << 8);
            assert_int_equal(cache_map_cache_find(&layout, &fixture.cache, key, &key),
                             way < ways ? 2 * ways + way : CACHE_MAP_SLOT_NONE);
        }
        for (uint32_t freed = 0; freed < ways; freed += 1) {
            cache_map_slot_free(&layout, &fixture.cache, 2 * ways + freed);
            for (uint32_t way = 0; way < ways; way += 1) {
                const uint64_t key = hash_of(2, 0x5a | way << 8);
                assert_int_equal(cache_map_cache_find(&layout, &fixture.cache, key, &key),
                                 way <= freed ? CACHE_MAP_SLOT_NONE : 2 * ways + way);
            }
        }
        fixture_end(&fixture);
    }
}

/* Of every layout, and with the tags 0 and 1: of the set that stands for all, each tag is 0. */
static void find_without_a_cache_finds_nothing(void **state) {
    (void)state;
    for (uint32_t ways = 2; ways <= 16; ways *= 2)
        for (uint32_t tag_bits = 8; tag_bits <= 16; tag_bits += 8)
            for (uint32_t clock_bits = 1; clock_bits <= 4; clock_bits *= 2)
                for (uint64_t key = 0; key <= 1; key += 1) {
                    const struct cache_map_layout layout =
                        layout_make(ways, tag_bits, clock_bits, CACHE_MAP_POLICY_CLOCK);
                    struct cache_map_cache cache;
                    memset(&cache, 0, sizeof cache);
                    cache_map_cache_none(&cache);
                    assert_int_equal(cache_map_cache_find(&layout, &cache, key, &key),
                                     CACHE_MAP_SLOT_NONE);
                }
}

static void tag_is_the_low_bits_of_the_hash(void **state) {
    const struct cache_map_layout narrow = layout_make(4, 8, 2, CACHE_MAP_POLICY_CLOCK);
    const struct cache_map_layout wide = layout_make(4, 16, 2, CACHE_MAP_POLICY_CLOCK);
    (void)state;
    assert_int_equal(cache_map_tag_of_hash(&narrow, UINT64_C(0x123456789abcdef0)), 0xf0);
    assert_int_equal(cache_map_tag_of_hash(&wide, UINT64_C(0x123456789abcdef0)), 0xdef0);
    assert_int_equal(cache_map_tag_of_hash(&wide, UINT64_MAX), 0xffff);
}

static void clear_frees_every_slot_and_rewinds_every_hand(void **state) {
    const struct cache_map_layout layout = layout_make(16, 16, 4, CACHE_MAP_POLICY_CLOCK);
    struct fixture fixture;
    (void)state;
    fixture_init(&fixture, &layout); /* over bytes of 0xa5 */
    assert_int_equal(fixture.cache.value_count, 0);
    for (uint64_t set = 0; set < SET_COUNT; set += 1) {
        assert_int_equal(cache_map_set_counts(&layout, &fixture.cache, set), 0);
        assert_int_equal(fixture.hands[set], 0);
    }
    fixture_end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tag_match_finds_every_equal_tag_and_no_other),
        cmocka_unit_test(tag_match_of_all_equal_tags_is_all_ways),
        cmocka_unit_test(sweep_of_every_state_of_few_ways),
        cmocka_unit_test(sweep_of_random_states),
        cmocka_unit_test(sweep_reaches_its_step_bound_and_does_not_pass_it),
        cmocka_unit_test(choose_follows_the_policy),
        cmocka_unit_test(slot_operations_change_their_slot_only),
        cmocka_unit_test(touch_saturates),
        cmocka_unit_test(fill_moves_the_hand_past_the_way_and_wraps),
        cmocka_unit_test(aim_changes_nothing),
        cmocka_unit_test(find_walks_all_equal_tags_and_skips_free_slots),
        cmocka_unit_test(find_without_a_cache_finds_nothing),
        cmocka_unit_test(tag_is_the_low_bits_of_the_hash),
        cmocka_unit_test(clear_frees_every_slot_and_rewinds_every_hand),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
