/* SPDX-License-Identifier: Apache-2.0 */
/* Tests studies/hit_ratio/: against sequences that were worked out by hand, against naive versions,
 * and against what must hold whatever the trace. tests/hit_ratio.sh plants defects and sees that
 * these tests fail. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bench_hit_ratio_naive.h"
#include "hit_ratio_belady.h"
#include "hit_ratio_contender.h"
#include "hit_ratio_zipf.h"

enum { ACCESS_COUNT = 600, STASH = 64 };

static bool hits_of_one[100000], hits_of_other[100000];

static struct outcome run_policy(const struct policy *policy, const struct trace *trace,
                                 uint32_t size, bool *hits) {
    const struct contender contender = {policy->name, policy->what, policy, NULL, false};
    struct outcome outcome;
    contender_run(&contender, trace, size, STASH, &outcome, hits);
    return outcome;
}

static struct outcome run_layout(const struct map_layout *layout, const struct trace *trace,
                                 uint32_t size, uint32_t stash, bool lazy, bool *hits) {
    const struct contender contender = {layout->name, "", NULL, layout, lazy};
    struct outcome outcome;
    contender_run(&contender, trace, size, stash, &outcome, hits);
    return outcome;
}

static void expect_same_hits(const struct trace *trace, const char *what) {
    for (size_t at = 0; at < trace->access_count; at += 1)
        if (hits_of_one[at] != hits_of_other[at])
            fail_msg("%s: access %zu of key %u: %s", what, at, trace->accesses[at].key,
                     hits_of_one[at] ? "a hit, expected a miss" : "a miss, expected a hit");
}

static void make(struct trace *trace, const char *name, size_t access_count, uint64_t seed) {
    trace_make(trace, workload_find(name), 400, access_count, 64, seed);
}

/* ---- Worked out by hand. ----------------------------------------------------------------- */

/* `keys` are digits; `hits` has a 1 for each that hits. A null policy is the bound. */
static void expect_hits(const struct policy *policy, uint32_t size, const char *keys,
                        const char *hits) {
    struct access accesses[64];
    const struct trace trace = {"digits", 10, strlen(keys), accesses};
    char found[64] = "";
    assert_int_equal(strlen(keys), strlen(hits));
    for (size_t at = 0; keys[at] != '\0'; at += 1) {
        accesses[at].key = (uint32_t)(keys[at] - '0');
        accesses[at].kind = ACCESS_GET;
    }
    if (policy != NULL)
        (void)run_policy(policy, &trace, size, hits_of_one);
    else
        (void)belady_run(&trace, size, hits_of_one);
    for (size_t at = 0; keys[at] != '\0'; at += 1)
        found[at] = hits_of_one[at] ? '1' : '0';
    assert_string_equal(found, hits);
}

/* The sequence with which Belady, Nelson and Shedler (1969) showed that FIFO can lose hits by a
 * larger memory: 9 faults with 3 places, 10 with 4. */
static void test_by_hand_fifo_lru_belady(void **state) {
    (void)state;
    expect_hits(&policy_fifo, 3, "123412512345", "000000011001");
    expect_hits(&policy_fifo, 4, "123412512345", "000011000000");
    expect_hits(&policy_lru, 3, "123412512345", "000000011000");
    expect_hits(&policy_lru, 4, "123412512345", "000011011000");
    expect_hits(NULL, 3, "123412512345", "000011011001");
}

/* 1 is used, so that 4 evicts 2 and 5 evicts, after 1's bit, 4. With two bits 1 is spared twice. */
static void test_by_hand_clock(void **state) {
    (void)state;
    expect_hits(&policy_clock_1bit, 3, "1231412514", "0001010010");
    expect_hits(&policy_clock_1bit, 2, "1211341", "0011000");
    expect_hits(&policy_clock_2bit, 2, "1211341", "0011001");
}

