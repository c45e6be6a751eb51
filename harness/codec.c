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

static unsigned codec_slot_count(unsigned version) {
    return version == 1 ? OP_SLOT_COUNT : OP_SLOT_COUNT_ALL;
}

enum op_kind codec_kind(uint8_t opcode, unsigned version) {
    unsigned slot = opcode % codec_slot_count(version);
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

/* How many numbers a header byte of version 1 tells apart. */
static unsigned codec_byte_count(unsigned byte) {
    unsigned count = 1;
    for (unsigned field = 0; field < FIELD_COUNT; field += 1)
        if (field_describe(field)->byte == byte)
            count *= field_describe(field)->count;
    return count;
}

unsigned codec_operand_count(const struct world *world, enum op_operand operand) {
    switch (operand) {
    case OPERAND_KEY:
    case OPERAND_RANGE: return world->numbers[FIELD_KEYS];
    case OPERAND_FIELDS: return codec_byte_count(OPERAND_FIELDS_BYTE);
    case OPERAND_WORD: return OPERAND_WORD_COUNT;
    case OPERAND_NONE: break;
    }
    return 1;
}

uint64_t codec_operand(const struct world *world, enum op_operand operand, uint64_t number) {
    const unsigned count = codec_operand_count(world, operand);
    const struct op op = {0, number};
    struct op_range range;
    if (operand != OPERAND_RANGE) /* nearly always without a division */
        return number < count ? number : number % count;
    range = op_range(op);
    range.first %= count;
    range.count = (range.count + count - 1) % count + 1;
    range.stride = (range.stride + OP_STRIDE_MAX - 1) % OP_STRIDE_MAX + 1;
    return op_operand_of_range(range);
}

/* ---- Records. ------------------------------------------------------------------------------ */

/* An operand is a byte; that of a range is its first key and its count, 3 bytes each, and its stride. */
enum { RANGE_OPERAND_SIZE = 7 };
_Static_assert((int)CODEC_RECORD_SIZE_MAX == 1 + (int)RANGE_OPERAND_SIZE, "a range is the longest");

static size_t codec_operand_size(struct op op) {
    return op_has_range(op) ? RANGE_OPERAND_SIZE : 1;
}

static uint32_t read_key(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static void write_key(uint8_t *bytes, uint32_t key) {
    for (unsigned i = 0; i < 3; i += 1)
        bytes[i] = (uint8_t)(key >> (8 * i));
}

static uint64_t read_operand(struct op op, const uint8_t *bytes) {
    struct op_range range;
    if (!op_has_range(op))
        return bytes[0];
    range.first = read_key(bytes);
    range.count = read_key(bytes + 3);
    range.stride = bytes[6];
    return op_operand_of_range(range);
}

static void write_operand(struct op op, uint8_t *bytes) {
    const struct op_range range = op_range(op);
    if (!op_has_range(op)) {
        bytes[0] = (uint8_t)op.operand;
        return;
    }
    write_key(bytes, range.first);
    write_key(bytes + 3, range.count);
    bytes[6] = (uint8_t)range.stride;
}

/* ---- Headers. ------------------------------------------------------------------------------ */

size_t codec_header_size(unsigned version) {
    return version == 1 ? (size_t)WORLD_HEADER_SIZE : (size_t)CODEC_HEADER_SIZE_MAX;
}

static void decode_world(const uint8_t *bytes, size_t size, unsigned version, struct world *world) {
    *world = world_standard();
    for (unsigned byte = 0; version == 1 && byte < WORLD_HEADER_SIZE; byte += 1)
        world_set_byte(world, byte, codec_byte(bytes, size, byte) & codec_mask(byte));
    for (unsigned field = 0; version == 2 && field < FIELD_COUNT; field += 1)
        world->numbers[field] =
            field_number(field, codec_byte(bytes, size, CODEC_FIELDS_BYTE + field) %
                                    field_describe(field)->count_all);
}

static void encode_world(const struct world *world, unsigned version, uint8_t *bytes) {
    for (unsigned byte = 0; version == 1 && byte < WORLD_HEADER_SIZE; byte += 1)
        bytes[byte] = world_byte(world, byte);
    for (unsigned field = 0; version == 2 && field < FIELD_COUNT; field += 1) {
        const int index = field_index(field, world->numbers[field]);
        bytes[CODEC_FIELDS_BYTE + field] = index < 0 ? 0 : (uint8_t)index;
    }
    if (version == 2)
        bytes[0] = 0;
    bytes[0] |= (uint8_t)((version - 1) << CODEC_VERSION_BIT);
}

/* ---- Streams. ------------------------------------------------------------------------------ */

void codec_decode(const uint8_t *bytes, size_t size, struct stream *stream) {
    const unsigned version = codec_version(bytes, size);
    stream->op_count = 0;
    decode_world(bytes, size, version, &stream->world);
    (void)world_settle(&stream->world);
    if (version > CODEC_VERSION)
        return;
    for (size_t at = codec_header_size(version);
         at < size && stream->op_count < STREAM_OP_COUNT_MAX; stream->op_count += 1) {
        struct op *op = &stream->ops[stream->op_count];
        op->kind = (uint8_t)codec_kind(bytes[at], version);
        if (at + 1 + codec_operand_size(*op) > size)
            break;
        op->operand =
            codec_operand(&stream->world, op_operand(*op), read_operand(*op, bytes + at + 1));
        at += 1 + codec_operand_size(*op);
    }
    stream->op_count = work_op_count(stream);
}

/* The lowest that can say it. */
static unsigned codec_version_of(const struct stream *stream) {
    if (!world_is_of_version_1(&stream->world))
        return 2;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (stream->ops[i].kind >= OP_KIND_COUNT_OLD)
            return 2;
    return 1;
}

size_t codec_size(const struct stream *stream) {
    size_t size = codec_header_size(codec_version_of(stream));
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        size += 1 + codec_operand_size(stream->ops[i]);
    return size;
}

size_t codec_encode(const struct stream *stream, uint8_t *bytes, const char **field) {
    unsigned version = codec_version_of(stream);
    size_t at;
    assert(stream->op_count <= STREAM_OP_COUNT_MAX);
    *field = NULL;
    for (unsigned i = FIELD_COUNT; i > 0; i -= 1)
        if (field_index(i - 1, stream->world.numbers[i - 1]) < 0)
            *field = field_describe(i - 1)->name;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (!op_has_range(stream->ops[i]) && stream->ops[i].operand > UINT8_MAX)
            *field = CODEC_KEY_WORDS;
    if (*field != NULL)
        return 0;
    at = codec_header_size(version);
    encode_world(&stream->world, version, bytes);
    for (uint32_t i = 0; i < stream->op_count; i += 1) {
        bytes[at] = codec_opcode((enum op_kind)stream->ops[i].kind);
        write_operand(stream->ops[i], bytes + at + 1);
        at += 1 + codec_operand_size(stream->ops[i]);
    }
    return at;
}
