/* SPDX-License-Identifier: Apache-2.0 */
/* The comparison behind environment_touched.h. */
#include "environment_touched.h"

#include "environment_policy.h"
#include "key_map.h"

/* What is compared, and what need not be again. */
struct comparison {
    const struct policy *policy;
    const struct subject_places *arrays;
    uint32_t stash_count, bucket_mask;
    /* Those below 64 that agree already, a bit each; of sets the counts, and of slots and entries all. */
    uint64_t first_sets, first_slots, first_entries;
    uint32_t record_count;          /* records before those that agree already */
    uint32_t item_next;             /* of the array whose words are being looked at */
    uint32_t run_start, run_length; /* buckets of a run that is in order */
};

/* ---- The cache. -------------------------------------------------------------------------- */

/* The bit of a number below 64; of others none. */
static uint64_t bit_of(uint32_t number) {
    return number < 64 ? UINT64_C(1) << number : 0;
}

static bool set_agrees(struct comparison *comparison, uint32_t set) {
    const struct policy_set *naive = &comparison->policy->sets[set];
    const struct subject_places *arrays = comparison->arrays;
    const uint64_t bit = bit_of(set);
    uint64_t counts = 0;
    if ((comparison->first_sets & bit) != 0)
        return true;
    comparison->first_sets |= bit;
    for (unsigned way = 0; way < arrays->ways; way += 1)
        counts |= (uint64_t)naive->slots[way].count << (way * arrays->clock_bits);
    return counts == subject_counts_word(arrays, set) && subject_hand(arrays, set) == naive->hand;
}

static const struct policy_slot *naive_slot(const struct comparison *comparison, uint32_t slot) {
    const struct subject_places *arrays = comparison->arrays;
    return &comparison->policy->sets[slot >> arrays->way_bits].slots[slot & (arrays->ways - 1)];
}

/* Of a free slot nothing is promised. */
static bool tag_agrees(const struct comparison *comparison, uint32_t slot) {
    const struct policy_slot *naive = naive_slot(comparison, slot);
    return naive->count == 0 || subject_tag(comparison->arrays, slot) ==
                                    policy_tag_of_key(comparison->policy, naive->key_id);
}

static bool slot_value_agrees(const struct comparison *comparison, uint32_t slot) {
    const struct policy_slot *naive = naive_slot(comparison, slot);
    return naive->count == 0 ||
           subject_value_is(comparison->arrays,
                            subject_item(comparison->arrays, PLACES_CACHE_VALUES, slot),
                            naive->key_id, naive->value);
}

static bool slot_agrees(struct comparison *comparison, uint32_t slot) {
    comparison->first_slots |= bit_of(slot);
    return tag_agrees(comparison, slot) && slot_value_agrees(comparison, slot);
}

/* ---- The stash. -------------------------------------------------------------------------- */

/* The bytes that the naive map has in a row. Of a tombstone's only the key has a meaning. */
static bool content_agrees(const struct comparison *comparison, const unsigned char *bytes,
                           unsigned key_id, bool tombstone, uint32_t value) {
    return tombstone ? subject_key_is(comparison->arrays, bytes, key_id)
                     : subject_value_is(comparison->arrays, bytes, key_id, value);
}

static bool entry_content_agrees(const struct comparison *comparison, uint32_t entry) {
    const unsigned key_id = comparison->policy->stash_order[entry];
    const struct policy_stash_key *row = &comparison->policy->stash[key_id];
    return content_agrees(comparison, subject_item(comparison->arrays, PLACES_STASH_VALUES, entry),
                          key_id, row->state == POLICY_STASH_TOMBSTONE, row->value);
}

static struct subject_entry_link entry_link(const struct comparison *comparison, uint32_t entry) {
    return subject_entry_link_of(
        subject_bytes_64(subject_item(comparison->arrays, PLACES_ENTRIES, entry)));
}

/* The marks that stand for a bucket are all alike. */
static bool marks_agree(const struct comparison *comparison, uint32_t bucket) {
    const uint32_t count = comparison->arrays->item_counts[PLACES_MARKS];
    const uint32_t mark = subject_mark(comparison->arrays, bucket);
    uint32_t number = bucket;
    while (number < count && subject_mark(comparison->arrays, number) == mark)
        number += comparison->bucket_mask + 1;
    return number >= count;
}

