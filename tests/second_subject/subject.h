/* SPDX-License-Identifier: Apache-2.0 */
/* What subjects/plain keeps of a run: the ring, and its model. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "ring.h"

struct subject {
    struct ring ring;
};

/* The numbers in it, oldest first. */
struct model {
    uint32_t capacity, count;
    uint32_t numbers[RING_CAPACITY_MAX];
};

#endif
