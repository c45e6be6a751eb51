/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of map and models (explorer/state.h). They leave out
 *
 *   - bytes without a meaning: free slots, entries and records, and what follows;
 *   - metrics, which nothing reads; mutations beyond those that the contract guarantees room for; and in
 *     the policy model's undo log the counts and the hand that no undo looks at.
 *
 * The undo logs of both models are in them, and where each key was when the scope was opened. Writer and
 * reader stand in the same order. */
#include "live.h"

#include "environment_look.h"
#include "live_environment.h"
#include "state.h"
#include "subject_state.h"

#include <string.h>

/* ---- What is in the map, beside what the models have there. ------------------------------ */

static bool model_has(const struct model *model, unsigned key, bool tombstone, uint32_t value) {
    const struct model_key *row = &model->keys[key];
    return tombstone ? row->state == MODEL_TOMBSTONE
                     : row->state == MODEL_VALUE && row->value == value;
}

static bool put_slots(struct state_writer *writer, const struct environment *environment,
                      const struct subject_state *map) {
    const unsigned ways = environment->policy.ways;
    bool agrees = true;
    for (uint32_t set = 0; set < map->set_count; set += 1) {
        const struct policy_set *naive = &environment->policy.sets[set];
        agrees &= map->hands[set] == naive->hand;
        state_put(writer, map->hands[set]);
        for (unsigned way = 0; way < ways; way += 1) {
            const struct subject_state_slot *slot = &map->slots[set * ways + way];
            const struct value_state *content = &slot->content;
            agrees &= slot->count == naive->slots[way].count;
            state_put(writer, slot->count);
            if (slot->count == 0)
                continue;
            agrees &= content->key_id == naive->slots[way].key_id &&
                      content->value == naive->slots[way].value &&
                      model_has(&environment->model, content->key_id, false, content->value);
            state_put(writer, state_name_key(writer, content->key_id));
            state_put_value(writer, content->value);
        }
    }
    return agrees;
}

static bool put_entries(struct state_writer *writer, const struct environment *environment,
                        const struct subject_state *map) {
    bool agrees = true;
    for (uint32_t number = 0; number < map->entry_count; number += 1) {
        const struct subject_state_entry *entry = &map->entries[number];
        const unsigned key = entry->content.key_id;
        const struct policy_stash_key *naive = &environment->policy.stash[key];
        agrees &= naive->entry == number && environment->policy.stash_order[number] == key;
        agrees &= entry->tombstone
                      ? naive->state == POLICY_STASH_TOMBSTONE
                      : naive->state == POLICY_STASH_VALUE && naive->value == entry->content.value;
        agrees &= model_has(&environment->model, key, entry->tombstone, entry->content.value);
        state_put(writer, state_name_key(writer, key) << 1 | entry->tombstone);
        state_put(writer, entry->bucket);
        state_put_value(writer, entry->content.value);
    }
    return agrees;
}

/* As the state has it: UINT8_MAX is "none". */
static uint32_t policy_number(uint8_t number) {
    return number == UINT8_MAX ? POLICY_NUMBER_NONE : number;
}

static bool put_records(struct state_writer *writer, const struct environment *environment,
                        const struct subject_state *map) {
    bool agrees = true;
    for (uint32_t number = 0; number < map->record_count; number += 1) {
        const struct subject_state_record *record = &map->records[number];
        const struct policy_undo *naive = &environment->policy.undo[number];
        agrees &= naive->slot == policy_number(record->slot) &&
                  naive->entry == policy_number(record->entry);
        state_put(writer,
                  (unsigned)(record->is_remove | record->evicts << 1 | record->before << 2));
        state_put(writer, record->slot);
        state_put(writer, record->entry);
        state_put(writer, record->count);
        if (!record->keeps)
            continue;
        state_put(writer, state_name_key(writer, record->overwritten.key_id));
        state_put_value(writer, record->overwritten.value);
    }
    return agrees;
}

/* ---- What only the models remember of an open scope. ------------------------------------- */

