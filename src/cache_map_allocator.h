/* SPDX-License-Identifier: Apache-2.0 */
/* Where a map's block comes from: the allocator of a map that is given none, and that of one which
 * is given memory.
 *
 * aligned_alloc is C11, and yet not everywhere: Windows has none, macOS none before 10.15,
 * Android none before version 9 (28 of its interface). With CACHE_MAP_NO_DEFAULT_ALLOCATOR none
 * of these functions is referenced and no header that declares them is included: for programs
 * that bring an allocator, and systems that have none. Knows nothing of maps. */
#ifndef CACHE_MAP_ALLOCATOR_H
#define CACHE_MAP_ALLOCATOR_H

#include "cache_map_types.h"

#ifndef CACHE_MAP_NO_DEFAULT_ALLOCATOR
#    include <stdlib.h>
#    if defined(_WIN32)
#        include <malloc.h>
#    endif
#endif

CACHE_MAP_HEADER_BEGIN

/* What init takes for a null allocator; `context` is null. */
static inline void *cache_map_allocate_default(void *context, size_t size, size_t alignment) {
#if defined(CACHE_MAP_NO_DEFAULT_ALLOCATOR)
    CACHE_MAP_ASSERT(context != NULL && "CACHE_MAP_NO_DEFAULT_ALLOCATOR: init takes an allocator");
    (void)size;
    (void)alignment;
    return context; /* none: OUT_OF_MEMORY where assertions are taken out */
#else
    void *memory = NULL;
    (void)context;
#    if defined(_WIN32)
    memory = _aligned_malloc(size, alignment);
#    elif defined(__APPLE__) || defined(__ANDROID__)
    if (posix_memalign(&memory, alignment, size) != 0)
        memory = NULL; /* POSIX does not say what a failure leaves */
#    else
    memory = aligned_alloc(alignment, size);
#    endif
    return memory;
#endif
}

static inline void cache_map_deallocate_default(void *context, void *memory, size_t size,
                                                size_t alignment) {
    (void)context;
    (void)size;
    (void)alignment;
#if defined(CACHE_MAP_NO_DEFAULT_ALLOCATOR)
    (void)memory;
#elif defined(_WIN32)
    _aligned_free(memory); /* free would not do there */
#else
    free(memory);
#endif
}

static inline void *cache_map_allocate_none(void *context, size_t size, size_t alignment) {
    (void)size;
    (void)alignment;
    return context; /* the memory that the caller of init_in_memory supplied */
}

static inline void cache_map_deallocate_none(void *context, void *memory, size_t size,
                                             size_t alignment) {
    (void)context;
    (void)memory;
    (void)size;
    (void)alignment;
}

CACHE_MAP_HEADER_END

#endif
