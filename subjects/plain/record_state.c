/* SPDX-License-Identifier: Apache-2.0 */
/* record_state (scene.h) for any subject: the lines of its picture. */
#include "scene.h"

void record_state(struct json *json, const struct run_view *view) {
    record_picture(json, view);
}
