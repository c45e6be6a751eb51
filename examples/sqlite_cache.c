/* SPDX-License-Identifier: Apache-2.0 */
/* ./sqlite_cache: a bank of accounts in an SQLite table, with a cache map before it.
 *
 * What it shows: how many reads a cache map spares a database, and, with --check, that the two
 * agree whatever fails. What to copy is in sqlite_cache_store.h and sqlite_cache_store.c; this file
 * is the program around it: options, a workload, a table of what happened. */
#include "random.h"
#include "sqlite_cache_check.h"
#include "sqlite_cache_store.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_GOOD = 0, EXIT_FAILS = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

enum { CHANGES_PER_TRANSACTION_MAX = 64, GETS_PER_TRANSACTION = 8, BUSY_TIMEOUT_MS = 2000 };

static const char usage_text[] =
    "usage: sqlite_cache [--file FILE] [--accounts N] [--cache N] [--transactions N] [--seed N]\n"
    "       sqlite_cache --check [--seed N] [--transactions N]\n"
    "\n"
    "Runs transactions on a bank of accounts in an SQLite table behind a cache map, and says how\n"
    "many reads the database was spared.\n"
    "\n"
    "  --file FILE       the database; it is made if it is not there; default: in memory\n"
    "  --accounts N      how many accounts there are; default 10000\n"
    "  --cache N         how many accounts the cache takes, a multiple of 16; default 1024\n"
    "  --transactions N  default 20000, with --check 2000\n"
    "  --seed N          of the random numbers; default 1\n"
    "  --check           random transactions under random failures, on a database of its own "
    "under\n"
    "                    TMPDIR: after each, cache map, database and a model are compared\n"
    "  --help            this\n"
    "\n"
    "exit status: 0 good, 1 the check or the bank's books fail, 2 usage, or the database cannot "
    "be\n"
    "read or written, 130 interrupted\n";

struct bank {
    struct store store;
    struct random random;
    uint64_t account_count, transaction_count;
    uint64_t done_count;
    uint64_t refused_count; /* rolled back: overdrafts, and what triggers refuse */
    uint64_t closed_count;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number) {
    (void)signal_number;
    interrupted = 1;
}

/* ---- The workload. ----------------------------------------------------------------------- */

/* Whatever the store says that it should not: the words of the store, and the end. */
static bool good(struct bank *bank, enum store_status status) {
    if (status == STORE_OK || status == STORE_ABSENT || status == STORE_REFUSED)
        return true;
    fprintf(stderr, "sqlite_cache: %s (%s)\n", bank->store.message, store_status_name(status));
    return false;
}

/* Some accounts are busy, most are not. */
static int64_t random_id(struct bank *bank) {
    const uint64_t limit = 1 + random_skewed_below(&bank->random, bank->account_count);
    return (int64_t)random_skewed_below(&bank->random, limit);
}

static struct account account_new(int64_t id, int64_t balance) {
    struct account account = {id, balance, ""};
    (void)snprintf(account.owner, sizeof account.owner, "owner %lld", (long long)id);
    return account;
}

/* All accounts, in transactions as large as they may be. */
static bool open_accounts(struct bank *bank) {
    for (uint64_t id = 0; id < bank->account_count && !interrupted;) {
        uint64_t end = id + CHANGES_PER_TRANSACTION_MAX;
        if (end > bank->account_count)
            end = bank->account_count;
        if (!good(bank, store_begin(&bank->store)))
            return false;
        for (; id < end; id += 1) {
            const struct account account = account_new((int64_t)id, 100000);
            if (!good(bank, store_put(&bank->store, &account)))
                return false;
        }
        if (!good(bank, store_commit(&bank->store)))
            return false;
    }
    return true;
}

/* Both changes of a transaction, or neither: `status` is of the last that was tried. */
static bool end(struct bank *bank, enum store_status status) {
    if (status == STORE_REFUSED) {
        bank->refused_count += 1;
        return good(bank, store_rollback(&bank->store));
    }
    return good(bank, status) && good(bank, store_commit(&bank->store));
}

/* Moves money between two accounts, both or neither; one that was closed is opened again. Too
 * little money: the table refuses, and the half that was done is rolled back. */
