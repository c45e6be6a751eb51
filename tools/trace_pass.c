/* SPDX-License-Identifier: Apache-2.0 */
/* The child behind trace_pass.h: it says the pass by its exit code. */
#include "trace_pass.h"

#include "isolate.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Above any exit code that a sanitizer or the harness would choose below 70, and below a signal's. */
enum { CHILD_AGREES = 0, CHILD_PASS = 70 };

static void child_on_failure(const struct run_view *view) {
    _exit(CHILD_PASS + (int)view->verdict.pass);
}

static void child_on_death(void) {
    const struct run_view *running = run_current();
    _exit(running == NULL ? CHILD_AGREES : CHILD_PASS + (int)running->pass);
}

_Noreturn static void child_run(const struct stream *stream) {
    const struct run_options options = {.layers = LAYERS_ALL, .on_failure = child_on_failure};
    /* What a sanitizer says is said elsewhere. */
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0)
        (void)dup2(nowhere, STDERR_FILENO);
    isolate_catch(child_on_death);
    (void)run(stream, &options);
    _exit(CHILD_AGREES);
}

bool trace_failing_pass(const struct stream *stream, enum pass *pass) {
    const pid_t child = fork();
    int status = 0;
    if (child == 0)
        child_run(stream);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) < CHILD_PASS ||
        WEXITSTATUS(status) >= CHILD_PASS + PASS_COUNT)
        return false;
    *pass = (enum pass)(WEXITSTATUS(status) - CHILD_PASS);
    return true;
}
