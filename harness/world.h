/* SPDX-License-Identifier: Apache-2.0 */
/* The world that a stream runs in, as numbers: how large, of which kind, how it is looked at. Each field is
 * a row of the subject's FIELD_TABLE; bytes, text, generator, mutator, reducer and reports are loops over
 * the rows. What a number means the subject knows. */
#ifndef HARNESS_WORLD_H
#define HARNESS_WORLD_H

#include "subject_tables.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FIELD_TABLE(NUMBER, WORD) of tables.h; in the order of the text:
 *
 *   NUMBER(identifier, name, (the numbers that bytes can say), (those that version 2 can say besides),
 *          least, most, standard, smallest, place, draw, turn)
 *   WORD(identifier, name, (the words, by number), (more, as above), standard, smallest, place, draw,
 *        turn)
 *
 * A number that stands more than once is drawn more often; those of the second list in large worlds alone,
 * WORLD_LARGE_ODDS. `least` and `most` are what text can say: 0, 0 where it is the listed numbers alone.
 * `standard` holds where the text names nothing. `smallest` is the plainest, which the reducer tries first;
 * then the others below the present one, unless `smallest` is above them. Both are of the first list.
 * `place` is PLACE(header byte, divisor): the index in the list is the byte / divisor % the list's count. In
 * version 2 each field has a byte of its own; PLACE(FIELD_NO_BYTE, 1) is that of one that version 1 has not,
 * where it is standard. `draw` is the generator's: DRAW(turn), fields of one turn are drawn as one number;
 * DRAW_SMALL(turn, odds) draws one in `odds` again, from the lower half; DRAW_RARE(turn, odds) has the
 * standard all but one in `odds`. `turn` is the reducer's. Both turns begin with 1. */
enum { FIELD_NO_BYTE = UINT8_MAX };
enum field {
#define FIELD_ENUM(name, ...) FIELD_##name,
    FIELD_TABLE(FIELD_ENUM, FIELD_ENUM)
#undef FIELD_ENUM
        FIELD_COUNT
};

struct world {
    uint32_t numbers[FIELD_COUNT];
};

struct field_description {
    const char *name;
    const uint32_t *numbers;  /* by index; of words the index itself */
    const char *const *words; /* null for numbers */
    uint8_t count;            /* indexes of the first list */
    uint8_t count_all;        /* and of the second, which are behind it */
    uint32_t least, most;     /* in text */
    uint32_t standard, smallest;
    uint8_t byte, divisor;
    uint8_t draw_turn, small_odds, rare_odds;
    uint8_t reduce_turn;
};

/* `field` is below FIELD_COUNT. Static. */
extern const struct field_description field_descriptions[FIELD_COUNT];
static inline const struct field_description *field_describe(unsigned field) {
    assert(field < FIELD_COUNT);
    return &field_descriptions[field];
}

/* The first index of a number in the field's lists, or -1: bytes cannot say it. One below `count` is of the
 * first list. O(list). */
int field_index(unsigned field, unsigned number);

/* The number at an index of the lists, which is below `count_all`. */
uint32_t field_number(unsigned field, unsigned index);

/* The number or the word, as text has it. At most FIELD_WORDS_SIZE bytes. */
enum { FIELD_WORDS_SIZE = 24 };
void field_words(unsigned field, unsigned number, char *words, size_t size);

/* Whether text leaves the field out: version 1 has no place for it, and the number is the standard. */
bool field_is_implied(unsigned field, unsigned number);

/* All fields with their standard numbers. */
struct world world_standard(void);

/* The fields of one header byte of version 1, from what the byte says, and back. Other fields stay as they
 * are. A field whose number the byte cannot say counts as index 0; field_index tells. O(fields). */
void world_set_byte(struct world *world, unsigned byte, unsigned value);
uint8_t world_byte(const struct world *world, unsigned byte);

/* Whether version 1 of bytes can say it; version 2 says more: field_index. O(fields). */
bool world_is_of_version_1(const struct world *world);

/* Whether the number of the field is of its second list; whether that of any is: such a world costs as much
 * as a hundred others. O(lists). */
bool world_field_is_large(const struct world *world, unsigned field);
bool world_is_large(const struct world *world);

/* The subject's: changes numbers that do not go together, such as more than there is memory for, to the
 * nearest that do. True when it changed one. What is settled stays as it is. Every world that is run is
 * settled. */
bool world_settle(struct world *world);

bool world_equal(const struct world *a, const struct world *b);

#endif
