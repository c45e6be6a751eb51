/* SPDX-License-Identifier: Apache-2.0 */
/* The hooks behind subject_touches.h. They are called by compiled code alone: nobody includes their names. */
#include "subject_touches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAS_READ = 1, WAS_WRITTEN = 2 };

static struct {
    bool on;
    uintptr_t block;
    size_t block_size;
    const struct subject_array *arrays;
    struct subject_touches touches;
    /* By item, of all arrays one after the other; and which of them are not 0. */
    unsigned char *marks;
    size_t *marked;
    size_t mark_count, marked_count;
} watch;

static void *grown(void *memory, size_t size) {
    void *larger = realloc(memory, size);
    if (larger == NULL) {
        fprintf(stderr, "touches: no memory for %zu bytes\n", size);
        abort();
    }
    return larger;
}

void subject_touches_begin(const unsigned char *block, size_t block_size,
                           const struct subject_array arrays[SUBJECT_ARRAY_COUNT]) {
    size_t count = 0;
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1)
        count += arrays[i].item_count;
    if (count > watch.mark_count) {
        watch.marks = (unsigned char *)grown(watch.marks, count);
        watch.marked = (size_t *)grown(watch.marked, count * sizeof watch.marked[0]);
        memset(watch.marks + watch.mark_count, 0, count - watch.mark_count);
        watch.mark_count = count;
    }
    for (size_t i = 0; i < watch.marked_count; i += 1)
        watch.marks[watch.marked[i]] = 0;
    watch.marked_count = 0;
    watch.block = (uintptr_t)block;
    watch.block_size = block_size;
    watch.arrays = arrays;
    memset(&watch.touches, 0, sizeof watch.touches);
    watch.on = true;
}

const struct subject_touches *subject_touches_end(void) {
    watch.on = false;
    return &watch.touches;
}

static void touch_item(unsigned array, size_t index, unsigned char how) {
    unsigned char *mark = &watch.marks[index];
    if (*mark == 0) {
        watch.marked[watch.marked_count] = index;
        watch.marked_count += 1;
    }
    if ((*mark & how) != 0)
        return;
    *mark |= how;
    if (how == WAS_READ)
        watch.touches.read[array] += 1;
    else
        watch.touches.written[array] += 1;
}

/* The items of an array from `start` to before `end`, offsets in the block; the bytes of them. */
static size_t touch_array(unsigned array, size_t first_index, size_t start, size_t end,
                          unsigned char how) {
    const struct subject_array *items = &watch.arrays[array];
    const size_t array_end = items->offset + items->item_count * items->item_size;
    const size_t from = start > items->offset ? start : items->offset;
    const size_t to = end < array_end ? end : array_end;
    if (from >= to)
        return 0;
    for (size_t item = (from - items->offset) / items->item_size;
         item <= (to - 1 - items->offset) / items->item_size; item += 1)
        touch_item(array, first_index + item, how);
    return to - from;
}

static void touch(const void *memory, size_t size, unsigned char how) {
    const uintptr_t address = (uintptr_t)memory;
    size_t start, first_index = 0, known = 0;
    if (!watch.on || size == 0 || address < watch.block ||
        address - watch.block >= watch.block_size)
        return;
    start = address - watch.block;
    for (unsigned array = 0; array < SUBJECT_ARRAY_COUNT; array += 1) {
        const size_t touched = touch_array(array, first_index, start, start + size, how);
        if (how == WAS_WRITTEN && array < SUBJECT_VALUE_ARRAY_COUNT)
            watch.touches.copied_size += touched;
        known += touched;
        first_index += watch.arrays[array].item_count;
    }
    watch.touches.padding += known != size;
}

/* ---- What compiled code calls. ------------------------------------------------------------ */

#define HOOKS(size) \
    void __tsan_read##size(const void *memory); \
    void __tsan_write##size(void *memory); \
    void __tsan_unaligned_read##size(const void *memory); \
    void __tsan_unaligned_write##size(void *memory); \
    void __tsan_read##size(const void *memory) { \
        touch(memory, size, WAS_READ); \
    } \
    void __tsan_write##size(void *memory) { \
        touch(memory, size, WAS_WRITTEN); \
    } \
    void __tsan_unaligned_read##size(const void *memory) { \
        touch(memory, size, WAS_READ); \
    } \
    void __tsan_unaligned_write##size(void *memory) { \
        touch(memory, size, WAS_WRITTEN); \
    }
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)
#undef HOOKS

void __tsan_read_range(const void *memory, size_t size);
void __tsan_write_range(void *memory, size_t size);
void __tsan_init(void);
void __sanitizer_cov_trace_pc(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);

void __tsan_read_range(const void *memory, size_t size) {
    touch(memory, size, WAS_READ);
}

void __tsan_write_range(void *memory, size_t size) {
    touch(memory, size, WAS_WRITTEN);
}

void __tsan_init(void) {}

void __sanitizer_cov_trace_pc(void) {
    watch.touches.steps += watch.on;
}

void __tsan_func_entry(void *caller) {
    (void)caller;
}

void __tsan_func_exit(void) {}

/* Copies and fills, by the linker's --wrap from gcc and from clang 14, under names of its own from newer
 * ones. */
void *__real_memcpy(void *to, const void *from, size_t size);
void *__real_memset(void *memory, int byte, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memset(void *memory, int byte, size_t size);
void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memset(void *memory, int byte, size_t size);

void *__wrap_memcpy(void *to, const void *from, size_t size) {
    touch(from, size, WAS_READ);
    touch(to, size, WAS_WRITTEN);
    return __real_memcpy(to, from, size);
}

void *__wrap_memset(void *memory, int byte, size_t size) {
    touch(memory, size, WAS_WRITTEN);
    return __real_memset(memory, byte, size);
}

void *__tsan_memcpy(void *to, const void *from, size_t size) {
    return __wrap_memcpy(to, from, size);
}

void *__tsan_memset(void *memory, int byte, size_t size) {
    return __wrap_memset(memory, byte, size);
}
