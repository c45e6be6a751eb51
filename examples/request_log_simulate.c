/* SPDX-License-Identifier: Apache-2.0 */
/* What a cache map would have made of a stream of requests: see request_log_simulate.h. */
#include "request_log_simulate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- One cache. -------------------------------------------------------------------------- */

enum cache_map_status simulation_init(struct simulation *simulation, uint64_t cache_count,
                                      uint64_t stash_count, uint64_t seed) {
    const struct cache_map_options options = {cache_count, stash_count, 0, seed};
    return object_cache_init(&simulation->cache, &options, NULL);
}

void simulation_deinit(struct simulation *simulation) {
    object_cache_deinit(&simulation->cache);
}

static void simulation_compact(struct simulation *simulation) {
    const enum cache_map_status status = object_cache_compact(&simulation->cache);
    assert(status == CACHE_MAP_OK);
    (void)status;
    simulation->compact_count += 1;
}

static void note_stash(struct simulation *simulation) {
    const uint64_t count = object_cache_inspect_counts(&simulation->cache).stash_count;
    if (simulation->stash_count_peak < count)
        simulation->stash_count_peak = count;
}

/* The store below has everything that is read through this cache: a full stash may be forgotten. */
static void simulation_keep(struct simulation *simulation, uint64_t key) {
    const struct object object = {key};
    enum cache_map_status status = object_cache_upsert(&simulation->cache, &object);
    if (status == CACHE_MAP_STASH_FULL) {
        simulation_compact(simulation);
        status = object_cache_upsert(&simulation->cache, &object);
    }
    assert(!cache_map_status_failed(status));
    note_stash(simulation);
}

static void simulation_remove(struct simulation *simulation, uint64_t key) {
    enum cache_map_status status = object_cache_remove(&simulation->cache, key);
    if (status == CACHE_MAP_STASH_FULL) {
        simulation_compact(simulation);
        status = object_cache_remove(&simulation->cache, key);
    }
    assert(status == CACHE_MAP_REMOVED || status == CACHE_MAP_ABSENT);
    note_stash(simulation);
}

/* True for a hit. What is found nowhere is read from below, and kept. */
static bool simulation_request(struct simulation *simulation, const struct request *request) {
    struct object *object = NULL;
    switch (request->kind) {
    case REQUEST_READ:
        switch (object_cache_lookup(&simulation->cache, request->key, &object)) {
        case CACHE_MAP_FOUND: simulation->hit_count += 1; return true;
        case CACHE_MAP_TOMBSTONE: simulation->tombstone_count += 1; return false;
        default: simulation_keep(simulation, request->key); return false;
        }
    case REQUEST_WRITE: simulation_keep(simulation, request->key); return false;
    case REQUEST_DELETE: simulation_remove(simulation, request->key); return false;
    default: return false;
    }
}

/* ---- Distinct keys. ---------------------------------------------------------------------- */

enum cache_map_status distinct_init(struct distinct *distinct, uint64_t distinct_count_max) {
    const struct cache_map_options options = {0, distinct_count_max, 0, 0};
    const enum cache_map_status status = object_cache_init(&distinct->seen, &options, NULL);
    memset(distinct->registers, 0, sizeof distinct->registers);
    distinct->exact = true;
    distinct->seen_is_there = status == CACHE_MAP_OK;
    return status;
}

void distinct_deinit(struct distinct *distinct) {
    if (distinct->seen_is_there)
        object_cache_deinit(&distinct->seen);
}

static void distinct_note(struct distinct *distinct, uint64_t key) {
    const uint64_t hash = cache_map_hash_64(key, 0x5eed);
    const uint64_t number = hash >> (64 - DISTINCT_REGISTER_BITS);
    const struct object object = {key};
    unsigned char rank = 1; /* of the first 1 in the rest of the hash */
    for (uint64_t rest = hash << DISTINCT_REGISTER_BITS;
         rank <= 64 - DISTINCT_REGISTER_BITS && (rest >> 63) == 0; rest <<= 1)
        rank += 1;
    if (distinct->registers[number] < rank)
        distinct->registers[number] = rank;
    if (distinct->exact && object_cache_upsert(&distinct->seen, &object) == CACHE_MAP_STASH_FULL)
        distinct->exact = false;
}

