/* SPDX-License-Identifier: Apache-2.0 */
/* The map in words and lines, beside what the naive map has: sets with hand, keys, values and counts; the
 * stash; the scope log (scene.h). By inspection. */
#include "environment_state.h"
#include "scene.h"
#include "value_words.h"

#include <string.h>

/* ---- Lines. ------------------------------------------------------------------------------ */

/* Adds to the last line where its value comes from, unless an op has stored it. */
static void picture_add_origin(struct picture *picture, const struct environment *environment,
                               uint32_t value) {
    const char *origin = value_origin(environment, value);
    char *line = picture->lines[picture->line_count - 1];
    const size_t used = strlen(line);
    if (origin != NULL && picture->omitted_count == 0)
        (void)snprintf(line + used, PICTURE_LINE_SIZE - used, ", %s", origin);
}

/* What the naive map has in place of the last line; nothing where it is the same. */
static void picture_expect(struct picture *picture, const char *expected) {
    const unsigned last = picture->line_count - 1;
    if (picture->omitted_count == 0 && strcmp(picture->lines[last], expected) != 0)
        (void)snprintf(picture->expected[last], PICTURE_LINE_SIZE, "%s", expected);
}

/* ---- Cache. ------------------------------------------------------------------------------ */

static void slot_words(char *words, unsigned way, unsigned key_id, uint32_t value, unsigned count) {
    if (count == 0)
        (void)snprintf(words, PICTURE_LINE_SIZE, "  way %-2u  free", way);
    else
        (void)snprintf(words, PICTURE_LINE_SIZE, "  way %-2u  key %-3u = value %-5u count %u", way,
                       key_id, (unsigned)value, count);
}

static void hand_words(char *words, uint32_t set, unsigned hand) {
    (void)snprintf(words, PICTURE_LINE_SIZE, "set %u, hand at way %u", (unsigned)set, hand);
}

/* A set is drawn when one of the two maps has something in it. */
static bool set_is_drawn(const struct set_state *state, const struct policy_set *naive,
                         unsigned ways) {
    bool used = state->hand != 0 || naive->hand != 0;
    for (unsigned way = 0; way < ways; way += 1)
        used |= state->slots[way].count != 0 || naive->slots[way].count != 0;
    return used;
}

static void picture_set(struct picture *picture, const struct environment *environment,
                        uint32_t set) {
    const struct policy *policy = &environment->policy;
    const struct policy_set *naive = &policy->sets[set];
    char words[PICTURE_LINE_SIZE];
    struct set_state state;
    subject_set(&environment->subject, set, &state);
    if (!set_is_drawn(&state, naive, policy->ways))
        return;
    hand_words(words, set, state.hand);
    picture_add(picture, "%s", words);
    hand_words(words, set, naive->hand);
    picture_expect(picture, words);
    for (unsigned way = 0; way < policy->ways; way += 1) {
        const struct slot_state *slot = &state.slots[way];
        if (slot->count == 0 && naive->slots[way].count == 0)
            continue; /* free, and rightly so: no news */
        slot_words(words, way, slot->content.key_id, slot->content.value, slot->count);
        picture_add(picture, "%s%s", words,
                    slot->count != 0 && !slot->content.intact ? ", damaged bytes" : "");
        if (slot->count != 0)
            picture_add_origin(picture, environment, slot->content.value);
        slot_words(words, way, naive->slots[way].key_id, naive->slots[way].value,
                   naive->slots[way].count);
        picture_expect(picture, words);
    }
}

/* ---- Stash. ------------------------------------------------------------------------------ */

static void entry_words(char *words, unsigned key_id, bool tombstone, uint32_t value,
                        const char *number) {
    if (tombstone)
        (void)snprintf(words, PICTURE_LINE_SIZE, "  key %-3u tombstone%s", key_id, number);
    else
        (void)snprintf(words, PICTURE_LINE_SIZE, "  key %-3u = value %u%s", key_id, (unsigned)value,
                       number);
}

/* In the order of keys; the numbers of entries stand only where they differ. A key that is in only one of
 * the two stashes is drawn too. */
