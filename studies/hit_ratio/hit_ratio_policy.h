/* SPDX-License-Identifier: Apache-2.0 */
/* The policies that the cache map is compared with: each a cache of so many objects, simulated from
 * its published description. A simulation knows keys and which of them are resident: no values, and
 * nothing of the cache map but, where it has sets, its hash.
 *
 * Keys are indices, so each simulation is a few arrays with an item for each key. */
#ifndef BENCH_HIT_RATIO_POLICY_H
#define BENCH_HIT_RATIO_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct policy {
    const char *name;
    const char *what;
    /* An empty cache of at least 1 object; keys are below key_count. */
    void *(*create)(uint32_t object_count_max, uint32_t key_count);
    /* A use of the key: true when it is resident (a hit). Else it is stored, and where that needs a
     * place another is evicted. */
    bool (*use)(void *cache, uint32_t key);
    /* The key leaves; that it was resident is not required. */
    void (*remove)(void *cache, uint32_t key);
    void (*destroy)(void *cache);
};

extern const struct policy policy_lru, policy_fifo, policy_clock_1bit, policy_clock_2bit,
    policy_sieve, policy_s3fifo, policy_sieve_sets;

#endif
