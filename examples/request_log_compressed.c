/* SPDX-License-Identifier: Apache-2.0 */
/* Tells a compressed file by its first bytes: see request_log_compressed.h. */
#include "request_log_compressed.h"

#include <stdbool.h>
#include <string.h>

static const struct compression zstd = {"zstd", "zstd -dc", "zstd -dc"};
static const struct compression gzip = {"gzip", "gzip -dc", "gzip -dc"};
static const struct compression xz = {"xz", "xz -dc", "xz -dc"};
static const struct compression bzip2 = {"bzip2", "bzip2 -dc", "bzip2 -dc"};
static const struct compression lz4 = {"lz4", "lz4 -dc", "lz4 -dc"};
static const struct compression zip = {"zip", "unzip -p", "funzip"};
static const struct compression lzip = {"lzip", "lzip -dc", "lzip -dc"};
static const struct compression seven_zip = {"7-Zip", "7z x -so", NULL};

/* A byte of the file is `bytes` where the mask is 1. */
struct magic {
    const struct compression *compression;
    size_t size;
    unsigned char bytes[COMPRESSION_MAGIC_SIZE_MAX];
    unsigned char mask[COMPRESSION_MAGIC_SIZE_MAX];
};

#define ALL \
    { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }
#define BZIP2_MASK \
    { 0xff, 0xff, 0xff, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }

/* As long as they can be: a log may begin with any two letters, an oracle record with any time. Of
 * gzip these are the method and the reserved bits of the flags, of bzip2 the first block or the
 * end, of lz4 the old form too. A skippable frame may come before the first one of zstd and lz4. */
static const struct magic magics[] = {
    {&zstd, 4, {0x28, 0xb5, 0x2f, 0xfd}, ALL},
    {&zstd, 4, {0x50, 0x2a, 0x4d, 0x18}, {0xf0, 0xff, 0xff, 0xff}},
    {&gzip, 4, {0x1f, 0x8b, 0x08, 0x00}, {0xff, 0xff, 0xff, 0xe0}},
    {&gzip, 3, {0x1f, 0x9d, 0x80}, {0xff, 0xff, 0xe0}}, /* compress: gzip reads it */
    {&xz, 6, {0xfd, '7', 'z', 'X', 'Z', 0x00}, ALL},
    {&bzip2, 10, {'B', 'Z', 'h', '0', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59}, BZIP2_MASK},
    {&bzip2, 10, {'B', 'Z', 'h', '0', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90}, BZIP2_MASK},
    {&lz4, 4, {0x04, 0x22, 0x4d, 0x18}, ALL},
    {&lz4, 4, {0x02, 0x21, 0x4c, 0x18}, ALL},
    {&zip, 4, {'P', 'K', 0x03, 0x04}, ALL},
    {&zip, 4, {'P', 'K', 0x05, 0x06}, ALL}, /* without a file in it */
    {&zip, 4, {'P', 'K', 0x07, 0x08}, ALL}, /* a part of several */
    {&lzip, 5, {'L', 'Z', 'I', 'P', 0x01}, ALL},
    {&seven_zip, 6, {'7', 'z', 0xbc, 0xaf, 0x27, 0x1c}, ALL},
};

const struct compression *compression_of(const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i += 1) {
        const struct magic *magic = &magics[i];
        bool equal = size >= magic->size;
        for (size_t at = 0; equal && at < magic->size; at += 1)
            equal = (bytes[at] & magic->mask[at]) == (magic->bytes[at] & magic->mask[at]);
        if (equal)
            return magic->compression;
    }
    return NULL;
}

/* As one word of a shell: as it is where no byte means anything to it, in quotes otherwise. */
static void print_word(FILE *file, const char *word) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word != '\0'; word += 1) {
        if (*word == '\'')
            fputs("'\\''", file);
        else
            fputc(*word, file);
    }
    fputc('\'', file);
}

void compression_print_command(FILE *file, const struct compression *compression, const char *path,
                               const char *program, const char *format_name) {
    if (path != NULL) {
        fprintf(file, "%s ", compression->file_command);
        if (*path == '-')
            fputs("./", file); /* no option of that program */
        print_word(file, path);
    } else if (compression->input_command != NULL) {
        fprintf(file, "... | %s", compression->input_command);
    } else {
        fprintf(file, "%s FILE", compression->file_command);
    }
    fputs(" | ", file);
    print_word(file, program);
    fprintf(file, " --format %s -\n", format_name);
}
