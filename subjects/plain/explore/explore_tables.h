/* SPDX-License-Identifier: Apache-2.0 */
/* The explorer's tables (explorer/live.h) where a subject has no variables of its own: --reach asks about
 * the op and what it answered. */
#ifndef SUBJECT_PLAIN_EXPLORE_TABLES_H
#define SUBJECT_PLAIN_EXPLORE_TABLES_H

#define EXPLORE_WORLD         "keys=2"
#define EXPLORE_LEAVES_OUT    0
#define EXPLORE_OPS_WORDS     "all"
#define EXPLORE_OP_NAMES      "op_NAME"
#define EXPLORE_OUTCOME_NAMES "outcome_NAME"
#define EXPLORE_AUDIT_OP      OP_KIND_COUNT
#define STATE_VARIABLE_TABLE(VARIABLE)
#define BEFORE_VARIABLE_TABLE(VARIABLE)
#define CONSTANT_TABLE(CONSTANT)

#endif
