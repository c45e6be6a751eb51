#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The coverage gate can fail, in each of its ways: without one of the excuses, with one too many, with
# inputs missing. Works on copies of the exceptions and of the corpus; needs build/trace-coverage.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exceptions=tests/coverage-exceptions.txt
facts=$work/facts-of-corpus

# refuses PATTERN COMMAND...: ends with 1 and says PATTERN (grep -E).
refuses() {
    local pattern=$1 status=0
    shift
    "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq 1 ] && grep -Eq -- "$pattern" "$work/out" && return 0
    echo "exit status $status, expected 1 and '$pattern'; it said:"
    cat "$work/out"
    return 1
}

gate() { scripts/coverage_check.sh check "$facts" "$1"; }

# Every excuse of the file is needed: without it the gate names a place.
each_excuse_is_needed() {
    local number line
    while IFS=: read -r number line; do
        sed "${number}d" "$exceptions" >"$work/fewer"
        refuses '^not covered: ' gate "$work/fewer" || {
            echo "without: $line"
            return 1
        }
    done < <(grep -nvE '^(#|$)' "$exceptions")
}

# The corpus but what matches a pattern of find's -name.
corpus_without() {
    rm -rf "$work/corpus"
    mkdir "$work/corpus"
    find corpus -type f ! -name "$1" -exec cp {} "$work/corpus" \;
}

one_excuse_more() {
    { cat "$exceptions" && echo "$1"; } >"$work/more"
    refuses "$2" gate "$work/more"
}

mcdc=$(make -s print-mcdc)
check "the corpus passes" scripts/coverage.sh --check corpus
cp build/coverage/facts "$facts"
[ -z "$mcdc" ] || check "each excuse is needed" each_excuse_is_needed
check "an excuse for a line that is reached" one_excuse_more \
    'cache_map_core.h cache_map_reset because' 'excuse that nothing needs: cache_map_core.h cache_map_reset'
check "an excuse for what is not there" one_excuse_more \
    'cache_map_core.h /no such text/ because' 'excuse that nothing needs: cache_map_core.h /no such'
# As if the first of two conditions were not covered, and the second is.
decision=$(grep -nF 'if (address < start ||' src/cache_map_core.h | cut -d: -f1)
awk -F'\t' -v OFS='\t' -v line="$decision" \
    '$1 == "cache_map_core.h" && $2 == line && $3 == "condition" && $4 ~ /:1$/ { $5 = 0 } { print }' "$facts" >"$work/facts"
[ -z "$mcdc" ] || facts=$work/facts check "an excuse for a condition that is covered" one_excuse_more \
    'cache_map_core.h /if (address < start ||/ [condition 1 2] because' 'nothing needs, condition 2: '
check "an excuse without a reason" one_excuse_more 'cache_map_core.h /if (address < start ||/' 'without a reason'
check "an excuse of no kind" one_excuse_more 'cache_map_core.h cache_map_reset [line] because' \
    'neither \[condition N\] nor \[decision\]'
check "nothing was measured" refuses 'there are no facts' \
    scripts/coverage_check.sh check /dev/null "$exceptions"

corpus_without '*-on-a-layout-of-pages'
check "a layout is not run" refuses '^not covered: layout 48 never runs ' scripts/coverage.sh --check "$work/corpus"
rm -f "$work"/corpus/*
cp corpus/demote-frees-slot "$work/corpus/"
check "one input: lines" refuses '^not covered: .*: line: ' scripts/coverage.sh --check "$work/corpus"
check "one input: branches" refuses '^not covered: .*: branch: ' scripts/coverage.sh --check "$work/corpus"
[ -z "$mcdc" ] || check "one input: MC/DC" refuses '^not covered: .*: condition [0-9]: ' \
    scripts/coverage.sh --check "$work/corpus"
check "one input: a share of the branches" refuses '^branches: .* wanted 98 %' \
    scripts/coverage.sh --branches 98 "$work/corpus"

# MC/DC alone: facts in which only one condition is open are no fault of lines or branches.
if [ -n "$mcdc" ]; then
    awk -F'\t' -v OFS='\t' '!done && $3 == "condition" && $5 == 1 { $5 = 0; done = 1 } { print }' \
        "$facts" >"$work/facts"
    check "one condition fewer" refuses '^not covered: .*: condition [0-9]: ' \
        scripts/coverage_check.sh check "$work/facts" "$exceptions"
fi
# As clang before 18 has it.
awk -F'\t' '$3 != "condition" && $3 != "decision"' "$facts" >"$work/facts"
without_mcdc_passes() {
    scripts/coverage_check.sh check "$work/facts" "$exceptions" >"$work/out" || {
        cat "$work/out"
        return 1
    }
    grep -q '^MC/DC needs clang 18 or newer' "$work/out"
}
check "without MC/DC the rest is checked, and it says so" without_mcdc_passes
checks_end
