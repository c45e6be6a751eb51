#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests, in two tiers. Each step is a line below: a name, a command, and what has to be built for it. Builds
# just that, runs some steps at a time, and ends with "N passed, N failed". Each step's
# output is in build/test/log/; a failing step's is shown. Deterministic: fixed seeds, bounded runs, no clocks
# (the seconds shown are of CPU, and judge nothing).
#
#   scripts/test.sh test       what a contributor waits for: compilers and cmocka, two minutes of CPU (`make test`)
#   scripts/test.sh test-all   these, and everything else (`make test-all`)
#   scripts/test.sh rest       everything else alone
#   scripts/test.sh list       the names of the steps
#   scripts/test.sh tier       the tier of the step ONLY
#
#   ONLY=NAME    one step of either tier: its name, or a part that no other name has
#   JOBS=1       steps at a time (one more than there are cores: a step may wait for a browser or a timer)
#   TALLY=FILE   no closing line; "passed failed" is added to the file (.ci/run sums both tiers)
#   BARE=1       commands of Essential packages and of those that scripts/need.sh names for the tier, and no others
#
# Exit status: 0 all passed, 1 a step failed or could not be built, 2 usage.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. scripts/numbers.sh

jobs=${JOBS:-$(nproc)}
[ -n "${JOBS:-}" ] || jobs=$((jobs + 1))
whole_number JOBS "$jobs"
log_folder=build/test/log
# A bug may be an endless loop: a process that has used so much CPU time is killed, however busy the machine is.
# The slowest step is below a third of it as a whole.
step_cpu_seconds_max=600
# One that waits forever uses none. This is there so that CI ends, and is many times what any step takes.
step_wall_seconds_max=2400

# ---- The table of steps. ---------------------------------------------------------------------------

names=() tiers=() commands=() goals=()
tier=test
needed=all # what a step is given that does not say what it needs

