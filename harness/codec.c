/* SPDX-License-Identifier: Apache-2.0 */
/* The codec behind codec.h. */
#include "codec.h"

#include "work.h"

#include <assert.h>
#include <string.h>

static uint8_t codec_byte(const uint8_t *bytes, size_t size, size_t index) {
    return index < size ? bytes[index] : 0;
}

/* The version's bits are no field's. */
static uint8_t codec_mask(unsigned byte) {
    return byte == 0 ? (1u << CODEC_VERSION_BIT) - 1 : UINT8_MAX;
}

unsigned codec_version(const uint8_t *bytes, size_t size) {
    return 1 + (unsigned)(codec_byte(bytes, size, 0) >> CODEC_VERSION_BIT);
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

/* How many numbers a header byte tells apart. */
static unsigned codec_byte_count(unsigned byte) {
    unsigned count = 1;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (field_describe(field)->byte == byte)
            count *= field_describe(field)->count;
    return count;
}

unsigned codec_operand_count(const struct world *world, enum op_operand operand) {
    switch (operand) {
    case OPERAND_KEY: return world->numbers[FIELD_KEYS];
    case OPERAND_FIELDS: return codec_byte_count(OPERAND_FIELDS_BYTE);
    case OPERAND_WORD: return OPERAND_WORD_COUNT;
    case OPERAND_NONE: break;
    }
    return 1;
}

uint8_t codec_operand(const struct world *world, enum op_operand operand, uint8_t byte) {
    return (uint8_t)(byte % codec_operand_count(world, operand));
}

void codec_decode(const uint8_t *bytes, size_t size, struct stream *stream) {
    stream->op_count = 0;
    for (unsigned byte = 0; byte < CODEC_HEADER_SIZE; byte += 1)
        world_set_byte(&stream->world, byte, codec_byte(bytes, size, byte) & codec_mask(byte));
    if (codec_version(bytes, size) != CODEC_VERSION)
        return;
    for (size_t at = CODEC_HEADER_SIZE;
         at + CODEC_RECORD_SIZE <= size && stream->op_count < STREAM_OP_COUNT_MAX;
         at += CODEC_RECORD_SIZE) {
        struct op *op = &stream->ops[stream->op_count];
        op->kind = (uint8_t)codec_kind(bytes[at]);
        op->operand = codec_operand(&stream->world, op_operand(*op), bytes[at + 1]);
        stream->op_count += 1;
    }
    stream->op_count = work_op_count(stream);
}

size_t codec_encode(const struct stream *stream, uint8_t *bytes, const char **field) {
    size_t at = CODEC_HEADER_SIZE;
    assert(stream->op_count <= STREAM_OP_COUNT_MAX);
    *field = NULL;
    for (unsigned i = FIELD_COUNT; i > 0; i -= 1)
        if (field_index(i - 1, stream->world.numbers[i - 1]) < 0)
            *field = field_describe(i - 1)->name;
    for (unsigned byte = 0; byte < CODEC_HEADER_SIZE; byte += 1)
        bytes[byte] = world_byte(&stream->world, byte);
    bytes[0] |= (uint8_t)((CODEC_VERSION - 1) << CODEC_VERSION_BIT);
    for (uint32_t i = 0; i < stream->op_count; i += 1, at += CODEC_RECORD_SIZE) {
        bytes[at] = codec_opcode((enum op_kind)stream->ops[i].kind);
        bytes[at + 1] = stream->ops[i].operand;
    }
    return *field == NULL ? at : 0;
}
