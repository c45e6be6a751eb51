/* SPDX-License-Identifier: Apache-2.0 */
/* The reader behind input_file.h. */
#include "input_file.h"

#include "codec.h"
#include "trace_text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_SIZE_MIN = 4 }; /* shorter ones are no text that one could tell */

static uint8_t content[INPUT_FILE_SIZE_MAX];

static bool __attribute__((format(printf, 2, 3)))
input_file_fail(struct input_file *file, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(file->error, sizeof file->error, format, arguments);
    va_end(arguments);
    return false;
}

static bool input_file_load(struct input_file *file, const char *path) {
    struct stat status;
    FILE *stream;
    bool failed;
    if (stat(path, &status) != 0)
        return input_file_fail(file, "%s: %s", path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return input_file_fail(file, "%s: is a directory, expected a file", path);
    if (!S_ISREG(status.st_mode))
        return input_file_fail(file, "%s: is not a regular file", path);
    if (status.st_size > INPUT_FILE_SIZE_MAX)
        return input_file_fail(file, "%s: %lld bytes, too large: an input has at most %d", path,
                               (long long)status.st_size, INPUT_FILE_SIZE_MAX);
    stream = fopen(path, "rb");
    if (stream == NULL)
        return input_file_fail(file, "%s: %s", path, strerror(errno));
    file->size = fread(content, 1, sizeof content, stream);
    failed = ferror(stream) != 0;
    (void)fclose(stream);
    return failed ? input_file_fail(file, "%s: cannot be read: %s", path, strerror(errno)) : true;
}

/* Behind the UTF-8 byte order marks, if there are any. */
static size_t input_file_start(const uint8_t *bytes, size_t size) {
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    size_t at = 0;
    while (size - at >= sizeof mark && memcmp(bytes + at, mark, sizeof mark) == 0)
        at += sizeof mark;
    return at;
}

/* True for a text trace that starts with blanks. Such bytes decode, too: guessing either would be
 * misreading half of them. */
static bool input_file_is_blank_text(const uint8_t *bytes, size_t size) {
    const size_t start = input_file_start(bytes, size);
    size_t at = start;
    while (at < size &&
           (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
        at += 1;
    return at > start && size - at >= strlen(TRACE_TEXT_MAGIC) &&
           memcmp(bytes + at, TRACE_TEXT_MAGIC, strlen(TRACE_TEXT_MAGIC)) == 0;
}

/* True for text of another kind, whose first letter would pass for a version: no byte but those of ASCII
 * text. */
static bool input_file_is_text(const uint8_t *bytes, size_t size) {
    size_t at = input_file_start(bytes, size);
    while (at < size && ((bytes[at] >= ' ' && bytes[at] < 0x7f) || bytes[at] == '\n' ||
                         bytes[at] == '\t' || bytes[at] == '\r'))
        at += 1;
    return at == size && size >= TEXT_SIZE_MIN;
}

bool input_file_read(struct input_file *file, const char *path) {
    struct trace_error error;
    memset(&file->stream.world, 0, sizeof file->stream.world);
    file->error[0] = '\0';
    file->is_other_version = false;
    if (!input_file_load(file, path))
        return false;
    file->is_text = trace_text_is(content, file->size);
    if (file->is_text)
        return trace_text_parse((const char *)content, file->size, &file->stream,
                                file->expectations, &error)
                   ? true
                   : input_file_fail(file, "%s:%u:%u: %s", path, error.line, error.column,
                                     error.message);
    if (input_file_is_blank_text(content, file->size))
        return input_file_fail(
            file, "%s:1:1: a text trace starts with '%s 1' or a comment, not with a blank", path,
            TRACE_TEXT_MAGIC);
    if (input_file_is_text(content, file->size))
        return input_file_fail(file, "%s:1:1: text, but no trace: a text trace starts with '%s 1'",
                               path, TRACE_TEXT_MAGIC);
    file->is_other_version = codec_version(content, file->size) > CODEC_VERSION;
    if (file->is_other_version)
        return input_file_fail(
            file,
            "%s: not an input of this build: its first byte says version %u, "
            "this build reads versions 1 to %d; it is of another commit, or no input at "
            "all (text traces start with '%s')",
            path, codec_version(content, file->size), CODEC_VERSION, TRACE_TEXT_MAGIC);
    codec_decode(content, file->size, &file->stream);
    return true;
}
