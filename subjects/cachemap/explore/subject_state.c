/* SPDX-License-Identifier: Apache-2.0 */
/* The map's content behind subject_state.h. Knows the library's structures, as the subject does. */
#include "subject_state.h"

#include "key_map.h"
#include "subject.h"
#include "subject_functions.h"

#include <assert.h>

bool subject_state_fits(const struct geometry *geometry) {
    const unsigned ways = layout_describe(geometry->layout)->ways;
    return geometry->set_count <= SUBJECT_STATE_SET_COUNT_MAX &&
           geometry->set_count * ways <= SUBJECT_STATE_SLOT_COUNT_MAX &&
           geometry->stash_count_max <= SUBJECT_STATE_ENTRY_COUNT_MAX &&
           geometry->scope_count_max <= SUBJECT_STATE_RECORD_COUNT_MAX;
}

/* Every typed map is a `struct cache_map` with a type around it. */
static const struct cache_map *map_of_const(const struct subject *subject) {
    return (const struct cache_map *)(const void *)subject->map;
}

static uint64_t hash_of(const struct subject *subject, unsigned key_id) {
    return key_hash_in(&subject->geometry, key_id);
}

static uint8_t number_or_none(uint64_t number) {
    return number < UINT8_MAX ? (uint8_t)number : UINT8_MAX;
}

/* ---- Reading. Each part says whether the state tells all of it. ---------------------------- */

static bool read_slots(const struct subject *subject, struct subject_state *state) {
    const struct cache_map_layout *layout = subject->functions->layout;
    const struct cache_map_cache *cache = &map_of_const(subject)->cache;
    const uint32_t ways = layout->ways;
    uint64_t value_count = 0;
    bool whole = true;
    for (uint32_t set = 0; set < state->set_count; set += 1) {
        const uint64_t counts = cache_map_set_counts(layout, cache, set);
        const unsigned char *tags = cache_map_set_tags(layout, cache, set);
        state->hands[set] = cache->hands[set];
        for (uint32_t way = 0; way < ways; way += 1) {
            struct subject_state_slot *slot = &state->slots[set * ways + way];
            slot->count = (uint8_t)cache_map_counter_get(counts, way, layout->clock_bits);
            if (slot->count == 0)
                continue;
            slot->content = subject->functions->value_state(
                cache_map_slot_value(layout, cache, set * ways + way));
            value_count += 1;
            whole &= slot->content.intact &&
                     cache_map_tag_get(tags, way, layout->tag_bits) ==
                         cache_map_tag_of_hash(layout, hash_of(subject, slot->content.key_id));
        }
    }
    return whole && value_count == cache->value_count;
}

static bool read_entries(const struct subject *subject, struct subject_state *state) {
    const struct cache_map_stash *stash = &map_of_const(subject)->stash;
    const uint32_t bucket_count = (uint32_t)1 << stash->bucket_bits;
    uint32_t linked_count = 0;
    bool whole = true;
    for (uint32_t number = 0; number < state->entry_count; number += 1) {
        struct subject_state_entry *entry = &state->entries[number];
        uint32_t fragment;
        entry->content = subject->functions->value_state(
            cache_map_entry_value(subject->functions->layout, stash, number));
        entry->bucket = stash->entries[number].bucket;
        entry->tombstone = stash->entries[number].tombstone;
        fragment = cache_map_stash_fragment(hash_of(subject, entry->content.key_id));
        whole &= entry->content.intact && entry->bucket < bucket_count &&
                 stash->buckets[entry->bucket] == number &&
                 stash->marks[entry->bucket] == cache_map_stash_mark(fragment) &&
                 stash->entries[number].fragment == fragment;
    }
    for (uint32_t bucket = 0; bucket < bucket_count; bucket += 1)
        linked_count += cache_map_bucket_entry(stash, bucket) != CACHE_MAP_ENTRY_NONE;
    return whole && linked_count == state->entry_count;
}

