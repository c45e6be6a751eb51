/* SPDX-License-Identifier: Apache-2.0 */
/* cache_map.h - a cache map: a set-associative CLOCK cache on top of an exact stash, with scopes
 * that can be discarded, and tombstones. C11 and C++17. Apache-2.0.
 *
 * TERMS
 *   value      a fixed-size object of yours that contains its key.
 *   cache      holds most values. Best effort: it may evict any value, into the stash.
 *   stash      holds what the cache evicted since the last compact, exactly. Nothing is dropped.
 *   compact    empties the stash: you call it when the level below has caught up.
 *   tombstone  "removed since the last compact: do not look below". Absent means "look below".
 *   scope      the changes between scope_open and scope_close, which can be discarded exactly.
 *   mutation   an upsert or a remove that succeeded.
 *
 * WHAT IT GUARANTEES
 *   Whatever was written since the last compact is found, whatever the cache evicted. The first
 *   stash_value_count_max mutations after a compact never fail with stash full. A discarded scope
 *   leaves every lookup as it was. Memory is taken once, at init. docs/contract.md has it all.
 *
 * EXAMPLE
 *     struct account { uint64_t id; int64_t balance; };
 *
 *     #define CACHE_MAP_NAME          account_cache
 *     #define CACHE_MAP_VALUE         struct account
 *     #define CACHE_MAP_KEY           uint64_t
 *     #define CACHE_MAP_KEY_OF(value) ((value)->id)
 *     #include "cache_map.h"
 *
 * declares `struct account_cache` and the functions `account_cache_init`, `account_cache_get`, ...
 * The example of README.md is a whole program. docs/tutorial.md starts from there.
 *
 * ONE COPY FOR MANY FILES
 *   As above every function is `static inline`: each file that includes it has its own copies. To have
 *   one copy in a program, wrap the parameters in a header of yours, account_cache.h:
 *     #ifndef ACCOUNT_CACHE_DEFINE
 *     #define CACHE_MAP_DECLARE       the struct and prototypes; in each file that uses the map
 *     #else
 *     #define CACHE_MAP_DEFINE        the functions too, with external linkage; in one file
 *     #endif
 *     #define CACHE_MAP_NAME account_cache
 *     ...
 *     #include "cache_map.h"
 *   and let account_cache.c be `#define ACCOUNT_CACHE_DEFINE` and `#include "account_cache.h"`.
 *   The functions have C linkage in C++ too. A call across files is not inlined, which costs some
 *   nanoseconds a call unless the program is linked with link-time optimisation.
 *
 * PARAMETERS (undefined again by this header, so that it can be included once for each map)
 *   CACHE_MAP_NAME             prefix of all names; without it only the common parts are declared
 *   CACHE_MAP_VALUE            the type of a value, copied by memcpy (in C++ trivially copyable),
 *                              of any size but 0, and an alignment that divides it
 *   CACHE_MAP_KEY              the type of a key, passed by value: no array; a struct may hold one
 *   CACHE_MAP_KEY_OF(value)    the key in a value; `value` is a `const CACHE_MAP_VALUE *`. It is
 *                              converted to the type of a key; what is lost there is not compared
 *   CACHE_MAP_KEY_EQUAL(a, b)  default a == b
 *   CACHE_MAP_HASH(key, seed)  a uint64_t, equal for equal keys, uniform in its high half (set) and
 *                              low bits (tag). The halves may depend on each other: a good hash of
 *                              32 bits in both, as it is or changed, serves as well as one of 64.
 *                              Default cache_map_hash_64(key, seed), which takes keys of up to 64
 *                              bits; for keys that are structs see cache_map_hash_128 and
 *                              cache_map_hash_bytes; docs/hashing.md has more
 *   CACHE_MAP_WAYS             2, 4, 8 or 16 (default)
 *   CACHE_MAP_TAG_BITS         8 (default) or 16
 *   CACHE_MAP_CLOCK_BITS       1, 2 (default) or 4; with 1 a count cannot tell a used value from another,
 *                              and the policy is FIFO: docs/hit-ratio.md
 *   CACHE_MAP_POLICY           CACHE_MAP_POLICY_CLOCK (default) or CACHE_MAP_POLICY_CLOCK_CLASSIC
 *   CACHE_MAP_VALUE_GONE(value)  for values that own something: see below; none: nothing is called
 *   CACHE_MAP_DECLARE, CACHE_MAP_DEFINE   see above; neither: all functions are static inline
 *
 *   A key that is neither an integer nor an enum needs both macros. C compares no structs; == of
 *   pointers compares addresses, and not the texts there; NaN equals nothing. bool is an integer
 *   like the others, good for two keys. A class of C++ may have an == of its own instead.
 *     #define CACHE_MAP_KEY_EQUAL(a, b) ((a).x == (b).x && (a).y == (b).y)
 *     #define CACHE_MAP_HASH(key, seed) cache_map_hash_128((key).x, (key).y, (seed))
 *   Each of the three macros is expanded in a function of its own, on copies of its arguments, and
 *   sees no name but those of your program and those that begin with cache_map_. So it may use any
 *   name, and its arguments more than once. A macro of your program's that has a word of this
 *   library as its name may take arguments, or stand for another name; one that stands for a number
 *   (`#define count 10`) does not compile. A parameter that is missing, and what one cannot be, is
 *   an error that says so.
 *   A hash that is a function of yours and calls cache_map_hash_128: include this header once without
 *   CACHE_MAP_NAME, write the function, then define the parameters and include it again.
 *
 * VALUES THAT OWN SOMETHING
 *     #define CACHE_MAP_VALUE_GONE(value) free((value)->text)
 *   The expression is evaluated once for each value that was stored, when nothing can bring it back:
 *     upsert        of the value that it replaces        } in a scope not then: at persist those that the
 *     remove        of the value that it removes         } scope replaced or removed, at discard its new ones
 *     compact       of the values in the stash
 *     reset, deinit of all values; deinit in a scope also of those that a discard would bring back
 *   A value that is evicted is in the stash, and not gone; tombstones are no values.
 *   - `value` is a `CACHE_MAP_VALUE *` to the bytes of the value, within the call that ends it: they can be
 *     read, under AddressSanitizer too, and changed, which nobody sees. The pointer is not good later.
 *   - The expression must not call this map, and must return. Their order within one call is free.
 *   - A key must not lie in what a value owns: a removed key stays, as a tombstone, when its value is gone.
 *   - An upsert that fails has stored nothing: the value is still the caller's.
 *   - An upsert of a copy replaces the value by another that owns the same things, which are then given up
 *     under it. Duplicate them in the copy; or outside of a scope take them out of the old value first,
 *     through the pointer that get gave. An upsert of that pointer itself, upsert(map, get(map, key)), is of
 *     one value: it stays, and is not gone. All else that lies in the map is a copy.
 *   - A write through a pointer does not count as a new value: what it lets go of is yours to give up.
 *   Then persist is O(mutations in the scope), reset and deinit are O(slots + stash + mutations).
 *
 * FOR A WHOLE PROGRAM (defined before the first include, the same in all files)
 *   CACHE_MAP_ASSERT(condition)      default assert(condition), of assert.h
 *   CACHE_MAP_NO_DEFAULT_ALLOCATOR   no function that allocates is referenced, and the library does
 *                                    not include stdlib.h: init then needs an allocator (null is a
 *                                    failed CACHE_MAP_ASSERT, and OUT_OF_MEMORY without
 *                                    assertions). What is left of the C library is memcpy and
 *                                    memset: for freestanding builds, too
 *
 * OPTIONS AND STATUSES (cache_map_types.h, included by this header)
 *   struct cache_map_options     cache_value_count_max (0 or a multiple of the ways),
 *                                stash_value_count_max, scope_value_count_max, hash_seed
 *   enum cache_map_status        every outcome; cache_map_status_name(status) gives its word,
 *                                cache_map_status_failed(status) tells a refusal from a success
 *
 * CAVEATS
 *   - A pointer into the map is good until the next call that changes the map: any upsert, remove,
 *     scope_close, compact, reset, deinit. Inspection, lookups and demote keep it good.
 *   - You may write through such a pointer, but never the key, and never inside a scope: a discard
 *     does not undo what it did not see.
 *   - Keys from outside? Set `hash_seed` to a random number at start, or an attacker can choose
 *     keys of one set, and one set evicts into the stash at once. If the attacker can also measure
 *     time, use a keyed cryptographic hash (SipHash) as CACHE_MAP_HASH.
 *   - `get` writes (the clock). One map belongs to one thread at a time; distinct maps share nothing.
 *   - A null map, a map that is not initialised or a foreign pointer is a failed CACHE_MAP_ASSERT.
 *
 * The design is TigerBeetle's CacheMap (src/lsm/cache_map.zig of its repository), rethought for C:
 * docs/contract.md says where and why it differs. */
