/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of a ring, and what is in it, oldest first. */
#include "calls.h"

#include <stdio.h>

void subject_draw(const struct subject *subject, struct picture *picture) {
    char line[PICTURE_LINE_SIZE] = "";
    uint32_t number;
    int size = 0;
    for (uint32_t i = 0; ring_peek(&subject->ring, i, &number); i += 1)
        size += snprintf(line + size, sizeof line - (size_t)size, " %u", (unsigned)number);
    picture_add(picture, "%u of %u:%s", (unsigned)subject->ring.count,
                (unsigned)subject->ring.capacity, line);
}
