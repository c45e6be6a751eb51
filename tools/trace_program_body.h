/* SPDX-License-Identifier: Apache-2.0 */
/* The body of main of the program that ./trace c prints, and what it turns out to need: keys, layouts,
 * their types. Knows streams and both models, whose answers and state the body demands; not what stands
 * before main. */
#ifndef TOOLS_TRACE_PROGRAM_BODY_H
#define TOOLS_TRACE_PROGRAM_BODY_H

#include "input.h"
#include "model.h"
#include "policy.h"
#include "trace_program_parts.h"

/* What is wanted of the program. */
struct program_options {
    enum pass pass; /* of the stream's passes the one that the program repeats */
    /* Where the state is demanded as a whole: after this op; at the op count after the final lookups.
     * UINT32_MAX: after the last op and after the lookups. */
    uint32_t failing_op;
    const char *cause; /* the failure's signature for the head; null when nothing fails */
    /* For the commands in its head. */
    const char *name;    /* of the program's file; null: program.c, wherever it will be */
    const char *library; /* the folder of cache_map.h; null: src */
};

/* The user's types of the layouts, by the size of their value: harness/subject_values.h. */
struct value_kind {
    unsigned size;
    const char *key_type, *key_member;
    unsigned key_bits, content_size, alignment;
};

/* One layout that the program instantiates. */
struct instance {
    uint8_t layout;
    struct part_words words;
    const struct value_kind *kind;
    bool key_is_used[KEY_COUNT_MAX];
};

struct program {
    const struct stream *stream;
    const struct program_options *options;
    FILE *body;
    struct geometry geometry; /* of the map that is there now */
    uint8_t fill;
    enum subject_memory memory;
    struct policy policy;
    struct model model; /* for refused inits, and for values that are gone */
    uint32_t value_count;
    uint32_t batch_start, batch_end; /* the ops of the present call for many */
    bool notes_values; /* the stream has an `inspect`, after which freed slots must be poisoned */
    bool batches;
    bool key_is_named[KEY_COUNT_MAX];
    uint8_t named_keys[KEY_COUNT_MAX];
    unsigned named_key_count;
    struct instance instances[LAYOUT_COUNT], *instance;
    unsigned instance_count;
};

/* The whole body; `stream` and `options` are given, all else is 0. O(ops), and O(sets) for the state. */
void program_body(FILE *file, struct program *program);

#endif
