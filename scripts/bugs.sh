#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plants each bug of bugs/ into a copy of src/ and sees that the fuzz target finds it: by replaying
# the shipped inputs, and from an empty corpus within the executions that its patch allows. A control
# first runs the library as it is and must find nothing.
#
#   scripts/bugs.sh [NAME...]      all bugs and the control, or those named (`control` is a name)
#   scripts/bugs.sh --canary       one quick bug end to end, from an empty corpus: is the fuzzer awake?
#   scripts/bugs.sh --list         what each bug breaks, and which layers should find it
#
#   SEEDS=3        from an empty corpus with the seeds 1 to 3 (1)
#   JOBS=2         bugs at a time (the number of cores)
#   CORPUS=empty   or `shipped`, or `both` (both)
#   SHIPPED=FOLDER the shipped inputs, with regressions/ (corpus)
#
# At the end: the median, the 90th percentile and the largest of the executions and of the seconds to
# find, over all bugs and seeds from an empty corpus.
#
# What a bug's build and runs left stays in build/bugs/NAME/: the patched src/, ./fuzz_cachemap,
# logs and artifacts. Exit status: 0 all as it must be, 1 a bug not found or a false alarm, 2 it
# could not run, 130 interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/numbers.sh

seeds=${SEEDS:-1}
jobs=${JOBS:-$(nproc)}
whole_number SEEDS "$seeds"
whole_number JOBS "$jobs"
corpus=${CORPUS:-both}
shipped_folder=${SHIPPED:-corpus}
out=build/bugs
canary=remove-leaves-no-tombstone
names=()
name_width=4
. scripts/planted.sh
. scripts/in_turn.sh
. scripts/words.sh
as_path shipped_folder

# ---- What there is to do. ------------------------------------------------------------------------

list() {
    local name
    all_names | while read -r name; do
        printf '%s\n    %s\n    found by %s, within %s executions\n' "$name" "$(header "$name" What)" \
            "$(header "$name" Layer)" "$(header "$name" Budget)"
    done
}

check_names() {
    local name budget
    for name in "${names[@]}"; do
        [ "$name" = control ] || [ -f "bugs/$name.patch" ] ||
            fail "there is no bugs/$name.patch; scripts/bugs.sh --list names them all"
        budget=$(budget_of "$name")
        [[ $budget =~ ^[1-9][0-9]*$ ]] ||
            fail "bugs/$name.patch: 'Budget:' must be a number of executions, it is '$budget'"
        [ ${#name} -le "$name_width" ] || name_width=${#name}
    done
}

read_arguments() {
    case "${1:-}" in
    -h | --help)
        help_of scripts/bugs.sh
        exit 0
        ;;
    --list)
        list
        exit 0
        ;;
    --canary)
        names=("$canary")
        # What it is asked is whether a bug is found: compiling takes ten times what the runs do.
        planted_settings=(FUZZ_LEVEL=-O0)
        corpus=empty
        seeds=1
        ;;
    -*) fail "no such option: $1; see scripts/bugs.sh --help" ;;
    *) names=("$@") ;;
    esac
    [ ${#names[@]} -gt 0 ] || mapfile -t names < <(echo control && all_names)
    case "$corpus" in
    empty | shipped | both) ;;
    *) fail "CORPUS must be empty, shipped or both, it is '$corpus'" ;;
    esac
    [ -d "$shipped_folder" ] || fail "SHIPPED must be a folder of inputs, it is '$shipped_folder'"
    check_names
}

shipped_inputs() {
    find "$shipped_folder" regressions -maxdepth 1 -type f ! -name '.*' ! -name '*.md' -print0 2>/dev/null | sort -z || true
}

# ---- Running. ------------------------------------------------------------------------------------

# run_shipped NAME FILE...: replays each; the layer that stopped it, or nothing.
run_shipped() {
    local dir=$out/$1/shipped
    shift
    mkdir -p "$dir"
    "$dir/../fuzz_cachemap" "${options[@]}" -artifact_prefix="$dir/" "$@" >"$dir/log" 2>&1 || true
    layer_of "$dir/log"
}

# ---- The table. ----------------------------------------------------------------------------------

