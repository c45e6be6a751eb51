/* SPDX-License-Identifier: Apache-2.0 */
/* Our mutator for AFL++, as a library that AFL_CUSTOM_MUTATOR_LIBRARY names: configuration
 * `afl_mutator` of `make survival`. AFL++ goes on mutating bytes beside it, so that part of ours is
 * left out. */
#include "codec.h"
#include "mutate.h"
#include "random.h"

#include <string.h>

/* One call in so many crosses; inputs are as long as scripts/fuzz_flags.sh has them. */
enum { CROSS_ODDS = 8, SIZE_MAX_OF_INPUT = 1024 };

static struct random source;
static uint8_t output[CODEC_SIZE_MAX];

/* The interface is AFL++'s (its docs/custom_mutators.md). */
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *input, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t size_max);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned seed) {
    (void)afl;
    source.state = seed;
    return &source;
}

size_t afl_custom_fuzz(void *data, uint8_t *input, size_t size, uint8_t **out, uint8_t *other,
                       size_t other_size, size_t size_max) {
    const struct mutate_options options = {.ingredients = MUTATE_ALL & ~(uint32_t)MUTATE_BYTES};
    const unsigned seed = (unsigned)(random_next(&source) >> 32);
    (void)data;
    if (size_max > SIZE_MAX_OF_INPUT)
        size_max = SIZE_MAX_OF_INPUT;
    if (size > sizeof output)
        size = sizeof output;
    *out = output;
    if (other != NULL && random_one_in(&source, CROSS_ODDS))
        return mutate_cross(input, size, other, other_size, output, size_max, seed);
    memcpy(output, input, size);
    return mutate(output, size, size_max, seed, &options);
}

void afl_custom_deinit(void *data) {
    (void)data;
}
