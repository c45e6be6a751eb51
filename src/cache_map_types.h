/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of a cache map shares: the status codes, the options, the allocator hook, the
 * layout of one instantiation, and the few macros that hide a compiler.
 *
 * Ground floor: knows no other header of the library, no user type and nothing of fuzzing. */
#ifndef CACHE_MAP_TYPES_H
#define CACHE_MAP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The version of the library, by semantic versioning (semver.org): a program that compiles with
 * MAJOR.MINOR compiles with each later MINOR of the same MAJOR. CHANGELOG.md says what has changed. */
#define CACHE_MAP_VERSION_MAJOR  1
#define CACHE_MAP_VERSION_MINOR  0
#define CACHE_MAP_VERSION_PATCH  0
#define CACHE_MAP_VERSION_STRING "1.0.0"
/* For #if: 1.2.3 is 10203. */
#define CACHE_MAP_VERSION_NUMBER \
    (CACHE_MAP_VERSION_MAJOR * 10000 + CACHE_MAP_VERSION_MINOR * 100 + CACHE_MAP_VERSION_PATCH)

/* Redefine CACHE_MAP_ASSERT before the first include to route failed assertions elsewhere. An
 * assertion guards against misuse that C cannot report (a null map, a foreign pointer) and against
 * a broken invariant of the library itself; it never stands for a status that a caller handles.
 * It is expanded among the names of the library: a variable in it has a prefix of yours. */
#ifndef CACHE_MAP_ASSERT
#    include <assert.h>
#    define CACHE_MAP_ASSERT(condition) assert(condition)
#endif

/* A program may be compiled with warnings that this text cannot heed: they are off between these
 * two. A local here may have the name of a global of the program's, which it does not mean; no text
 * that is C too has the casts of C++. clang has no warning for a useless cast. */
#if defined(__cplusplus) && defined(__clang__)
#    define CACHE_MAP_HEADER_BEGIN \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"") \
            _Pragma("GCC diagnostic ignored \"-Wold-style-cast\"") \
                _Pragma("GCC diagnostic ignored \"-Wzero-as-null-pointer-constant\"")
#    define CACHE_MAP_HEADER_END _Pragma("GCC diagnostic pop")
#elif defined(__cplusplus) && defined(__GNUC__)
#    define CACHE_MAP_HEADER_BEGIN \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"") \
            _Pragma("GCC diagnostic ignored \"-Wold-style-cast\"") \
                _Pragma("GCC diagnostic ignored \"-Wuseless-cast\"") \
                    _Pragma("GCC diagnostic ignored \"-Wzero-as-null-pointer-constant\"")
#    define CACHE_MAP_HEADER_END _Pragma("GCC diagnostic pop")
#elif defined(__GNUC__)
#    define CACHE_MAP_HEADER_BEGIN \
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")
#    define CACHE_MAP_HEADER_END _Pragma("GCC diagnostic pop")
#else
#    define CACHE_MAP_HEADER_BEGIN
#    define CACHE_MAP_HEADER_END
#endif

/* The bodies of the library take their layout as constants. Only inlining makes the compiler fold
 * them away, so it is forced. A build that wants one shared copy of each body instead (sanitizers,
 * coverage, many instances in one program) defines CACHE_MAP_INLINE as `static inline`. */
#ifndef CACHE_MAP_INLINE
#    if defined(__GNUC__)
#        define CACHE_MAP_INLINE static inline __attribute__((always_inline))
#    else
#        define CACHE_MAP_INLINE static inline
#    endif
#endif

/* For the rare path of a call: it is not inlined, which keeps the loop of a caller short. */
#if defined(__GNUC__)
#    define CACHE_MAP_NOINLINE __attribute__((noinline))
#else
#    define CACHE_MAP_NOINLINE
#endif

/* Under AddressSanitizer the bytes of every free slot are poisoned: a read through a pointer whose
 * value has left its slot is then reported, unless another value has taken the slot since. */
#if defined(__SANITIZE_ADDRESS__)
#    define CACHE_MAP_ASAN 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define CACHE_MAP_ASAN 1
#    endif
#endif
#if defined(CACHE_MAP_ASAN)
#    include <sanitizer/asan_interface.h>
#    define CACHE_MAP_POISON(pointer, size)   __asan_poison_memory_region((pointer), (size))
#    define CACHE_MAP_UNPOISON(pointer, size) __asan_unpoison_memory_region((pointer), (size))
#else
#    define CACHE_MAP_POISON(pointer, size)   ((void)(pointer), (void)(size))
#    define CACHE_MAP_UNPOISON(pointer, size) ((void)(pointer), (void)(size))
#endif

CACHE_MAP_HEADER_BEGIN

/* Every outcome of every call: first the successes, last the failures. ABSENT stands between them, for it
 * is both: an answer of a lookup and of a walk, and the failure of a remove. A call that fails has changed
 * nothing. `cache_map_status_failed` is true for ABSENT and for what follows it. */
enum cache_map_status {
    CACHE_MAP_OK = 0,    /* done */
    CACHE_MAP_INSERTED,  /* upsert: the key was absent */
    CACHE_MAP_UPDATED,   /* upsert: the key had a value */
    CACHE_MAP_REVIVED,   /* upsert: the key was a tombstone */
    CACHE_MAP_REMOVED,   /* remove: the key had a value and is a tombstone now */
    CACHE_MAP_FOUND,     /* lookup: the key has a value */
    CACHE_MAP_TOMBSTONE, /* lookup: the key was removed; do not look below */

    CACHE_MAP_ABSENT, /* lookup: not here, look below; each: the end; remove: nothing to remove */