static bool transfer(struct bank *bank) {
    struct store *store = &bank->store;
    const int64_t from_id = random_id(bank), to_id = random_id(bank);
    const int64_t amount = 1 + (int64_t)random_below(&bank->random, 60000);
    struct account from, to;
    enum store_status from_status, to_status, status;
    if (!good(bank, store_begin(store)))
        return false;
    from_status = store_get(store, from_id, &from);
    to_status = store_get(store, to_id, &to);
    if (!good(bank, from_status) || !good(bank, to_status))
        return false;
    if (from_status == STORE_ABSENT || from_id == to_id)
        return good(bank, store_rollback(store));
    if (to_status == STORE_ABSENT)
        to = account_new(to_id, 0);
    to.balance += amount;
    from.balance -= amount;
    status = store_put(store, &to);
    if (status == STORE_OK)
        status = store_put(store, &from);
    return end(bank, status);
}

/* Closes an account whose money goes to account 0. Account 0 stays. */
static bool close_account(struct bank *bank) {
    struct store *store = &bank->store;
    const int64_t id = random_id(bank);
    struct account account, heir;
    enum store_status status;
    if (id == 0)
        return true;
    if (!good(bank, store_begin(store)))
        return false;
    status = store_get(store, id, &account);
    if (status == STORE_ABSENT)
        return good(bank, store_rollback(store));
    if (!good(bank, status) || !good(bank, store_get(store, 0, &heir)))
        return false;
    heir.balance += account.balance;
    status = store_put(store, &heir);
    if (status == STORE_OK)
        status = store_delete(store, id);
    bank->closed_count += status == STORE_OK;
    return end(bank, status);
}

static bool work(struct bank *bank) {
    for (; bank->done_count < bank->transaction_count && !interrupted; bank->done_count += 1) {
        for (int i = 0; i < GETS_PER_TRANSACTION; i += 1) {
            struct account account;
            if (!good(bank, store_get(&bank->store, random_id(bank), &account)))
                return false;
        }
        if (!(random_percent(&bank->random, 3) ? close_account(bank) : transfer(bank)))
            return false;
    }
    return true;
}

/* ---- What happened. ---------------------------------------------------------------------- */

