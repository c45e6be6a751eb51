/* SPDX-License-Identifier: Apache-2.0 */
/* A run in a child process: whatever ends it comes back as a failure with a signature. The linker puts
 * the wrapper below in the place of subject_remove, which misbehaves in the way of the day. */
#include "harness_support.h"

#include "isolate.h"
#include "subject.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_MILLISECONDS = 300 };

enum behaviour {
    BEHAVES,
    ANSWERS_WRONG,
    IS_SIGNALLED,
    NEVER_ENDS,
    IS_SLOW, /* and ends: a third of the limit for an op */
    ABORTS,
    ASSERTS,           /* as the library does */
    ASSERTS_OTHERWISE, /* another expression in the same function */
    OVERFLOWS,         /* undefined behaviour that a sanitizer sees */
    READS_PAST_THE_END /* of a block of the heap */
};

static enum behaviour behaviour;

static const struct subject_assertion count_is_positive = {"count > 0", "cache_map_some.h",
                                                           "cache_map_some_free", 7};
static const struct subject_assertion count_is_small = {"count < 9", "cache_map_some.h",
                                                        "cache_map_some_free", 8};

struct result __real_subject_remove(struct subject *subject, unsigned key_id);
struct result __wrap_subject_remove(struct subject *subject, unsigned key_id);

static volatile int sink;

/* Of CPU time. */
static void spin(unsigned milliseconds) {
    const clock_t start = clock();
    while ((clock() - start) * 1000 / CLOCKS_PER_SEC < (clock_t)milliseconds)
        sink = !sink;
}

struct result __wrap_subject_remove(struct subject *subject, unsigned key_id) {
    volatile int largest = INT32_MAX;
    char *block;
    switch (behaviour) {
    case BEHAVES: break;
    case ANSWERS_WRONG: return result_of(OUTCOME_UPDATED);
    case IS_SIGNALLED: (void)raise(SIGSEGV); break;
    case NEVER_ENDS:
        for (;;)
            sink = !sink;
    case IS_SLOW: spin(LIMIT_MILLISECONDS / 3); break;
    case ABORTS: abort();
    case ASSERTS: subject_assertion_hook(&count_is_positive); break;
    case ASSERTS_OTHERWISE: subject_assertion_hook(&count_is_small); break;
    case OVERFLOWS: sink = largest + 1; break;
    case READS_PAST_THE_END:
        block = (char *)malloc(8);
        sink = ((volatile char *)block)[8];
        free(block);
        break;
    }
    return __real_subject_remove(subject, key_id);
}

static struct stream stream;

static struct failure run(const char *ops, enum behaviour how) {
    static struct result expectations[STREAM_OP_COUNT_MAX];
    const struct isolate_options options = {.layers = LAYERS_ALL,
                                            .cpu_milliseconds = LIMIT_MILLISECONDS};
    struct failure failure;
    char text[256];
    (void)snprintf(text, sizeof text, "cachemap-trace 1\ngeometry sets=1 ways=2 keys=4\n%s", ops);
    support_parse(text, &stream, expectations);
    behaviour = how;
    isolate_run(&stream, &options, &failure);
    behaviour = BEHAVES;
    return failure;
}

static void assert_failure(const struct failure *failure, uint32_t op_index, const char *start,
                           const char *end) {
    const size_t size = strlen(failure->signature), end_size = strlen(end);
    assert_int_equal(failure->outcome, ISOLATE_FAILS);
    assert_int_equal(failure->op_index, op_index);
    if (strncmp(failure->signature, start, strlen(start)) != 0 || size < end_size ||
        strcmp(failure->signature + size - end_size, end) != 0)
        fail_msg("the signature is '%s', it should be '%s ... %s'", failure->signature, start, end);
}

static void a_run_that_agrees_agrees(void **state) {
    (void)state;
    assert_int_equal(run("upsert 1\nremove 1\n", BEHAVES).outcome, ISOLATE_AGREES);
}

static void a_wrong_answer_is_named_by_its_check_and_op(void **state) {
    const struct failure failure = run("upsert 1\nget 1\nremove 1\n", ANSWERS_WRONG);
    (void)state;
    assert_failure(&failure, 2, "check_outcome environment.c:", " remove");
    assert_int_equal(failure.invariant, INVARIANT_OUTCOME);
}

/* All of them leave this process alive. */
static void crashes_and_hangs_are_failures(void **state) {
    struct failure failure = run("upsert 1\nremove 1\n", IS_SIGNALLED);
    (void)state;
    assert_failure(&failure, 1, "signal 11", " remove");
    assert_int_equal(failure.invariant, INVARIANT_NONE);
    failure = run("remove 1\n", ABORTS);
    assert_failure(&failure, 0, "signal 6", " remove");
    failure = run("upsert 1\nupsert 2\nremove 1\n", NEVER_ENDS);
    assert_failure(&failure, 2, "hang", " remove");
}

