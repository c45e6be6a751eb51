/* SPDX-License-Identifier: Apache-2.0 */
/* The subject: one cache map of one geometry, behind plain functions that speak of key ids and
 * value numbers. What stands above (environment, reports, tools) never sees the library's types.
 *
 * Its memory is an arena that is used again for each input: no malloc for an op or an input. The
 * arena is filled with a pattern before each init, so that a field which init forgets shows. Below
 * and above the block lie red zones, poisoned under AddressSanitizer. */
#ifndef HARNESS_SUBJECT_H
#define HARNESS_SUBJECT_H

#include "geometry.h"
#include "op.h"
#include "subject_guard.h"
#include "subject_told.h"

#include <stdalign.h>

/* The number that the explorer gives the bytes of free places. No op stores it. */
#define SUBJECT_STALE_VALUE UINT32_C(0xeeeeeeee)

enum place { PLACE_ABSENT, PLACE_CACHE, PLACE_STASH_VALUE, PLACE_STASH_TOMBSTONE };

struct entry_state {
    struct value_state content;
    bool tombstone;
};

struct place_state {
    enum place place;
    uint32_t set;
    uint8_t way;
    uint8_t count;
    uint32_t entry;             /* only in the stash */
    bool has_value;             /* inspection gives a pointer to it */
    struct value_state content; /* only where has_value */
};

/* What a record says of a slot or an entry where it has none. */
#define SUBJECT_SLOT_NONE  UINT64_MAX
#define SUBJECT_ENTRY_NONE UINT32_MAX

struct record_state {
    bool is_remove;
    bool evicts;
    enum place before;
    uint64_t slot;
    uint32_t entry;
    bool has_overwritten;
    struct value_state overwritten;
};

struct counts_state {
    uint64_t cache_value_count, cache_value_count_max, set_count;
    uint64_t stash_count, stash_count_max;
    uint64_t scope_count, scope_count_max;
    bool scope_open;
    uint64_t hits, misses;
};

struct subject;
struct subject_functions;

/* Where a map's memory comes from: all three ways that the library has. */
enum subject_memory {
    SUBJECT_MEMORY_HOOK,     /* the arena, through the allocator hook */
    SUBJECT_MEMORY_SUPPLIED, /* the arena, by init_in_memory */
    SUBJECT_MEMORY_STANDARD, /* aligned_alloc and free: with a sanitizer's own red zones and leaks */
    SUBJECT_MEMORY_COUNT
};

enum {
    SUBJECT_RED_ZONE_SIZE = 4096,
    SUBJECT_ARENA_SIZE = 16 * 1024 * 1024, /* no page is touched that no map has taken */
    SUBJECT_ALIGNMENT_MIN = 64,
    SUBJECT_ALIGNMENT_MAX =
        8192 /* more than that of a page: a block is aligned to just what it must be */
};

struct subject {
    const struct subject_functions *functions, *unwatched; /* the second as the library has them */
    struct geometry geometry;
    uint8_t fill;
    enum subject_memory memory;
    bool live;
    size_t memory_size; /* what the library answered for the geometry */
    /* What the allocator hook has seen. */
    unsigned allocation_count, deallocation_count;
    size_t allocation_size, allocation_alignment;
    bool allocation_unbalanced;
    struct subject_fault fault; /* the first since init */
    /* A pointer that the caller keeps until the map changes, or null; and what it saw there. */
    struct {
        const void *value;
        struct value_state state;
    } held;
    struct {
        uint64_t slot;
        uint32_t entry;
    } walk; /* the cursor of the last walk, which was over */
    alignas(64) unsigned char map[SUBJECT_MAP_SIZE_MAX]; /* the typed map struct */
    unsigned char *block;                                /* in the arena: what the map gets */
    unsigned char *arena; /* SUBJECT_ARENA_SIZE bytes, aligned; supplied by the owner */
};

/* Makes a subject whose arena is `arena` (SUBJECT_ARENA_SIZE bytes, SUBJECT_ALIGNMENT_MAX aligned).
 */
