#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A map without CACHE_MAP_VALUE_GONE pays nothing for it: the library compiles to the same instructions as a copy
# of it in which every function of cache_map_gone.h is empty. With the parameter the instructions differ, which
# shows that the comparison can.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

out=build/test/gone_cost
rm -rf "$out"
mkdir -p "$out/empty"
cp src/*.h "$out/empty"
sed -i "s/layout->value_gone != NULL/false/" "$out/empty/cache_map_core.h"
# Bodies stand between a line that ends in ") {" and the line "}".
awk '
    !body && /\) \{$/ { print; body = 1; void = heading ~ /void cache_map/ || $0 ~ /INLINE void/; next }
    body && /^}$/ { print void ? "    return;" : "    return NULL;"; body = 0; heading = "" }
    /^CACHE_MAP_INLINE/ { heading = $0 }
    !body { print }' src/cache_map_gone.h >"$out/empty/cache_map_gone.h"

cat >"$out/maps.c" <<'END'
#include <stdint.h>
struct account {
    uint64_t id;
    int64_t balance;
};
#define CACHE_MAP_DEFINE
#define CACHE_MAP_NAME          standard
#define CACHE_MAP_VALUE         struct account
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#ifdef OWNS
void gone(struct account *account);
#    define CACHE_MAP_VALUE_GONE(value) gone(value)
#endif
#include "cache_map.h"
#define CACHE_MAP_DEFINE
#define CACHE_MAP_NAME          classic
#define CACHE_MAP_VALUE         struct account
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#define CACHE_MAP_WAYS          4
#define CACHE_MAP_TAG_BITS      16
#define CACHE_MAP_CLOCK_BITS    4
#define CACHE_MAP_POLICY        CACHE_MAP_POLICY_CLOCK_CLASSIC
#include "cache_map.h"
END

# instructions COMPILER LEVEL INCLUDE NAME [FLAG...]: the functions of maps.c, disassembled.
instructions() {
    local name=$4
    "$1" -std=c11 -DNDEBUG "$2" "-I$3" "${@:5}" -Wno-unused-parameter -c "$out/maps.c" -o "$out/$name.o"
    objdump -d --no-show-raw-insn "$out/$name.o" | sed 1,3d >"$out/$name.instructions"
}

costs_nothing() {
    instructions "$1" "$2" src real
    instructions "$1" "$2" "$out/empty" empty
    [ "$(wc -l <"$out/real.instructions")" -gt 1000 ] || return 1
    diff "$out/real.instructions" "$out/empty.instructions"
}

is_seen() {
    instructions "$1" "$2" src owns -DOWNS
    instructions "$1" "$2" "$out/empty" empty -DOWNS
    ! diff -q "$out/owns.instructions" "$out/empty.instructions"
}

clang=$(make -s --no-print-directory print-clang)
for level in -O2 -O3 -Os; do
    check "gcc $level: without the parameter nothing is left of it" costs_nothing gcc "$level"
    check "gcc $level: with it something is" is_seen gcc "$level"
done
check "$clang -O2: without the parameter nothing is left of it" costs_nothing "$clang" -O2
checks_end
