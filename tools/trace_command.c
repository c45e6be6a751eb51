/* The helpers behind trace_command.h. */
#include "trace_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

int trace_write_failed(const char *path) {
    fprintf(stderr, "trace: %s: cannot be written: %s\n", path, strerror(errno));
    return EXIT_USAGE;
}

int trace_usage_error(const char *message, const char *argument) {
    fprintf(stderr, "trace: %s%s; ./trace help lists the commands\n", message, argument);
    return EXIT_USAGE;
}

int trace_read_one(const char *command, int argc, char **argv, struct input_file *file) {
    if (optind + 1 != argc)
        return trace_usage_error(command,
                                 optind == argc ? ": which file?" : ": one file at a time");
    if (!input_file_read(file, argv[optind])) {
        fprintf(stderr, "trace: %s\n", file->error);
        return EXIT_USAGE;
    }
    return EXIT_AGREES;
}
