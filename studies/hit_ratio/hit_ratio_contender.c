/* SPDX-License-Identifier: Apache-2.0 */
/* The table and the runs behind hit_ratio_contender.h. */
#include "hit_ratio_contender.h"

#include "hit_ratio_belady.h"

#include <string.h>

struct entry {
    const char *name;
    const char *what;
    const struct policy *policy;
    uint32_t ways, clock_bits; /* of the map; 0: it is none */
    bool classic, lazy;
};

static const struct entry entries[] = {
    {"belady", "Belady's bound, which knows the future", NULL, 0, 0, false, false},
    {"map_clock", "the cache map: 16 ways, 2 clock bits, policy clock", NULL, 16, 2, false, false},
    {"map_clock_classic", "the same with the policy clock_classic", NULL, 16, 2, true, false},
    {"clock_2bit", NULL, &policy_clock_2bit, 0, 0, false, false},
    {"clock_1bit", NULL, &policy_clock_1bit, 0, 0, false, false},
    {"lru", NULL, &policy_lru, 0, 0, false, false},
    {"fifo", NULL, &policy_fifo, 0, 0, false, false},
    {"sieve", NULL, &policy_sieve, 0, 0, false, false},
    {"s3fifo", NULL, &policy_s3fifo, 0, 0, false, false},
    {"sieve_16way", NULL, &policy_sieve_sets, 0, 0, false, false},
    {"map_clock_lazy", "map_clock; what the stash answers is not stored again", NULL, 16, 2, false,
     true},
};
enum { ENTRY_COUNT = sizeof entries / sizeof entries[0] };

size_t contender_count(void) {
    return ENTRY_COUNT + map_layout_count;
}

struct contender contender_at(size_t index) {
    struct contender contender = {NULL, NULL, NULL, NULL, false};
    if (index >= ENTRY_COUNT) {
        contender.layout = &map_layouts[index - ENTRY_COUNT];
        contender.name = contender.layout->name;
        contender.what = "the cache map, by ways and clock bits";
        return contender;
    }
    contender.name = entries[index].name;
    contender.policy = entries[index].policy;
    contender.what = contender.policy != NULL ? contender.policy->what : entries[index].what;
    contender.lazy = entries[index].lazy;
    if (entries[index].ways != 0)
        contender.layout =
            map_layout_find(entries[index].ways, entries[index].clock_bits, entries[index].classic);
    return contender;
}

bool contender_can_run(const struct contender *contender, const struct trace *trace) {
    return contender->policy != NULL || contender->layout != NULL || trace_is_plain(trace);
}

/* A policy has no scopes. At a discard it drops what the scope has stored, for those values never
 * were; what the scope has overwritten counts as written back. What was removed or evicted stays
 * away. */
static void policy_run(const struct policy *policy, const struct trace *trace,
                       uint32_t object_count_max, struct outcome *outcome, bool *hits) {
    void *cache = policy->create(object_count_max, trace->key_count);
    uint32_t stored[TRACE_SCOPE_ACCESS_COUNT_MAX];
    uint32_t stored_count = 0;
    bool in_scope = false;
    for (size_t at = 0; at < trace->access_count; at += 1) {
        const struct access *access = &trace->accesses[at];
        bool hit = false;
        switch (access->kind) {
        case ACCESS_GET:
        case ACCESS_UPDATE:
        case ACCESS_PUT:
            hit = policy->use(cache, access->key);
            if (in_scope && !hit)
                stored[stored_count++] = access->key;
            if (access->kind == ACCESS_PUT)
                break;
            outcome->gets += 1;
            outcome->hits += hit;
            break;
        case ACCESS_REMOVE: policy->remove(cache, access->key); break;
        case ACCESS_OPEN:
            stored_count = 0;
            in_scope = true;
            break;
        case ACCESS_DISCARD:
            for (uint32_t i = 0; i < stored_count; i += 1)
                policy->remove(cache, stored[i]);
            in_scope = false;
            break;
        case ACCESS_PERSIST: in_scope = false; break;
        }
        if (hits != NULL)
            hits[at] = hit && access->kind != ACCESS_PUT;
    }
    policy->destroy(cache);
}

void contender_run(const struct contender *contender, const struct trace *trace,
                   uint32_t object_count_max, uint32_t stash_count_max, struct outcome *outcome,
                   bool *hits) {
    const struct map_options options = {object_count_max, stash_count_max, contender->lazy};
    memset(outcome, 0, sizeof *outcome);
    if (contender->layout != NULL) {
        contender->layout->run(trace, &options, outcome, hits);
    } else if (contender->policy != NULL) {
        policy_run(contender->policy, trace, object_count_max, outcome, hits);
    } else {
        outcome->gets = trace->access_count;
        outcome->hits = belady_run(trace, object_count_max, hits);
    }
}
