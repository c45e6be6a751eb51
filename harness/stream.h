/* A stream: a geometry and the ops to run in it. What the decoder makes of bytes, the parser of
 * text, the generator of a seed. */
#ifndef HARNESS_STREAM_H
#define HARNESS_STREAM_H

#include "geometry.h"
#include "op.h"

/* The decoder stops here, so that no input takes longer than this many ops. */
enum { STREAM_OP_COUNT_MAX = 16384 };

struct stream {
    struct geometry geometry;
    uint32_t op_count;
    struct op ops[STREAM_OP_COUNT_MAX];
};

/* One more than the largest key id in the stream, at least 1: the fewest keys it can be run with. */
static inline uint16_t stream_key_count(const struct stream *stream) {
    uint16_t count = 1;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (op_describe((enum op_kind)stream->ops[i].kind)->operand == OPERAND_KEY &&
            stream->ops[i].operand >= count)
            count = (uint16_t)(stream->ops[i].operand + 1);
    return count;
}

#endif
