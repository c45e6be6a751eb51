#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace c, for every planted bug: the program of its reduced trace fails on the library with the bug, at
# the op at which the trace does, and agrees on the library as it is. Compiled under the Makefile's warnings:
# by clang, with its sanitizers where the bug does not show without; some that have no bug by its sanitizers and by
# gcc too, for all programs are made of the same parts.
#
#   tests/programs.sh [NAME...]     `make trace` comes before; the bugs named, or every second one
#   tests/programs.sh all           every one: two minutes
set -euo pipefail
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours

out=build/test/programs
. scripts/words.sh
. scripts/planted/plant.sh
. tests/checks.sh

clang=$(make -s --no-print-directory print-clang)
read -ra warnings < <(make -s --no-print-directory print-warnings)
read -ra sanitizers <<<'-fsanitize=address,undefined -fno-sanitize-recover=undefined'
program_seconds_max=10
# Bugs that the public API cannot show, each with the reason. Checked both ways.
free_memory='it writes bytes of free places, which no call shows'
own_options='a program asks for the memory of its own options alone'
own_values='a program writes no value of the map before it upserts one, and has its own beside no block'
no_misuse='a program does not misuse the map'
no_hash='a program hashes by itself, without a seed'
declare -A inexpressible=(
    [init-clears-the-values]=$free_memory [init-clears-the-log]=$free_memory
    [reset-clears-the-values]=$free_memory [compact-clears-the-values]=$free_memory
    [sets-planned-in-32-bits]=$own_options [stash-index-half-the-size]=$own_options
    [stash-option-of-32-bits]=$own_options [overflow-before-invalid-options]=$own_options
    [size-of-invalid-options]=$own_options [memory-is-judged-before-its-size]=$own_options
    [init-asks-for-more-than-its-size]='its allocator gives what it is asked for'
    [gone-forgets-value-of-equal-bytes]=$own_values [rewrite-reads-moved-tombstone]=$own_values
    [values-before-the-block-are-refused]=$own_values
    [values-of-the-log-are-taken]=$no_misuse [entry-behind-the-last-is-shown]=$no_misuse
    [keys-compared-by-their-bytes]='it looks for a key by all of its bytes'
    [seed-of-user-of-32-bits]=$no_hash [hash-of-bytes-of-8-bits-of-length]=$no_hash [set-from-32-hash-bits]=$no_hash
    [walk-goes-on-behind-a-smaller-stash]='its walks end where they do'
)

# Of those that only a large world shows some have a reduced trace: each takes long to replay.
declare -A is_large=()
while read -r patch; do
    is_large[$(basename "$patch" .patch)]=yes
done < <(grep -lx 'World: large' bugs/*.patch)
# The program of a range is a loop: it has no more lines than another.
main_line_count_max=100

# Bugs that the first pass does not show: of those that take memory from the caller it is the second.
declare -A pass_of=([memory-is-cleared-behind]=no-cache [memory-must-be-exact]=no-cache [memory-of-32-bits]=no-cache)

# A program compares the pointer of each lookup, the harness not of those that its read mode makes.
declare -A earlier_op=([counter-wraps]='op 1, upsert')

trace_of() { echo "bugs/traces/$1.trace"; }

ops_of() { grep -vE '^(#|cachemap-trace|geometry|$)' "$(trace_of "$1")" || true; }

# The op at which the trace fails, as a program says it: "op 4, scope discard"; "op 5, end" where it is the
# final verification after four.
failing_op() {
    local count words
    count=$(ops_of "$1" | wc -l)
    words=$(ops_of "$1" | tail -n 1 | sed -E 's/^(scope [a-z]+|[a-z_]+).*/\1/')
    if grep -q '^# fails: .* end$' "$(trace_of "$1")"; then
        echo "op $((count + 1)), end"
    else
        echo "op $count, $words"
    fi
}

# run_program PROGRAM: its output, and its status as its own. What hangs is stopped.
run_program() {
    local status=0
    # The braces: what bash says of a program that died is no news.
    { ASAN_OPTIONS=symbolize=0 UBSAN_OPTIONS=symbolize=0 timeout "$program_seconds_max" "$1" >"$1.log" 2>&1 || status=$?; } 2>/dev/null
    echo "$status" >"$1.status"
}

