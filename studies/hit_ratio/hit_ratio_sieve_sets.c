/* SPDX-License-Identifier: Apache-2.0 */
/* SIEVE in sets of 16 ways: what it would have in place of CLOCK in the cache map, to tell what
 * the map's sets cost from what its policy costs. Keys go to sets as the map's do. Each set is a
 * queue of its own with a hand of its own (hit_ratio_queues.c says what SIEVE does); its order is
 * that of an array. */
#include "hit_ratio_memory.h"
#include "hit_ratio_policy.h"

#include "cache_map_hash.h"
#include "cache_map_integer.h"

#include <string.h>

enum { WAYS = 16 };

struct set {
    uint32_t keys[WAYS]; /* the oldest first */
    bool visited[WAYS];
    uint32_t count, hand; /* hand < count, or 0 */
};

struct sets {
    uint32_t set_count;
    struct set *sets;
};

static void *sets_create(uint32_t object_count_max, uint32_t key_count) {
    struct sets *sets = memory_of(1, sizeof *sets);
    (void)key_count;
    sets->set_count = object_count_max < WAYS ? 1 : object_count_max / WAYS;
    sets->sets = memory_of(sets->set_count, sizeof *sets->sets);
    return sets;
}

static void sets_destroy(void *cache) {
    struct sets *sets = cache;
    free(sets->sets);
    free(sets);
}

static struct set *sets_of(const struct sets *sets, uint32_t key) {
    return &sets->sets[cache_map_range_of_hash(cache_map_hash_64(key, 0), sets->set_count)];
}

/* The place of the key in its set; the set's count when it has none. */
static uint32_t set_find(const struct set *set, uint32_t key) {
    uint32_t at = 0;
    while (at < set->count && set->keys[at] != key)
        at += 1;
    return at;
}

/* The hand stays with the object that it is at, and goes to the next newer one from one that
 * leaves. */
static void set_take(struct set *set, uint32_t at) {
    const size_t newer_count = set->count - at - 1;
    memmove(&set->keys[at], &set->keys[at + 1], newer_count * sizeof set->keys[0]);
    memmove(&set->visited[at], &set->visited[at + 1], newer_count * sizeof set->visited[0]);
    set->count -= 1;
    if (set->hand > at)
        set->hand -= 1;
    if (set->hand >= set->count)
        set->hand = 0;
}

static void sets_remove(void *cache, uint32_t key) {
    struct set *set = sets_of(cache, key);
    const uint32_t at = set_find(set, key);
    if (at < set->count)
        set_take(set, at);
}

/* Bounded: a round of the hand clears every bit. */
static void set_evict(struct set *set) {
    while (set->visited[set->hand]) {
        set->visited[set->hand] = false;
        set->hand = (set->hand + 1) % WAYS;
    }
    set_take(set, set->hand);
}

static bool sets_use(void *cache, uint32_t key) {
    struct set *set = sets_of(cache, key);
    const uint32_t at = set_find(set, key);
    if (at < set->count) {
        set->visited[at] = true;
        return true;
    }
    if (set->count == WAYS)
        set_evict(set);
    set->keys[set->count] = key;
    set->visited[set->count] = false;
    set->count += 1;
    return false;
}

const struct policy policy_sieve_sets = {"sieve_16way", "SIEVE in sets of 16, as the cache map's",
                                         sets_create,   sets_use,
                                         sets_remove,   sets_destroy};
