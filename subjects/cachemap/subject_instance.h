/* SPDX-License-Identifier: Apache-2.0 */
/* One instance of the library behind subject_functions. Included once for each layout, after
 * INSTANCE_NUMBER (of the layout) and INSTANCE_VALUE (the kind of its value, see subject_values.h); for
 * one that is not in LAYOUT_TABLE after INSTANCE_WAYS, too, and what of the library's parameters it has.
 * Each function is one call of the typed API. */

#define INSTANCE_PASTE(a, b)   CACHE_MAP_PASTE_EXPANDED(a, b)
#define INSTANCE_MAP           INSTANCE_PASTE(map, INSTANCE_NUMBER)
#define INSTANCE_FUNCTION(end) INSTANCE_PASTE(INSTANCE_MAP, end)
#define INSTANCE_STRUCT        struct INSTANCE_MAP
#define INSTANCE_VALUE_STRUCT  struct INSTANCE_PASTE(value, INSTANCE_VALUE)
#define INSTANCE_KEY_TYPE      INSTANCE_PASTE(key, INSTANCE_VALUE)
#ifdef INSTANCE_IS_DEFAULT
#    define INSTANCE_KEY_OF(number) key_default_of_number(number)
#    define INSTANCE_SOUGHT(number) key_default_of_number(number)
#    define INSTANCE_NUMBER_OF(key) key_number_of_default(key)
#else
#    define INSTANCE_KEY_OF(number) INSTANCE_PASTE(KEY_OF_NUMBER, INSTANCE_VALUE)(number)
#    define INSTANCE_SOUGHT(number) INSTANCE_PASTE(KEY_SOUGHT, INSTANCE_VALUE)(number)
#    define INSTANCE_NUMBER_OF(key) INSTANCE_PASTE(NUMBER_OF_KEY, INSTANCE_VALUE)(key)
#endif

#define CACHE_MAP_NAME          INSTANCE_MAP
#define CACHE_MAP_VALUE         INSTANCE_VALUE_STRUCT
#define CACHE_MAP_KEY           INSTANCE_KEY_TYPE
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#ifndef INSTANCE_IS_DEFAULT
#    define CACHE_MAP_KEY_EQUAL(a, b) INSTANCE_PASTE(KEY_EQUAL, INSTANCE_VALUE)(a, b)
#    define CACHE_MAP_HASH(key, seed) subject_hash(INSTANCE_NUMBER_OF(key), (seed))
#endif
#ifndef INSTANCE_WAYS
#    define INSTANCE_WAYS        LAYOUT_WAYS(INSTANCE_NUMBER)
#    define CACHE_MAP_WAYS       LAYOUT_WAYS(INSTANCE_NUMBER)
#    define CACHE_MAP_TAG_BITS   LAYOUT_TAG_BITS(INSTANCE_NUMBER)
#    define CACHE_MAP_CLOCK_BITS LAYOUT_CLOCK_BITS(INSTANCE_NUMBER)
#    define CACHE_MAP_POLICY \
        (LAYOUT_CLASSIC(INSTANCE_NUMBER) ? CACHE_MAP_POLICY_CLOCK_CLASSIC : CACHE_MAP_POLICY_CLOCK)
#endif
#if LAYOUT_OWNS(INSTANCE_NUMBER)
static struct value_state INSTANCE_FUNCTION(do_value_state)(const void *value);
#    define CACHE_MAP_VALUE_GONE(value) \
        subject_note_gone(INSTANCE_FUNCTION(do_value_state)(value), (value), sizeof *(value))
#endif
#include "cache_map.h"

_Static_assert(sizeof(INSTANCE_STRUCT) <= SUBJECT_MAP_SIZE_MAX, "a subject has room for the map");
_Static_assert(sizeof(INSTANCE_VALUE_STRUCT) == INSTANCE_VALUE, "the value has its kind's size");

static INSTANCE_KEY_TYPE INSTANCE_FUNCTION(sought_of_id)(unsigned key_id) {
    return INSTANCE_SOUGHT(key_number(key_id));
}

static INSTANCE_STRUCT *INSTANCE_FUNCTION(of)(void *map) {
    return (INSTANCE_STRUCT *)map;
}

static const INSTANCE_STRUCT *INSTANCE_FUNCTION(of_const)(const void *map) {
    return (const INSTANCE_STRUCT *)map;
}

static enum cache_map_status
INSTANCE_FUNCTION(do_init)(void *map, const struct cache_map_options *options,
                           const struct cache_map_allocator *allocator) {
    return INSTANCE_FUNCTION(init)(INSTANCE_FUNCTION(of)(map), options, allocator);
}

