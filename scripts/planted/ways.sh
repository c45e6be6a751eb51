# SPDX-License-Identifier: Apache-2.0
# `scripts/planted.sh ways`, sourced by it: each other way to compile the fuzz target is needed. The head of a bug in
# bugs/ways/ names, after `Way:`, those that show it. Each of them finds it from an empty corpus within its Budget;
# ./fuzz_cachemap does not, in all the executions of the first of them, and with --others no other way does.
# shellcheck shell=bash disable=SC2154  # planted.sh has what they share

out=build/ways
others=no
mapfile -t all_ways < <(scripts/way.sh --list)

way_row() { row '%-32s  %-14s %-26s %10s   %s' "$@"; }

# run_way NAME WAY PROGRAM: sets `layer` and `executions`; no layer where it found nothing.
run_way() {
    local log
    scripts/way.sh "$2" "$3" >"$3.out" 2>&1 || true
    log=$(dirname "$3")/fuzz.log
    layer=$(layer_of "$log")
    executions=$(executions_of "$log")
}

# try_target NAME WAY TARGET RUNS_OF: builds it with the bug, runs it, prints a row; a line in `reasons` where it is
# not as the patch says.
try_target() {
    local name=$1 target=$2 runs_of=$3 expected=$4 reason layer='' executions=-
    if ! reason=$(build_in "$out/$name" "$target"); then
        reason="FAILED: $reason"
    else
        run_way "$name" "$runs_of" "$out/$name/$target"
        if [ "$expected" = found ]; then
            [ -n "$layer" ] || reason='FAILED: not found'
            [ -z "$layer" ] || [ "$executions" -le "$(header "bugs/ways/$name.patch" Budget)" ] || reason='FAILED: not within its Budget'
        else
            [ -z "$layer" ] || reason='FAILED: found here too'
        fi
    fi
    way_row "$name" "$(sed -E 's,(build/way/)?(.*)/.*,\2,' <<<"$target")" "${layer:--}" "$executions" "$reason"
    reasons+=$reason
}

try_way_bug() {
    local name=$1 way reason reasons=
    local -a shows
    read -ra shows <<<"$(header "bugs/ways/$name.patch" Way)"
    if ! reason=$(plant "bugs/ways/$name.patch" "$out/$name"); then
        way_row "$name" - - - "FAILED: $reason"
        result "$name" "$reason"
        return
    fi
    # First, for the objects that all share are its own.
    try_target "$name" fuzz_cachemap "${shows[0]}" nothing
    for way in "${all_ways[@]}"; do
        if [[ " ${shows[*]} " == *" $way "* ]]; then
            try_target "$name" "build/way/$way/fuzz_cachemap" "$way" found
        elif [ "$others" = yes ]; then
            try_target "$name" "build/way/$way/fuzz_cachemap" "$way" nothing
        fi
    done
    result "$name" "$reasons"
}

ways() {
    local way
    if [ "${1:-}" = --others ]; then others=yes && shift; fi
    [[ ${1:-} != -* ]] || fail "no such option: $1; see scripts/planted.sh --help"
    names=("$@")
    [ $# -gt 0 ] || mapfile -t names < <(basename -a -s .patch bugs/ways/*.patch)
    for name in "${names[@]}"; do
        [ -f "bugs/ways/$name.patch" ] || fail "there is no bugs/ways/$name.patch"
        for way in $(header "bugs/ways/$name.patch" Way); do
            [[ " ${all_ways[*]} " == *" $way "* ]] || fail "bugs/ways/$name.patch: there is no way '$way'; there are ${all_ways[*]}"
        done
    done
    # shellcheck disable=SC2046  # a word each
    build_base fuzz_cachemap $(printf 'build/way/%s/fuzz_cachemap ' "${all_ways[@]}")
    mkdir -p "$out"
    (cd "$out" && rm -f -- "${names[@]/%//result}")
    way_row bug target 'found by' executions ''
    in_turn try_way_bug "${names[@]}"
    closing
}
