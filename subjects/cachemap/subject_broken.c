/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind subject_broken.h. */
#include "subject_broken.h"

#include "key_map.h"

#include "subject_functions.h"
#include "subject_record_fault.h"
#include "subject_unwatched.h"

#include <stdarg.h>
#include <stdio.h>

/* So many buckets in use are all drawn. */
enum { BUCKET_DRAWN_COUNT_MAX = 12 };

/* A map that is looked at, and the words that are made. */
struct look {
    const struct subject *subject;
    const struct cache_map *map;
    const struct cache_map_layout *layout;
    char *words;
    size_t size;
};

/* Adds to the words. */
static void __attribute__((format(printf, 2, 3)))
look_say(const struct look *look, const char *format, ...) {
    const size_t used = strlen(look->words);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(look->words + used, look->size - used, format, arguments);
    va_end(arguments);
}

/* A number that is nothing but the memory's bytes before init is told from one that was written. */
static void look_say_fill(const struct look *look, uint64_t number, unsigned byte_count) {
    if (subject_is_fill(look->subject, number, byte_count))
        look_say(look, " (" SUBJECT_FILL_WORDS ")");
}

/* ---- What is there. ---------------------------------------------------------------------- */

/* Of a broken map's own counts none may be more than there is room for. */
static uint32_t entry_count(const struct look *look) {
    const struct cache_map_stash *stash = &look->map->stash;
    const uint32_t count = stash->count < stash->count_max ? stash->count : stash->count_max;
    const uint32_t room = look->subject->geometry.stash_count_max;
    return count < room ? count : room;
}

static uint32_t bucket_count(const struct look *look) {
    return look->map->stash.bucket_mask + 1;
}

static uint32_t bucket_entry(const struct look *look, uint32_t bucket) {
    return cache_map_bucket_entry(&look->map->stash, bucket);
}

static uint32_t entry_bucket(const struct look *look, uint32_t entry) {
    return look->map->stash.entries[entry].bucket;
}

/* A copy of a value, in one of two buffers that are used in turn. A broken map may count a place as in use
 * that is poisoned as free: a report must not end of reading it. (volatile: or it becomes a memcpy that
 * AddressSanitizer watches.) */
SUBJECT_UNWATCHED static const unsigned char *
value_bytes(const struct look *look, const unsigned char *values, size_t index) {
    static _Alignas(SUBJECT_ALIGNMENT_MIN * 2) unsigned char buffers[2][VALUE_SIZE_MAX];
    static unsigned next;
    const volatile unsigned char *from = values + index * look->layout->value_size;
    unsigned char *buffer = buffers[next++ % 2];
    for (size_t i = 0; i < look->layout->value_size; i += 1)
        buffer[i] = from[i];
    return buffer;
}

static const unsigned char *entry_bytes(const struct look *look, uint32_t entry) {
    return value_bytes(look, look->map->stash.values, entry);
}

static struct value_state entry_content(const struct look *look, uint32_t entry) {
    return look->subject->functions->value_state(entry_bytes(look, entry));
}

static uint32_t entry_fragment(const struct look *look, uint32_t entry) {
    return cache_map_stash_fragment(
        look->layout->value_hash(entry_bytes(look, entry), &look->map->seed));
}

static uint32_t entry_home(const struct look *look, uint32_t entry) {
    return cache_map_stash_home(entry_fragment(look, entry), look->map->stash.bucket_bits);
}

static bool entry_is_there(const struct look *look, uint32_t entry) {
    return entry < entry_count(look);
}

/* The first bucket that names each entry, or INDEX_NONE; of the look that was begun last. */
static uint32_t bucket_that_names[STASH_COUNT_MAX];

/* O(buckets), and so is the rest: a report of a large map must not take longer than an op may. */
static struct look look_begin(const struct subject *subject, char *words, size_t size) {
    /* Every typed map is a `struct cache_map` with a type around it. */
    const struct look look = {subject, (const struct cache_map *)(const void *)subject->map,
                              subject->functions->layout, words, size};
    words[0] = '\0';
    for (uint32_t entry = 0; entry < entry_count(&look); entry += 1)
        bucket_that_names[entry] = INDEX_NONE;
    for (uint32_t bucket = bucket_count(&look); bucket > 0; bucket -= 1)
        if (entry_is_there(&look, bucket_entry(&look, bucket - 1)))
            bucket_that_names[bucket_entry(&look, bucket - 1)] = bucket - 1;
    return look;
}

