/* SPDX-License-Identifier: Apache-2.0 */
/* The sum behind work.h. */
#include "work.h"

void work_start(struct work *work, const struct world *world) {
    work->spent = 0;
    cost_start(&work->cost, world);
}

bool work_add(struct work *work, struct op op) {
    const uint64_t spent = work->spent + cost_of_op(&work->cost, op);
    if (spent > WORK_MAX)
        return false;
    work->spent = spent;
    cost_note(&work->cost, op);
    return true;
}

uint32_t work_op_count(const struct stream *stream) {
    struct work work;
    uint32_t count = 0;
    /* Nearly every stream of a fuzzer: it is short, and its world is small. */
    if (cost_most(&stream->world) * stream->op_count <= WORK_MAX)
        return stream->op_count;
    work_start(&work, &stream->world);
    while (count < stream->op_count && work_add(&work, stream->ops[count]))
        count += 1;
    return count;
}
