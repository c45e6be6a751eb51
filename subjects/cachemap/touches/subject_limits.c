/* SPDX-License-Identifier: Apache-2.0 */
/* The limits behind subject_limits.h, in the order of the table of section 12. */
#include "subject_limits.h"

#include <string.h>

enum { MARKS_AT_ONCE = 16 };
enum {
    STEPS_OF_CALL = 256,
    STEPS_OF_ITEM = 16,
    STEPS_OF_CLOCK_STEP = 4,
    STEPS_OF_WAY = 4,
    STEPS_OF_PROBE = 6
};

uint64_t subject_limits_steps(const struct subject_limits *limits) {
    uint64_t items = 0;
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1)
        items += limits->read[i] + limits->written[i];
    return STEPS_OF_CALL + STEPS_OF_ITEM * items + limits->steps_besides;
}

void subject_limits_add(struct subject_limits *limits, const struct subject_limits *other) {
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1) {
        limits->read[i] += other->read[i];
        limits->written[i] += other->written[i];
    }
    limits->copies += other->copies;
    limits->steps_besides += other->steps_besides + STEPS_OF_CALL;
}

void subject_limits_fail(struct subject_limits *limits) {
    const uint64_t scratch = limits->written[SUBJECT_SCRATCH];
    memset(limits->written, 0, sizeof limits->written);
    limits->written[SUBJECT_SCRATCH] = scratch;
    limits->copies = scratch;
}

static void allow(struct subject_limits *limits, enum subject_array_name array, uint64_t read,
                  uint64_t written) {
    limits->read[array] += read;
    limits->written[array] += written;
}

struct subject_limits subject_limits_of_nothing(void) {
    const struct subject_limits limits = {{0}, {0}, 0, 0};
    return limits;
}

static uint64_t slot_count(const struct subject_look *before) {
    return (uint64_t)before->geometry->set_count * layout_describe(before->geometry->layout)->ways;
}

/* ---- Lookups. ---------------------------------------------------------------------------- */

/* A line of tags, a line of counts where a tag is equal, a value for each equal tag. */
static struct subject_limits limits_of_search(const struct subject_look *before,
                                              const struct subject_key_look *key) {
    struct subject_limits limits = subject_limits_of_nothing();
    if (before->geometry->set_count == 0)
        return limits;
    allow(&limits, SUBJECT_TAGS, 1, 0);
    allow(&limits, SUBJECT_COUNTS, key->equal_tags > 0, 0);
    allow(&limits, SUBJECT_CACHE_VALUES, key->equal_values, 0);
    return limits;
}

/* Marks of a run, 16 at a time. */
static uint64_t marks_of(uint64_t run) {
    return (run + MARKS_AT_ONCE - 1) / MARKS_AT_ONCE * MARKS_AT_ONCE;
}

/* How many marks stand for one bucket, at most: the first ones stand behind the last, too. */
static uint64_t marks_of_bucket(const struct subject_look *before) {
    const uint64_t buckets = before->arrays[SUBJECT_BUCKETS].item_count;
    return (before->arrays[SUBJECT_MARKS].item_count + buckets - 1) / buckets;
}

/* One probe run: marks from the home bucket to the first empty one, a bucket and an entry for each equal
 * mark, and a value for each equal fragment. An empty stash is not probed. */
static void allow_probe(struct subject_limits *limits, const struct subject_look *before,
                        const struct subject_key_look *key) {
    if (before->stash_count == 0)
        return;
    allow(limits, SUBJECT_MARKS, marks_of(key->run), 0);
    allow(limits, SUBJECT_BUCKETS, key->equal_marks, 0);
    allow(limits, SUBJECT_STASH_VALUES, key->equal_fragments, 0);
    allow(limits, SUBJECT_ENTRIES, key->equal_marks, 0);
}

struct subject_limits subject_limits_of_place(const struct subject_look *before,
                                              const struct subject_key_look *key) {
    struct subject_limits limits = limits_of_search(before, key);
    if (!key->is_resident)
        allow_probe(&limits, before, key);
    return limits;
}

struct subject_limits subject_limits_of_lookup(const struct subject_look *before,
                                               const struct subject_key_look *key) {
    struct subject_limits limits = subject_limits_of_place(before, key);
    allow(&limits, SUBJECT_COUNTS, 0, key->is_resident && !key->count_is_max);
    return limits;
}

