/* SPDX-License-Identifier: Apache-2.0 */
/* As much of cmocka's interface as the library's tests use, for Windows and for 32 bits: Debian has no cmocka
 * for them. scripts/matrix.sh and make/ways.mk put this folder on the include path of those tests;
 * everywhere else they have the real one. Tests run one after the other in one process; a failed
 * one is left by longjmp. */
#ifndef MINGW_CMOCKA_H
#define MINGW_CMOCKA_H

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
/* What the tests take from C11: memory of an alignment, which `free` gives back. */
#    define aligned_alloc(alignment, size) _aligned_malloc((size), (alignment))
#    define malloc(size)                   _aligned_malloc((size), 16)
#    define calloc(count, size)            memset(malloc((count) * (size)), 0, (count) * (size))
#    define free(memory)                   _aligned_free(memory)
#    define CMOCKA_TEXT                    gnu_printf
#else
#    define CMOCKA_TEXT __printf__
#endif

struct CMUnitTest {
    const char *name;
    void (*test_func)(void **state);
    int (*setup_func)(void **state); /* null here, as the next */
    int (*teardown_func)(void **state);
    void *initial_state;
};
#define cmocka_unit_test(function) \
    { #function, function, NULL, NULL, NULL }

static jmp_buf cmocka_escape;
enum { CMOCKA_FAILED = 1, CMOCKA_SKIPPED };

static inline void __attribute__((format(CMOCKA_TEXT, 1, 2))) print_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
}

static inline _Noreturn void _fail(const char *file, int line) {
    print_error("%s:%d: error: Failure!\n", file, line);
    longjmp(cmocka_escape, CMOCKA_FAILED);
}

static inline void cmocka_check(int good, const char *text, const char *file, int line) {
    if (good)
        return;
    print_error("%s\n", text);
    _fail(file, line);
}

static inline void cmocka_check_numbers(int equal, uintmax_t left, uintmax_t right,
                                        const char *text, const char *file, int line) {
    if ((left == right) == equal)
        return;
    print_error("%s: %#llx, %#llx\n", text, (unsigned long long)left, (unsigned long long)right);
    _fail(file, line);
}

#define fail()        _fail(__FILE__, __LINE__)
#define skip()        longjmp(cmocka_escape, CMOCKA_SKIPPED)
#define fail_msg(...) (print_error("ERROR: " __VA_ARGS__), print_error("\n"), fail())

#define assert_int_equal(left, right) \
    cmocka_check_numbers(1, (uintmax_t)(left), (uintmax_t)(right), #left " == " #right, __FILE__, \
                         __LINE__)
#define assert_int_not_equal(left, right) \
    cmocka_check_numbers(0, (uintmax_t)(left), (uintmax_t)(right), #left " != " #right, __FILE__, \
                         __LINE__)
#define assert_true(condition)   cmocka_check(!!(condition), #condition, __FILE__, __LINE__)
#define assert_false(condition)  cmocka_check(!(condition), "! " #condition, __FILE__, __LINE__)
#define assert_null(pointer)     cmocka_check((pointer) == NULL, #pointer, __FILE__, __LINE__)
#define assert_non_null(pointer) cmocka_check((pointer) != NULL, #pointer, __FILE__, __LINE__)
#define assert_ptr_equal(left, right) \
    cmocka_check((const void *)(left) == (const void *)(right), #left " == " #right, __FILE__, \
                 __LINE__)
#define assert_memory_equal(left, right, size) \
    cmocka_check(memcmp((left), (right), (size)) == 0, #left " == " #right, __FILE__, __LINE__)
#define assert_string_equal(left, right) \
    cmocka_check(strcmp((left), (right)) == 0, #left " == " #right, __FILE__, __LINE__)
#define assert_string_not_equal(left, right) \
    cmocka_check(strcmp((left), (right)) != 0, #left " != " #right, __FILE__, __LINE__)

/* Returns how many failed. */
static inline int _cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests,
                                          size_t count, int (*setup)(void **state),
                                          int (*teardown)(void **state)) {
    static size_t index, passed; /* static: longjmp leaves them */
    static int failed;
    (void)group;
    (void)setup;
    (void)teardown;
    for (index = passed = 0; index < count; index += 1) {
        void *state = tests[index].initial_state;
        const int escape = setjmp(cmocka_escape);
        if (escape == 0)
            tests[index].test_func(&state);
        passed += escape == 0;
        failed += escape == CMOCKA_FAILED;
        printf("[ %s ] %s\n",
               escape == 0               ? "      OK"
               : escape == CMOCKA_FAILED ? " FAILED "
                                         : " SKIPPED",
               tests[index].name);
    }
    printf("[  PASSED  ] %u test(s).\n", (unsigned)passed);
    return failed;
}
#define cmocka_run_group_tests_name(name, tests, setup, teardown) \
    _cmocka_run_group_tests(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)

#endif