static bool read_records(const struct subject *subject, struct subject_state *state) {
    const struct cache_map_scope_log *log = &map_of_const(subject)->log;
    bool whole = true;
    for (uint32_t number = 0; number < state->record_count; number += 1) {
        const struct cache_map_record *from = &log->records[number];
        struct subject_state_record *record = &state->records[number];
        record->is_remove = from->is_remove;
        record->before = from->before;
        record->evicts = from->evicts;
        record->count = from->count;
        record->slot = number_or_none(from->slot);
        record->entry = number_or_none(from->entry);
        record->keeps = subject_record_keeps(subject->functions->layout, from);
        whole &= (record->slot != UINT8_MAX || from->slot == CACHE_MAP_SLOT_NONE) &&
                 (record->entry != UINT8_MAX || from->entry == CACHE_MAP_ENTRY_NONE);
        if (!record->keeps)
            continue;
        record->overwritten = subject->functions->value_state(
            cache_map_record_value(subject->functions->layout, log, number));
        whole &= record->overwritten.intact;
    }
    return whole;
}

/* What init has fixed is as it was. */
static bool capacities_hold(const struct subject *subject) {
    const struct cache_map *map = map_of_const(subject);
    const struct geometry *geometry = &subject->geometry;
    return map->cache.set_count == geometry->set_count &&
           map->stash.count_max == geometry->stash_count_max &&
           map->stash.bucket_bits == cache_map_stash_bucket_bits(geometry->stash_count_max) &&
           map->log.count_max == geometry->scope_count_max && map->seed.value == key_seed(geometry);
}

bool subject_state_read(const struct subject *subject, struct subject_state *state) {
    const struct cache_map *map = map_of_const(subject);
    if (!capacities_hold(subject) || map->stash.count > map->stash.count_max ||
        map->log.count > map->log.count_max)
        return false;
    state->set_count = (uint32_t)map->cache.set_count;
    state->slot_count = state->set_count * subject->functions->layout->ways;
    state->entry_count = map->stash.count;
    state->record_count = (uint32_t)map->log.count;
    state->scope_open = map->log.open;
    return read_slots(subject, state) && read_entries(subject, state) &&
           read_records(subject, state);
}

/* ---- Writing. ---------------------------------------------------------------------------- */

/* The bytes of a place that is free. */
static void write_stale(struct subject *subject, unsigned char *bytes, unsigned stale_key_id) {
    if (stale_key_id == SUBJECT_STATE_NO_KEY)
        memset(bytes, 0x5a, subject->functions->layout->value_size);
    else
        subject->functions->make_value(bytes, stale_key_id, SUBJECT_STALE_VALUE);
}

static void write_slots(struct subject *subject, const struct subject_state *state,
                        unsigned stale_key_id) {
    const struct cache_map_layout *layout = subject->functions->layout;
    struct cache_map_cache *cache = &((struct cache_map *)(void *)subject->map)->cache;
    cache->value_count = 0;
    for (uint32_t number = 0; number < state->slot_count; number += 1) {
        const struct subject_state_slot *slot = &state->slots[number];
        const unsigned key_id = slot->count != 0 ? slot->content.key_id : stale_key_id;
        const uint32_t set = number / layout->ways, way = number % layout->ways;
        const uint32_t tag = key_id == SUBJECT_STATE_NO_KEY
                                 ? 0
                                 : cache_map_tag_of_hash(layout, hash_of(subject, key_id));
        unsigned char *tags = cache_map_set_tags(layout, cache, set);
        unsigned char *bytes = cache_map_slot_value(layout, cache, number);
        tags[layout->tag_bits == 8 ? way : way * 2] = (unsigned char)tag;
        if (layout->tag_bits == 16)
            tags[way * 2 + 1] = (unsigned char)(tag >> 8);
        if (slot->count != 0)
            subject->functions->make_value(bytes, key_id, slot->content.value);
        else
            write_stale(subject, bytes, stale_key_id);
        cache_map_slot_count_set(layout, cache, number, slot->count);
        cache->value_count += slot->count != 0;
    }
    for (uint32_t set = 0; set < state->set_count; set += 1)
        cache->hands[set] = state->hands[set];
}

