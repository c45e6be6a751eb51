/* SPDX-License-Identifier: Apache-2.0 */
/* The prediction behind predict.h: the policy model knows every outcome but that of a refused init. */
#include "predict.h"

#include "model.h"
#include "policy.h"

/* Reads are uses: they decide what is evicted next, and so whether a stash slot is needed. */
static void predict_reads(struct policy *policy, const struct geometry *geometry, uint32_t op_index,
                          struct op op) {
    uint8_t key_ids[STREAM_READ_COUNT_MAX];
    const unsigned count = stream_reads_after(geometry, op_index, op, key_ids);
    for (unsigned i = 0; i < count; i += 1) {
        const struct op read = {OP_LOOKUP, key_ids[i]};
        (void)policy_apply(policy, read, 0);
    }
}

void predict_outcomes(const struct stream *stream, struct result *outcomes) {
    static struct policy policy;
    static struct model model;
    struct geometry geometry = stream->geometry;
    uint32_t value = 0, batch_end = 0;
    model_init(&model, &geometry);
    policy_init(&policy, &geometry);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        value += op_stores(op);
        if (op.kind == OP_REINIT) {
            geometry.layout = op.operand;
            policy_init(&policy, &geometry);
        }
        outcomes[i] = op.kind == OP_REINIT || op.kind == OP_INIT_REFUSED
                          ? model_expect(&model, op)
                          : policy_apply(&policy, op, value);
        if (i >= batch_end)
            batch_end = i + stream_batch_count(stream, i);
        if (i + 1 == batch_end)
            predict_reads(&policy, &geometry, i, op);
    }
}
