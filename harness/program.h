/* SPDX-License-Identifier: Apache-2.0 */
/* What the command-line programs have in common: standard streams that may be closed, the one wording of a
 * write that failed, the words that ask for help or the version, and folders of inputs. For POSIX systems.
 * Knows neither streams of ops nor a subject. */
#ifndef HARNESS_PROGRAM_H
#define HARNESS_PROGRAM_H

#include "stop.h"

/* First in main. `name` begins each message ("trace"); it has to outlive the program. A standard stream that
 * is closed is held, so that no file is opened in its place and written over. */
void program_begin(const char *name);

/* Last in main: what main returns. `status` is that of the command; but EXIT_USAGE, after a message, where
 * standard output is closed or full. */
int program_end(int status);

/* "NAME: PATH: cannot be written: WHY" on standard error, WHY from errno. Returns EXIT_USAGE. */
int program_write_failed(const char *path);
/* The same of standard output, unless all that was printed is written: then EXIT_AGREES. */
int program_flush(void);

/* Whether the word asks for the usage text: -h or --help. */
bool program_is_help(const char *word);

/* Prints "NAME, of SUBJECT VERSION". Returns EXIT_AGREES. */
int program_version(const char *version);

/* Calls `on_file` for the path; where that is a folder, for each file in it that is neither hidden nor
 * Markdown, in the order of their names, until Ctrl-C. True for a path that is no folder, and for a
 * folder with such a file; otherwise a message was printed. O(files of the folder). */
bool program_each_file(const char *path,
                       void (*on_file)(const char *path, bool in_folder, void *context),
                       void *context);

#endif
