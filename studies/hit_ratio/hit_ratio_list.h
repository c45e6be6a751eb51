/* SPDX-License-Identifier: Apache-2.0 */
/* Doubly linked lists of keys, whose links are arrays indexed by key: a key is on one list at most.
 * Knows nothing of what a list stands for. */
#ifndef BENCH_HIT_RATIO_LIST_H
#define BENCH_HIT_RATIO_LIST_H

#include "hit_ratio_memory.h"

#include <stdbool.h>
#include <stdint.h>

#define LIST_NONE UINT32_MAX

struct list {
    uint32_t head, tail, count;
};

/* The neighbours of each key, and the number of its list: 0 for none. */
struct links {
    uint32_t *to_head, *to_tail;
    uint8_t *list;
};

static inline struct list list_empty(void) {
    const struct list list = {LIST_NONE, LIST_NONE, 0};
    return list;
}

static inline void links_init(struct links *links, uint32_t key_count) {
    links->to_head = memory_of(key_count, sizeof *links->to_head);
    links->to_tail = memory_of(key_count, sizeof *links->to_tail);
    links->list = memory_of(key_count, sizeof *links->list);
}

static inline void links_deinit(struct links *links) {
    free(links->to_head);
    free(links->to_tail);
    free(links->list);
}

/* The key is on no list yet. */
static inline void list_add_head(struct links *links, struct list *list, uint8_t number,
                                 uint32_t key) {
    links->to_head[key] = LIST_NONE;
    links->to_tail[key] = list->head;
    links->list[key] = number;
    if (list->head != LIST_NONE)
        links->to_head[list->head] = key;
    else
        list->tail = key;
    list->head = key;
    list->count += 1;
}

/* The key is on this list. */
static inline void list_take(struct links *links, struct list *list, uint32_t key) {
    const uint32_t to_head = links->to_head[key], to_tail = links->to_tail[key];
    if (to_head != LIST_NONE)
        links->to_tail[to_head] = to_tail;
    else
        list->head = to_tail;
    if (to_tail != LIST_NONE)
        links->to_head[to_tail] = to_head;
    else
        list->tail = to_head;
    links->list[key] = 0;
    list->count -= 1;
}

#endif
