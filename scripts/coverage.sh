#!/usr/bin/env bash
# Coverage of src/ by inputs alone: replays folders of inputs through a build with clang's source
# coverage and no assertions (their failing side must never run).
#
#   scripts/coverage.sh [--summary | --check] FOLDER...
#
# Without an option: the table of llvm-cov and every line that was not reached. --summary: one line.
# What no input can reach is excused, with its reason, in tests/coverage-exceptions.txt.
# --check: fails unless each uncovered line and branch is excused in tests/coverage-exceptions.txt,
# and unless each excuse is still needed.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=table
case "${1:-}" in
--summary | --check)
    mode=${1#--}
    shift
    ;;
esac
[ $# -gt 0 ] || set -- corpus
make -s build/trace-coverage >/dev/null
clang=$(make -s print-clang)
suffix=${clang##*clang}
profdata=$(command -v "llvm-profdata$suffix" || command -v llvm-profdata)
cov=$(command -v "llvm-cov$suffix" || command -v llvm-cov)
raw=build/coverage.profraw
data=build/coverage.profdata
LLVM_PROFILE_FILE=$raw build/trace-coverage replay "$@" >/dev/null
"$profdata" merge -sparse "$raw" -o "$data"

# file:line:what, once each: a line never run, or a side of a branch never taken. A body is shared by
# all layouts, so one of them reaching a branch is enough.
uncovered() {
    "$cov" export -format=lcov -instr-profile="$data" build/trace-coverage src |
        awk -F'[:,]' '
            /^SF:/ { file = $2; sub(/.*\/src\//, "src/", file) }
            /^DA:/ { lines[file ":" $2] += $3; seen_line[file ":" $2] = 1 }
            /^BRDA:/ {
                key = file ":" $2 ":" $3 ":" $4
                # The typed layer is there once a layout, with one condition a line.
                if (file == "src/cache_map.h") key = file ":" $2 ":" $4 % 2
                seen_branch[key] = file ":" $2
                taken[key] += $5 == "-" ? 0 : $5
            }
            END {
                for (key in seen_line) {
                    line_count++
                    if (lines[key] == 0) { line_missed++; print key ":line" }
                }
                for (key in seen_branch) {
                    branch_count++
                    if (taken[key] == 0) { branch_missed++; print seen_branch[key] ":branch" }
                }
                printf "lines %d of %d, branches %d of %d\n", line_count - line_missed, line_count,
                    branch_count - branch_missed, branch_count > "build/coverage.summary"
            }' | sort -u -t: -k1,1 -k2,2n
}
uncovered >build/coverage.uncovered

case "$mode" in
summary)
    left=$({ scripts/coverage_check.sh build/coverage.uncovered tests/coverage-exceptions.txt || true; } |
        grep -c '^not covered' || true)
    echo "src/: $(cat build/coverage.summary); not reached and not excused: $left"
    ;;
table)
    "$cov" report -instr-profile="$data" build/trace-coverage src | cut -c1-200
    echo
    echo "src/: $(cat build/coverage.summary); not reached:"
    sed 's/^/  /' build/coverage.uncovered
    ;;
check) scripts/coverage_check.sh build/coverage.uncovered tests/coverage-exceptions.txt ;;
esac
