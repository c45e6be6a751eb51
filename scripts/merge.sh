#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What fuzzing found, by any engine, becomes the new corpus/: minimises it together with corpus/ into an EMPTY
# folder, checks that nothing is lost, and shows what would change. `make merge` does it for build/fuzz-corpus,
# which `make fuzz` and `make afl` write.
#
#   scripts/merge.sh [FOLDER...]        FOLDERs are build/fuzz-corpus
#   scripts/merge.sh --compare OLD NEW  the checks alone, of two folders
#
#   APPLY=1           then corpus/ is replaced; without it nothing but build/merge/ is written
#   BUGS='NAME...'    these planted bugs alone, or `none` (all: minutes); corpus/ itself is replaced after all only
#   CORPUS=FOLDER     in the place of corpus/
#   FOLDERS=FOLDER    as FOLDER...: one, or several separated by blanks, or, one a line, by newlines
#
# Names are from the top of the repository, or absolute.
#
# Kept whatever the merge says: each input that has a name and not a hash, for it is there for a reason (a
# planted bug, a layout, a long stream). Left out: what another version of the format claims. regressions/ is
# neither read nor written. Exit status: 0 nothing is lost, 1 something is, or there are too many files, 2 it
# could not run, 130 interrupted. corpus/ is as it was unless the status is 0.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

corpus=${CORPUS:-corpus}
apply=${APPLY:-0}
out=build/merge
new=$out/new
# The states of the map that the engine is told count as features: of two minutes, 393 inputs.
file_count_max=500
shown_count_max=12
read -ra bugs <<<"${BUGS:-}"
unset CORPUS

count_files() { find "$1" -type f -printf x | wc -c; }
has_files() { [ -d "$1" ] && [ "$(count_files "$1")" -gt 0 ]; }

# ---- The new corpus. -------------------------------------------------------------------------------

# Edges and not their counts: with counts the smallest set that has all of them is over 400 files.
# merge FOLDER...: libFuzzer starts itself by a shell, and quotes nothing: it gets names of ours.
merge() {
    local folder
    local -a names=()
    rm -rf "$out/merged"
    mkdir -p "$out/merged"
    for folder in "$@"; do
        ln -s -- "$(realpath -- "$folder")" "$out/merged/${#names[@]}"
        names+=("$out/merged/${#names[@]}")
    done
    ./fuzz_cachemap -merge=1 -use_counters=0 -print_funcs=0 "${names[@]}"
}

minimise() {
    local input
    local -a named
    rm -rf "$new"
    mkdir -p "$new"
    merge "$new" "$@" "$corpus" >"$out/merge.log" 2>&1 || fail "libFuzzer's merge ended early: $out/merge.log"
    mapfile -d '' -t named < <(find "$corpus" -type f -regextype posix-extended ! -regex '.*/[0-9a-f]{40}' -print0)
    for input in "${named[@]}"; do
        # The merge names by a hash of the bytes: the same input is not kept under two names.
        rm -f "$new/$(sha1sum <"$input" | cut -c 1-40)"
    done
    for input in "$new"/*; do
        [ ! -s "$input" ] || [ "$(od -An -tu1 -N1 "$input")" -lt 16 ] || rm "$input"
    done
    [ ${#named[@]} -eq 0 ] || cp "${named[@]}" "$new"
}

# ---- Nothing may be lost from OLD to NEW. Each prints a line and returns 1 where something is. --------

replays() {
    ./trace replay "$1" >"$out/replay.log" 2>&1 && echo "replay:   $(cat "$out/replay.log")" && return 0
    echo "LOST: the new inputs do not agree with the model: $out/replay.log"
    return 1
}

# The engine is asked what OLD has that NEW has not: edges, and the states of the map that count as such.
keeps_features() {
    local found
    rm -rf "$out/features"
    cp -r "$2" "$out/features"
    merge "$out/features" "$1" >"$out/features.log" 2>&1 || fail "libFuzzer's merge ended early: $out/features.log"
    found=$(grep -oE '[0-9]+ new files with [0-9]+ new features added; [0-9]+ new coverage edges' "$out/features.log" | tail -n 1)
    [ -n "$found" ] || fail "libFuzzer did not say what it merged: $out/features.log"
    case "$found" in
    '0 new files with 0 new features added; 0 new'*) echo "features: none is lost" ;;
    *)
        echo "LOST: features; the old inputs would bring back: $found"
        return 1
        ;;
    esac
}

labels() {
    find "$1" -type f -exec ./trace witness --check {} + | sed -nE 's/^ {10}([a-z0-9-]+): .*/\1/p' | sort -u
}

