/* SPDX-License-Identifier: Apache-2.0 */
/* Executions per second of the fuzz target without a fuzzing engine: the same generated inputs of 64
 * ops, again and again. performance.sh compares two builds of it in one run.
 *
 *   executions [--inputs N] [--rounds N]      prints one line a round: executions/s ops/s */
#include "codec.h"
#include "generate.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OP_COUNT 64u
enum { INPUT_SIZE = CODEC_HEADER_SIZE + CODEC_RECORD_SIZE * (int)OP_COUNT };

static struct stream stream;

/* A stream of exactly OP_COUNT ops, as bytes of version 1: a small world, and no op that stands for many. */
static void make_input(struct random *random, uint8_t *bytes) {
    static uint8_t encoded[CODEC_SIZE_MAX];
    const char *field = NULL;
    do
        generate_world(random, &stream.world);
    while (!world_is_of_version_1(&stream.world));
    do {
        do
            generate_ops(random, &stream, STREAM_OP_COUNT_MAX);
        while (stream.op_count < OP_COUNT);
        stream.op_count = OP_COUNT;
    } while (codec_size(&stream) != INPUT_SIZE);
    (void)codec_encode(&stream, encoded, &field);
    memcpy(bytes, encoded, INPUT_SIZE);
}

static double seconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"inputs", required_argument, NULL, 'i'}, {"rounds", required_argument, NULL, 'r'}, {0}};
    unsigned long input_count = 2000, round_count = 1;
    struct random random = {1};
    uint8_t *inputs;
    for (int option = 0; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'i')
            input_count = strtoul(optarg, NULL, 10);
        else if (option == 'r')
            round_count = strtoul(optarg, NULL, 10);
        else
            return 2;
    }
    inputs = (uint8_t *)malloc(input_count * INPUT_SIZE);
    if (inputs == NULL || input_count == 0) {
        fprintf(stderr, "executions: --inputs is a number from 1 that fits the memory\n");
        free(inputs);
        return 2;
    }
    for (unsigned long i = 0; i < input_count; i += 1)
        make_input(&random, inputs + i * INPUT_SIZE);
    for (unsigned long round = 0; round < round_count; round += 1) {
        const double start = seconds_now();
        for (unsigned long i = 0; i < input_count; i += 1)
            (void)LLVMFuzzerTestOneInput(inputs + i * INPUT_SIZE, INPUT_SIZE);
        const double rate = (double)input_count / (seconds_now() - start);
        printf("%.0f %.0f\n", rate, rate * OP_COUNT);
    }
    free(inputs);
    return 0;
}
