/* SPDX-License-Identifier: Apache-2.0 */
/* Damage: what subject_check_misses does to a live map to see that the library's `check` is awake.
 *
 * A correct map never breaks an invariant, so a `check` that has gone blind agrees with every run.
 * Here the map is damaged in one way after another; `check` must name the invariant that is broken,
 * and the bytes are put back. Each damage leaves everything else in order where it can: what one
 * rule of `check` should see, no other rule sees for it.
 *
 * Knows the library's structures, as the subject does; of keys and values only their bytes. */
#include "subject.h"
#include "subject_damage_stash.h"
#include "subject_functions.h"

#include <assert.h>

/* Rows of the record table in one turn; of a large map, where each `check` costs much, few of both tables. */
enum { DAMAGE_RECORD_TURN_COUNT = 8, DAMAGE_LARGE_TURN_COUNT = 2 };

/* ---- Places. ----------------------------------------------------------------------------- */

static uint64_t damage_slot_count(const struct damage *damage) {
    return damage->map->cache.set_count * damage->layout->ways;
}

static unsigned char *damage_slot_value(const struct damage *damage, uint64_t slot) {
    return damage->map->cache.values + slot * damage->layout->value_size;
}

static unsigned char *damage_slot_tag(const struct damage *damage, uint64_t slot) {
    return damage->map->cache.tags + slot * (damage->layout->tag_bits / 8);
}

static uint64_t damage_hash(const struct damage *damage, const void *value) {
    return damage->layout->value_hash(value, &damage->map->seed);
}

/* The first slot of the set, from `way` on and around, that is in use (or is not); other than
 * `except`. CACHE_MAP_SLOT_NONE if there is none. */
static uint64_t damage_slot_of_set(const struct damage *damage, uint64_t set, uint64_t way,
                                   bool in_use, uint64_t except) {
    const uint64_t ways = damage->layout->ways;
    for (uint64_t step = 0; step < ways; step += 1) {
        const uint64_t slot = set * ways + (way + step) % ways;
        const bool slot_in_use =
            cache_map_slot_count(damage->layout, &damage->map->cache, slot) != 0;
        if (slot_in_use == in_use && slot != except)
            return slot;
    }
    return CACHE_MAP_SLOT_NONE;
}

/* A slot in use, another each turn. */
static uint64_t damage_slot_in_use(const struct damage *damage) {
    const uint64_t ways = damage->layout->ways;
    const uint64_t set_count = damage->map->cache.set_count;
    for (uint64_t step = 0; step < set_count; step += 1) {
        const uint64_t slot =
            damage_slot_of_set(damage, (damage->turn + step) % set_count,
                               damage->turn / set_count % ways, true, CACHE_MAP_SLOT_NONE);
        if (slot != CACHE_MAP_SLOT_NONE)
            return slot;
    }
    return CACHE_MAP_SLOT_NONE;
}

/* The value `from` in the place of the one in a slot, under its tag. */
static void damage_slot_takes(struct damage *damage, uint64_t slot, const void *from) {
    const uint32_t tag = cache_map_tag_of_hash(damage->layout, damage_hash(damage, from));
    const uint16_t tag_16 = (uint16_t)tag;
    const uint8_t tag_8 = (uint8_t)tag;
    damage_overwrite(damage, damage_slot_value(damage, slot), from, damage->layout->value_size);
    if (damage->layout->tag_bits == 8)
        damage_overwrite(damage, damage_slot_tag(damage, slot), &tag_8, sizeof tag_8);
    else
        damage_overwrite(damage, damage_slot_tag(damage, slot), &tag_16, sizeof tag_16);
}

/* ---- The cache. Each answers false where the map has no place for it. -------------------- */

static bool damage_hand(struct damage *damage, unsigned hand) {
    const unsigned char other = (unsigned char)hand;
    const uint64_t set_count = damage->map->cache.set_count;
    if (set_count == 0)
        return false;
    damage_overwrite(damage, &damage->map->cache.hands[damage->turn % set_count], &other, 1);
    return true;
}

static bool damage_hand_past_ways(struct damage *damage) {
    return damage_hand(damage, damage->layout->ways);
}

