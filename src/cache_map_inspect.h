/* SPDX-License-Identifier: Apache-2.0 */
/* Inspection: a map's whole state, read without any effect on it, and `check`, which walks that
 * state and confirms every invariant of the contract's sections 5 to 7.
 *
 * For tests, fuzzers and debuggers. Stands beside the operations: they never call it. */
#ifndef CACHE_MAP_INSPECT_H
#define CACHE_MAP_INSPECT_H

#include "cache_map_core.h"

CACHE_MAP_HEADER_BEGIN

/* Counts and capacities of one map, and its metrics. */
struct cache_map_counts {
    uint64_t cache_value_count;
    uint64_t cache_value_count_max;
    uint64_t set_count;
    uint64_t stash_count; /* values and tombstones */
    uint64_t stash_count_max;
    uint64_t scope_count; /* mutations logged in the open scope */
    uint64_t scope_count_max;
    bool scope_open;
    struct cache_map_metrics metrics;
};

/* One slot of the cache. While its count is 0 it is free, its tag 0 and its value null. */
struct cache_map_slot_view {
    uint64_t set;
    uint32_t way;
    uint32_t tag;
    uint32_t count;
    const void *value;
};

/* One set: its hand, and its slots in the order of their ways; those past the layout's ways are not
 * written. */
struct cache_map_set_view {
    uint32_t hand;
    struct cache_map_slot_view slots[CACHE_MAP_WAYS_MAX];
};

/* One entry of the stash. Of a tombstone's bytes only the key has a meaning. */
struct cache_map_entry_view {
    bool tombstone;
    const void *value;
};

/* Where one key is. `set`, `way` and `count` are for CACHE_MAP_PLACE_CACHE, `entry` for the stash;
 * `value` is null where there is none. */
struct cache_map_place_view {
    enum cache_map_place place;
    uint64_t set;
    uint32_t way;
    uint32_t count;
    uint32_t entry;
    const void *value;
};

/* One record of the scope log: `before` says what the key was, `evicts` that its insert sent a
 * victim to the stash. `overwritten` is the value (or the tombstone's bytes) that a discard will
 * put back, or null. */
struct cache_map_record_view {
    bool is_remove;
    bool evicts;
    enum cache_map_place before;
    uint64_t slot;  /* CACHE_MAP_SLOT_NONE: no cache slot */
    uint32_t entry; /* CACHE_MAP_ENTRY_NONE: no stash entry */
    const void *overwritten;
};

/* What `check` found: the first invariant that does not hold. */
enum cache_map_invariant {
    CACHE_MAP_INVARIANT_NONE = 0, /* all hold */
    CACHE_MAP_INVARIANT_HAND_IN_RANGE,
    CACHE_MAP_INVARIANT_SLOT_IN_ITS_SET,
    CACHE_MAP_INVARIANT_SLOT_UNDER_ITS_TAG,
    CACHE_MAP_INVARIANT_CACHE_KEY_ONCE,
    CACHE_MAP_INVARIANT_CACHE_COUNT,
    CACHE_MAP_INVARIANT_STASH_COUNT,
    CACHE_MAP_INVARIANT_STASH_LINKED,
    CACHE_MAP_INVARIANT_STASH_REACHABLE,
    CACHE_MAP_INVARIANT_KEY_IN_ONE_PLACE,
    CACHE_MAP_INVARIANT_LOG_COUNT,
    CACHE_MAP_INVARIANT_LOG_RECORD
};

