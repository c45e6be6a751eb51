/* SPDX-License-Identifier: Apache-2.0 */
/* Swarm streams: each turns some ops off and draws wild weights for the rest, mixes hot and cold
 * keys, and has a length of a heavy tail. The generator of ./soak, of the seeds in corpus/, and of
 * the custom mutator. The idea is swarm testing (Groce et al., ISSTA 2012) and the weights of
 * TigerBeetle's fuzzers. Knows streams and worlds; of the
 * subject its tables and rules. */
#ifndef HARNESS_GENERATE_H
#define HARNESS_GENERATE_H

#include "random.h"
#include "stream.h"

/* A key that an op with one can name, and the operand of an op with a range of keys. */
uint32_t generate_key(struct random *random, const struct world *world);
uint64_t generate_range(struct random *random, const struct world *world);
/* As many keys as something has room for, or nearly, or any number of them. */
uint32_t generate_range_count(struct random *random, const struct world *world);

/* The weight of an op among all in this world: its opcodes, but for one with a range. */
uint32_t generate_op_weight(struct random *random, const struct world *world, enum op_kind kind);

/* A fresh world that bytes can say; one in WORLD_LARGE_ODDS is large. */
void generate_small_world(struct random *random, struct world *world);
void generate_world(struct random *random, struct world *world);

/* Replaces the ops of the stream by fresh ones, at most `op_count_max` of them, for its world. */
void generate_ops(struct random *random, struct stream *stream, uint32_t op_count_max);

#endif
