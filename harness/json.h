/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of JSON: objects, arrays, strings, numbers and truth values, to a file, a member at a time. It
 * knows commas and escapes, and nothing of what is written. Shared by the commands of ./trace that have
 * a form for programs.
 *
 * Our own, for it is small: json-c, jansson and cJSON build trees to be printed later, and would be the
 * first library that ./trace, which needs gcc and libc, links. */
#ifndef HARNESS_JSON_H
#define HARNESS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH_MAX = 16 };

/* Where the writer stands. `file` is the caller's; its error flag tells of writes that failed. */
struct json {
    FILE *file;
    unsigned depth;
    bool has_member[JSON_DEPTH_MAX]; /* of the object or array at a depth: whether a comma is due */
};

/* A writer at the start of a line of `file`. */
struct json json_begin(FILE *file);

/* `name` is the member's name in an object, null in an array and outside of both. At most JSON_DEPTH_MAX
 * deep (asserted), as the code that calls is. */
void json_object_open(struct json *json, const char *name);
void json_array_open(struct json *json, const char *name);
/* Close the innermost. Where none is left open a newline follows: an object a line is JSON Lines. */
void json_object_close(struct json *json);
void json_array_close(struct json *json);

/* `text` is escaped. Bytes that are no UTF-8 (a file's name may be any bytes) become U+FFFD, and '<' is
 * written as \u003c, so that a line may stand in a script element of HTML. Null is written as null. */
void json_string(struct json *json, const char *name, const char *text);
void json_number(struct json *json, const char *name, int64_t number);
/* Members as JSON text, commas between them; empty: none. */
void json_members(struct json *json, const char *text);
void json_bool(struct json *json, const char *name, bool truth);

#endif
