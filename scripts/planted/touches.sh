# SPDX-License-Identifier: Apache-2.0
# `scripts/planted.sh touches`, sourced by it: what a call may touch is needed. Each bug of bugs/touches/ answers every
# call as it must, and leaves the map as it must be: it costs too much, and nothing else.
#
# For each of them build/soak-touches, with one seed, must fail by that, and by the call that `Call:` in the patch's
# head names; and ./soak, with all layers and the same seed, over ten times as many streams finds nothing.
# shellcheck shell=bash disable=SC2154  # planted.sh has what they share

stream_count=2000
at='(at key [0-9]+, number [0-9]+ of [0-9]+: )?' # where an op stands for many calls

touches_row() { row '%-42s %-11s %9s %14s   %s' "$@"; }

# try_touches NAME: builds and runs it, prints its row, and writes its result.
try_touches() {
    local name=$1 patch=bugs/touches/$1.patch dir=$out/$1 call reason='' log number=- others=-
    call=$(header "$patch" Call)
    if reason=$(plant "$patch" "$dir" && build_in "$dir" soak build/soak-touches); then
        log=$dir/touches.log
        (cd "$dir/build" && ./soak-touches --seed "$seed" --streams "$stream_count") >"$log" 2>&1 || true
        number=$(sed -n 's/^soak: seed [^,]*, stream \([0-9]*\)$/\1/p' "$log")
        others=$((10 * (${number:-0} + 1) + 100)) # more take minutes: each call costs too much
        if [ -z "$number" ] || ! grep -Eq "^ +$at$call (read|wrote|made|ran|touched) .*; at most" "$log"; then
            reason="FAILED: not found in $call, see $log"
        elif ! (cd "$dir" && ./soak --seed "$seed" --streams "$others") >"$dir/soak.log" 2>&1; then
            reason="FAILED: found without it too, see $dir/soak.log"
        fi
    else
        reason="FAILED: $reason"
    fi
    touches_row "$name" "$call" "${number:--}" "$others" \
        "${reason:-$(sed -nE "s/^ +$at([^ ]+ (read|wrote|made|ran|touched) .*; at most.*)/\2/p" "$log" | head -n 1)}"
    result "$name" "$reason"
}

touches() {
    local name
    names=("$@")
    [ $# -gt 0 ] || mapfile -t names < <(basename -a -s .patch bugs/touches/*.patch)
    for name in "${names[@]}"; do
        [ -f "bugs/touches/$name.patch" ] || fail "there is no bugs/touches/$name.patch"
    done
    out=build/touches-bugs
    build_base soak build/soak-touches
    mkdir -p "$out"
    touches_row bug call 'stream' 'others: streams' found
    in_turn try_touches "${names[@]}"
    closing
}