static void put_model_undo(struct state_writer *writer, const struct model *model) {
    for (uint32_t i = 0; i < model->undo_count; i += 1) {
        const struct model_undo *undo = &model->undo[i];
        state_put(writer, state_name_key(writer, undo->key_id) << 2 | undo->before.state);
        if (undo->before.state == MODEL_VALUE)
            state_put_value(writer, undo->before.value);
    }
}

static void put_row(struct state_writer *writer, struct policy_stash_key row) {
    state_put(writer, row.state);
    if (row.state == POLICY_STASH_VALUE)
        state_put_value(writer, row.value);
}

static void put_policy_undo(struct state_writer *writer, const struct policy *policy) {
    for (uint32_t i = 0; i < policy->undo_count; i += 1) {
        const struct policy_undo *undo = &policy->undo[i];
        state_put(writer, state_name_key(writer, undo->key_id) << 1 | undo->is_remove);
        state_put(writer, state_name_key(writer, undo->victim_id));
        put_row(writer, undo->key_before);
        put_row(writer, undo->victim_before);
        for (unsigned way = 0; policy->geometry.set_count != 0 && way < policy->ways; way += 1) {
            const struct policy_slot *slot = &undo->set_before.slots[way];
            /* Of the counts, an undo looks only at that of a slot whose value was removed. */
            const bool counts = undo->is_remove && slot->key_id == undo->key_id;
            state_put(writer, slot->count == 0 ? 0u : counts ? slot->count : 1u);
            if (slot->count == 0)
                continue;
            state_put(writer, state_name_key(writer, slot->key_id));
            state_put_value(writer, slot->value);
        }
    }
}

/* Where each key was. Keys that have not appeared so far are nowhere in the map, and alike but for this. */
static void put_places(struct state_writer *writer, const struct environment *environment) {
    const unsigned key_count = writer->space->key_count;
    for (unsigned key = 0; key < key_count; key += 1)
        if (environment->places_at_open[key].place != PLACE_ABSENT)
            (void)state_name_key(writer, key);
    for (unsigned key = 0; key < key_count; key += 1)
        (void)state_name_key(writer, key);
    for (unsigned name = 0; name < key_count; name += 1) {
        const struct place_state *place =
            &environment->places_at_open[writer->naming->key_of_name[name]];
        state_put(writer, place->place);
        if (place->place == PLACE_CACHE)
            state_put(writer, place->set * environment->policy.ways + place->way);
        if (place->place == PLACE_CACHE || place->place == PLACE_STASH_VALUE)
            state_put_value(writer, place->content.value);
    }
}

/* ---- The whole. -------------------------------------------------------------------------- */

static bool totals_agree(const struct environment *environment, const struct subject_state *map) {
    const struct policy *policy = &environment->policy;
    const struct model *model = &environment->model;
    const struct counts_state *counts = &environment->counts;
    uint32_t key_count = 0, place_count = 0;
    for (unsigned key = 0; key < environment->geometry.key_count; key += 1)
        key_count += model->keys[key].state != MODEL_ABSENT;
    for (uint32_t slot = 0; slot < map->slot_count; slot += 1)
        place_count += map->slots[slot].count != 0;
    return place_count == policy->value_count && map->entry_count == policy->stash_count &&
           place_count + map->entry_count == key_count && map->record_count == policy->undo_count &&
           map->record_count == model->undo_count && map->scope_open == policy->scope_open &&
           map->scope_open == model->scope_open && counts->hits == policy->hits &&
           counts->misses == policy->misses && counts->stash_count == map->entry_count;
}

static bool keys_are_known(const struct space *space, const struct subject_state *map) {
    const unsigned key_count = space->key_count;
    bool known = true;
    for (uint32_t slot = 0; slot < map->slot_count; slot += 1)
        known &= map->slots[slot].count == 0 || map->slots[slot].content.key_id < key_count;
    for (uint32_t entry = 0; entry < map->entry_count; entry += 1)
        known &= map->entries[entry].content.key_id < key_count;
    for (uint32_t record = 0; record < map->record_count; record += 1)
        known &= !map->records[record].keeps || map->records[record].overwritten.key_id < key_count;
    return known;
}

