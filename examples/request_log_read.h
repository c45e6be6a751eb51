/* SPDX-License-Identifier: Apache-2.0 */
/* Reads request logs as a stream of requests, in memory that does not grow with the log. Four
 * formats; knows nothing of caches. What is compressed is none of them.
 *
 *   access   Common and Combined Log Format of web servers: CLIENT IDENT USER [TIME] "METHOD TARGET
 *            PROTOCOL" STATUS BYTES, and anything after that. The key is the target as it was
 *            logged, with the virtual host if the line begins with one: see find_host. GET and HEAD
 *            read; PUT, POST and PATCH write; DELETE deletes; other methods, and requests that the
 *            server could not read ("-"), are of no use to a cache and counted apart.
 *   twitter  the CSV of Twitter's cache traces: timestamp,key,key size,value size,client id,
 *            operation,TTL. get and gets read; set, add, replace, cas, append, prepend, incr and
 *            decr write; delete deletes. A key may have commas. The TTL is read and not used:
 *            nothing expires.
 *   oracle   libCacheSim's oracleGeneral: 24 bytes each, little endian: u32 time, u64 object, u32
 *            size, i64 next access. All are reads. Any file has such records, so each is looked at:
 *            time does not go back by more than an hour, the size is not all ones, and the next
 *            access is the number of a later request, or -1 or the largest i64 for none.
 *   keys     one key a line, of any bytes and any length. All are reads. An empty line is bad. A
 *            carriage return at the end of a line is a part of that end. */
#ifndef REQUEST_LOG_READ_H
#define REQUEST_LOG_READ_H

#include "request_log_compressed.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum request_format {
    REQUEST_FORMAT_ACCESS = 0,
    REQUEST_FORMAT_TWITTER,
    REQUEST_FORMAT_ORACLE,
    REQUEST_FORMAT_KEYS,
    REQUEST_FORMAT_COUNT
};

enum request_kind {
    REQUEST_READ = 0,
    REQUEST_WRITE,
    REQUEST_DELETE,
    REQUEST_OTHER, /* well formed, but nothing that a cache sees */
    REQUEST_KIND_COUNT
};

struct request {
    enum request_kind kind;
    uint64_t key; /* the object's number, or a hash of its name */
};

/* What came next. */
enum request_result {
    REQUEST_GOOD = 0,
    REQUEST_BAD, /* reader->problem says why; the reader goes on after it */
    REQUEST_END,
    REQUEST_UNREADABLE, /* errno says why */
    REQUEST_COMPRESSED, /* reader->compression says how; the file is of no use */
    REQUEST_NO_LOG      /* reader->problem says why the file is not of this format */
};

enum { REQUEST_LINE_SIZE_MAX = 65536, REQUEST_PROBLEM_SIZE_MAX = 160 };

struct request_reader {
    FILE *file;
    enum request_format format;
    uint64_t line_number; /* from 1; of a binary log, the number of the record */
    uint32_t time_max;    /* of the records so far */
    const struct compression *compression;
    bool started;
    unsigned char start[COMPRESSION_MAGIC_SIZE_MAX]; /* of the file, read ahead */
    size_t start_size, start_used;
    char line[REQUEST_LINE_SIZE_MAX];
    char problem[REQUEST_PROBLEM_SIZE_MAX];
};

/* The file stays the caller's, who closes it. */
void request_reader_init(struct request_reader *reader, FILE *file, enum request_format format);

/* One request into *request, which is written for REQUEST_GOOD alone. */
enum request_result request_reader_next(struct request_reader *reader, struct request *request);

/* "oracle". Static, never null. */
const char *request_format_name(enum request_format format);

/* False where there is no format of that name. */
bool request_format_parse(const char *text, enum request_format *format);

#endif
