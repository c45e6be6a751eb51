#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace reduce and ./trace explain, on a library with a bug planted: what a shipped input that fails
# becomes.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh

out=build/test/reduce
rm -rf "$out"
mkdir -p "$out"

ops_of() { grep -cvE '^(#|cachemap-trace|geometry|$)' "$1" || true; }

for bug in discard-loses-victim compact-in-open-scope; do
    trace_with_bug "$bug" "$out/$bug"
    input=$(failing "$out/$bug")
    check "$bug: reduce succeeds" [ "$(status_of "$out/$bug" reduce -o "$out/$bug.trace" "$input")" = 0 ]
    check "$bug: at most six ops are left" [ "$(ops_of "$out/$bug.trace")" -le 6 ]
    check "$bug: it is said to be minimal, and to fail again" \
        grep -q 'minimal: no op can go; fails again in 3 of 3 runs' "$out/stderr"
    check "$bug: the reduced trace fails" [ "$(status_of "$out/$bug" replay "$out/$bug.trace")" = 1 ]
    # Each op of the reduced trace is needed: without any one of them it agrees, or fails otherwise.
    needed=yes
    for ((line = 3; line < 3 + $(ops_of "$out/$bug.trace"); line += 1)); do
        sed "${line}d" "$out/$bug.trace" | sed 's/ = .*//' >"$out/less.trace"
        "$out/$bug" reduce -o "$out/less.reduced" "$out/less.trace" >/dev/null 2>"$out/less.log" || true
        if grep -q "$(sed -n 's/^# fails: //p' "$out/$bug.trace")" "$out/less.log"; then needed=no; fi
    done
    check "$bug: no op can go" [ "$needed" = yes ]
    check "$bug: without the bug it passes" [ "$(status_of ./trace replay "$out/$bug.trace")" = 0 ]
    check "$bug: explain fails as the input does" [ "$(status_of "$out/$bug" explain "$input")" = 1 ]
    check "$bug: explain has the failure, the map, what matters" \
        bash -c "grep -q '^FAIL ' $out/stdout && grep -qE '^The map (after|in the midst of) op' $out/stdout && grep -q '^What matters' $out/stdout"
    # But for the commands: each is one, however long.
    check "$bug: no line of explain is longer than 100 columns" \
        [ "$(sed '/^Next$/,$d' "$out/stdout" | awk 'length > 100' | wc -l)" = 0 ]
done
check "explain marks what the naive map has instead" \
    bash -c "'$out/discard-loses-victim' explain $out/discard-loses-victim.trace 2>/dev/null | grep -q '(expected: '"

input=corpus/remove-leaves-no-tombstone
[ -f "$input" ] || input=$(ls -d corpus/*-* | sed -n 1p)
check "reduce: an input that agrees is no failure" [ "$(status_of ./trace reduce "$input")" = 0 ]
check "and is told so" grep -q 'agrees in this build' "$out/stderr"
check "and nothing is written" [ ! -s "$out/stdout" ]
check "reduce: a file that is not there" [ "$(status_of ./trace reduce "$out/no-such-file")" = 2 ]
check "reduce: no file" [ "$(status_of ./trace reduce)" = 2 ]
check "reduce: an option that it has not" [ "$(status_of ./trace reduce -x "$input")" = 2 ]
check "explain: no file" [ "$(status_of ./trace explain)" = 2 ]
check "reduce: a place that cannot be written" \
    [ "$(status_of "$out/compact-in-open-scope" reduce -o "$out/none/x" "$out/compact-in-open-scope.trace")" = 2 ]
check "a full disk is not a success" bash -c \
    "'$out/compact-in-open-scope' reduce '$out/compact-in-open-scope.trace' >/dev/full 2>/dev/null; [ \$? -eq 2 ]"

checks_end
