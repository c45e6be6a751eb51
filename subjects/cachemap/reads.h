/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys the read mode looks up behind an op: for all who follow a stream, the environment and those who
 * predict it. */
#ifndef SUBJECT_READS_H
#define SUBJECT_READS_H

#include "geometry.h"
#include "op.h"

/* Reads after an op at the most. */
enum { STREAM_READ_COUNT_MAX = 8 };

/* The keys that the read mode looks up after op `op_index`, into `key_ids`. Returns their number. After an
 * op of a batch only the last one's are read. */
static inline unsigned stream_reads_after(const struct geometry *geometry, uint32_t op_index,
                                          struct op op, uint32_t key_ids[STREAM_READ_COUNT_MAX]) {
    unsigned count = 0;
    if (geometry->read == READ_OWN && op_has_key(op))
        key_ids[count++] = op_key(op);
    while (geometry->read == READ_ALL && count < geometry->key_count &&
           count < STREAM_READ_COUNT_MAX) {
        key_ids[count] = (op_index + count) % geometry->key_count;
        count += 1;
    }
    return count;
}

#endif