static uint32_t slot_count_at(const struct look *look, uint64_t slot) {
    return cache_map_slot_count(look->layout, &look->map->cache, slot);
}

static const unsigned char *slot_bytes(const struct look *look, uint64_t slot) {
    return value_bytes(look, look->map->cache.values, (size_t)slot);
}

static struct value_state slot_content(const struct look *look, uint64_t slot) {
    return look->subject->functions->value_state(slot_bytes(look, slot));
}

static uint64_t slot_end(const struct look *look) {
    return look->map->cache.set_count * look->layout->ways;
}

static uint64_t slot_hash(const struct look *look, uint64_t slot) {
    return look->layout->value_hash(slot_bytes(look, slot), &look->map->seed);
}

static void say_slot(const struct look *look, uint64_t slot) {
    look_say(look, "set %u way %u", (unsigned)(slot / look->layout->ways),
             (unsigned)(slot % look->layout->ways));
}

static void say_bucket_content(const struct look *look, uint32_t bucket) {
    if (bucket_entry(look, bucket) == CACHE_MAP_ENTRY_NONE) {
        look_say(look, "bucket %u is free", (unsigned)bucket);
        return;
    }
    look_say(look, "bucket %u names entry %u", (unsigned)bucket,
             (unsigned)bucket_entry(look, bucket));
    look_say_fill(look, bucket_entry(look, bucket), 4);
}

/* ---- The cache. Each says the first place that breaks its invariant. --------------------- */

static void say_hand(const struct look *look) {
    for (uint64_t set = 0; set < look->map->cache.set_count; set += 1) {
        const unsigned hand = look->map->cache.hands[set];
        if (hand < look->layout->ways)
            continue;
        look_say(look, "set %u has its hand at way %u", (unsigned)set, hand);
        look_say_fill(look, hand, 1);
        look_say(look, ", the last way is %u", (unsigned)look->layout->ways - 1);
        return;
    }
}

static void say_set(const struct look *look) {
    for (uint64_t slot = 0; slot < slot_end(look); slot += 1) {
        uint64_t set;
        if (slot_count_at(look, slot) == 0)
            continue;
        set = cache_map_range_of_hash(slot_hash(look, slot), look->map->cache.set_count);
        if (set == slot / look->layout->ways)
            continue;
        say_slot(look, slot);
        look_say(look, " holds key %u, whose set is %u", slot_content(look, slot).key_id,
                 (unsigned)set);
        return;
    }
}

static void say_tag(const struct look *look) {
    const uint32_t ways = look->layout->ways, bits = look->layout->tag_bits;
    for (uint64_t slot = 0; slot < slot_end(look); slot += 1) {
        const unsigned char *tags =
            cache_map_set_tags(look->layout, &look->map->cache, slot / ways);
        const uint32_t tag = cache_map_tag_get(tags, (uint32_t)(slot % ways), bits);
        uint32_t expected;
        if (slot_count_at(look, slot) == 0)
            continue;
        expected = cache_map_tag_of_hash(look->layout, slot_hash(look, slot));
        if (tag == expected)
            continue;
        say_slot(look, slot);
        look_say(look, " holds key %u under tag 0x%02x", slot_content(look, slot).key_id,
                 (unsigned)tag);
        look_say_fill(look, tag, bits / 8);
        look_say(look, ", the key's tag is 0x%02x", (unsigned)expected);
        return;
    }
}

static void say_cache_twin(const struct look *look) {
    const uint32_t ways = look->layout->ways;
    for (uint64_t slot = 0; slot < slot_end(look); slot += 1)
        for (uint64_t other = slot / ways * ways; other < slot; other += 1) {
            if (slot_count_at(look, slot) == 0 || slot_count_at(look, other) == 0 ||
                slot_content(look, slot).key_id != slot_content(look, other).key_id)
                continue;
            look_say(look, "key %u is in set %u at way %u (value %u) and at way %u (value %u)",
                     slot_content(look, slot).key_id, (unsigned)(slot / ways),
                     (unsigned)(other % ways), (unsigned)slot_content(look, other).value,
                     (unsigned)(slot % ways), (unsigned)slot_content(look, slot).value);
            return;
        }
}

