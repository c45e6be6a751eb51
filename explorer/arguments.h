/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of ./explore. Knows options and their limits, nothing of worlds: what the fields and the
 * expression say is read by who makes them. */
#ifndef EXPLORER_ARGUMENTS_H
#define EXPLORER_ARGUMENTS_H

#include "saved.h"

#include <stdbool.h>
#include <stdint.h>

enum { ARGUMENTS_TEXT_SIZE_MAX = SAVED_TEXT_SIZE_MAX };

struct arguments {
    char fields[ARGUMENTS_TEXT_SIZE_MAX], ops[ARGUMENTS_TEXT_SIZE_MAX];
    const char *reach, *save, *resume, *out, *seeds;
    const char *program; /* how this one was called */
    char **inputs;
    int input_count;
    uint32_t depth_max;
    uint64_t memory_max;
    unsigned job_count;
    bool has_ops, no_symmetry, tame, levels, quiet;
};

/* Sets what the words say; the rest stays what it is, so the caller gives the defaults. The pointers are into
 * argv. EXIT_AGREES, or EXIT_USAGE: standard error has been told. --help and --version end the process. */
int arguments_read(int argc, char **argv, struct arguments *arguments);

#endif
