/* SPDX-License-Identifier: Apache-2.0 */
/* The calls for many keys behind environment_batch.h. */
#define ENVIRONMENT_FILE "environment_batch.c"
#include "environment_batch.h"

#include "environment_fail.h"

static void environment_call_many(struct environment *environment, struct op op, uint32_t value) {
    struct batch *batch = &environment->batch;
    const uint32_t first = environment->view.op_index;
    const uint32_t count = stream_batch_count(environment->view.stream, first);
    unsigned key_ids[STREAM_BATCH_COUNT_MAX];
    bool counts_agree;
    batch->start = first;
    batch->end = first + count;
    for (uint32_t i = 0; i < count; i += 1) {
        key_ids[i] = op_key(environment->view.stream->ops[first + i]);
        batch->intact[i] = true;
        batch->results[i] = result_of(OUTCOME_NONE);
    }
    if (op.kind == OP_UPSERT_MANY)
        counts_agree =
            subject_upsert_many(&environment->subject, key_ids, value, count, batch->results);
    else
        counts_agree =
            subject_get_many(&environment->subject, key_ids, count, batch->results, batch->intact);
    for (uint32_t i = 0; i < count; i += 1)
        environment->steps[first + i].actual = batch->results[i];
    environment->view.answered_count = batch->end;
    if (environment_has(environment, LAYER_OUTCOME) && !counts_agree)
        environment_fail_at(environment, INVARIANT_MANY_COUNT, HERE,
                            "%s of %u keys returned another number than its answers have",
                            op_describe((enum op_kind)op.kind)->words, (unsigned)count);
}

struct result environment_batched(struct environment *environment, struct op op, uint32_t value,
                                  bool *intact) {
    struct batch *batch = &environment->batch;
    if (environment->view.op_index >= batch->end)
        environment_call_many(environment, op, value);
    *intact = batch->intact[environment->view.op_index - batch->start];
    return batch->results[environment->view.op_index - batch->start];
}
