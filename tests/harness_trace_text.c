/* SPDX-License-Identifier: Apache-2.0 */
/* The text form: every mistake is named with its line, column and what was expected; nothing
 * crashes the parser; and each op and outcome prints to one known line. */
#include "harness_support.h"

static struct stream stream;
static struct result expectations[STREAM_OP_COUNT_MAX];

#define HEAD "cachemap-trace 1\ngeometry keys=8\n"

/* ---- Every error. ------------------------------------------------------------------------ */

struct mistake {
    const char *text;
    unsigned line, column;
    const char *fragment;
};

static void assert_mistake(const struct mistake *mistake, const char *text, size_t size) {
    struct trace_error error = {0, 0, ""};
    if (trace_text_parse(text, size, &stream, expectations, &error))
        fail_msg("no error in: %s", mistake->text);
    if (error.line != mistake->line || error.column != mistake->column ||
        strstr(error.message, mistake->fragment) == NULL)
        fail_msg("expected %u:%u: ...%s...\n     got %u:%u: %s\n      of %s", mistake->line,
                 mistake->column, mistake->fragment, error.line, error.column, error.message,
                 mistake->text);
    /* One line of a terminal, without a full stop. */
    for (const char *at = error.message; *at != '\0'; at += 1)
        assert_true(*at >= ' ' && *at <= '~');
    assert_true(error.message[strlen(error.message) - 1] != '.');
}

static void assert_mistakes(const struct mistake *mistakes, size_t count) {
    for (size_t i = 0; i < count; i += 1)
        assert_mistake(&mistakes[i], mistakes[i].text, strlen(mistakes[i].text));
}

static void mistakes_in_the_first_line(void **state) {
    static const struct mistake mistakes[] = {
        {"", 1, 1, "the file ends before its first line"},
        {"\n", 2, 1, "the file ends before its first line"},
        {"# a comment\n", 2, 1, "the file ends before its first line"},
        {"cachemap-tracer 1\n", 1, 1, "expected 'cachemap-trace 1' on the first line"},
        {"cachemap 1\n", 1, 1, "expected 'cachemap-trace 1' on the first line"},
        {"cachemap-trace\n", 1, 15, "the line ends here: this build reads trace version 1"},
        {"cachemap-trace 2\n", 1, 16, "'2': this build reads trace version 1"},
        {"cachemap-trace one\n", 1, 16, "'one': this build reads trace version 1"},
        {"cachemap-trace 4294967297\n", 1, 16, "this build reads trace version 1"},
        {"cachemap-trace 1 please\n", 1, 18, "unexpected text after the version"},
        {"cachemap-trace 1", 2, 1, "the file ends before its geometry line"},
        {"cachemap-trace 1\n", 2, 1, "the file ends before its geometry line"},
        {"cachemap-trace 1\n\n# note\n", 4, 1, "the file ends before its geometry line"},
    };
    (void)state;
    assert_mistakes(mistakes, SUPPORT_COUNT_OF(mistakes));
}

#define GEOMETRY "cachemap-trace 1\ngeometry "

