/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants as data, and one trap for each. */
#include "verdict.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    bool is_inside;
} layers[LAYER_COUNT] = {{"none", false},
#define LAYER_ROW(name, word, is_inside) {word, is_inside},
                         LAYER_TABLE(LAYER_ROW)
#undef LAYER_ROW
};

const char *layer_name(enum layer layer) {
    assert(layer < LAYER_COUNT);
    return layers[layer].name;
}

const char *layer_names(void) {
    static char names[128];
    size_t size = 0;
    for (unsigned layer = LAYER_NONE + 1; layer < LAYER_COUNT; layer += 1)
        size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", size == 0 ? "" : ", ",
                                 layer_name((enum layer)layer));
    assert(size < sizeof names);
    return names;
}

bool layers_remove(uint32_t *bits, const char *name) {
    for (unsigned layer = LAYER_NONE + 1; layer < LAYER_COUNT; layer += 1)
        if (strcmp(name, layer_name((enum layer)layer)) == 0) {
            *bits &= ~(UINT32_C(1) << layer);
            return true;
        }
    return false;
}

const char *pass_name(enum pass pass) {
    static const char *const names[PASS_COUNT] = {
#define PASS_ROW(name, words, ...) words,
        PASS_TABLE(PASS_ROW)
#undef PASS_ROW
    };
    assert(pass < PASS_COUNT);
    return names[pass];
}

struct invariant_description {
    enum layer layer;
    const char *function, *meaning;
};

static const struct invariant_description descriptions[INVARIANT_COUNT] = {
    {LAYER_NONE, "none", "every invariant held"},
#define INVARIANT_ROW(name, layer, function, expression, meaning) {layer, #function, meaning},
    INVARIANT_TABLE(INVARIANT_ROW)
#undef INVARIANT_ROW
};

enum layer invariant_layer(enum invariant invariant) {
    assert(invariant < INVARIANT_COUNT);
    return descriptions[invariant].layer;
}

bool invariant_is_inside(enum invariant invariant) {
    return invariant != INVARIANT_OF_ANSWER && layers[invariant_layer(invariant)].is_inside;
}

void verdict_place(const struct verdict *verdict, char *place, size_t size) {
    const char *folder =
        verdict->invariant == INVARIANT_ASSERTION ? SUBJECT_LIBRARY_FOLDER "/" : SUBJECT_FOLDER "/";
    (void)snprintf(place, size, "%s%s:%d", strchr(verdict->file, '/') != NULL ? "" : folder,
                   verdict->file, verdict->line);
}

const char *invariant_function(enum invariant invariant) {
    assert(invariant < INVARIANT_COUNT);
    return descriptions[invariant].function;
}

const char *invariant_meaning(enum invariant invariant) {
    assert(invariant < INVARIANT_COUNT);
    return descriptions[invariant].meaning;
}

/* One function an invariant: its name is in the stack and in the line. They write their own number
 * to a volatile, or the linker would fold functions that are alike into one. */
static volatile int trapped_invariant;

static void verdict_print_assertion(const struct verdict *verdict, const char *function,
                                    const char *expression) {
    fprintf(stderr, "%s:%d: %s: Assertion '%s' failed.\n", verdict->file, verdict->line,
            verdict->function != NULL ? verdict->function : function,
            verdict->expression != NULL ? verdict->expression : expression);
}

#define INVARIANT_TRAP(name, layer, function, expression, meaning) \
    _Noreturn static void __attribute__((noinline)) function(const struct verdict *verdict) { \
        trapped_invariant = INVARIANT_##name; \
        verdict_print_assertion(verdict, __func__, expression); \
        __builtin_trap(); \
    }
INVARIANT_TABLE(INVARIANT_TRAP)
#undef INVARIANT_TRAP

_Noreturn void verdict_trap(const struct verdict *verdict) {
    (void)fflush(stdout);
    switch (verdict->invariant) {
#define INVARIANT_CASE(name, layer, function, expression, meaning) \
    case INVARIANT_##name: function(verdict);
        INVARIANT_TABLE(INVARIANT_CASE)
#undef INVARIANT_CASE
    case INVARIANT_NONE:
    case INVARIANT_COUNT: break;
    }
    assert(false && "a verdict that agrees has no trap");
    __builtin_trap();
}
