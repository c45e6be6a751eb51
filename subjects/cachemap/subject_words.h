/* SPDX-License-Identifier: Apache-2.0 */
/* What the library answers, in the harness's words. For subject*.c alone. */
#ifndef HARNESS_SUBJECT_WORDS_H
#define HARNESS_SUBJECT_WORDS_H

#include "op.h"
#include "subject_functions.h"

/* OUTCOME_NONE for what is no status. */
enum outcome subject_outcome_of_status(enum cache_map_status status);

static inline struct result subject_result_of_status(enum cache_map_status status) {
    return result_of(subject_outcome_of_status(status));
}

#endif
