/* SPDX-License-Identifier: Apache-2.0 */
/* Misuse: what subject_misuse_passes asks of the library, which must fail an assertion of its own and have
 * done nothing. A library that does without one agrees with every run of a caller who makes no mistake.
 *
 * Knows the calls; what an assertion says is its own business. */
#include "subject.h"
#include "subject_arrays.h"
#include "subject_functions.h"

#include <setjmp.h>

#ifdef SUBJECT_HEARS_ASSERTIONS

static jmp_buf misuse_escape;

static void misuse_is_heard(const struct subject_assertion *assertion) {
    (void)assertion;
    longjmp(misuse_escape, 1);
}

/* ---- The misuses. Each is one call; false where this map has no place for it. ------------ */

struct misuse {
    struct subject *subject;
    const struct subject_functions *functions;
    struct cache_map_counts counts;
    void *map;  /* the live one */
    void *none; /* null, or the struct of one that is not initialised */
    uint32_t turn;
};

static bool misuse_slot(const struct misuse *misuse) {
    const bool past_sets = misuse->turn % 2 == 0;
    if (misuse->counts.set_count == 0)
        return false;
    (void)misuse->functions->slot(misuse->map, past_sets ? misuse->counts.set_count : 0,
                                  past_sets ? 0 : misuse->functions->layout->ways);
    return true;
}

static bool misuse_set(const struct misuse *misuse) {
    struct set_state state;
    misuse->functions->set(misuse->map, (uint32_t)misuse->counts.set_count, &state);
    return true;
}

static bool misuse_entry(const struct misuse *misuse) {
    (void)misuse->functions->entry(misuse->map, (uint32_t)misuse->counts.stash_count);
    return true;
}

static bool misuse_record(const struct misuse *misuse) {
    (void)misuse->functions->record(misuse->map, (uint32_t)misuse->counts.scope_count);
    return true;
}

static bool misuse_scope_mode(const struct misuse *misuse) {
    (void)misuse->functions->scope_close(misuse->map, (enum cache_map_scope_mode)2);
    return true;
}

/* Values that lie in the map: in one of its arrays of them, or from before the block into it. */
static bool misuse_values_of_the_map(const struct misuse *misuse) {
    const struct subject *subject = misuse->subject;
    const size_t size = misuse->functions->layout->value_size;
    struct subject_array arrays[SUBJECT_ARRAY_COUNT];
    enum cache_map_status statuses[2] = {CACHE_MAP_OK, CACHE_MAP_OK};
    const unsigned array = misuse->turn % (SUBJECT_VALUE_ARRAY_COUNT + 1);
    const unsigned char *block = ((const struct cache_map *)misuse->map)->memory;
    const struct subject_array *values = &arrays[array];
    (void)subject_arrays(misuse->functions->layout, &subject->geometry, arrays);
    if (array == SUBJECT_VALUE_ARRAY_COUNT) {
        (void)misuse->functions->upsert_many(misuse->map, block - size, 2, statuses);
        return true;
    }
    if (values->item_count == 0)
        return false;
    (void)misuse->functions->upsert_many(
        misuse->map, block + values->offset + (values->item_count - 1) * size, 1, statuses);
    return true;
}

static bool misuse_no_arrays(const struct misuse *misuse) {
    const struct subject_functions *functions = misuse->functions;
    static alignas(64) unsigned char some[64]; /* is not read */
    enum cache_map_status status = CACHE_MAP_OK;
    const unsigned key_id = 0;
    const void *value = NULL;
    bool kept = true;
    switch (misuse->turn % 4) {
    case 0: (void)functions->upsert_many(misuse->map, NULL, 1, &status); return true;
    case 1: (void)functions->upsert_many(misuse->map, some, 1, NULL); return true;
    case 2: (void)functions->get_many(misuse->map, &key_id, 1, NULL, some, &value, &kept); break;
    default: (void)functions->get_many(misuse->map, &key_id, 1, some, NULL, &value, &kept); break;
    }
    return true;
}

