#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The cells of the matrix can fail: one copy of the library gets a defect for each kind of machine or build, each
# behind what the compiler says of itself. A cell without a defect of its own passes on that copy, so the others
# fail for their own. Needs ./trace.
#
#   tests/matrix.sh          the machines: seconds
#   tests/matrix.sh --all    also the sanitizers, valgrind, the portable twins and an optimiser
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r src "$work/src"

# plant FILE PATTERN REPLACEMENT: a sed substitution that has to change something.
plant() {
    cp "$work/src/$1" "$work/before"
    sed -i "s@$2@$3@" "$work/src/$1"
    ! cmp -s "$work/before" "$work/src/$1" || { echo "tests/matrix.sh: '$2' is not in src/$1" >&2 && exit 2; }
}

# A mask for the wrong way: only NEON has this table.
plant cache_map_vector.h '{1, 2, 4, 8, 16, 32, 64, 128, 1, 2,' '{1, 2, 4, 4, 16, 32, 64, 128, 1, 2,'
# A word of the key as it lies in memory.
plant cache_map_hash.h '        word |= (uint64_t)bytes\[i\] << (8 \* i);' \
    '        word |= (uint64_t)bytes[i] << (8 * (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? size - 1 - i : i));'
# A number that has 64 bits on most machines.
plant cache_map_cache.h '(uint32_t)(hash & ((1u << layout->tag_bits) - 1))' \
    '(uint32_t)((hash >> (sizeof(size_t) == 4 ? 32 : 0)) \& ((1u << layout->tag_bits) - 1))'
# A long that is taken for one of 64 bits.
plant cache_map_counters.h '((uint64_t)count << shift)' '((unsigned long)count << shift)'
if [ "${1:-}" = --all ]; then
    # What an optimiser may get wrong.
    cat >>"$work/src/cache_map_types.h" <<'PLANTED'
#if defined(__OPTIMIZE__) && !defined(__clang__)
#    define CACHE_MAP_PLANTED 1
#else
#    define CACHE_MAP_PLANTED 0
#endif
PLANTED
    plant cache_map_cache.h '    if (count < cache_map_counter_max(layout->clock_bits))' \
        '    if (count + CACHE_MAP_PLANTED < cache_map_counter_max(layout->clock_bits))'
    # A shift into the sign, which gives the right value everywhere.
    plant cache_map_counters.h '    return (1u << bits) - 1;' '    return ((uint32_t)(1 << (bits + 27)) >> 27) - 1;'
    # Tags of free slots that nobody wrote, which no answer depends on.
    plant cache_map_cache.h '    memset(cache->tags, 0, .*' ''
    # The twin of a builtin.
    plant cache_map_integer.h '        count += 1;' '        count += 1 + (uint32_t)(count == 2);'
fi

# fails CELL REASON: the cell ends with 1 on the copy, and says why (grep -E).
fails() {
    local status=0
    scripts/matrix.sh --source "$work/src" "$1" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq 1 ] && grep -Eq "^$1 .*$2" "$work/out" && grep -q '^0 passed, 1 failed$' "$work/out" && return 0
    echo "exit status $status, expected 1 and '$2'; it said:"
    cat "$work/out"
    return 1
}
passes() { scripts/matrix.sh --source "$work/src" "$1"; }

machines() {
    check "a compiler that is without fault" passes gcc-O0-shared
    check "NEON" fails aarch64-O0 '(DIFFERS|ended with)'
    check "big endian" fails s390x-O0 '(DIFFERS|ended with)'
    check "pointers of 32 bits" fails gcc-m32-O0 '(DIFFERS|ended with)'
    if command -v x86_64-w64-mingw32-gcc wine >/dev/null; then
        check "a long of 32 bits" fails mingw-w64-O0 '(DIFFERS|ended with)'
        check "by an input and by a unit test" \
            grep -Eqz 'corpus/.*passes +tests/unit_counters.c' build/matrix/mingw-w64-O0/different
    else
        check "Windows: there is no MinGW-w64 or no Wine here: scripts/need.sh matrix" true
    fi
}

others() {
    check "an optimiser" fails gcc-O2-shared DIFFERS
    check "undefined behaviour" fails clang-19-ubsan 'ended with|DIFFERS'
    check "it is named" grep -q 'runtime error: left shift' build/matrix/clang-19-ubsan/log
    check "memory that nobody wrote" fails clang-19-msan 'ended with|DIFFERS'
    check "it is named, with its origin" grep -q 'Uninitialized value was' build/matrix/clang-19-msan/log
    check "the same, without a sanitizer" fails valgrind 'ended with|DIFFERS'
    check "it is named" grep -q 'depends on uninitialised value' build/matrix/valgrind/log
    check "the portable twins" fails portable-O0 DIFFERS
    check "the target under a plain main" fails standalone-O2 DIFFERS
}

# What is wrong with the matrix itself. Nothing is built for these.
refuses() {
    local pattern=$1 status=0
    shift
    scripts/matrix.sh "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq 2 ] && grep -Eq -- "$pattern" "$work/out" && return 0
    echo "exit status $status, expected 2 and '$pattern'; it said:"
    cat "$work/out"
    return 1
}
skips() {
    # All commands but this emulator.
    mkdir "$work/bin"
    ln -s /usr/bin/* "$work/bin/"
    rm -f "$work/bin/qemu-s390x-static"
    PATH=$work/bin scripts/matrix.sh s390x-O0 >"$work/out" 2>&1 || true
    grep -q '^s390x-O0 .*skipped: there is no qemu-s390x-static' "$work/out" &&
        grep -q '^1 skipped' "$work/out" && grep -q '^0 passed, 0 failed$' "$work/out" && return 0
    cat "$work/out"
    return 1
}
check "a cell that is not there" refuses "there is no cell 'gcc-O9'" gcc-O9
check "an option that is not there" refuses 'no such option: --slow' --slow
check "a folder without the library" refuses '--source takes a folder' --source "$work"
check "a cell without its compiler is skipped, and said so" skips
machines
[ "${1:-}" != --all ] || others
checks_end
