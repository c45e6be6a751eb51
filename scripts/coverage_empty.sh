#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the fuzzer reaches by itself: fuzzes COVERAGE_SECONDS (60) seconds from an EMPTY corpus with the
# flags of `make fuzz`, then measures the branches of src/ by what it made. Exit status: 0 at least
# COVERAGE_PERCENT (98) of the branches that are not excused, 1 fewer, or a finding, 2 it could not run,
# 130 interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh
. scripts/numbers.sh
. scripts/fuzz_flags.sh

seconds=${COVERAGE_SECONDS:-60}
percent=${COVERAGE_PERCENT:-98}
whole_number COVERAGE_SECONDS "$seconds" # libFuzzer takes 0 for "without end"
whole_number COVERAGE_PERCENT "$percent" 0 100

made=build/coverage-empty
log=build/coverage-empty.log
rm -rf "$made"
mkdir -p "$made" findings
fuzz_flags "$seconds"
status=0
./fuzz_cachemap "${arguments[@]}" "$made" >"$log" 2>&1 || status=$?
case "$status" in
0) ;;
72 | 130)
    echo "coverage_empty.sh: interrupted" >&2
    exit 130
    ;;
*)
    if grep -q 'Test unit written to' "$log"; then
        echo "coverage_empty.sh: a failure was found: $(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)" >&2
        exit 1
    fi
    fail "the fuzzer ended with status $status; see $log"
    ;;
esac
echo "ran:  $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s from an empty corpus," \
    "kept $(find "$made" -type f | wc -l) in $made/; $(grep -oE 'Seed: [0-9]+' "$log")"
scripts/coverage.sh --branches "$percent" "$made"
