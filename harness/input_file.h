/* SPDX-License-Identifier: Apache-2.0 */
/* Reads an input from disk, bytes or text, into a stream; says clearly why it cannot. */
#ifndef HARNESS_INPUT_FILE_H
#define HARNESS_INPUT_FILE_H

#include "stream.h"

struct input_file {
    struct stream stream;
    bool is_text;
    bool is_other_version; /* after a failure: bytes that claim another version of the format */
    struct result expectations[STREAM_OP_COUNT_MAX]; /* only where is_text */
    size_t size;                                     /* bytes on disk */
    char error[512]; /* why reading failed: file, place, what was expected; no newline */
};

/* Larger files are refused: a text trace of the most ops that a run takes is a tenth of this. */
enum { INPUT_FILE_SIZE_MAX = 4 * 1024 * 1024 };

/* False, and file->error, when there is no stream to be had. */
bool input_file_read(struct input_file *file, const char *path);

#endif
