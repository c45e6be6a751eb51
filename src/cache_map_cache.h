/* SPDX-License-Identifier: Apache-2.0 */
/* The set-associative cache: tag match, CLOCK sweep, slots.
 *
 *     hash ──high half of hash x sets──> set       one set, ways=4:
 *          ──low tag_bits──────────────> tag       tags    [ 3a | 07 | 3a | -- ]
 *                                                  counts  [  2 |  1 |  3 |  0 ]   0 = free
 *                                                  hand          ^
 *                                                  values  [ v0 | v1 | v2 | ?? ]
 *
 * Tags, counts, hands and values are separate arrays: a lookup reads one line of tags and one of
 * counts, and touches a value only where a tag matches. Slot number = set x ways + way.
 *
 * Count 0 means free, whatever the tag and the bytes are; nothing else marks a free slot. Knows
 * neither the stash nor scopes: evicting a value is its caller's business (two phases: `aim`
 * decides and changes nothing, `fill` carries out). */
#ifndef CACHE_MAP_CACHE_H
#define CACHE_MAP_CACHE_H

#include "cache_map_counters.h"
#include "cache_map_vector.h"

CACHE_MAP_HEADER_BEGIN

#define CACHE_MAP_SLOT_NONE UINT64_MAX
#define CACHE_MAP_WAYS_MAX  16u

struct cache_map_cache {
    uint64_t set_count; /* 0: there is no cache */
    uint64_t value_count;
    unsigned char *tags;
    unsigned char *counts;
    unsigned char *hands;
    unsigned char *values;
};

/* What a sweep decides: the way to take, whether that evicts, and the set's counts after it. */
struct cache_map_sweep {
    uint64_t counts;
    uint32_t way;
    bool evicts;
};

CACHE_MAP_INLINE size_t cache_map_tag_size(const struct cache_map_layout *layout) {
    return layout->tag_bits / 8;
}

CACHE_MAP_INLINE uint32_t cache_map_tag_of_hash(const struct cache_map_layout *layout,
                                                uint64_t hash) {
    return (uint32_t)(hash & ((1u << layout->tag_bits) - 1));
}

/* ---- Tag match: bit w of the answer is set when the tag of way w equals. ----------------- */

CACHE_MAP_INLINE uint32_t cache_map_tag_get(const unsigned char *tags, uint32_t way,
                                            uint32_t tag_bits) {
    uint16_t wide;
    if (tag_bits == 8)
        return tags[way];
    memcpy(&wide, tags + (size_t)way * 2, 2);
    return wide;
}

CACHE_MAP_INLINE uint32_t cache_map_tag_match_portable(const unsigned char *tags, uint32_t ways,
                                                       uint32_t tag_bits, uint32_t tag) {
    uint32_t match = 0;
    for (uint32_t way = 0; way < ways; way += 1)
        match |= (uint32_t)(cache_map_tag_get(tags, way, tag_bits) == tag) << way;
    return match;
}

#if defined(CACHE_MAP_SSE2)
/* The first `size` bytes at `bytes` (2, 4, 8 or 16) and zeros. */
CACHE_MAP_INLINE __m128i cache_map_vector_load(const unsigned char *bytes, uint32_t size) {
    uint16_t word_16;
    int32_t word_32;
    switch (size) {
    case 2: memcpy(&word_16, bytes, 2); return _mm_cvtsi32_si128((int)word_16);
    case 4: memcpy(&word_32, bytes, 4); return _mm_cvtsi32_si128(word_32);
    case 8: return _mm_loadl_epi64((const __m128i *)(const void *)bytes);
    default: return _mm_loadu_si128((const __m128i *)(const void *)bytes);
    }
}

