/* SPDX-License-Identifier: Apache-2.0 */
/* All 48 layouts, by including itself once for each value of the next parameter that is not yet
 * defined; the innermost level makes one unit_subject, `w4_t8_c2_clock_subject` and so on, and the
 * test that drives it. */
#if !defined(LAYOUT_WAYS)

#    define LAYOUT_WAYS 2
#    include "unit_layouts_instance.h"
#    undef LAYOUT_WAYS
#    define LAYOUT_WAYS 4
#    include "unit_layouts_instance.h"
#    undef LAYOUT_WAYS
#    define LAYOUT_WAYS 8
#    include "unit_layouts_instance.h"
#    undef LAYOUT_WAYS
#    define LAYOUT_WAYS 16
#    include "unit_layouts_instance.h"
#    undef LAYOUT_WAYS

#elif !defined(LAYOUT_TAG)

#    define LAYOUT_TAG 8
#    include "unit_layouts_instance.h"
#    undef LAYOUT_TAG
#    define LAYOUT_TAG 16
#    include "unit_layouts_instance.h"
#    undef LAYOUT_TAG

#elif !defined(LAYOUT_CLOCK)

#    define LAYOUT_CLOCK 1
#    include "unit_layouts_instance.h"
#    undef LAYOUT_CLOCK
#    define LAYOUT_CLOCK 2
#    include "unit_layouts_instance.h"
#    undef LAYOUT_CLOCK
#    define LAYOUT_CLOCK 4
#    include "unit_layouts_instance.h"
#    undef LAYOUT_CLOCK

#elif !defined(LAYOUT_POLICY)

#    define LAYOUT_POLICY        clock
#    define LAYOUT_POLICY_NUMBER CACHE_MAP_POLICY_CLOCK
#    include "unit_layouts_instance.h"
#    undef LAYOUT_POLICY
#    undef LAYOUT_POLICY_NUMBER
#    define LAYOUT_POLICY        classic
#    define LAYOUT_POLICY_NUMBER CACHE_MAP_POLICY_CLOCK_CLASSIC
#    include "unit_layouts_instance.h"
#    undef LAYOUT_POLICY
#    undef LAYOUT_POLICY_NUMBER

#else

#    define UNIT_NAME       LAYOUT_NAME(LAYOUT_WAYS, LAYOUT_TAG, LAYOUT_CLOCK, LAYOUT_POLICY)
#    define UNIT_WAYS       LAYOUT_WAYS
#    define UNIT_TAG_BITS   LAYOUT_TAG
#    define UNIT_CLOCK_BITS LAYOUT_CLOCK
#    define UNIT_POLICY     LAYOUT_POLICY_NUMBER
#    include "unit_subject.h"

static void LAYOUT_TEST(LAYOUT_WAYS, LAYOUT_TAG, LAYOUT_CLOCK, LAYOUT_POLICY)(void **state) {
    (void)state;
    drive_layout(&LAYOUT_SUBJECT(LAYOUT_WAYS, LAYOUT_TAG, LAYOUT_CLOCK, LAYOUT_POLICY));
}

#endif
