/* SPDX-License-Identifier: Apache-2.0 */
/* Peer `GHashTable, LRU`: as the FIFO one, and each value stands between the links of a GQueue,
 * so that a use costs no allocation: it moves the value to the front. The last is evicted. */
#include "peer_value.h"

#include <glib.h>

struct node {
    struct value value; /* first: a pointer to the key is one to the node */
    GList link;
};

struct map {
    GHashTable *table;
    struct node *nodes;
    GQueue uses; /* the last used at the head */
    size_t count;
    size_t count_max;
    struct memory *memory;
};

static guint hash_of_node(gconstpointer node) {
    return (guint)peer_hash(((const struct node *)node)->value.key);
}

static gboolean keys_equal(gconstpointer a, gconstpointer b) {
    return ((const struct node *)a)->value.key == ((const struct node *)b)->value.key;
}

static inline struct value *peer_find(struct map *map, uint64_t key) {
    struct node *node = (struct node *)g_hash_table_lookup(map->table, &key);
    if (node == NULL)
        return NULL;
    if (map->uses.head != &node->link) {
        g_queue_unlink(&map->uses, &node->link);
        g_queue_push_head_link(&map->uses, &node->link);
    }
    return &node->value;
}

static inline void peer_insert(struct map *map, const struct value *value) {
    struct node *node;
    if (map->count == map->count_max) {
        node = (struct node *)g_queue_peek_tail(&map->uses);
        g_queue_unlink(&map->uses, &node->link);
        (void)g_hash_table_remove(map->table, node);
    } else {
        node = &map->nodes[map->count];
        node->link.data = node;
        map->count += 1;
    }
    node->value = *value;
    (void)g_hash_table_add(map->table, node);
    g_queue_push_head_link(&map->uses, &node->link);
}

#include "peer_runs.h"

static void table_destroy(void *untyped) {
    struct map *map = (struct map *)untyped;
    if (map->table != NULL)
        g_hash_table_destroy(map->table);
    memory_give(map->memory, map->nodes, map->count_max * sizeof *map->nodes);
    memory_give(map->memory, map, sizeof *map);
}

static void *table_create(const struct peer_options *options) {
    struct map *map = (struct map *)memory_take(options->memory, sizeof *map);
    if (map == NULL)
        return NULL;
    map->memory = options->memory;
    map->count_max = options->entry_count_max;
    g_queue_init(&map->uses);
    map->table = g_hash_table_new(hash_of_node, keys_equal);
    map->nodes = (struct node *)memory_take(options->memory, map->count_max * sizeof *map->nodes);
    if (map->nodes != NULL)
        return map;
    table_destroy(map);
    return NULL;
}

PEER_DEFINE(glib_lru, PEER_LRU, NULL)
