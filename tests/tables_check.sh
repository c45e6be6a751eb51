#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A wrong row of a subject's tables is an error of the compiler, or stops each program at its start, in words that
# name it: harness/tables_check.c. The rows are the ring's, of tests/second_subject/.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

subject=tests/second_subject
out=build/test/tables_check
rm -rf "$out"
mkdir -p "$out/subject"
echo 'int main(void) { return 0; }' >"$out/main.c"

# verdict: of the tables in $out/subject: "accepted", or what the compiler or the start says of them.
verdict() {
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$out/subject" -Isubjects/plain -Iharness \
        harness/tables_check.c harness/world.c harness/op.c "$out/main.c" -o "$out/program" 2>&1 || return 0
    (ulimit -c 0 && "$out/program") 2>&1 && echo accepted
}
# refused WORDS FROM TO: the ring's tables with TO in the place of FROM, which stands there.
refused() {
    local tables
    tables=$(<"$subject/tables.h")
    [[ $tables == *"$2"* ]] || return 1
    printf '%s\n' "${tables/"$2"/"$3"}" >"$out/subject/tables.h"
    verdict >"$out/verdict" || true
    grep -qF -e "$1" "$out/verdict" || { cat "$out/verdict" && return 1; }
}
wrong() { check "refused: $1" refused "$@"; }

cp "$subject/tables.h" "$out/subject/"
check "the ring's tables are accepted" [ "$(verdict)" = accepted ]
wrong "the opcode slots add up" "OPERAND_KEY, 28," "OPERAND_KEY, 27,"
wrong "keys: its header byte is past WORLD_HEADER_SIZE" "PLACE(1, 1)" "PLACE(2, 1)"
wrong "keys: its divisor is 0" "PLACE(1, 1)" "PLACE(1, 0)"
wrong "keys: its header byte has no room for all of it" "PLACE(1, 1)" "PLACE(1, 65)"
wrong "capacity: its header byte has no room for all of it" "PLACE(0, 1)" "PLACE(0, 4)"
wrong "keys: its place overlaps another field's" "PLACE(1, 1)" "PLACE(0, 4)"
wrong "keys: its turn of the generator is not from 1 to WORLD_DRAW_COUNT" "DRAW(2)" "DRAW(3)"
wrong "each turn of the generator has a field" "DRAW(2)" "DRAW(1)"
wrong "keys: its turn of the reducer is not from 1 to WORLD_REDUCE_COUNT" "DRAW(2), 2)" "DRAW(2), 3)"
wrong "keys: its standard is not in its first list" "2, 8, 3, 2, PLACE" "2, 8, 5, 2, PLACE"
wrong "keys: its smallest is not in its first list" "2, 8, 3, 2, PLACE" "2, 8, 3, 5, PLACE"
wrong "keys: a number of its lists is not from its least to its most" "2, 8, 3, 2, PLACE" "3, 8, 3, 3, PLACE"
wrong "keys: a number of keys is not from 1 to KEY_COUNT_MAX" "(2, 3, 4, 8), (), 2, 8" "(2, 3, 4, 257), (), 0, 0"
wrong "keys: its most is above KEY_COUNT_MAX" "2, 8, 3, 2, PLACE" "2, 257, 3, 2, PLACE"
wrong "capacity: two rows have this name" '"keys"' '"capacity"'
wrong "push: two rows have this name" '"pop", OPERAND_NONE' '"push", OPERAND_NONE'
wrong "full: two rows have this name" 'EMPTY, "empty"' 'EMPTY, "full"'
wrong "pop it: its first word is an op that stands before it" '"peek", OPERAND_KEY' '"pop it", OPERAND_KEY'
wrong "pop it now: it has more than two words" '"peek", OPERAND_KEY' '"pop it now", OPERAND_KEY'
wrong "geometry: a line of all fields has no room" 'NUMBER(KEYS,' "$(for i in 2 3 4 5 6 7 8 9; do
    echo "NUMBER(F$i, \"field_of_20_letters_$i\", (1, 2), (), 0, 0, 1, 1, PLACE(FIELD_NO_BYTE, 1), DRAW(1), 1) \\"; done)
    NUMBER(KEYS,"
wrong "=: it is no word" '"peek", OPERAND_KEY' '"=", OPERAND_KEY'
wrong "0: it is no word" 'EMPTY, "empty"' 'EMPTY, "0"'
wrong "how many: it is no word" '"capacity"' '"how many"'
wrong "empty initializer braces" "(2, 3, 4, 8)" "()"
wrong "keys: at most 255 numbers or words" "(2, 3, 4, 8)" "($(seq -s, 2 257))"
wrong "changes value from" "(2, 3, 4, 8)" "(2, 3, 4, 4294967304)"
wrong "the first outcomes are NONE and OK" 'OUTCOME(OK, "ok", false)' 'OUTCOME(LATE, "late", false) OUTCOME(OK, "ok", false)'
# The numbers that version 2 alone has, and a field and ops that version 1 has not.
list="(2, 3, 4, 8), ()"
wrong "keys: its standard is not in its first list" "$list, 2, 8, 3" "(2, 4, 8), (3), 2, 8, 3"
wrong "keys: a number of its lists is not from its least to its most" "$list" "(2, 3, 4, 8), (9)"
wrong "keys: a number of keys is not from 1 to KEY_COUNT_MAX" "$list, 2, 8" "(2, 3, 4, 8), (257), 0, 0"
wrong "keys: at most 255 numbers or words" "$list" "(2, 3, 4, 8), ($(seq -s, 2 257))"
wrong "keys: its divisor is 0" "PLACE(1, 1)" "PLACE(FIELD_NO_BYTE, 0)"
wrong "OP_SLOT_COUNT_ALL counts those of both tables" "OP_SLOT_COUNT_ALL = 68" "OP_SLOT_COUNT_ALL = 67"
wrong "push_range: the same op alone has another operand" "OPERAND_RANGE, 4, 0, PUSH" "OPERAND_RANGE, 4, 0, POP"
wrong "push_range: the same op alone has another operand" "OPERAND_RANGE, 4, 0, PUSH" "OPERAND_RANGE, 4, 0, PUSH_RANGE"
wrong "push: the same op alone has another operand" "28, 0, PUSH," "28, 0, POP,"
wrong "peek: a range is no row of OP_TABLE" '"peek", OPERAND_KEY' '"peek", OPERAND_RANGE'
word='#define OPERAND_WORD_NOUN "word"
#define OPERAND_WORD_TABLE(WORD) WORD(A, "a", NONE) WORD(B, "b", NONE)
#define OPERAND_WORD_COUNT 3
#define LOOK_OP '
wrong "OPERAND_WORD_COUNT counts its table" "#define LOOK_OP " "$word"
# A third row, beside keys in its byte and capacity in its turn.
kind() { wrong "kind: $1" "NUMBER(KEYS," "WORD(KIND, \"kind\", (\"a\", \"$2\"), (${5:-}), $3, 0, PLACE(1, 4), $4, 1) NUMBER(KEYS,"; }
kind "a word stands twice" a 0 "DRAW(1)"
kind "what it lists is no word" "b c" 0 "DRAW(1)"
kind "what it lists is no word" a_word_of_more_than_23_letters 0 "DRAW(1)"
kind "its standard is not in its first list" b 2 "DRAW(1)"
kind "a word stands twice" b 0 "DRAW(1)" '"a"'
kind "its standard is not in its first list" b 2 "DRAW(1)" '"c"'
kind "fields of one turn of the generator have other odds" b 0 "DRAW_SMALL(1, 2)"

checks_end
