/* SPDX-License-Identifier: Apache-2.0 */
/* Parser and printer behind trace_text.h. */
#include "trace_text.h"

#include "work.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TRACE_TEXT_VERSION = 1, WORD_SIZE_MAX = 64 };

/* ---- Words of a line. -------------------------------------------------------------------- */

/* A reader over one line; `at` moves forward word by word. */
struct reader {
    const char *line, *end, *at;
    unsigned line_number;
    struct trace_error *error;
    struct work work; /* of the ops so far */
};

/* A word of the line, without its separators. Empty at the end of the line. */
struct word {
    const char *start;
    size_t size;
};

static bool __attribute__((format(printf, 3, 4)))
reader_fail(const struct reader *reader, const char *at, const char *format, ...) {
    va_list arguments;
    reader->error->line = reader->line_number;
    reader->error->column = (unsigned)(at - reader->line) + 1;
    va_start(arguments, format);
    (void)vsnprintf(reader->error->message, sizeof reader->error->message, format, arguments);
    va_end(arguments);
    return false;
}

/* The next word: up to a blank, with '=' a word of its own only where blanks surround it. */
static struct word reader_next(struct reader *reader) {
    struct word word;
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t'))
        reader->at += 1;
    word.start = reader->at;
    while (reader->at < reader->end && *reader->at != ' ' && *reader->at != '\t')
        reader->at += 1;
    word.size = (size_t)(reader->at - word.start);
    return word;
}

static bool word_is(struct word word, const char *text) {
    return word.size == strlen(text) && memcmp(word.start, text, word.size) == 0;
}

/* For messages: the word, cut to a length that fits. */
static int word_width(struct word word) {
    return word.size > WORD_SIZE_MAX ? WORD_SIZE_MAX : (int)word.size;
}

struct shown_word {
    char text[WORD_SIZE_MAX + 24];
};

/* For messages: the word in quotes, or that there is none. */
static struct shown_word word_show(struct word word) {
    struct shown_word shown;
    if (word.size == 0)
        (void)snprintf(shown.text, sizeof shown.text, "the line ends here");
    else
        (void)snprintf(shown.text, sizeof shown.text, "'%.*s'", word_width(word), word.start);
    return shown;
}

static bool word_number(struct word word, unsigned *number) {
    uint64_t sum = 0;
    if (word.size == 0 || word.size > 10)
        return false;
    for (size_t i = 0; i < word.size; i += 1) {
        if (word.start[i] < '0' || word.start[i] > '9')
            return false;
        sum = sum * 10 + (uint64_t)(word.start[i] - '0');
    }
    *number = (unsigned)sum;
    return sum <= UINT32_MAX;
}

/* ---- The world's line. ------------------------------------------------------------------- */

struct field_list {
    char text[WORD_SIZE_MAX];
};

/* For messages: "1, 2, 4". */
static struct field_list field_list(unsigned field) {
    const struct field_description *description = field_describe(field);
    struct field_list list = {""};
    size_t used = 0;
    for (unsigned i = 0; i < description->count_all && used < sizeof list.text; i += 1)
        used += (size_t)snprintf(list.text + used, sizeof list.text - used, "%s%u",
                                 i == 0 ? "" : ", ", description->numbers[i]);
    return list;
}

/* The value of a field from its word after the '='. */
static bool field_parse(struct reader *reader, unsigned field, struct word value,
                        uint32_t *number) {
    const struct field_description *description = field_describe(field);
    const char *name = description->name;
    unsigned wide = 0;
    if (description->words != NULL) {
        for (*number = 0; *number < description->count_all; *number += 1)
            if (word_is(value, description->words[*number]))
                return true;
        return reader_fail(reader, value.start, "%s=%.*s: no such %s; the first is '%s', see %s",
                           name, word_width(value), value.start, name, description->words[0],
                           "docs/input-format.md");
    }
    if (description->most == 0) {
        if (!word_number(value, &wide) || field_index(field, wide) < 0)
            return reader_fail(reader, value.start, "%s=%.*s: expected one of %s", name,
                               word_width(value), value.start, field_list(field).text);
    } else if (!word_number(value, &wide) || wide < description->least ||
               wide > description->most) {
        return reader_fail(reader, value.start, "%s=%.*s: expected a number from %u to %u", name,
                           word_width(value), value.start, description->least, description->most);
    }
    *number = wide;
    return true;
}

/* Whether the text after an op, or else the world's line, may have the field. */
static bool field_is_of(unsigned field, bool of_op) {
    return !of_op || field_describe(field)->byte == OPERAND_FIELDS_BYTE;
}

