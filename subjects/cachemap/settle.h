/* SPDX-License-Identifier: Apache-2.0 */
/* Worlds that are remade: by `reinit`, and for a pass with another layout. What goes together with the
 * rest is world_settle's to say (world.h), which stands in the same file. */
#ifndef SUBJECT_SETTLE_H
#define SUBJECT_SETTLE_H

#include "geometry.h"

/* The world, or the geometry, behind a reinit whose operand is this: its layout, or one near it that goes
 * together with the rest. */
void world_remake(struct world *world, unsigned layout);
struct geometry geometry_remade(const struct geometry *geometry, unsigned layout);

#endif
