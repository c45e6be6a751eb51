/* SPDX-License-Identifier: Apache-2.0 */
/* The child process behind isolate.h. The child writes one line to a pipe when it knows what failed; a
 * sanitizer's report goes into the same pipe before it. Nothing else is written to it. */
#include "isolate.h"

#include "run.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIGNATURE_MARK SUBJECT_NAME "-failure: "
enum { CHILD_AGREES = 0, CHILD_FAILS = 1, REPORT_SIZE_MAX = 64 * 1024, STORY_CPU_SECONDS = 5 };

/* Where a sanitizer is linked in, it calls this before it ends the process. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* ---- The child. -------------------------------------------------------------------------- */

/* A range fails by one of the ops that it stands for: the same bug is told in the same words. */
static const char *op_words(const struct stream *stream, uint32_t index) {
    if (stream == NULL || index >= stream->op_count)
        return "end";
    return op_describe((enum op_kind)op_element(stream->ops[index], 0, KEY_COUNT_MAX).kind)->words;
}

/* One line, "MARK op index, invariant, signature", by one write. */
static void child_tell(uint32_t op_index, enum invariant invariant, const char *cause,
                       const char *words) {
    char line[256];
    const int size = snprintf(line, sizeof line, "\n" SIGNATURE_MARK "%u %u %s %s\n",
                              (unsigned)op_index, (unsigned)invariant, cause, words);
    if (size > 0)
        (void)!write(STDERR_FILENO, line, (size_t)size);
}

static void child_on_failure(const struct run_view *view) {
    const struct verdict *verdict = &view->verdict;
    char cause[160];
    if (verdict->invariant == INVARIANT_ASSERTION)
        (void)snprintf(cause, sizeof cause, "assertion %s '%s'", verdict->function,
                       verdict->expression);
    else
        (void)snprintf(cause, sizeof cause, "%s %s:%d", invariant_function(verdict->invariant),
                       verdict->file, verdict->line);
    child_tell(verdict->op_index, verdict->invariant, cause,
               op_words(view->stream, verdict->op_index));
    _exit(CHILD_FAILS);
}

/* Between runs nothing is running, and there is no op to name. */
static void child_tell_running(const char *cause) {
    const struct run_view *running = run_current();
    child_tell(running == NULL ? 0 : running->op_index, INVARIANT_NONE, cause,
               running == NULL ? "nothing" : op_words(running->stream, running->op_index));
}

static void child_on_death(void) {
    child_tell_running("sanitizer");
}

static void child_on_signal(int number) {
    char cause[32];
    (void)snprintf(cause, sizeof cause, "signal %d", number);
    child_tell_running(cause);
    _exit(CHILD_FAILS);
}

/* Set after each op, cleared at each tick of the timer: an op that a tick finds running for the second time
 * has had all of its time. */
static volatile sig_atomic_t child_moved;

static void child_on_op(const struct run_view *view, void *context) {
    (void)view;
    (void)context;
    child_moved = 1;
}

static void child_on_tick(int number) {
    (void)number;
    if (child_moved == 0) {
        child_tell_running("hang");
        _exit(CHILD_FAILS);
    }
    child_moved = 0;
}

static void (*tell_death)(void);

static void tell_signal(int number) {
    (void)number;
    tell_death();
    _exit(CHILD_FAILS);
}

static void catch_all(void (*on_signal)(int), void (*on_death)(void)) {
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGPROF};
    /* A stack that has overflowed cannot hold the handler. */
    static unsigned char stack[64 * 1024];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND)};
    (void)sigaltstack(&alternative, NULL);
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i += 1)
        (void)sigaction(numbers[i], &action, NULL);
    /* Ctrl-C is the parent's business: it keeps the best so far. */
    (void)signal(SIGINT, SIG_IGN);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(on_death);
}

void isolate_catch(void (*on_death)(void)) {
    const struct itimerval limit = {.it_value = {.tv_sec = STORY_CPU_SECONDS}};
    tell_death = on_death;
    catch_all(tell_signal, on_death);
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

_Noreturn static void child_run(const struct stream *stream, const struct isolate_options *options,
                                int pipe_end) {
    const struct run_options input = {.layers = options->layers,
                                      .shows_all_passes = true,
                                      .on_failure = child_on_failure,
                                      .on_op = child_on_op};
    const struct timeval tick = {.tv_sec = (time_t)(options->cpu_milliseconds / 1000),
                                 .tv_usec = (suseconds_t)(options->cpu_milliseconds % 1000) * 1000};
    const struct itimerval ticks = {tick, tick};
    struct sigaction action = {.sa_handler = child_on_tick, .sa_flags = SA_ONSTACK};
    if (dup2(pipe_end, STDERR_FILENO) < 0)
        _exit(CHILD_AGREES);
    catch_all(child_on_signal, child_on_death);
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGPROF, &action, NULL);
    (void)setitimer(ITIMER_PROF, &ticks, NULL);
    (void)run(stream, &input);
    _exit(CHILD_AGREES);
}

