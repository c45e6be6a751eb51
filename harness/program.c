/* SPDX-License-Identifier: Apache-2.0 */
/* The helpers behind program.h. */
#include "program.h"

#include "subject_tables.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROGRAM_PATH_SIZE_MAX = 4096 };

static const char *program_name = "";
static bool write_failed;

void program_begin(const char *name) {
    program_name = name;
    /* open takes the lowest number that is free. What is held so can only be used the wrong way
     * round: reading from standard input and writing to the others fails, as if they were closed. */
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream += 1)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int program_write_failed(const char *path) {
    fprintf(stderr, "%s: %s: cannot be written: %s\n", program_name, path,
            strerror(errno == 0 ? EIO : errno));
    write_failed = true;
    return EXIT_USAGE;
}

int program_flush(void) {
    errno = 0;
    if (fflush(stdout) == 0) {
        if (ferror(stdout) == 0)
            return EXIT_AGREES;
        /* An earlier part was not written, and why is forgotten: what is cut off is written to once more. */
        if (write(STDOUT_FILENO, "\n", 1) == 1)
            errno = 0;
    }
    return program_write_failed("standard output");
}

int program_end(int status) {
    if (!write_failed)
        (void)program_flush();
    return write_failed ? (int)EXIT_USAGE : status;
}

bool program_is_help(const char *word) {
    return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

int program_version(const char *version) {
    printf("%s, of " SUBJECT_NAME " %s\n", program_name, version);
    return EXIT_AGREES;
}

/* ---- Folders. ---------------------------------------------------------------------------- */

/* Neither hidden files nor a folder's own README. */
static int is_visible(const struct dirent *entry) {
    const size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && !(size > 3 && strcmp(entry->d_name + size - 3, ".md") == 0);
}

bool program_each_file(const char *path,
                       void (*on_file)(const char *path, bool in_folder, void *context),
                       void *context) {
    struct dirent **entries = NULL;
    struct stat status;
    int count;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        on_file(path, false, context);
        return true;
    }
    count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0)
        fprintf(stderr, "%s: %s: %s\n", program_name, path, strerror(errno));
    else if (count == 0)
        fprintf(stderr, "%s: %s: no inputs in this folder\n", program_name, path);
    for (int i = 0; i < count; i += 1) {
        char name[PROGRAM_PATH_SIZE_MAX];
        const int size = snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (!stop_requested() && size < (int)sizeof name)
            on_file(name, true, context);
        free(entries[i]);
    }
    free(entries);
    return count > 0;
}
