#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace explain and ./trace signature, on libraries with bugs planted: the sentence, the table, the
# neighbour, colour, JSON beside its document, widths, and what is no failure or cannot be read or written.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh
. tests/explained.sh

out=build/test/explain
rm -rf "$out"
mkdir -p "$out"
unset NO_COLOR
export TERM=xterm

# ---- What is told of a bug. ----------------------------------------------------------------------

planted() {
    trace_with_bug "$1" "$out/$1"
    told "$1" "$(failing "$out/$1")"
}

planted victim-lost-to-stashed-key
text=$out/victim-lost-to-stashed-key.txt
json=$out/victim-lost-to-stashed-key.json
check "the sentence names op, key, and both places" has \
    '^FAIL  upsert 0: key 1 is nowhere, expected in the stash \(entry 0, value 2\)' "$text"
check "the reduction in a line" has '^      [0-9]+ -> 4 ops in [0-9]+ tries, none can go; fails in the same way 3 of 3' "$text"
check "a geometry that matters, and one that does not" has '^      geometry sets=1 ways=2 \(any do: tag clock' "$text"
check "the table has map, model, cache, stash, what moved" has \
    '^    3  upsert 2  inserted  inserted   2=3x1  >1=2x1   \{0=1\}  0 to stash$' "$text"
check "the failing op is marked, and that it differs inside" has '^>!  4  upsert 0  updated ' "$text"
check "the picture has what the naive map has" has 'expected: key 1   = value 2' "$text"
check "all alike is one sentence" has '^      all 4 ops are needed; any 3 keys do$' "$text"
check "the neighbour in words" has '^      op 3: upsert 0 instead of upsert 2$' "$text"
check "what a caller sees" has '^      a caller sees: lookup 1 after it answers absent, expected value 2$' "$text"
check "the commands for what next" has '^      .*victim-lost-to-stashed-key reduce -o bug.trace' "$text"
check "a slug has no line of the harness" [ "$(member "$json" failure slug)" = check-policy-counts-upsert ]
check "the step that differs is marked in JSON" [ "$(member "$json" divergence op)" = 4 ]

planted compact-in-open-scope
check "map beside model" has '^>   2  compact     ok   scope_open' "$out/compact-in-open-scope.txt"
check "a geometry that does not matter" has '^      geometry: any does$' "$out/compact-in-open-scope.txt"
check "a swap is a neighbour" [ "$(member "$out/compact-in-open-scope.json" neighbour change)" = swap ]

planted sweep-does-not-age
check "nothing is observed of a count" [ "$(member "$out/sweep-does-not-age.json" observed when)" = not ]

planted stash-find-trusts-fragment
check "the end of the trace" has '^>      final verification' "$out/stash-find-trusts-fragment.txt"
# explained GEOMETRY OPS KIND MEMBER: what that bug's explanation of such a trace has there.
explained() {
    printf 'cachemap-trace 1\ngeometry %s\n%b' "$1" "$2" >"$out/explained.trace"
    "$out/stash-find-trusts-fragment" explain --json "$out/explained.trace" >"$out/explained.json" || true
    member "$out/explained.json" "$3" "$4"
}
check "a number of the geometry is a neighbour" \
    [ "$(explained 'sets=0 stash=2 hash=collide keys=2 read=end' 'upsert 0\n' neighbour change)" = number ]
check "keys that are not free" \
    [ "$(explained 'sets=0 stash=2 hash=buckets keys=5 read=end' 'upsert 0\nupsert 4\n' keys freedom)" = 'just these' ]

# An op moves the hand of another set, too. On a large map the sets that an op has not touched are compared
# each few ops. (No bug of bugs/ goes wrong inside before it fails.)
cp -r src "$out/other-hand-src"
sed -i 's|^    cache->hands\[set\] = .*|&\n    if (cache->set_count > 1)\n        cache->hands[(set + 1) % cache->set_count] ^= 1;|' \
    "$out/other-hand-src/cache_map_cache.h"
trace_with "$out/other-hand-src" "$out/other-hand"
printf 'cachemap-trace 1\ngeometry sets=64 ways=16 tag=16 clock=1 stash=32 scope=0 keys=8 read=end\n%b' \
    'lookup 0\nupsert 0\nlookup 0\nlookup 0\nlookup 0\nlookup 0\n' >"$out/other-hand.trace"
told other-hand "$out/other-hand.trace"
check "a divergence before the failure is told" has '^It went wrong inside before that: after op' \
    "$out/other-hand.txt"
