/* SPDX-License-Identifier: Apache-2.0 */
/* The layouts of hit_ratio_map.h. */
#include "hit_ratio_map.h"

#include "cache_map.h"

#include <stdio.h>
#include <stdlib.h>

struct map_value {
    uint64_t key;
};

/* What the contract promises a caller that keeps to it; else no figure can be trusted. */
static void map_expect(bool holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "hit_ratio: the cache map has failed at: %s\n", what);
    exit(1);
}

static void map_expect_init(enum cache_map_status status) {
    if (status == CACHE_MAP_OUT_OF_MEMORY) {
        fprintf(stderr, "hit_ratio: out of memory for a cache map of that size\n");
        exit(2);
    }
    map_expect(status == CACHE_MAP_OK, "init");
}

#define INSTANCE_NAME       w2_b1
#define INSTANCE_WAYS       2
#define INSTANCE_CLOCK_BITS 1
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w2_b2
#define INSTANCE_WAYS       2
#define INSTANCE_CLOCK_BITS 2
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w2_b4
#define INSTANCE_WAYS       2
#define INSTANCE_CLOCK_BITS 4
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w4_b1
#define INSTANCE_WAYS       4
#define INSTANCE_CLOCK_BITS 1
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w4_b2
#define INSTANCE_WAYS       4
#define INSTANCE_CLOCK_BITS 2
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w4_b4
#define INSTANCE_WAYS       4
#define INSTANCE_CLOCK_BITS 4
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w8_b1
#define INSTANCE_WAYS       8
#define INSTANCE_CLOCK_BITS 1
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w8_b2
#define INSTANCE_WAYS       8
#define INSTANCE_CLOCK_BITS 2
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w8_b4
#define INSTANCE_WAYS       8
#define INSTANCE_CLOCK_BITS 4
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w16_b1
#define INSTANCE_WAYS       16
#define INSTANCE_CLOCK_BITS 1
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w16_b2
#define INSTANCE_WAYS       16
#define INSTANCE_CLOCK_BITS 2
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       w16_b4
#define INSTANCE_WAYS       16
#define INSTANCE_CLOCK_BITS 4
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK
#include "hit_ratio_map_instance.h"

#define INSTANCE_NAME       classic_w16_b2
#define INSTANCE_WAYS       16
#define INSTANCE_CLOCK_BITS 2
#define INSTANCE_POLICY     CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "hit_ratio_map_instance.h"

const struct map_layout map_layouts[] = {
    {"map_w2_b1", 2, 1, false, w2_b1_run},
    {"map_w2_b2", 2, 2, false, w2_b2_run},
    {"map_w2_b4", 2, 4, false, w2_b4_run},
    {"map_w4_b1", 4, 1, false, w4_b1_run},
    {"map_w4_b2", 4, 2, false, w4_b2_run},
    {"map_w4_b4", 4, 4, false, w4_b4_run},
    {"map_w8_b1", 8, 1, false, w8_b1_run},
    {"map_w8_b2", 8, 2, false, w8_b2_run},
    {"map_w8_b4", 8, 4, false, w8_b4_run},
    {"map_w16_b1", 16, 1, false, w16_b1_run},
    {"map_w16_b2", 16, 2, false, w16_b2_run},
    {"map_w16_b4", 16, 4, false, w16_b4_run},
    {"map_classic_w16_b2", 16, 2, true, classic_w16_b2_run},
};
const size_t map_layout_count = sizeof map_layouts / sizeof map_layouts[0];

const struct map_layout *map_layout_find(uint32_t ways, uint32_t clock_bits, bool classic) {
    for (size_t i = 0; i < map_layout_count; i += 1)
        if (map_layouts[i].ways == ways && map_layouts[i].clock_bits == clock_bits &&
            map_layouts[i].classic == classic)
            return &map_layouts[i];
    return NULL;
}