/* Parses name=value words to the end of the line or, of an op, to the '=' before an outcome; `world` has the
 * standard numbers before. */
static bool fields_parse(struct reader *reader, bool of_op, struct world *world) {
    bool seen[FIELD_COUNT] = {false};
    for (struct word word = reader_next(reader); word.size > 0; word = reader_next(reader)) {
        const char *equals = (const char *)memchr(word.start, '=', word.size);
        unsigned at = 0;
        struct word name = word, value = word;
        if (of_op && word_is(word, "=")) {
            reader->at = word.start;
            return true;
        }
        if (equals == NULL || equals == word.start)
            return reader_fail(reader, word.start, "'%.*s': expected name=value", word_width(word),
                               word.start);
        name.size = (size_t)(equals - word.start);
        value.start = equals + 1;
        value.size = word.size - name.size - 1;
        while (at < FIELD_COUNT &&
               !(field_is_of(at, of_op) && word_is(name, field_describe(at)->name)))
            at += 1;
        if (at == FIELD_COUNT)
            return reader_fail(reader, name.start, "'%.*s': no such field", word_width(name),
                               name.start);
        if (seen[at])
            return reader_fail(reader, name.start, "'%s' is there twice", field_describe(at)->name);
        seen[at] = true;
        if (!field_parse(reader, at, value, &world->numbers[at]))
            return false;
    }
    return true;
}

/* ---- Op lines. --------------------------------------------------------------------------- */

/* For messages: one of two words, if there is such an op. */
static const char *op_of_most_words(void) {
    unsigned kind = 0;
    while (kind + 1 < OP_KIND_COUNT && strchr(op_describe((enum op_kind)kind)->words, ' ') == NULL)
        kind += 1;
    return op_describe((enum op_kind)kind)->words;
}

/* Finds the op whose words start the line; ops of two words are tried on both. */
static bool op_parse_kind(struct reader *reader, struct op *op) {
    const struct word first = reader_next(reader);
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const char *words = op_describe((enum op_kind)kind)->words;
        const size_t first_size = strcspn(words, " ");
        const char *mark = reader->at;
        if (first.size != first_size || memcmp(first.start, words, first_size) != 0)
            continue;
        op->kind = (uint8_t)kind;
        if (words[first_size] == '\0' || word_is(reader_next(reader), words + first_size + 1))
            return true;
        reader->at = mark;
    }
    return reader_fail(
        reader, first.start, "'%.*s' starts no op; ops are %s, ..., %s, see docs/input-format.md",
        word_width(first), first.start, op_describe(OP_FIRST)->words, op_of_most_words());
}

static bool op_parse_key(struct reader *reader, const struct stream *stream, struct op *op) {
    const unsigned key_count = stream->world.numbers[FIELD_KEYS];
    const struct word word = reader_next(reader);
    unsigned key_id = 0;
    if (!word_number(word, &key_id))
        return reader_fail(reader, word.start, "%s: expected a key, a number",
                           word_show(word).text);
    if (key_id >= key_count)
        return reader_fail(reader, word.start, "key %u: the geometry has keys=%u, so 0 to %u",
                           key_id, key_count, key_count - 1);
    op->operand = key_id;
    return true;
}

/* One of the two numbers behind the first key. */
static bool op_parse_range_number(struct reader *reader, const char *name, uint32_t most,
                                  uint32_t *number) {
    const struct word word = reader_next(reader);
    struct word value = word;
    const size_t size = strlen(name);
    unsigned wide = 0;
    if (word.size <= size || memcmp(word.start, name, size) != 0 || word.start[size] != '=')
        return reader_fail(reader, word.start, "%s: expected %s=, a number", word_show(word).text,
                           name);
    value.start += size + 1;
    value.size -= size + 1;
    if (!word_number(value, &wide) || wide < 1 || wide > most)
        return reader_fail(reader, word.start, "%.*s: expected a number from 1 to %u",
                           word_width(word), word.start, most);
    *number = wide;
    return true;
}

static bool op_parse_range(struct reader *reader, const struct stream *stream, struct op *op) {
    struct op_range range = {0, 0, 0};
    if (!op_parse_key(reader, stream, op))
        return false;
    range.first = op_key(*op);
    if (!op_parse_range_number(reader, "count", stream->world.numbers[FIELD_KEYS], &range.count) ||
        !op_parse_range_number(reader, "stride", OP_STRIDE_MAX, &range.stride))
        return false;
    op->operand = op_operand_of_range(range);
    return true;
}

