/* The fuzz target: bytes -> ops -> the cache map beside its model -> trap at the first
 * disagreement.
 *
 * Everything that it does is in harness/; read input.h next, then environment.c. */
#include "codec.h"
#include "input.h"
#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NEXT_STEP \
    "      whole story: ./trace replay --verbose FILE      (FILE: the artifact named below)\n\n"

_Noreturn static void on_failure(const struct environment *environment) {
    report_print(stderr, environment, NULL);
    fputs(NEXT_STEP, stderr);
    verdict_trap(&environment->verdict);
}

/* The sanitizers call these when they are about to report: the ops come first. */
void __asan_on_error(void);
void __ubsan_on_report(void);

void __asan_on_error(void) {
    if (input_running() != NULL) {
        report_print(stderr, input_running(),
                     "AddressSanitizer stopped the run; its report follows");
        fputs(NEXT_STEP, stderr);
    }
}

void __ubsan_on_report(void) {
    if (input_running() != NULL) {
        report_print(stderr, input_running(), "UndefinedBehaviorSanitizer stopped the run");
        fputs(NEXT_STEP, stderr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct stream stream;
    const struct input_options options = {.layers = LAYERS_ALL, .on_failure = on_failure};
    codec_decode(data, size, &stream);
    (void)input_run(&stream, &options);
    return 0;
}