/* The limit is an op's: 8 removes, in two passes, take five times as long. */
static void a_slow_run_of_ops_that_end_agrees(void **state) {
    (void)state;
    assert_int_equal(run("remove 1\nremove 1\nremove 1\nremove 1\nremove 1\nremove 1\nremove 1\n"
                         "remove 1\n",
                         IS_SLOW)
                         .outcome,
                     ISOLATE_AGREES);
}

/* The tests are sanitized. */
static void a_sanitizers_report_is_a_failure_with_kind_and_place(void **state) {
    struct failure failure = run("upsert 1\nremove 1\n", OVERFLOWS);
    (void)state;
    assert_true(isolate_is_sanitized());
    assert_failure(&failure, 1, "ubsan harness_isolate.c:", " remove");
    failure = run("upsert 1\nremove 1\n", READS_PAST_THE_END);
    assert_failure(&failure, 1, "asan heap-buffer-overflow __wrap_subject_remove ", " remove");
}

/* Names for folders: no line of the harness, no offset, and where the library is not on the stack none of
 * its functions. */
static void a_slug_is_the_signature_without_what_compilers_differ_in(void **state) {
    const struct {
        enum behaviour how;
        const char *slug;
    } rows[] = {{ANSWERS_WRONG, "check-outcome-remove"},
                {IS_SIGNALLED, "signal-11-remove"},
                {NEVER_ENDS, "hang-remove"},
                {READS_PAST_THE_END, "asan-heap-buffer-overflow-remove"}};
    struct failure failure = run("upsert 1\nremove 1\n", BEHAVES);
    unsigned line = 0;
    char end[16] = "";
    (void)state;
    assert_string_equal(failure.slug, "");
    for (size_t i = 0; i < SUPPORT_COUNT_OF(rows); i += 1) {
        failure = run("upsert 1\nremove 1\n", rows[i].how);
        assert_string_equal(failure.slug, rows[i].slug);
    }
    failure = run("upsert 1\nremove 1\n", OVERFLOWS);
    assert_int_equal(sscanf(failure.slug, "ubsan-harness-isolate-c-%u-%15s", &line, end), 2);
    assert_string_equal(end, "remove");
}

/* A folder's name cannot hold the expression: digits tell two of one function apart. */
static void a_slug_of_an_assertion_has_digits_for_its_expression(void **state) {
    const struct failure failure = run("upsert 1\nremove 1\n", ASSERTS);
    const struct failure other = run("upsert 1\nremove 1\n", ASSERTS_OTHERWISE);
    unsigned digits = 0;
    char end[16] = "";
    (void)state;
    assert_failure(&failure, 1, "assertion cache_map_some_free 'count > 0'", " remove");
    assert_int_equal(sscanf(failure.slug, "assertion-cache-map-some-free-%4x-%15s", &digits, end),
                     2);
    assert_string_equal(end, "remove");
    assert_string_not_equal(failure.slug, other.slug);
}

static void one_bug_has_one_signature_and_two_have_two(void **state) {
    const struct failure a = run("upsert 1\nremove 1\n", OVERFLOWS);
    const struct failure b = run("get 0\nupsert 2\nlookup 2\nremove 2\n", OVERFLOWS);
    const struct failure c = run("upsert 1\nremove 1\n", READS_PAST_THE_END);
    const struct failure d = run("get 0\nupsert 2\nremove 2\n", READS_PAST_THE_END);
    const struct failure agrees = run("upsert 1\nremove 1\n", BEHAVES);
    (void)state;
    assert_true(failure_same(&a, &b));
    assert_true(failure_same(&c, &d));
    assert_false(failure_same(&a, &c));
    assert_false(failure_same(&agrees, &agrees));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_agrees_agrees),
        cmocka_unit_test(a_wrong_answer_is_named_by_its_check_and_op),
        cmocka_unit_test(crashes_and_hangs_are_failures),
        cmocka_unit_test(a_slow_run_of_ops_that_end_agrees),
        cmocka_unit_test(a_sanitizers_report_is_a_failure_with_kind_and_place),
        cmocka_unit_test(a_slug_of_an_assertion_has_digits_for_its_expression),
        cmocka_unit_test(a_slug_is_the_signature_without_what_compilers_differ_in),
        cmocka_unit_test(one_bug_has_one_signature_and_two_have_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
