#!/usr/bin/env bash
# Tests the documents: their programs compile and run, their traces replay, their generated parts
# and the dictionary are what ./tables prints, their links and make targets exist.
#
#   tests/documents.sh             `make all tables` comes before
#   tests/documents.sh --update    writes the generated parts and the dictionary anew
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours

. tests/checks.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

documents=()
for document in README.md CONTRIBUTING.md CHANGELOG.md docs/*.md regressions/README.md packaging/doxygen/*.md; do
    [ -f "$document" ] && documents+=("$document")
done
clang=$(make -s print-clang 2>/dev/null || echo clang)
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Isrc)

# ---- Fenced blocks. ------------------------------------------------------------------------------

# Writes each fenced block of a document to $scratch/blocks/DOCUMENT:LINE.LANGUAGE, without the
# indent of its fence.
extract_blocks() {
    awk -v prefix="$scratch/blocks/$(echo "$1" | tr / _):" '
        !inside && match($0, /^ *```[a-z]+ *$/) {
            indent = index($0, "`") - 1
            language = $0
            gsub(/[ `]/, "", language)
            file = prefix (NR + 1) "." language
            printf "" >file
            inside = 1
            next
        }
        inside && /^ *``` *$/ { close(file); inside = 0; next }
        inside { print substr($0, indent + 1) >file }' "$1"
}

# A program compiles by this compiler without a warning, and ends with 0.
program_runs() {
    local compiler=$1 standard=$2 file=$3
    "$compiler" "-std=$standard" "${warnings[@]}" "$file" -o "$scratch/program" && "$scratch/program"
}

fragment_compiles() {
    local compiler=$1 standard=$2 file=$3
    { printf '#include "cache_map.h"\n' && cat "$file"; } >"$scratch/fragment.${file##*.}"
    "$compiler" "-std=$standard" "${warnings[@]}" -fsyntax-only "$scratch/fragment.${file##*.}"
}

# check_code FILE STANDARD COMPILER...
check_code() {
    local file=$1 standard=$2 name compiler
    name=$(basename "$file")
    shift 2
    for compiler in "$@"; do
        if grep -qE '\bmain *\(' "$file"; then
            check "$name is a program ($compiler)" program_runs "$compiler" "$standard" "$file"
        else
            check "$name is a fragment ($compiler)" fragment_compiles "$compiler" "$standard" "$file"
        fi
    done
}

check_blocks() {
    local document file
    mkdir -p "$scratch/blocks"
    for document in "${documents[@]}"; do
        extract_blocks "$document"
    done
    for file in "$scratch"/blocks/*; do
        case "$file" in
        *.c) check_code "$file" c11 gcc "$clang" ;;
        *.cpp) check_code "$file" c++17 g++ "${clang/clang/clang++}" ;;
        *.trace) check "$(basename "$file") replays" ./trace replay "$file" ;;
        esac
    done
}

# ---- Generated parts. ----------------------------------------------------------------------------

# The document with its generated parts as ./tables prints them now. The part `survival` is of a campaign
# of hours (scripts/survival_report.R) and stays as it is.
regenerate() {
    awk '
        !inside { print }
        # Those are measured, by `make survival`, `make mutants` and `make hit-ratio`, not derived.
        match($0, /^<!-- generated: [a-z-]+ -->$/) && $3 != "survival" && $3 != "mutants" && $3 !~ /^hit-ratio/ {
            part = $3
            command = "./tables " part
            while ((command | getline line) > 0)
                print line
            if (close(command) != 0)
                exit 1
            inside = 1
        }
        inside && $0 == "<!-- end -->" { print; inside = 0 }
        END { exit inside }' "$1"
}

document_is_current() {
    regenerate "$1" >"$scratch/document" && diff "$1" "$scratch/document"
}

dictionary_is_current() {
    ./tables dictionary | diff dict/fuzz_cachemap.dict -
}

check_generated() {
    local document
    for document in "${documents[@]}"; do
        grep -q '^<!-- generated: ' "$document" || continue
        check "$document: its generated parts are current" document_is_current "$document"
    done
    check "dict/fuzz_cachemap.dict is current" dictionary_is_current
}

update() {
    local document
    for document in "${documents[@]}"; do
        grep -q '^<!-- generated: ' "$document" || continue
        regenerate "$document" >"$scratch/document" || exit 2
        cmp -s "$document" "$scratch/document" || cp "$scratch/document" "$document"
    done
    ./tables dictionary >"$scratch/dictionary" || exit 2
    mkdir -p dict
    cp "$scratch/dictionary" dict/fuzz_cachemap.dict
}

# ---- Numbers of the text format that no table holds. ---------------------------------------------

format=docs/input-format.md

# What ./trace says of a trace with this geometry and these ops.
say() {
    printf 'cachemap-trace 1\ngeometry %s\n%s' "$1" "$2" >"$scratch/probe.trace"
    ./trace show "$scratch/probe.trace" 2>&1
}

defaults_are_documented() {
    local line
    line=$(say '' '' | sed -n 2p) && [ -n "$line" ] && echo "the defaults are: $line" &&
        grep -qxF "$line" "$format"
}

range_is_documented() {
    local range
    range=$(say "$1=99999" '' | sed -n 's/.*expected a number from //p')
    echo "the range of $1 is: $range"
    [ -n "$range" ] && grep -qE "^\| \`$1\` \| ${range}[;| ]" "$format"
}

cap_is_documented() {
    local cap
    cap=$(say '' "$(printf 'get 0\n%.0s' {1..20000})" | sed -n 's/.*more than \([0-9]*\) ops.*/\1/p')
    echo "the cap is: $cap"
    [ -n "$cap" ] && grep -qF "$(printf '%s' "$cap" | sed -E 's/([0-9]{3})$/,\1/')" "$format"
}

