/* SPDX-License-Identifier: Apache-2.0 */
/* Peer `uthash, LRU`: uthash, with the links of utlist for the order of use. The nodes are one
 * array; uthash has its own links in each, its own order of insertion, and grows its buckets as
 * it likes. */
#include "peer_value.h"

/* The macros below see a local `map`. */
#define HASH_FUNCTION(key, key_size, hash) ((hash) = (unsigned)peer_hash(*(const uint64_t *)(key)))
#define uthash_malloc(size)                memory_take(map->memory, (size))
#define uthash_free(pointer, size)         memory_give(map->memory, (pointer), (size))
#include <uthash.h>
#include <utlist.h>

struct node {
    struct value value;
    struct node *prev; /* utlist's names; the first's is the last */
    struct node *next;
    UT_hash_handle hh;
};

struct map {
    struct node *table; /* uthash's head */
    struct node *uses;  /* utlist's head: the least recently used */
    struct node *nodes;
    size_t count;
    size_t count_max;
    struct memory *memory;
};

static inline struct value *peer_find(struct map *map, uint64_t key) {
    struct node *node = NULL;
    HASH_FIND(hh, map->table, &key, sizeof key, node);
    if (node == NULL)
        return NULL;
    if (node->next != NULL) {
        DL_DELETE(map->uses, node);
        DL_APPEND(map->uses, node);
    }
    return &node->value;
}

static inline void peer_insert(struct map *map, const struct value *value) {
    struct node *node;
    if (map->count == map->count_max) {
        node = map->uses;
        DL_DELETE(map->uses, node);
        HASH_DEL(map->table, node);
    } else {
        node = &map->nodes[map->count];
        map->count += 1;
    }
    node->value = *value;
    HASH_ADD(hh, map->table, value.key, sizeof(uint64_t), node);
    DL_APPEND(map->uses, node);
}

#include "peer_runs.h"

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    HASH_CLEAR(hh, map->table);
    memory_give(map->memory, map->nodes, map->count_max * sizeof *map->nodes);
    memory_give(map->memory, map, sizeof *map);
}

static void *table_create(const struct peer_options *options) {
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    if (map == NULL)
        return NULL;
    map->memory = options->memory;
    map->count_max = options->entry_count_max;
    map->nodes = (struct node *)memory_take(options->memory, map->count_max * sizeof *map->nodes);
    if (map->nodes != NULL)
        return map;
    memory_give(map->memory, map, sizeof *map);
    return NULL;
}

PEER_DEFINE(uthash_lru, PEER_LRU, NULL)
