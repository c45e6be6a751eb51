/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded queue of numbers in a ring of cells: the structure under test of tests/second_subject.sh. With
 * -DRING_WRAPS_LATE it has the bug that the test plants. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>

enum { RING_CAPACITY_MAX = 8 };

struct ring {
    uint32_t capacity, head, count;
    uint32_t cells[RING_CAPACITY_MAX + 1]; /* the last for the bug, which writes there */
};

/* An empty one; `capacity` is from 1 to RING_CAPACITY_MAX. */
static inline void ring_init(struct ring *ring, uint32_t capacity) {
    ring->capacity = capacity;
    ring->head = 0;
    ring->count = 0;
}

static inline uint32_t ring_place(const struct ring *ring, uint32_t index) {
    const uint32_t place = ring->head + index;
    return place < ring->capacity ? place : place - ring->capacity;
}

/* False, and nothing changes, where it is full. */
static inline bool ring_push(struct ring *ring, uint32_t number) {
    uint32_t place = ring_place(ring, ring->count);
    if (ring->count == ring->capacity)
        return false;
#ifdef RING_WRAPS_LATE
    if (ring->head + ring->count == ring->capacity)
        place = ring->capacity;
#endif
    ring->cells[place] = number;
    ring->count += 1;
    return true;
}

/* The number at an index from the oldest on. False where it has none. */
static inline bool ring_peek(const struct ring *ring, uint32_t index, uint32_t *number) {
    if (index >= ring->count)
        return false;
    *number = ring->cells[ring_place(ring, index)];
    return true;
}

/* Takes the oldest away. False where there is none. */
static inline bool ring_pop(struct ring *ring, uint32_t *number) {
    if (!ring_peek(ring, 0, number))
        return false;
    ring->head = ring_place(ring, 1);
    ring->count -= 1;
    return true;
}

#endif
