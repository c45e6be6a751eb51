/* SPDX-License-Identifier: Apache-2.0 */
/* Conformance: tests/conformance/ holds streams of operations with the outcomes of an independent
 * implementation (TigerBeetle's CacheMap, sources of July 2026). Given its hash and its policy, our
 * library must agree on every line: outcomes, and places, counts and hands where they are given.
 *
 * Knows the library's public header and the traces, nothing of the harness: a second reading of the
 * contract that shares no code with the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_map.h"

#define TRACE_DIRECTORY "tests/conformance"
/* So many lines are in the folder; a trace that is lost or cut off is noticed. */
#define TRACE_COUNT  60
#define ANSWER_COUNT 45353

struct conformance_map {
    size_t value_size;
    enum cache_map_status (*init)(const struct cache_map_options *options);
    void (*deinit)(void);
    enum cache_map_status (*upsert)(uint64_t key, uint32_t content);
    enum cache_map_status (*lookup)(uint64_t key, uint32_t *content);
    bool (*has)(uint64_t key);
    enum cache_map_status (*remove)(uint64_t key);
    enum cache_map_status (*scope)(const char *word);
    enum cache_map_status (*compact)(void);
    struct cache_map_place_view (*place)(uint64_t key);
    struct cache_map_counts (*counts)(void);
    void (*set)(uint64_t set, char *text, size_t size);
};

/* The hash of the traces: Abseil's LowLevelHash for keys of 4 and 8 bytes. */
static uint64_t low_level_mix(uint64_t x, uint64_t y) {
    const struct cache_map_product product = cache_map_multiply(x, y);
    return product.low ^ product.high;
}

static uint64_t low_level_hash(uint64_t key, size_t size, uint64_t seed) {
    const uint64_t salt_0 = UINT64_C(0xa0761d6478bd642f), salt_1 = UINT64_C(0xe7037ed1a0b428db);
    const uint64_t first = key & 0xffffffffu;
    const uint64_t last = size == 4 ? first : key >> 32;
    return low_level_mix(low_level_mix(first ^ salt_1, last ^ salt_0 ^ seed), size ^ salt_1);
}

#define CONFORMANCE_NAME         map_16
#define CONFORMANCE_VALUE        value_16
#define CONFORMANCE_KEY          uint32_t
#define CONFORMANCE_PAYLOAD_SIZE 8
#include "conformance_map.h"
#define CONFORMANCE_NAME         map_64
#define CONFORMANCE_VALUE        value_64
#define CONFORMANCE_KEY          uint64_t
#define CONFORMANCE_PAYLOAD_SIZE 52
#include "conformance_map.h"
#define CONFORMANCE_NAME         map_128
#define CONFORMANCE_VALUE        value_128
#define CONFORMANCE_KEY          uint64_t
#define CONFORMANCE_PAYLOAD_SIZE 116
#include "conformance_map.h"

static const struct conformance_map *const maps[] = {&map_16_functions, &map_64_functions,
                                                     &map_128_functions};

static unsigned answer_count;

static const struct conformance_map *map_of_geometry(const char *line,
                                                     struct cache_map_options *options) {
    unsigned long long cache = 0, stash = 0, scope = 0;
    unsigned value_size = 0;
    const int fields = sscanf(line,
                              "geometry cache=%llu ways=16 tag=8 clock=2 value=%u stash=%llu "
                              "scope=%llu hash=low_level policy=clock_classic",
                              &cache, &value_size, &stash, &scope);
    assert_int_equal(fields, 4);
    memset(options, 0, sizeof *options);
    options->cache_value_count_max = cache;
    options->stash_value_count_max = stash;
    options->scope_value_count_max = scope;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i += 1)
        if (maps[i]->value_size == value_size)
            return maps[i];
    fail_msg("no map for values of %u bytes", value_size);
    return NULL;
}

/* What our map answers to the operation of one line, in the words of the traces. */
static void answer_lookup(const struct conformance_map *map, uint64_t key, char *text,
                          size_t size) {
    uint32_t content = 0;
    const enum cache_map_status status = map->lookup(key, &content);
    if (status == CACHE_MAP_FOUND)
        (void)snprintf(text, size, "%u", (unsigned)content);
    else
        (void)snprintf(text, size, "%s", cache_map_status_name(status));
}

static void answer_place(const struct conformance_map *map, uint64_t key, char *text, size_t size) {
    const struct cache_map_place_view view = map->place(key);
    switch (view.place) {
    case CACHE_MAP_PLACE_CACHE:
        (void)snprintf(text, size, "cache %u %u", (unsigned)view.way, (unsigned)view.count);
        return;
    case CACHE_MAP_PLACE_STASH_VALUE: (void)snprintf(text, size, "stash"); return;
    case CACHE_MAP_PLACE_STASH_TOMBSTONE: (void)snprintf(text, size, "tombstone"); return;
    case CACHE_MAP_PLACE_ABSENT: (void)snprintf(text, size, "absent"); return;
    }
}

