/* SPDX-License-Identifier: Apache-2.0 */
/* A small fuzz target with one fault, chosen by a FAULT_ macro (none: a good one), so that each check of
 * scripts/check_build.py can be seen to refuse it. Instantiates the library once; knows no harness. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "map.h"

#if defined FAULT_EXITS || defined FAULT_FILE_LEFT || defined FAULT_PROCESS_LEFT
#    include <unistd.h>
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef FAULT_LEAKS
static void *volatile lost;
#endif

/* What is wrong with the target, for an input that is not empty. */
static int fault(const uint8_t *data, size_t size) {
    int result = 0;
    (void)data;
    (void)size;
#if defined FAULT_WORKING_FOLDER
    FILE *file = fopen("log", "a");
    if (file == NULL)
        abort();
    fclose(file);
#elif defined FAULT_FILE_LEFT
    char path[64];
    FILE *file;
    (void)snprintf(path, sizeof path, "/tmp/left-by-target-%d", (int)getpid());
    file = fopen(path, "w");
    if (file != NULL)
        fclose(file);
#elif defined FAULT_PROCESS_LEFT
    static int started;
    if (!started && fork() == 0) {
        for (int i = 0; i < 256; i += 1)
            (void)close(i); /* the pipe, or who reads it waits */
        (void)execl("/bin/sleep", "sleep", "60", (char *)NULL);
    }
    started = 1;
#elif defined FAULT_LEAKS
    lost = malloc(size);
    lost = NULL;
#elif defined FAULT_RETURNS
    result = data[0] % 2 == 0 ? -1 : 0;
#elif defined FAULT_EXITS
    static int count;
    count += 1;
    if (count == 50)
        _exit(0);
#elif defined FAULT_CRASHES
    if (data[0] == 1)
        abort();
#elif defined FAULT_CLOCK
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    for (long i = 0; i < now.tv_nsec % 64; i += 1)
        map_touch((uint64_t)i, (unsigned)(now.tv_nsec >> i) % 8);
#elif defined FAULT_LIBRARY
    result = elsewhere();
#endif
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int result = 0;
    map_open();
    for (size_t i = 0; i + 1 < size; i += 2)
        map_touch(data[i], data[i + 1] % 8U);
    if (size > 0)
        result = fault(data, size);
    map_close();
    return result;
}
