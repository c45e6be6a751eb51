/* SPDX-License-Identifier: Apache-2.0 */
/* The text of the functions that a generated program may need (program_write.c): C source in which
 * '@' stands for the number of the layout (nothing for the first), '$' for the type of its key. A program
 * gets those that it uses. Text only: knows nothing of streams. */
#ifndef SUBJECT_PROGRAM_HELPERS_H
#define SUBJECT_PROGRAM_HELPERS_H

#include <stdbool.h>
#include <stdio.h>

struct program_helper {
    const char *name; /* the word by whose use it is needed */
    const char *text;
};

/* In the order in which they are written: each uses those before it alone. */
extern const struct program_helper program_helpers_common[];
extern const struct program_helper program_helpers_typed[];
extern const unsigned program_helper_common_count, program_helper_typed_count;

enum { HELPER_COUNT_MAX = 64 };

/* Some of them for one layout; those that a text uses are needed. */
struct helper_list {
    unsigned count;
    char *names[HELPER_COUNT_MAX], *texts[HELPER_COUNT_MAX]; /* null without memory */
    bool needed[HELPER_COUNT_MAX];
};

/* Fills in `suffix` for '@' and `key_type` for '$'. helpers_free gives the memory back. */
void helpers_expand(struct helper_list *list, const struct program_helper *helpers, unsigned count,
                    const char *suffix, const char *key_type);
/* True when there was memory for all. */
bool helpers_complete(const struct helper_list *list);
/* Marks what `text` uses, and what that uses. */
void helpers_need(struct helper_list *list, const char *text);
void helpers_write(FILE *file, const struct helper_list *list);
void helpers_free(struct helper_list *list);

#endif
