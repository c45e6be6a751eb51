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

#endif
