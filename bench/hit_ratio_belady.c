/* MIN by a heap of next uses. An entry is good as long as its key is resident and has that next use;
 * others are dropped when they come up, so each access costs a push and at most a few pops. */
#include "hit_ratio_belady.h"

#include "hit_ratio_memory.h"

struct future {
    uint32_t next; /* the access that uses the key next; UINT32_MAX: none */
    uint32_t key;
};

struct belady {
    uint32_t resident_count;
    bool *resident;
    uint32_t *next_of; /* of each resident key */
    struct future *heap;
    size_t heap_count;
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

static void heap_push(struct belady *belady, struct future future) {
    size_t at = belady->heap_count++;
    for (; at > 0 && belady->heap[(at - 1) / 2].next < future.next; at = (at - 1) / 2)
        belady->heap[at] = belady->heap[(at - 1) / 2];
    belady->heap[at] = future;
}

/* The farthest; the heap is not empty. */
static struct future heap_pop(struct belady *belady) {
    const struct future top = belady->heap[0];
    const struct future last = belady->heap[--belady->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= belady->heap_count)
            break;
        if (child + 1 < belady->heap_count &&
            belady->heap[child + 1].next > belady->heap[child].next)
            child += 1;
        if (belady->heap[child].next <= last.next)
            break;
        belady->heap[at] = belady->heap[child];
        at = child;
    }
    belady->heap[at] = last;
    return top;
}

static void belady_evict(struct belady *belady) {
    for (;;) {
        const struct future top = heap_pop(belady);
        if (belady->resident[top.key] && belady->next_of[top.key] == top.next) {
            belady->resident[top.key] = false;
            belady->resident_count -= 1;
            return;
        }
    }
}

uint64_t belady_run(const struct trace *trace, uint32_t object_count_max, bool *hits) {
    uint32_t *nexts = next_uses(trace);
    uint64_t hit_count = 0;
    struct belady belady = {0, NULL, NULL, NULL, 0};
    belady.resident = memory_of(trace->key_count, sizeof *belady.resident);
    belady.next_of = memory_of(trace->key_count, sizeof *belady.next_of);
    belady.heap = memory_of(trace->access_count, sizeof *belady.heap);
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const struct future future = {nexts[at], trace->accesses[at].key};
        const bool hit = belady.resident[future.key];
        if (hit) {
            hit_count += 1;
        } else {
            if (belady.resident_count == object_count_max)
                belady_evict(&belady);
            belady.resident[future.key] = true;
            belady.resident_count += 1;
        }
        belady.next_of[future.key] = future.next;
        heap_push(&belady, future);
        if (hits != NULL)
            hits[at] = hit;
    }
    free(belady.resident);
    free(belady.next_of);
    free(belady.heap);
    free(nexts);
    return hit_count;
}
