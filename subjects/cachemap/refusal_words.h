/* SPDX-License-Identifier: Apache-2.0 */
/* What an `init_refused` asks of the library and why it must be refused, in words for reports. Knows the
 * geometry and the reasons; calls nothing of a map. */
#ifndef HARNESS_REFUSAL_WORDS_H
#define HARNESS_REFUSAL_WORDS_H

#include "subject.h"

enum { REFUSAL_WORDS_SIZE = 400 };

/* "init was asked for cache_value_count_max=2, stash_value_count_max=0, scope_value_count_max=1, hash_seed=0;
 * it must refuse, for stash_value_count_max is 0, the least is 1". `size` is REFUSAL_WORDS_SIZE at least. */
void refusal_words(const struct geometry *geometry, enum op_refusal refusal, char *words,
                   size_t size);

/* The same for a cell: "asked cache=2 stash=0 scope=1". */
void refusal_words_short(const struct geometry *geometry, enum op_refusal refusal, char *words,
                         size_t size);

#endif
