/* SPDX-License-Identifier: Apache-2.0 */
/* The one live map of this process, with its models: the environment of the fuzzer, run an op at a time in
 * a world. Knows neither codes nor the search. */
#ifndef EXPLORER_LIVE_H
#define EXPLORER_LIVE_H

#include "environment.h"
#include "space.h"

/* The environment; live between a live_begin and a verdict, or environment_end. */
struct environment *live_environment(void);

/* A new map of the world. False with a verdict. What is examined after an op is left to
 * environment_audit. */
bool live_begin(const struct space *space);

/* One op, with the layers that look at an op. False with a verdict. */
bool live_apply(struct op op);

/* What the last op answered. */
enum outcome live_outcome(void);

#endif
