/* SPDX-License-Identifier: Apache-2.0 */
/* What an op is: one step of a stream, a row of the subject's OP_TABLE.
 *
 * Decoder, encoder, printer, parser, generator, dictionary and the table in docs/input-format.md
 * derive from the rows. How to add an op: tests/adding/README.md. Knows neither the subject nor its model. */
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
    OPERAND_RANGE,  /* several keys, one after another: struct op_range */
};

/* Of the opcodes of OP_TABLE, which version 1 of bytes has; OP_TABLE_MORE has others in version 2 besides. */
#define OP_SLOT_COUNT 64

enum op_kind {
#define OP_ENUM(name, ...) OP_##name,
    OP_TABLE(OP_ENUM) OP_TABLE_MORE(OP_ENUM)
#undef OP_ENUM
        OP_KIND_COUNT
};
/* Those of OP_TABLE. */
enum {
#define OP_ENUM(name, ...) OP_OLD_##name,
    OP_TABLE(OP_ENUM)
#undef OP_ENUM
        OP_KIND_COUNT_OLD
};
#define OP_FIRST ((enum op_kind)0)

struct op {
    uint8_t kind;     /* enum op_kind */
    uint64_t operand; /* 0 for OPERAND_NONE; of a range, its three numbers: op_of_range */
};

/* What an op stands for that has many keys: it is `count` ops of the kind `alone`, on the keys first,
 * first + stride, first + 2 x stride, ..., each wrapped below the world's number of keys. */
struct op_range {
    uint32_t first, count,
        stride; /* a key; 1 or more, at most the world's keys; 1 to OP_STRIDE_MAX */
};
enum { OP_KEY_BITS = 24, OP_STRIDE_MAX = 256 };

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

static inline bool op_has_range(struct op op) {
    return op_operand(op) == OPERAND_RANGE;
}

/* The key of an op that has one; the first of those of a range. */
static inline uint32_t op_key(struct op op) {
    return (uint32_t)(op.operand & ((1u << OP_KEY_BITS) - 1));
}

static inline struct op_range op_range(struct op op) {
    const struct op_range range = {
        op_key(op), (uint32_t)(op.operand >> OP_KEY_BITS) & ((1u << OP_KEY_BITS) - 1),
        (uint32_t)(op.operand >> 2 * OP_KEY_BITS)};
    return range;
}

static inline uint64_t op_operand_of_range(struct op_range range) {
    return (uint64_t)range.stride << 2 * OP_KEY_BITS | (uint64_t)range.count << OP_KEY_BITS |
           range.first;
}

/* The `index`th of the ops that a range stands for; an op without a range is the only one. */
static inline struct op op_element(struct op op, uint32_t index, uint32_t key_count) {
    struct op element = op;
    if (op_has_range(op)) {
        const struct op_range range = op_range(op);
        element.kind = op_describe((enum op_kind)op.kind)->alone;
        element.operand = (range.first + (uint64_t)index * range.stride) % key_count;
    }
    return element;
}

/* The op that stands for many of this kind, or OP_KIND_COUNT. */
enum op_kind op_kind_of_range(enum op_kind alone);

/* How many ops it stands for. */
static inline uint32_t op_element_count(struct op op) {
    return op_has_range(op) ? op_range(op).count : 1;
}

/* The op that must have the same answer and the same effect by a call of its own; of a range the first. */
static inline struct op op_alone(struct op op) {
    const struct op alone = {op_describe((enum op_kind)op.kind)->alone,
                             op_has_range(op) ? op_key(op) : op.operand};
    return alone;
}

static inline bool op_equal(struct op a, struct op b) {
    return a.kind == b.kind && a.operand == b.operand;
}

/* A `case` for each op with a range, behind another: where a switch has nothing for them, as they are done op
 * by op. */
#define OP_RANGE_CASES                           OP_TABLE_MORE(OP_RANGE_CASE)
#define OP_RANGE_CASE(name, words, operand, ...) OP_RANGE_CASE_##operand(name)
#define OP_RANGE_CASE_OPERAND_RANGE(name)        case OP_##name:
#define OP_RANGE_CASE_OPERAND_NONE(name)
#define OP_RANGE_CASE_OPERAND_KEY(name)
#define OP_RANGE_CASE_OPERAND_WORD(name)
#define OP_RANGE_CASE_OPERAND_FIELDS(name)

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
extern const bool outcomes_failed[OUTCOME_COUNT];
static inline bool outcome_failed(enum outcome outcome) {
    assert(outcome < OUTCOME_COUNT);
    return outcomes_failed[outcome];
}

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
