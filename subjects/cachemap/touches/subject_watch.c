/* SPDX-License-Identifier: Apache-2.0 */
/* The watch of build/soak-touches (../subject_watch.h): each call of the library is counted and compared
 * with its limits. Decides nothing: subject_touches.c counts, subject_limits.c allows. */
#include "subject_watch.h"

#include "subject_limits.h"
#include "subject_touches.h"

/* What a look at a key costs grows with the stash: a full one is looked at in one of so many calls. */
enum { STASH_COUNT_SMALL = 256, LOOK_INTERVAL = 64 };

static struct {
    const void *map;
    const unsigned char *block;
    struct geometry geometry;
    const struct subject_functions *real;
    struct subject_functions functions;
    struct subject_array arrays[SUBJECT_ARRAY_COUNT];
    size_t block_size;
    /* Of the call that is on. */
    struct subject_look before;
    struct subject_key_look key;
    bool is_counted;
    const struct subject_touches *touches;
    uint32_t told_count; /* values that were gone before it; after it, by it */
    uint32_t call_count;
} watch;

static const char *const words_of_arrays[SUBJECT_ARRAY_COUNT][2] = {
#define ARRAY_ROW(name, one, several) {one, several},
    SUBJECT_ARRAY_TABLE(ARRAY_ROW)
#undef ARRAY_ROW
};

/* ---- Around a call. ----------------------------------------------------------------------- */

static struct subject_look look_now(const void *map) {
    return subject_look(&watch.geometry, watch.real, map, watch.arrays);
}

static uint32_t told_now(void) {
    const struct value_state *values;
    return subject_gone(&values);
}

static void count_from_here(const unsigned char *block) {
    watch.is_counted = true;
    watch.told_count = told_now();
    subject_touches_begin(block, watch.block_size, watch.arrays);
}

static void found(const char *call, const char *how, const char *what, uint64_t touched,
                  uint64_t allowed) {
    subject_note_excess("%s %s %llu %s; at most %llu are allowed", call, how,
                        (unsigned long long)touched, what, (unsigned long long)allowed);
}

/* Behind the call, before anything else looks at the map. */
static void end(void) {
    watch.touches = subject_touches_end();
    watch.told_count = told_now() - watch.told_count;
}

static void judge(const char *call, struct subject_limits limits) {
    const struct subject_touches *touches = watch.touches;
    const size_t size = watch.real->layout->value_size;
    const uint64_t copies = (touches->copied_size + size - 1) / size;
    /* The user's expression may read what it is told of. */
    const uint64_t told = watch.told_count;
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1) {
        const uint64_t readable = limits.read[i] + (i < SUBJECT_VALUE_ARRAY_COUNT ? told : 0);
        if (touches->read[i] > readable)
            found(call, "read", words_of_arrays[i][touches->read[i] != 1], touches->read[i],
                  readable);
        if (touches->written[i] > limits.written[i])
            found(call, "wrote", words_of_arrays[i][touches->written[i] != 1], touches->written[i],
                  limits.written[i]);
    }
    if (copies > limits.copies)
        found(call, "made", copies == 1 ? "copy of a value" : "copies of values", copies,
              limits.copies);
    /* What the user's expression does with a value is not known. */
    if (told == 0 && touches->steps > subject_limits_steps(&limits))
        found(call, "ran", "steps of code", touches->steps, subject_limits_steps(&limits));
    if (touches->padding > 0)
        found(call, "touched", "times what is of no array", touches->padding, 0);
}

/* Before a call of a live map. */
static void begin(const void *map) {
    watch.before = look_now(map);
    count_from_here(watch.before.block);
}

/* Before a call with a key. */
static void begin_key(const void *map, unsigned key_id) {
    watch.before = look_now(map);
    watch.call_count += 1;
    watch.is_counted =
        watch.before.stash_count <= STASH_COUNT_SMALL || watch.call_count % LOOK_INTERVAL == 0;
    if (!watch.is_counted)
        return;
    watch.key = subject_look_key(&watch.before, key_id);
    count_from_here(watch.before.block);
}

/* Behind a call with a key that changes no more than counts. */
static void end_key(const char *call,
                    struct subject_limits limits_of(const struct subject_look *before,
                                                    const struct subject_key_look *key)) {
    end();
    if (watch.is_counted)
        judge(call, limits_of(&watch.before, &watch.key));
}

