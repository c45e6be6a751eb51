/* SPDX-License-Identifier: Apache-2.0 */
/* The list of labels. Knows nothing of runs. */
#ifndef SUBJECT_WITNESS_LABELS_H
#define SUBJECT_WITNESS_LABELS_H

#include "witness_event.h"

enum witness_world { WITNESS_WITH_CACHE, WITNESS_WITHOUT_CACHE };

/* The label of an op of this kind that answers so, where `happens` (null: always) says yes. */
struct witness_label {
    const char *name; /* words-with-dashes */
    const char *theme;
    const char *sentence;
    enum witness_world world; /* a label is about maps with a cache, or without */
    enum op_kind kind;
    enum outcome outcome;
    bool (*happens)(const struct witness_event *event);
};

enum { WITNESS_LABEL_COUNT_MAX = 160 };

/* All labels, in the order of the documents: those of a theme stand together. Static. */
extern const struct witness_label witness_labels[];
extern const uint32_t witness_label_count;

#endif