struct subject_limits subject_limits_of_demote(const struct subject_look *before,
                                               const struct subject_key_look *key) {
    struct subject_limits limits = limits_of_search(before, key);
    allow(&limits, SUBJECT_COUNTS, 0, key->is_resident);
    return limits;
}

/* ---- Mutations. -------------------------------------------------------------------------- */

/* A record, and the value that it keeps. */
static void allow_record(struct subject_limits *limits, const struct subject_look *before,
                         bool keeps) {
    allow(limits, SUBJECT_RECORDS, 0, before->scope_open);
    allow(limits, SUBJECT_SCOPE_VALUES, 0, before->scope_open && keeps);
    limits->copies += before->scope_open && keeps;
}

/* An entry enters the stash: one more probe run, as it is with the entry in it. */
static void allow_entry(struct subject_limits *limits, const struct subject_look *after,
                        unsigned key_id) {
    allow(limits, SUBJECT_MARKS, marks_of(subject_look_key(after, key_id).run),
          marks_of_bucket(after));
    allow(limits, SUBJECT_BUCKETS, 0, 1);
    allow(limits, SUBJECT_ENTRIES, 0, 1);
    allow(limits, SUBJECT_STASH_VALUES, 0, 1);
    limits->copies += 1;
}

/* The key's own entry leaves: what is behind it in its run moves back, with the entries' numbers of buckets.
 * Where no other takes its number the last entry does. */
static void allow_entry_leaves(struct subject_limits *limits, const struct subject_look *before,
                               const struct subject_key_look *key, bool is_replaced) {
    const bool moves = !is_replaced && key->entry + 1 != before->stash_count;
    allow(limits, SUBJECT_MARKS, key->run, key->run * marks_of_bucket(before));
    allow(limits, SUBJECT_BUCKETS, key->run, key->run);
    allow(limits, SUBJECT_ENTRIES, key->run, key->run);
    if (!moves)
        return;
    allow(limits, SUBJECT_BUCKETS, 0, 1);
    allow(limits, SUBJECT_ENTRIES, 1, 1);
    allow(limits, SUBJECT_STASH_VALUES, 1, 1);
    limits->copies += 1;
}

/* Section 5: the sweep ends within ways x (2^clock_bits - 2) + 1 steps. */
static uint64_t clock_steps(const struct subject_look *before) {
    const struct layout_description *shape = layout_describe(before->geometry->layout);
    return shape->ways * ((UINT64_C(1) << shape->clock_bits) - 2) + 1;
}

static void allow_upsert_into_cache(struct subject_limits *limits,
                                    const struct subject_look *before,
                                    const struct subject_look *after,
                                    const struct subject_key_look *key) {
    const uint32_t left = before->stash_count - key->is_stashed;
    const bool evicts = after->stash_count > left;
    limits->steps_besides += STEPS_OF_CLOCK_STEP * clock_steps(before);
    allow(limits, SUBJECT_TAGS, 0, 1);
    allow(limits, SUBJECT_COUNTS, key->equal_tags == 0, 1);
    allow(limits, SUBJECT_HANDS, 1, 1);
    allow(limits, SUBJECT_CACHE_VALUES, evicts, 1);
    limits->copies += 1;
    if (key->is_stashed)
        allow_entry_leaves(limits, before, key, evicts);
    if (evicts)
        allow_entry(limits, after,
                    subject_look_entry(after, key->is_stashed ? key->entry : before->stash_count));
}

struct subject_limits subject_limits_of_upsert(const struct subject_look *before,
                                               const struct subject_look *after, unsigned key_id,
                                               const struct subject_key_look *key, bool from_map) {
    const bool classic =
        layout_describe(before->geometry->layout)->policy == LAYOUT_POLICY_CLOCK_CLASSIC;
    struct subject_limits limits = subject_limits_of_place(before, key);
    allow_record(&limits, before, key->is_resident || key->is_stashed);
    if (key->is_resident) {
        allow(&limits, SUBJECT_CACHE_VALUES, 0, 1);
        allow(&limits, SUBJECT_COUNTS, 0, classic);
        limits.copies += 1;
        return limits;
    }
    allow(&limits, SUBJECT_SCRATCH, from_map, from_map);
    limits.copies += from_map;
    if (before->geometry->set_count != 0) {
        allow_upsert_into_cache(&limits, before, after, key);
    } else if (key->is_stashed) {
        allow(&limits, SUBJECT_STASH_VALUES, 0, 1);
        allow(&limits, SUBJECT_ENTRIES, 0, 1);
        limits.copies += 1;
    } else if (after->stash_count > before->stash_count) {
        allow_entry(&limits, after, key_id);
    }
    return limits;
}