static int64_t sum_of_balances(struct bank *bank) {
    sqlite3_stmt *statement = NULL;
    int64_t sum = -1;
    if (sqlite3_prepare_v2(bank->store.database, "SELECT total(balance) FROM account", -1,
                           &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        sum = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return sum;
}

static void print_share(const char *what, uint64_t part, uint64_t whole) {
    printf("  %-28s %12llu %7.1f %%\n", what, (unsigned long long)part,
           whole == 0 ? 0.0 : 100.0 * (double)part / (double)whole);
}

static void print_report(const struct bank *bank) {
    const struct store_counts *counts = &bank->store.counts;
    const struct cache_map_counts map = account_cache_inspect_counts(&bank->store.cache);
    printf("gets %38llu\n", (unsigned long long)counts->get_count);
    print_share("the cache map had it", counts->cached_count, counts->get_count);
    print_share("the map knew it is deleted", counts->tombstone_count, counts->get_count);
    print_share("the database was asked", counts->read_count, counts->get_count);
    print_share("reads that were spared", counts->get_count - counts->read_count,
                counts->get_count);
    printf("transactions %30llu\n", (unsigned long long)bank->done_count);
    print_share("committed", counts->commit_count, bank->done_count);
    print_share("rolled back", counts->rollback_count, bank->done_count);
    printf("  overdrafts among them %19llu, accounts closed %llu\n",
           (unsigned long long)bank->refused_count, (unsigned long long)bank->closed_count);
    printf(
        "cache map: %llu of %llu accounts in the cache, %llu of %llu in the stash, %llu compacts, "
        "%llu resets\n",
        (unsigned long long)map.cache_value_count, (unsigned long long)map.cache_value_count_max,
        (unsigned long long)map.stash_count, (unsigned long long)map.stash_count_max,
        (unsigned long long)counts->compact_count, (unsigned long long)counts->reset_count);
}

/* Money is neither made nor lost. */
static int bank_run(struct bank *bank) {
    int64_t before, after;
    if (!open_accounts(bank))
        return EXIT_USAGE;
    memset(&bank->store.counts, 0, sizeof bank->store.counts);
    before = sum_of_balances(bank);
    if (!work(bank))
        return EXIT_USAGE;
    after = sum_of_balances(bank);
    print_report(bank);
    if (before != after) {
        fprintf(stderr, "sqlite_cache: the sum of all balances was %lld and is %lld\n",
                (long long)before, (long long)after);
        return EXIT_FAILS;
    }
    printf("books: the sum of all balances is what it was, %lld\n", (long long)after);
    return interrupted ? EXIT_INTERRUPTED : EXIT_GOOD;
}

/* ---- Options. ---------------------------------------------------------------------------- */

struct arguments {
    const char *file;
    uint64_t account_count, cache_count, transaction_count, seed;
    bool check;
};

static bool number_parse(const char *text, uint64_t limit, uint64_t *number) {
    char *end = NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 && *number <= limit;
}

static int usage_error(const char *message, const char *argument) {
    fprintf(stderr, "sqlite_cache: %s%s; ./sqlite_cache --help lists the options\n", message,
            argument);
    return EXIT_USAGE;
}

static int arguments_read(int argc, char **argv, struct arguments *arguments) {
    static const struct option options[] = {
        {"file", required_argument, NULL, 'f'},  {"accounts", required_argument, NULL, 'a'},
        {"cache", required_argument, NULL, 'c'}, {"transactions", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 's'},  {"check", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},        {0}};
    const uint64_t limit = 1000000000;
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        bool is_good = true;
        switch (option) {
        case 'f': arguments->file = optarg; break;
        case 'a':
            is_good = number_parse(optarg, limit, &arguments->account_count) &&
                      arguments->account_count > 0;
            break;
        case 'c': is_good = number_parse(optarg, limit, &arguments->cache_count); break;
        case 't': is_good = number_parse(optarg, limit, &arguments->transaction_count); break;
        case 's': is_good = number_parse(optarg, UINT64_MAX, &arguments->seed); break;
        case 'k': arguments->check = true; break;
        case 'h':
            exit(fputs(usage_text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_USAGE : EXIT_GOOD);
        default: return usage_error("no such option", "");
        }
        if (!is_good)
            return usage_error("not a number, or too large (or no accounts): ", optarg);
    }
    if (optind < argc)
        return usage_error("unexpected argument: ", argv[optind]);
    return EXIT_GOOD;
}

static int run(const struct arguments *arguments) {
    static struct bank bank;
    const struct store_options options = {
        .cache_account_count_max = arguments->cache_count,
        /* As much again as the cache: what lies between two compacts is not asked for either. */
        .stash_account_count_max = arguments->cache_count + CHANGES_PER_TRANSACTION_MAX + 1,
        .transaction_change_count_max = CHANGES_PER_TRANSACTION_MAX,
        .hash_seed = arguments->seed,
        .busy_timeout_ms = BUSY_TIMEOUT_MS,
    };
    int status = EXIT_USAGE;
    bank.random.state = arguments->seed;
    bank.account_count = arguments->account_count;
    bank.transaction_count =
        arguments->transaction_count != 0 ? arguments->transaction_count : 20000;
    if (store_open(&bank.store, arguments->file, &options) == STORE_OK)
        status = bank_run(&bank);
    else
        fprintf(stderr, "sqlite_cache: %s\n", bank.store.message);
    store_close(&bank.store);
    return status;
}

int main(int argc, char **argv) {
    struct arguments arguments = {
        .file = ":memory:", .account_count = 10000, .cache_count = 1024, .seed = 1};
    int status = arguments_read(argc, argv, &arguments);
    if (status != EXIT_GOOD)
        return status;
    (void)signal(SIGINT, interrupt);
    (void)signal(SIGTERM, interrupt);
    if (arguments.check)
        status = check_run(arguments.seed,
                           arguments.transaction_count != 0 ? arguments.transaction_count : 2000,
                           &interrupted);
    else
        status = run(&arguments);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "sqlite_cache: standard output: cannot be written: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    return status;
}