static bool damage_hand_far(struct damage *damage) {
    return damage_hand(damage, 255);
}

static bool damage_other_set(struct damage *damage) {
    const uint64_t slot = damage_slot_in_use(damage);
    const uint64_t set_count = damage->map->cache.set_count;
    if (slot == CACHE_MAP_SLOT_NONE)
        return false;
    for (uint64_t step = 1; step < set_count; step += 1) {
        const uint64_t set = (slot / damage->layout->ways + step) % set_count;
        const uint64_t from = damage_slot_of_set(damage, set, 0, true, CACHE_MAP_SLOT_NONE);
        if (from == CACHE_MAP_SLOT_NONE)
            continue;
        damage_slot_takes(damage, slot, damage_slot_value(damage, from));
        return true;
    }
    return false;
}

static bool damage_other_tag(struct damage *damage) {
    const uint64_t slot = damage_slot_in_use(damage);
    unsigned char *tag;
    unsigned char other;
    if (slot == CACHE_MAP_SLOT_NONE)
        return false;
    tag = damage_slot_tag(damage, slot) + damage->turn / 8 % (damage->layout->tag_bits / 8);
    other = (unsigned char)(*tag ^ 1u << damage->turn % 8);
    damage_overwrite(damage, tag, &other, 1);
    return true;
}

static bool damage_twin(struct damage *damage) {
    const uint64_t slot = damage_slot_in_use(damage);
    const uint64_t ways = damage->layout->ways;
    uint64_t other;
    if (slot == CACHE_MAP_SLOT_NONE)
        return false;
    other = damage_slot_of_set(damage, slot / ways, damage->turn / ways, true, slot);
    if (other == CACHE_MAP_SLOT_NONE)
        return false;
    damage_slot_takes(damage, other, damage_slot_value(damage, slot));
    return true;
}

static bool damage_more_values(struct damage *damage) {
    uint64_t *value_count = &damage->map->cache.value_count;
    damage_number_64(damage, value_count, *value_count + 1);
    return true;
}

static bool damage_fewer_values(struct damage *damage) {
    uint64_t *value_count = &damage->map->cache.value_count;
    damage_number_64(damage, value_count, *value_count - 1);
    return true;
}

/* Whatever a free slot's bytes are, they are nobody's. */
static bool damage_free_slot_takes(struct damage *damage, uint64_t set, const void *from) {
    const uint64_t slot = damage_slot_of_set(damage, set, damage->turn, false, CACHE_MAP_SLOT_NONE);
    const uint32_t tag = cache_map_tag_of_hash(damage->layout, damage_hash(damage, from));
    const unsigned char bytes[2] = {(unsigned char)tag, (unsigned char)(tag >> 8)};
    const uint16_t wide = (uint16_t)tag;
    if (slot == CACHE_MAP_SLOT_NONE ||
        !damage_overwrite_free(damage, damage_slot_value(damage, slot), from))
        return false;
    damage_overwrite(damage, damage_slot_tag(damage, slot),
                     damage->layout->tag_bits == 8 ? (const void *)bytes : (const void *)&wide,
                     damage->layout->tag_bits / 8);
    return true;
}

static bool damage_free_like_slot(struct damage *damage) {
    const uint64_t slot = damage_slot_in_use(damage);
    return slot != CACHE_MAP_SLOT_NONE &&
           damage_free_slot_takes(damage, slot / damage->layout->ways,
                                  damage_slot_value(damage, slot));
}

static bool damage_free_like_entry(struct damage *damage) {
    const uint32_t entry = damage_entry_in_use(damage);
    const uint64_t set_count = damage->map->cache.set_count;
    const unsigned char *value;
    if (entry == CACHE_MAP_ENTRY_NONE || set_count == 0)
        return false;
    value = damage_entry_value(damage, entry);
    return damage_free_slot_takes(
        damage, cache_map_range_of_hash(damage_hash(damage, value), set_count), value);
}

/* ---- The stash. -------------------------------------------------------------------------- */

static bool damage_more_entries(struct damage *damage) {
    damage_number_32(damage, &damage->map->stash.count, damage->map->stash.count + 1);
    return true;
}

