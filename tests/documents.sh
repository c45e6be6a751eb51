#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests the documents: their programs compile and run, their traces replay, their generated parts
# and the dictionary are what ./tables prints, their links and make targets exist.
#
#   tests/documents.sh             `make all tables build/sizing` comes before
#   tests/documents.sh DOCUMENT... the blocks of these alone
#   tests/documents.sh --update    writes the generated parts and the dictionary anew
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours

. tests/checks.sh
. tests/documents_blocks.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

documents=()
for document in README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md docs/*.md \
    {bugs,studies,subjects,tests}/*/{,*/}README.md bugs/*.md {examples,oss-fuzz,regressions}/README.md packaging/doxygen/*.md; do
    [ -f "$document" ] && documents+=("$document")
done

# ---- Generated parts. ----------------------------------------------------------------------------

# The document with its generated parts as ./tables and build/sizing print them now. The parts of survival are
# of a campaign of hours (studies/survival/survival_report.R) and stay as they are.
regenerate() {
    awk '
        !inside { print }
        # Those are measured, by `make survival`, `make mutants` and `make hit-ratio`, not derived.
        match($0, /^<!-- generated: [a-z-]+ -->$/) && $3 !~ /^survival/ && $3 != "mutants" && $3 !~ /^hit-ratio/ {
            part = $3
            command = (part ~ /^sizing-/ ? "build/sizing " : "./tables ") part
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
    range=$(say "$1=99999999" '' | sed -n 's/.*expected a number from //p')
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

# The headings of a document as GitHub names them in links: lower case, no punctuation, hyphens for spaces.
anchors_of() {
    sed '/^ *```/,/^ *```/d' "$1" | sed -nE 's/^#+ +//p' | tr '[:upper:]' '[:lower:]' |
        sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# anchors_exist DOCUMENT: each link into a part of a document of ours names a heading of it.
anchors_exist() {
    local link target missing=0
    for link in $(sed '/^ *```/,/^ *```/d' "$1" | grep -oE '\]\([^) :]*#[^) ]+\)' | sed -E 's/^\]\(//; s/\)$//' | sort -u); do
        target=${link%%#*}
        target=${target:+$(dirname "$1")/$target}
        if ! anchors_of "${target:-$1}" | grep -xF "${link#*#}" >/dev/null; then
            echo "no such heading: $link"
            missing=1
        fi
    done
    return "$missing"
}

link_to_nothing_is_found() {
    printf '# One\n[a](#one) [b](#two)\n' >"$scratch/links.md"
    ! anchors_exist "$scratch/links.md"
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
    # A path may be made by the rule of a pattern, which is no target by name.
    { [[ $1 == */* ]] || grep -qxF "$1" "$scratch/targets"; } && make -n "$1" >/dev/null
}

check_links() {
    local document link target
    make -qp 2>/dev/null | awk '
        /^# Not a target:/ { skip = 1; next }
        /^[^#:= \t%][^:=%]*:([^=]|$)/ { if (!skip) print substr($0, 1, index($0, ":") - 1) }
        { skip = 0 }' | tr ' ' '\n' >"$scratch/targets"
    check "a link to a heading that is not there is found" link_to_nothing_is_found
    for document in "${documents[@]}"; do
        for link in $(links_of "$document"); do
            check "$document: $link is there" test -e "$(dirname "$document")/$link"
        done
        check "$document: the headings that it links to" anchors_exist "$document"
        for target in $(targets_of "$document"); do
            check "$document: make $target" target_exists "$target"
        done
    done
}

# ---- All. ----------------------------------------------------------------------------------------

for program in ./tables ./trace build/sizing; do
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
-*)
    echo "usage: tests/documents.sh [--update | DOCUMENT...]" >&2
    exit 2
    ;;
*)
    for document in "$@"; do
        check_document "$document"
    done
    checks_end
    exit
    ;;
esac
for document in "${documents[@]}"; do
    check_document "$document"
done
check_blocks_can_fail
check_generated
check_numbers
check_links
checks_end
