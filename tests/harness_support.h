/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the harness share: streams made from a seed or from text, and comparisons that
 * say where two streams differ. Does not include the library: the harness speaks its own words. */
#ifndef HARNESS_SUPPORT_H
#define HARNESS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "generate.h"
#include "trace_text.h"

#define SUPPORT_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Stream number `number` of a seed, the one that `./soak --seed` runs. */
static inline void support_generate(uint64_t seed, uint64_t number, struct stream *stream) {
    struct random random = {seed + number * UINT64_C(0xd1342543de82ef95)};
    memset(stream, 0, sizeof *stream);
    generate_world(&random, &stream->world);
    generate_ops(&random, stream, STREAM_OP_COUNT_MAX);
}

/* Parses a trace that the test itself has written: an error in it fails the test. */
static inline void support_parse(const char *text, struct stream *stream,
                                 struct result *expectations) {
    struct trace_error error;
    memset(stream, 0, sizeof *stream);
    if (!trace_text_parse(text, strlen(text), stream, expectations, &error))
        fail_msg("the test's own trace, %u:%u: %s", error.line, error.column, error.message);
}

/* The text of a stream, from malloc. */
static inline char *support_print(const struct stream *stream, const struct result *outcomes,
                                  size_t *size) {
    char *text = NULL;
    FILE *file = open_memstream(&text, size);
    assert_non_null(file);
    trace_text_print(file, stream, outcomes);
    assert_int_equal(fclose(file), 0);
    return text;
}

static inline void support_assert_streams_equal(const struct stream *a, const struct stream *b,
                                                const char *name) {
    char geometry_a[TRACE_TEXT_WORLD_SIZE], geometry_b[TRACE_TEXT_WORLD_SIZE];
    trace_text_world(&a->world, geometry_a, sizeof geometry_a);
    trace_text_world(&b->world, geometry_b, sizeof geometry_b);
    if (strcmp(geometry_a, geometry_b) != 0)
        fail_msg("%s: geometry %s became %s", name, geometry_a, geometry_b);
    if (a->op_count != b->op_count)
        fail_msg("%s: %u ops became %u", name, (unsigned)a->op_count, (unsigned)b->op_count);
    for (uint32_t i = 0; i < a->op_count; i += 1)
        if (a->ops[i].kind != b->ops[i].kind || a->ops[i].operand != b->ops[i].operand)
            fail_msg("%s: op %u is kind %u operand %llu and became kind %u operand %llu", name,
                     (unsigned)i, a->ops[i].kind, (unsigned long long)a->ops[i].operand,
                     b->ops[i].kind, (unsigned long long)b->ops[i].operand);
}

/* A whole file, from malloc, with a zero behind its last byte. */
static inline char *support_read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *content = NULL;
    long end;
    if (file == NULL)
        fail_msg("%s cannot be opened; the tests run in the project's root", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    end = ftell(file);
    assert_true(end >= 0);
    rewind(file);
    content = (char *)calloc(1, (size_t)end + 1);
    assert_non_null(content);
    *size = fread(content, 1, (size_t)end, file);
    assert_int_equal(*size, end);
    assert_int_equal(fclose(file), 0);
    return content;
}

#endif