static void say_cache_count(const struct look *look) {
    uint64_t used = 0;
    for (uint64_t slot = 0; slot < slot_end(look); slot += 1)
        used += slot_count_at(look, slot) != 0;
    look_say(look, "the count of values is %llu, and %llu %s in use",
             (unsigned long long)look->map->cache.value_count, (unsigned long long)used,
             used == 1 ? "slot is" : "slots are");
}

/* ---- The stash. -------------------------------------------------------------------------- */

/* A mark behind the last bucket that is not that of its bucket; false where there is none. */
static bool say_odd_mark(const struct look *look) {
    const unsigned char *marks = look->map->stash.marks;
    uint32_t at = bucket_count(look), bucket = 0;
    while (at < cache_map_stash_mark_count(bucket_count(look)) && marks[at] == marks[bucket])
        bucket = ++at & look->map->stash.bucket_mask;
    if (at < cache_map_stash_mark_count(bucket_count(look)))
        look_say(look, ": bucket %u has the mark 0x%02x, and 0x%02x behind the last bucket",
                 (unsigned)bucket, marks[bucket], marks[at]);
    return at < cache_map_stash_mark_count(bucket_count(look));
}

/* A bucket of an entry that is not there, or of one that says another bucket; or an entry without any. */
static void say_odd_bucket(const struct look *look) {
    for (uint32_t bucket = 0; bucket < bucket_count(look); bucket += 1) {
        const uint32_t entry = bucket_entry(look, bucket);
        if (entry == CACHE_MAP_ENTRY_NONE)
            continue;
        if (entry_is_there(look, entry) && entry_bucket(look, entry) == bucket)
            continue;
        look_say(look, ": ");
        say_bucket_content(look, bucket);
        if (entry_is_there(look, entry))
            look_say(look, ", which says that it is in bucket %u",
                     (unsigned)entry_bucket(look, entry));
        else
            look_say(look, ", which is not there");
        return;
    }
    for (uint32_t entry = 0; entry < entry_count(look); entry += 1) {
        if (bucket_that_names[entry] != INDEX_NONE)
            continue;
        look_say(look, ": no bucket names entry %u (key %u), which says that it is in bucket %u",
                 (unsigned)entry, entry_content(look, entry).key_id,
                 (unsigned)entry_bucket(look, entry));
        return;
    }
}

static void say_stash_count(const struct look *look) {
    const struct cache_map_stash *stash = &look->map->stash;
    uint32_t used = 0;
    for (uint32_t bucket = 0; bucket < bucket_count(look); bucket += 1)
        used += bucket_entry(look, bucket) != CACHE_MAP_ENTRY_NONE;
    look_say(look, "the stash's count is %u, ", (unsigned)stash->count);
    if (stash->count > stash->count_max)
        look_say(look, "it has room for %u, ", (unsigned)stash->count_max);
    look_say(look, "and %u %s in use", (unsigned)used, used == 1 ? "bucket is" : "buckets are");
    if (!say_odd_mark(look))
        say_odd_bucket(look);
}

/* A fragment of the hash, and whose it is: that of another key points at the code that took it. */
static void say_fragment(const struct look *look, uint32_t fragment) {
    const struct geometry *geometry = &look->subject->geometry;
    look_say(look, "the fragment 0x%08x", (unsigned)fragment);
    for (unsigned key_id = 0; key_id < geometry->key_count; key_id += 1)
        if (cache_map_stash_fragment(key_hash_in(geometry, key_id)) == fragment) {
            look_say(look, " (that of key %u)", key_id);
            return;
        }
    look_say_fill(look, fragment, 4);
}

