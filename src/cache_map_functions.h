/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of the typed layer, whose prototypes and manual are in cache_map.h. That header includes
 * this one, once for each CACHE_MAP_NAME, with all parameters defined.
 *
 * Each function asserts what C cannot report, takes the hash of a key, and calls the core with the
 * layout as a constant. Nothing here decides anything. */
#include "cache_map_core.h"
#include "cache_map_hash.h"
#include "cache_map_inspect.h"
#include "cache_map_many.h"
#include "cache_map_parameters.h"

#ifdef CACHE_MAP_NAME

/* ---- The user's macros: each is expanded here and nowhere else, on copies. The only local names have
 * the prefix cache_map_, so that every other name in a macro is one of the program's. */

#    if defined(__GNUC__) && !defined(__cplusplus) /* a pointer for a key: in C++ an error anyway */
#        pragma GCC diagnostic push
#        pragma GCC diagnostic error "-Wint-conversion"
#    endif
CACHE_MAP_INLINE CACHE_MAP_KEY
CACHE_MAP_FUNCTION(cache_map_key_of)(const CACHE_MAP_VALUE *cache_map_value_) {
    CACHE_MAP_KEY cache_map_key_ = CACHE_MAP_KEY_OF(cache_map_value_);
    return cache_map_key_;
}
#    if defined(__GNUC__) && !defined(__cplusplus)
#        pragma GCC diagnostic pop
#    endif

CACHE_MAP_INLINE bool CACHE_MAP_FUNCTION(cache_map_key_equal)(CACHE_MAP_KEY cache_map_key_a_,
                                                              CACHE_MAP_KEY cache_map_key_b_) {
#    ifdef CACHE_MAP_KEY_EQUAL
    return CACHE_MAP_KEY_EQUAL(cache_map_key_a_, cache_map_key_b_);
#    else
    return CACHE_MAP_KEYS_SAME(cache_map_key_a_, cache_map_key_b_);
#    endif
}

CACHE_MAP_INLINE uint64_t CACHE_MAP_FUNCTION(cache_map_key_hash)(
    CACHE_MAP_KEY cache_map_key_, const struct cache_map_seed *cache_map_seed_) {
#    ifdef CACHE_MAP_HASH
    const uint64_t cache_map_seed_value_ = cache_map_seed_value(cache_map_seed_);
    (void)cache_map_key_, (void)cache_map_seed_value_; /* a bad hash may use neither */
    CACHE_MAP_RETURN_HASH(CACHE_MAP_HASH(cache_map_key_, cache_map_seed_value_));
#    else
    return cache_map_hash_64_seeded(CACHE_MAP_KEY_WORD(cache_map_key_), cache_map_seed_);
#    endif
}

/* ---- What the core and the functions below call, and no caller: CACHE_MAP_INTERNAL makes names of
 * it that no program has, for a program may have functions such as account_cache_value_hash. */

static inline bool CACHE_MAP_INTERNAL(value_has_key)(const void *value, const void *key) {
    return CACHE_MAP_FUNCTION(cache_map_key_equal)(
        CACHE_MAP_FUNCTION(cache_map_key_of)((const CACHE_MAP_VALUE *)value),
        *(const CACHE_MAP_KEY *)key);
}

static inline uint64_t CACHE_MAP_INTERNAL(value_hash)(const void *value,
                                                      const struct cache_map_seed *seed) {
    return CACHE_MAP_FUNCTION(cache_map_key_hash)(
        CACHE_MAP_FUNCTION(cache_map_key_of)((const CACHE_MAP_VALUE *)value), seed);
}

static inline bool CACHE_MAP_INTERNAL(value_key_equal)(const void *a, const void *b) {
    const CACHE_MAP_KEY key = CACHE_MAP_FUNCTION(cache_map_key_of)((const CACHE_MAP_VALUE *)b);
    return CACHE_MAP_INTERNAL(value_has_key)(a, &key);
}

