#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace gdb, in batch mode on a debug build with a planted bug: where it stops, what the printers and
# commands of tools/gdb/cachemap.py show, and its errors. And ./trace c in a build that has the bug.
set -euo pipefail
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours
root=$PWD

out=build/test/gdb
. scripts/words.sh
. scripts/planted/plant.sh
. tests/checks.sh
bug=discard-loses-victim
with=$out/$bug/build/trace-debug

rm -rf "$out"
mkdir -p "$out"
make -s --no-print-directory build/trace-debug >"$out/build.log" 2>&1 || fail "build/trace-debug does not build: $out/build.log"
plant "$bug" "$out/$bug" || fail "$bug cannot be planted"
build_in "$out/$bug" build/trace-debug || fail "$bug does not build"

# The reduced trace with ops that it does not need.
input=$out/input.trace
sed 's/ = .*//; /^scope open/i lookup 1\nhas 0\ninspect' "bugs/traces/$bug.trace" >"$input"

# gdb PROGRAM FILE COMMAND...: ./trace gdb in batch mode; its status is written last.
gdb() {
    local status=0
    local command
    local -a program=("$1" gdb "$2" -- -batch)
    for command in "${@:3}"; do
        program+=(-ex "$command")
    done
    "${program[@]}" </dev/null >"$out/stdout" 2>"$out/stderr" || status=$?
    echo "$status" >"$out/status"
}
says() { # FILE PATTERN...: in these lines, in this order
    local file=$1 at=0 pattern line
    cat "$file"
    for pattern in "${@:2}"; do
        line=$(tail -n "+$((at + 1))" "$file" | grep -nE -m 1 -- "$pattern" | cut -d: -f1) ||
            { echo "not there, or not there any more: $pattern" && return 1; }
        at=$((at + line))
    done
}
status_is() { cat "$out/stderr" && [ "$(cat "$out/status")" = "$1" ]; }

# ---- The session. --------------------------------------------------------------------------------

gdb "$with" "$input" cachemap-map cachemap-model "print \$map" cachemap-enter "print *map" "print map->base.stash" \
    "print map->base.log" "print map->base.log.records[0]" up up continue cachemap-map "help cachemap-enter"
check "gdb ends well" status_is 0
check "it stops before the failing op, and says what the model expects" says "$out/stdout" \
    'environment_step' '^Stopped before the op that fails' '^> +[0-9]+  scope discard$' 'the model expects: ok$'
check "the map: sets, stash, scope" says "$out/stdout" '^cache: 2 of 2 values in 1 sets of 2 ways$' \
    '^  set 0, hand at way 1$' '^    way 0  count 1  tag 0x[0-9a-f]{2}  key [0-9]+ = value 3$' \
    '^stash: 1 of [0-9]+ entries$' '^  entry 0  bucket [0-9]+  key [0-9]+ = value 1$' '^scope: open, 1 of [0-9]+ records$' \
    '^  record 0  upsert, of a key that was absent, slot 0, evicts$' '^hits [0-9]+, misses [0-9]+$'
check "the model: three keys" says "$out/stdout" '^model: scope open, 1 to undo' '^  key [0-9]+ = value [123]$' \
    '^  key [0-9]+ = value [123]$' '^  key [0-9]+ = value [123]$'
# shellcheck disable=SC2016  # gdb's own dollars
check "the printers: \$map, and in the library *map, stash, log, record" says "$out/stdout" '^\$1 = cache: 2 of 2' \
    'map_[0-9]+_scope_close \(map=' '^\$2 = cache: 2 of 2' '^\$3 = stash: 1 of' '^\$4 = scope: open, 1 of' \
    '^\$5 = upsert, of a key that was absent'
check "going on stops where the failure is found, in the map that the bug left" says "$out/stdout" 'environment_fail_at' \
    '^cache: 1 of 2 values' '^stash: 0 of'
check "commands have a help" says "$out/stdout" "the library's function that the op calls"
check "no trace is left behind" bash -c "! compgen -G '${TMPDIR:-/tmp}/cachemap-??????' >/dev/null"

gdb "$with" bugs/traces/stash-values-one-short.trace cachemap-map
check "an input that agrees in this build is told so" says "$out/stderr" 'agrees in this build'
check "and is no failure" status_is 0

# ---- Errors. -------------------------------------------------------------------------------------

status_of() {
    local status=0
    "$@" </dev/null >"$out/stdout" 2>"$out/stderr" || status=$?
    echo "$status" >"$out/status"
}
status_of ./trace gdb
check "no file" status_is 2
status_of ./trace gdb "$out/no-such-file" -- -batch
check "a file that is not there" status_is 2
status_of ./trace gdb "$input" -batch
check "options without --" status_is 2
status_of "$with" gdb "$input"
check "no terminal and no commands" status_is 2
check "and it says how" says "$out/stderr" 'no terminal; give gdb its commands'
status_of env PATH="$root/$out" "$with" gdb "$input" -- -batch
check "no gdb" status_is 2
check "and it says how to get it" says "$out/stderr" 'gdb is not here; on Debian: apt-get install gdb'
mkdir -p "$out/moved/tools/gdb"
cp ./trace "$out/moved/trace"
cp tools/gdb/cachemap.py "$out/moved/tools/gdb/"
status_of "$out/moved/trace" gdb "$input" -- -batch
check "no debug build" status_is 2
check "and it says what to make" says "$out/stderr" 'make -C .*/moved build/trace-debug'
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
cp ./trace "$elsewhere/trace"
status_of "$elsewhere/trace" gdb "$input" -- -batch
check "away from the repository" status_is 2
check "and it says where to run it" says "$out/stderr" 'no tools/gdb/cachemap.py in .* run ./trace in its repository'

# ---- ./trace c where the bug is. -----------------------------------------------------------------

status_of "$with" c -o "$out/program.c" "$input"
check "c: a program is written" status_is 0
check "c: it says what failed, and of how many ops it is" says "$out/program.c" '^/\* .*program.c: 5 ops ' \
    'it failed: check_discard_is_exact .* scope discard$'
cc -std=c11 -I "$out/$bug/src" "$out/program.c" -o "$out/program"
status_of "$out/program"
check "c: with the bug it fails" status_is 1
check "c: at that op" says "$out/stdout" '^op 5, scope discard$' '^FAIL  op 5, scope discard: '
cc -std=c11 -I src "$out/program.c" -o "$out/program"
status_of "$out/program"
check "c: without it agrees" status_is 0
status_of "$with" c --whole "$input"
check "c: --whole keeps every op" says "$out/stdout" "^/\* program.c: $("$with" show "$input" | grep -cvE '^(cachemap|geometry|#|$)') ops "

checks_end
