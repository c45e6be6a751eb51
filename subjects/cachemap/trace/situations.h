/* SPDX-License-Identifier: Apache-2.0 */
/* Situations: which op meets which state. A situation is an op, what its argument is (the key's place, a key
 * that the call has already, ...) and what the map is (a scope open, the stash full, ...), as a row of a
 * table of classes; the list of all is their product. The inputs that are stored must have them all but for
 * the holes that are named (docs/coverage.md). Witnesses are things worth a name; situations are
 * combinations that nobody thought of.
 *
 * Computed from the naive map alone, which a replay compares with the library at each op. Knows streams and
 * policies, nothing of files. */
#ifndef SUBJECT_SITUATIONS_H
#define SUBJECT_SITUATIONS_H

#include "policy.h"
#include "stream.h"

enum { SITUATION_COUNT_MAX = 4096, SITUATION_NAME_SIZE = 96 };

/* How many there are; the names of those that cannot be (an entry in an empty stash) are among them. */
uint32_t situation_count(void);
/* "get_many key=tombstone scope=open stash=full". */
void situation_name(uint32_t situation, char name[SITUATION_NAME_SIZE]);
/* Notes in `seen` those of the stream, in its pass with the cache and in that without one. An op costs
 * O(stash + buckets). Not reentrant. */
void situations_note(const struct stream *stream, bool seen[SITUATION_COUNT_MAX]);

/* The command of ./trace. */
int command_situations(int argc, char **argv);

#endif