check "and in JSON" [ "$(member "$out/other-hand.json" divergence before_failure)" = true ]

# ---- The stash's index, and the other things that a report names. ----------------------------------

told_trace stash-move-forgets-bucket
check "both numbers that disagree are in the sentence" [ "$(sentence)" = \
    "upsert 0: this does not hold any more: a stash entry and its bucket name each other: entry 0 (key 1) says that it is in bucket 0, and bucket 0 names entry 1; no bucket names entry 0" ]
check "the index is drawn: the bucket" has '^      bucket 0   entry 1, which is not there$' "$text"
check "and the entry that no bucket names" has '^      no bucket  entry 0: key 1 tombstone, home 0$' "$text"
check "with what disagrees" has '^  !   entry 0 says bucket 0$' "$text"
check "and in JSON" [ "$(member "$json" bucket entry_bucket | sed -n 2p)" = 0 ]
check "the last op of five is op 5" has '^>!  5  upsert 0 ' "$text"
check "everywhere" [ "$(member "$json" failure op) $(member "$json" step op | tail -n 1)" = '5 5' ]

# A lookup that the stash answers gives the scratch value, which nobody has written.
cp -r src "$out/scratch-src"
sed -i 's/^    \*value = cache_map_entry_value(layout, &map->stash, entry);$/    *value = map->scratch;/' "$out/scratch-src/cache_map_core.h"
trace_with "$out/scratch-src" "$out/scratch"
printf 'cachemap-trace 1\ngeometry sets=0 stash=1 scope=0 keys=2 read=end\nupsert 0\nget 0\n' >"$out/scratch.trace"
told scratch "$out/scratch.trace"
check "an answer that nobody has stored is named in the table" has \
    '^> +2  get 0 +1515870810 \(as filled before init\)  1 ' "$out/scratch.txt"
check "in the sentence" grep -qF 'the map answered value 1515870810 (the bytes that memory is filled with before init: nothing was stored there)' \
    <(member "$out/scratch.json" failure sentence)
check "and in JSON" [ "$(member "$out/scratch.json" step origin | tail -n 1)" = 'as filled before init' ]

told_trace upsert-many-skips-last-of-full-batch
check "the ops of a call are bracketed" has '^    1/ upsert_many 0 ' "$text"
check "the failing one too" has '^>   4\| upsert_many 3 ' "$text"
check "and what stands behind it in the call" has '^    5\\ upsert_many 4  stash_full  -' "$text"
check "in JSON they have one number" [ "$(member "$json" step call | sort -u)" = 1 ]
# The fuzz target's own report, which replay prints.
status_of "$out/stash-move-forgets-bucket" replay bugs/traces/stash-move-forgets-bucket.trace >/dev/null
check "replay counts as well" has '; op 5 of 5$' "$out/stderr"
check "and draws the index" has '^      no bucket  entry 0: key 1 tombstone, home 0$' "$out/stderr"
status_of "$out/upsert-many-skips-last-of-full-batch" replay bugs/traces/upsert-many-skips-last-of-full-batch.trace >/dev/null
check "and brackets calls" has '^>     4\| upsert_many 3 ' "$out/stderr"
check "to their end" has '^      5\\ upsert_many 4 +stash_full +-$' "$out/stderr"

# A crash, and what a sanitizer sees.
trace_with_bug discard-reads-entry-that-left "$out/sanitized" -fsanitize=address
input=$(failing "$out/sanitized")
check "a sanitizer's finding fails" [ "$(status_of "$out/sanitized" explain "$input")" = 1 ]
check "and has a sentence" has '^FAIL  scope discard: AddressSanitizer: use-after-poison$' "$out/stdout"
check "the map before it" has '^The map before op 4' "$out/stdout"
check "offsets in the program do not pin the layout" has '[(]any do: ways tag' "$out/stdout"
status_of "$out/sanitized" signature "$input" >/dev/null
check "the slug names the library's function" \
    has '^asan-use-after-poison-cache-map-undo-remove-scope-discard$' "$out/stdout"

# ---- The report in docs/report.md. ---------------------------------------------------------------

# It is of an input that is not kept: this is what it is reduced to. Lines of the harness are the compiler's.
trace_with_bug discard-loses-victim "$out/trace"
printf 'cachemap-trace 1\ngeometry clock=1 stash=1 scope=1 keys=3 read=end\n%s\n' \
    $'upsert 0\nupsert 1\nscope open\nupsert 2\nscope discard' >"$out/crash-4bf72ff7"
