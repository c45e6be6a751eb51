/* SPDX-License-Identifier: Apache-2.0 */
/* One type of map for tests/threads.c, and a run of random operations on one map of it, each
 * compared with a naive model. Included once for each type, with WORKER_NAME, WORKER_PADDING (bytes
 * of a value beside key and number) and the parameters of the layout defined. Everything lives on
 * the stack or in the map: what two runs share, they share through the library. */
#define WORKER_PASTE_EXPANDED(a, b) a##_##b
#define WORKER_PASTE(a, b)          WORKER_PASTE_EXPANDED(a, b)
#define WORKER(end)                 WORKER_PASTE(WORKER_NAME, end)

struct WORKER(value) {
    uint64_t number;
    uint32_t key;
    unsigned char padding[WORKER_PADDING];
};

#define CACHE_MAP_NAME          WORKER(map)
#define CACHE_MAP_VALUE         struct WORKER(value)
#define CACHE_MAP_KEY           uint32_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          WORKER_WAYS
#define CACHE_MAP_TAG_BITS      WORKER_TAG_BITS
#define CACHE_MAP_CLOCK_BITS    WORKER_CLOCK_BITS
#define CACHE_MAP_POLICY        WORKER_POLICY
#include "cache_map.h"

static struct WORKER(value) WORKER(value_of)(uint32_t key, uint64_t number) {
    struct WORKER(value) value;
    value.number = number;
    value.key = key;
    memset(value.padding, (int)(number & 0xff), sizeof value.padding);
    return value;
}

static bool WORKER(value_is)(const struct WORKER(value) * value, uint32_t key, uint64_t number) {
    const struct WORKER(value) expected = WORKER(value_of)(key, number);
    return value->key == key && value->number == number &&
           memcmp(value->padding, expected.padding, sizeof expected.padding) == 0;
}

/* What a lookup has answered; `value` is null but for FOUND. */
static void WORKER(judge_lookup)(struct run *run, uint32_t key, enum cache_map_status status,
                                 const struct WORKER(value) * value) {
    const struct model_entry *entry = &run->model.entries[key];
    run_note(run, (uint64_t)status);
    if (status == CACHE_MAP_FOUND &&
        (entry->state != MODEL_VALUE || !WORKER(value_is)(value, key, entry->number)))
        run_fails(run, "a lookup finds a value that is not the last one");
    if (status == CACHE_MAP_TOMBSTONE && entry->state != MODEL_REMOVED)
        run_fails(run, "a lookup finds a tombstone where the model has none");
    if (status == CACHE_MAP_ABSENT && entry->certain)
        run_fails(run, "what was written since the last compact is absent");
}

static void WORKER(lookup)(struct run *run, struct WORKER(map) * map, uint32_t key) {
    struct WORKER(value) *value = NULL;
    const enum cache_map_status status = WORKER_PASTE(WORKER(map), lookup)(map, key, &value);
    WORKER(judge_lookup)(run, key, status, value);
}

static void WORKER(get_many)(struct run *run, struct WORKER(map) * map) {
    uint32_t keys[MANY_COUNT];
    struct WORKER(value) * values[MANY_COUNT];
    for (uint32_t i = 0; i < MANY_COUNT; i += 1)
        keys[i] = (uint32_t)random_below(&run->random, KEY_COUNT);
    run_note(run, WORKER_PASTE(WORKER(map), get_many)(map, keys, MANY_COUNT, values));
    for (uint32_t i = 0; i < MANY_COUNT; i += 1) {
        if (values[i] != NULL)
            WORKER(judge_lookup)(run, keys[i], CACHE_MAP_FOUND, values[i]);
        else if (run->model.entries[keys[i]].state == MODEL_VALUE &&
                 run->model.entries[keys[i]].certain)
            run_fails(run, "get_many misses what was written since the last compact");
    }
}

static void WORKER(judge_upsert)(struct run *run, const struct WORKER(value) * value,
                                 enum cache_map_status status) {
    struct model_entry *entry = &run->model.entries[value->key];
    run_note(run, (uint64_t)status);
    if (cache_map_status_failed(status))
        return;
    if ((status == CACHE_MAP_UPDATED && entry->state != MODEL_VALUE) ||
        (status == CACHE_MAP_REVIVED && entry->state != MODEL_REMOVED))
        run_fails(run, "an upsert says that the key was what it was not");
    *entry = (struct model_entry){MODEL_VALUE, true, value->number};
}

static void WORKER(upsert)(struct run *run, struct WORKER(map) * map, uint32_t key) {
    const struct WORKER(value) value = WORKER(value_of)(key, random_next(&run->random));
    WORKER_PASTE(WORKER(map), prefetch)(map, key);
    WORKER(judge_upsert)(run, &value, WORKER_PASTE(WORKER(map), upsert)(map, &value));
}