static void mistakes_in_the_geometry(void **state) {
    static const struct mistake mistakes[] = {
        {"cachemap-trace 1\nupsert 3\n", 2, 1, "expected the line 'geometry sets=... ways=...'"},
        {"cachemap-trace 1\n\n# note\n  geometri\n", 4, 3, "expected the line 'geometry"},
        {GEOMETRY "sets\n", 2, 10, "'sets': expected name=value"},
        {GEOMETRY "=4\n", 2, 10, "'=4': expected name=value"},
        {GEOMETRY "= ok\n", 2, 10, "'=': expected name=value"},
        {GEOMETRY "sets=1 size=4\n", 2, 17, "'size': no such field"},
        {GEOMETRY "sets=1 sets=1\n", 2, 17, "'sets' is there twice"},
        {GEOMETRY "run=plain keys=2 run=plain\n", 2, 27, "'run' is there twice"},
        {GEOMETRY "sets=\n", 2, 15, "sets=: expected a number from 0 to 66000"},
        {GEOMETRY "sets=66001\n", 2, 15, "sets=66001: expected a number from 0 to 66000"},
        {GEOMETRY "sets=-1\n", 2, 15, "sets=-1: expected a number from 0 to 66000"},
        {GEOMETRY "sets=+1\n", 2, 15, "sets=+1: expected a number from 0 to 66000"},
        {GEOMETRY "sets=0x1\n", 2, 15, "sets=0x1: expected a number from 0 to 66000"},
        {GEOMETRY "sets=4294967296\n", 2, 15, "sets=4294967296: expected a number from 0 to 66000"},
        {GEOMETRY "sets=4294967297\n", 2, 15, "sets=4294967297: expected a number from 0 to 66000"},
        {GEOMETRY "sets=18446744073709551617\n", 2, 15, "expected a number from 0 to 66000"},
        {GEOMETRY "stash=0\n", 2, 16, "stash=0: expected a number from 1 to 66000"},
        {GEOMETRY "stash=66001\n", 2, 16, "stash=66001: expected a number from 1 to 66000"},
        {GEOMETRY "scope=66001\n", 2, 16, "scope=66001: expected a number from 0 to 66000"},
        {GEOMETRY "keys=1\n", 2, 15, "keys=1: expected a number from 2 to 70000"},
        {GEOMETRY "keys=70001\n", 2, 15, "keys=70001: expected a number from 2 to 70000"},
        {GEOMETRY "ways=1\n", 2, 15, "ways=1: expected one of 2, 4, 8, 16"},
        {GEOMETRY "tag=7\n", 2, 14, "tag=7: expected one of 8, 16"},
        {GEOMETRY "clock=5\n", 2, 16, "clock=5: expected one of 1, 2, 4"},
        {GEOMETRY "ways=3\n", 2, 15, "ways=3: expected one of 2, 4, 8, 16"},
        {GEOMETRY "tag=9\n", 2, 14, "tag=9: expected one of 8, 16"},
        {GEOMETRY "clock=3\n", 2, 16, "clock=3: expected one of 1, 2, 4"},
        {GEOMETRY "policy=lru\n", 2, 17, "policy=lru: no such policy; the first is 'clock'"},
        {GEOMETRY "policy=\n", 2, 17, "policy=: no such policy"},
        {GEOMETRY "policy=Clock\n", 2, 17, "policy=Clock: no such policy"},
        {GEOMETRY "hash=bad\n", 2, 15, "hash=bad: no such hash; the first is 'mix'"},
        {GEOMETRY "read=none\n", 2, 15, "read=none: no such read; the first is 'inspect'"},
        {GEOMETRY "run=once\n", 2, 14, "run=once: no such run; the first is 'plain'"},
    };
    (void)state;
    assert_mistakes(mistakes, SUPPORT_COUNT_OF(mistakes));
}

