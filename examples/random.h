/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that a seed makes again: splitmix64. For the examples and their checks; it is no
 * part of what there is to copy, and no source of secrets. */
#ifndef EXAMPLES_RANDOM_H
#define EXAMPLES_RANDOM_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random) {
    uint64_t word = random->state += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

/* 0 .. limit - 1. The bias is below limit / 2^64. */
static inline uint64_t random_below(struct random *random, uint64_t limit) {
    assert(limit > 0);
    return random_next(random) % limit;
}

static inline bool random_percent(struct random *random, uint64_t percent) {
    return random_below(random, 100) < percent;
}

/* Low numbers often, high ones seldom: the smallest of four draws. */
static inline uint64_t random_skewed_below(struct random *random, uint64_t limit) {
    uint64_t smallest = random_below(random, limit);
    for (int draw = 1; draw < 4; draw += 1) {
        const uint64_t other = random_below(random, limit);
        if (other < smallest)
            smallest = other;
    }
    return smallest;
}

#endif
