/* SPDX-License-Identifier: Apache-2.0 */
/* What a subject writes that leaves all else to this folder: the struct of its model, in model.h, and these
 * functions. Structure and model are without pointers, so that a state is its bytes.
 *
 * A file here is there for a subject that has none of this name: to have another cost of an op is to have a
 * cost.h, to have a picture of its own is to have a picture.c. Knows no subject. */
#ifndef SUBJECT_PLAIN_H
#define SUBJECT_PLAIN_H

#include "scene.h"

#include SUBJECT_LIBRARY_HEADER
#include "model.h" /* struct model */

struct subject {
#define OBJECT_MEMBER(type, name) type name;
    OBJECT_TABLE(OBJECT_MEMBER)
#undef OBJECT_MEMBER
};

/* The model of a world, zero before; and what it answers to an op. `value` is the number of the last value
 * that an op has stored, of this op if it stores. */
void model_begin(struct model *model, const struct world *world);
struct result model_apply(struct model *model, struct op op, uint32_t value);

/* The same of the structure, which calls.h has by tables.h. */
void subject_begin(struct subject *subject, const struct world *world);
struct result subject_apply(struct subject *subject, struct op op, uint32_t value);

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
