/* SPDX-License-Identifier: Apache-2.0 */
/* Slow policies to compare those of studies/hit_ratio/hit_ratio*.c with. Each keeps a stamp for each key (of
 * when it was stored, used or moved) and looks at all keys to find the least: no list, no links,
 * no index. Written from the definitions alone. Part of tests/bench_hit_ratio.c. */
#ifndef TESTS_BENCH_HIT_RATIO_NAIVE_H
#define TESTS_BENCH_HIT_RATIO_NAIVE_H

#include "cache_map.h"
#include "hit_ratio_memory.h"
#include "hit_ratio_policy.h"
#include "hit_ratio_trace.h"

enum { NAIVE_KEY_COUNT_MAX = 1024, NAIVE_NONE = NAIVE_KEY_COUNT_MAX };

struct naive {
    uint32_t size, key_count;
    uint64_t now;
    uint64_t stamps[NAIVE_KEY_COUNT_MAX]; /* 0: not resident */
    uint64_t ghosts[NAIVE_KEY_COUNT_MAX]; /* S3-FIFO: when it became one; 0: it is none */
    uint32_t counts[NAIVE_KEY_COUNT_MAX];
    bool in_main[NAIVE_KEY_COUNT_MAX]; /* S3-FIFO */
    uint64_t hand;                     /* SIEVE: the stamp that the hand has passed */
};

static inline void *naive_create(uint32_t size, uint32_t key_count) {
    struct naive *naive = memory_of(1, sizeof *naive);
    naive->size = size;
    naive->key_count = key_count;
    return naive;
}

/* The key with the least stamp above `above`; NAIVE_NONE when there is none. */
static inline uint32_t naive_least(const struct naive *naive, const uint64_t *stamps,
                                   uint64_t above) {
    uint32_t least = NAIVE_NONE;
    for (uint32_t key = 0; key < naive->key_count; key += 1)
        if (stamps[key] > above && (least == NAIVE_NONE || stamps[key] < stamps[least]))
            least = key;
    return least;
}

static inline uint32_t naive_count(const struct naive *naive, const uint64_t *stamps) {
    uint32_t count = 0;
    for (uint32_t key = 0; key < naive->key_count; key += 1)
        count += stamps[key] != 0;
    return count;
}

static inline bool naive_full(const struct naive *naive) {
    return naive_count(naive, naive->stamps) == naive->size;
}

static inline void naive_store(struct naive *naive, uint32_t key) {
    naive->stamps[key] = ++naive->now;
    naive->counts[key] = 0;
}

static inline void naive_remove(void *cache, uint32_t key) {
    struct naive *naive = cache;
    naive->stamps[key] = naive->ghosts[key] = 0;
    naive->in_main[key] = false;
    if (naive_least(naive, naive->stamps, naive->hand) == NAIVE_NONE)
        naive->hand = 0;
}

static inline bool naive_fifo_use(void *cache, uint32_t key) {
    struct naive *naive = cache;
    if (naive->stamps[key] != 0)
        return true;
    if (naive_full(naive))
        naive_remove(naive, naive_least(naive, naive->stamps, 0));
    naive_store(naive, key);
    return false;
}

static inline bool naive_lru_use(void *cache, uint32_t key) {
    struct naive *naive = cache;
    const bool hit = naive_fifo_use(cache, key);
    naive->stamps[key] = ++naive->now;
    return hit;
}

/* Second chances: the oldest is stored anew for each use that it is given back. */
static inline bool naive_clock_use(struct naive *naive, uint32_t key, uint32_t limit) {
    if (naive->stamps[key] != 0) {
        naive->counts[key] += naive->counts[key] < limit;
        return true;
    }
    while (naive_full(naive)) {
        const uint32_t oldest = naive_least(naive, naive->stamps, 0);
        if (naive->counts[oldest] == 0) {
            naive->stamps[oldest] = 0;
        } else {
            naive->counts[oldest] -= 1;
            naive->stamps[oldest] = ++naive->now;
        }
    }
    naive_store(naive, key);
    return false;
}

static inline bool naive_clock_1bit_use(void *cache, uint32_t key) {
    return naive_clock_use(cache, key, 1);
}