static bool damage_fewer_entries(struct damage *damage) {
    damage_number_32(damage, &damage->map->stash.count, damage->map->stash.count - 1);
    return true;
}

/* One entry more than there may be, and as many buckets in use. */
static bool damage_too_many_entries(struct damage *damage) {
    struct cache_map_stash *stash = &damage->map->stash;
    struct damage_marks copy;
    damage_marks_begin(damage, &copy);
    for (uint32_t count = stash->count, bucket = 0; count <= stash->count_max; bucket += 1) {
        if (copy.marks[bucket] != CACHE_MAP_MARK_EMPTY)
            continue;
        cache_map_stash_mark_set(&copy.stash, bucket, 1);
        count += 1;
    }
    damage_marks_end(damage, &copy);
    damage_number_32(damage, &stash->count, stash->count_max + 1);
    return true;
}

static bool damage_bucket_too_many(struct damage *damage) {
    damage_bucket(damage, damage_bucket_empty(damage, damage->turn), 1, 0);
    return true;
}

static bool damage_bucket_missing(struct damage *damage) {
    const uint32_t entry = damage_entry_in_use(damage);
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    damage_bucket_free(damage, damage->map->stash.entries[entry].bucket);
    return true;
}

/* A mark that stands for one of the first buckets behind the last: of what it is for, and alone. */
static bool damage_mark_behind(struct damage *damage) {
    struct cache_map_stash *stash = &damage->map->stash;
    unsigned char *mark = &stash->marks[stash->bucket_mask + 1 + damage->turn % 15];
    const unsigned char other = (unsigned char)(*mark ^ 1u << damage->turn / 15 % 8);
    damage_overwrite(damage, mark, &other, sizeof other);
    return true;
}

/* A bucket past the last. Where the block has room behind so few buckets that nothing else is
 * there, it names the entry. */
static bool damage_bucket_past_last(struct damage *damage) {
    struct cache_map_stash *stash = &damage->map->stash;
    const uint32_t entry = damage_entry_in_use(damage);
    const uint32_t past = stash->bucket_mask + 1;
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    if ((past + 1) * sizeof stash->buckets[0] <= CACHE_MAP_LINE_SIZE)
        damage_number_32(damage, &stash->buckets[past], entry);
    damage_entry_bucket(damage, entry, past);
    return true;
}

/* An entry that names a free bucket, which names it too: but for the mark all is right. */
static bool damage_bucket_of_none(struct damage *damage) {
    const uint32_t entry = damage_entry_in_use(damage);
    uint32_t bucket;
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    bucket = damage_bucket_empty(damage, damage->turn);
    damage_number_32(damage, &damage->map->stash.buckets[bucket], entry);
    damage_entry_bucket(damage, entry, bucket);
    return true;
}

/* Of two entries, both named by the bucket of the later, the earlier would be unreachable: what is
 * checked first must be the link. */
static bool damage_bucket_of_other(struct damage *damage) {
    struct cache_map_stash *stash = &damage->map->stash;
    uint32_t entry;
    if (stash->count < 2)
        return false;
    entry = damage->turn % (stash->count - 1);
    damage_number_32(damage, &stash->buckets[stash->entries[entry].bucket], entry + 1);
    return true;
}

static bool damage_fragment(struct damage *damage) {
    const uint32_t entry = damage_entry_in_use(damage);
    uint32_t *fragment;
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    fragment = &damage->map->stash.entries[entry].fragment;
    damage_number_32(damage, fragment, *fragment ^ 1u << damage->turn % 32);
    return true;
}

/* Of all marks that stand for the bucket, and no empty one. */
static bool damage_mark(struct damage *damage) {
    const struct cache_map_stash *stash = &damage->map->stash;
    const uint32_t entry = damage_entry_in_use(damage);
    uint32_t bucket, other;
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    bucket = stash->entries[entry].bucket;
    other = stash->marks[bucket] ^ 1u << damage->turn % 8;
    if (other == CACHE_MAP_MARK_EMPTY)
        return false;
    damage_bucket(damage, bucket, other, entry);
    return true;
}

