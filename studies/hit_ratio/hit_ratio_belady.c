/* SPDX-License-Identifier: Apache-2.0 */
/* MIN by a heap of next uses. An entry stays when the use that it foretold has come; it is then
 * below those of all resident keys, whose next uses are to come, and never on top when one is to
 * be evicted. */
#include "hit_ratio_belady.h"

#include "hit_ratio_memory.h"

struct future {
    uint32_t next; /* the access that uses the key next; UINT32_MAX: none */
    uint32_t key;
};

/* The farthest on top. */
struct heap {
    struct future *futures;
    size_t count;
};

/* Of each access, the next access with its key. */
static uint32_t *next_uses(const struct trace *trace) {
    uint32_t *nexts = memory_of(trace->access_count, sizeof *nexts);
    uint32_t *seen = memory_of(trace->key_count, sizeof *seen); /* plus 1; 0: not seen */
    for (size_t at = trace->access_count; at > 0; at -= 1) {
        const uint32_t key = trace->accesses[at - 1].key;
        nexts[at - 1] = seen[key] == 0 ? UINT32_MAX : seen[key] - 1;
        seen[key] = (uint32_t)at;
    }
    free(seen);
    return nexts;
}

static void heap_push(struct heap *heap, struct future future) {
    size_t at = heap->count++;
    for (; at > 0 && heap->futures[(at - 1) / 2].next < future.next; at = (at - 1) / 2)
        heap->futures[at] = heap->futures[(at - 1) / 2];
    heap->futures[at] = future;
}

/* The farthest; the heap is not empty. */
static struct future heap_pop(struct heap *heap) {
    const struct future top = heap->futures[0];
    const struct future last = heap->futures[--heap->count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->futures[child + 1].next > heap->futures[child].next)
            child += 1;
        if (heap->futures[child].next <= last.next)
            break;
        heap->futures[at] = heap->futures[child];
        at = child;
    }
    heap->futures[at] = last;
    return top;
}

uint64_t belady_run(const struct trace *trace, uint32_t object_count_max, bool *hits) {
    uint32_t *nexts = next_uses(trace);
    uint64_t hit_count = 0;
    uint32_t resident_count = 0;
    bool *resident = memory_of(trace->key_count, sizeof *resident);
    struct heap heap = {memory_of(trace->access_count, sizeof(struct future)), 0};
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const struct future future = {nexts[at], trace->accesses[at].key};
        const bool hit = resident[future.key];
        if (hit) {
            hit_count += 1;
        } else {
            if (resident_count == object_count_max)
                resident[heap_pop(&heap).key] = false;
            else
                resident_count += 1;
            resident[future.key] = true;
        }
        heap_push(&heap, future);
        if (hits != NULL)
            hits[at] = hit;
    }
    free(resident);
    free(heap.futures);
    free(nexts);
    return hit_count;
}