same_report() { sed -E "s|$PWD/$out/|/home/ann/|g;"'s/[0-9]+ -> 5 ops in [0-9]+ tries/N -> 5 ops in N tries/; s/(\.c:)[0-9]+/\1N/'; }
{ (cd "$out" && ./trace explain crash-4bf72ff7) || true; } 2>&1 | same_report >"$out/report"
sed -n '/^\$ .\/trace explain crash-4bf72ff7$/,/^```$/p' docs/report.md | sed '1d;$d' | same_report >"$out/report.document"
check "docs/report.md has the report as it is" diff "$out/report.document" "$out/report"
sed -n '/^FAIL  /,/^```$/p' README.md | sed '$d' | same_report >"$out/report.readme"
check "README.md shows the first lines of it" [ -s "$out/report.readme" ]
check "as they are" diff "$out/report.readme" <(head -n "$(wc -l <"$out/report.readme")" "$out/report")

# ---- JSON and its document. ----------------------------------------------------------------------

# shellcheck disable=SC2016  # the backquotes are the document's
awk -F ' [|] ' '/^\| `/ { gsub(/[|` ]/, "", $1); count = split($2, name, /[`, ]+/); for (i = 2; i < count; i += 1) print $1, name[i] }' \
    docs/explain-json.md | sort -u >"$out/documented"
