/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts in an SQLite table behind a cache map: see sqlite_cache_store.h.
 *
 * The rules that keep map and database alike:
 *   1. The database first, then the map. A statement that fails leaves nothing to undo in the map.
 *   2. A scope is open exactly while a transaction is. Whatever ends the one closes the other.
 *   3. Each change has a savepoint: one that the table's rules refuse is undone to it, for SQLite
 *      keeps what came before a RAISE(FAIL). Any other failure in a transaction ends it, in both.
 *      SQLite rolls back by itself at some errors, and statements after that would commit one by
 *      one.
 *   4. Outside a transaction the database has all that the map has: compact is allowed at any time.
 *   5. Where it is in doubt what the database has, the map forgets everything.
 *   6. A statement may do more than it says, or less, by triggers. What it touched the update hook
 *      tells, and the map takes that from the database. */
#define ACCOUNT_CACHE_DEFINE
#include "sqlite_cache_store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ACCOUNT_TABLE \
    "account(" \
    "id INTEGER PRIMARY KEY, " \
    "balance INTEGER NOT NULL CHECK(balance >= 0), " \
    "owner TEXT NOT NULL CHECK(length(CAST(owner AS BLOB)) < 48))"

static const char schema[] = "CREATE TABLE IF NOT EXISTS " ACCOUNT_TABLE;

/* In the order of enum store_statement. BEGIN IMMEDIATE takes the write lock at once: another
 * writer shows there, where nothing has been done yet, and not in the middle. */
static const char *const statement_texts[STORE_STATEMENT_COUNT] = {
    "SELECT balance, owner FROM account WHERE id = ?1",
    ("INSERT INTO account(id, balance, owner) VALUES(?1, ?2, ?3) "
     "ON CONFLICT(id) DO UPDATE SET balance = excluded.balance, owner = excluded.owner"),
    "DELETE FROM account WHERE id = ?1",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT change",
    "ROLLBACK TO change",
    "RELEASE change",
    "PRAGMA data_version",
    /* Whether rows may change unseen: the table is not ours, word for word, or a trigger replaces.
     * The update hook does not tell of rows that are deleted to make room for another. */
    ("SELECT NOT EXISTS(SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND "
     "sql = 'CREATE TABLE " ACCOUNT_TABLE "') OR EXISTS(SELECT 1 FROM temp.sqlite_master WHERE "
     "name = 'account' COLLATE NOCASE) OR EXISTS(SELECT 1 FROM (SELECT sql FROM main.sqlite_master "
     "UNION ALL SELECT sql FROM temp.sqlite_master) WHERE sql LIKE '%REPLACE%')"),
};

static enum store_status say(struct store *store, enum store_status status, const char *what,
                             const char *why) {
    (void)snprintf(store->message, sizeof store->message, "%s: %s", what, why);
    return status;
}

/* Low bits of an extended result code: its kind. */
static int kind_of(int result) {
    return result & 0xff;
}

/* Runs a statement that gives no row that is wanted. The result is SQLITE_DONE or SQLITE_ROW, or an
 * extended error code. The bindings stay: every use binds all of them anew. */
static int run(struct store *store, enum store_statement statement) {
    const int result = sqlite3_step(store->statements[statement]);
    (void)sqlite3_reset(store->statements[statement]);
    return result;
}

static bool database_in_transaction(const struct store *store) {
    return sqlite3_get_autocommit(store->database) == 0;
}

/* ---- What a statement touches. ----------------------------------------------------------- */

/* The update hook: also of what triggers do. A row that is touched twice is there once. */
static void touch(void *context, int operation, const char *database, const char *table,
                  sqlite3_int64 id) {
    struct store_touched *touched = &((struct store *)context)->touched;
    (void)operation;
    if (strcmp(database, "main") != 0 || sqlite3_stricmp(table, "account") != 0)
        return;
    touched->event_count += 1;
    for (uint32_t i = 0; i < touched->id_count && i < STORE_TOUCHED_COUNT_MAX; i += 1)
        if (touched->ids[i] == id)
            return;
    if (touched->id_count < STORE_TOUCHED_COUNT_MAX)
        touched->ids[touched->id_count] = id;
    if (touched->id_count <= STORE_TOUCHED_COUNT_MAX)
        touched->id_count += 1;
}

/* The authorizer, asked when a statement is compiled, with the triggers that it may run. To ignore
 * a DELETE is to delete row by row: a trigger that empties the table would not tell the hook
 * otherwise. A trigger that gives an account another id tells the hook the new one only. */
