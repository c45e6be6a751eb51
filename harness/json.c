/* SPDX-License-Identifier: Apache-2.0 */
/* The writer behind json.h. */
#include "json.h"

#include "shell_word.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

struct json json_begin(FILE *file) {
    const struct json json = {.file = file};
    return json;
}

/* ---- Strings. ---------------------------------------------------------------------------- */

static void json_text(FILE *file, const char *text) {
    fputc('"', file);
    while (*text != '\0') {
        const unsigned char byte = (unsigned char)*text;
        const size_t size = utf8_size(text);
        if (size == 0)
            fputs("\\ufffd", file);
        else if (byte == '"' || byte == '\\')
            fprintf(file, "\\%c", byte);
        else if (byte < 0x20 || byte == '<' || byte == 0x7f)
            fprintf(file, "\\u%04x", byte);
        else
            (void)fwrite(text, 1, size, file);
        text += size == 0 ? 1 : size;
    }
    fputc('"', file);
}

/* ---- Members. ---------------------------------------------------------------------------- */

static void json_member(struct json *json, const char *name) {
    if (json->has_member[json->depth])
        fputc(',', json->file);
    json->has_member[json->depth] = json->depth > 0;
    if (name != NULL) {
        json_text(json->file, name);
        fputc(':', json->file);
    }
}

static void json_open(struct json *json, const char *name, char bracket) {
    json_member(json, name);
    fputc(bracket, json->file);
    assert(json->depth + 1 < JSON_DEPTH_MAX);
    json->depth += 1;
    json->has_member[json->depth] = false;
}

static void json_close(struct json *json, char bracket) {
    assert(json->depth > 0);
    json->depth -= 1;
    fputc(bracket, json->file);
    if (json->depth == 0)
        fputc('\n', json->file);
}

void json_object_open(struct json *json, const char *name) {
    json_open(json, name, '{');
}

void json_array_open(struct json *json, const char *name) {
    json_open(json, name, '[');
}

void json_object_close(struct json *json) {
    json_close(json, '}');
}

void json_array_close(struct json *json) {
    json_close(json, ']');
}

void json_string(struct json *json, const char *name, const char *text) {
    json_member(json, name);
    if (text == NULL)
        fputs("null", json->file);
    else
        json_text(json->file, text);
}

void json_number(struct json *json, const char *name, int64_t number) {
    json_member(json, name);
    fprintf(json->file, "%" PRId64, number);
}

void json_members(struct json *json, const char *text) {
    if (text[0] == '\0')
        return;
    json_member(json, NULL);
    fputs(text, json->file);
}

void json_bool(struct json *json, const char *name, bool truth) {
    json_member(json, name);
    fputs(truth ? "true" : "false", json->file);
}