jq -r '.kind as $kind | keys[] | select(. != "kind") | "\($kind) \(.)"' "$out"/*.json | sort -u >"$out/written"
check "each member that is written is documented, and each documented one is written" \
    diff "$out/documented" "$out/written"
strange="$out/a \"b\"<c>"$'\xff\t'"d"
cp "$(failing "$out/compact-in-open-scope")" "$strange"
status_of "$out/compact-in-open-scope" explain --json "$strange" >/dev/null
check "strings are escaped" [ "$(member "$out/stdout" header file)" = "$out/a \"b\"<c>"$'\xef\xbf\xbd\t'"d" ]
check "no '<' that a page would take for markup" not has '<' "$out/stdout"
quoted="$out/it's \$HOME"
cp "$strange" "$quoted"
status_of "$out/compact-in-open-scope" explain --json "$quoted" >/dev/null
check "a path that a shell would split is quoted" \
    has "^upsert|^scope open" <(bash -c "$(member "$out/stdout" next command | sed -n 's/ -o bug.trace / /p')" 2>/dev/null)

# ---- Colour. -------------------------------------------------------------------------------------

program=$out/compact-in-open-scope
input=$(failing "$program")
# on_terminal COMMAND: its output, as a terminal gets it.
on_terminal() { script -qec "$1" /dev/null </dev/null >"$out/typescript" || true; }
escape=$'\x1b\['
on_terminal "$program explain $input"
check "colour on a terminal" has "$escape" "$out/typescript"
on_terminal "NO_COLOR=1 $program explain $input"
check "none with NO_COLOR" not has "$escape" "$out/typescript"
check "but the report" has 'FAIL  compact: ' "$out/typescript"
on_terminal "NO_COLOR= $program explain $input"
check "an empty NO_COLOR asks for nothing" has "$escape.*FAIL" "$out/typescript"
on_terminal "TERM=dumb $program explain $input"
check "none on a dumb terminal" not has "$escape" "$out/typescript"
on_terminal "$program explain --color=never $input"
check "none when asked for none" not has "$escape" "$out/typescript"
status_of "$program" explain "$input" >/dev/null
check "none in a pipe" not has "$escape" "$out/stdout"
status_of "$program" explain --color=always "$input" >/dev/null
check "in a pipe where it is asked for" has "$escape" "$out/stdout"
check "a colour that there is not" [ "$(status_of "$program" explain --color=red "$input")" = 2 ]
check "is told with those that there are" has 'always, never or auto, not red' "$out/stderr"

# ---- No failure, and what cannot be read or written. ---------------------------------------------

good=$(find corpus -type f ! -name '*.md' | sort | sed -n 1p)
check "an input that agrees is no failure" [ "$(status_of ./trace explain "$good")" = 0 ]
check "and names the sanitized build" has 'make build/trace-asan' "$out/stderr"
check "and an earlier commit" has 'earlier commit' "$out/stderr"
check "and prints nothing else" [ ! -s "$out/stdout" ]
status_of "$out/sanitized" explain "$out/sweep-does-not-age.neighbour.trace" >/dev/null
check "a sanitized build does not name itself" not has trace-asan "$out/stderr"
check "signature of an input that agrees" [ "$(status_of ./trace signature "$good")$(cat "$out/stdout")" = 0 ]
printf '\x20\x00' >"$out/version-3.bin"
printf 'cachemap-trace 2\n' >"$out/version-2.trace"
printf 'cachemap-trace 1\ngeometry sets=1\nupsert x\n' >"$out/mistake.trace"
for command in explain signature; do
    check "$command: bytes of another version" [ "$(status_of ./trace $command "$out/version-3.bin")" = 2 ]
    check "$command: both versions are named" has 'says version 3, this build reads versions 1 to 2' "$out/stderr"
    check "$command: text of another version" [ "$(status_of ./trace $command "$out/version-2.trace")" = 2 ]
    check "$command: both versions are named" has \
        "version-2.trace:1:16: '2': this build reads trace version 1.*version 2" "$out/stderr"
    check "$command: a mistake" [ "$(status_of ./trace $command "$out/mistake.trace")" = 2 ]
    check "$command: has its line and column" has 'mistake.trace:3:8: ' "$out/stderr"
    check "$command: no such file" [ "$(status_of ./trace $command "$out/none")" = 2 ]
    check "$command: no file" [ "$(status_of ./trace $command)" = 2 ]
    check "$command: an option that it has not" [ "$(status_of ./trace $command -x "$good")" = 2 ]
    check "$command: a full disk" bash -c "'$program' $command '$input' >/dev/full 2>'$out/stderr'; [ \$? -eq 2 ]"
    check "$command: is told" has 'standard output: cannot be written: No space left' "$out/stderr"
done
check "--json: a full disk" bash -c "'$program' explain --json '$input' >/dev/full 2>/dev/null; [ \$? -eq 2 ]"

# An old file survives a disk that is full: the limit of a file's size stands for it.
for ((i = 0; i < 200; i += 1)); do echo "# old"; done >"$out/old.trace"
cp "$out/old.trace" "$out/kept.trace"
# survives COMMAND INPUT
survives() {
    check "$1 on a full disk" bash -c \
        "trap '' XFSZ; ulimit -f 0; $1 -o '$out/kept.trace' '$2' 2>/dev/null; [ \$? -eq 2 ]"
    check "$1 on a full disk: the old file is whole" cmp "$out/old.trace" "$out/kept.trace"
    check "$1 on a full disk: no part is left" [ ! -e "$out/kept.trace.part" ]
}
survives "$program reduce" "$input"
survives "./trace encode" "$out/compact-in-open-scope.neighbour.trace"

# ---- Ctrl-C. -------------------------------------------------------------------------------------

# Interrupted while a try is running, and a long trace has hundreds: what is known is told.
interrupted() {
    local status=0 pid
    {
        printf 'cachemap-trace 1\ngeometry keys=256 stash=256 read=all\n'
        seq 16000 | sed 's/.*/upsert 1/'
        printf 'scope open\ncompact\n'
    } >"$out/long.trace"
    "$program" explain --json "$out/long.trace" >"$out/stdout" 2>"$out/stderr" &
    pid=$!
    until [ -n "$(cat "/proc/$pid/task/$pid/children")" ]; do :; done
    kill -INT "$pid"
    wait "$pid" || status=$?
    [ "$status" = 130 ] && [ "$(member "$out/stdout" header complete)" = false ]
}
check "Ctrl-C tells what is known" interrupted

# ---- An output that is closed or full, of what tells of a failure. -----------------------------------

# lost COMMAND...: it says so, and gives 2.
lost() {
    local status=0
    "$@" </dev/null 2>"$out/stderr" || status=$?
    [ "$status" -eq 2 ] && has '^trace: standard output: cannot be written: ' "$out/stderr"
}
lost_to_full() { lost "$@" >/dev/full; }
lost_to_closed() { lost "$@" >&-; }
fails=$out/victim-lost-to-stashed-key
input=$(failing "$fails")
for command in explain 'explain --json' html 'html --whole' reduce c signature record replay digest; do
    read -ra words <<<"$command"
    check "$command to a full device" lost_to_full "$fails" "${words[@]}" "$input"
    check "$command to a closed output" lost_to_closed "$fails" "${words[@]}" "$input"
done

checks_end
