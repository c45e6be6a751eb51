/* SPDX-License-Identifier: Apache-2.0 */
/* The subject's own commands of ./trace where it has none. */
#include "trace_command.h"

const struct command subject_commands[] = {{NULL, NULL}};
const char subject_commands_usage[] = "";
