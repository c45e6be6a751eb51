/* SPDX-License-Identifier: Apache-2.0 */
/* What an op is: one step of a stream, a row of the subject's OP_TABLE.
 *
 * Decoder, encoder, printer, parser, generator, dictionary and the table in docs/input-format.md
 * derive from the rows. How to add an op: docs/adding-an-op.md. Knows neither the subject nor its model. */
#ifndef HARNESS_OP_H
#define HARNESS_OP_H

#include "subject_tables.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum op_operand {
    OPERAND_NONE,
    OPERAND_KEY,    /* a key id, below the world's number of keys */
    OPERAND_FIELDS, /* the fields of the header byte OPERAND_FIELDS_BYTE: world.h */
    OPERAND_WORD,   /* one of OPERAND_WORD_TABLE */
};

#define OP_SLOT_COUNT 64

enum op_kind {
#define OP_ENUM(name, ...) OP_##name,
    OP_TABLE(OP_ENUM)
#undef OP_ENUM
        OP_KIND_COUNT
};
#define OP_FIRST ((enum op_kind)0)

struct op {
    uint8_t kind;    /* enum op_kind */
    uint8_t operand; /* 0 for OPERAND_NONE */
};

struct op_description {
    const char *words;
    enum op_operand operand;
    uint8_t slot_count;
    uint8_t alone;   /* the op that has the same answer and effect by a call of its own */
    uint16_t traits; /* of the subject's; TRAIT_STORES, TRAIT_BATCHED and TRAIT_REMAKES each has */
    const char *functions; /* names without the prefix of the library, separated by spaces */
    const char *meaning;
};

/* `kind` is below OP_KIND_COUNT. The description is static. In the header because it is asked several
 * times an op. */
extern const struct op_description op_descriptions[OP_KIND_COUNT];
static inline const struct op_description *op_describe(enum op_kind kind) {
    assert(kind < OP_KIND_COUNT);
    return &op_descriptions[kind];
}

/* Whether the op has one of these traits. */
static inline bool op_is(struct op op, unsigned traits) {
    return (op_describe((enum op_kind)op.kind)->traits & traits) != 0;
}

static inline enum op_operand op_operand(struct op op) {
    return op_describe((enum op_kind)op.kind)->operand;
}

static inline bool op_has_key(struct op op) {
    return op_operand(op) == OPERAND_KEY;
}

/* The op that must have the same answer and the same effect by a call of its own. */
static inline struct op op_alone(struct op op) {
    const struct op alone = {op_describe((enum op_kind)op.kind)->alone, op.operand};
    return alone;
}

static inline bool op_equal(struct op a, struct op b) {
    return a.kind == b.kind && a.operand == b.operand;
}

/* Ops that go together: the rows of WRAP_TABLE. */
struct op_wrap {
    uint8_t opens, closes, closes_otherwise;
    uint8_t odds; /* that it closes otherwise */
};
enum {
#define OP_WRAP_ENUM(opens, ...) OP_WRAP_##opens,
    WRAP_TABLE(OP_WRAP_ENUM)
#undef OP_WRAP_ENUM
        OP_WRAP_COUNT
};
extern const struct op_wrap op_wraps[OP_WRAP_COUNT + 1];

/* The word of an OPERAND_WORD: below OPERAND_WORD_COUNT. Static. */
const char *operand_word(unsigned number);

enum outcome {
#define OUTCOME_ENUM(name, ...) OUTCOME_##name,
    OUTCOME_TABLE(OUTCOME_ENUM)
#undef OUTCOME_ENUM
        OUTCOME_COUNT
};
const char *outcome_name(enum outcome outcome);

/* True for an outcome by which a call says that it changed nothing. */
bool outcome_failed(enum outcome outcome);

struct result {
    enum outcome outcome;
    uint32_t value; /* the value's number when outcome is FOUND; else 0 */
};

static inline struct result result_of(enum outcome outcome) {
    const struct result result = {outcome, 0};
    return result;
}

static inline bool result_equal(struct result a, struct result b) {
    return a.outcome == b.outcome && a.value == b.value;
}

#endif