/* ---- The parent. ------------------------------------------------------------------------- */

/* Reads all that the child writes; what does not fit is read and dropped. */
static size_t report_read(int pipe_end, char *report, size_t size_max) {
    char rest[4096];
    size_t size = 0;
    for (;;) {
        const bool full = size + 1 >= size_max;
        const ssize_t count =
            read(pipe_end, full ? rest : report + size, full ? sizeof rest : size_max - 1 - size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        size += full ? 0 : (size_t)count;
    }
    report[size] = '\0';
    return size;
}

/* The word after `mark`, up to a blank or the line's end. */
static bool report_word(const char *report, const char *mark, char *word, size_t size_max) {
    const char *at = strstr(report, mark);
    size_t size;
    if (at == NULL)
        return false;
    at += strlen(mark);
    size = strcspn(at, " \n");
    (void)snprintf(word, size_max, "%.*s", (int)size, at);
    return true;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* "FILE:LINE:COLUMN: runtime error: ..." */
static bool report_ubsan(const char *report, char *cause, size_t size_max) {
    const char *mark = strstr(report, ": runtime error: ");
    const char *start = mark;
    char place[120];
    if (mark == NULL)
        return false;
    while (start > report && start[-1] != '\n')
        start -= 1;
    (void)snprintf(place, sizeof place, "%.*s", (int)(mark - start), start);
    (void)snprintf(cause, size_max, "ubsan %s", base_name(place));
    return true;
}

/* Frame `mark` of the first stack: its function where the report names functions, or its offset in the
 * program. Empty where there is no such frame. */
static void report_frame(const char *report, const char *mark, char *frame, size_t size_max) {
    const char *line = strstr(report, mark);
    char text[256], *name;
    frame[0] = '\0';
    if (line == NULL)
        return;
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
    name = strstr(text, " in ");
    if (name != NULL)
        name += strlen(" in ");
    else if ((name = strrchr(text, '/')) != NULL)
        name += 1; /* (path/program+0xoffset) */
    if (name != NULL)
        (void)snprintf(frame, size_max, " %.*s", (int)strcspn(name, " )"), name);
}

/* The kind, and the first two frames: the first may be the sanitizer's own memcpy. */
static bool report_asan(const char *report, char *cause, size_t size_max) {
    char kind[40], first[50], second[50];
    if (!report_word(report, "ERROR: AddressSanitizer: ", kind, sizeof kind))
        return false;
    report_frame(report, "    #0 ", first, sizeof first);
    report_frame(report, "    #1 ", second, sizeof second);
    (void)snprintf(cause, size_max, "asan %s%s%s", kind, first, second);
    return true;
}

/* The innermost function of the library on the first stack, which is where it happened: "    #2 0x55d0 in
 * NAME ...". What has another prefix wraps it, and differs where the bug does not. */
static void report_function(const char *report, char *function, size_t size_max) {
    static const char prefix[] = " in " SUBJECT_FUNCTION_PREFIX;
    const char *line = strstr(report, "    #0 ");
    while (line != NULL && strncmp(line, "    #", strlen("    #")) == 0) {
        char text[256], *name;
        (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
        name = strstr(text, prefix);
        if (name != NULL) {
            name += strlen(" in ");
            (void)snprintf(function, size_max, "%.*s", (int)strcspn(name, " ("), name);
            return;
        }
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
}

/* Adds the text to the slug: letters and digits in lower case, one dash for all that stands between. */
static void slug_add(struct failure *failure, const char *text) {
    size_t used = strlen(failure->slug);
    bool dash = used > 0;
    for (; *text != '\0' && used + 2 < sizeof failure->slug; text += 1) {
        if (isalnum((unsigned char)*text) == 0) {
            dash = used > 0;
            continue;
        }
        if (dash)
            failure->slug[used++] = '-';
        failure->slug[used++] = (char)tolower((unsigned char)*text);
        dash = false;
    }
    failure->slug[used] = '\0';
}

/* Of a sanitizer's report: the kind, and the function, or the line where it names none. */
static void slug_of_sanitizer(const char *report, const char *cause, struct failure *failure) {
    char words[80] = "", function[80] = "";
    if (report_word(report, "ERROR: AddressSanitizer: ", words, sizeof words)) {
        report_function(report, function, sizeof function);
        slug_add(failure, "asan");
        slug_add(failure, words);
        slug_add(failure, function);
    } else { /* "ubsan file:line:column" */
        const char *column = strrchr(cause, ':');
        (void)snprintf(words, sizeof words, "%.*s",
                       column == NULL ? (int)strlen(cause) : (int)(column - cause), cause);
        slug_add(failure, words);
    }
}

/* Of "assertion FUNCTION 'EXPRESSION' OP": four digits stand for the expression, which would be long. */
static void slug_of_assertion(const char *text, struct failure *failure) {
    const char *expression = strchr(text, '\''), *end = strrchr(text, '\'');
    char words[100];
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *at = expression; at < end; at += 1)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    (void)snprintf(words, sizeof words, "%.*s %04x", (int)(expression - text), text,
                   (unsigned)(hash >> 16));
    slug_add(failure, words);
    slug_add(failure, end + 1);
}

/* Of what the child told: "check_policy_set environment.c:139 upsert" without its place. */
static void slug_of_words(const char *text, struct failure *failure) {
    const bool is_check = strncmp(text, "check_", strlen("check_")) == 0;
    const size_t check_size = strcspn(text, " ");
    char check[80];
    if (strncmp(text, "assertion ", strlen("assertion ")) == 0 && strchr(text, '\'') != NULL) {
        slug_of_assertion(text, failure);
        return;
    }
    if (is_check) {
        (void)snprintf(check, sizeof check, "%.*s", (int)check_size, text);
        slug_add(failure, check);
        text += check_size + (text[check_size] == ' ');
        text += strcspn(text, " ");
    }
    slug_add(failure, text);
}

static void failure_from_report(const char *report, struct failure *failure) {
    const char *line = strstr(report, SIGNATURE_MARK);
    unsigned long op_index = 0, invariant = INVARIANT_NONE;
    char text[160] = "lost", cause[150];
    if (line != NULL) {
        char *rest = NULL;
        op_index = strtoul(line + strlen(SIGNATURE_MARK), &rest, 10);
        invariant = strtoul(rest, &rest, 10);
        rest += *rest == ' ';
        (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(rest, "\n"), rest);
    }
    failure->outcome = ISOLATE_FAILS;
    failure->op_index = (uint32_t)op_index;
    failure->invariant = invariant < INVARIANT_COUNT ? (enum invariant)invariant : INVARIANT_NONE;
    if (strncmp(text, "sanitizer ", strlen("sanitizer ")) == 0 &&
        (report_asan(report, cause, sizeof cause) || report_ubsan(report, cause, sizeof cause))) {
        (void)snprintf(failure->signature, sizeof failure->signature, "%.150s %.40s", cause,
                       text + strlen("sanitizer "));
        slug_of_sanitizer(report, cause, failure);
        slug_add(failure, text + strlen("sanitizer "));
    } else {
        (void)snprintf(failure->signature, sizeof failure->signature, "%s", text);
        slug_of_words(text, failure);
    }
}

void isolate_run(const struct stream *stream, const struct isolate_options *options,
                 struct failure *failure) {
    static char report[REPORT_SIZE_MAX];
    int ends[2], status = 0;
    pid_t child;
    memset(failure, 0, sizeof *failure);
    failure->outcome = ISOLATE_BROKEN;
    (void)fflush(stdout);
    (void)fflush(stderr);
    if (pipe(ends) != 0)
        return;
    child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        child_run(stream, options, ends[1]);
    }
    (void)close(ends[1]);
    if (child > 0) {
        (void)report_read(ends[0], report, sizeof report);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_AGREES)
            failure->outcome = ISOLATE_AGREES;
        else
            failure_from_report(report, failure);
    }
    (void)close(ends[0]);
}

bool isolate_is_sanitized(void) {
    return __sanitizer_set_death_callback != NULL;
}

bool failure_same(const struct failure *a, const struct failure *b) {
    return a->outcome == ISOLATE_FAILS && b->outcome == ISOLATE_FAILS &&
           strcmp(a->signature, b->signature) == 0;
}
