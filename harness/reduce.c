/* SPDX-License-Identifier: Apache-2.0 */
/* The reducer behind reduce.h. Each pass makes candidates from the best stream so far and keeps those
 * that fail in the same way. Read `reduce_stream` first. */
#include "reduce.h"

#include "codec.h"

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
    to->world = from->world;
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
    (void)world_settle(&reducer->candidate.world);
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

/* The op that closes what `open` opened, or the op count. */
static uint32_t wrap_end(const struct stream *stream, uint32_t open, const struct op_wrap *wrap) {
    uint32_t at = open + 1;
    while (at < stream->op_count && stream->ops[at].kind != wrap->closes &&
           stream->ops[at].kind != wrap->closes_otherwise)
        at += 1;
    return at;
}

/* Two ops that go together: alone each leaves the other to fail. First with what is in between, then
 * without. */
static bool reduce_wrap(struct reducer *reducer, const struct op_wrap *wrap) {
    bool changed = false;
    for (uint32_t open = 0; open < reducer->best->op_count && !reducer->stopped; open += 1) {
        uint32_t close;
        if (reducer->best->ops[open].kind != wrap->opens)
            continue;
        close = wrap_end(reducer->best, open, wrap);
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

static bool reduce_wraps(struct reducer *reducer) {
    bool changed = false;
    for (size_t i = 0; i != OP_WRAP_COUNT; i += 1)
        changed |= reduce_wrap(reducer, &op_wraps[i]);
    return changed;
}

/* An op that is simpler to read, where it does as well. */
static bool reduce_kinds(struct reducer *reducer) {
    static const struct {
        enum op_kind from, to;
    } simpler[] = {
#define SIMPLER_ROW(from, to) {OP_##from, OP_##to},
        SIMPLER_TABLE(SIMPLER_ROW)
#undef SIMPLER_ROW
            {OP_KIND_COUNT, OP_KIND_COUNT}};
    bool changed = false;
    for (uint32_t i = 0; i < reducer->best->op_count; i += 1)
        for (size_t s = 0; s + 1 < sizeof simpler / sizeof simpler[0]; s += 1) {
            if (reducer->best->ops[i].kind != simpler[s].from)
                continue;
            candidate_fresh(reducer);
            reducer->candidate.ops[i].kind = (uint8_t)simpler[s].to;
            changed |= reducer_try(reducer);
        }
    return changed;
}

/* ---- The world. -------------------------------------------------------------------------- */

static bool has_turn(unsigned field, unsigned turn) {
    return field_describe(field)->reduce_turn == turn;
}

/* Several fields of one turn are one number of their indexes, the first being the highest digit. */
static unsigned indexes_get(const struct world *world, unsigned turn) {
    unsigned number = 0;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (has_turn(field, turn))
            number = number * field_describe(field)->count_all +
                     (unsigned)field_index(field, world->numbers[field]);
    return number;
}

static void indexes_set(struct world *world, unsigned turn, unsigned number) {
    for (unsigned field = FIELD_COUNT; field > 0; field -= 1)
        if (has_turn(field - 1, turn)) {
            const unsigned count = field_describe(field - 1)->count_all;
            world->numbers[field - 1] = field_number(field - 1, number % count);
            number /= count;
        }
}

static bool reduce_indexes(struct reducer *reducer, unsigned turn) {
    const unsigned now = indexes_get(&reducer->candidate.world, turn);
    for (unsigned number = 0; number < now; number += 1) {
        indexes_set(&reducer->candidate.world, turn, number);
        if (reducer_try(reducer))
            return true;
    }
    indexes_set(&reducer->candidate.world, turn, now);
    return false;
}

/* The smallest number, then the others below the present one. */
static bool reduce_number(struct reducer *reducer, unsigned field) {
    const uint32_t smallest = field_describe(field)->smallest;
    uint32_t *number = &reducer->candidate.world.numbers[field];
    const uint32_t now = *number;
    const uint32_t end = now < smallest ? smallest + 1 : now;
    uint32_t least = smallest;
    if (field == FIELD_KEYS && stream_key_count(&reducer->candidate) > least)
        least = stream_key_count(&reducer->candidate);
    for (*number = least; *number < end; *number += 1)
        if (field_index(field, *number) >= 0 && reducer_try(reducer))
            return true;
    *number = now;
    return false;
}

static bool reduce_turn(struct reducer *reducer, unsigned turn) {
    unsigned count = 0, last = 0;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (has_turn(field, turn)) {
            count += 1;
            last = field;
        }
    return count == 1 ? reduce_number(reducer, last) : reduce_indexes(reducer, turn);
}

/* Each field alone, or those of one turn together: the lists of the codec hold small numbers of
 * everything, and their first are the plain ones. */
static bool reduce_world(struct reducer *reducer) {
    bool changed = false;
    candidate_fresh(reducer);
    for (unsigned turn = 1; turn <= WORLD_REDUCE_COUNT; turn += 1)
        changed |= reduce_turn(reducer, turn);
    return changed;
}

/* A smaller number, and as many ops less in a row: what must be full takes fewer ops to fill. */
static bool reduce_room(struct reducer *reducer, unsigned field) {
    const uint32_t now = reducer->best->world.numbers[field];
    const uint32_t smallest = field_describe(field)->smallest;
    for (uint32_t number = now; number > smallest && !reducer->stopped; number -= 1) {
        const uint32_t cut = now - (number - 1);
        for (uint32_t start = 0; start + cut <= reducer->best->op_count; start += 1) {
            candidate_fresh(reducer);
            reducer->candidate.world.numbers[field] = number - 1;
            candidate_remove(reducer, start, start + cut);
            if (field_index(field, number - 1u) >= 0 && reducer_try(reducer))
                return true;
        }
    }
    return false;
}

static bool reduce_rooms(struct reducer *reducer) {
    static const uint8_t fields[] = {
#define ROOM_ROW(field) FIELD_##field,
        ROOM_TABLE(ROOM_ROW)
#undef ROOM_ROW
            FIELD_COUNT};
    bool changed = false;
    for (size_t i = 0; i + 1 < sizeof fields; i += 1)
        changed |= reduce_room(reducer, fields[i]);
    return changed;
}

/* ---- Operands that are no keys. ---------------------------------------------------------- */

static bool reduce_operand(struct reducer *reducer, uint64_t *operand) {
    const uint64_t now = *operand;
    for (*operand = 0; *operand < now; *operand += 1)
        if (reducer_try(reducer))
            return true;
    *operand = now;
    return false;
}

static bool reduce_range_to(struct reducer *reducer, struct op *op, struct op_range range) {
    const struct op now = *op;
    op->operand = op_operand_of_range(range);
    if (reducer_try(reducer))
        return true;
    *op = now;
    return false;
}

/* Fewer of its ops, by half as long as that fails, then by less; from its first key on, which comes nearer to
 * 0, or to its last; one behind the other; at last the one that it stands for. */
static bool reduce_range(struct reducer *reducer, struct op *op) {
    bool changed = false;
    for (uint32_t step = op_range(*op).count / 2; step > 0; step /= 2) {
        struct op_range range = op_range(*op);
        while (range.count > step && !reducer->stopped) {
            range.count -= step;
            if (!reduce_range_to(reducer, op, range)) {
                range.count += step;
                range.first += step * range.stride;
                range.count -= step;
                if (range.first >= reducer->candidate.world.numbers[FIELD_KEYS] ||
                    !reduce_range_to(reducer, op, range))
                    break;
            }
            changed = true;
        }
    }
    for (uint32_t first = 0; first < op_range(*op).first; first = first * 2 + 1) {
        struct op_range range = op_range(*op);
        range.first = first;
        changed |= reduce_range_to(reducer, op, range);
    }
    if (op_range(*op).stride != 1) {
        struct op_range range = op_range(*op);
        range.stride = 1;
        changed |= reduce_range_to(reducer, op, range);
    }
    if (op_range(*op).count == 1 && op_key(*op) < CODEC_KEY_COUNT) {
        const struct op now = *op;
        *op = op_element(now, 0, reducer->candidate.world.numbers[FIELD_KEYS]);
        if (reducer_try(reducer))
            return true;
        *op = now;
    }
    return changed;
}

static bool reduce_operands(struct reducer *reducer) {
    bool changed = false;
    for (uint32_t i = 0; i < reducer->best->op_count && !reducer->stopped; i += 1) {
        candidate_fresh(reducer);
        if (op_has_range(reducer->best->ops[i]))
            changed |= reduce_range(reducer, &reducer->candidate.ops[i]);
        else if (!op_has_key(reducer->best->ops[i]))
            changed |= reduce_operand(reducer, &reducer->candidate.ops[i].operand);
    }
    return changed;
}

/* ---- Keys. ------------------------------------------------------------------------------- */

static void candidate_rename(struct reducer *reducer, const uint32_t *names) {
    struct stream *candidate = &reducer->candidate;
    for (uint32_t i = 0; i < candidate->op_count; i += 1)
        if (op_has_key(candidate->ops[i]))
            candidate->ops[i].operand = names[op_key(candidate->ops[i])];
}

/* The keys of the best stream in the order of their first use. Returns their number. */
static unsigned keys_used(const struct stream *stream, uint32_t *keys) {
    static bool seen[KEY_COUNT_MAX];
    unsigned count = 0;
    memset(seen, 0, sizeof seen);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        if (!op_has_key(op) || seen[op_key(op)])
            continue;
        seen[op_key(op)] = true;
        keys[count] = op_key(op);
        count += 1;
    }
    return count;
}

/* Renaming moves keys between sets and tags, so it is tried: first all at once to 0, 1, 2, ... in the
 * order of first use; else each key to a smaller one that is free, or to one that is there already. */
static bool reduce_keys(struct reducer *reducer) {
    static uint32_t keys[KEY_COUNT_MAX], names[KEY_COUNT_MAX];
    const unsigned count = keys_used(reducer->best, keys);
    bool changed = false, canonical = true;
    for (unsigned i = 0; i < KEY_COUNT_MAX; i += 1)
        names[i] = i;
    for (unsigned i = 0; i < count; i += 1) {
        canonical = canonical && keys[i] == i;
        names[keys[i]] = i;
    }
    if (canonical)
        return false;
    candidate_fresh(reducer);
    candidate_rename(reducer, names);
    if (reducer_try(reducer))
        return true;
    for (unsigned i = 0; i < count && !reducer->stopped; i += 1)
        for (unsigned name = 0; name < keys[i] && name < CODEC_KEY_COUNT; name += 1) {
            for (unsigned id = 0; id < KEY_COUNT_MAX; id += 1)
                names[id] = id;
            names[keys[i]] = name;
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
        changed |= reduce_wraps(&reducer);
        changed |= reduce_world(&reducer);
        changed |= reduce_rooms(&reducer);
        changed |= reduce_keys(&reducer);
        changed |= reduce_operands(&reducer);
        changed |= reduce_kinds(&reducer);
    }
    result.try_count = reducer.try_count;
    result.minimal = !reducer.stopped;
    return result;
}
