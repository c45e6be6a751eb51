/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a trace from a file, for hit_ratio_trace.h. */
#include "hit_ratio_memory.h"
#include "hit_ratio_trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_SIZE_MAX = 64, ACCESS_COUNT_MAX = 100 * 1000 * 1000 };

struct reader {
    const char *path;
    FILE *stream;
    uint64_t *keys;
    size_t count, room;
    char error[512];
};

static void __attribute__((format(printf, 2, 3)))
reader_fail(struct reader *reader, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reader->error, sizeof reader->error, format, arguments);
    va_end(arguments);
}

/* The bytes of a line as they may be shown: what is not printable is a question mark. */
static const char *reader_shown(char *line) {
    for (char *at = line; *at != '\0'; at += 1)
        if (*at < ' ' || *at > '~')
            *at = '?';
    return line;
}

static bool reader_add(struct reader *reader, uint64_t key) {
    if (reader->count == ACCESS_COUNT_MAX) {
        reader_fail(reader, "%s:%zu: more than %d lines; take a part of the trace", reader->path,
                    reader->count + 1, ACCESS_COUNT_MAX);
        return false;
    }
    if (reader->count == reader->room) {
        const size_t room = reader->room == 0 ? 65536 : reader->room * 2;
        uint64_t *keys = realloc(reader->keys, room * sizeof *keys);
        if (keys == NULL) {
            reader_fail(reader, "%s: out of memory", reader->path);
            return false;
        }
        reader->keys = keys;
        reader->room = room;
    }
    reader->keys[reader->count++] = key;
    return true;
}

/* One line, without its end. */
static bool reader_line(struct reader *reader, char *line) {
    const size_t number = reader->count + 1;
    char *end = NULL;
    uint64_t key;
    if (line[0] == '\0') {
        reader_fail(reader, "%s:%zu: an empty line, expected a key: a decimal number", reader->path,
                    number);
        return false;
    }
    if (line[strspn(line, "0123456789")] != '\0') {
        reader_fail(reader, "%s:%zu: '%s' is no key: expected a decimal number, one a line",
                    reader->path, number, reader_shown(line));
        return false;
    }
    errno = 0;
    key = strtoull(line, &end, 10);
    if (errno != 0) {
        reader_fail(reader, "%s:%zu: '%s' is too large: the largest key is %" PRIu64, reader->path,
                    number, line, UINT64_MAX);
        return false;
    }
    return reader_add(reader, key);
}

/* The next line, without its end, in `line`; false at the end of the file. A line that has no
 * room is cut, and fills `line`. */
static bool reader_next(const struct reader *reader, char *line) {
    size_t size = 0;
    int byte = getc(reader->stream);
    if (byte == EOF)
        return false;
    for (; byte != EOF && byte != '\n' && size < LINE_SIZE_MAX - 1; byte = getc(reader->stream)) {
        line[size] = (char)byte;
        if (byte == '\0')
            line[size] = '?'; /* it would end the line, and hide what follows */
        size += 1;
    }
    if (size > 0 && size < LINE_SIZE_MAX - 1 && line[size - 1] == '\r')
        size -= 1;
    line[size] = '\0';
    return true;
}

static bool reader_lines(struct reader *reader) {
    char line[LINE_SIZE_MAX];
    while (reader_next(reader, line)) {
        if (strlen(line) == LINE_SIZE_MAX - 1) {
            reader_fail(reader, "%s:%zu: '%.20s...' is too long for a key of 20 digits",
                        reader->path, reader->count + 1, reader_shown(line));
            return false;
        }
        if (!reader_line(reader, line))
            return false;
    }
    if (ferror(reader->stream) != 0) {
        reader_fail(reader, "%s: cannot be read: %s", reader->path, strerror(errno));
        return false;
    }
    if (reader->count == 0) {
        reader_fail(reader, "%s: empty, expected keys: decimal numbers, one a line", reader->path);
        return false;
    }
    return true;
}

static bool reader_open(struct reader *reader) {
    struct stat status;
    reader->stream = strcmp(reader->path, "-") == 0 ? stdin : fopen(reader->path, "r");
    if (reader->stream == NULL) {
        reader_fail(reader, "%s: %s", reader->path, strerror(errno));
        return false;
    }
    if (fstat(fileno(reader->stream), &status) == 0 && S_ISDIR(status.st_mode)) {
        reader_fail(reader, "%s: is a directory, expected a file", reader->path);
        return false;
    }
    return true;
}

/* ---- Keys by number. --------------------------------------------------------------------- */

static int key_compare(const void *a, const void *b) {
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void trace_of_keys(struct trace *trace, const uint64_t *keys, size_t count) {
    uint64_t *sorted = memory_of(count, sizeof *sorted);
    size_t distinct = 0;
    memcpy(sorted, keys, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, key_compare);
    for (size_t i = 0; i < count; i += 1)
        if (i == 0 || sorted[i] != sorted[distinct - 1])
            sorted[distinct++] = sorted[i];
    trace->name = "trace";
    trace->key_count = (uint32_t)distinct;
    trace->access_count = count;
    trace->accesses = memory_of(count, sizeof *trace->accesses);
    for (size_t i = 0; i < count; i += 1) {
        const uint64_t *found = bsearch(&keys[i], sorted, distinct, sizeof *sorted, key_compare);
        trace->accesses[i].key = (uint32_t)(found - sorted);
        trace->accesses[i].kind = ACCESS_GET;
    }
    free(sorted);
}

bool trace_read(struct trace *trace, const char *path, char *error, size_t error_size) {
    struct reader reader = {path, NULL, NULL, 0, 0, ""};
    const bool read = reader_open(&reader) && reader_lines(&reader);
    if (read)
        trace_of_keys(trace, reader.keys, reader.count);
    else
        (void)snprintf(error, error_size, "%s", reader.error);
    if (reader.stream != NULL && reader.stream != stdin)
        (void)fclose(reader.stream);
    free(reader.keys);
    return read;
}