keeps_labels() {
    labels "$1" >"$out/labels.old"
    labels "$2" >"$out/labels.new"
    comm -23 "$out/labels.old" "$out/labels.new" >"$out/labels.lost"
    echo "labels:   $(wc -l <"$out/labels.new") of what can happen happens (./trace witness), before $(wc -l <"$out/labels.old")"
    [ -s "$out/labels.lost" ] || return 0
    echo "LOST: no input has any more: $(paste -sd' ' "$out/labels.lost")"
    return 1
}

# The facts that a folder reaches, as scripts/coverage.sh leaves them.
reached() {
    scripts/coverage.sh --summary "$1" >"$out/coverage.log" 2>&1 || fail "coverage cannot be measured: $out/coverage.log"
    awk -F'\t' '$5 == 1 { print "src/" $1 ":" $2 " " $3 " " $4 }' build/coverage/facts | LC_ALL=C sort
}

keeps_coverage() {
    reached "$1" >"$out/reached.old"
    reached "$2" >"$out/reached.new"
    echo "coverage: $(cat "$out/coverage.log")"
    LC_ALL=C comm -23 "$out/reached.old" "$out/reached.new" >"$out/reached.lost"
    [ -s "$out/reached.lost" ] || return 0
    echo "LOST: $(wc -l <"$out/reached.lost") lines, branches, conditions or layouts, first $(head -n 1 "$out/reached.lost"): $out/reached.lost"
    return 1
}

keeps_bugs() {
    local status=0
    if [ "${bugs[*]}" = none ]; then
        echo "bugs:     not tried (BUGS=none)"
        return 0
    fi
    SHIPPED="$1" CORPUS=shipped scripts/planted.sh bugs "${bugs[@]}" >"$out/bugs.log" 2>&1 || status=$?
    [ "$status" -lt 2 ] || fail "scripts/planted.sh ended with status $status: $out/bugs.log"
    echo "bugs:     $(tail -n 1 "$out/bugs.log") (planted bugs that these inputs find)"
    [ "$status" -ne 0 ] || return 0
    echo "LOST: planted bugs: $(sed -nE 's/^([a-z0-9-]+) .*FAILED.*/\1/p' "$out/bugs.log" | paste -sd' '): $out/bugs.log"
    return 1
}

# compare OLD NEW: all checks, also after one that lost something; of inputs that fail nothing else can be said.
compare() {
    local lost=0
    replays "$2" || return 1
    keeps_features "$1" "$2" || lost=1
    keeps_labels "$1" "$2" || lost=1
    keeps_coverage "$1" "$2" || lost=1
    keeps_bugs "$2" || lost=1
    return "$lost"
}

# ---- What would change. ------------------------------------------------------------------------------

sizes() { find "$1" -type f -printf '%s\n' | awk '{ all += $1 } END { printf "%d files, %d bytes", NR, all }'; }

show_changes() {
    # A newline within a name is shown as a question mark.
    find "$corpus" -type f -printf '%P\0' | LC_ALL=C tr '\n\0' '?\n' | LC_ALL=C sort >"$out/names.old"
    find "$new" -type f -printf '%P\0' | LC_ALL=C tr '\n\0' '?\n' | LC_ALL=C sort >"$out/names.new"
    {
        LC_ALL=C comm -23 "$out/names.old" "$out/names.new" | sed 's/^/-  /'
        LC_ALL=C comm -13 "$out/names.old" "$out/names.new" | sed 's/^/+  /'
    } >"$out/changes"
    head -n "$shown_count_max" "$out/changes"
    [ "$(wc -l <"$out/changes")" -le "$shown_count_max" ] || echo "   ... all: $out/changes"
    echo "$corpus/  $(sizes "$corpus")"
    echo "$new/  $(sizes "$new"): $(grep -c '^-' "$out/changes" || true) would go," \
        "$(grep -c '^+' "$out/changes" || true) would come"
}

