/* SPDX-License-Identifier: Apache-2.0 */
/* The cache map on untyped values: cache on top of stash, scopes, and every operation of the
 * contract. The template in cache_map.h adds the user's types and nothing else.
 *
 * Every operation has two phases. First it finds out, without a write, where the key is and what
 * the operation needs; if something is missing it returns its status there. Then it writes, and
 * nothing in that phase can fail. */
#ifndef CACHE_MAP_CORE_H
#define CACHE_MAP_CORE_H

#include "cache_map_allocator.h"
#include "cache_map_gone.h"
#include "cache_map_hash.h"

CACHE_MAP_HEADER_BEGIN

/* One map. Its fields are read by inspection and written by the operations; users touch neither.
 * Copying the struct does not copy the map: the memory block is shared. */
struct cache_map {
    struct cache_map_cache cache;
    struct cache_map_stash stash;
    struct cache_map_scope_log log;
    struct cache_map_metrics metrics;
    struct cache_map_seed seed;
    unsigned char *scratch; /* room for one value: an upsert's argument that lives in the map */
    unsigned char *memory;
    size_t memory_size;
    struct cache_map_allocator allocator;
};

CACHE_MAP_INLINE const struct cache_map_seed *cache_map_seed_of(const struct cache_map *map) {
    return &map->seed;
}

/* ---- Memory: one block, planned before it is asked for. ---------------------------------- */

#define CACHE_MAP_LINE_SIZE 64u

CACHE_MAP_INLINE size_t cache_map_memory_alignment(const struct cache_map_layout *layout) {
    return layout->value_alignment > CACHE_MAP_LINE_SIZE ? layout->value_alignment
                                                         : CACHE_MAP_LINE_SIZE;
}

/* Byte offsets of the arrays in the block. */
struct cache_map_plan {
    size_t cache_values, stash_values, log_values, scratch;
    size_t tags, counts, hands, marks, buckets, entries, records;
    size_t size;
    bool overflow;
};

/* Reserves an array at the next multiple of `alignment`; notes an overflow instead of wrapping. */
CACHE_MAP_INLINE size_t cache_map_plan_array(struct cache_map_plan *plan, uint64_t count,
                                             size_t item_size, size_t alignment) {
    size_t size = 0, offset = 0, end = 0;
    CACHE_MAP_ASSERT((alignment & (alignment - 1)) == 0);
    if (plan->overflow || !cache_map_size_multiply(count, item_size, &size) ||
        !cache_map_size_add(plan->size, alignment - 1, &offset) ||
        !cache_map_size_add(offset & ~(alignment - 1), size, &end)) {
        plan->overflow = true;
        return 0;
    }
    plan->size = end;
    return offset & ~(alignment - 1);
}

CACHE_MAP_INLINE struct cache_map_plan
cache_map_plan_make(const struct cache_map_layout *layout,
                    const struct cache_map_options *options) {
    const size_t block_alignment = cache_map_memory_alignment(layout);
    const uint64_t slots = options->cache_value_count_max;
    const uint64_t sets = slots / layout->ways;
    const uint64_t buckets = (uint64_t)1
                             << cache_map_stash_bucket_bits(options->stash_value_count_max);
    struct cache_map_plan plan;
    memset(&plan, 0, sizeof plan);
    plan.cache_values = cache_map_plan_array(&plan, slots, layout->value_size, block_alignment);
    plan.stash_values = cache_map_plan_array(&plan, options->stash_value_count_max,
                                             layout->value_size, block_alignment);
    plan.log_values = cache_map_plan_array(&plan, options->scope_value_count_max,
                                           layout->value_size, block_alignment);
    plan.scratch = cache_map_plan_array(&plan, 1, layout->value_size, block_alignment);
    plan.tags = cache_map_plan_array(&plan, slots, cache_map_tag_size(layout), CACHE_MAP_LINE_SIZE);
    plan.counts =
        cache_map_plan_array(&plan, sets, cache_map_counters_size(layout->ways, layout->clock_bits),
                             CACHE_MAP_LINE_SIZE);
    plan.hands = cache_map_plan_array(&plan, sets, 1, CACHE_MAP_LINE_SIZE);
    plan.marks =
        cache_map_plan_array(&plan, cache_map_stash_mark_count(buckets), 1, CACHE_MAP_LINE_SIZE);
    plan.buckets = cache_map_plan_array(&plan, buckets, sizeof(uint32_t), CACHE_MAP_LINE_SIZE);
    plan.entries = cache_map_plan_array(&plan, options->stash_value_count_max,
                                        sizeof(struct cache_map_entry), CACHE_MAP_LINE_SIZE);
    plan.records = cache_map_plan_array(&plan, options->scope_value_count_max,
                                        sizeof(struct cache_map_record), CACHE_MAP_LINE_SIZE);
    /* aligned_alloc wants a multiple of the alignment. */
    (void)cache_map_plan_array(&plan, 0, 1, block_alignment);
    return plan;
}

