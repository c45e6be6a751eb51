/* SPDX-License-Identifier: Apache-2.0 */
/* The workloads behind hit_ratio_trace.h. */
#include "hit_ratio_trace.h"

#include "hit_ratio_memory.h"
#include "hit_ratio_zipf.h"

#include <stdlib.h>
#include <string.h>

enum {
    SCAN_SHARE = 10,         /* a scan reads a tenth of the keys */
    SCAN_PERIOD = 4,         /* and is a quarter of all accesses */
    LOOP_EXCESS_SHARE = 10,  /* a loop is a tenth larger than the cache */
    DRIFT_ACCESS_COUNT = 20, /* accesses after which the hot set has moved by a key */
    JUMP_SHARE = 10          /* the hot set jumps to another place after a tenth of the accesses */
};

static void trace_set(struct trace *trace, size_t at, uint32_t key, enum access_kind kind) {
    trace->accesses[at].key = key;
    trace->accesses[at].kind = kind;
}

/* ---- References only. -------------------------------------------------------------------- */

static void make_zipf(struct trace *trace, double exponent, enum access_kind kind, uint64_t seed) {
    struct random random = {seed};
    struct zipf zipf;
    zipf_init(&zipf, trace->key_count, exponent);
    for (size_t at = 0; at < trace->access_count; at += 1)
        trace_set(trace, at, zipf_draw(&zipf, &random), kind);
    zipf_deinit(&zipf);
}

static void make_zipf_080(struct trace *trace, uint32_t size, uint64_t seed) {
    (void)size;
    make_zipf(trace, 0.8, ACCESS_GET, seed);
}

static void make_zipf_099(struct trace *trace, uint32_t size, uint64_t seed) {
    (void)size;
    make_zipf(trace, 0.99, ACCESS_GET, seed);
}

static void make_zipf_120(struct trace *trace, uint32_t size, uint64_t seed) {
    (void)size;
    make_zipf(trace, 1.2, ACCESS_GET, seed);
}

static void make_uniform(struct trace *trace, uint32_t size, uint64_t seed) {
    (void)size;
    make_zipf(trace, 0, ACCESS_GET, seed);
}

static void make_update(struct trace *trace, uint32_t size, uint64_t seed) {
    (void)size;
    make_zipf(trace, 0.99, ACCESS_UPDATE, seed);
}

static void make_scan(struct trace *trace, uint32_t size, uint64_t seed) {
    const size_t scan = trace->key_count / SCAN_SHARE + 1;
    struct random random = {seed};
    struct zipf zipf;
    uint32_t scanned = 0; /* each scan goes on where the last one ended */
    (void)size;
    zipf_init(&zipf, trace->key_count, 0.99);
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const bool scans = at / scan % SCAN_PERIOD == SCAN_PERIOD - 1;
        const uint32_t key = scans ? scanned : zipf_draw(&zipf, &random);
        if (scans)
            scanned = (scanned + 1) % trace->key_count;
        trace_set(trace, at, key, ACCESS_GET);
    }
    zipf_deinit(&zipf);
}

static void make_loop(struct trace *trace, uint32_t size, uint64_t seed) {
    uint32_t length = size + size / LOOP_EXCESS_SHARE + 1;
    (void)seed;
    if (length > trace->key_count)
        length = trace->key_count;
    for (size_t at = 0; at < trace->access_count; at += 1)
        trace_set(trace, at, (uint32_t)(at % length), ACCESS_GET);
}

/* A key that becomes hot is at once the hottest, and cools as newer ones come. */
static void make_drift(struct trace *trace, uint32_t size, uint64_t seed) {
    struct random random = {seed};
    struct zipf zipf;
    (void)size;
    zipf_init(&zipf, trace->key_count, 0.99);
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const uint64_t newest = at / DRIFT_ACCESS_COUNT + trace->key_count;
        const uint32_t rank = zipf_draw(&zipf, &random);
        trace_set(trace, at, (uint32_t)((newest - rank) % trace->key_count), ACCESS_GET);
    }
    zipf_deinit(&zipf);
}

static void make_jump(struct trace *trace, uint32_t size, uint64_t seed) {
    const size_t period = trace->access_count / JUMP_SHARE + 1;
    const uint64_t step = trace->key_count / JUMP_SHARE + 1;
    struct random random = {seed};
    struct zipf zipf;
    (void)size;
    zipf_init(&zipf, trace->key_count, 0.99);
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const uint64_t key = zipf_draw(&zipf, &random) + at / period * step;
        trace_set(trace, at, (uint32_t)(key % trace->key_count), ACCESS_GET);
    }
    zipf_deinit(&zipf);
}

/* ---- With removes and scopes. ------------------------------------------------------------ */

struct mix {
    double exponent;
    uint32_t get, update, remove; /* in 100 accesses; the rest are puts */
    bool scopes;                  /* every other scope is discarded, in random order */
};

/* Which keys exist, and what the open scope has changed of that. */
struct existence {
    bool *exists;
    uint32_t changed[TRACE_SCOPE_ACCESS_COUNT_MAX];
    uint32_t changed_count;
};

static void existence_set(struct existence *existence, uint32_t key, bool exists, bool in_scope) {
    if (existence->exists[key] == exists)
        return;
    existence->exists[key] = exists;
    if (in_scope)
        existence->changed[existence->changed_count++] = key;
}

