/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the programs that ./trace c writes, as map.c has them: what a map has whose stream has ranges.
 * There a loop makes the calls, and the state is compared in loops or by a digest. */
/* NOLINTNEXTLINE(bugprone-suspicious-include): its parts use those of map.c */
#include "map.c"

/* The key that the trace numbers so; what fails next is said to be about it. */
static key0 at_key0(uint32_t id) {
    (void)snprintf(where, sizeof where, "key %u: ", (unsigned)id);
    return key_of0(id);
}

/* The number of the value; 0: there is none. */
static uint32_t got0(key0 key) {
    const struct value0 *value;
    map0_prefetch(&map0, key); /* a hint: changes nothing */
    value = map0_get(&map0, key);
    if (value == NULL)
        return 0;
    value_is0(value, key, number_of0(value));
    is_in_place0(value, key);
    return number_of0(value);
}

/* The same by map0_lookup; 2^32 for a tombstone. */
static uint64_t looked_up0(key0 key) {
    struct value0 *value = NULL;
    const enum cache_map_status status = map0_lookup(&map0, key, &value);
    if (status != CACHE_MAP_FOUND)
        return status == CACHE_MAP_TOMBSTONE ? UINT64_C(1) << 32 : 0;
    is_in_place0(value, key);
    value_is0(value, key, number_of0(value));
    return number_of0(value);
}

/* Where the key is: the number of its slot (set x ways + way) or of its entry; and of its value, or 0. */
static void is_at0(key0 key, enum cache_map_place expected, uint64_t at, uint32_t number) {
    const struct cache_map_place_view place = map0_inspect_place(&map0, key);
    const bool has_value =
        expected == CACHE_MAP_PLACE_CACHE || expected == CACHE_MAP_PLACE_STASH_VALUE;
    const void *bytes = NULL;
    place_is(place.place, expected);
    if (expected == CACHE_MAP_PLACE_CACHE) {
        number_is("its slot", place.set * WAYS0 + place.way, at);
        bytes = map0_inspect_slot(&map0, place.set, place.way).value;
    } else if (expected != CACHE_MAP_PLACE_ABSENT) {
        number_is("its entry", place.entry, at);
        bytes = map0_inspect_entry(&map0, place.entry).value;
    }
    if (has_value)
        value_is0((const struct value0 *)bytes, key, number);
    if (place.value != (has_value ? bytes : NULL))
        fail("its place gives another value than its slot or entry");
    if (bytes != NULL && memcmp(&((const struct value0 *)bytes)->key, &key, sizeof key) != 0)
        fail("another key is there");
}

/* Notes all of that. */
static void note_place0(key0 key) {
    const struct cache_map_place_view place = map0_inspect_place(&map0, key);
    const bool is_cached = place.place == CACHE_MAP_PLACE_CACHE;
    const bool is_stashed = place.place == CACHE_MAP_PLACE_STASH_VALUE;
    const uint64_t kind = is_cached ? 1 : is_stashed ? 2 : 3;
    const uint64_t at = is_cached ? place.set * WAYS0 + place.way : place.entry;
    const uint32_t number =
        place.value == NULL ? 0 : number_of0((const struct value0 *)place.value);
    is_at0(key, place.place, at, number);
    note_answer(place.place == CACHE_MAP_PLACE_ABSENT ? 0 : kind << 60 | at << 32 | number);
}

/* The counts of the set's ways, 4 bits each from the lowest on. */
static uint64_t counts_of0(uint64_t set) {
    uint64_t counts = 0;
    for (uint32_t way = 0; way < WAYS0; way += 1)
        counts |= (uint64_t)map0_inspect_slot(&map0, set, way).count << (4 * way);
    return counts;
}

static void counts_of_set_are0(uint64_t set, uint32_t hand, uint32_t values, uint64_t counts) {
    set_is0(set, hand, values);
    number_is("the counts of its ways", counts_of0(set), counts);
}

static void note_set0(uint64_t set) {
    const uint32_t hand = map0_inspect_hand(&map0, set);
    const uint64_t counts = counts_of0(set);
    uint32_t values = 0;
    for (uint32_t way = 0; way < WAYS0; way += 1)
        values += (counts >> (4 * way) & 15) != 0;
    set_is0(set, hand, values);
    note_answer(counts * UINT64_C(0x9fb21c651e98df25) ^ hand);
}

/* A step of a walk: it tells of what inspection has next. */
static void step_is0(struct cache_map_cursor *cursor, const void *expected, bool tombstone) {
    const struct value0 *value = NULL;
    status_is(map0_each(&map0, cursor, &value), tombstone ? CACHE_MAP_TOMBSTONE : CACHE_MAP_FOUND);
    if (value != expected)
        fail("a walk tells of another place");
}

/* A walk tells of all slots by set and way, then of all entries by number, and of nothing else. */
static void walk_is_whole0(void) {
    const struct cache_map_counts counts = map0_inspect_counts(&map0);
    struct cache_map_cursor cursor = {0, 0};
    const struct value0 *value = NULL;
    for (uint64_t slot = 0; slot < counts.cache_value_count_max; slot += 1) {
        const void *slot_value =
            map0_inspect_slot(&map0, slot / WAYS0, (uint32_t)(slot % WAYS0)).value;
        (void)snprintf(where, sizeof where, "slot %u: ", (unsigned)slot);
        if (slot_value != NULL)
            step_is0(&cursor, slot_value, false);
    }
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1) {
        const struct cache_map_entry_view view = map0_inspect_entry(&map0, entry);
        (void)snprintf(where, sizeof where, "entry %u: ", (unsigned)entry);
        step_is0(&cursor, view.value, view.tombstone);
    }
    where[0] = '\0';
    status_is(map0_each(&map0, &cursor, &value), CACHE_MAP_ABSENT);
}
