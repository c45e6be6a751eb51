# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests of ./trace explain, after checks.sh and planted.sh: explains the inputs of planted bugs, and
# checks what holds of every explanation. Who sources it has a folder `out`. Not a test by itself.
# shellcheck shell=bash disable=SC2154

# member FILE KIND MEMBER: of each line of that kind.
member() { jq -r --arg kind "$2" --arg member "$3" 'select(.kind == $kind) | .[$member]' "$1"; }

# has PATTERN FILE: a line of the file matches the extended regular expression.
has() { grep -qE -e "$1" "$2"; }
not() { ! "$@"; }

# told NAME INPUT: explains the input in the build NAME, in both forms; checks what holds of each.
told() {
    local name=$1 input=$2 program=$out/$1
    check "$name: fails" [ "$(status_of "$program" explain "$input")" = 1 ]
    cp "$out/stdout" "$out/$name.txt"
    check "$name: nothing on standard error" [ ! -s "$out/stderr" ]
    check "$name: as JSON, fails too" [ "$(status_of "$program" explain --json "$input")" = 1 ]
    cp "$out/stdout" "$out/$name.json"
    # A command is one line, however long the name of its file is.
    check "$name: at most 100 columns" not has '^.{101}' <(sed '/^Next$/,$d' "$out/$name.txt")
    check "$name: the sentence comes first" \
        [ "$(head -c 6 "$out/$name.txt")" = 'FAIL  ' ]
    check "$name: each line of JSON is an object, its kind first" \
        [ "$(jq -r 'keys_unsorted[0]' "$out/$name.json" | sort -u)" = kind ]
    check "$name: one step fails, or none and the end does" \
        [ "$(member "$out/$name.json" step fails | grep -c true)" -le 1 ]
    member "$out/$name.json" neighbour trace | jq -r '.[]' >"$out/$name.neighbour.trace"
    check "$name: the neighbour passes" \
        [ "$(status_of "$program" replay "$out/$name.neighbour.trace")" = 0 ]
    status_of "$program" signature "$input" >/dev/null
    check "$name: the slug is the signature's" \
        [ "$(cat "$out/stdout")" = "$(member "$out/$name.json" failure slug)" ]
    check "$name: the slug is fit for a folder" has '^[a-z0-9]+(-[a-z0-9]+)*$' "$out/stdout"
}

# told_trace NAME: the bug, on its own reduced trace.
told_trace() {
    trace_with_bug "$1" "$out/$1"
    told "$1" "bugs/traces/$1.trace"
    text=$out/$1.txt
    json=$out/$1.json
}
sentence() { member "$json" failure sentence; }
