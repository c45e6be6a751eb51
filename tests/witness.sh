#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace witness from outside: the list, each trace, what happens in a file, the search, and what is said of
# mistakes. The labels and their traces are tested by tests/harness_witness.c.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

root=$PWD
out=build/test/witness
rm -rf "$out"
mkdir -p "$out/folder" "$out/lone"

# status_of COMMAND...: its exit status; what it prints is in stdout and stderr.
# says STATUS STREAM PATTERN COMMAND...: ends with the status, and the stream has the pattern.
says() {
    local status=$1 stream=$2 pattern=$3
    shift 3
    [ "$(status_of "$@")" = "$status" ] && grep -Eq -- "$pattern" "$out/$stream"
}

# ---- The list, and each trace. -------------------------------------------------------------------

check "the list succeeds" [ "$(status_of ./trace witness)" = 0 ]
awk '/^  / { print $1 }' "$out/stdout" | sort >"$out/labels"
check "it has each file of witnesses/" \
    diff "$out/labels" <(find witnesses -name '*.trace' -exec basename {} .trace \; | sort)
check "it has a length for each" \
    [ "$(grep -cE '^  [a-z0-9-]+ +[0-9]+ ops? +[A-Z].*\.$' "$out/stdout")" = "$(wc -l <"$out/labels")" ]

all_are_printed() {
    local label
    while read -r label; do
        ./trace witness "$label" | diff "witnesses/$label.trace" - || return 1
    done <"$out/labels"
}
check "each trace is printed as it stands in its file" all_are_printed
check "from another folder" bash -c "cd / && '$root/trace' witness scope-opened | diff - '$root/witnesses/scope-opened.trace'"
check "by a program in build/" bash -c "build/trace-asan witness scope-opened | diff - witnesses/scope-opened.trace"
cp trace "$out/lone/trace"
check "without the folder beside it the program says what to do" \
    says 2 stderr 'lone/witnesses/scope-opened.trace: .*beside the program.*--folder' "$out/lone/trace" witness scope-opened
check "it lists the labels all the same" says 0 stdout '^  scope-opened +no trace' "$out/lone/trace" witness
check "--folder names the folder" says 0 stdout '^scope open = ok' "$out/lone/trace" witness --folder witnesses scope-opened
cp -r witnesses "$out/lone/witnesses"
check "with the folder beside it it works" says 0 stdout '^scope open = ok' "$out/lone/trace" witness scope-opened
printf 'cachemap-trace 1\ngeometry\nscope opne\n' >"$out/lone/witnesses/scope-opened.trace"
check "a file that is damaged is told" says 2 stderr 'scope-opened.trace:3:' "$out/lone/trace" witness scope-opened

# ---- Mistakes. -----------------------------------------------------------------------------------

check "an unknown label: the nearest one" says 2 stderr 'did you mean scope-opened\?' ./trace witness scope-openned
check "a part of labels: all that have it" says 2 stderr 'did you mean .*get-of-tombstone.*, remove-tombstone|remove-tombstone.*get-of-tombstone' ./trace witness tombstone
check "a label that is much too long" says 2 stderr 'did you mean' ./trace witness "$(printf 'x%.0s' {1..5000})"
check "two labels" says 2 stderr 'one label at a time' ./trace witness scope-opened scope-opened
check "an option that it has not" says 2 stderr 'witness takes a label' ./trace witness --bogus
check "two commands at once" says 2 stderr 'one of them' ./trace witness --check --markdown
check "--markdown and a label" says 2 stderr 'one label at a time' ./trace witness --markdown scope-opened
check "--markdown without the folder" says 2 stderr 'beside the program' ./trace witness --markdown --folder "$out/none"
check "a number that is none" says 2 stderr 'ops x: expected a number' ./trace witness --search --ops x
check "a number that is too large" says 2 stderr 'from 0 to 6' ./trace witness --search --ops 7
check "a negative number" says 2 stderr 'expected a number' ./trace witness --search --seed -1
check "a full disk is not a success" bash -c './trace witness >/dev/full 2>/dev/null; [ $? -eq 2 ]'

