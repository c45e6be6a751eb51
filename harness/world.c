/* SPDX-License-Identifier: Apache-2.0 */
/* The field table as data. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define UNPACK(...)     __VA_ARGS__
#define COUNT_OF(array) (uint8_t)(sizeof(array) / sizeof(array)[0])
/* NOLINTNEXTLINE(bugprone-macro-parentheses): the list has its parentheses, and loses them */
#define COUNT_OF_LIST(type, list) (uint8_t)(sizeof((type[]){UNPACK list}) / sizeof(type))

#define FIELD_NUMBERS(name, text, list, more, ...) \
    static const uint32_t numbers_of_##name[] = {UNPACK list, UNPACK more};
#define FIELD_WORDS(name, text, list, more, ...) \
    static const char *const words_of_##name[] = {UNPACK list, UNPACK more};
FIELD_TABLE(FIELD_NUMBERS, FIELD_WORDS)
#undef FIELD_NUMBERS
#undef FIELD_WORDS

#define PLACE(byte, divisor)   (byte), (divisor)
#define DRAW(turn)             (turn), 0, 0
#define DRAW_SMALL(turn, odds) (turn), (odds), 0
#define DRAW_RARE(turn, odds)  (turn), 0, (odds)
#define NUMBER_ROW(name, text, list, more, least, most, standard, smallest, place, draw, turn) \
    {text, \
     numbers_of_##name, \
     NULL, \
     COUNT_OF_LIST(uint32_t, list), \
     COUNT_OF(numbers_of_##name), \
     least, \
     most, \
     standard, \
     smallest, \
     place, \
     draw, \
     turn},
#define WORD_ROW(name, text, list, more, standard, smallest, place, draw, turn) \
    {text, \
     NULL, \
     words_of_##name, \
     COUNT_OF_LIST(char *, list), \
     COUNT_OF(words_of_##name), \
     0, \
     COUNT_OF(words_of_##name) - 1, \
     standard, \
     smallest, \
     place, \
     draw, \
     turn},
const struct field_description field_descriptions[FIELD_COUNT] = {
    FIELD_TABLE(NUMBER_ROW, WORD_ROW)};

uint32_t field_number(unsigned field, unsigned index) {
    const struct field_description *description = field_describe(field);
    assert(index < description->count_all);
    return description->words == NULL ? description->numbers[index] : index;
}

int field_index(unsigned field, unsigned number) {
    for (unsigned index = 0; index < field_describe(field)->count_all; index += 1)
        if (field_number(field, index) == number)
            return (int)index;
    return -1;
}

void field_words(unsigned field, unsigned number, char *words, size_t size) {
    const struct field_description *description = field_describe(field);
    if (description->words == NULL)
        (void)snprintf(words, size, "%u", number);
    else
        (void)snprintf(words, size, "%s",
                       number < description->count_all ? description->words[number] : "?");
}

bool field_is_implied(unsigned field, unsigned number) {
    const struct field_description *description = field_describe(field);
    return description->byte == FIELD_NO_BYTE && number == description->standard;
}

struct world world_standard(void) {
    struct world world;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        world.numbers[field] = field_describe(field)->standard;
    return world;
}

void world_set_byte(struct world *world, unsigned byte, unsigned value) {
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        if (description->byte == byte)
            world->numbers[field] =
                field_number(field, value / description->divisor % description->count);
    }
}

uint8_t world_byte(const struct world *world, unsigned byte) {
    unsigned value = 0;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (field_describe(field)->byte == byte) {
            const int index = field_index(field, world->numbers[field]);
            if (index > 0 && index < field_describe(field)->count)
                value += (unsigned)index * field_describe(field)->divisor;
        }
    return (uint8_t)value;
}

bool world_is_of_version_1(const struct world *world) {
    for (unsigned field = 0; field < FIELD_COUNT; field += 1) {
        const struct field_description *description = field_describe(field);
        const int index = field_index(field, world->numbers[field]);
        if (description->byte == FIELD_NO_BYTE ? world->numbers[field] != description->standard
                                               : index < 0 || index >= description->count)
            return false;
    }
    return true;
}

bool world_field_is_large(const struct world *world, unsigned field) {
    return field_index(field, world->numbers[field]) >= field_describe(field)->count;
}

bool world_is_large(const struct world *world) {
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (world_field_is_large(world, field))
            return true;
    return false;
}

bool world_equal(const struct world *a, const struct world *b) {
    return memcmp(a->numbers, b->numbers, sizeof a->numbers) == 0;
}
