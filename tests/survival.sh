#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make survival` at small scale: the baselines and variants are silent on the library as it is and find
# an easy bug, within fixed executions of fixed seeds; results are kept and not measured twice; the
# report's figures are those of a sample that was worked out by hand. The campaign itself takes hours
# and is no test.
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS CACHEMAP_WITHOUT # of a make or a shell that calls this
. tests/checks.sh

folder=build/test/survival
bug=counter-set-clobbers-higher-ways # breaks lookups, so that the baselines see it too
# What no lookup shows, so that `naive` never finds it.
hidden_bug=miss-without-cache
rm -rf "$folder"
mkdir -p "$folder"
export FOLDER=$folder CUTOFF=2 SEEDS=1 JOBS=1

status_is() { # STATUS COMMAND...
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" -eq "$wanted" ] || { echo "status $status instead of $wanted" && false; }
}

# ---- The programs. -------------------------------------------------------------------------------

ingredients=(mutator swarm op_edits bytes counters coverage geometry tiny_geometry policy each_op
    'coverage,counters')

# `target FOLDER PROGRAM EXECUTIONS`: from nothing, with a fixed seed.
target() {
    (cd "$folder" && "$1/$2" -seed=1 -runs="$3" -max_len=512 -len_control=0 -print_final_stats=1 \
        -dict="$OLDPWD/dict/fuzz_cachemap.dict" -artifact_prefix="./")
}

finds() { # FOLDER PROGRAM EXECUTIONS: it fails, and not for a reason of its own
    target "$@" >"$folder/log" 2>&1
    status=$?
    tail -n 5 "$folder/log"
    [ "$status" -eq 77 ] && grep -q 'ERROR: libFuzzer: deadly signal' "$folder/log"
}

check_silent() {
    local without
    check "original is silent" "$PWD/build/original" --seed 1 --streams 10
    check "naive is silent" target "$PWD/build" naive 3000
    for without in "${ingredients[@]}"; do
        check "without $without it is silent" env CACHEMAP_WITHOUT="$without" \
            "$PWD/build/variant" -seed=1 -runs=500 -max_len=512 -len_control=0
    done
}

check_finds() {
    local builds=$PWD/$folder/planted/build without
    check "original finds $bug" status_is 1 "$builds/original" --seed 1 --streams 10
    check "naive finds it" finds "$builds" naive 5000
    check "the target finds it" finds "$builds" fuzz_cachemap 2000
    for without in "${ingredients[@]}"; do
        export CACHEMAP_WITHOUT=$without
        check "without $without it is found" finds "$builds" variant 5000
        unset CACHEMAP_WITHOUT
    done
}

# The target's figures after so many executions, of which any difference in a single one shows.
figures() {
    target "$PWD/build" "$1" 1500 2>&1 | grep -oE '^#1500.*DONE.*lim|^stat::new_units_added.*'
}

variant_is_the_target() {
    diff <(figures fuzz_cachemap) <(figures variant) && [ -n "$(figures variant)" ]
}

# An ingredient that is off makes a difference.
variant_differs() {
    ! diff <(figures variant) <(CACHEMAP_WITHOUT=$1 figures variant) >"$folder/log"
}

check_programs() {
    check "the programs build" make -s build/variant build/naive build/original build/afl_mutator.so
    check "nothing switched off, the variant is the target" variant_is_the_target
    for without in "${ingredients[@]}"; do
        check "without $without it is another" variant_differs "$without"
    done
    check "an unknown ingredient is refused" status_is 2 env CACHEMAP_WITHOUT=swarm,nothing build/variant -runs=1
    check "original refuses what is no number" status_is 2 build/original --seed x
    check_silent
}

# ---- The campaign. -------------------------------------------------------------------------------

lines_are() { # COUNT: all of them whole
    cat "$folder/results.jsonl"
    [ "$(wc -l <"$folder/results.jsonl")" -eq "$1" ] &&
        [ "$(grep -cE '^\{"config": [^{]*\}$' "$folder/results.jsonl")" -eq "$1" ]
}

campaign() { # CONFIGS BUGS SETTING...
    local configs=$1 bugs=$2
    shift 2
    env CONFIGS="$configs" BUGS="$bugs" "$@" studies/survival/survival.py
}

all_found() {
    cat "$folder/results.jsonl"
    [ "$(grep -c '"found": true' "$folder/results.jsonl")" -eq 4 ]
}

check_campaign() {
    local configs='ours original naive no_mutator'
    check "a campaign of one bug" campaign "$configs" "$bug" KEEP=1
    check "one run each" lines_are 4
    check "all found" all_found
    mv "$folder/builds/$bug" "$folder/planted"
    printf '{"config": "ours", "b' >>"$folder/results.jsonl"
    check "again, with a seed more, after a torn line" campaign naive "$bug" SEEDS=2
    check "nothing is measured twice, nothing is torn" lines_are 5
    check "nothing is missing" campaign "$configs" "$bug"
    check "and so nothing is run" lines_are 5
    check "a hopeless pair" campaign naive "$hidden_bug" SEEDS=3 HOPELESS=1 CUTOFF=1 FRESH=1
    check "gets no more seeds" lines_are 1
    check "another cutoff is refused" status_is 2 campaign naive "$hidden_bug" SEEDS=3
    sed -i 's/"sources": "/&0/' "$folder/results.jsonl"
    check "results of other sources are refused" status_is 2 campaign naive "$hidden_bug" CUTOFF=1
    check "seeds that are no number are refused" status_is 2 campaign naive "$bug" SEEDS=many
    check "an unknown configuration is refused" status_is 2 campaign nothing "$bug"
    check "an unknown bug is refused" status_is 2 campaign naive no-such-bug
}

