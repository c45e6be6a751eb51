/* SPDX-License-Identifier: Apache-2.0 */
/* build/sizing: the tables of docs/sizing.md. How many keys a cache of so many slots keeps, derived
 * from the Poisson distribution and measured on the library; what a layout costs and gives. And how
 * long probes of the stash are, by the hash (docs/hashing.md).
 *
 * A short main over the public header: numbers -> text. Fixed seeds, no clock: prints the same
 * on every machine. tests/documents.sh compares it with the document. */
#include "cache_map.h"
#include "hash_families.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage_text[] =
    "usage: sizing PART\n"
    "\n"
    "  sizing-residency   which share of the keys a cache keeps, by ways and slots for each key\n"
    "  sizing-layouts     what ways, tag bits and clock bits cost and give\n"
    "  sizing-probes      how long probes of the stash are, by the hash\n";

enum {
    SLOT_COUNT_MAX = 4096,    /* of the maps that residency is measured on */
    LAYOUT_SLOT_COUNT = 4096, /* of those that layouts are */
    SEED_COUNT = 256,
    LARGE_SLOT_COUNT = 1 << 20,
};

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "sizing: %s: the tables would be wrong\n", what);
    exit(1);
}

/* ---- Keys. ------------------------------------------------------------------------------- */

struct sizing_value {
    uint64_t key;
};

static uint64_t comparison_count;

static bool key_equal(uint64_t a, uint64_t b) {
    comparison_count += 1;
    return a == b;
}

struct random {
    uint64_t state; /* not 0 */
};

static uint64_t random_next(struct random *random) { /* xorshift64* */
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * UINT64_C(0x2545f4914f6cdd1d);
}

/* First a length of 0 to 17 bits, then a key below 2^length: each key is about as frequent as 1 / key,
 * as in Zipf's law. In integers, so that the stream is the same everywhere. */
static uint64_t skewed_key(struct random *random) {
    enum { LENGTH_COUNT = 18 };
    const uint64_t length = cache_map_range_of_hash(random_next(random), LENGTH_COUNT);
    return cache_map_range_of_hash(random_next(random), (uint64_t)1 << length);
}

/* ---- Layouts. ---------------------------------------------------------------------------- */

#define SIZING_NAME       map_16_8_2
#define SIZING_WAYS       16
#define SIZING_TAG_BITS   8
#define SIZING_CLOCK_BITS 2
#include "sizing_map.h"
#define SIZING_NAME       map_8_8_2
#define SIZING_WAYS       8
#define SIZING_TAG_BITS   8
#define SIZING_CLOCK_BITS 2
#include "sizing_map.h"
#define SIZING_NAME       map_4_8_2
#define SIZING_WAYS       4
#define SIZING_TAG_BITS   8
#define SIZING_CLOCK_BITS 2
#include "sizing_map.h"
#define SIZING_NAME       map_2_8_2
#define SIZING_WAYS       2
#define SIZING_TAG_BITS   8
#define SIZING_CLOCK_BITS 2
#include "sizing_map.h"
#define SIZING_NAME       map_16_16_2
#define SIZING_WAYS       16
#define SIZING_TAG_BITS   16
#define SIZING_CLOCK_BITS 2
#include "sizing_map.h"
#define SIZING_NAME       map_16_8_1
#define SIZING_WAYS       16
#define SIZING_TAG_BITS   8
#define SIZING_CLOCK_BITS 1
#include "sizing_map.h"
#define SIZING_NAME       map_16_8_4
#define SIZING_WAYS       16
#define SIZING_TAG_BITS   8
#define SIZING_CLOCK_BITS 4
#include "sizing_map.h"

struct sizing_layout {
    unsigned ways, tag_bits, clock_bits;
    uint64_t (*evictions)(uint64_t slot_count, uint64_t key_count, uint64_t seed);
    double (*comparisons_per_miss)(void);
    double (*hit_ratio)(void);
    enum cache_map_status (*memory_size)(const struct cache_map_options *options, size_t *size);
};

static const struct sizing_layout layouts[] = {
    {16, 8, 2, map_16_8_2_evictions, map_16_8_2_comparisons_per_miss, map_16_8_2_hit_ratio,
     map_16_8_2_memory_size},
    {8, 8, 2, map_8_8_2_evictions, map_8_8_2_comparisons_per_miss, map_8_8_2_hit_ratio,
     map_8_8_2_memory_size},
    {4, 8, 2, map_4_8_2_evictions, map_4_8_2_comparisons_per_miss, map_4_8_2_hit_ratio,
     map_4_8_2_memory_size},
    {2, 8, 2, map_2_8_2_evictions, map_2_8_2_comparisons_per_miss, map_2_8_2_hit_ratio,
     map_2_8_2_memory_size},
    {16, 16, 2, map_16_16_2_evictions, map_16_16_2_comparisons_per_miss, map_16_16_2_hit_ratio,
     map_16_16_2_memory_size},
    {16, 8, 1, map_16_8_1_evictions, map_16_8_1_comparisons_per_miss, map_16_8_1_hit_ratio,
     map_16_8_1_memory_size},
    {16, 8, 4, map_16_8_4_evictions, map_16_8_4_comparisons_per_miss, map_16_8_4_hit_ratio,
     map_16_8_4_memory_size},
};

enum { LAYOUT_COUNT = sizeof layouts / sizeof layouts[0] };

/* ---- Residency. -------------------------------------------------------------------------- */

