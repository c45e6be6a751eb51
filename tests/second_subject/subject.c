/* SPDX-License-Identifier: Apache-2.0 */
/* The ring as plain.h asks for it. Knows nothing of the model. */
#include "plain.h"

#include <stdio.h>

void subject_begin(struct subject *subject, const struct world *world) {
    struct ring *ring = &subject->ring;
    const uint16_t *numbers = world->numbers;
    SUBJECT_INIT;
}

struct result subject_apply(struct subject *subject, struct op op, uint32_t value) {
    struct ring *ring = &subject->ring;
    const uint32_t number = op.operand;
    uint32_t found = 0;
    struct result result = {OUTCOME_NONE, 0};
    (void)value;
    switch ((enum op_kind)op.kind) {
#define CALL_CASE(name, ...) \
    case OP_##name: result.outcome = __VA_ARGS__; break;
        CALL_TABLE(CALL_CASE)
#undef CALL_CASE
    case OP_KIND_COUNT: break;
    }
    if (result.outcome == OUTCOME_FOUND)
        result.value = found;
    return result;
}

void subject_draw(const struct subject *subject, struct picture *picture) {
    char line[PICTURE_LINE_SIZE] = "";
    uint32_t number;
    int size = 0;
    for (uint32_t i = 0; ring_peek(&subject->ring, i, &number); i += 1)
        size += snprintf(line + size, sizeof line - (size_t)size, " %u", (unsigned)number);
    picture_add(picture, "%u of %u:%s", (unsigned)subject->ring.count,
                (unsigned)subject->ring.capacity, line);
}
