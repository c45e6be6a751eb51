/* SPDX-License-Identifier: Apache-2.0 */
/* The sharded cache of docs/threads.md, when an account changes while the store is read without the
 * lock. One thread, so that it comes at that moment every time: the store's slow read, which
 * sleeps, does the change instead. tests/threads.sh takes sharded_cache.h out of the document. Ends with 1
 * at the first wrong answer. */
#include <stdio.h>
#include <threads.h>
static int meanwhile(void);
#define thrd_sleep(...) meanwhile() /* the duration has commas */
#include "sharded_cache.h"

enum { FAR_ID = 3, NEAR_ID = 4, LOST_ID = 19 }; /* 3 and 19 are far away: their read is slow */

static struct store store = {.lock = PTHREAD_MUTEX_INITIALIZER};
static struct sharded_cache cache;
static void (*change)(void); /* null: nothing comes between */

static int meanwhile(void) {
    void (*const now)(void) = change;
    change = NULL;
    if (now != NULL)
        now();
    return 0;
}

static void compact(uint64_t id) {
    struct shard *shard = sharded_cache_shard(&cache, id);
    pthread_mutex_lock(&shard->lock);
    shard->mutation_count = STASH_COUNT;
    shard_reserve(shard, 1);
    pthread_mutex_unlock(&shard->lock);
}

/* The account is absent, and the store has it. */
static void start(uint64_t id) {
    sharded_cache_remove(&cache, id);
    compact(id);
    store_write(&store, &(struct account){id, 100});
}

static void read_and_remove(void) {
    struct account account;
    (void)sharded_cache_read(&cache, FAR_ID, &account);
    sharded_cache_remove(&cache, FAR_ID);
}

static void remove_alone(void) {
    sharded_cache_remove(&cache, FAR_ID);
}

static void remove_and_compact(void) {
    read_and_remove();
    compact(FAR_ID);
}

static void transfer(void) {
    (void)sharded_cache_transfer(&cache, NEAR_ID, FAR_ID, 10);
}

/* Reads FAR_ID while `between` happens, and once more. */
static int expect(const char *name, void (*between)(void), bool present, int64_t balance) {
    start(FAR_ID);
    for (int i = 0; i < 2; i += 1) {
        struct account account = {0, 0};
        change = i == 0 ? between : NULL;
        if (sharded_cache_read(&cache, FAR_ID, &account) == present &&
            (!present || account.balance == balance))
            continue;
        printf("%s: wrong in read %d, balance %lld\n", name, i + 1, (long long)account.balance);
        return 1;
    }
    return 0;
}

int main(void) {
    struct account account;
    if (sharded_cache_init(&cache, &store) != CACHE_MAP_OK)
        return 2;
    store_write(&store, &(struct account){NEAR_ID, 1000});
    if (expect("nothing between", NULL, true, 100) ||
        expect("read and removed between", read_and_remove, false, 0) ||
        expect("removed between", remove_alone, false, 0) ||
        expect("removed and compacted between", remove_and_compact, false, 0) ||
        expect("written between", transfer, true, 110))
        return 1;
    if (sharded_cache_read(&cache, LOST_ID, &account)) {
        puts("an account that is nowhere: found");
        return 1;
    }
    if (sharded_cache_transfer(&cache, NEAR_ID, LOST_ID, 1)) {
        puts("a transfer to an account that is nowhere: done");
        return 1;
    }
    for (unsigned i = 0; i < SHARD_COUNT; i += 1)
        if (account_map_check(&cache.shards[i].map) != CACHE_MAP_INVARIANT_NONE)
            return 1;
    puts("every answer is right");
    for (unsigned i = 0; i < SHARD_COUNT; i += 1)
        account_map_deinit(&cache.shards[i].map);
    return 0;
}
