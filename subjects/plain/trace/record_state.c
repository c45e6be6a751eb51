/* SPDX-License-Identifier: Apache-2.0 */
/* record_state (scene.h) for any subject: the picture, where it is another than at the last call. Within a
 * call for many without what the model has, for the subject is ahead of it. */
#include "scene.h"

#include <string.h>

static void picture_record(struct json *json, const struct picture *picture) {
    json_array_open(json, "picture");
    for (unsigned i = 0; i < picture->line_count; i += 1)
        json_string(json, NULL, picture->lines[i]);
    json_array_close(json);
    if (picture_difference_count(picture) > 0) {
        json_array_open(json, "expected");
        for (unsigned i = 0; i < picture->line_count; i += 1)
            json_string(json, NULL, picture->expected[i]);
        json_array_close(json);
    }
    if (picture->omitted_count > 0)
        json_number(json, "omitted", picture->omitted_count);
}

void record_state(struct json *json, const struct run_view *view) {
    static struct picture last, now;
    bool changed;
    picture_take(view, &now);
    for (unsigned i = 0; run_is_ahead(view) && i < now.line_count; i += 1)
        now.expected[i][0] = '\0';
    changed = now.line_count != last.line_count || now.omitted_count != last.omitted_count;
    for (unsigned i = 0; !changed && i < now.line_count; i += 1)
        changed = strcmp(now.lines[i], last.lines[i]) != 0 ||
                  strcmp(now.expected[i], last.expected[i]) != 0;
    if (changed)
        picture_record(json, &now);
    last = now;
}