static void mistakes_in_ops(void **state) {
    static const struct mistake mistakes[] = {
        {HEAD "update 3\n", 3, 1, "'update' starts no op; ops are upsert, ..., scope open"},
        {HEAD "UPSERT 3\n", 3, 1, "'UPSERT' starts no op"},
        {HEAD "upsert3\n", 3, 1, "'upsert3' starts no op"},
        {HEAD "= ok\n", 3, 1, "'=' starts no op"},
        {HEAD "  scope\n", 3, 3, "'scope' starts no op"},
        {HEAD "scope close\n", 3, 1, "'scope' starts no op"},
        {HEAD "scopeopen\n", 3, 1, "'scopeopen' starts no op"},
        {HEAD "upsert\n", 3, 7, "the line ends here: expected a key, a number"},
        {HEAD "upsert x\n", 3, 8, "'x': expected a key, a number"},
        {HEAD "upsert -1\n", 3, 8, "'-1': expected a key, a number"},
        {HEAD "upsert = inserted\n", 3, 8, "'=': expected a key, a number"},
        {HEAD "upsert 4294967296\n", 3, 8, "'4294967296': expected a key, a number"},
        {HEAD "upsert 8\n", 3, 8, "key 8: the geometry has keys=8, so 0 to 7"},
        {HEAD "get 0\n\n  get 4294967295\n", 5, 7, "key 4294967295: the geometry has keys=8"},
        {HEAD "upsert 3=inserted\n", 3, 8, "'3=inserted': expected a key, a number"},
        {HEAD "upsert 3 =inserted\n", 3, 10, "'=inserted': expected '=' and an outcome, or"},
        {HEAD "upsert 3 inserted\n", 3, 10, "'inserted': expected '=' and an outcome, or the end"},
        {HEAD "compact 3\n", 3, 9, "'3': expected '=' and an outcome, or the end"},
        {HEAD "compact ok\n", 3, 9, "'ok': expected '=' and an outcome, or the end"},
        {HEAD "upsert 3 =\n", 3, 11, "the line ends here: expected an outcome such as 17"},
        {HEAD "upsert 3 = # nothing\n", 3, 11, "the line ends here: expected an outcome"},
        {HEAD "upsert 3 = good\n", 3, 12, "'good': expected an outcome such as 17"},
        {HEAD "get 3 = found\n", 3, 9, "'found': expected an outcome"},
        {HEAD "get 3 = none\n", 3, 9, "'none': expected an outcome"},
        {HEAD "get 3 = 4294967296\n", 3, 9, "'4294967296': expected an outcome"},
        {HEAD "get 3 = -1\n", 3, 9, "'-1': expected an outcome"},
        {HEAD "get 3 = 1 2\n", 3, 11, "unexpected text after the outcome"},
        {HEAD "reset = ok ok\n", 3, 12, "unexpected text after the outcome"},
        {HEAD "init_refused\n", 3, 13, "the line ends here: expected a reason such as"},
        {HEAD "init_refused memory\n", 3, 14, "'memory': expected a reason such as out_of_memory"},
        {HEAD "reinit ways\n", 3, 8, "'ways': expected name=value"},
        {HEAD "reinit 3\n", 3, 8, "'3': expected name=value"},
        {HEAD "reinit sets=2\n", 3, 8, "'sets': no such field"},
        {HEAD "reinit ways=2 ways=2\n", 3, 15, "'ways' is there twice"},
        {HEAD "reinit ways=17\n", 3, 13, "ways=17: expected one of 2, 4, 8, 16"},
        {HEAD "reinit policy=fifo = ok\n", 3, 15, "policy=fifo: no such policy"},
        {HEAD "reinit ways=6 = ok\n", 3, 13, "ways=6: expected one of 2, 4, 8, 16"},
        {HEAD "reinit ways=2 =\n", 3, 16, "the line ends here: expected an outcome"},
        {HEAD "reinit ways=2 = ok tag=8\n", 3, 20, "unexpected text after the outcome"},
    };
    (void)state;
    assert_mistakes(mistakes, SUPPORT_COUNT_OF(mistakes));
}

static void mistakes_that_are_not_text(void **state) {
    static const struct mistake mistakes[] = {
        {HEAD "get \x01\n", 3, 5, "byte 0x01 is not text"},
        {HEAD "get 3 = \x7f\n", 3, 9, "byte 0x7f is not text"},
        {HEAD "get \xc3\xa9\n", 3, 5, "byte 0xc3 is not text"},
        {HEAD "get\r3\n", 3, 4, "byte 0x0d is not text"},
        {HEAD "get 3\r\r\n", 3, 6, "byte 0x0d is not text"},
        {HEAD "\x1b[31mget 3\n", 3, 1, "byte 0x1b is not text"},
        {"cachemap-trace 1\ngeometry sets=\xff\n", 2, 15, "byte 0xff is not text"},
    };
    static const char zero[] = HEAD "get 3\nget \0 3\n";
    static const struct mistake of_zero = {"get NUL", 4, 5, "byte 0x00 is not text"};
    (void)state;
    assert_mistakes(mistakes, SUPPORT_COUNT_OF(mistakes));
    assert_mistake(&of_zero, zero, sizeof zero - 1);
}

