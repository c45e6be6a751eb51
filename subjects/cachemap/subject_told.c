/* SPDX-License-Identifier: Apache-2.0 */
#include "subject_told.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void (*subject_assertion_hook)(const struct subject_assertion *assertion);

_Noreturn void subject_assertion_failed(const char *expression, const char *file, unsigned line,
                                        const char *function) {
    const struct subject_assertion assertion = {expression, file, function, line};
    if (subject_assertion_hook != NULL)
        subject_assertion_hook(&assertion);
    fprintf(stderr, "%s:%u: %s: Assertion '%s' failed.\n", file, line, function, expression);
    abort();
}

/* ---- Values that are gone. One run is on at a time. -------------------------------------- */

static struct value_state gone_values[SUBJECT_GONE_COUNT_MAX];
static uint32_t gone_count;

/* Of a large value the first bytes: the key is among them. */
enum { GONE_BYTE = 0xd6, GONE_SIZE_MAX = 64 };

void subject_note_gone(struct value_state value, void *bytes, size_t size) {
    if (gone_count < SUBJECT_GONE_COUNT_MAX)
        gone_values[gone_count] = value;
    gone_count += 1;
    memset(bytes, GONE_BYTE, size < GONE_SIZE_MAX ? size : (size_t)GONE_SIZE_MAX);
}

void subject_rename_gone(unsigned key_id, uint32_t value, struct value_state before) {
    for (uint32_t i = 0; before.intact && i < gone_count && i < SUBJECT_GONE_COUNT_MAX; i += 1)
        if (gone_values[i].key_id == key_id && gone_values[i].value == value)
            gone_values[i] = before;
}

uint32_t subject_gone(const struct value_state **values) {
    *values = gone_values;
    return gone_count;
}

void subject_forget_gone(void) {
    gone_count = 0;
}

/* ---- Touched too much. ------------------------------------------------------------------- */

static char excess_words[200];
static bool has_excess;

void subject_note_excess(const char *format, ...) {
    va_list arguments;
    if (has_excess)
        return;
    has_excess = true;
    va_start(arguments, format);
    (void)vsnprintf(excess_words, sizeof excess_words, format, arguments);
    va_end(arguments);
}

const char *subject_excess(void) {
    const bool had = has_excess;
    has_excess = false;
    return had ? excess_words : NULL;
}