    CACHE_MAP_STASH_FULL,      /* mutation: it needs a stash slot and none is free; compact first */
    CACHE_MAP_SCOPE_FULL,      /* mutation: the scope has taken all that it can */
    CACHE_MAP_SCOPE_OPEN,      /* scope_open, compact, reset: a scope is open */
    CACHE_MAP_SCOPE_NOT_OPEN,  /* scope_close: no scope is open */
    CACHE_MAP_OPTIONS_INVALID, /* init, memory_size: see struct cache_map_options */
    CACHE_MAP_SIZE_OVERFLOW,   /* init, memory_size: the memory does not fit a size_t */
    CACHE_MAP_OUT_OF_MEMORY,   /* init: the allocator has none, or what was supplied is too small */

    CACHE_MAP_STATUS_COUNT /* no status: their number */
};

/* The status in words ("stash_full"), for messages and logs. Never null; "unknown" for a number
 * that is no status. The string is static. */
static inline const char *cache_map_status_name(enum cache_map_status status) {
    switch (status) {
    case CACHE_MAP_OK: return "ok";
    case CACHE_MAP_INSERTED: return "inserted";
    case CACHE_MAP_UPDATED: return "updated";
    case CACHE_MAP_REVIVED: return "revived";
    case CACHE_MAP_REMOVED: return "removed";
    case CACHE_MAP_FOUND: return "found";
    case CACHE_MAP_TOMBSTONE: return "tombstone";
    case CACHE_MAP_ABSENT: return "absent";
    case CACHE_MAP_STASH_FULL: return "stash_full";
    case CACHE_MAP_SCOPE_FULL: return "scope_full";
    case CACHE_MAP_SCOPE_OPEN: return "scope_open";
    case CACHE_MAP_SCOPE_NOT_OPEN: return "scope_not_open";
    case CACHE_MAP_OPTIONS_INVALID: return "options_invalid";
    case CACHE_MAP_SIZE_OVERFLOW: return "size_overflow";
    case CACHE_MAP_OUT_OF_MEMORY: return "out_of_memory";
    case CACHE_MAP_STATUS_COUNT:
    default: break;
    }
    return "unknown";
}

/* True for a status by which a mutation, a scope call, compact, reset or init says that it did
 * nothing. For `lookup` all three of found, tombstone and absent are answers, not failures. */
static inline bool cache_map_status_failed(enum cache_map_status status) {
    return status >= CACHE_MAP_ABSENT;
}

/* What scope_close does with the changes of the scope. */
enum cache_map_scope_mode {
    CACHE_MAP_SCOPE_PERSIST = 0, /* keeps them */
    CACHE_MAP_SCOPE_DISCARD = 1  /* undoes them */
};

/* The eviction policy of an instantiation; docs/contract.md section 5 defines both to the bit. */
enum cache_map_policy {
    CACHE_MAP_POLICY_CLOCK = 0,
    CACHE_MAP_POLICY_CLOCK_CLASSIC = 1 /* as TigerBeetle's SetAssociativeCache decides */
};

/* Where a key is: what inspection answers, and what a scope record remembers. */
enum cache_map_place {
    CACHE_MAP_PLACE_ABSENT = 0,
    CACHE_MAP_PLACE_CACHE,
    CACHE_MAP_PLACE_STASH_VALUE,
    CACHE_MAP_PLACE_STASH_TOMBSTONE
};

/* The most entries that a stash may be made for: 2^30. Its index counts in 32 bits. */
#define CACHE_MAP_STASH_VALUE_COUNT_LIMIT ((uint64_t)1 << 30)

/* Chosen at init, fixed until deinit. */
struct cache_map_options {
    uint64_t cache_value_count_max; /* 0 (no cache) or a multiple of the layout's ways */
    uint64_t stash_value_count_max; /* 1 .. CACHE_MAP_STASH_VALUE_COUNT_LIMIT */
    uint64_t scope_value_count_max; /* 0 ..; mutations that one scope can take */
    uint64_t hash_seed;             /* 0: the documented default; random where keys are hostile */
};

/* Called by init once and by deinit once; no other call allocates. `allocate` returns null when it
 * has no memory. `deallocate` gets the size and alignment that `allocate` was asked for. */
struct cache_map_allocator {
    void *context;
    void *(*allocate)(void *context, size_t size, size_t alignment);
    void (*deallocate)(void *context, void *memory, size_t size, size_t alignment);
};

/* Of the cache, not of the stash: a get that the stash answers is a miss here. Without a cache both
 * stay 0. Since init or reset. */
struct cache_map_metrics {
    uint64_t hits;
    uint64_t misses;
};

/* Where a walk over a map is. The caller holds it; all 0, it stands before the first step. */
struct cache_map_cursor {
    uint64_t slot;  /* of the cache: the next to be looked at */
    uint32_t entry; /* of the stash, behind the cache: the next to be told of */
};

/* The seed of a map's hash, with the words that the default hash makes of it: once a map, and not once a
 * key. */
struct cache_map_seed {
    uint64_t value;
    uint64_t words[4];
};

/* All that one instantiation fixes at compile time. The template makes one constant of it. */
struct cache_map_layout {
    uint32_t ways;       /* 2, 4, 8, 16 */
    uint32_t tag_bits;   /* 8, 16 */
    uint32_t clock_bits; /* 1, 2, 4 */
    enum cache_map_policy policy;
    size_t value_size;      /* bytes */
    size_t value_alignment; /* bytes, a power of two */
    /* Both read the key inside `value`; `key` points to a key of the user's type. */
    bool (*value_has_key)(const void *value, const void *key);
    uint64_t (*value_hash)(const void *value, const struct cache_map_seed *seed);
    /* Null, or called for each value that was stored, once, when nothing can bring it back. */
    void (*value_gone)(void *value);
};

CACHE_MAP_HEADER_END

#endif
