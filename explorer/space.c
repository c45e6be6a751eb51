/* SPDX-License-Identifier: Apache-2.0 */
/* The world behind space.h. */
#include "space.h"

#include "live.h"
#include "trace_text.h"

#include <stdio.h>
#include <string.h>

/* ---- Keys that are alike. ---------------------------------------------------------------- */

static void find_classes(struct space *space, bool symmetry) {
    for (unsigned key = 0; key < space->key_count; key += 1) {
        unsigned first = 0;
        while (first < key && !(symmetry && live_keys_alike(&space->world, first, key)))
            first += 1;
        space->class_of_key[key] = (uint8_t)first;
    }
}

uint32_t space_symmetry(const struct space *space) {
    uint32_t product = 1;
    for (unsigned key = 0; key < space->key_count; key += 1) {
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
    case OPERAND_KEY: operand_count = space->key_count; break;
    case OPERAND_FIELDS: first = world_byte(&space->world, OPERAND_FIELDS_BYTE); break;
    case OPERAND_WORD: operand_count = OPERAND_WORD_COUNT; break;
    case OPERAND_RANGE: return; /* it is others, one after another */
    }
    for (unsigned i = 0; i < operand_count; i += 1) {
        assert(space->op_count < SPACE_OP_COUNT_MAX);
        space->ops[space->op_count].kind = (uint8_t)kind;
        space->ops[space->op_count].operand = first + i;
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
        const bool wanted = list == NULL
                                ? !op_is(op, TRAIT_BATCHED | EXPLORE_LEAVES_OUT)
                                : all || list_has(list, op_describe((enum op_kind)kind)->words);
        if (wanted)
            add_op(space, (enum op_kind)kind);
        found_count += wanted;
    }
    if (list == NULL || all || found_count == word_count)
        return true;
    (void)snprintf(error, error_size,
                   "--ops %s: each must be an op of docs/input-format.md, once, as in "
                   "'%s,%s'; or 'all'",
                   list, op_describe((enum op_kind)0)->words, op_describe(LOOK_OP)->words);
    return false;
}

/* ---- The whole. -------------------------------------------------------------------------- */

bool space_make(struct space *space, const char *fields, const char *ops, bool symmetry,
                char *error, size_t error_size) {
    static struct stream stream;
    static struct result expectations[STREAM_OP_COUNT_MAX];
    struct trace_error wrong;
    char text[400], limits[100];
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
    space->key_count = space->world.numbers[FIELD_KEYS];
    space->is_tame = false;
    if (!live_fits(&space->world, limits, sizeof limits) ||
        space->key_count > SPACE_KEY_COUNT_MAX) {
        (void)snprintf(error, error_size,
                       "the world '%.200s' is too large to explore: at most %skeys=%d", fields,
                       limits, SPACE_KEY_COUNT_MAX);
        return false;
    }
    find_classes(space, symmetry);
    return find_ops(space, ops, error, error_size);
}
