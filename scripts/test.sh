#!/usr/bin/env bash
# Runs every test that `make test` has built, one after the other, and ends with "N passed, N failed".
# Each step's output is in build/test/log/; a failing step's is shown. Deterministic: fixed seeds,
# bounded runs, no clocks.
set -uo pipefail
cd "$(dirname "$0")/.."

log_folder=build/test/log
mkdir -p "$log_folder"
passed=0
failed=0
# A bug may be an endless loop. No step takes a tenth of this.
step_seconds_max=400

# step NAME COMMAND...: counts the checks that the command reports (cmocka's or our own closing line),
# or one if it reports none.
step() {
    local name=$1 log="$log_folder/${1//[ \/]/_}.log" status=0 good bad
    shift
    timeout "$step_seconds_max" "$@" >"$log" 2>&1 || status=$?
    [ "$status" -ne 124 ] || echo "FAIL: does not end after $step_seconds_max s" >>"$log"
    good=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) test\(s\)\.$/\1/p; s/^([0-9]+) passed, [0-9]+ failed$/\1/p' "$log" | tail -n 1)
    bad=$(sed -nE 's/^\[  FAILED  \] ([0-9]+) test\(s\), listed below:$/\1/p; s/^[0-9]+ passed, ([0-9]+) failed$/\1/p' "$log" | tail -n 1)
    good=${good:-$((status == 0))}
    bad=${bad:-$((status != 0))}
    [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    passed=$((passed + good))
    failed=$((failed + bad))
    if [ "$bad" -eq 0 ]; then
        printf 'ok    %-40s %5d\n' "$name" "$good"
    else
        printf 'FAIL  %-40s %5d passed, %d failed; %s:\n' "$name" "$good" "$bad" "$log"
        grep -E 'FAIL|ERROR|error|LINE|not covered|Assertion' "$log" | head -n 20 | sed 's/^/        /'
        tail -n 15 "$log" | sed 's/^/        /'
    fi
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

step_folder asan
step_folder gcc
step_folder portable
step "C++17 header, g++" build/test/unit_header_cpp_gcc
step "C++17 header, clang++" build/test/unit_header_cpp_clang
step_folder harness
step_folder explorer

inputs=(corpus)
compgen -G 'regressions/*.trace' >/dev/null && inputs+=(regressions/*.trace)
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
step "coverage by the corpus" scripts/coverage.sh --check corpus
step "the coverage gate can fail" tests/coverage.sh
step "canary: a planted bug is found" scripts/bugs.sh --canary
step "time to bug, small" tests/survival.sh
step "each layer of the oracle is needed" scripts/layers.sh
step "the check of the layers can fail" tests/layers.sh
step "headers alone" tests/headers.sh
step "guidance of the engine" tests/guidance.sh
step "command line" tests/command_line.sh
step "reduce and explain" tests/reduce.sh
step "explorer" tests/explore.sh
step "build.sh as OSS-Fuzz calls it" tests/build_sh.sh
step "mutants" tests/mutants.sh
step "documents" tests/documents.sh
step "clang-format" make -s format-check
step "clang-tidy" make -s tidy

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
