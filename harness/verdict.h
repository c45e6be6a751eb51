/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict on a run: all invariants held, or the first that did not, at which op, and what was
 * expected. In tools a verdict is a value; in a fuzz target it becomes a trap of its own. */
#ifndef HARNESS_VERDICT_H
#define HARNESS_VERDICT_H

#include "op.h"

/* The oracle's layers, in the order of docs/oracle.md. Each can be switched off, to show that the
 * others do not find its bugs. */
enum layer {
    LAYER_NONE,
#define LAYER_ENUM(name, ...) LAYER_##name,
    LAYER_TABLE(LAYER_ENUM)
#undef LAYER_ENUM
        LAYER_COUNT
};
#define LAYERS_ALL (((1u << LAYER_COUNT) - 1) & ~1u)
const char *layer_name(enum layer layer);
/* The names of all layers, "outcome, placement, ...", for a message. Static. */
const char *layer_names(void);
/* Takes the layer of this name out of `bits` (bits of enum layer); false if there is none. */
bool layers_remove(uint32_t *bits, const char *name);

enum invariant {
    INVARIANT_NONE = 0,
#define INVARIANT_ENUM(name, ...) INVARIANT_##name,
    INVARIANT_TABLE(INVARIANT_ENUM)
#undef INVARIANT_ENUM
        INVARIANT_COUNT
};

/* The pass of a run in which it happened. */
enum pass {
#define PASS_ENUM(name, ...) PASS_##name,
    PASS_TABLE(PASS_ENUM)
#undef PASS_ENUM
        PASS_COUNT
};
/* The one that each run makes. */
#define PASS_FIRST ((enum pass)0)
const char *pass_name(enum pass pass);

enum { VERDICT_DETAIL_SIZE = 400 };

struct verdict {
    enum invariant invariant; /* INVARIANT_NONE: the run agrees */
    enum pass pass;
    uint32_t op_index; /* the stream's op count: at the end, in the final verification */
    bool at_init;      /* before the first op: the subject that the stream starts with */
    struct result expected, actual; /* NONE where the finding is not about an outcome */
    /* Where it was found: of the harness; of the library for INVARIANT_ASSERTION, whose function
     * and expression are there too (null otherwise: the invariant's own are meant). */
    const char *file, *function, *expression;
    int line;
    char detail[VERDICT_DETAIL_SIZE]; /* the finding in a sentence, without a full stop */
};

/* How people count: the first op is op 1, 0 is the init before it, and the number after the last op's is the
 * final verification. In all that is printed and written; indexes are the code's own. */
static inline unsigned verdict_op_number(uint32_t op_index, bool at_init) {
    return at_init ? 0 : (unsigned)op_index + 1;
}

static inline bool verdict_agrees(const struct verdict *verdict) {
    return verdict->invariant == INVARIANT_NONE;
}

/* Where it was found, as a path of the repository with the line: "src/list.h:12". */
enum { VERDICT_PLACE_SIZE = 200 };
void verdict_place(const struct verdict *verdict, char *place, size_t size);

/* LAYER_NONE for INVARIANT_NONE. */
enum layer invariant_layer(enum invariant invariant);
/* Whether it was found by looking inside, where answers may still be right. */
bool invariant_is_inside(enum invariant invariant);
const char *invariant_function(enum invariant invariant);
const char *invariant_meaning(enum invariant invariant);

/* Prints the failed invariant in the form of assert(3) and traps, in a function of the invariant's
 * own, so that a fuzzing engine tells one bug from another by its stack. */
_Noreturn void verdict_trap(const struct verdict *verdict);

#endif