/* Of a set in which `mean` keys are expected: how probable it is that more than `ways` are there, and how
 * many more are expected. The keys of a set are Poisson distributed, nearly: they are many, the sets too. */
struct overflow {
    double probability;
    double key_count;
};

static struct overflow overflow_derive(unsigned ways, double mean) {
    struct overflow overflow = {0, 0};
    double probability = exp(-mean); /* of exactly `count` keys */
    for (unsigned count = 1; count <= ways + 200; count += 1) {
        probability *= mean / count;
        if (count > ways) {
            overflow.probability += probability;
            overflow.key_count += probability * (count - ways);
        }
    }
    return overflow;
}

/* The share of the keys that is evicted. */
static double residency_measure(const struct sizing_layout *layout, uint64_t key_count) {
    uint64_t eviction_count = 0;
    for (uint64_t seed = 1; seed <= SEED_COUNT; seed += 1)
        eviction_count += layout->evictions(SLOT_COUNT_MAX, key_count, seed);
    return (double)eviction_count / (double)(key_count * SEED_COUNT);
}

/* A share in percent, with two digits that count: 0.072. */
static void print_share(double share) {
    const double percent = share * 100;
    int decimals = 0;
    if (percent > 0 && percent < 0.0001) {
        printf(" | < 0.0001");
        return;
    }
    if (percent < 100 && percent >= 99.5) {
        printf(" | > 99");
        return;
    }
    while (decimals < 7 && percent > 0 && percent * pow(10, decimals) < 10)
        decimals += 1;
    printf(" | %.*f", decimals, percent);
}

static void print_residency(void) {
    static const double ratios[] = {1, 1.5, 2, 3, 4};
    printf("| ways | slots for each key | %% of keys evicted, derived | measured | %% of sets that "
           "overflow | %% of maps that evict none, of 4,096 slots | of 1,048,576 slots |\n"
           "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (unsigned i = 0; i < LAYOUT_COUNT; i += 1) {
        const struct sizing_layout *layout = &layouts[i];
        if (layout->tag_bits != 8 || layout->clock_bits != 2 ||
            (layout->ways != 16 && layout->ways != 4))
            continue;
        for (unsigned r = 0; r < sizeof ratios / sizeof ratios[0]; r += 1) {
            const double mean = layout->ways / ratios[r];
            const struct overflow overflow = overflow_derive(layout->ways, mean);
            const double measured =
                residency_measure(layout, (uint64_t)(SLOT_COUNT_MAX / ratios[r]));
            /* Other numbers are no news of the table but a bug, of the hash for one. */
            if (fabs(measured - overflow.key_count / mean) > 0.15 * measured + 0.00001)
                fail("the library does not evict what was derived");
            printf("| %u | %g", layout->ways, ratios[r]);
            print_share(overflow.key_count / mean);
            print_share(measured);
            print_share(overflow.probability);
            print_share(pow(1 - overflow.probability, SLOT_COUNT_MAX / (double)layout->ways));
            print_share(pow(1 - overflow.probability, LARGE_SLOT_COUNT / (double)layout->ways));
            printf(" |\n");
        }
    }
}

/* ---- Layouts. ---------------------------------------------------------------------------- */

/* The bytes that each slot takes beside its value. */
static double slot_overhead(const struct sizing_layout *layout) {
    const struct cache_map_options small = {LARGE_SLOT_COUNT, 1, 0, 0};
    const struct cache_map_options large = {(uint64_t)2 * LARGE_SLOT_COUNT, 1, 0, 0};
    size_t size_small = 0, size_large = 0;
    if (layout->memory_size(&small, &size_small) != CACHE_MAP_OK ||
        layout->memory_size(&large, &size_large) != CACHE_MAP_OK)
        fail("memory_size");
    return (double)(size_large - size_small) / LARGE_SLOT_COUNT - sizeof(struct sizing_value);
}

static void print_layouts(void) {
    printf(
        "| ways | tag bits | clock bits | bytes a slot beside the value | keys compared in a miss, "
        "derived | measured | hits of a skewed stream |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (unsigned i = 0; i < LAYOUT_COUNT; i += 1) {
        const struct sizing_layout *layout = &layouts[i];
        printf("| %u | %u | %u | %.4g | %.5f | %.5f | %.2f %% |\n", layout->ways, layout->tag_bits,
               layout->clock_bits, slot_overhead(layout),
               layout->ways / (double)(1u << layout->tag_bits), layout->comparisons_per_miss(),
               100 * layout->hit_ratio());
    }
}

static void print_probes(void) {
    const double count = 1 << (FAMILY_BUCKET_BITS_MAX - 1);
    printf("| hash | found | not found | longest |\n"
           "| --- | --- | --- | --- |\n");
    for (unsigned family = 0; family < FAMILY_COUNT; family += 1) {
        struct family_probes probes = {0, 0, 0};
        family_measure_keys((enum hash_family)family, 0, FAMILY_BUCKET_BITS_MAX, &probes);
        printf("| %s | %.2f | %.2f | %u |\n", family_words((enum hash_family)family),
               (double)probes.present_total / count, (double)probes.absent_total / count,
               (unsigned)probes.longest);
    }
}

int main(int argc, char **argv) {
    const char *part = argc == 2 ? argv[1] : "";
    if (strcmp(part, "sizing-residency") == 0)
        print_residency();
    else if (strcmp(part, "sizing-layouts") == 0)
        print_layouts();
    else if (strcmp(part, "sizing-probes") == 0)
        print_probes();
    else {
        fputs(usage_text, stderr);
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 2;
}