static void picture_stash(struct picture *picture, const struct environment *environment) {
    static const struct policy_stash_key nothing = {.state = POLICY_STASH_NONE};
    const struct policy *policy = &environment->policy;
    const struct counts_state counts = subject_counts(&environment->subject);
    const uint64_t count = counts.stash_count;
    struct entry_state entries[KEY_COUNT_MAX];
    unsigned held[KEY_COUNT_MAX] = {0}; /* entries that hold the key */
    uint32_t numbers[KEY_COUNT_MAX];    /* the last of them */
    char words[PICTURE_LINE_SIZE];
    for (uint32_t entry = 0; entry < count && entry < counts.stash_count_max; entry += 1) {
        const struct entry_state state = subject_entry(&environment->subject, entry);
        entries[state.content.key_id % KEY_COUNT_MAX] = state;
        numbers[state.content.key_id % KEY_COUNT_MAX] = entry;
        held[state.content.key_id % KEY_COUNT_MAX] += 1;
    }
    (void)snprintf(words, sizeof words, "stash: %u of %u", (unsigned)policy->stash_count,
                   environment->geometry.stash_count_max);
    picture_add(picture, "stash: %u of %u", (unsigned)count, environment->geometry.stash_count_max);
    picture_expect(picture, words);
    for (unsigned key_id = 0; key_id < KEY_COUNT_MAX; key_id += 1) {
        const struct policy_stash_key *naive =
            key_id < environment->geometry.key_count ? &policy->stash[key_id] : &nothing;
        char number[24] = "", naive_number[24] = "";
        if (held[key_id] == 0 && naive->state == POLICY_STASH_NONE)
            continue;
        if (held[key_id] != 0 && naive->state != POLICY_STASH_NONE &&
            numbers[key_id] != naive->entry) {
            (void)snprintf(number, sizeof number, ", entry %u", (unsigned)numbers[key_id]);
            (void)snprintf(naive_number, sizeof naive_number, ", entry %u", (unsigned)naive->entry);
        }
        (void)snprintf(words, sizeof words, "  key %-3u is not in the stash", key_id);
        if (held[key_id] != 0)
            entry_words(words, key_id, entries[key_id].tombstone, entries[key_id].content.value,
                        number);
        picture_add(picture, held[key_id] < 2 ? "%s" : "%s, the last of %u entries", words,
                    held[key_id]);
        if (held[key_id] != 0 && !entries[key_id].tombstone)
            picture_add_origin(picture, environment, entries[key_id].content.value);
        (void)snprintf(words, sizeof words, "  key %-3u is not in the stash", key_id);
        if (naive->state != POLICY_STASH_NONE)
            entry_words(words, key_id, naive->state == POLICY_STASH_TOMBSTONE, naive->value,
                        naive_number);
        picture_expect(picture, words);
    }
}

/* ---- Scope log. -------------------------------------------------------------------------- */

static const char *place_before_words(enum place place) {
    switch (place) {
    case PLACE_ABSENT: return "absent";
    case PLACE_CACHE: return "in the cache";
    case PLACE_STASH_VALUE: return "in the stash";
    case PLACE_STASH_TOMBSTONE: break;
    }
    return "a tombstone";
}

/* The naive log has no places; of it only the number of records is compared. */
static void picture_log(struct picture *picture, const struct environment *environment) {
    const struct policy *policy = &environment->policy;
    const struct counts_state counts = subject_counts(&environment->subject);
    char words[PICTURE_LINE_SIZE];
    if (!counts.scope_open && !policy->scope_open)
        return;
    picture_add(picture, "scope: %s, %u of %u records", counts.scope_open ? "open" : "closed",
                (unsigned)counts.scope_count, (unsigned)counts.scope_count_max);
    (void)snprintf(words, sizeof words, "scope: %s, %u of %u records",
                   policy->scope_open ? "open" : "closed", (unsigned)policy->undo_count,
                   environment->geometry.scope_count_max);
    picture_expect(picture, words);
    for (uint32_t i = 0; i < counts.scope_count && i < counts.scope_count_max; i += 1) {
        const struct record_state record = subject_record(&environment->subject, i);
        char value[32] = "";
        if (record.has_overwritten && record.before != PLACE_STASH_TOMBSTONE)
            (void)snprintf(value, sizeof value, ", to put back: value %u",
                           (unsigned)record.overwritten.value);
        picture_add(picture, "  %u  %s of a key that was %s%s%s", (unsigned)i,
                    record.is_remove ? "remove" : "upsert", place_before_words(record.before),
                    record.evicts ? ", evicting" : "", value);
        if (record.has_overwritten && record.before != PLACE_STASH_TOMBSTONE)
            picture_add_origin(picture, environment, record.overwritten.value);
    }
}

/* ---- The whole. -------------------------------------------------------------------------- */

void picture_take(const struct run_view *view, struct picture *picture) {
    const struct environment *environment = environment_of_view(view);
    picture->line_count = 0;
    picture->omitted_count = 0;
    for (uint32_t set = 0; set < environment->geometry.set_count; set += 1)
        picture_set(picture, environment, set);
    picture_stash(picture, environment);
    picture_log(picture, environment);
}
