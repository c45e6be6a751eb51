/* SPDX-License-Identifier: Apache-2.0 */
/* The map's own commands of ./trace, and their lines of the help. */
#include "situations.h"
#include "trace_command.h"
#include "witness_search.h"

const struct command subject_commands[] = {
    {"witness", command_witness}, {"situations", command_situations}, {NULL, NULL}};

const char subject_commands_usage[] =
    "What can happen:\n"
    "  witness [LABEL]              the shortest known trace in which it does; without a label, "
    "the list;\n"
    "                               --check FILE...: what happens in these (docs/coverage.md)\n"
    "  situations --holes LIST FILE...  which op meets which state in none of these files, but for "
    "named holes\n"
    "\n";