# try_with DIR FLAG...
try_with() {
    rm -f "$1/with.status"
    "$clang" -std=c11 -O0 "${warnings[@]}" "${@:2}" "-I$1/src" "$1/program.c" -o "$1/with" 2>"$1/with.compile" &&
        run_program "$1/with"
}

# Its program fails, and where the trace does.
shows_bug() {
    fails "$out/$1/with.status" && op_is "$out/$1/with.log" "${earlier_op[$1]:-$(failing_op "$1")}"
}

# try_bug NAME WAYS: what is checked below is left in $out/NAME. WAYS of the program without the bug: clang, or all.
try_bug() {
    local dir=$out/$1
    local -a without=()
    [ "$2" = clang ] || without=("${sanitizers[@]}")
    plant "$1" "$dir" >"$dir.log" || return
    ./trace c --pass "${pass_of[$1]:-cache}" -o "$dir/program.c" "$(trace_of "$1")" 2>"$dir/c.log" || return
    try_with "$dir"
    shows_bug "$1" >/dev/null || try_with "$dir" "${sanitizers[@]}"
    "$clang" -std=c11 -O0 "${warnings[@]}" "${without[@]}" -Isrc "$dir/program.c" -o "$dir/without" 2>"$dir/without.compile" &&
        run_program "$dir/without"
    [ "$2" = clang ] || { gcc -std=c11 -O0 "${warnings[@]}" -Isrc "$dir/program.c" -o "$dir/plain" 2>"$dir/plain.compile" &&
        run_program "$dir/plain"; }
}

status_is() { # FILE STATUS...
    local file=$1 status
    cat "${file%.status}.compile" 2>/dev/null || true
    tail -n 5 "${file%.status}.log" 2>/dev/null || true
    status=$(cat "$file" 2>/dev/null || echo none)
    shift
    [[ " $* " = *" $status "* ]] || { echo "status $status" && false; }
}

# Any end but the good one: 1 our own check, the sanitizers; 124 a hang; 134 and 139 an assertion, a crash.
fails() { status_is "$1" 1 124 134 139; }
agrees() { status_is "$1" 0 && [ "$(tail -n 1 "${1%.status}.log")" = agrees ]; }

is_short() {
    local count
    count=$(sed -n '/^int main/,$p' "$1" | wc -l)
    echo "$count lines of main"
    [ "$count" -le "$main_line_count_max" ]
}

# The op that the program was at, the last that it printed. Before the first op it is in the init; then the
# trace's failing op is its first. The program compares the whole state after the last op, the harness in part only: what the
# trace finds in the final verification it may find there. A call for many fails at one of its ops, and may need
# those behind it.
op_is() {
    local last
    last=$(grep -E '^op [0-9]+, ' "$1" | tail -n 1 || true)
    echo "expected at '$2', was at '${last:-before the first op}'"
    case "$2" in
    "$last") ;;
    'op 1, '*) [ -z "$last" ] ;;
    *_many) [[ ${last#*, } = "${2#*, }" && ${last//[^0-9]/} -le ${2//[^0-9]/} ]] ;;
    *', end') [[ $last = "op $((${2//[^0-9]/} - 1)), "* ]] ;;
    *) false ;;
    esac
}

check_bug() {
    local name=$1 dir=$out/$1
    if [ -n "${inexpressible[$name]:-}" ]; then
        check "$name: its program agrees, for: ${inexpressible[$name]}" agrees "$dir/with.status"
    else
        check "$name: its program fails" fails "$dir/with.status"
        check "$name: at the op of the trace" op_is "$dir/with.log" "${earlier_op[$name]:-$(failing_op "$name")}"
    fi
    ! grep -q '_range ' "$(trace_of "$name")" || check "$name: its ranges are loops" is_short "$dir/program.c"
    check "$name: without the bug it agrees" agrees "$dir/without.status"
    [ ! -f "$dir/plain.compile" ] || check "$name: and by gcc, without sanitizers" agrees "$dir/plain.status"
}

# They are C by themselves: subjects/cachemap/program/. A program has those that it uses.
check_parts() {
    local compiler
    for compiler in "$clang" gcc; do
        check "the parts, by $compiler" "$compiler" -std=c11 "${warnings[@]}" -Wno-unused-function -Isrc -fsyntax-only subjects/cachemap/program/large.c
    done
}

