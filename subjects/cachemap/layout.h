/* SPDX-License-Identifier: Apache-2.0 */
/* What of a world the instances of the library are compiled with: their layouts, the ways to hash, the
 * largest counts. A header of its own, and a small one, because a change of it compiles all 48 instances
 * anew. Knows numbers, neither the library nor a stream. */
#ifndef HARNESS_LAYOUT_H
#define HARNESS_LAYOUT_H

/* Every layout that the library has: 4 ways x 2 tags x 3 clocks x 2 policies, each with a value of
 * a size, an alignment and a key of its own kind, so that all kinds meet all layouts in part. The
 * number of a layout says what it is; only the kind of its value has to be listed.
 *
 * LAYOUT(number, value kind) */
#define LAYOUT_WAYS(number)       (2 << ((number) / 12))
#define LAYOUT_TAG_BITS(number)   (8 << ((number) / 6 % 2))
#define LAYOUT_CLOCK_BITS(number) (1 << ((number) / 2 % 3))
#define LAYOUT_CLASSIC(number)    ((number) % 2)
/* Two fifths have values that own something, CACHE_MAP_VALUE_GONE: of all sizes, ways, tags, clocks and
 * policies. The others show that a map without it is what it was. */
#define LAYOUT_OWNS(number) ((number) % 5 % 3 == 0)
/* clang-format off */
#define LAYOUT_TABLE(LAYOUT) \
    LAYOUT(0, 16)   LAYOUT(1, 8)    LAYOUT(2, 8)    LAYOUT(3, 64)   LAYOUT(4, 3)    LAYOUT(5, 16) \
    LAYOUT(6, 20)   LAYOUT(7, 24)   LAYOUT(8, 24)   LAYOUT(9, 3)    LAYOUT(10, 16)  LAYOUT(11, 8) \
    LAYOUT(12, 8)   LAYOUT(13, 16)  LAYOUT(14, 16)  LAYOUT(15, 8)   LAYOUT(16, 24)  LAYOUT(17, 3) \
    LAYOUT(18, 3)   LAYOUT(19, 64)  LAYOUT(20, 8)   LAYOUT(21, 16)  LAYOUT(22, 16)  LAYOUT(23, 24) \
    LAYOUT(24, 24)  LAYOUT(25, 3)   LAYOUT(26, 16)  LAYOUT(27, 8)   LAYOUT(28, 8)   LAYOUT(29, 16) \
    LAYOUT(30, 64)  LAYOUT(31, 20)  LAYOUT(32, 3)   LAYOUT(33, 24)  LAYOUT(34, 8)   LAYOUT(35, 16) \
    LAYOUT(36, 16)  LAYOUT(37, 8)   LAYOUT(38, 128) LAYOUT(39, 16)  LAYOUT(40, 8)   LAYOUT(41, 24) \
    LAYOUT(42, 8)   LAYOUT(43, 16)  LAYOUT(44, 16)  LAYOUT(45, 1040) LAYOUT(46, 3)   LAYOUT(47, 8)
/* clang-format on */

enum { LAYOUT_COUNT = 48 };
#define LAYOUT_NARROW_SIZE 3 /* of the values whose key is one byte */

/* Behind them are instances that the fields of a layout do not say; FIELD_VALUE does (geometry.h). Their
 * numbers fit LAYOUT_OWNS. */
enum { LAYOUT_PAGE = LAYOUT_COUNT, LAYOUT_DEFAULT, LAYOUT_COUNT_ALL };
/* Values above 2^16 bytes, aligned to a page: the other sizes fit 16 bits. */
#define LAYOUT_PAGE_WAYS       4
#define LAYOUT_PAGE_TAG_BITS   8
#define LAYOUT_PAGE_CLOCK_BITS 2
#define LAYOUT_PAGE_SIZE       69632
/* What the library has where the program defines nothing but names, value and key. */
#define LAYOUT_DEFAULT_WAYS       16
#define LAYOUT_DEFAULT_TAG_BITS   8
#define LAYOUT_DEFAULT_CLOCK_BITS 2
#define LAYOUT_DEFAULT_SIZE       16

/* How keys hash; key.h has the functions. */
enum hash_mode {
    HASH_MIX,       /* the library's default hash, seed 0 */
    HASH_SEEDED,    /* the library's hash of bytes, with a seed */
    HASH_IDENTITY,  /* the key itself: sets and tags of small numbers */
    HASH_BUCKETS,   /* four hashes for all keys */
    HASH_COLLIDE,   /* one hash for all keys */
    HASH_SAME_SET,  /* first set, distinct tags */
    HASH_SAME_TAG,  /* sets of the good hash, one tag */
    HASH_SAME_HOME, /* every key at home in the last bucket of the stash's index */
    HASH_IN_A_ROW,  /* neighbours at home in neighbouring buckets, around the end of the index */
    HASH_MODE_COUNT
};

/* Ops that are one call at the most. The harness has the library's batch at 4 (subject_functions.h), so
 * that a call of a few keys crosses its ends; LAYOUT_DEFAULT has the library's own, and more keys than a byte
 * says. */
enum {
    KEY_COUNT_MAX = 70000,
    WAY_COUNT_MAX = 16,
    STREAM_BATCH_COUNT_MAX = 300,
    STREAM_BATCH_COUNT_SMALL = 16
};

/* Just above 2^16 of each: settle.c has what goes together. */
enum {
    SET_COUNT_MAX = 66000,
    STASH_COUNT_MAX = 66000,
    SCOPE_COUNT_MAX = 66000,
    VALUE_SIZE_SMALL_MAX = 1088, /* of the largest value of LAYOUT_TABLE, its alignment included */
    VALUE_SIZE_MAX = LAYOUT_PAGE_SIZE
};

#endif
