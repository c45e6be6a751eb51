/* SPDX-License-Identifier: Apache-2.0 */
/* The calls that take or give memory of the caller's, behind subject.h: what goes in lies between guards and
 * must come back as it was, what comes out had a pattern before, and a pointer is compared with what
 * inspection names. Notes what is wrong; who asks decides what that means. */
#include "subject.h"
#include "subject_functions.h"
#include "subject_guard.h"
#include "subject_words.h"

#include <assert.h>

static void caller_complain(struct subject *subject, bool of_pointer, const char *words) {
    fault_note(&subject->fault, of_pointer, words);
}

static void caller_expect(struct subject *subject, bool holds, const char *words) {
    if (!holds)
        caller_complain(subject, false, words);
}

const struct subject_fault *subject_fault(const struct subject *subject) {
    return &subject->fault;
}

/* ---- Pointers. --------------------------------------------------------------------------- */

/* Whether `value` is where inspection has the key's value, by both of its ways. */
static bool points_to_place(const struct subject *subject, unsigned key_id, const void *value) {
    const struct subject_functions *functions = subject->functions;
    const struct cache_map_place_view place = functions->place(subject->map, key_id);
    const void *there = NULL;
    switch (place.place) {
    case CACHE_MAP_PLACE_CACHE:
        there = functions->slot(subject->map, place.set, place.way).value;
        break;
    case CACHE_MAP_PLACE_STASH_VALUE:
        there = functions->entry(subject->map, place.entry).value;
        break;
    case CACHE_MAP_PLACE_STASH_TOMBSTONE:
    case CACHE_MAP_PLACE_ABSENT: break;
    }
    return value == there && value == place.value;
}

/* Every typed map is a `struct cache_map` with a type around it. */
static bool lies_in_map(const struct subject *subject, const void *value) {
    const struct cache_map *map = (const struct cache_map *)(const void *)subject->map;
    const uintptr_t address = (uintptr_t)value, start = (uintptr_t)map->memory;
    return address >= start && address - start < map->memory_size;
}

/* Nothing is read through a pointer that is not into the map. */
static struct result result_of_value(const struct subject *subject, unsigned key_id,
                                     const void *value, bool *intact) {
    struct result result = {OUTCOME_FOUND, 0};
    *intact = lies_in_map(subject, value);
    if (*intact) {
        const struct value_state state = subject->functions->value_state(value);
        *intact = state.intact && state.key_id == key_id;
        result.value = state.value;
    }
    return result;
}

/* The answer of a call that gave this pointer for the key. The first of several is held until the map
 * changes. */
static struct result result_of_pointer(struct subject *subject, unsigned key_id, const void *value,
                                       bool *intact, const char *words) {
    const bool right = points_to_place(subject, key_id, value);
    if (!right)
        caller_complain(subject, true, words);
    else if (subject->held.value == NULL) {
        subject->held.value = value;
        subject->held.state = subject->functions->value_state(value);
    }
    return result_of_value(subject, key_id, value, intact);
}

bool subject_held_intact(const struct subject *subject) {
    struct value_state now;
    if (subject->held.value == NULL)
        return true;
    now = subject->functions->value_state(subject->held.value);
    return now.key_id == subject->held.state.key_id && now.value == subject->held.state.value &&
           now.intact == subject->held.state.intact;
}

void subject_release(struct subject *subject) {
    subject->held.value = NULL;
}

/* "Further steps stay within the map": of the walk that was over at the last question, before the map
 * changed. What is told is a place in use, or it cannot be read under AddressSanitizer. */
static bool stale_walk_stays(struct subject *subject) {
    enum { STEP_COUNT = 2 };
    struct cache_map_cursor cursor = {subject->walk.slot, subject->walk.entry};
    for (unsigned step = 0; step < STEP_COUNT; step += 1) {
        const void *value = NULL;
        const enum cache_map_status status =
            subject->functions->each(subject->map, &cursor, &value);
        if ((status == CACHE_MAP_ABSENT) != (value == NULL) ||
            (value != NULL && !lies_in_map(subject, value)))
            return false;
        if (value != NULL)
            (void)subject->functions->value_state(value);
    }
    return true;
}

