#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A slow input is not a hang, and a hang is one: the inputs that are the most work agree, in each build that is
# there and under valgrind, and with the same digest; and an endless loop that is planted in the library is
# reported with the ops that led there and its stack.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh
. tests/worst_inputs.sh

out=build/test/hang
rm -rf "$out"
worst_inputs "$out/inputs"

# ---- Slow, and no hang. --------------------------------------------------------------------------

says() {
    local words=$1
    shift
    "$@" >"$out/says" 2>&1 || true
    grep -qE -- "$words" "$out/says" || { tail -n 5 "$out/says" && return 1; }
}

same_digests() { diff <("$1" digest "$out"/inputs/*) "$out/digests"; }

./trace digest "$out"/inputs/* >"$out/digests"
check "the readers cut each off" \
    bash -c "! ./trace replay --verbose $out/inputs/* | grep -E ': 16384 ops, geometry'"
for path in "$out"/inputs/*; do
    check "the fuzz target: ${path##*/}" ./fuzz_cachemap -timeout=10 "$path"
done
for program in build/trace-asan build/trace-debug; do
    [ -x "$program" ] && check "$program has the same digests" same_digests "$program"
done
# What lies free in memory of the standard allocator nobody has written, and the look compares it too: the cell of
# MemorySanitizer in the matrix knows which function may.
if command -v valgrind >/dev/null; then
    check "valgrind agrees" valgrind -q --undef-value-errors=no --error-exitcode=9 ./trace digest "$out/inputs/inspect"
fi
# The same as text is an error, at the line of the op with which it is too much.
./trace show "$out/inputs/inspect" >"$out/longest.trace"
op_count=$(($(wc -l <"$out/longest.trace") - 2))
check "text that is just as much work as a run takes" \
    says "^agrees: replayed 1 input, $op_count ops" ./trace replay "$out/longest.trace"
echo inspect | cat "$out/longest.trace" - >"$out/longer.trace"
check "one op more is an error that names its line" \
    says "longer.trace:$((op_count + 3)):1: too much work: .* more than 134217728 times" ./trace replay "$out/longer.trace"

# ---- A hang. -------------------------------------------------------------------------------------

cp -r src "$out/src"
sed -i '/^CACHE_MAP_INLINE enum cache_map_status cache_map_remove(/,/{$/s/{$/{ for (volatile int spin = 1; spin == 1;) continue;/' \
    "$out/src/cache_map_core.h"
printf 'cachemap-trace 1\ngeometry keys=4\nupsert 1\nupsert 2\nremove 1\n' >"$out/hang.trace"
./trace encode -o "$out/hang" "$out/hang.trace"
# Without optimisation, for its stack.
program_with "$out/src" "$out/fuzz" fuzz_cachemap FUZZ_LEVEL=-O0
status=$(status_of "$out/fuzz" "$out/hang")
check "the fuzz target ends" [ "$status" -ne 0 ]
check "it says what hangs" grep -q 'the op does not end' "$out/stderr"
check "and at which op" grep -Eq '^> +3  remove 1' "$out/stderr"
check "and its stack shows where" grep -Eq '#[0-9]+ .* in cache_map_remove ' "$out/stderr"

# The record gave a hang two minutes of CPU time, and a finding is three records.
trace_with "$out/src" "$out/trace"
TIMEFORMAT='%U'
seconds=$({ time "$out/trace" record "$out/hang.trace" >"$out/record" || true; } 2>&1)
check "the record of a hang says so" grep -q '"outcome":"dies","op":3' "$out/record"
check "and ends after its op's time, not a stream's: ${seconds%.*} s" [ "${seconds%.*}" -lt 60 ]

checks_end
