/* SPDX-License-Identifier: Apache-2.0 */
/* The check of sqlite_cache: see sqlite_cache_check.h.
 *
 * Three answers are compared for every id after every transaction: the cache map's (by inspection,
 * so that the check does not disturb what it looks at), the database's (by a connection of its own,
 * which never fails), and the model's, an array that knows neither. Deterministic in the seed. */
#include "sqlite_cache_check.h"
#include "sqlite_cache_check_faults.h"
#include "sqlite_cache_faults.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHANGE_COUNT_MAX = 16 };

/* ---- Comparing. -------------------------------------------------------------------------- */

/* The whole table. */
static void database_read(struct check *check, struct model *model) {
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(check->other, "SELECT id, balance, owner FROM account", -1,
                                    &statement, NULL);
    memset(model, 0, sizeof *model);
    for (; result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;) {
        const int64_t id = sqlite3_column_int64(statement, 0);
        struct entry *entry;
        if (id < 0 || id >= ID_COUNT) {
            disagree(check, "the database has id %lld, which was never put", (long long)id);
            break;
        }
        entry = &model->entries[id];
        entry->present = true;
        entry->account.id = id;
        entry->account.balance = sqlite3_column_int64(statement, 1);
        (void)snprintf(entry->account.owner, sizeof entry->account.owner, "%s",
                       (const char *)sqlite3_column_text(statement, 2));
    }
    if (sqlite3_finalize(statement) != SQLITE_OK || result != SQLITE_OK)
        disagree(check, "the database cannot be read: %s", sqlite3_errmsg(check->other));
}

/* The map may know less than the model, but nothing else. */
static void compare_cache(struct check *check, const struct model *model, const char *when) {
    const enum cache_map_invariant invariant = account_cache_check(&check->store.cache);
    if (invariant != CACHE_MAP_INVARIANT_NONE)
        disagree(check, "%s: the cache map breaks: %s", when, cache_map_invariant_name(invariant));
    for (int64_t id = 0; id < ID_COUNT; id += 1) {
        const struct cache_map_place_view view =
            account_cache_inspect_place(&check->store.cache, id);
        const struct entry *entry = &model->entries[id];
        if (view.place == CACHE_MAP_PLACE_STASH_TOMBSTONE && entry->present)
            disagree(check, "%s: id %lld: a tombstone, and the model has the account", when,
                     (long long)id);
        if (view.value != NULL &&
            (!entry->present ||
             !account_equal((const struct account *)view.value, &entry->account)))
            disagree(check, "%s: id %lld: the cache has balance %lld, the model %s %lld", when,
                     (long long)id, (long long)((const struct account *)view.value)->balance,
                     entry->present ? "has" : "deleted it, it had",
                     (long long)entry->account.balance);
    }
    check->comparison_count += ID_COUNT;
}

static void compare_all(struct check *check) {
    struct model database;
    int64_t id;
    database_read(check, &database);
    id = model_first_difference(&database, &check->before);
    if (id >= 0)
        disagree(check, "id %lld: the database has balance %lld%s, the model %lld%s", (long long)id,
                 (long long)database.entries[id].account.balance,
                 database.entries[id].present ? "" : " (absent)",
                 (long long)check->before.entries[id].account.balance,
                 check->before.entries[id].present ? "" : " (absent)");
    if (check->store.transaction != STORE_TRANSACTION_NONE ||
        account_cache_inspect_counts(&check->store.cache).scope_open ||
        sqlite3_get_autocommit(check->store.database) == 0)
        disagree(check, "after the transaction one is still open");
    compare_cache(check, &check->before, "after the transaction");
}

/* A get gives what the model has, and asks the database only where the map says absent. */
static void check_get(struct check *check, const struct model *model, int64_t id) {
    const bool known =
        account_cache_inspect_place(&check->store.cache, id).place != CACHE_MAP_PLACE_ABSENT;
    const uint64_t read_count = check->store.counts.read_count;
    const struct entry *entry = &model->entries[id];
    struct account account;
    const enum store_status status = store_get(&check->store, id, &account);
    if ((check->store.counts.read_count == read_count) != known && status != STORE_FAILED)
        disagree(check, "get %lld: known to the map: %d, but the database was asked: %d",
                 (long long)id, known, !known);
    if (!known && ((status == STORE_FAILED && anything_may_fail(check)) ||
                   (status == STORE_BUSY && check->fault == FAULT_BUSY_AT_GET))) {
        met(check);
        return;
    }
    if (status != (entry->present ? STORE_OK : STORE_ABSENT))
        disagree(check, "get %lld: %s, and the model has %s account (%s)", (long long)id,
                 store_status_name(status), entry->present ? "the" : "no", check->store.message);
    else if (status == STORE_OK && !account_equal(&account, &entry->account))
        disagree(check, "get %lld: balance %lld, the model has %lld", (long long)id,
                 (long long)account.balance, (long long)entry->account.balance);
}