/* The entry's bucket moves to the end of its run and leaves a hole behind. */
static bool damage_hole(struct damage *damage) {
    struct cache_map_stash *stash = &damage->map->stash;
    const uint32_t entry = damage_entry_in_use(damage);
    uint32_t bucket, end;
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    bucket = stash->entries[entry].bucket;
    end = damage_bucket_empty(damage, bucket);
    damage_bucket(damage, end, stash->marks[bucket], entry);
    damage_bucket_free(damage, bucket);
    damage_entry_bucket(damage, entry, end);
    return true;
}

/* Two entries of one fragment, in the order that lets the first be probed through the second; whose
 * bucket then names an entry that is not there. */
static bool damage_probe_of_none(struct damage *damage) {
    struct cache_map_stash *stash = &damage->map->stash;
    const uint32_t mask = stash->bucket_mask;
    const uint32_t first = damage_entry_in_use(damage);
    for (uint32_t second = first + 1; stash->count > 0 && second < stash->count; second += 1) {
        const uint32_t a = stash->entries[first].bucket, b = stash->entries[second].bucket;
        const uint32_t home =
            cache_map_stash_home(stash->entries[first].fragment, stash->bucket_bits);
        const bool a_is_nearer = ((a - home) & mask) < ((b - home) & mask);
        const uint32_t nearer = a_is_nearer ? a : b, farther = a_is_nearer ? b : a;
        if (stash->entries[first].fragment != stash->entries[second].fragment)
            continue;
        damage_entry_bucket(damage, first, farther);
        damage_number_32(damage, &stash->buckets[farther], first);
        damage_entry_bucket(damage, second, nearer);
        damage_number_32(damage, &stash->buckets[nearer], stash->count);
        return true;
    }
    return false;
}

/* Two entries of one fragment get one key. */
static bool damage_entry_twin(struct damage *damage) {
    const struct cache_map_stash *stash = &damage->map->stash;
    const uint32_t entry = damage_entry_in_use(damage);
    for (uint32_t step = 1; step < stash->count; step += 1) {
        const uint32_t other = (entry + step) % stash->count;
        if (stash->entries[entry].fragment != stash->entries[other].fragment)
            continue;
        damage_overwrite(damage, damage_entry_value(damage, other),
                         damage_entry_value(damage, entry), damage->layout->value_size);
        return true;
    }
    return false;
}

/* A slot of the set where a stash entry's key belongs gets that key. */
static bool damage_two_places(struct damage *damage) {
    const uint32_t entry = damage_entry_in_use(damage);
    const uint64_t set_count = damage->map->cache.set_count;
    const unsigned char *value;
    uint64_t slot;
    if (entry == CACHE_MAP_ENTRY_NONE || set_count == 0)
        return false;
    value = damage_entry_value(damage, entry);
    slot =
        damage_slot_of_set(damage, cache_map_range_of_hash(damage_hash(damage, value), set_count),
                           damage->turn / damage->map->stash.count, true, CACHE_MAP_SLOT_NONE);
    if (slot == CACHE_MAP_SLOT_NONE)
        return false;
    damage_slot_takes(damage, slot, value);
    return true;
}

/* ---- The scope log. ---------------------------------------------------------------------- */

static void damage_log_open(struct damage *damage, bool open) {
    damage_overwrite(damage, &damage->map->log.open, &open, sizeof open);
}

static bool damage_log_too_long(struct damage *damage) {
    damage_log_open(damage, true);
    damage_number_64(damage, &damage->map->log.count, damage->map->log.count_max + 1);
    return true;
}

static bool damage_log_closed(struct damage *damage) {
    damage_log_open(damage, false);
    if (damage->map->log.count == 0)
        damage_number_64(damage, &damage->map->log.count, 1);
    return true;
}

/* What a record names: nothing, the last that there is, one past it. */
enum damage_name { NONE, LAST, PAST };
/* The count of a removed slot. */
enum damage_record_count { COUNT_0, COUNT_1, COUNT_MAX, COUNT_PAST_MAX };

struct damage_record {
    const char *name;
    bool is_remove, evicts;
    uint8_t before; /* enum cache_map_place, or a number that is none */
    enum damage_name slot, entry;
    enum damage_record_count count;
    bool well_formed;
};

