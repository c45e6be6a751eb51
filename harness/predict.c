/* The prediction behind predict.h: the policy model knows every outcome but that of a refused init. */
#include "predict.h"

#include "model.h"
#include "policy.h"

void predict_outcomes(const struct stream *stream, struct result *outcomes) {
    static struct policy policy;
    static struct model model;
    struct geometry geometry = stream->geometry;
    uint32_t value = 0;
    model_init(&model, &geometry);
    policy_init(&policy, &geometry);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        const struct op op = stream->ops[i];
        value += op.kind == OP_UPSERT;
        if (op.kind == OP_REINIT) {
            geometry.layout = op.operand;
            policy_init(&policy, &geometry);
        }
        outcomes[i] = op.kind == OP_REINIT || op.kind == OP_INIT_REFUSED
                          ? model_expect(&model, op)
                          : policy_apply(&policy, op, value);
    }
}