/* The hand passes 1, which is visited, evicts 2, 3, 4, 5, 2, 6 where it goes, clears 7, 8 and, from
 * the tail again, 1, and evicts 7, then 8. */
static void test_by_hand_sieve(void **state) {
    (void)state;
    expect_hits(&policy_sieve, 3, "12314512617878971", "00010010010011001");
}

/* Small 1, main 2, ghosts 2. Used twice, 1 goes to main; 2 and 3 come back as ghosts, into main;
 * main is over its share and loses 1; used again, 2 and 3 stay when 5, a ghost, comes, and 4
 * goes. */
static void test_by_hand_s3fifo(void **state) {
    (void)state;
    expect_hits(&policy_s3fifo, 3, "1231142351234524", "0001100000110010");
}

/* What a scope stored is gone with its discard, for a policy as for the map; what it overwrote is
 * not, and a put is no get. */
static void test_by_hand_scopes(void **state) {
    struct access accesses[] = {{0, ACCESS_OPEN},    {1, ACCESS_GET},  {1, ACCESS_UPDATE},
                                {0, ACCESS_DISCARD}, {1, ACCESS_GET},  {0, ACCESS_OPEN},
                                {1, ACCESS_PUT},     {2, ACCESS_GET},  {0, ACCESS_PERSIST},
                                {2, ACCESS_GET},     {0, ACCESS_OPEN}, {1, ACCESS_PUT},
                                {0, ACCESS_DISCARD}, {1, ACCESS_GET},  {1, ACCESS_REMOVE},
                                {1, ACCESS_PUT},     {1, ACCESS_GET}};
    static const char expected[] = "00100000010001001";
    const struct trace trace = {"scopes", 3, sizeof accesses / sizeof accesses[0], accesses};
    const struct map_layout *layout = map_layout_find(16, 2, false);
    (void)state;
    assert_int_equal(run_policy(&policy_lru, &trace, 16, hits_of_one).gets, 7);
    assert_int_equal(run_layout(layout, &trace, 16, STASH, false, hits_of_other).gets, 7);
    for (size_t at = 0; at < trace.access_count; at += 1)
        assert_int_equal(hits_of_one[at], expected[at] == '1');
    expect_same_hits(&trace, "the map and LRU");
}

/* ---- Against naive versions. ------------------------------------------------------------- */

/* Keys in part hot; with removes and scopes unless it is to be plain. */
static void random_trace(struct trace *trace, uint64_t seed, bool plain) {
    struct random random = {seed};
    uint32_t in_scope = 0; /* accesses since the open, plus 1 */
    trace->name = "random";
    trace->key_count = 2 + random_below(&random, 30);
    trace->access_count = ACCESS_COUNT;
    trace->accesses = memory_of(ACCESS_COUNT, sizeof *trace->accesses);
    for (size_t at = 0; at < ACCESS_COUNT; at += 1) {
        struct access *access = &trace->accesses[at];
        const uint32_t drawn = random_below(&random, 100);
        const uint32_t keys = random_one_in(&random, 2) ? trace->key_count : 1 + (uint32_t)at % 7;
        access->key = random_below(&random, keys) % trace->key_count;
        access->kind = drawn < 20 ? ACCESS_UPDATE : ACCESS_GET;
        if (plain)
            continue;
        if (in_scope == TRACE_SCOPE_ACCESS_COUNT_MAX || (in_scope > 0 && drawn < 5)) {
            access->kind = drawn % 2 == 0 ? ACCESS_DISCARD : ACCESS_PERSIST;
            in_scope = 0;
        } else if (in_scope == 0 && drawn < 5) {
            access->kind = ACCESS_OPEN;
            in_scope = 1;
        } else {
            access->kind = drawn < 25 ? ACCESS_REMOVE : drawn < 40 ? ACCESS_PUT : access->kind;
            in_scope += in_scope > 0;
        }
    }
}