#define ABSENT    CACHE_MAP_PLACE_ABSENT
#define CACHED    CACHE_MAP_PLACE_CACHE
#define STASHED   CACHE_MAP_PLACE_STASH_VALUE
#define TOMBSTONE CACHE_MAP_PLACE_STASH_TOMBSTONE
#define UPSERT    false
#define REMOVE    true

static const struct damage_record damage_records[] = {
    {"an insert's record", UPSERT, false, ABSENT, LAST, NONE, COUNT_0, true},
    {"an insert's record that evicts", UPSERT, true, ABSENT, LAST, NONE, COUNT_0, true},
    {"a stash insert's record", UPSERT, false, ABSENT, NONE, LAST, COUNT_0, true},
    {"an update's record", UPSERT, false, CACHED, LAST, NONE, COUNT_0, true},
    {"a remove's record of count 1", REMOVE, false, CACHED, LAST, LAST, COUNT_1, true},
    {"a remove's record of the last count", REMOVE, false, CACHED, LAST, LAST, COUNT_MAX, true},
    {"a stash update's record", UPSERT, false, STASHED, NONE, LAST, COUNT_0, true},
    {"a promotion's record", UPSERT, false, STASHED, LAST, LAST, COUNT_0, true},
    {"a promotion's record that evicts", UPSERT, true, STASHED, LAST, LAST, COUNT_0, true},
    {"a stash remove's record", REMOVE, false, STASHED, NONE, LAST, COUNT_0, true},
    {"a stash revival's record", UPSERT, false, TOMBSTONE, NONE, LAST, COUNT_0, true},
    {"a revival's record", UPSERT, false, TOMBSTONE, LAST, LAST, COUNT_0, true},
    {"a revival's record that evicts", UPSERT, true, TOMBSTONE, LAST, LAST, COUNT_0, true},
    {"an insert into a slot past the last", UPSERT, false, ABSENT, PAST, NONE, COUNT_0, false},
    {"a promotion to a slot past the last", UPSERT, false, STASHED, PAST, LAST, COUNT_0, false},
    {"an insert into an entry past the last", UPSERT, false, ABSENT, NONE, PAST, COUNT_0, false},
    {"a promotion from an entry past the last", UPSERT, false, STASHED, LAST, PAST, COUNT_0, false},
    {"a remove that evicts", REMOVE, true, CACHED, LAST, LAST, COUNT_1, false},
    {"a stash remove that evicts", REMOVE, true, STASHED, NONE, LAST, COUNT_0, false},
    {"a stash insert that evicts", UPSERT, true, ABSENT, NONE, LAST, COUNT_0, false},
    {"a stash update that evicts", UPSERT, true, STASHED, NONE, LAST, COUNT_0, false},
    {"an insert into two places", UPSERT, false, ABSENT, LAST, LAST, COUNT_0, false},
    {"an insert into no place", UPSERT, false, ABSENT, NONE, NONE, COUNT_0, false},
    {"a remove of an absent key from a slot", REMOVE, false, ABSENT, LAST, NONE, COUNT_1, false},
    {"a remove of an absent key", REMOVE, false, ABSENT, NONE, LAST, COUNT_0, false},
    {"a remove without its slot", REMOVE, false, CACHED, NONE, LAST, COUNT_1, false},
    {"a remove without its entry", REMOVE, false, CACHED, LAST, NONE, COUNT_1, false},
    {"a remove of count 0", REMOVE, false, CACHED, LAST, LAST, COUNT_0, false},
    {"a remove of too high a count", REMOVE, false, CACHED, LAST, LAST, COUNT_PAST_MAX, false},
    {"an update without its slot", UPSERT, false, CACHED, NONE, NONE, COUNT_0, false},
    {"an update with an entry", UPSERT, false, CACHED, LAST, LAST, COUNT_0, false},
    {"an update that evicts", UPSERT, true, CACHED, LAST, NONE, COUNT_0, false},
    {"a promotion without its entry", UPSERT, false, STASHED, LAST, NONE, COUNT_0, false},
    {"a stash remove with a slot", REMOVE, false, STASHED, LAST, LAST, COUNT_0, false},
    {"a stash remove without its entry", REMOVE, false, STASHED, NONE, NONE, COUNT_0, false},
    {"a revival without its entry", UPSERT, false, TOMBSTONE, LAST, NONE, COUNT_0, false},
    {"a remove of a tombstone", REMOVE, false, TOMBSTONE, NONE, LAST, COUNT_0, false},
    {"a place that there is not", UPSERT, false, TOMBSTONE + 1, LAST, LAST, COUNT_0, false},
};
enum { DAMAGE_RECORD_COUNT = sizeof damage_records / sizeof damage_records[0] };

