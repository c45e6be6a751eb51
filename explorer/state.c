/* SPDX-License-Identifier: Apache-2.0 */
/* The code behind state.h. Writer and reader stand in the same order. */
#include "state.h"

#include "subject_state.h"

#include <string.h>

enum { NAME_NONE = UINT8_MAX };

/* ---- Writing numbers, keys and values. --------------------------------------------------- */

struct writer {
    const struct space *space;
    struct state *state;
    struct naming *naming;
    uint32_t rank_count;
};

/* Rank of each value's number that has appeared; all 0 between codes. A number is at most that of the
 * ops of a stream. */
static uint8_t ranks[STREAM_OP_COUNT_MAX + 1];
static uint32_t ranked[UINT8_MAX];

static void put(struct writer *writer, unsigned number) {
    assert(number <= UINT8_MAX && writer->state->size < STATE_SIZE_MAX);
    writer->state->bytes[writer->state->size] = (uint8_t)number;
    writer->state->size += 1;
}

static void put_value(struct writer *writer, uint32_t value) {
    /* Only a broken map has such a number; its state is not kept. */
    if (value > STREAM_OP_COUNT_MAX)
        value = 0;
    if (ranks[value] == 0) {
        assert(writer->rank_count < UINT8_MAX);
        ranked[writer->rank_count] = value;
        writer->rank_count += 1;
        ranks[value] = (uint8_t)writer->rank_count;
    }
    put(writer, ranks[value]);
}

/* The first key of a class that appears is named by the smallest of the class, and so on. */
static unsigned name_key(struct writer *writer, unsigned key) {
    struct naming *naming = writer->naming;
    unsigned name = naming->name_of_key[key];
    if (name != NAME_NONE)
        return name;
    name = writer->space->class_of_key[key];
    while (naming->key_of_name[name] != NAME_NONE ||
           writer->space->class_of_key[name] != writer->space->class_of_key[key])
        name += 1;
    naming->name_of_key[key] = (uint8_t)name;
    naming->key_of_name[name] = (uint8_t)key;
    return name;
}

static void begin(struct writer *writer) {
    writer->state->size = 0;
    memset(writer->naming, NAME_NONE, sizeof *writer->naming);
}

static void end(struct writer *writer) {
    for (uint32_t i = 0; i < writer->rank_count; i += 1)
        ranks[ranked[i]] = 0;
}

/* ---- What is in the map, beside what the models have there. ------------------------------ */

static bool model_has(const struct model *model, unsigned key, bool tombstone, uint32_t value) {
    const struct model_key *row = &model->keys[key];
    return tombstone ? row->state == MODEL_TOMBSTONE
                     : row->state == MODEL_VALUE && row->value == value;
}

static bool put_slots(struct writer *writer, const struct environment *environment,
                      const struct subject_state *map) {
    const unsigned ways = environment->policy.ways;
    bool agrees = true;
    for (uint32_t set = 0; set < map->set_count; set += 1) {
        const struct policy_set *naive = &environment->policy.sets[set];
        agrees &= map->hands[set] == naive->hand;
        put(writer, map->hands[set]);
        for (unsigned way = 0; way < ways; way += 1) {
            const struct subject_state_slot *slot = &map->slots[set * ways + way];
            const struct value_state *content = &slot->content;
            agrees &= slot->count == naive->slots[way].count;
            put(writer, slot->count);
            if (slot->count == 0)
                continue;
            agrees &= content->key_id == naive->slots[way].key_id &&
                      content->value == naive->slots[way].value &&
                      model_has(&environment->model, content->key_id, false, content->value);
            put(writer, name_key(writer, content->key_id));
            put_value(writer, content->value);
        }
    }
    return agrees;
}

static bool put_entries(struct writer *writer, const struct environment *environment,
                        const struct subject_state *map) {
    bool agrees = true;
    for (uint32_t number = 0; number < map->entry_count; number += 1) {
        const struct subject_state_entry *entry = &map->entries[number];
        const unsigned key = entry->content.key_id;
        const struct policy_stash_key *naive = &environment->policy.stash[key];
        agrees &= entry->tombstone
                      ? naive->state == POLICY_STASH_TOMBSTONE
                      : naive->state == POLICY_STASH_VALUE && naive->value == entry->content.value;
        agrees &= model_has(&environment->model, key, entry->tombstone, entry->content.value);
        put(writer, name_key(writer, key) << 1 | entry->tombstone);
        put(writer, entry->bucket);
        put_value(writer, entry->content.value);
    }
    return agrees;
}

