/* SPDX-License-Identifier: Apache-2.0 */
/* The lines behind report_text.h. */
#include "report_text.h"

#include <stdbool.h>
#include <string.h>

enum { REPORT_INDENT = 6, REPORT_COLUMN_COUNT = 100 };

/* The word that `text` begins with: up to a blank, but for one within `...`, which is a command. */
static size_t text_size(const char *text) {
    size_t size = 0;
    bool quoted = false;
    for (; text[size] != '\0' && (quoted || text[size] != ' '); size += 1)
        quoted ^= text[size] == '`';
    return size;
}

void report_text(FILE *file, const char *head, const char *text) {
    size_t column = (size_t)fprintf(file, "%-*s", REPORT_INDENT, head);
    bool first = true; /* on its line */
    while (*text != '\0') {
        const size_t size = text_size(text);
        if (!first && column + 1 + size > REPORT_COLUMN_COUNT) {
            column = (size_t)fprintf(file, "\n%*s", REPORT_INDENT, "") - 1;
            first = true;
        }
        column += (size_t)fprintf(file, "%s%.*s", first ? "" : " ", (int)size, text);
        first = false;
        text += size + (text[size] == ' ');
    }
    fprintf(file, "\n");
}