static inline bool naive_clock_2bit_use(void *cache, uint32_t key) {
    return naive_clock_use(cache, key, 2);
}

/* The textbook's circle, without removes: a key's stamp is 1 + its place, the hand a place. */
static inline bool naive_circle_use(void *cache, uint32_t key) {
    struct naive *naive = cache;
    uint64_t place = naive->now;
    if (naive->stamps[key] != 0) {
        naive->counts[key] = 1;
        return true;
    }
    for (;;) {
        uint32_t at = 0;
        while (at < naive->key_count && naive->stamps[at] != place + 1)
            at += 1;
        if (at == naive->key_count)
            break;
        if (naive->counts[at] == 0) {
            naive->stamps[at] = 0;
            break;
        }
        naive->counts[at] = 0;
        place = (place + 1) % naive->size;
    }
    naive->stamps[key] = place + 1;
    naive->counts[key] = 0;
    naive->now = (place + 1) % naive->size;
    return false;
}

static inline bool naive_sieve_use(void *cache, uint32_t key) {
    struct naive *naive = cache;
    if (naive->stamps[key] != 0) {
        naive->counts[key] = 1;
        return true;
    }
    while (naive_full(naive)) {
        uint32_t met = naive_least(naive, naive->stamps, naive->hand);
        if (met == NAIVE_NONE)
            met = naive_least(naive, naive->stamps, 0);
        naive->hand = naive->stamps[met];
        if (naive->counts[met] == 0)
            naive_remove(naive, met);
        naive->counts[met] = 0;
    }
    naive_store(naive, key);
    return false;
}

/* Which of small and main has its oldest first: stamps of the queue, by key. */
static inline uint32_t naive_oldest_of(const struct naive *naive, bool in_main, uint32_t *count) {
    uint64_t stamps[NAIVE_KEY_COUNT_MAX] = {0};
    for (uint32_t key = 0; key < naive->key_count; key += 1)
        stamps[key] = naive->in_main[key] == in_main ? naive->stamps[key] : 0;
    *count = naive_count(naive, stamps);
    return naive_least(naive, stamps, 0);
}

static inline void naive_s3fifo_evict(struct naive *naive) {
    const uint32_t small_share = naive->size / 10 == 0 ? 1 : naive->size / 10;
    const uint32_t main_share = naive->size - small_share;
    uint32_t small_count, main_count, oldest;
    (void)naive_oldest_of(naive, true, &main_count);
    oldest = naive_oldest_of(naive, false, &small_count);
    if (main_count <= main_share) {
        for (; small_count > 0; oldest = naive_oldest_of(naive, false, &small_count)) {
            if (naive->counts[oldest] < 2) {
                naive->stamps[oldest] = 0;
                if (main_share > 0 && naive_count(naive, naive->ghosts) == main_share)
                    naive->ghosts[naive_least(naive, naive->ghosts, 0)] = 0;
                naive->ghosts[oldest] = main_share > 0 ? ++naive->now : 0;
                return;
            }
            naive_store(naive, oldest);
            naive->in_main[oldest] = true;
        }
    }
    for (;;) {
        oldest = naive_oldest_of(naive, true, &main_count);
        naive->stamps[oldest] = naive->counts[oldest] == 0 ? 0 : ++naive->now;
        if (naive->counts[oldest] == 0)
            break;
        naive->counts[oldest] -= 1;
    }
    naive->in_main[oldest] = false;
}

static inline bool naive_s3fifo_use(void *cache, uint32_t key) {
    struct naive *naive = cache;
    const bool was_ghost = naive->ghosts[key] != 0;
    if (naive->stamps[key] != 0) {
        naive->counts[key] += naive->counts[key] < 3;
        return true;
    }
    naive->ghosts[key] = 0;
    if (naive_full(naive))
        naive_s3fifo_evict(naive);
    naive_store(naive, key);
    naive->in_main[key] = was_ghost;
    return false;
}

/* ---- Sets of ways, by the contract's section 5. ------------------------------------------ */

struct naive_sets {
    uint32_t set_count;
    uint32_t keys[NAIVE_KEY_COUNT_MAX]; /* of each slot */
    uint32_t counts[NAIVE_KEY_COUNT_MAX];
    uint32_t hands[NAIVE_KEY_COUNT_MAX];
};

