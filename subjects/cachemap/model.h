/* SPDX-License-Identifier: Apache-2.0 */
/* The model: what a cache map promises, in the simplest form. An array indexed by key id, an undo
 * log, and the rule that compact forgets what the stash held. It knows keys, values and the
 * contract's sections 3 and 4, nothing of sets, ways or clocks (policy.h does). It shares no code
 * with the library, and is meant to be obviously right. */
#ifndef HARNESS_MODEL_H
#define HARNESS_MODEL_H

#include "geometry.h"
#include "op.h"

enum model_state { MODEL_ABSENT, MODEL_VALUE, MODEL_TOMBSTONE };

struct model_key {
    uint8_t state; /* enum model_state */
    uint32_t value;
};

struct model_undo {
    uint32_t key_id;
    struct model_key before;
};

/* A value that nothing can bring back any more: it was replaced, removed or forgotten, and no scope
 * keeps it. */
struct model_gone {
    uint32_t key_id;
    uint32_t value;
};

/* More than one call can take away: a call for many is followed by no other before it is looked at. */
enum { MODEL_GONE_COUNT_MAX = KEY_COUNT_MAX + SCOPE_COUNT_MAX + 64 };

struct model {
    uint32_t key_count;
    uint32_t scope_count_max;
    uint32_t stash_count_max;
    struct model_key keys[KEY_COUNT_MAX];
    bool scope_open;
    uint32_t undo_count;
    struct model_undo undo[SCOPE_COUNT_MAX];
    uint32_t mutation_count; /* since the last compact, discarded ones included: guarantee 7 */
    /* Since model_forget_gone. What a scope has replaced or removed may stand here twice. */
    uint32_t gone_count;
    struct model_gone gone[MODEL_GONE_COUNT_MAX];
};

/* The empty model of a geometry. */
void model_init(struct model *model, const struct geometry *geometry);

/* What a lookup of the key must give: FOUND and the value, TOMBSTONE or ABSENT. */
struct result model_lookup(const struct model *model, unsigned key_id);

/* What an op must answer if it is not refused for want of room in the stash, which only placement
 * decides. Changes nothing. `value` is the number that an upsert would store. */
struct result model_expect(const struct model *model, struct op op);

/* True when the contract forbids this op to fail with stash full: guarantee 7. */
bool model_guarantees_room(const struct model *model);

/* Carries out an op that succeeded. `value` as above. compact is model_compact's. */
void model_apply(struct model *model, struct op op, uint32_t value);

/* Compact forgets exactly the keys whose flag is set: those that were in the stash. */
void model_compact(struct model *model, const bool *in_stash);

/* The map is given back, with its open scope: all that it stored is gone, and it is empty. */
void model_drop(struct model *model);

/* Empties the list of values that are gone. */
void model_forget_gone(struct model *model);

#endif
