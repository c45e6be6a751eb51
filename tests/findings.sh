#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/finding.sh: what becomes of an artifact, of a second one of the same failure, of one that only a
# sanitizer sees, of one that agrees, and of one that cannot be filed. Bugs are planted; the fuzz target, which
# is asked only when all else agrees, is played by true and false.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh

out=build/test/findings
rm -rf "$out"
mkdir -p "$out"
trace_with_bug discard-loses-victim "$out/trace"
trace_with_bug discard-reads-entry-that-left "$out/trace-sanitized" -fsanitize=address,undefined

# file_into FOLDER PROGRAM TARGET ARTIFACT...: the exit status.
file_into() {
    local status=0
    scripts/finding.sh --into "$1" --trace "$2" --sanitized "$out/trace-sanitized" \
        --target "$(type -P "$3")" "${@:4}" \
        >"$out/stdout" 2>"$out/stderr" || status=$?
    echo "$status"
}
count_of() { cat "$1/count"; }

# Two inputs that fail in the same way, as libFuzzer would have left them.
findings=$out/findings
mkdir -p "$findings"
inputs=()
signature=
for input in corpus/*; do
    status=0
    slug=$("$out/trace" signature "$input") || status=$?
    [ "$status" -eq 1 ] || continue
    signature=${signature:-$slug}
    [ "$slug" != "$signature" ] || inputs+=("$input")
    [ ${#inputs[@]} -lt 2 ] || break
done
check "two shipped inputs fail in one way" [ ${#inputs[@]} -eq 2 ]
cp "${inputs[0]}" "$findings/crash-1"
finding=$findings/$signature

check "an artifact is filed" [ "$(file_into "$findings" "$out/trace" true "$findings/crash-1")" = 0 ]
check "the folder is named by the signature, and said" grep -qF "$finding: seen in 1 input(s)" "$out/stdout"
check "the artifact is the input, byte for byte" cmp "${inputs[0]}" "$finding/artifact"
check "it was moved" [ ! -e "$findings/crash-1" ]
fails_reduced() { ! "$out/trace" replay "$finding/reduced.trace" && ./trace replay "$finding/reduced.trace"; }
check "the reduced trace fails with the bug and agrees without" fails_reduced
check "the report tells it" grep -q '^FAIL  scope discard: ' "$finding/report.txt"
commands_stand() { grep -qF "gdb $PWD/$finding/artifact" "$finding/report.txt"; }
check "the report's commands name the artifact where it is" commands_stand
no_partial_names() { ! grep -rq '/[.]partial-' "$finding"; }
check "nothing names the folder in which it was made" no_partial_names
check "the page tells it" grep -q '<!doctype html>' "$finding/report.html"
program_fails() {
    local clang
    clang=$(make -s --no-print-directory print-clang)
    "$clang" -std=c11 -g "-I$out/trace-src" "$finding/test.c" -o "$out/with" && ! "$out/with" &&
        "$clang" -std=c11 -g -Isrc "$finding/test.c" -o "$out/without" && "$out/without"
}
check "the program fails with the bug and agrees without" program_fails

check "the same again" [ "$(file_into "$findings" "$out/trace" true "${inputs[0]}")" = 0 ]
check "the same bytes are not counted" [ "$(count_of "$finding")" = 1 ]
check "another input of the same failure" [ "$(file_into "$findings" "$out/trace" true "${inputs[1]}")" = 0 ]
check "it is counted" [ "$(count_of "$finding")" = 2 ]
kept() { cmp -s "${inputs[1]}" "$finding"/more/*; }
check "it is kept" kept
check "an input outside of the folder stays where it is" [ -e "${inputs[1]}" ]
check "the first artifact is what it was" cmp "${inputs[0]}" "$finding/artifact"
check "nothing unfinished is left" [ -z "$(find "$findings" -name '.*')" ]

# What ./trace agrees with.
check "only a sanitizer fails" \
    [ "$(file_into "$findings" ./trace true bugs/traces/discard-reads-entry-that-left.trace)" = 0 ]
check "it has its name" grep -qE '^[^ ]*/(asan|ubsan)-[a-z0-9-]+: seen in 1' "$out/stdout"
check "it has a report" grep -q '^FAIL' "$findings"/*san-*/report.txt
check "only the fuzz target fails" [ "$(file_into "$findings" ./trace false "${inputs[0]}")" = 0 ]
check "it is filed so" grep -q 'only the fuzz target itself fails' "$findings/only-in-the-target/report.txt"
check "nothing fails" [ "$(file_into "$findings" ./trace true "${inputs[0]}")" = 0 ]
check "it is filed so" grep -q 'Everything agrees with this input' "$findings/agrees-here/report.txt"

# What cannot be filed stays as it is, and the others are filed.
cp "${inputs[0]}" "$out/crash-2"
echo "a file" >"$out/file"
check "a folder that is a file" [ "$(file_into "$out/file" "$out/trace" true "$out/crash-2")" = 2 ]
check "it is said" grep -q 'crash-2 is not filed; it stays as it is' "$out/stderr"
check "the artifact is still there" cmp "${inputs[0]}" "$out/crash-2"
check "one of two is missing" \
    [ "$(file_into "$out/other" "$out/trace" true "$out/nothing" "$out/crash-2")" = 2 ]
check "the other is filed" [ -s "$out/other/$signature/artifact" ]
# Every file may be this many blocks long: less than the page, as if the disk were full.
small_disk() { (
    ulimit -f 20
    trap '' XFSZ
    [ "$(file_into "$out/small" "$out/trace" true "$out/crash-2")" = 0 ]
); }
check "a disk on which the page has no room" small_disk
check "what is missing is said" grep -q 'no report.html' "$out/stderr"
check "the rest is there" [ -s "$out/small/$signature/report.txt" ]
check "an unknown option" [ "$(scripts/finding.sh --what 2>/dev/null || echo $?)" = 2 ]
check "no artifact" [ "$(scripts/finding.sh 2>/dev/null || echo $?)" = 2 ]

checks_end