#ifndef CACHE_MAP_H
#define CACHE_MAP_H

/* After an #error the rest is skipped, so that it stays the only one. */
#if !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L)
#    error "cache_map.h needs C11: compile with -std=c11 or a later standard"
#    define CACHE_MAP_LANGUAGE_REFUSED
#elif defined(__cplusplus) && __cplusplus < 201703L && \
    !(defined(_MSVC_LANG) && _MSVC_LANG >= 201703L)
#    error "cache_map.h needs C++17: compile with -std=c++17 or a later standard"
#    define CACHE_MAP_LANGUAGE_REFUSED
#else
#    include "cache_map_core.h"
#    include "cache_map_hash.h"
#    include "cache_map_inspect.h"
#    include "cache_map_many.h"
#    include "cache_map_parameters.h"
#endif

#define CACHE_MAP_PASTE_EXPANDED(a, b) a##_##b
#define CACHE_MAP_PASTE(a, b)          CACHE_MAP_PASTE_EXPANDED(a, b)
/* Linkage of the typed functions where one file defines them for many. */
#ifdef __cplusplus
#    define CACHE_MAP_EXTERNAL extern "C"
#else
#    define CACHE_MAP_EXTERNAL extern
#endif

#endif

/* ---- The parameters. --------------------------------------------------------------------- */

