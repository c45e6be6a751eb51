/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of tables.h on the structure: what begins it, and what each op is. The program of ./trace c makes
 * the same (trace/program_write.c). Bodies for the subject's own subject.c, which alone is sanitized and
 * instrumented, and alone includes this. */
#ifndef SUBJECT_PLAIN_CALLS_H
#define SUBJECT_PLAIN_CALLS_H

#include "plain.h"

#define OBJECT_LOCAL(type, name) \
    type *name = &subject->name; \
    (void)(name);

void subject_begin(struct subject *subject, const struct world *world) {
    const uint32_t *numbers = world->numbers;
    OBJECT_TABLE(OBJECT_LOCAL)
    SUBJECT_INIT;
    (void)numbers;
}

struct result subject_apply(struct subject *subject, struct op op, uint32_t value) {
    const uint32_t number = op_key(op);
    struct result result = {OUTCOME_NONE, 0};
    uint32_t found = 0;
    OBJECT_TABLE(OBJECT_LOCAL)
    switch ((enum op_kind)op.kind) {
#define CALL_CASE(name, ...) \
case OP_##name: result.outcome = __VA_ARGS__; break;
        CALL_TABLE(CALL_CASE)
#undef CALL_CASE
    case OP_KIND_COUNT:
        OP_RANGE_CASES /* they are their ops, one by one */
            break;
    }
    (void)number;
    (void)value;
    if (result.outcome == OUTCOME_FOUND)
        result.value = found;
    return result;
}

#endif