static enum cache_map_status
INSTANCE_FUNCTION(do_init_in_memory)(void *map, const struct cache_map_options *options,
                                     void *memory, size_t size) {
    return INSTANCE_FUNCTION(init_in_memory)(INSTANCE_FUNCTION(of)(map), options, memory, size);
}

static void INSTANCE_FUNCTION(do_deinit)(void *map) {
    INSTANCE_FUNCTION(deinit)(INSTANCE_FUNCTION(of)(map));
}

static enum cache_map_status INSTANCE_FUNCTION(do_upsert)(void *map, const void *value) {
    return INSTANCE_FUNCTION(upsert)(INSTANCE_FUNCTION(of)(map),
                                     (const INSTANCE_VALUE_STRUCT *)value);
}

static void INSTANCE_FUNCTION(do_make_value)(void *value, unsigned key_id, uint32_t number) {
    INSTANCE_VALUE_STRUCT *typed = (INSTANCE_VALUE_STRUCT *)value;
    typed->key = INSTANCE_KEY_OF(key_number(key_id));
    subject_content_fill(typed->content, sizeof typed->content, number);
}

static void INSTANCE_FUNCTION(do_write_content)(void *value, uint32_t number) {
    INSTANCE_VALUE_STRUCT *typed = (INSTANCE_VALUE_STRUCT *)value;
    subject_content_fill(typed->content, sizeof typed->content, number);
}

static size_t INSTANCE_FUNCTION(do_upsert_many)(void *map, const void *values, size_t value_count,
                                                enum cache_map_status *statuses) {
    return INSTANCE_FUNCTION(upsert_many)(
        INSTANCE_FUNCTION(of)(map), (const INSTANCE_VALUE_STRUCT *)values, value_count, statuses);
}

static enum cache_map_status INSTANCE_FUNCTION(do_remove)(void *map, unsigned key_id) {
    return INSTANCE_FUNCTION(remove)(INSTANCE_FUNCTION(of)(map),
                                     INSTANCE_FUNCTION(sought_of_id)(key_id));
}

static const void *INSTANCE_FUNCTION(do_get)(void *map, unsigned key_id) {
    return INSTANCE_FUNCTION(get)(INSTANCE_FUNCTION(of)(map),
                                  INSTANCE_FUNCTION(sought_of_id)(key_id));
}

static size_t INSTANCE_FUNCTION(do_get_many)(void *map, const unsigned *key_ids, size_t key_count,
                                             void *keys, void *found, const void **values,
                                             bool *keys_kept) {
    INSTANCE_KEY_TYPE *typed_keys = (INSTANCE_KEY_TYPE *)keys;
    INSTANCE_VALUE_STRUCT **typed_found = (INSTANCE_VALUE_STRUCT **)found;
    size_t found_count;
    for (size_t i = 0; keys != NULL && found != NULL && i < key_count; i += 1) {
        typed_keys[i] = INSTANCE_FUNCTION(sought_of_id)(key_ids[i]);
        typed_found[i] = (INSTANCE_VALUE_STRUCT *)(void *)subject_untouched;
    }
    found_count =
        INSTANCE_FUNCTION(get_many)(INSTANCE_FUNCTION(of)(map), typed_keys, key_count, typed_found);
    for (size_t i = 0; i < key_count; i += 1) {
        const INSTANCE_KEY_TYPE key = INSTANCE_FUNCTION(sought_of_id)(key_ids[i]);
        values[i] = typed_found[i];
        *keys_kept &= memcmp(&typed_keys[i], &key, sizeof key) == 0;
    }
    return found_count;
}

static void INSTANCE_FUNCTION(do_prefetch)(const void *map, unsigned key_id) {
    INSTANCE_FUNCTION(prefetch)
    (INSTANCE_FUNCTION(of_const)(map), INSTANCE_FUNCTION(sought_of_id)(key_id));
}

static enum cache_map_status INSTANCE_FUNCTION(do_lookup)(void *map, unsigned key_id,
                                                          const void **value) {
    INSTANCE_VALUE_STRUCT *found = (INSTANCE_VALUE_STRUCT *)(void *)subject_untouched;
    const enum cache_map_status status = INSTANCE_FUNCTION(lookup)(
        INSTANCE_FUNCTION(of)(map), INSTANCE_FUNCTION(sought_of_id)(key_id), &found);
    *value = found;
    return status;
}

