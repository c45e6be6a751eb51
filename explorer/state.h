/* SPDX-License-Identifier: Apache-2.0 */
/* A state of a world as a short string of bytes: subject and models, up to what no op can tell apart. Two
 * states have equal codes exactly when they are equal up to
 *
 *   - the numbers of values: an op stores a number that was never there, and nothing compares two
 *     numbers but for equality, so that they are renamed by first appearance in the code;
 *   - keys of one class (space.h), renamed in the same way;
 *   - what the subject leaves out (live_encode) because it has no meaning.
 *
 * All else is in it, also what a subject that is right would repeat: what its models remember. A code is all
 * that is kept of a state, and can be made a live subject with its models again. (SPIN does so with the
 * states of Promela; CMC, Musuvathi et al. 2002, with those of C programs.)
 *
 * With the functions here a subject writes codes and reads them. They know keys, values and bytes. Bodies are
 * in the header because an edge calls them a hundred times. */
#ifndef EXPLORER_STATE_H
#define EXPLORER_STATE_H

#include "space.h"
#include "stream.h"

enum { STATE_SIZE_MAX = 1024 };

struct state {
    uint16_t size;
    uint8_t bytes[STATE_SIZE_MAX];
};

/* Under which name a key stands in a code, and back. */
struct naming {
    uint8_t name_of_key[SPACE_KEY_COUNT_MAX];
    uint8_t key_of_name[SPACE_KEY_COUNT_MAX];
};
enum { NAMING_NONE = UINT8_MAX };

/* Whether each key stands under its own name. */
bool naming_is_plain(const struct naming *naming, const struct space *space);

bool state_equal(const struct state *a, const struct state *b);

/* A hash of the code, from all of its bytes. */
uint64_t state_hash(const struct state *state);

/* ---- Writing. ---------------------------------------------------------------------------- */

struct state_writer {
    const struct space *space;
    struct state *state;
    struct naming *naming;
    uint32_t rank_count;
};

/* Rank of each value's number that has appeared; all 0 between codes. A number is at most that of the
 * ops of a stream. */
extern uint8_t state_ranks[STREAM_OP_COUNT_MAX + 1];
extern uint32_t state_ranked[UINT8_MAX];

/* An empty code; one at a time. */
struct state_writer state_begin(const struct space *space, struct state *state,
                                struct naming *naming);

/* At most UINT8_MAX. */
static inline void state_put(struct state_writer *writer, unsigned number) {
    assert(number <= UINT8_MAX && writer->state->size < STATE_SIZE_MAX);
    writer->state->bytes[writer->state->size] = (uint8_t)number;
    writer->state->size += 1;
}

/* The number of a value that an op has stored. */
static inline void state_put_value(struct state_writer *writer, uint32_t value) {
    /* Only a broken subject has such a number; its state is not kept. */
    if (value > STREAM_OP_COUNT_MAX)
        value = 0;
    if (state_ranks[value] == 0) {
        assert(writer->rank_count < UINT8_MAX);
        state_ranked[writer->rank_count] = value;
        writer->rank_count += 1;
        state_ranks[value] = (uint8_t)writer->rank_count;
    }
    state_put(writer, state_ranks[value]);
}

/* The name of a key of the world, to be put. The first key of a class that appears is named by the smallest
 * of the class, and so on. */
static inline unsigned state_name_key(struct state_writer *writer, unsigned key) {
    struct naming *naming = writer->naming;
    unsigned name = naming->name_of_key[key];
    if (name != NAMING_NONE)
        return name;
    name = writer->space->class_of_key[key];
    while (naming->key_of_name[name] != NAMING_NONE ||
           writer->space->class_of_key[name] != writer->space->class_of_key[key])
        name += 1;
    naming->name_of_key[key] = (uint8_t)name;
    naming->key_of_name[name] = (uint8_t)key;
    return name;
}

/* Names the keys that have not appeared. */
void state_end(struct state_writer *writer);

/* ---- Reading, in the order of writing. --------------------------------------------------- */

struct state_reader {
    const struct state *state;
    uint32_t at;
    uint32_t value_max; /* of the values so far */
};

static inline uint8_t state_take(struct state_reader *reader) {
    assert(reader->at < reader->state->size);
    reader->at += 1;
    return reader->state->bytes[reader->at - 1];
}

static inline uint32_t state_take_value(struct state_reader *reader) {
    const uint32_t value = state_take(reader);
    if (value > reader->value_max)
        reader->value_max = value;
    return value;
}

#endif