CACHE_MAP_INLINE bool cache_map_options_valid(const struct cache_map_layout *layout,
                                              const struct cache_map_options *options) {
    return options->cache_value_count_max % layout->ways == 0 &&
           options->stash_value_count_max >= 1 &&
           options->stash_value_count_max <= CACHE_MAP_STASH_VALUE_COUNT_LIMIT;
}

/* OK and the plan of the block that these options need; or why there is none. */
CACHE_MAP_INLINE enum cache_map_status cache_map_plan_valid(const struct cache_map_layout *layout,
                                                            const struct cache_map_options *options,
                                                            struct cache_map_plan *plan) {
    if (!cache_map_options_valid(layout, options))
        return CACHE_MAP_OPTIONS_INVALID;
    *plan = cache_map_plan_make(layout, options);
    return plan->overflow ? CACHE_MAP_SIZE_OVERFLOW : CACHE_MAP_OK;
}

/* OK and the size in bytes of that block; or why there is none. */
CACHE_MAP_INLINE enum cache_map_status
cache_map_memory_size(const struct cache_map_layout *layout,
                      const struct cache_map_options *options, size_t *size) {
    struct cache_map_plan plan;
    enum cache_map_status status;
    CACHE_MAP_ASSERT(options != NULL && size != NULL);
    status = cache_map_plan_valid(layout, options, &plan);
    if (status == CACHE_MAP_OK)
        *size = plan.size;
    return status;
}

/* ---- Init, reset, deinit. ---------------------------------------------------------------- */

/* Puts the arrays of a planned block in place. */
CACHE_MAP_INLINE void cache_map_place_arrays(const struct cache_map_layout *layout,
                                             struct cache_map *map,
                                             const struct cache_map_options *options,
                                             const struct cache_map_plan *plan) {
    unsigned char *memory = map->memory;
    map->cache.set_count = options->cache_value_count_max / layout->ways;
    map->cache.values = memory + plan->cache_values;
    map->cache.tags = memory + plan->tags;
    map->cache.counts = memory + plan->counts;
    map->cache.hands = memory + plan->hands;
    if (map->cache.set_count == 0)
        cache_map_cache_none(&map->cache);
    cache_map_stash_shape(&map->stash, (uint32_t)options->stash_value_count_max);
    map->stash.values = memory + plan->stash_values;
    map->stash.marks = memory + plan->marks;
    map->stash.buckets = (uint32_t *)(void *)(memory + plan->buckets);
    map->stash.entries = (struct cache_map_entry *)(void *)(memory + plan->entries);
    map->log.count_max = options->scope_value_count_max;
    map->log.values = memory + plan->log_values;
    map->log.records = (struct cache_map_record *)(void *)(memory + plan->records);
    map->scratch = memory + plan->scratch;
}

CACHE_MAP_INLINE enum cache_map_status cache_map_init(const struct cache_map_layout *layout,
                                                      struct cache_map *map,
                                                      const struct cache_map_options *options,
                                                      const struct cache_map_allocator *allocator) {
    struct cache_map_plan plan;
    void *memory = NULL;
    enum cache_map_status status;
    CACHE_MAP_ASSERT(map != NULL && options != NULL && allocator != NULL);
    status = cache_map_plan_valid(layout, options, &plan);
    if (status != CACHE_MAP_OK)
        return status;
    memory =
        (allocator->allocate)(allocator->context, plan.size, cache_map_memory_alignment(layout));
    if (memory == NULL)
        return CACHE_MAP_OUT_OF_MEMORY;
    CACHE_MAP_ASSERT(((uintptr_t)memory & (cache_map_memory_alignment(layout) - 1)) == 0);

    memset(map, 0, sizeof *map);
    map->allocator = *allocator;
    map->memory = (unsigned char *)memory;
    map->memory_size = plan.size;
    map->seed = cache_map_seed_make(options->hash_seed);
    cache_map_place_arrays(layout, map, options, &plan);
    cache_map_cache_clear(layout, &map->cache);
    cache_map_stash_init(layout, &map->stash);
    CACHE_MAP_POISON(map->log.values, (size_t)map->log.count_max * layout->value_size);
    return CACHE_MAP_OK;
}

