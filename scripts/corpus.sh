#!/usr/bin/env bash
# Makes a new corpus from what is there and a fresh run: fuzzes for CORPUS_SECONDS, merges into an EMPTY
# folder, adds the long inputs of corpus/ that keep libFuzzer's length limit up, and shows what would
# change. Only APPLY=1 replaces corpus/, and only if coverage and planted bugs are not lost.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${CORPUS_SECONDS:-600}
file_count_max=300
run=build/corpus-run
new=build/corpus-new
rm -rf "$new"
mkdir -p "$run" "$new"

./fuzz_cachemap -max_total_time="$seconds" -len_control=0 -max_len=240 -timeout=10 -print_final_stats=1 \
    -dict=dict/fuzz_cachemap.dict -artifact_prefix=findings/ "$run" corpus
# The smallest set that reaches every edge and every count of an edge.
./fuzz_cachemap -set_cover_merge=1 "$new" "$run" corpus
find corpus -type f -size +16k -exec cp {} "$new" \;

count=$(find "$new" -type f | wc -l)
echo
echo "corpus/      $(find corpus -type f | wc -l) files, $(scripts/coverage.sh --summary corpus)"
echo "$new  $count files, $(scripts/coverage.sh --summary "$new")"
if [ "$count" -gt "$file_count_max" ]; then
    echo "corpus.sh: more than $file_count_max files: nothing is replaced" >&2
    exit 1
fi
./trace replay "$new"
scripts/coverage.sh --check "$new"
if [ "${APPLY:-0}" != 1 ]; then
    echo "corpus.sh: to replace corpus/ by $new: APPLY=1 make corpus (then see: make bugs)"
    exit 0
fi
find corpus -type f -delete
cp "$new"/* corpus/
