#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Coverage of src/ by inputs alone: replays folders of inputs through a build with clang's source
# coverage and no assertions (their failing side must never run). Lines, branches, MC/DC (clang 18 or
# newer), and the functions of cache_map_functions.h for each layout. docs/coverage.md explains the figures.
#
#   scripts/coverage.sh [--check | --summary | --branches PERCENT] FOLDER...
#
# Without an option: a table a file, what is neither reached nor excused, and HTML for people.
# --check: the same without HTML. --summary: one line, which fails for nothing.
# --branches: the share of the branches that are not excused.
# What no input can reach is excused, with its reason, in tests/coverage-exceptions.txt.
# Exit status: 0 all that is not excused is reached and each excuse is needed (--branches: at least
# PERCENT of the branches); 1 not so; 2 it could not be measured, or usage.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

mode=table
percent_min=
case "${1:-}" in
--check | --summary)
    mode=${1#--}
    shift
    ;;
--branches)
    mode=branches
    percent_min=${2:-}
    case "$percent_min" in
    '' | *[!0-9]*)
        fail "--branches takes a whole number of percent, got '$percent_min'"
        ;;
    esac
    shift 2
    ;;
-*)
    fail "no such option: $1; the head of the script lists them"
    ;;
esac
[ $# -gt 0 ] || set -- corpus

folder=build/coverage
program=build/trace-coverage
make -s "$program" >/dev/null || exit 2
clang=$(make -s print-clang)
suffix=${clang##*clang}
profdata=$(command -v "llvm-profdata$suffix" || command -v llvm-profdata)
cov=$(command -v "llvm-cov$suffix" || command -v llvm-cov)
mcdc=$(make -s print-mcdc)
LLVM_PROFILE_FILE=$folder/raw.profile "$program" replay "$@" >"$folder/replay.log" 2>&1 || {
    tail -n 20 "$folder/replay.log" >&2
    fail "the replay fails: there is no coverage of a run that is wrong"
}
"$profdata" merge -sparse "$folder/raw.profile" -o "$folder/profile"
"$cov" export -instr-profile="$folder/profile" "$program" src >"$folder/export.json"

# A fact a line, tab separated: file, line, kind, which of that kind on the line, 1 if it is reached.
# A body is shared by all layouts, so one of them reaching a branch is enough.
facts_of_lines_and_branches() {
    "$cov" export -format=lcov -instr-profile="$folder/profile" "$program" src |
        awk -F'[:,]' -v OFS='\t' '
            /^SF:/ { file = $2; sub(/.*\/src\//, "", file) }
            /^DA:/ { reached[file OFS $2 OFS "line" OFS 0] += $3 }
            /^BRDA:/ {
                which = $3 ":" $4
                # The typed layer is there once a layout, with one condition a line.
                if (file == "cache_map_functions.h") which = $4 % 2
                reached[file OFS $2 OFS "branch" OFS which] += $5 == "-" ? 0 : $5
            }
            END { for (fact in reached) print fact, (reached[fact] > 0) }'
}

# Conditions are counted from 1, as llvm-cov does; a copy of a body in each file that includes it.
facts_of_conditions() {
    jq -r '.data[0].files[] | (.filename | sub(".*/src/"; "")) as $file | .mcdc_records[]? |
           . as $record | map(select(type == "array"))[0] | to_entries[] |
           [$file, $record[0], "condition", "\($record[1]):\(.key + 1)",
            if .value then 1 else 0 end] | @tsv' "$folder/export.json" |
        awk -F'\t' -v OFS='\t' '
            { reached[$1 OFS $2 OFS $3 OFS $4] += $5 }
            END { for (fact in reached) print fact, (reached[fact] > 0) }'
    # What the compiler cannot instrument would otherwise be missing without a word.
    sed -nE 's/^src\/([^:]+):([0-9]+):([0-9]+): warning: unsupported MC\/DC.*/\1\t\2\tdecision\t\3\t0/p' \
        "$folder"/subjects/cachemap/*.diagnostics | sort -u
}

# The functions of cache_map.h, one copy a layout: layout and function, calls in all passes.
layout_calls() {
    jq -r '.data[0].functions[] | select(.filenames[0] | endswith("/src/cache_map_functions.h")) |
           select(.name | test("map_[0-9]+_")) |
           (.name | capture("map_(?<layout>[0-9]+)_(?<function>.*)")) as $at |
           [$at.layout, $at.function, .count] | @tsv' "$folder/export.json"
}

{
    facts_of_lines_and_branches
    [ -z "$mcdc" ] || facts_of_conditions
    layout_calls | awk -F'\t' -v OFS='\t' '{ print "cache_map_functions.h", 0, "layout", $1 ":" $2, ($3 > 0) }'
} | sort -t$'\t' -k1,1 -k2,2n -k3,4 >"$folder/facts"
layout_calls | sort -k1,1n -k2,2 >"$folder/layouts"

status=0
scripts/coverage_check.sh "$mode" "$folder/facts" tests/coverage-exceptions.txt "$percent_min" || status=$?

if [ "$mode" = table ]; then
    # shellcheck disable=SC2046  # no word at all where there is no MC/DC
    "$cov" show -format=html -output-dir="$folder/html" -show-branches=count -show-instantiations=false \
        $([ -z "$mcdc" ] || echo -show-mcdc) -instr-profile="$folder/profile" "$program" src
    # The typed layer once more, each layout beside the others.
    "$cov" show -format=html -output-dir="$folder/html-layouts" -show-branches=count -show-instantiations=true \
        -instr-profile="$folder/profile" "$program" src/cache_map_functions.h
    echo
    scripts/coverage_kernels.sh "$folder/export.json" tests/coverage-exceptions.txt "$folder"
    echo "HTML: $folder/html/index.html; each layout: $folder/html-layouts/index.html;" \
        "calls of each function of each layout: $folder/layouts"
fi
exit "$status"
