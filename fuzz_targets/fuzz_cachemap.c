/* The fuzz target: bytes -> ops -> the cache map beside its model -> trap at the first
 * disagreement.
 *
 * Everything that it does is in harness/; read input.h next, then environment.c. */
#include "codec.h"
#include "input.h"
#include "report.h"
#include "watchdog.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NEXT_STEP \
    "      whole story: ./trace replay --verbose FILE      (FILE: the artifact named below)\n\n"

_Noreturn static void on_failure(const struct environment *environment) {
    report_print(stderr, environment, NULL);
    fputs(NEXT_STEP, stderr);
    verdict_trap(&environment->verdict);
}

/* What stops a run from outside. Between runs there is nothing to tell. */
static bool tell(const char *cause) {
    if (input_running() == NULL)
        return false;
    report_print(stderr, input_running(), cause);
    fputs(NEXT_STEP, stderr);
    return true;
}

/* In the place that hangs, so that the stack below the report shows it. */
static void on_hang(void) {
    if (tell("the op does not end: its CPU time is spent"))
        abort();
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
    const struct input_options options = {.layers = LAYERS_ALL, .on_failure = on_failure};
    watchdog_beat(on_hang);
    codec_decode(data, size, &stream);
    (void)input_run(&stream, &options);
    return 0;
}
