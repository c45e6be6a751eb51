/* SPDX-License-Identifier: Apache-2.0 */
/* A stream: a world and the ops to run in it. What the decoder makes of bytes, the parser of
 * text, the generator of a seed. */
#ifndef HARNESS_STREAM_H
#define HARNESS_STREAM_H

#include "op.h"
#include "world.h"

/* The readers stop here, and earlier where the ops are much work: work.h. */
enum { STREAM_OP_COUNT_MAX = 16384 };

struct stream {
    struct world world;
    uint32_t op_count;
    struct op ops[STREAM_OP_COUNT_MAX];
};

/* How many ops, from op `first` on, are one call: equal ones in a row, if they are of a batched kind. At
 * least 1. `first` starts a call. */
static inline uint32_t stream_batch_count(const struct stream *stream, uint32_t first) {
    const uint32_t most = STREAM_BATCH_COUNT_MAX_IN(&stream->world);
    uint32_t count = 1;
    while (op_is(stream->ops[first], TRAIT_BATCHED) && count < most &&
           first + count < stream->op_count &&
           stream->ops[first + count].kind == stream->ops[first].kind)
        count += 1;
    return count;
}

/* The first op of the call that op `index` belongs to; `index` itself behind the last op. */
static inline uint32_t stream_batch_start(const struct stream *stream, uint32_t index) {
    uint32_t start = 0;
    if (index >= stream->op_count)
        return index;
    for (uint32_t count = stream_batch_count(stream, 0); start + count <= index;
         count = stream_batch_count(stream, start))
        start += count;
    return start;
}

/* The bracket that a table draws before op `index`: '/' at the first of several ops that are one call, '|'
 * between, '\\' at the last; ' ' at an op that is a call of its own. */
static inline char stream_call_bracket(const struct stream *stream, uint32_t index) {
    const uint32_t start = stream_batch_start(stream, index);
    const uint32_t count = index < stream->op_count ? stream_batch_count(stream, start) : 1;
    return (char)(count == 1                   ? ' '
                  : index == start             ? '/'
                  : index == start + count - 1 ? '\\'
                                               : '|');
}

/* At least `least`, and one more than each of its keys where none wraps. */
static inline uint32_t op_range_key_count(struct op_range range, uint32_t least) {
    const uint64_t count = range.first + (uint64_t)(range.count - 1) * range.stride + 1;
    return count > KEY_COUNT_MAX ? KEY_COUNT_MAX : count > least ? (uint32_t)count : least;
}

/* One more than the largest key id in the stream, at least 1: the fewest keys it can be run with. */
static inline uint32_t stream_key_count(const struct stream *stream) {
    uint32_t count = 1;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (op_has_key(stream->ops[i]) && op_key(stream->ops[i]) >= count)
            count = op_key(stream->ops[i]) + 1;
        else if (op_has_range(stream->ops[i]))
            count = op_range_key_count(op_range(stream->ops[i]), count);
    return count;
}

/* The range that stands for the ops from `at` on that are of one kind, on keys of one stride, upwards: one op
 * where the next does not go on so, or is not to be had as a range. */
static inline struct op_range stream_run(const struct stream *stream, uint32_t at) {
    const struct op first = stream->ops[at];
    struct op_range range = {op_key(first), 1, 1};
    if (!op_has_key(first) || op_kind_of_range((enum op_kind)first.kind) == OP_KIND_COUNT)
        return range;
    if (at + 1 < stream->op_count && op_key(stream->ops[at + 1]) > range.first)
        range.stride = op_key(stream->ops[at + 1]) - range.first;
    while (range.stride <= OP_STRIDE_MAX && at + range.count < stream->op_count &&
           range.count < stream->world.numbers[FIELD_KEYS] &&
           stream->ops[at + range.count].kind == first.kind &&
           op_key(stream->ops[at + range.count]) == range.first + range.count * range.stride)
        range.count += 1;
    return range;
}

#endif