/* The bucket, if it is not empty, and its entry name each other; mark and fragment are those of the key. */
static bool bucket_agrees(const struct comparison *comparison, uint32_t number) {
    const struct subject_bucket bucket = subject_bucket(comparison->arrays, number);
    struct subject_entry_link link;
    uint32_t fragment;
    if (bucket.entry == SUBJECT_ENTRY_NONE)
        return marks_agree(comparison, number);
    if (bucket.entry >= comparison->stash_count)
        return false;
    link = entry_link(comparison, bucket.entry);
    fragment = key_stash_fragment(
        key_hash_in(&comparison->policy->geometry, comparison->policy->stash_order[bucket.entry]));
    return link.bucket == number && link.fragment == fragment &&
           bucket.mark == key_stash_mark(fragment) && marks_agree(comparison, number);
}

static bool entry_link_agrees(const struct comparison *comparison, uint32_t entry) {
    const struct subject_entry_link link = entry_link(comparison, entry);
    const struct policy_stash_key *row =
        &comparison->policy->stash[comparison->policy->stash_order[entry]];
    return link.bucket <= comparison->bucket_mask &&
           link.tombstone == (row->state == POLICY_STASH_TOMBSTONE) &&
           subject_bucket(comparison->arrays, link.bucket).entry == entry &&
           bucket_agrees(comparison, link.bucket);
}

static bool is_empty(const struct comparison *comparison, uint32_t bucket) {
    return subject_bucket(comparison->arrays, bucket & comparison->bucket_mask).entry ==
           SUBJECT_ENTRY_NONE;
}

/* No probe meets an empty bucket before its own: in the run of the bucket, or the one behind it if it is
 * empty, each has its home within the run, and not behind it. */
static bool run_agrees(struct comparison *comparison, uint32_t bucket) {
    const uint32_t mask = comparison->bucket_mask;
    const unsigned home_shift = 32 - comparison->arrays->bucket_bits;
    uint32_t start = is_empty(comparison, bucket) ? (bucket + 1) & mask : bucket;
    uint32_t length = 0;
    if (((start - comparison->run_start) & mask) < comparison->run_length)
        return true;
    while (length <= mask && !is_empty(comparison, start - 1)) {
        start = (start - 1) & mask;
        length += 1;
    }
    for (length = 0; length <= mask && !is_empty(comparison, start + length); length += 1) {
        const uint32_t entry = subject_bucket(comparison->arrays, (start + length) & mask).entry;
        if (entry >= comparison->stash_count ||
            (((entry_link(comparison, entry).fragment >> home_shift) - start) & mask) > length)
            return false;
    }
    comparison->run_start = start;
    comparison->run_length = length;
    return length <= mask;
}

/* ---- The scope log. ---------------------------------------------------------------------- */

static bool record_agrees(const struct comparison *comparison, uint32_t index) {
    const struct policy_undo *undo = &comparison->policy->undo[index];
    const struct record_state expected = environment_naive_record(comparison->policy, index);
    const bool keeps_count = undo->is_remove && expected.before == PLACE_CACHE;
    const uint8_t count =
        keeps_count ? undo->set_before.slots[undo->slot % comparison->arrays->ways].count : 0;
    return subject_record_is(comparison->arrays, index, &expected, count) &&
           (!expected.has_overwritten ||
            content_agrees(comparison, subject_item(comparison->arrays, PLACES_SCOPE_VALUES, index),
                           undo->key_id, expected.before == PLACE_STASH_TOMBSTONE,
                           expected.overwritten.value));
}

/* ---- What the naive map changed. --------------------------------------------------------- */

static bool naive_sets_agree(struct comparison *comparison, const struct policy_touched *touched) {
    for (uint64_t sets = touched->first_sets; sets != 0; sets &= sets - 1)
        if (!set_agrees(comparison, (uint32_t)__builtin_ctzll(sets)))
            return false;
    for (uint32_t i = 0; i < touched->set_count; i += 1)
        if (!set_agrees(comparison, touched->sets[i]))
            return false;
    for (uint32_t i = 0; i < touched->slot_count; i += 1)
        if (!slot_agrees(comparison, touched->slots[i]))
            return false;
    return true;
}

static bool entry_agrees(struct comparison *comparison, uint32_t entry) {
    comparison->first_entries |= bit_of(entry);
    return entry_link_agrees(comparison, entry) && entry_content_agrees(comparison, entry);
}

