/* SPDX-License-Identifier: Apache-2.0 */
/* All instances of the library where they share its bodies: one file, so that each body is there once, for
 * the compiler and for coverage. Where the bodies are folded into each layout (CACHEMAP_FOLDED), the first
 * group; the others are in subject_instances_1.c to _7.c, to be compiled side by side in less memory. */
#ifdef CACHEMAP_FOLDED
#    define SUBJECT_INSTANCES 0x01
#else
#    define SUBJECT_INSTANCES 0xff
#endif
#include "subject_instances.h"
