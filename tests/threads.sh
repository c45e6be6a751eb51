#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Distinct maps share nothing, and the example of shards is right, under ThreadSanitizer; and a library
# whose maps share something is reported. The cache of docs/threads.md keeps what changes while it reads.
# `make test-programs examples` comes before.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
. tests/checks.sh
. tests/documents_blocks.sh
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
clang=$(make -s --no-print-directory print-clang)

# with_library SOURCES FILE PROGRAM [FLAG...]: the C file on the library in the folder SOURCES, under TSan.
with_library() {
    "$clang" -std=c11 -D_DEFAULT_SOURCE -O1 -g -fsanitize=thread "${@:4}" "-I$1" -Itests "$2" -pthread -o "$3"
}

# planted LINES: src/ with these lines in the typed upsert, where `key` and `value` are known.
planted() {
    rm -rf "$out/src"
    cp -r src "$out/src"
    sed -i -e "/^CACHE_MAP_INTERNAL(upsert_keyed)(/,/{\$/{/{\$/a $1" -e '}' "$out"/src/*.h
    ! diff -rq src "$out/src" >/dev/null
}

# fails_with PATTERN COMMAND...: it fails, and says so.
fails_with() {
    local pattern=$1
    shift
    [ "$(status_of "$@")" -ne 0 ] && grep -qE "$pattern" "$out/stdout" "$out/stderr"
}

# is_found NAME PATTERN LINES
is_found() {
    check "$1: planted" planted "$3"
    check "$1: compiled" with_library "$out/src" tests/threads.c "$out/threads"
    check "$1: found" fails_with "$2" "$out/threads"
}

check "eight threads, each its own map" build/test/threads_tsan
check "another length" build/test/threads_tsan 7001
check "shards" build/examples/tsan/sharded --ops 200000
check "shards, another seed" build/examples/tsan/sharded --ops 100000 --seed 7

is_found "a scratch that maps share" "ThreadSanitizer: data race|Assertion" \
    'static CACHE_MAP_VALUE scratch; memcpy(\&scratch, value, sizeof scratch); value = \&scratch;'
is_found "a counter that maps share" "ThreadSanitizer: data race|Assertion" \
    'static unsigned uses; if ((uses++ >> 10) % 7 == 0) CACHE_MAP_FUNCTION(demote)(map, key);'
is_found "an atomic counter that maps share" "other outcomes or places than alone" \
    'static _Atomic unsigned uses; if ((uses++ >> 10) % 7 == 0) CACHE_MAP_FUNCTION(demote)(map, key);'

# The example itself: without its mutex, and with the hash of the map for the shard.
without() {
    sed "$1" examples/sharded.c >"$out/sharded.c" && ! cmp -s examples/sharded.c "$out/sharded.c"
}
check "shards without a mutex: planted" without 's/pthread_mutex_\(un\)\?lock(/(void *)(/'
check "shards without a mutex: compiled" with_library src "$out/sharded.c" "$out/sharded" -Iexamples
check "shards without a mutex: found" fails_with "data race|Assertion|[1-9] wrong" \
    timeout 60 "$out/sharded" --ops 400000
check "a shard by the map's hash: planted" without 's/map_seed = 1, shard_seed = 2/map_seed = 1, shard_seed = 1/'
check "a shard by the map's hash: compiled" with_library src "$out/sharded.c" "$out/sharded" -Iexamples
check "a shard by the map's hash: found" fails_with "used: 12.5 %" "$out/sharded" --ops 2000

# The cache of docs/threads.md, and the same without one of its rules.
document=docs/threads.md
extract_blocks "$document" "$out/document"
document_runs() { # FOLDER of sharded_cache.h
    "$clang" -std=c11 -D_DEFAULT_SOURCE -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
        -Isrc "-I$1" tests/threads_document.c -pthread -o "$out/threads_document" || return 2
    timeout 60 "$out/threads_document"
}
document_without() { # NAME EDIT
    mkdir -p "$out/without"
    sed -E "$2" "$out/document/sharded_cache.h" >"$out/without/sharded_cache.h"
    check "$document, $1: planted" test -n "$(diff "$out/document/sharded_cache.h" "$out/without/sharded_cache.h")"
    check "$document, $1: found" fails_with "wrong in read [12]" document_runs "$out/without"
}
check "$document: what changes while the store is read" document_runs "$out/document"
document_without "has for what is absent" 's/account_map_lookup\(&shard->map, id, &found\) == CACHE_MAP_ABSENT;/!account_map_has(\&shard->map, id);/'
document_without "get for what is absent" 's/account_map_lookup\(&shard->map, id, &found\) == CACHE_MAP_ABSENT;/account_map_get(\&shard->map, id) == NULL;/'
document_without "no look at what is there" 's/account_map_lookup\(&shard->map, id, &found\) == CACHE_MAP_ABSENT;/true;/'
document_without "no count of what is lost" 's/shard->loss_count == loss_count &&/true \&\&/'
document_without "a remove that is no loss" 's/^        shard->loss_count \+= 1; .*/        (void)0;/'
checks_end
