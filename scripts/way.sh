#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The fuzz target compiled in another way (make/ways.mk) is as right as ./fuzz_cachemap: it finds nothing in a fixed
# number of executions from an empty corpus, some ten seconds, and gives every stored input the digest that ./trace
# gives it. Knows no compiler: `make fuzz-bare` and so on build both programs first. docs/matrix.md.
#
#   scripts/way.sh NAME [PROGRAM]   NAME: a line of the table below; PROGRAM: instead of the way's fuzz target, and
#                                   without the digests. For a planted bug, and for what must not find it
#   scripts/way.sh --list           the names
#
# What it left is in build/way/NAME/. Exit status: 0 as it must be, 1 not so, 2 it could not run.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh
. scripts/fuzz_flags.sh

# A way, and the executions of ten seconds.
ways='
bare   30000
m32    25000
folded 30000
'

[ "${1:-}" != --list ] || { awk 'NF { print $1 }' <<<"$ways" && exit; }
name=${1:-}
count=$(awk -v name="$name" '$1 == name { print $2 }' <<<"$ways")
[ -n "$count" ] || fail "usage: scripts/way.sh NAME [PROGRAM]; the names are$(awk '{ printf " %s", $1 }' <<<"$ways")"
folder=build/way/$name
program=${2:-$folder/fuzz_cachemap}
[ -x "$program" ] || fail "there is no $program: make fuzz-$name"
folder=$(dirname "$program")

status=0
"$program" "${target_flags[@]}" -max_len=256 -seed=1 -runs="$count" -dict=dict/fuzz_cachemap.dict \
    -artifact_prefix="$folder/" >"$folder/fuzz.log" 2>&1 || status=1
if [ "$status" -ne 0 ]; then
    tail -n 40 "$folder/fuzz.log"
    echo "FAIL: $program has found something: $folder/fuzz.log"
elif ! grep -q "^Done $count runs" "$folder/fuzz.log"; then
    status=1
    echo "FAIL: it has not made its $count executions: $folder/fuzz.log"
fi
if [ $# -eq 1 ]; then
    find corpus witnesses bugs/traces regressions -type f ! -name '*.md' ! -name '.*' -print0 | LC_ALL=C sort -z >"$folder/inputs"
    xargs -0 ./trace digest <"$folder/inputs" >"$folder/expected"
    xargs -0 "$folder/digest" digest <"$folder/inputs" >"$folder/digests" 2>"$folder/digest.log" || true
    if ! diff "$folder/expected" "$folder/digests" >"$folder/different"; then
        status=1
        head -n 5 "$folder/different" "$folder/digest.log"
        echo "FAIL: other digests than those of ./trace: $folder/different"
    fi
    echo "$name: $count executions, $(wc -l <"$folder/digests") digests"
fi
exit "$status"
