/* SPDX-License-Identifier: Apache-2.0 */
/* All that a small map holds, in numbers: to be read, kept elsewhere, and written back into a map of the
 * same geometry. For explicit-state search (explorer/). Beside what inspection shows it has the stash's
 * buckets, which depend on the history; and leaves out what the contract calls meaningless: tags and
 * bytes of free places, and metrics. Knows neither the models nor what a state is good for. */
#ifndef HARNESS_SUBJECT_STATE_H
#define HARNESS_SUBJECT_STATE_H

#include "subject.h"

enum {
    SUBJECT_STATE_SET_COUNT_MAX = 8,
    SUBJECT_STATE_SLOT_COUNT_MAX = 32,
    SUBJECT_STATE_ENTRY_COUNT_MAX = 16,
    SUBJECT_STATE_RECORD_COUNT_MAX = 16
};

struct subject_state_slot {
    struct value_state content; /* only where count > 0 */
    uint8_t count;
};

struct subject_state_entry {
    struct value_state content;
    uint32_t bucket;
    bool tombstone;
};

/* Numbers that are not in the record's array are UINT8_MAX, as "none" is. */
struct subject_state_record {
    struct value_state overwritten; /* only where keeps */
    bool keeps;
    uint8_t is_remove, before, evicts, count, slot, entry;
};

struct subject_state {
    uint32_t set_count, slot_count, entry_count, record_count;
    bool scope_open;
    uint8_t hands[SUBJECT_STATE_SET_COUNT_MAX];
    struct subject_state_slot slots[SUBJECT_STATE_SLOT_COUNT_MAX];
    struct subject_state_entry entries[SUBJECT_STATE_ENTRY_COUNT_MAX];
    struct subject_state_record records[SUBJECT_STATE_RECORD_COUNT_MAX];
};

/* Whether maps of this geometry fit the arrays above. */
bool subject_state_fits(const struct geometry *geometry);

/* Reads the map. True when *state is all that the map's memory says: writing it back gives the same bytes
 * wherever they have a meaning. False for a map that is broken: bytes of a value that are not one's, a tag
 * or fragment of another key, a bucket too many, a count that is not that of what is there, a capacity that
 * has changed. O(state + buckets). */
bool subject_state_read(const struct subject *subject, struct subject_state *state);

/* The metrics of a map that was written and has a cache: numbers that no op leaves by accident. */
enum { SUBJECT_STATE_HITS = 1009, SUBJECT_STATE_MISSES = 2003 };
#define SUBJECT_STATE_NO_KEY UINT32_MAX
/* Makes the map hold just this, with the metrics above (0 without a cache). What the contract calls
 * meaningless is made as harmful as it can be: free slots, entries and records look like values of the key
 * `stale_key_id`, under a number that no op stores; or, for SUBJECT_STATE_NO_KEY, like nothing. Under
 * AddressSanitizer they are poisoned. The map is live, its memory the block that init gave it.
 * O(capacities). */
void subject_state_write(struct subject *subject, const struct subject_state *state,
                         unsigned stale_key_id);

#endif
