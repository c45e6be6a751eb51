/* SPDX-License-Identifier: Apache-2.0 */
/* Values that are gone: which of the stored values nothing can bring back any more, for a layout
 * that has CACHE_MAP_VALUE_GONE. Each is told of once. What leaves a place and is kept elsewhere is
 * not gone: a victim in the stash, an old value in the scope log.
 *
 * Stands above cache, stash and log, whose values it walks, and knows of no operation. Each
 * function does nothing where the layout has no `value_gone`, and then nothing of it is left in a
 * program. */
#ifndef CACHE_MAP_GONE_H
#define CACHE_MAP_GONE_H

#include "cache_map_cache.h"
#include "cache_map_scope.h"
#include "cache_map_stash.h"

CACHE_MAP_HEADER_BEGIN

/* The call may change the value: its caller must not read it afterwards. */
CACHE_MAP_INLINE void cache_map_value_gone(const struct cache_map_layout *layout,
                                           unsigned char *value) {
    if (layout->value_gone != NULL)
        (layout->value_gone)(value);
}

/* ---- Mutations. -------------------------------------------------------------------------- */

/* An upsert of a key that has the value `old_value`: after the record of the upsert and before the
 * new value is written. An argument that is that very value stays, and in a scope the record says
 * so; else the old value is gone, in a scope at its end. */
CACHE_MAP_INLINE void cache_map_value_replaced(const struct cache_map_layout *layout,
                                               struct cache_map_scope_log *log,
                                               unsigned char *old_value, const void *argument) {
    if (layout->value_gone == NULL)
        return;
    if (log->open)
        log->records[log->count - 1].count = argument == old_value;
    else if (argument != old_value)
        cache_map_value_gone(layout, old_value);
}

/* What the record of a remove keeps. Its inverse needs nothing, but persist does: by then another
 * mutation may have moved the tombstone, or overwritten it. */
CACHE_MAP_INLINE const void *cache_map_removed_kept(const struct cache_map_layout *layout,
                                                    const unsigned char *value) {
    return layout->value_gone != NULL ? value : NULL;
}

/* A value of the stash that a remove outside of a scope makes a tombstone, which needs the key in
 * its bytes: so a copy of them is told of. */
CACHE_MAP_INLINE void cache_map_entry_gone(const struct cache_map_layout *layout,
                                           const struct cache_map_stash *stash, uint32_t entry,
                                           unsigned char *scratch) {
    if (layout->value_gone == NULL)
        return;
    memcpy(scratch, cache_map_entry_value(layout, stash, entry), layout->value_size);
    cache_map_value_gone(layout, scratch);
}

/* ---- Scopes. ----------------------------------------------------------------------------- */

/* Persist: what the scope has replaced or removed, oldest first. O(records). */
CACHE_MAP_INLINE void cache_map_records_gone(const struct cache_map_layout *layout,
                                             const struct cache_map_scope_log *log) {
    if (layout->value_gone == NULL)
        return;
    for (uint64_t index = 0; index < log->count; index += 1) {
        const struct cache_map_record *record = &log->records[index];
        const bool had_value = record->before == CACHE_MAP_PLACE_CACHE ||
                               record->before == CACHE_MAP_PLACE_STASH_VALUE;
        if (had_value && (record->is_remove || record->count == 0))
            cache_map_value_gone(layout, cache_map_record_value(layout, log, index));
    }
}

/* Discard: the new value of an upsert, before its inverse. One that was in the map already
 * stays. */
CACHE_MAP_INLINE void cache_map_undone_gone(const struct cache_map_layout *layout,
                                            const struct cache_map_cache *cache,
                                            const struct cache_map_stash *stash,
                                            const struct cache_map_record *record) {
    if (layout->value_gone == NULL || record->is_remove || record->count != 0)
        return;
    cache_map_value_gone(layout, record->slot != CACHE_MAP_SLOT_NONE
                                     ? cache_map_slot_value(layout, cache, record->slot)
                                     : cache_map_entry_value(layout, stash, record->entry));
}

/* ---- All at once. ------------------------------------------------------------------------ */

/* All values of the stash, by number. O(stash count). */
CACHE_MAP_INLINE void cache_map_stash_gone(const struct cache_map_layout *layout,
                                           const struct cache_map_stash *stash) {
    if (layout->value_gone == NULL)
        return;
    for (uint32_t entry = 0; entry < stash->count; entry += 1)
        if (!stash->entries[entry].tombstone)
            cache_map_value_gone(layout, cache_map_entry_value(layout, stash, entry));
}

/* All values of the cache, by slot. O(slots). */
CACHE_MAP_INLINE void cache_map_cache_gone(const struct cache_map_layout *layout,
                                           const struct cache_map_cache *cache) {
    if (layout->value_gone == NULL)
        return;
    for (uint64_t set = 0; set < cache->set_count; set += 1) {
        const uint64_t counts = cache_map_set_counts(layout, cache, set);
        for (uint32_t way = 0; counts != 0 && way < layout->ways; way += 1)
            if (cache_map_counter_get(counts, way, layout->clock_bits) != 0)
                cache_map_value_gone(layout,
                                     cache_map_slot_value(layout, cache, set * layout->ways + way));
    }
}

CACHE_MAP_HEADER_END

#endif
