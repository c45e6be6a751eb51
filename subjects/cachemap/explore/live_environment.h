/* SPDX-License-Identifier: Apache-2.0 */
/* The one live map of the explorer, with its models: the environment of the fuzzer, run an op at a time. Only
 * for what stands behind explorer/live.h. */
#ifndef SUBJECT_LIVE_ENVIRONMENT_H
#define SUBJECT_LIVE_ENVIRONMENT_H

#include "environment.h"

extern struct environment live_environment;

#endif