/* A step of a walk that is over is none. */
static bool walk_is_over(struct subject *subject, struct cache_map_cursor *cursor) {
    enum { STEP_COUNT = 2 };
    for (unsigned step = 0; step < STEP_COUNT; step += 1) {
        const void *value = subject_untouched;
        if (subject->functions->each(subject->map, cursor, &value) != CACHE_MAP_ABSENT ||
            value != NULL)
            return false;
    }
    subject->walk.slot = cursor->slot;
    subject->walk.entry = cursor->entry;
    return true;
}

bool subject_walk_agrees(struct subject *subject) {
    const struct subject_functions *functions = subject->functions;
    const uint32_t ways = functions->layout->ways;
    struct cache_map_cursor cursor = {0, 0};
    const struct cache_map_counts counts = functions->counts(subject->map);
    const void *value = NULL;
    if (!stale_walk_stays(subject))
        return false;
    for (uint64_t slot = 0; slot < counts.cache_value_count_max; slot += 1) {
        const struct cache_map_slot_view view =
            functions->slot(subject->map, slot / ways, (uint32_t)(slot % ways));
        if (view.count != 0 && (functions->each(subject->map, &cursor, &value) != CACHE_MAP_FOUND ||
                                value != view.value))
            return false;
    }
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1)
        if (functions->each(subject->map, &cursor, &value) == CACHE_MAP_ABSENT ||
            value != functions->entry(subject->map, entry).value)
            return false;
    return walk_is_over(subject, &cursor);
}

/* ---- Lookups. ---------------------------------------------------------------------------- */

struct result subject_get(struct subject *subject, unsigned key_id, bool *intact) {
    const void *value;
    *intact = true;
    subject->functions->prefetch(subject->map, key_id);
    value = subject->functions->get(subject->map, key_id);
    if (value == NULL)
        return result_of(OUTCOME_NOTHING);
    return result_of_pointer(subject, key_id, value, intact,
                             "get gave a pointer that is not to the key's place");
}

struct result subject_write(struct subject *subject, unsigned key_id, uint32_t value, bool writes,
                            bool *intact) {
    const void *found = subject->functions->get(subject->map, key_id);
    struct result result;
    *intact = true;
    if (found == NULL)
        return result_of(OUTCOME_NOTHING);
    result = result_of_pointer(subject, key_id, found, intact,
                               "get gave a pointer that is not to the key's place");
    if (!writes || !lies_in_map(subject, found))
        return result;
    if (subject->held.value != NULL && subject->held.state.key_id == key_id)
        found = subject->held.value;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): get gave it to be written through */
    subject->functions->write_content((void *)(uintptr_t)found, value);
    if (found == subject->held.value)
        subject->held.state = subject->functions->value_state(found);
    return result;
}

/* A lookup, and whether it gave a pointer just where it found a value. */
static enum cache_map_status caller_lookup(struct subject *subject, unsigned key_id,
                                           const void **value) {
    const enum cache_map_status status = subject->functions->lookup(subject->map, key_id, value);
    caller_expect(subject, *value != subject_untouched, "lookup left its pointer as it was");
    caller_expect(subject, (status == CACHE_MAP_FOUND) == (*value != NULL),
                  "lookup gave a pointer and no value, or a value and no pointer");
    return status;
}

struct result subject_lookup(struct subject *subject, unsigned key_id, bool *intact) {
    const void *value = NULL;
    const enum cache_map_status status = caller_lookup(subject, key_id, &value);
    *intact = true;
    if (status != CACHE_MAP_FOUND)
        return subject_result_of_status(status);
    return result_of_pointer(subject, key_id, value, intact,
                             "lookup gave a pointer that is not to the key's place");
}

struct result subject_read(struct subject *subject, unsigned key_id, bool *intact) {
    const void *value = NULL;
    const enum cache_map_status status = caller_lookup(subject, key_id, &value);
    *intact = true;
    if (status != CACHE_MAP_FOUND)
        return subject_result_of_status(status);
    return result_of_value(subject, key_id, value, intact);
}

