#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/planted.sh layers can fail: a bug that another layer finds, or another one too, or none; a layer
# without a bug; a patch that says nonsense.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# refuses STATUS PATTERN ARGUMENT...: it ends with STATUS and says PATTERN (grep -E).
refuses() {
    local wanted=$1 pattern=$2 status=0
    shift 2
    scripts/planted.sh layers "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] && grep -Eq -- "$pattern" "$work/out" && return 0
    echo "exit status $status, expected $wanted and '$pattern'; it said:"
    cat "$work/out"
    return 1
}

# claims FILE LAYER NAME: the patch, under another name, says that the layer finds it.
claims() {
    { echo "Only: $2" && grep -v '^Only: ' "$1"; } >"$work/$3.patch"
    echo "$work/$3.patch"
}

# In a copy of the tree, for a layer's patch is missing there.
layer_without_a_bug() {
    mkdir "$work/tree"
    cp -rp Makefile make scripts src harness subjects tools bugs soak "$work/tree/"
    mkdir -p "$work/tree/build"
    cp -rp build/plain build/fast build/soak-fast build/trace-fast "$work/tree/build/"
    rm "$work/tree/$(grep -lx 'Only: failure' bugs/layers/*.patch)"
    (cd "$work/tree" && refuses 2 'the layer failure needs just one patch')
}

cat >"$work/comment.patch" <<'PATCH'
What: nothing
Only: outcome

--- a/src/cache_map_scope.h
+++ b/src/cache_map_scope.h
@@ -1,1 +1,1 @@
-/* The scope log: one record for each mutation since scope_open, newest last.
+/* The scope log: one record for each mutation since scope_open.
PATCH
has=bugs/layers/has-takes-tombstone-for-a-value.patch

check "another layer finds it" refuses 1 'FAILED: with all layers: outcome' "$(claims $has policy another)"
check "two layers find it" refuses 1 'FAILED: found without its layer too, by policy' \
    "$(claims bugs/failed-upsert-ages-its-set.patch failure two)"
check "no layer finds it" refuses 1 'FAILED: with all layers: alive' "$work/comment.patch"
check "a layer has no bug" layer_without_a_bug
check "there is no such layer" refuses 2 "'Only:' must name a layer, it is 'lookups'" \
    "$(claims $has lookups nonsense)"
check "it does not apply" refuses 1 'FAILED: the patch does not apply' \
    "$(claims <(sed 's/CACHE_MAP_FUNCTION(get)/get/' $has) outcome stale)"
check "there is no such file" refuses 2 'there is no bugs/layers/none.patch' bugs/layers/none.patch
check "there is no such option" refuses 2 'no such option: --all' --all
checks_end
