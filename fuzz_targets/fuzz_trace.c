/* SPDX-License-Identifier: Apache-2.0 */
/* The second fuzz target: the readers of untrusted files. Whatever the bytes are, the text parser
 * ends with a stream or an error; what it accepts prints to text that parses to the same stream;
 * and what bytes decode to encodes canonically. Runs no map. */
#include "codec.h"
#include "trace_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct stream stream, again;
static struct result expectations[STREAM_OP_COUNT_MAX], expectations_again[STREAM_OP_COUNT_MAX];
static uint8_t bytes[CODEC_SIZE_MAX], bytes_again[CODEC_SIZE_MAX];

#define REQUIRE(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "fuzz_trace.c:%d: %s: Assertion '%s' failed.\n", __LINE__, __func__, \
                    #condition); \
            __builtin_trap(); \
        } \
    } while (0)

/* The same geometry and ops. */
static void require_equal(void) {
    REQUIRE(memcmp(&stream.world, &again.world, sizeof stream.world) == 0);
    REQUIRE(stream.op_count == again.op_count);
    for (uint32_t i = 0; i < stream.op_count; i += 1)
        REQUIRE(op_equal(stream.ops[i], again.ops[i]));
}

/* Prints the stream and parses what was printed. */
static void round_trip_text(bool with_expectations) {
    char *text = NULL;
    size_t text_size = 0;
    struct trace_error error;
    FILE *file = open_memstream(&text, &text_size);
    REQUIRE(file != NULL);
    trace_text_print(file, &stream, with_expectations ? expectations : NULL);
    REQUIRE(fclose(file) == 0);
    REQUIRE(trace_text_parse(text, text_size, &again, expectations_again, &error));
    require_equal();
    for (uint32_t i = 0; with_expectations && i < stream.op_count; i += 1)
        REQUIRE(result_equal(expectations[i], expectations_again[i]));
    free(text);
}

static void round_trip_bytes(void) {
    const char *field = NULL;
    const size_t size = codec_encode(&stream, bytes, &field);
    size_t size_again;
    REQUIRE((size == 0) == (field != NULL));
    if (size == 0)
        return;
    codec_decode(bytes, size, &again);
    require_equal();
    size_again = codec_encode(&again, bytes_again, &field);
    REQUIRE(size_again == size && memcmp(bytes, bytes_again, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct trace_error error;
    memset(&stream, 0, sizeof stream);
    memset(&again, 0, sizeof again);
    if (trace_text_is(data, size)) {
        if (!trace_text_parse((const char *)data, size, &stream, expectations, &error))
            return 0;
        round_trip_text(true);
    } else {
        codec_decode(data, size, &stream);
        round_trip_text(false);
    }
    round_trip_bytes();
    return 0;
}
