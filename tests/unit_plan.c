/* SPDX-License-Identifier: Apache-2.0 */
/* The block of memory that is planned, over all options: its size and where each array begins,
 * beside a reference that cannot overflow; SIZE_OVERFLOW just where the reference does not fit a
 * size_t. Nothing is allocated, so sizes reach the end of the address space. Of 64 and of 32 bits
 * (make/ways.mk). */
#include "unit_support.h"

#include "memory_reference.h"

/* One kind of map. */
struct plan_row {
    struct memory_shape shape;
    enum cache_map_status (*memory_size)(const struct cache_map_options *options, size_t *size);
    const struct cache_map_layout *layout;
};

#define PLAN_NAME       small
#define PLAN_SIZE       16
#define PLAN_ALIGNMENT  8
#define PLAN_WAYS       16
#define PLAN_TAG_BITS   8
#define PLAN_CLOCK_BITS 2
#include "unit_plan_shape.h"
#define PLAN_NAME       no_power
#define PLAN_SIZE       24
#define PLAN_ALIGNMENT  8
#define PLAN_WAYS       2
#define PLAN_TAG_BITS   16
#define PLAN_CLOCK_BITS 1
#include "unit_plan_shape.h"
#define PLAN_NAME       two_lines
#define PLAN_SIZE       128
#define PLAN_ALIGNMENT  128
#define PLAN_WAYS       4
#define PLAN_TAG_BITS   8
#define PLAN_CLOCK_BITS 4
#include "unit_plan_shape.h"
#define PLAN_NAME       page
#define PLAN_SIZE       4096
#define PLAN_ALIGNMENT  4096
#define PLAN_WAYS       16
#define PLAN_TAG_BITS   16
#define PLAN_CLOCK_BITS 4
#include "unit_plan_shape.h"
#define PLAN_NAME       large
#define PLAN_SIZE       69632
#define PLAN_ALIGNMENT  8
#define PLAN_WAYS       8
#define PLAN_TAG_BITS   16
#define PLAN_CLOCK_BITS 2
#include "unit_plan_shape.h"

static const struct plan_row *const rows[] = {&small_row, &no_power_row, &two_lines_row, &page_row,
                                              &large_row};

/* ---- One choice of options. -------------------------------------------------------------- */

static const char *const array_names[MEMORY_ARRAY_COUNT] = {
    [MEMORY_CACHE_VALUES] = "cache values",
    [MEMORY_STASH_VALUES] = "stash values",
    [MEMORY_SCOPE_VALUES] = "scope values",
    [MEMORY_SCRATCH] = "scratch",
    [MEMORY_TAGS] = "tags",
    [MEMORY_COUNTS] = "counts",
    [MEMORY_HANDS] = "hands",
    [MEMORY_MARKS] = "marks",
    [MEMORY_BUCKETS] = "buckets",
    [MEMORY_ENTRIES] = "entries",
    [MEMORY_RECORDS] = "records",
};

static void differs(const struct plan_row *row, const struct cache_map_options *options,
                    const char *what, uint64_t actual, struct wide expected) {
    fail_msg("%s of values of %u bytes, cache %llu, stash %llu, scope %llu: %llu, expected "
             "%llx:%016llx",
             what, (unsigned)row->shape.value_size,
             (unsigned long long)options->cache_value_count_max,
             (unsigned long long)options->stash_value_count_max,
             (unsigned long long)options->scope_value_count_max, (unsigned long long)actual,
             (unsigned long long)expected.high, (unsigned long long)expected.low);
}

static struct memory_reference reference_of(const struct plan_row *row,
                                            const struct cache_map_options *options) {
    return memory_reference_make(&row->shape, options->cache_value_count_max,
                                 options->stash_value_count_max, options->scope_value_count_max);
}

/* Whether it fits; fails where the library says otherwise, or places an array elsewhere. */
static bool compare(const struct plan_row *row, uint64_t cache, uint64_t stash, uint64_t scope) {
    const struct cache_map_options options = unit_options(cache, stash, scope);
    const struct memory_reference reference = reference_of(row, &options);
    const bool fits = wide_fits(reference.size, SIZE_MAX);
    const struct cache_map_plan plan = cache_map_plan_make(row->layout, &options);
    const size_t offsets[MEMORY_ARRAY_COUNT] = {
        plan.cache_values, plan.stash_values, plan.log_values, plan.scratch,
        plan.tags,         plan.counts,       plan.hands,      plan.marks,
        plan.buckets,      plan.entries,      plan.records,
    };
    size_t size = 77;
    const enum cache_map_status status = row->memory_size(&options, &size);
    if (status != (fits ? CACHE_MAP_OK : CACHE_MAP_SIZE_OVERFLOW))
        differs(row, &options, cache_map_status_name(status), size, reference.size);
    if (size != (fits ? reference.size.low : 77))
        differs(row, &options, "the size", size, reference.size);
    for (unsigned i = 0; fits && i < MEMORY_ARRAY_COUNT; i += 1)
        if (offsets[i] != reference.offsets[i].low)
            differs(row, &options, array_names[i], offsets[i], reference.offsets[i]);
    return fits;
}

