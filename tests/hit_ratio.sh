#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests build/hit_ratio and docs/hit-ratio.md: the document's tables and plot are of studies/hit_ratio/hit-ratio.csv, and
# a part of that, computed anew, is what it was; both checks can fail. What the command line refuses,
# and how. Defects planted in the simulations, the bound, the sampler, the workloads and the runs, one
# at a time: tests/bench_hit_ratio.c finds each.
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS DOCUMENTS # of a make or a shell that calls this
. tests/checks.sh

program=$PWD/build/hit_ratio
if [ ! -x "$program" ]; then
    echo "hit_ratio.sh: $program is missing; run: make build/hit_ratio" >&2
    exit 2
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# ---- The document. -------------------------------------------------------------------------------

# status_is STATUS COMMAND...
status_is() {
    local wanted=$1 status=0
    shift
    "$@" || status=$?
    [ "$status" -eq "$wanted" ] || { echo "status $status instead of $wanted" && false; }
}

# report_of FILE EDIT OPTION: the report on copies of the three files, of which sed changes one.
report_of() {
    cp docs/hit-ratio.* studies/hit_ratio/hit-ratio.csv "$out/" && cp "$out/hit-ratio.$1" "$out/before" &&
        sed -i -E "$2" "$out/hit-ratio.$1" && ! cmp -s "$out/before" "$out/hit-ratio.$1" || return 3
    DOCUMENTS=$out FIGURES=$out/hit-ratio.csv studies/hit_ratio/hit_ratio.py "$3"
}

check_document() {
    check "the document is of its figures" studies/hit_ratio/hit_ratio.py --check
    check "its figures are what the program computes" studies/hit_ratio/hit_ratio.py --recompute
    check "another digit in a table shows" status_is 1 report_of md 's/^(\| `loop` \| 90\.)8/\19/' --check
    check "other figures than the plot's show" status_is 1 report_of csv '2s/1/2/' --check
    check "a plot of other figures shows" status_is 1 report_of svg '$s/0/1/' --check
    check "a lost part shows" status_is 2 report_of md '/generated: hit-ratio-stash/d' --check
    check "a hit more in the figures shows" status_is 1 report_of csv \
        's/^(removes-discards,1,102400,2000000,5120,0,lru,[0-9]*,[0-9]*)([0-8])/\19/' --recompute
}

# ---- The command line. ---------------------------------------------------------------------------

# refuses WORDS ARGUMENT...: ends with 2, says the words on the standard error and nothing else.
refuses() {
    local words=$1
    shift
    [ "$(status_of "$program" "$@")" -eq 2 ] && [ ! -s "$out/stdout" ] && grep -qF -- "$words" "$out/stderr" ||
        { cat "$out/stdout" "$out/stderr" && false; }
}

check_refusals() {
    local trace=$out/trace
    check "a workload that is none" refuses "'zip': no such workload" --workload zip
    check "a policy that is none" refuses "'clock': no such policy" --policy clock
    check "a size that no layout has" refuses 'the next are 992 and 1008' --size 1000
    check "a size that is no number" refuses "--size '12x': expected a number from 16" --size 12x
    check "a share above the whole" refuses "--share '101': expected a number from 1 to 100" --share 101
    check "no accesses" refuses "--accesses '0'" --accesses 0
    check "too small a stash" refuses "--stash '31': expected a number from 32" --stash 31
    check "a seed below 0" refuses "--seed '-1'" --seed -1
    check "an option that is none" refuses "--help lists the options" --sizes 16
    check "a word that is none" refuses "'zipf-0.8': no such argument" zipf-0.8
    check "a trace and a workload" refuses '--trace goes with none of' --trace "$trace" --seed 1
    check "a trace that is not there" refuses "$trace: No such file" --trace "$trace"
    check "a folder" refuses 'is a directory' --trace "$out"
    : >"$trace" && check "an empty trace" refuses "$trace: empty" --trace "$trace"
    printf '1\n\n' >"$trace" && check "an empty line" refuses "$trace:2: an empty line" --trace "$trace"
    printf '1\n2\n-3\n' >"$trace" && check "a sign" refuses "$trace:3: '-3' is no key" --trace "$trace"
    printf '1\0002\n' >"$trace" && check "a NUL" refuses "$trace:1: '1?2' is no key" --trace "$trace"
    printf '18446744073709551616' >"$trace" &&
        check "a key of 65 bits" refuses "too large: the largest key is 18446744073709551615" --trace "$trace"
    printf '%070d\n' 7 >"$trace" && check "a line without an end" refuses "$trace:1: '00000000000000000000...'" --trace "$trace"
}

