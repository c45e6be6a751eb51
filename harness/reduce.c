/* SPDX-License-Identifier: Apache-2.0 */
/* The reducer behind reduce.h. Each pass makes candidates from the best stream so far and keeps those
 * that fail in the same way. Read `reduce_stream` first. */
#include "reduce.h"

#include <assert.h>
#include <string.h>

struct reducer {
    struct stream *best;
    struct stream candidate;
    const struct reduce_options *options;
    uint32_t try_count;
    bool stopped;
};

/* ---- Tries. ------------------------------------------------------------------------------ */

static void stream_copy(struct stream *to, const struct stream *from) {
    to->geometry = from->geometry;
    to->op_count = from->op_count;
    memcpy(to->ops, from->ops, from->op_count * sizeof from->ops[0]);
}

/* Makes the candidate the best if it fails in the same way. */
static bool reducer_try(struct reducer *reducer) {
    const struct reduce_options *options = reducer->options;
    if (!reducer->stopped && options->stop != NULL)
        reducer->stopped =
            options->stop(reducer->try_count, reducer->best->op_count, options->context);
    if (reducer->stopped)
        return false;
    reducer->try_count += 1;
    if (!options->fails(&reducer->candidate, options->context))
        return false;
    stream_copy(reducer->best, &reducer->candidate);
    return true;
}

static void candidate_fresh(struct reducer *reducer) {
    stream_copy(&reducer->candidate, reducer->best);
}

static void candidate_remove(struct reducer *reducer, uint32_t start, uint32_t end) {
    struct stream *candidate = &reducer->candidate;
    assert(start <= end && end <= candidate->op_count);
    memmove(&candidate->ops[start], &candidate->ops[end],
            (candidate->op_count - end) * sizeof candidate->ops[0]);
    candidate->op_count -= end - start;
}

/* ---- Ops. -------------------------------------------------------------------------------- */

/* Ranges from the whole down to one op, each size from the end: what follows the failure goes first. */
static bool reduce_ranges(struct reducer *reducer) {
    bool changed = false;
    for (uint32_t size = reducer->best->op_count; size > 0; size /= 2) {
        uint32_t end = reducer->best->op_count;
        while (end > 0 && !reducer->stopped) {
            const uint32_t start = end > size ? end - size : 0;
            candidate_fresh(reducer);
            candidate_remove(reducer, start, end);
            changed |= reducer_try(reducer);
            end = start;
        }
    }
    return changed;
}

/* The op that closes the scope opened at `open`, or the op count. */
static uint32_t scope_end(const struct stream *stream, uint32_t open) {
    uint32_t at = open + 1;
    while (at < stream->op_count && stream->ops[at].kind != OP_SCOPE_PERSIST &&
           stream->ops[at].kind != OP_SCOPE_DISCARD)
        at += 1;
    return at;
}

/* A scope's open and close go together: alone each leaves the other to fail. First with what is in
 * between, then without. */
static bool reduce_pairs(struct reducer *reducer) {
    bool changed = false;
    for (uint32_t open = 0; open < reducer->best->op_count && !reducer->stopped; open += 1) {
        uint32_t close;
        if (reducer->best->ops[open].kind != OP_SCOPE_OPEN)
            continue;
        close = scope_end(reducer->best, open);
        if (close == reducer->best->op_count)
            continue;
        candidate_fresh(reducer);
        candidate_remove(reducer, open, close + 1);
        if (reducer_try(reducer)) {
            changed = true;
            continue;
        }
        candidate_fresh(reducer);
        candidate_remove(reducer, close, close + 1);
        candidate_remove(reducer, open, open + 1);
        changed |= reducer_try(reducer);
    }
    return changed;
}

/* An op that is simpler to read, where it does as well. */
static bool reduce_kinds(struct reducer *reducer) {
    static const struct {
        enum op_kind from, to;
    } simpler[] = {{OP_REWRITE, OP_UPSERT},
                   {OP_UPSERT_MANY, OP_UPSERT},
                   {OP_GET_MANY, OP_GET},
                   {OP_GET, OP_LOOKUP},
                   {OP_HAS, OP_LOOKUP}};
    bool changed = false;
    for (uint32_t i = 0; i < reducer->best->op_count; i += 1)
        for (size_t s = 0; s < sizeof simpler / sizeof simpler[0]; s += 1) {
            if (reducer->best->ops[i].kind != simpler[s].from)
                continue;
            candidate_fresh(reducer);
            reducer->candidate.ops[i].kind = (uint8_t)simpler[s].to;
            changed |= reducer_try(reducer);
        }
    return changed;
}

/* ---- Geometry. --------------------------------------------------------------------------- */

/* Tries the numbers of a table that are below the present one, smallest first. `field` is in the
 * candidate. */
static bool reduce_number(struct reducer *reducer, uint16_t *field, struct number_table table,
                          uint16_t least) {
    const uint16_t now = *field;
    for (uint16_t number = least; number < now; number += 1) {
        if (number_table_find(table, number) < 0)
            continue;
        *field = number;
        if (reducer_try(reducer))
            return true;
    }
    *field = now;
    return false;
}

