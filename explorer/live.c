/* SPDX-License-Identifier: Apache-2.0 */
/* The live map behind live.h. */
#include "live.h"

static _Alignas(SUBJECT_ALIGNMENT_MAX) unsigned char arena[SUBJECT_ARENA_SIZE];
static struct environment environment;
/* Its first op is the one that is applied: verdicts and reports look there. */
static struct stream stream;

struct environment *live_environment(void) {
    return &environment;
}

bool live_begin(const struct space *space) {
    const struct environment_options options = {
        .layers = LAYERS_ALL, .pass = PASS_CACHE, .fill = 0x5a, .at_end_only = true};
    if (environment.subject.arena == NULL)
        environment_create(&environment, arena);
    stream.world = space->world;
    stream.op_count = 1;
    return environment_begin(&environment, &stream, &space->world, &options);
}

bool live_apply(struct op op) {
    stream.ops[0] = op;
    return environment_apply(&environment, op);
}

enum outcome live_outcome(void) {
    return environment.steps[0].actual.outcome;
}
