/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a live map that are overwritten and put back. For subject_damage.c alone, which chooses them.
 * Knows the library's poison, nothing of what the bytes mean. */
#ifndef HARNESS_SUBJECT_DAMAGE_BYTES_H
#define HARNESS_SUBJECT_DAMAGE_BYTES_H

#include "subject.h"
#include "subject_functions.h"

#include <assert.h>
#include <string.h>

enum { DAMAGE_PIECE_COUNT_MAX = 8 };

/* Bytes that were overwritten, to be put back. */
struct damage_piece {
    unsigned char *memory;
    size_t size, saved_at;
    bool was_poisoned;
};

struct damage {
    struct cache_map *map;
    const struct cache_map_layout *layout;
    uint32_t turn; /* chooses the place */
    uint32_t piece_count;
    size_t saved_size;
    struct damage_piece pieces[DAMAGE_PIECE_COUNT_MAX];
    unsigned char saved[4 * VALUE_SIZE_SMALL_MAX];
};

/* The old bytes are kept until damage_undo. For DAMAGE_PIECE_COUNT_MAX places that `saved` has room for. */
static inline void damage_overwrite(struct damage *damage, void *memory, const void *bytes,
                                    size_t size) {
    struct damage_piece *piece = &damage->pieces[damage->piece_count];
    assert(damage->piece_count < DAMAGE_PIECE_COUNT_MAX);
    assert(damage->saved_size + size <= sizeof damage->saved);
    piece->memory = (unsigned char *)memory;
    piece->size = size;
    piece->saved_at = damage->saved_size;
    piece->was_poisoned = false;
    memcpy(damage->saved + piece->saved_at, memory, size);
    memcpy(memory, bytes, size);
    damage->piece_count += 1;
    damage->saved_size += size;
}

/* As above, for the value of a free slot. False where its poison could not be restored exactly. */
static inline bool damage_overwrite_free(struct damage *damage, unsigned char *value,
                                         const void *bytes) {
    const size_t size = damage->layout->value_size;
#if defined(CACHE_MAP_ASAN)
    if (size % 8 != 0)
        return false; /* shadow bytes stand for 8 bytes: neighbours share one */
#endif
    CACHE_MAP_UNPOISON(value, size);
    damage_overwrite(damage, value, bytes, size);
    damage->pieces[damage->piece_count - 1].was_poisoned = true;
    return true;
}

/* All that was overwritten, the last first. */
static inline void damage_undo(struct damage *damage) {
    while (damage->piece_count > 0) {
        const struct damage_piece *piece = &damage->pieces[damage->piece_count - 1];
        memcpy(piece->memory, damage->saved + piece->saved_at, piece->size);
        if (piece->was_poisoned)
            CACHE_MAP_POISON(piece->memory, piece->size);
        damage->piece_count -= 1;
    }
    damage->saved_size = 0;
}

static inline void damage_number_64(struct damage *damage, uint64_t *number, uint64_t other) {
    damage_overwrite(damage, number, &other, sizeof other);
}

static inline void damage_number_32(struct damage *damage, uint32_t *number, uint32_t other) {
    damage_overwrite(damage, number, &other, sizeof other);
}

#endif
