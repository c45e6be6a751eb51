/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that a user's triggers give the table: see sqlite_cache_rules.h. */
#include "sqlite_cache_rules.h"

#include <stdio.h>
#include <string.h>

/* ---- The model. -------------------------------------------------------------------------- */

bool account_equal(const struct account *a, const struct account *b) {
    return a->id == b->id && a->balance == b->balance && strcmp(a->owner, b->owner) == 0;
}

int64_t model_first_difference(const struct model *a, const struct model *b) {
    for (int64_t id = 0; id < ID_COUNT; id += 1) {
        const struct entry *one = &a->entries[id], *other = &b->entries[id];
        if (one->present != other->present ||
            (one->present && !account_equal(&one->account, &other->account)))
            return id;
    }
    return -1;
}

/* ---- As triggers. ------------------------------------------------------------------------ */

static const struct {
    const char *owner;
    enum rule_set set; /* plain: it is in force under all of them */
} rules[RULE_COUNT] = {
    {"", RULE_SET_PLAIN},       {"rolls back", RULE_SET_PLAIN}, {"fails", RULE_SET_PLAIN},
    {"aborts", RULE_SET_PLAIN}, {"ignored", RULE_SET_PLAIN},    {"ignored after", RULE_SET_PLAIN},
    {"others", RULE_SET_PLAIN}, {"all", RULE_SET_PLAIN},        {"owes", RULE_SET_DEBT},
    {"stays", RULE_SET_KEEP},   {"held", RULE_SET_KEEP},        {"claims", RULE_SET_HEIR},
};

const char *rule_owner(enum rule rule) {
    return rules[rule].owner;
}

bool rule_holds(enum rule rule, enum rule_set set) {
    return rules[rule].set == RULE_SET_PLAIN || rules[rule].set == set;
}

/* One for INSERT and one for UPDATE each. What they change has another owner then, so that no rule
 * comes into force by another. */
static const struct {
    const char *name, *when, *owner, *body;
} triggers[] = {
    {"rolls_back", "BEFORE", "rolls back", "SELECT RAISE(ROLLBACK, 'a trigger rolls back');"},
    {"fails", "AFTER", "fails",
     "UPDATE account SET balance = balance + 1, owner = 'other' WHERE id <= NEW.id; "
     "SELECT RAISE(FAIL, 'a trigger fails');"},
    {"aborts", "AFTER", "aborts",
     "UPDATE account SET balance = balance + 1, owner = 'other' WHERE id <= NEW.id; "
     "SELECT RAISE(ABORT, 'a trigger aborts');"},
    {"ignored", "BEFORE", "ignored",
     "UPDATE account SET balance = balance + 1, owner = 'other' WHERE id = NEW.id + 1; "
     "SELECT RAISE(IGNORE);"},
    {"ignored_after", "AFTER", "ignored after", "SELECT RAISE(IGNORE);"},
    {"others", "AFTER", "others",
     "UPDATE account SET balance = balance + 7, owner = 'other' WHERE id IN (NEW.id, NEW.id + 1); "
     "DELETE FROM account WHERE id = NEW.id + 2;"},
    {"all", "AFTER", "all",
     "DELETE FROM account; INSERT INTO account VALUES(NEW.id, NEW.balance, 'one');"},
    {"owes", "AFTER", "owes", "INSERT INTO debt VALUES(-1);"},
};

int rules_create(sqlite3 *database) {
    static const char *const events[] = {"INSERT", "UPDATE"};
    int result = sqlite3_exec(database,
                              "CREATE TABLE IF NOT EXISTS debt(account REFERENCES account(id) "
                              "DEFERRABLE INITIALLY DEFERRED); "
                              "CREATE UNIQUE INDEX IF NOT EXISTS one_heir ON account(owner) "
                              "WHERE owner = 'heir'",
                              NULL, NULL, NULL);
    for (size_t i = 0; i < 2 * sizeof triggers / sizeof triggers[0] && result == SQLITE_OK;
         i += 1) {
        char sql[400];
        (void)snprintf(sql, sizeof sql,
                       "CREATE TRIGGER IF NOT EXISTS %s_%s %s %s ON account "
                       "WHEN NEW.owner = '%s' BEGIN %s END",
                       triggers[i / 2].name, events[i % 2], triggers[i / 2].when, events[i % 2],
                       triggers[i / 2].owner, triggers[i / 2].body);
        result = sqlite3_exec(database, sql, NULL, NULL, NULL);
    }
    return result;
}