/* ---- Which choices. ---------------------------------------------------------------------- */

/* 2^exponent - 1, 2^exponent, 2^exponent + 1 by `turn`, and 0 for the exponent 64. */
static uint64_t near_power(unsigned exponent, unsigned turn) {
    return (exponent == 64 ? 0 : UINT64_C(1) << exponent) + turn % 3 - 1;
}

/* Whole sets, the nearest below. */
static uint64_t whole_sets(const struct plan_row *row, uint64_t count) {
    return count - count % row->shape.ways;
}

static uint64_t stash_near_power(unsigned exponent, unsigned turn) {
    const uint64_t count = near_power(exponent, turn);
    return count == 0                                  ? 1
           : count > CACHE_MAP_STASH_VALUE_COUNT_LIMIT ? CACHE_MAP_STASH_VALUE_COUNT_LIMIT
                                                       : count;
}

/* Each count near each power of two, by itself. */
static void each_option_near_each_power(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(rows); i += 1)
        for (unsigned exponent = 0; exponent <= 64; exponent += 1)
            for (unsigned turn = 0; turn < 3; turn += 1) {
                const uint64_t count = near_power(exponent, turn);
                const uint64_t above = count + rows[i]->shape.ways; /* wraps where count is last */
                (void)compare(rows[i], whole_sets(rows[i], count), 1, 0);
                (void)compare(rows[i], whole_sets(rows[i], above), 1, 0);
                (void)compare(rows[i], 0, 1, count);
                (void)compare(rows[i], 0, stash_near_power(exponent, turn), 0);
            }
}

/* Each power of two of one with each of another: what the sums do. */
static void pairs_of_options_near_powers(void **state) {
    size_t fitting = 0, overflowing = 0;
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(rows); i += 1)
        for (unsigned a = 0; a <= 64; a += 1)
            for (unsigned b = 0; b <= 64; b += 1) {
                const uint64_t cache = whole_sets(rows[i], near_power(a, a + b));
                const uint64_t stash = stash_near_power(b % 32, a);
                fitting += compare(rows[i], cache, 1, near_power(b, a));
                fitting += compare(rows[i], cache, stash, 5);
                fitting += compare(rows[i], whole_sets(rows[i], 100), stash, near_power(a, b));
                overflowing += 3;
            }
    overflowing -= fitting;
    assert_true(fitting > 1000);
    assert_true(overflowing > 1000);
}

/* The largest number of steps of `step` for which the reference still fits a size_t. */
static uint64_t last_that_fits(const struct plan_row *row, uint64_t stash, bool of_cache) {
    const uint64_t step = of_cache ? row->shape.ways : 1;
    uint64_t low = 0, high = UINT64_MAX / step;
    while (low < high) {
        const uint64_t middle = high - (high - low) / 2;
        const struct cache_map_options options =
            unit_options(of_cache ? middle * step : 0, stash, of_cache ? 0 : middle);
        if (wide_fits(reference_of(row, &options).size, SIZE_MAX))
            low = middle;
        else
            high = middle - 1;
    }
    return low * step;
}

/* The last options that fit, and the first that do not, to the slot and to the record. */
static void the_end_of_the_address_space(void **state) {
    (void)state;
    for (size_t i = 0; i < UNIT_COUNT_OF(rows); i += 1)
        for (unsigned exponent = 0; exponent <= 12; exponent += 1) {
            const uint64_t stash = stash_near_power(exponent, exponent);
            const uint64_t slots = last_that_fits(rows[i], stash, true);
            const uint64_t records = last_that_fits(rows[i], stash, false);
            assert_true(compare(rows[i], slots, stash, 0));
            assert_false(compare(rows[i], slots + rows[i]->shape.ways, stash, 0));
            assert_true(compare(rows[i], 0, stash, records));
            assert_false(compare(rows[i], 0, stash, records + 1));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_option_near_each_power),
        cmocka_unit_test(pairs_of_options_near_powers),
        cmocka_unit_test(the_end_of_the_address_space),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
