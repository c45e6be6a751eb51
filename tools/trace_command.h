/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of ./trace share: reading their one file, and the errors that all of them have. */
#ifndef TOOLS_TRACE_COMMAND_H
#define TOOLS_TRACE_COMMAND_H

#include "input_file.h"
#include "isolate.h"
#include "program.h"
#include "stop.h"

#include <stdio.h>

/* Both print a line to standard error and return EXIT_USAGE. */
int trace_usage_error(const char *message, const char *argument);
int trace_write_failed(const char *path);

/* A file that a command writes, or standard output. It is written beside its place and renamed at the end, so
 * that a full disk or Ctrl-C leaves an old file as it was. What is no regular file (a pipe, /dev/full) is
 * written directly. */
struct trace_output {
    FILE *file;
    const char *path; /* null: standard output */
    char part[4096];  /* what is written until the end; empty where it is written directly */
};
/* EXIT_AGREES, or EXIT_USAGE after a message. `path` null is standard output. */
int trace_output_open(struct trace_output *output, const char *path);
int trace_output_close(struct trace_output *output);
/* Closes the file of a command that is about to end with `status`, and returns the status that it ends with.
 * After EXIT_USAGE or Ctrl-C (EXIT_INTERRUPTED) the file is not whole: nothing is left of it, and an old one
 * stays. */
int trace_output_finish(struct trace_output *output, int status);

/* Folders of this program, for what lies beside it. Both write TRACE_PATH_SIZE bytes at most; false where
 * there is no such folder. */
enum { TRACE_PATH_SIZE = 4096 };
bool trace_own_folder(char *folder);
/* Cuts `folder` to that of its parents, or itself, in which the file `name` can be read. */
bool trace_find_above(char *folder, const char *name);

/* Reads the one file that is left after the options into *file. EXIT_AGREES, or an error was printed and
 * its exit code is returned. */
int trace_read_one(const char *command, int argc, char **argv, struct input_file *file);

/* A failing stream on its way to the smallest that fails in the same way. */
struct reduction {
    struct failure original;
    struct isolate_options isolate;
    bool on_terminal;
    double shown_at;          /* seconds */
    uint32_t op_count_before; /* ops of the stream as it came */
    uint32_t try_count;
    uint32_t other_count; /* candidates that failed in another way: not taken */
    unsigned
        confirmed_count; /* of REDUCTION_CONFIRM_COUNT runs of the result, those that failed so */
    bool minimal;        /* no op can go; false after Ctrl-C */
};
enum { REDUCTION_CONFIRM_COUNT = 3 };

/* Reduces the stream in place; `path` is what it came from, for messages. EXIT_FAILS: it fails, and
 * is reduced. EXIT_AGREES: it does not fail, and a line says so. EXIT_USAGE: no process could be started. */
int trace_reduce(struct stream *stream, const char *path, struct reduction *reduction);

/* In a sanitized build: starts the program again with reports that name offsets, for to name functions
 * takes longer than a try does. */
void trace_restart_without_symbols(char **argv);

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
};
/* The subject's: its own commands and their lines of the help; the last has no name. */
extern const struct command subject_commands[];
extern const char subject_commands_usage[];

/* argv[0] is the command's name. Each returns an exit code of stop.h, or 130 after Ctrl-C. */
int command_reduce(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_signature(int argc, char **argv);
int command_record(int argc, char **argv);
int command_digest(int argc, char **argv);
int command_html(int argc, char **argv);
int command_c(int argc, char **argv);
int command_gdb(int argc, char **argv);

#endif
