/* SPDX-License-Identifier: Apache-2.0 */
/* world_settle (world.h) of a subject whose numbers all go together. */
#include "world.h"

bool world_settle(struct world *world) {
    (void)world;
    return false;
}
