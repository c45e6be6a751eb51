/* SPDX-License-Identifier: Apache-2.0 */
/* What a ring must be: a row of numbers that moves up. Knows nothing of the ring. */
#include "plain.h"

#include <stdio.h>
#include <string.h>

void model_begin(struct model *model, const struct world *world) {
    model->capacity = world->numbers[FIELD_CAPACITY];
}

static struct result model_peek(const struct model *model, uint32_t index) {
    const struct result found = {OUTCOME_FOUND, model->numbers[index % MODEL_CAPACITY_MAX]};
    return index < model->count ? found : result_of(OUTCOME_EMPTY);
}

static struct result model_push(struct model *model, uint32_t number) {
    if (model->count == model->capacity)
        return result_of(OUTCOME_FULL);
    model->numbers[model->count] = number;
    model->count += 1;
    return result_of(OUTCOME_OK);
}

static struct result model_pop(struct model *model) {
    const struct result oldest = model_peek(model, 0);
    memmove(&model->numbers[0], &model->numbers[1],
            (MODEL_CAPACITY_MAX - 1) * sizeof model->numbers[0]);
    model->count -= model->count > 0;
    return oldest;
}

struct result model_apply(struct model *model, struct op op, uint32_t value) {
    (void)value;
    switch ((enum op_kind)op.kind) {
    case OP_PUSH: return model_push(model, op_key(op));
    case OP_POP: return model_pop(model);
    case OP_PEEK: return model_peek(model, op_key(op));
    case OP_PUSH_RANGE: /* it is its ops, one by one */
    case OP_KIND_COUNT: break;
    }
    return result_of(OUTCOME_NONE);
}

void model_draw(const struct model *model, struct picture *picture) {
    char line[PICTURE_LINE_SIZE] = "";
    int size = 0;
    for (uint32_t i = 0; i < model->count; i += 1)
        size +=
            snprintf(line + size, sizeof line - (size_t)size, " %u", (unsigned)model->numbers[i]);
    picture_add(picture, "%u of %u:%s", (unsigned)model->count, (unsigned)model->capacity, line);
}
