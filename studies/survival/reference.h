/* SPDX-License-Identifier: Apache-2.0 */
/* What the two baselines of `make survival` share: one map of a fixed layout, a model that is an
 * array indexed by id with an undo log, and the comparison of the two. It is as simple as what the
 * baselines stand for, on purpose: no policy model, no structure check, nothing examined but what
 * an op answers, and everything both ways at the end.
 *
 * Knows the library's public header alone, and nothing of harness/. */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each program says its own last words and ends. */
_Noreturn void reference_fail(const char *what);

/* A failed assertion of the library is a finding as any other. */
#define CACHE_MAP_ASSERT(condition) \
    ((condition) ? (void)0 : reference_fail("an assertion of the library failed: " #condition))

struct reference_value {
    uint64_t id;
    uint64_t number; /* upserts count up from 1 */
};

/* The layout that a user gets who asks for none: 16 ways, tags of 8 bits, counts of 2. */
#define CACHE_MAP_NAME          reference_map
#define CACHE_MAP_VALUE         struct reference_value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#include "cache_map.h"

enum { REFERENCE_ID_COUNT_MAX = 1 << 16, REFERENCE_SCOPE_COUNT_MAX = 1024 };

struct reference_entry {
    bool is_value;
    uint32_t compact_count; /* the model's, when the entry was written */
    uint64_t number;
};

struct reference_undo {
    uint32_t id;
    struct reference_entry before;
};

struct reference {
    struct reference_map map;
    struct cache_map_options options;
    int64_t allocation_count; /* less deallocations */
    uint32_t id_count;
    uint32_t compact_count;
    uint64_t mutation_count; /* since the last compact */
    uint64_t upsert_count;
    uint32_t undo_count;
    bool scope_open;
    struct reference_entry entries[REFERENCE_ID_COUNT_MAX];
    struct reference_undo undo[REFERENCE_SCOPE_COUNT_MAX];
};

static inline void reference_require(bool condition, const char *what) {
    if (!condition)
        reference_fail(what);
}

static inline void *reference_allocate(void *context, size_t size, size_t alignment) {
    struct reference *reference = (struct reference *)context;
    reference->allocation_count += 1;
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static inline void reference_deallocate(void *context, void *memory, size_t size,
                                        size_t alignment) {
    struct reference *reference = (struct reference *)context;
    (void)size;
    (void)alignment;
    reference->allocation_count -= 1;
    free(memory);
}

/* An empty map and an empty model of the ids 0 to id_count - 1. O(id_count). */
static inline void reference_open(struct reference *reference,
                                  const struct cache_map_options *options, uint32_t id_count) {
    const struct cache_map_allocator allocator = {reference, reference_allocate,
                                                  reference_deallocate};
    reference->options = *options;
    reference->allocation_count = 0;
    reference->id_count = id_count;
    reference->compact_count = 0;
    reference->mutation_count = 0;
    reference->upsert_count = 0;
    reference->undo_count = 0;
    reference->scope_open = false;
    memset(reference->entries, 0, id_count * sizeof reference->entries[0]);
    reference_require(reference_map_init(&reference->map, options, &allocator) == CACHE_MAP_OK,
                      "init fails");
}

/* ---- Mutations. ---------------------------------------------------------------------------- */

/* A mutation may be refused only where the contract allows it. False: it was, and changed nothing. */
static inline bool reference_has_room(const struct reference *reference,
                                      enum cache_map_status status) {
    reference_require(status != CACHE_MAP_STASH_FULL ||
                          reference->mutation_count >= reference->options.stash_value_count_max,
                      "stash full, although the guaranteed mutations are not spent");
    reference_require(status != CACHE_MAP_SCOPE_FULL ||
                          (reference->scope_open &&
                           reference->undo_count == reference->options.scope_value_count_max),
                      "scope full, although the scope is not");
    return status != CACHE_MAP_STASH_FULL && status != CACHE_MAP_SCOPE_FULL;
}

static inline void reference_write(struct reference *reference, uint32_t id, bool is_value,
                                   uint64_t number) {
    struct reference_entry *entry = &reference->entries[id];
    if (reference->scope_open) {
        struct reference_undo *undo = &reference->undo[reference->undo_count];
        reference_require(reference->undo_count < reference->options.scope_value_count_max,
                          "the scope took more mutations than it has room for");
        undo->id = id;
        undo->before = *entry;
        reference->undo_count += 1;
    }
    entry->is_value = is_value;
    entry->compact_count = reference->compact_count;
    entry->number = number;
    reference->mutation_count += 1;
}

static inline void reference_upsert(struct reference *reference, uint32_t id) {
    const struct reference_value value = {id, ++reference->upsert_count};
    if (reference_has_room(reference, reference_map_upsert(&reference->map, &value)))
        reference_write(reference, id, true, value.number);
}

static inline void reference_remove(struct reference *reference, uint32_t id) {
    const enum cache_map_status status = reference_map_remove(&reference->map, id);
    if (reference_has_room(reference, status) && status == CACHE_MAP_REMOVED)
        reference_write(reference, id, false, 0);
}

/* ---- Lookups. ------------------------------------------------------------------------------ */

/* What is found is the newest; what was written before the last compact may be missing. */
static inline void reference_get(struct reference *reference, uint32_t id) {
    const struct reference_entry *entry = &reference->entries[id];
    const struct reference_value *value = reference_map_get(&reference->map, id);
    if (value == NULL) {
        reference_require(!entry->is_value || entry->compact_count < reference->compact_count,
                          "a value is missing");
        return;
    }
    reference_require(entry->is_value, "a value is found that was removed or never written");
    reference_require(value->id == id && value->number == entry->number,
                      "a value that is found is not the newest");
}

/* ---- Scopes and compact. ------------------------------------------------------------------- */

/* Not while a scope is open. */
static inline void reference_compact(struct reference *reference) {
    reference_require(reference_map_compact(&reference->map) == CACHE_MAP_OK, "compact fails");
    reference->compact_count += 1;
    reference->mutation_count = 0;
}

/* Not while a scope is open. */
static inline void reference_scope_open(struct reference *reference) {
    reference_require(reference_map_scope_open(&reference->map) == CACHE_MAP_OK,
                      "scope open fails");
    reference->scope_open = true;
}

/* Only while a scope is open. */
static inline void reference_scope_close(struct reference *reference,
                                         enum cache_map_scope_mode mode) {
    reference_require(reference_map_scope_close(&reference->map, mode) == CACHE_MAP_OK,
                      "scope close fails");
    while (mode == CACHE_MAP_SCOPE_DISCARD && reference->undo_count > 0) {
        const struct reference_undo *undo = &reference->undo[reference->undo_count - 1];
        reference->entries[undo->id] = undo->before;
        reference->undo_count -= 1;
    }
    reference->undo_count = 0;
    reference->scope_open = false;
}

/* ---- The end. ------------------------------------------------------------------------------ */

static inline void reference_verify_value(const struct reference *reference,
                                          const struct reference_value *value) {
    const struct reference_entry *entry = &reference->entries[value->id % REFERENCE_ID_COUNT_MAX];
    reference_require(value->id < reference->id_count && entry->is_value &&
                          entry->number == value->number,
                      "the map holds a value that the model does not have");
}

/* Model to map, then map to model. O(ids + slots + stash). */
static inline void reference_verify(struct reference *reference) {
    const struct cache_map_counts counts = reference_map_inspect_counts(&reference->map);
    for (uint32_t id = 0; id < reference->id_count; id += 1)
        reference_get(reference, id);
    for (uint64_t slot = 0; slot < reference->options.cache_value_count_max; slot += 1) {
        const struct cache_map_slot_view view =
            reference_map_inspect_slot(&reference->map, slot / 16, (uint32_t)(slot % 16));
        if (view.value != NULL)
            reference_verify_value(reference, (const struct reference_value *)view.value);
    }
    for (uint32_t i = 0; i < counts.stash_count; i += 1) {
        const struct cache_map_entry_view view = reference_map_inspect_entry(&reference->map, i);
        if (!view.tombstone)
            reference_verify_value(reference, (const struct reference_value *)view.value);
    }
}

static inline void reference_close(struct reference *reference) {
    reference_map_deinit(&reference->map);
    reference_require(reference->allocation_count == 0, "memory was not given back");
}

#endif
