/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz target: bytes -> ops -> the subject beside its model -> trap at the first
 * disagreement.
 *
 * What it does is in harness/; read run.h next, then subjects/cachemap/environment.c. What guides
 * the engine is in mutate.h, and in the subject's run_guide. */
#include "codec.h"
#include "mutate.h"
#include "report.h"
#include "run.h"
#include "watchdog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t out_size_max, unsigned seed);
/* The engine's; null in programs without one that has it. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

/* libFuzzer draws evenly between mutator and crossover, and again where the crossover returns 0. */
enum { CROSS_ODDS = 8 };

#define NEXT_STEP \
    "      whole story: ./trace explain FILE      (FILE: the artifact named below)\n\n"

_Noreturn static void on_failure(const struct run_view *view) {
    report_print(stderr, view, NULL);
    fputs(NEXT_STEP, stderr);
    verdict_trap(&view->verdict);
}

/* What stops a run from outside. Between runs there is nothing to tell. */
static bool tell(const char *cause) {
    if (run_current() == NULL)
        return false;
    report_print(stderr, run_current(), cause);
    fputs(NEXT_STEP, stderr);
    return true;
}

/* In the place that hangs, so that the stack below the report shows it. */
static void on_hang(void) {
    if (tell("the op does not end: its CPU time is spent"))
        abort();
}

/* After each op, in each pass. What guides the engine comes from the first pass alone. */
static void on_op(const struct run_view *view, void *context) {
    watchdog_beat(on_hang);
    (void)context;
    if (view->pass == PASS_FIRST)
        run_guide(view);
}

/* What was freed is kept for an input or so, which is when it may be touched again. With the 256 MB that are
 * usual each map of the standard allocator lies on fresh pages. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "quarantine_size_mb=4";
}

/* The sanitizers call these when they are about to report: the ops come first. */
void __asan_on_error(void);
void __ubsan_on_report(void);

void __asan_on_error(void) {
    (void)tell("AddressSanitizer stopped the run; its report follows");
}

void __ubsan_on_report(void) {
    (void)tell("UndefinedBehaviorSanitizer stopped the run");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct stream stream;
    const struct run_options options = {
        .layers = LAYERS_ALL,
        .shows_all_passes = true,
        .on_failure = on_failure,
        .on_op = on_op,
    };
    watchdog_beat(on_hang);
    codec_decode(data, size, &stream);
    (void)run(&stream, &options);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    const struct mutate_options options = {.ingredients = MUTATE_ALL,
                                           .mutate_bytes = LLVMFuzzerMutate};
    return mutate(data, size, size_max, seed, &options);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t out_size_max, unsigned seed) {
    return seed % CROSS_ODDS != 0 ? 0 : mutate_cross(a, a_size, b, b_size, out, out_size_max, seed);
}