CACHE_MAP_INLINE uint32_t cache_map_tag_match_vector(const unsigned char *tags, uint32_t ways,
                                                     uint32_t tag_bits, uint32_t tag) {
    const uint32_t size = ways * (tag_bits / 8);
    const uint32_t ways_mask = (1u << ways) - 1;
    __m128i low, high;
    if (tag_bits == 8) {
        low = _mm_cmpeq_epi8(cache_map_vector_load(tags, size), _mm_set1_epi8((char)tag));
        return (uint32_t)_mm_movemask_epi8(low) & ways_mask;
    }
    low = _mm_cmpeq_epi16(cache_map_vector_load(tags, size < 16 ? size : 16),
                          _mm_set1_epi16((short)tag));
    high = _mm_setzero_si128();
    if (size > 16)
        high = _mm_cmpeq_epi16(cache_map_vector_load(tags + 16, 16), _mm_set1_epi16((short)tag));
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high)) & ways_mask;
}
#elif defined(CACHE_MAP_NEON)
CACHE_MAP_INLINE uint32_t cache_map_tag_match_vector(const unsigned char *tags, uint32_t ways,
                                                     uint32_t tag_bits, uint32_t tag) {
    const uint32_t ways_mask = (1u << ways) - 1;
    uint8_t bytes[32] = {0};
    uint16x8_t wanted, low, high;
    memcpy(bytes, tags, (size_t)ways * (tag_bits / 8));
    if (tag_bits == 8)
        return cache_map_vector_mask(vceqq_u8(vld1q_u8(bytes), vdupq_n_u8((uint8_t)tag))) &
               ways_mask;
    wanted = vdupq_n_u16((uint16_t)tag);
    low = vceqq_u16(vreinterpretq_u16_u8(vld1q_u8(bytes)), wanted);
    high = vceqq_u16(vreinterpretq_u16_u8(vld1q_u8(bytes + 16)), wanted);
    return cache_map_vector_mask(vcombine_u8(vmovn_u16(low), vmovn_u16(high))) & ways_mask;
}
#endif

CACHE_MAP_INLINE uint32_t cache_map_tag_match(const unsigned char *tags, uint32_t ways,
                                              uint32_t tag_bits, uint32_t tag) {
#if defined(CACHE_MAP_SSE2) || defined(CACHE_MAP_NEON)
    return cache_map_tag_match_vector(tags, ways, tag_bits, tag);
#else
    return cache_map_tag_match_portable(tags, ways, tag_bits, tag);
#endif
}

/* ---- The sweep: a pure function, so that a call which must fail has changed nothing. ----- */

/* From the hand upwards, wrapping: a free way is taken; another's count goes down by 1, and at 0
 * its value is evicted and the way taken. All ways that the hand passes in one turn are one step here:
 *
 *     way            0  1  2  3
 *     counts       [ 2  3  3  2 ]   the hand stands at way 2
 *
 *     way            2  3  0  1
 *     rotated      [ 3  2  2  3 ]   no count is 0 or 1: a whole turn, and each goes down by 1
 *     turned       [ 2  1  1  2 ]   the first that is 0 or 1 ends the sweep: way 3, by an eviction
 *     ended        [ 1  0  1  2 ]   those before it go down by 1, its own is 0
 *
 *     way            0  1  2  3
 *     rotated back [ 1  2  1  0 ]
 *
 * A whole turn lowers no count below 1. So after max - 1 of them at most, a count is 1. */
CACHE_MAP_INLINE struct cache_map_sweep cache_map_sweep_run(uint64_t counts, uint32_t hand,
                                                            uint32_t ways, uint32_t bits) {
    const uint64_t lanes = cache_map_counters_lanes(ways, bits);
    uint64_t turned, ending;
    struct cache_map_sweep sweep;
    uint32_t from_hand, count;
    CACHE_MAP_ASSERT(hand < ways);
    turned = cache_map_counters_rotate(counts, hand, ways, bits);
    ending = cache_map_counters_zero_or_one_lanes(turned, ways, bits);
    while (ending == 0) {
        turned -= lanes;
        CACHE_MAP_ASSERT(cache_map_counters_zero_lanes(turned, ways, bits) == 0);
        ending = cache_map_counters_zero_or_one_lanes(turned, ways, bits);
    }
    from_hand = cache_map_trailing_zeros(ending) / bits;
    count = cache_map_counter_get(turned, from_hand, bits);
    turned -= lanes & (((uint64_t)1 << (from_hand * bits)) - 1);
    turned -= (uint64_t)count << (from_hand * bits);
    sweep.counts = cache_map_counters_rotate(turned, ways - hand, ways, bits);
    sweep.way = (hand + from_hand) & (ways - 1);
    sweep.evicts = count == 1;
    return sweep;
}

