/* SPDX-License-Identifier: Apache-2.0 */
/* What is told while a call of the library is on: an assertion that failed, values that are gone, and, by
 * subject_watch.h, that a call has touched too much. The instances call this, and the harness asks it. Knows
 * neither. */
#ifndef SUBJECT_TOLD_H
#define SUBJECT_TOLD_H

#include "subject_view.h"

#include <stddef.h>

/* A failed CACHE_MAP_ASSERT of the library. Where `subject_assertion_hook` is set it is called, and
 * must not return (it longjmps); otherwise the failure is printed as assert(3) does, and abort. */
struct subject_assertion {
    const char *expression, *file, *function;
    unsigned line;
};
extern void (*subject_assertion_hook)(const struct subject_assertion *assertion);
/* What CACHE_MAP_ASSERT calls. */
_Noreturn void subject_assertion_failed(const char *expression, const char *file, unsigned line,
                                        const char *function);

enum {
    SUBJECT_GONE_COUNT_MAX = KEY_COUNT_MAX + SCOPE_COUNT_MAX + 64
}; /* more than a map of any geometry holds, with its log */

/* The values that the map has told to be gone since subject_forget_gone, at most SUBJECT_GONE_COUNT_MAX
 * of them in `values`; how many there were. Always 0 for a layout that does not own. */
uint32_t subject_gone(const struct value_state **values);
void subject_forget_gone(void);
/* A value that was told to be gone as number `value` of this key was `before`: the user wrote over it. */
void subject_rename_gone(unsigned key_id, uint32_t value, struct value_state before);
/* What CACHE_MAP_VALUE_GONE is: notes the value for subject_gone, and then changes the bytes that it had,
 * its key first, as a user may: no call may read them again. */
void subject_note_gone(struct value_state value, void *bytes, size_t size);

/* Null, or what a call since the last question has touched that it may not; the first of such findings. Good
 * until the next question. */
const char *subject_excess(void);
void __attribute__((format(printf, 1, 2))) subject_note_excess(const char *format, ...);

#endif