static uint64_t damage_name_number(enum damage_name name, uint64_t count, uint64_t none) {
    return name == NONE ? none : name == LAST ? count - 1 : count;
}

static uint8_t damage_removed_count(const struct damage *damage, enum damage_record_count count) {
    const uint32_t count_max = cache_map_counter_max(damage->layout->clock_bits);
    switch (count) {
    case COUNT_0: return 0;
    case COUNT_1: return 1;
    case COUNT_MAX: return (uint8_t)count_max;
    case COUNT_PAST_MAX: break;
    }
    return (uint8_t)(count_max + 1);
}

/* In the place of the first record or the last; the first of a scope if there is none. */
static bool damage_record_takes(struct damage *damage, const struct damage_record *row) {
    struct cache_map_scope_log *log = &damage->map->log;
    const uint64_t slot_count = damage_slot_count(damage);
    const struct cache_map_record record = {
        .slot = damage_name_number(row->slot, slot_count, CACHE_MAP_SLOT_NONE),
        .entry = (uint32_t)damage_name_number(row->entry, damage->map->stash.count_max,
                                              CACHE_MAP_ENTRY_NONE),
        .is_remove = row->is_remove,
        .before = row->before,
        .evicts = row->evicts,
        .count = damage_removed_count(damage, row->count),
    };
    if (log->count_max == 0 || (row->slot == LAST && slot_count == 0))
        return false;
    if (log->count == 0) {
        damage_log_open(damage, true);
        damage_number_64(damage, &log->count, 1);
    }
    damage_overwrite(damage, &log->records[damage->turn % 2 == 0 ? 0 : log->count - 1], &record,
                     sizeof record);
    return true;
}

/* ---- All of them. ------------------------------------------------------------------------ */

struct damage_kind {
    const char *name;
    bool (*apply)(struct damage *damage);
    enum cache_map_invariant invariant; /* that it breaks */
    bool copies_marks;                  /* all of them: in a small map alone */
};