/* Words longer than a terminal is wide are cut in the message. */
static void mistakes_in_very_long_lines(void **state) {
    enum { LONG = 100000 };
    static char text[LONG + 64];
    static const struct mistake op = {"long op", 3, 1, "' starts no op; ops are upsert"};
    static const struct mistake key = {"long key", 3, 5, "': expected a key, a number"};
    static const struct mistake field = {"long field", 2, 10, "': no such field"};
    static const struct mistake distant = {"far away", 3, LONG + 5,
                                           "key 9: the geometry has keys=8"};
    size_t head = strlen(HEAD);
    (void)state;
    memcpy(text, HEAD, head);
    memset(text + head, 'a', LONG);
    assert_mistake(&op, text, head + LONG);
    memcpy(text + head, "get ", 4);
    memset(text + head + 4, '1', LONG);
    assert_mistake(&key, text, head + 4 + LONG);
    memset(text + head + 4, ' ', LONG);
    text[head + 4 + LONG] = '9';
    assert_mistake(&distant, text, head + 5 + LONG);
    text[head + 4 + LONG] = '7';
    assert_true(trace_text_parse(text, head + 5 + LONG, &stream, expectations, NULL));
    assert_int_equal(stream.ops[0].operand, 7);
    head = strlen(GEOMETRY);
    memcpy(text, GEOMETRY, head);
    memset(text + head, 'a', LONG);
    memcpy(text + head + LONG, "=1\n", 3);
    assert_mistake(&field, text, head + LONG + 3);
}

static void more_ops_than_a_stream_takes(void **state) {
    static const char line[] = "compact\n";
    static const struct mistake mistake = {"too many", STREAM_OP_COUNT_MAX + 3, 1,
                                           "more than 16384 ops"};
    const size_t head = strlen(HEAD), size = strlen(line);
    char *text = (char *)malloc(head + size * (STREAM_OP_COUNT_MAX + 1));
    (void)state;
    assert_non_null(text);
    memcpy(text, HEAD, head);
    for (size_t i = 0; i <= STREAM_OP_COUNT_MAX; i += 1)
        memcpy(text + head + i * size, line, size);
    assert_true(
        trace_text_parse(text, head + size * STREAM_OP_COUNT_MAX, &stream, expectations, NULL));
    assert_int_equal(stream.op_count, STREAM_OP_COUNT_MAX);
    assert_mistake(&mistake, text, head + size * (STREAM_OP_COUNT_MAX + 1));
    free(text);
}

/* Ops of the largest world, in which each is much work: the mistake is at the op that is one too many, and
 * bytes of the same ops are cut off there. */
static void more_work_than_a_run_takes(void **state) {
    static const char head[] =
        "cachemap-trace 1\ngeometry sets=64 ways=16 stash=256 keys=256 hash=collide\n";
    static const char line[] = "inspect\n";
    enum { KEYS = 256, INSPECTS = 8000 };
    struct trace_error error;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    uint32_t count;
    (void)state;
    assert_non_null(file);
    fputs(head, file);
    for (unsigned key_id = 0; key_id < KEYS; key_id += 1)
        fprintf(file, "upsert %u\n", key_id);
    for (unsigned i = 0; i < INSPECTS; i += 1)
        fputs(line, file);
    assert_int_equal(fclose(file), 0);
    assert_false(trace_text_parse(text, size, &stream, expectations, &error));
    count = stream.op_count;
    assert_in_range(count, KEYS + 10, KEYS + INSPECTS - 1);
    assert_int_equal(error.line, count + 3);
    assert_int_equal(error.column, 1);
    assert_non_null(strstr(error.message, "too much work"));
    assert_non_null(strstr(error.message, "134217728"));
    /* Up to there it is a trace. */
    size -= strlen(line) * (KEYS + INSPECTS - count);
    assert_true(trace_text_parse(text, size, &stream, expectations, &error));
    assert_int_equal(stream.op_count, count);
    free(text);
}

/* ---- What is no mistake. ----------------------------------------------------------------- */

