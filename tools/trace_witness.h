/* What the two files of ./trace witness share: where the files of the witnesses are, and the
 * search. */
#ifndef TOOLS_TRACE_WITNESS_H
#define TOOLS_TRACE_WITNESS_H

#include "witness.h"

enum { WITNESS_PATH_SIZE_MAX = 4096 };

/* The path of a label's file in the folder, in one buffer that each call uses again. */
const char *witness_path(const char *folder, uint32_t label);

/* Whether the label happens, first of all, at the last op of the stream, and all passes agree. */
bool witness_holds(const struct stream *stream, uint32_t label);

/* Looks for shorter traces, of the labels whose flag is set, than the folder has, and writes them
 * there: first all ops in tiny worlds up to a small length, then `stream_count` generated streams,
 * reduced. The same seed and files give the same files. EXIT_AGREES; EXIT_FAILS where a label is
 * left without a trace, or the map itself fails on a stream; EXIT_USAGE where a file cannot be
 * written; EXIT_INTERRUPTED after Ctrl-C, with what was found until then. Costs minutes; see the
 * counts at the top of the file. */
int witness_search(const char *folder, const bool *wanted, uint64_t seed, uint32_t stream_count);

#endif