/* The invariant in a sentence. Never null; the string is static. */
static inline const char *cache_map_invariant_name(enum cache_map_invariant invariant) {
    switch (invariant) {
    case CACHE_MAP_INVARIANT_NONE: return "all invariants hold";
    case CACHE_MAP_INVARIANT_HAND_IN_RANGE: return "a clock hand is below the number of ways";
    case CACHE_MAP_INVARIANT_SLOT_IN_ITS_SET: return "a value is in the set of its key";
    case CACHE_MAP_INVARIANT_SLOT_UNDER_ITS_TAG: return "a value is under the tag of its key";
    case CACHE_MAP_INVARIANT_CACHE_KEY_ONCE: return "a key is in the cache at most once";
    case CACHE_MAP_INVARIANT_CACHE_COUNT: return "the cache's value count is its occupied slots";
    case CACHE_MAP_INVARIANT_STASH_COUNT: return "the stash's count is its occupied buckets";
    case CACHE_MAP_INVARIANT_STASH_LINKED: return "a stash entry and its bucket name each other";
    case CACHE_MAP_INVARIANT_STASH_REACHABLE:
        return "a stash entry is reachable from its home bucket";
    case CACHE_MAP_INVARIANT_KEY_IN_ONE_PLACE:
        return "a key is not in the cache and in the stash at once";
    case CACHE_MAP_INVARIANT_LOG_COUNT:
        return "only an open scope has records, within its capacity";
    case CACHE_MAP_INVARIANT_LOG_RECORD: return "a scope record is well formed";
    default: break;
    }
    return "unknown";
}

/* ---- Views. ------------------------------------------------------------------------------ */

static inline struct cache_map_counts
cache_map_inspect_counts(const struct cache_map_layout *layout, const struct cache_map *map) {
    struct cache_map_counts counts;
    CACHE_MAP_ASSERT(map->memory != NULL);
    counts.cache_value_count = map->cache.value_count;
    counts.cache_value_count_max = map->cache.set_count * layout->ways;
    counts.set_count = map->cache.set_count;
    counts.stash_count = map->stash.count;
    counts.stash_count_max = map->stash.count_max;
    counts.scope_count = map->log.count;
    counts.scope_count_max = map->log.count_max;
    counts.scope_open = map->log.open;
    counts.metrics = map->metrics;
    return counts;
}

/* `counts` is the set's; read once for all of its slots. */
static inline void cache_map_view_slot(const struct cache_map_layout *layout,
                                       const struct cache_map *map, uint64_t set, uint32_t way,
                                       uint64_t counts, struct cache_map_slot_view *view) {
    view->set = set;
    view->way = way;
    view->count = cache_map_counter_get(counts, way, layout->clock_bits);
    view->tag = 0;
    view->value = NULL;
    if (view->count == 0)
        return;
    view->tag =
        cache_map_tag_get(cache_map_set_tags(layout, &map->cache, set), way, layout->tag_bits);
    view->value = cache_map_slot_value(layout, &map->cache, set * layout->ways + way);
}

static inline struct cache_map_slot_view
cache_map_inspect_slot(const struct cache_map_layout *layout, const struct cache_map *map,
                       uint64_t set, uint32_t way) {
    struct cache_map_slot_view view;
    CACHE_MAP_ASSERT(set < map->cache.set_count && way < layout->ways);
    cache_map_view_slot(layout, map, set, way, cache_map_set_counts(layout, &map->cache, set),
                        &view);
    return view;
}

static inline uint32_t cache_map_inspect_hand(const struct cache_map *map, uint64_t set) {
    CACHE_MAP_ASSERT(set < map->cache.set_count);
    return map->cache.hands[set];
}

/* As hand and slots one by one, for a fraction of their cost. */
static inline void cache_map_inspect_set(const struct cache_map_layout *layout,
                                         const struct cache_map *map, uint64_t set,
                                         struct cache_map_set_view *view) {
    uint64_t counts;
    CACHE_MAP_ASSERT(set < map->cache.set_count);
    counts = cache_map_set_counts(layout, &map->cache, set);
    view->hand = map->cache.hands[set];
    for (uint32_t way = 0; way < layout->ways; way += 1)
        cache_map_view_slot(layout, map, set, way, counts, &view->slots[way]);
}

static inline struct cache_map_entry_view
cache_map_inspect_entry(const struct cache_map_layout *layout, const struct cache_map *map,
                        uint32_t entry) {
    struct cache_map_entry_view view;
    CACHE_MAP_ASSERT(entry < map->stash.count);
    view.tombstone = map->stash.entries[entry].tombstone;
    view.value = cache_map_entry_value(layout, &map->stash, entry);
    return view;
}

