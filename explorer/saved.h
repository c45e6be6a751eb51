/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a search that was stopped: a head that says which world it is and where the search is, all
 * states, and a checksum over every byte. What is not just what was written is refused, with a sentence that
 * says in which way, before a byte of it is believed. Knows the store, not how a search goes on. */
#ifndef EXPLORER_SAVED_H
#define EXPLORER_SAVED_H

#include "store.h"

enum { SAVED_TEXT_SIZE_MAX = 400 };

struct saved {
    char magic[24];
    uint64_t byte_order; /* of the machine, by a number that is not the same backwards */
    uint64_t size;       /* of the file, with the checksum at its end */
    char fields[SAVED_TEXT_SIZE_MAX], ops[SAVED_TEXT_SIZE_MAX];
    uint64_t has_ops, no_symmetry, cursor, edge_count;
};

/* Writes the file beside its place and renames it: what was saved before stays until this is whole.
 * `saved` has its fields, ops and numbers; the rest is filled in. EXIT_AGREES, or EXIT_USAGE after a
 * message. Costs a second pass over the file, for the checksum. */
int saved_write(const char *path, struct saved *saved, const struct store *store);

/* Opens the file, checks it whole, and reads its head. The file is then at the states, for saved_read. Null
 * after a message. O(size of the file). */
FILE *saved_open(const char *path, struct saved *saved);

/* Reads the states into an empty store. `first` is the state that init gives in this build: a file of
 * another one is refused, and so is one whose numbers contradict each other. EXIT_AGREES, or EXIT_USAGE after
 * a message. */
int saved_read(const char *path, FILE *file, const struct saved *saved, const struct state *first,
               struct store *store);

#endif