/* How entry and bucket fail to name each other; false where they do. */
static bool say_link(const struct look *look, uint32_t entry) {
    const uint32_t bucket = entry_bucket(look, entry);
    const uint32_t named_by = bucket_that_names[entry];
    const unsigned key_id = entry_content(look, entry).key_id;
    if (bucket < bucket_count(look) && bucket_entry(look, bucket) == entry) {
        const uint32_t fragment = look->map->stash.entries[entry].fragment;
        const uint32_t mark = look->map->stash.marks[bucket];
        const uint32_t expected = entry_fragment(look, entry);
        if (fragment == expected && mark == cache_map_stash_mark(expected))
            return false;
        look_say(look, "entry %u (key %u) in bucket %u has ", (unsigned)entry, key_id,
                 (unsigned)bucket);
        if (fragment != expected) {
            say_fragment(look, fragment);
            look_say(look, ", its key's is 0x%08x", (unsigned)expected);
        } else {
            look_say(look, "the mark 0x%02x, its key's is 0x%02x", (unsigned)mark,
                     (unsigned)cache_map_stash_mark(expected));
        }
        return true;
    }
    look_say(look, "entry %u (key %u) says that it is in bucket %u", (unsigned)entry, key_id,
             (unsigned)bucket);
    look_say_fill(look, bucket, 4);
    if (bucket >= bucket_count(look)) {
        look_say(look, ", the last bucket is %u", (unsigned)bucket_count(look) - 1);
    } else {
        look_say(look, ", and ");
        say_bucket_content(look, bucket);
    }
    if (named_by == INDEX_NONE)
        look_say(look, "; no bucket names entry %u", (unsigned)entry);
    else
        look_say(look, "; bucket %u names entry %u", (unsigned)named_by, (unsigned)entry);
    return true;
}

static void say_linked(const struct look *look) {
    for (uint32_t entry = 0; entry < entry_count(look); entry += 1)
        if (say_link(look, entry))
            return;
}

/* The bucket at which a probe for the entry's key ends before it comes to the entry's own: it is free, names
 * no entry that is there, or one of the same key. INDEX_NONE where it comes there. The entry is linked. */
static uint32_t probe_end(const struct look *look, uint32_t entry) {
    const uint32_t mask = bucket_count(look) - 1;
    const unsigned key_id = entry_content(look, entry).key_id;
    for (uint32_t probe = entry_home(look, entry); probe != entry_bucket(look, entry);
         probe = (probe + 1) & mask) {
        const uint32_t other = bucket_entry(look, probe);
        if (!entry_is_there(look, other) || entry_content(look, other).key_id == key_id)
            return probe;
    }
    return INDEX_NONE;
}

/* Why a probe for the entry's key does not come to its bucket; false where it does. The entry is linked. */
static bool say_probe(const struct look *look, uint32_t entry) {
    const uint32_t end = probe_end(look, entry);
    uint32_t other;
    if (end == INDEX_NONE)
        return false;
    other = bucket_entry(look, end);
    look_say(look, "entry %u (key %u) is in bucket %u, a probe for it starts at bucket %u, and ",
             (unsigned)entry, entry_content(look, entry).key_id,
             (unsigned)entry_bucket(look, entry), (unsigned)entry_home(look, entry));
    say_bucket_content(look, end);
    look_say(look, "%s",
             other == entry                  ? ", too"
             : entry_is_there(look, other)   ? ", which has the same key"
             : other == CACHE_MAP_ENTRY_NONE ? ": there it ends"
                                             : ", which is not there");
    return true;
}

static void say_reachable(const struct look *look) {
    for (uint32_t entry = 0; entry < entry_count(look); entry += 1)
        if (say_probe(look, entry))
            return;
}

/* A slot with the key of the entry, in the set where all slots of the key are; or the end of all slots. */
static uint64_t slot_of_entry(const struct look *look, uint32_t entry) {
    const uint64_t hash = look->layout->value_hash(entry_bytes(look, entry), &look->map->seed);
    const uint64_t first =
        cache_map_range_of_hash(hash, look->map->cache.set_count) * look->layout->ways;
    const unsigned key_id = entry_content(look, entry).key_id;
    for (uint64_t slot = first; slot < first + look->layout->ways; slot += 1)
        if (slot_count_at(look, slot) != 0 && slot_content(look, slot).key_id == key_id)
            return slot;
    return slot_end(look);
}

static void say_two_places(const struct look *look) {
    for (uint32_t entry = 0; entry < entry_count(look) && slot_end(look) > 0; entry += 1) {
        const struct value_state content = entry_content(look, entry);
        const uint64_t slot = slot_of_entry(look, entry);
        if (slot == slot_end(look))
            continue;
        look_say(look, "key %u is in ", content.key_id);
        say_slot(look, slot);
        look_say(look, " (value %u) and in entry %u of the stash (",
                 (unsigned)slot_content(look, slot).value, (unsigned)entry);
        if (look->map->stash.entries[entry].tombstone)
            look_say(look, "a tombstone)");
        else
            look_say(look, "value %u)", (unsigned)content.value);
        return;
    }
}

