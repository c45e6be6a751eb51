/* The world a stream runs in: which instance of the library, how large, with which hash, how many
 * keys, and how thoroughly it is read. Knows numbers and words, neither the map nor the model. */
#ifndef HARNESS_GEOMETRY_H
#define HARNESS_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
    LAYOUT(6, 8)    LAYOUT(7, 24)   LAYOUT(8, 24)   LAYOUT(9, 3)    LAYOUT(10, 16)  LAYOUT(11, 8) \
    LAYOUT(12, 8)   LAYOUT(13, 16)  LAYOUT(14, 16)  LAYOUT(15, 8)   LAYOUT(16, 24)  LAYOUT(17, 3) \
    LAYOUT(18, 3)   LAYOUT(19, 64)  LAYOUT(20, 8)   LAYOUT(21, 16)  LAYOUT(22, 16)  LAYOUT(23, 24) \
    LAYOUT(24, 24)  LAYOUT(25, 3)   LAYOUT(26, 16)  LAYOUT(27, 8)   LAYOUT(28, 8)   LAYOUT(29, 16) \
    LAYOUT(30, 64)  LAYOUT(31, 8)   LAYOUT(32, 3)   LAYOUT(33, 24)  LAYOUT(34, 8)   LAYOUT(35, 16) \
    LAYOUT(36, 16)  LAYOUT(37, 8)   LAYOUT(38, 128) LAYOUT(39, 16)  LAYOUT(40, 8)   LAYOUT(41, 24) \
    LAYOUT(42, 8)   LAYOUT(43, 16)  LAYOUT(44, 16)  LAYOUT(45, 1040) LAYOUT(46, 3)   LAYOUT(47, 8)
/* clang-format on */

enum { LAYOUT_COUNT = 48 };

/* The policies under the harness's own names: the naive model must not share the library's. */
enum layout_policy { LAYOUT_POLICY_CLOCK, LAYOUT_POLICY_CLOCK_CLASSIC };

struct layout_description {
    uint8_t ways;
    uint8_t tag_bits;
    uint8_t clock_bits;
    uint8_t policy; /* enum layout_policy */
    uint16_t value_size;
};

/* `layout` is below LAYOUT_COUNT. The description is static. */
const struct layout_description *layout_describe(unsigned layout);
/* The layout with these parameters, or -1. */
int layout_find(unsigned ways, unsigned tag_bits, unsigned clock_bits, unsigned policy);

/* The words of an enum in text, by number: below its count. Static. */
const char *layout_policy_name(unsigned policy);

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
    HASH_MODE_COUNT
};
const char *hash_mode_name(unsigned mode);

/* What is read after each op, beside the comparison of outcomes. Reading by lookup saturates the
 * clock's counts, and not reading misses what only a lookup shows: streams of both kinds are
 * needed. */
enum read_mode {
    READ_INSPECT, /* the op's key, by inspection */
    READ_ALL,     /* every key, by lookup */
    READ_OWN,     /* the op's key, by lookup */
    READ_END,     /* nothing before the end */
    READ_MODE_COUNT
};
const char *read_mode_name(unsigned mode);

/* Which passes a stream makes beside "with the cache" and "without it". */
enum run_mode {
    RUN_PLAIN,
    RUN_TWICE,    /* again on memory filled differently: the same digest */
    RUN_ACROSS,   /* again with another layout: outcomes that the contract fixes agree */
    RUN_THOROUGH, /* both */
    RUN_MODE_COUNT
};
const char *run_mode_name(unsigned mode);

enum {
    KEY_COUNT_MAX = 256,
    SET_COUNT_MAX = 64,
    WAY_COUNT_MAX = 16,
    STASH_COUNT_MAX = 256,
    SCOPE_COUNT_MAX = 256,
    VALUE_SIZE_MAX = 1088 /* sizeof of the largest value, its alignment included */
};

struct geometry {
    uint8_t layout;
    uint8_t hash;       /* enum hash_mode */
    uint8_t read;       /* enum read_mode */
    uint8_t run;        /* enum run_mode */
    uint16_t set_count; /* 0: no cache */
    uint16_t stash_count_max;
    uint16_t scope_count_max;
    uint16_t key_count;
};

/* A field of the geometry as the codec sees it: a table of the numbers that bytes can say. A small
 * number may stand more than once: that is its weight for random bytes. */
struct number_table {
    const uint16_t *numbers;
    uint8_t count;
};
struct number_table geometry_set_counts(void);
struct number_table geometry_stash_counts(void);
struct number_table geometry_scope_counts(void);
struct number_table geometry_key_counts(void);

/* The first index of `number` in the table, or -1. */
int number_table_find(struct number_table table, unsigned number);

#endif