static void judge_status(const char *call, enum cache_map_status status,
                         struct subject_limits limits) {
    if (cache_map_status_failed(status))
        subject_limits_fail(&limits);
    judge(call, limits);
}

/* ---- Life. -------------------------------------------------------------------------------- */

/* An init of another map, which must fail, is none of ours; and what an allocator of the system gives is not
 * known before. */
static bool watch_knows(const void *map) {
    return map == watch.map && watch.block != NULL;
}

static enum cache_map_status watch_init(void *map, const struct cache_map_options *options,
                                        const struct cache_map_allocator *allocator) {
    enum cache_map_status status;
    if (!watch_knows(map))
        return watch.real->init(map, options, allocator);
    count_from_here(watch.block);
    status = watch.real->init(map, options, allocator);
    end();
    judge("init", subject_limits_of_init(watch.arrays));
    return status;
}

static enum cache_map_status watch_init_in_memory(void *map,
                                                  const struct cache_map_options *options,
                                                  void *memory, size_t size) {
    enum cache_map_status status;
    if (!watch_knows(map))
        return watch.real->init_in_memory(map, options, memory, size);
    count_from_here(watch.block);
    status = watch.real->init_in_memory(map, options, memory, size);
    end();
    judge("init_in_memory", subject_limits_of_init(watch.arrays));
    return status;
}

static void watch_deinit(void *map) {
    begin(map);
    watch.real->deinit(map);
    end();
    judge("deinit", subject_limits_of_deinit(&watch.before));
}

/* ---- Calls with a key. -------------------------------------------------------------------- */

static const void *watch_get(void *map, unsigned key_id) {
    const void *value;
    begin_key(map, key_id);
    value = watch.real->get(map, key_id);
    end_key("get", subject_limits_of_lookup);
    return value;
}

static enum cache_map_status watch_lookup(void *map, unsigned key_id, const void **value) {
    enum cache_map_status status;
    begin_key(map, key_id);
    status = watch.real->lookup(map, key_id, value);
    end_key("lookup", subject_limits_of_lookup);
    return status;
}

static bool watch_has(void *map, unsigned key_id) {
    bool has;
    begin_key(map, key_id);
    has = watch.real->has(map, key_id);
    end_key("has", subject_limits_of_lookup);
    return has;
}

static void watch_demote(void *map, unsigned key_id) {
    begin_key(map, key_id);
    watch.real->demote(map, key_id);
    end_key("demote", subject_limits_of_demote);
}

static void watch_prefetch(const void *map, unsigned key_id) {
    begin(map);
    watch.real->prefetch(map, key_id);
    end();
    judge("prefetch", subject_limits_of_nothing());
}

static struct cache_map_place_view watch_place(const void *map, unsigned key_id) {
    struct cache_map_place_view view;
    begin_key(map, key_id);
    view = watch.real->place(map, key_id);
    end_key("inspect_place", subject_limits_of_place);
    return view;
}

static enum cache_map_status watch_upsert(void *map, const void *value) {
    const unsigned key_id = watch.real->value_state(value).key_id;
    const uintptr_t address = (uintptr_t)value;
    struct subject_look after;
    enum cache_map_status status;
    uintptr_t block;
    begin_key(map, key_id);
    status = watch.real->upsert(map, value);
    end();
    if (!watch.is_counted)
        return status;
    block = (uintptr_t)watch.before.block;
    after = look_now(map);
    judge_status("upsert", status,
                 subject_limits_of_upsert(&watch.before, &after, key_id, &watch.key,
                                          address >= block && address - block < watch.block_size));
    return status;
}

static enum cache_map_status watch_remove(void *map, unsigned key_id) {
    struct subject_look after;
    enum cache_map_status status;
    begin_key(map, key_id);
    status = watch.real->remove(map, key_id);
    end();
    if (!watch.is_counted)
        return status;
    after = look_now(map);
    judge_status("remove", status,
                 subject_limits_of_remove(&watch.before, &after, key_id, &watch.key));
    return status;
}

