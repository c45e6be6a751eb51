/* SPDX-License-Identifier: Apache-2.0 */
/* ./trace digest: the digest of each input's run, a line each, so that what two builds do with the same
 * inputs can be compared by diff(1): scripts/matrix.sh does, over compilers and machines.
 *
 * Knows no compilers and no expected digests. */
#include "trace_command.h"

#include "report.h"
#include "run.h"

#include <getopt.h>
#include <inttypes.h>

static struct input_file file;

/* The digest is of numbers that the subject answers and shows, never of its bytes: it is the same whatever
 * the byte order, the size of a pointer, the padding and the vector unit are. */
static void digest_file(const char *path, bool in_folder, void *context) {
    int *worst = (int *)context; /* an input that fails says more than one that cannot be read */
    const struct run_options options = {.layers = LAYERS_ALL};
    const struct run_view *failed;
    (void)in_folder;
    if (!input_file_read(&file, path)) {
        fprintf(stderr, "trace: %s\n", file.error);
        if (*worst == EXIT_AGREES)
            *worst = EXIT_USAGE;
        return;
    }
    failed = run(&file.stream, &options);
    if (failed != NULL) {
        (void)fflush(stdout);
        fprintf(stderr, "%s:\n", path);
        report_print(stderr, failed, NULL);
        printf("fails             %s\n", path);
        *worst = EXIT_FAILS;
        return;
    }
    printf("%016" PRIx64 "  %s\n", run_digest(), path);
}

/* What a text trace says after '=' is left alone: a digest says what a build does, right or wrong. There is
 * no limit of CPU time either, for an emulated machine takes a hundred times what this one does. */
int command_digest(int argc, char **argv) {
    int worst = EXIT_AGREES;
    if (getopt(argc, argv, "") != -1)
        return trace_usage_error("digest takes files", "");
    if (optind == argc)
        return trace_usage_error("digest: which file?", "");
    for (int i = optind; i < argc && !stop_requested(); i += 1)
        if (!program_each_file(argv[i], digest_file, &worst) && worst == EXIT_AGREES)
            worst = EXIT_USAGE;
    return stop_requested() && worst == EXIT_AGREES ? EXIT_INTERRUPTED : worst;
}