/* `clock`: the first free way from the hand where there is one, before any count is touched. */
CACHE_MAP_INLINE struct cache_map_sweep cache_map_choose(const struct cache_map_layout *layout,
                                                         uint64_t counts, uint32_t hand) {
    const uint32_t bits = layout->clock_bits;
    const uint64_t free_lanes = cache_map_counters_zero_lanes(counts, layout->ways, bits);
    if (layout->policy == CACHE_MAP_POLICY_CLOCK && free_lanes != 0) {
        const uint64_t from_hand = free_lanes & (UINT64_MAX << (hand * bits));
        struct cache_map_sweep sweep;
        sweep.counts = counts;
        sweep.way = cache_map_trailing_zeros(from_hand != 0 ? from_hand : free_lanes) / bits;
        sweep.evicts = false;
        return sweep;
    }
    return cache_map_sweep_run(counts, hand, layout->ways, bits);
}

/* ---- One set's memory. ------------------------------------------------------------------- */

CACHE_MAP_INLINE unsigned char *cache_map_set_tags(const struct cache_map_layout *layout,
                                                   const struct cache_map_cache *cache,
                                                   uint64_t set) {
    return cache->tags + (size_t)set * layout->ways * cache_map_tag_size(layout);
}

CACHE_MAP_INLINE uint64_t cache_map_set_counts(const struct cache_map_layout *layout,
                                               const struct cache_map_cache *cache, uint64_t set) {
    const size_t size = cache_map_counters_size(layout->ways, layout->clock_bits);
    return cache_map_counters_load(cache->counts + (size_t)set * size, size);
}

CACHE_MAP_INLINE void cache_map_set_counts_store(const struct cache_map_layout *layout,
                                                 struct cache_map_cache *cache, uint64_t set,
                                                 uint64_t counts) {
    const size_t size = cache_map_counters_size(layout->ways, layout->clock_bits);
    cache_map_counters_store(cache->counts + (size_t)set * size, size, counts);
}

/* ---- Slots. ------------------------------------------------------------------------------ */

CACHE_MAP_INLINE unsigned char *cache_map_slot_value(const struct cache_map_layout *layout,
                                                     const struct cache_map_cache *cache,
                                                     uint64_t slot) {
    CACHE_MAP_ASSERT(slot < cache->set_count * layout->ways);
    return cache->values + (size_t)slot * layout->value_size;
}

CACHE_MAP_INLINE uint32_t cache_map_slot_count(const struct cache_map_layout *layout,
                                               const struct cache_map_cache *cache, uint64_t slot) {
    const uint64_t counts = cache_map_set_counts(layout, cache, slot / layout->ways);
    return cache_map_counter_get(counts, (uint32_t)(slot % layout->ways), layout->clock_bits);
}

CACHE_MAP_INLINE void cache_map_slot_count_set(const struct cache_map_layout *layout,
                                               struct cache_map_cache *cache, uint64_t slot,
                                               uint32_t count) {
    const uint64_t set = slot / layout->ways;
    const uint64_t counts = cache_map_set_counts(layout, cache, set);
    cache_map_set_counts_store(
        layout, cache, set,
        cache_map_counter_set(counts, (uint32_t)(slot % layout->ways), layout->clock_bits, count));
}

/* Where a resident key is, with what was read to find it, so that nothing is read twice. */
struct cache_map_hit {
    unsigned char *value; /* null: the key is not resident */
    uint64_t set;
    uint64_t counts; /* of the set */
    uint32_t way;
};

/* Looks for the key with this hash. Changes nothing. Two cache lines and one more for each way whose
 * tag is equal. Without a cache the set is number 0, of which every way is free: cache_map_cache_none. */