static void expect_same(const struct policy *policy, const struct policy *naive, bool plain) {
    for (uint64_t seed = 1; seed <= 60; seed += 1) {
        struct trace trace;
        random_trace(&trace, seed, plain);
        for (uint32_t size = 1; size <= 24; size += size < 5 ? 1 : 6) {
            const struct outcome outcome = run_policy(policy, &trace, size, hits_of_one);
            uint64_t hit_count = 0;
            (void)run_policy(naive, &trace, size, hits_of_other);
            expect_same_hits(&trace, policy->name);
            for (size_t at = 0; at < trace.access_count; at += 1)
                hit_count += hits_of_one[at];
            assert_int_equal(outcome.hits, hit_count);
        }
        trace_deinit(&trace);
    }
}

static void test_naive_queues(void **state) {
    (void)state;
    expect_same(&policy_fifo, &naive_fifo, false);
    expect_same(&policy_lru, &naive_lru, false);
    expect_same(&policy_clock_1bit, &naive_clock_1bit, false);
    expect_same(&policy_clock_2bit, &naive_clock_2bit, false);
    expect_same(&policy_sieve, &naive_sieve, false);
    expect_same(&policy_clock_1bit, &naive_circle, true);
}

/* In one set of 16 it is SIEVE; the keys of one set of four, alone, hit as among the others. */
static void test_sieve_in_sets(void **state) {
    struct trace trace;
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed += 1) {
        random_trace(&trace, seed, false);
        (void)run_policy(&policy_sieve_sets, &trace, 16, hits_of_one);
        (void)run_policy(&policy_sieve, &trace, 16, hits_of_other);
        expect_same_hits(&trace, "SIEVE in one set");
        trace_deinit(&trace);
    }
    make(&trace, "zipf-0.99", 5000, 1);
    (void)run_policy(&policy_sieve_sets, &trace, 64, hits_of_one);
    for (size_t at = 0; at < trace.access_count; at += 1)
        if (cache_map_range_of_hash(cache_map_hash_64(trace.accesses[at].key, 0), 4) != 2)
            trace.accesses[at].kind = ACCESS_PERSIST; /* nothing */
    (void)run_policy(&policy_sieve, &trace, 16, hits_of_other);
    for (size_t at = 0; at < trace.access_count; at += 1)
        hits_of_one[at] = hits_of_one[at] && trace.accesses[at].kind == ACCESS_GET;
    expect_same_hits(&trace, "SIEVE in one set of four");
    trace_deinit(&trace);
}

static void test_naive_s3fifo(void **state) {
    (void)state;
    expect_same(&policy_s3fifo, &naive_s3fifo, false);
}

/* ---- The bound. -------------------------------------------------------------------------- */

static void test_belady_is_the_best(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed += 1) {
        struct trace trace;
        random_trace(&trace, seed, true);
        trace.key_count = 3 + (uint32_t)seed % 6;
        trace.access_count = 100;
        for (size_t at = 0; at < trace.access_count; at += 1)
            trace.accesses[at].key %= trace.key_count;
        for (uint32_t size = 1; size <= trace.key_count; size += 1)
            assert_int_equal(belady_run(&trace, size, NULL), naive_best_of_all(&trace, size));
        trace_deinit(&trace);
    }
}

static void test_belady_is_a_bound(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed += 1) {
        struct trace trace;
        random_trace(&trace, seed, true);
        for (uint32_t size = MAP_SIZE_STEP; size <= 2 * MAP_SIZE_STEP; size += MAP_SIZE_STEP) {
            const uint64_t bound = belady_run(&trace, size, NULL);
            for (size_t i = 0; i < contender_count(); i += 1) {
                const struct contender contender = contender_at(i);
                struct outcome outcome;
                contender_run(&contender, &trace, size, STASH, &outcome, NULL);
                assert_int_equal(outcome.gets, trace.access_count);
                assert_true(outcome.hits <= bound);
            }
        }
        trace_deinit(&trace);
    }
}

