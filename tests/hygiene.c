/* SPDX-License-Identifier: Apache-2.0 */
/* A map whose three macros use names that the library has too. tests/hygiene.sh makes WORDS_EARLY and
 * WORDS_LATE, of which one is empty, and compiles this for each kind of name: they define every word
 * of the headers, and MIX, an expression of all of them. Where the library captured one, MIX would
 * have another value than in `main`.
 *
 * Its own names begin with hygiene_, for all others are taken. */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include WORDS_EARLY

#include "cache_map.h"

/* The fields of the library, by the names that they have where it was included. */
static bool hygiene_place_is_cache(struct cache_map_place_view hygiene_view,
                                   uint32_t hygiene_uses) {
    return hygiene_view.place == CACHE_MAP_PLACE_CACHE && hygiene_view.count == hygiene_uses;
}

static uint64_t hygiene_stashed(struct cache_map_counts hygiene_counts) {
    return hygiene_counts.stash_count;
}

static uint64_t hygiene_mix;
static unsigned hygiene_wrong;

static uint64_t hygiene_seen(uint64_t hygiene_given) {
    hygiene_wrong += hygiene_given != hygiene_mix;
    return hygiene_given;
}

#include WORDS_LATE

struct hygiene_item {
    HYGIENE_KEY hygiene_id;
    uint64_t hygiene_number;
};
typedef struct hygiene_item HYGIENE_VALUE;

/* Each argument more than once, as a macro may. */
#define CACHE_MAP_NAME  hygiene
#define CACHE_MAP_VALUE HYGIENE_VALUE
#define CACHE_MAP_KEY   HYGIENE_KEY
#define CACHE_MAP_KEY_OF(item) \
    ((item)->hygiene_id + hygiene_seen(MIX((item)->hygiene_id)) - hygiene_mix)
#define CACHE_MAP_KEY_EQUAL(x, y) ((x) + hygiene_seen(MIX(x)) == (y) + hygiene_seen(MIX(y)))
#define CACHE_MAP_HASH(x, y)      cache_map_hash_128((x) * (x) + hygiene_seen(MIX(y)), (x), (y))
#include "cache_map.h"

enum { HYGIENE_COUNT = 1000 };

static struct hygiene_item hygiene_items[HYGIENE_COUNT];
static uint64_t hygiene_keys[HYGIENE_COUNT];
static enum cache_map_status hygiene_statuses[HYGIENE_COUNT];
static struct hygiene_item *hygiene_found[HYGIENE_COUNT];

