/* SPDX-License-Identifier: Apache-2.0 */
/* run_guide (run.h) for any subject: what each op answered behind what the op before it answered. */
#include "run.h"

/* How often, at most 255. The engine reads the section after each input, and clears it before. */
__attribute__((section("__libfuzzer_extra_counters"), used, aligned(8))) static uint8_t
    counters[OP_KIND_COUNT][OUTCOME_COUNT][OP_KIND_COUNT][OUTCOME_COUNT];

void run_guide(const struct run_view *view) {
    const uint32_t index = view->op_index, before = index == 0 ? 0 : index - 1;
    const struct op *ops = view->stream->ops;
    uint8_t *counter = &counters[ops[before].kind][view->steps[before].actual.outcome]
                                [ops[index].kind][view->steps[index].actual.outcome];
    *counter = (uint8_t)(*counter + (*counter != UINT8_MAX));
}
