/* SPDX-License-Identifier: Apache-2.0 */
/* Reads request logs: see request_log_read.h. Strict: a line is as its format says, or bad. */
#include "request_log_read.h"

#include "cache_map.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Servers whose logs were merged have other clocks. */
enum { ORACLE_RECORD_SIZE = 24, ORACLE_TIME_BACK_MAX = 3600 /* seconds */ };

void request_reader_init(struct request_reader *reader, FILE *file, enum request_format format) {
    reader->file = file;
    reader->format = format;
    reader->line_number = 0;
    reader->time_max = 0;
    reader->compression = NULL;
    reader->started = false;
    reader->start_size = 0;
    reader->start_used = 0;
    reader->problem[0] = '\0';
}

static const char *const format_names[REQUEST_FORMAT_COUNT] = {"access", "twitter", "oracle",
                                                               "keys"};

const char *request_format_name(enum request_format format) {
    return format_names[format];
}

bool request_format_parse(const char *text, enum request_format *format) {
    for (int i = 0; i < REQUEST_FORMAT_COUNT; i += 1) {
        if (strcmp(text, format_names[i]) != 0)
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

/* ---- The virtual host of a line. --------------------------------------------------------- */

static bool is_ipv4(struct piece piece) {
    int dot_count = 0;
    for (size_t i = 0; i < piece.size; i += 1) {
        const char byte = piece.start[i];
        if (byte != '.' && !isdigit((unsigned char)byte))
            return false;
        dot_count += byte == '.';
    }
    return dot_count == 3;
}

/* With a zone or without: fe80::1%eth0. Two colons tell it from a name with a port. */
static bool is_ipv6(struct piece piece) {
    int colon_count = 0;
    for (size_t i = 0; i < piece.size && piece.start[i] != '%'; i += 1) {
        const char byte = piece.start[i];
        if (byte != ':' && byte != '.' && !isxdigit((unsigned char)byte))
            return false;
        colon_count += byte == ':';
    }
    return colon_count >= 2;
}

/* Takes the brackets off [2001:db8::1]. */
static bool take_brackets(struct piece *piece) {
    if (piece->size < 2 || piece->start[0] != '[' || piece->start[piece->size - 1] != ']')
        return false;
    piece->start += 1;
    piece->size -= 2;
    return true;
}

/* nginx writes "unix:" of a client that came by a socket. */
static bool is_address(struct piece piece) {
    const bool in_brackets = take_brackets(&piece);
    return is_ipv6(piece) || (!in_brackets && (is_ipv4(piece) || piece_is(piece, "unix:")));
}

/* HOST:PORT. An IPv6 address with a port is in brackets. */
static bool has_port(struct piece piece, struct piece *host) {
    struct piece port;
    *host = piece;
    return take_last(host, ':', &port) && port.size <= 5 && piece_is_number(port) &&
           host->size > 0 &&
           (host->start[0] == '[' || memchr(host->start, ':', host->size) == NULL);
}

/* The virtual host, where the first field is one and not the client; else an empty piece. `names`
 * is what comes between the first field and the time. It is a host
 *   - if it is a name and a client's address comes after it: HOST ADDRESS IDENT USER, as nginx
 *     writes it with $host first;
 *   - if it has a port, and a client's address comes after it: Apache's vhost_combined;
 *   - if it is a name with a port, for no client's name has one;
 *   - if a client's name and two more fields come after it, as where clients are looked up: HOST
 *     CLIENT - USER. An ident is hardly ever known; a user's name may have spaces.
 * An address with a port alone is a client, as some proxies write it. An address without a port is
 * a client, also before a second one: that is the proxy's. */
static struct piece find_host(struct piece first, struct piece names) {
    const struct piece none = {first.start, 0};
    struct piece host, second, third, fourth;
    const bool with_port = has_port(first, &host);
    if (first.start[first.size - 1] == ',' || piece_is(first, "-") || !take(&names, ' ', &second))
        return none; /* X-Forwarded-For: client, proxy */
    if (with_port && !is_address(host))
        return first;
    if (!with_port && is_address(first) && first.start[0] != '[')
        return none;
    if (is_address(second))
        return first;
    return !piece_is(second, "-") && take(&names, ' ', &third) && piece_is(third, "-") &&
                   take(&names, ' ', &fourth)
               ? first
               : none;
}

/* ---- A line. ---------------------------------------------------------------------------- */

/* METHOD TARGET PROTOCOL; of HTTP/0.9 no protocol. A target may have spaces that a client sent. */
static void read_request_line(struct piece host, struct piece line, struct request *request) {
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
    request->key =
        cache_map_hash_bytes(line.start, line.size, host.size > 0 ? piece_hash(host) : 0);
}

/* Whether the form of the bytes is this, where 0 stands for a digit and A for a letter. */
static bool has_form(const char *bytes, size_t size, const char *form) {
    if (size < strlen(form))
        return false;
    for (; *form != '\0'; form += 1, bytes += 1)
        if (*form == '0'   ? !isdigit((unsigned char)*bytes)
            : *form == 'A' ? !isalpha((unsigned char)*bytes)
            : *form == '+' ? *bytes != '+' && *bytes != '-'
                           : *bytes != *form)
            return false;
    return true;
}

#define ACCESS_TIME_FORM "00/AAA/0000:00:00:00 +0000] \""

/* Takes what comes before [TIME] "REQUEST" off the rest, up to the [. A user name may have spaces,
 * brackets, and quotes behind a backslash. */
static bool take_before_time(struct piece *rest, struct piece *taken) {
    const struct piece whole = *rest;
    struct piece piece;
    while (take(rest, '[', &piece)) {
        if (!has_form(rest->start, rest->size, ACCESS_TIME_FORM))
            continue;
        taken->start = whole.start;
        taken->size = (size_t)(rest->start - whole.start) - 1;
        return true;
    }
    *rest = whole;
    return false;
}

/* What is wrong with a line that has no [TIME] "REQUEST". */
static enum request_result bad_time(struct request_reader *reader, struct piece rest) {
    struct piece before, time;
    char found[40];
    if (!take(&rest, '[', &before) || !take(&rest, ']', &time))
        return bad(reader, "no [time] after the client and two names");
    if (!has_form(time.start, time.size, "00/AAA/0000:00:00:00 +0000"))
        return bad(reader, "its time is [%s], not like [10/Oct/2000:13:55:36 -0700]",
                   shown(time, found, sizeof found));
    if (rest.size == 0 || rest.start[0] != ' ')
        return bad(reader, "no space after the time");
    return bad(reader, "no \"request\" in quotes after the time");
}

static enum request_result read_access(struct request_reader *reader, struct piece rest,
                                       struct request *request) {
    struct piece first, names, host, line, status, bytes;
    char found[40];
    if (!take(&rest, ' ', &first) || first.size == 0)
        return bad(reader, "no client at its start");
    if (!take_before_time(&rest, &names))
        return bad_time(reader, rest);
    rest.start += strlen(ACCESS_TIME_FORM) - 1; /* up to the quote */
    rest.size -= strlen(ACCESS_TIME_FORM) - 1;
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
    host = find_host(first, names);
    read_request_line(host, line, request);
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

/* ---- Bytes. ------------------------------------------------------------------------------ */

/* Reads the start ahead. GOOD: go on. */
static enum request_result start(struct request_reader *reader) {
    if (reader->started)
        return REQUEST_GOOD;
    reader->start_size = fread(reader->start, 1, sizeof reader->start, reader->file);
    if (ferror(reader->file))
        return REQUEST_UNREADABLE;
    reader->started = true;
    reader->compression = compression_of(reader->start, reader->start_size);
    return reader->compression == NULL ? REQUEST_GOOD : REQUEST_COMPRESSED;
}

static int next_byte(struct request_reader *reader) {
    if (reader->start_used == reader->start_size)
        return getc_unlocked(reader->file);
    reader->start_used += 1;
    return reader->start[reader->start_used - 1];
}

/* ---- Lines and records. ------------------------------------------------------------------ */

/* The next line, without its end. A line that does not fit is skipped to its end, and bad. */
static enum request_result read_line(struct request_reader *reader, struct piece *line) {
    size_t size = 0;
    int byte = next_byte(reader);
    if (byte == EOF)
        return ferror(reader->file) ? REQUEST_UNREADABLE : REQUEST_END;
    reader->line_number += 1;
    for (; byte != EOF && byte != '\n'; byte = next_byte(reader)) {
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

/* A line is a key, whatever it has. One that does not fit is hashed piece by piece. */
static enum request_result read_key(struct request_reader *reader, struct request *request) {
    size_t size = 0;
    uint64_t hash = 0;
    bool in_pieces = false;
    int byte = next_byte(reader);
    if (byte == EOF)
        return ferror(reader->file) ? REQUEST_UNREADABLE : REQUEST_END;
    reader->line_number += 1;
    for (; byte != EOF && byte != '\n'; byte = next_byte(reader)) {
        if (size == sizeof reader->line) {
            hash = cache_map_hash_bytes(reader->line, size, hash);
            in_pieces = true;
            size = 0;
        }
        reader->line[size] = (char)byte;
        size += 1;
    }
    if (ferror(reader->file))
        return REQUEST_UNREADABLE;
    if (size > 0 && reader->line[size - 1] == '\r')
        size -= 1;
    if (size == 0 && !in_pieces)
        return bad(reader, "empty: it has no key");
    request->kind = REQUEST_READ;
    request->key = size > 0 ? cache_map_hash_bytes(reader->line, size, hash) : hash;
    return REQUEST_GOOD;
}

static uint64_t little_endian(const unsigned char *bytes, int size) {
    uint64_t number = 0;
    for (int i = size - 1; i >= 0; i -= 1)
        number = number << 8 | bytes[i];
    return number;
}

/* A record that no trace has: not a bad line among good ones, but another format. */
static enum request_result no_oracle(struct request_reader *reader, const char *problem,
                                     uint64_t number) {
    (void)bad(reader, "%s %" PRIu64 ", so it is no oracleGeneral trace", problem, number);
    return REQUEST_NO_LOG;
}

static enum request_result check_record(struct request_reader *reader, uint64_t time, uint64_t size,
                                        uint64_t next) {
    const uint64_t next_max = UINT64_C(1) << 48; /* far more than any trace has */
    if (time + ORACLE_TIME_BACK_MAX < reader->time_max)
        return no_oracle(reader, "its time goes back to", time);
    if (time > reader->time_max)
        reader->time_max = (uint32_t)time;
    if (size == UINT32_MAX)
        return no_oracle(reader, "its size is", size);
    if (next == UINT64_MAX || next == INT64_MAX)
        return REQUEST_GOOD;
    /* Requests count from 0: this one is line_number - 1. */
    if (next < reader->line_number || next > next_max)
        return no_oracle(reader, "its next access is to be a later request, and is", next);
    return REQUEST_GOOD;
}

static enum request_result read_oracle(struct request_reader *reader, struct request *request) {
    unsigned char record[ORACLE_RECORD_SIZE];
    size_t size = 0;
    for (; size < sizeof record; size += 1) {
        const int byte = next_byte(reader);
        if (byte == EOF)
            break;
        record[size] = (unsigned char)byte;
    }
    if (ferror(reader->file))
        return REQUEST_UNREADABLE;
    if (size == 0)
        return REQUEST_END;
    reader->line_number += 1;
    if (size < sizeof record) {
        (void)bad(reader, "cut off: %zu bytes, a record has %d", size, ORACLE_RECORD_SIZE);
        return REQUEST_NO_LOG;
    }
    request->kind = REQUEST_READ;
    request->key = little_endian(record + 4, 8);
    return check_record(reader, little_endian(record, 4), little_endian(record + 12, 4),
                        little_endian(record + 16, 8));
}

enum request_result request_reader_next(struct request_reader *reader, struct request *request) {
    struct piece line = {reader->line, 0};
    enum request_result result = start(reader);
    if (result != REQUEST_GOOD)
        return result;
    if (reader->format == REQUEST_FORMAT_ORACLE)
        return read_oracle(reader, request);
    if (reader->format == REQUEST_FORMAT_KEYS)
        return read_key(reader, request);
    result = read_line(reader, &line);
    if (result != REQUEST_GOOD)
        return result;
    return reader->format == REQUEST_FORMAT_ACCESS ? read_access(reader, line, request)
                                                   : read_twitter(reader, line, request);
}
