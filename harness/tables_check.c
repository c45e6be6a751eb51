/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of a subject's tables, so that a wrong row is no wrong codec that says nothing. The compiler
 * sees to it where C11 can say it, and else the start of each program. Nothing calls it. */
#include "codec.h"
#include "trace_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- What the compiler sees. --------------------------------------------------------------- */

#define UNPACK(...)            __VA_ARGS__
#define PLACE(byte, divisor)   byte, divisor
#define DRAW(turn)             turn
#define DRAW_SMALL(turn, odds) turn
#define DRAW_RARE(turn, odds)  turn
#define COUNT_OF(type, list)   (sizeof((const type[]){UNPACK list}) / sizeof(type))

#define RULES(...) RULES_OF(__VA_ARGS__)
#define RULES_OF(text, count, count_all, byte, divisor, draw, turn) \
    _Static_assert((count_all) <= UINT8_MAX, text ": at most 255 numbers or words"); \
    _Static_assert((int)(byte) < (int)WORLD_HEADER_SIZE || (int)(byte) == (int)FIELD_NO_BYTE, \
                   text ": its header byte is past WORLD_HEADER_SIZE"); \
    _Static_assert((divisor) >= 1, text ": its divisor is 0"); \
    _Static_assert( \
        (divisor) * (count) <= ((int)(byte) == 0 ? 1 << CODEC_VERSION_BIT : 256), \
        text ": its header byte has no room for all of it (the version has 4 bits of byte 0)"); \
    _Static_assert((draw) >= 1 && (draw) <= WORLD_DRAW_COUNT, \
                   text ": its turn of the generator is not from 1 to WORLD_DRAW_COUNT"); \
    _Static_assert((turn) >= 1 && (turn) <= WORLD_REDUCE_COUNT, \
                   text ": its turn of the reducer is not from 1 to WORLD_REDUCE_COUNT");
#define NUMBER_RULES(name, text, list, more, least, most, standard, smallest, place, draw, turn) \
    RULES(text, COUNT_OF(uint32_t, list), COUNT_OF(uint32_t, (UNPACK list, UNPACK more)), place, \
          draw, turn)
#define WORD_RULES(name, text, list, more, standard, smallest, place, draw, turn) \
    RULES(text, COUNT_OF(char *, list), COUNT_OF(char *, (UNPACK list, UNPACK more)), place, draw, \
          turn)
FIELD_TABLE(NUMBER_RULES, WORD_RULES)

#define NUMBER_DRAW(name, text, list, more, least, most, standard, smallest, place, draw, turn) \
    | 1ull << (draw)
#define WORD_DRAW(name, text, list, more, standard, smallest, place, draw, turn) | 1ull << (draw)
_Static_assert((0 FIELD_TABLE(NUMBER_DRAW, WORD_DRAW)) == (2ull << WORLD_DRAW_COUNT) - 2,
               "each turn of the generator has a field");

enum {
#define OPERAND_WORD_ENUM(name, ...) OPERAND_WORD_##name,
    OPERAND_WORD_TABLE(OPERAND_WORD_ENUM) OPERAND_WORDS
};
_Static_assert((int)OPERAND_WORDS == (int)OPERAND_WORD_COUNT,
               "OPERAND_WORD_COUNT counts its table");
_Static_assert(OPERAND_WORD_COUNT <= 256, "an operand is a byte");
_Static_assert(KEY_COUNT_MAX < 1 << OP_KEY_BITS, "a key of a range is of 24 bits");
_Static_assert(OP_SLOT_COUNT_ALL <= 256, "an opcode is a byte");
_Static_assert(OUTCOME_NONE == 0 && OUTCOME_OK == 1, "the first outcomes are NONE and OK");

/* ---- What the start sees. ------------------------------------------------------------------ */

static void rule(bool holds, const char *name, const char *words) {
    if (holds)
        return;
    (void)fprintf(stderr, SUBJECT_FOLDER "/tables.h: %s: %s\n", name, words);
    abort();
}

static const char *op_words(unsigned kind) {
    return op_describe((enum op_kind)kind)->words;
}
static const char *outcome_words(unsigned outcome) {
    return outcome_name((enum outcome)outcome);
}
static const char *field_name(unsigned field) {
    return field_describe(field)->name;
}

/* What text reads back: no word of these is a number, a comment or an '='. */
static bool is_word(const char *text, size_t size) {
    return size >= 1 && size < FIELD_WORDS_SIZE && *text >= 'a' && *text <= 'z' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") >= size;
}