static void put_records(struct writer *writer, const struct subject_state *map) {
    for (uint32_t number = 0; number < map->record_count; number += 1) {
        const struct subject_state_record *record = &map->records[number];
        put(writer, (unsigned)(record->is_remove | record->evicts << 1 | record->before << 2));
        put(writer, record->slot);
        put(writer, record->entry);
        put(writer, record->count);
        if (!record->keeps)
            continue;
        put(writer, name_key(writer, record->overwritten.key_id));
        put_value(writer, record->overwritten.value);
    }
}

/* ---- What only the models remember of an open scope. ------------------------------------- */

static void put_model_undo(struct writer *writer, const struct model *model) {
    for (uint32_t i = 0; i < model->undo_count; i += 1) {
        const struct model_undo *undo = &model->undo[i];
        put(writer, name_key(writer, undo->key_id) << 2 | undo->before.state);
        if (undo->before.state == MODEL_VALUE)
            put_value(writer, undo->before.value);
    }
}

static void put_row(struct writer *writer, struct policy_stash_key row) {
    put(writer, row.state);
    if (row.state == POLICY_STASH_VALUE)
        put_value(writer, row.value);
}

static void put_policy_undo(struct writer *writer, const struct policy *policy) {
    for (uint32_t i = 0; i < policy->undo_count; i += 1) {
        const struct policy_undo *undo = &policy->undo[i];
        put(writer, name_key(writer, undo->key_id) << 1 | undo->is_remove);
        put(writer, name_key(writer, undo->victim_id));
        put_row(writer, undo->key_before);
        put_row(writer, undo->victim_before);
        for (unsigned way = 0; policy->geometry.set_count != 0 && way < policy->ways; way += 1) {
            const struct policy_slot *slot = &undo->set_before.slots[way];
            /* Of the counts, an undo looks only at that of a slot whose value was removed. */
            const bool counts = undo->is_remove && slot->key_id == undo->key_id;
            put(writer, slot->count == 0 ? 0u : counts ? slot->count : 1u);
            if (slot->count == 0)
                continue;
            put(writer, name_key(writer, slot->key_id));
            put_value(writer, slot->value);
        }
    }
}

