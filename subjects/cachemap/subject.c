/* SPDX-License-Identifier: Apache-2.0 */
/* The subject behind subject.h: translates between the harness's words and the library's, and owns
 * the map's memory. No decision about right or wrong is made here. */
#include "subject.h"

#include "key_map.h"
#include "subject_arrays.h"
#include "subject_functions.h"
#include "subject_guard.h"
#include "subject_watch.h"
#include "subject_words.h"

#include <assert.h>

/* Under MemorySanitizer the pattern counts as no initialisation. */
#if defined(__has_feature)
#    if __has_feature(memory_sanitizer)
#        include <sanitizer/msan_interface.h>
#        define SUBJECT_UNINITIALISED(memory, size) __msan_poison((memory), (size))
#    endif
#endif
#ifndef SUBJECT_UNINITIALISED
#    define SUBJECT_UNINITIALISED(memory, size) ((void)(memory), (void)(size))
#endif

static const struct subject_functions *const instances[LAYOUT_COUNT_ALL] = {
#define SUBJECT_ROW(number, value) [number] = &subject_functions_##number,
    LAYOUT_TABLE(SUBJECT_ROW)
#undef SUBJECT_ROW
        [LAYOUT_PAGE] = &subject_functions_48,
    [LAYOUT_DEFAULT] = &subject_functions_49,
};

/* ---- Words. ------------------------------------------------------------------------------ */

/* Anew at each input: what runs at the first one alone would make its coverage another. */
const char *subject_misnamed_status(void) {
    for (unsigned status = 0; status < CACHE_MAP_STATUS_COUNT; status += 1) {
        const enum outcome outcome = subject_outcome_of_status((enum cache_map_status)status);
        if (strcmp(cache_map_status_name((enum cache_map_status)status), outcome_name(outcome)) !=
                0 ||
            cache_map_status_failed((enum cache_map_status)status) != outcome_failed(outcome))
            return outcome_name(outcome);
    }
    return strcmp(cache_map_status_name(CACHE_MAP_STATUS_COUNT), "unknown") == 0 ? NULL : "unknown";
}

static enum place place_of_library(enum cache_map_place place) {
    switch (place) {
    case CACHE_MAP_PLACE_ABSENT: return PLACE_ABSENT;
    case CACHE_MAP_PLACE_CACHE: return PLACE_CACHE;
    case CACHE_MAP_PLACE_STASH_VALUE: return PLACE_STASH_VALUE;
    case CACHE_MAP_PLACE_STASH_TOMBSTONE: break;
    }
    return PLACE_STASH_TOMBSTONE;
}

/* ---- Memory and life. -------------------------------------------------------------------- */

static void *subject_allocate(void *context, size_t size, size_t alignment) {
    struct subject *subject = (struct subject *)context;
    subject->allocation_count += 1;
    if (size != subject->memory_size || alignment != subject->functions->memory_alignment())
        fault_note(&subject->fault, false,
                   "init asks for other memory than memory_size and memory_alignment say");
    subject->allocation_size = size;
    subject->allocation_alignment = alignment;
    return subject->block;
}

static void subject_deallocate(void *context, void *memory, size_t size, size_t alignment) {
    struct subject *subject = (struct subject *)context;
    subject->deallocation_count += 1;
    if (memory != subject->block || size != subject->allocation_size ||
        alignment != subject->allocation_alignment)
        subject->allocation_unbalanced = true;
}

static void *subject_allocate_nothing(void *context, size_t size, size_t alignment) {
    (void)context;
    (void)size;
    (void)alignment;
    return NULL;
}

static struct cache_map_options options_of_geometry(const struct geometry *geometry) {
    struct cache_map_options options;
    options.cache_value_count_max =
        (uint64_t)geometry->set_count * layout_describe(geometry->layout)->ways;
    options.stash_value_count_max = geometry->stash_count_max;
    options.scope_value_count_max = geometry->scope_count_max;
    options.hash_seed = key_seed(geometry);
    return options;
}

size_t subject_size_of_arrays(const struct geometry *geometry) {
    struct subject_array arrays[SUBJECT_ARRAY_COUNT];
    return subject_arrays(instances[geometry->layout]->layout, geometry, arrays);
}