/* ---- The scope log. ---------------------------------------------------------------------- */

static void say_log_count(const struct look *look) {
    const struct cache_map_scope_log *log = &look->map->log;
    look_say(look, "the log has %llu record%s, ", (unsigned long long)log->count,
             log->count == 1 ? "" : "s");
    if (log->open)
        look_say(look, "it has room for %llu", (unsigned long long)log->count_max);
    else
        look_say(look, "and no scope is open: expected 0");
}

static void say_record(const struct look *look) {
    static const char *const befores[] = {"absent", "in the cache", "in the stash", "a tombstone"};
    const struct cache_map_scope_log *log = &look->map->log;
    for (uint64_t index = 0; index < log->count && index < log->count_max; index += 1) {
        const struct cache_map_record *record = &log->records[index];
        const char *fault = subject_record_fault(look->map, look->layout, record);
        if (fault == NULL)
            continue;
        look_say(look, "record %u says: %s of a key that was %s", (unsigned)index,
                 record->is_remove ? "remove" : "upsert",
                 record->before < 4 ? befores[record->before] : "in no such place");
        if (record->slot != CACHE_MAP_SLOT_NONE)
            look_say(look, ", slot %llu of %llu", (unsigned long long)record->slot,
                     (unsigned long long)slot_end(look));
        if (record->entry != CACHE_MAP_ENTRY_NONE)
            look_say(look, ", entry %u of %u", (unsigned)record->entry,
                     (unsigned)look->map->stash.count_max);
        look_say(look, "%s, count %u: %s", record->evicts ? ", evicts" : "", record->count, fault);
        return;
    }
}

/* ---- All invariants. --------------------------------------------------------------------- */

const char *subject_broken_words(const struct subject *subject) {
    static char words[BROKEN_WORDS_SIZE];
    const struct look look = look_begin(subject, words, sizeof words);
    switch (subject->functions->check(subject->map)) {
    case CACHE_MAP_INVARIANT_NONE: break;
    case CACHE_MAP_INVARIANT_HAND_IN_RANGE: say_hand(&look); break;
    case CACHE_MAP_INVARIANT_SLOT_IN_ITS_SET: say_set(&look); break;
    case CACHE_MAP_INVARIANT_SLOT_UNDER_ITS_TAG: say_tag(&look); break;
    case CACHE_MAP_INVARIANT_CACHE_KEY_ONCE: say_cache_twin(&look); break;
    case CACHE_MAP_INVARIANT_CACHE_COUNT: say_cache_count(&look); break;
    case CACHE_MAP_INVARIANT_STASH_COUNT: say_stash_count(&look); break;
    case CACHE_MAP_INVARIANT_STASH_LINKED: say_linked(&look); break;
    case CACHE_MAP_INVARIANT_STASH_REACHABLE: say_reachable(&look); break;
    case CACHE_MAP_INVARIANT_KEY_IN_ONE_PLACE: say_two_places(&look); break;
    case CACHE_MAP_INVARIANT_LOG_COUNT: say_log_count(&look); break;
    case CACHE_MAP_INVARIANT_LOG_RECORD: say_record(&look); break;
    }
    return words;
}

/* ---- The index. -------------------------------------------------------------------------- */

static void index_row_take(const struct look *look, uint32_t bucket, uint32_t entry,
                           struct index_row *row) {
    memset(row, 0, sizeof *row);
    row->bucket = bucket;
    row->entry = entry;
    row->entry_bucket = row->home = INDEX_NONE;
    if (entry == CACHE_MAP_ENTRY_NONE || !entry_is_there(look, entry))
        return;
    row->entry_bucket = entry_bucket(look, entry);
    row->home = entry_home(look, entry);
    row->content = entry_content(look, entry);
    row->tombstone = look->map->stash.entries[entry].tombstone;
}

/* What disagrees in a bucket: the words of the row. True when something does. */
static bool bucket_is_broken(const struct look *look, uint32_t bucket) {
    const uint32_t entry = bucket_entry(look, bucket);
    look->words[0] = '\0';
    if (entry == CACHE_MAP_ENTRY_NONE)
        return false;
    if (!entry_is_there(look, entry)) {
        say_bucket_content(look, bucket);
        look_say(look, ", the stash's count is %u", (unsigned)look->map->stash.count);
        return true;
    }
    if (entry_bucket(look, entry) != bucket) {
        look_say(look, "entry %u says bucket %u", (unsigned)entry,
                 (unsigned)entry_bucket(look, entry));
        look_say_fill(look, entry_bucket(look, entry), 4);
        return true;
    }
    return say_link(look, entry) || say_probe(look, entry);
}