bool subject_get_many(struct subject *subject, const unsigned *key_ids, uint32_t count,
                      struct result *results, bool *intact) {
    const struct subject_functions *functions = subject->functions;
    const size_t keys_size = count * functions->key_size, found_size = count * sizeof(void *);
    const void *values[STREAM_BATCH_COUNT_MAX];
    size_t found_count, counted = 0;
    bool keys_kept = true;
    assert(count <= STREAM_BATCH_COUNT_MAX);
    found_count =
        functions->get_many(subject->map, key_ids, count, guarded_array(GUARDED_KEYS, keys_size),
                            guarded_array(GUARDED_FOUND, found_size), values, &keys_kept);
    caller_expect(subject, keys_kept, "get_many changed the keys that it was given");
    caller_expect(subject, guarded_holds(GUARDED_KEYS, keys_size),
                  "get_many wrote beside the keys that it was given");
    caller_expect(subject, guarded_holds(GUARDED_FOUND, found_size),
                  "get_many wrote beside its array of pointers");
    for (uint32_t i = 0; i < count; i += 1) {
        intact[i] = true;
        caller_expect(subject, values[i] != subject_untouched,
                      "get_many left one of its pointers as it was");
        results[i] =
            values[i] == NULL
                ? result_of(OUTCOME_NOTHING)
                : result_of_pointer(subject, key_ids[i], values[i], &intact[i],
                                    "get_many gave a pointer that is not to the key's place");
        counted += values[i] != NULL;
    }
    return found_count == counted;
}

/* ---- Upserts. ---------------------------------------------------------------------------- */

/* Whether the argument is what make_value made. */
static bool argument_is(const struct subject *subject, const void *argument, unsigned key_id,
                        uint32_t value) {
    const struct value_state state = subject->functions->value_state(argument);
    const unsigned content_size =
        (unsigned)(subject->functions->layout->value_size - subject->functions->key_size);
    return state.key_id == key_id && state.intact &&
           state.value ==
               (content_size < sizeof value ? value & ((1u << 8 * content_size) - 1) : value);
}

/* What a caller who may write through pointers can make of the map's own bytes just before an upsert: of the
 * key's value one that has the bytes of the argument, which is another value all the same; and of what is
 * shown of its tombstone the argument. Returns the argument. */
static const void *argument_beside(struct subject *subject, const void *argument, unsigned key_id,
                                   uint32_t value, struct value_state *replaced) {
    const struct subject_functions *functions = subject->functions;
    const struct cache_map_place_view place = functions->place(subject->map, key_id);
    const void *bytes = place.value;
    if (place.place == CACHE_MAP_PLACE_STASH_TOMBSTONE)
        bytes = functions->entry(subject->map, place.entry).value;
    if (bytes == NULL)
        return argument;
    *replaced = functions->value_state(bytes);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): what inspection shows may be written */
    functions->write_content((void *)(uintptr_t)bytes, value);
    return place.value == NULL ? bytes : argument;
}

struct result subject_upsert(struct subject *subject, unsigned key_id, uint32_t value) {
    const size_t size = subject->functions->layout->value_size;
    const bool writes = value % 4 == 1 && !subject->functions->counts(subject->map).scope_open;
    void *argument = guarded_array(GUARDED_VALUES, size);
    const void *given = argument;
    struct value_state replaced = {0, 0, false};
    enum cache_map_status status;
    subject->functions->make_value(argument, key_id, value);
    if (writes)
        given = argument_beside(subject, argument, key_id, value, &replaced);
    status = subject->functions->upsert(subject->map, given);
    subject_rename_gone(key_id, value, replaced);
    caller_expect(subject, argument_is(subject, argument, key_id, value),
                  "upsert changed its argument");
    caller_expect(subject, guarded_holds(GUARDED_VALUES, size), "upsert wrote beside its argument");
    return subject_result_of_status(status);
}

