#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The page of ./trace html in headless Chromium: tests/page/checks.js, on the pages of bugs that are planted, of calls
# for many, of a map that dies, of 10,000 ops, and of a file whose name is hostile. Then what the command says of bad
# arguments. The driver and axe come from npm, at the versions of tests/page/package-lock.json.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh
. tests/page/modules.sh

out=build/test/page
rm -rf "$out"
mkdir -p "$out"

page_modules "$out/npm.log"

# long_trace: 10,000 ops on 64 sets of 16 ways, from a linear congruential generator.
long_trace() {
    echo 'cachemap-trace 1'
    echo 'geometry sets=64 ways=16 tag=8 clock=2 policy=clock stash=128 scope=32 hash=mix keys=256 read=inspect run=plain'
    awk 'BEGIN {
        split("upsert upsert upsert upsert remove get lookup has demote rewrite", kinds, " ")
        for (i = 1; i <= 10000; i += 1) {
            state = (state * 1103515245 + 12345) % 2147483648
            key = int(state / 65536) % 256
            if (i % 500 == 100) print "scope open"
            else if (i % 500 == 115) print (i % 1000 < 500 ? "scope discard" : "scope persist")
            else if (i % 100 == 0) print "compact"
            else print kinds[int(state / 16777216) % 10 + 1] " " key
        }
    }'
}

trace_with_bug discard-loses-victim "$out/trace-bug"
cp -r src "$out/dies-src"
sed -i '/^CACHE_MAP_INLINE enum cache_map_status cache_map_remove(/,/{$/s/{$/{ extern int dprintf(int, const char *, ...); dprintf(2, "report <b>\&\\n"); __builtin_trap();/' \
    "$out/dies-src/cache_map_core.h"
trace_with "$out/dies-src" "$out/trace-dies"
long_trace >"$out/long.trace"
# A bug of the stash's index, one that leaves memory as it was before init, and one that shows in init itself.
for bug in stash-move-forgets-bucket init-clears-part-of-the-counts stash-index-half-the-size; do
    trace_with_bug "$bug" "$out/$bug"
done
# Calls for many, and an init that must be refused.
cat >"$out/calls.trace" <<'end'
cachemap-trace 1
geometry sets=1 ways=2 clock=2 stash=2 scope=2 keys=6
upsert 0
scope open
upsert_many 1
upsert_many 2
upsert_many 3
get_many 0
get_many 5
init_refused stash_none
scope discard
lookup 0
end
mkdir -p "$out/<"
cp tests/page/discard.trace "$out/</script><img src=x onerror=hostile()>.trace"

check "html: an input that fails gives 0: its page is made" \
    [ "$(status_of "$out/trace-bug" html -o "$out/fails.html" tests/page/discard.trace)" = 0 ]
check "html: one that kills the map too" \
    [ "$(status_of "$out/trace-dies" html -o "$out/dies.html" tests/page/discard.trace)" = 0 ]
check "html: one that agrees gives 0" [ "$(status_of ./trace html -o "$out/long.html" "$out/long.trace")" = 0 ]
for made in index:stash-move-forgets-bucket fill:init-clears-part-of-the-counts init:stash-index-half-the-size; do
    bug=${made#*:}
    check "html: the page of $bug" \
        [ "$(status_of "$out/$bug" html -o "$out/${made%:*}.html" "bugs/traces/$bug.trace")" = 0 ]
done
trace_that_draws "$out/trace-bug-src" "$out/trace-draws"
check "html: of a subject that draws itself" [ "$(status_of "$out/trace-draws" html -o "$out/drawn.html" tests/page/discard.trace)" = 0 ]
check "html: calls for many" [ "$(status_of ./trace html -o "$out/calls.html" "$out/calls.trace")" = 0 ]
check "html: a file's name is data" [ "$(status_of ./trace html -o "$out/hostile.html" "$out/<"/*)" = 0 ]
check "html: 10,000 ops take less than 3 MB" [ "$(stat -c %s "$out/long.html")" -lt 3000000 ]
check "html: --whole does not reduce" bash -c \
    "'$out/trace-bug' html --whole tests/page/discard.trace | grep -c 'data-name=\"whole\" data-title=\"trace, 18 ops\"'"
check "html: the same input gives the same page" bash -c \
    "'$out/trace-bug' html tests/page/discard.trace 2>/dev/null | cmp - '$out/fails.html'"

for command in html record; do
    check "$command: no file" [ "$(status_of ./trace "$command")" = 2 ]
    check "$command: an option that it has not" [ "$(status_of ./trace "$command" --no-such tests/page/discard.trace)" = 2 ]
    check "and is told what it takes" grep -q "$command takes" "$out/stderr"
    check "$command: a file that is not there" [ "$(status_of ./trace "$command" "$out/none")" = 2 ]
    check "$command: a place that cannot be written" \
        [ "$(status_of ./trace "$command" -o "$out/none/x" tests/page/discard.trace)" = 2 ]
    check "$command: a full disk is not a success" \
        [ "$(status_of ./trace "$command" -o /dev/full tests/page/discard.trace)" = 2 ]
    check "and is told" grep -q 'No space left' "$out/stderr"
    printf 'old' >"$out/old"
    (ulimit -f 8 && trap '' XFSZ && ./trace "$command" -o "$out/old" "$out/long.trace") >/dev/null 2>"$out/stderr" || true
    check "$command: a file that cannot be written whole leaves the old one" [ "$(cat "$out/old")" = old ]
    check "and no part of the new one" bash -c "! compgen -G '$out/old?*'"
done

page_checks tests/page/checks.js "$out"

checks_end