static void check_names(const char *(*name)(unsigned), unsigned count) {
    for (unsigned i = 0; i < count; i += 1) {
        rule(is_word(name(i), name == op_words ? strcspn(name(i), " ") : strlen(name(i))), name(i),
             "it is no word of at most 23 letters, digits and _");
        for (unsigned j = 0; j < i; j += 1)
            rule(strcmp(name(i), name(j)) != 0, name(i), "two rows have this name");
    }
}

/* A word, or two; and the first of two is no op that stands before it, which text would take for it. */
static void check_op_words(void) {
    for (unsigned i = 0; i < OP_KIND_COUNT; i += 1) {
        const char *words = op_words(i);
        const size_t size = strcspn(words, " ");
        rule(words[size] == '\0' || is_word(words + size + 1, strlen(words + size + 1)), words,
             "it has more than two words");
        for (unsigned j = 0; j < i; j += 1)
            rule(strlen(op_words(j)) != size || memcmp(op_words(j), words, size) != 0, words,
                 "its first word is an op that stands before it");
    }
}

/* A range is as its ops one by one, which have a key; any other op is as one with the same operand. */
static void check_alone(unsigned kind) {
    const struct op_description *row = op_describe((enum op_kind)kind);
    const bool is_range = row->operand == OPERAND_RANGE;
    rule(!is_range || kind >= OP_KIND_COUNT_OLD, row->words,
         "a range is no row of OP_TABLE, whose operands are a byte");
    rule(op_describe((enum op_kind)row->alone)->operand == (is_range ? OPERAND_KEY : row->operand),
         row->words, "the same op alone has another operand");
}

/* Small worlds have it. */
static bool is_in_first_list(unsigned field, uint32_t number) {
    const int index = field_index(field, number);
    return index >= 0 && index < field_describe(field)->count;
}

static void check_field(unsigned field) {
    const struct field_description *row = field_describe(field);
    rule(is_in_first_list(field, row->standard), row->name,
         "its standard is not in its first list");
    rule(is_in_first_list(field, row->smallest), row->name,
         "its smallest is not in its first list");
    for (unsigned i = 0; i < row->count_all; i += 1) {
        const uint32_t number = field_number(field, i);
        rule(row->most == 0 || (row->least <= number && number <= row->most), row->name,
             "a number of its lists is not from its least to its most");
        rule(field != FIELD_KEYS || (number >= 1 && number <= KEY_COUNT_MAX), row->name,
             "a number of keys is not from 1 to KEY_COUNT_MAX");
        rule(row->words == NULL || is_word(row->words[i], strlen(row->words[i])), row->name,
             "what it lists is no word of at most 23 letters, digits and _");
        for (unsigned j = 0; row->words != NULL && j < i; j += 1)
            rule(strcmp(row->words[i], row->words[j]) != 0, row->name, "a word stands twice");
    }
    rule(field != FIELD_KEYS || row->most <= KEY_COUNT_MAX, row->name,
         "its most is above KEY_COUNT_MAX");
}

/* The most bytes of name=number or name=word, and a blank. */
static size_t field_size(unsigned field) {
    const struct field_description *row = field_describe(field);
    size_t size = row->words == NULL ? sizeof "4294967295" - 1 : 0;
    for (unsigned i = 0; row->words != NULL && i < row->count_all; i += 1)
        if (strlen(row->words[i]) > size)
            size = strlen(row->words[i]);
    return strlen(row->name) + 1 + size + 1;
}

/* The one has the numbers of the byte below the other's divisor, and the other whole multiples. */
static bool stands_below(const struct field_description *a, const struct field_description *b) {
    return b->divisor % (a->divisor * a->count) == 0;
}

static void check_two_fields(const struct field_description *a, const struct field_description *b) {
    rule(a->byte != b->byte || a->byte == FIELD_NO_BYTE || stands_below(a, b) || stands_below(b, a),
         b->name, "its place overlaps another field's");
    rule(a->draw_turn != b->draw_turn ||
             (a->small_odds == b->small_odds && a->rare_odds == b->rare_odds),
         b->name, "fields of one turn of the generator have other odds");
}

__attribute__((constructor)) static void check_tables(void) {
    size_t world_size = 0;
    check_names(op_words, OP_KIND_COUNT);
    check_op_words();
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        check_alone(kind);
    check_names(outcome_words, OUTCOME_COUNT);
    check_names(operand_word, OPERAND_WORD_COUNT);
    check_names(field_name, FIELD_COUNT);
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        world_size += field_size(field);
        check_field(field);
        for (unsigned other = 0; other < field; other += 1)
            check_two_fields(field_describe(other), field_describe(field));
    }
    rule(world_size <= TRACE_TEXT_WORLD_SIZE, "geometry",
         "a line of all fields has no room in TRACE_TEXT_WORLD_SIZE");
}
