/* SPDX-License-Identifier: Apache-2.0 */
/* The user's types of the maps under test: keys of 1, 4, 8 and 16 bytes, values from 3 bytes to
 * 68 kilobytes, two of them aligned to more than a cache line. */
#ifndef HARNESS_SUBJECT_VALUES_H
#define HARNESS_SUBJECT_VALUES_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

struct key_wide {
    uint64_t low, high;
};

struct value_3 {
    uint8_t key;
    unsigned char content[2];
};

struct value_8 {
    uint32_t key;
    unsigned char content[4];
};

struct value_16 {
    uint64_t key;
    unsigned char content[8];
};

struct value_20 {
    uint32_t key;
    unsigned char content[16];
};

struct value_24 {
    struct key_wide key;
    unsigned char content[8];
};

struct value_64 {
    alignas(64) uint64_t key;
    unsigned char content[56];
};

struct value_128 {
    alignas(128) uint64_t key;
    unsigned char content[120];
};

struct value_1040 {
    uint64_t key;
    unsigned char content[1032];
};

struct value_69632 {
    alignas(4096) uint64_t key;
    unsigned char content[69624];
};

typedef uint8_t key_3;
typedef uint32_t key_8;
typedef uint64_t key_16;
typedef uint32_t key_20;
typedef struct key_wide key_24;
typedef uint64_t key_64;
typedef uint64_t key_128;
typedef uint64_t key_1040;
typedef uint64_t key_69632;

/* Macros and not functions, because they stand for what a user writes as CACHE_MAP_KEY_EQUAL and in
 * CACHE_MAP_HASH for a key of another type. */
static inline key_24 key_24_of_number(uint64_t number) {
    const key_24 key = {number, ~number};
    return key;
}

/* The high half does not count: as one that a key is looked for by it is another than in a value, and to the
 * map they are the same key. */
static inline key_24 key_24_sought(uint64_t number) {
    const key_24 key = {number, number};
    return key;
}

static inline bool key_24_equal(key_24 a, key_24 b) {
    return a.low == b.low;
}

#define KEY_OF_NUMBER_3(number)     ((key_3)(number))
#define KEY_OF_NUMBER_8(number)     ((key_8)(number))
#define KEY_OF_NUMBER_16(number)    ((key_16)(number))
#define KEY_OF_NUMBER_20(number)    ((key_20)(number))
#define KEY_OF_NUMBER_24(number)    key_24_of_number(number)
#define KEY_OF_NUMBER_64(number)    ((key_64)(number))
#define KEY_OF_NUMBER_128(number)   ((key_128)(number))
#define KEY_OF_NUMBER_1040(number)  ((key_1040)(number))
#define KEY_OF_NUMBER_69632(number) ((key_69632)(number))

/* What a caller looks for a key by; of all but one type that is the key. */
#define KEY_SOUGHT_3(number)     KEY_OF_NUMBER_3(number)
#define KEY_SOUGHT_8(number)     KEY_OF_NUMBER_8(number)
#define KEY_SOUGHT_16(number)    KEY_OF_NUMBER_16(number)
#define KEY_SOUGHT_20(number)    KEY_OF_NUMBER_20(number)
#define KEY_SOUGHT_24(number)    key_24_sought(number)
#define KEY_SOUGHT_64(number)    KEY_OF_NUMBER_64(number)
#define KEY_SOUGHT_128(number)   KEY_OF_NUMBER_128(number)
#define KEY_SOUGHT_1040(number)  KEY_OF_NUMBER_1040(number)
#define KEY_SOUGHT_69632(number) KEY_OF_NUMBER_69632(number)

/* A truncated number is extended by its sign: key_id_of_number. */
#define NUMBER_OF_KEY_3(key)     ((uint64_t)(int64_t)(int8_t)(key))
#define NUMBER_OF_KEY_8(key)     ((uint64_t)(int64_t)(int32_t)(key))
#define NUMBER_OF_KEY_16(key)    (key)
#define NUMBER_OF_KEY_20(key)    ((uint64_t)(int64_t)(int32_t)(key))
#define NUMBER_OF_KEY_24(key)    ((key).low)
#define NUMBER_OF_KEY_64(key)    (key)
#define NUMBER_OF_KEY_128(key)   (key)
#define NUMBER_OF_KEY_1040(key)  (key)
#define NUMBER_OF_KEY_69632(key) (key)

#define KEY_EQUAL_3(a, b)     ((a) == (b))
#define KEY_EQUAL_8(a, b)     ((a) == (b))
#define KEY_EQUAL_16(a, b)    ((a) == (b))
#define KEY_EQUAL_20(a, b)    ((a) == (b))
#define KEY_EQUAL_24(a, b)    key_24_equal(a, b)
#define KEY_EQUAL_64(a, b)    ((a) == (b))
#define KEY_EQUAL_128(a, b)   ((a) == (b))
#define KEY_EQUAL_1040(a, b)  ((a) == (b))
#define KEY_EQUAL_69632(a, b) ((a) == (b))

#endif
