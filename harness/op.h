/* SPDX-License-Identifier: Apache-2.0 */
/* What an op is: one step of a stream, defined once, in OP_TABLE.
 *
 * Decoder, encoder, printer, parser, generator, dictionary and the table in docs/input-format.md
 * derive from the rows. To add an op: one row here, one case in environment.c, one in model.c and
 * one in policy.c (docs/adding-an-op.md). Knows neither the map nor the model. */
#ifndef HARNESS_OP_H
#define HARNESS_OP_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum op_operand {
    OPERAND_NONE,
    OPERAND_KEY,     /* a key id, below the stream's key count */
    OPERAND_LAYOUT,  /* an instance of the library: geometry.h */
    OPERAND_REFUSAL, /* why an init must fail: op_refusal */
};

/* OP(identifier, words in text, operand, opcode slots of 64, library functions driven, meaning)
 *
 * The slots are the odds with which a random byte becomes this op, from experiments: two thirds of
 * a stream change the map, an eighth opens or closes scopes. They must add up to OP_SLOT_COUNT. */
#define OP_TABLE(OP) \
    OP(UPSERT, "upsert", OPERAND_KEY, 18, "upsert", \
       "store the next value under the key; values count up from 1") \
    OP(UPSERT_MANY, "upsert_many", OPERAND_KEY, 1, "upsert_many", \
       "as upsert; those in a row, up to 16, are one call") \
    OP(REWRITE, "rewrite", OPERAND_KEY, 3, "get upsert", \
       "upsert the very value that get points to: the argument lives in the map") \
    OP(REMOVE, "remove", OPERAND_KEY, 12, "remove", "remove the key, leave a tombstone") \
    OP(GET, "get", OPERAND_KEY, 3, "prefetch get", \
       "the hint that a get follows, then the value or nothing; a use") \
    OP(GET_MANY, "get_many", OPERAND_KEY, 1, "get_many", \
       "as get, without the hint; those in a row, up to 16, are one call") \
    OP(LOOKUP, "lookup", OPERAND_KEY, 4, "lookup", "the value, tombstone or absent; a use") \
    OP(HAS, "has", OPERAND_KEY, 2, "has", "whether the key has a value; a use") \
    OP(DEMOTE, "demote", OPERAND_KEY, 2, "demote", "hint: not used soon") \
    OP(COMPACT, "compact", OPERAND_NONE, 4, "compact", "forget the stash") \
    OP(SCOPE_OPEN, "scope open", OPERAND_NONE, 5, "scope_open", "from here changes can be undone") \
    OP(SCOPE_PERSIST, "scope persist", OPERAND_NONE, 2, "scope_close", "keep the scope's changes") \
    OP(SCOPE_DISCARD, "scope discard", OPERAND_NONE, 3, "scope_close", "undo the scope's changes") \
    OP(RESET, "reset", OPERAND_NONE, 1, "reset", "as fresh from init") \
    OP(REINIT, "reinit", OPERAND_LAYOUT, 1, \
       "deinit memory_size memory_alignment init init_in_memory", \
       "deinit, and init with another layout; an open scope is dropped") \
    OP(INIT_REFUSED, "init_refused", OPERAND_REFUSAL, 1, "init init_in_memory memory_size", \
       "init another map in a way that must fail") \
    OP(INSPECT, "inspect", OPERAND_NONE, 1, \
       "check each inspect_counts inspect_slot inspect_hand inspect_set inspect_entry " \
       "inspect_record inspect_place", \
       "read the whole state by inspection; nothing may change")

#define OP_SLOT_COUNT 64

enum op_kind {
#define OP_ENUM(name, words, operand, slots, functions, meaning) OP_##name,
    OP_TABLE(OP_ENUM)
#undef OP_ENUM
        OP_KIND_COUNT
};

struct op {
    uint8_t kind;    /* enum op_kind */
    uint8_t operand; /* 0 for OPERAND_NONE */
};

/* True for an op that stores a value of its own. */
static inline bool op_stores(struct op op) {
    return op.kind == OP_UPSERT || op.kind == OP_UPSERT_MANY;
}

/* True for an op that is one call together with the equal ones behind it: stream_batch_count. */
static inline bool op_is_batched(struct op op) {
    return op.kind == OP_UPSERT_MANY || op.kind == OP_GET_MANY;
}

/* The op that must have the same answer and the same effect by a call of its own. */
static inline struct op op_alone(struct op op) {
    const struct op alone = {(uint8_t)(op.kind == OP_UPSERT_MANY ? OP_UPSERT
                                       : op.kind == OP_GET_MANY  ? OP_GET
                                                                 : op.kind),
                             op.operand};
    return alone;
}

struct op_description {
    const char *words;
    enum op_operand operand;
    uint8_t slot_count;
    const char *functions; /* names without the map's prefix, separated by spaces */
    const char *meaning;
};

/* `kind` is below OP_KIND_COUNT. The description is static. In the header because it is asked several
 * times an op. */
extern const struct op_description op_descriptions[OP_KIND_COUNT];
static inline const struct op_description *op_describe(enum op_kind kind) {
    assert(kind < OP_KIND_COUNT);
    return &op_descriptions[kind];
}

/* The reasons of `init_refused`, in the order of their operand. */
enum op_refusal {
    REFUSAL_OUT_OF_MEMORY,
    REFUSAL_CACHE_NOT_SETS,
    REFUSAL_STASH_NONE,
    REFUSAL_STASH_LIMIT,
    REFUSAL_OVERFLOW_PRODUCT, /* of a count and a size */
    REFUSAL_OVERFLOW_PADDING, /* of the alignment of the next array */
    REFUSAL_OVERFLOW_SUM,     /* of the arrays */
    REFUSAL_IN_MEMORY_SMALL,  /* init_in_memory: a byte too few */
    REFUSAL_IN_MEMORY_STASH_NONE,
    REFUSAL_COUNT
};
const char *op_refusal_name(unsigned refusal);

/* What an op answered. The harness has its own words, so that the model shares none of the
 * library's code; subject.c translates. */
#define OUTCOME_TABLE(OUTCOME) \
    OUTCOME(NONE, "none") \
    OUTCOME(OK, "ok") \
    OUTCOME(INSERTED, "inserted") \
    OUTCOME(UPDATED, "updated") \
    OUTCOME(REVIVED, "revived") \
    OUTCOME(REMOVED, "removed") \
    OUTCOME(FOUND, "found") \
    OUTCOME(TOMBSTONE, "tombstone") \
    OUTCOME(ABSENT, "absent") \
    OUTCOME(NOTHING, "nothing") \
    OUTCOME(YES, "yes") \
    OUTCOME(NO, "no") \
    OUTCOME(STASH_FULL, "stash_full") \
    OUTCOME(SCOPE_FULL, "scope_full") \
    OUTCOME(SCOPE_ALREADY_OPEN, "scope_open") \
    OUTCOME(SCOPE_NOT_OPEN, "scope_not_open") \
    OUTCOME(OPTIONS_INVALID, "options_invalid") \
    OUTCOME(SIZE_OVERFLOW, "size_overflow") \
    OUTCOME(OUT_OF_MEMORY, "out_of_memory")

enum outcome {
#define OUTCOME_ENUM(name, word) OUTCOME_##name,
    OUTCOME_TABLE(OUTCOME_ENUM)
#undef OUTCOME_ENUM
        OUTCOME_COUNT
};
const char *outcome_name(enum outcome outcome);

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

/* True for an outcome by which a call says that it changed nothing. */
bool outcome_failed(enum outcome outcome);

#endif