#define HYGIENE_EXPECT(condition) \
    do { \
        if (!(condition)) { \
            printf("line %d: %s\n", __LINE__, #condition); \
            return false; \
        } \
    } while (0)

static bool hygiene_key_is_there(struct hygiene *hygiene_map, uint64_t hygiene_index) {
    const uint64_t hygiene_id = hygiene_keys[hygiene_index];
    struct hygiene_item *hygiene_one = NULL;
    HYGIENE_EXPECT(hygiene_has(hygiene_map, hygiene_id));
    HYGIENE_EXPECT(hygiene_lookup(hygiene_map, hygiene_id, &hygiene_one) == CACHE_MAP_FOUND);
    HYGIENE_EXPECT(hygiene_one == hygiene_get(hygiene_map, hygiene_id));
    HYGIENE_EXPECT(hygiene_one == hygiene_found[hygiene_index]);
    HYGIENE_EXPECT(hygiene_one->hygiene_number == hygiene_index);
    hygiene_prefetch(hygiene_map, hygiene_id);
    return true;
}

static bool hygiene_keys_are_there(struct hygiene *hygiene_map) {
    HYGIENE_EXPECT(hygiene_get_many(hygiene_map, hygiene_keys, HYGIENE_COUNT, hygiene_found) ==
                   HYGIENE_COUNT);
    for (uint64_t hygiene_index = 0; hygiene_index < HYGIENE_COUNT; hygiene_index += 1)
        HYGIENE_EXPECT(hygiene_key_is_there(hygiene_map, hygiene_index));
    HYGIENE_EXPECT(hygiene_check(hygiene_map) == CACHE_MAP_INVARIANT_NONE);
    return true;
}

/* All keys twice: upserted one by one, then many at once; and the other way round. */
static bool hygiene_upserts(struct hygiene *hygiene_map, bool hygiene_many_first) {
    for (unsigned hygiene_turn = 0; hygiene_turn < 2; hygiene_turn += 1) {
        const enum cache_map_status hygiene_status =
            hygiene_turn == 0 ? CACHE_MAP_INSERTED : CACHE_MAP_UPDATED;
        const bool hygiene_many = (hygiene_turn == 0) == hygiene_many_first;
        if (hygiene_many)
            HYGIENE_EXPECT(hygiene_upsert_many(hygiene_map, hygiene_items, HYGIENE_COUNT,
                                               hygiene_statuses) == HYGIENE_COUNT);
        for (uint64_t hygiene_index = 0; hygiene_index < HYGIENE_COUNT; hygiene_index += 1) {
            if (!hygiene_many)
                hygiene_statuses[hygiene_index] =
                    hygiene_upsert(hygiene_map, &hygiene_items[hygiene_index]);
            HYGIENE_EXPECT(hygiene_statuses[hygiene_index] == hygiene_status ||
                           (hygiene_status == CACHE_MAP_UPDATED &&
                            hygiene_statuses[hygiene_index] == CACHE_MAP_INSERTED));
        }
        HYGIENE_EXPECT(hygiene_keys_are_there(hygiene_map));
    }
    return true;
}

static bool hygiene_rest(struct hygiene *hygiene_map) {
    const uint64_t hygiene_id = hygiene_keys[HYGIENE_COUNT - 1];
    HYGIENE_EXPECT(hygiene_stashed(hygiene_inspect_counts(hygiene_map)) > 0);
    HYGIENE_EXPECT(hygiene_upsert(hygiene_map, &hygiene_items[HYGIENE_COUNT - 1]) ==
                   CACHE_MAP_UPDATED);
    HYGIENE_EXPECT(hygiene_compact(hygiene_map) == CACHE_MAP_OK);
    HYGIENE_EXPECT(hygiene_upsert(hygiene_map, &hygiene_items[HYGIENE_COUNT - 1]) <=
                   CACHE_MAP_UPDATED);
    hygiene_demote(hygiene_map, hygiene_id);
    HYGIENE_EXPECT(hygiene_place_is_cache(hygiene_inspect_place(hygiene_map, hygiene_id), 1));
    HYGIENE_EXPECT(hygiene_scope_open(hygiene_map) == CACHE_MAP_OK);
    HYGIENE_EXPECT(hygiene_remove(hygiene_map, hygiene_id) == CACHE_MAP_REMOVED);
    HYGIENE_EXPECT(!hygiene_has(hygiene_map, hygiene_id));
    HYGIENE_EXPECT(hygiene_scope_close(hygiene_map, CACHE_MAP_SCOPE_DISCARD) == CACHE_MAP_OK);
    HYGIENE_EXPECT(hygiene_has(hygiene_map, hygiene_id));
    HYGIENE_EXPECT(hygiene_check(hygiene_map) == CACHE_MAP_INVARIANT_NONE);
    return true;
}

static bool hygiene_run(bool hygiene_many_first) {
    const struct cache_map_options hygiene_chosen = {64, 2 * HYGIENE_COUNT, 8, 5};
    struct hygiene hygiene_map;
    HYGIENE_EXPECT(hygiene_init(&hygiene_map, &hygiene_chosen, NULL) == CACHE_MAP_OK);
    HYGIENE_EXPECT(hygiene_upserts(&hygiene_map, hygiene_many_first));
    HYGIENE_EXPECT(hygiene_rest(&hygiene_map));
    hygiene_deinit(&hygiene_map);
    return true;
}

int main(void) {
    hygiene_mix = MIX(0);
    for (uint64_t hygiene_index = 0; hygiene_index < HYGIENE_COUNT; hygiene_index += 1) {
        hygiene_keys[hygiene_index] = hygiene_index * 7 + 1;
        hygiene_items[hygiene_index].hygiene_id = hygiene_keys[hygiene_index];
        hygiene_items[hygiene_index].hygiene_number = hygiene_index;
    }
    if (!hygiene_run(false) || !hygiene_run(true))
        return 1;
    printf("%u of the expressions had another value\n", hygiene_wrong);
    return hygiene_wrong != 0;
}
