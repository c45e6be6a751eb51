/* SPDX-License-Identifier: Apache-2.0 */
/* The fuzz target with its ingredients to switch off, to measure the worth of each:
 *
 *   CACHEMAP_WITHOUT=swarm,counters ./variant ...     the words are in INGREDIENT_TABLE
 *
 * Not a second target: fuzz_targets/fuzz_cachemap.c itself, linked so that its calls of a few
 * functions of the harness come here first (the linker's --wrap, see the Makefile). With nothing
 * switched off this does what ./fuzz_cachemap does, input for input. */
#include "codec.h"
#include "generate.h"
#include "mutate.h"
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* INGREDIENT(identifier, word, what its absence means) */
#define INGREDIENT_TABLE(INGREDIENT) \
    INGREDIENT(MUTATOR, "mutator", "libFuzzer mutates bytes, and crosses them") \
    INGREDIENT(SWARM, "swarm", "the mutator makes no swarm streams") \
    INGREDIENT(OP_EDITS, "op_edits", "the mutator does not edit ops") \
    INGREDIENT(BYTES, "bytes", "the mutator leaves bytes alone") \
    INGREDIENT(COUNTERS, "counters", "no state counters") \
    INGREDIENT(COVERAGE, "coverage", "no edge is ever news; with `counters` off too, nothing is") \
    INGREDIENT(GEOMETRY, "geometry", "one geometry of middle size") \
    INGREDIENT(TINY_GEOMETRY, "tiny_geometry", "one geometry, as large as there is") \
    INGREDIENT(POLICY, "policy", "no exact model of the eviction policy") \
    INGREDIENT(EACH_OP, "each_op", "after an op only its answer is compared, the rest at the end")

enum ingredient {
#define INGREDIENT_ENUM(name, word, absence) INGREDIENT_##name,
    INGREDIENT_TABLE(INGREDIENT_ENUM)
#undef INGREDIENT_ENUM
        INGREDIENT_COUNT
};

static const char *const words[INGREDIENT_COUNT] = {
#define INGREDIENT_WORD(name, word, absence) word,
    INGREDIENT_TABLE(INGREDIENT_WORD)
#undef INGREDIENT_WORD
};

static bool is_without[INGREDIENT_COUNT];

/* ---- The environment variable. ------------------------------------------------------------- */

int LLVMFuzzerInitialize(int *argc, char ***argv);

_Noreturn static void refuse(const char *word, size_t length) {
    fprintf(stderr,
            "variant: CACHEMAP_WITHOUT: there is no ingredient '%.*s'; there are:", (int)length,
            word);
    for (unsigned i = 0; i < INGREDIENT_COUNT; i += 1)
        fprintf(stderr, " %s", words[i]);
    fprintf(stderr, " (several: with commas between)\n");
    exit(2);
}

static void switch_off(const char *word, size_t length) {
    for (unsigned i = 0; i < INGREDIENT_COUNT; i += 1)
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0) {
            is_without[i] = true;
            return;
        }
    refuse(word, length);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): the type is libFuzzer's */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    const char *word = getenv("CACHEMAP_WITHOUT");
    (void)argc;
    (void)argv;
    while (word != NULL && *word != '\0') {
        const size_t length = strcspn(word, ",");
        switch_off(word, length);
        word += length + (word[length] == ',');
    }
    return 0;
}

/* ---- The geometry. ------------------------------------------------------------------------- */

static bool geometry_is_fixed(void) {
    return is_without[INGREDIENT_GEOMETRY] || is_without[INGREDIENT_TINY_GEOMETRY];
}

/* The middle: twice as many keys as slots, so that it evicts, and a stash and a scope that an input
 * of 250 ops can fill. The large one is the largest that the tables have with the default layout's
 * 16 sets: 256 slots, as `original` has. The modes of reading and running belong to the oracle and
 * stay, but for the pass in another geometry. */
static void world_fix(struct world *world) {
    const bool large = is_without[INGREDIENT_TINY_GEOMETRY];
    uint32_t *numbers = world->numbers;
    if (!geometry_is_fixed())
        return;
    numbers[FIELD_WAYS] = large ? 16 : 4;
    numbers[FIELD_TAG] = 8;
    numbers[FIELD_CLOCK] = 2;
    numbers[FIELD_POLICY] = 0;
    numbers[FIELD_HASH] = HASH_MIX;
    numbers[FIELD_SETS] = large ? 16 : 4;
    numbers[FIELD_STASH] = large ? 256 : 16;
    numbers[FIELD_SCOPE] = large ? 256 : 16;
    numbers[FIELD_KEYS] = large ? 256 : 32;
    numbers[FIELD_VALUE] = VALUE_OWN;
    if (numbers[FIELD_RUN] == RUN_ACROSS)
        numbers[FIELD_RUN] = RUN_PLAIN;
    if (numbers[FIELD_RUN] == RUN_THOROUGH)
        numbers[FIELD_RUN] = RUN_TWICE;
}