static bool naive_entries_agree(struct comparison *comparison,
                                const struct policy_touched *touched) {
    for (uint32_t i = 0; i < touched->key_count; i += 1) {
        const struct policy_stash_key *row = &comparison->policy->stash[touched->keys[i]];
        if (row->state != POLICY_STASH_NONE && !entry_agrees(comparison, row->entry))
            return false;
    }
    return true;
}

static bool records_agree(struct comparison *comparison, uint64_t first) {
    comparison->record_count = (uint32_t)first;
    for (uint64_t index = first; index < comparison->policy->undo_count; index += 1)
        if (!record_agrees(comparison, (uint32_t)index))
            return false;
    return true;
}

/* Where more has changed than is listed. */
static bool everything_agrees(struct comparison *comparison, uint32_t set_count) {
    const uint32_t slot_count = set_count << comparison->arrays->way_bits;
    bool agrees = true;
    for (uint32_t set = 0; agrees && set < set_count; set += 1)
        agrees = set_agrees(comparison, set);
    for (uint32_t slot = 0; agrees && slot < slot_count; slot += 1)
        agrees = slot_agrees(comparison, slot);
    for (uint32_t entry = 0; agrees && entry < comparison->stash_count; entry += 1)
        agrees = entry_agrees(comparison, entry);
    return agrees && records_agree(comparison, 0);
}

static uint64_t smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static bool naive_changes_agree(struct comparison *comparison,
                                const struct subject_snapshot *snapshot) {
    const struct policy *policy = comparison->policy;
    const struct policy_touched *touched = &policy->touched;
    if (touched->set_count > POLICY_TOUCHED_COUNT_MAX ||
        touched->slot_count > POLICY_TOUCHED_COUNT_MAX ||
        touched->key_count > POLICY_TOUCHED_COUNT_MAX)
        return everything_agrees(comparison, policy->geometry.set_count);
    return naive_sets_agree(comparison, touched) && naive_entries_agree(comparison, touched) &&
           records_agree(comparison,
                         smaller(snapshot->counts_before.scope_count, policy->undo_count));
}

/* ---- What has changed in the map. -------------------------------------------------------- */

/* Each bucket that an entry has left is empty, or of an entry that is there. */
static bool left_entries_agree(const struct comparison *comparison, uint64_t count_before) {
    for (uint32_t entry = comparison->stash_count; entry < count_before; entry += 1) {
        const uint32_t bucket = entry_link(comparison, entry).bucket;
        if (bucket > comparison->bucket_mask || !bucket_agrees(comparison, bucket))
            return false;
    }
    return true;
}

/* An entry that a bucket named before: if it is still there, it has found another bucket. */
static bool once_named_agrees(const struct comparison *comparison, uint32_t entry) {
    return entry >= comparison->stash_count || entry_link_agrees(comparison, entry);
}

/* A mark that has changed, of a bucket or behind the last of them. The number beside a mark that is empty now
 * is that of the entry which the bucket named. */
static bool mark_agrees(struct comparison *comparison, uint32_t number) {
    const uint32_t bucket = number & comparison->bucket_mask;
    return bucket_agrees(comparison, bucket) && run_agrees(comparison, bucket) &&
           once_named_agrees(comparison, subject_bytes_32(subject_item(comparison->arrays,
                                                                       PLACES_BUCKETS, bucket)));
}

static bool bucket_word_agrees(struct comparison *comparison, uint32_t number,
                               uint32_t difference) {
    const uint32_t then =
        subject_bytes_32(subject_item(comparison->arrays, PLACES_BUCKETS, number)) ^ difference;
    return bucket_agrees(comparison, number) && run_agrees(comparison, number) &&
           once_named_agrees(comparison, then);
}

/* The bucket that it named before, too. */
static bool entry_word_agrees(const struct comparison *comparison, uint32_t entry,
                              uint64_t difference) {
    const uint64_t then =
        subject_bytes_64(subject_item(comparison->arrays, PLACES_ENTRIES, entry)) ^ difference;
    const uint32_t bucket = subject_entry_link_of(then).bucket;
    return (entry >= comparison->stash_count || (comparison->first_entries & bit_of(entry)) != 0 ||
            entry_link_agrees(comparison, entry)) &&
           (bucket > comparison->bucket_mask || bucket_agrees(comparison, bucket));
}

