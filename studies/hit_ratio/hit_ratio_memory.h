/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for a program that cannot go on without: zeroed, or the program ends with a message. Knows
 * nothing. */
#ifndef BENCH_HIT_RATIO_MEMORY_H
#define BENCH_HIT_RATIO_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

/* For free(). Never null; also for a count of 0. Ends the program with 2 where there is none. */
static inline void *memory_of(size_t count, size_t size) {
    void *memory = calloc(count == 0 ? 1 : count, size);
    if (memory == NULL) {
        fprintf(stderr, "hit_ratio: out of memory: %zu items of %zu bytes\n", count, size);
        exit(2);
    }
    return memory;
}

#endif
