/* SPDX-License-Identifier: Apache-2.0 */
/* The codec behind codec.h. */
#include "codec.h"

#include "work.h"

#include <assert.h>
#include <string.h>

static uint8_t codec_byte(const uint8_t *bytes, size_t size, size_t index) {
    return index < size ? bytes[index] : 0;
}

static uint16_t codec_number(struct number_table table, uint8_t byte) {
    return table.numbers[byte % table.count];
}

unsigned codec_version(const uint8_t *bytes, size_t size) {
    return 1 + (unsigned)(codec_byte(bytes, size, 0) >> 4);
}

enum op_kind codec_kind(uint8_t opcode) {
    unsigned slot = opcode % OP_SLOT_COUNT;
    unsigned kind = 0;
    while (slot >= op_describe((enum op_kind)kind)->slot_count) {
        slot -= op_describe((enum op_kind)kind)->slot_count;
        kind += 1;
    }
    return (enum op_kind)kind;
}

/* The first opcode of an op. */
static uint8_t codec_opcode(enum op_kind wanted) {
    unsigned slot = 0;
    for (unsigned kind = 0; kind < (unsigned)wanted; kind += 1)
        slot += op_describe((enum op_kind)kind)->slot_count;
    return (uint8_t)slot;
}

uint8_t codec_operand(const struct geometry *geometry, enum op_operand operand, uint8_t byte) {
    switch (operand) {
    case OPERAND_KEY: return (uint8_t)(byte % geometry->key_count);
    case OPERAND_LAYOUT: return (uint8_t)(byte % LAYOUT_COUNT);
    case OPERAND_REFUSAL: return (uint8_t)(byte % REFUSAL_COUNT);
    case OPERAND_NONE: break;
    }
    return 0;
}

static void codec_decode_geometry(const uint8_t *bytes, size_t size, struct geometry *geometry) {
    const uint8_t modes = codec_byte(bytes, size, 0);
    const uint8_t world = codec_byte(bytes, size, 2);
    geometry->read = modes % READ_MODE_COUNT;
    geometry->run = (modes >> 2) % RUN_MODE_COUNT;
    geometry->layout = codec_byte(bytes, size, 1) % LAYOUT_COUNT;
    geometry->hash = (world >> 4) % HASH_MODE_COUNT;
    geometry->set_count = codec_number(geometry_set_counts(), world % 16);
    geometry->stash_count_max = codec_number(geometry_stash_counts(), codec_byte(bytes, size, 3));
    geometry->scope_count_max = codec_number(geometry_scope_counts(), codec_byte(bytes, size, 4));
    geometry->key_count = codec_number(geometry_key_counts(), codec_byte(bytes, size, 5));
}

void codec_decode(const uint8_t *bytes, size_t size, struct stream *stream) {
    stream->op_count = 0;
    codec_decode_geometry(bytes, size, &stream->geometry);
    if (codec_version(bytes, size) != CODEC_VERSION)
        return;
    for (size_t at = CODEC_HEADER_SIZE;
         at + CODEC_RECORD_SIZE <= size && stream->op_count < STREAM_OP_COUNT_MAX;
         at += CODEC_RECORD_SIZE) {
        struct op *op = &stream->ops[stream->op_count];
        op->kind = (uint8_t)codec_kind(bytes[at]);
        op->operand = codec_operand(&stream->geometry, op_describe((enum op_kind)op->kind)->operand,
                                    bytes[at + 1]);
        stream->op_count += 1;
    }
    stream->op_count = work_op_count(stream);
}

/* Writes the index of a geometry's number; notes the field when its table has no such number. */
static uint8_t codec_index(struct number_table table, unsigned number, const char *name,
                           const char **field) {
    const int index = number_table_find(table, number);
    if (index < 0)
        *field = name;
    return index < 0 ? 0 : (uint8_t)index;
}

size_t codec_encode(const struct stream *stream, uint8_t *bytes, const char **field) {
    const struct geometry *geometry = &stream->geometry;
    size_t at = CODEC_HEADER_SIZE;
    assert(stream->op_count <= STREAM_OP_COUNT_MAX);
    *field = NULL;
    bytes[0] = (uint8_t)((CODEC_VERSION - 1) << 4 | geometry->run << 2 | geometry->read);
    bytes[1] = geometry->layout;
    bytes[2] = (uint8_t)(geometry->hash << 4 |
                         codec_index(geometry_set_counts(), geometry->set_count, "sets", field));
    bytes[3] = codec_index(geometry_stash_counts(), geometry->stash_count_max, "stash", field);
    bytes[4] = codec_index(geometry_scope_counts(), geometry->scope_count_max, "scope", field);
    bytes[5] = codec_index(geometry_key_counts(), geometry->key_count, "keys", field);
    for (uint32_t i = 0; i < stream->op_count; i += 1, at += CODEC_RECORD_SIZE) {
        bytes[at] = codec_opcode((enum op_kind)stream->ops[i].kind);
        bytes[at + 1] = stream->ops[i].operand;
    }
    return *field == NULL ? at : 0;
}
