/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog behind watchdog.h: a timer of the process's own time ticks once a second, and an op
 * that sees too many ticks hangs. No system call for an op. */
#include "watchdog.h"

#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

static void (*call_on_hang)(void);
static volatile sig_atomic_t tick_count;

static void on_tick(int signal_number) {
    (void)signal_number;
    tick_count += 1;
    if (tick_count > WATCHDOG_SECONDS)
        call_on_hang();
}

static void watchdog_start(void (*on_hang)(void)) {
    const struct itimerval second = {{1, 0}, {1, 0}};
    struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    call_on_hang = on_hang;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGVTALRM, &action, NULL);
    (void)setitimer(ITIMER_VIRTUAL, &second, NULL);
}

/* Once an op: what the first one does stands elsewhere. */
void watchdog_beat(void (*on_hang)(void)) {
    tick_count = 0;
    if (call_on_hang == NULL)
        watchdog_start(on_hang);
}
