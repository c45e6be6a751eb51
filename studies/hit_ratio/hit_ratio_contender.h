/* SPDX-License-Identifier: Apache-2.0 */
/* All that can be compared, by name: the cache map, the simulated policies and the bound, each
 * run over a trace in the same way. Knows how they are asked, not how they answer. */
#ifndef BENCH_HIT_RATIO_CONTENDER_H
#define BENCH_HIT_RATIO_CONTENDER_H

#include "hit_ratio_map.h"
#include "hit_ratio_policy.h"

struct contender {
    const char *name;
    const char *what;
    const struct policy *policy;     /* null for the map and for the bound */
    const struct map_layout *layout; /* null for policies and for the bound */
    bool lazy;                       /* the map's: see map_options */
};

/* Those of the main comparison come first. */
enum { CONTENDER_MAIN_COUNT = 9 };

size_t contender_count(void);
struct contender contender_at(size_t index);

/* False when the bound says nothing of such a trace: it has puts, removes or scopes. */
bool contender_can_run(const struct contender *contender, const struct trace *trace);

/* Runs the trace from an empty cache. With `hits` not null, whether each access hits.
 * `stash_count_max` is the map's alone. */
void contender_run(const struct contender *contender, const struct trace *trace,
                   uint32_t object_count_max, uint32_t stash_count_max, struct outcome *outcome,
                   bool *hits);

#endif
