/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes <-> stream: the form that a fuzzing engine mutates. docs/input-format.md describes it.
 *
 *   version 1: WORLD_HEADER_SIZE bytes, where the rows of FIELD_TABLE say; the high nibble of byte 0 is
 *   the version, 0 for 1
 *   then records of 2 bytes: opcode (6 bits, op.h's slots), operand
 *
 *   version 2: 0x10, and a byte for each field; then records: opcode (of all slots), operand, which of a
 *   range is 7 bytes. What version 1 can say is written in version 1.
 *
 * Every byte string decodes: numbers wrap into their tables, absent header bytes are 0, a trailing half
 * record is ignored, ops past STREAM_OP_COUNT_MAX and past WORK_MAX (work.h) are ignored. Only an input of
 * another version is not guessed at: it decodes to the empty stream, and the tools say so. */
#ifndef HARNESS_CODEC_H
#define HARNESS_CODEC_H

#include "stream.h"

enum {
    CODEC_VERSION = 2, /* the newest */
    CODEC_HEADER_SIZE = WORLD_HEADER_SIZE,
    CODEC_RECORD_SIZE = 2,
    CODEC_FIELDS_BYTE = 1, /* in version 2, the byte of the first field */
    CODEC_HEADER_SIZE_MAX = CODEC_FIELDS_BYTE + FIELD_COUNT,
    CODEC_RECORD_SIZE_MAX = 8,
    CODEC_VERSION_BIT = 4,
    CODEC_KEY_COUNT = 256 /* keys that the operand of an op with one key can be */
};
_Static_assert((int)CODEC_HEADER_SIZE_MAX >= (int)CODEC_HEADER_SIZE,
               "no header is longer than version 2's");
enum { CODEC_SIZE_MAX = CODEC_HEADER_SIZE_MAX + CODEC_RECORD_SIZE_MAX * STREAM_OP_COUNT_MAX };

/* The version that the input claims: 1 or more; 1 for the empty input. */
unsigned codec_version(const uint8_t *bytes, size_t size);

/* Of a version that this build reads. */
size_t codec_header_size(unsigned version);

/* Never fails; see above. */
void codec_decode(const uint8_t *bytes, size_t size, struct stream *stream);

/* The two parts of a record: the op whose slots hold the opcode, and the operand of its kind that the
 * number, of a range each of its numbers, wraps to in this world. */
enum op_kind codec_kind(uint8_t opcode, unsigned version);
uint64_t codec_operand(const struct world *world, enum op_operand operand, uint64_t number);
/* Operands, of a range its first key, are below this. At least 1. */
unsigned codec_operand_count(const struct world *world, enum op_operand operand);

/* The canonical bytes of a stream: decoding them gives the same stream. Returns their number (codec_size,
 * which `bytes` has room for: CODEC_SIZE_MAX is always enough), or 0 when there is a number that bytes
 * cannot say; *field is then the name of its field, or CODEC_KEY_WORDS, and otherwise null. */
#define CODEC_KEY_WORDS "a key above 255"
size_t codec_encode(const struct stream *stream, uint8_t *bytes, const char **field);

/* How many bytes that are. O(ops). */
size_t codec_size(const struct stream *stream);

#endif
