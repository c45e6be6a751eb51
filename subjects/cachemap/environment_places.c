/* SPDX-License-Identifier: Apache-2.0 */
/* The places behind environment_places.h. */
#define ENVIRONMENT_FILE "environment_places.c"
#include "environment_places.h"

#include "environment_fail.h"
#include "environment_look.h"
#include "value_words.h"

#include <string.h>

static const struct place_state nowhere = {.place = PLACE_ABSENT};

/* ---- All at once, by their bytes. -------------------------------------------------------- */

static void read_set(const struct subject_places *arrays, uint32_t set,
                     struct place_state *places) {
    const uint64_t counts = subject_counts_word(arrays, set);
    const uint32_t count_max = (1u << arrays->clock_bits) - 1;
    for (uint32_t way = 0; way < arrays->ways; way += 1) {
        const uint32_t count = (uint32_t)(counts >> (way * arrays->clock_bits)) & count_max;
        const uint32_t slot = (set << arrays->way_bits) + way;
        struct place_state state = {.place = PLACE_CACHE, .set = set, .way = (uint8_t)way};
        if (count == 0)
            continue;
        state.count = (uint8_t)count;
        state.has_value = true;
        state.content = subject_value_read(arrays, subject_item(arrays, PLACES_CACHE_VALUES, slot));
        places[state.content.key_id % KEY_COUNT_MAX] = state;
    }
}

static struct entry_state entry_read(const struct subject_places *arrays, uint32_t entry) {
    const struct subject_entry_link link =
        subject_entry_link_of(subject_bytes_32(subject_item(arrays, PLACES_ENTRIES, entry)));
    const struct entry_state state = {
        subject_value_read(arrays, subject_item(arrays, PLACES_STASH_VALUES, entry)),
        link.tombstone};
    return state;
}

struct entry_state environment_entry(const struct environment *environment, uint32_t entry) {
    return environment_sees_touched(environment) ? entry_read(&environment->snapshot.arrays, entry)
                                                 : subject_entry(&environment->subject, entry);
}

static void read_entry(const struct subject_places *arrays, uint32_t number,
                       struct place_state *places) {
    const struct entry_state entry = entry_read(arrays, number);
    struct place_state *state = &places[entry.content.key_id % KEY_COUNT_MAX];
    *state = nowhere;
    state->place = entry.tombstone ? PLACE_STASH_TOMBSTONE : PLACE_STASH_VALUE;
    state->entry = number;
    if (entry.tombstone)
        return;
    state->has_value = true;
    state->content = entry.content;
}

/* Each named key's place, by key, from the bytes of each place in use. */
static void read_places(const struct environment *environment, struct place_state *places) {
    const struct subject_places *arrays = &environment->snapshot.arrays;
    for (uint32_t i = 0; i < environment->named_key_count; i += 1)
        places[environment->named_keys[i]] = nowhere;
    for (uint32_t set = 0; set < environment->geometry.set_count; set += 1)
        read_set(arrays, set, places);
    for (uint32_t entry = 0; entry < environment->counts.stash_count; entry += 1)
        read_entry(arrays, entry, places);
}

/* ---- Before and after. ------------------------------------------------------------------- */

static bool place_equal(const struct place_state *a, const struct place_state *b) {
    const bool same = a->place == b->place && a->set == b->set && a->way == b->way;
    return same && result_equal(result_of_place(a), result_of_place(b));
}

/* Whether a lookup answers by what the bytes say: it need not, in a map that keeps what it has forgotten. */
static bool places_answer(const struct environment *environment, const struct place_state *places) {
    bool answer = true;
    for (uint32_t i = 0; answer && i < environment->named_key_count; i += 1) {
        const uint32_t key_id = environment->named_keys[i];
        answer = result_equal(result_of_place(&places[key_id]),
                              model_lookup(&environment->model, key_id));
    }
    return answer;
}

void environment_note_places(struct environment *environment) {
    struct place_state *places = environment->places_at_open;
    environment->place_at_open_count = environment->named_key_count;
    if (environment_sees_touched(environment) && environment->snapshot.has_copy) {
        read_places(environment, places);
        if (places_answer(environment, places))
            return;
    }
    for (uint32_t i = 0; i < environment->named_key_count; i += 1)
        places[environment->named_keys[i]] =
            subject_place(&environment->subject, environment->named_keys[i]);
}

/* Keys that were named since were nowhere. */
static const struct place_state *place_before(const struct environment *environment, uint32_t i) {
    return i < environment->place_at_open_count
               ? &environment->places_at_open[environment->named_keys[i]]
               : &nowhere;
}

/* Without a call of the library. */
static bool discard_is_exact(const struct environment *environment) {
    static struct place_state now[KEY_COUNT_MAX];
    bool exact = true;
    if (!environment_sees_touched(environment) || !environment->snapshot.has_copy)
        return false;
    read_places(environment, now);
    for (uint32_t i = 0; exact && i < environment->named_key_count; i += 1)
        exact = place_equal(&now[environment->named_keys[i]], place_before(environment, i));
    return exact;
}

void environment_check_discard(struct environment *environment) {
    if (discard_is_exact(environment))
        return;
    for (uint32_t i = 0; i < environment->named_key_count; i += 1) {
        const unsigned key_id = environment->named_keys[i];
        const struct place_state now = subject_place(&environment->subject, key_id);
        const struct place_state *before = place_before(environment, i);
        if (!place_equal(&now, before))
            environment_fail_at(environment, INVARIANT_DISCARD, HERE,
                                "key %u was %s when the scope opened, and is %s", key_id,
                                place_state_words(environment, before),
                                place_state_words(environment, &now));
    }
}