static int authorize(void *context, int action, const char *table, const char *column,
                     const char *database, const char *trigger) {
    (void)database;
    if (action == SQLITE_UPDATE && trigger != NULL && sqlite3_stricmp(table, "account") == 0 &&
        (sqlite3_stricmp(column, "id") == 0 || sqlite3_stricmp(column, "ROWID") == 0))
        ((struct store *)context)->moves_ids = true;
    return action == SQLITE_DELETE ? SQLITE_IGNORE : SQLITE_OK;
}

/* ---- Open and close. --------------------------------------------------------------------- */

static enum store_status open_database(struct store *store, const char *path,
                                       const struct store_options *options) {
    int result = sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                 options->vfs);
    if (result == SQLITE_OK)
        result = sqlite3_extended_result_codes(store->database, 1);
    if (result == SQLITE_OK)
        result = sqlite3_busy_timeout(store->database, options->busy_timeout_ms);
    if (result == SQLITE_OK)
        result = sqlite3_exec(store->database, schema, NULL, NULL, NULL);
    if (result == SQLITE_OK && sqlite3_db_readonly(store->database, "main") == 1)
        return say(store, STORE_FAILED, path, "may not be written; see to its permissions");
    if (result == SQLITE_OK)
        result = sqlite3_set_authorizer(store->database, authorize, store);
    (void)sqlite3_update_hook(store->database, touch, store);
    for (int i = 0; i < STORE_STATEMENT_COUNT && result == SQLITE_OK; i += 1)
        result = sqlite3_prepare_v3(store->database, statement_texts[i], -1,
                                    SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
    if (result != SQLITE_OK)
        return say(store, STORE_FAILED, path,
                   store->database != NULL ? sqlite3_errmsg(store->database)
                                           : sqlite3_errstr(result));
    return STORE_OK;
}

static enum store_status open_cache(struct store *store, const struct store_options *options) {
    const struct cache_map_options map_options = {
        options->cache_account_count_max, options->stash_account_count_max,
        options->transaction_change_count_max, options->hash_seed};
    enum cache_map_status status;
    if (options->stash_account_count_max <= options->transaction_change_count_max)
        return say(store, STORE_FAILED, "options",
                   "the stash has to hold more accounts than a transaction may change");
    status = account_cache_init(&store->cache, &map_options, NULL);
    if (status == CACHE_MAP_OPTIONS_INVALID)
        return say(store, STORE_FAILED, "options",
                   "the cache takes a multiple of 16 accounts, the stash 1 to 2^30");
    if (status != CACHE_MAP_OK)
        return say(store, STORE_FAILED, "the cache", cache_map_status_name(status));
    store->cache_is_there = true;
    return STORE_OK;
}

enum store_status store_open(struct store *store, const char *path,
                             const struct store_options *options) {
    enum store_status status;
    memset(store, 0, sizeof *store);
    store->transaction_change_count_max = options->transaction_change_count_max;
    status = open_cache(store, options);
    if (status == STORE_OK)
        status = open_database(store, path, options);
    if (status == STORE_OK)
        status = store_refresh(store);
    store->counts.reset_count = 0;
    return status;
}

void store_close(struct store *store) {
    for (int i = 0; i < STORE_STATEMENT_COUNT; i += 1)
        (void)sqlite3_finalize(store->statements[i]);
    (void)sqlite3_close(store->database); /* rolls back what is open */
    if (store->cache_is_there)
        account_cache_deinit(&store->cache);
    memset(store, 0, sizeof *store);
}

/* ---- The end of a transaction that does not commit. -------------------------------------- */

/* Undoes the changes in both. The discard cannot fail. The ROLLBACK can be kept from running (by
 * sqlite3_interrupt): then the transaction of the database is still open, and store_rollback tries
 * again; until then nothing is read or written through it. */
static void end_transaction(struct store *store) {
    assert(store->transaction == STORE_TRANSACTION_OPEN);
    (void)account_cache_scope_close(&store->cache, CACHE_MAP_SCOPE_DISCARD);
    store->transaction = STORE_TRANSACTION_ENDED;
    store->counts.rollback_count += 1;
    if (database_in_transaction(store))
        (void)run(store, STORE_ROLLBACK);
}

/* The database has failed, or, outside a transaction, was only locked. Its message is taken before
 * the ROLLBACK writes another one. */
static enum store_status database_failed(struct store *store, const char *what) {
    const bool busy = kind_of(sqlite3_extended_errcode(store->database)) == SQLITE_BUSY;
    (void)say(store, STORE_FAILED, what, sqlite3_errmsg(store->database));
    if (busy && store->transaction == STORE_TRANSACTION_NONE)
        return STORE_BUSY;
    if (store->transaction == STORE_TRANSACTION_OPEN)
        end_transaction(store);
    return STORE_FAILED;
}