static void blanks_comments_and_line_ends_do_not_matter(void **state) {
    static const char plain[] = "cachemap-trace 1\ngeometry sets=2 keys=8\nupsert 3 = inserted\n"
                                "scope open\nreinit ways=4 = ok\nget 3 = 1\n";
    static const char *const same[] = {
        "cachemap-trace 1\r\ngeometry sets=2 keys=8\r\nupsert 3 = inserted\r\nscope open\r\n"
        "reinit ways=4 = ok\r\nget 3 = 1\r\n",
        "cachemap-trace\t1\ngeometry\tsets=2\tkeys=8\nupsert\t3\t=\tinserted\nscope\topen\n"
        "reinit\tways=4\t=\tok\nget\t3\t=\t1\n",
        "  cachemap-trace 1   \n\n\n   geometry   keys=8   sets=2 \n upsert  3  =  inserted \n"
        "\tscope   open\t\n reinit  ways=4  =  ok\n \t \nget 3 = 1",
        "cachemap-trace 1# one\n# two \xc3\xa9 \x01 \r \x7f\ngeometry sets=2 keys=8 # three\n"
        "upsert 3 = inserted# four\nscope open#\n   # five\nreinit ways=4 = ok # = 3\n"
        "get 3 = 1    # value 1 # 2\n#",
        "cachemap-trace 1\ngeometry keys=8 sets=2 ways=2 tag=8 clock=2 policy=clock stash=4 "
        "scope=4 hash=mix read=inspect run=plain\nupsert 3 = inserted\nscope open\n"
        "reinit policy=clock clock=2 tag=8 ways=4 = ok\nget 3 = 1\n",
    };
    static struct stream expected;
    static struct result expected_outcomes[STREAM_OP_COUNT_MAX];
    (void)state;
    support_parse(plain, &expected, expected_outcomes);
    assert_int_equal(expected.op_count, 4);
    assert_int_equal(expected_outcomes[1].outcome, OUTCOME_NONE);
    for (size_t i = 0; i < SUPPORT_COUNT_OF(same); i += 1) {
        support_parse(same[i], &stream, expectations);
        support_assert_streams_equal(&expected, &stream, same[i]);
        for (uint32_t op = 0; op < expected.op_count; op += 1)
            assert_true(result_equal(expected_outcomes[op], expectations[op]));
    }
}

static void a_byte_order_mark_at_the_start_is_read_over(void **state) {
    static const char *const marked[] = {
        "\xef\xbb\xbf\xef\xbb\xbf"
        "cachemap-trace 1\ngeometry sets=2 keys=8\nupsert 3\n",
        "\xef\xbb\xbf"
        "cachemap-trace 1\ngeometry sets=2 keys=8\nupsert 3\n",
        "\xef\xbb\xbf"
        "cachemap-trace 1\r\ngeometry sets=2 keys=8\r\nupsert 3",
        "\xef\xbb\xbf"
        "# a comment\ncachemap-trace 1\ngeometry sets=2 keys=8\nupsert 3\n",
    };
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(marked); i += 1) {
        assert_true(trace_text_is((const uint8_t *)marked[i], strlen(marked[i])));
        support_parse(marked[i], &stream, expectations);
        assert_int_equal(stream.op_count, 1);
        assert_int_equal(stream.ops[0].operand, 3);
    }
}

/* What editors and other systems put into a text: each is named. */
static void bytes_that_are_no_text_are_named(void **state) {
    static const struct {
        struct mistake mistake;
        const char *text;
        size_t size;
    } rows[] = {
#define ROW(line, column, words, text) {{text, line, column, words}, text, sizeof(text) - 1}
        ROW(3, 1, "byte order mark", HEAD "\xef\xbb\xbfget 1\n"),
        ROW(1, 1, "UTF-16",
            "\xff\xfe"
            "c\0a\0c\0h\0e\0"),
        ROW(1, 1, "UTF-16",
            "\xfe\xff"
            "\0c\0a\0c\0h\0e"),
        ROW(1, 1, "UTF-16", "c\0a\0c\0h\0e\0"),
        ROW(3, 6, "a NUL byte", HEAD "get 1\0\n"),
        ROW(3, 1, "a form feed", HEAD "\fget 1\n"),
        ROW(3, 4, "a vertical tab", HEAD "get\v1\n"),
        ROW(3, 6, "a carriage return alone", HEAD "get 1\rget 2\r\n"),
        ROW(1, 17, "a carriage return alone", "cachemap-trace 1\rgeometry keys=8\rget 1\r"),
        ROW(4, 1, "the end mark of another system", HEAD "get 1\n\x1a"),
        ROW(3, 5, "byte 0xc2 is not text",
            HEAD "get \xc2\xa0"
                 "1\n"),
#undef ROW
    };
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(rows); i += 1) {
        assert_mistake(&rows[i].mistake, rows[i].text, rows[i].size);
        if (rows[i].mistake.line == 1)
            assert_true(trace_text_is((const uint8_t *)rows[i].text, rows[i].size));
    }
}

