/* The file behind trace_output.h. */
#include "trace_output.h"

#include "trace_command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The rights that fopen would have given; mkstemp's file is its owner's alone. */
static bool temporary_open_rights(int descriptor) {
    const mode_t mask = umask(0);
    (void)umask(mask);
    return fchmod(descriptor, 0666 & ~mask) == 0;
}

static FILE *temporary_open(struct trace_output *output) {
    const int size =
        snprintf(output->temporary, sizeof output->temporary, "%s.XXXXXX", output->path);
    int descriptor;
    FILE *file;
    if (size >= (int)sizeof output->temporary) {
        errno = ENAMETOOLONG;
        output->temporary[0] = '\0';
        return NULL;
    }
    descriptor = mkstemp(output->temporary);
    if (descriptor < 0)
        return NULL;
    file = temporary_open_rights(descriptor) ? fdopen(descriptor, "w") : NULL;
    if (file == NULL) {
        const int error = errno;
        (void)close(descriptor);
        (void)unlink(output->temporary);
        errno = error;
    }
    return file;
}

bool trace_output_open(struct trace_output *output, const char *path) {
    struct stat status;
    output->path = path == NULL ? "standard output" : path;
    output->temporary[0] = '\0';
    if (path == NULL)
        output->file = stdout;
    else if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        output->file = fopen(path, "w");
    else
        output->file = temporary_open(output);
    if (output->file == NULL)
        (void)trace_write_failed(output->path);
    return output->file != NULL;
}

int trace_output_close(struct trace_output *output, bool keep) {
    const bool is_temporary = output->temporary[0] != '\0';
    const bool interrupted = stop_requested();
    bool good = fflush(output->file) == 0 && ferror(output->file) == 0;
    if (output->file != stdout)
        good &= fclose(output->file) == 0;
    if (is_temporary && good && keep && !interrupted)
        good = rename(output->temporary, output->path) == 0;
    if (is_temporary && (!good || !keep || interrupted)) {
        const int error = errno;
        (void)unlink(output->temporary);
        errno = error;
    }
    if (interrupted)
        return EXIT_INTERRUPTED;
    return good || !keep ? EXIT_AGREES : trace_write_failed(output->path);
}
