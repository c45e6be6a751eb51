/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that are one queue of objects: FIFO, LRU, CLOCK and SIEVE.
 *
 *   FIFO   evicts what was stored first.
 *   LRU    evicts what was not used for the longest time. (Both: L. A. Belady, "A study of
 *          replacement algorithms for a virtual-storage computer", IBM Systems Journal 5(2),
 *          1966.)
 *   CLOCK  FIFO with second chances. A use raises an object's count, at most to a limit. At the
 *          tail, an object with a count goes to the head again with 1 less; the first without is
 *          evicted. This is the same as a circle of objects with a hand, where the hand is the end
 *          of the queue: the form in which F. J. Corbato described it with the limit 1, "A paging
 *          experiment with the Multics system", 1968 (in "In Honor of Philip M. Morse", MIT Press,
 *          1969). With the limit 2 it decides as the cache map does with two clock bits (which
 *          keeps the count plus 1, and 0 for a free way), as if all its slots were one set: the
 *          difference is what the sets cost.
 *   SIEVE  a FIFO queue with a visited bit for each object and a hand. The hand goes from the tail
 *          to the head, clears bits that are set, and evicts the first object without one; it
 *          stays where it was, and objects never move. (Y. Zhang, J. Yang, Y. Yue, Y. Vigfusson,
 *          K. V. Rashmi, "SIEVE is simpler than LRU", NSDI 2024.)
 *
 * A remove takes the object out of its queue. */
#include "hit_ratio_list.h"
#include "hit_ratio_policy.h"

enum { QUEUE = 1 };

struct queue {
    uint32_t object_count_max;
    struct links links;
    struct list list;
    uint8_t *use_counts; /* CLOCK's; SIEVE's bit */
    uint8_t use_count_max;
    uint32_t hand; /* SIEVE's: where the next search starts; LIST_NONE: at the tail */
};

static void *queue_create(uint32_t object_count_max, uint32_t key_count) {
    struct queue *queue = memory_of(1, sizeof *queue);
    queue->object_count_max = object_count_max;
    links_init(&queue->links, key_count);
    queue->list = list_empty();
    queue->use_counts = memory_of(key_count, sizeof *queue->use_counts);
    queue->use_count_max = 1;
    queue->hand = LIST_NONE;
    return queue;
}

static void queue_destroy(void *cache) {
    struct queue *queue = cache;
    links_deinit(&queue->links);
    free(queue->use_counts);
    free(queue);
}

static void queue_remove(void *cache, uint32_t key) {
    struct queue *queue = cache;
    if (queue->links.list[key] != QUEUE)
        return;
    if (queue->hand == key)
        queue->hand = queue->links.to_head[key];
    list_take(&queue->links, &queue->list, key);
}

static void queue_store(struct queue *queue, uint32_t key) {
    queue->use_counts[key] = 0;
    list_add_head(&queue->links, &queue->list, QUEUE, key);
}

static bool fifo_use(void *cache, uint32_t key) {
    struct queue *queue = cache;
    if (queue->links.list[key] == QUEUE)
        return true;
    if (queue->list.count == queue->object_count_max)
        list_take(&queue->links, &queue->list, queue->list.tail);
    queue_store(queue, key);
    return false;
}

static bool lru_use(void *cache, uint32_t key) {
    struct queue *queue = cache;
    if (!fifo_use(cache, key))
        return false;
    list_take(&queue->links, &queue->list, key);
    queue_store(queue, key);
    return true;
}

/* Bounded: a round of the hand clears every bit. */
static void sieve_evict(struct queue *queue) {
    uint32_t key = queue->hand == LIST_NONE ? queue->list.tail : queue->hand;
    while (queue->use_counts[key] > 0) {
        queue->use_counts[key] = 0;
        key = queue->links.to_head[key];
        if (key == LIST_NONE)
            key = queue->list.tail;
    }
    queue->hand = queue->links.to_head[key];
    list_take(&queue->links, &queue->list, key);
}

/* Bounded: a round takes 1 from every count. */
static void clock_evict(struct queue *queue) {
    uint32_t key = queue->list.tail;
    list_take(&queue->links, &queue->list, key);
    while (queue->use_counts[key] > 0) {
        queue->use_counts[key] -= 1;
        list_add_head(&queue->links, &queue->list, QUEUE, key);
        key = queue->list.tail;
        list_take(&queue->links, &queue->list, key);
    }
}

/* True when the key is resident, and then the use is noted. */
static bool queue_note(struct queue *queue, uint32_t key) {
    if (queue->links.list[key] != QUEUE)
        return false;
    if (queue->use_counts[key] < queue->use_count_max)
        queue->use_counts[key] += 1;
    return true;
}

static bool sieve_use(void *cache, uint32_t key) {
    struct queue *queue = cache;
    if (queue_note(queue, key))
        return true;
    if (queue->list.count == queue->object_count_max)
        sieve_evict(queue);
    queue_store(queue, key);
    return false;
}

static bool clock_use(void *cache, uint32_t key) {
    struct queue *queue = cache;
    if (queue_note(queue, key))
        return true;
    if (queue->list.count == queue->object_count_max)
        clock_evict(queue);
    queue_store(queue, key);
    return false;
}

static void *clock_2bit_create(uint32_t object_count_max, uint32_t key_count) {
    struct queue *queue = queue_create(object_count_max, key_count);
    queue->use_count_max = 2;
    return queue;
}

const struct policy policy_fifo = {
    "fifo", "evicts what was stored first", queue_create, fifo_use, queue_remove, queue_destroy};

const struct policy policy_lru = {"lru",        "evicts what was not used for the longest time",
                                  queue_create, lru_use,
                                  queue_remove, queue_destroy};

const struct policy policy_sieve = {"sieve",   "SIEVE (NSDI 2024)", queue_create,
                                    sieve_use, queue_remove,        queue_destroy};

const struct policy policy_clock_1bit = {"clock_1bit", "CLOCK with a reference bit",
                                         queue_create, clock_use,
                                         queue_remove, queue_destroy};

const struct policy policy_clock_2bit = {
    "clock_2bit",      "CLOCK with the map's counts, in one circle instead of sets",
    clock_2bit_create, clock_use,
    queue_remove,      queue_destroy};