/* ---- A transaction. ---------------------------------------------------------------------- */

static struct account random_account(struct check *check) {
    struct account account;
    memset(&account, 0, sizeof account);
    account.id = (int64_t)random_skewed_below(&check->random, ID_COUNT);
    account.balance = (int64_t)random_below(&check->random, 1000000);
    (void)snprintf(account.owner, sizeof account.owner, "%0*llx",
                   (int)(1 + random_below(&check->random, sizeof account.owner - 1)),
                   (unsigned long long)random_next(&check->random) >> 60);
    return account;
}

/* One change failed for good: with FAILED the fault, or the rule, must be one that can do so. */
static void ended(struct check *check, const char *what, enum store_status expected,
                  enum store_status status) {
    const bool may =
        status == STORE_FAILED && (anything_may_fail(check) || expected == STORE_FAILED);
    if (may)
        met(check);
    else
        disagree(check, "%s: %s, expected %s (%s)", what, store_status_name(status),
                 store_status_name(expected), check->store.message);
    if (check->store.transaction != STORE_TRANSACTION_ENDED)
        disagree(check, "%s failed, and the transaction goes on", what);
}

/* What triggers change counts too. */
static bool may_be_too_large(const struct check *check) {
    const enum rule rule = rule_of_fault(check);
    return check->fault == FAULT_TOO_LARGE || rule == RULE_OTHERS || rule == RULE_ALL ||
           anything_may_fail(check);
}

/* The rule of the next put: that of the fault; or any, where triggers and what undoes them may fail
 * in the middle. */
static enum rule random_rule(struct check *check) {
    const enum rule rule = rule_of_fault(check);
    if (rule != RULE_NONE)
        return random_percent(&check->random, 50) ? rule : RULE_NONE;
    return anything_may_fail(check) && random_percent(&check->random, 20)
               ? (enum rule)(RULE_FAIL + random_below(&check->random, RULE_OTHERS - RULE_FAIL + 1))
               : RULE_NONE;
}

static void check_put(struct check *check) {
    const enum rule rule = random_rule(check);
    struct account account = random_account(check);
    struct model next = check->now;
    enum store_status expected, status;
    if (check->fault == FAULT_REFUSED && random_percent(&check->random, 40))
        account.balance = -1;
    if (rule != RULE_NONE)
        (void)snprintf(account.owner, sizeof account.owner, "%s", rule_owner(rule));
    expected = rules_put(&next, check->rule_set, &account);
    status = store_put(&check->store, &account);
    if (status == STORE_TOO_LARGE && may_be_too_large(check)) {
        if (!anything_may_fail(check))
            met(check);
        return;
    }
    if (status != expected || status == STORE_FAILED) {
        ended(check, "put", expected, status);
        return;
    }
    check->now = next; /* the same as before, where it was refused */
    if (anything_may_fail(check))
        return;
    if (rule != RULE_NONE)
        check->ruled_id = account.id;
    if (rule != RULE_NONE ? rule != RULE_STAYS && rule != RULE_HELD && rule != RULE_DEBT
                          : status == STORE_REFUSED)
        met(check);
}

static void check_delete(struct check *check) {
    const int64_t id = check->ruled_id >= 0 && random_percent(&check->random, 80)
                           ? check->ruled_id
                           : (int64_t)random_skewed_below(&check->random, ID_COUNT);
    const bool cached = account_cache_inspect_place(&check->store.cache, id).value != NULL;
    struct model next = check->now;
    const enum store_status expected = rules_delete(&next, check->rule_set, id);
    const enum store_status status = store_delete(&check->store, id);
    if (status == STORE_OK && cached &&
        account_cache_inspect_place(&check->store.cache, id).place !=
            CACHE_MAP_PLACE_STASH_TOMBSTONE)
        disagree(check, "delete %lld: the map had it, and has no tombstone now", (long long)id);
    if (status == STORE_TOO_LARGE && may_be_too_large(check)) {
        if (!anything_may_fail(check))
            met(check);
        return;
    }
    if (status != expected) {
        ended(check, "delete", expected, status);
        return;
    }
    check->now = next;
    if (status == STORE_REFUSED)
        met(check);
}

/* Until the changes are made or the transaction is over. */
static void change(struct check *check) {
    const bool too_large = check->fault == FAULT_TOO_LARGE;
    const uint64_t change_count = too_large
                                      ? 4 * check->change_count_max
                                      : 1 + random_below(&check->random, check->change_count_max);
    for (uint64_t done = 0; done < change_count; done += 1) {
        if (random_percent(&check->random, 30))
            check_get(check, &check->now, (int64_t)random_below(&check->random, ID_COUNT));
        if (check->store.transaction != STORE_TRANSACTION_OPEN || check->failed)
            return;
        if (random_percent(&check->random, 65))
            check_put(check);
        else
            check_delete(check);
        if (check->store.transaction != STORE_TRANSACTION_OPEN || check->failed)
            return;
    }
    compare_cache(check, &check->now, "within the transaction");
}