# step NAME COMMAND... [--needs GOAL...]: the goals are of the Makefile, in one word or several.
step() {
    names+=("$1") tiers+=("$tier")
    shift
    local -a command=()
    local needs=$needed
    while [ $# -gt 0 ]; do
        if [ "$1" = --needs ]; then
            needs="${*:2}"
            break
        fi
        command+=("$1")
        shift
    done
    commands+=("${command[*]@Q}") goals+=("$needs")
}

# then_step: a step that starts after the one before it has ended, for they share a folder.
declare -A after=()
then_step() {
    after[${#names[@]}]=1
    step "$@"
}

# program WAY NAME...: a step for each test program of this way to build it.
program() {
    local name
    for name in "${@:2}"; do
        step "$1 $name" "build/test/$1/$name" --needs "build/test/$1/$name"
    done
}

names_of() { # PATTERN: of tests/
    local file
    for file in tests/$1.c; do basename "$file" .c; done
}
mapfile -t units < <(names_of 'unit_*' && echo conformance)

inputs=(corpus witnesses)
compgen -G 'regressions/*.trace' >/dev/null && inputs+=(regressions/*.trace)
inputs+=(bugs/traces/*.trace)

# Those that take longest first, so that no core is idle at the end.
step "canary: a planted bug is found" scripts/planted.sh bugs --canary --needs fuzz_cachemap
step "explain" tests/explain.sh --needs trace
step "reduce" tests/reduce.sh --needs trace
step "command line" tests/command_line.sh --needs all
step "replay, gcc" ./trace replay "${inputs[@]}" --needs trace
step "replay, clang ASan+UBSan" build/trace-asan replay "${inputs[@]}" --needs build/trace-asan
step "replay, libFuzzer" ./fuzz_cachemap -runs=0 corpus --needs fuzz_cachemap
step "fuzz, 10,000 runs" ./fuzz_cachemap -runs=10000 -seed=1 -len_control=0 -max_len=256 \
    -dict=dict/fuzz_cachemap.dict -artifact_prefix=build/test/ --needs fuzz_cachemap
step "situations" tests/situations.sh --needs trace
step "rules of CONTRIBUTING.md" tests/contributing.sh --needs trace soak explore tables
step "wrong tables of a subject" tests/tables_check.sh --needs ''
step "C++17 header, g++" build/test/unit_header_cpp_gcc --needs build/test/unit_header_cpp_gcc
step "C++17 header, clang++" build/test/unit_header_cpp_clang --needs build/test/unit_header_cpp_clang
mapfile -t oracle < <(names_of 'harness_*')
program harness "${oracle[@]}"
# Every unit is sanitized here. As gcc optimises them and without vectors here are those where that can make another
# answer; the others, which take half a minute to compile, are below.
as_gcc=(conformance unit_cache unit_integer unit_memory unit_stash)
without_vectors=(conformance unit_cache unit_integer unit_memory unit_stash)
# Most hashes of a program: seconds, where it is not optimised. All options of a plan: a second.
asan_slow=(unit_hash_families unit_plan)

# but LIST NAME...: the names that the array LIST has not.
but() {
    local -n without=$1
    printf '%s\n' "${@:2}" | grep -vxF -f <(printf '%s\n' "${without[@]}")
}
mapfile -t asan_quick < <(but asan_slow "${units[@]}")
mapfile -t other_gcc < <(but as_gcc "${units[@]}")
mapfile -t other_portable < <(but without_vectors "${units[@]}")
program asan "${asan_quick[@]}"
program portable "${without_vectors[@]}"
program gcc "${as_gcc[@]}"

tier=test-all
programs='all build/trace-asan build/trace-fast build/soak-fast'
step "each layer of the oracle is needed" scripts/planted.sh layers --needs "soak build/soak-fast build/trace-fast"
then_step "the check of the layers can fail" tests/layers.sh --needs "soak build/soak-fast build/trace-fast"
step "the tests of the harness can fail" tests/harness_bugs.sh --needs build/test/harness/harness_mutate
step "programs of planted bugs" tests/programs.sh --needs trace
step "matrix, its fast half" env JOBS=1 scripts/matrix.sh --fast --needs trace build/trace-asan build/trace-fast
then_step "the matrix can fail" tests/matrix.sh --needs trace
step "record" tests/record.sh --needs trace tables
step "OSS-Fuzz: its build, checked" tests/oss_fuzz.sh
step "mutants" tests/mutants.sh --needs fuzz_cachemap trace
step "clang-tidy" make -s tidy --needs embedded
step "adding an op" tests/adding.sh --needs trace soak tables
step "hang" tests/hang.sh --needs "$programs"
step "explain, more bugs" tests/explain_more.sh --needs trace
step "headers alone" tests/headers.sh --needs ''
step "misuse is a sentence" tests/misuse.sh --needs ''
step "soak" ./soak --seed 1 --streams 20000 --needs soak
step "what calls touch" build/soak-touches --seed 1 --streams 500 --needs build/soak-touches
# A look there costs what the stash holds: no trace that fills it with thousands.
# shellcheck disable=SC2034  # but has it by name
mapfile -t filled < <(grep -lE ' count=[0-9]{4}' bugs/traces/*.trace)
mapfile -t touched < <(but filled "${inputs[@]}")
step "what calls touch, stored inputs" build/trace-touches replay "${touched[@]}" --needs build/trace-touches
then_step "a call that touches too much" scripts/planted.sh touches probe-walks-the-whole-index \
    --needs soak build/soak-touches
step "numbers that users set" tests/numbers.sh --needs ''
step "fuzz, 20,000 runs more" ./fuzz_cachemap -runs=20000 -seed=2 -len_control=0 -max_len=256 \
    -dict=dict/fuzz_cachemap.dict -artifact_prefix=build/test/ --needs fuzz_cachemap
# What is compiled elsewhere, each for some ten seconds.
for way in $(scripts/way.sh --list); do
    step "fuzz, compiled as $way" scripts/way.sh "$way" --needs trace "build/way/$way/fuzz_cachemap" "build/way/$way/digest"
done
program m32 unit_plan
step "sizes above 4 GiB" tests/large_memory.sh --needs ''
step "fuzz the readers, 20,000 runs" ./fuzz_trace -runs=20000 -seed=2 \
    -artifact_prefix=build/test/ build/test/readers-more corpus --needs fuzz_trace
step "page, in Chromium" tests/page.sh --needs trace
step "report of a campaign, in Chromium" tests/report_page.sh --needs trace
step "documents" tests/documents.sh --needs all build/sizing build/hit_ratio
step "time to bug, small" tests/survival.sh
step "campaign, small" tests/campaign.sh --needs "$programs"
step "guidance of the engine" tests/guidance.sh --needs fuzz_cachemap trace
step "coverage by the corpus" scripts/coverage.sh --check corpus --needs build/trace-coverage
then_step "the coverage gate can fail" tests/coverage.sh --needs build/trace-coverage
then_step "merging loses nothing" tests/merge.sh --needs fuzz_cachemap trace build/trace-coverage
step "names of a program stay its own" tests/hygiene.sh --needs ''
step "systems" tests/systems.sh --needs ''
step "values that are gone cost others nothing" tests/gone_cost.sh --needs ''
step "install" tests/install.sh --needs ''
step "pages of the interface" tests/docs.sh --needs ''
step "speed against peers, small" tests/bench.sh --needs build/speed/speed build/test/bench/bench_peers
step "examples" tests/examples.sh --needs example-programs
step "request_log" tests/request_log.sh --needs example-programs
step "threads" tests/threads.sh --needs example-programs build/test/threads_tsan
step "hit ratio" tests/hit_ratio.sh --needs build/hit_ratio
step "explorer" tests/explore.sh --needs explore trace build/explore-asan build/explore-fast
step "a second subject" tests/second_subject.sh --needs ''
step "names of files" tests/names.sh --needs "$programs"
step "lines of make fuzz" tests/fuzz.sh --needs "$programs"
step "findings" tests/findings.sh --needs "$programs"
step "witnesses" tests/witness.sh --needs trace build/trace-asan
step "gdb" tests/gdb.sh --needs trace
step "the build" tests/build.sh --needs all
step "clang-format" make -s format-check --needs ''
program explorer explorer_enumeration
program bench bench_hit_ratio
program asan "${asan_slow[@]}"
program portable "${other_portable[@]}"
program gcc "${other_gcc[@]}"

# ---- Which of them. --------------------------------------------------------------------------------

list() {
    local i which
    for which in test test-all; do
        echo "$which:"
        for i in "${!names[@]}"; do
            [ "${tiers[i]}" != "$which" ] || echo "${names[i]}"
        done | paste -sd'|' | sed 's/|/ | /g' | fold -s -w 100 | sed 's/^/  /; s/ *$//'
    done
}

usage() {
    echo "test.sh: $1" >&2
    list >&2
    exit 2
}

# Sets `chosen`: numbers of steps.
choose() {
    local i
    chosen=()
    for i in "${!names[@]}"; do
        if [ -n "${ONLY:-}" ]; then
            [ "${names[i]}" != "$ONLY" ] || { chosen=("$i") && return; }
            [[ ${names[i]} != *"$ONLY"* ]] || chosen+=("$i")
        elif [ "$1" = test-all ] || [ "${tiers[i]}" = "${1/#rest/test-all}" ]; then
            chosen+=("$i")
        fi
    done
    [ -z "${ONLY:-}" ] || [ ${#chosen[@]} -ne 0 ] || usage "no step is named '$ONLY'. The steps:"
    [ -z "${ONLY:-}" ] || [ ${#chosen[@]} -eq 1 ] || usage "'$ONLY' is a part of ${#chosen[@]} names. The steps:"
}

# ---- Running. --------------------------------------------------------------------------------------

# run_step NUMBER: counts the checks that the command reports (cmocka's or our own closing line), or one if it
# reports none. Prints at once, whole: steps run beside each other.
run_step() {
    local name=${names[$1]} log="$log_folder/${names[$1]//[ \/]/_}.log" status=0 good bad seconds
    local TIMEFORMAT='%U %S'
    # Of this shell, which is the step's own, and of what it starts.
    ulimit -S -t "$step_cpu_seconds_max"
    { time eval "timeout $step_wall_seconds_max ${commands[$1]}" >"$log" 2>&1; } 2>"$log.seconds" || status=$?
    seconds=$(awk '{ printf "%.0f", $1 + $2 }' "$log.seconds")
    [ "$status" -ne 124 ] || echo "FAIL: waits for something that does not come: $step_wall_seconds_max s" >>"$log"
    [ "$status" -ne 152 ] || echo "FAIL: does not end: it has used $step_cpu_seconds_max s of CPU time" >>"$log"
    good=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) test\(s\)\.$/\1/p; s/^([0-9]+) passed, [0-9]+ failed$/\1/p' "$log" | tail -n 1)
    bad=$(sed -nE 's/^\[  FAILED  \] ([0-9]+) test\(s\), listed below:$/\1/p; s/^[0-9]+ passed, ([0-9]+) failed$/\1/p' "$log" | tail -n 1)
    good=${good:-$((status == 0))}
    bad=${bad:-$((status != 0))}
    [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    echo "$good $bad" >"$log.result"
    if [ "$bad" -eq 0 ]; then
        # What this machine cannot do is said, or nobody would miss it.
        printf '%s\n' "$(
            printf 'ok    %-40s %5d %5d s\n' "$name" "$good" "$seconds"
            sed -n 's/^SKIPPED: /        skipped: /p' "$log"
        )"
    else
        printf '%s\n' "$(
            printf 'FAIL  %-40s %5d passed, %d failed; %s:\n' "$name" "$good" "$bad" "$log"
            grep -E 'FAIL|ERROR|error|LINE|not covered|Assertion' "$log" | head -n 20 | sed 's/^/        /'
            tail -n 15 "$log" | sed 's/^/        /'
        )"
    fi
}

# All goals of the chosen steps at once; what does not compile fails the steps that need it, and no other.
build() {
    local i goal
    local -A wanted=()
    for i in "${chosen[@]}"; do
        for goal in ${goals[i]}; do wanted[$goal]=1; done
    done
    [ ${#wanted[@]} -eq 0 ] || make --no-print-directory -k -j"$(nproc)" "${!wanted[@]}" || built=1
}

run() {
    local i at=0
    local -a chain
    while [ "$at" -lt ${#chosen[@]} ]; do
        chain=("${chosen[at]}")
        at=$((at + 1))
        while [ "$at" -lt ${#chosen[@]} ] && [ -n "${after[${chosen[at]}]:-}" ]; do
            chain+=("${chosen[at]}")
            at=$((at + 1))
        done
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
        for i in "${chain[@]}"; do run_step "$i"; done &
    done
    wait
}

# What a step has not reported is lost, and a failure.
close() {
    local reported passed failed
    reported=$(find "$log_folder" -name '*.result' | wc -l)
    read -r passed failed < <(cat "$log_folder"/*.result | awk '{ good += $1; bad += $2 } END { print good + 0, bad + 0 }')
    failed=$((failed + built))
    [ "$built" -eq 0 ] || echo "FAIL  something does not build: see above"
    if [ "$reported" -ne ${#chosen[@]} ]; then
        echo "FAIL  $((${#chosen[@]} - reported)) of ${#chosen[@]} steps did not report"
        failed=$((failed + ${#chosen[@]} - reported))
    fi
    if [ -n "${TALLY:-}" ]; then
        echo "$passed $failed" >>"$TALLY"
    else
        echo
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" -eq 0 ]
}

case "${1:-}" in
test | test-all | rest) ;;
list) list && exit ;;
tier) choose test && echo "${tiers[${chosen[0]}]}" && exit ;;
*) usage "usage: scripts/test.sh test|test-all|rest|list. The steps:" ;;
esac
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours
choose "$1"
if [ -n "${BARE:-}" ]; then
    PATH=$(scripts/bare_path.sh build/bare-path/"$1" "${1/#rest/test-all}") || exit 1
    export PATH
fi
built=0
rm -rf "$log_folder" build/test/readers-more
mkdir -p "$log_folder" build/test/readers-more
build
run
close
