/* What the commands of ./trace share: reading their one file, and the errors that all of them have. */
#ifndef TOOLS_TRACE_COMMAND_H
#define TOOLS_TRACE_COMMAND_H

#include "input_file.h"
#include "stop.h"

/* Both print a line to standard error and return EXIT_USAGE. */
int trace_usage_error(const char *message, const char *argument);
int trace_write_failed(const char *path);

/* Reads the one file that is left after the options into *file. EXIT_AGREES, or an error was printed and
 * its exit code is returned. */
int trace_read_one(const char *command, int argc, char **argv, struct input_file *file);

/* argv[0] is the command's name. Each returns an exit code of stop.h, or 130 after Ctrl-C. */
int command_reduce(int argc, char **argv);

#endif
