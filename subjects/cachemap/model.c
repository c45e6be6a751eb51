/* SPDX-License-Identifier: Apache-2.0 */
/* The model behind model.h. */
#include "model.h"

#include <assert.h>
#include <string.h>

void model_init(struct model *model, const struct geometry *geometry) {
    memset(model->keys, 0, geometry->key_count * sizeof model->keys[0]);
    model->scope_open = false;
    model->undo_count = 0;
    model->mutation_count = 0;
    model->gone_count = 0;
    model->key_count = geometry->key_count;
    model->scope_count_max = geometry->scope_count_max;
    model->stash_count_max = geometry->stash_count_max;
}

struct result model_lookup(const struct model *model, unsigned key_id) {
    const struct model_key *key = &model->keys[key_id];
    const struct result found = {OUTCOME_FOUND, key->value};
    assert(key_id < model->key_count);
    switch ((enum model_state)key->state) {
    case MODEL_VALUE: return found;
    case MODEL_TOMBSTONE: return result_of(OUTCOME_TOMBSTONE);
    case MODEL_ABSENT: break;
    }
    return result_of(OUTCOME_ABSENT);
}

static bool model_scope_full(const struct model *model) {
    return model->scope_open && model->undo_count == model->scope_count_max;
}

static struct result model_expect_mutation(const struct model *model, struct op op) {
    const enum model_state state = (enum model_state)model->keys[op_key(op)].state;
    if (!op_is(op, TRAIT_STORES) && state != MODEL_VALUE)
        return result_of(OUTCOME_ABSENT); /* nothing to remove, nothing to write again */
    if (model_scope_full(model))
        return result_of(OUTCOME_SCOPE_FULL);
    if (op.kind == OP_REMOVE)
        return result_of(OUTCOME_REMOVED);
    switch (state) {
    case MODEL_VALUE: return result_of(OUTCOME_UPDATED);
    case MODEL_TOMBSTONE: return result_of(OUTCOME_REVIVED);
    case MODEL_ABSENT: break;
    }
    return result_of(OUTCOME_INSERTED);
}

static const enum outcome refusal_outcomes[REFUSAL_COUNT] = {
#define REFUSAL_OUTCOME(name, word, outcome) OUTCOME_##outcome,
    OPERAND_WORD_TABLE(REFUSAL_OUTCOME)
#undef REFUSAL_OUTCOME
};

struct result model_expect(const struct model *model, struct op op) {
    const bool open = model->scope_open;
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT:
    case OP_UPSERT_MANY:
    case OP_REWRITE:
    case OP_REMOVE: return model_expect_mutation(model, op);
    case OP_LOOKUP: return model_lookup(model, op_key(op));
    case OP_GET:
    case OP_GET_MANY:
    case OP_WRITE:
        if (model_lookup(model, op_key(op)).outcome == OUTCOME_FOUND)
            return model_lookup(model, op_key(op));
        return result_of(OUTCOME_NOTHING);
    case OP_HAS:
        return result_of(model_lookup(model, op_key(op)).outcome == OUTCOME_FOUND ? OUTCOME_YES
                                                                                  : OUTCOME_NO);
    case OP_SCOPE_OPEN:
    case OP_COMPACT:
    case OP_RESET: return result_of(open ? OUTCOME_SCOPE_ALREADY_OPEN : OUTCOME_OK);
    case OP_SCOPE_PERSIST:
    case OP_SCOPE_DISCARD: return result_of(open ? OUTCOME_OK : OUTCOME_SCOPE_NOT_OPEN);
    case OP_INIT_REFUSED: return result_of(refusal_outcomes[op.operand]);
    case OP_DEMOTE:
    case OP_REINIT:
    case OP_INSPECT: return result_of(OUTCOME_OK);
    case OP_UPSERT_RANGE: /* its single ops are expected, one by one */
    case OP_REMOVE_RANGE:
    case OP_GET_RANGE:
    case OP_KIND_COUNT: break;
    }
    assert(false && "no such op");
    return result_of(OUTCOME_NONE);
}

bool model_guarantees_room(const struct model *model) {
    return model->mutation_count < model->stash_count_max;
}