static size_t watch_get_many(void *map, const unsigned *key_ids, size_t count, void *keys,
                             void *found, const void **values, bool *keys_kept) {
    struct subject_limits limits = subject_limits_of_nothing();
    size_t found_count;
    watch.before = look_now(map);
    for (size_t i = 0; i < count; i += 1) {
        const struct subject_key_look key = subject_look_key(&watch.before, key_ids[i]);
        const struct subject_limits of_one = subject_limits_of_lookup(&watch.before, &key);
        subject_limits_add(&limits, &of_one);
    }
    count_from_here(watch.before.block);
    found_count = watch.real->get_many(map, key_ids, count, keys, found, values, keys_kept);
    end();
    judge("get_many", limits);
    return found_count;
}

static size_t watch_upsert_many(void *map, const void *values, size_t count,
                                enum cache_map_status *statuses) {
    size_t success_count;
    begin(map);
    success_count = watch.real->upsert_many(map, values, count, statuses);
    end();
    judge("upsert_many", subject_limits_of_upsert_many(&watch.before, count));
    return success_count;
}

/* ---- Scopes, compact. ---------------------------------------------------------------------- */

static enum cache_map_status watch_scope_open(void *map) {
    enum cache_map_status status;
    begin(map);
    status = watch.real->scope_open(map);
    end();
    judge("scope_open", subject_limits_of_nothing());
    return status;
}

static enum cache_map_status watch_scope_close(void *map, enum cache_map_scope_mode mode) {
    const struct subject_look before = look_now(map);
    const struct subject_limits limits = mode == CACHE_MAP_SCOPE_DISCARD
                                             ? subject_limits_of_discard(&before)
                                             : subject_limits_of_persist(&before);
    enum cache_map_status status;
    begin(map);
    status = watch.real->scope_close(map, mode);
    end();
    judge_status(mode == CACHE_MAP_SCOPE_DISCARD ? "discard" : "persist", status, limits);
    return status;
}

static enum cache_map_status watch_compact(void *map) {
    enum cache_map_status status;
    begin(map);
    status = watch.real->compact(map);
    end();
    judge_status("compact", status, subject_limits_of_compact(&watch.before));
    return status;
}

static enum cache_map_status watch_reset(void *map) {
    enum cache_map_status status;
    begin(map);
    status = watch.real->reset(map);
    end();
    judge_status("reset", status, subject_limits_of_reset(&watch.before));
    return status;
}

/* ---- Inspection. --------------------------------------------------------------------------- */

static enum cache_map_status watch_each(const void *map, struct cache_map_cursor *cursor,
                                        const void **value) {
    enum cache_map_status status;
    begin(map);
    status = watch.real->each(map, cursor, value);
    end();
    judge("each", subject_limits_of_each(&watch.before));
    return status;
}

static enum cache_map_invariant watch_check(const void *map) {
    enum cache_map_invariant broken;
    begin(map);
    broken = watch.real->check(map);
    end();
    judge("check", subject_limits_of_check(&watch.before));
    return broken;
}

/* ---- The table. ---------------------------------------------------------------------------- */

const struct subject_functions *subject_watched(const struct subject_functions *real,
                                                const struct geometry *geometry, const void *map,
                                                const unsigned char *block) {
    watch.real = real;
    watch.map = map;
    watch.block = block;
    watch.geometry = *geometry;
    watch.block_size = subject_arrays(real->layout, geometry, watch.arrays);
    watch.functions = *real;
    watch.functions.init = watch_init;
    watch.functions.init_in_memory = watch_init_in_memory;
    watch.functions.deinit = watch_deinit;
    watch.functions.get = watch_get;
    watch.functions.lookup = watch_lookup;
    watch.functions.has = watch_has;
    watch.functions.demote = watch_demote;
    watch.functions.prefetch = watch_prefetch;
    watch.functions.place = watch_place;
    watch.functions.upsert = watch_upsert;
    watch.functions.remove = watch_remove;
    watch.functions.get_many = watch_get_many;
    watch.functions.upsert_many = watch_upsert_many;
    watch.functions.scope_open = watch_scope_open;
    watch.functions.scope_close = watch_scope_close;
    watch.functions.compact = watch_compact;
    watch.functions.reset = watch_reset;
    watch.functions.each = watch_each;
    watch.functions.check = watch_check;
    return &watch.functions;
}
