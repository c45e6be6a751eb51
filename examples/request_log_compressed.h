/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a compressed file by its first bytes, and says which command reads it. Knows nothing of
 * formats of logs; decompresses nothing. */
#ifndef REQUEST_LOG_COMPRESSED_H
#define REQUEST_LOG_COMPRESSED_H

#include <stddef.h>
#include <stdio.h>

/* So many bytes tell. */
enum { COMPRESSION_MAGIC_SIZE_MAX = 10 };

struct compression {
    const char *name;          /* "zstd" */
    const char *file_command;  /* writes what is in the file that follows to standard output */
    const char *input_command; /* the same of standard input; null where there is none */
};

/* How the bytes that a file starts with are compressed; null: they are not. They may be fewer than
 * COMPRESSION_MAGIC_SIZE_MAX. Static. */
const struct compression *compression_of(const unsigned char *bytes, size_t size);

/* The command that reads the log: "zstd -dc FILE | PROGRAM --format NAME -", as a shell takes it,
 * whatever the names are. `path` null: the log is standard input. `program`: as it was called. */
void compression_print_command(FILE *file, const struct compression *compression, const char *path,
                               const char *program, const char *format_name);

#endif