# What was asked for, with APPLY=1: from any folder.
command_to_apply() {
    local folder
    printf 'APPLY=1 '
    [ "$corpus" = corpus ] || printf 'CORPUS=%s ' "$(shell_path "$corpus")"
    shell_path scripts/merge.sh
    for folder in "${folders[@]}"; do
        printf ' %s' "$(shell_path "$folder")"
    done
}

# Beside its place first, and then not to be interrupted: what is there is the old corpus or the new one.
replace() {
    trap '' INT TERM
    rm -rf "${corpus%/}.part"
    cp -r "$new" "${corpus%/}.part"
    rm -rf "$out/old"
    mv "$corpus" "$out/old"
    mv "${corpus%/}.part" "$corpus"
}

# ---- The whole. --------------------------------------------------------------------------------------

# as_path_all FOLDER...: the folders that there are, as names that no program takes for an option.
as_path_all() {
    local folder
    folders=()
    for folder in "$@"; do
        as_path folder
        folders+=("$folder")
    done
}

for program in ./fuzz_cachemap ./trace; do
    [ -x "$program" ] || fail "$program is not there: make merge builds it"
done
trap 'echo "merge.sh: interrupted; $corpus/ is as it was" >&2; exit 130' INT TERM
mkdir -p "$out"
case "${1:-}" in
-h | --help)
    help_of scripts/merge.sh
    exit 0
    ;;
--compare)
    { [ $# -eq 3 ] && has_files "$2" && has_files "$3"; } || fail "--compare takes two folders of inputs: OLD NEW"
    shift
    set -- "${1%/}" "${2%/}"
    as_path_all "$@"
    compare "${folders[@]}"
    exit
    ;;
--) shift ;;
-*) fail "no such option: $1; see scripts/merge.sh --help" ;;
esac

[ "$apply" = 0 ] || [ "$apply" = 1 ] || fail "APPLY is 1 to replace $corpus/, or 0; it is '$apply'"
[ "$apply" = 0 ] || [ ${#bugs[@]} -eq 0 ] || [ "$corpus" != corpus ] ||
    fail "APPLY=1 wants all planted bugs: not together with BUGS"
if [ $# -gt 0 ]; then
    as_path_all "$@"
elif [ -d "${FOLDERS:-}" ]; then
    as_path_all "$FOLDERS"
elif [[ ${FOLDERS:-} == *$'\n'* ]]; then
    mapfile -t folders <<<"$FOLDERS"
    as_path_all "${folders[@]}"
else
    read -ra folders <<<"${FOLDERS:-build/fuzz-corpus}"
    as_path_all "${folders[@]}"
fi
as_path corpus
for folder in "$corpus" "${folders[@]}"; do
    has_files "$folder" || fail "$folder: no inputs in this folder; \`make fuzz\` and \`make afl\` write build/fuzz-corpus"
done

minimise "${folders[@]}"
show_changes
status=0
compare "$corpus" "$new" || status=1
if [ "$(count_files "$new")" -gt "$file_count_max" ]; then
    echo "merge.sh: more than $file_count_max files: a corpus is replayed by every test" >&2
    status=1
fi
if [ "$status" -ne 0 ]; then
    echo "merge.sh: $corpus/ is as it was; $new/ is not to take its place" >&2
elif [ "$apply" = 0 ]; then
    echo "merge.sh: $(shell_word "$corpus/") is as it was; to replace it: $(command_to_apply)"
else
    replace
    echo "merge.sh: $corpus/ is replaced; git diff --stat shows it"
fi
exit "$status"