check_numbers() {
    local field
    [ -f "$format" ] || return 0
    check "$format: the default geometry" defaults_are_documented
    for field in sets stash scope keys; do
        check "$format: the range of $field" range_is_documented "$field"
    done
    check "$format: the op cap" cap_is_documented
}

# ---- Links and make targets. ---------------------------------------------------------------------

links_of() {
    sed '/^ *```/,/^ *```/d' "$1" | grep -oE '\]\([^) ]+\)' | sed -E 's/^\]\(//; s/\)$//; s/#.*//' |
        grep -vE '^$|^[a-z]+:' | sort -u
}

# What a document tells its reader to make: the words after `make` in code, but options, variables
# and placeholders in capitals.
targets_of() {
    {
        grep -oE '`([A-Z_]+=[^ `]+ )*make [^`]+`' "$1" | tr -d '`'
        awk '/^ *```/ { inside = !inside; next } inside' "$1"
    } | sed -E 's/#.*//; s/&&|;|\|/\n/g' | sed -nE 's/^[ $]*([A-Z_]+=[^ ]+ )*make //p' | tr ' ' '\n' |
        grep -vE '^$|^-|=|^[A-Z]' | sort -u
}

target_exists() {
    echo "the Makefile has no such target"
    grep -qxF "$1" "$scratch/targets" && make -n "$1" >/dev/null
}

check_links() {
    local document link target
    make -qp 2>/dev/null | awk '
        /^# Not a target:/ { skip = 1; next }
        /^[^#:= \t%][^:=%]*:([^=]|$)/ { if (!skip) print substr($0, 1, index($0, ":") - 1) }
        { skip = 0 }' | tr ' ' '\n' >"$scratch/targets"
    for document in "${documents[@]}"; do
        for link in $(links_of "$document"); do
            check "$document: $link is there" test -e "$(dirname "$document")/$link"
        done
        for target in $(targets_of "$document"); do
            check "$document: make $target" target_exists "$target"
        done
    done
}

# ---- All. ----------------------------------------------------------------------------------------

for program in ./tables ./trace; do
    if [ ! -x "$program" ]; then
        echo "documents.sh: $program is missing; run: make ${program#./}" >&2
        exit 2
    fi
done
case "${1:-}" in
'') ;;
--update)
    update
    exit 0
    ;;
*)
    echo "usage: tests/documents.sh [--update]" >&2
    exit 2
    ;;
esac
check_blocks
check_generated
check_numbers
check_links
checks_end
