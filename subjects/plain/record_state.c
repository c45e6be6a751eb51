/* SPDX-License-Identifier: Apache-2.0 */
/* record_state (scene.h) for any subject: the lines of its picture. */
#include "scene.h"

void record_state(struct json *json, const struct run_view *view) {
    static struct picture picture;
    picture_take(view, &picture);
    json_array_open(json, "picture");
    for (unsigned i = 0; i < picture.line_count; i += 1)
        json_string(json, NULL, picture.lines[i]);
    json_array_close(json);
}