output_is() { # EXPECTED COMMAND...
    local expected=$1
    shift
    diff <(printf '%s\n' "$expected") <("$@")
}

cannot_write() {
    [ "$(status_of sh -c "'$program' --list >/dev/full")" -eq 2 ] && grep -q 'cannot be written' "$out/stderr"
}

same_twice() {
    local options=(--csv --keys 2000 --accesses 20000 --policy all --share 10 --seed 5)
    "$program" "${options[@]}" >"$out/one" && "$program" "${options[@]}" >"$out/two" && cmp "$out/one" "$out/two" &&
        [ "$(wc -l <"$out/one")" -gt 250 ]
}

check_command_line() {
    local head=workload,seed,keys,accesses,size,stash,policy,gets,hits,stash_hits,inserts,evictions,wasted,hit_ratio
    check_refusals
    check "it says how to use it" sh -c "'$program' --help | grep -q '^exit status: 0 done'"
    check "it lists what there is" sh -c "'$program' --list | grep -q '^  s3fifo  *S3-FIFO'"
    check "a full disk is an error" cannot_write
    check "the same arguments, the same bytes" same_twice
    printf '5\r\n18446744073709551615\n5\n5' >"$out/trace"
    check "a trace from a file" output_is "$head
trace,0,2,4,16,0,lru,4,2,0,0,0,0,50.00" "$program" --csv --policy lru --size 16 --trace "$out/trace"
    check "a trace from the standard input, into the map" output_is "$head
trace,0,2,4,16,32,map_clock,4,2,0,2,0,0,50.00" sh -c "'$program' --csv --policy map_clock --share 1 --trace - <'$out/trace'"
}

# ---- Planted defects. ----------------------------------------------------------------------------

compile=$(make -s print-hit-ratio-compile)
objects=()
for source in studies/hit_ratio/hit_ratio_*.c; do objects+=("build/hit-ratio/${source%.c}.o"); done

# Builds the tests with the objects of this folder instead of ours, and ends as they do.
tests_run() {
    local with=("$out/test.o") object
    for object in "${objects[@]}"; do
        [ ! -e "$1/$(basename "$object")" ] || object=$1/$(basename "$object")
        with+=("$object")
    done
    gcc "${with[@]}" -lcmocka -lm -o "$1/test" && timeout 60 "$1/test"
}

# finds NAME FILE EDIT: studies/hit_ratio/hit_ratio_FILE with that edit compiles, and the tests fail. A header stands for
# the source that includes it.
finds() {
    local folder=$out/planted source=hit_ratio_${1%.*}.c status=0
    [ "$1" != map_instance.h ] || source=hit_ratio_map.c
    rm -rf "$folder"
    mkdir -p "$folder"
    cp studies/hit_ratio/hit_ratio*.[ch] "$folder/"
    sed -i -E "$2" "$folder/hit_ratio_$1"
    ! cmp -s "studies/hit_ratio/hit_ratio_$1" "$folder/hit_ratio_$1" || { echo "the edit changes nothing" && return 1; }
    eval "$compile -Wno-error -w -O0" -c "$folder/$source" -o "$folder/${source%.c}.o" || return 1
    tests_run "$folder" >"$folder/log" 2>&1 || status=$?
    tail -n 3 "$folder/log"
    [ "$status" -ne 0 ] && grep -q '^\[  FAILED  \]' "$folder/log"
}

