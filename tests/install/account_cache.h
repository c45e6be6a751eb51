/* SPDX-License-Identifier: Apache-2.0 */
/* A program in two files, for tests/install.sh: each file that uses the map includes this; account_cache.c
 * alone has its functions. */
#ifndef ACCOUNT_CACHE_H
#define ACCOUNT_CACHE_H

#include <stdint.h>

struct account {
    uint64_t id;
    int64_t balance;
};

#ifdef ACCOUNT_CACHE_DEFINE
#    define CACHE_MAP_DEFINE
#else
#    define CACHE_MAP_DECLARE
#endif
#define CACHE_MAP_NAME          account_cache
#define CACHE_MAP_VALUE         struct account
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#include "cache_map.h"

#endif
