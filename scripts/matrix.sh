#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same inputs give the same digests in every build: other compilers, levels of optimisation, sanitizers,
# sizes of a pointer, byte orders, vector units. Each cell compiles ./trace (or the fuzz target under a plain
# main) as a whole with its own compiler and flags, runs `digest` over corpus/, witnesses/, bugs/traces/ and
# regressions/ beside the model, and compares the digests with those of ./trace. That of Windows runs the unit
# tests, too. docs/matrix.md has the table.
#
#   scripts/matrix.sh [--source FOLDER] [CELL...]   all cells, or those named
#   scripts/matrix.sh --fast                        those that `make test-all` has: seconds
#   scripts/matrix.sh --list                        the cells and how each is compiled
#
#   --source FOLDER   the cells have the library of this folder, ./trace that of src/
#   JOBS=1            cells at a time (the number of cores)
#
# A cell whose compiler or emulator is missing is skipped, and said so. Prints a row a cell when it ends, then
# "N passed, N failed". What a cell left is in build/matrix/CELL/. Exit status: 0 all that were run agree, 1 one
# does not, or cannot be built, 2 it could not run, 130 interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/numbers.sh
. scripts/in_turn.sh
. scripts/words.sh

out=build/matrix
jobs=${JOBS:-$(nproc)}
whole_number JOBS "$jobs"
source=src
speed=full
names=()
# An emulated machine takes a hundred times what this one does; no cell takes a tenth of this.
cell_seconds_max=600
# Debian has the link to the kernel's headers in gcc-multilib, which excludes its cross compilers (and they it);
# therefore this flag, and clang as the cross compiler.
multilib='-m32 -idirafter /usr/include/x86_64-linux-gnu'
shared='-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
memcheck='valgrind -q --error-exitcode=3 --leak-check=full --track-origins=yes'
undefined='-fsanitize=undefined -fno-sanitize-recover=undefined'
# Its printf takes C11's formats then, and not Microsoft's alone.
windows='-D__USE_MINGW_ANSI_STDIO=1'

# cross MACHINE: the flags for another machine, whose C library Debian has.
cross() { echo "--target=$1-linux-gnu -isystem /usr/$1-linux-gnu/include -static"; }

# CELL|fast, full or built|inputs|what runs the program|compiler and flags
# Inputs are all, few (each eighth), bytes (what the fuzz target takes) or units (all, and the unit tests).
# `built` are programs that the tests have made already. $shared: one copy of the library's bodies for all layouts, as the fuzz target has
# them; without it they are inlined into each of 48, as users get them, which takes 10 to 20 s to compile.
cells() {
    cat <<CELLS
trace-fast|built|all||build/trace-fast
trace-asan|built|all||build/trace-asan
gcc-m32-O0|fast|all||gcc $multilib -O0 $shared
aarch64-O0|fast|all|qemu-aarch64-static|clang-19 $(cross aarch64) -O0 $shared
s390x-O0|fast|all|qemu-s390x-static|clang-19 $(cross s390x) -O0 $shared
mingw-w64-O0|fast|units|wine|x86_64-w64-mingw32-gcc -O0 $windows $shared
clang-19-msan|fast|all||clang-19 -O0 -fsanitize=memory -fsanitize-memory-track-origins=2 $shared
gcc-O0|full|all||gcc -O0
gcc-O0-shared|full|all||gcc -O0 $shared
gcc-O1|full|all||gcc -O1
gcc-O2-shared|full|all||gcc -O2 $shared
gcc-O3|full|all||gcc -O3
gcc-asan-ubsan|full|all||gcc -O1 -fsanitize=address $undefined $shared
clang-14-O0|full|all||clang-14 -O0 $shared
clang-14-O2|full|all||clang-14 -O2
clang-19-O0|full|all||clang-19 -O0
clang-19-O1|full|all||clang-19 -O1
clang-19-O2|full|all||clang-19 -O2
clang-19-O3|full|all||clang-19 -O3
clang-19-asan-ubsan|full|all||clang-19 -O2 -fsanitize=address $undefined $shared
clang-19-ubsan|full|all||clang-19 -O2 $undefined $shared
portable-O0|full|all||gcc -O0 -DCACHE_MAP_PORTABLE $shared
portable-O2|full|all||gcc -O2 -DCACHE_MAP_PORTABLE
gcc-m32-O2|full|all||gcc $multilib -O2
clang-19-m32-O2|full|all||clang-19 $multilib -O2 $shared
valgrind|full|few|$memcheck|gcc -O0 -g $shared
standalone-O2|full|bytes||gcc -O2 $shared
aarch64-O2|full|all|qemu-aarch64-static|clang-19 $(cross aarch64) -O2
aarch64-portable-O2|full|all|qemu-aarch64-static|clang-19 $(cross aarch64) -O2 -DCACHE_MAP_PORTABLE $shared
s390x-O2|full|all|qemu-s390x-static|clang-19 $(cross s390x) -O2
riscv64-O2|full|all|qemu-riscv64-static|clang-19 $(cross riscv64) -O2 $shared
CELLS
}