CACHE_MAP_INLINE enum cache_map_status cache_map_reset(const struct cache_map_layout *layout,
                                                       struct cache_map *map) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    if (map->log.open)
        return CACHE_MAP_SCOPE_OPEN;
    CACHE_MAP_ASSERT(map->log.count == 0);
    cache_map_cache_gone(layout, &map->cache);
    cache_map_stash_gone(layout, &map->stash);
    cache_map_cache_clear(layout, &map->cache);
    cache_map_stash_clear(layout, &map->stash);
    map->metrics.hits = 0;
    map->metrics.misses = 0;
    return CACHE_MAP_OK;
}

CACHE_MAP_INLINE void cache_map_deinit(const struct cache_map_layout *layout,
                                       struct cache_map *map) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    cache_map_cache_gone(layout, &map->cache);
    cache_map_stash_gone(layout, &map->stash);
    cache_map_records_gone(layout, &map->log);
    CACHE_MAP_UNPOISON(map->memory, map->memory_size);
    (map->allocator.deallocate)(map->allocator.context, map->memory, map->memory_size,
                                cache_map_memory_alignment(layout));
    memset(map, 0, sizeof *map); /* a second deinit meets the assertion above */
}

/* ---- Lookups. ---------------------------------------------------------------------------- */

/* A use of the key: metrics and the clock change, the contents do not. The value in the cache, or null:
 * then the stash is to be asked. That is another function, so that a caller's loop holds this one alone. */
CACHE_MAP_INLINE void *cache_map_lookup_cache(const struct cache_map_layout *layout,
                                              struct cache_map *map, uint64_t hash,
                                              const void *key) {
    struct cache_map_hit hit;
    CACHE_MAP_ASSERT(map->memory != NULL);
    hit = cache_map_cache_search(layout, &map->cache, hash, key);
    if (hit.value != NULL) {
        map->metrics.hits += 1;
        cache_map_hit_touch(layout, &map->cache, &hit);
    }
    return hit.value;
}

/* The rest of a lookup of a key that is not in the cache. */
CACHE_MAP_INLINE enum cache_map_status cache_map_lookup_stash(const struct cache_map_layout *layout,
                                                              struct cache_map *map, uint64_t hash,
                                                              const void *key, void **value) {
    uint32_t entry;
    *value = NULL;
    if (map->cache.set_count != 0)
        map->metrics.misses += 1;
    entry = cache_map_stash_find(layout, &map->stash, hash, key);
    if (entry == CACHE_MAP_ENTRY_NONE)
        return CACHE_MAP_ABSENT;
    if (map->stash.entries[entry].tombstone)
        return CACHE_MAP_TOMBSTONE;
    *value = cache_map_entry_value(layout, &map->stash, entry);
    return CACHE_MAP_FOUND;
}

/* All lines of a value, up to a length from which on the processor's own prefetcher follows. */
#define CACHE_MAP_PREFETCH_SIZE_MAX ((size_t)256)

CACHE_MAP_INLINE void cache_map_prefetch_value(const struct cache_map_layout *layout,
                                               const unsigned char *value) {
    for (size_t offset = 0; offset < layout->value_size && offset < CACHE_MAP_PREFETCH_SIZE_MAX;
         offset += CACHE_MAP_LINE_SIZE)
        cache_map_prefetch_line(value + offset);
}

CACHE_MAP_INLINE void cache_map_demote(const struct cache_map_layout *layout, struct cache_map *map,
                                       uint64_t hash, const void *key) {
    uint64_t slot;
    CACHE_MAP_ASSERT(map->memory != NULL);
    slot = cache_map_cache_find(layout, &map->cache, hash, key);
    if (slot != CACHE_MAP_SLOT_NONE)
        cache_map_slot_count_set(layout, &map->cache, slot, 1);
}