static bool misuse_no_argument(const struct misuse *misuse) {
    const struct cache_map_options options = {0, 1, 0, 0};
    struct cache_map_cursor cursor = {0, 0};
    const void *value = NULL;
    size_t size = 0;
    switch (misuse->turn % 5) {
    case 0: (void)misuse->functions->upsert(misuse->map, NULL); return true;
    case 1: (void)misuse->functions->each(misuse->map, NULL, &value); return true;
    case 2: (void)misuse->functions->each(misuse->none, &cursor, &value); return true;
    case 3: (void)misuse->functions->memory_size(NULL, &size); return true;
    default: (void)misuse->functions->memory_size(&options, NULL); return true;
    }
}

/* Enough memory, that is null or not aligned to what the map asks for. */
static bool misuse_memory(const struct misuse *misuse) {
    const size_t alignment = misuse->functions->memory_alignment();
    const struct cache_map_options options = {0, 1, 0, 0};
    alignas(64) unsigned char map[SUBJECT_MAP_SIZE_MAX];
    unsigned char *block = misuse->subject->block;
    size_t size = 0;
    (void)misuse->functions->memory_size(&options, &size);
    (void)misuse->functions->init_in_memory(
        map, &options, misuse->turn % 2 == 0 ? NULL : block + alignment / 2, size);
    return true;
}

static bool misuse_of_none(const struct misuse *misuse) {
    const struct subject_functions *functions = misuse->functions;
    void *none = misuse->none;
    const void *value = NULL;
    switch (misuse->turn / 2 % 14) {
    case 0: functions->deinit(none); return true;
    case 1: (void)functions->reset(none); return true;
    case 2: (void)functions->lookup(none, 0, &value); return true;
    case 3: (void)functions->get(none, 0); return true;
    case 4: (void)functions->has(none, 0); return true;
    case 5: functions->prefetch(none, 0); return true;
    case 6: functions->demote(none, 0); return true;
    case 7: (void)functions->remove(none, 0); return true;
    case 8: (void)functions->scope_open(none); return true;
    case 9: (void)functions->scope_close(none, CACHE_MAP_SCOPE_PERSIST); return true;
    case 10: (void)functions->compact(none); return true;
    case 11: (void)functions->counts(none); return true;
    case 12: (void)functions->place(none, 0); return true;
    default: (void)functions->check(none); return true;
    }
}

static const struct {
    bool (*apply)(const struct misuse *misuse);
    const char *words;
} misuses[] = {
    {misuse_slot, "inspect_slot of a set or a way past the last"},
    {misuse_set, "inspect_set of a set past the last"},
    {misuse_entry, "inspect_entry of an entry past the last"},
    {misuse_record, "inspect_record of a record past the last"},
    {misuse_scope_mode, "scope_close in a mode that there is not"},
    {misuse_values_of_the_map, "upsert_many of values that lie in the map"},
    {misuse_no_arrays, "a call for many with null arrays and a count"},
    {misuse_no_argument, "a null argument"},
    {misuse_memory, "init_in_memory in memory that is null, or not aligned"},
    {misuse_of_none, "a call of a map that is null, or not initialised"},
};

/* Whether an assertion of the library fails. */
static bool is_heard(const struct misuse *misuse, unsigned number) {
    void (*const hook)(const struct subject_assertion *) = subject_assertion_hook;
    volatile bool heard = true;
    subject_assertion_hook = misuse_is_heard;
    if (setjmp(misuse_escape) == 0)
        heard = !misuses[number].apply(misuse);
    subject_assertion_hook = hook;
    return heard;
}

const char *subject_misuse_passes(struct subject *subject, uint32_t turn) {
    static alignas(64) unsigned char dead[SUBJECT_MAP_SIZE_MAX];
    enum { MISUSE_COUNT = sizeof misuses / sizeof misuses[0] };
    const struct misuse misuse = {
        .subject = subject,
        .functions = subject->unwatched,
        .counts = subject->unwatched->counts(subject->map),
        .map = subject->map,
        .none = turn % 2 == 0 ? NULL : dead,
        .turn = turn,
    };
    for (unsigned number = 0; number < MISUSE_COUNT; number += 1)
        if (!is_heard(&misuse, number))
            return misuses[number].words;
    return NULL;
}

#else

const char *subject_misuse_passes(struct subject *subject, uint32_t turn) {
    (void)subject;
    (void)turn;
    return NULL;
}

#endif