/* One step of a walk: slots by number, then entries by number. Reads counts alone until it finds one. */
static inline enum cache_map_status cache_map_each(const struct cache_map_layout *layout,
                                                   const struct cache_map *map,
                                                   struct cache_map_cursor *cursor,
                                                   const void **value) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    while (cursor->slot < map->cache.set_count * layout->ways) {
        const uint64_t slot = cursor->slot, set = slot / layout->ways;
        if (cache_map_set_counts(layout, &map->cache, set) == 0) {
            cursor->slot = (set + 1) * layout->ways;
            continue;
        }
        cursor->slot += 1;
        if (cache_map_slot_count(layout, &map->cache, slot) == 0)
            continue;
        *value = cache_map_slot_value(layout, &map->cache, slot);
        return CACHE_MAP_FOUND;
    }
    if (cursor->entry < map->stash.count) {
        const struct cache_map_entry_view view =
            cache_map_inspect_entry(layout, map, cursor->entry);
        cursor->entry += 1;
        *value = view.value;
        return view.tombstone ? CACHE_MAP_TOMBSTONE : CACHE_MAP_FOUND;
    }
    *value = NULL;
    return CACHE_MAP_ABSENT;
}

/* A record keeps a value unless it is a remove, or an upsert of a key that was absent. */
static inline bool cache_map_record_has_value(const struct cache_map_record *record) {
    return !record->is_remove && record->before != CACHE_MAP_PLACE_ABSENT;
}

static inline struct cache_map_record_view
cache_map_inspect_record(const struct cache_map_layout *layout, const struct cache_map *map,
                         uint64_t index) {
    const struct cache_map_record *record;
    struct cache_map_record_view view;
    CACHE_MAP_ASSERT(index < map->log.count);
    record = &map->log.records[index];
    view.is_remove = record->is_remove;
    view.evicts = record->evicts;
    view.before = (enum cache_map_place)record->before;
    view.slot = record->slot;
    view.entry = record->entry;
    view.overwritten = cache_map_record_has_value(record)
                           ? cache_map_record_value(layout, &map->log, index)
                           : NULL;
    return view;
}

static inline struct cache_map_place_view
cache_map_inspect_place(const struct cache_map_layout *layout, const struct cache_map *map,
                        uint64_t hash, const void *key) {
    uint64_t slot;
    struct cache_map_place_view view;
    CACHE_MAP_ASSERT(map->memory != NULL);
    memset(&view, 0, sizeof view);
    slot = cache_map_cache_find(layout, &map->cache, hash, key);
    if (slot != CACHE_MAP_SLOT_NONE) {
        view.place = CACHE_MAP_PLACE_CACHE;
        view.set = slot / layout->ways;
        view.way = (uint32_t)(slot % layout->ways);
        view.count = cache_map_slot_count(layout, &map->cache, slot);
        view.value = cache_map_slot_value(layout, &map->cache, slot);
        return view;
    }
    view.entry = cache_map_stash_find(layout, &map->stash, hash, key);
    view.place = cache_map_entry_place(&map->stash, view.entry);
    if (view.place == CACHE_MAP_PLACE_STASH_VALUE)
        view.value = cache_map_entry_value(layout, &map->stash, view.entry);
    return view;
}

/* ---- Check. ------------------------------------------------------------------------------ */

/* How the layout's callbacks see a stored value: by its hash, and by whether another equals it in
 * key. The template supplies `value_key_equal` because only it can name the user's key. */
struct cache_map_check_layout {
    const struct cache_map_layout *layout;
    bool (*value_key_equal)(const void *a, const void *b);
};

/* True when an earlier way of the set holds the key of `value` too. Only ways of the same tag are asked:
 * the caller has checked each tag against its key. */
static inline bool cache_map_check_twin(struct cache_map_check_layout check,
                                        const struct cache_map *map, uint64_t set, uint32_t way,
                                        uint64_t counts, const void *value) {
    const struct cache_map_layout *layout = check.layout;
    const unsigned char *tags = cache_map_set_tags(layout, &map->cache, set);
    const uint32_t tag = cache_map_tag_get(tags, way, layout->tag_bits);
    uint32_t match = cache_map_tag_match(tags, layout->ways, layout->tag_bits, tag);
    for (match &= (1u << way) - 1; match != 0; match &= match - 1) {
        const uint32_t other = cache_map_trailing_zeros(match);
        const uint64_t slot = set * layout->ways + other;
        if (cache_map_counter_get(counts, other, layout->clock_bits) != 0 &&
            (check.value_key_equal)(value, cache_map_slot_value(layout, &map->cache, slot)))
            return true;
    }
    return false;
}