#ifdef CACHE_MAP_NAME
#ifndef CACHE_MAP_VALUE
#    error "CACHE_MAP_VALUE is not defined: the type of a value of this CACHE_MAP_NAME"
#    define CACHE_MAP_REFUSED
#endif
#ifndef CACHE_MAP_KEY
#    error "CACHE_MAP_KEY is not defined: the type of a key of this CACHE_MAP_NAME"
#    define CACHE_MAP_REFUSED
#endif
#ifndef CACHE_MAP_KEY_OF
#    error "CACHE_MAP_KEY_OF is not defined: the key in a value of this CACHE_MAP_NAME"
#    define CACHE_MAP_REFUSED
#endif
#if defined(CACHE_MAP_DECLARE) && defined(CACHE_MAP_DEFINE)
#    error \
        "CACHE_MAP_DECLARE is for the files that use the map, CACHE_MAP_DEFINE for the one that has it"
#    define CACHE_MAP_REFUSED
#endif
#endif
#if !defined(CACHE_MAP_NAME) && \
    (defined(CACHE_MAP_VALUE) || defined(CACHE_MAP_KEY) || defined(CACHE_MAP_KEY_OF) || \
     defined(CACHE_MAP_KEY_EQUAL) || defined(CACHE_MAP_HASH) || defined(CACHE_MAP_WAYS) || \
     defined(CACHE_MAP_TAG_BITS) || defined(CACHE_MAP_CLOCK_BITS) || defined(CACHE_MAP_POLICY) || \
     defined(CACHE_MAP_VALUE_GONE) || defined(CACHE_MAP_DECLARE) || defined(CACHE_MAP_DEFINE))
#error "CACHE_MAP_NAME is not defined, but other parameters of a map are: see PARAMETERS above"
#endif

/* ---- The typed layer: one copy for each CACHE_MAP_NAME. cache_map_functions.h has the bodies. */
#if defined(CACHE_MAP_NAME) && !defined(CACHE_MAP_REFUSED) && !defined(CACHE_MAP_LANGUAGE_REFUSED)
CACHE_MAP_HEADER_BEGIN

#if defined(CACHE_MAP_DECLARE) || defined(CACHE_MAP_DEFINE)
#    define CACHE_MAP_LINKAGE CACHE_MAP_EXTERNAL
#else
#    define CACHE_MAP_LINKAGE static inline
#endif

#define CACHE_MAP_THIS          struct CACHE_MAP_NAME
#define CACHE_MAP_FUNCTION(end) CACHE_MAP_JOIN(CACHE_MAP_NAME, _##end)
#define CACHE_MAP_INTERNAL(end) CACHE_MAP_JOIN(CACHE_MAP_NAME, _cache_map_##end)
#include "cache_map_checks.h"

#ifndef CACHE_MAP_WAYS
#    define CACHE_MAP_WAYS 16
#endif
#ifndef CACHE_MAP_TAG_BITS
#    define CACHE_MAP_TAG_BITS 8
#endif
#ifndef CACHE_MAP_CLOCK_BITS
#    define CACHE_MAP_CLOCK_BITS 2
#endif
#ifndef CACHE_MAP_POLICY
#    define CACHE_MAP_POLICY CACHE_MAP_POLICY_CLOCK
#endif

