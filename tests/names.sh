#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names of files are data: blanks, quotes, operators of a shell, a comment's end, a newline, bytes that are no text, a
# leading dash, and a name that is a word of what is written. Each command that a program or a script prints is
# taken out of what it printed and run as it stands, in another folder: it must do the same. tests/merge.sh and
# tests/campaign.sh do so for theirs.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh

top=$PWD
out=$PWD/build/test/names
rm -rf "$out"
mkdir -p "$out/elsewhere" "$out/bin"
has() { grep -qE -e "$1" "$2"; }
same() { [ "$1" = "$2" ]; }

# A folder's name ends with a star: the slash after it would end a comment of C.
folder=$out/$'blanks  and |;&*\'"$`\\<>#~!()[]{}^=%s\n\t\xff\xc2\x85 $(touch EXECUTED) `touch EXECUTED` *'
mkdir -p "$folder"
names=(map -x --verbose "it's" '%s%n' '*' '??' $'e\nf' $'\xff' '|y|;e touch EXECUTED #')

trace_with_bug remove-leaves-no-tombstone "$out/trace"
clang=$(make -s --no-print-directory print-clang)
input=$top/bugs/traces/remove-leaves-no-tombstone.trace
for name in "${names[@]}"; do
    cp "$input" "$folder/$name"
done

# The library that a program is compiled with is the one above ./trace: here the one with the bug.
mkdir -p "$out/planted"
mv "$out/trace-src" "$out/planted/src"
mv "$out/trace" "$out/planted/trace"
planted=$out/planted/trace
# In the place of the debug build and of gdb: says what it is called with.
printf '#!/bin/sh\n' >"$out/planted/trace-debug"
# shellcheck disable=SC2016  # of the script that is written
printf '#!/bin/sh\nprintf "gdb has %%s\\n" "${!#}"\nfor last; do :; done\ncat "$last"\n' | sed 2d >"$out/bin/gdb"
mkdir -p "$out/planted/tools/gdb"
touch "$out/planted/tools/gdb/cachemap.py"
chmod +x "$out/planted/trace-debug" "$out/bin/gdb"
export PATH=$out/bin:$PATH

# as_printed COMMAND: as a user does who copies it.
as_printed() { (cd "$out/elsewhere" && bash -c "$1" </dev/null); }

# ---- ./trace. --------------------------------------------------------------------------------------

# The commands of a report, one a line.
next_of() { sed '1,/^Next$/d' "$1" | grep -v '^      #' | sed 's/^      //'; }

commands_run() {
    local reference=$out/reference command
    mkdir -p "$reference"
    "$planted" reduce -o "$reference/bug.trace" "$1" 2>/dev/null
    "$planted" replay --verbose "$1" >"$reference/replay" 2>&1 && return 1
    mapfile -t commands < <(next_of "$2")
    [ ${#commands[@]} -eq 5 ] || return 1
    for command in "${commands[@]}"; do
        [[ $command != *' gdb '* ]] || command+=' -- -batch'
        as_printed "$command" >"$out/elsewhere/said" 2>&1 || true
        case "$command" in
        *' gdb '*) cmp <(grep -v '^#' "$reference/bug.trace" | sed 's/ = [a-z]*//') \
            <(grep -v '^trace: gdb, stopped' "$out/elsewhere/said") || return ;;
        *' replay '*) cmp <(tail -n +2 "$reference/replay" | grep -v :$) <(tail -n +2 "$out/elsewhere/said" | grep -v :$) || return ;;
        esac
    done
    cmp "$reference/bug.trace" "$out/elsewhere/bug.trace" && grep -q '<!doctype html>' "$out/elsewhere/bug.html" &&
        [ -s "$out/elsewhere/bug.c" ]
}