size_t subject_supplied_excess(const struct geometry *geometry) {
    static const size_t excesses[] = {0, 1, GUARD_SIZE,
                                      SIZE_MAX / 2 < UINT32_MAX ? SIZE_MAX / 2 : UINT32_MAX};
    const unsigned turn =
        (unsigned)geometry->layout + geometry->stash_count_max + geometry->scope_count_max;
    return excesses[turn % (sizeof excesses / sizeof excesses[0])];
}

size_t subject_memory_size(const struct subject *subject) {
    return subject->memory_size;
}

void subject_create(struct subject *subject, unsigned char *arena) {
    memset(subject, 0, sizeof *subject);
    assert((uintptr_t)arena % SUBJECT_ALIGNMENT_MAX == 0);
    subject->arena = arena;
    for (unsigned array = 0; array < GUARDED_COUNT; array += 1)
        CACHE_MAP_POISON(guard_behind((enum guarded)array), GUARD_SIZE);
}

static enum cache_map_status
subject_call_init(struct subject *subject, const struct cache_map_options *options, size_t size) {
    const struct cache_map_allocator allocator = {subject, subject_allocate, subject_deallocate};
    switch (subject->memory) {
    case SUBJECT_MEMORY_SUPPLIED:
        return subject->functions->init_in_memory(subject->map, options, subject->block,
                                                  size +
                                                      subject_supplied_excess(&subject->geometry));
    case SUBJECT_MEMORY_STANDARD: return subject->functions->init(subject->map, options, NULL);
    case SUBJECT_MEMORY_HOOK:
    case SUBJECT_MEMORY_COUNT: break;
    }
    return subject->functions->init(subject->map, options, &allocator);
}

/* A test's own door: hits and misses go on from near 2^32, which no stream would come to. What a map
 * without a cache does not count stays 0. */
void subject_start_uses(struct subject *subject) {
    /* Every typed map is a `struct cache_map` with a type around it. */
    struct cache_map *map = (struct cache_map *)(void *)subject->map;
    if (!subject->live || subject->geometry.uses == USES_ZERO || subject->geometry.set_count == 0)
        return;
    map->metrics.hits += USES_NEAR;
    map->metrics.misses += USES_NEAR;
}

enum outcome subject_init(struct subject *subject, const struct geometry *geometry,
                          enum subject_memory memory, uint8_t fill) {
    struct cache_map_options options = options_of_geometry(geometry);
    const struct cache_map_options given = options;
    size_t size = 0, alignment, before;
    enum cache_map_status status;
    assert(!subject->live);
    subject->fault.words = NULL;
    subject->held.value = NULL;
    memset(&subject->walk, 0, sizeof subject->walk);
    subject->functions = subject->unwatched = instances[geometry->layout];
    subject->geometry = *geometry;
    subject->fill = fill;
    subject->memory = memory;
    status = subject->functions->memory_size(&options, &size);
    if (status != CACHE_MAP_OK)
        return subject_outcome_of_status(status);
    subject->memory_size = size;
    alignment = subject->functions->memory_alignment();
    if (alignment < SUBJECT_ALIGNMENT_MIN || alignment > SUBJECT_ALIGNMENT_MAX)
        return OUTCOME_NONE; /* not what the contract says of memory_alignment */
    /* Aligned to just that and no more: who asks for too little gets too little. */
    before = alignment < SUBJECT_RED_ZONE_SIZE ? SUBJECT_RED_ZONE_SIZE + alignment : alignment;
    subject->block = subject->arena + before;
    assert(size + 3 * (size_t)SUBJECT_RED_ZONE_SIZE <= SUBJECT_ARENA_SIZE);
    CACHE_MAP_UNPOISON(subject->arena, size + 3 * (size_t)SUBJECT_RED_ZONE_SIZE);
    memset(subject->block, fill, size);
    SUBJECT_UNINITIALISED(subject->block, size);
    memset(subject->map, fill, sizeof subject->map);
    guard_fill(subject->block - GUARD_SIZE);
    guard_fill(subject->block + size);
    CACHE_MAP_POISON(subject->arena, before);
    CACHE_MAP_POISON(subject->block + size, SUBJECT_RED_ZONE_SIZE);
    subject->functions = subject_watched(subject->functions, geometry, subject->map,
                                         memory == SUBJECT_MEMORY_STANDARD ? NULL : subject->block);
    status = subject_call_init(subject, &options, size);
    if (memcmp(&options, &given, sizeof options) != 0)
        fault_note(&subject->fault, false, "init changed the options that it was given");
    subject->live = status == CACHE_MAP_OK;
    subject_start_uses(subject);
    return subject_outcome_of_status(status);
}