read_arguments() {
    local name
    while [ $# -gt 0 ]; do
        case "$1" in
        -h | --help)
            help_of scripts/matrix.sh
            exit 0
            ;;
        --list)
            cells | awk -F'|' '{ printf "%-20s %-5s %-5s %s%s\n", $1, $2, $3, $4 ($4 == "" ? "" : " of "), $5 }'
            exit 0
            ;;
        --fast) speed=fast ;;
        --source)
            [ -f "${2:-}/cache_map.h" ] || fail "--source takes a folder with the library, got '${2:-}'"
            source=$2
            as_path source
            shift
            ;;
        -*) fail "no such option: $1; see scripts/matrix.sh --help" ;;
        *) names+=("$1") ;;
        esac
        shift
    done
    for name in "${names[@]}"; do
        cells | cut -d'|' -f1 | grep -xF -e "$name" >/dev/null || fail "there is no cell '$name'; scripts/matrix.sh --list names them"
    done
    [ ${#names[@]} -gt 0 ] || mapfile -t names < <(cells | awk -F'|' -v speed="$speed" \
        'speed == "full" || $2 != "full" { print $1 }')
}

# What all cells run, in one order, and what ./trace makes of it.
make_reference() {
    local path
    make -s --no-print-directory -j"$jobs" trace embedded >"$out/reference.log" 2>&1 ||
        fail "./trace does not build: $out/reference.log"
    for path in corpus witnesses bugs/traces regressions; do
        find "$path" -type f ! -name '*.md' ! -name '.*' -print0
    done | LC_ALL=C sort -z >"$out/inputs.all"
    sed -nz '1~8p' "$out/inputs.all" >"$out/inputs.few"
    grep -az '^corpus/' "$out/inputs.all" >"$out/inputs.bytes"
    printf '%s\n' tests/unit_*.c tests/conformance.c >"$out/units"
    for path in all few bytes; do
        xargs -0 ./trace digest <"$out/inputs.$path" >"$out/digests.$path" ||
            fail "./trace itself does not agree with its model: ./trace replay corpus witnesses"
    done
    { cat "$out/inputs.all" && tr '\n' '\0' <"$out/units"; } >"$out/inputs.units"
    { cat "$out/digests.all" && sed 's/^/passes            /' "$out/units"; } >"$out/digests.units"
}

