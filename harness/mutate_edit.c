/* SPDX-License-Identifier: Apache-2.0 */
/* The changes behind mutate_edit.h. */
#include "mutate_edit.h"

#include "codec.h"

#include <string.h>

uint32_t edit_draw_length(struct random *random, uint32_t exponent_max, uint32_t most) {
    const uint32_t length =
        1 + random_below(random, UINT32_C(1) << random_below(random, exponent_max));
    return length < most ? length : most;
}

uint32_t edit_open_gap(struct edit *edit, uint32_t at, uint32_t count) {
    struct stream *stream = edit->stream;
    const uint32_t room = edit->op_count_max - at;
    const uint32_t behind = stream->op_count - at;
    const uint32_t gap = count < room ? count : room;
    const uint32_t kept = behind < room - gap ? behind : room - gap;
    memmove(&stream->ops[at + gap], &stream->ops[at], kept * sizeof stream->ops[0]);
    stream->op_count = at + gap + kept;
    return gap;
}

void edit_delete_ops(struct stream *stream, struct edit_span span) {
    const uint32_t end = span.at + span.count;
    memmove(&stream->ops[span.at], &stream->ops[end],
            (stream->op_count - end) * sizeof stream->ops[0]);
    stream->op_count -= span.count;
}

struct op *edit_draw_op_with(struct edit *edit, enum op_operand operand) {
    struct stream *stream = edit->stream;
    uint32_t at = stream->op_count == 0 ? 0 : random_below(&edit->random, stream->op_count);
    for (uint32_t i = 0; i < stream->op_count; i += 1, at = (at + 1) % stream->op_count)
        if (op_operand(stream->ops[at]) == operand)
            return &stream->ops[at];
    return NULL;
}

void edit_wrap_operands(struct stream *stream) {
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        stream->ops[i].operand =
            codec_operand(&stream->world, op_operand(stream->ops[i]), stream->ops[i].operand);
}
