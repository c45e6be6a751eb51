/* SPDX-License-Identifier: Apache-2.0 */
/* The table of functions through which subject.c calls one instance of the library. Only
 * subject*.c and the instances include this. */
#ifndef HARNESS_SUBJECT_FUNCTIONS_H
#define HARNESS_SUBJECT_FUNCTIONS_H

/* The library's assertions reach the harness: in tools a failed one is a verdict, not an abort. The
 * coverage build takes them out on its command line, since their failing side must never run; NDEBUG
 * leaves them to the library, which has none then (make/ways.mk). */
#if !defined(CACHE_MAP_ASSERT) && !defined(NDEBUG)
#    define SUBJECT_HEARS_ASSERTIONS 1
#    define CACHE_MAP_ASSERT(condition) \
        ((condition) ? (void)0 : subject_assertion_failed(#condition, __FILE__, __LINE__, __func__))
#endif
/* One copy of each body for all layouts: they compile in a sixth of the time, and under coverage a branch
 * counts once, not 48 times. With CACHEMAP_FOLDED every body is folded into each layout, as users get it
 * (cells of scripts/matrix.sh, build/bench-plain). */
#if !defined(CACHE_MAP_INLINE) && !defined(CACHEMAP_FOLDED)
#    define CACHE_MAP_INLINE static inline
#endif
/* A call for many of a few keys crosses the ends of batches. LAYOUT_DEFAULT has the library's own. */
#ifndef SUBJECT_BATCH_IS_DEFAULT
#    define CACHE_MAP_BATCH_COUNT_MAX 4u
#endif
/* The instances may be C++ (make/ways.mk); what is around them is C. */
#ifdef __cplusplus
extern "C" {
#endif
#include "key.h"
#include "subject_told.h"
#include "subject_view.h"
#ifdef __cplusplus
}
#endif

#include "cache_map.h"

#include <string.h>

typedef enum cache_map_status subject_status_call(void *map);
typedef void subject_call(void *map);

struct subject_functions {
    const struct cache_map_layout *layout;
    size_t map_size, key_size;
    size_t (*memory_alignment)(void);
    enum cache_map_status (*memory_size)(const struct cache_map_options *options, size_t *size);
    enum cache_map_status (*init)(void *map, const struct cache_map_options *options,
                                  const struct cache_map_allocator *allocator);
    enum cache_map_status (*init_in_memory)(void *map, const struct cache_map_options *options,
                                            void *memory, size_t size);
    void (*deinit)(void *map);
    /* `value` is a value of the instance's type: one that make_value made, or one in the map. */
    enum cache_map_status (*upsert)(void *map, const void *value);
    void (*make_value)(void *value, unsigned key_id, uint32_t number);
    void (*write_content)(void *value, uint32_t number); /* beside the key */
    /* `values` are of the instance's type, one behind the other. */
    size_t (*upsert_many)(void *map, const void *values, size_t value_count,
                          enum cache_map_status *statuses);
    enum cache_map_status (*remove)(void *map, unsigned key_id);
    const void *(*get)(void *map, unsigned key_id);
    /* `keys` and `found` have room for so many, or are null: the arrays that the library gets. In *keys_kept
     * whether the keys in it are still those. */
    size_t (*get_many)(void *map, const unsigned *key_ids, size_t key_count, void *keys,
                       void *found, const void **values, bool *keys_kept);
    void (*prefetch)(const void *map, unsigned key_id);
    /* The pointer is subject_untouched where the library leaves it as it was. */
    enum cache_map_status (*lookup)(void *map, unsigned key_id, const void **value);
    bool (*has)(void *map, unsigned key_id);
    void (*demote)(void *map, unsigned key_id);
#define STATUS_MEMBER(name)  subject_status_call *name;
#define NOTHING_MEMBER(name) subject_call *name;
    SUBJECT_CALLS(STATUS_MEMBER, NOTHING_MEMBER)
#undef STATUS_MEMBER
#undef NOTHING_MEMBER
    enum cache_map_status (*scope_close)(void *map, enum cache_map_scope_mode mode);
    struct cache_map_counts (*counts)(const void *map);
    void (*set)(const void *map, uint32_t set, struct set_state *state);
    bool (*set_agrees)(const void *map, uint32_t set);
    struct cache_map_slot_view (*slot)(const void *map, uint64_t set, uint32_t way);
    enum cache_map_status (*each)(const void *map, struct cache_map_cursor *cursor,
                                  const void **value);
    struct cache_map_entry_view (*entry)(const void *map, uint32_t entry);
    struct cache_map_record_view (*record)(const void *map, uint32_t record);
    struct cache_map_place_view (*place)(const void *map, unsigned key_id);
    enum cache_map_invariant (*check)(const void *map);
    struct value_state (*value_state)(const void *value);
};

/* What a pointer points to before the library is to write it. */
extern unsigned char subject_untouched[];

/* One table a layout, in the order of LAYOUT_TABLE; then those of LAYOUT_PAGE and LAYOUT_DEFAULT. */
#define SUBJECT_DECLARE(number, value) \
    extern const struct subject_functions subject_functions_##number;
LAYOUT_TABLE(SUBJECT_DECLARE)
SUBJECT_DECLARE(48, LAYOUT_PAGE_SIZE)
SUBJECT_DECLARE(49, LAYOUT_DEFAULT_SIZE)
#undef SUBJECT_DECLARE

/* Whether the record keeps a value in a map of this layout: one that a discard puts back, or one that a
 * remove has taken and persist will tell to be gone. */
static inline bool subject_record_keeps(const struct cache_map_layout *layout,
                                        const struct cache_map_record *record) {
    return cache_map_record_has_value(record) ||
           (layout->value_gone != NULL && record->is_remove != 0);
}

/* The user's hash: the low half of the options' seed carries the hash mode. With another high half than it
 * was given the map hashes otherwise. */
static inline uint64_t subject_hash(uint64_t key_number_low, uint64_t seed) {
    const uint64_t hash = key_hash(key_id_of_number(key_number_low), seed & UINT32_MAX);
    return (seed & ~(uint64_t)UINT32_MAX) == KEY_SEED_HIGH ? hash : ~hash;
}

/* Large contents are copies of their first bytes, so many: a multiple of 4. */
enum { SUBJECT_CONTENT_PIECE = 256 };

/* The bytes beside the key: the value's number, little endian, over and over; so that a value which
 * was copied in part is told from a whole one. */
static inline void subject_content_fill(unsigned char *content, size_t size, uint32_t value) {
    const unsigned char bytes[4] = {(unsigned char)value, (unsigned char)(value >> 8),
                                    (unsigned char)(value >> 16), (unsigned char)(value >> 24)};
    size_t done = size < SUBJECT_CONTENT_PIECE ? size : (size_t)SUBJECT_CONTENT_PIECE;
    for (size_t i = 0; i < done; i += 1)
        content[i] = bytes[i % 4];
    for (; done < size; done += done < size - done ? done : size - done)
        memcpy(content + done, content, done < size - done ? done : size - done);
}

static inline uint32_t subject_content_value(const unsigned char *content, size_t size) {
    uint32_t value = 0;
    for (size_t i = 0; i < size && i < 4; i += 1)
        value |= (uint32_t)content[i] << (8 * i);
    return value;
}

static inline bool subject_content_intact(const unsigned char *content, size_t size) {
    /* Periodic in 4 bytes. */
    return size <= 4 || memcmp(content, content + 4, size - 4) == 0;
}

#endif
