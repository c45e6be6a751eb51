/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong in a transaction of the check: see sqlite_cache_check_faults.h. */
#include "sqlite_cache_check_faults.h"
#include "sqlite_cache_faults.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const fault_names[FAULT_COUNT] = {
    "none",
    "rollback by choice",
    "a put is refused by the table",
    "the commit hook refuses",
    "a statement is interrupted",
    "the database may not grow",
    "no memory",
    "busy at begin",
    "busy at get",
    "busy at commit",
    "another connection wrote",
    "a transaction too large",
    "an I/O error",
    "an I/O error at commit",
    "a commit in doubt",
    "a trigger rolls back",
    "a trigger fails",
    "a trigger aborts",
    "a trigger passes a put over",
    "a trigger ends after a put",
    "a trigger changes others",
    "a trigger empties the table",
    "a deferred foreign key",
    "a trigger passes a delete over",
    "a trigger fails a delete",
    "a row is replaced unseen",
};

const char *fault_name(enum fault fault) {
    return fault_names[fault];
}

void disagree(struct check *check, const char *format, ...) {
    va_list arguments;
    if (check->failed)
        return;
    check->failed = true;
    fprintf(stderr,
            "sqlite_cache: seed %llu, transaction %llu (%s): ", (unsigned long long)check->seed,
            (unsigned long long)check->transaction, fault_name(check->fault));
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void execute(struct check *check, sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        disagree(check, "the check's own statement fails: %s: %s", sql, sqlite3_errmsg(database));
}

bool anything_may_fail(const struct check *check) {
    switch (check->fault) {
    case FAULT_INTERRUPT:
    case FAULT_PAGE_LIMIT:
    case FAULT_NO_MEMORY:
    case FAULT_IO:
    case FAULT_IO_AT_COMMIT:
    case FAULT_COMMIT_IN_DOUBT: return true;
    default: return false;
    }
}

enum rule rule_of_fault(const struct check *check) {
    return check->fault < FAULT_RULE ? RULE_NONE
                                     : (enum rule)(RULE_NONE + 1 + check->fault - FAULT_RULE);
}

void met(struct check *check) {
    check->met_count[check->fault] += 1;
}

/* ---- Arming. ----------------------------------------------------------------------------- */

static int refuse_commit(void *context) {
    met((struct check *)context);
    return 1;
}

static int interrupt_one(void *context) {
    struct check *check = (struct check *)context;
    check->progress_calls_left -= 1;
    return check->progress_calls_left == 0;
}

static void arm_page_limit(struct check *check) {
    sqlite3_stmt *statement = NULL;
    char sql[64];
    int64_t page_count = 0;
    if (sqlite3_prepare_v2(check->other, "PRAGMA page_count", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        page_count = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)page_count);
    execute(check, check->store.database, sql);
}

static void arm_io(struct check *check, uint64_t pass_count_limit) {
    const enum io_fault fault =
        (enum io_fault)(1 + random_below(&check->random, IO_FAULT_DELETE_IN_DOUBT - 1));
    faults_arm(fault, (uint32_t)random_below(&check->random, pass_count_limit),
               random_percent(&check->random, 70) ? 1 : 1000);
}

static void write_elsewhere(struct check *check) {
    const int64_t id = (int64_t)random_below(&check->random, ID_COUNT);
    struct entry *entry = &check->before.entries[id];
    char sql[160];
    entry->present = true;
    entry->account.id = id;
    entry->account.balance = (int64_t)random_below(&check->random, 1000000);
    (void)snprintf(entry->account.owner, sizeof entry->account.owner, "elsewhere");
    (void)snprintf(sql, sizeof sql, "REPLACE INTO account VALUES(%lld, %lld, 'elsewhere')",
                   (long long)id, (long long)entry->account.balance);
    execute(check, check->other, sql);
    met(check);
    if (random_percent(&check->random, 50) && store_refresh(&check->store) != STORE_OK)
        disagree(check, "refresh: %s", check->store.message);
}

/* The hard limit has lowered the soft one, under which SQLite writes pages of an open transaction.
 */
void lift_memory_limit(void) {
    (void)sqlite3_hard_heap_limit64(0);
    (void)sqlite3_soft_heap_limit64(0);
}

void arm(struct check *check) {
    check->armed_count[check->fault] += 1;
    switch (check->fault) {
    case FAULT_COMMIT_HOOK:
        (void)sqlite3_commit_hook(check->store.database, refuse_commit, check);
        break;
    case FAULT_INTERRUPT:
        check->progress_calls_left = (int)(1 + random_below(&check->random, 400));
        sqlite3_progress_handler(check->store.database, 1, interrupt_one, check);
        break;
    case FAULT_PAGE_LIMIT: arm_page_limit(check); break;
    case FAULT_NO_MEMORY:
        (void)sqlite3_hard_heap_limit64(sqlite3_memory_used() +
                                        (int64_t)random_below(&check->random, 4096));
        break;
    case FAULT_BUSY_AT_BEGIN: execute(check, check->other, "BEGIN IMMEDIATE"); break;
    case FAULT_BUSY_AT_GET: execute(check, check->other, "BEGIN EXCLUSIVE"); break;
    case FAULT_FOREIGN_WRITE: write_elsewhere(check); break;
    case FAULT_IO: arm_io(check, 12); break;
    default: break;
    }
}

/* Where the journal persists, the commit is a write of its header: a sync after that can fail. */
static void arm_in_doubt(struct check *check) {
    switch (check->journal) {
    case JOURNAL_DELETE: faults_arm(IO_FAULT_DELETE_IN_DOUBT, 0, 1); break;
    case JOURNAL_TRUNCATE: faults_arm(IO_FAULT_TRUNCATE_IN_DOUBT, 0, 1); break;
    default: faults_arm(IO_FAULT_SYNC, (uint32_t)random_below(&check->random, 4), 1); break;
    }
}

/* Those that come when the changes are made. */
void arm_commit(struct check *check) {
    switch (check->fault) {
    case FAULT_BUSY_AT_COMMIT:
        execute(check, check->other, "BEGIN; SELECT count(*) FROM account");
        break;
    case FAULT_IO_AT_COMMIT: arm_io(check, 4); break;
    case FAULT_COMMIT_IN_DOUBT: arm_in_doubt(check); break;
    default: break;
    }
}

void disarm(struct check *check) {
    const uint32_t failed_count = faults_disarm();
    if ((check->fault == FAULT_IO || check->fault == FAULT_IO_AT_COMMIT ||
         check->fault == FAULT_COMMIT_IN_DOUBT) &&
        failed_count > 0)
        met(check);
    (void)sqlite3_commit_hook(check->store.database, NULL, NULL);
    sqlite3_progress_handler(check->store.database, 0, NULL, NULL);
    lift_memory_limit();
    if (sqlite3_get_autocommit(check->other) == 0)
        execute(check, check->other, "ROLLBACK");
    if (check->fault == FAULT_PAGE_LIMIT)
        execute(check, check->store.database, "PRAGMA max_page_count = 1073741823");
}