void subject_create(struct subject *subject, unsigned char *arena);

/* init / deinit of the map. `fill` is the pattern of the arena before. */
enum outcome subject_init(struct subject *subject, const struct geometry *geometry,
                          enum subject_memory memory, uint8_t fill);
/* False when the map's block cannot be read as its owner may, or the map struct still says anything. */
bool subject_deinit(struct subject *subject);
/* After an init or a reset: where the map's metrics start in this geometry, by a door that is the tests'
 * alone. */
void subject_start_uses(struct subject *subject);
/* Drops the map without a call into it: after a failed assertion its state is unknown. */
void subject_abandon(struct subject *subject);
/* An init that must fail, of another map struct; true in *untouched when that struct stayed. */
enum outcome subject_init_refused(struct subject *subject, enum op_refusal refusal,
                                  bool *untouched);
/* What such an init asks for: room for so many values in the cache, in the stash and in a scope. For a tool
 * that writes the call out. */
void subject_refused_capacities(const struct geometry *geometry, enum op_refusal refusal,
                                uint64_t capacities[3]);
/* `size` bytes of the caller's, at most SUBJECT_RED_ZONE_SIZE, that end where the map's block begins,
 * or begin where it ends. Not with memory of the system's. What guards the block is as it was after the
 * second. */
unsigned char *subject_beside_block(struct subject *subject, size_t size, bool behind);
void subject_leave_block(struct subject *subject);
/* True when each allocation was given back, once, with its size and alignment. */
bool subject_balanced(const struct subject *subject);

struct result subject_upsert(struct subject *subject, unsigned key_id, uint32_t value);
/* The version of the library, "1.0.0". Static. */
const char *subject_library_version(void);
/* The library's batch as the harness has it: a call for more is several. */
unsigned subject_batch_count_max(void);
/* Upserts of `count` keys, at most STREAM_BATCH_COUNT_MAX, by one call; their values are numbered from
 * `value` on. False when the number that it returned is not that of the successes in `results`. */
bool subject_upsert_many(struct subject *subject, const unsigned *key_ids, uint32_t value,
                         uint32_t count, struct result *results);
/* upsert(map, get(map, key)); ABSENT where get finds nothing. */
struct result subject_rewrite(struct subject *subject, unsigned key_id);
struct result subject_remove(struct subject *subject, unsigned key_id);
/* FOUND with the value's number. In *intact whether all its bytes were right. */
struct result subject_get(struct subject *subject, unsigned key_id, bool *intact);
/* As get; and if `writes`, the content of value number `value` is written through the pointer, through the
 * one that is held if that is the key's. */
struct result subject_write(struct subject *subject, unsigned key_id, uint32_t value, bool writes,
                            bool *intact);
/* Gets of `count` keys by one call, as above. False when the number that it returned is not that of the
 * values in `results`. */
bool subject_get_many(struct subject *subject, const unsigned *key_ids, uint32_t count,
                      struct result *results, bool *intact);
struct result subject_lookup(struct subject *subject, unsigned key_id, bool *intact);
/* The same, and the pointer is not compared with the key's place, which costs as much again. */
struct result subject_read(struct subject *subject, unsigned key_id, bool *intact);
struct result subject_has(struct subject *subject, unsigned key_id);
struct result subject_demote(struct subject *subject, unsigned key_id);
struct result subject_scope_close(struct subject *subject, bool discard);
#define SUBJECT_CALL(name) struct result subject_##name(struct subject *subject);
SUBJECT_CALLS(SUBJECT_CALL, SUBJECT_CALL)
#undef SUBJECT_CALL

/* What is wrong on the caller's side, by the calls since init. O(1). */
const struct subject_fault *subject_fault(const struct subject *subject);
/* Whether the value behind the pointer that get, get_many or lookup gave first since the last release is
 * what it was. True where there was none. Only while the map has not changed. */
