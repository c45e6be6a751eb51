/* SPDX-License-Identifier: Apache-2.0 */
/* The one file that has the functions of the map: see account_cache.h. */
#define ACCOUNT_CACHE_DEFINE
#include "account_cache.h"