int rules_enforce(sqlite3 *database, enum rule_set set) {
    static const char *const texts[RULE_SET_COUNT] = {
        "PRAGMA foreign_keys = OFF",
        "PRAGMA foreign_keys = ON",
        ("CREATE TEMP TRIGGER stays BEFORE DELETE ON main.account WHEN OLD.owner = 'stays' BEGIN "
         "SELECT RAISE(IGNORE); END; "
         "CREATE TEMP TRIGGER held AFTER DELETE ON main.account WHEN OLD.owner = 'held' BEGIN "
         "UPDATE account SET balance = balance + 1, owner = 'other' WHERE id > OLD.id; "
         "SELECT RAISE(FAIL, 'the account is held'); END"),
        ("CREATE TEMP TRIGGER claims AFTER INSERT ON main.account WHEN NEW.owner = 'claims' BEGIN "
         "UPDATE OR REPLACE account SET owner = 'heir' WHERE id = NEW.id; END"),
    };
    return sqlite3_exec(database, texts[set], NULL, NULL, NULL);
}

/* ---- The same in C. ---------------------------------------------------------------------- */

/* The rule that the owner of an account brings into force. */
static enum rule rule_of(const struct account *account, enum rule_set set) {
    for (int rule = RULE_NONE + 1; rule < RULE_COUNT; rule += 1)
        if (rule_holds((enum rule)rule, set) && strcmp(account->owner, rules[rule].owner) == 0)
            return (enum rule)rule;
    return RULE_NONE;
}

static void set_owner(struct account *account, const char *owner) {
    memset(account->owner, 0, sizeof account->owner);
    (void)snprintf(account->owner, sizeof account->owner, "%s", owner);
}

/* A trigger's DELETE of one account. False: the statement fails. */
static bool delete_by_trigger(struct model *model, enum rule_set set, int64_t id) {
    const enum store_status status = rules_delete(model, set, id);
    return status != STORE_REFUSED ||
           rule_of(&model->entries[id].account, set) == RULE_STAYS; /* passed over */
}

static enum store_status put_others(struct model *model, enum rule_set set, int64_t id) {
    for (int64_t i = id; i <= id + 1 && i < ID_COUNT; i += 1) {
        if (!model->entries[i].present)
            continue;
        model->entries[i].account.balance += 7;
        set_owner(&model->entries[i].account, "other");
    }
    return id + 2 >= ID_COUNT || delete_by_trigger(model, set, id + 2) ? STORE_OK : STORE_REFUSED;
}

static enum store_status put_all(struct model *model, enum rule_set set, int64_t id) {
    for (int64_t i = 0; i < ID_COUNT; i += 1)
        if (i != id && !delete_by_trigger(model, set, i))
            return STORE_REFUSED;
    set_owner(&model->entries[id].account, "one");
    return STORE_OK;
}

static void put_heir(struct model *model, int64_t id) {
    for (int64_t i = 0; i < ID_COUNT; i += 1)
        if (i != id && strcmp(model->entries[i].account.owner, "heir") == 0)
            model->entries[i].present = false;
    set_owner(&model->entries[id].account, "heir");
}

/* Where it is refused, what is made of the copy does not matter. */
static enum store_status put(struct model *model, enum rule_set set,
                             const struct account *account) {
    const bool is_new = !model->entries[account->id].present;
    if (account->balance < 0)
        return STORE_REFUSED;
    model->entries[account->id] = (struct entry){true, *account};
    switch (rule_of(account, set)) {
    case RULE_ROLLBACK: return STORE_FAILED;
    case RULE_FAIL:
    case RULE_ABORT:
    case RULE_IGNORE: return STORE_REFUSED;
    case RULE_OTHERS: return put_others(model, set, account->id);
    case RULE_ALL: return put_all(model, set, account->id);
    case RULE_HEIR:
        if (is_new)
            put_heir(model, account->id);
        return STORE_OK;
    default: return STORE_OK;
    }
}

enum store_status rules_put(struct model *model, enum rule_set set, const struct account *account) {
    struct model changed = *model;
    const enum store_status status = put(&changed, set, account);
    if (status == STORE_OK)
        *model = changed;
    return status;
}

enum store_status rules_delete(struct model *model, enum rule_set set, int64_t id) {
    struct entry *entry = &model->entries[id];
    if (!entry->present)
        return STORE_ABSENT;
    switch (rule_of(&entry->account, set)) {
    case RULE_STAYS:
    case RULE_HELD: return STORE_REFUSED;
    default: entry->present = false; return STORE_OK;
    }
}
