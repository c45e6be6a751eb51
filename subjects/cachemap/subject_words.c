/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind subject_words.h. */
#include "subject_words.h"

enum outcome subject_outcome_of_status(enum cache_map_status status) {
    switch (status) {
    case CACHE_MAP_OK: return OUTCOME_OK;
    case CACHE_MAP_INSERTED: return OUTCOME_INSERTED;
    case CACHE_MAP_UPDATED: return OUTCOME_UPDATED;
    case CACHE_MAP_REVIVED: return OUTCOME_REVIVED;
    case CACHE_MAP_REMOVED: return OUTCOME_REMOVED;
    case CACHE_MAP_FOUND: return OUTCOME_FOUND;
    case CACHE_MAP_TOMBSTONE: return OUTCOME_TOMBSTONE;
    case CACHE_MAP_ABSENT: return OUTCOME_ABSENT;
    case CACHE_MAP_STASH_FULL: return OUTCOME_STASH_FULL;
    case CACHE_MAP_SCOPE_FULL: return OUTCOME_SCOPE_FULL;
    case CACHE_MAP_SCOPE_OPEN: return OUTCOME_SCOPE_ALREADY_OPEN;
    case CACHE_MAP_SCOPE_NOT_OPEN: return OUTCOME_SCOPE_NOT_OPEN;
    case CACHE_MAP_OPTIONS_INVALID: return OUTCOME_OPTIONS_INVALID;
    case CACHE_MAP_SIZE_OVERFLOW: return OUTCOME_SIZE_OVERFLOW;
    case CACHE_MAP_OUT_OF_MEMORY: return OUTCOME_OUT_OF_MEMORY;
    case CACHE_MAP_STATUS_COUNT: break;
    }
    return OUTCOME_NONE;
}