static bool reduce_byte(struct reducer *reducer, uint8_t *field) {
    const uint8_t now = *field;
    for (uint8_t number = 0; number < now; number += 1) {
        *field = number;
        if (reducer_try(reducer))
            return true;
    }
    *field = now;
    return false;
}

/* Each field alone. The tables of the codec hold small numbers of everything, and the first numbers of
 * the modes and of the layouts are the plain ones. */
static bool reduce_geometry(struct reducer *reducer) {
    struct geometry *geometry = &reducer->candidate.geometry;
    bool changed = false;
    candidate_fresh(reducer);
    changed |= reduce_byte(reducer, &geometry->run);
    if (geometry->read != READ_END) {
        const uint8_t read = geometry->read;
        geometry->read = READ_END; /* nothing between the ops but the ops */
        if (reducer_try(reducer))
            changed = true;
        else
            geometry->read = read;
    }
    changed |= reduce_number(reducer, &geometry->set_count, geometry_set_counts(), 0);
    changed |= reduce_byte(reducer, &geometry->layout);
    changed |= reduce_byte(reducer, &geometry->hash);
    changed |= reduce_number(reducer, &geometry->stash_count_max, geometry_stash_counts(), 1);
    changed |= reduce_number(reducer, &geometry->scope_count_max, geometry_scope_counts(), 0);
    changed |= reduce_number(reducer, &geometry->key_count, geometry_key_counts(),
                             stream_key_count(&reducer->candidate));
    return changed;
}

/* Operands that are no keys: the layout of a reinit, the reason of a refusal. */
static bool reduce_operands(struct reducer *reducer) {
    bool changed = false;
    for (uint32_t i = 0; i < reducer->best->op_count && !reducer->stopped; i += 1) {
        const enum op_operand operand =
            op_describe((enum op_kind)reducer->best->ops[i].kind)->operand;
        candidate_fresh(reducer);
        if (operand == OPERAND_LAYOUT || operand == OPERAND_REFUSAL)
            changed |= reduce_byte(reducer, &reducer->candidate.ops[i].operand);
    }
    return changed;
}

/* ---- Keys. ------------------------------------------------------------------------------- */

static void candidate_rename(struct reducer *reducer, const uint8_t *names) {
    struct stream *candidate = &reducer->candidate;
    for (uint32_t i = 0; i < candidate->op_count; i += 1)
        if (op_describe((enum op_kind)candidate->ops[i].kind)->operand == OPERAND_KEY)
            candidate->ops[i].operand = names[candidate->ops[i].operand];
}

/* The keys of the best stream in the order of their first use. Returns their number. */
static unsigned keys_used(const struct stream *stream, uint8_t *keys) {
    bool seen[KEY_COUNT_MAX] = {false};
    unsigned count = 0;
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        if (op_describe((enum op_kind)op.kind)->operand != OPERAND_KEY || seen[op.operand])
            continue;
        seen[op.operand] = true;
        keys[count] = op.operand;
        count += 1;
    }
    return count;
}

/* Renaming moves keys between sets and tags, so it is tried: first all at once to 0, 1, 2, ... in the
 * order of first use; else each key to a smaller one that is free, or to one that is there already. */
static bool reduce_keys(struct reducer *reducer) {
    uint8_t keys[KEY_COUNT_MAX], names[KEY_COUNT_MAX];
    const unsigned count = keys_used(reducer->best, keys);
    bool changed = false, canonical = true;
    for (unsigned i = 0; i < KEY_COUNT_MAX; i += 1)
        names[i] = (uint8_t)i;
    for (unsigned i = 0; i < count; i += 1) {
        canonical = canonical && keys[i] == i;
        names[keys[i]] = (uint8_t)i;
    }
    if (canonical)
        return false;
    candidate_fresh(reducer);
    candidate_rename(reducer, names);
    if (reducer_try(reducer))
        return true;
    for (unsigned i = 0; i < count && !reducer->stopped; i += 1)
        for (unsigned name = 0; name < keys[i]; name += 1) {
            for (unsigned id = 0; id < KEY_COUNT_MAX; id += 1)
                names[id] = (uint8_t)id;
            names[keys[i]] = (uint8_t)name;
            candidate_fresh(reducer);
            candidate_rename(reducer, names);
            if (reducer_try(reducer)) {
                changed = true;
                break;
            }
        }
    return changed;
}

/* ---- The whole. -------------------------------------------------------------------------- */

struct reduce_result reduce_stream(struct stream *stream, const struct reduce_options *options) {
    static struct reducer reducer;
    struct reduce_result result;
    bool changed = true;
    reducer.best = stream;
    reducer.options = options;
    reducer.try_count = 0;
    reducer.stopped = false;
    while (changed && !reducer.stopped) {
        changed = reduce_ranges(&reducer);
        changed |= reduce_pairs(&reducer);
        changed |= reduce_geometry(&reducer);
        changed |= reduce_keys(&reducer);
        changed |= reduce_operands(&reducer);
        changed |= reduce_kinds(&reducer);
    }
    result.try_count = reducer.try_count;
    result.minimal = !reducer.stopped;
    return result;
}
