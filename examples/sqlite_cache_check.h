/* SPDX-License-Identifier: Apache-2.0 */
/* The check of sqlite_cache: random transactions under random failures; after each the cache map,
 * the database and a model have to agree. */
#ifndef SQLITE_CACHE_CHECK_H
#define SQLITE_CACHE_CHECK_H

#include <signal.h>
#include <stdint.h>

/* Runs so many transactions, until *interrupted, on a database of its own in a new folder under
 * TMPDIR. Prints what was met. An exit status: 0 all agree, 1 not, 2 the folder cannot be made or
 * written. */
int check_run(uint64_t seed, uint64_t transaction_count, const volatile sig_atomic_t *interrupted);

#endif