/* Where each key was. Keys that have not appeared so far are nowhere in the map, and alike but for this. */
static void put_places(struct writer *writer, const struct environment *environment) {
    const unsigned key_count = writer->space->geometry.key_count;
    for (unsigned key = 0; key < key_count; key += 1)
        if (environment->places_at_open[key].place != PLACE_ABSENT)
            (void)name_key(writer, key);
    for (unsigned key = 0; key < key_count; key += 1)
        (void)name_key(writer, key);
    for (unsigned name = 0; name < key_count; name += 1) {
        const struct place_state *place =
            &environment->places_at_open[writer->naming->key_of_name[name]];
        put(writer, place->place);
        if (place->place == PLACE_CACHE)
            put(writer, place->set * environment->policy.ways + place->way);
        if (place->place == PLACE_CACHE || place->place == PLACE_STASH_VALUE)
            put_value(writer, place->content.value);
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
    const unsigned key_count = space->geometry.key_count;
    bool known = true;
    for (uint32_t slot = 0; slot < map->slot_count; slot += 1)
        known &= map->slots[slot].count == 0 || map->slots[slot].content.key_id < key_count;
    for (uint32_t entry = 0; entry < map->entry_count; entry += 1)
        known &= map->entries[entry].content.key_id < key_count;
    for (uint32_t record = 0; record < map->record_count; record += 1)
        known &= !map->records[record].keeps || map->records[record].overwritten.key_id < key_count;
    return known;
}

bool state_encode(const struct space *space, const struct environment *environment,
                  struct state *state, struct naming *naming) {
    struct writer writer = {space, state, naming, 0};
    struct subject_state map;
    const uint32_t mutation_count = environment->model.mutation_count;
    const uint32_t stash_count_max = space->geometry.stash_count_max;
    bool agrees;
    if (!subject_state_read(&environment->subject, &map) || !keys_are_known(space, &map) ||
        !totals_agree(environment, &map))
        return false;
    begin(&writer);
    put(&writer, mutation_count < stash_count_max ? mutation_count : stash_count_max);
    put(&writer, map.entry_count << 1 | map.scope_open);
    agrees = put_slots(&writer, environment, &map);
    agrees &= put_entries(&writer, environment, &map);
    if (map.scope_open) {
        put(&writer, map.record_count);
        put_records(&writer, &map);
        put_model_undo(&writer, &environment->model);
        put_policy_undo(&writer, &environment->policy);
        put_places(&writer, environment);
    }
    for (unsigned key = 0; key < space->geometry.key_count; key += 1)
        (void)name_key(&writer, key);
    end(&writer);
    return agrees;
}

/* ---- Reading. ---------------------------------------------------------------------------- */

struct reader {
    const struct state *state;
    uint32_t at;
    uint32_t value_max;
};

static uint8_t take(struct reader *reader) {
    assert(reader->at < reader->state->size);
    reader->at += 1;
    return reader->state->bytes[reader->at - 1];
}

static uint32_t take_value(struct reader *reader) {
    const uint32_t value = take(reader);
    if (value > reader->value_max)
        reader->value_max = value;
    return value;
}

static struct value_state take_content(struct reader *reader, unsigned key) {
    const struct value_state content = {(uint16_t)key, true, take_value(reader)};
    return content;
}

static void model_set(struct model *model, unsigned key, enum model_state state, uint32_t value) {
    model->keys[key].state = (uint8_t)state;
    model->keys[key].value = state == MODEL_VALUE ? value : 0;
}

static void take_slots(struct reader *reader, struct environment *environment,
                       struct subject_state *map) {
    struct policy *policy = &environment->policy;
    policy->value_count = 0;
    for (uint32_t set = 0; set < map->set_count; set += 1) {
        map->hands[set] = take(reader);
        policy->sets[set].hand = map->hands[set];
        for (unsigned way = 0; way < policy->ways; way += 1) {
            struct subject_state_slot *slot = &map->slots[set * policy->ways + way];
            struct policy_slot *naive = &policy->sets[set].slots[way];
            slot->count = take(reader);
            naive->count = slot->count;
            if (slot->count == 0)
                continue;
            slot->content.key_id = take(reader);
            slot->content = take_content(reader, slot->content.key_id);
            naive->key_id = slot->content.key_id;
            naive->value = slot->content.value;
            policy->value_count += 1;
            model_set(&environment->model, slot->content.key_id, MODEL_VALUE, slot->content.value);
        }
    }
}

static void take_entries(struct reader *reader, struct environment *environment,
                         struct subject_state *map) {
    struct policy *policy = &environment->policy;
    policy->stash_count = map->entry_count;
    for (uint32_t number = 0; number < map->entry_count; number += 1) {
        struct subject_state_entry *entry = &map->entries[number];
        const uint8_t head = take(reader);
        const unsigned key = head >> 1;
        entry->tombstone = (head & 1) != 0;
        entry->bucket = take(reader);
        entry->content = take_content(reader, key);
        policy->stash[key].state = entry->tombstone ? POLICY_STASH_TOMBSTONE : POLICY_STASH_VALUE;
        policy->stash[key].value = entry->tombstone ? 0 : entry->content.value;
        model_set(&environment->model, key, entry->tombstone ? MODEL_TOMBSTONE : MODEL_VALUE,
                  entry->content.value);
    }
}

static void take_records(struct reader *reader, struct subject_state *map, unsigned layout) {
    for (uint32_t number = 0; number < map->record_count; number += 1) {
        struct subject_state_record *record = &map->records[number];
        const uint8_t head = take(reader);
        record->is_remove = head & 1;
        record->evicts = head >> 1 & 1;
        record->before = head >> 2;
        record->slot = take(reader);
        record->entry = take(reader);
        record->count = take(reader);
        record->keeps = record->is_remove ? LAYOUT_OWNS(layout) : record->before != PLACE_ABSENT;
        if (record->keeps) {
            const unsigned key = take(reader);
            record->overwritten = take_content(reader, key);
        }
    }
}

static void take_model_undo(struct reader *reader, struct model *model, uint32_t count) {
    model->undo_count = count;
    for (uint32_t i = 0; i < count; i += 1) {
        const uint8_t head = take(reader);
        model->undo[i].key_id = head >> 2;
        model->undo[i].before.state = head & 3;
        model->undo[i].before.value = (head & 3) == MODEL_VALUE ? take_value(reader) : 0;
    }
}

static struct policy_stash_key take_row(struct reader *reader) {
    struct policy_stash_key row = {0, take(reader)};
    if (row.state == POLICY_STASH_VALUE)
        row.value = take_value(reader);
    return row;
}

static void take_policy_undo(struct reader *reader, const struct space *space,
                             struct policy *policy, uint32_t count) {
    policy->undo_count = count;
    for (uint32_t i = 0; i < count; i += 1) {
        struct policy_undo *undo = &policy->undo[i];
        const uint8_t head = take(reader);
        undo->is_remove = (head & 1) != 0;
        undo->key_id = head >> 1;
        undo->victim_id = take(reader);
        undo->key_before = take_row(reader);
        undo->victim_before = take_row(reader);
        undo->set = space->set_of_key[undo->key_id];
        undo->set_before.hand = 0;
        for (unsigned way = 0; space->geometry.set_count != 0 && way < policy->ways; way += 1) {
            struct policy_slot *slot = &undo->set_before.slots[way];
            slot->count = take(reader);
            if (slot->count == 0)
                continue;
            slot->key_id = take(reader);
            slot->value = take_value(reader);
        }
    }
}

static void take_places(struct reader *reader, const struct space *space,
                        struct environment *environment) {
    const unsigned ways = environment->policy.ways;
    environment->place_at_open_count = environment->named_key_count;
    for (unsigned key = 0; key < space->geometry.key_count; key += 1) {
        struct place_state place = {.place = (enum place)take(reader)};
        if (place.place == PLACE_CACHE) {
            const unsigned slot = take(reader);
            place.set = slot / ways;
            place.way = (uint8_t)(slot % ways);
        }
        if (place.place == PLACE_CACHE || place.place == PLACE_STASH_VALUE)
            place.content = take_content(reader, key);
        environment->places_at_open[key] = place;
    }
}

void state_decode(const struct space *space, const struct state *state,
                  struct environment *environment) {
    struct reader reader = {state, 0, 0};
    struct model *model = &environment->model;
    struct policy *policy = &environment->policy;
    struct subject_state map;
    uint8_t head;
    memset(model->keys, 0, space->geometry.key_count * sizeof model->keys[0]);
    memset(policy->stash, 0, space->geometry.key_count * sizeof policy->stash[0]);
    model->mutation_count = take(&reader);
    head = take(&reader);
    map.scope_open = (head & 1) != 0;
    map.entry_count = head >> 1;
    map.record_count = 0;
    map.set_count = space->geometry.set_count;
    map.slot_count = map.set_count * policy->ways;
    take_slots(&reader, environment, &map);
    take_entries(&reader, environment, &map);
    model->undo_count = 0;
    policy->undo_count = 0;
    if (map.scope_open) {
        map.record_count = take(&reader);
        take_records(&reader, &map, space->geometry.layout);
        take_model_undo(&reader, model, map.record_count);
        take_policy_undo(&reader, space, policy, map.record_count);
        take_places(&reader, space, environment);
    }
    assert(reader.at == state->size);
    model->scope_open = map.scope_open;
    policy->scope_open = map.scope_open;
    policy->hits = map.set_count == 0 ? 0 : SUBJECT_STATE_HITS;
    policy->misses = map.set_count == 0 ? 0 : SUBJECT_STATE_MISSES;
    subject_state_write(&environment->subject, &map,
                        space->is_tame ? SUBJECT_STATE_NO_KEY
                                       : (unsigned)(state_hash(state) % space->geometry.key_count));
    environment->counts = subject_counts(&environment->subject);
    environment->view.value_count = reader.value_max;
}

bool naming_is_plain(const struct naming *naming, const struct space *space) {
    unsigned key = 0;
    while (key < space->geometry.key_count && naming->name_of_key[key] == key)
        key += 1;
    return key == space->geometry.key_count;
}

uint64_t state_hash(const struct state *state) {
    uint64_t hash = state->size * UINT64_C(0x9e3779b97f4a7c15), word;
    for (uint32_t at = 0; at < state->size; at += 8) {
        const size_t left = state->size - at;
        word = 0;
        memcpy(&word, state->bytes + at, left < 8 ? left : 8);
        hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 32;
    }
    return hash;
}
