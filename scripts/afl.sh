#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# AFL++ on the fuzz target for FUZZ_SECONDS (60), behind `make afl`: persistent mode, our dictionary, our mutator
# beside its own. It starts from corpus/ and what libFuzzer left in build/fuzz-corpus/, and what it finds new goes
# back there, under libFuzzer's names: `make fuzz` starts from it, and `make merge` takes both. A failure is filed
# under findings/SIGNATURE/ (scripts/finding.sh). AFL++'s own folder is build/afl-out.
#
# Says at the end what was run, how stable the target is, and whether anything was found. Exit status: 0 nothing
# found and stable to 100 %, 1 a finding, or an input that does not take the same way each time, 2 it could not
# run, 130 interrupted (Ctrl-C; the summary is of what was run until then).
#
#   AFL_TARGET=PROGRAM   in the place of build/afl
#   FINDINGS=FOLDER      in the place of findings/
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/numbers.sh
. scripts/words.sh

seconds=${FUZZ_SECONDS:-60}
target=${AFL_TARGET:-build/afl}
findings=${FINDINGS:-findings}
as_path target findings
scratch=build/fuzz-corpus
in=build/afl-in
out=build/afl-out
log=build/afl.log

# libFuzzer names an input so, and whoever has it already keeps one.
name_of() { sha1sum <"$1" | cut -c 1-40; }

# collect FOLDER PREFIX FILE...: copies of files, by the hash of their bytes.
collect() {
    local folder=$1 prefix=$2 path
    shift 2
    for path in "$@"; do
        cp -- "$path" "$folder/$prefix$(name_of "$path")"
    done
}

stat_of() { sed -nE "s/^$1 *: *([^ ]*).*/\1/p" "$out/default/fuzzer_stats" 2>/dev/null || true; }

run() {
    # A limit for each input as the other targets have; the harness's own notices a hang before.
    env AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        AFL_CUSTOM_MUTATOR_LIBRARY=build/afl_mutator.so ASAN_OPTIONS=abort_on_error=1:symbolize=0 \
        UBSAN_OPTIONS=abort_on_error=1:symbolize=0 \
        afl-fuzz -V "$seconds" -s 1 -t 10000 -m none -G 1024 -x dict/fuzz_cachemap.dict -i "$in" -o "$out" -- "$target"
}

whole_number FUZZ_SECONDS "$seconds"
for program in "$target" ./fuzz_cachemap ./trace build/afl_mutator.so; do
    [ -e "$program" ] || fail "$program is not there: make afl builds it"
done
command -v afl-fuzz >/dev/null || fail "there is no afl-fuzz here: scripts/need.sh afl"
rm -rf "$in" "$out"
mkdir -p "$in" "$scratch" "$findings"
mapfile -d '' -t seeds < <(find corpus "$scratch" -type f -size +0 -print0)
collect "$in" '' "${seeds[@]}"

# Ctrl-C reaches the fuzzer, which ends; the summary is still printed.
interrupted=0
trap 'interrupted=1' INT
status=0
run >"$log" 2>&1 || status=$?
trap - INT
[ -f "$out/default/fuzzer_stats" ] || {
    tail -n 12 "$log" >&2
    fail "afl-fuzz ended with status $status before it had run: $log"
}

mapfile -d '' -t new < <(find "$out/default/queue" -maxdepth 1 -type f -name 'id:*' ! -name '*,orig:*' -print0)
collect "$scratch" '' "${new[@]}"
mapfile -d '' -t crashes < <(find "$out/default/crashes" -maxdepth 1 -type f -name 'id:*' -print0)
mapfile -d '' -t hangs < <(find "$out/default/hangs" -maxdepth 1 -type f -name 'id:*' -print0)
# A seed that fails is passed over by AFL++, and is a finding as any other.
mapfile -t bad_seeds < <(sed -nE "s/.*Test case '[^']*orig:([0-9a-f]{40})'? results in a (crash|timeout).*/\1/p" "$log" | sort -u)
collect "$findings" crash- "${crashes[@]}" "${bad_seeds[@]/#/$in/}"
collect "$findings" timeout- "${hangs[@]}"
mapfile -d '' -t artifacts < <(find "$findings" -maxdepth 1 -type f \( -name 'crash-*' -o -name 'timeout-*' \) -print0 | sort -z)
filed=()
if [ ${#artifacts[@]} -gt 0 ]; then
    echo "reducing and explaining ${#artifacts[@]} artifact(s)"
    mapfile -t filed < <(scripts/finding.sh --into "$findings" "${artifacts[@]}")
fi

stability=$(stat_of stability)
mode=persistent
grep -q 'Persistent mode binary detected' "$log" || mode='a process for each input: not what afl-clang-fast links'
echo "ran:       $(stat_of execs_done) inputs in at most $seconds s, from ${#seeds[@]} seeds; ${#new[@]} new inputs in $scratch/"
echo "coverage:  $(stat_of edges_found) of $(stat_of total_edges) edges, $(stat_of bitmap_cvg) of the map"
echo "stability: $stability, $mode"
if [ ${#artifacts[@]} -gt 0 ]; then
    printf 'found:     %s\n' "${filed[@]:-a failure: ${artifacts[0]}}"
    exit 1
fi
echo "found:     nothing$([ "$interrupted" -eq 0 ] || echo ' until it was interrupted')"
[ "$interrupted" -eq 0 ] || exit 130
if [ "$status" -ne 0 ]; then
    fail "afl-fuzz ended with status $status: $log"
elif [ "$stability" != 100.00% ]; then
    echo "afl.sh: an input does not take the same way each time ($(stat_of var_byte_count) edges vary): something" \
        "outlives an input, in the map, the harness or the target" >&2
    exit 1
fi
