/* SPDX-License-Identifier: Apache-2.0 */
/* What a cache map would have made of a stream of requests: one map for each size, side by side,
 * and the number of distinct keys. Knows nothing of formats. Memory is taken at the start and does
 * not grow.
 *
 * What to copy: simulation_request, which treats every status of a read-through cache. */
#ifndef REQUEST_LOG_SIMULATE_H
#define REQUEST_LOG_SIMULATE_H

#include "request_log_read.h"

#include <stdbool.h>
#include <stdint.h>

/* An object as the simulation needs it: what it has beside its key does not matter here. */
struct object {
    uint64_t key;
};

#define CACHE_MAP_NAME          object_cache
#define CACHE_MAP_VALUE         struct object
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"

enum { SIMULATION_COUNT_MAX = 8, INTERVAL_COUNT_MAX = 2000, TENTH_COUNT = 10 };

/* ---- One cache. -------------------------------------------------------------------------- */

struct simulation {
    struct object_cache cache;
    uint64_t hit_count;       /* reads that found a value */
    uint64_t tombstone_count; /* reads of what was deleted: answered without looking below */
    uint64_t compact_count;
    uint64_t stash_count_peak;
    uint64_t interval_hit_counts[INTERVAL_COUNT_MAX];
};

enum cache_map_status simulation_init(struct simulation *simulation, uint64_t cache_count,
                                      uint64_t stash_count, uint64_t seed);
void simulation_deinit(struct simulation *simulation);

/* ---- All of them. ------------------------------------------------------------------------ */

/* The trace in intervals of equal numbers of requests: their number stays in bounds, because when
 * there are too many, two and two become one. At the end a tenth of the trace is known to 1/1000 of
 * it. */
struct intervals {
    uint64_t width; /* requests */
    uint64_t request_count;
    uint64_t read_counts[INTERVAL_COUNT_MAX];
};

/* Distinct keys: exact as long as they fit a map that has no cache (the stash forgets nothing), and
 * estimated by a HyperLogLog of 2^14 registers beyond that (a standard error of 0.8 %). */
enum { DISTINCT_REGISTER_BITS = 14, DISTINCT_REGISTER_COUNT = 1 << DISTINCT_REGISTER_BITS };

struct distinct {
    struct object_cache seen;
    bool seen_is_there;
    bool exact;
    unsigned char registers[DISTINCT_REGISTER_COUNT];
};

struct simulations {
    struct simulation each[SIMULATION_COUNT_MAX];
    uint32_t count;
    uint64_t compact_interval; /* requests; 0: only when a stash is full */
    struct intervals intervals;
    struct distinct distinct;
    uint64_t kind_counts[REQUEST_KIND_COUNT];
};

/* `distinct_count_max`: how many keys are counted exactly, 1 or more. */
enum cache_map_status distinct_init(struct distinct *distinct, uint64_t distinct_count_max);

/* Also of one that is all zeros. */
void distinct_deinit(struct distinct *distinct);

/* The number, or the estimate where !distinct->exact. */
uint64_t distinct_count(const struct distinct *distinct);

void simulations_request(struct simulations *simulations, const struct request *request);

/* The requests and hits of a tenth of the trace, 0 .. 9. `end` is the number of the last one. */
void simulations_tenth(const struct simulations *simulations, uint32_t tenth, uint64_t *start,
                       uint64_t *end, uint64_t *read_count,
                       uint64_t hit_counts[SIMULATION_COUNT_MAX]);

#endif
