/* SPDX-License-Identifier: Apache-2.0 */
/* The set behind store.h. */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { UNIT = 8, CHUNK_UNIT_COUNT = 4096, SLOT_COUNT_FIRST = 1 << 18 };

/* `size` bytes of code follow. */
struct store_record {
    _Atomic uint64_t origin;
    uint16_t size;
    uint8_t bytes[];
};

/* ---- Memory. ----------------------------------------------------------------------------- */

/* Shared between processes; pages cost nothing until they are touched. Null where there is none. */
static void *map_shared(uint64_t size) {
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

bool store_create(struct store *store, uint64_t memory_max) {
    memset(store, 0, sizeof *store);
    store->memory_max = memory_max;
    store->slot_count = SLOT_COUNT_FIRST;
    store->pool_size_max = memory_max / UNIT < UINT32_MAX ? memory_max / UNIT : UINT32_MAX;
    store->state_count_max = store->pool_size_max / 2;
    store->shared = map_shared(sizeof *store->shared);
    store->pool = map_shared(store->pool_size_max * UNIT);
    store->order = map_shared(store->state_count_max * sizeof *store->order);
    store->table_memory = map_shared(store->slot_count * sizeof *store->table);
    store->table = store->table_memory;
    if (store->shared == NULL || store->pool == NULL || store->order == NULL ||
        store->table == NULL)
        return false;
    /* Offset 0 is no record: the table's 0 is an empty slot. */
    atomic_store(&store->shared->pool_used, 1);
    return true;
}

void store_destroy(struct store *store) {
    (void)munmap(store->shared, sizeof *store->shared);
    (void)munmap(store->pool, store->pool_size_max * UNIT);
    (void)munmap(store->order, store->state_count_max * sizeof *store->order);
    (void)munmap(store->table_memory, store->slot_count * sizeof *store->table);
}

uint32_t store_state_count(const struct store *store) {
    return atomic_load(&store->shared->state_count);
}

uint64_t store_memory(const struct store *store) {
    return atomic_load(&store->shared->pool_used) * UNIT +
           store_state_count(store) * sizeof *store->order +
           store->slot_count * sizeof *store->table;
}

void store_enter(struct store *store) {
    store->chunk_at = 0;
    store->chunk_end = 0;
}

static struct store_record *record_at(const struct store *store, uint64_t offset) {
    return (struct store_record *)(void *)(store->pool + offset);
}

/* Room for a record in this process's chunk, which is not taken yet; 0 when the memory is spent. */
static uint64_t reserve(struct store *store, uint64_t unit_count) {
    if (store->chunk_at + unit_count > store->chunk_end) {
        store->chunk_at = atomic_fetch_add(&store->shared->pool_used, CHUNK_UNIT_COUNT);
        store->chunk_end = store->chunk_at + CHUNK_UNIT_COUNT;
    }
    if (store->chunk_end > store->pool_size_max || store_memory(store) > store->memory_max) {
        atomic_store(&store->shared->memory_spent, true);
        return 0;
    }
    return store->chunk_at;
}

/* ---- The table: the upper half of a slot is a part of the hash, the lower the record's offset. ------- */

static bool record_is(const struct store_record *record, const struct state *state) {
    return record->size == state->size && memcmp(record->bytes, state->bytes, state->size) == 0;
}

/* The least origin stays. States of complete levels have lesser ones than any that come. */
static void lower_origin(struct store_record *record, uint64_t origin) {
    uint64_t known = atomic_load_explicit(&record->origin, memory_order_relaxed);
    while (origin < known && !atomic_compare_exchange_weak(&record->origin, &known, origin))
        continue;
}

enum store_answer store_add(struct store *store, const struct state *state, uint64_t origin) {
    const uint64_t hash = state_hash(state), mask = store->slot_count - 1;
    const uint64_t unit_count =
        (offsetof(struct store_record, bytes) + state->size + UNIT - 1) / UNIT;
    uint64_t offset = 0;
    /* Ends: the table is never full (store_is_crowded). */
    for (uint64_t slot = hash & mask;; slot = (slot + 1) & mask) {
        uint64_t entry = atomic_load_explicit(&store->table[slot], memory_order_acquire);
        if (entry == 0 && offset == 0) {
            struct store_record *record;
            offset = reserve(store, unit_count);
            if (offset == 0)
                return STORE_SPENT;
            record = record_at(store, offset);
            atomic_init(&record->origin, origin);
            record->size = state->size;
            memcpy(record->bytes, state->bytes, state->size);
        }
        if (entry == 0 && atomic_compare_exchange_strong(&store->table[slot], &entry,
                                                         (hash >> 32 << 32) | offset)) {
            store->chunk_at += unit_count;
            store->order[atomic_fetch_add(&store->shared->state_count, 1)] = (uint32_t)offset;
            return STORE_NEW;
        }
        /* Here `entry` is what stands in the slot, also where another process was faster. */
        if (entry >> 32 == hash >> 32 && record_is(record_at(store, entry & UINT32_MAX), state)) {
            lower_origin(record_at(store, entry & UINT32_MAX), origin);
            return STORE_KNOWN;
        }
    }
}

bool store_is_crowded(const struct store *store) {
    return store_state_count(store) > store->slot_count / 2;
}

void store_get(const struct store *store, uint32_t rank, struct state *state, uint64_t *origin) {
    const struct store_record *record = record_at(store, store->order[rank]);
    assert(rank < store_state_count(store));
    state->size = record->size;
    memcpy(state->bytes, record->bytes, record->size);
    *origin = atomic_load(&record->origin);
}

bool store_grow(struct store *store) {
    const uint64_t slot_count = store->slot_count * 2;
    const uint32_t state_count = store_state_count(store);
    _Atomic uint64_t *table;
    void *memory = NULL;
    if (store_memory(store) + store->slot_count * sizeof *table <= store->memory_max)
        memory = map_shared(slot_count * sizeof *table);
    if (memory == NULL)
        return false;
    table = memory;
    for (uint32_t rank = 0; rank < state_count; rank += 1) {
        struct state state;
        uint64_t origin, hash, slot;
        store_get(store, rank, &state, &origin);
        hash = state_hash(&state);
        for (slot = hash & (slot_count - 1); table[slot] != 0; slot = (slot + 1) & (slot_count - 1))
            continue;
        table[slot] = (hash >> 32 << 32) | store->order[rank];
    }
    (void)munmap(store->table_memory, store->slot_count * sizeof *store->table);
    store->table = table;
    store->table_memory = memory;
    store->slot_count = slot_count;
    return true;
}

/* ---- Levels. ----------------------------------------------------------------------------- */

struct sorted {
    uint64_t hash;
    uint32_t offset;
};

static const struct store *sorted_store; /* qsort has no room for it */

static int compare_sorted(const void *left, const void *right) {
    const struct sorted *a = left, *b = right;
    const struct store_record *of_a, *of_b;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    of_a = record_at(sorted_store, a->offset);
    of_b = record_at(sorted_store, b->offset);
    if (of_a->size != of_b->size)
        return of_a->size < of_b->size ? -1 : 1;
    return memcmp(of_a->bytes, of_b->bytes, of_a->size);
}

bool store_next_level(struct store *store) {
    const uint32_t begin = store->level_begin[store->level_count];
    const uint32_t count = store_state_count(store) - begin;
    struct sorted *sorted = malloc((count + 1) * sizeof *sorted);
    if (count == 0 || sorted == NULL || store->level_count == STORE_LEVEL_COUNT_MAX) {
        free(sorted);
        assert(count == 0 && "no memory to sort a level, or too many levels");
        return false;
    }
    for (uint32_t i = 0; i < count; i += 1) {
        struct state state;
        uint64_t origin;
        store_get(store, begin + i, &state, &origin);
        sorted[i].hash = state_hash(&state);
        sorted[i].offset = store->order[begin + i];
    }
    sorted_store = store;
    qsort(sorted, count, sizeof *sorted, compare_sorted);
    for (uint32_t i = 0; i < count; i += 1)
        store->order[begin + i] = sorted[i].offset;
    free(sorted);
    store->level_count += 1;
    store->level_begin[store->level_count] = begin + count;
    return true;
}

/* Less than, equal to or more than 0, in the order of a level. */
static int compare_record(const struct store_record *record, const struct state *state,
                          uint64_t hash) {
    struct state known;
    known.size = record->size;
    memcpy(known.bytes, record->bytes, record->size);
    if (state_hash(&known) != hash)
        return state_hash(&known) < hash ? -1 : 1;
    if (known.size != state->size)
        return known.size < state->size ? -1 : 1;
    return memcmp(known.bytes, state->bytes, known.size);
}

bool store_find(const struct store *store, const struct state *state, uint32_t *rank) {
    const uint64_t hash = state_hash(state);
    for (uint32_t level = 0; level < store->level_count; level += 1) {
        uint32_t low = store->level_begin[level], high = store->level_begin[level + 1];
        while (low < high) {
            const uint32_t middle = low + (high - low) / 2;
            const int order = compare_record(record_at(store, store->order[middle]), state, hash);
            *rank = middle;
            if (order == 0)
                return true;
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }
    }
    return false;
}

/* ---- Files. ------------------------------------------------------------------------------ */

static bool write_all(const void *bytes, size_t size, FILE *file) {
    return fwrite(bytes, 1, size, file) == size;
}

static bool read_all(void *bytes, size_t size, FILE *file) {
    errno = 0;
    return fread(bytes, 1, size, file) == size;
}

bool store_write(const struct store *store, FILE *file) {
    const uint32_t count = store_state_count(store);
    if (!write_all(&count, sizeof count, file) ||
        !write_all(&store->level_count, sizeof store->level_count, file) ||
        !write_all(store->level_begin, sizeof store->level_begin, file))
        return false;
    for (uint32_t rank = 0; rank < count; rank += 1) {
        struct state state;
        uint64_t origin;
        store_get(store, rank, &state, &origin);
        if (!write_all(&origin, sizeof origin, file) ||
            !write_all(&state.size, sizeof state.size, file) ||
            !write_all(state.bytes, state.size, file))
            return false;
    }
    return true;
}

bool store_read(struct store *store, FILE *file) {
    uint32_t count = 0;
    if (!read_all(&count, sizeof count, file) ||
        !read_all(&store->level_count, sizeof store->level_count, file) ||
        !read_all(store->level_begin, sizeof store->level_begin, file) ||
        store->level_count > STORE_LEVEL_COUNT_MAX)
        return false;
    for (uint32_t rank = 0; rank < count; rank += 1) {
        struct state state;
        uint64_t origin;
        if (!read_all(&origin, sizeof origin, file) ||
            !read_all(&state.size, sizeof state.size, file) || state.size > STATE_SIZE_MAX ||
            !read_all(state.bytes, state.size, file))
            return false;
        if (store_is_crowded(store) && !store_grow(store))
            return false;
        if (store_add(store, &state, origin) != STORE_NEW)
            return false;
    }
    return true;
}
