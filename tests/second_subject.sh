#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The floor under another structure, a ring in tests/second_subject/: each program of it, on the ring as it is and with
# a bug planted, which all of them find, reduce, explain and show. What is said of the bug is asked of the ring without
# it too, where it must not hold.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

subject=tests/second_subject
bug=-DRING_WRAPS_LATE
built=build/second_subject
out=build/test/second_subject
rm -rf "$out"
mkdir -p "$out/good" "$out/bug"

# programs FOLDER [FLAG]: the programs of the subject; the flag is for what calls the ring, which is compiled anew.
programs() {
    local name names=(trace soak explore fuzz_second_subject)
    rm -f "$built"/*/"$subject/subject.o"
    make --no-print-directory -j"$(nproc)" SUBJECT="$subject" SUBJECT_FLAGS="${2:-}" \
        "${names[@]/#/$built/}" >"$out/make.log" 2>&1 || { cat "$out/make.log" && exit 1; }
    for name in "${names[@]}"; do cp "$built/$name" "$out/$1/"; done
}
programs bug "$bug"
programs good

check "the second subject has at most 250 lines" [ "$(cat "$subject"/* | wc -l)" -le 250 ]
check "the floor does not know it" bash -c "! grep -rniwE 'ring|second_subject' harness subjects/plain fuzz_targets explorer"

# refused FOLDER: make says that it is no subject.
refused() { [[ $(make -n SUBJECT="$1" all 2>&1) == *"SUBJECT=$1: there is no $1/tables.h in which SUBJECT_FOLDER is"* ]]; }
cp -r "$subject" "$out/copied"
check "a folder without tables.h is no subject" refused tests/page
check "nor is one that was copied, and has the name of the other" refused "$out/copied"
check "nor is a name with a slash behind it" refused "$subject/"

# ---- Each is run in its folder: findings stay there. --------------------------------------------------

# within FOLDER STATUS COMMAND...: true if it ends with the status. Its output: FOLDER/stdout and FOLDER/stderr.
within() {
    local status=0
    (cd "$out/$1" && "${@:3}" </dev/null >stdout 2>stderr) || status=$?
    [ "$status" -eq "$2" ]
}
# By each way to look, whether the ring in FOLDER fails.
fuzz_finds() {
    within "$1" 77 ./fuzz_second_subject -seed=1 -runs=20000 -max_len=256 -artifact_prefix=fuzz-
}
soak_finds() { within "$1" 1 ./soak --seed 1 --streams 2000; }
explore_finds() { within "$1" 1 ./explore --quiet -o explore.trace capacity=2 keys=2; }
for way in fuzz soak explore; do
    check "$way finds the bug" "${way}_finds" bug
    check "$way finds nothing without it" bash -c "$(declare -f within "${way}_finds"); out=$out; ! ${way}_finds good"
done
check "without it the fuzzer makes all its runs" within good 0 \
    ./fuzz_second_subject -seed=1 -runs=5000 -max_len=256 -artifact_prefix=fuzz-
check "without it soak agrees" within good 0 ./soak --seed 1 --streams 2000
check "without it explore visits every state" within good 0 ./explore --quiet capacity=3 keys=3
check "and says so" grep -q '^fixpoint: every state of this world, [0-9]* states, .*: no violation$' "$out/good/stdout"
check "explore says how to fill it, and by no fewer ops" within good 0 \
    ./explore --quiet --reach 'outcome == outcome_full' capacity=3 keys=2
check "three pushes, and one more" [ "$(grep -c '^push' "$out/good/stdout")" = 4 ]

# ---- What becomes of an input that fails. --------------------------------------------------------------

ops_of() { grep -cvE '^(#|ring-trace|geometry|$)' "$1" || true; }

crash=$(cd "$out/bug" && ls fuzz-crash-*)
soaked=$(cd "$out/bug" && ls crash-soak-*)
check "explore's trace is confirmed" grep -q 'confirmed by a run from init' <(within bug 1 ./explore --quiet capacity=2 keys=2; cat "$out/bug/stdout")
for input in "$crash" "$soaked" explore.trace; do
    check "$input: reduce" within bug 0 ./trace reduce -o "$input.reduced" "$input"
    check "$input: to four ops, as few as explore needs" [ "$(ops_of "$out/bug/$input.reduced")" = 4 ]
    check "$input: which fail" within bug 1 ./trace replay "$input.reduced"
    check "$input: and agree without the bug" within bug 0 ../good/trace replay "$input.reduced"
    check "$input: where there is nothing to reduce" within bug 0 ../good/trace reduce "$input"
    check "$input: and that is said" grep -q 'agrees in this build: nothing fails' "$out/bug/stderr"
done
reduced=$crash.reduced

check "explain" within bug 1 ./trace explain "$crash"
check "explain names the op" grep -qE '^FAIL  push [0-9]: inside is ' "$out/bug/stdout"
check "and the wrong answer" grep -qE 'a caller sees: peek 1 after it answers value [0-9], expected value [0-9]' "$out/bug/stdout"
check "and what passes" grep -q '^The nearest that passes' "$out/bug/stdout"
check "it names no program that the subject has not" bash -c "! grep -q ' gdb ' $out/bug/stdout"
check "explain --json" within bug 1 ./trace explain --json "$crash"
check "each line of it is JSON, and says the same" python3 -c "
import json, sys
lines = {line['kind']: line for line in map(json.loads, open(sys.argv[1]))}
assert lines['failure']['slug'] == 'check-structure-push'
assert lines['observed']['words'].startswith('peek 1 after it answers')" "$out/bug/stdout"
check "signature" within bug 1 ./trace signature "$crash"
check "is the invariant and the op" [ "$(cat "$out/bug/stdout")" = check-structure-push ]

check "show" within bug 0 ./trace show "$reduced"
check "is the reduced trace" diff <(grep -v '^#' "$out/bug/$reduced") "$out/bug/stdout"
check "encode" within bug 0 ./trace encode -o bytes "$reduced"
check "show, of the bytes" within bug 0 ./trace show bytes
check "is the same" diff <(grep -v '^#' "$out/bug/$reduced") "$out/bug/stdout"
check "digest" within bug 0 ../good/trace digest bytes "$reduced"
check "of text and bytes is one" [ "$(cut -c1-16 "$out/bug/stdout" | uniq | wc -l)" = 1 ]
check "digest, with the bug" within bug 1 ./trace digest "$reduced"

check "record" within bug 0 ../good/trace record "$reduced"
check "each line of it is JSON, and has the picture" python3 -c "
import json, sys
ops = [line for line in map(json.loads, open(sys.argv[1])) if line.get('kind') in ('push', 'pop')]
assert [len(op['picture']) for op in ops] == [1] * 4, ops" "$out/bug/stdout"
check "html" within bug 0 ./trace html -o page.html "$crash"
check "the page has the failing run and the one that passes" \
    [ "$(grep -c '"format":"ring-record"' "$out/bug/page.html")" -ge 2 ]

# program FLAG...: the status of the program of ./trace c, compiled with the flags.
program() {
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror "$@" -I "$subject" "$out/bug/program.c" -o "$out/program" &&
        status_of "$out/program"
}
check "c" within bug 0 ./trace c -o program.c "$crash"
check "its program fails with the bug" [ "$(program "$bug")" = 1 ]
check "and says what it expected" grep -q '^FAIL  expected found' "$out/stdout"
check "and agrees without" [ "$(program)" = 0 ]
check "its own command for it runs" bash -c \
    "cd $out && \$(sed -n 's/^ \*     cc\( .*\) && .*/gcc\1/p' bug/program.c) && ./program | grep -qx agrees"

# ---- An op that stands for many. ------------------------------------------------------------------------

cat >"$out/bug/range.trace" <<'TRACE'
ring-trace 1
geometry capacity=4 keys=8
push 1 = ok
pop = 1
push_range 2 count=5 stride=3 = 4
peek 3 = 3
TRACE
cat >"$out/bug/wrong.trace" <<'TRACE'
ring-trace 1
geometry capacity=4 keys=8
push_range 2 count=9 stride=1
TRACE
check "a range agrees, and answers how many succeed" within good 0 ./trace replay ../bug/range.trace
check "show prints it" within good 0 ./trace show ../bug/range.trace
check "as it was" diff "$out/bug/range.trace" "$out/good/stdout"
check "encode, in version 2" within bug 0 ./trace encode -o range.bin range.trace
check "says so" [ "$(head -c 1 "$out/bug/range.bin" | od -An -tx1)" = " 10" ]
check "show, of the bytes" within bug 0 ./trace show range.bin
check "of them too" bash -c "diff <(sed 's/ = .*//' $out/bug/range.trace) <(sed 's/ = .*//' $out/bug/stdout)"
check "more than there are keys is refused" within good 2 ./trace show ../bug/wrong.trace
check "and told" grep -q 'wrong.trace:3:14: count=9: expected a number from 1 to 8' "$out/good/stderr"
check "with the bug a range fails" within bug 1 ./trace explain range.trace
check "in one row" grep -qE '^>!? +[0-9]+ +push_range [0-9] count=[0-9] stride=1 ' "$out/bug/stdout"
check "reduce" within bug 0 ./trace reduce -o range.reduced range.trace
check "to as few ops as it takes" [ "$(ops_of "$out/bug/range.reduced")" -le 3 ]
check "c" within bug 0 ./trace c -o program.c range.trace
check "its program has a loop" grep -q '^    for (uint32_t i = 0; i < [0-9]*; i += 1)' "$out/bug/program.c"
check "it fails with the bug" [ "$(program "$bug")" = 1 ]
check "and agrees without" [ "$(program)" = 0 ]
check "record" within good 0 ./trace record ../bug/range.trace
check "one line for all of it" [ "$(grep -c '"kind":"push_range"' "$out/good/stdout")" = 1 ]

checks_end