static const struct damage_kind damage_kinds[] = {
    {"a hand just past the ways", damage_hand_past_ways, CACHE_MAP_INVARIANT_HAND_IN_RANGE, false},
    {"a hand far past the ways", damage_hand_far, CACHE_MAP_INVARIANT_HAND_IN_RANGE, false},
    {"a value in another set", damage_other_set, CACHE_MAP_INVARIANT_SLOT_IN_ITS_SET, false},
    {"a value under another tag", damage_other_tag, CACHE_MAP_INVARIANT_SLOT_UNDER_ITS_TAG, false},
    {"a key twice in its set", damage_twin, CACHE_MAP_INVARIANT_CACHE_KEY_ONCE, false},
    {"a value count that is too high", damage_more_values, CACHE_MAP_INVARIANT_CACHE_COUNT, false},
    {"a value count that is too low", damage_fewer_values, CACHE_MAP_INVARIANT_CACHE_COUNT, false},
    {"a free slot with a slot's bytes", damage_free_like_slot, CACHE_MAP_INVARIANT_NONE, false},
    {"a free slot with an entry's bytes", damage_free_like_entry, CACHE_MAP_INVARIANT_NONE, false},
    {"a stash count that is too high", damage_more_entries, CACHE_MAP_INVARIANT_STASH_COUNT, false},
    {"a stash count that is too low", damage_fewer_entries, CACHE_MAP_INVARIANT_STASH_COUNT, false},
    {"a stash past its capacity", damage_too_many_entries, CACHE_MAP_INVARIANT_STASH_COUNT, true},
    {"a bucket too many", damage_bucket_too_many, CACHE_MAP_INVARIANT_STASH_COUNT, true},
    {"a bucket that is missing", damage_bucket_missing, CACHE_MAP_INVARIANT_STASH_COUNT, true},
    {"another mark behind the buckets", damage_mark_behind, CACHE_MAP_INVARIANT_STASH_COUNT, false},
    {"an entry whose bucket is past the last", damage_bucket_past_last,
     CACHE_MAP_INVARIANT_STASH_LINKED, false},
    {"an entry whose bucket is empty", damage_bucket_of_none, CACHE_MAP_INVARIANT_STASH_LINKED,
     false},
    {"an entry whose bucket names another", damage_bucket_of_other,
     CACHE_MAP_INVARIANT_STASH_LINKED, false},
    {"an entry with another fragment", damage_fragment, CACHE_MAP_INVARIANT_STASH_LINKED, false},
    {"a bucket with another mark", damage_mark, CACHE_MAP_INVARIANT_STASH_LINKED, true},
    {"a hole before an entry", damage_hole, CACHE_MAP_INVARIANT_STASH_REACHABLE, true},
    {"a probe through an entry that is not there", damage_probe_of_none,
     CACHE_MAP_INVARIANT_STASH_REACHABLE, false},
    {"a key twice in the stash", damage_entry_twin, CACHE_MAP_INVARIANT_STASH_REACHABLE, false},
    {"a key in cache and stash", damage_two_places, CACHE_MAP_INVARIANT_KEY_IN_ONE_PLACE, false},
    {"more records than the log has room for", damage_log_too_long, CACHE_MAP_INVARIANT_LOG_COUNT,
     false},
    {"records in a closed scope", damage_log_closed, CACHE_MAP_INVARIANT_LOG_COUNT, false},
};

enum { DAMAGE_KIND_COUNT = sizeof damage_kinds / sizeof damage_kinds[0] };

const char *subject_check_misses(struct subject *subject, uint32_t turn) {
    /* Every typed map is a `struct cache_map` with a type around it. */
    struct cache_map *map = (struct cache_map *)(void *)subject->map;
    struct damage damage = {.map = map, .layout = subject->functions->layout, .turn = turn};
    const bool large =
        damage_slot_count(&damage) > DAMAGE_COUNT_MAX || map->stash.count_max > DAMAGE_COUNT_MAX;
    const uint32_t kind_count = large ? DAMAGE_LARGE_TURN_COUNT : DAMAGE_KIND_COUNT;
    const uint32_t row_count = large ? DAMAGE_LARGE_TURN_COUNT : DAMAGE_RECORD_TURN_COUNT;
    const char *missed = NULL;
    if (damage.layout->value_size > VALUE_SIZE_SMALL_MAX ||
        subject->functions->check(map) != CACHE_MAP_INVARIANT_NONE)
        return NULL;
    if (large) /* anywhere, and not near its start; a turn may be a multiple of 4 alone */
        damage.turn = (turn * UINT32_C(0x9e3779b1)) >> 8;
    for (uint32_t i = 0; missed == NULL && i < kind_count; i += 1) {
        const struct damage_kind *kind =
            &damage_kinds[(large ? damage.turn + i : i) % DAMAGE_KIND_COUNT];
        if (!(large && kind->copies_marks) && kind->apply(&damage) &&
            subject->functions->check(map) != kind->invariant)
            missed = kind->name;
        damage_undo(&damage);
    }
    for (uint32_t i = 0; missed == NULL && i < row_count; i += 1) {
        const uint32_t number = damage.turn % DAMAGE_RECORD_COUNT * DAMAGE_RECORD_TURN_COUNT + i;
        const struct damage_record *row = &damage_records[number % DAMAGE_RECORD_COUNT];
        if (damage_record_takes(&damage, row) &&
            subject->functions->check(map) !=
                (row->well_formed ? CACHE_MAP_INVARIANT_NONE : CACHE_MAP_INVARIANT_LOG_RECORD))
            missed = row->name;
        damage_undo(&damage);
    }
    return missed;
}