static void numbers_at_their_limits(void **state) {
    (void)state;
    support_parse("cachemap-trace 1\ngeometry sets=64 ways=16 tag=16 clock=4 policy=clock_classic "
                  "stash=256 scope=256 hash=same_home keys=256 read=end run=thorough\n"
                  "get 255 = 4294967295\nget 000 = 0\n",
                  &stream, expectations);
    assert_int_equal(stream.world.numbers[FIELD_SETS], 64);
    assert_int_equal(world_byte(&stream.world, OPERAND_FIELDS_BYTE), 47);
    assert_int_equal(stream.world.numbers[FIELD_STASH], 256);
    assert_int_equal(stream.world.numbers[FIELD_SCOPE], 256);
    assert_int_equal(stream.world.numbers[FIELD_KEYS], 256);
    assert_int_equal(stream.world.numbers[FIELD_HASH], HASH_SAME_HOME);
    assert_int_equal(stream.world.numbers[FIELD_READ], READ_END);
    assert_int_equal(stream.world.numbers[FIELD_RUN], RUN_THOROUGH);
    assert_int_equal(stream.ops[0].operand, 255);
    assert_int_equal(expectations[0].outcome, OUTCOME_FOUND);
    assert_int_equal(expectations[0].value, UINT32_MAX);
    assert_int_equal(expectations[1].outcome, OUTCOME_FOUND);
    assert_int_equal(expectations[1].value, 0);
    support_parse("cachemap-trace 1\ngeometry sets=0 stash=1 scope=0 keys=2", &stream,
                  expectations);
    assert_int_equal(stream.world.numbers[FIELD_SETS], 0);
    assert_int_equal(stream.world.numbers[FIELD_SCOPE], 0);
    assert_int_equal(stream.op_count, 0);
}

static void text_is_told_by_its_first_word(void **state) {
    static const char magic[] = TRACE_TEXT_MAGIC;
    (void)state;
    for (size_t size = 0; size < strlen(magic); size += 1)
        assert_false(trace_text_is((const uint8_t *)magic, size));
    assert_true(trace_text_is((const uint8_t *)magic, strlen(magic)));
    assert_true(trace_text_is((const uint8_t *)"cachemap-trace 1\n", 17));
    assert_false(trace_text_is((const uint8_t *)" cachemap-trace 1\n", 18));
    assert_false(trace_text_is(NULL, 0));
}

/* ---- Cut off and changed. ---------------------------------------------------------------- */

/* Parses a copy that ends where the memory does, so that a read past it is seen. */
static bool parses_alone(const char *text, size_t size) {
    struct trace_error error = {0, 0, ""};
    char *copy = (char *)malloc(size == 0 ? 1 : size);
    bool good;
    assert_non_null(copy);
    memcpy(copy, text, size);
    good = trace_text_parse(copy, size, &stream, expectations, &error);
    if (!good) {
        assert_true(error.line >= 1 && error.column >= 1);
        assert_true(strlen(error.message) > 0 && strlen(error.message) < sizeof error.message);
    }
    free(copy);
    return good;
}

static const char sample[] =
    "cachemap-trace 1\n# sample\ngeometry sets=2 ways=4 tag=16 clock=1 policy=clock_classic "
    "stash=8 "
    "scope=4 hash=same_set keys=16 read=own run=across\nupsert 3 = inserted    # value 1\n"
    "rewrite 3 = updated\r\nget 3 = 1\nscope open = ok\nremove 3 = removed\nlookup 3 = tombstone\n"
    "scope discard = ok\nhas 3 = yes\ndemote 3\n\ncompact = ok\nreset\ninit_refused stash_none = "
    "options_invalid\nreinit ways=8 clock=4 = ok\ninspect\nscope persist = scope_not_open\n";

