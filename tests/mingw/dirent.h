/* SPDX-License-Identifier: Apache-2.0 */
/* MinGW-w64's dirent.h with scandir, which the conformance test reads its folder by. */
#ifndef MINGW_DIRENT_H
#define MINGW_DIRENT_H

#pragma GCC system_header /* for the next line, which is gcc's own */
#include_next <dirent.h>

#include <stdlib.h>
#include <string.h>

static inline int alphasort(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static inline int mingw_compare(const void *a, const void *b) {
    return alphasort((const struct dirent **)(uintptr_t)a, (const struct dirent **)(uintptr_t)b);
}

/* Always by name. */
static inline int scandir(const char *path, struct dirent ***entries,
                          int (*chosen)(const struct dirent *),
                          int (*compare)(const struct dirent **, const struct dirent **)) {
    enum { ENTRY_COUNT_MAX = 1000 };
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;
    (void)compare;
    if (folder == NULL)
        return -1;
    *entries = (struct dirent **)calloc(ENTRY_COUNT_MAX, sizeof **entries);
    while ((entry = readdir(folder)) != NULL && count < ENTRY_COUNT_MAX)
        if (chosen(entry)) {
            (*entries)[count] = (struct dirent *)malloc(sizeof *entry);
            memcpy((*entries)[count], entry, sizeof *entry);
            count += 1;
        }
    (void)closedir(folder);
    qsort(*entries, (size_t)count, sizeof **entries, mingw_compare);
    return count;
}

#endif
