/* SPDX-License-Identifier: Apache-2.0 */
/* For functions that read a map's memory whatever it is: poisoned, or never written. Knows sanitizers
 * alone. */
#ifndef SUBJECT_UNWATCHED_H
#define SUBJECT_UNWATCHED_H

#if defined(__clang__)
#    define SUBJECT_UNWATCHED __attribute__((no_sanitize("address", "memory")))
#else
#    define SUBJECT_UNWATCHED __attribute__((no_sanitize("address")))
#endif

#endif
