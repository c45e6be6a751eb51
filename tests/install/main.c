/* SPDX-License-Identifier: Apache-2.0 */
/* Uses a map whose functions are in another file: see account_cache.h. C11, and C++17 as it is. */
#include "account_cache.h"

#include <stdio.h>

int main(void) {
    const struct cache_map_options options = {1024, 256, 64, 0};
    const struct account accounts[] = {{1, 30}, {2, 70}};
    const uint64_t keys[] = {1, 2, 3};
    enum cache_map_status statuses[2];
    struct account *found[3];
    struct account_cache cache;
    if (account_cache_init(&cache, &options, NULL) != CACHE_MAP_OK)
        return 1;
    if (account_cache_upsert_many(&cache, accounts, 2, statuses) != 2)
        return 1;
    account_cache_prefetch(&cache, 1);
    if (account_cache_get_many(&cache, keys, 3, found) != 2 || found[2] != NULL)
        return 1;
    printf("balance: %lld\n", (long long)(found[0]->balance + found[1]->balance));
    account_cache_deinit(&cache);
    return 0;
}
