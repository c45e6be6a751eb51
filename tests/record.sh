#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace record: what it writes is JSON Lines whose fields are just those that docs/record.md documents, and
# whose changes add up. On the shipped inputs, on bugs that are planted, and on a map that dies.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh

out=build/test/record
rm -rf "$out"
mkdir -p "$out"

# fields_of FILE: "TYPE FIELD", each once. An array's elements have the array's name; the world's fields are its own.
fields_of() {
    jq -r '.type as $type | paths(type != "object" and type != "array")
        | map(select(type == "string")) | if .[0] == "world" then .[:1] else . end | "\($type) " + join(".")' "$1" | sort -u
}

# documented FILE: the same, from the rows of the tables, one or more to a row; a heading "## `op`" says the type.
documented() {
    awk -F '`' '/^## `/ { type = $2 } /^\| `/ { sub(/` \| .*/, ""); for (i = 2; i <= NF; i += 2) print type " " $i }' "$1" | sort -u
}

# Fields that only ops which are not run here, or bugs of kinds which are not planted, would write.
rare='op first_key
op count
op stride
op hands_omitted
op slots_omitted
op scope_omitted
op naive.hits
op naive.misses
op naive.scope_count
op naive.scope_open
op naive.stash.tombstone
op naive.stash.value
op check.buckets.damaged
op stash.damaged'

same_fields() { diff <(documented "$1") <({ fields_of "$2" && echo "$rare"; } | sort -u); }

bugs=(discard-loses-victim compact-keeps-tombstones hands-of-16-sets stash-move-forgets-bucket stash-insert-at-overwrites
    init-clears-part-of-the-counts)
for bug in "${bugs[@]}"; do
    trace_with_bug "$bug" "$out/$bug"
done
cp -r src "$out/dies-src"
sed -i '/^CACHE_MAP_INLINE enum cache_map_status cache_map_remove(/,/{$/s/{$/{ extern int dprintf(int, const char *, ...); dprintf(2, "report\\n"); __builtin_trap();/' \
    "$out/dies-src/cache_map_core.h"
trace_with "$out/dies-src" "$out/dies"
# Values whose bytes are damaged: each upsert stores a byte that is wrong.
cp -r src "$out/damages-src"
sed -i -E 's/^( *)memcpy\((cache_map_slot_value\(layout, cache, slot\)|hit->value), value, layout->value_size\);$/&\n\1(\2)[layout->value_size - 1] ^= 1;/' \
    "$out/damages-src/cache_map_cache.h" "$out/damages-src/cache_map_core.h"
trace_with "$out/damages-src" "$out/damages"

# What is never copied stays as memory was before init.
cp -r src "$out/forgets-src"
sed -i '/^ *memcpy(cache_map_entry_value(layout, stash, entry), value, layout->value_size);$/d' \
    "$out/forgets-src/cache_map_stash.h"
sed -i '/^ *memcpy(value, overwritten, layout->value_size);$/d' "$out/forgets-src/cache_map_scope.h"
trace_with "$out/forgets-src" "$out/forgets"
# A lookup that the stash answers gives the scratch value.
cp -r src "$out/scratch-src"
sed -i 's/^    \*value = cache_map_entry_value(layout, &map->stash, entry);$/    *value = map->scratch;/' "$out/scratch-src/cache_map_core.h"
trace_with "$out/scratch-src" "$out/scratch"

# A subject without members of its own.
trace_that_draws "$out/discard-loses-victim-src" "$out/draws"

for program in ./trace "$out/forgets" "$out/scratch" "$out/draws" "${bugs[@]/#/$out/}" "$out/dies" "$out/damages"; do
    for input in corpus/*-* tests/page/discard.trace; do
        "$program" record "$input" || [ $? -eq 1 ]
    done
done >"$out/all.jsonl" 2>"$out/all.log"
check "nothing was said on standard error" [ ! -s "$out/all.log" ]
check "the fields are just those that are documented" same_fields docs/record.md "$out/all.jsonl"
sed 's/"hits"/"hit"/' "$out/all.jsonl" >"$out/other.jsonl"
differs() { ! same_fields "$@"; }
check "and a field that is not documented would be seen" differs docs/record.md "$out/other.jsonl"
grep -v '^| .hits' docs/record.md >"$out/record.md"
check "and one that is missing there" differs "$out/record.md" "$out/all.jsonl"

check "a run that agrees gives 0" [ "$(status_of ./trace record tests/page/discard.trace)" = 0 ]
check "its last line says so" [ "$(tail -n 1 "$out/stdout" | jq -r .outcome)" = agrees ]
# Text leaves out what goes without saying; a world is all of its fields.
{
    ./trace show tests/page/discard.trace | sed -n 1p
    jq -r 'select(.world) | .world | to_entries | map("\(.key)=\(.value)") | "geometry " + join(" ")' "$out/stdout"
} >"$out/world.trace"
check "the world is that of the text" [ "$(./trace show "$out/world.trace" | sed -n 's/^geometry //p')" = \
    "$(./trace show tests/page/discard.trace | sed -n 's/^geometry //p')" ]
check "a line an op, a head, a verdict" [ "$(wc -l <"$out/stdout")" = 20 ]
check "a run that fails gives 0: its record is made" [ "$(status_of "$out/discard-loses-victim" record tests/page/discard.trace)" = 0 ]
check "the failing op has a line" bash -c "jq -se '.[-1].outcome == \"fails\" and .[-1].op == .[-2].op' '$out/stdout'"
check "a run that dies gives 0" [ "$(status_of "$out/dies" record tests/page/discard.trace)" = 0 ]
check "its lines stand up to the op that killed it" \
    bash -c "jq -se '.[-1].outcome == \"dies\" and .[-1].op == .[-2].op and .[-2].kind == \"remove\" and .[-2].answer == \"none\"' '$out/stdout'"
check "and its report is there" [ "$(tail -n 1 "$out/stdout" | jq -r .report)" = report ]

is_drawn() {
    jq -se '[.[] | select(.type == "op")] as $ops | [$ops[] | select(.picture) | {picture, expected, omitted}] as $drawn |
        ($drawn | length > 1 and length < ($ops | length)) and all(range(1; $drawn | length); $drawn[.] != $drawn[. - 1])' "$1"
}
"$out/draws" record tests/page/discard.trace >"$out/draws.jsonl"
check "a picture is written where it has changed" is_drawn "$out/draws.jsonl"
check "and what is expected beside it, where it fails" bash -c \
    "jq -se '.[-2] | (.picture | length) == (.expected | length) and any(.expected[]; . != \"\")' '$out/draws.jsonl'"
check "the head says whose it is" [ "$(jq -r 'select(.type == "head") | .format, .subject, .noun' "$out/draws.jsonl" | xargs)" = "drawn-record drawn drawing" ]

# The model's changes of all ops, added up, are what the model has at the end: what show's outcomes say.
printf 'cachemap-trace 1\ngeometry keys=4\nupsert 1\nupsert 2\nscope open\nremove 1\nupsert 3\nscope discard\nremove 2\n' >"$out/sum.trace"
./trace record "$out/sum.trace" >"$out/sum.jsonl"
check "the changes add up" bash -c "jq -sce '[.[] | .model_keys[]?] | map({key: (.key | tostring), value: (.value // (if .tombstone then \"tombstone\" else \"absent\" end))}) | from_entries == {\"1\": 1, \"2\": \"tombstone\", \"3\": \"absent\"}' '$out/sum.jsonl'"

checks_end
