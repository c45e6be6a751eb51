/* SPDX-License-Identifier: Apache-2.0 */
/* The world behind world.h. */
#include "space.h"

#include "key.h"
#include "subject_state.h"
#include "trace_text.h"

#include <stdio.h>
#include <string.h>

/* ---- Keys that are alike. ---------------------------------------------------------------- */

/* What a map may make of a key's hash, by sections 5 and 6 of the contract. */
struct traits {
    uint32_t set, home, fragment;
    uint16_t tag;
};

static uint32_t bucket_bits(uint32_t stash_count_max) {
    uint32_t bits = 1;
    while (((uint32_t)1 << bits) < 2 * stash_count_max)
        bits += 1;
    return bits;
}

static struct traits traits_of_key(const struct geometry *geometry, unsigned key_id) {
    const uint64_t hash = key_hash(key_id, (enum hash_mode)geometry->hash);
    const uint32_t high = (uint32_t)(hash >> 32), low = (uint32_t)hash;
    struct traits traits;
    uint64_t product;
    traits.set = (uint32_t)((((uint64_t)low * geometry->set_count >> 32) +
                             (uint64_t)high * geometry->set_count) >>
                            32);
    traits.tag =
        (uint16_t)(layout_describe(geometry->layout)->tag_bits == 8 ? hash & 0xff : hash & 0xffff);
    product = (uint64_t)(high ^ UINT32_C(0xbb67ae85)) * (low ^ UINT32_C(0x6a09e667));
    traits.fragment = (uint32_t)(product >> 32) ^ (uint32_t)product;
    traits.home = traits.fragment >> (32 - bucket_bits(geometry->stash_count_max));
    return traits;
}

/* Whether exchanging two keys changes nothing that a map can see. */
static bool keys_alike(const struct geometry *geometry, unsigned a, unsigned b) {
    const struct traits of_a = traits_of_key(geometry, a), of_b = traits_of_key(geometry, b);
    if (of_a.set != of_b.set || of_a.home != of_b.home)
        return false;
    for (unsigned key = 0; key < geometry->key_count; key += 1) {
        const struct traits other = traits_of_key(geometry, key);
        if (key == a || key == b)
            continue;
        if ((other.tag == of_a.tag) != (other.tag == of_b.tag) ||
            (other.fragment == of_a.fragment) != (other.fragment == of_b.fragment))
            return false;
    }
    return true;
}

static void find_classes(struct space *space, bool symmetry) {
    const struct geometry *geometry = &space->geometry;
    for (unsigned key = 0; key < geometry->key_count; key += 1) {
        unsigned first = 0;
        while (first < key && !(symmetry && keys_alike(geometry, first, key)))
            first += 1;
        space->class_of_key[key] = (uint8_t)first;
        space->set_of_key[key] =
            (uint8_t)(geometry->set_count == 0 ? 0 : traits_of_key(geometry, key).set);
    }
}

uint32_t space_symmetry(const struct space *space) {
    uint32_t product = 1;
    for (unsigned key = 0; key < space->geometry.key_count; key += 1) {
        unsigned place = 0; /* of the key in its class, from 1 */
        for (unsigned other = 0; other <= key; other += 1)
            place += space->class_of_key[other] == space->class_of_key[key];
        product *= place;
    }
    return product;
}

/* ---- Ops. -------------------------------------------------------------------------------- */

static void add_op(struct space *space, enum op_kind kind) {
    unsigned operand_count = 1, first = 0;
    switch (op_describe(kind)->operand) {
    case OPERAND_NONE: break;
    case OPERAND_KEY: operand_count = space->geometry.key_count; break;
    case OPERAND_FIELDS: first = space->geometry.layout; break;
    case OPERAND_WORD: operand_count = OPERAND_WORD_COUNT; break;
    }
    for (unsigned i = 0; i < operand_count; i += 1) {
        assert(space->op_count < SPACE_OP_COUNT_MAX);
        space->ops[space->op_count].kind = (uint8_t)kind;
        space->ops[space->op_count].operand = (uint8_t)(first + i);
        space->op_count += 1;
    }
}

/* Whether the list, words separated by commas, has the word. */
static bool list_has(const char *list, const char *word) {
    const size_t size = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, size) == 0 && (at[size] == ',' || at[size] == '\0'))
            return true;
    }
    return false;
}

static bool find_ops(struct space *space, const char *list, char *error, size_t error_size) {
    const bool all = list != NULL && strcmp(list, "all") == 0;
    unsigned word_count = 1, found_count = 0;
    for (const char *at = list; at != NULL && *at != '\0'; at += 1)
        word_count += *at == ',';
    space->op_count = 0;
    for (unsigned kind = 0; kind < OP_KIND_COUNT; kind += 1) {
        const struct op op = {(uint8_t)kind, 0};
        /* An edge is one op, and a batch of one is a single call. */
        const bool wanted = list == NULL
                                ? kind != OP_INIT_REFUSED && !op_is(op, TRAIT_BATCHED)
                                : all || list_has(list, op_describe((enum op_kind)kind)->words);
        if (wanted)
            add_op(space, (enum op_kind)kind);
        found_count += wanted;
    }
    if (list == NULL || all || found_count == word_count)
        return true;
    (void)snprintf(error, error_size,
                   "--ops %s: each must be an op of docs/input-format.md, once, as in "
                   "'upsert,remove,scope open'; or 'all'",
                   list);
    return false;
}

/* ---- The whole. -------------------------------------------------------------------------- */

bool space_make(struct space *space, const char *fields, const char *ops, bool symmetry,
                char *error, size_t error_size) {
    static struct stream stream;
    static struct result expectations[STREAM_OP_COUNT_MAX];
    struct trace_error wrong;
    char text[400];
    const int size =
        snprintf(text, sizeof text, TRACE_TEXT_MAGIC " 1\ngeometry keys=3 %s\n", fields);
    if (strstr(fields, "keys=") != NULL)
        (void)snprintf(text, sizeof text, TRACE_TEXT_MAGIC " 1\ngeometry %s\n", fields);
    if (size >= (int)sizeof text ||
        !trace_text_parse(text, strlen(text), &stream, expectations, &wrong)) {
        (void)snprintf(error, error_size, "the world '%.200s': %s", fields,
                       size >= (int)sizeof text ? "too many fields" : wrong.message);
        return false;
    }
    space->world = stream.world;
    space->geometry = geometry_of_world(&space->world);
    space->is_tame = false;
    if (!subject_state_fits(&space->geometry) || space->geometry.key_count > SPACE_KEY_COUNT_MAX) {
        (void)snprintf(
            error, error_size,
            "the world '%.200s' is too large to explore: at most %d sets and %d slots in "
            "all, stash=%d, scope=%d, keys=%d",
            fields, SUBJECT_STATE_SET_COUNT_MAX, SUBJECT_STATE_SLOT_COUNT_MAX,
            SUBJECT_STATE_ENTRY_COUNT_MAX, SUBJECT_STATE_RECORD_COUNT_MAX, SPACE_KEY_COUNT_MAX);
        return false;
    }
    find_classes(space, symmetry);
    return find_ops(space, ops, error, error_size);
}
