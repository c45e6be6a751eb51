/* SPDX-License-Identifier: Apache-2.0 */
/* The texts behind program_parts.h. */
#include "program_parts.h"

#include "embedded.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

enum { PART_COUNT_MAX = 4096, PRINT_SIZE_MAX = 1024 };

struct part {
    const char *text;
    unsigned map;  /* 0: all have it; else from 1 on */
    char name[40]; /* the word by whose use it is needed */
    bool needed;
};

static bool is_of_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* ---- The notation: subjects/cachemap/program/map.c. -------------------------------------------------- */

static void print(FILE *file, const struct part_words *words, const char *text) {
    bool in_name = false;
    for (const char *at = text; *at != '\0'; at += 1) {
        const bool begins = at == text || !is_of_word(at[-1]);
        in_name = begins ? !isdigit((unsigned char)*at) : in_name;
        if (begins && strncmp(at, "key0", 4) == 0 && !is_of_word(at[4])) {
            fputs(words->key_type, file);
            at += strlen("key0") - 1;
        } else if (*at == '0' && in_name && isalpha((unsigned char)at[-1]) &&
                   !isalnum((unsigned char)at[1])) {
            fputs(words->suffix, file); /* at the end of a name, or of its first half */
        } else {
            (void)fputc(*at, file);
        }
    }
}

void parts_print(FILE *file, const struct part_words *words, const char *format, ...) {
    char text[PRINT_SIZE_MAX];
    va_list arguments;
    int size;
    va_start(arguments, format);
    size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(size >= 0 && size < PRINT_SIZE_MAX);
    print(file, words, text);
}

void parts_of_program(FILE *file) {
    const char *const *line = program_common;
    while (strncmp(*line, "/* ---- Parts.", strlen("/* ---- Parts.")) != 0)
        line += 1;
    for (line += 1; *line != NULL; line += 1)
        fputs(*line, file);
}

static void print_lines(FILE *file, const struct part_words *words, const char *const *line) {
    const char *before = "";
    for (; *line != NULL; before = *line, line += 1) {
        /* What stands under the bracket of a name goes along with it. */
        const bool goes_on = strstr(before, "0(") != NULL && strstr(before, ",\n") != NULL;
        const size_t indent = goes_on ? strspn(*line, " ") : 0;
        if (goes_on)
            fprintf(file, "%*s", (int)(indent + strlen(words->suffix) - strlen("0")), "");
        print(file, words, *line + indent);
    }
    fputs("\n", file);
}

void parts_of_map(FILE *file, const struct part_words *words) {
    fputs("\n\f\n", file);
    print_lines(file, words, program_map);
    print_lines(file, words, program_large);
}

/* ---- Which are needed. ------------------------------------------------------------------- */

/* The first name that a part declares: it stands before a bracket, '=', ',' or ';' of the first line of code.
 * False where there is none: the words at a file's beginning are no part. */
static bool part_find_name(struct part *part) {
    const char *line = part->text, *end, *name;
    while (*line != '\0' && !is_of_word(*line))
        line += strcspn(line, "\n") + 1;
    end = line + strcspn(line, "([=,;");
    while (end > line && end[-1] == ' ')
        end -= 1;
    for (name = end; name > line && is_of_word(name[-1]);)
        name -= 1;
    (void)snprintf(part->name, sizeof part->name, "%.*s", (int)(end - name), name);
    return end > name;
}

/* Parts stand between empty lines, those of a map behind a form feed. */
static unsigned parts_cut(char *text, struct part *parts) {
    unsigned count = 0, map = 0;
    text += strspn(text, "\n");
    for (char *end; (end = strstr(text, "\n\n")) != NULL;) {
        assert(count < PART_COUNT_MAX);
        map += *text == '\f';
        parts[count].text = text;
        parts[count].map = map;
        text = end + strspn(end, "\n");
        end[1] = '\0';
        count += part_find_name(&parts[count]);
    }
    return count;
}

static bool uses_name(const char *text, const char *name) {
    const size_t size = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at += 1)
        if ((at == text || !is_of_word(at[-1])) && !is_of_word(at[size]))
            return true;
    return false;
}

void parts_write(FILE *file, char *parts, const char *types, const char *body) {
    static struct part list[PART_COUNT_MAX];
    const unsigned count = parts_cut(parts, list);
    /* From the last to the first, since each uses only earlier ones: the common ones, and its map's. */
    for (unsigned i = count; i-- > 0;) {
        struct part *part = &list[i];
        part->needed = uses_name(types, part->name) || uses_name(body, part->name);
        for (unsigned later = i + 1; !part->needed && later < count; later += 1)
            part->needed = list[later].needed && (part->map == 0 || part->map == list[later].map) &&
                           uses_name(list[later].text, part->name);
    }
    for (unsigned i = 0; i < count; i += 1)
        if (list[i].needed)
            fprintf(file, "%s\n", list[i].text);
}
