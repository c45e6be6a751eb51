/* SPDX-License-Identifier: Apache-2.0 */
/* What the model of a ring remembers: the numbers in it, oldest first. */
#ifndef MODEL_H
#define MODEL_H

#include <stdint.h>

enum { MODEL_CAPACITY_MAX = 8 };

struct model {
    uint32_t capacity, count;
    uint32_t numbers[MODEL_CAPACITY_MAX];
};

#endif