/* ---- Reads. ------------------------------------------------------------------------------ */

static struct account account_of(int64_t id, int64_t balance, const char *owner) {
    struct account account = {id, balance, ""};
    (void)snprintf(account.owner, sizeof account.owner, "%s", owner);
    return account;
}

static enum store_status read_account(struct store *store, int64_t id, struct account *account) {
    sqlite3_stmt *statement = store->statements[STORE_GET];
    const unsigned char *owner = NULL;
    enum store_status status = STORE_OK;
    int result = sqlite3_bind_int64(statement, 1, id);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    if (result == SQLITE_DONE)
        status = STORE_ABSENT;
    else if (result == SQLITE_ROW && (owner = sqlite3_column_text(statement, 1)) != NULL)
        *account = account_of(id, sqlite3_column_int64(statement, 0), (const char *)owner);
    else
        status = database_failed(store, "get"); /* no owner: no memory for it */
    (void)sqlite3_reset(statement);
    return status;
}

/* Forgets the stash. Right whenever no transaction is open: the database has all of it. */
static void compact(struct store *store) {
    const enum cache_map_status status = account_cache_compact(&store->cache);
    assert(status == CACHE_MAP_OK);
    (void)status;
    store->counts.compact_count += 1;
}

/* Keeps what was read. A victim of the cache may find the stash full: then it is time to compact.
 * The second try cannot fail, for the stash is empty. */
static void keep(struct store *store, const struct account *account) {
    enum cache_map_status status = account_cache_upsert(&store->cache, account);
    if (status == CACHE_MAP_STASH_FULL) {
        compact(store);
        status = account_cache_upsert(&store->cache, account);
    }
    assert(!cache_map_status_failed(status));
}

enum store_status store_get(struct store *store, int64_t id, struct account *account) {
    struct account *cached = NULL;
    enum store_status status;
    store->counts.get_count += 1;
    switch (account_cache_lookup(&store->cache, id, &cached)) {
    case CACHE_MAP_FOUND:
        *account = *cached; /* a copy: the pointer is good until the next change of the map only */
        store->counts.cached_count += 1;
        return STORE_OK;
    case CACHE_MAP_TOMBSTONE: store->counts.tombstone_count += 1; return STORE_ABSENT;
    default: break;
    }
    if (store->transaction == STORE_TRANSACTION_ENDED && database_in_transaction(store))
        return say(store, STORE_FAILED, "get", "the transaction before is not yet rolled back");
    store->counts.read_count += 1;
    status = read_account(store, id, account);
    /* Not within a scope: there it would take room in the log from the changes, and be discarded
     * with them. What a transaction reads and then changes gets into the map by the change. */
    if (status == STORE_OK && store->transaction != STORE_TRANSACTION_OPEN)
        keep(store, account);
    return status;
}

/* ---- Transactions. ----------------------------------------------------------------------- */

static enum store_status refresh(struct store *store) {
    sqlite3_stmt *statement = store->statements[STORE_DATA_VERSION];
    int64_t version;
    if (sqlite3_step(statement) != SQLITE_ROW) {
        (void)sqlite3_reset(statement);
        return database_failed(store, "data version");
    }
    version = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    if (version == store->data_version)
        return STORE_OK;
    store->data_version = version;
    store->counts.reset_count += 1;
    (void)account_cache_reset(&store->cache);
    return STORE_OK;
}

enum store_status store_refresh(struct store *store) {
    if (store->transaction != STORE_TRANSACTION_NONE)
        return say(store, STORE_MISUSE, "refresh", "a transaction is open");
    return refresh(store);
}

/* Within a transaction the stash cannot be compacted, for a scope is open. So there has to be room
 * at its start: each change takes one slot at most (guarantee 7). One more than that, because where
 * stash and scope are both full the map says STASH_FULL: the change that is one too many is to say
 * SCOPE_FULL. */
static void make_room(struct store *store) {
    const struct cache_map_counts counts = account_cache_inspect_counts(&store->cache);
    if (counts.stash_count_max - counts.stash_count <= store->transaction_change_count_max)
        compact(store);
}

/* An interrupt can come when BEGIN is done: it has failed, and the transaction is open. */
static enum store_status begin_failed(struct store *store, enum store_status status) {
    if (database_in_transaction(store))
        (void)run(store, STORE_ROLLBACK);
    if (database_in_transaction(store))
        store->transaction = STORE_TRANSACTION_ENDED;
    return status;
}

/* The rules may have changed since the transaction before. Where rows may change unseen, what the
 * map has is not kept: nothing is put into it until the transaction is over. */