/* ---- Mutations. -------------------------------------------------------------------------- */

CACHE_MAP_INLINE struct cache_map_record
cache_map_record_make(bool is_remove, enum cache_map_place before, uint64_t slot, uint32_t entry) {
    struct cache_map_record record;
    record.slot = slot;
    record.entry = entry;
    record.is_remove = is_remove;
    record.before = (uint8_t)before;
    record.evicts = 0;
    record.count = 0;
    return record;
}

CACHE_MAP_INLINE enum cache_map_place cache_map_entry_place(const struct cache_map_stash *stash,
                                                            uint32_t entry) {
    if (entry == CACHE_MAP_ENTRY_NONE)
        return CACHE_MAP_PLACE_ABSENT;
    return stash->entries[entry].tombstone ? CACHE_MAP_PLACE_STASH_TOMBSTONE
                                           : CACHE_MAP_PLACE_STASH_VALUE;
}

CACHE_MAP_INLINE enum cache_map_status cache_map_upsert_status(enum cache_map_place before) {
    if (before == CACHE_MAP_PLACE_ABSENT)
        return CACHE_MAP_INSERTED;
    return before == CACHE_MAP_PLACE_STASH_TOMBSTONE ? CACHE_MAP_REVIVED : CACHE_MAP_UPDATED;
}

/* Looks for the key in the cache, as an upsert begins. Changes nothing. */
CACHE_MAP_INLINE struct cache_map_hit cache_map_upsert_search(const struct cache_map_layout *layout,
                                                              const struct cache_map *map,
                                                              uint64_t hash, const void *key) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    return cache_map_cache_search(layout, &map->cache, hash, key);
}

/* The key is resident: its value is replaced in its way. Needs no stash slot. `value` may be the very
 * value that is there; it overlaps the slot in no other way. */
CACHE_MAP_INLINE enum cache_map_status
cache_map_upsert_resident(const struct cache_map_layout *layout, struct cache_map *map,
                          const struct cache_map_hit *hit, const void *value) {
    const uint64_t slot = cache_map_hit_slot(layout, hit);
    if (cache_map_scope_is_full(&map->log))
        return CACHE_MAP_SCOPE_FULL;
    if (map->log.open)
        cache_map_scope_append(
            layout, &map->log,
            cache_map_record_make(false, CACHE_MAP_PLACE_CACHE, slot, CACHE_MAP_ENTRY_NONE),
            hit->value);
    cache_map_value_replaced(layout, &map->log, hit->value, value);
    if (value != hit->value)
        memcpy(hit->value, value, layout->value_size);
    if (layout->policy == CACHE_MAP_POLICY_CLOCK_CLASSIC)
        cache_map_slot_count_set(layout, &map->cache, slot, 1);
    return CACHE_MAP_UPDATED;
}

/* There is a cache, and the key is not in it: its value takes a way, a victim takes a stash slot.
 * `argument` is what the caller gave, of which `value` may be a copy.
 */
CACHE_MAP_INLINE enum cache_map_status
cache_map_upsert_into_cache(const struct cache_map_layout *layout, struct cache_map *map,
                            uint64_t hash, const void *key, const void *value,
                            const void *argument) {
    const uint64_t set = cache_map_range_of_hash(hash, map->cache.set_count);
    struct cache_map_sweep sweep;
    uint64_t slot;
    uint32_t entry;
    bool stashed;
    enum cache_map_place before;
    /* Where the hand stands the sweep ends most often: that line is on its way before the counts are. */
    cache_map_prefetch_line(
        cache_map_slot_value(layout, &map->cache, set * layout->ways + map->cache.hands[set]));
    sweep = cache_map_cache_aim(layout, &map->cache, set);
    slot = set * layout->ways + sweep.way;
    /* The victim's lines and that of the key's home bucket are on their way together. */
    cache_map_prefetch_value(layout, cache_map_slot_value(layout, &map->cache, slot));
    entry = cache_map_stash_find(layout, &map->stash, hash, key);
    stashed = entry != CACHE_MAP_ENTRY_NONE;
    before = cache_map_entry_place(&map->stash, entry);
    if (sweep.evicts && !stashed && map->stash.count == map->stash.count_max)
        return CACHE_MAP_STASH_FULL;
    if (cache_map_scope_is_full(&map->log))
        return CACHE_MAP_SCOPE_FULL;

    if (map->log.open) {
        struct cache_map_record record = cache_map_record_make(false, before, slot, entry);
        record.evicts = sweep.evicts;
        cache_map_scope_append(layout, &map->log, record,
                               stashed ? cache_map_entry_value(layout, &map->stash, entry) : NULL);
    }
    if (layout->value_gone != NULL && before == CACHE_MAP_PLACE_STASH_VALUE)
        cache_map_value_replaced(layout, &map->log,
                                 cache_map_entry_value(layout, &map->stash, entry), argument);
    /* Unlinked in one place and linked in another: each copy of them is compiled with each map. */
    if (stashed)
        cache_map_stash_unlink(&map->stash, entry);
    if (sweep.evicts) {
        const unsigned char *victim = cache_map_slot_value(layout, &map->cache, slot);
        const uint64_t victim_hash = (layout->value_hash)(victim, &map->seed);
        if (!stashed)
            entry = cache_map_stash_extend(layout, &map->stash);
        cache_map_stash_put(layout, &map->stash, entry, victim_hash, victim, false);
    } else if (stashed) {
        cache_map_stash_shorten(layout, &map->stash, entry);
    }
    cache_map_cache_fill(layout, &map->cache, set, sweep, hash, value);
    return cache_map_upsert_status(before);
}