static bool op_parse_word(struct reader *reader, struct op *op) {
    const struct word word = reader_next(reader);
    for (unsigned number = 0; number < OPERAND_WORD_COUNT; number += 1)
        if (word_is(word, operand_word(number))) {
            op->operand = number;
            return true;
        }
    return reader_fail(reader, word.start, "%s: expected a reason such as %s", word_show(word).text,
                       operand_word(0));
}

static bool op_parse_fields(struct reader *reader, struct op *op) {
    struct world world = world_standard();
    if (!fields_parse(reader, true, &world))
        return false;
    op->operand = world_byte(&world, OPERAND_FIELDS_BYTE);
    return true;
}

static bool op_parse_operand(struct reader *reader, const struct stream *stream, struct op *op) {
    op->operand = 0;
    switch (op_operand(*op)) {
    case OPERAND_KEY: return op_parse_key(reader, stream, op);
    case OPERAND_WORD: return op_parse_word(reader, op);
    case OPERAND_RANGE: return op_parse_range(reader, stream, op);
    case OPERAND_FIELDS: return op_parse_fields(reader, op);
    case OPERAND_NONE: break;
    }
    return true;
}

/* The outcome after '=', if there is one: a number is the value found, or how many of a range succeeded. */
static bool op_parse_outcome(struct reader *reader, struct op op, struct result *expectation) {
    struct word word = reader_next(reader);
    *expectation = result_of(OUTCOME_NONE);
    if (word.size == 0)
        return true;
    if (!word_is(word, "="))
        return reader_fail(reader, word.start, "'%.*s': expected '=' and an outcome, or the end",
                           word_width(word), word.start);
    word = reader_next(reader);
    if (word_number(word, &expectation->value)) {
        expectation->outcome = op_has_range(op) ? OUTCOME_OF_RANGE : OUTCOME_FOUND;
        return true;
    }
    expectation->value = 0;
    for (unsigned outcome = OUTCOME_OK; outcome < OUTCOME_COUNT; outcome += 1)
        if (outcome != OUTCOME_FOUND && outcome != OUTCOME_OF_RANGE &&
            word_is(word, outcome_name((enum outcome)outcome))) {
            expectation->outcome = (enum outcome)outcome;
            return true;
        }
    return reader_fail(reader, word.start, "%s: expected an outcome such as 17, inserted or absent",
                       word_show(word).text);
}

static bool op_parse(struct reader *reader, struct stream *stream, struct result *expectations) {
    struct op *op = &stream->ops[stream->op_count];
    const char *start = reader->at;
    struct word more;
    if (stream->op_count == STREAM_OP_COUNT_MAX)
        return reader_fail(reader, start, "more than %d ops", STREAM_OP_COUNT_MAX);
    if (!op_parse_kind(reader, op) || !op_parse_operand(reader, stream, op))
        return false;
    if (!op_parse_outcome(reader, *op, &expectations[stream->op_count]))
        return false;
    more = reader_next(reader);
    if (more.size > 0)
        return reader_fail(reader, more.start, "unexpected text after the outcome");
    if (!work_add(&reader->work, *op))
        return reader_fail(reader, start,
                           "too much work: with this op, number %u, the " SUBJECT_NOUN
                           "'s places are looked at "
                           "more than %llu times, see docs/input-format.md",
                           (unsigned)stream->op_count + 1, (unsigned long long)WORK_MAX);
    stream->op_count += 1;
    return true;
}

/* ---- The file. --------------------------------------------------------------------------- */

enum { MARK_SIZE = 3 };

static bool starts_with(const char *text, size_t size, const char *start) {
    const size_t start_size = strlen(start);
    return size >= start_size && memcmp(text, start, start_size) == 0;
}

/* The bytes of UTF-8 byte order marks at the start: some editors write one. 0 where there is none. */
static size_t mark_size(const char *text, size_t size) {
    size_t at = 0;
    while (size > at && starts_with(text + at, size - at, "\xef\xbb\xbf"))
        at += MARK_SIZE;
    return at;
}

/* True for text in two bytes a letter, by its byte order mark or by the first letter of the magic. No input
 * of bytes starts so: those would be of other versions. */
static bool is_wide(const char *text, size_t size) {
    return starts_with(text, size, "\xff\xfe") || starts_with(text, size, "\xfe\xff") ||
           (size >= 4 && text[0] == TRACE_TEXT_MAGIC[0] && text[1] == '\0' &&
            text[2] == TRACE_TEXT_MAGIC[1] && text[3] == '\0');
}