bool subject_deinit(struct subject *subject) {
    static const unsigned char zeros[SUBJECT_MAP_SIZE_MAX];
    bool readable = true;
    assert(subject->live);
    subject->functions->deinit(subject->map);
    subject->live = false;
    subject->held.value = NULL;
    if (!guard_holds(subject->block - GUARD_SIZE) ||
        !guard_holds(subject->block + subject->memory_size))
        fault_note(&subject->fault, false, "the map wrote beside the memory that it was given");
#if defined(CACHE_MAP_ASAN)
    /* The block of the standard allocator is gone, and its poison is the sanitizer's. */
    if (subject->memory != SUBJECT_MEMORY_STANDARD)
        readable = __asan_region_is_poisoned(subject->block, subject_memory_size(subject)) == NULL;
#endif
    return readable && memcmp(subject->map, zeros, subject->functions->map_size) == 0;
}

void subject_abandon(struct subject *subject) {
    (void)subject_excess(); /* of a map that is no more */
    subject->live = false;
    subject->held.value = NULL;
    subject->deallocation_count = subject->allocation_count;
}

unsigned char *subject_beside_block(struct subject *subject, size_t size, bool behind) {
    unsigned char *bytes = behind ? subject->block + subject->memory_size : subject->block - size;
    assert(size <= SUBJECT_RED_ZONE_SIZE);
    CACHE_MAP_UNPOISON(bytes, size);
    return bytes;
}

void subject_leave_block(struct subject *subject) {
    unsigned char *start = subject->block, *end = subject->block + subject->memory_size;
    CACHE_MAP_UNPOISON(start - GUARD_SIZE, GUARD_SIZE);
    CACHE_MAP_UNPOISON(end, GUARD_SIZE);
    guard_fill(start - GUARD_SIZE);
    guard_fill(end);
    CACHE_MAP_POISON(start - SUBJECT_RED_ZONE_SIZE, SUBJECT_RED_ZONE_SIZE);
    CACHE_MAP_POISON(end, SUBJECT_RED_ZONE_SIZE);
}

bool subject_balanced(const struct subject *subject) {
    const bool held = subject->live && subject->memory == SUBJECT_MEMORY_HOOK;
    return !subject->allocation_unbalanced &&
           subject->allocation_count == subject->deallocation_count + held;
}

/* Options that must be refused for the given reason, from good ones. */
static void options_spoil(struct cache_map_options *options, enum op_refusal refusal,
                          const struct cache_map_layout *layout) {
    const uint64_t ways = layout->ways;
    switch (refusal) {
    case REFUSAL_CACHE_NOT_SETS: options->cache_value_count_max += ways / 2; return;
    case REFUSAL_IN_MEMORY_STASH_NONE:
    case REFUSAL_STASH_NONE: options->stash_value_count_max = 0; return;
    case REFUSAL_STASH_LIMIT:
        options->stash_value_count_max = CACHE_MAP_STASH_VALUE_COUNT_LIMIT + 1;
        return;
    case REFUSAL_OVERFLOW_PRODUCT:
        /* The least that wraps: what is left of the product is small. */
        options->cache_value_count_max = (SIZE_MAX / layout->value_size / ways + 1) * ways;
        return;
    case REFUSAL_OVERFLOW_PADDING:
        /* The cache's values end less than an alignment below the end of the address space. */
        options->cache_value_count_max = SIZE_MAX / layout->value_size / ways * ways;
        options->stash_value_count_max = CACHE_MAP_STASH_VALUE_COUNT_LIMIT;
        return;
    case REFUSAL_OVERFLOW_SUM:
        options->cache_value_count_max = (SIZE_MAX - (1u << 16)) / layout->value_size / ways * ways;
        options->stash_value_count_max = CACHE_MAP_STASH_VALUE_COUNT_LIMIT;
        return;
    case REFUSAL_OUT_OF_MEMORY:
    case REFUSAL_IN_MEMORY_SMALL:
    case REFUSAL_COUNT: return;
    }
}

