/* SPDX-License-Identifier: Apache-2.0 */
/* A file system for SQLite that fails when told to: a layer over the default one. For the check of
 * sqlite_cache; knows nothing of accounts or caches. One thread. */
#ifndef SQLITE_CACHE_FAULTS_H
#define SQLITE_CACHE_FAULTS_H

#include <stdint.h>

/* What fails. In doubt: the journal is deleted or emptied, which commits, and then an error is
 * reported. */
enum io_fault {
    IO_FAULT_NONE = 0,
    IO_FAULT_READ,
    IO_FAULT_WRITE,
    IO_FAULT_DISK_FULL, /* a write that finds no room */
    IO_FAULT_SYNC,
    IO_FAULT_DELETE,
    IO_FAULT_TRUNCATE,
    IO_FAULT_DELETE_IN_DOUBT,
    IO_FAULT_TRUNCATE_IN_DOUBT
};

/* The name for sqlite3_open_v2. */
#define FAULTS_VFS "faults"

/* Once, before the first use. An SQLite result code. */
int faults_register(void);

/* Lets `pass_count` calls of that kind succeed, then `fail_count` fail, then all succeed. */
void faults_arm(enum io_fault fault, uint32_t pass_count, uint32_t fail_count);

/* No more failures. How many calls have failed since faults_arm. */
uint32_t faults_disarm(void);

#endif
