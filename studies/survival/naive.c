/* SPDX-License-Identifier: Apache-2.0 */
/* Baseline `naive` of `make survival`: the fuzz target that one writes on the first day. Two bytes
 * are an op and its key, one map of a fixed size, a model, and libFuzzer as it comes: its own
 * mutations of bytes, no dictionary, no seed, its default lengths, coverage of everything. */
#include "reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ID_COUNT = 256, OP_COUNT = 7 };

_Noreturn void reference_fail(const char *what) {
    fprintf(stderr, "FAIL  %s\n", what);
    abort();
}

static void step(struct reference *reference, unsigned op, uint8_t id) {
    const bool open = reference->scope_open;
    if (op == 0)
        reference_upsert(reference, id);
    else if (op == 1)
        reference_remove(reference, id);
    else if (op == 2)
        reference_get(reference, id);
    else if (op == 3 && !open)
        reference_compact(reference);
    else if (op == 4 && !open)
        reference_scope_open(reference);
    else if (op == 5 && open)
        reference_scope_close(reference, CACHE_MAP_SCOPE_PERSIST);
    else if (op == 6 && open)
        reference_scope_close(reference, CACHE_MAP_SCOPE_DISCARD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct reference reference;
    /* As many slots as ids, in 16 sets: full sets evict. */
    const struct cache_map_options options = {256, 256, 64, 0};
    reference_open(&reference, &options, ID_COUNT);
    for (size_t i = 0; i + 2 <= size; i += 2)
        step(&reference, data[i] % OP_COUNT, data[i + 1]);
    reference_verify(&reference);
    reference_close(&reference);
    return 0;
}