struct subject_limits subject_limits_of_remove(const struct subject_look *before,
                                               const struct subject_look *after, unsigned key_id,
                                               const struct subject_key_look *key) {
    struct subject_limits limits = subject_limits_of_place(before, key);
    allow_record(&limits, before, before->owns);
    if (key->is_resident) {
        allow(&limits, SUBJECT_COUNTS, 0, 1);
        if (after->stash_count > before->stash_count)
            allow_entry(&limits, after, key_id);
    } else {
        const bool told =
            before->owns && !before->scope_open && key->is_stashed && !key->is_tombstone;
        allow(&limits, SUBJECT_ENTRIES, 0, 1);
        allow(&limits, SUBJECT_SCRATCH, 0, told);
        limits.copies += told;
    }
    return limits;
}

struct subject_limits subject_limits_of_upsert_many(const struct subject_look *before,
                                                    uint64_t count) {
    const uint64_t buckets = before->arrays[SUBJECT_BUCKETS].item_count;
    const uint64_t longest =
        before->stash_count + count + 1 < buckets ? before->stash_count + count + 1 : buckets;
    const uint64_t ways = layout_describe(before->geometry->layout)->ways;
    const uint64_t with_cache = before->geometry->set_count != 0 ? count : 0;
    struct subject_limits limits = subject_limits_of_nothing();
    allow(&limits, SUBJECT_TAGS, with_cache, with_cache);
    allow(&limits, SUBJECT_COUNTS, with_cache, with_cache);
    allow(&limits, SUBJECT_HANDS, with_cache, with_cache);
    allow(&limits, SUBJECT_CACHE_VALUES, with_cache * ways, with_cache);
    allow(&limits, SUBJECT_MARKS, count * 2 * marks_of(longest + 1),
          count * (longest + 1) * marks_of_bucket(before));
    allow(&limits, SUBJECT_BUCKETS, count * (2 * longest + 1), count * (longest + 1));
    allow(&limits, SUBJECT_ENTRIES, count * (longest + 2), count * (longest + 2));
    allow(&limits, SUBJECT_STASH_VALUES, count * (longest + 1), count);
    allow(&limits, SUBJECT_RECORDS, 0, before->scope_open ? count : 0);
    allow(&limits, SUBJECT_SCOPE_VALUES, 0, before->scope_open ? count : 0);
    limits.copies = before->scope_open ? 3 * count : 2 * count;
    limits.steps_besides = count * (STEPS_OF_CALL + clock_steps(before) * 2 * STEPS_OF_CLOCK_STEP);
    return limits;
}

/* ---- Scopes, compact, life. -------------------------------------------------------------- */

struct subject_limits subject_limits_of_persist(const struct subject_look *before) {
    struct subject_limits limits = subject_limits_of_nothing();
    allow(&limits, SUBJECT_RECORDS, before->owns ? before->scope_count : 0, 0);
    return limits;
}

/* What the inverse of a record may, by the table of section 7. `longest` is the longest run of the stash's
 * index while the walk is on. */
static void allow_inverse(struct subject_limits *limits, const struct subject_look *before,
                          const struct cache_map_record_view *record, uint64_t longest) {
    const bool has_slot = record->slot != UINT64_MAX;
    const bool was_resident = record->before == CACHE_MAP_PLACE_CACHE;
    const bool was_absent = record->before == CACHE_MAP_PLACE_ABSENT;
    const bool updates = !record->is_remove && was_resident;
    const bool was_stashed = !was_resident && !was_absent;
    /* A value that comes back into a slot from the stash, or from the log. */
    const bool fills = has_slot && (record->evicts || record->is_remove || updates);
    /* Bytes that come back into an entry. */
    const bool writes = !record->is_remove && was_stashed;
    /* Entries that leave, or come, or do both by one taking the other's number. */
    const bool leaves =
        record->evicts || (record->is_remove && was_resident) || (!has_slot && was_absent);
    const bool comes = writes && has_slot;
    const bool moves = comes && !record->evicts;
    const uint64_t changes = (uint64_t)leaves + comes;
    allow(limits, SUBJECT_RECORDS, 1, 0);
    allow(limits, SUBJECT_SCOPE_VALUES, updates || writes, 0);
    allow(limits, SUBJECT_CACHE_VALUES, 0, fills);
    allow(limits, SUBJECT_TAGS, 0, fills && !updates);
    allow(limits, SUBJECT_COUNTS, has_slot && !updates, has_slot && !updates);
    allow(limits, SUBJECT_STASH_VALUES, (uint64_t)(fills && !updates) + moves,
          (uint64_t)writes + moves);
    allow(limits, SUBJECT_MARKS, changes * marks_of(longest),
          changes * longest * marks_of_bucket(before));
    allow(limits, SUBJECT_BUCKETS, changes * longest + moves, changes * longest + moves);
    allow(limits, SUBJECT_ENTRIES, changes * longest + moves + 1, changes * longest + moves + 1);
    limits->copies += (uint64_t)fills + writes + moves;
}