row() {
    local line
    printf -v line "%-${name_width}s  %-26s %14s %9s %8s   %s" "$@"
    echo "${line%"${line##*[! ]}"}"
}

join() {
    local IFS=$1
    shift
    echo "$*"
}

# try_bug NAME: builds and runs it, prints its row, and writes build/bugs/NAME/result: "passed" or
# "failed".
try_bug() {
    local name=$1 seed run reason='' shipped='-' found=0 runs=0
    local -a layers=() executions=() seconds=() inputs=()
    if ! reason=$(plant_bug "$name" && build_planted "$name" fuzz fuzz_cachemap); then
        row "$name" - - - - "FAILED: $reason"
        echo failed >"$out/$name/result"
        return
    fi
    if [ "$corpus" != empty ]; then
        mapfile -d '' -t inputs < <(shipped_inputs)
        if [ ${#inputs[@]} -gt 0 ]; then
            run=$(run_shipped "$name" "${inputs[@]}")
            shipped=$([ -n "$run" ] && echo yes || echo no)
            [ "$corpus" = both ] || layers+=("${run:-none}")
        fi
    fi
    for ((seed = 1; seed <= seeds; seed += 1)); do
        [ "$corpus" != shipped ] || break
        run=$(run_empty "$name" "$seed")
        layers+=("${run%%:*}")
        seconds+=("${run##*:}")
        run=${run#*:}
        executions+=("${run%%:*}")
        runs=$((runs + 1))
        [ -z "${layers[-1]}" ] || found=$((found + 1))
    done
    reason=$(verdict_of "$name" "$shipped" "$found" "$runs")
    run=$(printf '%s\n' "${layers[@]}" | awk 'NF && !seen[$0]++' | paste -sd, | sed 's/,/, /g')
    row "$name" "${run:--}" "$(join , "${executions[@]:--}")" "$(join , "${seconds[@]:--}")" "$shipped" \
        "$reason"
    if [ "$name" != control ] && [ "$runs" -gt 0 ]; then
        paste <(printf '%s\n' "${executions[@]}") <(printf '%s\n' "${seconds[@]}") >"$out/$name/effort"
    fi
    if [ -z "$reason" ]; then echo passed; else echo failed; fi >"$out/$name/result"
}

# verdict_of NAME SHIPPED FOUND RUNS: why it failed, or nothing.
verdict_of() {
    if [ "$1" = control ]; then
        if [ "$2" = yes ] || [ "$3" -gt 0 ]; then echo "FAILED: a false alarm, see $out/control/"; fi
    elif [ "$3" -lt "$4" ]; then
        echo "FAILED: found with $3 of $4 seeds within $(budget_of "$1") executions"
    elif [ "$2" = no ]; then
        echo "FAILED: not found by the shipped inputs"
    fi
}

# ---- The whole. ----------------------------------------------------------------------------------

# quantiles COLUMN: the median, the 90th percentile and the largest number of the bugs' efforts.
quantiles() {
    cat -- "${names[@]/%//effort}" 2>/dev/null | cut -f"$1" | sort -n | awk '
        { value[NR] = $1 }
        END {
            if (NR) printf "median %s, 90th percentile %s, largest %s (%d runs)", value[int((NR + 1) / 2)],
                value[int(NR * 0.9 + 0.999)], value[NR], NR
        }'
}

summary() {
    local passed failed
    if [ -n "$(quantiles 1)" ]; then
        echo
        echo "executions to find: $(quantiles 1)"
        echo "seconds to find:    $(quantiles 2)"
    fi
    passed=$(cat -- "${names[@]/%//result}" 2>/dev/null | grep -c passed || true)
    failed=$(cat -- "${names[@]/%//result}" 2>/dev/null | grep -c failed || true)
    echo
    echo "$passed passed, $failed failed$1"
    [ "$failed" -eq 0 ]
}

on_interrupt() { (cd "$out" && summary ", interrupted"); }

main() {
    local name
    read_arguments "$@"
    build_base fuzz_cachemap
    mkdir -p "$out"
    for name in "${names[@]}"; do
        rm -f "$out/$name/result" "$out/$name/effort"
    done
    row bug 'found by' executions seconds shipped ''
    in_turn try_bug "${names[@]}"
    (cd "$out" && summary '')
}

unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours
main "$@"
