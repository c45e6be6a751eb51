/* SPDX-License-Identifier: Apache-2.0 */
/* The world a stream runs in: which instance of the library, how large, with which hash, how many
 * keys, and how thoroughly it is read. Knows numbers and words, neither the map nor the model. */
#ifndef HARNESS_GEOMETRY_H
#define HARNESS_GEOMETRY_H

#include "layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* The words of enum hash_mode, as above. */
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
    SET_COUNT_MAX = 64,
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
