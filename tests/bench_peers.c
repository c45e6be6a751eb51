/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the peers of `make bench` through the interface that the benchmark uses: each is a map
 * that holds as many entries as it says and evicts in the order that it says, by comparison with
 * a naive model over random calls; and its timed loops do what their names say.
 *
 *   bench_peers [PEER]      of that name alone; prints what fails, and the closing line */
#include "peer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_COUNT = 64, KEY_COUNT = 2 * ENTRY_COUNT, STASH_COUNT = 64, CALL_COUNT = 20000 };
enum { WORD_COUNT_MAX = 16 };

/* What a map of ENTRY_COUNT entries must hold: for each key the value's second word and the age
 * by which it is evicted. */
struct model {
    bool present[KEY_COUNT];
    uint64_t word[KEY_COUNT];
    uint64_t stamp[KEY_COUNT];
    size_t count;
    uint64_t clock;
};

static const struct peer *tested;
static void *map;
static struct memory blocks;
static struct model model;
static bool failed;

__attribute__((format(printf, 1, 2))) static bool fail(const char *format, ...) {
    va_list arguments;
    if (!failed) {
        printf("FAIL - %s, %zu bytes: ", tested->name, tested->value_size);
        va_start(arguments, format);
        (void)vprintf(format, arguments);
        va_end(arguments);
        printf("\n");
    }
    failed = true;
    return false;
}