static void a_text_cut_off_anywhere_is_a_stream_or_an_error(void **state) {
    const size_t head = (size_t)(strstr(sample, "upsert") - sample);
    size_t good = 0;
    (void)state;
    for (size_t size = 0; size < sizeof sample; size += 1) {
        const bool parsed = parses_alone(sample, size);
        if (size <= strlen(TRACE_TEXT_MAGIC " 1\n# sample\n"))
            assert_false(parsed);
        if (size > 0 && size >= head && sample[size - 1] == '\n')
            assert_true(parsed);
        good += parsed;
    }
    assert_true(good > 20);
    assert_int_equal(stream.op_count, 15);
}

static void a_text_with_any_byte_changed_is_a_stream_or_an_error(void **state) {
    static char changed[sizeof sample];
    (void)state;
    for (size_t at = 0; at + 1 < sizeof sample; at += 1)
        for (unsigned byte = 0; byte < 256; byte += 1) {
            memcpy(changed, sample, sizeof sample);
            changed[at] = (char)byte;
            (void)parses_alone(changed, sizeof sample - 1);
        }
}

static void random_lines_are_a_stream_or_an_error(void **state) {
    static const char *const words[] = {
        "upsert", "get", "scope", "open",  "discard",       "reinit",   "init_refused", "=",
        "ok",     "1",   "255",   "ways=", "ways=4",        "tag=16",   "\n",           "\n",
        "\t",     "#",   "\r",    "sets=", "out_of_memory", "geometry", "4294967295",   "x",
    };
    struct random random = {21};
    (void)state;
    for (unsigned round = 0; round < 20000; round += 1) {
        char text[512] = HEAD;
        while (strlen(text) < 300) {
            strcat(text, words[random_below(&random, SUPPORT_COUNT_OF(words))]);
            if (!random_one_in(&random, 4))
                strcat(text, " ");
        }
        (void)parses_alone(text, strlen(text));
    }
}

/* ---- Printing. --------------------------------------------------------------------------- */

static void each_op_prints_as_it_is_written(void **state) {
    static const struct {
        struct op op;
        const char *text;
    } printed[] = {
        {{OP_UPSERT, 255}, "upsert 255"},
        {{OP_REWRITE, 0}, "rewrite 0"},
        {{OP_REMOVE, 1}, "remove 1"},
        {{OP_UPSERT_MANY, 1}, "upsert_many 1"},
        {{OP_GET, 2}, "get 2"},
        {{OP_GET_MANY, 2}, "get_many 2"},
        {{OP_WRITE, 2}, "write 2"},
        {{OP_LOOKUP, 3}, "lookup 3"},
        {{OP_HAS, 4}, "has 4"},
        {{OP_DEMOTE, 5}, "demote 5"},
        {{OP_COMPACT, 0}, "compact"},
        {{OP_SCOPE_OPEN, 0}, "scope open"},
        {{OP_SCOPE_PERSIST, 0}, "scope persist"},
        {{OP_SCOPE_DISCARD, 0}, "scope discard"},
        {{OP_RESET, 0}, "reset"},
        {{OP_REINIT, 0}, "reinit ways=2 tag=8 clock=1 policy=clock"},
        {{OP_REINIT, 47}, "reinit ways=16 tag=16 clock=4 policy=clock_classic"},
        {{OP_INIT_REFUSED, REFUSAL_OUT_OF_MEMORY}, "init_refused out_of_memory"},
        {{OP_INIT_REFUSED, REFUSAL_STASH_LIMIT}, "init_refused stash_limit"},
        {{OP_INSPECT, 0}, "inspect"},
        {{OP_UPSERT_RANGE, UINT64_C(1) << 48 | UINT64_C(65537) << 24 | 69999},
         "upsert_range 69999 count=65537 stride=1"},
        {{OP_REMOVE_RANGE, UINT64_C(256) << 48 | UINT64_C(1) << 24},
         "remove_range 0 count=1 stride=256"},
        {{OP_GET_RANGE, UINT64_C(3) << 48 | UINT64_C(2) << 24 | 1}, "get_range 1 count=2 stride=3"},
    };
    bool seen[OP_KIND_COUNT] = {false};
    char text[64];
    (void)state;
    for (size_t i = 0; i < SUPPORT_COUNT_OF(printed); i += 1) {
        trace_text_op(printed[i].op, text, sizeof text);
        assert_string_equal(text, printed[i].text);
        seen[printed[i].op.kind] = true;
    }
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        if (!seen[kind])
            fail_msg("'%s' has no line in this test", op_describe((enum op_kind)kind)->words);
}