/* The hash of a key in this map. */
static inline uint64_t CACHE_MAP_INTERNAL(hash_in)(const CACHE_MAP_THIS *map, CACHE_MAP_KEY key) {
    return CACHE_MAP_FUNCTION(cache_map_key_hash)(key, cache_map_seed_of(&map->base));
}

/* The one place where CACHE_MAP_VALUE_GONE is expanded. */
#    ifdef CACHE_MAP_VALUE_GONE
static inline void CACHE_MAP_INTERNAL(value_gone)(void *cache_map_value_untyped) {
    CACHE_MAP_VALUE *cache_map_value_gone_now = (CACHE_MAP_VALUE *)cache_map_value_untyped;
    (void)cache_map_value_gone_now; /* unused by a macro that only counts */
    CACHE_MAP_VALUE_GONE(cache_map_value_gone_now);
}
#        define CACHE_MAP_VALUE_GONE_FUNCTION CACHE_MAP_INTERNAL(value_gone)
#    else
#        define CACHE_MAP_VALUE_GONE_FUNCTION NULL
#    endif

static const struct cache_map_layout CACHE_MAP_INTERNAL(layout) = {
    CACHE_MAP_WAYS,
    CACHE_MAP_TAG_BITS,
    CACHE_MAP_CLOCK_BITS,
    CACHE_MAP_POLICY,
    sizeof(CACHE_MAP_VALUE),
    CACHE_MAP_ALIGNOF(CACHE_MAP_VALUE),
    CACHE_MAP_INTERNAL(value_has_key),
    CACHE_MAP_INTERNAL(value_hash),
    CACHE_MAP_VALUE_GONE_FUNCTION};
#    undef CACHE_MAP_VALUE_GONE_FUNCTION

/* -- Life ---------------------------------------------------------------------------------- */

CACHE_MAP_LINKAGE enum cache_map_status
CACHE_MAP_FUNCTION(memory_size)(const struct cache_map_options *options, size_t *size) {
    return cache_map_memory_size(&CACHE_MAP_INTERNAL(layout), options, size);
}

CACHE_MAP_LINKAGE size_t CACHE_MAP_FUNCTION(memory_alignment)(void) {
    return cache_map_memory_alignment(&CACHE_MAP_INTERNAL(layout));
}

CACHE_MAP_LINKAGE enum cache_map_status
CACHE_MAP_FUNCTION(init)(CACHE_MAP_THIS *map, const struct cache_map_options *options,
                         const struct cache_map_allocator *allocator) {
    const struct cache_map_allocator standard = {NULL, cache_map_allocate_default,
                                                 cache_map_deallocate_default};
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_init(&CACHE_MAP_INTERNAL(layout), &map->base, options,
                          allocator != NULL ? allocator : &standard);
}

CACHE_MAP_LINKAGE enum cache_map_status
CACHE_MAP_FUNCTION(init_in_memory)(CACHE_MAP_THIS *map, const struct cache_map_options *options,
                                   void *memory, size_t size) {
    const struct cache_map_allocator supplied = {memory, cache_map_allocate_none,
                                                 cache_map_deallocate_none};
    size_t needed = 0;
    enum cache_map_status status;
    CACHE_MAP_ASSERT(map != NULL);
    status = CACHE_MAP_FUNCTION(memory_size)(options, &needed);
    if (status != CACHE_MAP_OK)
        return status;
    if (size < needed)
        return CACHE_MAP_OUT_OF_MEMORY;
    CACHE_MAP_ASSERT(memory != NULL);
    return cache_map_init(&CACHE_MAP_INTERNAL(layout), &map->base, options, &supplied);
}

CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(deinit)(CACHE_MAP_THIS *map) {
    CACHE_MAP_ASSERT(map != NULL);
    cache_map_deinit(&CACHE_MAP_INTERNAL(layout), &map->base);
}

CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(reset)(CACHE_MAP_THIS *map) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_reset(&CACHE_MAP_INTERNAL(layout), &map->base);
}

/* -- Lookups: each counts as a use for the eviction policy and in the metrics -------------- */

