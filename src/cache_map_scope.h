/* SPDX-License-Identifier: Apache-2.0 */
/* The scope log: one record for each mutation since scope_open, newest last.
 *
 * A record holds what the EXACT inverse of its mutation needs, and nothing else. Because discard
 * walks the records newest first, the map stands before each undo just as its mutation left it.
 * So a record can name a cache slot and a stash entry by number, and needs one value at most: the
 * bytes that the mutation overwrote. What it merely moved is still in the map. (A layout with
 * `value_gone` has the record of a remove keep the value too, for persist to find it.)
 *
 * Only the memory of the log is here; doing and undoing are the cache map's. */
#ifndef CACHE_MAP_SCOPE_H
#define CACHE_MAP_SCOPE_H

#include "cache_map_integer.h"

CACHE_MAP_HEADER_BEGIN

struct cache_map_record {
    uint64_t slot;  /* the cache slot written or freed; CACHE_MAP_SLOT_NONE: none */
    uint32_t entry; /* the stash entry written, replaced or added; CACHE_MAP_ENTRY_NONE: none */
    uint8_t is_remove;
    uint8_t before; /* enum cache_map_place: what the key was */
    uint8_t evicts; /* an insert into the cache that sent a victim to the stash */
    /* A remove from the cache: the count that the slot had. An upsert: 1 where it stored the very value
     * that its key had in the map, which a layout with `value_gone` has to know. */
    uint8_t count;
};

struct cache_map_scope_log {
    uint64_t count;
    uint64_t count_max;
    bool open;
    struct cache_map_record *records;
    unsigned char *values; /* record i's overwritten value, if it has one */
};

CACHE_MAP_INLINE unsigned char *cache_map_record_value(const struct cache_map_layout *layout,
                                                       const struct cache_map_scope_log *log,
                                                       uint64_t record) {
    CACHE_MAP_ASSERT(record < log->count_max);
    return log->values + (size_t)record * layout->value_size;
}

/* True when a mutation now must fail with scope full. */
CACHE_MAP_INLINE bool cache_map_scope_is_full(const struct cache_map_scope_log *log) {
    CACHE_MAP_ASSERT(log->count <= log->count_max);
    return log->open && log->count == log->count_max;
}

/* Appends a record; `overwritten` is the value it must keep, or null. Only in an open scope that
 * is not full. */
CACHE_MAP_INLINE void cache_map_scope_append(const struct cache_map_layout *layout,
                                             struct cache_map_scope_log *log,
                                             struct cache_map_record record,
                                             const void *overwritten) {
    CACHE_MAP_ASSERT(log->open);
    CACHE_MAP_ASSERT(log->count < log->count_max);
    log->records[log->count] = record;
    if (overwritten != NULL) {
        unsigned char *value = cache_map_record_value(layout, log, log->count);
        CACHE_MAP_UNPOISON(value, layout->value_size);
        memcpy(value, overwritten, layout->value_size);
    }
    log->count += 1;
}

/* Forgets the records and closes the scope. O(1), so that persist is; a sanitizer's build poisons
 * each value that the log kept. */
CACHE_MAP_INLINE void cache_map_scope_end(const struct cache_map_layout *layout,
                                          struct cache_map_scope_log *log) {
    CACHE_MAP_POISON(log->values, (size_t)log->count * layout->value_size);
    log->count = 0;
    log->open = false;
}

CACHE_MAP_HEADER_END

#endif
