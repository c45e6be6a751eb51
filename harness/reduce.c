/* SPDX-License-Identifier: Apache-2.0 */
/* The reducer behind reduce.h. Each pass makes candidates from the best stream so far and keeps those
 * that fail in the same way. Read `reduce_stream` first. */
#include "reduce.h"

#include "codec.h"
#include "work.h"

#include <assert.h>
#include <string.h>

/* What is shorter is read as well op by op. */
enum { KNOWN_COUNT = 1 << 16, RANGE_FIRST_TRIED_MAX = 4, FOLDED_COUNT_MIN = 16 };

struct reducer {
    struct stream *best;
    struct stream candidate; /* the best, but within a pass that changes it */
    /* Of candidates that did not fail, a hash each, where it falls: the last round asks for all again. */
    uint64_t known[KNOWN_COUNT];
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

static void candidate_fresh(struct reducer *reducer) {
    stream_copy(&reducer->candidate, reducer->best);
}

static uint64_t hash_add(uint64_t hash, uint64_t number) {
    hash = (hash ^ number) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 32;
}

/* Not 0. */
static uint64_t stream_hash(const struct stream *stream) {
    uint64_t hash = stream->op_count;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        hash = hash_add(hash, stream->world.numbers[field]);
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        hash = hash_add(hash_add(hash, stream->ops[i].kind), stream->ops[i].operand);
    return hash | 1;
}

/* Makes it one that a reader takes: numbers go together, operands are within the world, and all is not too
 * much work. False where it is. */
static bool candidate_settle(struct stream *candidate) {
    (void)world_settle(&candidate->world);
    for (uint32_t i = 0; i < candidate->op_count; i += 1) {
        struct op *op = &candidate->ops[i];
        op->operand = codec_operand(&candidate->world, op_operand(*op), op->operand);
    }
    return work_op_count(candidate) == candidate->op_count;
}

static bool reducer_asks(struct reducer *reducer) {
    const struct reduce_options *options = reducer->options;
    uint64_t hash, *known;
    if (!reducer->stopped && options->stop != NULL)
        reducer->stopped =
            options->stop(reducer->try_count, reducer->best->op_count, options->context);
    if (reducer->stopped || !candidate_settle(&reducer->candidate))
        return false;
    hash = stream_hash(&reducer->candidate);
    if (hash == stream_hash(reducer->best))
        return false; /* settled to what it was: no change, and the rounds would not end */
    known = &reducer->known[hash >> 32 & (KNOWN_COUNT - 1)];
    if (*known == hash)
        return false;
    reducer->try_count += 1;
    if (options->fails(&reducer->candidate, options->context))
        return true;
    *known = hash;
    return false;
}

/* Makes the candidate the best if it fails in the same way, and the best the candidate if it does not. */
static bool reducer_try(struct reducer *reducer) {
    const bool fails = reducer_asks(reducer);
    if (fails)
        stream_copy(reducer->best, &reducer->candidate);
    else
        candidate_fresh(reducer);
    return fails;
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
    return false;
}

enum { NUMBER_COUNT_MAX = UINT8_MAX };

/* The numbers of the field from `least` to below `end` that bytes can say, ascending, each once. Returns how
 * many. */
static unsigned numbers_between(unsigned field, uint32_t least, uint32_t end, uint32_t *numbers) {
    const struct field_description *description = field_describe(field);
    unsigned count = 0;
    for (bool more = true; more; count += more) {
        uint32_t next = end;
        for (unsigned index = 0; index < description->count_all; index += 1) {
            const uint32_t number = field_number(field, index);
            if (number < next && number >= least && (count == 0 || number > numbers[count - 1]))
                next = number;
        }
        more = next < end;
        if (more)
            numbers[count] = next;
    }
    return count;
}

static bool reduce_number_to(struct reducer *reducer, unsigned field, uint32_t number) {
    reducer->candidate.world.numbers[field] = number;
    return reducer_try(reducer);
}

/* The smallest number, then the others below the present one. In a large world each try takes long: there
 * what is larger is taken to fail as well, and the smallest is found by halves. */
static bool reduce_number(struct reducer *reducer, unsigned field) {
    uint32_t numbers[NUMBER_COUNT_MAX];
    const uint32_t smallest = field_describe(field)->smallest;
    const uint32_t now = reducer->candidate.world.numbers[field];
    uint32_t least = smallest;
    unsigned count, low = 1, high;
    if (field == FIELD_KEYS && stream_key_count(&reducer->candidate) > least)
        least = stream_key_count(&reducer->candidate);
    count = numbers_between(field, least, now < smallest ? smallest + 1 : now, numbers);
    if (count > 0 && reduce_number_to(reducer, field, numbers[0]))
        return true;
    if (!world_is_large(&reducer->candidate.world)) {
        for (unsigned i = 1; i < count; i += 1)
            if (reduce_number_to(reducer, field, numbers[i]))
                return true;
        return false;
    }
    for (high = count; low < high;) {
        const unsigned middle = low + (high - low) / 2;
        if (reduce_number_to(reducer, field, numbers[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return reducer->candidate.world.numbers[field] != now;
}

/* A small world, at once: of what fails in a large one the most needs none. */
static bool reduce_large_world(struct reducer *reducer) {
    candidate_fresh(reducer);
    if (!world_is_large(&reducer->candidate.world))
        return false;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        uint32_t *number = &reducer->candidate.world.numbers[field];
        if (world_field_is_large(&reducer->candidate.world, field))
            *number = field_number(field, description->count - 1u);
    }
    return reducer_try(reducer);
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
        if (field_index(field, number - 1) < 0)
            continue;
        for (uint32_t start = 0; start + cut <= reducer->best->op_count; start += 1) {
            candidate_fresh(reducer);
            reducer->candidate.world.numbers[field] = number - 1;
            candidate_remove(reducer, start, start + cut);
            if (reducer_try(reducer))
                return true;
        }
    }
    return false;
}

/* The same where ranges fill it: each that is longer than what is cut off becomes as much shorter. */
static bool reduce_room_and_ranges(struct reducer *reducer, unsigned field, uint32_t number) {
    struct stream *candidate = &reducer->candidate;
    const uint32_t cut = candidate->world.numbers[field] - number;
    bool has_range = false;
    candidate->world.numbers[field] = number;
    for (uint32_t i = 0; i < candidate->op_count; i += 1) {
        struct op_range range = op_range(candidate->ops[i]);
        if (!op_has_range(candidate->ops[i]) || range.count <= cut)
            continue;
        range.count -= cut;
        candidate->ops[i].operand = op_operand_of_range(range);
        has_range = true;
    }
    if (has_range)
        return reducer_try(reducer);
    candidate_fresh(reducer);
    return false;
}

static bool reduce_room_of_ranges(struct reducer *reducer, unsigned field) {
    uint32_t numbers[NUMBER_COUNT_MAX];
    const uint32_t now = reducer->best->world.numbers[field];
    unsigned low = 0, high;
    candidate_fresh(reducer);
    high = numbers_between(field, field_describe(field)->smallest, now, numbers);
    while (low < high) {
        const unsigned middle = low + (high - low) / 2;
        if (reduce_room_and_ranges(reducer, field, numbers[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return reducer->best->world.numbers[field] != now;
}

static bool reduce_rooms(struct reducer *reducer) {
    static const uint8_t fields[] = {
#define ROOM_ROW(field) FIELD_##field,
        ROOM_TABLE(ROOM_ROW)
#undef ROOM_ROW
            FIELD_COUNT};
    bool changed = false;
    for (size_t i = 0; i + 1 < sizeof fields; i += 1)
        changed |= reduce_room_of_ranges(reducer, fields[i]) || reduce_room(reducer, fields[i]);
    return changed;
}

/* ---- Operands that are no keys. ---------------------------------------------------------- */

static bool reduce_operand(struct reducer *reducer, uint32_t index) {
    const uint64_t now = reducer->best->ops[index].operand;
    for (uint64_t operand = 0; operand < now; operand += 1) {
        reducer->candidate.ops[index].operand = operand;
        if (reducer_try(reducer))
            return true;
    }
    return false;
}

/* ---- Ops that stand for many. ------------------------------------------------------------ */

static bool reduce_range_to(struct reducer *reducer, uint32_t index, struct op_range range) {
    reducer->candidate.ops[index].operand = op_operand_of_range(range);
    return reducer_try(reducer);
}

/* The fewest of its first ops, then of the last of these, by halves: more are seldom less likely to fail. */
static void reduce_range_count(struct reducer *reducer, uint32_t index) {
    const uint32_t key_count = reducer->best->world.numbers[FIELD_KEYS];
    struct op_range range = op_range(reducer->best->ops[index]);
    uint32_t low = 1, high = range.count;
    while (low < high) {
        range.count = low + (high - low) / 2;
        if (reduce_range_to(reducer, index, range))
            high = range.count;
        else
            low = range.count + 1;
    }
    for (low = 0, high -= 1; low < high;) {
        const uint32_t dropped = low + (high - low + 1) / 2;
        range = op_range(reducer->best->ops[index]);
        range.first =
            (uint32_t)((range.first + (uint64_t)(dropped - low) * range.stride) % key_count);
        range.count -= dropped - low;
        if (reduce_range_to(reducer, index, range))
            low = dropped;
        else
            high = dropped - 1;
    }
}

/* One key behind the other, from the first on; the fewest of them; at last the one that it stands for. */
static bool reduce_range(struct reducer *reducer, uint32_t index) {
    const struct op before = reducer->best->ops[index];
    struct op_range range = op_range(before);
    range.stride = 1;
    if (op_range(before).stride != 1)
        (void)reduce_range_to(reducer, index, range);
    range = op_range(reducer->best->ops[index]);
    for (uint32_t first = 0; first < range.first && first < RANGE_FIRST_TRIED_MAX; first += 1) {
        struct op_range nearer = range;
        nearer.first = first;
        if (reduce_range_to(reducer, index, nearer))
            break;
    }
    reduce_range_count(reducer, index);
    range = op_range(reducer->best->ops[index]);
    if (range.count == 1 && range.first < CODEC_KEY_COUNT) {
        reducer->candidate.ops[index] =
            op_element(reducer->best->ops[index], 0, reducer->best->world.numbers[FIELD_KEYS]);
        (void)reducer_try(reducer);
    }
    return !op_equal(before, reducer->best->ops[index]);
}

/* What no halving makes fewer, for all of it is needed: many ops in a row that are one range. */
static bool reduce_runs(struct reducer *reducer) {
    bool changed = false;
    for (uint32_t at = 0; at < reducer->best->op_count && !reducer->stopped; at += 1) {
        const struct op_range range = stream_run(reducer->best, at);
        if (range.count < FOLDED_COUNT_MIN)
            continue;
        candidate_fresh(reducer);
        candidate_remove(reducer, at + 1, at + range.count);
        reducer->candidate.ops[at].kind =
            (uint8_t)op_kind_of_range((enum op_kind)reducer->candidate.ops[at].kind);
        reducer->candidate.ops[at].operand = op_operand_of_range(range);
        if (reducer_try(reducer))
            changed = true;
        else
            at += range.count - 1;
    }
    return changed;
}

static bool reduce_operands(struct reducer *reducer) {
    bool changed = false;
    for (uint32_t i = 0; i < reducer->best->op_count && !reducer->stopped; i += 1) {
        candidate_fresh(reducer);
        if (op_has_range(reducer->best->ops[i]))
            changed |= reduce_range(reducer, i);
        else if (!op_has_key(reducer->best->ops[i]))
            changed |= reduce_operand(reducer, i);
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
    for (unsigned i = 0; i < count; i += 1)
        names[keys[i]] = keys[i];
    for (unsigned i = 0; i < count && !reducer->stopped; i += 1) {
        bool renamed = false;
        for (unsigned name = 0; name < keys[i] && name < CODEC_KEY_COUNT && !renamed; name += 1) {
            names[keys[i]] = name;
            candidate_fresh(reducer);
            candidate_rename(reducer, names);
            renamed = reducer_try(reducer);
        }
        names[keys[i]] = keys[i];
        changed |= renamed;
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
    memset(reducer.known, 0, sizeof reducer.known);
    (void)reduce_large_world(&reducer);
    while (changed && !reducer.stopped) {
        changed = reduce_ranges(&reducer);
        changed |= reduce_wraps(&reducer);
        changed |= reduce_world(&reducer);
        changed |= reduce_rooms(&reducer);
        changed |= reduce_keys(&reducer);
        changed |= reduce_runs(&reducer);
        changed |= reduce_operands(&reducer);
        changed |= reduce_kinds(&reducer);
    }
    result.try_count = reducer.try_count;
    result.minimal = !reducer.stopped;
    return result;
}