static enum store_status read_rules(struct store *store) {
    sqlite3_stmt *statement = store->statements[STORE_RULES];
    if (sqlite3_step(statement) != SQLITE_ROW) {
        (void)sqlite3_reset(statement);
        return database_failed(store, "the rules of the table");
    }
    store->blind = sqlite3_column_int(statement, 0) != 0 || store->moves_ids;
    (void)sqlite3_reset(statement);
    if (store->blind) {
        (void)account_cache_reset(&store->cache);
        store->counts.reset_count += 1;
    }
    return STORE_OK;
}

enum store_status store_begin(struct store *store) {
    enum cache_map_status opened;
    enum store_status status;
    if (store->transaction != STORE_TRANSACTION_NONE)
        return say(store, STORE_MISUSE, "begin", "a transaction is open");
    if (run(store, STORE_BEGIN) != SQLITE_DONE)
        return begin_failed(store, database_failed(store, "begin"));
    /* From here on no other connection can write. */
    status = refresh(store);
    if (status == STORE_OK)
        status = read_rules(store);
    if (status != STORE_OK)
        return begin_failed(store, status);
    make_room(store);
    opened = account_cache_scope_open(&store->cache);
    assert(opened == CACHE_MAP_OK);
    (void)opened;
    store->transaction = STORE_TRANSACTION_OPEN;
    return STORE_OK;
}

/* OK where a change may be made. */
static enum store_status transaction_is_open(struct store *store, const char *what) {
    switch (store->transaction) {
    case STORE_TRANSACTION_OPEN: return STORE_OK;
    case STORE_TRANSACTION_ENDED:
        return say(store, STORE_ENDED, what, "the transaction was rolled back; store_rollback");
    case STORE_TRANSACTION_NONE: break;
    }
    return say(store, STORE_MISUSE, what, "no transaction is open; store_begin");
}

/* What the map said to a change that the database has made. */
static enum store_status change_made(struct store *store, const char *what,
                                     enum cache_map_status status) {
    switch (status) {
    case CACHE_MAP_SCOPE_FULL:
        (void)say(store, STORE_TOO_LARGE, what, "the transaction has too many changes");
        end_transaction(store);
        return STORE_TOO_LARGE;
    case CACHE_MAP_STASH_FULL: /* make_room has seen to it that this does not happen */
        (void)say(store, STORE_FAILED, what, "the stash is full within a transaction");
        end_transaction(store);
        return STORE_FAILED;
    default: return STORE_OK; /* ABSENT too: a remove had nothing to hide, the database is asked */
    }
}

/* Runs a statement that changes one account, bound already. OK; REFUSED: nothing of it is left,
 * whatever triggers have done before; FAILED: the transaction is over. */
static enum store_status change_table(struct store *store, enum store_statement statement,
                                      const char *what) {
    enum store_status status = STORE_OK;
    int result;
    memset(&store->touched, 0, sizeof store->touched);
    if (run(store, STORE_SAVEPOINT) != SQLITE_DONE)
        return database_failed(store, what);
    result = run(store, statement);
    if (kind_of(result) == SQLITE_CONSTRAINT && database_in_transaction(store))
        status = say(store, STORE_REFUSED, what, sqlite3_errmsg(store->database));
    else if (result != SQLITE_DONE)
        return database_failed(store, what);
    else if (sqlite3_changes(store->database) == 0) /* RAISE(IGNORE), or no such account */
        status = say(store, STORE_REFUSED, what, "the rules of the table pass it over");
    if (status == STORE_REFUSED && run(store, STORE_ROLLBACK_TO) != SQLITE_DONE)
        return database_failed(store, what);
    if (run(store, STORE_RELEASE) != SQLITE_DONE)
        return database_failed(store, what);
    return status;
}

/* The map takes one account as it now is in the database. */
static enum store_status follow_one(struct store *store, const char *what, int64_t id) {
    struct account account;
    switch (read_account(store, id, &account)) {
    case STORE_OK: return change_made(store, what, account_cache_upsert(&store->cache, &account));
    case STORE_ABSENT: return change_made(store, what, account_cache_remove(&store->cache, id));
    default: return STORE_FAILED; /* the transaction is over */
    }
}

/* After a change of the table: the map makes the same. `kept` is what the account should be now,
 * null for none; it is so if nothing but this account was touched, and once. */
