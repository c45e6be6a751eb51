#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `make afl` can fail: on a library with a bug it ends with 1 and files a finding, and on one that does not take
# the same way each time it says so. Not in `make test-all`: it builds the target twice with AFL++'s compiler.
# Needs build/afl, build/afl_mutator.so, ./fuzz_cachemap and ./trace.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh
out=build/afl-test
. scripts/words.sh
. scripts/planted/plant.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# afl_on NAME STATUS PATTERN: `make afl` on the library of $out/NAME.
afl_on() {
    local status=0
    FUZZ_SECONDS=15 AFL_TARGET=$out/$1/build/afl FINDINGS=$work/findings scripts/afl.sh >"$work/out" 2>&1 || status=$?
    [ "$status" -eq "$2" ] && grep -Eq -- "$3" "$work/out" && return 0
    echo "exit status $status, expected $2 and '$3'; it said:"
    cat "$work/out"
    return 1
}

bug=revived-says-updated
plant "$bug" "$out/$bug"
build_in "$out/$bug" build/afl
check "a planted bug is found" afl_on "$bug" 1 '^found: .*seen in'
check "and filed" compgen -G "$work/findings/*/artifact"

plant control "$out/control"
# Each second call of a map takes another way to the same answer.
sed -i 's@^    const uint32_t step_count_max = .*@&\n    static volatile unsigned call_count;\n    if (call_count++ % 2 != 0) call_count += 0;@' \
    "$out/control/src/cache_map_cache.h"
grep -q call_count "$out/control/src/cache_map_cache.h"
build_in "$out/control" build/afl
rm -rf "$work/findings"
check "a target that is not stable is seen" afl_on control 1 'does not take the same way each time'
check "no time at all is refused" bash -c '! FUZZ_SECONDS=0 scripts/afl.sh'
checks_end
