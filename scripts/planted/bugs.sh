# SPDX-License-Identifier: Apache-2.0
# `scripts/planted.sh bugs`, sourced by it: the fuzz target finds each planted bug. At the end: the median, the 90th
# percentile and the largest of the executions and of the seconds to find, over all bugs and seeds from an empty
# corpus.
# shellcheck shell=bash disable=SC2154  # planted.sh has what they share

canary=remove-leaves-no-tombstone
corpus=${CORPUS:-both}
shipped_folder=${SHIPPED:-corpus}
as_path shipped_folder
targets=(fuzz_cachemap)
name_width=4

read_arguments() {
    local name budget
    case "${1:-}" in
    --canary)
        # What it is asked is whether a bug is found: compiling takes ten times what the runs do.
        targets+=(FUZZ_LEVEL=-O0)
        corpus=empty
        seeds=1
        set -- "$canary"
        ;;
    -*) fail "no such option: $1; see scripts/planted.sh --help" ;;
    '')
        # shellcheck disable=SC2046  # names are words
        set -- control $(all_names)
        ;;
    esac
    case "$corpus" in
    empty | shipped | both) ;;
    *) fail "CORPUS must be empty, shipped or both, it is '$corpus'" ;;
    esac
    [ -d "$shipped_folder" ] || fail "SHIPPED must be a folder of inputs, it is '$shipped_folder'"
    chosen "$@"
    for name in "${names[@]}"; do
        budget=$(budget_of "$name")
        [[ $budget =~ ^[1-9][0-9]*$ ]] ||
            fail "bugs/$name.patch: 'Budget:' must be a number of executions, it is '$budget'"
        [ ${#name} -le "$name_width" ] || name_width=${#name}
    done
}

shipped_inputs() {
    find "$shipped_folder" regressions -maxdepth 1 -type f ! -name '.*' ! -name '*.md' -print0 2>/dev/null | sort -z || true
}

# run_shipped NAME FILE...: replays each; the layer that stopped it, or nothing.
run_shipped() {
    local dir=$out/$1/shipped
    shift
    mkdir -p "$dir"
    "$dir/../fuzz_cachemap" "${target_flags[@]}" -artifact_prefix="$dir/" "$@" >"$dir/log" 2>&1 || true
    layer_of "$dir/log"
}

bug_row() { row "%-${name_width}s  %-26s %14s %9s %8s   %s" "$@"; }

join() {
    local IFS=$1
    shift
    echo "$*"
}

# try_bug NAME: builds and runs it, prints its row, and writes build/bugs/NAME/result: "passed" or
# "failed".
try_bug() {
    local name=$1 at run reason='' shipped='-' found=0 runs=0
    local -a layers=() executions=() seconds=() inputs=()
    if ! reason=$(plant "$name" "$out/$name" && build_in "$out/$name" "${targets[@]}"); then
        bug_row "$name" - - - - "FAILED: $reason"
        result "$name" "$reason"
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
    for ((at = 1; at <= seeds; at += 1)); do
        [ "$corpus" != shipped ] || break
        run=$(run_empty "$name" "$at")
        layers+=("${run%%:*}")
        seconds+=("${run##*:}")
        run=${run#*:}
        executions+=("${run%%:*}")
        runs=$((runs + 1))
        [ -z "${layers[-1]}" ] || found=$((found + 1))
    done
    reason=$(verdict_of "$name" "$shipped" "$found" "$runs")
    run=$(printf '%s\n' "${layers[@]}" | awk 'NF && !seen[$0]++' | paste -sd, | sed 's/,/, /g')
    bug_row "$name" "${run:--}" "$(join , "${executions[@]:--}")" "$(join , "${seconds[@]:--}")" "$shipped" "$reason"
    if [ "$name" != control ] && [ "$runs" -gt 0 ]; then
        paste <(printf '%s\n' "${executions[@]}") <(printf '%s\n' "${seconds[@]}") >"$out/$name/effort"
    fi
    result "$name" "$reason"
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

# quantiles COLUMN: the median, the 90th percentile and the largest number of the bugs' efforts.
quantiles() {
    (cd "$out" && cat -- "${names[@]/%//effort}" 2>/dev/null) | cut -f"$1" | sort -n | awk '
        { value[NR] = $1 }
        END {
            if (NR) printf "median %s, 90th percentile %s, largest %s (%d runs)", value[int((NR + 1) / 2)],
                value[int(NR * 0.9 + 0.999)], value[NR], NR
        }'
}

summary() {
    if [ -n "$(quantiles 1)" ]; then
        printf '\nexecutions to find: %s\nseconds to find:    %s\n' "$(quantiles 1)" "$(quantiles 2)"
    fi
    closing "$@"
}

on_interrupt() { summary ", interrupted"; }

bugs() {
    read_arguments "$@"
    build_base fuzz_cachemap
    mkdir -p "$out"
    (cd "$out" && rm -f -- "${names[@]/%//result}" "${names[@]/%//effort}")
    bug_row bug 'found by' executions seconds shipped ''
    in_turn try_bug "${names[@]}"
    summary
}