bool live_encode(const struct space *space, struct state *state, struct naming *naming) {
    const struct environment *environment = &live_environment;
    const uint32_t mutation_count = environment->model.mutation_count;
    const uint32_t stash_count_max = environment->geometry.stash_count_max;
    struct state_writer writer;
    struct subject_state map;
    bool agrees;
    if (!subject_state_read(&environment->subject, &map) || !keys_are_known(space, &map) ||
        !totals_agree(environment, &map))
        return false;
    writer = state_begin(space, state, naming);
    state_put(&writer, mutation_count < stash_count_max ? mutation_count : stash_count_max);
    state_put(&writer, map.entry_count << 1 | map.scope_open);
    agrees = put_slots(&writer, environment, &map);
    agrees &= put_entries(&writer, environment, &map);
    if (map.scope_open) {
        state_put(&writer, map.record_count);
        agrees &= put_records(&writer, environment, &map);
        put_model_undo(&writer, &environment->model);
        put_policy_undo(&writer, &environment->policy);
        put_places(&writer, environment);
    }
    state_end(&writer);
    return agrees;
}

/* ---- Reading. ---------------------------------------------------------------------------- */

static struct value_state take_content(struct state_reader *reader, unsigned key) {
    const struct value_state content = {key, state_take_value(reader), true};
    return content;
}

static void model_set(struct model *model, unsigned key, enum model_state state, uint32_t value) {
    model->keys[key].state = (uint8_t)state;
    model->keys[key].value = state == MODEL_VALUE ? value : 0;
}

static void take_slots(struct state_reader *reader, struct environment *environment,
                       struct subject_state *map) {
    struct policy *policy = &environment->policy;
    policy->value_count = 0;
    for (uint32_t set = 0; set < map->set_count; set += 1) {
        map->hands[set] = state_take(reader);
        policy->sets[set].hand = map->hands[set];
        for (unsigned way = 0; way < policy->ways; way += 1) {
            struct subject_state_slot *slot = &map->slots[set * policy->ways + way];
            struct policy_slot *naive = &policy->sets[set].slots[way];
            slot->count = state_take(reader);
            naive->count = slot->count;
            if (slot->count == 0)
                continue;
            slot->content.key_id = state_take(reader);
            slot->content = take_content(reader, slot->content.key_id);
            naive->key_id = slot->content.key_id;
            naive->value = slot->content.value;
            policy->value_count += 1;
            model_set(&environment->model, slot->content.key_id, MODEL_VALUE, slot->content.value);
        }
    }
}

static void take_entries(struct state_reader *reader, struct environment *environment,
                         struct subject_state *map) {
    struct policy *policy = &environment->policy;
    policy->stash_count = map->entry_count;
    for (uint32_t number = 0; number < map->entry_count; number += 1) {
        struct subject_state_entry *entry = &map->entries[number];
        const uint8_t head = state_take(reader);
        const unsigned key = head >> 1;
        entry->tombstone = (head & 1) != 0;
        entry->bucket = state_take(reader);
        entry->content = take_content(reader, key);
        policy->stash[key].state = entry->tombstone ? POLICY_STASH_TOMBSTONE : POLICY_STASH_VALUE;
        policy->stash[key].value = entry->tombstone ? 0 : entry->content.value;
        policy->stash[key].entry = number;
        policy->stash_order[number] = key;
        model_set(&environment->model, key, entry->tombstone ? MODEL_TOMBSTONE : MODEL_VALUE,
                  entry->content.value);
    }
}

static void take_records(struct state_reader *reader, struct subject_state *map, unsigned layout) {
    for (uint32_t number = 0; number < map->record_count; number += 1) {
        struct subject_state_record *record = &map->records[number];
        const uint8_t head = state_take(reader);
        record->is_remove = head & 1;
        record->evicts = head >> 1 & 1;
        record->before = head >> 2;
        record->slot = state_take(reader);
        record->entry = state_take(reader);
        record->count = state_take(reader);
        record->keeps = record->is_remove ? LAYOUT_OWNS(layout) : record->before != PLACE_ABSENT;
        if (record->keeps) {
            const unsigned key = state_take(reader);
            record->overwritten = take_content(reader, key);
        }
    }
}

