/* SPDX-License-Identifier: Apache-2.0 */
/* The 48 instances of the library in the order of LAYOUT_TABLE, and that of LAYOUT_PAGE (C has no other
 * way to repeat an #include; unit tests compare each with its row), in eight groups of six. Included by
 * one file a group, with SUBJECT_INSTANCES: the bits of the groups that it has. */
#include "subject_functions.h"
#include "subject_values.h"

#if SUBJECT_INSTANCES & 0x01
#    define INSTANCE_NUMBER 0
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 1
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 2
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 3
#    define INSTANCE_VALUE  64
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 4
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 5
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x02
#    define INSTANCE_NUMBER 6
#    define INSTANCE_VALUE  20
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 7
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 8
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 9
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 10
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 11
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x04
#    define INSTANCE_NUMBER 12
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 13
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 14
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 15
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 16
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 17
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x08
#    define INSTANCE_NUMBER 18
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 19
#    define INSTANCE_VALUE  64
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 20
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 21
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 22
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 23
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x10
#    define INSTANCE_NUMBER 24
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 25
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 26
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 27
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 28
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 29
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x20
#    define INSTANCE_NUMBER 30
#    define INSTANCE_VALUE  64
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 31
#    define INSTANCE_VALUE  20
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 32
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 33
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 34
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 35
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x40
#    define INSTANCE_NUMBER 36
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 37
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 38
#    define INSTANCE_VALUE  128
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 39
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 40
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 41
#    define INSTANCE_VALUE  24
#    include "subject_instance.h"
#endif

#if SUBJECT_INSTANCES & 0x80
#    define INSTANCE_NUMBER 42
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 43
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 44
#    define INSTANCE_VALUE  16
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 45
#    define INSTANCE_VALUE  1040
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 46
#    define INSTANCE_VALUE  3
#    include "subject_instance.h"
#    define INSTANCE_NUMBER 47
#    define INSTANCE_VALUE  8
#    include "subject_instance.h"
#    define INSTANCE_NUMBER      48
#    define INSTANCE_VALUE       69632
#    define INSTANCE_WAYS        LAYOUT_PAGE_WAYS
#    define CACHE_MAP_WAYS       LAYOUT_PAGE_WAYS
#    define CACHE_MAP_TAG_BITS   LAYOUT_PAGE_TAG_BITS
#    define CACHE_MAP_CLOCK_BITS LAYOUT_PAGE_CLOCK_BITS
#    include "subject_instance.h"
#endif
