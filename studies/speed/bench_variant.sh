#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds another state of the library as shared objects that build/speed/speed measures beside the present one,
# in the same run: the way to see what a change of src/ costs or brings.
#
#   studies/speed/bench_variant.sh NAME FOLDER         src/ of another worktree or commit
#   studies/speed/bench_variant.sh NAME FILE.patch     src/ of here with this patch (-p1), single calls alone
#   BENCH='--variant NAME --peers plain --entries 1048576 --value 64 --pages huge' make bench
#
# Writes build/speed/variants/NAME-16.so, -64, -128. Exit codes: 0 built, 1 it does not build or the patch does not
# apply, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/words.sh

[[ $# -eq 2 && $1 =~ ^[A-Za-z0-9_-]+$ && -e $2 ]] || fail "usage: NAME FOLDER, or NAME FILE.patch"
name=$1 given=$2
folder=build/speed/variants
source=$given
rows=()
mkdir -p "$folder"
if [ -f "$given" ]; then
    source=$folder/$name/src
    rows=(-DPEER_VARIANT_ALONE)
    rm -rf "${folder:?}/$name"
    mkdir -p "$folder/$name"
    cp -r src "$folder/$name/"
    patch -s -p1 -d "$folder/$name" <"$given" || exit 1
fi
compile=$(make -s print-speed-compile)
for size in 16 64 128; do
    # shellcheck disable=SC2086  # words
    ${compile/-Isrc/-I$source} -fPIC -shared "-DPEER_VARIANT_NAME=\"$name\"" "${rows[@]}" -DVALUE_SIZE=$size \
        studies/speed/peer_cache_map.c -o "$folder/$name-$size.so" || exit 1
done
echo "bench_variant.sh: $folder/$name-{16,64,128}.so"
