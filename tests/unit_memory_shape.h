/* SPDX-License-Identifier: Apache-2.0 */
/* Instantiates a cache map named SHAPE_NAME over SHAPE_VALUE with keys SHAPE_KEY, and a function
 * SHAPE_NAME_exercise that stores values of known bytes, moves them about (evictions, removes,
 * discards) and finds each byte and each alignment right. SHAPE_KEY_OF_NUMBER(n) makes distinct
 * keys of n = 0, 1, ... < 200; SHAPE_KEY_OF(v) is the key in a value, assignable. All are undefined
 * again here; SHAPE_EQUAL and SHAPE_HASH may be defined. */
#define CACHE_MAP_NAME      SHAPE_NAME
#define CACHE_MAP_VALUE     SHAPE_VALUE
#define CACHE_MAP_KEY       SHAPE_KEY
#define CACHE_MAP_KEY_OF(v) SHAPE_KEY_OF(v)
#define CACHE_MAP_WAYS      4
#ifdef SHAPE_EQUAL
#    define CACHE_MAP_KEY_EQUAL(a, b) SHAPE_EQUAL(a, b)
#endif
#ifdef SHAPE_HASH
#    define CACHE_MAP_HASH(key, seed) SHAPE_HASH(key, seed)
#endif
#include "cache_map.h"

#define SHAPE_FUNCTION(end) CACHE_MAP_PASTE(SHAPE_NAME, end)

static void SHAPE_FUNCTION(make)(SHAPE_VALUE *value, uint32_t number, uint32_t version) {
    memset(value, (int)(number * 31 + version * 7 + 1) & 0xff, sizeof *value);
    SHAPE_KEY_OF(value) = SHAPE_KEY_OF_NUMBER(number);
}

static void SHAPE_FUNCTION(put)(struct SHAPE_NAME *map, uint32_t number, uint32_t version) {
    SHAPE_VALUE value;
    SHAPE_FUNCTION(make)(&value, number, version);
    assert_false(cache_map_status_failed(SHAPE_FUNCTION(upsert)(map, &value)));
    assert_int_equal(SHAPE_FUNCTION(check)(map), CACHE_MAP_INVARIANT_NONE);
}

static void SHAPE_FUNCTION(expect)(struct SHAPE_NAME *map, uint32_t number, uint32_t version) {
    const SHAPE_VALUE *found = SHAPE_FUNCTION(get)(map, SHAPE_KEY_OF_NUMBER(number));
    SHAPE_VALUE value;
    SHAPE_FUNCTION(make)(&value, number, version);
    assert_non_null(found);
    assert_int_equal((uintptr_t)found % _Alignof(SHAPE_VALUE), 0);
    assert_memory_equal(found, &value, sizeof value);
}

static void SHAPE_FUNCTION(exercise)(uint64_t cache_count) {
    const struct cache_map_options options = {cache_count, 200, 100, 1};
    struct SHAPE_NAME map;
    assert_status(SHAPE_FUNCTION(init)(&map, &options, NULL), CACHE_MAP_OK);
    assert_int_equal((uintptr_t)map.base.memory % SHAPE_FUNCTION(memory_alignment)(), 0);
    for (uint32_t number = 0; number < 100; number += 1)
        SHAPE_FUNCTION(put)(&map, number, 1);
    for (uint32_t number = 0; number < 100; number += 5)
        assert_status(SHAPE_FUNCTION(remove)(&map, SHAPE_KEY_OF_NUMBER(number)), CACHE_MAP_REMOVED);
    assert_status(SHAPE_FUNCTION(scope_open)(&map), CACHE_MAP_OK);
    for (uint32_t number = 0; number < 100; number += 3)
        SHAPE_FUNCTION(put)(&map, number, 2);
    for (uint32_t number = 101; number < 130; number += 1)
        SHAPE_FUNCTION(put)(&map, number, 2);
    for (uint32_t number = 1; number < 100; number += 5)
        assert_status(SHAPE_FUNCTION(remove)(&map, SHAPE_KEY_OF_NUMBER(number)), CACHE_MAP_REMOVED);
    for (uint32_t number = 3; number < 100; number += 15)
        SHAPE_FUNCTION(expect)(&map, number, 2);
    assert_status(SHAPE_FUNCTION(scope_close)(&map, CACHE_MAP_SCOPE_DISCARD), CACHE_MAP_OK);
    for (uint32_t number = 0; number < 100; number += 1) {
        if (number % 5 == 0)
            assert_false(SHAPE_FUNCTION(has)(&map, SHAPE_KEY_OF_NUMBER(number)));
        else
            SHAPE_FUNCTION(expect)(&map, number, 1);
    }
    SHAPE_FUNCTION(deinit)(&map);
}

static void SHAPE_FUNCTION(shape)(void **state) {
    (void)state;
    SHAPE_FUNCTION(exercise)(0);
    SHAPE_FUNCTION(exercise)(4);
    SHAPE_FUNCTION(exercise)(20);
}

#undef SHAPE_FUNCTION
#undef SHAPE_NAME
#undef SHAPE_VALUE
#undef SHAPE_KEY
#undef SHAPE_KEY_OF
#undef SHAPE_KEY_OF_NUMBER
#undef SHAPE_EQUAL
#undef SHAPE_HASH
