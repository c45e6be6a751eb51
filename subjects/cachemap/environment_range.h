/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of the answers of a range's single ops: how many succeed, and for layer 8 digests. For
 * environment.c alone. */
#ifndef HARNESS_ENVIRONMENT_RANGE_H
#define HARNESS_ENVIRONMENT_RANGE_H

#include "environment_state.h"

static inline uint64_t environment_digest_add(uint64_t digest, struct result answer) {
    return (digest ^ ((uint64_t)answer.value << 8 | answer.outcome)) * UINT64_C(0x9fb21c651e98df25);
}

/* Whether the range counts it: it did what it was asked, or found a value. */
static inline bool environment_succeeds(struct result answer) {
    return !outcome_failed(answer.outcome) && answer.outcome != OUTCOME_NOTHING;
}

/* One more of the range answers so. */
static inline void range_digest_add(struct range_digest *digest, struct result answer) {
    const struct result failed = result_of(OUTCOME_ABSENT), done = result_of(OUTCOME_OK);
    const bool is_failed = outcome_failed(answer.outcome);
    digest->failed |= is_failed;
    digest->failures = environment_digest_add(digest->failures, is_failed ? failed : done);
    digest->answers = environment_digest_add(digest->answers, is_failed ? failed : answer);
}

#endif
