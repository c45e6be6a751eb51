/* SPDX-License-Identifier: Apache-2.0 */
/* run_predict (run.h): the naive map alone, with the lookups that the read mode makes behind an op. */
#include "policy.h"
#include "reads.h"
#include "run.h"

/* Reads are uses: they decide what is evicted next, and so whether a stash slot is needed. */
static void predict_reads(struct policy *policy, uint32_t op_index, struct op op) {
    uint32_t key_ids[STREAM_READ_COUNT_MAX];
    const unsigned count = stream_reads_after(&policy->geometry, op_index, op, key_ids);
    for (unsigned i = 0; i < count; i += 1) {
        const struct op read = {OP_LOOKUP, key_ids[i]};
        (void)policy_apply(policy, read, 0);
    }
}

void run_predict(const struct stream *stream, struct result *outcomes) {
    static struct policy policy;
    const struct geometry geometry = geometry_of_world(&stream->world);
    uint32_t value = 0, batch_end = 0;
    policy_init(&policy, &geometry);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        outcomes[i] = policy_apply(&policy, op, value + 1);
        if (op_is(op, TRAIT_STORES))
            value += op_element_count(op);
        if (i >= batch_end)
            batch_end = i + stream_batch_count(stream, i);
        if (i + 1 == batch_end)
            predict_reads(&policy, i, op);
    }
}
