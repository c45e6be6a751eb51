/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes <-> stream: the form that a fuzzing engine mutates. docs/input-format.md describes it.
 *
 *   WORLD_HEADER_SIZE bytes, where the rows of FIELD_TABLE say; the high nibble of byte 0 is the
 *   version, 0 for 1
 *   then records of 2 bytes: opcode (6 bits, op.h's slots), operand
 *
 * Every byte string decodes: numbers wrap into their tables, absent header bytes are 0, a trailing half
 * record is ignored, ops past STREAM_OP_COUNT_MAX and past WORK_MAX (work.h) are ignored. Only an input of
 * another version is not guessed at: it decodes to the empty stream, and the tools say so. */
#ifndef HARNESS_CODEC_H
#define HARNESS_CODEC_H

#include "stream.h"

enum {
    CODEC_VERSION = 1,
    CODEC_HEADER_SIZE = WORLD_HEADER_SIZE,
    CODEC_RECORD_SIZE = 2,
    CODEC_VERSION_BIT = 4
};
enum { CODEC_SIZE_MAX = CODEC_HEADER_SIZE + CODEC_RECORD_SIZE * STREAM_OP_COUNT_MAX };

/* The version that the input claims: 1 or more; CODEC_VERSION for the empty input. */
unsigned codec_version(const uint8_t *bytes, size_t size);

/* Never fails; see above. */
void codec_decode(const uint8_t *bytes, size_t size, struct stream *stream);

/* The two halves of a record: the op whose slots in OP_TABLE hold the opcode, and the operand of its
 * kind that the byte wraps to in this world. */
enum op_kind codec_kind(uint8_t opcode);
uint8_t codec_operand(const struct world *world, enum op_operand operand, uint8_t byte);
/* Operands are below this. At least 1. */
unsigned codec_operand_count(const struct world *world, enum op_operand operand);

/* The canonical bytes of a stream: decoding them gives the same stream. Returns their number (the
 * header's and the records', which `bytes` has room for: CODEC_SIZE_MAX is always enough), or 0 when
 * the world has a number that bytes cannot say; *field is then its name, and otherwise null. */
size_t codec_encode(const struct stream *stream, uint8_t *bytes, const char **field);

#endif