# ---- What happens in a file. ---------------------------------------------------------------------

happens_at_the_end() {
    local label
    while read -r label; do
        ./trace witness --check "witnesses/$label.trace" >"$out/happens" || return 1
        # The label stands below the last op.
        awk -v label="$label:" '/^ *[0-9]+  / { op = $1 } $1 == label { at = op } END { exit !(at != "" && at == op) }' \
            "$out/happens" || { echo "$label" && return 1; }
    done <"$out/labels"
}
check "--check: each label at the last op of its trace" happens_at_the_end
printf 'cachemap-trace 1\ngeometry sets=1\nget 0\n' >"$out/short.trace"
check "--check: and not elsewhere" bash -c "! ./trace witness --check '$out/short.trace' | grep -q upsert"
./trace encode -o "$out/bytes" witnesses/evicted-in-own-scope.trace
check "--check: bytes" says 0 stdout '^ +evicted-in-own-scope:' ./trace witness --check "$out/bytes"
check "--check: several files" says 0 stdout '^corpus' ./trace witness --check "$out/bytes" corpus/*
check "--check: no file" says 2 stderr 'which file' ./trace witness --check
check "--check: a file that is not there" says 2 stderr 'No such file' ./trace witness --check "$out/none"
check "--check: the others all the same" says 2 stdout 'bytes: 4 ops' ./trace witness --check "$out/none" "$out/bytes"

# ---- The search. ---------------------------------------------------------------------------------

search() { ./trace witness --search --folder "$out/folder" "$@"; }
check "a label is found" says 0 stderr '^remove-tombstone +3 ops' search --ops 3 --streams 0 remove-tombstone
check "the file is the one that we have" diff "$out/folder/remove-tombstone.trace" witnesses/remove-tombstone.trace
rm "$out/folder/remove-tombstone.trace"
check "from generated streams as well" says 0 stderr '^remove-tombstone +3 ops' search --ops 0 --streams 200 remove-tombstone
check "and reduced to the same" diff "$out/folder/remove-tombstone.trace" witnesses/remove-tombstone.trace
check "what is the shortest stays" says 0 stderr '^[0-9]+ runs' search --ops 3 --streams 0 remove-tombstone
check "and is not told as new" bash -c "! grep -q remove-tombstone '$out/stderr'"
{
    printf 'cachemap-trace 1\ngeometry sets=2 ways=4 stash=9 keys=8\nget 7\nupsert 7\nget 7\nremove 7\n'
    printf 'get 7\nremove 7\n'
} >"$out/folder/remove-tombstone.trace"
check "a longer one is replaced" says 0 stderr '^remove-tombstone +3 ops' search --ops 0 --streams 0 remove-tombstone
check "by the same again" diff "$out/folder/remove-tombstone.trace" witnesses/remove-tombstone.trace
printf 'cachemap-trace 1\ngeometry sets=1\nget 0\n' >"$out/folder/remove-tombstone.trace"
check "a file of something else does not count" \
    says 1 stderr 'remove-tombstone: no trace of it was found' search --ops 0 --streams 0 remove-tombstone
check "an unknown label" says 2 stderr 'did you mean' search --ops 0 --streams 0 remove-tombstones
check "a folder that is not there" \
    says 2 stderr 'none/scope-opened.trace: cannot be written' ./trace witness --search --folder "$out/none" --ops 1 --streams 0 scope-opened
check "we have nothing that 3 ops would beat" bash -c \
    "cp -r witnesses '$out/all' && ./trace witness --search --folder '$out/all' --ops 3 --streams 500 && diff -r witnesses '$out/all'"

# ---- All on one page. ------------------------------------------------------------------------------

page_has_all() { diff <(./trace witness --markdown | sed -n 's/^\*\*`\([^`]*\)`.*/\1/p' | sort) <(basename -a -s .trace witnesses/*.trace | sort); }
check "--markdown has each" page_has_all

checks_end
