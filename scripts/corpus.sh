#!/usr/bin/env bash
# Makes a new corpus from what is there and a fresh run: fuzzes for CORPUS_SECONDS (600), merges by edges
# into an EMPTY folder, keeps every input of corpus/ that has a name and not a hash (each is there for a
# reason: a planted bug that the merge missed, a long stream), drops what another version of the format
# claims, and shows what would change. Only APPLY=1 replaces corpus/, and only if no line, branch,
# condition or layout is lost (scripts/coverage.sh); planted bugs are `make bugs`.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${CORPUS_SECONDS:-600}
file_count_max=300
run=build/corpus-run
new=build/corpus-new
rm -rf "$new"
mkdir -p "$run" "$new" findings

./fuzz_cachemap -max_total_time="$seconds" -len_control=0 -max_len=240 -timeout=10 -print_funcs=0 \
    -dict=dict/fuzz_cachemap.dict -artifact_prefix=findings/ "$run" corpus
# Edges and not their counts: with counts the smallest set that has all of them is over 400 files.
./fuzz_cachemap -merge=1 -use_counters=0 "$new" "$run" corpus
for input in "$new"/*; do
    [ "$(od -An -tu1 -N1 "$input")" -lt 16 ] || rm "$input"
done
find corpus -type f -regextype posix-extended ! -regex '.*/[0-9a-f]{40}' -exec cp {} "$new" \;

count=$(find "$new" -type f | wc -l)
echo
echo "corpus/           $(find corpus -type f | wc -l) files, $(scripts/coverage.sh --summary corpus)"
echo "$new  $count files, $(scripts/coverage.sh --summary "$new")"
if [ "$count" -gt "$file_count_max" ]; then
    echo "corpus.sh: more than $file_count_max files: nothing is replaced" >&2
    exit 1
fi
./trace replay "$new"
scripts/coverage.sh --check "$new"
if [ "${APPLY:-0}" != 1 ]; then
    echo "corpus.sh: corpus/ is as it was; to replace it by $new: APPLY=1 make corpus, then make bugs"
    exit 0
fi
find corpus -type f -delete
cp "$new"/* corpus/
