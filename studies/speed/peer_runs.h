/* SPDX-License-Identifier: Apache-2.0 */
/* The timed loops of a peer that has, before it includes this,
 *
 *     struct map
 *     static inline struct value *peer_find(struct map *map, uint64_t key)        null: absent
 *     static inline void peer_insert(struct map *map, const struct value *value)  the key is absent
 *
 * Update and read-modify-write go through the pointer that find gave: that is how one uses such
 * a map. An upsert must ask first whether the key is there, for an insert evicts and an update
 * does not. */
#ifndef BENCH_PEER_RUNS_H
#define BENCH_PEER_RUNS_H

static inline void peer_upsert(struct map *map, const struct value *value) {
    struct value *found = peer_find(map, value->key);
    if (found != NULL)
        *found = *value;
    else
        peer_insert(map, value);
}

static inline const void *table_find(void *map, uint64_t key) {
    return peer_find((struct map *)map, key);
}

static inline void table_upsert(void *map, const void *value) {
    peer_upsert((struct map *)map, (const struct value *)value);
}

static inline struct peer_result run_get(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t i = 0; i < key_count; i += 1) {
        const struct value *found = peer_find((struct map *)map, keys[i]);
        if (found != NULL) {
            result.found += 1;
            result.sum += found->fields[0];
        }
    }
    return result;
}

/* The values' first fields are 0, which the processor cannot know: it has to wait for one to
 * know which key comes next. */
static inline struct peer_result run_chain(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t i = 0; i < key_count; i += 1) {
        const struct value *found = peer_find((struct map *)map, keys[i + result.sum]);
        if (found != NULL) {
            result.found += 1;
            result.sum += found->fields[0];
        }
    }
    return result;
}

static inline struct peer_result run_upsert(void *map, const uint64_t *keys, size_t key_count) {
    struct value value = {0};
    for (size_t i = 0; i < key_count; i += 1) {
        value.key = keys[i];
        peer_upsert((struct map *)map, &value);
    }
    return (struct peer_result){0, 0};
}

static inline struct peer_result run_modify(void *map, const uint64_t *keys, size_t key_count) {
    struct peer_result result = {0, 0};
    for (size_t i = 0; i < key_count; i += 1) {
        struct value *found = peer_find((struct map *)map, keys[i]);
        if (found != NULL) {
            found->fields[0] += 1;
            result.found += 1;
        } else {
            const struct value below = {keys[i], {1}}; /* as read from the level below, changed */
            peer_insert((struct map *)map, &below);
        }
    }
    return result;
}

/* The peer's table of functions, which its file ends with: its `struct map` has a count. */
#define PEER_DEFINE(symbol, kind, scope) \
    static size_t table_count(void *map) { \
        return ((struct map *)map)->count; \
    } \
    extern const struct peer PEER_TABLE(symbol); \
    const struct peer PEER_TABLE(symbol) = {#symbol, \
                                            VALUE_SIZE, \
                                            kind, \
                                            table_create, \
                                            table_destroy, \
                                            table_count, \
                                            table_find, \
                                            table_upsert, \
                                            NULL, \
                                            NULL, \
                                            {run_get, run_chain, run_upsert, run_modify, scope}, \
                                            false};

#endif