/* What a smaller LRU cache has, a larger one has too. */
static void test_lru_inclusion(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed += 1) {
        struct trace trace;
        random_trace(&trace, seed, true);
        (void)run_policy(&policy_lru, &trace, 1, hits_of_one);
        for (uint32_t size = 2; size <= trace.key_count; size += 1) {
            (void)run_policy(&policy_lru, &trace, size, hits_of_other);
            for (size_t at = 0; at < trace.access_count; at += 1)
                assert_true(hits_of_other[at] || !hits_of_one[at]);
            memcpy(hits_of_one, hits_of_other, sizeof hits_of_one);
        }
        trace_deinit(&trace);
    }
}

/* ---- The cache map. ---------------------------------------------------------------------- */

/* In one set of 16 the map is CLOCK over all objects; with one clock bit it is FIFO. */
static void test_map_in_one_set(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed += 1) {
        struct trace trace;
        random_trace(&trace, seed, true);
        (void)run_layout(map_layout_find(16, 2, false), &trace, 16, STASH, false, hits_of_one);
        (void)run_policy(&policy_clock_2bit, &trace, 16, hits_of_other);
        expect_same_hits(&trace, "the map and CLOCK");
        (void)run_layout(map_layout_find(16, 1, false), &trace, 16, STASH, false, hits_of_one);
        (void)run_policy(&policy_fifo, &trace, 16, hits_of_other);
        expect_same_hits(&trace, "the map and FIFO");
        trace_deinit(&trace);
    }
}

/* A put of a key that is resident is a use for the naive one alone: it becomes a get. */
static void test_map_against_naive_sets(void **state) {
    bool exists[400];
    struct trace trace;
    (void)state;
    make(&trace, "removes", 5000, 1);
    memset(exists, true, sizeof exists);
    for (size_t at = 0; at < trace.access_count; at += 1) {
        struct access *access = &trace.accesses[at];
        if (access->kind == ACCESS_PUT && exists[access->key])
            access->kind = ACCESS_GET;
        exists[access->key] = access->kind != ACCESS_REMOVE;
    }
    for (size_t i = 0; i < map_layout_count; i += 1) {
        naive_ways = map_layouts[i].ways;
        naive_count_max = (1u << map_layouts[i].clock_bits) - 1;
        naive_classic = map_layouts[i].classic;
        (void)run_layout(&map_layouts[i], &trace, 96, STASH, false, hits_of_one);
        (void)run_policy(&naive_sets, &trace, 96, hits_of_other);
        expect_same_hits(&trace, map_layouts[i].name);
    }
    trace_deinit(&trace);
}

/* The finding: where each get is followed by an upsert, resetting the count leaves plain FIFO. */
static void test_classic_is_fifo_under_updates(void **state) {
    struct trace trace;
    (void)state;
    make(&trace, "read-modify-write", 20000, 1);
    (void)run_layout(map_layout_find(16, 2, true), &trace, 96, STASH, false, hits_of_one);
    (void)run_layout(map_layout_find(16, 1, false), &trace, 96, STASH, false, hits_of_other);
    expect_same_hits(&trace, "clock_classic and one clock bit");
    assert_true(run_layout(map_layout_find(16, 2, false), &trace, 96, STASH, false, NULL).hits >
                run_layout(map_layout_find(16, 2, true), &trace, 96, STASH, false, NULL).hits);
    trace_deinit(&trace);
}

/* Hits of the cache do not depend on the stash, unless it is lazy. */
static void test_map_whatever_the_stash(void **state) {
    const struct map_layout *layout = map_layout_find(16, 2, false);
    struct trace trace;
    (void)state;
    make(&trace, "removes-discards", 20000, 1);
    (void)run_layout(layout, &trace, 96, TRACE_SCOPE_ACCESS_COUNT_MAX, false, hits_of_one);
    (void)run_layout(layout, &trace, 96, 10000, false, hits_of_other);
    expect_same_hits(&trace, "a small stash and a large one");
    assert_true(run_layout(layout, &trace, 96, TRACE_SCOPE_ACCESS_COUNT_MAX, true, NULL).hits !=
                run_layout(layout, &trace, 96, 10000, true, NULL).hits);
    trace_deinit(&trace);
}

