# SPDX-License-Identifier: Apache-2.0
# Sourced, after words.sh, by what plants bugs: scripts/planted.sh, scripts/explore.sh, tests. Reads a patch's head,
# plants a patch into a tree, builds programs there and runs the fuzz target. Decides nothing, and knows no file of
# the library or the harness: what a patch is in, make builds again. Who sources it is at the top of the repository,
# and may set `out` and `jobs`.
# shellcheck shell=bash

. scripts/fuzz_flags.sh
out=${out:-build/bugs}
jobs=${jobs:-$(nproc)}
# The library as it is, in the place of a bug's name: within so many executions it must fail nothing.
control_budget=50000

# ---- Patches. ------------------------------------------------------------------------------------

# header PATCH FIELD: a line of the patch's head.
header() {
    sed -n "s/^$2: *//p;/^--- /q" "$1"
}

# folders_of PATCH: those that it changes.
folders_of() {
    sed -nE 's/^\+\+\+ b\/([^/]*)\/.*/\1/p' "$1"
}

# patch_of BUG: a name, or a patch already.
patch_of() {
    case "$1" in
    *.patch) echo "$1" ;;
    *) if [ -f "bugs/$1.patch" ] || [ ! -f "bugs/layers/$1.patch" ]; then echo "bugs/$1.patch"; else echo "bugs/layers/$1.patch"; fi ;;
    esac
}

budget_of() {
    if [ "$1" = control ]; then echo "$control_budget"; else header "bugs/$1.patch" Budget; fi
}

all_names() {
    basename -a -s .patch bugs/*.patch
}

# ---- Building. -----------------------------------------------------------------------------------

# build_base TARGET...: the objects that all bugs share, which these targets of the Makefile have.
build_base() {
    local clang
    clang=$(make -s --no-print-directory print-clang)
    command -v "$clang" >/dev/null || fail "no $clang here; \`make fuzz\` installs what is missing"
    make -s --no-print-directory -j"$jobs" "$@" >/dev/null || fail "$* does not build"
}

# plant BUG TREE: the repository with the bug in it (`control`: with none). What the patch changes, and src/, is a
# copy, everything else a link. Says why not.
plant() {
    local patch tree=$2 name
    local -a copies=(src)
    patch=$(patch_of "$1")
    [ "$1" = control ] || mapfile -t copies < <({ echo src && folders_of "$patch"; } | sort -u)
    rm -rf "$tree"
    mkdir -p "$tree/build"
    for name in */ Makefile; do
        name=${name%/}
        case " ${copies[*]} build findings " in
        *" $name "*) ;;
        *) ln -s "$PWD/$name" "$tree/$name" ;;
        esac
    done
    cp -rp "${copies[@]}" "$tree/"
    [ "$1" != control ] || return 0
    if ! patch -d "$tree" -p1 -s -t --no-backup-if-mismatch <"$patch" >"$tree/patch.log" 2>&1; then
        echo "the patch does not apply: $(head -n 1 "$tree/patch.log")"
        return 1
    fi
}

# objects_of TARGET: the folder of build/ that has them.
objects_of() {
    case "$1" in
    trace | soak | explore) echo plain ;;
    build/way/*) word=${1#build/} && echo "${word%/*}" ;;
    build/afl) echo afl-objects ;;
    build/test/harness/*) echo asan ;;
    *-*) echo "${1##*-}" ;;
    *) echo fuzz ;;
    esac
}

# build_in TREE WORD...: these targets, with settings of the Makefile among them. Objects of before the patch are
# older than it, so that make builds just those again that it is in. Says why not.
build_in() {
    local tree=$1 word objects
    for word in "${@:2}"; do
        objects=build/$(objects_of "$word")
        [[ $word = *=* || -d $tree/$objects || ! -d $objects ]] ||
            { mkdir -p "$tree/$(dirname "$objects")" && cp -rp "$objects" "$tree/$objects"; }
    done
    if ! make -s --no-print-directory -C "$tree" "${@:2}" >"$tree/build.log" 2>&1; then
        echo "it does not compile, see $tree/build.log: $(grep -m 1 -E 'error|\*\*\*' "$tree/build.log" || true)"
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

# seconds_since MICROSECONDS: of the wall clock, since EPOCHREALTIME without its point was that.
seconds_since() {
    local spent=$((${EPOCHREALTIME/./} - $1))
    printf '%d.%02d' $((spent / 1000000)) $((spent % 1000000 / 10000))
}

# run_empty NAME SEED: fuzzes from nothing; "layer:executions:seconds". Seconds with the fuzzer's start.
run_empty() {
    local dir=$out/$1/seed-$2 start
    mkdir -p "$dir"
    start=${EPOCHREALTIME/./}
    # shellcheck disable=SC2046,SC2154  # no dictionary, no word; fuzz_flags.sh has the flags
    "$dir/../fuzz_cachemap" "${target_flags[@]}" -runs="$(budget_of "$1")" -seed="$2" -artifact_prefix="$dir/" \
        $([ ! -f dict/fuzz_cachemap.dict ] || echo -dict=dict/fuzz_cachemap.dict) >"$dir/log" 2>&1 || true
    echo "$(layer_of "$dir/log"):$(executions_of "$dir/log"):$(seconds_since "$start")"
}