/* Ops of every operand and outcomes of every kind: distinct texts that fit and parse back. */
static void each_op_and_outcome_parses_back_from_its_own_line(void **state) {
    char text[64], outcome[24], line[256];
    (void)state;
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1)
        for (unsigned operand = 0; operand < 256; operand += 1) {
            const enum op_operand what = op_describe((enum op_kind)kind)->operand;
            const struct op op = {(uint8_t)kind, operand};
            const enum outcome any = (enum outcome)(operand % OUTCOME_COUNT);
            const bool is_number = any == OUTCOME_FOUND || any == OUTCOME_OF_RANGE;
            const struct result result = {is_number ? OUTCOME_FOUND : any, is_number ? 77 : 0};
            if (what == OPERAND_RANGE || (what == OPERAND_NONE && operand > 0) ||
                (what == OPERAND_FIELDS && operand >= LAYOUT_COUNT) ||
                (what == OPERAND_WORD && operand >= REFUSAL_COUNT))
                continue;
            trace_text_op(op, text, sizeof text);
            trace_text_result(result, outcome, sizeof outcome);
            (void)snprintf(line, sizeof line, "cachemap-trace 1\ngeometry keys=256\n%s%s%s\n", text,
                           result.outcome == OUTCOME_NONE ? "" : " = ",
                           result.outcome == OUTCOME_NONE ? "" : outcome);
            support_parse(line, &stream, expectations);
            assert_int_equal(stream.op_count, 1);
            assert_int_equal(stream.ops[0].kind, kind);
            assert_int_equal(stream.ops[0].operand, operand);
            assert_true(result_equal(expectations[0], result));
        }
}

static void a_stream_prints_with_outcomes_and_value_numbers(void **state) {
    static const char text[] =
        "cachemap-trace 1\n"
        "geometry sets=3 ways=8 tag=8 clock=4 policy=clock stash=5 scope=6 hash=collide keys=9 "
        "read=all run=twice\n"
        "upsert 3 = inserted    # value 1\n"
        "upsert 4    # value 2\n"
        "get 3 = 1\n"
        "get 8 = nothing\n"
        "upsert 3 = stash_full    # value 3\n"
        "scope persist = scope_not_open\n"
        "reinit ways=2 tag=16 clock=2 policy=clock_classic = ok\n";
    size_t size = 0;
    char *printed;
    (void)state;
    support_parse(text, &stream, expectations);
    printed = support_print(&stream, expectations, &size);
    assert_string_equal(printed, text);
    free(printed);
    printed = support_print(&stream, NULL, &size);
    assert_null(strstr(printed, " = "));
    free(printed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_in_the_first_line),
        cmocka_unit_test(mistakes_in_the_geometry),
        cmocka_unit_test(mistakes_in_ops),
        cmocka_unit_test(mistakes_that_are_not_text),
        cmocka_unit_test(mistakes_in_very_long_lines),
        cmocka_unit_test(more_ops_than_a_stream_takes),
        cmocka_unit_test(more_work_than_a_run_takes),
        cmocka_unit_test(a_byte_order_mark_at_the_start_is_read_over),
        cmocka_unit_test(bytes_that_are_no_text_are_named),
        cmocka_unit_test(blanks_comments_and_line_ends_do_not_matter),
        cmocka_unit_test(numbers_at_their_limits),
        cmocka_unit_test(text_is_told_by_its_first_word),
        cmocka_unit_test(a_text_cut_off_anywhere_is_a_stream_or_an_error),
        cmocka_unit_test(a_text_with_any_byte_changed_is_a_stream_or_an_error),
        cmocka_unit_test(random_lines_are_a_stream_or_an_error),
        cmocka_unit_test(each_op_prints_as_it_is_written),
        cmocka_unit_test(each_op_and_outcome_parses_back_from_its_own_line),
        cmocka_unit_test(a_stream_prints_with_outcomes_and_value_numbers),
    };
    return cmocka_run_group_tests_name("harness_trace_text", tests, NULL, NULL);
}