struct subject_limits subject_limits_of_discard(const struct subject_look *before) {
    const uint64_t longest = before->scope_count == 0 ? 0 : subject_look_longest(before);
    struct subject_limits limits = subject_limits_of_nothing();
    for (uint32_t i = 0; i < before->scope_count; i += 1) {
        const struct cache_map_record_view record = before->real->record(before->map, i);
        allow_inverse(&limits, before, &record, longest);
    }
    return limits;
}

struct subject_limits subject_limits_of_compact(const struct subject_look *before) {
    struct subject_limits limits = subject_limits_of_nothing();
    allow(&limits, SUBJECT_ENTRIES, before->stash_count, 0);
    allow(&limits, SUBJECT_MARKS, 0, before->stash_count + MARKS_AT_ONCE - 1);
    return limits;
}

struct subject_limits subject_limits_of_reset(const struct subject_look *before) {
    const uint64_t sets = before->geometry->set_count;
    struct subject_limits limits = subject_limits_of_compact(before);
    allow(&limits, SUBJECT_TAGS, 0, sets);
    allow(&limits, SUBJECT_COUNTS, before->owns ? sets : 0, sets);
    limits.steps_besides = before->owns ? STEPS_OF_WAY * slot_count(before) : 0;
    allow(&limits, SUBJECT_HANDS, 0, sets);
    return limits;
}

struct subject_limits subject_limits_of_init(const struct subject_array *arrays) {
    struct subject_limits limits = subject_limits_of_nothing();
    for (unsigned i = SUBJECT_TAGS; i <= SUBJECT_MARKS; i += 1)
        limits.written[i] = arrays[i].item_count;
    limits.steps_besides = STEPS_OF_CALL; /* the plan of the block is made twice */
    return limits;
}

struct subject_limits subject_limits_of_deinit(const struct subject_look *before) {
    struct subject_limits limits = subject_limits_of_nothing();
    if (!before->owns)
        return limits;
    allow(&limits, SUBJECT_COUNTS, before->geometry->set_count, 0);
    limits.steps_besides = STEPS_OF_WAY * slot_count(before);
    allow(&limits, SUBJECT_ENTRIES, before->stash_count, 0);
    allow(&limits, SUBJECT_RECORDS, before->scope_count, 0);
    return limits;
}

/* ---- Inspection. --------------------------------------------------------------------------- */

/* The counts of all sets that the step passes, and the mark of an entry. */
struct subject_limits subject_limits_of_each(const struct subject_look *before) {
    struct subject_limits limits = subject_limits_of_nothing();
    allow(&limits, SUBJECT_COUNTS, before->geometry->set_count, 0);
    allow(&limits, SUBJECT_ENTRIES, 1, 0);
    limits.steps_besides = STEPS_OF_WAY * slot_count(before);
    return limits;
}

/* It reads whatever is in use. */
struct subject_limits subject_limits_of_check(const struct subject_look *before) {
    struct subject_limits limits = subject_limits_of_nothing();
    for (unsigned i = 0; i < SUBJECT_ARRAY_COUNT; i += 1)
        limits.read[i] = before->arrays[i].item_count;
    limits.read[SUBJECT_STASH_VALUES] = before->stash_count;
    limits.read[SUBJECT_ENTRIES] = before->stash_count;
    limits.read[SUBJECT_RECORDS] = before->scope_count;
    limits.read[SUBJECT_SCOPE_VALUES] = before->scope_count;
    limits.read[SUBJECT_SCRATCH] = 0;
    /* The keys of a set beside each other, and a probe for each entry, of keys that may all collide. */
    limits.steps_besides =
        STEPS_OF_WAY * slot_count(before) * layout_describe(before->geometry->layout)->ways +
        STEPS_OF_PROBE * (uint64_t)before->stash_count * before->stash_count;
    return limits;
}