static bool INSTANCE_FUNCTION(do_has)(void *map, unsigned key_id) {
    return INSTANCE_FUNCTION(has)(INSTANCE_FUNCTION(of)(map),
                                  INSTANCE_FUNCTION(sought_of_id)(key_id));
}

static void INSTANCE_FUNCTION(do_demote)(void *map, unsigned key_id) {
    INSTANCE_FUNCTION(demote)(INSTANCE_FUNCTION(of)(map), INSTANCE_FUNCTION(sought_of_id)(key_id));
}

#define STATUS_CALL(name) \
    static enum cache_map_status INSTANCE_FUNCTION(do_##name)(void *map) { \
        return INSTANCE_FUNCTION(name)(INSTANCE_FUNCTION(of)(map)); \
    }
#define NOTHING_CALL(name) \
    static void INSTANCE_FUNCTION(do_##name)(void *map) { \
        INSTANCE_FUNCTION(name)(INSTANCE_FUNCTION(of)(map)); \
    }
SUBJECT_CALLS(STATUS_CALL, NOTHING_CALL)
#undef STATUS_CALL
#undef NOTHING_CALL

static enum cache_map_status INSTANCE_FUNCTION(do_scope_close)(void *map,
                                                               enum cache_map_scope_mode mode) {
    return INSTANCE_FUNCTION(scope_close)(INSTANCE_FUNCTION(of)(map), mode);
}

static struct cache_map_counts INSTANCE_FUNCTION(do_counts)(const void *map) {
    return INSTANCE_FUNCTION(inspect_counts)(INSTANCE_FUNCTION(of_const)(map));
}

static struct value_state INSTANCE_FUNCTION(do_value_state)(const void *value) {
    const INSTANCE_VALUE_STRUCT *typed = (const INSTANCE_VALUE_STRUCT *)value;
    struct value_state state;
    state.key_id = key_id_of_number(INSTANCE_NUMBER_OF(typed->key));
    state.value = subject_content_value(typed->content, sizeof typed->content);
    state.intact = subject_content_intact(typed->content, sizeof typed->content);
    return state;
}

/* A whole set in one call: the policy is compared after every op. */
static void INSTANCE_FUNCTION(do_set)(const void *map, uint32_t set, struct set_state *state) {
    const struct value_state nothing = {0, 0, false};
    struct cache_map_set_view view;
    INSTANCE_FUNCTION(inspect_set)(INSTANCE_FUNCTION(of_const)(map), set, &view);
    state->hand = (uint8_t)view.hand;
    for (uint32_t way = 0; way < INSTANCE_WAYS; way += 1) {
        struct slot_state *slot = &state->slots[way];
        slot->tag = (uint16_t)view.slots[way].tag;
        slot->count = (uint8_t)view.slots[way].count;
        slot->has_value = view.slots[way].value != NULL;
        if (slot->has_value && slot->count != 0)
            slot->content = INSTANCE_FUNCTION(do_value_state)(view.slots[way].value);
        else
            slot->content = nothing;
    }
}

