/* SPDX-License-Identifier: Apache-2.0 */
/* The helpers behind trace_command.h. */
#include "trace_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int trace_write_failed(const char *path) {
    return program_write_failed(path);
}

int trace_usage_error(const char *message, const char *argument) {
    fprintf(stderr, "trace: %s%s; ./trace help lists the commands\n", message, argument);
    return EXIT_USAGE;
}

int trace_output_open(struct trace_output *output, const char *path) {
    struct stat status;
    const bool is_special = path != NULL && stat(path, &status) == 0 && !S_ISREG(status.st_mode);
    output->path = path;
    output->part[0] = '\0';
    output->file = stdout;
    if (path == NULL)
        return EXIT_AGREES;
    if (!is_special &&
        snprintf(output->part, sizeof output->part, "%s.part", path) >= (int)sizeof output->part) {
        errno = ENAMETOOLONG;
        return trace_write_failed(path);
    }
    output->file = fopen(is_special ? path : output->part, "wb");
    return output->file == NULL ? trace_write_failed(path) : EXIT_AGREES;
}

int trace_output_close(struct trace_output *output) {
    bool bad;
    if (output->path == NULL)
        return program_flush();
    errno = 0;
    bad = fflush(output->file) != 0 || ferror(output->file) != 0;
    bad |= fclose(output->file) != 0;
    if (output->part[0] != '\0' && !bad)
        bad = rename(output->part, output->path) != 0;
    if (!bad)
        return EXIT_AGREES;
    (void)trace_write_failed(output->path);
    if (output->part[0] != '\0')
        (void)remove(output->part);
    return EXIT_USAGE;
}

int trace_output_finish(struct trace_output *output, int status) {
    if (status != EXIT_USAGE && !stop_requested()) {
        const int closed = trace_output_close(output);
        return closed == EXIT_AGREES ? status : closed;
    }
    if (output->path != NULL)
        (void)fclose(output->file);
    if (output->part[0] != '\0')
        (void)remove(output->part);
    return stop_requested() ? EXIT_INTERRUPTED : status;
}

bool trace_own_folder(char *folder) {
    const ssize_t size = readlink("/proc/self/exe", folder, TRACE_PATH_SIZE - 1);
    char *slash;
    folder[size < 0 ? 0 : size] = '\0';
    slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    return slash != NULL;
}

bool trace_find_above(char *folder, const char *name) {
    for (;;) {
        char path[TRACE_PATH_SIZE];
        char *slash = strrchr(folder, '/');
        if (snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
            access(path, R_OK) == 0)
            return true;
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
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
