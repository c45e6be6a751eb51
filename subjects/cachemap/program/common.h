/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the programs that ./trace c writes: what all maps of one share. As in map.c, what stands between
 * empty lines is a part, and a program gets the parts that it uses. The first lines stand for what the writer
 * has before them, with one layout of many: no program gets them. */
#define _POSIX_C_SOURCE 200112L /* posix_memalign */
#include <stdint.h>
#include <stdio.h>

#define FIRST_FILL 0xa5
typedef uint8_t key0;
struct value0 {
    key0 key;
    unsigned char content[2];
};
#define CACHE_MAP_NAME          map0
#define CACHE_MAP_VALUE         struct value0
#define CACHE_MAP_KEY           key0
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"

static struct map0 map0;
enum { WAYS0 = 16, TAG_MASK0 = 0xff };
#define hash_of0(key, seed) cache_map_hash_64((key), (seed))
static key0 key_of0(uint32_t id) {
    return (key0)id;
}

/* ---- Parts. ------------------------------------------------------------------------------ */

static char op_now[64] = "before the first op", where[64];

_Noreturn static void fail(const char *what) {
    printf("FAIL  %s: %s%s\n", op_now, where, what);
    exit(1);
}

/* Each op is printed when it starts, so that a crash has a place. The first is op 1. */
static void begin(unsigned op, const char *words) {
    (void)snprintf(op_now, sizeof op_now, "op %u, %s", op, words);
    where[0] = '\0';
    printf("%s\n", op_now);
    (void)fflush(stdout);
}

static void number_is(const char *what, uint64_t actual, uint64_t expected) {
    char words[128];
    if (actual == expected)
        return;
    (void)snprintf(words, sizeof words, "%s is %llu, expected %llu", what,
                   (unsigned long long)actual, (unsigned long long)expected);
    fail(words);
}

static void status_is(enum cache_map_status actual, enum cache_map_status expected) {
    char words[128];
    if (actual == expected)
        return;
    (void)snprintf(words, sizeof words, "it answered %s, expected %s",
                   cache_map_status_name(actual), cache_map_status_name(expected));
    fail(words);
}

static void place_is(enum cache_map_place actual, enum cache_map_place expected) {
    static const char *const names[] = {"absent", "in the cache", "a value in the stash",
                                        "a tombstone in the stash"};
    char words[128];
    if (actual == expected)
        return;
    (void)snprintf(words, sizeof words, "the key is %s, expected %s", names[actual],
                   names[expected]);
    fail(words);
}

/* What the memory is full of before init: a field that init forgets shows. */
static unsigned char fill = FIRST_FILL;

/* The map's memory. It is aligned as asked and no better, and ends where the heap's block ends. */
static unsigned char *block;
static void *block_heap;
static size_t block_size, block_alignment;

/* What is behind the memory that the map was given. */
static size_t block_tail;

static void *allocate(void *context, size_t size, size_t alignment) {
    (void)context;
    if (block != NULL || posix_memalign(&block_heap, 2 * alignment, alignment + size) != 0)
        fail("no memory, or two blocks at once");
    block = (unsigned char *)block_heap + alignment;
    block_size = size;
    block_alignment = alignment;
    memset(block, fill, size);
    return block;
}

static void deallocate(void *context, void *memory, size_t size, size_t alignment) {
    (void)context;
    if (memory != block || size != block_size || alignment != block_alignment)
        fail("the memory is not given back as it was taken");
    memset(block, 0, block_size); /* under AddressSanitizer: it can be written again */
    free(block_heap);
    block = NULL;
}

static void *allocate_nothing(void *context, size_t size, size_t alignment) {
    (void)context;
    (void)size;
    (void)alignment;
    return NULL;
}

static void bytes_are(const void *memory, size_t size, unsigned char byte, const char *what) {
    for (size_t i = 0; i < size; i += 1)
        if (((const unsigned char *)memory)[i] != byte)
            fail(what);
}

/* How often the map has told of a value, by its number, that it is gone. The program takes away what it has
 * asked for. */
static unsigned char gone_times[1 << 18];

static unsigned gone_count;

static void is_gone(uint32_t number) {
    char words[64];
    if (gone_times[number] > 0) {
        gone_times[number] -= 1;
        gone_count -= 1;
        return;
    }
    (void)snprintf(words, sizeof words, "value %u is gone, and the map did not tell",
                   (unsigned)number);
    fail(words);
}

static void no_other_is_gone(void) {
    char words[64];
    unsigned number = 0;
    if (gone_count == 0)
        return;
    while (gone_times[number] == 0)
        number += 1;
    (void)snprintf(words, sizeof words, "value %u was told to be gone, and is not", number);
    fail(words);
}

/* A number for all answers that were noted, where they are too uneven to stand in the program. */
static uint64_t noted_digest;

static void note_answer(uint64_t answer) {
    noted_digest = (noted_digest ^ answer) * UINT64_C(0x9fb21c651e98df25);
}

static void noted_are(unsigned count, uint64_t expected) {
    char words[80];
    const uint64_t actual = noted_digest;
    noted_digest = 0;
    where[0] = '\0';
    (void)snprintf(words, sizeof words, "of the %u answers above not all are right", count);
    if (actual != expected)
        fail(words);
}

/* Notes all values that are gone, which are then asked for. */
static void note_all_gone(void) {
    for (uint32_t number = 0; gone_count > 0 && number < sizeof gone_times; number += 1)
        for (; gone_times[number] > 0; is_gone(number))
            note_answer(number);
}

/* A status as a number to note. */
static uint64_t status_number(enum cache_map_status status) {
    static const enum cache_map_status statuses[] = {
        CACHE_MAP_INSERTED, CACHE_MAP_UPDATED,    CACHE_MAP_REVIVED,   CACHE_MAP_REMOVED,
        CACHE_MAP_ABSENT,   CACHE_MAP_STASH_FULL, CACHE_MAP_SCOPE_FULL};
    uint64_t number = 0;
    while (number < sizeof statuses / sizeof statuses[0] && statuses[number] != status)
        number += 1;
    return number;
}

/* Where values have been: what has been freed is poisoned under AddressSanitizer. */
static const void *noted[2048];

static size_t noted_count;

static bool is_among(const void *const *values, size_t count, const void *value) {
    for (size_t i = 0; i < count; i += 1)
        if (values[i] == value)
            return true;
    return false;
}

/* Ops that are one call at the most. */
enum { MANY_COUNT_MAX = 300 };