/* A stash that is never compacted answers every get of a key but the first. */
static void test_map_stash_hits(void **state) {
    struct trace trace;
    bool seen[400] = {false};
    uint64_t first_count = 0;
    (void)state;
    make(&trace, "zipf-0.99", 5000, 1);
    for (size_t at = 0; at < trace.access_count; at += 1) {
        first_count += !seen[trace.accesses[at].key];
        seen[trace.accesses[at].key] = true;
    }
    for (int lazy = 0; lazy < 2; lazy += 1) {
        const struct outcome outcome =
            run_layout(map_layout_find(16, 2, false), &trace, 64, 1000, lazy != 0, NULL);
        assert_int_equal(outcome.hits + outcome.stash_hits, trace.access_count - first_count);
        assert_int_equal(outcome.inserts, lazy != 0 ? first_count : outcome.gets - outcome.hits);
    }
    trace_deinit(&trace);
}

/* The other finding. In `clock` no insert evicts beside a free way. */
static void test_map_wasted_evictions(void **state) {
    struct outcome clock, classic;
    struct trace trace;
    (void)state;
    make(&trace, "removes-discards", 20000, 1);
    clock = run_layout(map_layout_find(16, 2, false), &trace, 96, STASH, false, NULL);
    classic = run_layout(map_layout_find(16, 2, true), &trace, 96, STASH, false, NULL);
    assert_int_equal(clock.wasted, 0);
    assert_true(clock.evictions > 0 && clock.evictions < clock.inserts);
    assert_true(classic.wasted * 100 > classic.inserts * 29);
    trace_deinit(&trace);
}

/* ---- Workloads. -------------------------------------------------------------------------- */

static void test_zipf_limits(void **state) {
    static const double exponents[] = {0, 0.8, 0.99, 1, 1.2};
    (void)state;
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i += 1) {
        const long double exponent = exponents[i];
        long double total = 0, sum = 0;
        struct zipf zipf;
        zipf_init(&zipf, 10000, exponents[i]);
        for (int rank = 1; rank <= 10000; rank += 1)
            total += powl(rank, -exponent);
        for (int rank = 1; rank <= 10000; rank += 1) {
            sum += powl(rank, -exponent);
            assert_true(fabsl(sum / total - (long double)zipf.limits[rank - 1] / 0x1p53L) < 1e-12L);
        }
        assert_true(zipf.limits[9999] == UINT64_C(1) << ZIPF_BITS);
        zipf_deinit(&zipf);
    }
}

/* Each of 50 ranks as often as it should be, within five standard deviations. */
static void test_zipf_draws(void **state) {
    enum { COUNT = 50, DRAWS = 1000000 };
    uint32_t counts[COUNT] = {0};
    struct random random = {7};
    struct zipf zipf;
    (void)state;
    zipf_init(&zipf, COUNT, 0.99);
    for (int i = 0; i < DRAWS; i += 1) {
        const uint32_t rank = zipf_draw(&zipf, &random);
        assert_true(rank < COUNT);
        counts[rank] += 1;
    }
    for (uint32_t rank = 0; rank < COUNT; rank += 1) {
        const uint64_t before = rank == 0 ? 0 : zipf.limits[rank - 1];
        const double share = (double)(zipf.limits[rank] - before) / 0x1p53;
        const double mean = (double)DRAWS * share;
        assert_true(fabs(counts[rank] - mean) < 5 * sqrt(mean * (1 - share)));
    }
    zipf_deinit(&zipf);
}

