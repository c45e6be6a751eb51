/* SPDX-License-Identifier: Apache-2.0 */
/* Notices an op that does not end, by CPU time: a clock on the wall misfires on a busy machine. For
 * fuzz targets, whose engine would print only a stack.
 *
 * It judges an op and not an input. The most work of one op is known (work.h): the largest is below a
 * thousandth of WATCHDOG_SECONDS in every sanitized build, and still far below it under an emulator. So a
 * slow build or machine never looks like a hang, and no limit has to be tuned to one. That a whole input ends
 * is the readers' part: its ops are counted, and their work is at most WORK_MAX. */
#ifndef HARNESS_WATCHDOG_H
#define HARNESS_WATCHDOG_H

/* Marks the start of an input or the end of an op: what follows has all of its time. The first call starts
 * the watchdog: once the process has used WATCHDOG_SECONDS of CPU time since the last call, `on_hang` is
 * called in the place that hangs. It returns only if no input runs: an engine's own work between inputs may
 * take as long as it likes. Costs a store. */
void watchdog_beat(void (*on_hang)(void));

/* Below the ten seconds that the targets' options give the engine for an input. A bug that hangs is found no
 * sooner than this. */
enum { WATCHDOG_SECONDS = 3 };

#endif
