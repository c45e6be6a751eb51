/* SPDX-License-Identifier: Apache-2.0 */
/* The loops behind program_series.h. */
#include "program_series.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

/* Fewer lines are no loop; more loops than this are no easier to read than a digest. */
enum { LOOP_COUNT_MIN = 4, STATEMENT_COUNT_MAX = 24 };

/* Lines that go on evenly. */
struct loop {
    uint32_t first, count;
    int64_t key_step, steps[SERIES_NUMBER_COUNT];
};

void series_begin(struct series *series, uint32_t key_count) {
    series->key_count = key_count;
    series->line_count = 0;
    series->text_count = 0;
}

uint8_t series_text(struct series *series, const char *format, ...) {
    char text[sizeof series->texts[0]];
    unsigned number = 0;
    va_list arguments;
    int size;
    va_start(arguments, format);
    size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert(size >= 0 && size < (int)sizeof text);
    while (number < series->text_count && strcmp(series->texts[number], text) != 0)
        number += 1;
    assert(number < SERIES_TEXT_COUNT_MAX);
    memcpy(series->texts[number], text, sizeof text);
    series->text_count += number == series->text_count;
    return (uint8_t)number;
}

void series_add(struct series *series, struct series_line line) {
    assert(series->line_count < SERIES_LINE_COUNT_MAX);
    series->lines[series->line_count] = line;
    series->line_count += 1;
}

static const char *text_of(const struct series *series, uint32_t line, bool exact) {
    return series->texts[exact ? series->lines[line].exact : series->lines[line].loose];
}

static unsigned number_count(const char *text) {
    unsigned count = 0;
    for (; *text != '\0'; text += 1)
        count += *text == '#';
    return count;
}

/* ---- Which lines are one loop. ----------------------------------------------------------- */

/* From one key to the next, the short way around. */
static int64_t key_step(const struct series *series, uint32_t line) {
    const int64_t step =
        (int64_t)series->lines[line + 1].key_id - (int64_t)series->lines[line].key_id;
    const int64_t around = step < 0 ? step + series->key_count : step;
    return around <= series->key_count / 2 ? around : step;
}

static int64_t number_step(const struct series *series, uint32_t line, unsigned number) {
    return (int64_t)(series->lines[line + 1].numbers[number] - series->lines[line].numbers[number]);
}

static bool goes_on(const struct series *series, uint32_t line, bool exact,
                    const struct loop *loop) {
    const char *text = text_of(series, line, exact);
    bool goes_on = line + 1 < series->line_count && text_of(series, line + 1, exact) == text;
    if (goes_on && strchr(text, '$') != NULL)
        goes_on = key_step(series, line) == loop->key_step;
    for (unsigned i = 0; goes_on && i < number_count(text); i += 1)
        goes_on = number_step(series, line, i) == loop->steps[i];
    return goes_on;
}

/* The loop that starts with the line, of those before `end`; a single line where there is none. */
static struct loop loop_from(const struct series *series, uint32_t first, uint32_t end,
                             bool exact) {
    struct loop loop = {.first = first, .count = 1};
    if (first + 1 < end) {
        loop.key_step = key_step(series, first);
        for (unsigned i = 0; i < SERIES_NUMBER_COUNT; i += 1)
            loop.steps[i] = number_step(series, first, i);
    }
    while (first + loop.count < end && goes_on(series, first + loop.count - 1, exact, &loop))
        loop.count += 1;
    if (loop.count < LOOP_COUNT_MIN)
        loop.count = 1;
    return loop;
}

/* ---- Text. ------------------------------------------------------------------------------- */

/* The number as it is in the loop. */
static void write_number(FILE *file, uint64_t first, int64_t step, bool loops) {
    char number[40] = "", sign = step < 0 ? '-' : '+';
    const long long size = step < 0 ? -(long long)step : (long long)step;
    (void)snprintf(number, sizeof number, first > UINT32_MAX ? "UINT64_C(0x%llx)" : "%llu",
                   (unsigned long long)first);
    if (!loops || step == 0)
        fprintf(file, "%s", number);
    else if (first == 0 && step > 0)
        fprintf(file, "i");
    else
        fprintf(file, "%s %c i", number, sign);
    if (loops && size > 1)
        fprintf(file, " * %lld", size);
}

static void write_key(FILE *file, const struct series *series, const struct loop *loop) {
    const uint32_t first = series->lines[loop->first].key_id;
    const bool wraps =
        loop->key_step > 0 &&
        first + (uint64_t)(loop->count - 1) * (uint64_t)loop->key_step >= series->key_count;
    fprintf(file, "at_key0(%s", wraps ? "(" : "");
    write_number(file, first, loop->key_step, loop->count > 1);
    if (wraps)
        fprintf(file, ") %% %u", (unsigned)series->key_count);
    fprintf(file, ")");
}

static void write_loop(FILE *file, const struct part_words *words, const struct series *series,
                       const struct loop *loop, bool exact) {
    char buffer[256] = "";
    FILE *line = fmemopen(buffer, sizeof buffer, "w");
    unsigned number = 0;
    if (line == NULL)
        return;
    for (const char *at = text_of(series, loop->first, exact); *at != '\0'; at += 1)
        if (*at == '$') {
            write_key(line, series, loop);
        } else if (*at == '#') {
            write_number(line, series->lines[loop->first].numbers[number], loop->steps[number],
                         loop->count > 1);
            number += 1;
        } else {
            (void)fputc(*at, line);
        }
    (void)fclose(line);
    if (loop->count > 1)
        fprintf(file, "    for (uint32_t i = 0; i < %u; i += 1)\n    ", (unsigned)loop->count);
    parts_print(file, words, "    %s\n", buffer);
}

/* How many statements the lines from `first` to before `end` are. Null for `file`: none is written. */
static unsigned series_statements(FILE *file, const struct part_words *words,
                                  const struct series *series, uint32_t first, uint32_t end,
                                  bool exact) {
    unsigned count = 0;
    while (first < end) {
        const struct loop loop = loop_from(series, first, end, exact);
        if (file != NULL)
            write_loop(file, words, series, &loop, exact);
        first += loop.count;
        count += 1;
    }
    return count;
}

bool series_is_even(const struct series *series) {
    return series_statements(NULL, NULL, series, 0, series->line_count, true) <=
           STATEMENT_COUNT_MAX;
}

void series_write(FILE *file, const struct part_words *words, struct series *series,
                  bool last_is_exact) {
    const uint32_t count = series->line_count;
    const uint32_t loose_count = count - (last_is_exact && count > 0);
    uint64_t digest = 0;
    if (series_is_even(series)) {
        (void)series_statements(file, words, series, 0, count, true);
    } else {
        for (uint32_t i = 0; i < loose_count; i += 1)
            digest = series_digest(digest, series->lines[i].answer);
        (void)series_statements(file, words, series, 0, loose_count, false);
        fprintf(file, "    noted_are(%u, UINT64_C(0x%016llx));\n", (unsigned)loose_count,
                (unsigned long long)digest);
        (void)series_statements(file, words, series, loose_count, count, true);
    }
    series_begin(series, series->key_count);
}
