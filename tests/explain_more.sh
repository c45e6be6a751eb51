#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ./trace explain, on more bugs than tests/explain.sh has: each other way for the stash's index to be wrong, an op that
# does not end, an init that fails, long ops, calls for many. `make test-all` has it: each bug is a build of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
. tests/planted.sh
. tests/explained.sh

out=build/test/explain-more
rm -rf "$out"
mkdir -p "$out"

told_trace victim-linked-under-wrong-hash
check "a fragment is told whose it is" grep -qF 'has the fragment 0x17bde921 (that of key 2), its key'"'"'s is 0xa52e6b3f' <(sentence)
told_trace stash-insert-at-overwrites
check "what the check finds is told whichever layer was first" [ "$(member "$json" failure check)" = \
    "a stash entry and its bucket name each other: entry 1 (key 1) says that it is in bucket 0, and bucket 0 names entry 0; no bucket names entry 1" ]
check "in the text too" has "this does not hold any more: a stash entry and its bucket name each other" "$text"
told_trace stash-probe-does-not-wrap
check "a key that is in two entries is drawn in both" [ "$(grep -cE '^      bucket [01]   entry [12]: key 1 = value [23], home 7$' "$text")" = 2 ]
told_trace stash-delete-leaves-gap
check "a gap before the failure is drawn" grep -qE 'a probe for it starts at bucket [0-9]+, and bucket [0-9]+ is free: there it ends' \
    <(member "$json" divergence words)
check "with the free bucket" has '^      bucket [0-9]+ +free$' "$text"
# And a lookup has no end there. Its tries are stopped one by one, each after its time: once is enough.
rm -rf "$out/half-src"
cp -r src "$out/half-src"
patch -s -d "$out/half-src" -p2 <bugs/init-clears-half-of-the-buckets.patch
sed -i '/^        if (empty != 0)$/,+1d' "$out/half-src/cache_map_stash.h"
trace_with "$out/half-src" "$out/half"
json=$out/half.json
check "a map without an end fails" \
    [ "$(status_of "$out/half" explain --json bugs/traces/init-clears-half-of-the-buckets.trace)" = 1 ]
cp "$out/stdout" "$json"
check "memory as it was before init is named" grep -qF \
    'names entry 1515870810 (the bytes that memory is filled with before init)' <(member "$json" bucket words)
check "what does not return is said not to" \
    [ "$(member "$json" observed words)" = 'lookup 1 after it does not return: the op does not end' ]
told_trace init-clears-part-of-the-counts
check "also in the table" has '[0-9]+=fillx10' "$text"
check "and what it means" has '^       fill: the bytes that memory is filled with before init' "$text"

trace_with_bug stash-index-half-the-size "$out/index"
printf 'cachemap-trace 1\n%s\n' 'geometry sets=0 ways=2 stash=9 scope=0 keys=2' >"$out/index.trace"
text=$out/index.txt json=$out/index.json
check "an init that fails" [ "$(status_of "$out/index" explain "$out/index.trace")" = 1 ]
cp "$out/stdout" "$text"
check "as JSON, fails too" [ "$(status_of "$out/index" explain --json "$out/index.trace")" = 1 ]
cp "$out/stdout" "$json"
check "an init that fails is no op" has '^FAIL  init: memory_size answers [0-9]+ bytes' "$text"
check "which array it is" grep -qF 'the stash has 16 buckets for 9 entries, expected 32' <(sentence)
check "its row" has '^>   0  init' "$text"
check "and its number" [ "$(member "$json" failure op)" = 0 ]
told_trace size-overflow-wraps
check "a refused init says what it was asked for, and why" [ "$(member "$json" failure refusal)" = \
    "init was asked for cache_value_count_max=1152921504606846976, stash_value_count_max=1, scope_value_count_max=0, hash_seed=0xa5c3f00d00000000; it must refuse, for cache_value_count_max times the 16 bytes of a value does not fit a size_t" ]
check "in the text too" has '^      init was asked for cache_value_count_max=1152921504606846976,' "$text"

told_trace upsert-many-stops-at-a-failure
check "calls of one op have their own" [ "$(member "$json" step call | tr '\n' ' ')" = '1 2 2 ' ]
check "an answer that only the naive map can judge is seen by a caller" [ "$(member "$json" observed when)" = itself ]

# A long op, in the table and in all sentences.
trace_with_bug memory-alignment-ignores-the-value "$out/long-op"
printf 'cachemap-trace 1\n%s\n%s\n' \
    'geometry sets=1 ways=2 tag=8 clock=1 policy=clock stash=1 scope=0 hash=mix keys=2 read=end run=plain' \
    'reinit ways=16 tag=8 clock=2 policy=clock' >"$out/long-op.trace"
check "a long op fails" [ "$(status_of "$out/long-op" explain "$out/long-op.trace")" = 1 ]
check "and is told" grep -q '^FAIL  reinit ways=16' "$out/stdout"
check "with what matters" grep -q '^What matters' "$out/stdout"

# Within a call for many the map is ahead of the models: that is no divergence.
trace_with_bug get-many-stores-counts-of-before "$out/many"
check "a call for many fails" [ "$(status_of "$out/many" explain bugs/traces/get-many-stores-counts-of-before.trace)" = 1 ]
check "and is told" grep -q '^FAIL  get_many' "$out/stdout"
check "and nothing is said to be wrong in the midst of it" bash -c "! grep -q 'went wrong inside before' '$out/stdout'"

checks_end