static bool starts_with_magic(const uint8_t *bytes, size_t size) {
    const size_t magic_size = strlen(TRACE_TEXT_MAGIC);
    return size >= magic_size && memcmp(bytes, TRACE_TEXT_MAGIC, magic_size) == 0;
}

bool trace_text_is(const uint8_t *bytes, size_t size) {
    const size_t start = mark_size((const char *)bytes, size);
    if (is_wide((const char *)bytes, size))
        return true;
    if (start == size)
        return false;
    if (bytes[start] != '#')
        return starts_with_magic(bytes + start, size - start);
    for (size_t at = start + 1; at < size; at += 1)
        if (bytes[at - 1] == '\n' && starts_with_magic(bytes + at, size - at))
            return true;
    return false;
}

static bool parse_magic(struct reader *reader) {
    unsigned version = 0;
    struct word word = reader_next(reader);
    if (!word_is(word, TRACE_TEXT_MAGIC))
        return reader_fail(reader, word.start,
                           "expected '%s %d' on the first line that is no comment",
                           TRACE_TEXT_MAGIC, TRACE_TEXT_VERSION);
    word = reader_next(reader);
    if (word_number(word, &version) && version != TRACE_TEXT_VERSION)
        return reader_fail(reader, word.start,
                           "%s: this build reads trace version %d; read it with a commit that "
                           "writes version %u",
                           word_show(word).text, TRACE_TEXT_VERSION, version);
    if (!word_number(word, &version))
        return reader_fail(reader, word.start, "%s: this build reads trace version %d",
                           word_show(word).text, TRACE_TEXT_VERSION);
    word = reader_next(reader);
    if (word.size > 0)
        return reader_fail(reader, word.start, "unexpected text after the version");
    return true;
}

/* Bytes are changed to what goes together; text says what it means, and is not. */
static bool world_is_settled(struct reader *reader, struct word word, const struct stream *stream) {
    struct world settled = stream->world;
    char number[FIELD_WORDS_SIZE], fitting[FIELD_WORDS_SIZE];
    if (!world_settle(&settled))
        return true;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        if (settled.numbers[field] == stream->world.numbers[field])
            continue;
        field_words(field, stream->world.numbers[field], number, sizeof number);
        field_words(field, settled.numbers[field], fitting, sizeof fitting);
        return reader_fail(
            reader, word.start, "%s=%s does not go together with the rest of the line; %s=%s does",
            field_describe(field)->name, number, field_describe(field)->name, fitting);
    }
    return true;
}

static bool parse_world(struct reader *reader, struct stream *stream) {
    const struct word word = reader_next(reader);
    if (!word_is(word, "geometry"))
        return reader_fail(reader, word.start, "expected the line 'geometry %s=... %s=...'",
                           field_describe(0)->name, field_describe(1 % FIELD_COUNT)->name);
    stream->world = world_standard();
    if (!fields_parse(reader, false, &stream->world) || !world_is_settled(reader, word, stream))
        return false;
    work_start(&reader->work, &stream->world);
    return true;
}

/* What a byte that is no text is, where it is likely to be a mistake of a kind. */
static const char *byte_words(const char *at, const char *end) {
    switch (*at) {
    case '\0': return ": a NUL byte";
    case '\v': return ": a vertical tab";
    case '\f': return ": a form feed";
    case '\r': return ": a carriage return alone ends no line";
    case '\x1a': return ": the end mark of another system";
    default:
        return mark_size(at, (size_t)(end - at)) == 0
                   ? ""
                   : ": a UTF-8 byte order mark, which only the file's start may have";
    }
}

/* Cuts the comment and blanks off a line's end, and refuses what is not text. A carriage return is
 * text at the line's end only. */
static bool line_trim(struct reader *reader) {
    const char *comment = NULL;
    for (const char *at = reader->line; at < reader->end; at += 1)
        if ((*at < ' ' || *at > '~') && *at != '\t' && !(*at == '\r' && at + 1 == reader->end) &&
            comment == NULL)
            return reader_fail(reader, at, "byte 0x%02x is not text%s", (unsigned char)*at,
                               byte_words(at, reader->end));
        else if (*at == '#' && comment == NULL)
            comment = at;
    if (comment != NULL)
        reader->end = comment;
    while (reader->end > reader->line &&
           (reader->end[-1] == ' ' || reader->end[-1] == '\t' || reader->end[-1] == '\r'))
        reader->end -= 1;
    return true;
}

