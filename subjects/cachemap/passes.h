/* SPDX-License-Identifier: Apache-2.0 */
/* One input, all of its passes: with the cache, without it, and whatever else its geometry asks for
 * (again on other memory; with another layout). The one body that the fuzz target, ./trace, ./soak
 * and the tests share, so that they cannot drift apart. */
#ifndef HARNESS_INPUT_H
#define HARNESS_INPUT_H

#include "environment.h"

struct input_options {
    uint32_t layers;
    bool at_end_only;      /* as in environment_options */
    bool shows_all_passes; /* on_op is called in each pass, not in the first one alone */
    /* As in environment_options; expectations are for the first pass. */
    void (*on_failure)(const struct environment *environment);
    void (*on_op)(const struct environment *environment, void *context);
    void *context;
    const struct result *expectations;
};

/* What a pass makes of a stream's geometry, which bytes its memory has before init, and where that memory
 * comes from. */
struct pass_world {
    struct geometry geometry;
    uint8_t fill;
    enum subject_memory memory;
};
struct pass_world input_pass_world(const struct geometry *geometry, enum pass pass);

/* Runs the stream. Returns the environment of the pass that failed, its verdict within, or null
 * when all passes agree. It is good until the next call. Not reentrant: the passes' memory is
 * static, so that an input costs no allocation. */
const struct environment *input_run(const struct stream *stream,
                                    const struct input_options *options);

/* After a run that agrees: a digest of all answers and of the final state, with the cache. */
uint64_t input_digest(void);

/* The environment that is running, for a report from a sanitizer's callback; null between runs. */
const struct environment *input_running(void);

#endif
