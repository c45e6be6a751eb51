/* SPDX-License-Identifier: Apache-2.0 */
/* What hashes cost in the stash: whatever one half of the hash has to do with the other, probes
 * are about as long as with the default hash, in small and large indexes, and for the keys of
 * one set and one tag. */
#include "unit_support.h"

#include "../studies/sizing/hash_families.h"

#include <math.h>

/* Indexes of one size, with so many ranges of keys that the mean hardly depends on chance. */
static struct family_probes measure(enum hash_family family, uint32_t bucket_bits) {
    const uint32_t range_count = (uint32_t)1 << (FAMILY_BUCKET_BITS_MAX - bucket_bits);
    struct family_probes probes = {0, 0, 0};
    for (uint32_t range = 0; range < range_count; range += 1)
        family_measure_keys(family, range << bucket_bits, bucket_bits, &probes);
    return probes;
}

static void expect_as_default(enum hash_family family, const char *where,
                              struct family_probes probes, struct family_probes as,
                              uint64_t percent_max) {
    if (probes.present_total * 100 > as.present_total * percent_max ||
        probes.absent_total * 100 > as.absent_total * percent_max ||
        probes.longest > as.longest * 3)
        fail_msg("%s, %s: probes %u, absent %u, longest %u; the default has %u, %u, %u",
                 family_words(family), where, (unsigned)probes.present_total,
                 (unsigned)probes.absent_total, probes.longest, (unsigned)as.present_total,
                 (unsigned)as.absent_total, as.longest);
}

/* Knuth 6.4: at a load of 1/2 the expected lengths are 1.5 and 2.5. */
static void the_default_is_as_derived(void **state) {
    const struct family_probes probes = measure(FAMILY_DEFAULT, FAMILY_BUCKET_BITS_MAX);
    const double count = 1 << (FAMILY_BUCKET_BITS_MAX - 1);
    (void)state;
    assert_true(fabs((double)probes.present_total / count - 1.5) < 0.05);
    assert_true(fabs((double)probes.absent_total / count - 2.5) < 0.1);
    assert_true(probes.longest < 64);
}

static void every_family_costs_what_the_default_costs(void **state) {
    (void)state;
    for (uint32_t bits = 5; bits <= FAMILY_BUCKET_BITS_MAX; bits += 3) {
        const struct family_probes as = measure(FAMILY_DEFAULT, bits);
        char where[40];
        (void)snprintf(where, sizeof where, "%u buckets", 1u << bits);
        for (unsigned family = 0; family < FAMILY_COUNT; family += 1)
            expect_as_default((enum hash_family)family, where,
                              measure((enum hash_family)family, bits), as, 108);
    }
}

/* The first hashes of the family that agree with its first one in the set of 64 and in the tag. */
static void hashes_of_one_tag(enum hash_family family, uint64_t *hashes, uint32_t count) {
    const uint64_t first = family_hash(family, 1);
    uint32_t found = 0;
    for (uint32_t key = 1; found < count; key += 1) {
        const uint64_t hash = family_hash(family, key);
        assert_true(key != 0);
        if (((hash ^ first) & 0xff) == 0 &&
            cache_map_range_of_hash(hash, 64) == cache_map_range_of_hash(first, 64))
            hashes[found++] = hash;
    }
}

static void keys_of_one_set_and_one_tag_do_not_cluster(void **state) {
    enum { BITS = 8, RANGES = 4 };
    static uint64_t hashes[RANGES << BITS];
    struct family_probes as = {0, 0, 0};
    (void)state;
    for (unsigned family = 0; family < FAMILY_COUNT; family += 1) {
        struct family_probes probes = {0, 0, 0};
        hashes_of_one_tag((enum hash_family)family, hashes, RANGES << BITS);
        for (unsigned range = 0; range < RANGES; range += 1)
            family_measure(hashes + ((size_t)range << BITS), BITS, &probes);
        if (family == FAMILY_DEFAULT)
            as = probes;
        expect_as_default((enum hash_family)family, "one set, one tag", probes, as, 140);
    }
}

/* A pair of keys with one fragment costs a comparison of keys. */
static int compare_fragments(const void *a, const void *b) {
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void fragments_differ(void **state) {
    enum { COUNT = 1 << 17 };
    static uint32_t fragments[COUNT];
    (void)state;
    for (unsigned family = 0; family < FAMILY_COUNT; family += 1) {
        unsigned equal_count = 0;
        for (uint32_t key = 0; key < COUNT; key += 1)
            fragments[key] = cache_map_stash_fragment(family_hash((enum hash_family)family, key));
        qsort(fragments, COUNT, sizeof fragments[0], compare_fragments);
        for (uint32_t i = 1; i < COUNT; i += 1)
            equal_count += fragments[i] == fragments[i - 1];
        /* 2 are expected of numbers by chance. */
        if (equal_count > 12)
            fail_msg("%s: %u of %u fragments are equal", family_words((enum hash_family)family),
                     equal_count, (unsigned)COUNT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_is_as_derived),
        cmocka_unit_test(every_family_costs_what_the_default_costs),
        cmocka_unit_test(keys_of_one_set_and_one_tag_do_not_cluster),
        cmocka_unit_test(fragments_differ),
    };
    return cmocka_run_group_tests_name("hash families", tests, NULL, NULL);
}
