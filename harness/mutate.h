/* SPDX-License-Identifier: Apache-2.0 */
/* The mutator: changes a stream by whole ops, where a fuzzing engine would change its bytes. One
 * mutation is a meaning ("these ops go together", "neighbouring keys in turn", "a
 * fresh swarm stream"); with bytes alone the engine needs 20 to 60 times the executions.
 *
 * Custom mutators are libFuzzer's idea (docs: structure-aware fuzzing); swarm streams inside the
 * mutator are from swarm testing, see generate.h. Knows streams, their bytes and the generator,
 * nothing of the subject but its tables. Not reentrant: the streams that it works on are static. */
#ifndef HARNESS_MUTATE_H
#define HARNESS_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Groups of mutations, to be switched off one at a time when their worth is measured. */
enum mutate_ingredient {
    MUTATE_OPS = 1u << 0,   /* ops: insert, delete, move, wrap, ... */
    MUTATE_SWARM = 1u << 1, /* fresh swarm streams, instead or behind */
    MUTATE_WORLD = 1u << 2, /* the header: a field, or all of it */
    MUTATE_BYTES = 1u << 3, /* one call in eight: the engine's own mutator */
    MUTATE_ALL = (1u << 4) - 1
};

/* MUTATION(identifier, ingredient, weight among those that are on, meaning)
 *
 * BYTES has no weight: it is drawn by the call and stands alone. */
#define MUTATION_TABLE(MUTATION) \
    MUTATION(INSERT, MUTATE_OPS, 12, "1 to 4 fresh ops") \
    MUTATION(DELETE, MUTATE_OPS, 12, "a range goes") \
    MUTATION(REPEAT, MUTATE_OPS, 6, "a range follows itself, once or several times") \
    MUTATION(COPY, MUTATE_OPS, 6, "a range stands elsewhere too") \
    MUTATION(MOVE, MUTATE_OPS, 6, "a range stands elsewhere") \
    MUTATION(SWAP, MUTATE_OPS, 4, "two ops change places") \
    MUTATION(KIND, MUTATE_OPS, 8, "an op becomes another, with its operand if it can keep it") \
    MUTATION(OPERAND, MUTATE_OPS, 6, "an op gets a fresh operand") \
    MUTATION(RETARGET, MUTATE_OPS, 10, \
             "an op gets the key of another op, or a neighbour of its own") \
    MUTATION(WRAP, MUTATE_OPS, 10, "a range stands between two ops that go together") \
    MUTATION(LONE, MUTATE_OPS, 4, "an op that matters alone") \
    MUTATION(RUN, MUTATE_OPS, 10, "neighbouring keys in turn") \
    MUTATION(FILL, MUTATE_OPS, 3, "a large room, if worlds may change, and stores to fill it") \
    MUTATION(RANGE, MUTATE_OPS, 12, "count, first key or stride of an op that stands for many") \
    MUTATION(FOLD, MUTATE_OPS, 4, \
             "ops in a row become one that stands for them, or the other way") \
    MUTATION(FIELD, MUTATE_WORLD, 10, "one field of the world") \
    MUTATION(WORLD, MUTATE_WORLD, 2, "all fields of the world") \
    MUTATION(SWARM_REPLACE, MUTATE_SWARM, 12, "a fresh swarm stream instead") \
    MUTATION(SWARM_APPEND, MUTATE_SWARM, 12, "a fresh swarm stream behind a part of this one") \
    MUTATION(BYTES, MUTATE_BYTES, 0, "the bytes, by the engine's mutator")

enum mutation {
#define MUTATION_ENUM(name, ingredient, weight, meaning) MUTATION_##name,
    MUTATION_TABLE(MUTATION_ENUM)
#undef MUTATION_ENUM
        MUTATION_COUNT
};
const char *mutation_meaning(enum mutation mutation);

struct mutate_options {
    uint32_t ingredients; /* bits of enum mutate_ingredient; MUTATE_ALL */
    /* The engine's mutator of bytes, LLVMFuzzerMutate; null: none. */
    size_t (*mutate_bytes)(uint8_t *data, size_t size, size_t size_max);
    uint32_t
        *applied; /* null, or where the mutations of this call are noted: bits of enum mutation */
};

/* Mutates the input in place: `data` holds `size` bytes and has room for the larger of `size` and
 * `size_max`. Returns the new size: at most `size_max`, and at least 1 unless `size_max` is 0.
 *
 * The same data, seed and options give the same result, as far as `mutate_bytes` does. The result
 * is canonical (codec.h) but after a mutation of bytes, which keeps the version in any case; below
 * CODEC_HEADER_SIZE bytes it is a header cut short. An input of another version counts as a stream
 * without ops. Where nothing that is switched on can change the stream, it comes back canonical.
 *
 * An input that is longer than `size_max` loses ops here and there, not just its end, and one that
 * is as long as it may be does so half of the time: that is how -minimize_crash=1 asks for less.
 *
 * Costs O(ops before and after), and no allocation. */
size_t mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed,
              const struct mutate_options *options);

/* Writes to `out`, which overlaps neither input, a part of `a` with a part of `b` behind it or in it,
 * in the world of one of them. Returns its size, canonical, with the bounds of `mutate`. */
size_t mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                    size_t out_size_max, unsigned seed);

#endif
