/* SPDX-License-Identifier: Apache-2.0 */
/* Swarm streams: each turns some ops off and draws wild weights for the rest, mixes hot and cold
 * keys, and has a length of a heavy tail. The generator of ./soak, of the seeds in corpus/, and of
 * the custom mutator. The idea is swarm testing (Groce et al., ISSTA 2012) and the weights of
 * TigerBeetle's cache_map fuzzer. Knows streams and geometries, nothing of the map. */
#ifndef HARNESS_GENERATE_H
#define HARNESS_GENERATE_H

#include "random.h"
#include "stream.h"

/* A fresh geometry, tiny more often than not, that bytes can say. */
void generate_geometry(struct random *random, struct geometry *geometry);

/* Replaces the ops of the stream by fresh ones, at most `op_count_max` of them, for its geometry.
 */
void generate_ops(struct random *random, struct stream *stream, uint32_t op_count_max);

#endif