/* There is no cache: the entry is written in the stash. `argument` as above. */
CACHE_MAP_INLINE enum cache_map_status
cache_map_upsert_into_stash(const struct cache_map_layout *layout, struct cache_map *map,
                            uint64_t hash, const void *key, const void *value,
                            const void *argument) {
    const uint32_t entry = cache_map_stash_find(layout, &map->stash, hash, key);
    const bool stashed = entry != CACHE_MAP_ENTRY_NONE;
    const enum cache_map_place before = cache_map_entry_place(&map->stash, entry);
    if (!stashed && map->stash.count == map->stash.count_max)
        return CACHE_MAP_STASH_FULL;
    if (cache_map_scope_is_full(&map->log))
        return CACHE_MAP_SCOPE_FULL;

    if (map->log.open)
        cache_map_scope_append(layout, &map->log,
                               cache_map_record_make(false, before, CACHE_MAP_SLOT_NONE,
                                                     stashed ? entry : map->stash.count),
                               stashed ? cache_map_entry_value(layout, &map->stash, entry) : NULL);
    if (layout->value_gone != NULL && before == CACHE_MAP_PLACE_STASH_VALUE)
        cache_map_value_replaced(layout, &map->log,
                                 cache_map_entry_value(layout, &map->stash, entry), argument);
    if (stashed) {
        memcpy(cache_map_entry_value(layout, &map->stash, entry), value, layout->value_size);
        map->stash.entries[entry].tombstone = false;
    } else {
        (void)cache_map_stash_append(layout, &map->stash, hash, value, false);
    }
    return cache_map_upsert_status(before);
}

/* An argument that lives in the map is copied out first: what follows may move what it points to.
 */
CACHE_MAP_INLINE const void *cache_map_stable_argument(const struct cache_map_layout *layout,
                                                       struct cache_map *map, const void *value) {
    const uintptr_t address = (uintptr_t)value, start = (uintptr_t)map->memory;
    if (address < start || address - start >= map->memory_size)
        return value;
    memcpy(map->scratch, value, layout->value_size);
    return map->scratch;
}

/* The rest of an upsert of a key that is not in the cache; `hash` and `key` are those of the value. */
CACHE_MAP_INLINE enum cache_map_status
cache_map_upsert_missed(const struct cache_map_layout *layout, struct cache_map *map, uint64_t hash,
                        const void *key, const void *value) {
    const void *argument = value;
    CACHE_MAP_ASSERT(map->memory != NULL);
    value = cache_map_stable_argument(layout, map, value);
    if (map->cache.set_count == 0)
        return cache_map_upsert_into_stash(layout, map, hash, key, value, argument);
    return cache_map_upsert_into_cache(layout, map, hash, key, value, argument);
}

