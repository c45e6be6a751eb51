/* SPDX-License-Identifier: Apache-2.0 */
/* The ring as the floor sees it. Tables that are not here are empty: harness/subject_tables.h. */
#ifndef SUBJECT_TABLES_H
#define SUBJECT_TABLES_H

#define SUBJECT_NAME           "ring"
#define SUBJECT_VERSION        "1"
#define SUBJECT_FOLDER         "tests/second_subject"
#define SUBJECT_LIBRARY_HEADER "ring.h"

/* NUMBER(identifier, name, (numbers), (more), least, most, standard, smallest, place, draw, reduce turn) */
#define FIELD_TABLE(NUMBER, WORD) \
    NUMBER(CAPACITY, "capacity", (1, 2, 3, 4, 8), (), 1, 8, 3, 1, PLACE(0, 1), DRAW(1), 1) \
    NUMBER(KEYS, "keys", (2, 3, 4, 8), (), 2, 8, 3, 2, PLACE(1, 1), DRAW(2), 2)
enum { WORLD_HEADER_SIZE = 2, WORLD_DRAW_COUNT = 2, WORLD_REDUCE_COUNT = 2 };

/* OP(identifier, words, operand, opcodes of 64, traits, the same op alone, functions, meaning) */
#define OP_TABLE(OP) \
    OP(PUSH, "push", OPERAND_KEY, 28, 0, PUSH, "push", "add the key as the newest number") \
    OP(POP, "pop", OPERAND_NONE, 20, 0, POP, "pop", "take the oldest number away") \
    OP(PEEK, "peek", OPERAND_KEY, 16, 0, PEEK, "peek", "the number at an index")
#define OP_TABLE_MORE(OP) \
    OP(PUSH_RANGE, "push_range", OPERAND_RANGE, 4, 0, PUSH, "push", "push each key of the range")
enum { OP_SLOT_COUNT_ALL = 68 };

/* CALL(op, expression): each op on `ring`; `number` is its key, `found` what it gives. A call that
 * answers nothing is (call, OUTCOME_OK). */
#define CALL_TABLE(CALL) \
    CALL(PUSH, ring_push(ring, number) ? OUTCOME_OK : OUTCOME_FULL) \
    CALL(POP, ring_pop(ring, &found) ? OUTCOME_FOUND : OUTCOME_EMPTY) \
    CALL(PEEK, ring_peek(ring, number, &found) ? OUTCOME_FOUND : OUTCOME_EMPTY)
#define OBJECT_TABLE(OBJECT) OBJECT(struct ring, ring)
#define SUBJECT_INIT         ring_init(ring, numbers[FIELD_CAPACITY])

#define OUTCOME_TABLE(OUTCOME) \
    OUTCOME(NONE, "none", false) \
    OUTCOME(OK, "ok", false) \
    OUTCOME(FOUND, "found", false) \
    OUTCOME(FULL, "full", true) \
    OUTCOME(EMPTY, "empty", true)

#define LOOK_OP          OP_PEEK
#define LIKE_TABLE(LIKE) LIKE(POP, PEEK)
#define ROOM_TABLE(ROOM) ROOM(CAPACITY)

#endif