/* A trace asks nothing of a key that does not exist; scopes are closed, and short. */
static void expect_consistent(const struct trace *trace) {
    bool exists[400], before[400];
    uint32_t in_scope = 0; /* accesses since the open, plus 1 */
    memset(exists, true, sizeof exists);
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const struct access *access = &trace->accesses[at];
        if (access->kind >= ACCESS_OPEN) {
            assert_int_equal(access->kind == ACCESS_OPEN, in_scope == 0);
            if (access->kind == ACCESS_DISCARD)
                memcpy(exists, before, sizeof exists);
            memcpy(before, exists, sizeof exists);
            in_scope = access->kind == ACCESS_OPEN;
            continue;
        }
        assert_true(access->key < trace->key_count);
        assert_true(access->kind == ACCESS_PUT || exists[access->key]);
        exists[access->key] = access->kind != ACCESS_REMOVE;
        in_scope += in_scope > 0;
        assert_true(in_scope <= TRACE_SCOPE_ACCESS_COUNT_MAX + 1);
    }
    assert_int_equal(in_scope, 0);
}

static void test_workloads(void **state) {
    (void)state;
    for (size_t i = 0; i < workload_count; i += 1) {
        struct trace one, same, other;
        make(&one, workloads[i].name, 20000, 1);
        make(&same, workloads[i].name, 20000, 1);
        make(&other, workloads[i].name, 20000, 2);
        expect_consistent(&one);
        for (size_t at = 0; at < one.access_count; at += 1)
            assert_true(one.accesses[at].key == same.accesses[at].key &&
                        one.accesses[at].kind == same.accesses[at].kind);
        if (strcmp(workloads[i].name, "loop") != 0)
            assert_memory_not_equal(one.accesses, other.accesses, 1000 * sizeof *one.accesses);
        trace_deinit(&one);
        trace_deinit(&same);
        trace_deinit(&other);
    }
}

/* A loop of a tenth more than 64 keys; a quarter of gets in order; the newest key the hottest. */
static void test_workload_shapes(void **state) {
    struct trace trace;
    uint32_t in_order = 0, newest = 0;
    (void)state;
    make(&trace, "loop", 20000, 1);
    for (size_t at = 0; at < trace.access_count; at += 1)
        assert_int_equal(trace.accesses[at].key, at % 71);
    trace_deinit(&trace);
    make(&trace, "scan", 20000, 1);
    for (size_t at = 1; at < trace.access_count; at += 1)
        in_order += trace.accesses[at].key == (trace.accesses[at - 1].key + 1) % 400;
    assert_in_range(in_order, 5000, 6000);
    trace_deinit(&trace);
    make(&trace, "drift", 20000, 1);
    for (size_t at = 0; at < trace.access_count; at += 1)
        newest += trace.accesses[at].key == at / 20 % 400;
    assert_in_range(newest, 2500, 3500); /* rank 0 of 400 has a share of 15 % */
    trace_deinit(&trace);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zipf_limits),
        cmocka_unit_test(test_zipf_draws),
        cmocka_unit_test(test_workloads),
        cmocka_unit_test(test_workload_shapes),
        cmocka_unit_test(test_by_hand_fifo_lru_belady),
        cmocka_unit_test(test_by_hand_clock),
        cmocka_unit_test(test_by_hand_sieve),
        cmocka_unit_test(test_by_hand_s3fifo),
        cmocka_unit_test(test_by_hand_scopes),
        cmocka_unit_test(test_naive_queues),
        cmocka_unit_test(test_sieve_in_sets),
        cmocka_unit_test(test_naive_s3fifo),
        cmocka_unit_test(test_belady_is_the_best),
        cmocka_unit_test(test_belady_is_a_bound),
        cmocka_unit_test(test_lru_inclusion),
        cmocka_unit_test(test_map_in_one_set),
        cmocka_unit_test(test_map_against_naive_sets),
        cmocka_unit_test(test_classic_is_fifo_under_updates),
        cmocka_unit_test(test_map_whatever_the_stash),
        cmocka_unit_test(test_map_stash_hits),
        cmocka_unit_test(test_map_wasted_evictions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
