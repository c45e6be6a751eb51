/* SPDX-License-Identifier: Apache-2.0 */
/* What the map's caller gives to a call lies between guards: bytes with a pattern that they keep. And what it
 * finds wrong. Knows no map. */
#ifndef HARNESS_SUBJECT_GUARD_H
#define HARNESS_SUBJECT_GUARD_H

#include "subject_view.h"

#include <stddef.h>

/* What is wrong on the side of the map's caller: its own bytes, which a call wrote and may not, or left and
 * may not; or a pointer that it was given. */
struct subject_fault {
    const char *words; /* null: nothing is; static */
    bool of_pointer;
};

/* Notes it, unless something is noted already. */
void fault_note(struct subject_fault *fault, bool of_pointer, const char *words);

enum { GUARD_SIZE = 128, GUARD_BYTE = 0xc7 };

/* Fills a guard; whether it is still full. Of one that the library cannot write, because AddressSanitizer has
 * poisoned it, nothing is read: true. */
void guard_fill(unsigned char *guard);
bool guard_holds(const unsigned char *guard);

/* The arrays that calls are given. */
enum guarded { GUARDED_VALUES, GUARDED_KEYS, GUARDED_FOUND, GUARDED_STATUSES, GUARDED_COUNT };

/* The guard behind the array, filled; for who poisons it. */
unsigned char *guard_behind(enum guarded array);

/* An array of `size` bytes. Whatever its size it ends where the guard behind begins, so that not a byte
 * behind it can be read. Its bytes are those of the last call. */
void *guarded_array(enum guarded array, size_t size);

/* Whether the bytes before and behind an array of this size are as they were. */
bool guarded_holds(enum guarded array, size_t size);

#endif
