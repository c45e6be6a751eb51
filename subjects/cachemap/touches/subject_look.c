/* SPDX-License-Identifier: Apache-2.0 */
/* The looks behind subject_look.h. The index: which buckets of a table with linear probing are occupied does
 * not depend on the order in which the entries came, so that the entries alone say how long each probe is. */
#include "subject_look.h"

#include "key_map.h"

#include <stdlib.h>
#include <string.h>

static struct {
    bool *occupied;
    size_t bucket_count, bucket_count_max, used;
} index_now;

struct subject_look subject_look(const struct geometry *geometry,
                                 const struct subject_functions *real, const void *map,
                                 const struct subject_array *arrays) {
    const struct cache_map_counts counts = real->counts(map);
    const struct subject_look look = {
        .real = real,
        .map = map,
        .geometry = geometry,
        .arrays = arrays,
        .block = ((const struct cache_map *)map)->memory,
        .owns = real->layout->value_gone != NULL,
        .scope_open = counts.scope_open,
        .stash_count = (uint32_t)counts.stash_count,
        .scope_count = (uint32_t)counts.scope_count,
    };
    return look;
}

/* ---- The index, by section 6 of the contract. -------------------------------------------- */

static uint32_t fragment_of(uint64_t hash) {
    const uint64_t product = ((hash >> 32) ^ 0xbb67ae85u) * ((hash & 0xffffffffu) ^ 0x6a09e667u);
    return (uint32_t)((product >> 32) ^ (product & 0xffffffffu));
}

/* The lowest byte, and 1 for 0. */
static uint32_t mark_of(uint32_t fragment) {
    return (fragment & 0xff) == 0 ? 1 : fragment & 0xff;
}

static uint64_t hash_of(const struct subject_look *look, unsigned key_id) {
    return key_hash_in(look->geometry, key_id);
}

/* The top bits of the fragment: its share of the buckets. */
static size_t home_of(const struct subject_look *look, unsigned key_id) {
    const uint64_t buckets = look->arrays[SUBJECT_BUCKETS].item_count;
    return (size_t)(fragment_of(hash_of(look, key_id)) * buckets >> 32);
}

static void index_add(const struct subject_look *look, unsigned key_id) {
    size_t bucket = home_of(look, key_id);
    if (index_now.used == index_now.bucket_count)
        return;
    while (index_now.occupied[bucket])
        bucket = (bucket + 1) % index_now.bucket_count;
    index_now.occupied[bucket] = true;
    index_now.used += 1;
}

unsigned subject_look_entry(const struct subject_look *look, uint32_t entry) {
    return look->real->value_state(look->real->entry(look->map, entry).value).key_id;
}

static void index_make(const struct subject_look *look) {
    index_now.bucket_count = look->arrays[SUBJECT_BUCKETS].item_count;
    if (index_now.bucket_count > index_now.bucket_count_max) {
        free(index_now.occupied);
        index_now.occupied = (bool *)malloc(index_now.bucket_count);
        index_now.bucket_count_max = index_now.bucket_count;
        if (index_now.occupied == NULL)
            abort();
    }
    memset(index_now.occupied, 0, index_now.bucket_count);
    index_now.used = 0;
    for (uint32_t entry = 0; entry < look->stash_count; entry += 1)
        index_add(look, subject_look_entry(look, entry));
}

/* The buckets from this one to the first empty one, with it; all, where none is empty. */
static uint32_t index_run(size_t bucket) {
    uint32_t run = 1;
    for (; index_now.occupied[bucket] && run < index_now.bucket_count; run += 1)
        bucket = (bucket + 1) % index_now.bucket_count;
    return run;
}

uint32_t subject_look_longest(const struct subject_look *look) {
    uint32_t longest = 1;
    index_make(look);
    for (uint32_t i = 0; i < look->scope_count; i += 1) {
        const struct cache_map_record_view record = look->real->record(look->map, i);
        if (record.overwritten != NULL)
            index_add(look, look->real->value_state(record.overwritten).key_id);
    }
    for (size_t bucket = 0; bucket < index_now.bucket_count; bucket += 1) {
        const uint32_t run = index_run(bucket);
        if (run > longest)
            longest = run;
    }
    return longest;
}

/* ---- A key. ------------------------------------------------------------------------------ */

/* (hash x sets) >> 64, in two steps of 32 bits; there are fewer than 2^32 sets. */
static uint32_t set_of(const struct subject_look *look, uint64_t hash) {
    const uint64_t sets = look->geometry->set_count;
    const uint64_t low = (hash & 0xffffffffu) * sets, high = (hash >> 32) * sets;
    return (uint32_t)((high + (low >> 32)) >> 32);
}

static void look_in_cache(const struct subject_look *look, unsigned key_id,
                          struct subject_key_look *key) {
    const struct layout_description *shape = layout_describe(look->geometry->layout);
    const struct subject_array *tags = &look->arrays[SUBJECT_TAGS];
    const uint64_t hash = hash_of(look, key_id);
    const uint32_t set = set_of(look, hash);
    const unsigned char *bytes = look->block + tags->offset + set * tags->item_size;
    const size_t size = shape->tag_bits / 8;
    const unsigned char wanted[2] = {(unsigned char)hash, (unsigned char)(hash >> 8)};
    struct set_state state;
    look->real->set(look->map, set, &state);
    for (unsigned way = 0; way < shape->ways; way += 1) {
        const struct slot_state *slot = &state.slots[way];
        if (memcmp(bytes + way * size, wanted, size) != 0)
            continue;
        key->equal_tags += 1;
        key->equal_values += slot->count > 0;
        if (slot->count > 0 && slot->content.key_id == key_id) {
            key->is_resident = true;
            key->count_is_max = slot->count == (1u << shape->clock_bits) - 1;
        }
    }
}

struct subject_key_look subject_look_key(const struct subject_look *look, unsigned key_id) {
    const uint32_t fragment = fragment_of(hash_of(look, key_id));
    struct subject_key_look key = {0};
    if (look->geometry->set_count != 0)
        look_in_cache(look, key_id, &key);
    index_make(look);
    key.run = index_run(home_of(look, key_id));
    for (uint32_t entry = 0; entry < look->stash_count; entry += 1) {
        const unsigned other = subject_look_entry(look, entry);
        const uint32_t other_fragment = fragment_of(hash_of(look, other));
        key.equal_fragments += other_fragment == fragment;
        key.equal_marks += mark_of(other_fragment) == mark_of(fragment);
        if (other == key_id) {
            key.is_stashed = true;
            key.is_tombstone = look->real->entry(look->map, entry).tombstone;
            key.entry = entry;
        }
    }
    return key;
}