CACHE_MAP_STATIC_ASSERT(CACHE_MAP_WAYS == 2 || CACHE_MAP_WAYS == 4 || CACHE_MAP_WAYS == 8 ||
                            CACHE_MAP_WAYS == 16,
                        "CACHE_MAP_WAYS is 2, 4, 8 or 16");
CACHE_MAP_STATIC_ASSERT(CACHE_MAP_TAG_BITS == 8 || CACHE_MAP_TAG_BITS == 16,
                        "CACHE_MAP_TAG_BITS is 8 or 16");
CACHE_MAP_STATIC_ASSERT(CACHE_MAP_CLOCK_BITS == 1 || CACHE_MAP_CLOCK_BITS == 2 ||
                            CACHE_MAP_CLOCK_BITS == 4,
                        "CACHE_MAP_CLOCK_BITS is 1, 2 or 4");

CACHE_MAP_STATIC_ASSERT((CACHE_MAP_POLICY) == CACHE_MAP_POLICY_CLOCK ||
                            (CACHE_MAP_POLICY) == CACHE_MAP_POLICY_CLOCK_CLASSIC,
                        "CACHE_MAP_POLICY is CACHE_MAP_POLICY_CLOCK or _CLOCK_CLASSIC");

/* One map of this type. Opaque: use the functions. Do not copy it while it is initialised. */
struct CACHE_MAP_NAME {
    struct cache_map base;
};

/* -- Life ---------------------------------------------------------------------------------- */

/* The bytes of memory that a map with these options takes, in *size: one block, aligned to
 * `memory_alignment` bytes. OK; OPTIONS_INVALID; SIZE_OVERFLOW when it does not fit a size_t (and
 * *size is untouched). O(1). */
CACHE_MAP_LINKAGE enum cache_map_status
    CACHE_MAP_FUNCTION(memory_size)(const struct cache_map_options *options, size_t *size);

/* The alignment, in bytes, of that block: that of the value, and at least 64. O(1). */
CACHE_MAP_LINKAGE size_t CACHE_MAP_FUNCTION(memory_alignment)(void);

/* Makes `map` (of any content) an empty map. `options` and `allocator` are copied; a null
 * `allocator` means the system's: aligned_alloc and free, or what it has instead (contract, section
 * 9). Asks for memory once. OK; OPTIONS_INVALID;
 * SIZE_OVERFLOW; OUT_OF_MEMORY: `map` is then untouched and needs no deinit. O(sets + stash
 * capacity): values are not touched. */
CACHE_MAP_LINKAGE enum cache_map_status
    CACHE_MAP_FUNCTION(init)(CACHE_MAP_THIS *map, const struct cache_map_options *options,
                             const struct cache_map_allocator *allocator);

/* As init, in `memory` of the caller's: `size` bytes, `memory_size` at least, aligned to
 * `memory_alignment`. It stays the caller's and must outlive the map. OUT_OF_MEMORY when `size`
 * is too small, whatever `memory` is; else a null or misaligned `memory` is a failed
 * CACHE_MAP_ASSERT. */
CACHE_MAP_LINKAGE enum cache_map_status
    CACHE_MAP_FUNCTION(init_in_memory)(CACHE_MAP_THIS *map, const struct cache_map_options *options,
                                       void *memory, size_t size);

/* Gives the memory back; an open scope is dropped with the map. Then `map` may be initialised
 * again. O(1) and one call of `deallocate`; with CACHE_MAP_VALUE_GONE O(slots + stash count). */
CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(deinit)(CACHE_MAP_THIS *map);

/* As fresh from init: no key, hands at 0, metrics at 0. OK; SCOPE_OPEN. O(sets + stash count); with
 * CACHE_MAP_VALUE_GONE O(slots + stash count). */
CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(reset)(CACHE_MAP_THIS *map);

/* -- Lookups: each counts as a use for the eviction policy and in the metrics -------------- */

/* FOUND, TOMBSTONE or ABSENT; *value points into the map when FOUND and is null otherwise. It is
 * good until the next change. O(1): two cache lines of metadata and one for each equal tag. */
CACHE_MAP_LINKAGE enum cache_map_status
    CACHE_MAP_FUNCTION(lookup)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key, CACHE_MAP_VALUE **value);