/* A commit has to fail that leaves a foreign key broken. */
static bool owes(const struct check *check) {
    return rule_of_fault(check) == RULE_DEBT && check->ruled_id >= 0;
}

/* A commit that failed says nothing of the database, but that it has all or nothing. */
static void commit_failed(struct check *check) {
    struct model database;
    met(check);
    if (check->fault == FAULT_COMMIT_HOOK || owes(check))
        return;
    if (!anything_may_fail(check))
        disagree(check, "commit: failed (%s)", check->store.message);
    (void)faults_disarm();
    lift_memory_limit();
    database_read(check, &database);
    if (model_first_difference(&database, &check->now) >= 0)
        return;
    check->committed_count += model_first_difference(&check->before, &check->now) >= 0;
    check->before = check->now;
}

static void finish(struct check *check) {
    enum store_status status;
    if (check->fault == FAULT_ROLLBACK_BY_CHOICE || random_percent(&check->random, 5)) {
        met(check);
        return; /* the caller rolls back */
    }
    arm_commit(check);
    status = store_commit(&check->store);
    if (status == STORE_BUSY && check->fault == FAULT_BUSY_AT_COMMIT) {
        met(check);
        compare_cache(check, &check->now, "after a commit that was busy");
        execute(check, check->other, "ROLLBACK");
        if (random_percent(&check->random, 30))
            return;
        status = store_commit(&check->store);
    }
    if (status == STORE_OK && !owes(check))
        check->before = check->now;
    else if (status == STORE_FAILED)
        commit_failed(check);
    else
        disagree(check, "commit: %s (%s)", store_status_name(status), check->store.message);
}

/* Leaves no transaction, whatever happened. */
static void leave(struct check *check) {
    struct account account = random_account(check);
    if (check->store.transaction == STORE_TRANSACTION_ENDED &&
        store_put(&check->store, &account) != STORE_ENDED)
        disagree(check, "a put after the transaction has ended is not refused");
    if (store_rollback(&check->store) == STORE_OK)
        return;
    if (!anything_may_fail(check))
        disagree(check, "rollback: %s", check->store.message);
    disarm(check);
    if (store_rollback(&check->store) != STORE_OK)
        disagree(check, "rollback, again: %s", check->store.message);
}

static void transact(struct check *check) {
    enum store_status status;
    do
        check->fault = (enum fault)(random_percent(&check->random, 30)
                                        ? FAULT_NONE
                                        : random_below(&check->random, FAULT_COUNT));
    while (!rule_holds(rule_of_fault(check), check->rule_set));
    check->ruled_id = -1;
    check->now = check->before;
    arm(check);
    if (check->fault != FAULT_FOREIGN_WRITE) /* the map may not know of it before begin */
        check_get(check, &check->before, (int64_t)random_below(&check->random, ID_COUNT));
    status = store_begin(&check->store);
    if (status == STORE_OK) {
        check->now = check->before; /* another connection may have written */
        change(check);
        if (check->store.transaction == STORE_TRANSACTION_OPEN && !check->failed)
            finish(check);
    } else if ((status == STORE_BUSY &&
                (check->fault == FAULT_BUSY_AT_BEGIN || check->fault == FAULT_BUSY_AT_GET)) ||
               (status == STORE_FAILED && anything_may_fail(check))) {
        met(check);
    } else {
        disagree(check, "begin: %s (%s)", store_status_name(status), check->store.message);
    }
    if (check->store.transaction == STORE_TRANSACTION_NONE &&
        sqlite3_get_autocommit(check->store.database) == 0)
        disagree(check, "the store has no transaction, and the database has one");
    leave(check);
    disarm(check);
    compare_all(check);
    check->fault = FAULT_NONE;
    for (uint64_t get_count = random_below(&check->random, 12); get_count > 0; get_count -= 1)
        check_get(check, &check->before, (int64_t)random_skewed_below(&check->random, ID_COUNT));
}

/* ---- The run. ---------------------------------------------------------------------------- */