/* Of no upsert. */
static const enum cache_map_status status_untouched = CACHE_MAP_STATUS_COUNT;

/* Where the values of a call lie: in one of three they end where the map's block begins, and in one they
 * begin where it ends; they do not lie in the map. */
static unsigned char *values_begin(struct subject *subject, size_t size, unsigned turn) {
    const bool fits = subject->memory != SUBJECT_MEMORY_STANDARD && size <= SUBJECT_RED_ZONE_SIZE;
    if (!fits || turn % 3 == 0)
        return (unsigned char *)guarded_array(GUARDED_VALUES, size);
    return subject_beside_block(subject, size, turn % 3 == 2);
}

/* Whether nothing was written beside them. */
static bool values_end(struct subject *subject, const unsigned char *values, size_t size) {
    if (values == guard_behind(GUARDED_VALUES) - size)
        return guarded_holds(GUARDED_VALUES, size);
    subject_leave_block(subject);
    return true;
}

bool subject_upsert_many(struct subject *subject, const unsigned *key_ids, uint32_t value,
                         uint32_t count, struct result *results) {
    const size_t value_size = subject->functions->layout->value_size;
    const size_t values_size = count * value_size, statuses_size = count * sizeof status_untouched;
    unsigned char *values = values_begin(subject, values_size, value);
    enum cache_map_status *statuses =
        (enum cache_map_status *)guarded_array(GUARDED_STATUSES, statuses_size);
    size_t success_count, counted = 0;
    assert(count <= STREAM_BATCH_COUNT_MAX);
    for (uint32_t i = 0; i < count; i += 1) {
        subject->functions->make_value(values + i * value_size, key_ids[i], value + i);
        statuses[i] = status_untouched;
    }
    success_count = subject->functions->upsert_many(subject->map, values, count, statuses);
    caller_expect(subject, guarded_holds(GUARDED_STATUSES, statuses_size),
                  "upsert_many wrote beside its array of statuses");
    for (uint32_t i = 0; i < count; i += 1) {
        caller_expect(subject, argument_is(subject, values + i * value_size, key_ids[i], value + i),
                      "upsert_many changed the values that it was given");
        caller_expect(subject, statuses[i] != status_untouched,
                      "upsert_many left one of its statuses as it was");
        results[i] = subject_result_of_status(statuses[i]);
        counted += !outcome_failed(results[i].outcome);
    }
    caller_expect(subject, values_end(subject, values, values_size),
                  "upsert_many wrote beside the values that it was given");
    return success_count == counted;
}

struct result subject_rewrite(struct subject *subject, unsigned key_id) {
    const void *value = subject->functions->get(subject->map, key_id);
    if (value == NULL)
        return result_of(OUTCOME_ABSENT);
    return subject_result_of_status(subject->functions->upsert(subject->map, value));
}

/* ---- Calls for nothing. ------------------------------------------------------------------ */

void subject_call_for_nothing(struct subject *subject) {
    const struct subject_functions *functions = subject->functions;
    bool keys_kept = true;
    size_t answers = functions->get_many(subject->map, NULL, 0, NULL, NULL, NULL, &keys_kept);
    answers += functions->get_many(subject->map, NULL, 0, guarded_array(GUARDED_KEYS, 0),
                                   guarded_array(GUARDED_FOUND, 0), NULL, &keys_kept);
    answers += functions->upsert_many(subject->map, NULL, 0, NULL);
    answers += functions->upsert_many(subject->map, guarded_array(GUARDED_VALUES, 0), 0,
                                      (enum cache_map_status *)guarded_array(GUARDED_STATUSES, 0));
    /* Of no values none lies in the map. */
    answers += functions->upsert_many(subject->map, subject->block, 0, NULL);
    caller_expect(subject, answers == 0, "a call for no keys answers other than 0");
    for (unsigned array = 0; array < GUARDED_COUNT; array += 1)
        caller_expect(subject, guarded_holds((enum guarded)array, 0),
                      "a call for no keys wrote where its arrays are");
}
