/* SPDX-License-Identifier: Apache-2.0 */
/* Who watches what a call of the library touches in the map's block (section 12 of the contract, "Costs").
 * The subject calls the map through the table that this hands out.
 *
 * Two files define it. subject_watch.c is in every program: a few bytes of the values are compared around the
 * calls that write none. touches/subject_watch.c is in build/soak-touches in its place: there each read and
 * each write is counted, and compared with what the contract allows the call. Both tell of
 * what they find (subject_told.h). Knows nothing of models. */
#ifndef SUBJECT_WATCH_H
#define SUBJECT_WATCH_H

#include "geometry.h"
#include "subject_functions.h"

/* The functions of `real`, watched, for a map of this geometry that is about to be initialised in `map`, in
 * this block; null: where is not known. They are good until the next call, for one map is live at a time. */
const struct subject_functions *subject_watched(const struct subject_functions *real,
                                                const struct geometry *geometry, const void *map,
                                                const unsigned char *block);

#endif
