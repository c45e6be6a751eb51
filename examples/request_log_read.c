/* SPDX-License-Identifier: Apache-2.0 */
/* Reads request logs: see request_log_read.h. Strict: a line is as its format says, or bad. */
#include "request_log_read.h"

#include "cache_map.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

void request_reader_init(struct request_reader *reader, FILE *file, enum request_format format) {
    reader->file = file;
    reader->format = format;
    reader->line_number = 0;
    reader->problem[0] = '\0';
}

bool request_format_parse(const char *text, enum request_format *format) {
    static const char *const names[] = {"access", "twitter", "oracle"};
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i += 1) {
        if (strcmp(text, names[i]) != 0)
            continue;
        *format = (enum request_format)i;
        return true;
    }
    return false;
}

static enum request_result bad(struct request_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum request_result bad(struct request_reader *reader, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reader->problem, sizeof reader->problem, format, arguments);
    va_end(arguments);
    return REQUEST_BAD;
}

/* ---- Pieces of a line. ------------------------------------------------------------------- */

struct piece {
    const char *start;
    size_t size;
};

/* For messages: control characters do not reach the terminal, and a long piece is cut. */
static const char *shown(struct piece piece, char *buffer, size_t buffer_size) {
    size_t size = 0;
    for (; size < piece.size && size + 4 < buffer_size; size += 1)
        buffer[size] = isprint((unsigned char)piece.start[size]) ? piece.start[size] : '?';
    (void)snprintf(buffer + size, buffer_size - size, "%s", size < piece.size ? "..." : "");
    return buffer;
}

static bool piece_is(struct piece piece, const char *text) {
    return piece.size == strlen(text) && memcmp(piece.start, text, piece.size) == 0;
}

static bool piece_is_number(struct piece piece) {
    for (size_t i = 0; i < piece.size; i += 1)
        if (!isdigit((unsigned char)piece.start[i]))
            return false;
    return piece.size > 0 && piece.size < 20;
}

/* Two names with one hash count as one key. Among ten million names that happens in about one log
 * of 370,000. */
static uint64_t piece_hash(struct piece piece) {
    return cache_map_hash_bytes(piece.start, piece.size, 0);
}

/* Takes what stands before the first `end` off the rest. */
static bool take(struct piece *rest, char end, struct piece *taken) {
    const char *found = memchr(rest->start, end, rest->size);
    if (found == NULL)
        return false;
    taken->start = rest->start;
    taken->size = (size_t)(found - rest->start);
    rest->start = found + 1;
    rest->size -= taken->size + 1;
    return true;
}

/* Takes what stands after the last `start` off the end of the rest. */
static bool take_last(struct piece *rest, char start, struct piece *taken) {
    for (size_t size = rest->size; size > 0; size -= 1) {
        if (rest->start[size - 1] != start)
            continue;
        taken->start = rest->start + size;
        taken->size = rest->size - size;
        rest->size = size - 1;
        return true;
    }
    return false;
}

/* ---- Common and Combined Log Format. ----------------------------------------------------- */

/* What stands up to the quote that ends it; servers write a quote of the client as \" or \x22. */
static bool take_quoted(struct piece *rest, struct piece *taken) {
    if (rest->size == 0 || rest->start[0] != '"')
        return false;
    for (size_t i = 1; i < rest->size; i += 1) {
        if (rest->start[i] == '\\') {
            i += 1;
        } else if (rest->start[i] == '"') {
            taken->start = rest->start + 1;
            taken->size = i - 1;
            rest->start += i + 1;
            rest->size -= i + 1;
            return true;
        }
    }
    return false;
}

static enum request_kind kind_of_method(struct piece method) {
    if (piece_is(method, "GET") || piece_is(method, "HEAD"))
        return REQUEST_READ;
    if (piece_is(method, "PUT") || piece_is(method, "POST") || piece_is(method, "PATCH"))
        return REQUEST_WRITE;
    return piece_is(method, "DELETE") ? REQUEST_DELETE : REQUEST_OTHER;
}

/* METHOD TARGET PROTOCOL; of HTTP/0.9 no protocol. A target may have spaces that a client sent. */
static void read_request_line(struct piece line, struct request *request) {
    struct piece method, protocol;
    request->kind = REQUEST_OTHER;
    request->key = 0;
    if (!take(&line, ' ', &method))
        return;
    if (take_last(&line, ' ', &protocol) &&
        (protocol.size < 5 || memcmp(protocol.start, "HTTP/", 5) != 0))
        line.size += protocol.size + 1; /* it was a part of the target */
    if (line.size == 0)
        return;
    request->kind = kind_of_method(method);
    request->key = piece_hash(line);
}