static enum store_status follow(struct store *store, const char *what, int64_t id,
                                const struct account *kept) {
    const struct store_touched *touched = &store->touched;
    enum store_status status = STORE_OK;
    if (store->blind)
        return STORE_OK;
    if (store->moves_ids) { /* a new trigger: the next transaction is blind */
        (void)say(store, STORE_FAILED, what, "the rules of the table have changed; try again");
        end_transaction(store);
        return STORE_FAILED;
    }
    if (touched->event_count == 1 && touched->ids[0] == id)
        return change_made(store, what,
                           kept != NULL ? account_cache_upsert(&store->cache, kept)
                                        /* Leaves a tombstone: until the next compact a get need
                                         * not ask the database. */
                                        : account_cache_remove(&store->cache, id));
    if (touched->id_count > STORE_TOUCHED_COUNT_MAX)
        return change_made(store, what, CACHE_MAP_SCOPE_FULL);
    for (uint32_t i = 0; i < touched->id_count && status == STORE_OK; i += 1)
        status = follow_one(store, what, touched->ids[i]);
    return status;
}

enum store_status store_put(struct store *store, const struct account *account) {
    sqlite3_stmt *statement = store->statements[STORE_PUT];
    enum store_status status = transaction_is_open(store, "put");
    struct account kept = *account;
    if (status != STORE_OK)
        return status;
    kept.owner[sizeof kept.owner - 1] = '\0';
    (void)sqlite3_bind_int64(statement, 1, kept.id);
    (void)sqlite3_bind_int64(statement, 2, kept.balance);
    if (sqlite3_bind_text(statement, 3, kept.owner, -1, SQLITE_TRANSIENT) != SQLITE_OK)
        return database_failed(store, "put");
    status = change_table(store, STORE_PUT, "put");
    return status == STORE_OK ? follow(store, "put", kept.id, &kept) : status;
}

enum store_status store_delete(struct store *store, int64_t id) {
    enum store_status status = transaction_is_open(store, "delete");
    struct account account;
    if (status != STORE_OK)
        return status;
    if (sqlite3_bind_int64(store->statements[STORE_DELETE], 1, id) != SQLITE_OK)
        return database_failed(store, "delete");
    status = change_table(store, STORE_DELETE, "delete");
    if (status == STORE_OK)
        return follow(store, "delete", id, NULL);
    if (status != STORE_REFUSED)
        return status;
    status = read_account(store, id, &account); /* it may not have been there */
    return status == STORE_OK ? STORE_REFUSED : status;
}

/* A COMMIT that reports a failure may have committed: the disk may fail after the last step (the
 * journal is gone), and an interrupt may come after it. Then neither the state before nor the one
 * after may be assumed, and every get has to ask. No doubt is where the transaction is still open,
 * and where the commit hook has refused. */
enum store_status store_commit(struct store *store) {
    const enum store_status status = transaction_is_open(store, "commit");
    bool in_doubt;
    int result;
    if (status == STORE_ENDED)
        return store_rollback(store) == STORE_OK ? STORE_ENDED : STORE_FAILED;
    if (status != STORE_OK)
        return status;
    result = run(store, STORE_COMMIT);
    if (result == SQLITE_DONE) {
        (void)account_cache_scope_close(&store->cache, CACHE_MAP_SCOPE_PERSIST);
        store->transaction = STORE_TRANSACTION_NONE;
        store->counts.commit_count += 1;
        return STORE_OK;
    }
    if (kind_of(result) == SQLITE_BUSY && database_in_transaction(store))
        return say(store, STORE_BUSY, "commit", sqlite3_errmsg(store->database));
    in_doubt = !database_in_transaction(store) && kind_of(result) != SQLITE_CONSTRAINT;
    (void)database_failed(store, "commit");
    if (in_doubt) {
        (void)account_cache_reset(&store->cache);
        store->counts.reset_count += 1;
    }
    if (!database_in_transaction(store))
        store->transaction = STORE_TRANSACTION_NONE;
    return STORE_FAILED;
}

enum store_status store_rollback(struct store *store) {
    if (store->transaction == STORE_TRANSACTION_OPEN)
        end_transaction(store);
    else if (database_in_transaction(store))
        (void)run(store, STORE_ROLLBACK);
    if (database_in_transaction(store))
        return say(store, STORE_FAILED, "rollback", sqlite3_errmsg(store->database));
    store->transaction = STORE_TRANSACTION_NONE;
    return STORE_OK;
}

const char *store_status_name(enum store_status status) {
    switch (status) {
    case STORE_OK: return "ok";
    case STORE_ABSENT: return "absent";
    case STORE_REFUSED: return "refused";
    case STORE_BUSY: return "busy";
    case STORE_TOO_LARGE: return "too large";
    case STORE_ENDED: return "ended";
    case STORE_FAILED: return "failed";
    case STORE_MISUSE: return "misuse";
    }
    return "unknown";
}
