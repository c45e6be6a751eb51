/* SPDX-License-Identifier: Apache-2.0 */
/* A main for the fuzz target where there is no libFuzzer (gcc, emulators): runs the files that it is given
 * through LLVMFuzzerTestOneInput, one after the other.
 *
 *   standalone FILE...      prints a line a file, as ./trace digest does
 *
 * A file is bytes; a failing one traps, with a report. Exit status: 0 all agree, 2 a file cannot be read,
 * or usage. Knows neither the text form nor how to make inputs. */
#include "codec.h"
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STANDALONE_AGREES = 0, STANDALONE_USAGE = 2 };

/* One byte more than the decoder takes: a longer file is run as far as the decoder would. */
static uint8_t bytes[CODEC_SIZE_MAX + 1];

static int standalone_file(const char *path) {
    FILE *stream = fopen(path, "rb");
    size_t size;
    bool failed;
    if (stream == NULL) {
        fprintf(stderr, "standalone: %s: %s\n", path, strerror(errno));
        return STANDALONE_USAGE;
    }
    size = fread(bytes, 1, sizeof bytes, stream);
    failed = ferror(stream) != 0;
    (void)fclose(stream);
    if (failed) {
        fprintf(stderr, "standalone: %s: cannot be read, expected a file\n", path);
        return STANDALONE_USAGE;
    }
    (void)LLVMFuzzerTestOneInput(bytes, size);
    printf("%016" PRIx64 "  %s\n", run_digest(), path);
    return STANDALONE_AGREES;
}

int main(int argc, char **argv) {
    int worst = STANDALONE_AGREES;
    if (argc < 2) {
        fputs("standalone: which file? usage: standalone FILE...\n", stderr);
        return STANDALONE_USAGE;
    }
    for (int i = 1; i < argc; i += 1)
        if (standalone_file(argv[i]) != STANDALONE_AGREES)
            worst = STANDALONE_USAGE;
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        fprintf(stderr, "standalone: standard output: cannot be written: %s\n", strerror(errno));
        return STANDALONE_USAGE;
    }
    return worst;
}
