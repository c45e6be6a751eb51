/* SPDX-License-Identifier: Apache-2.0 */
/* What the body of main of a program that ./trace c prints is made of, for all who write lines of it: where
 * the stream stands, both models, and what the program turns out to need. Writes no line itself. */
#ifndef SUBJECT_PROGRAM_WRITING_H
#define SUBJECT_PROGRAM_WRITING_H

#include "model.h"
#include "passes.h"
#include "policy.h"
#include "program_parts.h"
#include "program_series.h"
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
    bool has_ranges; /* then keys are calls of key_of0, and what many have in common is a loop */
    uint32_t last_key;
    struct series series;
    bool key_is_named[KEY_COUNT_MAX];
    uint32_t named_keys[KEY_COUNT_MAX];
    unsigned named_key_count;
    struct instance instances[LAYOUT_COUNT_ALL], *instance;
    unsigned instance_count;
};

/* A line of main. */
#define LINE(program, ...) \
    (parts_print((program)->body, &(program)->instance->words, "    " __VA_ARGS__), \
     (void)fputc('\n', (program)->body))

/* The constant of the public header: CACHE_MAP_ and the outcome in capitals. Good until the next one. */
const char *program_status(enum outcome outcome);

/* The number of a value, as its bytes can say it. */
static inline uint64_t program_number(const struct program *program, uint64_t number) {
    return program->instance->kind->content_size < 4 ? number & UINT16_MAX : number;
}

/* The key is one of the named ones from here on, and the last one. */
void program_name_key(struct program *program, uint32_t key_id);

/* What the op answers; both models follow it. Compact forgets what the naive map has in its stash; the
 * model of a map that is made anew follows when what goes with the old one is written. */
struct result program_apply(struct program *program, struct op op);

#endif