CACHE_MAP_INLINE struct cache_map_hit cache_map_cache_search(const struct cache_map_layout *layout,
                                                             const struct cache_map_cache *cache,
                                                             uint64_t hash, const void *key) {
    struct cache_map_hit hit = {NULL, 0, 0, 0};
    uint32_t match;
    hit.set = cache_map_range_of_hash(hash, cache->set_count);
    match = cache_map_tag_match(cache_map_set_tags(layout, cache, hit.set), layout->ways,
                                layout->tag_bits, cache_map_tag_of_hash(layout, hash));
    if (match != 0)
        hit.counts = cache_map_set_counts(layout, cache, hit.set);
    for (; match != 0; match &= match - 1) {
        hit.way = cache_map_trailing_zeros_32(match);
        if (cache_map_counter_get(hit.counts, hit.way, layout->clock_bits) != 0) {
            hit.value = cache_map_slot_value(layout, cache, hit.set * layout->ways + hit.way);
            if ((layout->value_has_key)(hit.value, key))
                return hit;
        }
    }
    hit.value = NULL;
    return hit;
}

CACHE_MAP_INLINE bool cache_map_hit_found(const struct cache_map_hit *hit) {
    return hit->value != NULL;
}

CACHE_MAP_INLINE uint64_t cache_map_hit_slot(const struct cache_map_layout *layout,
                                             const struct cache_map_hit *hit) {
    CACHE_MAP_ASSERT(hit->value != NULL);
    return hit->set * layout->ways + hit->way;
}

/* The slot of the key with this hash, or CACHE_MAP_SLOT_NONE. Changes nothing. */
CACHE_MAP_INLINE uint64_t cache_map_cache_find(const struct cache_map_layout *layout,
                                               const struct cache_map_cache *cache, uint64_t hash,
                                               const void *key) {
    const struct cache_map_hit hit = cache_map_cache_search(layout, cache, hash, key);
    return hit.value == NULL ? CACHE_MAP_SLOT_NONE : cache_map_hit_slot(layout, &hit);
}

/* A use: the count saturates upward. No store where it already has, so that a hot line that is
 * only read stays clean. One below its maximum takes 1 more without a carry. */
CACHE_MAP_INLINE void cache_map_hit_touch(const struct cache_map_layout *layout,
                                          struct cache_map_cache *cache,
                                          const struct cache_map_hit *hit) {
    const uint32_t count = cache_map_counter_get(hit->counts, hit->way, layout->clock_bits);
    CACHE_MAP_ASSERT(count > 0);
    if (count < cache_map_counter_max(layout->clock_bits))
        cache_map_set_counts_store(layout, cache, hit->set,
                                   hit->counts + ((uint64_t)1 << (hit->way * layout->clock_bits)));
}

/* Where the value of a key that is not resident would go, and what that evicts. Pure. */
CACHE_MAP_INLINE struct cache_map_sweep cache_map_cache_aim(const struct cache_map_layout *layout,
                                                            const struct cache_map_cache *cache,
                                                            uint64_t set) {
    return cache_map_choose(layout, cache_map_set_counts(layout, cache, set), cache->hands[set]);
}

/* Writes tag and value into a slot, and not its count. `value` must not overlap the slot. */
CACHE_MAP_INLINE void cache_map_slot_put(const struct cache_map_layout *layout,
                                         struct cache_map_cache *cache, uint64_t slot,
                                         uint64_t hash, const void *value) {
    const uint32_t way = (uint32_t)(slot % layout->ways);
    unsigned char *tags = cache_map_set_tags(layout, cache, slot / layout->ways);
    const uint32_t tag = cache_map_tag_of_hash(layout, hash);
    const uint8_t tag_8 = (uint8_t)tag;
    const uint16_t tag_16 = (uint16_t)tag;
    CACHE_MAP_ASSERT(slot / layout->ways == cache_map_range_of_hash(hash, cache->set_count));
    if (layout->tag_bits == 8)
        memcpy(tags + way, &tag_8, 1);
    else
        memcpy(tags + (size_t)way * 2, &tag_16, 2);
    memcpy(cache_map_slot_value(layout, cache, slot), value, layout->value_size);
}