void subject_refused_capacities(const struct geometry *geometry, enum op_refusal refusal,
                                uint64_t capacities[3]) {
    struct cache_map_options options = options_of_geometry(geometry);
    options_spoil(&options, refusal, instances[geometry->layout]->layout);
    capacities[0] = options.cache_value_count_max;
    capacities[1] = options.stash_value_count_max;
    capacities[2] = options.scope_value_count_max;
}

enum outcome subject_init_refused(struct subject *subject, enum op_refusal refusal,
                                  bool *untouched) {
    const struct subject_functions *functions = subject->functions;
    const struct cache_map_allocator nothing = {NULL, subject_allocate_nothing, NULL};
    struct cache_map_options options = options_of_geometry(&subject->geometry), given;
    alignas(64) unsigned char map[SUBJECT_MAP_SIZE_MAX];
    enum cache_map_status status, size_status;
    size_t size = SUBJECT_SIZE_UNTOUCHED;
    options_spoil(&options, refusal, functions->layout);
    given = options;
    memset(map, 0x3c, sizeof map);
    size_status = functions->memory_size(&options, &size);
    if ((size_status == CACHE_MAP_OK) == (size == SUBJECT_SIZE_UNTOUCHED))
        fault_note(&subject->fault, false, "memory_size failed and wrote a size, or wrote none");
    /* The arena is the live map's: an init that is not refused there is found at once. */
    if (refusal == REFUSAL_IN_MEMORY_STASH_NONE || refusal == REFUSAL_IN_MEMORY_SMALL) {
        status = functions->init_in_memory(map, &options, subject->block,
                                           size_status == CACHE_MAP_OK ? size - 1 : 0);
    } else {
        status = functions->init(map, &options, &nothing);
    }
    if (memcmp(&options, &given, sizeof options) != 0)
        fault_note(&subject->fault, false,
                   "an init that failed changed the options that it was given");
    if (size_status != (status == CACHE_MAP_OUT_OF_MEMORY ? CACHE_MAP_OK : status))
        fault_note(&subject->fault, false,
                   "memory_size and init say different things of the options");
    *untouched = map[0] == 0x3c && memcmp(map, map + 1, sizeof map - 1) == 0;
    return subject_outcome_of_status(status);
}

/* ---- Ops. -------------------------------------------------------------------------------- */

const char *subject_library_version(void) {
    return CACHE_MAP_VERSION_STRING;
}

unsigned subject_batch_count_max(void) {
    return CACHE_MAP_BATCH_COUNT_MAX;
}

struct result subject_remove(struct subject *subject, unsigned key_id) {
    return subject_result_of_status(subject->functions->remove(subject->map, key_id));
}

struct result subject_has(struct subject *subject, unsigned key_id) {
    return result_of(subject->functions->has(subject->map, key_id) ? OUTCOME_YES : OUTCOME_NO);
}

struct result subject_demote(struct subject *subject, unsigned key_id) {
    subject->functions->demote(subject->map, key_id);
    return result_of(OUTCOME_OK);
}

#define STATUS_CALL(name) \
    struct result subject_##name(struct subject *subject) { \
        return subject_result_of_status(subject->functions->name(subject->map)); \
    }
#define NOTHING_CALL(name) \
    struct result subject_##name(struct subject *subject) { \
        subject->functions->name(subject->map); \
        return result_of(OUTCOME_OK); \
    }
SUBJECT_CALLS(STATUS_CALL, NOTHING_CALL)
#undef STATUS_CALL
#undef NOTHING_CALL