/* Whether all are as the pattern, for the first is and each is as the one before it. */
static bool INSTANCE_FUNCTION(do_untouched)(const unsigned char *bytes, size_t size) {
    return size == 0 || (*bytes == 0x3c && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Whether slots and hand one by one are what the whole set is, of which no more ways are written than there
 * are. */
static bool INSTANCE_FUNCTION(do_set_agrees)(const void *map, uint32_t set) {
    struct cache_map_set_view whole;
    const size_t used_size =
        offsetof(struct cache_map_set_view, slots) + INSTANCE_WAYS * sizeof whole.slots[0];
    memset(&whole, 0x3c, sizeof whole);
    INSTANCE_FUNCTION(inspect_set)(INSTANCE_FUNCTION(of_const)(map), set, &whole);
    if (!INSTANCE_FUNCTION(do_untouched)((const unsigned char *)&whole + used_size,
                                         sizeof whole - used_size))
        return false;
    for (uint32_t way = 0; way < INSTANCE_WAYS; way += 1) {
        const struct cache_map_slot_view *of_set = &whole.slots[way];
        const struct cache_map_slot_view alone =
            INSTANCE_FUNCTION(inspect_slot)(INSTANCE_FUNCTION(of_const)(map), set, way);
        if (alone.set != set || of_set->set != set || alone.way != way || of_set->way != way ||
            alone.tag != of_set->tag || alone.count != of_set->count ||
            alone.value != of_set->value)
            return false;
    }
    return INSTANCE_FUNCTION(inspect_hand)(INSTANCE_FUNCTION(of_const)(map), set) == whole.hand;
}

static struct cache_map_slot_view INSTANCE_FUNCTION(do_slot)(const void *map, uint64_t set,
                                                             uint32_t way) {
    return INSTANCE_FUNCTION(inspect_slot)(INSTANCE_FUNCTION(of_const)(map), set, way);
}

static enum cache_map_status
INSTANCE_FUNCTION(do_each)(const void *map, struct cache_map_cursor *cursor, const void **value) {
    const INSTANCE_VALUE_STRUCT *found = (const INSTANCE_VALUE_STRUCT *)(void *)subject_untouched;
    const enum cache_map_status status =
        INSTANCE_FUNCTION(each)(INSTANCE_FUNCTION(of_const)(map), cursor, &found);
    *value = found;
    return status;
}

static struct cache_map_entry_view INSTANCE_FUNCTION(do_entry)(const void *map, uint32_t entry) {
    return INSTANCE_FUNCTION(inspect_entry)(INSTANCE_FUNCTION(of_const)(map), entry);
}

static struct cache_map_record_view INSTANCE_FUNCTION(do_record)(const void *map, uint32_t record) {
    return INSTANCE_FUNCTION(inspect_record)(INSTANCE_FUNCTION(of_const)(map), record);
}

static struct cache_map_place_view INSTANCE_FUNCTION(do_place)(const void *map, unsigned key_id) {
    return INSTANCE_FUNCTION(inspect_place)(INSTANCE_FUNCTION(of_const)(map),
                                            INSTANCE_FUNCTION(sought_of_id)(key_id));
}

static enum cache_map_invariant INSTANCE_FUNCTION(do_check)(const void *map) {
    return INSTANCE_FUNCTION(check)(INSTANCE_FUNCTION(of_const)(map));
}

const struct subject_functions INSTANCE_PASTE(subject_functions, INSTANCE_NUMBER) = {
    .layout = &INSTANCE_FUNCTION(cache_map_layout),
    .map_size = sizeof(INSTANCE_STRUCT),
    .key_size = sizeof(INSTANCE_KEY_TYPE),
    .memory_alignment = INSTANCE_FUNCTION(memory_alignment),
    .memory_size = INSTANCE_FUNCTION(memory_size),
    .init = INSTANCE_FUNCTION(do_init),
    .init_in_memory = INSTANCE_FUNCTION(do_init_in_memory),
    .deinit = INSTANCE_FUNCTION(do_deinit),
    .upsert = INSTANCE_FUNCTION(do_upsert),
    .make_value = INSTANCE_FUNCTION(do_make_value),
    .write_content = INSTANCE_FUNCTION(do_write_content),
    .upsert_many = INSTANCE_FUNCTION(do_upsert_many),
    .remove = INSTANCE_FUNCTION(do_remove),
    .get = INSTANCE_FUNCTION(do_get),
    .get_many = INSTANCE_FUNCTION(do_get_many),
    .prefetch = INSTANCE_FUNCTION(do_prefetch),
    .lookup = INSTANCE_FUNCTION(do_lookup),
    .has = INSTANCE_FUNCTION(do_has),
    .demote = INSTANCE_FUNCTION(do_demote),
#define CALL_MEMBER(name) .name = INSTANCE_FUNCTION(do_##name),
    SUBJECT_CALLS(CALL_MEMBER, CALL_MEMBER)
#undef CALL_MEMBER
        .scope_close = INSTANCE_FUNCTION(do_scope_close),
    .counts = INSTANCE_FUNCTION(do_counts),
    .set = INSTANCE_FUNCTION(do_set),
    .set_agrees = INSTANCE_FUNCTION(do_set_agrees),
    .slot = INSTANCE_FUNCTION(do_slot),
    .each = INSTANCE_FUNCTION(do_each),
    .entry = INSTANCE_FUNCTION(do_entry),
    .record = INSTANCE_FUNCTION(do_record),
    .place = INSTANCE_FUNCTION(do_place),
    .check = INSTANCE_FUNCTION(do_check),
    .value_state = INSTANCE_FUNCTION(do_value_state),
};

#undef INSTANCE_PASTE
#undef INSTANCE_MAP
#undef INSTANCE_FUNCTION
#undef INSTANCE_STRUCT
#undef INSTANCE_VALUE_STRUCT
#undef INSTANCE_KEY_TYPE
#undef INSTANCE_KEY_OF
#undef INSTANCE_SOUGHT
#undef INSTANCE_NUMBER_OF
#undef INSTANCE_WAYS
#undef INSTANCE_NUMBER
#undef INSTANCE_VALUE