static void answer(const struct conformance_map *map, const char *op, const char *operand,
                   const char *second, char *text, size_t size) {
    const uint64_t key = strtoull(operand, NULL, 10);
    if (strcmp(op, "upsert") == 0) {
        const enum cache_map_status status = map->upsert(key, (uint32_t)strtoul(second, NULL, 10));
        (void)snprintf(text, size, "%s", cache_map_status_failed(status) ? "failed" : "");
    } else if (strcmp(op, "remove") == 0) {
        (void)snprintf(text, size, "%s", cache_map_status_name(map->remove(key)));
    } else if (strcmp(op, "lookup") == 0) {
        answer_lookup(map, key, text, size);
    } else if (strcmp(op, "has") == 0) {
        (void)snprintf(text, size, "%s", map->has(key) ? "yes" : "no");
    } else if (strcmp(op, "scope") == 0) {
        (void)snprintf(text, size, "%s", map->scope(operand) == CACHE_MAP_OK ? "" : "failed");
    } else if (strcmp(op, "compact") == 0) {
        (void)snprintf(text, size, "%s", map->compact() == CACHE_MAP_OK ? "" : "failed");
    } else if (strcmp(op, "place") == 0) {
        answer_place(map, key, text, size);
    } else if (strcmp(op, "set") == 0) {
        map->set(key, text, size);
    } else if (strcmp(op, "counts") == 0) {
        const struct cache_map_counts counts = map->counts();
        (void)snprintf(text, size, "cache %llu stash %llu",
                       (unsigned long long)counts.cache_value_count,
                       (unsigned long long)counts.stash_count);
    } else {
        fail_msg("unknown line: %s %s", op, operand);
    }
}

static void check_line(const struct conformance_map *map, const char *file, unsigned line_number,
                       char *line) {
    char ours[512] = "", op[16] = "", operand[32] = "", second[32] = "";
    char *expected = strstr(line, " = ");
    if (expected != NULL) {
        *expected = '\0';
        expected += 3;
    }
    assert_true(sscanf(line, "%15s %31s %31s", op, operand, second) >= 1);
    answer(map, op, operand, second, ours, sizeof ours);
    answer_count += 1;
    if (strcmp(ours, expected == NULL ? "" : expected) != 0)
        fail_msg("%s:%u: %s: expected '%s', we gave '%s'", file, line_number, line,
                 expected == NULL ? "" : expected, ours);
}

static void test_trace(void **state) {
    const char *file = (const char *)*state;
    const struct conformance_map *map = NULL;
    struct cache_map_options options;
    char path[512], line[8192];
    unsigned line_number = 2;
    FILE *stream;
    assert_true(snprintf(path, sizeof path, TRACE_DIRECTORY "/%s", file) < (int)sizeof path);
    stream = fopen(path, "r");
    assert_non_null(stream);
    assert_non_null(fgets(line, sizeof line, stream));
    assert_string_equal(line, "cachemap-conformance 1\n");
    assert_non_null(fgets(line, sizeof line, stream));
    map = map_of_geometry(line, &options);
    assert_int_equal(map->init(&options), CACHE_MAP_OK);
    while (fgets(line, sizeof line, stream) != NULL) {
        line_number += 1;
        line[strcspn(line, "\n")] = '\0';
        check_line(map, file, line_number, line);
    }
    map->deinit();
    assert_int_equal(fclose(stream), 0);
}

/* The known answers that came with the traces. */
static void test_hash(void **state) {
    (void)state;
    assert_true(low_level_hash(0, 4, 0) == UINT64_C(0xc2958626d3f0b923));
    assert_true(low_level_hash(1, 4, 0) == UINT64_C(0x76e5e61f94e9b47f));
    assert_true(low_level_hash(4294967295, 4, 0) == UINT64_C(0x82fdfa04c620a6fb));
    assert_true(low_level_hash(1, 8, 0) == UINT64_C(0x92bbe5fe8c5525cd));
    assert_true(low_level_hash(65536, 8, 0) == UINT64_C(0x1c293b3ac3def90d));
    assert_true(low_level_hash(UINT64_MAX, 8, 0) == UINT64_C(0x1fecb47c514bf55f));
}

static void test_nothing_lost(void **state) {
    (void)state;
    assert_int_equal(answer_count, ANSWER_COUNT);
}

static int is_trace(const struct dirent *entry) {
    return strstr(entry->d_name, ".trace") != NULL;
}

int main(void) {
    struct CMUnitTest tests[TRACE_COUNT + 2] = {cmocka_unit_test(test_hash)};
    struct dirent **entries = NULL;
    const int count = scandir(TRACE_DIRECTORY, &entries, is_trace, alphasort);
    int failed;
    if (count != TRACE_COUNT) {
        fprintf(stderr, "conformance: %d traces in %s, expected %d; run from the project's root\n",
                count, TRACE_DIRECTORY, TRACE_COUNT);
        return 1;
    }
    for (int i = 0; i < count; i += 1) {
        const struct CMUnitTest test = {entries[i]->d_name, test_trace, NULL, NULL,
                                        entries[i]->d_name};
        tests[1 + i] = test;
    }
    tests[1 + count].name = "test_nothing_lost";
    tests[1 + count].test_func = test_nothing_lost;
    failed =
        _cmocka_run_group_tests("conformance", tests, sizeof tests / sizeof tests[0], NULL, NULL);
    for (int i = 0; i < count; i += 1)
        free(entries[i]);
    free(entries);
    return failed;
}