/* Each change turned one key over: turning them again, whatever the order, undoes them. */
static void existence_close(struct existence *existence, bool discard) {
    for (uint32_t i = 0; discard && i < existence->changed_count; i += 1)
        existence->exists[existence->changed[i]] = !existence->exists[existence->changed[i]];
    existence->changed_count = 0;
}

/* What the mix asks of a key; what a key that does not exist cannot be asked is a put. */
static enum access_kind mix_kind(const struct mix *mix, bool exists, struct random *random) {
    const uint32_t drawn = random_below(random, 100);
    if (!exists)
        return ACCESS_PUT;
    if (drawn < mix->get)
        return ACCESS_GET;
    if (drawn < mix->get + mix->update)
        return ACCESS_UPDATE;
    return drawn < mix->get + mix->update + mix->remove ? ACCESS_REMOVE : ACCESS_PUT;
}

static void make_mix(struct trace *trace, const struct mix *mix, uint64_t seed) {
    struct random random = {seed};
    struct existence existence = {memory_of(trace->key_count, sizeof(bool)), {0}, 0};
    struct zipf zipf;
    size_t scope_end = 0;
    bool in_scope = false;
    zipf_init(&zipf, trace->key_count, mix->exponent);
    memset(existence.exists, true, trace->key_count * sizeof(bool));
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const uint32_t key = zipf_draw(&zipf, &random);
        const enum access_kind kind = mix_kind(mix, existence.exists[key], &random);
        if (in_scope && (at == scope_end || at + 1 == trace->access_count)) {
            const bool discard = random_one_in(&random, 2);
            trace_set(trace, at, 0, discard ? ACCESS_DISCARD : ACCESS_PERSIST);
            existence_close(&existence, discard);
            in_scope = false;
        } else if (mix->scopes && !in_scope && at + 1 < trace->access_count) {
            trace_set(trace, at, 0, ACCESS_OPEN);
            scope_end = at + 2 + random_below(&random, TRACE_SCOPE_ACCESS_COUNT_MAX);
            in_scope = true;
        } else {
            trace_set(trace, at, key, kind);
            existence_set(&existence, key, kind != ACCESS_REMOVE, in_scope);
        }
    }
    zipf_deinit(&zipf);
    free(existence.exists);
}

static void make_removes(struct trace *trace, uint32_t size, uint64_t seed) {
    static const struct mix mix = {0.8, 50, 0, 30, false};
    (void)size;
    make_mix(trace, &mix, seed);
}

static void make_discards(struct trace *trace, uint32_t size, uint64_t seed) {
    static const struct mix mix = {0.99, 70, 30, 0, true};
    (void)size;
    make_mix(trace, &mix, seed);
}

static void make_removes_discards(struct trace *trace, uint32_t size, uint64_t seed) {
    static const struct mix mix = {0.8, 40, 10, 30, true};
    (void)size;
    make_mix(trace, &mix, seed);
}

/* ---- The table. -------------------------------------------------------------------------- */

const struct workload workloads[] = {
    {"zipf-0.8", "gets, Zipf 0.8", false, make_zipf_080},
    {"zipf-0.99", "gets, Zipf 0.99", false, make_zipf_099},
    {"zipf-1.2", "gets, Zipf 1.2", false, make_zipf_120},
    {"uniform", "gets, all keys alike", false, make_uniform},
    {"scan", "gets, Zipf 0.99; a quarter of them scans of a tenth of the keys", false, make_scan},
    {"loop", "gets, one after the other, of a tenth more keys than the cache holds", true,
     make_loop},
    {"drift", "gets, Zipf 0.99; every 20 gets a new key is the hottest", false, make_drift},
    {"jump", "gets, Zipf 0.99; ten times the hot keys are others", false, make_jump},
    {"read-modify-write", "each get is followed by an upsert of its key, Zipf 0.99", false,
     make_update},
    {"removes", "50 gets, 30 removes, 20 puts, Zipf 0.8", false, make_removes},
    {"discards", "70 gets, 30 read-modify-writes, in scopes of 1 to 32, half discarded; Zipf 0.99",
     false, make_discards},
    {"removes-discards",
     "40 gets, 10 read-modify-writes, 30 removes, 20 puts, in such scopes; Zipf 0.8", false,
     make_removes_discards},
};
const size_t workload_count = sizeof workloads / sizeof workloads[0];

const struct workload *workload_find(const char *name) {
    for (size_t i = 0; i < workload_count; i += 1)
        if (strcmp(workloads[i].name, name) == 0)
            return &workloads[i];
    return NULL;
}

void trace_make(struct trace *trace, const struct workload *workload, uint32_t key_count,
                size_t access_count, uint32_t object_count_max, uint64_t seed) {
    trace->name = workload->name;
    trace->key_count = key_count;
    trace->access_count = access_count;
    trace->accesses = memory_of(access_count, sizeof *trace->accesses);
    workload->make(trace, object_count_max, seed);
}

void trace_deinit(struct trace *trace) {
    free(trace->accesses);
}

bool trace_is_plain(const struct trace *trace) {
    for (size_t at = 0; at < trace->access_count; at += 1)
        if (trace->accesses[at].kind > ACCESS_UPDATE)
            return false;
    return true;
}
