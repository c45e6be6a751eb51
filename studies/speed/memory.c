/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks from mmap, aligned and advised: see memory.h. */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE_SIZE ((size_t)2 << 20)
#define LINE_SIZE      ((size_t)64)

static size_t round_up(size_t size, size_t unit) {
    return (size + unit - 1) / unit * unit;
}

/* Maps a huge page more than is needed and gives back what stands out on either side. */
static void *take_pages(size_t size, bool huge_pages) {
    const size_t mapped_size = round_up(size, HUGE_PAGE_SIZE) + HUGE_PAGE_SIZE;
    char *mapped = (char *)mmap(NULL, mapped_size, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    size_t before;
    if (mapped == MAP_FAILED)
        return NULL;
    before = round_up((uintptr_t)mapped, HUGE_PAGE_SIZE) - (uintptr_t)mapped;
    if (before > 0)
        (void)munmap(mapped, before);
    if (before < HUGE_PAGE_SIZE)
        (void)munmap(mapped + before + round_up(size, HUGE_PAGE_SIZE), HUGE_PAGE_SIZE - before);
    (void)madvise(mapped + before, round_up(size, HUGE_PAGE_SIZE),
                  huge_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return mapped + before;
}

void *memory_take(struct memory *memory, size_t size) {
    void *block;
    if (size >= HUGE_PAGE_SIZE) {
        block = take_pages(size, memory->huge_pages);
        memory->mapped_size += block != NULL ? size : 0;
    } else {
        block = aligned_alloc(LINE_SIZE, round_up(size, LINE_SIZE));
        if (block != NULL)
            memset(block, 0, size);
    }
    if (block != NULL)
        memory->size += size;
    return block;
}

void memory_give(struct memory *memory, void *block, size_t size) {
    if (block == NULL)
        return;
    memory->size -= size;
    if (size >= HUGE_PAGE_SIZE) {
        memory->mapped_size -= size;
        (void)munmap(block, round_up(size, HUGE_PAGE_SIZE));
    } else {
        free(block);
    }
}
