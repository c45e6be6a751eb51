#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests of the harness can fail: each bug of bugs/harness/ is planted into a tree of its own, and the test that its
# head names after `Test:` fails there.
set -euo pipefail
cd "$(dirname "$0")/.."
unset MAKEFLAGS MFLAGS # of a make that calls this: its job server is not ours

out=build/test/harness_bugs
. scripts/words.sh
. scripts/planted/plant.sh
. tests/checks.sh

rm -rf "$out"
mkdir -p "$out"

# fails TREE TEST
fails() {
    local status=0
    "$1/build/test/harness/$2" >"$1.log" 2>&1 || status=$?
    tail -n 5 "$1.log"
    [ "$status" -ne 0 ] && grep -q '^\[  FAILED  \]' "$1.log"
}

for patch in bugs/harness/*.patch; do
    name=$(basename "$patch" .patch)
    program=$(header "$patch" Test)
    check "$name: planted" plant "$patch" "$out/$name"
    check "$name: it compiles" build_in "$out/$name" "build/test/harness/$program"
    check "$name: $program fails" fails "$out/$name" "$program"
done

checks_end
