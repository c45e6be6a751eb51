/* SPDX-License-Identifier: Apache-2.0 */
/* The writer behind shell_word.h. */
#include "shell_word.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_SIZE_MAX = 4096 };

/* Overlong forms, surrogates and what is above U+10FFFF are none: the table of RFC 3629, section 4. */
size_t utf8_size(const char *text) {
    const unsigned char *bytes = (const unsigned char *)text;
    const unsigned char first = bytes[0];
    const size_t size = first < 0x80                     ? 1
                        : first >= 0xc2 && first <= 0xdf ? 2
                        : first >= 0xe0 && first <= 0xef ? 3
                        : first >= 0xf0 && first <= 0xf4 ? 4
                                                         : 0;
    const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (size > 1 && (bytes[1] < least || bytes[1] > most))
        return 0;
    for (size_t i = 2; i < size; i += 1)
        if ((bytes[i] & 0xc0) != 0x80) /* a terminating 0 ends here, too */
            return 0;
    return size;
}

/* A word is written in parts: the folder, a slash, the path. What may not stand as it is depends on the
 * byte before, too. */
struct word {
    const char *parts[3];
    unsigned count;
};

enum manner { MANNER_PLAIN, MANNER_QUOTED, MANNER_ESCAPED };

/* True where a comment of C would begin or end, or a trigraph might be. */
static bool is_seen_by_c(char before, char byte) {
    return (before == '*' && byte == '/') || (before == '/' && byte == '*') ||
           (before == '?' && byte == '?');
}

/* C1 control characters are two bytes of UTF-8. */
static bool is_control(const char *text, size_t size) {
    const unsigned char *bytes = (const unsigned char *)text;
    return size == 0 || bytes[0] < 0x20 || bytes[0] == 0x7f ||
           (size == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0);
}

static enum manner word_manner(const struct word *word) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+:,@%=";
    enum manner manner = MANNER_QUOTED;
    size_t plain_count = 0, count = 0;
    char before = '\0';
    for (unsigned i = 0; i < word->count; i += 1) {
        for (const char *at = word->parts[i]; *at != '\0';) {
            const size_t size = utf8_size(at);
            if (is_control(at, size) || is_seen_by_c(before, *at))
                return MANNER_ESCAPED;
            plain_count += strchr(plain, *at) != NULL;
            count += 1;
            before = *at;
            at += size;
        }
    }
    if (count > 0 && plain_count == count)
        manner = MANNER_PLAIN;
    return manner;
}

static void part_write_quoted(FILE *file, const char *text) {
    for (; *text != '\0'; text += 1) {
        if (*text == '\'')
            fputs("'\\''", file);
        else
            (void)fputc(*text, file);
    }
}

/* Within $'...': `before` is the byte that was written last. */
static char part_write_escaped(FILE *file, const char *text, char before) {
    while (*text != '\0') {
        const size_t size = utf8_size(text);
        const unsigned char byte = (unsigned char)*text;
        if (byte == '\n' || byte == '\t')
            fputs(byte == '\n' ? "\\n" : "\\t", file);
        else if (byte == '\'' || byte == '\\')
            fprintf(file, "\\%c", byte);
        else if (is_control(text, size) && size == 2)
            fprintf(file, "\\%03o\\%03o", byte, (unsigned char)text[1]);
        else if (is_control(text, size) || is_seen_by_c(before, *text))
            fprintf(file, "\\%03o", byte);
        else
            (void)fwrite(text, 1, size, file);
        before = *text;
        text += size == 0 ? 1 : size;
    }
    return before;
}

static void word_write(FILE *file, const struct word *word) {
    const enum manner manner = word_manner(word);
    char before = '\0';
    fputs(manner == MANNER_PLAIN ? "" : manner == MANNER_QUOTED ? "'" : "$'", file);
    for (unsigned i = 0; i < word->count; i += 1) {
        if (manner == MANNER_QUOTED)
            part_write_quoted(file, word->parts[i]);
        else if (manner == MANNER_ESCAPED)
            before = part_write_escaped(file, word->parts[i], before);
        else
            fputs(word->parts[i], file);
    }
    if (manner != MANNER_PLAIN)
        (void)fputc('\'', file);
}

void shell_word_write(FILE *file, const char *text) {
    const struct word word = {{text}, 1};
    word_write(file, &word);
}

void shell_path_write(FILE *file, const char *path) {
    char folder[FOLDER_SIZE_MAX];
    struct word word = {{path}, 1};
    while (path[0] == '.' && path[1] == '/' && path[2] != '/' && path[2] != '\0')
        path += 2;
    if (path[0] != '/' && getcwd(folder, sizeof folder) != NULL && folder[0] == '/')
        word = (struct word){{folder, folder[1] == '\0' ? "" : "/", path}, 3};
    else if (path[0] == '-')
        word = (struct word){{"./", path}, 2};
    word_write(file, &word);
}

void shell_program_write(FILE *file, const char *program) {
    if (strchr(program, '/') == NULL)
        shell_word_write(file, program);
    else
        shell_path_write(file, program);
}
