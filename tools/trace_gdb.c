/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace gdb: the failing op under a debugger. The input is reduced, gdb starts on a debug build of this
 * program, loads the subject's script and stops before the op that fails, in the pass that fails. */
#include "trace_command.h"

#include "shell_word.h"
#include "trace_pass.h"
#include "trace_text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = TRACE_PATH_SIZE, ARGUMENT_COUNT_MAX = 64 };

/* What gdb is started with. */
struct session {
    char script[PATH_SIZE], program[PATH_SIZE], trace[PATH_SIZE], stop[64];
    int option_count; /* the user's, after -- */
    char **options;
};

/* ---- Where things are. ------------------------------------------------------------------- */

static bool path_join(char *path, const char *folder, const char *name) {
    return snprintf(path, PATH_SIZE, "%s/%s", folder, name) < PATH_SIZE;
}

/* A debug build beside this program has the library that this program has; else that of the repository. */
static bool find_program(const char *own_folder, const char *root, char *program) {
    return (path_join(program, own_folder, "trace-debug") && access(program, X_OK) == 0) ||
           (path_join(program, root, "build/trace-debug") && access(program, X_OK) == 0);
}

static int session_find(struct session *session) {
    char own_folder[PATH_SIZE], root[PATH_SIZE];
    if (!trace_own_folder(own_folder)) {
        fprintf(stderr, "trace: cannot find its own folder: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    memcpy(root, own_folder, sizeof root);
    if (!trace_find_above(root, SUBJECT_GDB_SCRIPT) ||
        !path_join(session->script, root, SUBJECT_GDB_SCRIPT)) {
        fprintf(stderr,
                "trace: no " SUBJECT_GDB_SCRIPT
                " in %s or above it: run ./trace in its repository\n",
                own_folder);
        return EXIT_USAGE;
    }
    if (!find_program(own_folder, root, session->program)) {
        fprintf(stderr, "trace: gdb needs a debug build; run: make -C ");
        shell_path_write(stderr, root);
        fprintf(stderr, " build/trace-debug\n");
        return EXIT_USAGE;
    }
    return EXIT_AGREES;
}

/* ---- The reduced trace. ------------------------------------------------------------------ */

static int session_write_trace(struct session *session, const struct stream *stream) {
    const char *folder = getenv("TMPDIR");
    int descriptor;
    FILE *file;
    bool bad;
    if (!path_join(session->trace, folder == NULL ? "/tmp" : folder, "cachemap-XXXXXX"))
        return trace_write_failed("TMPDIR");
    descriptor = mkstemp(session->trace);
    file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file == NULL)
        return trace_write_failed(session->trace);
    trace_text_print(file, stream, NULL);
    bad = fflush(file) != 0 || ferror(file) != 0;
    bad |= fclose(file) != 0;
    return bad ? trace_write_failed(session->trace) : EXIT_AGREES;
}

/* Reduces the stream and notes where it fails. */
static int session_reduce(struct session *session, struct stream *stream, const char *path) {
    struct reduction reduction;
    struct failure failure;
    enum pass pass = PASS_FIRST;
    const int status = trace_reduce(stream, path, &reduction);
    if (status != EXIT_FAILS)
        return status;
    isolate_run(stream, &reduction.isolate, &failure);
    if (!trace_failing_pass(stream, &pass)) {
        fprintf(stderr, "trace: %s: fails in one run and not in the next\n", path);
        return EXIT_USAGE;
    }
    /* A call for many is made at the first of its ops. */
    (void)snprintf(session->stop, sizeof session->stop, "cachemap-stop %u %u", (unsigned)pass,
                   verdict_op_number(stream_batch_start(stream, failure.op_index), false));
    return EXIT_FAILS;
}

/* ---- gdb. -------------------------------------------------------------------------------- */

_Noreturn static void child_gdb(struct session *session) {
    char *arguments[ARGUMENT_COUNT_MAX] = {"gdb",           "-q",  "-x",
                                           session->script, "-ex", session->stop};
    int count = 6;
    for (int i = 0; i < session->option_count; i += 1)
        arguments[count++] = session->options[i];
    arguments[count++] = "--args";
    arguments[count++] = session->program;
    arguments[count++] = "replay";
    arguments[count++] = session->trace;
    arguments[count] = NULL;
    (void)execvp("gdb", arguments);
    if (errno == ENOENT)
        fprintf(stderr, "trace: gdb is not here; on Debian: apt-get install gdb\n");
    else
        fprintf(stderr, "trace: gdb cannot be started: %s\n", strerror(errno));
    _exit(EXIT_USAGE);
}

/* gdb's exit code: 0, or what ended it. */
static int session_run(struct session *session) {
    pid_t child;
    int status = 0;
    (void)signal(SIGINT, SIG_IGN); /* Ctrl-C is gdb's */
    /* gdb would not say that what it prints is lost. */
    printf("trace: gdb, stopped before the op that fails; the reduced trace is %s\n",
           session->trace);
    if (program_flush() != EXIT_AGREES) {
        (void)unlink(session->trace);
        return EXIT_USAGE;
    }
    child = fork();
    if (child == 0) {
        (void)signal(SIGINT, SIG_DFL);
        child_gdb(session);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    (void)unlink(session->trace);
    if (child < 0) {
        fprintf(stderr, "trace: cannot start a process: %s\n", strerror(errno));
        return EXIT_USAGE;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_USAGE;
}

/* FILE [-- OPTIONS OF GDB]. */
static int gdb_arguments(int argc, char **argv, struct session *session) {
    if (argc < 2)
        return trace_usage_error("gdb: which file?", "");
    if (argv[1][0] == '-' || (argc > 2 && strcmp(argv[2], "--") != 0))
        return trace_usage_error("gdb takes one file, then -- and options of gdb", "");
    session->option_count = argc > 3 ? argc - 3 : 0;
    session->options = argv + 3;
    if (session->option_count > ARGUMENT_COUNT_MAX - 12)
        return trace_usage_error("gdb: too many options of gdb", "");
    if (session->option_count == 0 && isatty(STDIN_FILENO) == 0)
        return trace_usage_error("gdb: standard input is no terminal; give gdb its commands: "
                                 "trace gdb FILE -- -batch -ex cachemap-map",
                                 "");
    return EXIT_AGREES;
}

int command_gdb(int argc, char **argv) {
    static struct input_file file;
    static struct session session;
    int status;
    if (!SUBJECT_HAS_GDB)
        return trace_usage_error("gdb: it has no script for a " SUBJECT_NOUN, "");
    trace_restart_without_symbols(argv);
    status = gdb_arguments(argc, argv, &session);
    if (status == EXIT_AGREES)
        status = session_find(&session);
    if (status != EXIT_AGREES)
        return status;
    if (!input_file_read(&file, argv[1])) {
        fprintf(stderr, "trace: %s\n", file.error);
        return EXIT_USAGE;
    }
    status = session_reduce(&session, &file.stream, argv[1]);
    if (status != EXIT_FAILS)
        return status;
    status = session_write_trace(&session, &file.stream);
    return status == EXIT_AGREES ? session_run(&session) : status;
}
