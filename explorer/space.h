/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded world that is explored: its fields, the ops that are tried in every state, and which of its
 * keys are alike. Knows nothing of a subject but what live.h has to say of a world. */
#ifndef EXPLORER_SPACE_H
#define EXPLORER_SPACE_H

#include "op.h"
#include "world.h"

enum { SPACE_KEY_COUNT_MAX = 12, SPACE_OP_COUNT_MAX = 160 };

struct space {
    struct world world;
    unsigned key_count; /* FIELD_KEYS of the world */
    /* Every op of the world; a key is its id. */
    struct op ops[SPACE_OP_COUNT_MAX];
    uint32_t op_count;
    /* Keys of one class are alike (live_keys_alike). A class is named by its smallest key. Without symmetry
     * each key is its own. */
    uint8_t class_of_key[SPACE_KEY_COUNT_MAX];
    /* What free places are made to hold: nothing, or (as it is made) what would harm most. */
    bool is_tame;
};

/* The world that `fields` names (EXPLORE_WORLD; docs/input-format.md) with the ops named by `ops`: words of
 * the op table separated by commas; "all"; or null for all but EXPLORE_LEAVES_OUT. An op with fields has
 * those of the world. False, and a sentence in `error` (of `error_size`
 * bytes), for fields that are wrong or a world that is too large to be encoded. */
bool space_make(struct space *space, const char *fields, const char *ops, bool symmetry,
                char *error, size_t error_size);

/* Of how many orders of the keys one is explored: the product of the factorials of the classes' sizes. */
uint32_t space_symmetry(const struct space *space);

#endif