struct result subject_scope_close(struct subject *subject, bool discard) {
    return subject_result_of_status(subject->functions->scope_close(
        subject->map, discard ? CACHE_MAP_SCOPE_DISCARD : CACHE_MAP_SCOPE_PERSIST));
}

/* ---- Inspection. ------------------------------------------------------------------------- */

struct counts_state subject_counts(const struct subject *subject) {
    const struct cache_map_counts counts = subject->functions->counts(subject->map);
    const struct counts_state state = {
        .cache_value_count = counts.cache_value_count,
        .cache_value_count_max = counts.cache_value_count_max,
        .set_count = counts.set_count,
        .stash_count = counts.stash_count,
        .stash_count_max = counts.stash_count_max,
        .scope_count = counts.scope_count,
        .scope_count_max = counts.scope_count_max,
        .scope_open = counts.scope_open,
        .hits = counts.metrics.hits,
        .misses = counts.metrics.misses,
    };
    return state;
}

void subject_set(const struct subject *subject, uint32_t set, struct set_state *state) {
    subject->functions->set(subject->map, set, state);
}

bool subject_views_agree(const struct subject *subject) {
    for (uint32_t set = 0; set < subject->geometry.set_count; set += 1)
        if (!subject->functions->set_agrees(subject->map, set))
            return false;
    return true;
}

enum outcome subject_each(const struct subject *subject, struct subject_cursor *cursor,
                          struct value_state *content) {
    struct cache_map_cursor typed = {cursor->slot, cursor->entry};
    const void *value = NULL;
    const enum cache_map_status status = subject->functions->each(subject->map, &typed, &value);
    cursor->slot = typed.slot;
    cursor->entry = typed.entry;
    if (value == subject_untouched)
        return OUTCOME_NONE;
    if (value != NULL)
        *content = subject->functions->value_state(value);
    return (status != CACHE_MAP_ABSENT) == (value != NULL) ? subject_outcome_of_status(status)
                                                           : OUTCOME_NONE;
}

struct entry_state subject_entry(const struct subject *subject, uint32_t entry) {
    const struct cache_map_entry_view view = subject->functions->entry(subject->map, entry);
    const struct entry_state state = {subject->functions->value_state(view.value), view.tombstone};
    return state;
}

struct record_state subject_record(const struct subject *subject, uint32_t record) {
    const struct cache_map_record_view view = subject->functions->record(subject->map, record);
    struct record_state state = {
        .is_remove = view.is_remove,
        .evicts = view.evicts,
        .before = place_of_library(view.before),
        .slot = view.slot,
        .entry = view.entry,
        .has_overwritten = view.overwritten != NULL,
    };
    if (view.overwritten != NULL)
        state.overwritten = subject->functions->value_state(view.overwritten);
    return state;
}

struct place_state subject_place(const struct subject *subject, unsigned key_id) {
    const struct cache_map_place_view view = subject->functions->place(subject->map, key_id);
    struct place_state state = {
        .place = place_of_library(view.place),
        .set = (uint32_t)view.set,
        .way = (uint8_t)view.way,
        .count = (uint8_t)view.count,
        .entry = view.entry,
        .has_value = view.value != NULL,
    };
    if (view.value != NULL)
        state.content = subject->functions->value_state(view.value);
    return state;
}

const char *subject_check(const struct subject *subject) {
    const enum cache_map_invariant broken = subject->functions->check(subject->map);
    return broken == CACHE_MAP_INVARIANT_NONE ? NULL : cache_map_invariant_name(broken);
}

bool subject_is_fill(const struct subject *subject, uint64_t number, unsigned byte_count) {
    for (unsigned i = 0; i < byte_count; i += 1)
        if ((number >> (8 * i) & 0xff) != subject->fill)
            return false;
    return true;
}

#if defined(CACHE_MAP_ASAN)
/* Whether a value is poisoned from its first byte to its last, or readable so. */
static bool poison_is(const unsigned char *value, size_t size, bool poisoned) {
    if (!poisoned)
        return __asan_region_is_poisoned((void *)(uintptr_t)value, size) == NULL;
    return __asan_address_is_poisoned(value) != 0 &&
           __asan_address_is_poisoned(value + size / 2) != 0 &&
           __asan_address_is_poisoned(value + size - 1) != 0;
}
#endif

