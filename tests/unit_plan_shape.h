/* SPDX-License-Identifier: Apache-2.0 */
/* A map named PLAN_NAME of a value of PLAN_SIZE bytes, aligned to PLAN_ALIGNMENT, with PLAN_WAYS,
 * PLAN_TAG_BITS and PLAN_CLOCK_BITS; and PLAN_NAME_row, what unit_plan.c asks of it. All are
 * undefined again here. */
#define PLAN_FUNCTION(end) CACHE_MAP_PASTE(PLAN_NAME, end)

struct PLAN_FUNCTION(value) {
    _Alignas(PLAN_ALIGNMENT) uint64_t key;
    unsigned char content[PLAN_SIZE - 8];
};
#define CACHE_MAP_NAME          PLAN_NAME
#define CACHE_MAP_VALUE         struct PLAN_FUNCTION(value)
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#define CACHE_MAP_WAYS          PLAN_WAYS
#define CACHE_MAP_TAG_BITS      PLAN_TAG_BITS
#define CACHE_MAP_CLOCK_BITS    PLAN_CLOCK_BITS
#include "cache_map.h"

static const struct plan_row PLAN_FUNCTION(row) = {
    {PLAN_WAYS, PLAN_TAG_BITS, PLAN_CLOCK_BITS, PLAN_SIZE, PLAN_ALIGNMENT},
    PLAN_FUNCTION(memory_size),
    &PLAN_FUNCTION(cache_map_layout),
};

#undef PLAN_FUNCTION
#undef PLAN_NAME
#undef PLAN_SIZE
#undef PLAN_ALIGNMENT
#undef PLAN_WAYS
#undef PLAN_TAG_BITS
#undef PLAN_CLOCK_BITS
