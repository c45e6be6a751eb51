/* SPDX-License-Identifier: Apache-2.0 */
/* The maps of unit_header.c, all in one file: keys that are numbers, structs, texts, pointers and constants.
 * It includes nothing before cache_map.h, which has to include what it needs. */
#ifndef TESTS_UNIT_HEADER_MAPS_H
#define TESTS_UNIT_HEADER_MAPS_H

static void header_assertion_failed(const char *condition);

#define CACHE_MAP_ASSERT(condition) ((condition) ? (void)0 : header_assertion_failed(#condition))
#include "cache_map.h" /* without a name: the common parts only */

struct account {
    uint64_t id;
    int64_t balance;
};

#define CACHE_MAP_NAME          account_cache
#define CACHE_MAP_VALUE         struct account
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#include "cache_map.h"

struct point {
    int32_t x, y;
};
struct pixel {
    struct point at;
    uint32_t colour;
};

#define CACHE_MAP_NAME            pixel_cache
#define CACHE_MAP_VALUE           struct pixel
#define CACHE_MAP_KEY             struct point
#define CACHE_MAP_KEY_OF(value)   ((value)->at)
#define CACHE_MAP_KEY_EQUAL(a, b) ((a).x == (b).x && (a).y == (b).y)
#define CACHE_MAP_HASH(key, seed) \
    cache_map_hash_128((uint64_t)(int64_t)(key).x, (uint64_t)(int64_t)(key).y, (seed))
#define CACHE_MAP_WAYS       2
#define CACHE_MAP_TAG_BITS   16
#define CACHE_MAP_CLOCK_BITS 4
#define CACHE_MAP_POLICY     CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "cache_map.h"

#define CACHE_MAP_NAME          number_set
#define CACHE_MAP_VALUE         uint32_t
#define CACHE_MAP_KEY           uint32_t
#define CACHE_MAP_KEY_OF(value) (*(value))
#include "cache_map.h"

/* Types of pointers, written out, and constants. */
struct setting {
    const char *name;
    int number;
};

#define CACHE_MAP_NAME            setting_cache
#define CACHE_MAP_VALUE           struct setting
#define CACHE_MAP_KEY             const char *
#define CACHE_MAP_KEY_OF(value)   ((value)->name)
#define CACHE_MAP_KEY_EQUAL(a, b) (strcmp((a), (b)) == 0)
#define CACHE_MAP_HASH(key, seed) cache_map_hash_bytes((key), strlen(key), (seed))
#include "cache_map.h"

#define CACHE_MAP_NAME            setting_pointer_cache
#define CACHE_MAP_VALUE           const struct setting *
#define CACHE_MAP_KEY             const char *const
#define CACHE_MAP_KEY_OF(value)   ((*(value))->name)
#define CACHE_MAP_KEY_EQUAL(a, b) (strcmp((a), (b)) == 0)
#define CACHE_MAP_HASH(key, seed) cache_map_hash_bytes((key), strlen(key), (seed))
#include "cache_map.h"

#define CACHE_MAP_NAME            address_cache
#define CACHE_MAP_VALUE           struct setting *const
#define CACHE_MAP_KEY             struct setting *
#define CACHE_MAP_KEY_OF(value)   (*(value))
#define CACHE_MAP_KEY_EQUAL(a, b) ((a) == (b))
#define CACHE_MAP_HASH(key, seed) cache_map_hash_64((uint64_t)(uintptr_t)(key), (seed))
#include "cache_map.h"

#define CACHE_MAP_NAME          constant_cache
#define CACHE_MAP_VALUE         const struct account
#define CACHE_MAP_KEY           const uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#include "cache_map.h"

static uint64_t gone_count;
struct owner {
    uint64_t id;
    uint64_t *given_up;
};

#define CACHE_MAP_NAME          owner_cache
#define CACHE_MAP_VALUE         struct owner
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(o)     ((o)->id)
#define CACHE_MAP_VALUE_GONE(o) (*(o)->given_up += 1, gone_count += 1)
#include "cache_map.h"

#endif