/* The value, or null when the key is a tombstone or absent: for callers that need not tell. Good
 * until the next change. O(1). */
CACHE_MAP_LINKAGE CACHE_MAP_VALUE *CACHE_MAP_FUNCTION(get)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key);

/* Whether the key has a value. O(1). */
CACHE_MAP_LINKAGE bool CACHE_MAP_FUNCTION(has)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key);

/* `key_count` gets in the order of `keys`, with the same answers and the same effects as one by
 * one: values[i] is what get(keys[i]) gives, null for none. Returns how many are not null. All of
 * them are good until the next change, for gets change nothing. `keys` and `values` do not
 * overlap; both may be null when `key_count` is 0. O(key_count): where the cache is larger than
 * the processor's, the misses of up to CACHE_MAP_BATCH_COUNT_MAX keys overlap. The idea is group
 * prefetching (Chen, Ailamaki, Gibbons and Mowry 2004). */
CACHE_MAP_LINKAGE size_t CACHE_MAP_FUNCTION(get_many)(CACHE_MAP_THIS *map,
                                                      const CACHE_MAP_KEY *keys, size_t key_count,
                                                      CACHE_MAP_VALUE **values);

/* A hint that the key will be looked up or written soon: starts to load its set's metadata, where
 * an upsert would wait for it. Some 100 ns of other work should lie between. Changes nothing, not
 * even the metrics. O(1), without a wait. */
CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(prefetch)(const CACHE_MAP_THIS *map, CACHE_MAP_KEY key);

/* A hint that the key will not be used soon: if it is in the cache, its count becomes 1, the next
 * to be evicted. Contents and metrics stay. O(1). */
CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(demote)(CACHE_MAP_THIS *map, CACHE_MAP_KEY key);

/* -- Mutations ----------------------------------------------------------------------------- */

/* Stores a copy of *value under its key. INSERTED, UPDATED or REVIVED (it was a tombstone);
 * STASH_FULL when it needs a stash slot and none is free; SCOPE_FULL when the scope has taken all
 * the mutations it can (STASH_FULL wins where both hold). `value` may point into the map. O(1),
 * plus at most ways x (2^clock_bits - 2) + 1 steps of the clock. */
CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(upsert)(CACHE_MAP_THIS *map,
                                                                   const CACHE_MAP_VALUE *value);

/* `value_count` upserts in the order of `values`, with the same answers and the same effects as
 * one by one: statuses[i] is what upsert(&values[i]) gives. One that fails has changed nothing,
 * and the next ones are tried. Returns how many succeeded. Unlike that of `upsert`, the argument
 * may not lie in the map, for an earlier upsert may move a later value: that is a failed
 * CACHE_MAP_ASSERT. `statuses` does not overlap `values`; both may be null when `value_count` is 0.
 * O(value_count), with misses that overlap as in get_many. */
CACHE_MAP_LINKAGE size_t CACHE_MAP_FUNCTION(upsert_many)(CACHE_MAP_THIS *map,
                                                         const CACHE_MAP_VALUE *values,
                                                         size_t value_count,
                                                         enum cache_map_status *statuses);

/* Removes the key and leaves a tombstone. REMOVED; ABSENT when it has no value (also when it is a
 * tombstone already); STASH_FULL; SCOPE_FULL. O(1). */
CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(remove)(CACHE_MAP_THIS *map,
                                                                   CACHE_MAP_KEY key);

/* -- Scopes and compact -------------------------------------------------------------------- */

/* From here on mutations are logged. OK; SCOPE_OPEN when one is open already. O(1). */
CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(scope_open)(CACHE_MAP_THIS *map);

/* Keeps (PERSIST, O(1); with CACHE_MAP_VALUE_GONE O(mutations in the scope)) or undoes (DISCARD,
 * O(mutations in the scope)) what the scope changed.
 * After a discard every lookup answers as before scope_open, and every value is where it was;
 * counts of the clock, hands and metrics may differ. OK; SCOPE_NOT_OPEN. Cannot fail otherwise. */
CACHE_MAP_LINKAGE enum cache_map_status
    CACHE_MAP_FUNCTION(scope_close)(CACHE_MAP_THIS *map, enum cache_map_scope_mode mode);

/* Forgets exactly the stash: values in the cache stay, values and tombstones in the stash become
 * absent. OK; SCOPE_OPEN. O(stash count). */
CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(compact)(CACHE_MAP_THIS *map);

/* -- A walk over all of it ----------------------------------------------------------------- */

/* The next key of a walk, and what the map has of it: FOUND with its value in *value; TOMBSTONE, where
 * of *value only the key has a meaning; ABSENT at the end, with null.
 *     struct cache_map_cursor cursor = {0, 0};
 *     while ((status = account_cache_each(&map, &cursor, &account)) != CACHE_MAP_ABSENT)
 * tells of each key once: first the cache by set and way, then the stash by entry number, an order that
 * is a function of the calls made. A walk does not count as a use of any key and changes nothing. Lookups
 * and inspection may come between two steps, and a scope may be open: then what it has changed so far is
 * told. A change between two steps ends the walk: to go on is safe, and may tell of a key twice or not at
 * all. *value is good until the next change. O(slots + stash count) for the whole walk. */
CACHE_MAP_LINKAGE enum cache_map_status CACHE_MAP_FUNCTION(each)(const CACHE_MAP_THIS *map,
                                                                 struct cache_map_cursor *cursor,
                                                                 CACHE_MAP_VALUE const **value);

/* -- Inspection: no effect on the state; pointers are good until the next change ----------- */

/* Counts, capacities and metrics. O(1). */
CACHE_MAP_LINKAGE struct cache_map_counts
    CACHE_MAP_FUNCTION(inspect_counts)(const CACHE_MAP_THIS *map);

/* One slot of the cache; set < set_count, way < ways. O(1). */
CACHE_MAP_LINKAGE struct cache_map_slot_view
    CACHE_MAP_FUNCTION(inspect_slot)(const CACHE_MAP_THIS *map, uint64_t set, uint32_t way);

/* The clock hand of a set: 0..ways-1. O(1). */
CACHE_MAP_LINKAGE uint32_t CACHE_MAP_FUNCTION(inspect_hand)(const CACHE_MAP_THIS *map,
                                                            uint64_t set);

/* A whole set: its hand and all of its slots, in *view. O(ways). */
CACHE_MAP_LINKAGE void CACHE_MAP_FUNCTION(inspect_set)(const CACHE_MAP_THIS *map, uint64_t set,
                                                       struct cache_map_set_view *view);

/* Entry number 0..stash_count-1 of the stash. Their order is a function of the calls made. O(1). */
CACHE_MAP_LINKAGE struct cache_map_entry_view
    CACHE_MAP_FUNCTION(inspect_entry)(const CACHE_MAP_THIS *map, uint32_t entry);

/* Record number 0..scope_count-1 of the scope log, oldest first. O(1). */
CACHE_MAP_LINKAGE struct cache_map_record_view
    CACHE_MAP_FUNCTION(inspect_record)(const CACHE_MAP_THIS *map, uint64_t index);

/* Where a key is. Unlike a lookup this does not count as a use of it. O(1). */
CACHE_MAP_LINKAGE struct cache_map_place_view
    CACHE_MAP_FUNCTION(inspect_place)(const CACHE_MAP_THIS *map, CACHE_MAP_KEY key);

/* Walks everything and returns the first invariant that does not hold, or
 * CACHE_MAP_INVARIANT_NONE. O(slots x ways + stash buckets + stash count x ways). */
CACHE_MAP_LINKAGE enum cache_map_invariant CACHE_MAP_FUNCTION(check)(const CACHE_MAP_THIS *map);

#ifndef CACHE_MAP_DECLARE
#    include "cache_map_functions.h"
#endif

CACHE_MAP_HEADER_END
#undef CACHE_MAP_THIS
#undef CACHE_MAP_FUNCTION
#undef CACHE_MAP_INTERNAL
#undef CACHE_MAP_LINKAGE
#endif

#undef CACHE_MAP_REFUSED
#ifdef CACHE_MAP_NAME
#undef CACHE_MAP_DECLARE
#undef CACHE_MAP_DEFINE
#undef CACHE_MAP_NAME
#undef CACHE_MAP_VALUE
#undef CACHE_MAP_KEY
#undef CACHE_MAP_KEY_OF
#undef CACHE_MAP_KEY_EQUAL
#undef CACHE_MAP_HASH
#undef CACHE_MAP_WAYS
#undef CACHE_MAP_TAG_BITS
#undef CACHE_MAP_CLOCK_BITS
#undef CACHE_MAP_POLICY
#undef CACHE_MAP_VALUE_GONE
#endif
