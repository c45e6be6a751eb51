/* SPDX-License-Identifier: Apache-2.0 */
/* What a subject writes that leaves all else to this folder: its state, in subject.h, and these functions.
 * The structure and its model are each one struct without a pointer, so that a state is its bytes.
 *
 * A file here is there for a subject that has none of this name: to have another cost of an op is to have a
 * cost.h, to have a picture of its own is to have a picture.c. Knows no subject. */
#ifndef SUBJECT_PLAIN_H
#define SUBJECT_PLAIN_H

#include "scene.h"

#include "subject.h" /* struct subject, struct model */

/* Both are zero before. */
void subject_begin(struct subject *subject, const struct world *world);
void model_begin(struct model *model, const struct world *world);

/* The op on the structure, and on its model: what it answers. `value` is the number of the last value that an
 * op has stored, of this op if it stores. */
struct result subject_apply(struct subject *subject, struct op op, uint32_t value);
struct result model_apply(struct model *model, struct op op, uint32_t value);

/* What is inside, in lines (picture_add). Line by line it must be what the model has; further lines are the
 * structure's own. */
void subject_draw(const struct subject *subject, struct picture *picture);
void model_draw(const struct model *model, struct picture *picture);

/* The run that there is. */
struct plain {
    struct run_view view;
    struct subject subject;
    struct model model;
};
extern struct plain plain;

/* Its parts, for the explorer, which runs no whole stream. Both that return are false with a verdict. */
void plain_begin(const struct stream *stream);
bool plain_apply(struct op op, const struct run_options *options);
bool plain_check_inside(void);

#endif
