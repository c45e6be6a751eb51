/* SPDX-License-Identifier: Apache-2.0 */
/* What each call may touch, by section 12 of the contract, from how the map stands before it. Written from
 * the contract's sentences; knows nothing of how the library does what it does. */
#ifndef SUBJECT_LIMITS_H
#define SUBJECT_LIMITS_H

#include "subject_look.h"

/* At most so many items of each array, and so many copies of a value into the block. A call that is more than
 * items (several keys, steps of the clock) may run so much code besides. */
struct subject_limits {
    uint64_t read[SUBJECT_ARRAY_COUNT], written[SUBJECT_ARRAY_COUNT];
    uint64_t copies, steps_besides;
};

/* The steps that a call of these limits may run. No sentence of the contract: more than gcc and clang were
 * seen to make of the library, so that a loop which grows with what the contract says nothing of is told. */
uint64_t subject_limits_steps(const struct subject_limits *limits);

/* Of scope_open and prefetch: nothing of the block. */
struct subject_limits subject_limits_of_nothing(void);
struct subject_limits subject_limits_of_init(const struct subject_array *arrays);
struct subject_limits subject_limits_of_reset(const struct subject_look *before);
struct subject_limits subject_limits_of_deinit(const struct subject_look *before);
struct subject_limits subject_limits_of_compact(const struct subject_look *before);
struct subject_limits subject_limits_of_persist(const struct subject_look *before);
struct subject_limits subject_limits_of_discard(const struct subject_look *before);
struct subject_limits subject_limits_of_place(const struct subject_look *before,
                                              const struct subject_key_look *key);
struct subject_limits subject_limits_of_lookup(const struct subject_look *before,
                                               const struct subject_key_look *key);
struct subject_limits subject_limits_of_demote(const struct subject_look *before,
                                               const struct subject_key_look *key);
/* `key` before the call. `from_map`: the argument lies in the block. */
struct subject_limits subject_limits_of_upsert(const struct subject_look *before,
                                               const struct subject_look *after, unsigned key_id,
                                               const struct subject_key_look *key, bool from_map);
struct subject_limits subject_limits_of_remove(const struct subject_look *before,
                                               const struct subject_look *after, unsigned key_id,
                                               const struct subject_key_look *key);
/* `count` upserts by one call. Where the stash stands before each of them is not known here: its runs may be
 * as long as it can be full by the end. */
struct subject_limits subject_limits_of_upsert_many(const struct subject_look *before,
                                                    uint64_t count);
/* A step of a walk, and check: they write nothing. */
struct subject_limits subject_limits_of_each(const struct subject_look *before);
struct subject_limits subject_limits_of_check(const struct subject_look *before);
/* What one call may, and another besides. */
void subject_limits_add(struct subject_limits *limits, const struct subject_limits *other);
/* A call that fails writes nothing, but for the copy of an argument that lies in the map. */
void subject_limits_fail(struct subject_limits *limits);

#endif
