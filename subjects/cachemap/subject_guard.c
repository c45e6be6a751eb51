/* SPDX-License-Identifier: Apache-2.0 */
/* The guards behind subject_guard.h. */
#include "subject_guard.h"

#include "subject_functions.h"

#include <stdalign.h>

/* ---- Arrays between guards. -------------------------------------------------------------- */

enum {
    KEY_SIZE_MAX = 16,
    /* Longer calls are of small values. */
    VALUES_SIZE_MAX = STREAM_BATCH_COUNT_SMALL * VALUE_SIZE_MAX,
    KEYS_SIZE_MAX = STREAM_BATCH_COUNT_MAX * KEY_SIZE_MAX,
    FOUND_SIZE_MAX = STREAM_BATCH_COUNT_MAX * sizeof(void *),
    STATUSES_SIZE_MAX = STREAM_BATCH_COUNT_MAX * sizeof(enum cache_map_status)
};

/* A round number of guards, so that what ends before the last is aligned; values are to a page. */
#define ROOM_SIZE(size) (((size) / GUARD_SIZE + 3) * GUARD_SIZE)
enum {
    PAGE_SIZE = 4096,
    VALUES_ROOM_SIZE = (VALUES_SIZE_MAX / PAGE_SIZE + 2) * PAGE_SIZE + GUARD_SIZE
};

static alignas(PAGE_SIZE) unsigned char values_room[VALUES_ROOM_SIZE];
static alignas(GUARD_SIZE) unsigned char keys_room[ROOM_SIZE(KEYS_SIZE_MAX)],
    found_room[ROOM_SIZE(FOUND_SIZE_MAX)], statuses_room[ROOM_SIZE(STATUSES_SIZE_MAX)];

static unsigned char *const guards_behind[GUARDED_COUNT] = {
    [GUARDED_VALUES] = values_room + sizeof values_room - GUARD_SIZE,
    [GUARDED_KEYS] = keys_room + sizeof keys_room - GUARD_SIZE,
    [GUARDED_FOUND] = found_room + sizeof found_room - GUARD_SIZE,
    [GUARDED_STATUSES] = statuses_room + sizeof statuses_room - GUARD_SIZE,
};

/* As much of a guard as a call is likely to hit first is looked at after each. */
enum { GUARD_WORD_COUNT = 2 };
static const uint64_t guard_word = UINT64_C(0x0101010101010101) * GUARD_BYTE;

static bool words_hold(const unsigned char *bytes) {
    uint64_t words[GUARD_WORD_COUNT];
    for (unsigned i = 0; i < GUARD_WORD_COUNT; i += 1)
        memcpy(&words[i], bytes + i * sizeof words[i], sizeof words[i]);
    return words[0] == guard_word && words[1] == guard_word;
}

void guard_fill(unsigned char *guard) {
    memset(guard, GUARD_BYTE, GUARD_SIZE);
}

bool guard_holds(const unsigned char *guard) {
#if defined(CACHE_MAP_ASAN)
    (void)guard; /* who writes there is told of at once */
    return true;
#else
    return words_hold(guard) && words_hold(guard + GUARD_SIZE - sizeof(uint64_t[GUARD_WORD_COUNT]));
#endif
}

unsigned char *guard_behind(enum guarded array) {
    static bool filled[GUARDED_COUNT];
    if (!filled[array])
        guard_fill(guards_behind[array]);
    filled[array] = true;
    return guards_behind[array];
}

void *guarded_array(enum guarded array, size_t size) {
    unsigned char *start = guards_behind[array] - size;
    memset(start - sizeof(uint64_t[GUARD_WORD_COUNT]), GUARD_BYTE,
           sizeof(uint64_t[GUARD_WORD_COUNT]));
    return start;
}

bool guarded_holds(enum guarded array, size_t size) {
    const unsigned char *start = guards_behind[array] - size;
    return words_hold(start - sizeof(uint64_t[GUARD_WORD_COUNT])) &&
           guard_holds(guards_behind[array]);
}

alignas(GUARD_SIZE) unsigned char subject_untouched[GUARD_SIZE];

void fault_note(struct subject_fault *fault, bool of_pointer, const char *words) {
    if (fault->words != NULL)
        return;
    fault->words = words;
    fault->of_pointer = of_pointer;
}
