/* SPDX-License-Identifier: Apache-2.0 */
/* The store of the example sqlite_cache on tables with rules of their user's: after every call the
 * store answers as the database does, whatever the rules make of a change. The rules are those of
 * the table itself and those of triggers; random mixtures of triggers are sqlite_cache --check's.
 * Knows nothing of how the store works. tests/examples.sh compiles and runs it; it takes the name
 * of a file that it may write. */
#include "sqlite_cache_store.h"

#include <stdio.h>
#include <string.h>

enum { ID_LIMIT = 12 };

#define OURS \
    "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK(balance >= 0), " \
    "owner TEXT NOT NULL CHECK(length(CAST(owner AS BLOB)) < 48)); "

static struct store store;
static const char *table; /* of the case that runs */
static int failed_count;

/* Each account, by the store and by the database. Gets of all come first, so that the map has
 * whatever it can have. */
static void compare(const char *when) {
    for (int64_t id = 0; id < ID_LIMIT; id += 1) {
        struct account account = {0};
        const enum store_status status = store_get(&store, id, &account);
        sqlite3_stmt *statement = NULL;
        bool present, equal;
        char sql[80];
        (void)snprintf(sql, sizeof sql, "SELECT balance, owner FROM account WHERE id = %d",
                       (int)id);
        (void)sqlite3_prepare_v2(store.database, sql, -1, &statement, NULL);
        present = sqlite3_step(statement) == SQLITE_ROW;
        equal =
            present
                ? status == STORE_OK && account.balance == sqlite3_column_int64(statement, 0) &&
                      strcmp(account.owner, (const char *)sqlite3_column_text(statement, 1)) == 0
                : status == STORE_ABSENT;
        if (!equal) {
            printf("%s\n  %s: id %d: the store says %s, balance %lld, '%s'; the database %s\n",
                   table, when, (int)id, store_status_name(status), (long long)account.balance,
                   account.owner,
                   present ? (const char *)sqlite3_column_text(statement, 1) : "has none");
            failed_count += 1;
        }
        (void)sqlite3_finalize(statement);
    }
}

static void put(int64_t id, int64_t balance, const char *owner) {
    struct account account = {id, balance, ""};
    char when[100];
    (void)snprintf(account.owner, sizeof account.owner, "%s", owner);
    (void)snprintf(when, sizeof when, "put %d, '%s': %s", (int)id, owner,
                   store_status_name(store_put(&store, &account)));
    compare(when);
}

static void delete (int64_t id) {
    char when[100];
    (void)snprintf(when, sizeof when, "delete %d: %s", (int)id,
                   store_status_name(store_delete(&store, id)));
    compare(when);
}

static void begin(void) {
    if (store_begin(&store) != STORE_OK) {
        printf("%s\n  begin: %s\n", table, store.message);
        failed_count += 1;
    }
    compare("begin");
}

static void commit(void) {
    (void)store_commit(&store);
    (void)store_rollback(&store); /* if it could not */
    compare("after the transaction");
}

/* Accounts 1 to 4; then changes of which each may meet the rules. */
static void run(void) {
    static const char *const names[] = {"ann", "bob", "cid", "dan"};
    begin();
    for (int64_t id = 1; id <= 4; id += 1)
        put(id, 100, names[id - 1]);
    commit();
    begin();
    put(2, 200, "ann"); /* another's name */
    put(5, 200, "bob");
    put(3, 300, "cid");
    commit();
    begin();
    put(4, 5000, "dan"); /* rich */
    put(1, 150, "ann");
    delete (2);
    delete (9);
    commit();
    begin();
    put(7, 1, "ann");
    (void)store_rollback(&store);
    compare("after a rollback");
}

static void execute(sqlite3 *database, const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK)
        return;
    printf("%s\n  %s\n", sql, sqlite3_errmsg(database));
    failed_count += 1;
}

/* The rules come before the store opens the file, or, where its own table has them, after that. */
static void try_rules(const char *path, const char *sql, bool after) {
    const struct store_options options = {.cache_account_count_max = 64,
                                          .stash_account_count_max = 64,
                                          .transaction_change_count_max = 8};
    sqlite3 *database = NULL;
    table = sql;
    (void)remove(path);
    if (sqlite3_open(path, &database) == SQLITE_OK)
        execute(database, after ? OURS : sql);
    (void)sqlite3_close(database);
    if (store_open(&store, path, &options) == STORE_OK) {
        execute(store.database, "PRAGMA foreign_keys = ON");
        if (after)
            execute(store.database, sql + strlen(OURS));
        run();
    } else {
        printf("%s\n  open: %s\n", sql, store.message);
        failed_count += 1;
    }
    store_close(&store);
}

