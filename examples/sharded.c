/* SPDX-License-Identifier: Apache-2.0 */
/* ./sharded: one cache for many threads, as shards: a map and a mutex each.
 *
 * What it shows: a map belongs to one thread at a time, so threads that share a cache share it in
 * parts. A key belongs to one shard, and the shard's mutex is held for the length of a call. A
 * value is copied out under the mutex: a pointer into the map is good until the next change, which
 * another thread may make as soon as the mutex is free.
 *
 * Why the shard is chosen by another hash than the map's: a map takes the set of a key from the
 * high bits of its hash. With the shard from the same bits, all keys of a shard agree in them, and
 * so fall into 1/shards of its sets; the other sets stay empty. The program counts that, for both
 * ways.
 *
 * What to copy: struct shard, shard_of, and the functions that start with sharded_. */
#include "random.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct object {
    uint64_t key;
    uint64_t count;
    uint64_t sum; /* of both: a torn copy shows */
};

#define CACHE_MAP_NAME          object_cache
#define CACHE_MAP_VALUE         struct object
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"

enum { SHARD_COUNT = 8, THREAD_COUNT = 8, SHARD_VALUE_COUNT_MAX = 1024, STASH_COUNT_MAX = 256 };
enum { KEY_COUNT = 20000 };

/* A cache line of its own, so that a mutex that is taken slows no other shard. */
struct shard {
    _Alignas(64) pthread_mutex_t mutex;
    struct object_cache cache;
};

struct sharded {
    struct shard shards[SHARD_COUNT];
    uint64_t below[KEY_COUNT]; /* the slow store that a real program has; by the mutex of the key */
};

/* Any two numbers that differ. From outside keys: random ones, drawn at start. */
static const uint64_t map_seed = 1, shard_seed = 2;

/* The hash with another seed is another hash. Its high bits, because all of its bits are good and a
 * multiplication needs no division and no power of two. */
static uint32_t shard_of(uint64_t key, uint64_t seed) {
    return (uint32_t)(((cache_map_hash_64(key, seed) >> 32) * SHARD_COUNT) >> 32);
}

/* ---- The cache. -------------------------------------------------------------------------- */

static bool sharded_init(struct sharded *sharded) {
    const struct cache_map_options options = {SHARD_VALUE_COUNT_MAX, STASH_COUNT_MAX, 0, map_seed};
    for (uint32_t i = 0; i < SHARD_COUNT; i += 1)
        if (pthread_mutex_init(&sharded->shards[i].mutex, NULL) != 0 ||
            object_cache_init(&sharded->shards[i].cache, &options, NULL) != CACHE_MAP_OK)
            return false;
    return true;
}

static void sharded_deinit(struct sharded *sharded) {
    for (uint32_t i = 0; i < SHARD_COUNT; i += 1) {
        object_cache_deinit(&sharded->shards[i].cache);
        (void)pthread_mutex_destroy(&sharded->shards[i].mutex);
    }
}

static struct object object_of(uint64_t key, uint64_t count) {
    const struct object object = {key, count, key + count};
    return object;
}

/* Under the mutex. The store below has all of it, so that a full stash may be forgotten. */
static void shard_keep(struct shard *shard, const struct object *object) {
    if (object_cache_upsert(&shard->cache, object) != CACHE_MAP_STASH_FULL)
        return;
    (void)object_cache_compact(&shard->cache);
    (void)object_cache_upsert(&shard->cache, object);
}

/* A copy of the object. A get changes the map's clock: it needs the mutex as a change does. The
 * store is read under the mutex too, or else another thread could change the object between the
 * read and the upsert, which would then put the old one back. (Where the store is so slow that this
 * matters: docs/threads.md.) Nothing is removed here, so null is absent; where something is, lookup
 * tells a tombstone from that. True where the cache had it. */
static bool sharded_get(struct sharded *sharded, uint64_t key, struct object *object) {
    struct shard *shard = &sharded->shards[shard_of(key, shard_seed)];
    const struct object *found;
    bool hit;
    (void)pthread_mutex_lock(&shard->mutex);
    found = object_cache_get(&shard->cache, key);
    hit = found != NULL;
    if (hit) {
        *object = *found;
    } else {
        *object = object_of(key, sharded->below[key]);
        shard_keep(shard, object);
    }
    (void)pthread_mutex_unlock(&shard->mutex);
    return hit;
}

/* Reads, changes and writes through, in one hold of the mutex. */
static void sharded_add(struct sharded *sharded, uint64_t key) {
    struct shard *shard = &sharded->shards[shard_of(key, shard_seed)];
    struct object object;
    (void)pthread_mutex_lock(&shard->mutex);
    sharded->below[key] += 1;
    object = object_of(key, sharded->below[key]);
    shard_keep(shard, &object);
    (void)pthread_mutex_unlock(&shard->mutex);
}

/* ---- Threads that use it. ---------------------------------------------------------------- */

struct worker {
    pthread_t thread;
    struct sharded *sharded;
    struct random random;
    uint64_t op_count, hit_count, add_count, wrong_count;
    uint64_t seen[KEY_COUNT]; /* counts only grow: an old object that comes back shows */
};