# program_fails FILE: the commands in its head, as they stand there.
program_fails() {
    local command
    gcc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Isrc "$1" || return
    mapfile -t commands < <(sed -nE 's/^ \*     ((cc|clang) .*)$/\1/p' "$1")
    [ ${#commands[@]} -eq 2 ] || return 1
    commands[1]=${commands[1]/#clang/$clang}
    for command in "${commands[@]}"; do
        rm -f "$out/elsewhere/program"
        as_printed "$command" >"$out/elsewhere/said" 2>&1 && return 1
        grep -q '^FAIL' "$out/elsewhere/said" || return
    done
}

page_says() {
    python3 - "$1" "$2" <<'PYTHON'
import html.parser, json, os, sys
class Page(html.parser.HTMLParser):
    taken, words, names = False, "", []
    def handle_starttag(self, tag, attributes):
        self.names.append(tag)
        self.taken = dict(attributes).get("id") == "page-data"
    def handle_data(self, data):
        self.words += data if self.taken else ""
    def handle_endtag(self, tag):
        self.taken = False
page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
told = json.loads(page.words)["file"]
expected = os.fsencode(sys.argv[2]).decode(errors="replace")
sys.exit(told != expected)
PYTHON
}

for name in "${names[@]}"; do
    shown=${name@Q}
    rm -f "$out/elsewhere"/*
    (cd "$folder" && ! "$planted" explain -- "$name") >"$out/report.txt" 2>"$out/stderr" || true
    check "explain $shown: its commands run" commands_run "$folder/$name" "$out/report.txt"
    (cd "$folder" && ! "$planted" explain --json -- "$name") >"$out/report.json" || true
    check "explain --json $shown: the same commands" same "$(next_of "$out/report.txt")" \
        "$(jq -r 'select(.kind == "next") | .command' "$out/report.json")"
    (cd "$folder" && "$planted" html -o "$out/page.html" -- "$name") 2>/dev/null
    check "html $shown: names it and nothing else" page_says "$out/page.html" "$name"
    (cd "$folder" && "$planted" c -o "./$name.c" -- "$name") 2>/dev/null
    check "c -o $shown.c: the commands in its head run" program_fails "$folder/$name.c"
done
(cd "$out/elsewhere" && "$planted" c "$input") >"$out/elsewhere/program.c" 2>/dev/null
check "c without -o: they run where program.c is" program_fails "$out/elsewhere/program.c"
check "gdb without a debug build: what it says to run has its folder as a word" \
    bash -c 'mkdir "$2/tools" "$2/tools/gdb" && touch "$2/tools/gdb/cachemap.py" && cp "$1" "$2/trace" &&
        { "$2/trace" gdb "$3" -- -batch 2>&1 || true; } | sed -n "s/.*run: make/printf \"%s\\\\\\\\0\"/p" | bash |
            { read -r -d "" _ && read -r -d "" place && [ "$place" = "$2" ]; }' bash "$planted" "$folder" "$input"

# ---- ./soak and ./explore. ---------------------------------------------------------------------------

build_in "$out/trace-tree" soak "GCC=$clang"
cp "$out/trace-tree/soak" "$folder/soak"
cp "$planted" "$folder/trace"
(cd "$folder" && ! ./soak --seed 1 --streams 5000) >"$out/stdout" 2>"$out/stderr" || true
check "soak: what it prints to go on explains the stream" grep -q '^FAIL  ' \
    <(as_printed "$(sed -n 's/^soak: saved .*; next: //p' "$out/stderr")" 2>&1)

for name in -saved "it's saved" $'saved\n'; do
    world=(sets=2 ways=2 clock=1 stash=4 scope=3 keys=6 hash=same_home) # more than the memory takes
    (cd "$folder" && "$top/explore" --quiet --jobs 1 --memory 8 --save "$name" "${world[@]}") >/dev/null 2>"$out/stderr" || true
    command=$(sed -n 's/^explore: saved; go on with //p' "$out/stderr")
    check "explore --save ${name@Q}: what it prints to go on goes on" \
        grep -q '^stopped: ' <(as_printed "$command --quiet --jobs 1 --memory 8" 2>&1)
done

# ---- Findings. ---------------------------------------------------------------------------------------

# file_in FOLDER ARTIFACT...: from within the folder of names; commands are run and nothing else is.
file_in() {
    (cd "$folder" && "$top/scripts/finding.sh" --trace "$planted" --sanitized "$planted" --target /bin/false \
        --into "$1" -- "${@:2}") >"$out/stdout" 2>"$out/stderr"
}
for into in findings -findings $'a *\n'; do
    cp "$input" "$folder/crash-1"
    check "finding.sh --into ${into@Q}" file_in "$into" "${names[@]}" crash-1
    case "$into" in -*) finding=$folder/./$into ;; *) finding=$folder/$into ;; esac
    finding=$(find "$finding" -mindepth 1 -maxdepth 1 -type d | head -c -1)
    finding=${finding:-$folder/$into/nothing}
    check "it has all parts" test -s "$finding/report.txt" -a -s "$finding/report.html" -a -s "$finding/reduced.trace"
    check "the commands of its report run" commands_run "$finding/artifact" "$finding/report.txt"
    check "those in its program, too" program_fails "$finding/test.c"
done
(cd "$folder" && "$top/scripts/finding.sh" --trace "$top/trace" --sanitized "$top/trace" --target "$planted" --into only -- "$input") >/dev/null
check "the command of what only the target shows" grep -q 'lists the commands' \
    <(as_printed "$(sed -n 's/^Again: //p' "$folder/only/only-in-the-target/report.txt")" 2>&1)
check "no name was a command" [ -z "$(find "$out" "$top" -maxdepth 3 -name EXECUTED)" ]

# ---- The helper of the scripts is that of the programs. -----------------------------------------------

. scripts/words.sh
round_trip() { # a word of the shell is one line, and the text again
    local word back
    word=$(shell_word "$1")
    [[ $word != *$'\n'* ]] || return
    eval "back=$word"
    [ "$back" = "$1" ]
}
for name in "${names[@]}" "$folder" '' ' '; do
    check "words.sh: ${name@Q}" round_trip "$name"
done

checks_end