# build CELL COMPILER...: the cell's program; a cell without a compiler has one already.
build() {
    local name=$1
    local -a sources=(harness/*.c subjects/cachemap/*.c)
    shift
    case "$name" in
    standalone-*)
        # Processes and signals are the tools'.
        mapfile -t sources < <(printf '%s\n' "${sources[@]}" | grep -vE '/(stop|isolate)\.c$')
        sources+=(fuzz_targets/fuzz_cachemap.c fuzz_targets/standalone.c)
        ;;
    mingw-*)
        # Nor has Windows the timer of the watchdog.
        mapfile -t sources < <(printf '%s\n' "${sources[@]}" | grep -vE '/(stop|isolate|program|watchdog)\.c$')
        sources+=(tools/trace_digest.c tests/mingw/digest_main.c)
        build_units "$name" "$@"
        ;;
    *) sources+=(tools/trace.c tools/trace_*.c subjects/cachemap/trace/*.c) ;;
    esac
    [[ "$*" == *"$shared"* ]] || set -- "$@" -DCACHEMAP_FOLDED
    # shellcheck disable=SC2046  # a list of flags
    "$@" -std=c11 -D_DEFAULT_SOURCE $(make -s --no-print-directory print-warnings) "-I$source" -Isubjects/cachemap -Iharness -Itools \
        "${sources[@]}" -o "$out/$name/program" || return
    [ ! -f "$out/$name/program.exe" ] || mv "$out/$name/program.exe" "$out/$name/program"
}

# build_units CELL COMPILER...: the unit tests, for a machine that has no cmocka.
build_units() {
    local name=$1 unit
    shift
    while read -r unit; do
        # shellcheck disable=SC2046  # a list of flags
        "$@" -std=c11 -D_DEFAULT_SOURCE $(make -s --no-print-directory print-warnings) -Itests/mingw \
            "-I$source" -Isubjects/cachemap -Iharness -Itests '-DCACHE_MAP_INLINE=static inline' \
            "$unit" -o "$out/$name/$(basename "$unit" .c).exe" || return
    done <"$out/units"
}

# run_units CELL RUNNER...: a line for each that passes. What they say is in the cell's folder.
run_units() {
    local name=$1 unit program status=0
    shift
    while read -r unit; do
        program=$out/$name/$(basename "$unit" .c).exe
        if timeout "$cell_seconds_max" "$@" "$program" </dev/null >"${program%.exe}.log" 2>&1; then
            echo "passes            $unit"
        else
            status=1
        fi
    done <"$out/units"
    return "$status"
}

# library_of FLAGS: the file that only the C library's package for the cell's machine has.
library_of() {
    case "$1" in
    *-m32*) echo /usr/lib32/libc.a ;;
    *--target=*) sed -E 's|.*--target=([^ ]*).*|/usr/\1/lib/libc.a|' <<<"$1" ;;
    esac
}

# missing WORD...: the first command or file among them that this machine has not.
missing() {
    local word
    for word in "$@"; do
        [ -z "$word" ] || [ -e "$word" ] || command -v "$word" >/dev/null || { echo "$word" && return; }
    done
}

row() {
    local line
    printf -v line '%-20s %7s  %-9s %7s  %s' "$@"
    echo "${line%"${line##*[! ]}"}"
}

# try_cell CELL: builds and runs it, prints its row, leaves passed, failed or skipped in its folder.
try_cell() {
    local name=$1 kind inputs runner compiler lacking verdict=same reason='' result=passed status=0
    local dir=$out/$1 start=${EPOCHREALTIME/./} count different
    local -a words run digest
    IFS='|' read -r _ kind inputs runner compiler < <(cells | grep "^$name|")
    read -ra words <<<"$compiler"
    read -ra run <<<"$runner"
    rm -rf "$dir"
    mkdir -p "$dir"
    count=$(tr -cd '\0' <"$out/inputs.$inputs" | wc -c)
    lacking=$(missing "${words[0]}" ${run[0]:+"${run[0]}"} "$(library_of "$compiler")")
    if [ -n "$lacking" ]; then
        result=skipped reason="there is no $lacking: scripts/need.sh matrix"
        verdict=- count=-
    elif [ "$kind" != built ] && ! build "$name" "${words[@]}" >"$dir/build.log" 2>&1; then
        result=failed verdict=- reason="does not compile: $dir/build.log"
    else
        [ "$kind" = built ] && cp "${words[0]}" "$dir/program"
        case "$name" in standalone-*) digest=() ;; *) digest=(digest) ;; esac
        # One run over all: what an input leaves behind is there for the next one.
        xargs -0 -x timeout "$cell_seconds_max" "${run[@]}" "$dir/program" "${digest[@]}" \
            <"$out/inputs.${inputs/units/all}" >"$dir/digests" 2>"$dir/log" || status=$?
        [ "$inputs" != units ] || run_units "$name" "${run[@]}" >>"$dir/digests" || status=$?
        # Also an input that has no line, for the cell died before it.
        grep -vxFf "$dir/digests" "$out/digests.$inputs" >"$dir/different" || true
        different=$(wc -l <"$dir/different")
        if [ "$different" -gt 0 ]; then
            result=failed verdict=DIFFERS
            reason="$different of $count, first $(sed -n '1s/^[^ ]* *//p' "$dir/different"); status $status: $dir/log"
        elif [ "$status" -ne 0 ]; then
            result=failed verdict=same reason="ended with status $status: $dir/log"
        fi
    fi
    start=$(((${EPOCHREALTIME/./} - start) / 100000))
    row "$name" "$count" "$verdict" "$((start / 10)).$((start % 10))" "${reason:+$result: $reason}"
    echo "$result" >"$dir/result"
}

on_interrupt() { echo "matrix.sh: interrupted" >&2; }

main() {
    local name skipped
    read_arguments "$@"
    mkdir -p "$out"
    make_reference
    row cell inputs digests seconds ''
    for name in "${names[@]}"; do
        rm -f "$out/$name/result"
    done
    in_turn try_cell "${names[@]}"
    count() { cat "${names[@]/%//result}" 2>/dev/null | grep -c "$1" || true; }
    cd "$out"
    skipped=$(count skipped)
    echo
    [ "$skipped" -eq 0 ] || echo "$skipped skipped: their compiler or emulator is not here"
    # A cell that left no word was lost, and has failed.
    echo "$(count passed) passed, $((${#names[@]} - $(count passed) - skipped)) failed"
    [ "$(count passed)" -eq $((${#names[@]} - skipped)) ]
}

# Wine without a screen, and with all that it writes in build/.
export WINEPREFIX=$PWD/build/wine WINEDEBUG=-all
unset DISPLAY
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours
main "$@"
