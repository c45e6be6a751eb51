/* SPDX-License-Identifier: Apache-2.0 */
/* What is wanted of the program that ./trace c prints: of the caller, the writer and its parts. */
#ifndef TOOLS_TRACE_PROGRAM_OPTIONS_H
#define TOOLS_TRACE_PROGRAM_OPTIONS_H

#include "passes.h"
#include "stream.h"

struct program_options {
    enum pass pass; /* of the stream's passes the one that the program repeats */
    /* Where the state is demanded as a whole: after this op; at the op count after the final lookups.
     * UINT32_MAX: after the last op and after the lookups. */
    uint32_t failing_op;
    const char *cause; /* the failure's signature for the head; null when nothing fails */
    /* For the commands in its head. */
    const char *name;    /* of the program's file; null: program.c, wherever it will be */
    const char *library; /* the folder of cache_map.h; null: src */
};

#endif
