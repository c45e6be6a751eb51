# SPDX-License-Identifier: Apache-2.0
# Sourced by what plants the bugs of bugs/: bugs.sh, reduced.sh and the tests of the reduced traces. Reads
# a patch's head, plants a patch into a copy of src/, builds programs on the copy and runs the fuzz
# target. Decides nothing. Who sources it is at the top of the repository, and may set `out` and `jobs`.
# shellcheck shell=bash

out=${out:-build/bugs}
jobs=${jobs:-$(nproc)}
# What includes the library is built again for each bug; every other object is that of the program as it is.
rebuilt=(subject subject_broken subject_damage subject_instances key)
# Settings of the Makefile for those.
planted_settings=()
options=(-len_control=0 -max_len=1024 -timeout=10 -print_final_stats=1)
# The library as it is, in the place of a bug's name: within so many executions it must fail nothing.
control_budget=50000

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 2
}

# ---- Patches. ------------------------------------------------------------------------------------

# header NAME FIELD: a line of the patch's head.
header() {
    sed -n "s/^$2: *//p;/^--- /q" "bugs/$1.patch"
}

budget_of() {
    if [ "$1" = control ]; then echo "$control_budget"; else header "$1" Budget; fi
}

all_names() {
    local patch
    for patch in bugs/*.patch; do
        basename "$patch" .patch
    done
}

# ---- Building. -----------------------------------------------------------------------------------

# build_base TARGET...: the objects that all bugs share, which these targets of the Makefile have.
build_base() {
    local clang
    clang=$(make -s --no-print-directory print-clang)
    command -v "$clang" >/dev/null || fail "no $clang here; \`make fuzz\` installs what is missing"
    make -s --no-print-directory -j"$jobs" "$@" >/dev/null || fail "$* does not build"
}

# plant_bug NAME: $out/NAME/src, the library with the bug. Says why not.
plant_bug() {
    local dir=$out/$1
    rm -rf "$dir"
    mkdir -p "$dir"
    cp -r src "$dir/src"
    if [ "$1" != control ] &&
        ! patch -d "$dir" -p1 -s -t --no-backup-if-mismatch <"bugs/$1.patch" >"$dir/patch.log" 2>&1; then
        echo "the patch does not apply: $(head -n 1 "$dir/patch.log")"
        return 1
    fi
}

# build_planted NAME KIND PROGRAM: $out/NAME/PROGRAM, by the Makefile's own rules and flags; KIND is the
# folder of its objects. After plant_bug. Says why not.
build_planted() {
    local dir=$out/$1 kind=$2 program=$3 object
    cp -pr "build/$kind" "$dir/$kind"
    for object in "${rebuilt[@]}"; do
        rm -f "$dir/$kind/subjects/cachemap/$object.o"
    done
    if ! make -s --no-print-directory IN_PLACE=yes BUILD="$dir" INCLUDES="-I$dir/src -Isubjects/cachemap -Iharness" "${planted_settings[@]}" \
        "$dir/$program" >"$dir/build.log" 2>&1; then
        echo "it does not compile, see $dir/build.log: $(grep -m 1 -E 'error|\*\*\*' "$dir/build.log" || true)"
        return 1
    fi
}

# ---- Running the fuzz target. --------------------------------------------------------------------

# layer_of LOG: what stopped the run that wrote LOG; nothing if nothing did.
layer_of() {
    local log=$1 layer
    layer=$(sed -n "s/.*found by layer '\([a-z]*\)'.*/\1/p" "$log" | head -n 1)
    if grep -q 'FAIL  an assertion of the library failed' "$log"; then
        echo 'library assertion'
    elif grep -q 'FAIL  the op does not end' "$log"; then
        echo 'hang'
    elif [ -n "$layer" ]; then
        echo "$layer"
    elif grep -q 'ERROR: AddressSanitizer' "$log"; then
        sed -n 's/.*ERROR: AddressSanitizer: \([a-z-]*\).*/asan \1/p' "$log" | head -n 1
    elif grep -q 'runtime error:' "$log"; then
        echo 'ubsan'
    elif grep -q 'ERROR: libFuzzer: ' "$log"; then
        sed -n 's/.*ERROR: libFuzzer: \([a-z]*\).*/\1/p' "$log" | head -n 1
    fi
}

executions_of() {
    local count
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1" | tail -n 1)
    [ -n "$count" ] || count=$(sed -n 's/^#\([0-9]*\).*/\1/p' "$1" | tail -n 1)
    echo "${count:-?}"
}

# run_empty NAME SEED: fuzzes from nothing; "layer:executions:seconds". Seconds of the wall clock, with
# the fuzzer's start.
run_empty() {
    local dir=$out/$1/seed-$2 budget start
    budget=$(budget_of "$1")
    mkdir -p "$dir"
    start=${EPOCHREALTIME/./}
    # shellcheck disable=SC2046  # no dictionary, no word
    "$dir/../fuzz_cachemap" "${options[@]}" -runs="$budget" -seed="$2" -artifact_prefix="$dir/" \
        $([ ! -f dict/fuzz_cachemap.dict ] || echo -dict=dict/fuzz_cachemap.dict) >"$dir/log" 2>&1 || true
    start=$((${EPOCHREALTIME/./} - start))
    printf '%s:%s:%d.%02d\n' "$(layer_of "$dir/log")" "$(executions_of "$dir/log")" $((start / 1000000)) \
        $((start % 1000000 / 10000))
}
