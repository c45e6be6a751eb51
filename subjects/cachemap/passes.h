/* SPDX-License-Identifier: Apache-2.0 */
/* The passes of a run (run.h): with the cache, without it, and whatever else its world asks for (again on
 * other memory; with another layout). Here is what they have besides their worlds, for the programs that
 * ./trace c writes. */
#ifndef SUBJECT_PASSES_H
#define SUBJECT_PASSES_H

#include "subject.h"
#include "verdict.h"

/* The world that a pass makes of the stream's. */
struct world pass_world(const struct world *world, enum pass pass);

/* Which bytes the memory of a pass has before init, and where it comes from: each pass has others. */
struct pass_memory {
    uint8_t fill;
    enum subject_memory source;
};
struct pass_memory pass_memory(enum pass pass);

#endif