/* A free slot is about to hold a value. */
CACHE_MAP_INLINE void cache_map_slot_take(const struct cache_map_layout *layout,
                                          struct cache_map_cache *cache, uint64_t slot) {
    CACHE_MAP_ASSERT(cache_map_slot_count(layout, cache, slot) == 0);
    CACHE_MAP_UNPOISON(cache_map_slot_value(layout, cache, slot), layout->value_size);
    cache->value_count += 1;
}

/* Makes a slot hold the value, with this count. It may be free, or hold a value that its caller has taken
 * out already. */
CACHE_MAP_INLINE void cache_map_slot_write(const struct cache_map_layout *layout,
                                           struct cache_map_cache *cache, uint64_t slot,
                                           uint64_t hash, const void *value, uint32_t count) {
    CACHE_MAP_ASSERT(count > 0);
    if (cache_map_slot_count(layout, cache, slot) == 0)
        cache_map_slot_take(layout, cache, slot);
    cache_map_slot_put(layout, cache, slot, hash, value);
    cache_map_slot_count_set(layout, cache, slot, count);
}

/* Carries out a sweep: the hand moves past the way taken, and the slot gets the value at count 1.
 * The caller has moved the victim out where the sweep evicts. */
CACHE_MAP_INLINE void cache_map_cache_fill(const struct cache_map_layout *layout,
                                           struct cache_map_cache *cache, uint64_t set,
                                           struct cache_map_sweep sweep, uint64_t hash,
                                           const void *value) {
    const uint64_t slot = set * layout->ways + sweep.way;
    if (!sweep.evicts)
        cache_map_slot_take(layout, cache, slot);
    cache_map_slot_put(layout, cache, slot, hash, value);
    cache_map_set_counts_store(
        layout, cache, set, cache_map_counter_set(sweep.counts, sweep.way, layout->clock_bits, 1));
    cache->hands[set] = (unsigned char)((sweep.way + 1) & (layout->ways - 1));
}

/* Frees a slot that holds a value. Hand and neighbours stay. */
CACHE_MAP_INLINE void cache_map_slot_free(const struct cache_map_layout *layout,
                                          struct cache_map_cache *cache, uint64_t slot) {
    CACHE_MAP_ASSERT(cache_map_slot_count(layout, cache, slot) > 0);
    CACHE_MAP_ASSERT(cache->value_count > 0);
    cache_map_slot_count_set(layout, cache, slot, 0);
    cache->value_count -= 1;
    CACHE_MAP_POISON(cache_map_slot_value(layout, cache, slot), layout->value_size);
}

/* Gives a cache of no sets the tags and counts of a set whose ways are all free: a search finds nothing
 * there, and need not ask whether there is a cache. Nobody writes to it. */
static inline void cache_map_cache_none(struct cache_map_cache *cache) {
    static const unsigned char free_set[CACHE_MAP_WAYS_MAX * 2] = {0};
    CACHE_MAP_ASSERT(cache->set_count == 0);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a map with a cache writes through these fields */
    cache->tags = (unsigned char *)(uintptr_t)free_set;
    cache->counts = cache->tags;
}

/* Every slot free, every hand 0. O(sets); the values are not touched. */
CACHE_MAP_INLINE void cache_map_cache_clear(const struct cache_map_layout *layout,
                                            struct cache_map_cache *cache) {
    const size_t set_count = (size_t)cache->set_count;
    const size_t value_size_all = set_count * layout->ways * layout->value_size;
    cache->value_count = 0;
    if (set_count == 0)
        return;
    memset(cache->tags, 0, set_count * layout->ways * cache_map_tag_size(layout));
    memset(cache->counts, 0, set_count * cache_map_counters_size(layout->ways, layout->clock_bits));
    memset(cache->hands, 0, set_count);
    CACHE_MAP_POISON(cache->values, value_size_all);
}

CACHE_MAP_HEADER_END

#endif