bool subject_held_intact(const struct subject *subject);
/* No pointer is held any more: the map has changed. */
void subject_release(struct subject *subject);
/* Calls for many, of no keys, which may do nothing: see subject_fault. */
void subject_call_for_nothing(struct subject *subject);
/* Whether a walk gives the very places that inspection names, in their order, and is over then; and whether
 * the one before, which changes of the map have ended, stays within it. O(state). */
bool subject_walk_agrees(struct subject *subject);

/* Null, or a misuse that the library lets pass though the contract has it fail an assertion, in words: an
 * index beyond a count, memory that is none, a map that is not there. `turn`, any number, chooses which. The
 * map is as it was. Where assertions are taken out: null. */
const char *subject_misuse_passes(struct subject *subject, uint32_t turn);

/* Inspection. */
struct counts_state subject_counts(const struct subject *subject);
void subject_set(const struct subject *subject, uint32_t set, struct set_state *state);
/* Where a walk over the map is; all 0 before its first step. */
struct subject_cursor {
    uint64_t slot;
    uint32_t entry;
};
/* The next step of it: FOUND or TOMBSTONE, with what is there in *content; ABSENT at its end. NONE when it
 * gives no pointer where it tells of a key, or another than null where it is over. */
enum outcome subject_each(const struct subject *subject, struct subject_cursor *cursor,
                          struct value_state *content);
/* The size of the block by the contract's table of arrays, for any map of this geometry. O(1). */
size_t subject_size_of_arrays(const struct geometry *geometry);
/* Null, or what of the memory is not planned as that table says, in words that are good until the
 * next call: where the map's own arrays are; and the size, the overflow or the arrays of a map of
 * this layout with other options, up to 2^64 of everything, which `turn`, any number, chooses.
 * O(1). */
const char *subject_plan_differs(const struct subject *subject, uint32_t turn);
/* So much more memory than the map needs its caller says to have, who gives it some: a byte, a little, and
 * what a number of 32 bits takes for a byte too few. None of it may be touched. O(1). */
size_t subject_supplied_excess(const struct geometry *geometry);
/* What memory_size answered. */
size_t subject_memory_size(const struct subject *subject);
/* Null, or the harness's word for a status that the library names otherwise, or takes for a failure
 * where the harness does not. */
const char *subject_misnamed_status(void);
/* Whether all the ways to inspect the cache say the same. */
bool subject_views_agree(const struct subject *subject);
struct entry_state subject_entry(const struct subject *subject, uint32_t entry);
struct record_state subject_record(const struct subject *subject, uint32_t record);
struct place_state subject_place(const struct subject *subject, unsigned key_id);
/* Null, or the sentence of the first invariant that the library's own `check` finds broken. Where:
 * subject_broken.h. */
const char *subject_check(const struct subject *subject);
/* Whether a number of `byte_count` bytes is nothing but the byte that the memory was filled with before
 * init. O(1). */
bool subject_is_fill(const struct subject *subject, uint64_t number, unsigned byte_count);
/* Damages the map in one way after another, asks `check` each time and takes the damage back, byte for
 * byte and poison for poison. Null, or the damage (words, static) for which `check` did not answer just
 * what is broken: it has gone blind. `turn` is any number, and chooses the places: calls with one number
 * after another reach them all; of a map of more than 64 slots or stash entries a call damages few, anywhere.
 * Null, too, for one with values of a page, and for one that is broken already. Some thirty times the cost of
 * `check`. The idea is mutation testing's (DeMillo, Lipton and Sayward 1978), of the data and not of the
 * program. */
const char *subject_check_misses(struct subject *subject, uint32_t turn);
/* Under AddressSanitizer: whether just the free slots, of cache and stash, are poisoned. Otherwise
 * true. */
bool subject_free_slots_poisoned(const struct subject *subject);
/* A hash of the whole observable state: every slot, hand, entry, record, count and metric. */
uint64_t subject_digest(const struct subject *subject);

#endif