# What ./trace c says of arguments that it cannot take.
check_arguments() {
    local trace
    trace=$(trace_of hand-stays-on-taken-way)
    check "c: no file" [ "$(status_of ./trace c)" = 2 ]
    check "c: a file that is not there" [ "$(status_of ./trace c "$out/no-such-file")" = 2 ]
    check "c: an option that it has not" [ "$(status_of ./trace c -x "$trace")" = 2 ]
    check "c: a pass that there is not" [ "$(status_of ./trace c --pass none "$trace")" = 2 ]
    check "c: and it names those that there are" grep -q 'cache no-cache twice across' "$out/stderr"
    check "c: a place that cannot be written" [ "$(status_of ./trace c -o "$out/none/x.c" "$trace")" = 2 ]
    check "c: a full disk" [ "$(./trace c "$trace" >/dev/full 2>"$out/stderr" || echo $?)" = 2 ]
    check "c: a trace that agrees" [ "$(status_of ./trace c "$trace")" = 0 ]
    check "c: is said to" grep -q 'agrees in this build' "$out/stderr"
}

# Every op, layout and pass: programs of shipped inputs, which all agree. Three more: maps that have the same parts,
# and one without a key; one whose values are never noted; and ranges whose answers are even, and are not.
check_passes() {
    local pass input
    local layout='tag=8 clock=2 policy=clock'
    local -a many=('upsert_many 0' 'upsert_many 1' 'get_many 0')
    printf '%s\n' 'cachemap-trace 1' 'geometry hash=buckets' "${many[@]}" "reinit ways=4 $layout" "${many[@]}" \
        "reinit ways=8 $layout" "reinit ways=2 $layout" >"$out/maps.trace"
    printf '%s\n' 'cachemap-trace 1' 'geometry ways=2 tag=8 clock=4 policy=clock' inspect \
        'reinit ways=2 tag=16 clock=2 policy=clock_classic' >"$out/not-noted.trace"
    printf '%s\n' 'cachemap-trace 1' 'geometry sets=5 stash=600 scope=600 keys=1000 read=all' 'upsert_range 3 count=600 stride=7' \
        'scope open' 'upsert_range 0 count=300 stride=1' 'remove_range 5 count=300 stride=3' 'get_range 0 count=300 stride=2' \
        'scope discard' 'upsert 4' inspect compact 'get_range 0 count=600 stride=1' >"$out/ranges.trace"
    for pass in cache no-cache twice across; do
        for input in corpus/every-layout-of-16-ways-16-bit-tags corpus/check-sees-every-damage "$out"/{maps,not-noted,ranges}.trace; do
            ./trace c --pass "$pass" -o "$out/pass.c" "$input" 2>"$out/stderr" || true
            "$clang" -std=c11 -O0 "${warnings[@]}" "${sanitizers[@]}" -Isrc "$out/pass.c" -o "$out/pass" 2>"$out/pass.compile" &&
                run_program "$out/pass"
            check "c --pass $pass $input agrees" agrees "$out/pass.status"
        done
        check "c --pass $pass: uneven answers are a digest" grep -q 'noted_are(300, ' "$out/pass.c"
    done
}

main() {
    local name ways index=0
    local -a names=("$@")
    case "$*" in
    '') mapfile -t names < <(all_names | awk 'NR % 2') ;;
    all) mapfile -t names < <(all_names) ;;
    esac
    rm -rf "$out"
    mkdir -p "$out"
    for name in "${names[@]}"; do
        [ -f "$(trace_of "$name")" ] || continue
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
            wait -n || true
        done
        ways=clang
        [ $((index % 8)) -ne 0 ] || ways=all
        index=$((index + 1))
        try_bug "$name" "$ways" &
    done
    wait
    for name in "${names[@]}"; do
        [ -n "${is_large[$name]:-}" ] || check "$name has a reduced trace" test -f "$(trace_of "$name")"
        [ -f "$(trace_of "$name")" ] || continue
        check_bug "$name"
    done
    for name in "${!inexpressible[@]}"; do
        check "$name is a planted bug" test -f "bugs/$name.patch"
    done
    if [ "${*:-all}" = all ]; then
        check_parts
        check_arguments
        check_passes
    fi
    checks_end
}

main "$@"
