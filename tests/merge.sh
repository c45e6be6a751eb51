#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make merge` replaces only what it should, and sees each kind of loss: on small copies of corpus/. Needs
# ./fuzz_cachemap, ./trace and build/trace-coverage.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Names that a shell would take apart: libFuzzer merges by one.
old=$work/$'old |;&*\'"$`\\<>%s\n\xff $(touch EXECUTED)'
found=$work/$'found |;&*\'"$`\\<>%s\n\xff $(touch EXECUTED)'
mkdir "$old" "$found"

# ends STATUS PATTERN COMMAND...: with this status, and says PATTERN (grep -E).
ends() {
    local expected=$1 pattern=$2 status=0
    shift 2
    "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq "$expected" ] && grep -Eq -- "$pattern" "$work/out" && return 0
    echo "exit status $status, expected $expected and '$pattern'; it said:"
    cat "$work/out"
    return 1
}

sums() { (cd "$1" && find . -type f -exec sha1sum {} + | sort); }
merge() { env CORPUS="$old" BUGS="${bugs:-none}" APPLY="${apply:-0}" scripts/merge.sh "$@"; }

# Two inputs with a name, one of them also under its hash; one of another version; and an input twice.
cp corpus/demote-frees-slot corpus/every-layout-of-2-ways-8-bit-tags "$old"
mapfile -t hashed < <(find corpus -type f -regextype posix-extended -regex '.*/[0-9a-f]{40}' | LC_ALL=C sort | head -n 24)
cp "${hashed[@]:0:4}" "$old"
cp "${hashed[@]:4:20}" "$found"
cp "${hashed[4]}" "$found/id:000001,again"
cp corpus/demote-frees-slot "$found/$(sha1sum <corpus/demote-frees-slot | cut -c 1-40)"
printf '\x10\x00\x00\x00\x00\x00' >"$found/another-version"
sums "$old" >"$work/sums.old"
sums regressions >"$work/sums.regressions"

as_it_was() { diff "$work/sums.old" <(sums "$old"); }
check "a dry run says what would come, and that nothing is lost" ends 0 '^features: none is lost' merge "$found"
check "it says how to do it" grep -q 'to replace it: APPLY=1 .*scripts/merge.sh' "$work/out"
check "it leaves the corpus" as_it_was
kept_by_name() { cmp "$old/demote-frees-slot" build/merge/new/demote-frees-slot; }
check "an input with a name stays" kept_by_name
no_twins() { test -z "$(sums build/merge/new | cut -c 1-40 | uniq -d)"; }
check "no input is there twice" no_twins
no_other_version() { ! grep -rlaP '\A\x10' build/merge/new; }
check "no input of another version" no_other_version
brings() { grep -q '^+' build/merge/changes; }
check "something comes" brings

as_printed() { (cd / && BUGS=none bash -c "$(sed -n 's/.*; to replace it: //p' "$work/said")"); }
cp "$work/out" "$work/said"
check "what it says to run, run elsewhere, replaces it" ends 0 'is replaced' as_printed
is_the_new_one() { diff <(sums build/merge/new) <(sums "$old"); }
check "by what was shown" is_the_new_one
sums "$old" >"$work/sums.old"
check "the same again: nothing would come or go" ends 0 ': 0 would go, 0 would come' merge "$found"

# Each kind of loss, at once: the new folder has one input that does nearly nothing.
mkdir "$work/poor"
printf '\x00\x00\x00\x03\x03\x05\x22\x01' >"$work/poor/poor"
bugs=remove-leaves-no-tombstone
check "a loss ends with 1" ends 1 '^LOST: features; ' merge --compare "$old" "$work/poor"
for what in 'no input has any more: .*demote-lowers-count' '[0-9]+ lines, branches, conditions or layouts, first src/' 'planted bugs: remove-leaves-no-tombstone'; do
    check "it names ${what%%:*}" grep -Eq "^LOST: $what" "$work/out"
done
bugs=none
printf 'cachemap-trace 1\ngeometry sets=1\nget 1 = 7\n' >"$work/poor/wrong"
check "inputs that fail are seen" ends 1 '^LOST: the new inputs do not agree' merge --compare "$old" "$work/poor"
apply=1
rm "$work/poor/wrong"
check "APPLY=1 on corpus/ wants all planted bugs" ends 2 'wants all planted bugs' \
    env APPLY=1 BUGS=none scripts/merge.sh "$found"
check "an empty folder is named" ends 2 'none: no inputs in this folder' merge "$work/none"
check "an unknown option is named" ends 2 'no such option: --bogus' merge --bogus
check "--compare wants two folders" ends 2 'takes two folders' merge --compare "$old"
check "the corpus is as it was after what failed" as_it_was
untouched() { diff "$work/sums.regressions" <(sums regressions); }
check "regressions/ is untouched" untouched
checks_end
