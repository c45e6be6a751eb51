/* SPDX-License-Identifier: Apache-2.0 */
/* The printing behind scene.h. */
#include "scene.h"

#include "report_text.h"

#include <stdarg.h>
#include <string.h>

void picture_add(struct picture *picture, const char *format, ...) {
    va_list arguments;
    if (picture->line_count == PICTURE_LINE_COUNT_MAX) {
        picture->omitted_count += 1;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(picture->lines[picture->line_count], PICTURE_LINE_SIZE, format, arguments);
    va_end(arguments);
    picture->expected[picture->line_count][0] = '\0';
    picture->line_count += 1;
}

static bool picture_has(const struct picture *picture, const char *line) {
    for (unsigned i = 0; picture != NULL && i < picture->line_count; i += 1)
        if (strcmp(picture->lines[i], line) == 0)
            return true;
    return false;
}

unsigned picture_difference_count(const struct picture *picture) {
    unsigned count = 0;
    for (unsigned i = 0; i < picture->line_count; i += 1)
        count += picture->expected[i][0] != '\0';
    return count;
}

unsigned picture_print(FILE *file, const struct picture *picture, const struct picture *before) {
    for (unsigned i = 0; i < picture->line_count; i += 1) {
        const bool is_new = before != NULL && !picture_has(before, picture->lines[i]);
        fprintf(file, "  %c %s\n", is_new ? '*' : ' ', picture->lines[i]);
        if (picture->expected[i][0] != '\0')
            fprintf(file, "  ! %*s(expected: %s)\n", (int)strspn(picture->expected[i], " "), "",
                    picture->expected[i] + strspn(picture->expected[i], " "));
    }
    if (picture->omitted_count > 0)
        fprintf(file, "    ... %u more lines\n", picture->omitted_count);
    return picture_difference_count(picture);
}

void exhibit_print(FILE *file, const struct exhibit *exhibit) {
    report_text(file, "", exhibit->head);
    for (uint32_t i = 0; i < exhibit->row_count; i += 1) {
        fprintf(file, "      %s\n", exhibit->rows[i].words);
        if (exhibit->rows[i].broken[0] != '\0')
            report_text(file, "  !", exhibit->rows[i].broken);
    }
    if (exhibit->omitted[0] != '\0')
        report_text(file, "", exhibit->omitted);
}