void __real_generate_world(struct random *random, struct world *world);
void __wrap_generate_world(struct random *random, struct world *world);
void __wrap_generate_world(struct random *random, struct world *world) {
    __real_generate_world(random, world);
    world_fix(world);
}

void __real_codec_decode(const uint8_t *bytes, size_t size, struct stream *stream);

/* In version 1 operands are read in the geometry, so it is fixed before. */
static void decode_fixed(const uint8_t *bytes, size_t size, struct stream *stream) {
    static uint8_t fixed[CODEC_SIZE_MAX];
    const char *field = NULL;
    __real_codec_decode(bytes, size < CODEC_HEADER_SIZE ? size : CODEC_HEADER_SIZE, stream);
    world_fix(&stream->world);
    (void)codec_encode(stream, fixed, &field);
    if (size > CODEC_SIZE_MAX)
        size = CODEC_SIZE_MAX;
    if (size > CODEC_HEADER_SIZE)
        memcpy(fixed + CODEC_HEADER_SIZE, bytes + CODEC_HEADER_SIZE, size - CODEC_HEADER_SIZE);
    __real_codec_decode(fixed, size > CODEC_HEADER_SIZE ? size : CODEC_HEADER_SIZE, stream);
}

/* Also what the mutator decodes by. */
void __wrap_codec_decode(const uint8_t *bytes, size_t size, struct stream *stream);
void __wrap_codec_decode(const uint8_t *bytes, size_t size, struct stream *stream) {
    if (!geometry_is_fixed()) {
        __real_codec_decode(bytes, size, stream);
        return;
    }
    if (codec_version(bytes, size) == 1) {
        decode_fixed(bytes, size, stream);
    } else {
        __real_codec_decode(bytes, size, stream);
        world_fix(&stream->world);
    }
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        stream->ops[i].operand =
            stream->ops[i].kind == OP_REINIT
                ? world_byte(&stream->world, OPERAND_FIELDS_BYTE)
                : codec_operand(&stream->world, op_operand(stream->ops[i]), stream->ops[i].operand);
}

/* ---- The mutator. -------------------------------------------------------------------------- */

size_t __real_mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed,
                     const struct mutate_options *options);
size_t __wrap_mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed,
                     const struct mutate_options *options);
size_t __wrap_mutate(uint8_t *data, size_t size, size_t size_max, unsigned seed,
                     const struct mutate_options *options) {
    struct mutate_options reduced = *options;
    if (is_without[INGREDIENT_MUTATOR])
        return options->mutate_bytes(data, size, size_max);
    if (is_without[INGREDIENT_SWARM])
        reduced.ingredients &= ~(uint32_t)MUTATE_SWARM;
    if (is_without[INGREDIENT_OP_EDITS])
        reduced.ingredients &= ~(uint32_t)MUTATE_OPS;
    if (is_without[INGREDIENT_BYTES])
        reduced.ingredients &= ~(uint32_t)MUTATE_BYTES;
    if (geometry_is_fixed())
        reduced.ingredients &= ~(uint32_t)MUTATE_WORLD;
    return __real_mutate(data, size, size_max, seed, &reduced);
}

/* A 0 makes libFuzzer draw again. */
size_t __real_mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                           uint8_t *out, size_t out_size_max, unsigned seed);
size_t __wrap_mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                           uint8_t *out, size_t out_size_max, unsigned seed);
size_t __wrap_mutate_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                           uint8_t *out, size_t out_size_max, unsigned seed) {
    return is_without[INGREDIENT_MUTATOR]
               ? 0
               : __real_mutate_cross(a, a_size, b, b_size, out, out_size_max, seed);
}

/* ---- The oracle and the feedback. ---------------------------------------------------------- */

/* The counters of all edges, by the names that the linker gives to a section's ends. */
extern uint8_t __start___sancov_cntrs[], __stop___sancov_cntrs[];

/* libFuzzer gives up where its first two inputs, which are its own, show nothing. */
enum { EXECUTIONS_SEEN = 2 };
static uint64_t execution_count;

const struct run_view *__real_run(const struct stream *stream, const struct run_options *options);
const struct run_view *__wrap_run(const struct stream *stream, const struct run_options *options);
const struct run_view *__wrap_run(const struct stream *stream, const struct run_options *options) {
    struct run_options reduced = *options;
    const struct run_view *failed;
    if (is_without[INGREDIENT_POLICY])
        reduced.layers &= ~(1u << LAYER_POLICY);
    if (is_without[INGREDIENT_EACH_OP])
        reduced.at_end_only = true;
    if (is_without[INGREDIENT_COUNTERS])
        reduced.on_op = NULL;
    failed = __real_run(stream, &reduced);
    execution_count += 1;
    if (is_without[INGREDIENT_COVERAGE] && execution_count > EXECUTIONS_SEEN)
        memset(__start___sancov_cntrs, 0, (size_t)(__stop___sancov_cntrs - __start___sancov_cntrs));
    return failed;
}