/* Out of line, so that a caller's loop holds no more than the search in the cache and a hit. */
static CACHE_MAP_NOINLINE enum cache_map_status
CACHE_MAP_INTERNAL(lookup_missed)(CACHE_MAP_THIS *map, uint64_t hash, CACHE_MAP_KEY key,
                                  CACHE_MAP_VALUE **value) {
    void *found = NULL;
    const enum cache_map_status status =
        cache_map_lookup_stash(&CACHE_MAP_INTERNAL(layout), &map->base, hash, &key, &found);
    *value = (CACHE_MAP_VALUE *)found;
    return status;
}

CACHE_MAP_LINKAGE enum cache_map_status
CACHE_MAP_FUNCTION(lookup)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key, CACHE_MAP_VALUE **value) {
    uint64_t hash;
    void *found;
    CACHE_MAP_ASSERT(map != NULL && value != NULL);
    hash = CACHE_MAP_INTERNAL(hash_in)(map, key);
    found = cache_map_lookup_cache(&CACHE_MAP_INTERNAL(layout), &map->base, hash, &key);
    if (found == NULL)
        return CACHE_MAP_INTERNAL(lookup_missed)(map, hash, key, value);
    *value = (CACHE_MAP_VALUE *)found;
    return CACHE_MAP_FOUND;
}

/* The same for `get`, which then ends with a jump, and needs no memory for the answer. */
static CACHE_MAP_NOINLINE CACHE_MAP_VALUE *
CACHE_MAP_INTERNAL(get_missed)(CACHE_MAP_THIS *map, uint64_t hash, CACHE_MAP_KEY key) {
    void *found = NULL;
    (void)cache_map_lookup_stash(&CACHE_MAP_INTERNAL(layout), &map->base, hash, &key, &found);
    return (CACHE_MAP_VALUE *)found;
}

/* The value, by the hash of its key. */
static inline CACHE_MAP_VALUE *CACHE_MAP_INTERNAL(get_hashed)(CACHE_MAP_THIS *map, uint64_t hash,
                                                              CACHE_MAP_KEY key) {
    void *found = cache_map_lookup_cache(&CACHE_MAP_INTERNAL(layout), &map->base, hash, &key);
    if (found == NULL)
        return CACHE_MAP_INTERNAL(get_missed)(map, hash, key);
    return (CACHE_MAP_VALUE *)found;
}

CACHE_MAP_LINKAGE CACHE_MAP_VALUE *CACHE_MAP_FUNCTION(get)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key) {
    CACHE_MAP_ASSERT(map != NULL);
    return CACHE_MAP_INTERNAL(get_hashed)(map, CACHE_MAP_INTERNAL(hash_in)(map, key), key);
}

CACHE_MAP_LINKAGE bool CACHE_MAP_FUNCTION(has)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key) {
    return CACHE_MAP_FUNCTION(get)(map, key) != NULL;
}

CACHE_MAP_LINKAGE size_t CACHE_MAP_FUNCTION(get_many)(CACHE_MAP_THIS *map,
                                                      const CACHE_MAP_KEY *keys, size_t key_count,
                                                      CACHE_MAP_VALUE **values) {
    uint64_t hashes[CACHE_MAP_BATCH_COUNT_MAX];
    size_t found_count = 0;
    CACHE_MAP_ASSERT(map != NULL && ((keys != NULL && values != NULL) || key_count == 0));
    for (size_t start = 0, count; start < key_count; start += count) {
        count = cache_map_batch_count(key_count - start);
        for (size_t i = 0; i < count; i += 1) {
            hashes[i] = CACHE_MAP_INTERNAL(hash_in)(map, keys[start + i]);
            cache_map_prefetch_set(&CACHE_MAP_INTERNAL(layout), &map->base, hashes[i]);
        }
        for (size_t i = 0; i < count; i += 1)
            cache_map_prefetch_found(&CACHE_MAP_INTERNAL(layout), &map->base, hashes[i]);
        for (size_t i = 0; i < count; i += 1) {
            values[start + i] = CACHE_MAP_INTERNAL(get_hashed)(map, hashes[i], keys[start + i]);
            found_count += values[start + i] != NULL;
        }
    }
    return found_count;
}

CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(prefetch)(const CACHE_MAP_THIS *map, CACHE_MAP_KEY key) {
    CACHE_MAP_ASSERT(map != NULL);
    cache_map_prefetch_set(&CACHE_MAP_INTERNAL(layout), &map->base,
                           CACHE_MAP_INTERNAL(hash_in)(map, key));
}

CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(demote)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key) {
    CACHE_MAP_ASSERT(map != NULL);
    cache_map_demote(&CACHE_MAP_INTERNAL(layout), &map->base, CACHE_MAP_INTERNAL(hash_in)(map, key),
                     &key);
}

/* -- Mutations ----------------------------------------------------------------------------- */

static CACHE_MAP_NOINLINE enum cache_map_status
CACHE_MAP_INTERNAL(upsert_missed)(CACHE_MAP_THIS *map, uint64_t hash,
                                  const CACHE_MAP_VALUE *value) {
    const CACHE_MAP_KEY key = CACHE_MAP_FUNCTION(cache_map_key_of)(value);
    return cache_map_upsert_missed(&CACHE_MAP_INTERNAL(layout), &map->base, hash, &key, value);
}

/* `key` is that of the value. */
CACHE_MAP_INLINE enum cache_map_status
CACHE_MAP_INTERNAL(upsert_keyed)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key,
                                 const CACHE_MAP_VALUE *value) {
    const uint64_t hash = CACHE_MAP_INTERNAL(hash_in)(map, key);
    const struct cache_map_hit hit =
        cache_map_upsert_search(&CACHE_MAP_INTERNAL(layout), &map->base, hash, &key);
    if (!cache_map_hit_found(&hit))
        return CACHE_MAP_INTERNAL(upsert_missed)(map, hash, value);
    return cache_map_upsert_resident(&CACHE_MAP_INTERNAL(layout), &map->base, &hit, value);
}

CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(upsert)(CACHE_MAP_THIS *map,
                                                                   const CACHE_MAP_VALUE *value) {
    CACHE_MAP_ASSERT(map != NULL && value != NULL);
    return CACHE_MAP_INTERNAL(upsert_keyed)(map, CACHE_MAP_FUNCTION(cache_map_key_of)(value),
                                            value);
}

CACHE_MAP_LINKAGE size_t CACHE_MAP_FUNCTION(upsert_many)(CACHE_MAP_THIS *map,
                                                         const CACHE_MAP_VALUE *values,
                                                         size_t value_count,
                                                         enum cache_map_status *statuses) {
    uint64_t hashes[CACHE_MAP_BATCH_COUNT_MAX];
    size_t success_count = 0;
    CACHE_MAP_ASSERT(map != NULL && ((values != NULL && statuses != NULL) || value_count == 0));
    CACHE_MAP_ASSERT(!cache_map_overlaps(&map->base, values, value_count, sizeof *values) &&
                     "the values of upsert_many do not lie in the map");
    for (size_t start = 0, count; start < value_count; start += count) {
        count = cache_map_batch_count(value_count - start);
        for (size_t i = 0; i < count; i += 1) {
            const CACHE_MAP_KEY key = CACHE_MAP_FUNCTION(cache_map_key_of)(&values[start + i]);
            hashes[i] = CACHE_MAP_INTERNAL(hash_in)(map, key);
            cache_map_prefetch_set(&CACHE_MAP_INTERNAL(layout), &map->base, hashes[i]);
        }
        for (size_t i = 0; i < count; i += 1)
            cache_map_prefetch_written(&CACHE_MAP_INTERNAL(layout), &map->base, hashes[i]);
        for (size_t i = 0; i < count; i += 1) {
            statuses[start + i] = CACHE_MAP_FUNCTION(upsert)(map, &values[start + i]);
            success_count += !cache_map_status_failed(statuses[start + i]);
        }
    }
    return success_count;
}

CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(remove)(CACHE_MAP_THIS *map,
                                                                   CACHE_MAP_KEY key) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_remove(&CACHE_MAP_INTERNAL(layout), &map->base,
                            CACHE_MAP_INTERNAL(hash_in)(map, key), &key);
}

/* -- Scopes and compact -------------------------------------------------------------------- */

CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(scope_open)(CACHE_MAP_THIS *map) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_scope_open(&map->base);
}

CACHE_MAP_LINKAGE enum cache_map_status
CACHE_MAP_FUNCTION(scope_close)(CACHE_MAP_THIS *map, enum cache_map_scope_mode mode) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_scope_close(&CACHE_MAP_INTERNAL(layout), &map->base, mode);
}

CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(compact)(CACHE_MAP_THIS *map) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_compact(&CACHE_MAP_INTERNAL(layout), &map->base);
}

/* -- A walk over all of it ----------------------------------------------------------------- */

CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(each)(const CACHE_MAP_THIS *map,
                                                                 struct cache_map_cursor *cursor,
                                                                 CACHE_MAP_VALUE const **value) {
    const void *found = NULL;
    enum cache_map_status status;
    CACHE_MAP_ASSERT(map != NULL && cursor != NULL && value != NULL);
    status = cache_map_each(&CACHE_MAP_INTERNAL(layout), &map->base, cursor, &found);
    *value = (CACHE_MAP_VALUE const *)found;
    return status;
}

/* -- Inspection: no effect on the state; pointers are good until the next change ----------- */

CACHE_MAP_LINKAGE struct cache_map_counts
CACHE_MAP_FUNCTION(inspect_counts)(const CACHE_MAP_THIS *map) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_inspect_counts(&CACHE_MAP_INTERNAL(layout), &map->base);
}

CACHE_MAP_LINKAGE struct cache_map_slot_view
CACHE_MAP_FUNCTION(inspect_slot)(const CACHE_MAP_THIS *map, uint64_t set, uint32_t way) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_inspect_slot(&CACHE_MAP_INTERNAL(layout), &map->base, set, way);
}

CACHE_MAP_LINKAGE uint32_t CACHE_MAP_FUNCTION(inspect_hand)(const CACHE_MAP_THIS *map,
                                                            uint64_t set) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_inspect_hand(&map->base, set);
}

CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(inspect_set)(const CACHE_MAP_THIS *map, uint64_t set,
                                                       struct cache_map_set_view *view) {
    CACHE_MAP_ASSERT(map != NULL && view != NULL);
    cache_map_inspect_set(&CACHE_MAP_INTERNAL(layout), &map->base, set, view);
}

CACHE_MAP_LINKAGE struct cache_map_entry_view
CACHE_MAP_FUNCTION(inspect_entry)(const CACHE_MAP_THIS *map, uint32_t entry) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_inspect_entry(&CACHE_MAP_INTERNAL(layout), &map->base, entry);
}

CACHE_MAP_LINKAGE struct cache_map_record_view
CACHE_MAP_FUNCTION(inspect_record)(const CACHE_MAP_THIS *map, uint64_t index) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_inspect_record(&CACHE_MAP_INTERNAL(layout), &map->base, index);
}

CACHE_MAP_LINKAGE struct cache_map_place_view
CACHE_MAP_FUNCTION(inspect_place)(const CACHE_MAP_THIS *map, CACHE_MAP_KEY key) {
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_inspect_place(&CACHE_MAP_INTERNAL(layout), &map->base,
                                   CACHE_MAP_INTERNAL(hash_in)(map, key), &key);
}

CACHE_MAP_LINKAGE enum cache_map_invariant CACHE_MAP_FUNCTION(check)(const CACHE_MAP_THIS *map) {
    const struct cache_map_check_layout check = {&CACHE_MAP_INTERNAL(layout),
                                                 CACHE_MAP_INTERNAL(value_key_equal)};
    CACHE_MAP_ASSERT(map != NULL);
    return cache_map_check(check, &map->base);
}

#endif
