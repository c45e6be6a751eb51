#!/usr/bin/env bash
# Runs every test that `make test` has built, as many at a time as there are cores, and ends with
# "N passed, N failed". Each step's output is in build/test/log/; a failing step's is shown.
# Deterministic: fixed seeds, bounded runs, no clocks (the seconds are shown, and judge nothing).
#
#   JOBS=1     steps at a time (the number of cores)
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

jobs=${JOBS:-$(nproc)}
log_folder=build/test/log
rm -rf "$log_folder"
mkdir -p "$log_folder"
# A bug may be an endless loop. No step takes a tenth of this.
step_seconds_max=400

# run_step NAME COMMAND...: counts the checks that the command reports (cmocka's or our own closing line),
# or one if it reports none. Prints at once, whole: steps run beside each other.
run_step() {
    local name=$1 log="$log_folder/${1//[ \/]/_}.log" status=0 start=$SECONDS good bad
    shift
    timeout "$step_seconds_max" "$@" >"$log" 2>&1 || status=$?
    [ "$status" -ne 124 ] || echo "FAIL: does not end after $step_seconds_max s" >>"$log"
    good=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) test\(s\)\.$/\1/p; s/^([0-9]+) passed, [0-9]+ failed$/\1/p' "$log" | tail -n 1)
    bad=$(sed -nE 's/^\[  FAILED  \] ([0-9]+) test\(s\), listed below:$/\1/p; s/^[0-9]+ passed, ([0-9]+) failed$/\1/p' "$log" | tail -n 1)
    good=${good:-$((status == 0))}
    bad=${bad:-$((status != 0))}
    [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    echo "$good $bad" >"$log.result"
    if [ "$bad" -eq 0 ]; then
        printf 'ok    %-40s %5d %5d s\n' "$name" "$good" $((SECONDS - start))
    else
        printf '%s\n' "$(
            printf 'FAIL  %-40s %5d passed, %d failed; %s:\n' "$name" "$good" "$bad" "$log"
            grep -E 'FAIL|ERROR|error|LINE|not covered|Assertion' "$log" | head -n 20 | sed 's/^/        /'
            tail -n 15 "$log" | sed 's/^/        /'
        )"
    fi
}

step_count=0
wait_for_core() {
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
        wait -n
    done
}

# step ...: run_step, when a core is free.
step() {
    wait_for_core
    run_step "$@" &
    step_count=$((step_count + 1))
}

# steps_in_turn NAME COMMAND NAME COMMAND...: each starts after the one before it, for they share a folder.
# A command is one word here, or several words in a string.
steps_in_turn() {
    wait_for_core
    step_count=$((step_count + $# / 2))
    while [ $# -gt 0 ]; do
        # shellcheck disable=SC2086
        run_step "$1" $2
        shift 2
    done &
}

# Every program that stands in a folder of tests, by name; a folder without any is a failure.
step_folder() {
    local program count=0
    for program in build/test/"$1"/*; do
        [ -x "$program" ] && [ -f "$program" ] || continue
        step "$1 $(basename "$program")" "$program"
        count=$((count + 1))
    done
    [ "$count" -gt 0 ] || step "$1: no test was built" false
}

# Those that take longest first, so that no core is idle at the end.
steps_in_turn "each layer of the oracle is needed" scripts/layers.sh \
    "the check of the layers can fail" tests/layers.sh
step "a program for each planted bug" tests/programs.sh
step "OSS-Fuzz: its build, checked" tests/oss_fuzz.sh
step "page, in Chromium" tests/page.sh
step "report of a campaign, in Chromium" tests/report_page.sh
step "clang-tidy" make -s tidy
step "documents" tests/documents.sh
step "time to bug, small" tests/survival.sh
step "campaign, small" tests/campaign.sh
step "guidance of the engine" tests/guidance.sh
steps_in_turn "coverage by the corpus" "scripts/coverage.sh --check corpus" \
    "the coverage gate can fail" tests/coverage.sh \
    "merging loses nothing" tests/merge.sh
steps_in_turn "matrix, its fast half" "env JOBS=1 scripts/matrix.sh --fast" \
    "the matrix can fail" tests/matrix.sh
step "install" tests/install.sh
step "pages of the interface" tests/docs.sh
step "mutants" tests/mutants.sh
step "speed against peers, small" tests/bench.sh
step "examples" tests/examples.sh
step "threads" tests/threads.sh
step "hit ratio" tests/hit_ratio.sh
step "command line" tests/command_line.sh
step "explain" tests/explain.sh
step "explorer" tests/explore.sh
step "findings" tests/findings.sh
step "reduce" tests/reduce.sh
step "record" tests/record.sh
step "witnesses" tests/witness.sh
step "gdb" tests/gdb.sh
step "canary: a planted bug is found" scripts/bugs.sh --canary

inputs=(corpus witnesses)
compgen -G 'regressions/*.trace' >/dev/null && inputs+=(regressions/*.trace)
inputs+=(bugs/traces/*.trace)
step "replay, gcc" ./trace replay "${inputs[@]}"
step "replay, clang ASan+UBSan" build/trace-asan replay "${inputs[@]}"
step "replay, libFuzzer" ./fuzz_cachemap -runs=0 corpus
step "soak" ./soak --seed 1 --streams 20000
step "fuzz, 20,000 runs" ./fuzz_cachemap -runs=20000 -seed=1 -len_control=0 -max_len=256 \
    -dict=dict/fuzz_cachemap.dict -artifact_prefix=build/test/
# libFuzzer writes what it finds into the first folder: that must not be corpus/.
rm -rf build/test/readers
mkdir -p build/test/readers
step "fuzz the readers, 20,000 runs" ./fuzz_trace -runs=20000 -seed=1 \
    -artifact_prefix=build/test/ build/test/readers corpus

step "values that are gone cost others nothing" tests/gone_cost.sh
step "headers alone" tests/headers.sh
step "clang-format" make -s format-check
step "C++17 header, g++" build/test/unit_header_cpp_gcc
step "C++17 header, clang++" build/test/unit_header_cpp_clang
step_folder harness
step_folder explorer
step_folder bench
step_folder asan
step_folder gcc
step_folder portable

wait
# What a step has not reported is lost, and a failure.
reported=$(find "$log_folder" -name '*.result' | wc -l)
read -r passed failed < <(cat "$log_folder"/*.result | awk '{ good += $1; bad += $2 } END { print good + 0, bad + 0 }')
if [ "$reported" -ne "$step_count" ]; then
    echo "FAIL  $((step_count - reported)) of $step_count steps did not report"
    failed=$((failed + step_count - reported))
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
