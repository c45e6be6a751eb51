/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong in a transaction of the check of sqlite_cache, and the state of that check. For
 * the two files of the check alone. */
#ifndef SQLITE_CACHE_CHECK_FAULTS_H
#define SQLITE_CACHE_CHECK_FAULTS_H

#include "random.h"
#include "sqlite_cache_rules.h"
#include "sqlite_cache_store.h"

/* What goes wrong in a transaction. */
enum fault {
    FAULT_NONE = 0,
    FAULT_ROLLBACK_BY_CHOICE,
    FAULT_REFUSED,         /* a put against the rules of the table */
    FAULT_COMMIT_HOOK,     /* the commit is turned into a rollback */
    FAULT_INTERRUPT,       /* a statement is stopped in the middle */
    FAULT_PAGE_LIMIT,      /* the database may not grow */
    FAULT_NO_MEMORY,       /* SQLite may not allocate more */
    FAULT_BUSY_AT_BEGIN,   /* another connection writes */
    FAULT_BUSY_AT_GET,     /* another connection commits */
    FAULT_BUSY_AT_COMMIT,  /* another connection reads */
    FAULT_FOREIGN_WRITE,   /* another connection has written */
    FAULT_TOO_LARGE,       /* more changes than a transaction may make */
    FAULT_IO,              /* enum io_fault, but the last */
    FAULT_IO_AT_COMMIT,    /* the same, armed when the changes are made */
    FAULT_COMMIT_IN_DOUBT, /* the commit happens, and is reported as failed */
    FAULT_RULE,            /* enum rule, from RULE_NONE + 1 */
    FAULT_COUNT = FAULT_RULE + RULE_COUNT - RULE_NONE - 1
};

/* What a commit does to the journal. */
enum journal { JOURNAL_DELETE = 0, JOURNAL_TRUNCATE, JOURNAL_PERSIST, JOURNAL_COUNT };

struct check {
    struct store store;
    enum journal journal;
    sqlite3 *other; /* a second connection, without faults */
    struct random random;
    uint64_t seed, transaction; /* which one runs */
    enum fault fault;
    enum rule_set rule_set;   /* of the store */
    int64_t ruled_id;         /* put by the rule of this transaction; -1: none yet */
    struct model before, now; /* committed; as the open transaction sees it */
    uint64_t change_count_max;
    uint64_t armed_count[FAULT_COUNT], met_count[FAULT_COUNT];
    uint64_t committed_count; /* by commits that failed */
    uint64_t comparison_count;
    int progress_calls_left;
    bool failed;
    char folder[256], path[300];
};

/* "a trigger fails". Static. */
const char *fault_name(enum fault fault);

/* Says where, once: the first one is the cause. */
void disagree(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A statement of the check itself, which has to succeed. */
void execute(struct check *check, sqlite3 *database, const char *sql);

/* The fault of this transaction has shown. */
void met(struct check *check);

/* True where the fault that is armed can make any statement fail. */
bool anything_may_fail(const struct check *check);

/* RULE_NONE: the fault is another one. */
enum rule rule_of_fault(const struct check *check);

/* Before the transaction; when its changes are made; and no more of it. */
void arm(struct check *check);
void arm_commit(struct check *check);
void disarm(struct check *check);

/* SQLite may allocate again. */
void lift_memory_limit(void);

#endif