/* One set: its hand, and each of its values under the right set and tag, and only once. */
static inline enum cache_map_invariant cache_map_check_set(struct cache_map_check_layout check,
                                                           const struct cache_map *map,
                                                           uint64_t set, uint64_t *value_count) {
    const struct cache_map_layout *layout = check.layout;
    const uint64_t counts = cache_map_set_counts(layout, &map->cache, set);
    const unsigned char *tags = cache_map_set_tags(layout, &map->cache, set);
    if (map->cache.hands[set] >= layout->ways)
        return CACHE_MAP_INVARIANT_HAND_IN_RANGE;
    for (uint32_t way = 0; counts != 0 && way < layout->ways; way += 1) {
        const void *value = cache_map_slot_value(layout, &map->cache, set * layout->ways + way);
        uint64_t hash;
        if (cache_map_counter_get(counts, way, layout->clock_bits) == 0)
            continue;
        *value_count += 1;
        hash = (layout->value_hash)(value, &map->seed);
        if (cache_map_range_of_hash(hash, map->cache.set_count) != set)
            return CACHE_MAP_INVARIANT_SLOT_IN_ITS_SET;
        if (cache_map_tag_of_hash(layout, hash) != cache_map_tag_get(tags, way, layout->tag_bits))
            return CACHE_MAP_INVARIANT_SLOT_UNDER_ITS_TAG;
        if (cache_map_check_twin(check, map, set, way, counts, value))
            return CACHE_MAP_INVARIANT_CACHE_KEY_ONCE;
    }
    return CACHE_MAP_INVARIANT_NONE;
}

/* True when the cache holds a value with the key of `value`. The tags have been checked before. Without a
 * cache there is one set, whose ways are free. */
static inline bool cache_map_check_resident(struct cache_map_check_layout check,
                                            const struct cache_map *map, uint64_t hash,
                                            const void *value) {
    const struct cache_map_layout *layout = check.layout;
    uint64_t set, counts;
    uint32_t match;
    set = cache_map_range_of_hash(hash, map->cache.set_count);
    counts = cache_map_set_counts(layout, &map->cache, set);
    match = cache_map_tag_match(cache_map_set_tags(layout, &map->cache, set), layout->ways,
                                layout->tag_bits, cache_map_tag_of_hash(layout, hash));
    for (; match != 0; match &= match - 1) {
        const uint32_t way = cache_map_trailing_zeros(match);
        const uint64_t slot = set * layout->ways + way;
        if (cache_map_counter_get(counts, way, layout->clock_bits) != 0 &&
            (check.value_key_equal)(cache_map_slot_value(layout, &map->cache, slot), value))
            return true;
    }
    return false;
}

/* One stash entry: linked both ways, first of its key on the probe from its home, not resident. */
static inline enum cache_map_invariant cache_map_check_entry(struct cache_map_check_layout check,
                                                             const struct cache_map *map,
                                                             uint32_t entry) {
    const struct cache_map_stash *stash = &map->stash;
    const uint32_t mask = stash->bucket_mask;
    const void *value = cache_map_entry_value(check.layout, stash, entry);
    const uint64_t hash = (check.layout->value_hash)(value, &map->seed);
    const uint32_t fragment = cache_map_stash_fragment(hash);
    const uint32_t bucket = stash->entries[entry].bucket;
    if (bucket > mask || stash->buckets[bucket] != entry ||
        stash->marks[bucket] != cache_map_stash_mark(fragment) ||
        stash->entries[entry].fragment != fragment)
        return CACHE_MAP_INVARIANT_STASH_LINKED;
    for (uint32_t probe = cache_map_stash_home(fragment, stash->bucket_bits); probe != bucket;
         probe = (probe + 1) & mask) {
        const uint32_t other = cache_map_bucket_entry(stash, probe);
        if (other == CACHE_MAP_ENTRY_NONE || other >= stash->count ||
            (check.value_key_equal)(cache_map_entry_value(check.layout, stash, other), value))
            return CACHE_MAP_INVARIANT_STASH_REACHABLE;
    }
    if (cache_map_check_resident(check, map, hash, value))
        return CACHE_MAP_INVARIANT_KEY_IN_ONE_PLACE;
    return CACHE_MAP_INVARIANT_NONE;
}

