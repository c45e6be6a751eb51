/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in for the fuzzing engines that cannot be had here (honggfuzz, Centipede): runs the files that
 * it is given, and ends with how many edges they reached and a sum of how often. Knows nothing of the
 * target but its one function. The callbacks are clang's SanitizerCoverage; what has pc-table or trace-cmp
 * needs the others to link. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { EDGE_COUNT_MAX = 1 << 20, INPUT_SIZE_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, const uint32_t *stop);
void __sanitizer_cov_trace_pc_guard(const uint32_t *guard);
void __sanitizer_cov_trace_pc_indir(uintptr_t callee);
void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop);
void __sanitizer_cov_trace_switch(uint64_t value, const uint64_t *cases);

static uint32_t edge_count;
static uint64_t hit_counts[EDGE_COUNT_MAX];

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, const uint32_t *stop) {
    for (uint32_t *guard = start; guard < stop && *start == 0; guard += 1)
        *guard = ++edge_count % EDGE_COUNT_MAX;
}

void __sanitizer_cov_trace_pc_guard(const uint32_t *guard) {
    hit_counts[*guard] += 1;
}

void __sanitizer_cov_trace_pc_indir(uintptr_t callee) {
    (void)callee;
}

void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop) {
    (void)start;
    (void)stop;
}

void __sanitizer_cov_trace_switch(uint64_t value, const uint64_t *cases) {
    (void)value;
    (void)cases;
}

#define COMPARISON(name, type) \
    void name(type a, type b); \
    void name(type a, type b) { \
        (void)a; \
        (void)b; \
    }
COMPARISON(__sanitizer_cov_trace_cmp1, uint8_t)
COMPARISON(__sanitizer_cov_trace_cmp2, uint16_t)
COMPARISON(__sanitizer_cov_trace_cmp4, uint32_t)
COMPARISON(__sanitizer_cov_trace_cmp8, uint64_t)
COMPARISON(__sanitizer_cov_trace_const_cmp1, uint8_t)
COMPARISON(__sanitizer_cov_trace_const_cmp2, uint16_t)
COMPARISON(__sanitizer_cov_trace_const_cmp4, uint32_t)
COMPARISON(__sanitizer_cov_trace_const_cmp8, uint64_t)

/* Engines hand over a block of exactly the input's size. */
static void run(const char *path) {
    static uint8_t bytes[INPUT_SIZE_MAX];
    FILE *file = fopen(path, "rb");
    const size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    uint8_t *data = malloc(size == 0 ? 1 : size);
    if (file == NULL || data == NULL) {
        fprintf(stderr, "engine: cannot read %s\n", path);
        exit(1);
    }
    for (size_t i = 0; i < size; i += 1)
        data[i] = bytes[i];
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    fclose(file);
}

int main(int argument_count, char **arguments) {
    uint64_t reached = 0, sum = 0;
    for (int i = 1; i < argument_count; i += 1)
        run(arguments[i]);
    for (uint32_t i = 0; i < EDGE_COUNT_MAX; i += 1) {
        reached += hit_counts[i] != 0;
        sum = sum * 31 + hit_counts[i];
    }
    printf("%d inputs: %llu of %u edges, sum %llx\n", argument_count - 1,
           (unsigned long long)reached, edge_count, (unsigned long long)sum);
    return 0;
}
