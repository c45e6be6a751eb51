/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded world that is explored: a geometry, the ops that are tried in every state, and which of its
 * keys are alike. Knows hashes as the contract defines their use (sections 5 and 6), neither the map nor
 * the models. */
#ifndef EXPLORER_WORLD_H
#define EXPLORER_WORLD_H

#include "geometry.h"
#include "op.h"

enum { SPACE_KEY_COUNT_MAX = 12, SPACE_OP_COUNT_MAX = 160 };

struct space {
    struct world world;
    struct geometry geometry; /* what it means */
    /* Every op of the world; a key is its id. */
    struct op ops[SPACE_OP_COUNT_MAX];
    uint32_t op_count;
    /* Two keys of one class can change places in any state, and nothing that a map does tells: they have
     * one set, one home bucket, and equal tags and fragments with the same other keys. A class is named by
     * its smallest key. Without symmetry each key is its own. */
    uint8_t class_of_key[SPACE_KEY_COUNT_MAX];
    uint8_t set_of_key[SPACE_KEY_COUNT_MAX]; /* 0 without a cache */
    /* What free places of a map are made to hold: nothing, or (as it is made) what would harm most. */
    bool is_tame;
};

/* The world of the geometry that `fields` names ("sets=1 ways=2 ..."; docs/input-format.md) with the ops
 * named by `ops`: words of the op table separated by commas; "all"; or null for all but init_refused. A
 * reinit is to the same layout. False, and a sentence in `error` (of `error_size`
 * bytes), for fields that are wrong or a world that is too large to be encoded. */
bool space_make(struct space *space, const char *fields, const char *ops, bool symmetry,
                char *error, size_t error_size);

/* Of how many orders of the keys one is explored: the product of the factorials of the classes' sizes. */
uint32_t space_symmetry(const struct space *space);

#endif
