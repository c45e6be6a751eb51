#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job behind `make fuzz`: fuzzes for so many seconds, prints a line every ten (FUZZ_LINE_SECONDS), keeps
# libFuzzer's own lines in build/fuzz.log, keeps new inputs and findings out of corpus/, and says at the end what
# was run, the coverage reached, whether anything was found, and where it all is. A failure is reduced and explained,
# and filed under findings/SIGNATURE/ (scripts/finding.sh). Exit status: 0 nothing found, 1 a finding, 2 it could not
# run, 130 interrupted (Ctrl-C; the summary is of what was run until then).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/numbers.sh
. scripts/fuzz_flags.sh
. scripts/words.sh

case "${1:-}" in
'') ;;
-h | --help) help_of scripts/fuzz.sh && exit ;;
*) fail "it takes no arguments; see scripts/fuzz.sh --help" ;;
esac
seconds=${FUZZ_SECONDS:-60}
jobs=${FUZZ_JOBS:-1}
line_seconds=${FUZZ_LINE_SECONDS:-10}
whole_number FUZZ_SECONDS "$seconds" # libFuzzer takes 0 for "without end"
whole_number FUZZ_JOBS "$jobs"
whole_number FUZZ_LINE_SECONDS "$line_seconds"

# ./trace explains: it is built when there is something to explain.
build_trace() {
    [ -x ./trace ] || echo "building ./trace, which explains"
    MAKEFLAGS='' make -s --no-print-directory -j"$(nproc)" trace >build/trace.log 2>&1 ||
        echo "fuzz.sh: ./trace does not build, and nothing is explained: see build/trace.log" >&2
}

# What is still in findings/: whether its reduced trace agrees by now.
earlier() {
    local trace agrees=0 count=0
    ! compgen -G 'findings/*/reduced.trace' >/dev/null || build_trace
    for trace in findings/*/reduced.trace; do
        [ -f "$trace" ] || continue
        count=$((count + 1))
        ! ./trace signature "$trace" >/dev/null 2>&1 || agrees=$((agrees + 1))
    done
    [ "$count" -eq 0 ] || echo "earlier:  $count finding(s) in findings/, of which $agrees agree in this build (mended?)"
}

scratch=build/fuzz-corpus
mkdir -p "$scratch" findings
log=build/fuzz.log
fuzz_flags "$seconds"
[ "$jobs" -gt 1 ] && arguments+=(-fork="$jobs" -ignore_crashes=0)

# The figures are those that the engine said last: it says some when it finds something new, all jobs together
# where there are several, and whenever the runs have doubled.
show_line() {
    local said found form='s/.*#([0-9]+).* cov: ([0-9]+) .* corp: ([0-9]+).* exec\/s: ([0-9]+) .*/\1 runs, \4 a second, coverage \2, corpus \3/p'
    said=$(tail -c 65536 "$log" | tr '\r' '\n' | grep -aE '^#[0-9]+.* cov: .* exec/s: ' | tail -n 1 | sed -nE "$form" || true)
    found=$(grep -ac 'Test unit written to ' "$log" || true)
    printf '%4d s: %s, found %d\n' "$SECONDS" "${said:-reading the corpus}" "$found"
}

# Not in the group of a terminal's Ctrl-C: a shell's child in the background ignores it, and is ended below.
show_lines() {
    while sleep "$line_seconds"; do
        show_line
    done
}

echo "fuzzing for $seconds s"
: >"$log"
SECONDS=0
set -m # a group of its own, with what it has started
show_lines &
lines=$!
set +m
trap 'kill -- "-$lines" 2>/dev/null || true' EXIT
# Ctrl-C reaches the fuzzer, which ends; the summary is still printed.
interrupted=0
trap 'interrupted=1' INT
status=0
./fuzz_cachemap "${arguments[@]}" "$scratch" corpus >>"$log" 2>&1 || status=$?
trap - INT
kill -- "-$lines" 2>/dev/null || true
wait "$lines" 2>/dev/null || true
trap - EXIT
show_line
echo "libFuzzer's own lines: $(shell_path "$log"); findings: $(shell_path findings)/"

runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
[ -n "$runs" ] || runs=$(grep -aoE '^#[0-9]+' "$log" | tail -n 1 | tr -d '#' || true)
newest=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
# Those that an interrupted run left are filed now too; the newest one last.
mapfile -d '' -t artifacts < <(find findings -maxdepth 1 -type f -regex '.*/\(crash\|timeout\|oom\|leak\)-.*' -printf '%T@ %p\0' |
    sort -zn | cut -z -d' ' -f2-)
findings=()
if [ ${#artifacts[@]} -gt 0 ]; then
    echo
    echo "reducing and explaining ${#artifacts[@]} artifact(s)"
    build_trace
    mapfile -t findings < <(scripts/finding.sh "${artifacts[@]}")
    [ ${#findings[@]} -eq 0 ] || cat "${findings[-1]%: seen in *}/report.txt"
fi
coverage='not measured: a replay would stop at the failure'
if [ -z "$newest" ]; then
    echo "measuring the coverage of corpus/ and $scratch/"
    coverage=$(scripts/coverage.sh --summary corpus "$scratch" 2>/dev/null) ||
        coverage='not measured: llvm-cov is missing, or a build failed (make coverage says why)'
fi

echo
echo "ran:      ${runs:-?} inputs in at most $seconds s, $jobs job(s); new inputs in $scratch/"
echo "coverage: $coverage (docs/coverage.md)"
if [ -n "$newest" ]; then
    printf 'found:    %s\n' "${findings[@]:-a failure: $newest}"
    exit 1
elif [ "$interrupted" -eq 1 ] || [ "$status" -eq 72 ] || [ "$status" -eq 130 ]; then # libFuzzer's own, and the shell's, for Ctrl-C
    echo "found:    nothing until it was interrupted"
    exit 130
elif [ "$status" -ne 0 ]; then
    echo "found:    nothing, but the fuzzer ended with status $status; see $log"
    exit 2
fi
echo "found:    nothing"
earlier
