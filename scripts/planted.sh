#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Plants the bugs of bugs/, each into a tree of its own, and sees what finds it.
#
#   scripts/planted.sh bugs [NAME...]     the fuzz target finds each bug, or those named: by replaying the shipped
#                                         inputs, and from an empty corpus within the executions that its patch
#                                         allows. `control` is the library as it is, in which it must find nothing
#   scripts/planted.sh bugs --canary      one quick bug end to end, from an empty corpus: is the fuzzer awake?
#   scripts/planted.sh layers [--update] [PATCH...]
#                                         each layer of the oracle is needed: its bug in bugs/layers/ is found, by
#                                         it alone, and lives when the layer is off; with any layer off the library
#                                         as it is is fine. Compares the table of bugs/layers/README.md, or writes it
#   scripts/planted.sh ways [--others] [NAME...]
#                                         each other way to compile the fuzz target is needed: what it compiles has
#                                         a bug in bugs/ways/ that it finds and ./fuzz_cachemap does not, nor, with
#                                         --others, any other way
#   scripts/planted.sh reduced [--table] [NAME...]
#                                         from each bug to the trace that shows it: bugs/traces/ and the table of
#                                         bugs/traces/README.md. --table runs nothing, and has what earlier runs left
#   scripts/planted.sh touches [NAME...]  each bug of bugs/touches/ is found by what a call may touch, and by nothing else
#   scripts/planted.sh list               what each bug breaks, and which layers should find it
#   scripts/planted.sh build NAME FOLDER WORD...
#                                         the FOLDER becomes a tree with the bug, and `make WORD...` is run there
#
#   JOBS=2         bugs at a time (the number of cores)
#   SEEDS=3        bugs: from an empty corpus with the seeds 1 to 3 (1)
#   CORPUS=empty   bugs: or `shipped`, or `both` (both)
#   SHIPPED=FOLDER bugs: the shipped inputs, with regressions/ (corpus)
#
# What a bug's build and runs left stays in build/bugs/NAME/, for layers in build/layers/NAME/, for ways in
# build/ways/NAME/: the patched sources, programs, logs, artifacts. Exit status: 0 all as it must be, 1 not so, 2 it
# could not run, 130 interrupted.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh
. scripts/numbers.sh
. scripts/in_turn.sh
. scripts/planted/plant.sh

jobs=${JOBS:-$(nproc)}
seeds=${SEEDS:-1}
whole_number JOBS "$jobs"
whole_number SEEDS "$seeds"
names=() # of the folders in $out that have a result
# shellcheck disable=SC2034  # of the subcommands
seed=1 update=no

# ---- What the subcommands share. -----------------------------------------------------------------

# chosen NAME...: sets `names`: these bugs, each of which there is, or all.
chosen() {
    local name
    names=("$@")
    [ $# -gt 0 ] || mapfile -t names < <(all_names)
    for name in "${names[@]}"; do
        [ "$name" = control ] || [ -f "bugs/$name.patch" ] ||
            fail "there is no bugs/$name.patch; scripts/planted.sh list names them all"
    done
}

# row FORMAT WORD...: without blanks at its end.
row() {
    local line
    # shellcheck disable=SC2059  # a format
    printf -v line "$@"
    echo "${line%"${line##*[! ]}"}"
}

# result NAME REASON: passed if there is no reason.
result() {
    if [ -z "$2" ]; then echo passed; else echo failed; fi >"$out/$1/result"
}

# closing [WORDS]: the closing line; its status is the run's. What left no result has failed, but where WORDS say why.
closing() {
    local name passed=0 failed=0
    for name in "${names[@]}"; do
        case "$(cat "$out/$name/result" 2>/dev/null || echo "lost$*")" in
        passed) passed=$((passed + 1)) ;;
        failed | lost) failed=$((failed + 1)) ;;
        esac
    done
    printf '\n%s passed, %s failed%s\n' "$passed" "$failed" "$*"
    [ "$failed" -eq 0 ]
}

# ---- The subcommands. ----------------------------------------------------------------------------

list() {
    local name
    for name in $(all_names); do
        printf '%s\n    %s\n    found by %s, within %s executions\n' "$name" "$(header "bugs/$name.patch" What)" \
            "$(header "bugs/$name.patch" Layer)" "$(budget_of "$name")"
    done
    for name in bugs/ways/*.patch; do
        printf '%s\n    %s\n    found by the fuzz target compiled in another way (%s), within %s executions\n' \
            "$(basename "$name" .patch)" "$(header "$name" What)" "$(header "$name" Way)" "$(header "$name" Budget)"
    done
}

build() {
    [ $# -gt 2 ] || fail "usage: scripts/planted.sh build NAME FOLDER WORD..."
    chosen "$1"
    plant "$1" "$2" && build_in "$2" "${@:3}"
}

unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours
command=${1:-}
case "$command" in
bugs | layers | ways | reduced | touches)
    # shellcheck source=/dev/null
    . "scripts/planted/$command.sh"
    "${@:1}"
    ;;
list) list ;;
build) build "${@:2}" ;;
-h | --help) help_of scripts/planted.sh ;;
*) fail "usage: scripts/planted.sh bugs|layers|ways|reduced|touches|list|build ...; --help says more" ;;
esac
