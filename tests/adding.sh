#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Carries out tests/adding/README.md as it is written: the op `clear metrics` with a public function of the library,
# and the field `walk`. Each is a patch in tests/adding/ that stays out of the tree. The patches change the files that
# the page lists and no others, the compiler names those that the page says it names, and what the page promises is
# so: in every form of a stream, in every program. Needs what `make trace soak tables` builds.
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
. scripts/words.sh
. scripts/planted/plant.sh

page=tests/adding/README.md
out=build/test/adding
rm -rf "$out"
mkdir -p "$out"

# listed TABLE: the files that the page's table has, in order.
listed() { sed -n "/^<!-- files: $1 -->$/,/^<!-- end -->$/p" "$page" | sed -n 's/^| `\([^`]*\)` |.*/\1/p' | sort -u; }
changed() { sed -n 's/^+++ b\///p' "tests/adding/$1.patch" | sort -u; }
are_listed() { diff <(listed "$1") <(changed "$1"); }
count_is_at_most() { [ "$(changed "$1" | wc -l)" -le "$2" ]; }

# named TREE: the files that the compiler stops at. A switch without the op is an error.
named() {
    make -s -k --no-print-directory -C "$1" trace 2>&1 | sed -nE 's/^(subjects|harness|tools|explorer)(\/[^:]*):[0-9]+:[0-9]+: error: .*/\1\2/p' | sort -u
}
marked() { sed -n "/^<!-- files: clear_metrics -->$/,/^<!-- end -->$/p" "$page" | sed -n 's/^| `\([^`]*\)` | the compiler.*/\1/p' | sort -u; }

# ---- The op. -------------------------------------------------------------------------------------

check "op: the page lists the files" are_listed clear_metrics
check "op: they are at most 10" count_is_at_most clear_metrics 10
plant tests/adding/clear_metrics.patch "$out/op"
plant control "$out/row"
rm "$out/row/subjects"
cp -rp subjects "$out/row/subjects"
cp "$out/op/subjects/cachemap/tables.h" "$out/row/subjects/cachemap/tables.h"
cp -rp build/plain "$out/row/build/"
names_its_files() { diff <(marked) <(named "$out/row"); }
check "op: with the row alone the compiler names the files that it should" names_its_files
check "op: it builds" build_in "$out/op" trace soak tables
trace=$out/op/trace
cat >"$out/op.trace" <<'TRACE'
cachemap-trace 1
geometry
upsert 1 = inserted
get 1 = 1
clear metrics = ok
scope open
get 2 = nothing
clear metrics = ok
scope discard
TRACE
check "op: a trace with it agrees" "$trace" replay "$out/op.trace"
check "op: as bytes, too" bash -c '"$1" encode -o "$2.bin" "$2" && "$1" show "$2.bin" | grep -qx "clear metrics = ok" && "$1" replay "$2.bin"' - "$trace" "$out/op.trace"
check "op: it is generated, and all agrees" bash -c '"$1/soak" --seed 1 --streams 1500 >"$1/said" && cat "$1/said"' - "$out/op"
check "op: the tables have it" bash -c '"$1/tables" op-table | grep -q "^| .clear metrics. |"' - "$out/op"
check "op: a program with it agrees" bash -c '"$1" c -o "$2.c" "$2" 2>/dev/null && gcc -std=c11 -I"$3" "$2.c" -o "$2.program" && "$2.program" | tail -n 1 | grep -qx agrees' - "$trace" "$out/op.trace" "$out/op/src"

# The check can fail: a function that forgets the misses.
sed -i '/cache_map_clear_metrics(struct cache_map/,/^}/{/metrics.misses/d}' "$out/op/src/cache_map_core.h"
check "op: with a bug in the function it builds" build_in "$out/op" trace
check "op: the bug is found, and told in this op" bash -c '"$1" explain "$2" 2>/dev/null | grep -q "clear metrics: hits 0 misses 1, expected hits 0 misses 0"' - "$trace" "$out/op.trace"

# ---- The field. ----------------------------------------------------------------------------------

check "field: the page lists the files" are_listed walk
check "field: they are at most 4, its row among them" count_is_at_most walk 4
plant tests/adding/walk.patch "$out/field"
check "field: it builds" build_in "$out/field" trace soak tables
trace=$out/field/trace
printf 'cachemap-trace 1\ngeometry sets=16 walk=4\nupsert 1 = inserted\n' >"$out/field.trace"
printf 'cachemap-trace 1\ngeometry walk=256\n' >"$out/wrong.trace"
check "field: text has it" bash -c '"$1" show "$2" | grep -q " walk=4$"' - "$trace" "$out/field.trace"
check "field: bytes have it" bash -c '"$1" encode -o "$2.bin" "$2" && "$1" show "$2.bin" | grep -q " walk=4$"' - "$trace" "$out/field.trace"
check "field: in version 2, where it is not the standard" bash -c '[ "$(head -c 1 "$1.bin" | od -An -tx1)" = " 10" ]' - "$out/field.trace"
check "field: a number that it has not is refused" bash -c '"$1" show "$2" 2>&1 | grep -q "walk=256: expected a number from 1 to 255"' - "$trace" "$out/wrong.trace"
check "field: a record has it" bash -c '"$1" record "$2" | head -n 1 | grep -q "\"walk\":4"' - "$trace" "$out/field.trace"
check "field: the tables have it" bash -c '"$1/tables" number-tables | grep -q "version 2: byte 12 mod 3"' - "$out/field"
check "field: it is drawn, and all agrees" bash -c '"$1/soak" --seed 1 --streams 1500 >"$1/said" && cat "$1/said"' - "$out/field"

checks_end