/* As many buckets are occupied as there are entries; and the marks behind the last bucket are those of the
 * first. */
static inline bool cache_map_check_stash_count(const struct cache_map *map) {
    const struct cache_map_stash *stash = &map->stash;
    const uint64_t bucket_count = (uint64_t)stash->bucket_mask + 1;
    uint64_t occupied = 0;
    for (uint64_t bucket = 0; bucket < bucket_count; bucket += 1)
        occupied += stash->marks[bucket] != CACHE_MAP_MARK_EMPTY;
    for (uint64_t at = bucket_count; at < cache_map_stash_mark_count(bucket_count); at += 1)
        if (stash->marks[at] != stash->marks[at & stash->bucket_mask])
            return false;
    return stash->count <= stash->count_max && occupied == stash->count;
}

/* The combinations that the operations can write, and no others. */
static inline bool cache_map_check_record(const struct cache_map_layout *layout,
                                          const struct cache_map *map, uint64_t index) {
    const struct cache_map_record *record = &map->log.records[index];
    const uint64_t slots = map->cache.set_count * layout->ways;
    const bool has_slot = record->slot != CACHE_MAP_SLOT_NONE;
    const bool has_entry = record->entry != CACHE_MAP_ENTRY_NONE;
    if (has_slot && record->slot >= slots)
        return false;
    if (has_entry && record->entry >= map->stash.count_max)
        return false;
    if (record->evicts && (record->is_remove || !has_slot))
        return false;
    switch ((enum cache_map_place)record->before) {
    case CACHE_MAP_PLACE_ABSENT: return !record->is_remove && has_slot != has_entry;
    case CACHE_MAP_PLACE_CACHE:
        if (record->is_remove)
            return has_slot && has_entry && record->count >= 1 &&
                   record->count <= cache_map_counter_max(layout->clock_bits);
        return has_slot && !has_entry && !record->evicts;
    case CACHE_MAP_PLACE_STASH_VALUE: return has_entry && !(record->is_remove && has_slot);
    case CACHE_MAP_PLACE_STASH_TOMBSTONE: return has_entry && !record->is_remove;
    default: break;
    }
    return false;
}

static inline enum cache_map_invariant cache_map_check(struct cache_map_check_layout check,
                                                       const struct cache_map *map) {
    enum cache_map_invariant broken = CACHE_MAP_INVARIANT_NONE;
    uint64_t value_count = 0;
    CACHE_MAP_ASSERT(map->memory != NULL);
    for (uint64_t set = 0; set < map->cache.set_count; set += 1) {
        broken = cache_map_check_set(check, map, set, &value_count);
        if (broken != CACHE_MAP_INVARIANT_NONE)
            return broken;
    }
    if (value_count != map->cache.value_count)
        return CACHE_MAP_INVARIANT_CACHE_COUNT;
    if (!cache_map_check_stash_count(map))
        return CACHE_MAP_INVARIANT_STASH_COUNT;
    for (uint32_t entry = 0; entry < map->stash.count; entry += 1) {
        broken = cache_map_check_entry(check, map, entry);
        if (broken != CACHE_MAP_INVARIANT_NONE)
            return broken;
    }
    if (map->log.count > (map->log.open ? map->log.count_max : 0))
        return CACHE_MAP_INVARIANT_LOG_COUNT;
    for (uint64_t index = 0; index < map->log.count; index += 1)
        if (!cache_map_check_record(check.layout, map, index))
            return CACHE_MAP_INVARIANT_LOG_RECORD;
    return CACHE_MAP_INVARIANT_NONE;
}

CACHE_MAP_HEADER_END

#endif
