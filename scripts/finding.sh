#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Files artifacts as findings. One failure, told by its signature, is one finding however often it is met:
#
#   findings/SIGNATURE/artifact        the first input that showed it, byte for byte
#                      reduced.trace   the fewest ops that fail in the same way
#                      report.txt      ./trace explain
#                      report.html     ./trace html: open it in a browser
#                      test.c          ./trace c: a program to debug, or for a bug tracker
#                      count           how many artifacts had this signature
#                      more/           the next ones, at most 20
#
#   scripts/finding.sh [--into FOLDER] [--trace PROGRAM] [--sanitized PROGRAM] [--target PROGRAM] ARTIFACT...
#
# FOLDER is findings/. What ./trace agrees with is asked of the sanitized ./trace, which is built when
# it is needed (build/trace-asan), and of the fuzz target at last (findings/only-in-the-target,
# findings/agrees-here). An artifact that lies in FOLDER is moved, any
# other copied. A finding appears whole or not at all; what was interrupted is done again by the next call.
# Prints a line for each artifact. Exit status: 0 all are filed, 2 one is not (it stays where it was).
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/words.sh"

into=findings
trace=./trace
sanitized=build/trace-asan
target=./fuzz_cachemap
more_count_max=20

# The first program whose ./trace signature says that the artifact fails, and the signature.
# Sets `program` and `slug`; program is empty where only the fuzz target itself can fail.
identify() {
    local artifact=$1 status
    for program in "$trace" "$sanitized"; do
        if [ "$program" = build/trace-asan ] && ! make -s "$program" >&2; then
            echo "finding.sh: $program cannot be built; what only a sanitizer sees is not explained" >&2
            continue
        fi
        [ -x "$program" ] || continue
        status=0
        slug=$("$program" signature "$artifact") || status=$?
        case "$status" in
        0) ;;
        1) return 0 ;;
        *) return 2 ;;
        esac
    done
    program=''
    slug=agrees-here
    timeout 60 "$target" "$artifact" >"$target_log" 2>&1 || slug=only-in-the-target
}

# Everything that is told of an artifact, into a folder that nobody sees yet. A part that cannot be made
# is said, and leaves the others.
describe() {
    local artifact=$1 folder=$2 status
    { cp "$artifact" "$folder/artifact" && echo 1 >"$folder/count"; } || return 2
    if [ -z "$program" ]; then
        if [ "$slug" = agrees-here ]; then
            echo "Everything agrees with this input: ./trace, plain and sanitized, and the fuzz target."
            echo "Was it made by an earlier commit, and mended since? Build that commit, and run it again."
        else
            echo "./trace agrees with this input, plain and sanitized: only the fuzz target itself fails."
            echo "Again: $(shell_path "$target") $(shell_path "$into/$slug/artifact")"
        fi >"$folder/report.txt"
        cat "$target_log" >>"$folder/report.txt" || return 2
        return 0
    fi
    part "$folder" reduced.trace "$program" reduce -o "$folder/reduced.trace" "$artifact"
    # Told as of the place where it will stand, so that the commands that are printed can be copied.
    part "$folder" report.html "$program" html --as "$into/$slug/artifact" -o "$folder/report.html" "$artifact"
    part "$folder" test.c "$program" c --as "$into/$slug/test.c" -o "$folder/test.c" "$artifact"
    status=0
    "$program" explain --as "$into/$slug/artifact" "$artifact" >"$folder/report.txt" 2>"$folder/.words" || status=$?
    { [ "$status" -eq 1 ] && [ -s "$folder/report.txt" ]; } || say_missing report.txt "$folder/.words"
    rm -f "$folder/.words"
}

# part FOLDER NAME COMMAND...: the file NAME is made by the command, whose own exit status says more than
# whether it was made.
part() {
    local folder=$1 name=$2
    shift 2
    "$@" >"$folder/.words" 2>&1 || true
    [ -s "$folder/$name" ] || say_missing "$name" "$folder/.words"
}

say_missing() {
    echo "finding.sh: $slug: no $1: $(tail -n 1 "$2")" >&2
}

# One more artifact of a finding that is there. The same bytes again are not counted.
again() {
    local artifact=$1 finding=$2 name other
    for other in "$finding/artifact" "$finding"/more/*; do
        cmp -s "$artifact" "$other" && return 0
    done
    name=$(sha1sum <"$artifact" | cut -c 1-16)
    mkdir -p "$finding/more"
    if [ "$(find "$finding/more" -type f -printf x | wc -c)" -lt "$more_count_max" ]; then
        { cp "$artifact" "$finding/more/.$name" && mv "$finding/more/.$name" "$finding/more/$name"; } || return 2
    fi
    # A disk that is full takes the file and not what is in it.
    echo $(($(cat "$finding/count") + 1)) >"$finding/.count" && mv "$finding/.count" "$finding/count"
}

# What this makes of an artifact stands in FOLDER, or FOLDER is as it was.
file_one() {
    local artifact=$1 partial finding folder
    as_path artifact
    [ -f "$artifact" ] || {
        echo "finding.sh: $artifact: there is no such file" >&2
        return 2
    }
    identify "$artifact" || return 2
    finding=$into/$slug
    if [ -e "$finding/artifact" ]; then
        again "$artifact" "$finding" || return 2
    else
        partial=$into/.partial-$slug
        rm -rf "$partial" && mkdir -p "$partial" && describe "$artifact" "$partial" &&
            rm -rf "$finding" && mv "$partial" "$finding" || return 2
    fi
    folder_of "$artifact" folder
    [ "$folder" -ef "$into" ] && rm -f "$artifact"
    echo "$finding: seen in $(cat "$finding/count") input(s)"
}

while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help)
        help_of "${BASH_SOURCE[0]}"
        exit 0
        ;;
    --into | --trace | --sanitized | --target)
        [ $# -gt 1 ] || fail "$1 needs a value"
        declare "${1#--}=$2"
        shift 2
        ;;
    --) shift && break ;;
    -*) fail "unknown option $1; see --help" ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || fail "which artifact? see --help"
as_path into trace sanitized target
for program in "$trace" "$target"; do
    [ -x "$program" ] || fail "$program is not there: make trace fuzz_cachemap"
done
target_log=$(mktemp)
trap 'rm -f "$target_log"' EXIT

status=0
for artifact in "$@"; do
    if ! file_one "$artifact"; then
        echo "finding.sh: $artifact is not filed; it stays as it is" >&2
        status=2
    fi
done
exit "$status"
