/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a record of the scope log, in words: for the report of a broken map alone. Knows the
 * library's structures; judges nothing that `check` has not judged. */
#ifndef HARNESS_SUBJECT_RECORD_FAULT_H
#define HARNESS_SUBJECT_RECORD_FAULT_H

#include "subject_functions.h"

/* What no operation writes: the first rule of cache_map_check_record that the record breaks. Null where it
 * breaks none. */
static inline const char *subject_record_fault(const struct cache_map *map,
                                               const struct cache_map_layout *layout,
                                               const struct cache_map_record *record) {
    const bool has_slot = record->slot != CACHE_MAP_SLOT_NONE;
    const bool has_entry = record->entry != CACHE_MAP_ENTRY_NONE;
    const bool is_remove = record->is_remove != 0;
    if (has_slot && record->slot >= map->cache.set_count * layout->ways)
        return "there is no such slot";
    if (has_entry && record->entry >= map->stash.count_max)
        return "there is no room for such an entry";
    if (record->evicts && is_remove)
        return "a remove evicts nobody";
    if (record->evicts && !has_slot)
        return "what takes no slot evicts nobody";
    switch ((enum cache_map_place)record->before) {
    case CACHE_MAP_PLACE_ABSENT:
        if (is_remove)
            return "nothing is removed that is absent";
        return has_slot != has_entry ? NULL : "an insert takes a slot or an entry, and not both";
    case CACHE_MAP_PLACE_CACHE:
        if (!has_slot)
            return "it names no slot";
        if (is_remove && !has_entry)
            return "it names no entry for the tombstone";
        if (is_remove)
            return record->count >= 1 && record->count <= cache_map_counter_max(layout->clock_bits)
                       ? NULL
                       : "a slot in use has no such count";
        if (has_entry)
            return "an update in the cache takes no entry";
        return record->evicts ? "an update evicts nobody" : NULL;
    case CACHE_MAP_PLACE_STASH_VALUE:
        if (!has_entry)
            return "it names no entry";
        return is_remove && has_slot ? "a remove in the stash takes no slot" : NULL;
    case CACHE_MAP_PLACE_STASH_TOMBSTONE:
        if (is_remove)
            return "nothing is removed that is removed";
        return has_entry ? NULL : "it names no entry";
    }
    return "there is no such place";
}

#endif
