/* SPDX-License-Identifier: Apache-2.0 */
/* Where the files of the witnesses are, and the search for shorter ones. Knows nothing of the command
 * line. */
#ifndef SUBJECT_WITNESS_SEARCH_H
#define SUBJECT_WITNESS_SEARCH_H

#include "witness.h"

enum { WITNESS_PATH_SIZE_MAX = 4096 };

/* The path of a label's file in the folder, in one buffer that each call uses again. */
const char *witness_path(const char *folder, uint32_t label);

struct witness_search_options {
    const char *folder;
    const bool *wanted; /* by label */
    uint32_t
        op_count_max; /* of the sequences that are all tried; at most WITNESS_SEARCH_OP_COUNT_MAX */
    uint32_t stream_count; /* generated after that */
    uint64_t seed;         /* of these */
};
enum { WITNESS_SEARCH_OP_COUNT_MAX = 6 };

/* Looks for shorter traces of the wanted labels than the folder has, and writes them there. The
 * same options and files give the same files. EXIT_AGREES; EXIT_FAILS where a label is left without
 * a trace, or the map itself fails on a stream; EXIT_USAGE where a file cannot be written;
 * EXIT_INTERRUPTED after Ctrl-C, with what was found until then. Costs some twenty times as much
 * for each op more: a minute and a half with 5. */
int witness_search(const struct witness_search_options *options);

/* ./trace witness: as the commands of trace_command.h. */
int command_witness(int argc, char **argv);

#endif
