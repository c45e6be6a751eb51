/* SPDX-License-Identifier: Apache-2.0 */
/* One instantiation for the conformance test, behind a table of functions: included once for each
 * value size of the traces, after CONFORMANCE_NAME, CONFORMANCE_KEY and CONFORMANCE_PAYLOAD_SIZE.
 */

struct CONFORMANCE_VALUE {
    CONFORMANCE_KEY key;
    uint32_t content;
    unsigned char payload[CONFORMANCE_PAYLOAD_SIZE];
};

#define CACHE_MAP_NAME            CONFORMANCE_NAME
#define CACHE_MAP_VALUE           struct CONFORMANCE_VALUE
#define CACHE_MAP_KEY             CONFORMANCE_KEY
#define CACHE_MAP_KEY_OF(value)   ((value)->key)
#define CACHE_MAP_HASH(key, seed) low_level_hash((key), sizeof(key), (seed))
#define CACHE_MAP_POLICY          CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "cache_map.h"

#define CONFORMANCE_FUNCTION(end) CACHE_MAP_PASTE(CONFORMANCE_NAME, end)

static struct CONFORMANCE_NAME CONFORMANCE_FUNCTION(map);

static enum cache_map_status
CONFORMANCE_FUNCTION(do_init)(const struct cache_map_options *options) {
    return CONFORMANCE_FUNCTION(init)(&CONFORMANCE_FUNCTION(map), options, NULL);
}

static void CONFORMANCE_FUNCTION(do_deinit)(void) {
    assert_int_equal(CONFORMANCE_FUNCTION(check)(&CONFORMANCE_FUNCTION(map)),
                     CACHE_MAP_INVARIANT_NONE);
    CONFORMANCE_FUNCTION(deinit)(&CONFORMANCE_FUNCTION(map));
}

static enum cache_map_status CONFORMANCE_FUNCTION(do_upsert)(uint64_t key, uint32_t content) {
    struct CONFORMANCE_VALUE value;
    memset(&value, 0, sizeof value);
    value.key = (CONFORMANCE_KEY)key;
    value.content = content;
    return CONFORMANCE_FUNCTION(upsert)(&CONFORMANCE_FUNCTION(map), &value);
}

static enum cache_map_status CONFORMANCE_FUNCTION(do_lookup)(uint64_t key, uint32_t *content) {
    struct CONFORMANCE_VALUE *value = NULL;
    const enum cache_map_status status =
        CONFORMANCE_FUNCTION(lookup)(&CONFORMANCE_FUNCTION(map), (CONFORMANCE_KEY)key, &value);
    *content = value == NULL ? 0 : value->content;
    return status;
}

static bool CONFORMANCE_FUNCTION(do_has)(uint64_t key) {
    return CONFORMANCE_FUNCTION(has)(&CONFORMANCE_FUNCTION(map), (CONFORMANCE_KEY)key);
}

static enum cache_map_status CONFORMANCE_FUNCTION(do_remove)(uint64_t key) {
    return CONFORMANCE_FUNCTION(remove)(&CONFORMANCE_FUNCTION(map), (CONFORMANCE_KEY)key);
}

static enum cache_map_status CONFORMANCE_FUNCTION(do_scope)(const char *word) {
    if (strcmp(word, "open") == 0)
        return CONFORMANCE_FUNCTION(scope_open)(&CONFORMANCE_FUNCTION(map));
    return CONFORMANCE_FUNCTION(scope_close)(
        &CONFORMANCE_FUNCTION(map),
        strcmp(word, "persist") == 0 ? CACHE_MAP_SCOPE_PERSIST : CACHE_MAP_SCOPE_DISCARD);
}

static enum cache_map_status CONFORMANCE_FUNCTION(do_compact)(void) {
    return CONFORMANCE_FUNCTION(compact)(&CONFORMANCE_FUNCTION(map));
}

static struct cache_map_place_view CONFORMANCE_FUNCTION(do_place)(uint64_t key) {
    return CONFORMANCE_FUNCTION(inspect_place)(&CONFORMANCE_FUNCTION(map), (CONFORMANCE_KEY)key);
}

static struct cache_map_counts CONFORMANCE_FUNCTION(do_counts)(void) {
    return CONFORMANCE_FUNCTION(inspect_counts)(&CONFORMANCE_FUNCTION(map));
}

/* The set as the traces write it: " hand H [ WAY:COUNT:KEY ... ]". */
static void CONFORMANCE_FUNCTION(do_set)(uint64_t set, char *text, size_t size) {
    size_t used = (size_t)snprintf(
        text, size, "hand %u [",
        (unsigned)CONFORMANCE_FUNCTION(inspect_hand)(&CONFORMANCE_FUNCTION(map), set));
    for (uint32_t way = 0; way < 16; way += 1) {
        const struct cache_map_slot_view slot =
            CONFORMANCE_FUNCTION(inspect_slot)(&CONFORMANCE_FUNCTION(map), set, way);
        const struct CONFORMANCE_VALUE *value = (const struct CONFORMANCE_VALUE *)slot.value;
        if (value != NULL)
            used += (size_t)snprintf(text + used, size - used, " %u:%u:%llu", (unsigned)way,
                                     (unsigned)slot.count, (unsigned long long)value->key);
        assert_true(used < size);
    }
    assert_true((size_t)snprintf(text + used, size - used, " ]") < size - used);
}

static const struct conformance_map CONFORMANCE_FUNCTION(functions) = {
    sizeof(struct CONFORMANCE_VALUE), CONFORMANCE_FUNCTION(do_init),
    CONFORMANCE_FUNCTION(do_deinit),  CONFORMANCE_FUNCTION(do_upsert),
    CONFORMANCE_FUNCTION(do_lookup),  CONFORMANCE_FUNCTION(do_has),
    CONFORMANCE_FUNCTION(do_remove),  CONFORMANCE_FUNCTION(do_scope),
    CONFORMANCE_FUNCTION(do_compact), CONFORMANCE_FUNCTION(do_place),
    CONFORMANCE_FUNCTION(do_counts),  CONFORMANCE_FUNCTION(do_set)};

#undef CONFORMANCE_FUNCTION
#undef CONFORMANCE_NAME
#undef CONFORMANCE_VALUE
#undef CONFORMANCE_KEY
#undef CONFORMANCE_PAYLOAD_SIZE
