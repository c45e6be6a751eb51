/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a cache, in order, and how it comes about: from a workload and a seed, or from
 * a file. Keys are numbers 0..key_count-1, so that simulations may use them as indices. Knows no
 * policy.
 *
 * A trace never gets, updates or removes a key that does not exist: whether a key exists is a
 * matter of the level below the cache, and no policy can change it. At first all keys exist. */
#ifndef BENCH_HIT_RATIO_TRACE_H
#define BENCH_HIT_RATIO_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum access_kind {
    ACCESS_GET,     /* get; on a miss the value is fetched from below and stored */
    ACCESS_UPDATE,  /* read-modify-write: get, then store the same key */
    ACCESS_PUT,     /* store without get */
    ACCESS_REMOVE,  /* the key exists no longer */
    ACCESS_OPEN,    /* a scope is opened; these three have no key */
    ACCESS_PERSIST, /* it is closed, its changes stay */
    ACCESS_DISCARD  /* it is closed, its changes are undone */
};

/* At most so many accesses stand between an open and its close. */
enum { TRACE_SCOPE_ACCESS_COUNT_MAX = 32 };

struct access {
    uint32_t key;
    enum access_kind kind;
};

struct trace {
    const char *name;
    uint32_t key_count;
    size_t access_count;
    struct access *accesses;
};

/* True when the trace has only gets and updates: references, as page replacement has them. */
bool trace_is_plain(const struct trace *trace);

struct workload {
    const char *name;
    const char *what;
    bool follows_size; /* another trace for each size of the cache */
    void (*make)(struct trace *trace, uint32_t object_count_max, uint64_t seed);
};

/* All of them; workload_find returns null for a name that is none. */
extern const struct workload workloads[];
extern const size_t workload_count;
const struct workload *workload_find(const char *name);

/* Fills `trace`, which trace_deinit empties. The same arguments give the same trace. */
void trace_make(struct trace *trace, const struct workload *workload, uint32_t key_count,
                size_t access_count, uint32_t object_count_max, uint64_t seed);
void trace_deinit(struct trace *trace);

/* Reads gets from a file, "-" for the standard input: one decimal key a line. Keys are numbered
 * anew, in order of size. False when it cannot, with a message in `error`. */
bool trace_read(struct trace *trace, const char *path, char *error, size_t error_size);

#endif
