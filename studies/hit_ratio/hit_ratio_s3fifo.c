/* SPDX-License-Identifier: Apache-2.0 */
/* S3-FIFO: J. Yang, Y. Zhang, Z. Qiu, Y. Yue, K. V. Rashmi, "FIFO queues are all you need for
 * cache eviction", SOSP 2023. Three queues: small (a tenth of the objects), main (the rest), and
 * ghost, which has keys without objects, as many as main has objects.
 *
 *   A use         raises the object's count, at most to 3.
 *   A miss        stores at the head of main when the key is a ghost, else of small, with count 0.
 *   An eviction   is from main when main has more than its share or small is empty, else from
 *                 small.
 *   From small    what was used twice or more goes to the head of main, its count 0; the first
 *                 other object is evicted and becomes the newest ghost.
 *   From main     what was used goes to the head again, its count less by 1; the first other is
 *                 evicted.
 *
 * Where the paper leaves a choice (twice or more; when main is full) it is that of the authors'
 * own simulator. A remove takes the key out of whichever queue has it, ghost included. */
#include "hit_ratio_list.h"
#include "hit_ratio_policy.h"

enum { NO_QUEUE, SMALL, MAIN, GHOST, QUEUE_COUNT };
enum { SMALL_SHARE = 10, USE_COUNT_MAX = 3, USES_FOR_MAIN = 2 };

struct s3fifo {
    uint32_t object_count_max, main_count_max;
    struct links links;
    struct list queues[QUEUE_COUNT];
    uint8_t *use_counts;
};

static void *s3fifo_create(uint32_t object_count_max, uint32_t key_count) {
    struct s3fifo *s3fifo = memory_of(1, sizeof *s3fifo);
    const uint32_t small_count_max = object_count_max / SMALL_SHARE;
    s3fifo->object_count_max = object_count_max;
    s3fifo->main_count_max = object_count_max - (small_count_max > 0 ? small_count_max : 1);
    links_init(&s3fifo->links, key_count);
    for (uint32_t queue = 0; queue < QUEUE_COUNT; queue += 1)
        s3fifo->queues[queue] = list_empty();
    s3fifo->use_counts = memory_of(key_count, sizeof *s3fifo->use_counts);
    return s3fifo;
}

static void s3fifo_destroy(void *cache) {
    struct s3fifo *s3fifo = cache;
    links_deinit(&s3fifo->links);
    free(s3fifo->use_counts);
    free(s3fifo);
}

static void s3fifo_take(struct s3fifo *s3fifo, uint32_t key) {
    list_take(&s3fifo->links, &s3fifo->queues[s3fifo->links.list[key]], key);
}

static void s3fifo_add(struct s3fifo *s3fifo, uint8_t queue, uint32_t key) {
    list_add_head(&s3fifo->links, &s3fifo->queues[queue], queue, key);
}

static void s3fifo_remove(void *cache, uint32_t key) {
    struct s3fifo *s3fifo = cache;
    if (s3fifo->links.list[key] != NO_QUEUE)
        s3fifo_take(s3fifo, key);
}

static void s3fifo_add_ghost(struct s3fifo *s3fifo, uint32_t key) {
    if (s3fifo->main_count_max == 0)
        return;
    if (s3fifo->queues[GHOST].count == s3fifo->main_count_max)
        s3fifo_take(s3fifo, s3fifo->queues[GHOST].tail);
    s3fifo_add(s3fifo, GHOST, key);
}

/* False when all of small has gone to main. */
static bool s3fifo_evict_small(struct s3fifo *s3fifo) {
    while (s3fifo->queues[SMALL].count > 0) {
        const uint32_t key = s3fifo->queues[SMALL].tail;
        s3fifo_take(s3fifo, key);
        if (s3fifo->use_counts[key] < USES_FOR_MAIN) {
            s3fifo_add_ghost(s3fifo, key);
            return true;
        }
        s3fifo->use_counts[key] = 0;
        s3fifo_add(s3fifo, MAIN, key);
    }
    return false;
}

/* Bounded: each step takes 1 from a count. */
static void s3fifo_evict_main(struct s3fifo *s3fifo) {
    for (;;) {
        const uint32_t key = s3fifo->queues[MAIN].tail;
        s3fifo_take(s3fifo, key);
        if (s3fifo->use_counts[key] == 0)
            return;
        s3fifo->use_counts[key] -= 1;
        s3fifo_add(s3fifo, MAIN, key);
    }
}

static void s3fifo_evict(struct s3fifo *s3fifo) {
    const bool main_is_over = s3fifo->queues[MAIN].count > s3fifo->main_count_max;
    if (main_is_over || !s3fifo_evict_small(s3fifo))
        s3fifo_evict_main(s3fifo);
}

static bool s3fifo_use(void *cache, uint32_t key) {
    struct s3fifo *s3fifo = cache;
    const uint8_t queue = s3fifo->links.list[key];
    if (queue == SMALL || queue == MAIN) {
        if (s3fifo->use_counts[key] < USE_COUNT_MAX)
            s3fifo->use_counts[key] += 1;
        return true;
    }
    if (queue == GHOST)
        s3fifo_take(s3fifo, key);
    if (s3fifo->queues[SMALL].count + s3fifo->queues[MAIN].count == s3fifo->object_count_max)
        s3fifo_evict(s3fifo);
    s3fifo->use_counts[key] = 0;
    s3fifo_add(s3fifo, queue == GHOST ? MAIN : SMALL, key);
    return false;
}

const struct policy policy_s3fifo = {"s3fifo",   "S3-FIFO (SOSP 2023)", s3fifo_create,
                                     s3fifo_use, s3fifo_remove,         s3fifo_destroy};
