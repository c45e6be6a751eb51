/* SPDX-License-Identifier: Apache-2.0 */
/* The sentence for what a caller sees of a failure: which call answers what, or how it ends. Pure words: runs
 * nothing and judges nothing. */
#ifndef HARNESS_OBSERVED_WORDS_H
#define HARNESS_OBSERVED_WORDS_H

#include "verdict.h"

enum { OBSERVED_WORDS_SIZE = VERDICT_DETAIL_SIZE + 200 };

/* The call that shows it. */
struct observed {
    struct op op;
    bool is_later;     /* it comes after the failing op */
    const char *after; /* the words of an op between the two, or null */
    const char *death; /* how it ended the run, where it did: "the op does not end"; else null */
    enum invariant invariant; /* that found it; only where `death` is null */
    struct result actual, expected;
    const char *
        origin; /* of a value that was answered and never stored (row.answer_origin); null otherwise */
    const char *detail; /* the verdict's */
};

/* "lookup 0 after it answers absent, expected value 1", "get 3 after it and a clear does not
 * return: the op does not end". `size` is OBSERVED_WORDS_SIZE at least. */
void observed_words(const struct observed *observed, char *words, size_t size);

#endif