static void WORKER(upsert_many)(struct run *run, struct WORKER(map) * map) {
    struct WORKER(value) values[MANY_COUNT];
    enum cache_map_status statuses[MANY_COUNT];
    for (uint32_t i = 0; i < MANY_COUNT; i += 1)
        values[i] = WORKER(value_of)((uint32_t)random_below(&run->random, KEY_COUNT),
                                     random_next(&run->random));
    run_note(run, WORKER_PASTE(WORKER(map), upsert_many)(map, values, MANY_COUNT, statuses));
    for (uint32_t i = 0; i < MANY_COUNT; i += 1)
        WORKER(judge_upsert)(run, &values[i], statuses[i]);
}

static void WORKER(remove)(struct run *run, struct WORKER(map) * map, uint32_t key) {
    struct model_entry *entry = &run->model.entries[key];
    const enum cache_map_status status = WORKER_PASTE(WORKER(map), remove)(map, key);
    run_note(run, (uint64_t)status);
    if (status == CACHE_MAP_REMOVED && entry->state != MODEL_VALUE)
        run_fails(run, "a remove takes a value that the model does not have");
    if (status == CACHE_MAP_ABSENT && entry->state == MODEL_VALUE && entry->certain)
        run_fails(run, "a remove misses what was written since the last compact");
    if (status == CACHE_MAP_REMOVED)
        *entry = (struct model_entry){MODEL_REMOVED, true, 0};
}

static void WORKER(scope)(struct run *run, struct WORKER(map) * map) {
    const bool open = WORKER_PASTE(WORKER(map), inspect_counts)(map).scope_open;
    const bool discard = random_below(&run->random, 2) == 0;
    if (!open) {
        (void)WORKER_PASTE(WORKER(map), scope_open)(map);
        run->before_scope = run->model;
        return;
    }
    (void)WORKER_PASTE(WORKER(map), scope_close)(map, discard ? CACHE_MAP_SCOPE_DISCARD
                                                              : CACHE_MAP_SCOPE_PERSIST);
    if (discard)
        run->model = run->before_scope;
}

/* Where the key is goes into the digest: two maps that agree there have decided alike. */
static void WORKER(note_place)(struct run *run, const struct WORKER(map) * map, uint32_t key) {
    const struct cache_map_place_view view = WORKER_PASTE(WORKER(map), inspect_place)(map, key);
    run_note(run, (uint64_t)view.place);
    if (view.place == CACHE_MAP_PLACE_CACHE)
        run_note(run, view.set << 16 | (uint64_t)view.way << 8 | view.count);
    else if (view.place != CACHE_MAP_PLACE_ABSENT)
        run_note(run, view.entry);
}

static void WORKER(op)(struct run *run, struct WORKER(map) * map) {
    const uint32_t key = (uint32_t)random_below(&run->random, KEY_COUNT);
    const uint64_t choice = random_below(&run->random, 100);
    if (choice < 38)
        WORKER(lookup)(run, map, key);
    else if (choice < 43)
        WORKER(get_many)(run, map);
    else if (choice < 46)
        WORKER_PASTE(WORKER(map), demote)(map, key);
    else if (choice < 75)
        WORKER(upsert)(run, map, key);
    else if (choice < 78)
        WORKER(upsert_many)(run, map);
    else if (choice < 90)
        WORKER(remove)(run, map, key);
    else if (choice < 97)
        WORKER(scope)(run, map);
    else if (WORKER_PASTE(WORKER(map), compact)(map) == CACHE_MAP_OK)
        model_compact(&run->model);
    WORKER(note_place)(run, map, key);
}

static void WORKER(run)(struct run *run) {
    const struct cache_map_options options = {WORKER_WAYS * 4, 40, 24, run->random.state};
    struct WORKER(map) map;
    struct cache_map_counts counts;
    if (WORKER_PASTE(WORKER(map), init)(&map, &options, NULL) != CACHE_MAP_OK) {
        run_fails(run, "init fails");
        return;
    }
    for (uint32_t op = 0; op < run->op_count; op += 1) {
        if (op % STEP_OP_COUNT == 0)
            run_step(run);
        if (run->failure == NULL)
            WORKER(op)(run, &map);
        if (op % 512 == 0 && WORKER_PASTE(WORKER(map), check)(&map) != CACHE_MAP_INVARIANT_NONE)
            run_fails(run, "an invariant of the map is broken");
    }
    counts = WORKER_PASTE(WORKER(map), inspect_counts)(&map);
    run_note(run, counts.metrics.hits);
    run_note(run, counts.metrics.misses);
    run_note(run, counts.cache_value_count << 32 | counts.stash_count);
    WORKER_PASTE(WORKER(map), deinit)(&map);
}

#undef WORKER_PASTE_EXPANDED
#undef WORKER_PASTE
#undef WORKER
#undef WORKER_NAME
#undef WORKER_PADDING
#undef WORKER_WAYS
#undef WORKER_TAG_BITS
#undef WORKER_CLOCK_BITS
#undef WORKER_POLICY
