#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every script that takes a number from its environment looks at it first: what is no number, or none that it can
# work with, is refused with a sentence that names the variable, and 2; before anything is built or removed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

out=build/test/numbers
rm -rf "$out"
mkdir -p "$out"

# SCRIPT VARIABLE, for each number that a script takes.
taken='scripts/fuzz.sh FUZZ_SECONDS
scripts/fuzz.sh FUZZ_JOBS
scripts/fuzz.sh FUZZ_LINE_SECONDS
scripts/afl.sh FUZZ_SECONDS
scripts/coverage_empty.sh COVERAGE_SECONDS
scripts/coverage_empty.sh COVERAGE_PERCENT
scripts/planted.sh SEEDS
scripts/planted.sh JOBS
scripts/matrix.sh JOBS
scripts/explore.sh JOBS
scripts/test.sh JOBS
studies/performance/performance.sh ROUNDS
studies/mutation/mutants JOBS
studies/mutation/mutants FUZZ_RUNS
scripts/campaign.py HOURS
scripts/campaign.py CAMPAIGN_SECONDS
scripts/campaign.py JOBS
scripts/campaign.py SLICE_SECONDS
scripts/campaign.py SAMPLE_SECONDS
studies/survival/survival.py SEEDS
studies/survival/survival.py CUTOFF
studies/survival/survival.py JOBS
scripts/report.py INPUTS'
# 0 is a number of these.
may_be_0=' COVERAGE_PERCENT FUZZ_RUNS '

# refuses NAME VALUE COMMAND...: the command ends with 2 and a sentence that has both.
refuses() {
    local name=$1 value=$2 status=0
    shift 2
    env "$name=$value" timeout 60 "$@" </dev/null >"$out/stdout" 2>"$out/stderr" || status=$?
    [ "$status" -eq 2 ] || { echo "status $status" && tail -n 3 "$out/stderr" && return 1; }
    grep -F -- "$name" "$out/stderr" | grep -qF -- "'$value'" || { cat "$out/stderr" && return 1; }
}

while read -r script name; do
    for value in 0 -1 abc '1 2' 99999999999999999999; do
        [ "$value" != 0 ] || [ "${may_be_0/ $name /}" = "$may_be_0" ] || continue
        check "$script: $name=$value" refuses "$name" "$value" "$script"
    done
done <<<"$taken"
for target in fuzz:FUZZ_SECONDS fuzz:FUZZ_JOBS afl:FUZZ_SECONDS coverage-empty:COVERAGE_SECONDS; do
    for value in 0 -1 abc "1'; touch '$out/executed"; do
        check "make ${target%:*} ${target#*:}=$value" refuses "${target#*:}" "$value" make -s "${target%:*}"
    done
done

check "no value was a command" [ ! -e "$out/executed" ]

# A script that takes one more has to stand above.
numbers_of_scripts() {
    grep -oHE '[a-z_]+=\$\{[A-Z_]+:-([0-9]|\$\(nproc\))' scripts/*.sh studies/*/*.sh |
        sed -E 's/:.*\$\{([A-Z_]+):-.*/ \1/' | grep -v 'merge.sh APPLY' | sort
}
check "there is no other number in a shell script" diff <(numbers_of_scripts) <(grep '\.sh ' <<<"$taken" | sort)

checks_end
