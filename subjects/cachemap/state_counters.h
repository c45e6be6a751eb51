/* SPDX-License-Identifier: Apache-2.0 */
/* State counters: what a run has been through, told to the fuzzing engine beside its edges. Two
 * inputs that take the same branches, one with a stash that is nearly full and one that fills it,
 * are two inputs to the engine only by this.
 *
 * libFuzzer reads the section `__libfuzzer_extra_counters` after each input and clears it before;
 * so do AFL++'s and Centipede's drivers or they ignore it. The idea is IJON's (Aschermann et al.,
 * S&P 2020). The counters come from the map's counts and answers alone, never from the models, so
 * that the oracle can change without changing what is news. */
#ifndef HARNESS_FEATURES_H
#define HARNESS_FEATURES_H

#include "environment.h"

/* To be passed as `on_op` of struct input_options, `context` is not used. Cost: O(1). */
void state_counters_note(const struct environment *environment, void *context);

#endif
