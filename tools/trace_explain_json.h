/* SPDX-License-Identifier: Apache-2.0 */
/* The form of ./trace explain for programs. */
#ifndef TOOLS_TRACE_EXPLAIN_JSON_H
#define TOOLS_TRACE_EXPLAIN_JSON_H

#include "trace_explanation.h"

/* The whole as JSON Lines on standard output: docs/explain-json.md. */
void explain_print_json(const struct explanation *explanation, const char *program,
                        const char *path);

#endif