# ---- The report. ---------------------------------------------------------------------------------

# Worked out by hand. `ours`: times 1, 3, 2 and 10 (cut off), mean 4; the curve is at 0.5 between 2 and
# 3. `naive`: 4, 10, 10, 10, mean 8.5, ratio 8.5 / 4; of the pairs of bug a all 4 are sooner, of b 2,
# and 2 are ties: (1 + 3 / 4) / 2. `no_swarm` at its horizon 4: a 1.5, b 4, mean 2.75 (2.8); `ours` there 2 and
# 3, mean 2.5; of the pairs of a one is sooner and one a tie, of b one of each: (3 / 8 + 3 / 4) / 2.
sample() {
    printf '{"config":"%s","bug":"%s","seed":%d,"found":%s,"seconds":%s,"executions":1,"cutoff":%d,"sources":"x"}\n' \
        ours a 1 true 1 10 ours a 2 true 3 10 ours b 1 true 2 10 ours b 2 false 10.01 10 \
        naive a 1 true 4 10 naive a 2 false 10.02 10 naive b 1 false 10 10 naive b 2 false 10 10 \
        no_swarm a 1 true 1 4 no_swarm a 2 true 2 4 no_swarm b 1 false 4 4 \
        ours control 1 false 10 10 naive control 1 false 10 10 no_swarm control 1 false 4 4
}

row_is() { # EXPRESSION [DOCUMENT]: of a row in the report's document
    cat "$folder/${2:-document.md}"
    grep -qE "$1" "$folder/${2:-document.md}"
}

plot_is_whole() {
    python3 - "$folder/plot.svg" <<'END'
import sys, xml.etree.ElementTree as tree
text = " ".join("".join(e.itertext()) for e in tree.parse(sys.argv[1]).iter())
sys.exit(not all(word in text for word in ("naive", "no_swarm", "CPU time, seconds", "2 bugs")))
END
}

# shellcheck disable=SC2016  # backquotes of Markdown
check_report() {
    sample >"$folder/sample.jsonl"
    printf 'before\n<!-- generated: survival -->\nold\n<!-- end -->\nafter\n' >"$folder/document.md"
    printf '<!-- generated: survival-medians -->\n<!-- end -->\n' >"$folder/medians.md"
    check "the report of a sample" studies/survival/survival_report.R "$PWD/$folder/sample.jsonl" \
        "$PWD/$folder/document.md" "$PWD/$folder/plot.svg" "$PWD/$folder/curves.json" "$PWD/$folder/medians.md"
    check "ours" row_is '^\| `ours` \| 10 \| 4 \| 0 \| 2\.5 \| 4\.0 \(2\.0 to 6\.0\) '
    check "naive" row_is '^\| `naive` \| 10 \| 4 \| 1 \| - \| 8\.5 \(7\.0 to 10\) \| 4\.0 \| 2\.1 .* 0\.88 '
    check "no_swarm, at its horizon" row_is '^\| `no_swarm` \| 4 \| 3 \| 1 \| 2\.0 \| 2\.8 .* \| 2\.5 \| 1\.1 .* 0\.56 .* 1 \|$'
    check "the table of bugs" row_is '^\| b \| > 10 \(1/2\) \| - \|$' medians.md
    check "it says that it is partial" row_is '^\*\*Partial:\*\*.* 2 were measured'
    check "it says that the control was silent" row_is '3 runs, 24 CPU seconds, all silent'
    check "the document's own text stays" test "$(grep -cE '^(before|after|old)$' "$folder/document.md")" -eq 2
    check "the plot is whole" plot_is_whole
    check "curves fall, within their bands" jq -e '.bugs == 2 and (.curves | length == 3 and all(
        (.survival | . == (sort | reverse)) and ([.lower, .survival, .upper] | transpose | all(. == sort))))' \
        "$folder/curves.json"
    sed 's/"bug":"control","seed":1,"found":false/"bug":"control","seed":1,"found":true/' \
        "$folder/sample.jsonl" >"$folder/alarm.jsonl"
    studies/survival/survival_report.R "$PWD/$folder/alarm.jsonl" >"$folder/document.md" 2>&1
    check "a false alarm is said" row_is '^\*\*False alarm:\*\* ours, naive, no_swarm'
    : >"$folder/empty.jsonl"
    check "no results are refused" status_is 2 studies/survival/survival_report.R "$PWD/$folder/empty.jsonl"
}

check_programs
check_campaign
check_finds
if Rscript -e 'library(survival); library(jsonlite)' >/dev/null 2>&1 && command -v gnuplot >/dev/null; then
    check_report
else
    echo "skipped: the report (scripts/need.sh survival installs R and gnuplot)"
fi
checks_end
