/* SPDX-License-Identifier: Apache-2.0 */
/* LAYOUT_DEFAULT: the library as a program has it that defines names, value and key, and nothing else. A file
 * of its own, because the batch is one number in a file. */
#define SUBJECT_BATCH_IS_DEFAULT
#include "subject_functions.h"
#include "subject_values.h"

#define INSTANCE_NUMBER 49
#define INSTANCE_VALUE  16
#define INSTANCE_WAYS   LAYOUT_DEFAULT_WAYS
#define INSTANCE_IS_DEFAULT
#include "subject_instance.h"
