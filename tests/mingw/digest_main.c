/* SPDX-License-Identifier: Apache-2.0 */
/* `./trace digest` as a program of its own, for systems without the processes, signals and
 * timers of POSIX: scripts/matrix.sh compiles it for Windows. Ctrl-C ends it, and an input that
 * hangs is the caller's to stop. */
#include "../../tools/trace_command.h"

#include <errno.h>
#include <string.h>

#if defined(_WIN32)
#    include <fcntl.h>
#    include <io.h>
#endif

bool stop_requested(void) {
    return false;
}

int trace_usage_error(const char *message, const char *argument) {
    fprintf(stderr, "digest: %s%s\n", message, argument);
    return EXIT_USAGE;
}

/* Folders are the caller's to list. */
bool program_each_file(const char *path,
                       void (*on_file)(const char *path, bool in_folder, void *context),
                       void *context) {
    on_file(path, false, context);
    return true;
}

int trace_write_failed(const char *path) {
    fprintf(stderr, "digest: %s: cannot be written: %s\n", path, strerror(errno));
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
#if defined(_WIN32)
    /* A line ends as elsewhere. */
    (void)_setmode(_fileno(stdout), _O_BINARY);
#endif
    if (argc < 2 || strcmp(argv[1], "digest") != 0)
        return trace_usage_error("usage: digest FILE...", "");
    return command_digest(argc - 1, argv + 1);
}