static uint64_t key_of(size_t index) {
    return (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t random_next(void) {
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 33;
}

/* ---- Model. ---------------------------------------------------------------------------------- */

static void model_use(size_t index) {
    if (tested->eviction == PEER_LRU)
        model.stamp[index] = ++model.clock;
}

static void model_evict(void) {
    size_t oldest = KEY_COUNT;
    for (size_t i = 0; i < KEY_COUNT; i += 1)
        if (model.present[i] && (oldest == KEY_COUNT || model.stamp[i] < model.stamp[oldest]))
            oldest = i;
    model.present[oldest] = false;
    model.count -= 1;
}

static void model_upsert(size_t index, uint64_t word) {
    model.word[index] = word;
    if (model.present[index]) {
        model_use(index);
        return;
    }
    if (model.count == ENTRY_COUNT)
        model_evict();
    model.present[index] = true;
    model.stamp[index] = ++model.clock;
    model.count += 1;
}

/* ---- One call on both. ----------------------------------------------------------------------- */

/* A value whose every word is of its key and of `word`. */
static void value_make(uint64_t *value, size_t index, uint64_t word) {
    value[0] = key_of(index);
    for (size_t i = 1; i < tested->value_size / 8; i += 1)
        value[i] = word * i;
}

static bool value_is(const uint64_t *value, size_t index, uint64_t word) {
    uint64_t wanted[WORD_COUNT_MAX];
    value_make(wanted, index, word);
    return memcmp(value, wanted, tested->value_size) == 0;
}

static void step_upsert(size_t index, uint64_t word) {
    uint64_t value[WORD_COUNT_MAX];
    value_make(value, index, word);
    tested->upsert(map, value);
    model_upsert(index, word);
}

/* The cache map may hold more than the model (what is in the stash) or less (one set overflows,
 * and then a compact); but never an old value. What it must hold exactly the fuzzer knows. */
static bool step_find(size_t index) {
    const uint64_t *found = (const uint64_t *)tested->find(map, key_of(index));
    if (found != NULL && !value_is(found, index, model.word[index]))
        return fail("key %zu has an old or a wrong value", index);
    if (tested->eviction == PEER_CLOCK)
        return true;
    if ((found != NULL) != model.present[index])
        return fail("key %zu is %s", index, found != NULL ? "there, after its eviction" : "lost");
    if (found != NULL)
        model_use(index);
    return true;
}

static bool count_is_right(void) {
    const size_t count = tested->count(map);
    if (tested->eviction == PEER_CLOCK)
        return count <= ENTRY_COUNT + STASH_COUNT || fail("it holds %zu values", count);
    return count == model.count || fail("it holds %zu values instead of %zu", count, model.count);
}

/* ---- Tests. ---------------------------------------------------------------------------------- */

static void test_random_calls(void) {
    for (size_t call = 0; call < CALL_COUNT && !failed; call += 1) {
        const size_t index = random_next() % KEY_COUNT;
        if (random_next() % 2 == 0)
            step_upsert(index, call + 1);
        else
            (void)step_find(index);
        (void)count_is_right();
    }
}

/* All keys as a loop wants them: `count` of them from `first` on, around. */
static void keys_make(uint64_t *keys, size_t first, size_t count) {
    for (size_t i = 0; i < count; i += 1)
        keys[i] = key_of((first + i) % KEY_COUNT);
}

static size_t count_found(void) {
    size_t count = 0;
    for (size_t i = 0; i < KEY_COUNT; i += 1)
        count += tested->find(map, key_of(i)) != NULL;
    return count;
}

/* Upserts of ENTRY_COUNT new keys by the loop push out all others; all of them are zero. */
static void test_upsert_loop(void) {
    uint64_t keys[KEY_COUNT];
    if (tested->runs[PEER_RUN_UPSERT] == NULL)
        return;
    keys_make(keys, 0, KEY_COUNT);
    (void)tested->runs[PEER_RUN_UPSERT](map, keys, KEY_COUNT);
    for (size_t i = 0; i < KEY_COUNT; i += 1)
        model_upsert(i, 0);
    for (size_t i = 0; i < KEY_COUNT; i += 1)
        (void)step_find(i);
    (void)count_is_right();
}

static void test_get_loops(void) {
    uint64_t keys[KEY_COUNT];
    keys_make(keys, 0, KEY_COUNT);
    for (size_t kind = PEER_RUN_GET; kind <= PEER_RUN_CHAIN; kind += 1) {
        const peer_run run = tested->runs[kind];
        const size_t wanted = count_found();
        if (run == NULL)
            continue;
        const uint64_t found = run(map, keys, KEY_COUNT).found;
        if (found != wanted)
            (void)fail("a loop of gets finds %u of %zu values", (unsigned)found, wanted);
    }
}

/* Adds 1 to the second word of what is there; what is not there is inserted with 1. The words
 * are 0. */
static void test_modify_loop(void) {
    const size_t index = KEY_COUNT - 1;
    const uint64_t twice[2] = {key_of(index), key_of(index)}, absent[2] = {1, 1};
    const uint64_t *found;
    const peer_run run = tested->runs[PEER_RUN_MODIFY];
    if (run == NULL)
        return;
    step_upsert(index, 0);
    if (run(map, twice, 2).found != 2)
        (void)fail("read-modify-write does not find what is there");
    found = (const uint64_t *)tested->find(map, key_of(index));
    if (found == NULL || found[1] != 2)
        (void)fail("read-modify-write twice does not add 2");
    if (run(map, absent, 2).found != 1)
        (void)fail("read-modify-write does not insert what is absent");
    found = (const uint64_t *)tested->find(map, 1);
    if (found == NULL || found[1] != 2)
        (void)fail("what read-modify-write inserted is not what it then changed");
}

/* A discarded scope leaves every value as it was. The loop itself writes zeros. */
static void test_scope_loop(void) {
    uint64_t keys[PEER_SCOPE_SIZE];
    if (tested->runs[PEER_RUN_SCOPE] == NULL)
        return;
    for (size_t i = 0; i < PEER_SCOPE_SIZE; i += 1)
        step_upsert(i, i + 7);
    keys_make(keys, 0, PEER_SCOPE_SIZE);
    keys[1] = keys[0]; /* the same key twice in a scope */
    if (tested->runs[PEER_RUN_SCOPE](map, keys, PEER_SCOPE_SIZE).found != PEER_SCOPE_SIZE)
        (void)fail("the loop of scopes does not find the keys");
    for (size_t i = 0; i < PEER_SCOPE_SIZE; i += 1) {
        const uint64_t *found = (const uint64_t *)tested->find(map, key_of(i));
        if (found == NULL || !value_is(found, i, i + 7))
            (void)fail("a discarded scope has changed key %zu", i);
    }
}

static void test_compact(void) {
    if (tested->compact == NULL)
        return;
    for (size_t i = 0; i < KEY_COUNT; i += 1)
        step_upsert(i, 1);
    if (tested->stash_count(map) == 0)
        (void)fail("twice as many keys as it has room for, and the stash is empty");
    tested->compact(map);
    if (tested->stash_count(map) != 0 || tested->count(map) > ENTRY_COUNT)
        (void)fail("compact has left something in the stash");
}

static bool peer_passes(const struct peer *peer) {
    const struct peer_options options = {ENTRY_COUNT, STASH_COUNT, &blocks};
    static void (*const tests[])(void) = {test_random_calls, test_upsert_loop, test_get_loops,
                                          test_scope_loop,   test_modify_loop, test_compact};
    tested = peer;
    failed = false;
    map = peer->create(&options);
    if (map == NULL)
        return fail("no memory");
    memset(&model, 0, sizeof model);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0] && !failed; i += 1)
        tests[i]();
    peer->destroy(map);
    return !failed && (blocks.size == 0 || fail("%zu bytes are never given back", blocks.size));
}

int main(int argc, char **argv) {
    static const size_t value_sizes[] = {16, 64, 128};
    size_t passed_count = 0, failed_count = 0;
    for (size_t i = 0; i < sizeof value_sizes / sizeof value_sizes[0]; i += 1) {
        size_t peer_count = 0;
        const struct peer *const *peers = peers_of_value_size(value_sizes[i], &peer_count);
        for (size_t j = 0; j < peer_count; j += 1) {
            if (peers[j]->eviction == PEER_FLOOR ||
                (argc > 1 && strcmp(argv[1], peers[j]->name) != 0))
                continue;
            if (peer_passes(peers[j]))
                passed_count += 1;
            else
                failed_count += 1;
        }
    }
    printf("\n%zu passed, %zu failed\n", passed_count, failed_count);
    return failed_count == 0 && passed_count > 0 ? 0 : 1;
}