/* Set before create. */
static uint32_t naive_ways, naive_count_max;
static bool naive_classic;

static inline void *naive_sets_create(uint32_t size, uint32_t key_count) {
    struct naive_sets *sets = memory_of(1, sizeof *sets);
    (void)key_count;
    sets->set_count = size / naive_ways;
    return sets;
}

static inline uint32_t naive_sets_find(const struct naive_sets *sets, uint32_t key) {
    for (uint32_t slot = 0; slot < sets->set_count * naive_ways; slot += 1)
        if (sets->counts[slot] != 0 && sets->keys[slot] == key)
            return slot;
    return NAIVE_NONE;
}

static inline void naive_sets_remove(void *cache, uint32_t key) {
    struct naive_sets *sets = cache;
    const uint32_t slot = naive_sets_find(sets, key);
    if (slot != NAIVE_NONE)
        sets->counts[slot] = 0;
}

static inline bool naive_sets_use(void *cache, uint32_t key) {
    struct naive_sets *sets = cache;
    const uint64_t hash = cache_map_hash_64(key, 0);
    const uint32_t set = (uint32_t)cache_map_range_of_hash(hash, sets->set_count);
    uint32_t *counts = sets->counts + set * naive_ways;
    uint32_t way = sets->hands[set];
    bool has_free = false;
    const uint32_t found = naive_sets_find(sets, key);
    if (found != NAIVE_NONE) {
        sets->counts[found] += sets->counts[found] < naive_count_max;
        return true;
    }
    for (uint32_t i = 0; i < naive_ways; i += 1)
        has_free = has_free || counts[i] == 0;
    if (!naive_classic && has_free)
        while (counts[way] != 0)
            way = (way + 1) % naive_ways;
    while (counts[way] != 0) {
        counts[way] -= 1;
        if (counts[way] != 0)
            way = (way + 1) % naive_ways;
    }
    counts[way] = 1;
    sets->keys[set * naive_ways + way] = key;
    sets->hands[set] = (way + 1) % naive_ways;
    return false;
}

static const struct policy
    naive_lru = {"", "", naive_create, naive_lru_use, naive_remove, free},
    naive_fifo = {"", "", naive_create, naive_fifo_use, naive_remove, free},
    naive_clock_1bit = {"", "", naive_create, naive_clock_1bit_use, naive_remove, free},
    naive_clock_2bit = {"", "", naive_create, naive_clock_2bit_use, naive_remove, free},
    naive_circle = {"", "", naive_create, naive_circle_use, NULL, free},
    naive_sieve = {"", "", naive_create, naive_sieve_use, naive_remove, free},
    naive_s3fifo = {"", "", naive_create, naive_s3fifo_use, naive_remove, free},
    naive_sets = {"", "", naive_sets_create, naive_sets_use, naive_sets_remove, free};

/* ---- The bound. -------------------------------------------------------------------------- */

/* The most hits of any choice of victims: the best for each set of resident keys, access by
 * access. At most 8 keys. */
static inline uint64_t naive_best_of_all(const struct trace *trace, uint32_t size) {
    enum { SETS = 1 << 8 };
    int64_t best[SETS], next[SETS];
    int64_t most = 0;
    memset(best, -1, sizeof best);
    best[0] = 0;
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const uint32_t bit = 1u << trace->accesses[at].key;
        memset(next, -1, sizeof next);
        for (uint32_t set = 0; set < SETS; set += 1) {
            if (best[set] < 0)
                continue;
            if ((set & bit) != 0) {
                next[set] = best[set] + 1 > next[set] ? best[set] + 1 : next[set];
            } else if ((uint32_t)__builtin_popcount(set) < size) {
                next[set | bit] = best[set] > next[set | bit] ? best[set] : next[set | bit];
            } else {
                for (uint32_t victim = 1; victim <= set; victim *= 2) {
                    const uint32_t to = (set & ~victim) | bit;
                    if ((set & victim) != 0 && best[set] > next[to])
                        next[to] = best[set];
                }
            }
        }
        memcpy(best, next, sizeof best);
    }
    for (uint32_t set = 0; set < SETS; set += 1)
        most = best[set] > most ? best[set] : most;
    return (uint64_t)most;
}

#endif
