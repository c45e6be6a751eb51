/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a generated program that are one call with other numbers: keys of a range, values, entries. Those
 * whose numbers go on evenly are written as a loop; where too many do not, one digest stands for what all
 * must answer. Knows text and numbers, no stream and no map. */
#ifndef SUBJECT_PROGRAM_SERIES_H
#define SUBJECT_PROGRAM_SERIES_H

#include "program_parts.h"

#include <stdbool.h>
#include <stdint.h>

enum { SERIES_LINE_COUNT_MAX = 1 << 18, SERIES_TEXT_COUNT_MAX = 32, SERIES_NUMBER_COUNT = 4 };

/* A call. In its texts '$' stands for the key and '#' for each number in turn. */
struct series_line {
    uint32_t key_id;
    uint64_t numbers[SERIES_NUMBER_COUNT];
    uint64_t answer; /* what the loose text notes */
    uint8_t exact;   /* text: says what must be answered */
    uint8_t loose;   /* text: asks and notes the answer, with as many numbers at the most */
};

struct series {
    uint32_t key_count; /* keys wrap below it */
    uint32_t line_count;
    unsigned text_count;
    char texts[SERIES_TEXT_COUNT_MAX][96];
    struct series_line lines[SERIES_LINE_COUNT_MAX];
};

void series_begin(struct series *series, uint32_t key_count);

/* The number of a text; the same for equal ones. */
uint8_t series_text(struct series *series, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Lines beyond SERIES_LINE_COUNT_MAX are none of any stream. */
void series_add(struct series *series, struct series_line line);

/* Whether few enough statements say all of them exactly. */
bool series_is_even(const struct series *series);

/* Writes all of them, and forgets them. `last_is_exact`: the last one is, too, where a digest stands for the
 * others. O(lines). */
void series_write(FILE *file, const struct part_words *words, struct series *series,
                  bool last_is_exact);

/* What common.h does with each answer that is noted. */
static inline uint64_t series_digest(uint64_t digest, uint64_t answer) {
    return (digest ^ answer) * UINT64_C(0x9fb21c651e98df25);
}

#endif
