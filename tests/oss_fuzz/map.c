/* SPDX-License-Identifier: Apache-2.0 */
/* One instance of the library behind map.h. Knows no fuzzing. */
#include "map.h"

#include <stdint.h>

struct value {
    uint64_t key, word;
};

#define CACHE_MAP_NAME          map
#define CACHE_MAP_VALUE         struct value
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"

static struct map map;

void map_open(void) {
    const struct cache_map_options options = {16, 16, 16, 0};
    (void)map_init(&map, &options, NULL);
}

void map_touch(uint64_t key, unsigned operation) {
    const struct value value = {key, operation};
    switch (operation) {
    case 0:
    case 1: (void)map_upsert(&map, &value); break;
    case 2: (void)map_remove(&map, key); break;
    case 3: map_compact(&map); break;
    default: (void)map_get(&map, key); break;
    }
}

void map_close(void) {
    map_deinit(&map);
}
