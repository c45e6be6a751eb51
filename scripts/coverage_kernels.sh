#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What coverage.sh measured, by function and by layout: regions, branches (both sides) and conditions (MC/DC) of
# each body of src/ (a kernel, which all layouts share) and of the typed layer of each layout (cache_map_functions.h).
# Judges nothing: the gate is coverage_check.sh.
#
#   scripts/coverage_kernels.sh EXPORT EXCEPTIONS FOLDER
#
# EXPORT is what `llvm-cov export` printed. Writes FOLDER/kernels and FOLDER/instances, a line each, and prints
# their sums, and each kernel that is not whole with the reason of its excuse. Exit status: 0, 2 it cannot read.
set -euo pipefail
. "$(dirname "$0")/words.sh"

if [ $# -ne 3 ] || [ ! -r "$1" ] || [ ! -r "$2" ] || [ ! -d "$3" ]; then
    fail "usage: scripts/coverage_kernels.sh EXPORT EXCEPTIONS FOLDER"
fi

# A fact a line: file, function, kind, which, 1 if it is reached. A body that several objects have counts once.
facts() {
    jq -r '.data[0].functions[] | (.filenames[0] | select(contains("/src/cache_map")) | sub(".*/src/"; "")) as $file |
           (.name | sub(".*:"; "")) as $name |
           (.regions[] | select(.[7] == 0) | [$file, $name, "region", "\(.[0]):\(.[1])-\(.[2]):\(.[3])", .[4]]),
           (.branches[]? | [$file, $name, "branch", "\(.[0]):\(.[1]) true", .[4]],
                           [$file, $name, "branch", "\(.[0]):\(.[1]) false", .[5]]),
           (.mcdc_records[]? | . as $record | map(select(type == "array"))[0] | to_entries[] |
               [$file, $name, "condition", "\($record[0]):\($record[1]) \(.key)", if .value then 1 else 0 end]) |
           @tsv' "$1" |
        awk -F'\t' -v OFS='\t' '
            { reached[$1 OFS $2 OFS $3 OFS $4] += $5 }
            END { for (fact in reached) print fact, (reached[fact] > 0) }'
}

# rows PATTERN: of the functions of the typed layer (1) or of the others (0), a row each and the sum.
rows() {
    awk -F'\t' -v typed="$1" '
        ($2 ~ /^map_[0-9]+_/) == typed {
            name = $1 " " $2
            if (typed) { split($2, at, "_"); name = sprintf("layout %02d", at[2]) }
            names[name]
            all[name, $3]++; all["all", $3]++
            reached[name, $3] += $5; reached["all", $3] += $5
        }
        function cell(name, kind) {
            if (!((name, kind) in all)) return sprintf("%14s", "-")
            return sprintf("%5d of %-5d", reached[name, kind], all[name, kind])
        }
        function row(name) {
            return sprintf("%-58s %s  %s  %s", name, cell(name, "region"), cell(name, "branch"), cell(name, "condition"))
        }
        BEGIN {
            printf "%-58s %14s  %14s  %14s\n", "", "regions", "branches", "MC/DC"
            fflush()
        }
        END {
            for (name in names) print row(name) | "LC_ALL=C sort"
            close("LC_ALL=C sort")
            print row("all")
        }'
}

facts "$1" >"$3/kernel-facts"
rows 0 <"$3/kernel-facts" >"$3/kernels"
rows 1 <"$3/kernel-facts" >"$3/instances"
head -n 1 "$3/kernels"
sed -n '$s/^all  /kernels/p' "$3/kernels"
sed -n '$s/^all          /typed layer/p' "$3/instances"
echo "kernels that are not whole, and why (all: $3/kernels; each layout: $3/instances):"
exceptions=$2 awk '
    BEGIN {
        exceptions = ENVIRON["exceptions"]
        while ((getline line < exceptions) > 0)
            if (line !~ /^#/ && split(line, word, " ") > 2) {
                sub(/^[^ ]+ +(\/.*\/( \[[^]]*\])?|[^ ]+) /, "", line)
                if (word[2] !~ /^\//) reason[word[1], word[2]] = line
                else of_file[word[1]] = of_file[word[1]] (of_file[word[1]] == "" ? "" : "; ") line
            }
    }
    NR > 1 && $1 != "all" {
        for (i = 3; i + 2 <= NF; i++)
            if ($(i + 1) == "of" && $i < $(i + 2)) {
                why = ($1, $2) in reason ? reason[$1, $2] : "a part: " of_file[$1]
                printf "  %-52s %s\n", $1 " " $2, why
                break
            }
    }' "$3/kernels"
