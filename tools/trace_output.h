/* The file that a command of ./trace writes, whole or not at all: it is made beside its place under another
 * name, and renamed once it is written. What is no regular file (standard output, a device, a pipe) is
 * written straight. Knows files, nothing of what is in them. */
#ifndef TOOLS_TRACE_OUTPUT_H
#define TOOLS_TRACE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

enum { OUTPUT_PATH_SIZE_MAX = 4096 };

struct trace_output {
    FILE *file;                           /* to be written */
    const char *path;                     /* of the place; the caller's, kept until it is closed */
    char temporary[OUTPUT_PATH_SIZE_MAX]; /* empty where the file is written straight */
};

/* `path` null: standard output. False, and a line on standard error, when it cannot be written. */
bool trace_output_open(struct trace_output *output, const char *path);

/* Puts the file in its place if `keep` and all was written; removes it otherwise. EXIT_AGREES: it is where
 * it belongs, or was not to be kept. EXIT_USAGE: it could not be written, and a line said so.
 * EXIT_INTERRUPTED: Ctrl-C came before it was whole; nothing is left. */
int trace_output_close(struct trace_output *output, bool keep);

#endif
