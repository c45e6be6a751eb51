/* SPDX-License-Identifier: Apache-2.0 */
/* From a finding to a trace: the ops of a shortest way to it, as a stream that every tool can run. Codes
 * name keys by first appearance (state.h); the names are followed back to keys by going the way live. */
#ifndef EXPLORER_PATH_H
#define EXPLORER_PATH_H

#include "search.h"

/* The ops from the first state to the state with this rank and, unless it is FINDING_NO_OP, one more. False
 * where a live run does not go through the states that the search has been through: there is an error in the
 * explorer, or the subject is not deterministic; *at is the op after which it shows. The last op is not
 * run. */
bool path_make(const struct space *space, const struct store *store, uint32_t rank, uint32_t op,
               struct stream *path, uint32_t *at);

#endif