static void take_model_undo(struct state_reader *reader, struct model *model, uint32_t count) {
    model->undo_count = count;
    for (uint32_t i = 0; i < count; i += 1) {
        const uint8_t head = state_take(reader);
        model->undo[i].key_id = head >> 2;
        model->undo[i].before.state = head & 3;
        model->undo[i].before.value = (head & 3) == MODEL_VALUE ? state_take_value(reader) : 0;
    }
}

static struct policy_stash_key take_row(struct state_reader *reader) {
    struct policy_stash_key row = {.state = state_take(reader)};
    if (row.state == POLICY_STASH_VALUE)
        row.value = state_take_value(reader);
    return row;
}

/* The numbers are those of the map's records. */
static void take_policy_undo(struct state_reader *reader, struct policy *policy,
                             const struct subject_state *map) {
    const bool has_cache = policy->geometry.set_count != 0;
    policy->undo_count = map->record_count;
    for (uint32_t i = 0; i < map->record_count; i += 1) {
        struct policy_undo *undo = &policy->undo[i];
        const uint8_t head = state_take(reader);
        undo->is_remove = (head & 1) != 0;
        undo->key_id = head >> 1;
        undo->victim_id = state_take(reader);
        undo->key_before = take_row(reader);
        undo->victim_before = take_row(reader);
        undo->slot = policy_number(map->records[i].slot);
        undo->entry = policy_number(map->records[i].entry);
        undo->key_before.entry = undo->entry;
        undo->set = has_cache ? policy_set_of_key(policy, undo->key_id) : 0;
        undo->set_before.hand = 0;
        for (unsigned way = 0; has_cache && way < policy->ways; way += 1) {
            struct policy_slot *slot = &undo->set_before.slots[way];
            slot->count = state_take(reader);
            if (slot->count == 0)
                continue;
            slot->key_id = state_take(reader);
            slot->value = state_take_value(reader);
        }
    }
}

static void take_places(struct state_reader *reader, const struct space *space,
                        struct environment *environment) {
    const unsigned ways = environment->policy.ways;
    environment->place_at_open_count = environment->named_key_count;
    for (unsigned key = 0; key < space->key_count; key += 1) {
        struct place_state place = {.place = (enum place)state_take(reader)};
        if (place.place == PLACE_CACHE) {
            const unsigned slot = state_take(reader);
            place.set = slot / ways;
            place.way = (uint8_t)(slot % ways);
        }
        if (place.place == PLACE_CACHE || place.place == PLACE_STASH_VALUE)
            place.content = take_content(reader, key);
        environment->places_at_open[key] = place;
    }
}

void live_decode(const struct space *space, const struct state *state) {
    struct environment *environment = &live_environment;
    struct state_reader reader = {state, 0, 0};
    struct model *model = &environment->model;
    struct policy *policy = &environment->policy;
    struct subject_state map;
    uint8_t head;
    memset(model->keys, 0, space->key_count * sizeof model->keys[0]);
    memset(policy->stash, 0, space->key_count * sizeof policy->stash[0]);
    model->mutation_count = state_take(&reader);
    head = state_take(&reader);
    map.scope_open = (head & 1) != 0;
    map.entry_count = head >> 1;
    map.record_count = 0;
    map.set_count = environment->geometry.set_count;
    map.slot_count = map.set_count * policy->ways;
    take_slots(&reader, environment, &map);
    take_entries(&reader, environment, &map);
    model->undo_count = 0;
    policy->undo_count = 0;
    if (map.scope_open) {
        map.record_count = state_take(&reader);
        take_records(&reader, &map, environment->geometry.layout);
        take_model_undo(&reader, model, map.record_count);
        take_policy_undo(&reader, policy, &map);
        take_places(&reader, space, environment);
    }
    assert(reader.at == state->size);
    model->scope_open = map.scope_open;
    policy->scope_open = map.scope_open;
    policy->hits = map.set_count == 0 ? 0 : SUBJECT_STATE_HITS;
    policy->misses = map.set_count == 0 ? 0 : SUBJECT_STATE_MISSES;
    subject_state_write(&environment->subject, &map,
                        space->is_tame ? SUBJECT_STATE_NO_KEY
                                       : (unsigned)(state_hash(state) % space->key_count));
    environment->counts = subject_counts(&environment->subject);
    environment_look_start(environment);
    environment->view.value_count = reader.value_max;
}