bool trace_text_parse(const char *text, size_t size, struct stream *stream,
                      struct result *expectations, struct trace_error *error) {
    const char *const text_end = text + size;
    struct reader reader = {.line = text, .end = text, .at = text, .error = error};
    unsigned head_line_count = 0; /* the magic, then the world, then ops */
    stream->op_count = 0;
    if (is_wide(text, size)) {
        reader.line_number = 1;
        return reader_fail(
            &reader, text,
            "UTF-16 text, by its byte order mark or its NUL bytes: save the trace as "
            "ASCII or UTF-8");
    }
    for (const char *line = text + mark_size(text, size); line < text_end;) {
        const char *newline = (const char *)memchr(line, '\n', (size_t)(text_end - line));
        reader.line = reader.at = line;
        reader.end = newline == NULL ? text_end : newline;
        reader.line_number += 1;
        line = reader.end + 1;
        if (!line_trim(&reader))
            return false;
        if (reader.end == reader.line)
            continue;
        if (head_line_count == 0   ? !parse_magic(&reader)
            : head_line_count == 1 ? !parse_world(&reader, stream)
                                   : !op_parse(&reader, stream, expectations))
            return false;
        head_line_count += head_line_count < 2;
    }
    if (head_line_count < 2) {
        reader.line_number += 1;
        reader.line = reader.at = text_end;
        return reader_fail(&reader, text_end, "the file ends before its %s line",
                           head_line_count == 0 ? "first" : "geometry");
    }
    return true;
}

/* ---- Printing. --------------------------------------------------------------------------- */

static void fields_print(char *text, size_t size, const struct world *world, bool of_op) {
    size_t used = 0;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        char words[FIELD_WORDS_SIZE];
        if (!field_is_of(field, of_op))
            continue;
        /* What is newer than version 1 of bytes is said where it is news. */
        if (field_is_implied(field, world->numbers[field]))
            continue;
        field_words(field, world->numbers[field], words, sizeof words);
        used += (size_t)snprintf(text + used, size - used, "%s%s=%s", used == 0 ? "" : " ",
                                 description->name, words);
        assert(used < size);
    }
}

void trace_text_op(struct op op, char *text, size_t size) {
    struct world world = world_standard();
    int used = snprintf(text, size, "%s", op_describe((enum op_kind)op.kind)->words);
    assert(used > 0 && (size_t)used + 1 < size);
    text += used;
    size -= (size_t)used;
    switch (op_operand(op)) {
    case OPERAND_NONE: return;
    case OPERAND_KEY: (void)snprintf(text, size, " %u", op_key(op)); return;
    case OPERAND_WORD:
        (void)snprintf(text, size, " %s", operand_word((unsigned)op.operand));
        return;
    case OPERAND_RANGE:
        (void)snprintf(text, size, " %u count=%u stride=%u", op_range(op).first, op_range(op).count,
                       op_range(op).stride);
        return;
    case OPERAND_FIELDS: break;
    }
    world_set_byte(&world, OPERAND_FIELDS_BYTE, (unsigned)op.operand);
    text[0] = ' ';
    fields_print(text + 1, size - 1, &world, true);
}

void trace_text_result(struct result result, char *text, size_t size) {
    if (result.outcome == OUTCOME_FOUND || result.outcome == OUTCOME_OF_RANGE)
        (void)snprintf(text, size, "%u", (unsigned)result.value);
    else
        (void)snprintf(text, size, "%s", outcome_name(result.outcome));
}

void trace_text_world(const struct world *world, char *text, size_t size) {
    fields_print(text, size, world, false);
}

void trace_text_print(FILE *file, const struct stream *stream, const struct result *outcomes) {
    char text[TRACE_TEXT_WORLD_SIZE];
    unsigned value = 0;
    trace_text_world(&stream->world, text, sizeof text);
    fprintf(file, "%s %d\ngeometry %s\n", TRACE_TEXT_MAGIC, TRACE_TEXT_VERSION, text);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        trace_text_op(stream->ops[i], text, sizeof text);
        fprintf(file, "%s", text);
        if (outcomes != NULL && outcomes[i].outcome != OUTCOME_NONE) {
            trace_text_result(outcomes[i], text, sizeof text);
            fprintf(file, " = %s", text);
        }
        if (op_is(stream->ops[i], TRAIT_STORES)) {
            value += op_element_count(stream->ops[i]);
            if (op_has_range(stream->ops[i]))
                fprintf(file, "    # values %u to %u", value - op_element_count(stream->ops[i]) + 1,
                        value);
            else
                fprintf(file, "    # value %u", value);
        }
        fprintf(file, "\n");
    }
}
