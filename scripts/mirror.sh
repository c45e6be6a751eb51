#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# For a checkout that is not to be written to: `make BUILD=/elsewhere ...` copies the sources to /elsewhere/tree
# and runs make there, so that every script finds its files where it always does. Copies what is newer, and takes
# away what is gone. ./trace, ./fuzz_cachemap and so on are in /elsewhere/tree, with links to them in /elsewhere.
#
#   scripts/mirror.sh FOLDER
#
# Exit status: 0 FOLDER/tree is as the checkout, 2 it cannot be written.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh

[ $# -eq 1 ] || fail "usage: scripts/mirror.sh FOLDER"
mkdir -p "$1/tree" 2>/dev/null && [ -w "$1/tree" ] || fail "$1/tree cannot be written"
folder=$(cd "$1" && pwd -P)
here=$(pwd -P)
inside=./.none
[[ $folder/ != "$here"/* ]] || inside=.${folder#"$here"}
programs=(fuzz_cachemap fuzz_trace trace soak explore tables)

# What make makes in a checkout is not copied.
find . \( -path ./.git -o -path ./build -o -path ./findings -o -path "$inside" \) -prune -o -type f \
    ! -name embedded.h ! -name '*.pyc' -print0 |
    grep -zvxE "\./($(IFS='|' && echo "${programs[*]}"))" | LC_ALL=C sort -z >"$folder/sources.new"
if [ -f "$folder/sources" ]; then
    (cd "$folder/tree" && LC_ALL=C comm -z -23 ../sources ../sources.new | xargs -0 -r rm -f --)
fi
# By tar, for the copies are writable whatever the modes here are, and folders that are made are ordinary ones.
tar --null --files-from="$folder/sources.new" --mode=u+rw -cf - |
    tar -C "$folder/tree" --keep-newer-files --warning=no-ignore-newer -xf - || fail "$folder/tree cannot be written"
mv "$folder/sources.new" "$folder/sources"
for program in "${programs[@]}" build findings; do
    ln -sfn "tree/$program" "$folder/$program"
done
# Some tests ask git what is checked in.
[ ! -e .git ] || ln -sfn "$(git rev-parse --absolute-git-dir 2>/dev/null || echo "$here/.git")" "$folder/tree/.git"