uint64_t distinct_count(const struct distinct *distinct) {
    const double registers = DISTINCT_REGISTER_COUNT;
    double sum = 0, estimate;
    uint32_t zero_count = 0;
    if (distinct->exact)
        return object_cache_inspect_counts(&distinct->seen).stash_count;
    for (uint32_t i = 0; i < DISTINCT_REGISTER_COUNT; i += 1) {
        sum += ldexp(1, -distinct->registers[i]);
        zero_count += distinct->registers[i] == 0;
    }
    estimate = 0.7213 / (1 + 1.079 / registers) * registers * registers / sum;
    if (estimate <= 2.5 * registers && zero_count > 0)
        estimate = registers * log(registers / zero_count);
    return (uint64_t)(estimate + 0.5);
}

/* ---- Intervals. -------------------------------------------------------------------------- */

static void merge_pairs(uint64_t *counts) {
    for (size_t i = 0; i < INTERVAL_COUNT_MAX / 2; i += 1)
        counts[i] = counts[2 * i] + counts[2 * i + 1];
    memset(&counts[INTERVAL_COUNT_MAX / 2], 0, sizeof counts[0] * INTERVAL_COUNT_MAX / 2);
}

/* The interval of the request that comes next. */
static uint32_t intervals_next(struct simulations *simulations) {
    struct intervals *intervals = &simulations->intervals;
    if (intervals->width == 0)
        intervals->width = 1;
    if (intervals->request_count == intervals->width * INTERVAL_COUNT_MAX) {
        merge_pairs(intervals->read_counts);
        for (uint32_t i = 0; i < simulations->count; i += 1)
            merge_pairs(simulations->each[i].interval_hit_counts);
        intervals->width *= 2;
    }
    intervals->request_count += 1;
    return (uint32_t)((intervals->request_count - 1) / intervals->width);
}

void simulations_tenth(const struct simulations *simulations, uint32_t tenth, uint64_t *start,
                       uint64_t *end, uint64_t *read_count,
                       uint64_t hit_counts[SIMULATION_COUNT_MAX]) {
    const struct intervals *intervals = &simulations->intervals;
    const uint64_t width = intervals->width == 0 ? 1 : intervals->width;
    const uint64_t interval_count = (intervals->request_count + width - 1) / width;
    const uint64_t from = interval_count * tenth / TENTH_COUNT;
    const uint64_t to = interval_count * (tenth + 1) / TENTH_COUNT;
    *start = from * width + 1;
    *end = to * width < intervals->request_count ? to * width : intervals->request_count;
    *read_count = 0;
    memset(hit_counts, 0, sizeof hit_counts[0] * SIMULATION_COUNT_MAX);
    for (uint64_t i = from; i < to; i += 1) {
        *read_count += intervals->read_counts[i];
        for (uint32_t each = 0; each < simulations->count; each += 1)
            hit_counts[each] += simulations->each[each].interval_hit_counts[i];
    }
}

/* ---- All of them. ------------------------------------------------------------------------ */

void simulations_request(struct simulations *simulations, const struct request *request) {
    uint32_t interval;
    simulations->kind_counts[request->kind] += 1;
    if (request->kind == REQUEST_OTHER)
        return;
    distinct_note(&simulations->distinct, request->key);
    interval = intervals_next(simulations);
    if (request->kind == REQUEST_READ)
        simulations->intervals.read_counts[interval] += 1;
    for (uint32_t i = 0; i < simulations->count; i += 1) {
        struct simulation *simulation = &simulations->each[i];
        simulation->interval_hit_counts[interval] += simulation_request(simulation, request);
        if (simulations->compact_interval != 0 &&
            simulations->intervals.request_count % simulations->compact_interval == 0)
            simulation_compact(simulation);
    }
}