/* The value leaves its slot, and a tombstone with its bytes enters the stash. */
CACHE_MAP_INLINE enum cache_map_status
cache_map_remove_from_cache(const struct cache_map_layout *layout, struct cache_map *map,
                            uint64_t hash, uint64_t slot) {
    if (map->stash.count == map->stash.count_max)
        return CACHE_MAP_STASH_FULL;
    if (cache_map_scope_is_full(&map->log))
        return CACHE_MAP_SCOPE_FULL;
    if (map->log.open) {
        struct cache_map_record record =
            cache_map_record_make(true, CACHE_MAP_PLACE_CACHE, slot, map->stash.count);
        record.count = (uint8_t)cache_map_slot_count(layout, &map->cache, slot);
        cache_map_scope_append(
            layout, &map->log, record,
            cache_map_removed_kept(layout, cache_map_slot_value(layout, &map->cache, slot)));
    }
    (void)cache_map_stash_append(layout, &map->stash, hash,
                                 cache_map_slot_value(layout, &map->cache, slot), true);
    if (!map->log.open)
        cache_map_value_gone(layout, cache_map_slot_value(layout, &map->cache, slot));
    cache_map_slot_free(layout, &map->cache, slot);
    return CACHE_MAP_REMOVED;
}

/* The value becomes a tombstone where it is: no slot is needed and no byte moves. */
CACHE_MAP_INLINE enum cache_map_status
cache_map_remove_from_stash(const struct cache_map_layout *layout, struct cache_map *map,
                            uint32_t entry) {
    if (cache_map_scope_is_full(&map->log))
        return CACHE_MAP_SCOPE_FULL;
    if (map->log.open)
        cache_map_scope_append(
            layout, &map->log,
            cache_map_record_make(true, CACHE_MAP_PLACE_STASH_VALUE, CACHE_MAP_SLOT_NONE, entry),
            cache_map_removed_kept(layout, cache_map_entry_value(layout, &map->stash, entry)));
    else
        cache_map_entry_gone(layout, &map->stash, entry, map->scratch);
    map->stash.entries[entry].tombstone = true;
    return CACHE_MAP_REMOVED;
}

CACHE_MAP_INLINE enum cache_map_status cache_map_remove(const struct cache_map_layout *layout,
                                                        struct cache_map *map, uint64_t hash,
                                                        const void *key) {
    uint64_t slot;
    uint32_t entry;
    CACHE_MAP_ASSERT(map->memory != NULL);
    slot = cache_map_cache_find(layout, &map->cache, hash, key);
    if (slot != CACHE_MAP_SLOT_NONE)
        return cache_map_remove_from_cache(layout, map, hash, slot);
    entry = cache_map_stash_find(layout, &map->stash, hash, key);
    if (cache_map_entry_place(&map->stash, entry) != CACHE_MAP_PLACE_STASH_VALUE)
        return CACHE_MAP_ABSENT;
    return cache_map_remove_from_stash(layout, map, entry);
}

/* ---- Scopes and compact. ----------------------------------------------------------------- */

CACHE_MAP_INLINE enum cache_map_status cache_map_scope_open(struct cache_map *map) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    if (map->log.open)
        return CACHE_MAP_SCOPE_OPEN;
    CACHE_MAP_ASSERT(map->log.count == 0);
    map->log.open = true;
    return CACHE_MAP_OK;
}

/* The inverses. Each says which entry leaves the stash at last, or CACHE_MAP_ENTRY_NONE.
 *
 * Undoes an upsert that took a cache slot: the new value goes, the victim comes back from the
 * stash, and what the key had in the stash takes its entry again. */
CACHE_MAP_INLINE uint32_t cache_map_undo_insert(const struct cache_map_layout *layout,
                                                struct cache_map *map,
                                                const struct cache_map_record *record,
                                                const unsigned char *overwritten) {
    const bool stashed = record->entry != CACHE_MAP_ENTRY_NONE;
    const bool tombstone = record->before == CACHE_MAP_PLACE_STASH_TOMBSTONE;
    const uint64_t hash = stashed ? (layout->value_hash)(overwritten, &map->seed) : 0;
    if (record->evicts) {
        const uint32_t entry = stashed ? record->entry : map->stash.count - 1;
        const unsigned char *victim = cache_map_entry_value(layout, &map->stash, entry);
        cache_map_slot_write(layout, &map->cache, record->slot,
                             (layout->value_hash)(victim, &map->seed), victim, 1);
        if (!stashed)
            return entry;
        cache_map_stash_replace_at(layout, &map->stash, entry, hash, overwritten, tombstone);
        return CACHE_MAP_ENTRY_NONE;
    }
    cache_map_slot_free(layout, &map->cache, record->slot);
    if (stashed)
        cache_map_stash_insert_at(layout, &map->stash, record->entry, hash, overwritten, tombstone);
    return CACHE_MAP_ENTRY_NONE;
}

