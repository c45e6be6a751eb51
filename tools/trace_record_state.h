/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a map in a record's line (trace_record.h): what an op has changed, where the naive map
 * differs, what the map's own check finds. Each writes members of the JSON object that is open. Knows a
 * running environment, nothing of lines, processes or verdicts. */
#ifndef TOOLS_TRACE_RECORD_STATE_H
#define TOOLS_TRACE_RECORD_STATE_H

#include "environment_state.h"
#include "trace_json.h"

/* All that an op can change, as inspection shows it. */
struct record_map {
    struct set_state sets[SET_COUNT_MAX];
    struct entry_state entries[STASH_COUNT_MAX];
    struct record_state records[SCOPE_COUNT_MAX];
    struct counts_state counts;
    struct model_key keys[KEY_COUNT_MAX];
};

/* The map's state by inspection, and the keys of `model`. O(sets x ways + stash + keys). */
void record_map_take(const struct environment *environment, const struct model *model,
                     struct record_map *map);

/* What `now` has and `before` has not. O(sets x ways + stash + keys). */
void record_map_write(struct json *json, const struct environment *environment,
                      const struct record_map *before, const struct record_map *now);

/* "naive": the differences of the naive map to `now`. O(sets x ways + stash + keys). */
void record_naive_write(struct json *json, const struct environment *environment,
                        const struct record_map *now);

/* "check": what the map's check finds, and the stash's index if that is something. */
void record_check_write(struct json *json, const struct environment *environment);

#endif
