/* SPDX-License-Identifier: Apache-2.0 */
/* Notices an input that does not end, by CPU time: a clock on the wall misfires on a busy machine. For
 * fuzz targets, whose engine would print only a stack. */
#ifndef HARNESS_WATCHDOG_H
#define HARNESS_WATCHDOG_H

/* Marks the start of an input. The first call starts the watchdog: once an input has used
 * WATCHDOG_SECONDS of CPU time, `on_hang` is called in the place that hangs. It returns only if no input
 * runs: an engine's own work between inputs may take as long as it likes. */
void watchdog_beat(void (*on_hang)(void));

/* Below the ten seconds that the targets' options give the engine; the longest input takes a fifth of one,
 * sanitized. A bug that hangs is found no sooner than this. */
enum { WATCHDOG_SECONDS = 3 };

#endif
