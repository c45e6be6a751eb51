/* SPDX-License-Identifier: Apache-2.0 */
/* Names of files as words of a shell: what a printed command needs in order to run as it is printed. Knows
 * no file: a name is bytes. scripts/words.sh is the same for the scripts. */
#ifndef HARNESS_SHELL_WORD_H
#define HARNESS_SHELL_WORD_H

#include <stddef.h>
#include <stdio.h>

/* The bytes of the UTF-8 sequence at `text`, which ends with a 0; 0 where it is none. */
size_t utf8_size(const char *text);

/* Writes `text` as one word of a shell, on one line, in UTF-8, and so that a comment of C may hold it: it has
 * no comment's end or beginning, and no trigraph. A plain one is written as it is, one with blanks in '...',
 * and one with a control character, with bytes that are no UTF-8 or with what C would see, in $'...' (bash,
 * zsh, ksh, POSIX 2024). Errors are the file's. O(length). */
void shell_word_write(FILE *file, const char *text);

/* The same of a path, from the root on: a command with it means the same file in every folder. Where the
 * present folder has no name that can be told, a path is written as it is, with a ./ before a dash. */
void shell_path_write(FILE *file, const char *path);

/* The same of the first word of a command line: one without a slash was found by the shell, and will be. */
void shell_program_write(FILE *file, const char *program);

#endif
