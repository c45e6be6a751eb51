/* SPDX-License-Identifier: Apache-2.0 */
/* scene.h for a subject of plain.h: what it draws, beside what its model draws. */
#include "plain.h"

#include <stdio.h>
#include <string.h>

void picture_take(const struct run_view *view, struct picture *picture) {
    static struct picture expected;
    (void)view;
    expected.line_count = 0;
    picture->line_count = 0;
    picture->omitted_count = 0;
    subject_draw(&plain.subject, picture);
    model_draw(&plain.model, &expected);
    while (picture->line_count < expected.line_count)
        picture_add(picture, "(no line)");
    for (unsigned i = 0; i < expected.line_count; i += 1)
        if (strcmp(picture->lines[i], expected.lines[i]) != 0)
            memcpy(picture->expected[i], expected.lines[i], sizeof expected.lines[i]);
}

/* The first line of the picture is all that there is room for. */
void row_take(const struct run_view *view, uint32_t op_index, struct row *row) {
    static struct picture picture;
    (void)op_index;
    memset(row, 0, sizeof *row);
    picture_take(view, &picture);
    if (picture.line_count > 0)
        (void)snprintf(row->cells[0], sizeof row->cells[0], "%.*s", ROW_TEXT_SIZE - 1,
                       picture.lines[0]);
}