static void write_entries(struct subject *subject, const struct subject_state *state,
                          unsigned stale_key_id) {
    const struct cache_map_layout *layout = subject->functions->layout;
    struct cache_map_stash *stash = &((struct cache_map *)(void *)subject->map)->stash;
    for (uint32_t bucket = 0; bucket <= stash->bucket_mask; bucket += 1)
        cache_map_stash_mark_set(stash, bucket, CACHE_MAP_MARK_EMPTY);
    stash->count = state->entry_count;
    for (uint32_t number = 0; number < stash->count_max; number += 1) {
        const struct subject_state_entry *entry = &state->entries[number];
        unsigned char *bytes = cache_map_entry_value(layout, stash, number);
        if (number >= state->entry_count) {
            write_stale(subject, bytes, stale_key_id);
            continue;
        }
        subject->functions->make_value(bytes, entry->content.key_id, entry->content.value);
        stash->entries[number].bucket = entry->bucket & 0x7fffffffu;
        stash->entries[number].tombstone = entry->tombstone;
        stash->entries[number].fragment =
            cache_map_stash_fragment(hash_of(subject, entry->content.key_id));
        cache_map_bucket_set(stash, entry->bucket,
                             cache_map_stash_mark(stash->entries[number].fragment), number);
    }
}

static void write_records(struct subject *subject, const struct subject_state *state,
                          unsigned stale_key_id) {
    struct cache_map_scope_log *log = &((struct cache_map *)(void *)subject->map)->log;
    log->open = state->scope_open;
    log->count = state->record_count;
    for (uint32_t number = 0; number < log->count_max; number += 1) {
        const struct subject_state_record *from = &state->records[number];
        struct cache_map_record *record = &log->records[number];
        unsigned char *value = cache_map_record_value(subject->functions->layout, log, number);
        const bool in_use = number < state->record_count;
        if (in_use && from->keeps)
            subject->functions->make_value(value, from->overwritten.key_id,
                                           from->overwritten.value);
        else
            write_stale(subject, value, stale_key_id);
        if (!in_use)
            continue;
        record->slot = from->slot == UINT8_MAX ? CACHE_MAP_SLOT_NONE : from->slot;
        record->entry = from->entry == UINT8_MAX ? CACHE_MAP_ENTRY_NONE : from->entry;
        record->is_remove = from->is_remove;
        record->before = from->before;
        record->evicts = from->evicts;
        record->count = from->count;
    }
}

/* As the library leaves it: what is free cannot be read. */
static void poison_free_places(struct cache_map *map, const struct subject_state *state,
                               const struct cache_map_layout *layout) {
    for (uint32_t slot = 0; slot < state->slot_count; slot += 1)
        if (state->slots[slot].count == 0)
            CACHE_MAP_POISON(cache_map_slot_value(layout, &map->cache, slot), layout->value_size);
    for (uint32_t entry = state->entry_count; entry < map->stash.count_max; entry += 1)
        CACHE_MAP_POISON(cache_map_entry_value(layout, &map->stash, entry), layout->value_size);
    for (uint32_t record = 0; record < map->log.count_max; record += 1)
        if (record >= state->record_count || !state->records[record].keeps)
            CACHE_MAP_POISON(cache_map_record_value(layout, &map->log, record), layout->value_size);
}

void subject_state_write(struct subject *subject, const struct subject_state *state,
                         unsigned stale_key_id) {
    struct cache_map *map = (struct cache_map *)(void *)subject->map;
    assert(subject->live && state->set_count == map->cache.set_count);
    assert(state->entry_count <= map->stash.count_max && state->record_count <= map->log.count_max);
    subject_release(subject); /* it is another map by now */
    CACHE_MAP_UNPOISON(map->memory, map->memory_size);
    write_slots(subject, state, stale_key_id);
    write_entries(subject, state, stale_key_id);
    write_records(subject, state, stale_key_id);
    map->metrics.hits = state->set_count == 0 ? 0 : SUBJECT_STATE_HITS;
    map->metrics.misses = state->set_count == 0 ? 0 : SUBJECT_STATE_MISSES;
    poison_free_places(map, state, subject->functions->layout);
}
