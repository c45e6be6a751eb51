/* SPDX-License-Identifier: Apache-2.0 */
/* What the ops of a stream must answer, from the models alone: no map is run, so a stream whose run
 * crashes can still be shown with its outcomes. */
#ifndef HARNESS_PREDICT_H
#define HARNESS_PREDICT_H

#include "stream.h"

/* `outcomes` has room for the stream's ops. Not reentrant (the naive map is static). */
void predict_outcomes(const struct stream *stream, struct result *outcomes);

#endif
