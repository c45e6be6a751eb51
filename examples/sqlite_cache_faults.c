/* SPDX-License-Identifier: Apache-2.0 */
/* A file system for SQLite that fails when told to: see sqlite_cache_faults.h. A sync that is let
 * through does nothing: programs are tested here, not power cuts. */
#include "sqlite_cache_faults.h"

#include <sqlite3.h>
#include <stddef.h>

struct fault_file {
    sqlite3_file base;
    sqlite3_file *below;
};

static struct {
    enum io_fault fault;
    uint32_t pass_count;
    uint32_t fail_count;
    uint32_t failed_count;
} plan;

void faults_arm(enum io_fault fault, uint32_t pass_count, uint32_t fail_count) {
    plan.fault = fault;
    plan.pass_count = pass_count;
    plan.fail_count = fail_count;
    plan.failed_count = 0;
}

uint32_t faults_disarm(void) {
    plan.fault = IO_FAULT_NONE;
    return plan.failed_count;
}

static int fails(enum io_fault fault) {
    if (plan.fault != fault || plan.failed_count == plan.fail_count)
        return 0;
    if (plan.pass_count > 0) {
        plan.pass_count -= 1;
        return 0;
    }
    plan.failed_count += 1;
    return 1;
}

/* ---- Files. ------------------------------------------------------------------------------ */

static sqlite3_file *below_of(sqlite3_file *file) {
    return ((struct fault_file *)file)->below;
}

static int file_close(sqlite3_file *file) {
    sqlite3_file *below = below_of(file);
    const int result = below->pMethods->xClose(below);
    sqlite3_free(below);
    return result;
}

static int file_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset) {
    if (fails(IO_FAULT_READ))
        return SQLITE_IOERR_READ;
    return below_of(file)->pMethods->xRead(below_of(file), bytes, size, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
    if (fails(IO_FAULT_WRITE))
        return SQLITE_IOERR_WRITE;
    if (fails(IO_FAULT_DISK_FULL))
        return SQLITE_FULL;
    return below_of(file)->pMethods->xWrite(below_of(file), bytes, size, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int result;
    if (fails(IO_FAULT_TRUNCATE))
        return SQLITE_IOERR_TRUNCATE;
    result = below_of(file)->pMethods->xTruncate(below_of(file), size);
    return result == SQLITE_OK && fails(IO_FAULT_TRUNCATE_IN_DOUBT) ? SQLITE_IOERR_TRUNCATE
                                                                    : result;
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)file;
    (void)flags;
    return fails(IO_FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    return below_of(file)->pMethods->xFileSize(below_of(file), size);
}

static int file_lock(sqlite3_file *file, int level) {
    return below_of(file)->pMethods->xLock(below_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
    return below_of(file)->pMethods->xUnlock(below_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *taken) {
    return below_of(file)->pMethods->xCheckReservedLock(below_of(file), taken);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    return below_of(file)->pMethods->xFileControl(below_of(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
    return below_of(file)->pMethods->xSectorSize(below_of(file));
}

static int file_characteristics(sqlite3_file *file) {
    return below_of(file)->pMethods->xDeviceCharacteristics(below_of(file));
}

/* Version 1: without shared memory and memory maps, every read and write comes through here. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

/* ---- The file system. -------------------------------------------------------------------- */

static sqlite3_vfs *default_vfs(void) {
    return sqlite3_vfs_find(NULL);
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *flags_out) {
    struct fault_file *opened = (struct fault_file *)file;
    int result;
    (void)vfs;
    opened->base.pMethods = NULL; /* not open: then SQLite does not close it */
    opened->below = (sqlite3_file *)sqlite3_malloc(default_vfs()->szOsFile);
    if (opened->below == NULL)
        return SQLITE_NOMEM;
    result = default_vfs()->xOpen(default_vfs(), path, opened->below, flags, flags_out);
    if (result == SQLITE_OK)
        opened->base.pMethods = &file_methods;
    else
        sqlite3_free(opened->below);
    return result;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync) {
    int result;
    (void)vfs;
    (void)sync;
    if (fails(IO_FAULT_DELETE))
        return SQLITE_IOERR_DELETE;
    result = default_vfs()->xDelete(default_vfs(), path, 0);
    return result == SQLITE_OK && fails(IO_FAULT_DELETE_IN_DOUBT) ? SQLITE_IOERR_DIR_FSYNC : result;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    (void)vfs;
    return default_vfs()->xAccess(default_vfs(), path, flags, answer);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full) {
    (void)vfs;
    return default_vfs()->xFullPathname(default_vfs(), path, size, full);
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes) {
    (void)vfs;
    return default_vfs()->xRandomness(default_vfs(), size, bytes);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return default_vfs()->xSleep(default_vfs(), microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *days) {
    (void)vfs;
    return default_vfs()->xCurrentTime(default_vfs(), days);
}

int faults_register(void) {
    static sqlite3_vfs vfs = {
        .iVersion = 1,
        .szOsFile = sizeof(struct fault_file),
        .zName = FAULTS_VFS,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
    };
    const int result = sqlite3_initialize();
    if (result != SQLITE_OK)
        return result;
    vfs.mxPathname = default_vfs()->mxPathname;
    return sqlite3_vfs_register(&vfs, 0);
}
