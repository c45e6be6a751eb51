/* SPDX-License-Identifier: Apache-2.0 */
/* What a call of the library touches of a map's block: each read and each write, by array. The library's
 * instances are compiled with the hooks of ThreadSanitizer (-fsanitize=thread), which gcc and clang have
 * alike, and linked with these functions in the place of its runtime. Of all hooks that compilers have it is
 * the one that sees copies, too: -fsanitize-coverage=trace-loads,trace-stores passes over memcpy and over a
 * struct that is assigned. Knows arrays and bytes, and neither calls nor what they may touch. */
#ifndef SUBJECT_TOUCHES_H
#define SUBJECT_TOUCHES_H

#include "subject_arrays.h"

/* Items, each counted once however often it was touched. */
struct subject_touches {
    uint64_t read[SUBJECT_ARRAY_COUNT], written[SUBJECT_ARRAY_COUNT];
    uint64_t copied_size; /* bytes written into the arrays of values, each time anew */
    uint64_t steps;       /* stretches of code without a branch that were run */
    uint64_t padding;     /* accesses to bytes of the block that are of no array */
};

/* From here on accesses to this block count, until subject_touches_end. `arrays` stay good until then. */
void subject_touches_begin(const unsigned char *block, size_t block_size,
                           const struct subject_array arrays[SUBJECT_ARRAY_COUNT]);
const struct subject_touches *subject_touches_end(void);

#endif