static void try(const char *path, const char *sql) {
    try_rules(path, sql, false);
    if (strncmp(sql, OURS, strlen(OURS)) == 0)
        try_rules(path, sql, true);
}

int main(int argc, char **argv) {
    static const char *const policies[] = {"ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"};
    static const char *const tables[] = {
        "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL, "
        "owner TEXT NOT NULL UNIQUE ON CONFLICT %s)",
        "CREATE TABLE account(id INTEGER PRIMARY KEY ON CONFLICT %s, balance INTEGER NOT NULL, "
        "owner TEXT NOT NULL)",
        "CREATE TABLE account(id INTEGER PRIMARY KEY, balance, owner UNIQUE ON CONFLICT %s) "
        "WITHOUT ROWID",
        OURS "CREATE UNIQUE INDEX one ON account(owner); CREATE TRIGGER t AFTER INSERT ON account "
             "BEGIN INSERT OR %s INTO account VALUES(NEW.id + 3, 7, 'dan'); END",
        OURS "CREATE UNIQUE INDEX one ON account(owner); CREATE TRIGGER t AFTER UPDATE ON account "
             "BEGIN UPDATE OR %s account SET owner = 'ann' WHERE id = NEW.id + 1; END",
        OURS "CREATE TRIGGER t AFTER UPDATE ON account BEGIN "
             "UPDATE OR %s account SET id = id + 1 WHERE id = NEW.id + 1; END",
    };
    static const char *const others[] = {
        OURS "CREATE TRIGGER t AFTER UPDATE ON account WHEN NEW.balance > 1000 BEGIN "
             "SELECT RAISE(FAIL, 'too rich'); END",
        OURS "CREATE TRIGGER t BEFORE UPDATE ON account WHEN NEW.balance > 1000 BEGIN "
             "UPDATE account SET owner = 'x' WHERE id = 1; SELECT RAISE(FAIL, 'too rich'); END",
        OURS "CREATE TRIGGER t BEFORE DELETE ON account BEGIN "
             "UPDATE account SET owner = 'x'; SELECT RAISE(FAIL, 'no'); END",
        OURS "CREATE TRIGGER t AFTER DELETE ON account BEGIN "
             "INSERT INTO account VALUES(OLD.id, 1, 'again'), (OLD.id + 5, 2, 'more'); END",
        OURS "CREATE TRIGGER t AFTER UPDATE ON account BEGIN DELETE FROM account; END",
        OURS "CREATE TRIGGER t AFTER UPDATE ON account BEGIN "
             "DELETE FROM account WHERE id = NEW.id; END",
        OURS "CREATE TRIGGER t AFTER INSERT ON account WHEN NEW.id < 100000 BEGIN "
             "INSERT INTO account SELECT value, 1, 'many' FROM "
             "(WITH RECURSIVE r(value) AS (SELECT 100000 UNION ALL SELECT value + 1 FROM r "
             "LIMIT 400) SELECT value FROM r); END",
        "CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER, owner TEXT, "
        "heir REFERENCES account(id) ON DELETE CASCADE DEFAULT 2)",
        OURS "CREATE TABLE debt(account REFERENCES account(id) DEFERRABLE INITIALLY DEFERRED); "
             "CREATE TRIGGER t AFTER UPDATE ON account BEGIN INSERT INTO debt VALUES(NEW.id + 90); "
             "END",
        "CREATE TABLE account(id INT PRIMARY KEY, balance INTEGER, owner TEXT)",
        "CREATE TABLE account(id INTEGER PRIMARY KEY, balance REAL, owner TEXT DEFAULT 'x')",
    };
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] * 5; i += 1) {
        char sql[600];
        (void)snprintf(sql, sizeof sql, tables[i / 5], policies[i % 5]);
        try(argv[1], sql);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i += 1)
        try(argv[1], others[i]);
    printf("%d comparisons failed\n", failed_count);
    return failed_count != 0;
}
