/* SPDX-License-Identifier: Apache-2.0 */
/* A small deterministic random source: splitmix64 (Steele, Lea, Flood 2014). Streams must be the
 * same for a seed on every platform, which rand() does not promise. Knows nothing. */
#ifndef HARNESS_RANDOM_H
#define HARNESS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random) {
    uint64_t z = (random->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0..limit-1; limit is at least 1. The bias of the remainder is below 2^-32 for our limits. */
static inline uint32_t random_below(struct random *random, uint32_t limit) {
    return (uint32_t)((random_next(random) >> 32) % limit);
}

/* True once in `odds` times. */
static inline bool random_one_in(struct random *random, uint32_t odds) {
    return random_below(random, odds) == 0;
}

#endif
