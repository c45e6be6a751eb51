/* SPDX-License-Identifier: Apache-2.0 */
/* What the mutations of mutate.h have in common: the stream that they change, and the plainest changes of it.
 * Knows streams and the generator, no single mutation. */
#ifndef HARNESS_MUTATE_EDIT_H
#define HARNESS_MUTATE_EDIT_H

#include "generate.h"

/* What a mutation works on: the stream, and beside it room for another. */
struct edit {
    struct random random;
    struct stream *stream;
    struct stream *spare; /* of any content */
    uint32_t op_count_max;
    uint32_t ingredients;
};

/* Ops of the stream, one behind the other. */
struct edit_span {
    uint32_t at, count;
};

/* A length of a heavy tail: 1 more often than not, at most `most`, which is at least 1. */
uint32_t edit_draw_length(struct random *random, uint32_t exponent_max, uint32_t most);

/* The first op with such an operand from a random place on, around the end; null if there is none. */
struct op *edit_draw_op_with(struct edit *edit, enum op_operand operand);

/* Makes room for `count` ops at a place; what is pushed beyond the most falls off the end. Returns
 * how many there is room for. The ops in the gap are the caller's to write. */
uint32_t edit_open_gap(struct edit *edit, uint32_t at, uint32_t count);

void edit_delete_ops(struct stream *stream, struct edit_span span);

/* After the number of keys has changed. */
void edit_wrap_operands(struct stream *stream);

#endif
