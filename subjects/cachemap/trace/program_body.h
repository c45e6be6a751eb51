/* SPDX-License-Identifier: Apache-2.0 */
/* The body of main of the program that ./trace c prints, and what it turns out to need: keys, layouts,
 * their types. Knows streams and both models, whose answers and state the body demands; not what stands
 * before main. */
#ifndef SUBJECT_PROGRAM_BODY_H
#define SUBJECT_PROGRAM_BODY_H

#include "model.h"
#include "passes.h"
#include "policy.h"
#include "program_parts.h"
#include "stand_alone.h"

/* The user's types of the layouts, by the size of their value: subjects/cachemap/subject_values.h. */
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
    struct model model; /* for values that are gone */
    uint32_t value_count;
    uint32_t batch_start, batch_end; /* the ops of the present call for many */
    bool notes_values; /* the stream has an `inspect`, after which freed slots must be poisoned */
    bool batches;
    bool key_is_named[KEY_COUNT_MAX];
    uint32_t named_keys[KEY_COUNT_MAX];
    unsigned named_key_count;
    struct instance instances[LAYOUT_COUNT_ALL], *instance;
    unsigned instance_count;
};

/* The whole body; `stream` and `options` are given, all else is 0. O(ops), and O(sets) for the state. */
void program_body(FILE *file, struct program *program);

#endif
