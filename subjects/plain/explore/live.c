/* SPDX-License-Identifier: Apache-2.0 */
/* explorer/live.h for a subject of plain.h: a state is the bytes of the structure and of its model. An op
 * that stores (TRAIT_STORES) so makes states without end, for its numbers count up: then take --depth, or
 * write a live.c that has the numbers renamed (explorer/state.h). */
#include "live.h"
#include "state.h"

#include "plain.h"

#include <stdio.h>
#include <string.h>

/* All that a later op depends on. */
struct code {
    struct subject subject;
    struct model model;
    uint32_t value_count;
};
static_assert(sizeof(struct code) <= STATE_SIZE_MAX, "the structure and its model are one code");

static struct stream stream;
static const struct run_options options = {.layers = LAYERS_ALL, .at_end_only = true};

bool live_begin(const struct space *space) {
    stream.world = space->world;
    stream.op_count = 1;
    plain_begin(&stream);
    return true;
}

bool live_apply(struct op op) {
    stream.ops[0] = op;
    plain.view.op_index = 0;
    return plain_apply(op, &options);
}

bool live_audit(void) {
    return plain_check_inside();
}

bool live_end(void) {
    return true;
}

const struct run_view *live_view(void) {
    return &plain.view;
}

bool live_encode(const struct space *space, struct state *state, struct naming *naming) {
    static struct code code; /* bytes between members stay 0 */
    struct state_writer writer = state_begin(space, state, naming);
    code.subject = plain.subject;
    code.model = plain.model;
    code.value_count = plain.view.value_count;
    for (size_t at = 0; at < sizeof code; at += 1)
        state_put(&writer, ((const unsigned char *)&code)[at]);
    state_end(&writer);
    return true;
}

void live_decode(const struct space *space, const struct state *state) {
    struct code code;
    (void)space;
    memcpy(&code, state->bytes, sizeof code);
    plain.subject = code.subject;
    plain.model = code.model;
    plain.view.value_count = code.value_count;
}

bool live_fits(const struct world *world, char *limits, size_t size) {
    (void)world;
    (void)snprintf(limits, size, "%s", "");
    return true;
}

bool live_keys_alike(const struct world *world, unsigned a, unsigned b) {
    (void)world;
    (void)a;
    (void)b;
    return false;
}

/* There is none. */
int32_t live_variable(enum variable variable, struct op op) {
    (void)variable;
    (void)op;
    return 0;
}

void live_words(char *words, size_t size) {
    static struct picture picture;
    picture_take(&plain.view, &picture);
    (void)snprintf(words, size, "%s", picture.line_count == 0 ? "" : picture.lines[0]);
}
