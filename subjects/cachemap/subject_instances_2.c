/* SPDX-License-Identifier: Apache-2.0 */
/* A group of the instances where bodies are folded into each; else subject_instances.c has it. */
#include "layout.h"
#ifdef CACHEMAP_FOLDED
#    define SUBJECT_INSTANCES 0x04
#    include "subject_instances.h"
#endif