bool subject_free_slots_poisoned(const struct subject *subject) {
#if defined(CACHE_MAP_ASAN)
    /* Every typed map is a `struct cache_map` with a type around it. */
    const struct cache_map *map = (const struct cache_map *)(const void *)subject->map;
    const struct cache_map_layout *layout = subject->functions->layout;
    const uint64_t slot_count = map->cache.set_count * layout->ways;
    if (layout->value_size % 8 != 0)
        return true; /* shadow bytes stand for 8 bytes: neighbours share one */
    for (uint64_t slot = 0; slot < slot_count; slot += 1) {
        const unsigned char *value = map->cache.values + slot * layout->value_size;
        const bool is_free = cache_map_slot_count(layout, &map->cache, slot) == 0;
        if (!poison_is(value, layout->value_size, is_free))
            return false;
    }
    for (uint32_t record = 0; record < map->log.count_max; record += 1) {
        /* A record that keeps no value leaves its place poisoned. */
        const unsigned char *value = map->log.values + (size_t)record * layout->value_size;
        const bool kept =
            record < map->log.count && subject_record_keeps(layout, &map->log.records[record]);
        if (!poison_is(value, layout->value_size, !kept))
            return false;
    }
    for (uint32_t entry = 0; entry < map->stash.count_max; entry += 1) {
        const unsigned char *value = map->stash.values + (size_t)entry * layout->value_size;
        if (!poison_is(value, layout->value_size, entry >= map->stash.count))
            return false;
    }
#else
    (void)subject;
#endif
    return true;
}

/* ---- Digest. ----------------------------------------------------------------------------- */

static uint64_t digest_add(uint64_t digest, uint64_t number) {
    digest = (digest ^ number) * UINT64_C(0x9fb21c651e98df25);
    return digest ^ digest >> 32;
}

static uint64_t digest_add_value(uint64_t digest, struct value_state state) {
    return digest_add(digest,
                      (uint64_t)state.value << 32 | (uint64_t)state.key_id << 1 | state.intact);
}

static uint64_t digest_sets(const struct subject *subject, uint64_t digest, uint64_t set_count) {
    const unsigned ways = layout_describe(subject->geometry.layout)->ways;
    for (uint32_t set = 0; set < set_count; set += 1) {
        struct set_state state;
        subject_set(subject, set, &state);
        digest = digest_add(digest, state.hand);
        for (unsigned way = 0; way < ways; way += 1) {
            const struct slot_state slot = state.slots[way];
            digest = digest_add(digest, slot.count);
            if (slot.count != 0)
                digest = digest_add_value(digest_add(digest, slot.tag), slot.content);
        }
    }
    return digest;
}

static uint64_t digest_records(const struct subject *subject, uint64_t digest, uint64_t count) {
    for (uint32_t record = 0; record < count; record += 1) {
        const struct record_state state = subject_record(subject, record);
        digest = digest_add(digest, (uint64_t)state.is_remove << 8 | (uint64_t)state.evicts << 9 |
                                        (uint64_t)state.before);
        digest = digest_add(digest, state.slot);
        digest = digest_add(digest, state.entry);
        if (state.has_overwritten)
            digest = digest_add_value(digest, state.overwritten);
    }
    return digest;
}

uint64_t subject_digest(const struct subject *subject) {
    const struct counts_state counts = subject_counts(subject);
    uint64_t digest = digest_add(0, counts.cache_value_count);
    digest = digest_add(digest, counts.stash_count);
    digest = digest_add(digest, counts.scope_count << 1 | counts.scope_open);
    digest = digest_add(digest, counts.hits);
    digest = digest_add(digest, counts.misses);
    digest = digest_sets(subject, digest, counts.set_count);
    for (uint32_t entry = 0; entry < counts.stash_count; entry += 1) {
        const struct entry_state state = subject_entry(subject, entry);
        digest = digest_add_value(digest_add(digest, state.tombstone), state.content);
    }
    return digest_records(subject, digest, counts.scope_count);
}