static void model_note_gone(struct model *model, unsigned key_id, struct model_key key) {
    struct model_gone *gone = &model->gone[model->gone_count];
    if (key.state != MODEL_VALUE)
        return;
    assert(model->gone_count < MODEL_GONE_COUNT_MAX);
    gone->key_id = key_id;
    gone->value = key.value;
    model->gone_count += 1;
}

/* Whether the key has just this value now: then it was stored again, and is not gone. */
static bool model_has(const struct model *model, unsigned key_id, struct model_key key) {
    return model->keys[key_id].state == key.state && model->keys[key_id].value == key.value;
}

void model_forget_gone(struct model *model) {
    model->gone_count = 0;
}

static void model_mutate(struct model *model, unsigned key_id, struct model_key after) {
    struct model_key *key = &model->keys[key_id];
    const struct model_key before = *key;
    if (model->scope_open) {
        struct model_undo *undo = &model->undo[model->undo_count];
        assert(model->undo_count < model->scope_count_max);
        undo->key_id = key_id;
        undo->before = before;
        model->undo_count += 1;
    }
    *key = after;
    if (!model->scope_open && !model_has(model, key_id, before))
        model_note_gone(model, key_id, before);
    model->mutation_count += 1;
}

/* What the scope has replaced or removed: nothing can bring it back once its log is dropped. */
static void model_note_undo_gone(struct model *model) {
    for (uint32_t i = 0; i < model->undo_count; i += 1)
        if (!model_has(model, model->undo[i].key_id, model->undo[i].before))
            model_note_gone(model, model->undo[i].key_id, model->undo[i].before);
}

static void model_close(struct model *model, bool discard) {
    assert(model->scope_open);
    while (discard && model->undo_count > 0) {
        const struct model_undo *undo = &model->undo[model->undo_count - 1];
        if (!model_has(model, undo->key_id, undo->before))
            model_note_gone(model, undo->key_id, model->keys[undo->key_id]);
        model->keys[undo->key_id] = undo->before;
        model->undo_count -= 1;
    }
    model_note_undo_gone(model);
    model->undo_count = 0;
    model->scope_open = false;
}

void model_drop(struct model *model) {
    model_note_undo_gone(model);
    for (unsigned key_id = 0; key_id < model->key_count; key_id += 1)
        model_note_gone(model, key_id, model->keys[key_id]);
    memset(model->keys, 0, model->key_count * sizeof model->keys[0]);
    model->scope_open = false;
    model->undo_count = 0;
    model->mutation_count = 0;
}

void model_apply(struct model *model, struct op op, uint32_t value) {
    const struct model_key stored = {MODEL_VALUE, value};
    const struct model_key tombstone = {MODEL_TOMBSTONE, 0};
    switch ((enum op_kind)op.kind) {
    case OP_UPSERT:
    case OP_UPSERT_MANY: model_mutate(model, op_key(op), stored); return;
    case OP_REWRITE: model_mutate(model, op_key(op), model->keys[op_key(op)]); return;
    case OP_REMOVE: model_mutate(model, op_key(op), tombstone); return;
    case OP_WRITE:
        /* The user's own change: no mutation, and no value is gone. */
        if (!model->scope_open && model->keys[op_key(op)].state == MODEL_VALUE)
            model->keys[op_key(op)].value = value;
        return;
    case OP_SCOPE_OPEN: model->scope_open = true; return;
    case OP_SCOPE_PERSIST: model_close(model, false); return;
    case OP_SCOPE_DISCARD: model_close(model, true); return;
    case OP_RESET:
    case OP_REINIT: model_drop(model); return;
    case OP_GET:
    case OP_GET_MANY:
    case OP_LOOKUP:
    case OP_HAS:
    case OP_DEMOTE:
    case OP_COMPACT:
    case OP_INIT_REFUSED:
    case OP_INSPECT: return;
    case OP_UPSERT_RANGE: /* its single ops are applied */
    case OP_REMOVE_RANGE:
    case OP_GET_RANGE:
    case OP_KIND_COUNT: break;
    }
    assert(false && "no such op");
}

void model_compact(struct model *model, const bool *in_stash) {
    assert(!model->scope_open);
    for (unsigned key_id = 0; key_id < model->key_count; key_id += 1)
        if (in_stash[key_id]) {
            model_note_gone(model, key_id, model->keys[key_id]);
            model->keys[key_id].state = MODEL_ABSENT;
        }
    model->mutation_count = 0;
}
