/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers behind stop.h. */
#include "stop.h"

#include "report.h"
#include "run.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t requested;
static void (*call_after_crash)(void);

static void on_interrupt(int signal_number) {
    if (requested)
        _exit(128 + signal_number);
    requested = 1;
}

static const char *crash_name(int signal_number) {
    switch (signal_number) {
    case SIGSEGV: return "the " SUBJECT_NOUN " crashed: segmentation fault";
    case SIGBUS: return "the " SUBJECT_NOUN " crashed: bus error";
    case SIGFPE: return "the " SUBJECT_NOUN " crashed: arithmetic exception";
    case SIGILL: return "the " SUBJECT_NOUN " crashed: illegal instruction";
    case SIGABRT: return "the run was aborted";
    case SIGPROF: return "the op does not end: its CPU time is spent";
    default: return "the " SUBJECT_NOUN " crashed";
    }
}

/* Not async-signal-safe, and need not be: the process is lost, and a report that mostly works beats
 * none. A crash within it falls through to the default action. */
static void on_crash(int signal_number) {
    (void)fflush(stdout);
    if (run_current() != NULL)
        report_print(stderr, run_current(), crash_name(signal_number));
    else
        fprintf(stderr, "%s\n", crash_name(signal_number));
    if (call_after_crash != NULL)
        call_after_crash();
    _exit(EXIT_FAILS);
}

static void install(int signal_number, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(signal_number, &action, NULL);
}

void stop_install(void (*after_crash)(void)) {
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPROF};
    call_after_crash = after_crash;
    install(SIGINT, on_interrupt, 0);
    install(SIGTERM, on_interrupt, 0);
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i += 1)
        install(crashes[i], on_crash, (int)SA_RESETHAND);
}

bool stop_requested(void) {
    return requested != 0;
}

void stop_limit_cpu(unsigned seconds) {
    const struct itimerval limit = {.it_value = {.tv_sec = (time_t)seconds}};
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}