static enum request_result read_access(struct request_reader *reader, struct piece rest,
                                       struct request *request) {
    struct piece host, before_time, time, line, status, bytes;
    char found[40];
    if (!take(&rest, ' ', &host) || host.size == 0)
        return bad(reader, "no host at its start");
    if (!take(&rest, '[', &before_time) || !take(&rest, ']', &time))
        return bad(reader, "no [time] after the host and two names");
    if (time.size != strlen("10/Oct/2000:13:55:36 -0700") || time.start[2] != '/' ||
        time.start[6] != '/' || time.start[11] != ':')
        return bad(reader, "its time is [%s], not like [10/Oct/2000:13:55:36 -0700]",
                   shown(time, found, sizeof found));
    if (rest.size == 0 || rest.start[0] != ' ')
        return bad(reader, "no space after the time");
    rest.start += 1;
    rest.size -= 1;
    if (!take_quoted(&rest, &line))
        return bad(reader, "no \"request\" in quotes after the time");
    if (!take(&rest, ' ', &bytes) || bytes.size != 0 || !take(&rest, ' ', &status))
        return bad(reader, "no status and bytes after the request");
    if (status.size != 3 || !piece_is_number(status))
        return bad(reader, "its status is '%s', not three digits",
                   shown(status, found, sizeof found));
    if (!take(&rest, ' ', &bytes))
        bytes = rest;
    if (!piece_is(bytes, "-") && !piece_is_number(bytes))
        return bad(reader, "its bytes are '%s', no number nor -",
                   shown(bytes, found, sizeof found));
    read_request_line(line, request);
    return REQUEST_GOOD;
}

/* ---- Twitter's CSV. ---------------------------------------------------------------------- */

static bool kind_of_operation(struct piece operation, enum request_kind *kind) {
    static const struct {
        const char *name;
        enum request_kind kind;
    } operations[] = {
        {"get", REQUEST_READ},     {"gets", REQUEST_READ},     {"set", REQUEST_WRITE},
        {"add", REQUEST_WRITE},    {"replace", REQUEST_WRITE}, {"cas", REQUEST_WRITE},
        {"append", REQUEST_WRITE}, {"prepend", REQUEST_WRITE}, {"incr", REQUEST_WRITE},
        {"decr", REQUEST_WRITE},   {"delete", REQUEST_DELETE},
    };
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i += 1) {
        if (!piece_is(operation, operations[i].name))
            continue;
        *kind = operations[i].kind;
        return true;
    }
    return false;
}

static enum request_result read_twitter(struct request_reader *reader, struct piece rest,
                                        struct request *request) {
    struct piece time, key_size, value_size, client, operation, ttl;
    char found[40];
    /* From both ends: what is left in the middle is the key, whatever it has. */
    if (!take(&rest, ',', &time) || !take_last(&rest, ',', &ttl) ||
        !take_last(&rest, ',', &operation) || !take_last(&rest, ',', &client) ||
        !take_last(&rest, ',', &value_size) || !take_last(&rest, ',', &key_size))
        return bad(reader, "not 7 columns: "
                           "timestamp,key,key size,value size,client id,operation,TTL");
    if (!piece_is_number(time))
        return bad(reader, "its timestamp is '%s', no number", shown(time, found, sizeof found));
    if (!piece_is_number(key_size) || !piece_is_number(value_size) || !piece_is_number(ttl))
        return bad(reader, "a size or the TTL is no number");
    if (rest.size == 0)
        return bad(reader, "no key");
    if (!kind_of_operation(operation, &request->kind))
        return bad(reader,
                   "its operation is '%s', none of get, gets, set, add, replace, cas, "
                   "append, prepend, delete, incr, decr",
                   shown(operation, found, sizeof found));
    request->key = piece_hash(rest);
    return REQUEST_GOOD;
}

/* ---- Lines and records. ------------------------------------------------------------------ */

/* The next line, without its end. A line that does not fit is skipped to its end, and bad. */
static enum request_result read_line(struct request_reader *reader, struct piece *line) {
    size_t size = 0;
    int byte = getc_unlocked(reader->file);
    if (byte == EOF)
        return ferror(reader->file) ? REQUEST_UNREADABLE : REQUEST_END;
    reader->line_number += 1;
    for (; byte != EOF && byte != '\n'; byte = getc_unlocked(reader->file)) {
        if (size < sizeof reader->line)
            reader->line[size] = (char)byte;
        size += 1;
    }
    if (ferror(reader->file))
        return REQUEST_UNREADABLE;
    if (size > sizeof reader->line)
        return bad(reader, "longer than %d bytes", REQUEST_LINE_SIZE_MAX);
    if (size > 0 && reader->line[size - 1] == '\r')
        size -= 1;
    if (size == 0)
        return bad(reader, "empty");
    if (memchr(reader->line, '\0', size) != NULL)
        return bad(reader, "has a zero byte: is it text?");
    line->start = reader->line;
    line->size = size;
    return REQUEST_GOOD;
}

static enum request_result read_oracle(struct request_reader *reader, struct request *request) {
    enum { RECORD_SIZE = 24, KEY_AT = 4 };
    unsigned char record[RECORD_SIZE];
    const size_t size = fread(record, 1, sizeof record, reader->file);
    if (ferror(reader->file))
        return REQUEST_UNREADABLE;
    if (size == 0)
        return REQUEST_END;
    reader->line_number += 1;
    if (size < sizeof record)
        return bad(reader, "cut off: %zu bytes, a record has %d", size, RECORD_SIZE);
    request->kind = REQUEST_READ;
    request->key = 0;
    for (int i = 7; i >= 0; i -= 1)
        request->key = request->key << 8 | record[KEY_AT + i];
    return REQUEST_GOOD;
}

enum request_result request_reader_next(struct request_reader *reader, struct request *request) {
    struct piece line = {reader->line, 0};
    enum request_result result;
    if (reader->format == REQUEST_FORMAT_ORACLE)
        return read_oracle(reader, request);
    result = read_line(reader, &line);
    if (result != REQUEST_GOOD)
        return result;
    return reader->format == REQUEST_FORMAT_ACCESS ? read_access(reader, line, request)
                                                   : read_twitter(reader, line, request);
}
