#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What guides the engine, in the target as it is linked: the section of the state counters is there
# whatever the compiler, a merge keeps inputs that differ in nothing else, a short run from nothing
# comes to every layout and mode, and the mutator reads nothing that is not initialised.
set -u
cd "$(dirname "$0")/.." || exit 2
clang=$(make -s print-clang)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. tests/checks.sh
flags=(-std=c11 -D_DEFAULT_SOURCE -Isrc -Isubjects/cachemap -Iharness)
section=__libfuzzer_extra_counters

# ---- The section. --------------------------------------------------------------------------------

has_section() {
    readelf -SW "$1" | grep -E " $section +PROGBITS +[0-9a-f]+ [0-9a-f]+ 0*[1-9a-f][0-9a-f]* "
}

object_has_section() { # COMPILER LEVEL
    "$1" "${flags[@]}" "$2" -c subjects/cachemap/state_counters.c -o "$scratch/counters.o" &&
        has_section "$scratch/counters.o"
}

engine_reads_section() {
    ./fuzz_cachemap -runs=0 2>&1 | tee "$scratch/log" | grep -E '^INFO: [1-9][0-9]* Extra Counters'
}

for compiler in clang-14 clang-19; do
    if ! command -v "$compiler" >/dev/null; then
        echo "skipped - $compiler is not here: its object is not looked at"
        continue
    fi
    for level in -O1 -O2; do
        check "$compiler $level keeps the section" object_has_section "$compiler" "$level"
    done
done
check "the target has the section" has_section ./fuzz_cachemap
check "the engine reads it" engine_reads_section

# ---- A merge. ------------------------------------------------------------------------------------

# Two reads of a key that is not there: the same branches, as often, in the other order.
reads() {
    printf '%s\n' 'cachemap-trace 1' 'geometry read=end' "$1 0" "$2 0"
}

# merge_keeps COUNT TARGET: so many of the two.
merge_keeps() {
    local merged
    merged=$(mktemp -d -p "$scratch")
    "$2" -merge=1 "$merged" "$scratch/reads" >"$scratch/log" 2>&1 || { cat "$scratch/log" && return 1; }
    echo "kept: $(find "$merged" -type f | wc -l)"
    [ "$(find "$merged" -type f | wc -l)" -eq "$1" ]
}

# The target with the counters where the engine does not look: what its edges alone tell apart.
link_without_counters() {
    local objects
    mapfile -t objects < <(find build/fuzz/harness build/fuzz/subjects -name '*.o' ! -name state_counters.o ! -name stop.o)
    objcopy --rename-section $section=.data build/fuzz/subjects/cachemap/state_counters.o "$scratch/counters.o" &&
        "$clang" -fsanitize=fuzzer,address,undefined "$scratch/counters.o" "${objects[@]}" \
            build/fuzz/fuzz_targets/fuzz_cachemap.o -o "$scratch/without_counters"
}

mkdir "$scratch/reads"
for order in 'get has' 'has get'; do
    # shellcheck disable=SC2086  # two words
    reads $order >"$scratch/reads.trace"
    ./trace encode "$scratch/reads.trace" >"$scratch/reads/$order" || exit 2
done
check "the target without the counters links" link_without_counters
check "to its edges the two orders are one" merge_keeps 1 "$scratch/without_counters"
check "with the counters a merge keeps both" merge_keeps 2 ./fuzz_cachemap

# ---- What a run comes to. ------------------------------------------------------------------------

run_from_nothing() {
    mkdir "$scratch/corpus" &&
        ./fuzz_cachemap -runs=20000 -seed=1 -len_control=0 -max_len=256 -artifact_prefix="$scratch/" \
            "$scratch/corpus" 2>&1 | tail -n 3 &&
        for input in "$scratch"/corpus/*; do
            ./trace show "$input" | sed -n 2p || return 1
        done >"$scratch/geometries"
}

# distinct COUNT FIELD...: so many combinations of these fields are in the corpus.
distinct() {
    local wanted=$1 count
    shift
    count=$(tr ' ' '\n' <"$scratch/geometries" | awk -F= -v fields="$*" '
        BEGIN { field_count = split(fields, names, " "); for (i in names) wanted[names[i]] = 1 }
        $1 in wanted { values = values " " $2; seen += 1 }
        seen == field_count { all[values]; values = ""; seen = 0 }
        END { for (value in all) count += 1; print count + 0 }')
    echo "there are: $count"
    [ "$count" -eq "$wanted" ]
}

check "20,000 runs from nothing find nothing" run_from_nothing
check "they come to every layout" distinct 48 ways tag clock policy
check "they come to every hash mode" distinct 9 hash
check "they come to every read mode" distinct 4 read
check "they come to every run mode" distinct 4 run

# ---- MemorySanitizer. ----------------------------------------------------------------------------

# The target's own entry points and the mutator, on a map that only looks at its ops: a branch for
# each byte of the stream.
cat >"$scratch/no_map.c" <<'CODE'
#include "report.h"
#include "watchdog.h"
#include <stdlib.h>
const struct run_view *run(const struct stream *stream, const struct run_options *options) {
    static volatile unsigned seen;
    (void)options;
    for (uint32_t i = 0; i < stream->op_count; i += 1)
        if (stream->ops[i].kind == OP_UPSERT && stream->ops[i].operand == stream->world.numbers[FIELD_KEYS])
            seen += 1;
    return NULL;
}
const struct run_view *run_current(void) { return NULL; }
void run_guide(const struct run_view *view) { (void)view; }
void report_print(FILE *file, const struct run_view *view, const char *cause) { (void)file, (void)view, (void)cause; }
void verdict_trap(const struct verdict *verdict) { (void)verdict; abort(); }
void watchdog_beat(void (*on_hang)(void)) { (void)on_hang; }
CODE

build_for_memory_sanitizer() {
    "$clang" "${flags[@]}" -O1 -g -fsanitize=memory,fuzzer "$scratch/no_map.c" fuzz_targets/fuzz_cachemap.c \
        harness/{mutate,mutate_edit,mutate_range}.c harness/codec.c harness/generate.c harness/world.c harness/op.c harness/work.c \
        subjects/cachemap/{cost,geometry,rules,settle}.c -o "$scratch/memory"
}

check "the mutator builds with MemorySanitizer" build_for_memory_sanitizer
for max_len in 4 64 1024; do
    check "it is clean in 5,000 runs of at most $max_len bytes" \
        "$scratch/memory" -runs=5000 -seed=1 -len_control=0 -max_len="$max_len" -artifact_prefix="$scratch/"
done

checks_end