static bool item_agrees(struct comparison *comparison, const struct subject_word *word,
                        uint32_t item) {
    uint32_t halves[2];
    switch ((enum place_array)word->array) {
    case PLACES_CACHE_VALUES:
        return (comparison->first_slots & bit_of(item)) != 0 || slot_value_agrees(comparison, item);
    case PLACES_TAGS:
        return (comparison->first_slots & bit_of(item)) != 0 || tag_agrees(comparison, item);
    case PLACES_COUNTS:
    case PLACES_HANDS: return set_agrees(comparison, item);
    case PLACES_STASH_VALUES:
        return item >= comparison->stash_count || (comparison->first_entries & bit_of(item)) != 0 ||
               entry_content_agrees(comparison, item);
    case PLACES_SCOPE_VALUES:
    case PLACES_RECORDS: return item >= comparison->record_count || record_agrees(comparison, item);
    case PLACES_MARKS: return mark_agrees(comparison, item);
    case PLACES_BUCKETS:
        memcpy(halves, &word->difference, sizeof halves);
        return bucket_word_agrees(comparison, item, halves[item % 2]);
    case PLACES_ENTRIES: return entry_word_agrees(comparison, item, word->difference);
    case PLACES_SCRATCH:
    case PLACES_COUNT: break;
    }
    return true;
}

/* Of small items a word has several: those of whose bytes one differs, the last in memory first. What is
 * behind the array's last one is no item. */
static bool small_items_agree(struct comparison *comparison, const struct subject_word *word,
                              struct subject_range range) {
    const uint32_t shift = comparison->arrays->item_shifts[word->array];
    const uint32_t bit_count = (range.end - range.start) << (3 + shift);
    uint64_t difference = subject_in_memory_order(word->difference);
    if (bit_count < 64)
        difference &= (UINT64_C(1) << bit_count) - 1;
    while (difference != 0) {
        const uint32_t bit = 63 - (uint32_t)__builtin_clzll(difference);
        const uint32_t place = bit >> (3 + shift);
        if (!item_agrees(comparison, word, range.start + place))
            return false;
        difference &= (UINT64_C(1) << (place << (3 + shift))) - 1;
    }
    return true;
}

/* A large item has several words, and is compared once. */
static bool large_items_agree(struct comparison *comparison, const struct subject_word *word,
                              struct subject_range range) {
    for (uint32_t item = range.start; item < range.end; item += 1) {
        if (item < comparison->item_next)
            continue;
        if (!item_agrees(comparison, word, item))
            return false;
        comparison->item_next = item + 1;
    }
    return true;
}

static bool words_agree(struct comparison *comparison, const struct subject_snapshot *snapshot) {
    uint32_t array = PLACES_COUNT;
    bool agree = true;
    for (uint32_t i = 0; agree && i < snapshot->word_count; i += 1) {
        const struct subject_word *word = &snapshot->words[i];
        const struct subject_range range =
            subject_places_items(comparison->arrays, word->offset, (enum place_array)word->array);
        if (word->array != array)
            comparison->item_next = 0;
        array = word->array;
        agree = array >= PLACES_TAGS && array != PLACES_RECORDS
                    ? small_items_agree(comparison, word, range)
                    : large_items_agree(comparison, word, range);
    }
    return agree;
}

/* ---- All. -------------------------------------------------------------------------------- */

static bool counts_agree(const struct policy *policy, const struct counts_state *counts) {
    return counts->cache_value_count == policy->value_count &&
           counts->stash_count == policy->stash_count &&
           counts->scope_count == policy->undo_count && counts->scope_open == policy->scope_open &&
           counts->hits == policy->hits && counts->misses == policy->misses;
}

bool environment_touched_agrees(struct environment *environment) {
    const struct subject_snapshot *snapshot = &environment->snapshot;
    struct comparison comparison = {
        .policy = &environment->policy,
        .arrays = &snapshot->arrays,
        .stash_count = environment->policy.stash_count,
        .bucket_mask = ((uint32_t)1 << snapshot->arrays.bucket_bits) - 1,
    };
    const bool agrees = !snapshot->overflow && !snapshot->struct_has_moved &&
                        counts_agree(&environment->policy, &snapshot->counts) &&
                        naive_changes_agree(&comparison, snapshot) &&
                        left_entries_agree(&comparison, snapshot->counts_before.stash_count) &&
                        words_agree(&comparison, snapshot);
    policy_forget_touched(&environment->policy);
    return agrees;
}

bool environment_models_agree(const struct environment *environment, unsigned key_id) {
    return result_equal(model_lookup(&environment->model, key_id),
                        policy_would_answer(&environment->policy, key_id));
}