/* Undoes an upsert in a map without a cache. */
CACHE_MAP_INLINE uint32_t cache_map_undo_stash_write(const struct cache_map_layout *layout,
                                                     struct cache_map *map,
                                                     const struct cache_map_record *record,
                                                     const unsigned char *overwritten) {
    if (record->before == CACHE_MAP_PLACE_ABSENT) {
        CACHE_MAP_ASSERT(record->entry == map->stash.count - 1);
        return record->entry;
    }
    memcpy(cache_map_entry_value(layout, &map->stash, record->entry), overwritten,
           layout->value_size);
    map->stash.entries[record->entry].tombstone = record->before == CACHE_MAP_PLACE_STASH_TOMBSTONE;
    return CACHE_MAP_ENTRY_NONE;
}

CACHE_MAP_INLINE uint32_t cache_map_undo_remove(const struct cache_map_layout *layout,
                                                struct cache_map *map,
                                                const struct cache_map_record *record) {
    const unsigned char *value = cache_map_entry_value(layout, &map->stash, record->entry);
    CACHE_MAP_ASSERT(map->stash.entries[record->entry].tombstone);
    if (record->before == CACHE_MAP_PLACE_STASH_VALUE) {
        map->stash.entries[record->entry].tombstone = false;
        return CACHE_MAP_ENTRY_NONE;
    }
    CACHE_MAP_ASSERT(cache_map_slot_count(layout, &map->cache, record->slot) == 0);
    cache_map_slot_write(layout, &map->cache, record->slot, (layout->value_hash)(value, &map->seed),
                         value, record->count);
    return record->entry;
}

/* Undoes record number `index`, which must be the newest that is left. */
CACHE_MAP_INLINE void cache_map_undo(const struct cache_map_layout *layout, struct cache_map *map,
                                     uint64_t index) {
    const struct cache_map_record record = map->log.records[index];
    const unsigned char *overwritten = cache_map_record_value(layout, &map->log, index);
    uint32_t leaving = CACHE_MAP_ENTRY_NONE;
    cache_map_undone_gone(layout, &map->cache, &map->stash, &record);
    if (record.is_remove)
        leaving = cache_map_undo_remove(layout, map, &record);
    else if (record.before == CACHE_MAP_PLACE_CACHE)
        memcpy(cache_map_slot_value(layout, &map->cache, record.slot), overwritten,
               layout->value_size);
    else if (record.slot == CACHE_MAP_SLOT_NONE)
        leaving = cache_map_undo_stash_write(layout, map, &record, overwritten);
    else
        leaving = cache_map_undo_insert(layout, map, &record, overwritten);
    if (leaving != CACHE_MAP_ENTRY_NONE)
        cache_map_stash_remove_at(layout, &map->stash, leaving);
}

CACHE_MAP_INLINE enum cache_map_status cache_map_scope_close(const struct cache_map_layout *layout,
                                                             struct cache_map *map,
                                                             enum cache_map_scope_mode mode) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    CACHE_MAP_ASSERT(mode == CACHE_MAP_SCOPE_PERSIST || mode == CACHE_MAP_SCOPE_DISCARD);
    if (!map->log.open)
        return CACHE_MAP_SCOPE_NOT_OPEN;
    if (mode == CACHE_MAP_SCOPE_DISCARD)
        for (uint64_t index = map->log.count; index > 0; index -= 1)
            cache_map_undo(layout, map, index - 1);
    else
        cache_map_records_gone(layout, &map->log);
    cache_map_scope_end(layout, &map->log);
    return CACHE_MAP_OK;
}

CACHE_MAP_INLINE enum cache_map_status cache_map_compact(const struct cache_map_layout *layout,
                                                         struct cache_map *map) {
    CACHE_MAP_ASSERT(map->memory != NULL);
    if (map->log.open)
        return CACHE_MAP_SCOPE_OPEN;
    cache_map_stash_gone(layout, &map->stash);
    cache_map_stash_clear(layout, &map->stash);
    return CACHE_MAP_OK;
}

CACHE_MAP_HEADER_END

#endif
