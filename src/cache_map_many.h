/* SPDX-License-Identifier: Apache-2.0 */
/* What a call for many keys has besides the single calls that it makes: hints, which load ahead what these
 * will read, so that their cache misses overlap. A hint changes nothing, and answers nothing.
 *
 * Stands above the operations, and calls none of them. */
#ifndef CACHE_MAP_MANY_H
#define CACHE_MAP_MANY_H

#include "cache_map_core.h"

CACHE_MAP_HEADER_BEGIN

/* Whether any of `count` values from `first` on lies in the map's block. It is true, too, for more values
 * than memory can hold, whose size in bytes may overflow a size_t. O(1). */
CACHE_MAP_INLINE bool cache_map_overlaps(const struct cache_map *map, const void *first,
                                         size_t count, size_t value_size) {
    const uintptr_t start = (uintptr_t)first, block = (uintptr_t)map->memory;
    return start < block ? count > (block - start) / value_size
                         : count > (UINTPTR_MAX - start) / value_size ||
                               (count != 0 && start - block < map->memory_size);
}

/* How many calls are prepared at once, so that their cache misses overlap. A processor tracks some ten to
 * twenty misses at a time. With more calls, lines that the first ones load are evicted before their use. */
#ifndef CACHE_MAP_BATCH_COUNT_MAX
#    define CACHE_MAP_BATCH_COUNT_MAX 32u
#endif

CACHE_MAP_INLINE size_t cache_map_batch_count(size_t count) {
    return count < CACHE_MAP_BATCH_COUNT_MAX ? count : CACHE_MAP_BATCH_COUNT_MAX;
}

CACHE_MAP_INLINE void cache_map_prefetch_mark(const struct cache_map *map, uint64_t hash) {
    cache_map_prefetch_line(&map->stash.marks[cache_map_stash_home(cache_map_stash_fragment(hash),
                                                                   map->stash.bucket_bits)]);
}

/* First phase: the metadata of the key's set; without a cache, the mark of the home bucket. */
CACHE_MAP_INLINE void cache_map_prefetch_set(const struct cache_map_layout *layout,
                                             const struct cache_map *map, uint64_t hash) {
    const struct cache_map_cache *cache = &map->cache;
    uint64_t set;
    CACHE_MAP_ASSERT(map->memory != NULL);
    if (cache->set_count == 0) {
        cache_map_prefetch_mark(map, hash);
        return;
    }
    set = cache_map_range_of_hash(hash, cache->set_count);
    cache_map_prefetch_line(cache_map_set_tags(layout, cache, set));
    cache_map_prefetch_line(
        cache->counts + (size_t)set * cache_map_counters_size(layout->ways, layout->clock_bits));
}

/* Second phase, by the metadata: the first value whose tag is equal; without one, the mark of the home
 * bucket. Returns whether there was one. */
CACHE_MAP_INLINE bool cache_map_prefetch_found(const struct cache_map_layout *layout,
                                               const struct cache_map *map, uint64_t hash) {
    const struct cache_map_cache *cache = &map->cache;
    if (cache->set_count != 0) {
        const uint64_t set = cache_map_range_of_hash(hash, cache->set_count);
        const uint32_t match =
            cache_map_tag_match(cache_map_set_tags(layout, cache, set), layout->ways,
                                layout->tag_bits, cache_map_tag_of_hash(layout, hash));
        if (match != 0) {
            cache_map_prefetch_value(
                layout, cache_map_slot_value(layout, cache,
                                             set * layout->ways + cache_map_trailing_zeros(match)));
            return true;
        }
        cache_map_prefetch_mark(map, hash);
    }
    return false;
}

/* Second phase of an upsert: where no tag is equal, also the slot that the value would take. */
CACHE_MAP_INLINE void cache_map_prefetch_written(const struct cache_map_layout *layout,
                                                 const struct cache_map *map, uint64_t hash) {
    const struct cache_map_cache *cache = &map->cache;
    if (!cache_map_prefetch_found(layout, map, hash) && cache->set_count != 0) {
        const uint64_t set = cache_map_range_of_hash(hash, cache->set_count);
        const struct cache_map_sweep sweep = cache_map_cache_aim(layout, cache, set);
        cache_map_prefetch_value(
            layout, cache_map_slot_value(layout, cache, set * layout->ways + sweep.way));
    }
}

CACHE_MAP_HEADER_END

#endif