check_defects() {
    eval "$compile -Itests -Istudies/hit_ratio -O1" -c tests/bench_hit_ratio.c -o "$out/test.o" || exit 2
    mkdir -p "$out/none"
    check "without a defect the tests pass" tests_run "$out/none"
    check "LRU that is FIFO" finds queues.c '/^const struct policy policy_lru/,/;/s/lru_use/fifo_use/'
    check "FIFO that evicts the newest" finds queues.c '/^static bool fifo_use/,/^}/s/list\.tail/list.head/'
    check "CLOCK that gives one chance for all uses" finds queues.c '/^static void clock_evict/,/^}/s/-= 1/= 0/'
    check "two bits that count to 1" finds queues.c 's/use_count_max = 2/use_count_max = 1/'
    check "SIEVE without a hand" finds queues.c 's/queue->hand == LIST_NONE \? queue->list\.tail : queue->hand/queue->list.tail/'
    check "SIEVE whose hand a remove loses" finds queues.c '/^static void queue_remove/,/^}/s/= queue->links\.to_head\[key\]/= LIST_NONE/'
    check "SIEVE in sets without a hand" finds sieve_sets.c '/^static void set_evict/s/$/ set->hand = 0;/'
    check "SIEVE in sets that keep their hand's number" finds sieve_sets.c 's/set->hand > at/false/'
    check "SIEVE in sets of their own" finds sieve_sets.c 's/cache_map_hash_64\(key, 0\)/((uint64_t)key << 57)/'
    check "S3-FIFO that promotes after one use" finds s3fifo.c 's/USES_FOR_MAIN = 2/USES_FOR_MAIN = 1/'
    check "S3-FIFO that knows no ghost" finds s3fifo.c 's/queue == GHOST \? MAIN : SMALL/SMALL/'
    check "S3-FIFO that keeps counts on promotion" finds s3fifo.c '/^static bool s3fifo_evict_small/,/^}/s/use_counts\[key\] = 0;/use_counts[key] += 0;/'
    check "S3-FIFO whose main has a place less" finds s3fifo.c 's/count > s3fifo->main_count_max/count >= s3fifo->main_count_max/'
    check "a remove that leaves a ghost" finds s3fifo.c '/^static void s3fifo_remove/,/^}/s/!= NO_QUEUE/< GHOST \&\& s3fifo->links.list[key] != NO_QUEUE/'
    check "MIN that keeps what it evicts" finds belady.c 's/resident\[heap_pop\(&heap\)\.key\] = false/(void)heap_pop(\&heap)/'
    check "MIN whose heap takes either child" finds belady.c 's/heap->futures\[child \+ 1\]\.next > heap->futures\[child\]\.next/false/'
    check "MIN that evicts what is next" finds belady.c 's/ \? UINT32_MAX : seen\[key\] - 1/ ? 0 : UINT32_MAX - seen[key]/'
    check "Zipf a rank off" finds zipf.c 's/\(double\)rank \+ 1/(double)rank + 2/'
    check "Zipf with a bit too many" finds zipf.c 's/64 - ZIPF_BITS/63 - ZIPF_BITS/'
    check "a discard that keeps what it removed" finds trace.c 's/discard && i < existence->changed_count/false/'
    check "a loop that is too short" finds trace.c 's/LOOP_EXCESS_SHARE \+ 1/LOOP_EXCESS_SHARE/'
    check "scans twice as often" finds trace.c 's/% SCAN_PERIOD == SCAN_PERIOD - 1/% 2 == 1/'
    check "a policy that a discard does not touch" finds contender.c 's/i < stored_count/false/'
    check "puts that count as gets" finds contender.c 's/if \(access->kind == ACCESS_PUT\)/if (false)/'
    check "a lazy map that is not" finds map_instance.h 's/lazy \? status != CACHE_MAP_FOUND : !hit/!hit/'
    check "stash hits that are hits" finds map_instance.h 's/CACHE_MAP_FOUND && !hit/CACHE_MAP_FOUND/'
    check "free ways that are taken ones" finds map_instance.h 's/\.count == 0/.count != 0/'
    check "layouts by another name" finds map.c 's/(#define INSTANCE_CLOCK_BITS) 1/\1 2/'
}

check_document
check_command_line
check_defects
checks_end
