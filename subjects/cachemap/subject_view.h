/* SPDX-License-Identifier: Apache-2.0 */
/* What the instances of the library hand to the subject by value, and how large their maps may be. Apart
 * from subject.h, whose other words are none of the instances': what they include compiles all 48 anew. */
#ifndef HARNESS_SUBJECT_VIEW_H
#define HARNESS_SUBJECT_VIEW_H

#include "layout.h"

#include <stdbool.h>
#include <stdint.h>

enum { SUBJECT_MAP_SIZE_MAX = 512 };

/* Functions of a map alone, by what they answer: a status or nothing. A row is all that the subject needs
 * to have one: subject_NAME. */
#define SUBJECT_CALLS(STATUS, NOTHING) STATUS(compact) STATUS(scope_open) STATUS(reset)

/* A value as it lies in the map. `intact` is false when its bytes are not, all of them, what was
 * written for this key under this number. */
struct value_state {
    uint32_t key_id;
    uint32_t value;
    bool intact;
};

struct slot_state {
    struct value_state content; /* only where has_value */
    uint16_t tag;
    uint8_t count;
    bool has_value; /* inspection gives a pointer to it */
};

struct set_state {
    uint8_t hand;
    struct slot_state slots[WAY_COUNT_MAX];
};

#endif
