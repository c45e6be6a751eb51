/* SPDX-License-Identifier: Apache-2.0 */
/* A value's number in words, for reports; alone, as an answer or in a place. Values count up from 1, so a
 * number that no op has stored is memory that nobody has written: then the words say what it is. Knows what
 * memory is filled with; judges nothing. */
#ifndef HARNESS_VALUE_WORDS_H
#define HARNESS_VALUE_WORDS_H

#include "environment_state.h"

/* Null for a number that an op has stored, or that one of the stream can have; else in a few words where it
 * comes from: "as filled before init", "as filled by the explorer", "all zero", "never stored". Static.
 * O(ops) for a number that is larger than those stored so far. */
const char *value_origin(const struct environment *environment, uint32_t value);

/* "value 7", or "value 1515870810 (the bytes that memory is filled with before init: nothing was stored
 * there)". One of four buffers that are used in turn. */
const char *value_words(const struct environment *environment, uint32_t value);

/* "value 7", as above, or the outcome's name: "absent". */
const char *result_words(const struct environment *environment, struct result result);

/* What a lookup of the key would answer that inspection sees there. */
struct result result_of_place(const struct place_state *state);

/* "value 3 in set 0 way 1", "tombstone in the stash", "absent". One of two buffers that are used in turn. */
const char *place_state_words(const struct environment *environment,
                              const struct place_state *state);

#endif