static bool prepare_database(struct check *check) {
    const char *parent = getenv("TMPDIR");
    (void)snprintf(check->folder, sizeof check->folder, "%s/sqlite_cache.XXXXXX",
                   parent != NULL && *parent != '\0' ? parent : "/tmp");
    if (mkdtemp(check->folder) == NULL) {
        fprintf(stderr, "sqlite_cache: %s: cannot be made: %s\n", check->folder, strerror(errno));
        return false;
    }
    (void)snprintf(check->path, sizeof check->path, "%s/accounts.db", check->folder);
    if (sqlite3_open(check->path, &check->other) == SQLITE_OK &&
        sqlite3_exec(check->other, "PRAGMA page_size = 512; PRAGMA synchronous = OFF; VACUUM", NULL,
                     NULL, NULL) == SQLITE_OK)
        return true;
    fprintf(stderr, "sqlite_cache: %s: %s\n", check->path, sqlite3_errmsg(check->other));
    return false;
}

static const char *const journal_pragmas[JOURNAL_COUNT] = {"PRAGMA journal_mode = DELETE",
                                                           "PRAGMA journal_mode = TRUNCATE",
                                                           "PRAGMA journal_mode = PERSIST"};

/* Small, so that the cache evicts, the stash fills and transactions are too large often. */
static bool prepare_store(struct check *check) {
    struct store_options options = {.vfs = FAULTS_VFS};
    options.cache_account_count_max = 16 * random_below(&check->random, 6);
    options.transaction_change_count_max =
        1 + random_below(&check->random, random_percent(&check->random, 50) ? 3 : CHANGE_COUNT_MAX);
    options.stash_account_count_max =
        options.transaction_change_count_max + 1 +
        random_below(&check->random, random_percent(&check->random, 50) ? 3 : 24);
    options.hash_seed = random_next(&check->random);
    check->change_count_max = options.transaction_change_count_max;
    if (store_open(&check->store, check->path, &options) != STORE_OK) {
        fprintf(stderr, "sqlite_cache: %s\n", check->store.message);
        return false;
    }
    check->journal = (enum journal)random_below(&check->random, JOURNAL_COUNT);
    execute(check, check->store.database, journal_pragmas[check->journal]);
    check->rule_set = (enum rule_set)random_below(&check->random, RULE_SET_COUNT);
    if (rules_create(check->other) != SQLITE_OK)
        disagree(check, "the rules cannot be made: %s", sqlite3_errmsg(check->other));
    if (rules_enforce(check->store.database, check->rule_set) != SQLITE_OK)
        disagree(check, "the rules cannot be put into force: %s",
                 sqlite3_errmsg(check->store.database));
    return true;
}

static void clean_up(struct check *check) {
    char path[320];
    store_close(&check->store);
    (void)sqlite3_close(check->other);
    (void)snprintf(path, sizeof path, "%s-journal", check->path);
    (void)unlink(path);
    (void)unlink(check->path);
    (void)rmdir(check->folder);
}

static void print_faults(const struct check *check) {
    printf("%-32s %12s %12s\n", "fault", "transactions", "met");
    for (int fault = 1; fault < FAULT_COUNT; fault += 1)
        printf("%-32s %12llu %12llu\n", fault_name((enum fault)fault),
               (unsigned long long)check->armed_count[fault],
               (unsigned long long)check->met_count[fault]);
    printf("commits that failed, and had changed the database: %llu\n",
           (unsigned long long)check->committed_count);
}

/* A fault that never shows tests nothing. With few transactions it may be luck: the database grows
 * in one transaction of twenty. */
static void all_met(struct check *check) {
    for (int fault = 1; fault < FAULT_COUNT; fault += 1)
        if (check->armed_count[fault] >= 500 && check->met_count[fault] == 0)
            disagree(check, "the fault '%s' was armed %llu times and never met",
                     fault_name((enum fault)fault), (unsigned long long)check->armed_count[fault]);
}

/* Another geometry each so many transactions; the database stays. */
enum { TRANSACTIONS_PER_STORE = 50 };

int check_run(uint64_t seed, uint64_t transaction_count, const volatile sig_atomic_t *interrupted) {
    static struct check check;
    memset(&check, 0, sizeof check);
    check.seed = seed;
    check.random.state = seed;
    if (faults_register() != SQLITE_OK || !prepare_database(&check) || !prepare_store(&check)) {
        clean_up(&check);
        return 2;
    }
    for (; check.transaction < transaction_count && !check.failed && !*interrupted;
         check.transaction += 1) {
        if (check.transaction % TRANSACTIONS_PER_STORE == 0) {
            store_close(&check.store);
            if (!prepare_store(&check)) {
                clean_up(&check);
                return 2;
            }
        }
        transact(&check);
    }
    if (!check.failed)
        all_met(&check);
    clean_up(&check);
    print_faults(&check);
    printf("%s: seed %llu, %llu transactions, %llu comparisons of an account\n",
           check.failed   ? "FAILS"
           : *interrupted ? "interrupted, all agree"
                          : "all agree",
           (unsigned long long)seed, (unsigned long long)check.transaction,
           (unsigned long long)check.comparison_count);
    return check.failed ? 1 : *interrupted ? 130 : 0;
}
