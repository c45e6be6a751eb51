/* SPDX-License-Identifier: Apache-2.0 */
/* Where peers get their large blocks from: counted, and with huge pages or without as the run
 * asks. What a library takes from malloc behind our back is counted by the driver (mallinfo2),
 * and gets huge pages by the tunable glibc.malloc.hugetlb.
 *
 * Knows nothing of maps. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct memory {
    bool huge_pages;
    size_t size;        /* bytes that are taken now */
    size_t mapped_size; /* of these, what is not malloc's */
};

/* Zeroed memory, aligned to 2 MiB from that size on and to 64 bytes below it. Null: there is
 * none. */
void *memory_take(struct memory *memory, size_t size);

/* `size` is what `memory_take` was asked for. */
void memory_give(struct memory *memory, void *block, size_t size);

#ifdef __cplusplus
}
#endif

#endif
