#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How many instructions a call of the library is, in each state that makes a difference, by callgrind: a table
# in Markdown with a column for each folder. Repeatable, whatever else the machine does. Behind `make instructions`.
#
#   studies/speed/instructions.sh [NAME=FOLDER...]    src/ of here, and of other worktrees or commits before it
#
# With the loop around the call, some 5 instructions. Exit codes: 0 counted, 1 it does not build or answers otherwise
# than it should, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/words.sh

folder=build/speed/instructions
mkdir -p "$folder"
rows=(get_a_hit get_a_hit_that_counts get_by_get_many get_a_miss_stash_empty get_a_miss_stash_half_full
    get_a_miss_stash_full get_from_a_full_stash update update_in_a_scope insert_into_a_free_way insert_that_evicts
    insert_that_evicts_in_a_scope upsert_of_a_stashed_key discard_of_an_insert remove compact_of_an_entry)
compile=$(make -s print-speed-compile)
head="| |" line="| --- |"
for column in "$@" now=src; do
    [[ $column =~ ^[A-Za-z0-9._-]+=.+$ && -d ${column#*=} ]] || fail "usage: [NAME=FOLDER...]"
    name=${column%%=*}
    # Loops that are alike stay functions of their own.
    # shellcheck disable=SC2086  # words
    ${compile/-Isrc/-I${column#*=}} -fno-ipa-icf -g0 studies/speed/instructions.c -o "$folder/$name"
    valgrind --tool=callgrind --callgrind-out-file="$folder/$name.out" "$folder/$name" \
        >"$folder/$name.calls" 2>"$folder/$name.log" || { cat "$folder/$name.log" >&2 && exit 1; }
    callgrind_annotate --auto=no --inclusive=yes --threshold=100 "$folder/$name.out" |
        awk -v calls="$(cat "$folder/$name.calls")" '{
            gsub(/,/, "")
            if (match($0, /measured_[a-z_]+/)) print substr($0, RSTART + 9, RLENGTH - 9), $1 / calls
        }' >"$folder/$name.counts"
    head+=" $name |" line+=" ---: |"
done

echo "$head"
echo "$line"
for row in "${rows[@]}"; do
    printf '| %s |' "${row//_/ }"
    for column in "$@" now=src; do
        count=$(awk -v row="$row" '$1 == row { printf "%.0f", $2 }' "$folder/${column%%=*}.counts")
        [ -n "$count" ] || { echo "instructions.sh: no count of '$row' for ${column%%=*}" >&2 && exit 1; }
        printf ' %s |' "$count"
    done
    echo
done