/* Whether a probe comes by here that ends before it comes to its entry. */
static bool bucket_is_on_a_way(const struct look *look, uint32_t bucket) {
    const uint32_t mask = bucket_count(look) - 1;
    for (uint32_t entry = 0; entry < entry_count(look); entry += 1) {
        const uint32_t own = entry_bucket(look, entry), home = entry_home(look, entry);
        uint32_t end;
        if (own > mask || bucket_entry(look, own) != entry)
            continue;
        end = probe_end(look, entry);
        if (end != INDEX_NONE && ((bucket - home) & mask) <= ((end - home) & mask))
            return true;
    }
    return false;
}

const char *subject_index_size_words(const struct subject *subject) {
    static char words[INDEX_WORDS_SIZE];
    const struct look look = look_begin(subject, words, sizeof words);
    uint32_t expected = 2;
    while (expected < 2 * (uint32_t)subject->geometry.stash_count_max)
        expected *= 2;
    if (bucket_count(&look) != expected)
        look_say(&look, "; the stash has %u buckets for %u entries, expected %u",
                 (unsigned)bucket_count(&look), subject->geometry.stash_count_max,
                 (unsigned)expected);
    return words;
}

/* The index of 256 entries. */
enum { INDEX_BUCKET_COUNT_SMALL = 512 };

static void index_add(struct stash_index *index, const struct index_row *row) {
    if (index->row_count < INDEX_ROW_COUNT_MAX)
        index->rows[index->row_count++] = *row;
    else
        index->omitted_count += row->entry != INDEX_NONE;
}

/* Entries that no bucket names, and of which the bucket that they say is another's or free. */
static void index_entries(const struct look *look, struct stash_index *index) {
    for (uint32_t entry = 0; entry < entry_count(look) && index->row_count < INDEX_ROW_COUNT_MAX;
         entry += 1) {
        const uint32_t bucket = entry_bucket(look, entry);
        struct index_row row;
        if ((bucket < bucket_count(look) && bucket_entry(look, bucket) == entry) ||
            bucket_that_names[entry] != INDEX_NONE)
            continue;
        index_row_take(look, INDEX_NONE, entry, &row);
        (void)snprintf(row.broken, sizeof row.broken, "entry %u says bucket %u", (unsigned)entry,
                       (unsigned)bucket);
        index_add(index, &row);
    }
}

void subject_index(const struct subject *subject, struct stash_index *index) {
    char words[INDEX_WORDS_SIZE];
    const struct look look = look_begin(subject, words, sizeof words);
    uint32_t used = 0;
    bool disagrees = false, is_large;
    memset(index, 0, sizeof *index);
    index->bucket_count = bucket_count(&look);
    index->entry_count = look.map->stash.count;
    is_large = index->bucket_count > INDEX_BUCKET_COUNT_SMALL;
    for (uint32_t bucket = 0; bucket < index->bucket_count; bucket += 1)
        used += bucket_entry(&look, bucket) != CACHE_MAP_ENTRY_NONE;
    for (uint32_t bucket = 0; bucket < index->bucket_count; bucket += 1) {
        const bool is_free = bucket_entry(&look, bucket) == CACHE_MAP_ENTRY_NONE;
        /* Of a large index what disagrees alone, and no more than there are rows for. */
        const bool on_a_way = !is_large && bucket_is_on_a_way(&look, bucket);
        const bool broken = !(is_large && index->row_count == INDEX_ROW_COUNT_MAX) &&
                            bucket_is_broken(&look, bucket);
        struct index_row row;
        disagrees |= broken;
        if (!broken && !on_a_way && (is_free || used > BUCKET_DRAWN_COUNT_MAX)) {
            index->omitted_count += !is_free;
            continue;
        }
        index_row_take(&look, bucket, bucket_entry(&look, bucket), &row);
        (void)snprintf(row.broken, sizeof row.broken, "%s", words);
        index_add(index, &row);
    }
    disagrees |= used != index->entry_count;
    index_entries(&look, index);
    if (!disagrees)
        index->row_count = 0;
}
