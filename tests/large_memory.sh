#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sizes and offsets above 4 GiB: tests/large_memory.c on the library as it is and, so that it and tests/unit_plan.c can
# be seen to fail, on each library with a bug of bugs/sizes/. A patch's head names the test that fails, after `Test:`.
# Where the system refuses large mappings, the tests that are skipped are named, and no bug can show there.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/words.sh
. scripts/planted/plant.sh
. tests/checks.sh

out=build/test/large_memory
rm -rf "$out"
mkdir -p "$out"
read -ra warnings < <(make -s --no-print-directory print-warnings)

# compiled TEST SOURCES: its program in $out, with that library.
compiled() {
    gcc -std=c11 -D_DEFAULT_SOURCE -O1 "${warnings[@]}" "-I$2" -Isubjects/cachemap -Itests '-DCACHE_MAP_INLINE=static inline' \
        "tests/$1.c" -lcmocka -o "$out/$1"
}
passes() { "$out/$1" >"$out/$1.log" 2>&1; }
fails() { ! passes "$1" && grep -q '^\[  FAILED  \]' "$out/$1.log"; }

check "it compiles" compiled large_memory src
check "the far ends of maps of more than 4 GiB" passes large_memory
grep '^SKIPPED: ' "$out/large_memory.log" || true

# As on a system that gives no more than there is: its limit here is the process's.
refused() { (ulimit -v 4000000 && passes large_memory) && [ "$(grep -c '^SKIPPED: .* refuses a mapping of' "$out/large_memory.log")" = 5 ]; }
skipped=$(grep -c '^SKIPPED: ' "$out/large_memory.log" || true)
check "refused: each test says that it is skipped" refused

for patch in bugs/sizes/*.patch; do
    name=$(basename "$patch" .patch)
    program=$(header "$patch" Test)
    if [ "$program" = large_memory ] && [ "$skipped" -gt 0 ]; then
        echo "SKIPPED: bugs/sizes/$name.patch, for the test that fails with it was skipped"
        continue
    fi
    cp -r src "$out/$name"
    check "$name: planted" patch -d "$out/$name" -p2 -F0 -s -t -i "$PWD/$patch"
    check "$name: it compiles" compiled "$program" "$out/$name"
    check "$name: $program fails" fails "$program"
done

checks_end
