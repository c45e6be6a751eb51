/* SPDX-License-Identifier: Apache-2.0 */
/* The few functions behind program_writing.h. */
#include "program_writing.h"

#include <ctype.h>

const char *program_status(enum outcome outcome) {
    static char buffer[40];
    (void)snprintf(buffer, sizeof buffer, "CACHE_MAP_%s", outcome_name(outcome));
    for (char *at = buffer; *at != '\0'; at += 1)
        *at = (char)toupper((unsigned char)*at);
    return buffer;
}

void program_name_key(struct program *program, uint32_t key_id) {
    program->instance->key_is_used[key_id] = true;
    program->last_key = key_id;
    if (!program->key_is_named[key_id])
        program->named_keys[program->named_key_count++] = key_id;
    program->key_is_named[key_id] = true;
}

struct result program_apply(struct program *program, struct op op) {
    struct result result;
    static bool in_stash[KEY_COUNT_MAX];
    for (unsigned key_id = 0; op.kind == OP_COMPACT && key_id < program->geometry.key_count;
         key_id += 1)
        in_stash[key_id] = program->policy.stash[key_id].state != POLICY_STASH_NONE;
    result = policy_apply(&program->policy, op, program->value_count);
    if (outcome_failed(result.outcome) || op_is(op, TRAIT_REMAKES))
        return result;
    if (op.kind == OP_COMPACT)
        model_compact(&program->model, in_stash);
    else
        model_apply(&program->model, op, program->value_count);
    return result;
}
