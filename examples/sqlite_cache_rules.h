/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that a user's triggers give the table of accounts, for the check of sqlite_cache: as
 * triggers in the database, and the same in C for the model. Knows nothing of how the store works.
 */
#ifndef SQLITE_CACHE_RULES_H
#define SQLITE_CACHE_RULES_H

#include "sqlite_cache_store.h"

enum { ID_COUNT = 160 };

struct entry {
    bool present;
    struct account account;
};

struct model {
    struct entry entries[ID_COUNT];
};

bool account_equal(const struct account *a, const struct account *b);

/* The first id whose entries differ; -1: there is none. */
int64_t model_first_difference(const struct model *a, const struct model *b);

/* An account is put with the owner that brings a rule into force. */
enum rule {
    RULE_NONE = 0,
    RULE_ROLLBACK,     /* RAISE(ROLLBACK) */
    RULE_FAIL,         /* changes others and the account, then RAISE(FAIL): SQLite keeps all that */
    RULE_ABORT,        /* the same with RAISE(ABORT) */
    RULE_IGNORE,       /* changes another, then RAISE(IGNORE): the put is passed over */
    RULE_IGNORE_AFTER, /* RAISE(IGNORE) when the account is changed: it stays so */
    RULE_OTHERS,       /* changes the account again, and the next, and deletes the one after that */
    RULE_ALL,          /* deletes all but the account */
    RULE_DEBT,         /* breaks a deferred foreign key: the commit fails */
    RULE_STAYS,        /* the account cannot be deleted: RAISE(IGNORE) */
    RULE_HELD,         /* the same: changes others, then RAISE(FAIL) */
    RULE_HEIR,         /* there is one heir: a new account replaces the one before */
    RULE_COUNT
};

/* Some rules are not in force at all times, for SQLite works in another way where they are. */
enum rule_set {
    RULE_SET_PLAIN = 0, /* a DELETE of all rows empties the table at once */
    RULE_SET_DEBT,      /* foreign keys are looked at: RULE_DEBT */
    RULE_SET_KEEP,      /* DELETE has triggers: RULE_STAYS and RULE_HELD */
    RULE_SET_HEIR,      /* rows are deleted unseen by the update hook: RULE_HEIR */
    RULE_SET_COUNT
};

/* Makes the rules that are always in force, where the database has them not yet. An SQLite result
 * code. */
int rules_create(sqlite3 *database);

/* Puts a set into force for this connection, for as long as it is open. An SQLite result code. */
int rules_enforce(sqlite3 *database, enum rule_set set);

/* Whether the rule is in force under the set. */
bool rule_holds(enum rule rule, enum rule_set set);

/* The owner that brings the rule into force. Static. */
const char *rule_owner(enum rule rule);

/* What a put makes of the model. OK; REFUSED, FAILED (the transaction ends): nothing. */
enum store_status rules_put(struct model *model, enum rule_set set, const struct account *account);

/* The same of a delete; and ABSENT. */
enum store_status rules_delete(struct model *model, enum rule_set set, int64_t id);

#endif
