/* SPDX-License-Identifier: Apache-2.0 */
/* The calls for many keys behind environment_batch.h. */
#define ENVIRONMENT_FILE "environment_batch.c"
#include "environment_batch.h"

#include "environment_fail.h"

bool environment_is_ahead(const struct environment *environment, struct op op) {
    return op_is_batched(op) && environment->op_index + 1 < environment->batch.end;
}

uint32_t environment_call_end(const struct environment *environment, uint32_t index) {
    const uint32_t start = stream_batch_start(environment->stream, index);
    return start + stream_batch_count(environment->stream, start);
}

struct result environment_answer(const struct environment *environment, uint32_t index) {
    const struct batch *batch = &environment->batch;
    if (index <= environment->op_index && environment->steps[index].actual.outcome != OUTCOME_NONE)
        return environment->steps[index].actual;
    return op_is_batched(environment->stream->ops[index]) && index >= batch->start &&
                   index < batch->end
               ? batch->results[index - batch->start]
               : result_of(OUTCOME_NONE);
}

static void environment_call_many(struct environment *environment, struct op op, uint32_t value) {
    struct batch *batch = &environment->batch;
    const uint32_t first = environment->op_index;
    const uint32_t count = stream_batch_count(environment->stream, first);
    unsigned key_ids[STREAM_BATCH_COUNT_MAX];
    bool counts_agree;
    batch->start = first;
    batch->end = first + count;
    for (uint32_t i = 0; i < count; i += 1) {
        key_ids[i] = environment->stream->ops[first + i].operand;
        batch->intact[i] = true;
        batch->results[i] = result_of(OUTCOME_NONE);
    }
    if (op.kind == OP_UPSERT_MANY)
        counts_agree =
            subject_upsert_many(&environment->subject, key_ids, value, count, batch->results);
    else
        counts_agree =
            subject_get_many(&environment->subject, key_ids, count, batch->results, batch->intact);
    if (environment_has(environment, LAYER_OUTCOME) && !counts_agree)
        environment_fail_at(environment, INVARIANT_MANY_COUNT, HERE,
                            "%s of %u keys returned another number than its answers have",
                            op_describe((enum op_kind)op.kind)->words, (unsigned)count);
}

struct result environment_batched(struct environment *environment, struct op op, uint32_t value,
                                  bool *intact) {
    struct batch *batch = &environment->batch;
    if (environment->op_index >= batch->end)
        environment_call_many(environment, op, value);
    *intact = batch->intact[environment->op_index - batch->start];
    return batch->results[environment->op_index - batch->start];
}