static void *worker_main(void *context) {
    struct worker *worker = (struct worker *)context;
    for (uint64_t op = 0; op < worker->op_count; op += 1) {
        const uint64_t key = random_skewed_below(&worker->random, KEY_COUNT);
        struct object object;
        if (random_percent(&worker->random, 20)) {
            sharded_add(worker->sharded, key);
            worker->add_count += 1;
            worker->seen[key] += 1;
        }
        worker->hit_count += sharded_get(worker->sharded, key, &object);
        worker->wrong_count += object.key != key || object.sum != object.key + object.count ||
                               object.count < worker->seen[key];
        worker->seen[key] = object.count;
    }
    return NULL;
}

/* True where every object that was got was whole and not older than one that was got before, no add
 * was lost, and every shard is sound. */
static bool work(struct sharded *sharded, uint64_t op_count, uint64_t seed) {
    static struct worker workers[THREAD_COUNT];
    uint64_t get_count = 0, hit_count = 0, add_count = 0, wrong_count = 0;
    for (uint32_t i = 0; i < THREAD_COUNT; i += 1) {
        workers[i].sharded = sharded;
        workers[i].random.state = seed + i;
        workers[i].op_count = op_count / THREAD_COUNT;
        if (pthread_create(&workers[i].thread, NULL, worker_main, &workers[i]) != 0) {
            fprintf(stderr, "sharded: thread %u cannot be started\n", i);
            exit(2);
        }
    }
    for (uint32_t i = 0; i < THREAD_COUNT; i += 1) {
        (void)pthread_join(workers[i].thread, NULL);
        get_count += workers[i].op_count;
        hit_count += workers[i].hit_count;
        add_count += workers[i].add_count;
        wrong_count += workers[i].wrong_count;
    }
    for (uint32_t i = 0; i < SHARD_COUNT; i += 1)
        wrong_count += object_cache_check(&sharded->shards[i].cache) != CACHE_MAP_INVARIANT_NONE;
    for (uint64_t key = 0; key < KEY_COUNT; key += 1)
        add_count -= sharded->below[key];
    printf("%u threads, %u shards: %llu gets, %.1f %% hits, %llu wrong, %llu adds lost\n",
           THREAD_COUNT, SHARD_COUNT, (unsigned long long)get_count,
           get_count == 0 ? 0.0 : 100.0 * (double)hit_count / (double)get_count,
           (unsigned long long)wrong_count, (unsigned long long)add_count);
    return wrong_count == 0 && add_count == 0;
}

/* ---- Why another hash. ------------------------------------------------------------------- */

/* Fills one shard's map with keys that `seed` sends to shard 0; the share of its sets that are
 * used. */
static double sets_used(uint64_t seed) {
    const struct cache_map_options options = {SHARD_VALUE_COUNT_MAX, SHARD_VALUE_COUNT_MAX, 0,
                                              map_seed};
    struct object_cache cache;
    struct cache_map_counts counts;
    uint64_t used_count = 0;
    if (object_cache_init(&cache, &options, NULL) != CACHE_MAP_OK) {
        fprintf(stderr, "sharded: no memory\n");
        exit(2);
    }
    for (uint64_t key = 0, kept_count = 0; kept_count < SHARD_VALUE_COUNT_MAX; key += 1) {
        const struct object object = object_of(key, 0);
        if (shard_of(key, seed) != 0)
            continue;
        (void)object_cache_upsert(&cache, &object);
        kept_count += 1;
    }
    counts = object_cache_inspect_counts(&cache);
    for (uint64_t set = 0; set < counts.set_count; set += 1) {
        struct cache_map_set_view view;
        uint32_t way_count = 0;
        object_cache_inspect_set(&cache, set, &view);
        for (uint32_t way = 0; way < 16; way += 1)
            way_count += view.slots[way].count > 0;
        used_count += way_count > 0;
    }
    object_cache_deinit(&cache);
    return (double)used_count / (double)counts.set_count;
}

static bool number_parse(const char *text, uint64_t *number) {
    char *end = NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static const char usage_text[] =
    "usage: sharded [--ops N] [--seed N]\n"
    "\n"
    "Eight threads on one cache of eight shards; and what it costs to choose the shard by the\n"
    "hash of the map.\n"
    "\n"
    "  --ops N   gets in all; default 400000\n"
    "  --seed N  of the random numbers; default 1\n"
    "\n"
    "exit status: 0 good, 1 a value is wrong or sets stay empty, 2 usage\n";

static int usage_error(const char *message, const char *argument) {
    fprintf(stderr, "sharded: %s%s; ./sharded --help lists the options\n", message, argument);
    return 2;
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"ops", required_argument, NULL, 'o'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    static struct sharded sharded;
    uint64_t op_count = 400000, seed = 1;
    double independent, same;
    bool good;
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'h')
            return fputs(usage_text, stdout) < 0 || fflush(stdout) != 0 ? 2 : 0;
        if (option == '?')
            return usage_error("no such option", "");
        if (!number_parse(optarg, option == 'o' ? &op_count : &seed))
            return usage_error("not a number: ", optarg);
    }
    if (optind < argc)
        return usage_error("unexpected argument: ", argv[optind]);
    if (!sharded_init(&sharded)) {
        fputs("sharded: no memory\n", stderr);
        return 2;
    }
    good = work(&sharded, op_count, seed);
    sharded_deinit(&sharded);
    independent = sets_used(shard_seed);
    same = sets_used(map_seed);
    printf("sets of a shard that are used: %.1f %% by a hash of its own, %.1f %% by the map's\n",
           100.0 * independent, 100.0 * same);
    if (fflush(stdout) != 0 || ferror(stdout))
        return usage_error("standard output: cannot be written: ", strerror(errno));
    return good && independent == 1.0 && same < 0.2 ? 0 : 1;
}
