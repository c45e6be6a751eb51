/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind value_words.h. */
#include "value_words.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_COUNT = 4, WORDS_SIZE = 120 };

static const char filled[] = "as filled before init", stale[] = "as filled by the explorer",
                  zero[] = "all zero", never[] = "never stored";

/* The number of the last value that the stream stores; the explorer's stream goes on. */
static uint32_t last_value(const struct environment *environment) {
    const struct stream *stream = environment->view.stream;
    uint32_t count = 0;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (op_is(stream->ops[i], TRAIT_STORES))
            count += op_element_count(stream->ops[i]);
    return count > environment->view.value_count ? count : environment->view.value_count;
}

const char *value_origin(const struct environment *environment, uint32_t value) {
    const unsigned size = layout_describe(environment->geometry.layout)->value_size;
    /* The content of the smallest values is 2 bytes. */
    const unsigned byte_count = size == 3 ? 2 : 4;
    if (value >= 1 && (value <= environment->view.value_count || value <= last_value(environment)))
        return NULL;
    if (subject_is_fill(&environment->subject, value, byte_count))
        return filled;
    if (value == SUBJECT_STALE_VALUE)
        return stale;
    return value == 0 ? zero : never;
}

const char *value_words(const struct environment *environment, uint32_t value) {
    static char buffers[WORDS_COUNT][WORDS_SIZE];
    static unsigned next;
    const char *origin = value_origin(environment, value);
    char *buffer = buffers[next++ % WORDS_COUNT];
    if (origin == filled)
        (void)snprintf(buffer, WORDS_SIZE,
                       "value %u (" SUBJECT_FILL_WORDS ": nothing was stored there)",
                       (unsigned)value);
    else
        (void)snprintf(buffer, WORDS_SIZE, "value %u%s%s%s", (unsigned)value,
                       origin == NULL ? "" : " (", origin == NULL ? "" : origin,
                       origin == NULL ? "" : ")");
    return buffer;
}

const char *result_words(const struct environment *environment, struct result result) {
    return result.outcome == OUTCOME_FOUND ? value_words(environment, result.value)
                                           : outcome_name(result.outcome);
}

struct result result_of_place(const struct place_state *state) {
    const struct result found = {OUTCOME_FOUND, state->content.value};
    switch (state->place) {
    case PLACE_CACHE:
    case PLACE_STASH_VALUE: return found;
    case PLACE_STASH_TOMBSTONE: return result_of(OUTCOME_TOMBSTONE);
    case PLACE_ABSENT: break;
    }
    return result_of(OUTCOME_ABSENT);
}

const char *place_state_words(const struct environment *environment,
                              const struct place_state *state) {
    static char buffers[2][160];
    static unsigned next;
    char *buffer = buffers[next++ % 2];
    const char *result = result_words(environment, result_of_place(state));
    if (state->place == PLACE_CACHE)
        (void)snprintf(buffer, sizeof buffers[0], "%s in set %u way %u", result,
                       (unsigned)state->set, state->way);
    else
        (void)snprintf(buffer, sizeof buffers[0], "%s%s", result,
                       state->place == PLACE_ABSENT ? "" : " in the stash");
    return buffer;
}
