/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts in an SQLite table behind a cache map: the part of this example to copy.
 *
 * What it shows: a write-through cache of objects. A get asks the cache map, and the database only
 * where the map says "absent". A transaction of the database is a scope of the map: what COMMIT
 * keeps, the scope persists; what is rolled back, by choice or by a failure, the scope discards,
 * exactly.
 *
 * What to copy: the order of the calls in sqlite_cache_store.c, and what it does with each status.
 *
 * One store is one connection and one map, for one thread at a time. It is meant to be the only
 * writer of its table. Where another connection writes too, store_begin sees that and empties the
 * map; a get outside a transaction may answer from before that write until store_refresh or
 * store_begin.
 *
 * The table may have triggers. What they do to a change is followed, whatever it is: a change that
 * they refuse or pass over leaves nothing behind, and the map learns of other accounts that they
 * change. Rules that change rows unseen keep the map out of transactions: store->blind.
 * To see all this the store has the connection's update hook and its authorizer. Changes that a
 * caller makes through store->database are not seen. */
#ifndef SQLITE_CACHE_STORE_H
#define SQLITE_CACHE_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { ACCOUNT_OWNER_SIZE = 48 };

struct account {
    int64_t id;
    int64_t balance;                /* cents; the table refuses less than 0 */
    char owner[ACCOUNT_OWNER_SIZE]; /* ends with a zero byte */
};

/* Three files use the map; the functions are in one, sqlite_cache_store.c. */
#ifdef ACCOUNT_CACHE_DEFINE
#    define CACHE_MAP_DEFINE
#else
#    define CACHE_MAP_DECLARE
#endif
#define CACHE_MAP_NAME          account_cache
#define CACHE_MAP_VALUE         struct account
#define CACHE_MAP_KEY           int64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#include "cache_map.h"

enum store_status {
    STORE_OK = 0,
    STORE_ABSENT,    /* get, delete: there is no such account */
    STORE_REFUSED,   /* put, delete: against the rules of the table; nothing of it is left, and the
                      * transaction goes on without it */
    STORE_BUSY,      /* another connection has a lock: nothing has changed, try again */
    STORE_TOO_LARGE, /* put, delete: more changes than a transaction may make: it is rolled back */
    STORE_ENDED,  /* a call before this one has ended the transaction: store_rollback, then begin */
    STORE_FAILED, /* the database failed: a transaction, if one was open, is rolled back */
    STORE_MISUSE  /* begin within a transaction, or a change without one */
};

struct store_options {
    uint64_t cache_account_count_max; /* a multiple of 16 */
    /* Evicted accounts and tombstones that are kept until the next compact. It has to hold what one
     * transaction can add to it: more than transaction_change_count_max. */
    uint64_t stash_account_count_max;
    uint64_t transaction_change_count_max;
    uint64_t hash_seed;  /* random where the ids come from outside */
    int busy_timeout_ms; /* how long SQLite itself waits for a lock */
    const char *vfs;     /* null: SQLite's default */
};

struct store_counts {
    uint64_t get_count;
    uint64_t cached_count;    /* of the gets: the map had the account */
    uint64_t tombstone_count; /* of the gets: the map knew that it is deleted */
    uint64_t read_count;      /* of the gets: the database was asked */
    uint64_t commit_count;
    uint64_t rollback_count; /* by choice, and by failures */
    uint64_t compact_count;
    uint64_t reset_count; /* another connection wrote, a commit ended in doubt, or blind */
};

enum store_transaction {
    STORE_TRANSACTION_NONE = 0,
    STORE_TRANSACTION_OPEN, /* the scope of the map is open too */
    STORE_TRANSACTION_ENDED /* by a failure; the caller has not yet said store_rollback */
};

enum store_statement {
    STORE_GET = 0,
    STORE_PUT,
    STORE_DELETE,
    STORE_BEGIN,
    STORE_COMMIT,
    STORE_ROLLBACK,
    STORE_SAVEPOINT,
    STORE_ROLLBACK_TO,
    STORE_RELEASE,
    STORE_DATA_VERSION,
    STORE_RULES,
    STORE_STATEMENT_COUNT
};

/* So many accounts may the triggers of one change change. */
enum { STORE_TOUCHED_COUNT_MAX = 256 };

/* The accounts that one change of the table has touched, as the update hook sees them. */
struct store_touched {
    int64_t ids[STORE_TOUCHED_COUNT_MAX]; /* each once */
    uint32_t id_count;                    /* one more than there is room for: too many */
    uint32_t event_count;
};

/* To be read by all, to be written by sqlite_cache_store.c. SQLite points to it while it is open:
 * it stays where it is. */
struct store {
    sqlite3 *database;
    sqlite3_stmt *statements[STORE_STATEMENT_COUNT];
    struct account_cache cache;
    bool cache_is_there;
    uint64_t transaction_change_count_max;
    enum store_transaction transaction;
    int64_t data_version; /* moves when another connection has written */
    bool moves_ids;       /* a trigger gives accounts other ids; so it is until store_close */
    bool blind; /* the table's rules may change rows that the hook does not see: for the length
                     * of a transaction the map is empty, and the database has all answers */
    struct store_touched touched;
    struct store_counts counts;
    char message[512]; /* of the last call that did not succeed */
};

/* Opens the file, or makes it, with the table if it has none. OK, or FAILED with store->message;
 * call store_close in either case. */
enum store_status store_open(struct store *store, const char *path,
                             const struct store_options *options);

/* Rolls an open transaction back. `store` may be one that store_open refused. */
void store_close(struct store *store);

/* A copy of the account in *account. OK; ABSENT; BUSY outside a transaction; FAILED. Within a
 * transaction it sees the changes made so far. */
enum store_status store_get(struct store *store, int64_t id, struct account *account);

/* OK; BUSY; FAILED: no transaction is open; MISUSE within a transaction. */
enum store_status store_begin(struct store *store);

/* OK; REFUSED; TOO_LARGE, FAILED: the transaction is over; ENDED; MISUSE. What triggers change
 * counts as changes of the transaction too. Costs a statement between two of a savepoint, and a
 * read for each account where triggers have changed the account or others. */
enum store_status store_put(struct store *store, const struct account *account);

/* The same, and ABSENT. */
enum store_status store_delete(struct store *store, int64_t id);

/* OK: it is on the disk. BUSY: the transaction is still open. ENDED: an earlier call has rolled it
 * back. FAILED: it is over, and gets say what the database has: all of it or nothing. MISUSE. */
enum store_status store_commit(struct store *store);

/* OK: all is as before store_begin, or no transaction was open. FAILED: SQLite was kept from
 * rolling back; call it again. */
enum store_status store_rollback(struct store *store);

/* Drops what the map holds if another connection has written since. OK; BUSY; FAILED; MISUSE within
 * a transaction. Costs a read of the file's header. */
enum store_status store_refresh(struct store *store);

/* "busy", for messages. Static, never null. */
const char *store_status_name(enum store_status status);

#endif
