#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every header of src/ compiles alone: as C11 by gcc and clang, as C++17 by g++ and clang++, without a
# warning; and no name without the prefix leaves it.
set -u
cd "$(dirname "$0")/.."
clang=$(make -s print-clang)
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wswitch-default -Werror)
# Warnings that are for C++ alone. clang has none for a useless cast.
cxx_warnings=("${warnings[@]}" -Wold-style-cast -Wzero-as-null-pointer-constant)
. tests/checks.sh

# What a header defines, by the preprocessor: macros that its own includes do not have.
no_foreign_macro() {
    local foreign
    foreign=$(comm -13 \
        <(printf '#include <assert.h>\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n#include <emmintrin.h>\n' |
            gcc -std=c11 -dM -E -x c - | awk '{ sub(/\(.*/, "", $2); print $2 }' | sort -u) \
        <(gcc -std=c11 -Isrc -dM -E -x c "$1" | awk '{ sub(/\(.*/, "", $2); print $2 }' | sort -u) |
        grep -v '^CACHE_MAP_' || true)
    [ -z "$foreign" ] || { echo "macros without the prefix: $foreign" && false; }
}

# clang warns of unused static functions in the file that it is given, which here is the header.
for header in src/*.h; do
    check "$header, gcc, C11" gcc -std=c11 "${warnings[@]}" -Isrc -fsyntax-only -x c "$header"
    check "$header, clang, C11" "$clang" -std=c11 "${warnings[@]}" -Wno-unused-function -Isrc -fsyntax-only -x c "$header"
    check "$header, gcc, C11, without assertions" gcc -std=c11 -DNDEBUG "${warnings[@]}" -Isrc -fsyntax-only -x c "$header"
    check "$header, g++, C++17" g++ -std=c++17 "${cxx_warnings[@]}" -Wuseless-cast -Isrc -fsyntax-only -x c++ "$header"
    check "$header, clang++, C++17" "${clang/clang/clang++}" -std=c++17 "${cxx_warnings[@]}" -Wno-unused-function -Isrc -fsyntax-only -x c++ "$header"
    check "$header, names have the prefix" no_foreign_macro "$header"
done

# ---- A map, with the warnings that only its typed functions could give. ----------------------------

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/maps.h" <<'MAPS'
#include <stdint.h>
struct account { uint64_t id; int balance; };
#define CACHE_MAP_NAME          account_map
#define CACHE_MAP_VALUE         struct account
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->id)
#include "cache_map.h"
#define CACHE_MAP_NAME            balance_map
#define CACHE_MAP_VALUE           struct account
#define CACHE_MAP_KEY             int
#define CACHE_MAP_KEY_OF(value)   ((value)->balance)
#define CACHE_MAP_KEY_EQUAL(a, b) ((a) == (b))
#define CACHE_MAP_HASH(key, seed) cache_map_hash_64((uint64_t)(key), (seed))
#include "cache_map.h"
MAPS
printf '#include "maps.h"\n' | tee "$scratch/maps.c" >"$scratch/maps.cpp"
check "two maps, gcc, C11" gcc -std=c11 "${warnings[@]}" -Isrc "-I$scratch" -fsyntax-only "$scratch/maps.c"
check "two maps, clang, C11" "$clang" -std=c11 "${warnings[@]}" -Isrc "-I$scratch" -fsyntax-only "$scratch/maps.c"
check "two maps, g++, C++17" g++ -std=c++17 "${cxx_warnings[@]}" -Wuseless-cast -Isrc "-I$scratch" -fsyntax-only "$scratch/maps.cpp"
check "two maps, clang++, C++17" "${clang/clang/clang++}" -std=c++17 "${cxx_warnings[@]}" -Isrc "-I$scratch" -fsyntax-only "$scratch/maps.cpp"

# ---- Declared in many files, defined in one. ------------------------------------------------------

cat >"$scratch/item_map.h" <<'HEADER'
#include <stdint.h>
struct item { uint64_t key, payload; };
#ifdef ITEM_MAP_DEFINE
#    define CACHE_MAP_DEFINE
#else
#    define CACHE_MAP_DECLARE
#endif
#define CACHE_MAP_NAME          item_map
#define CACHE_MAP_VALUE         struct item
#define CACHE_MAP_KEY           uint64_t
#define CACHE_MAP_KEY_OF(value) ((value)->key)
#include "cache_map.h"
HEADER
printf '#define ITEM_MAP_DEFINE\n#include "item_map.h"\n' >"$scratch/item_map.c"
cat >"$scratch/main.c" <<'MAIN'
#include "item_map.h"
int main(void) {
    const struct cache_map_options options = {16, 8, 4, 0};
    const struct item item = {1, 2};
    struct item_map map;
    if (item_map_init(&map, &options, NULL) != CACHE_MAP_OK)
        return 1;
    if (item_map_upsert(&map, &item) != CACHE_MAP_INSERTED || item_map_get(&map, 1)->payload != 2)
        return 1;
    item_map_deinit(&map);
    return 0;
}
MAIN

# two_files C_COMPILER MAIN_COMPILER...: the program of both files runs.
two_files() {
    local define=$1
    shift
    $define "${warnings[@]}" -Isrc "-I$scratch" -c "$scratch/item_map.c" -o "$scratch/item_map.o" &&
        "$@" "${warnings[@]}" -Isrc "-I$scratch" -c "$scratch/main.c" -o "$scratch/main.o" &&
        g++ "$scratch/item_map.o" "$scratch/main.o" -o "$scratch/program" && "$scratch/program"
}

# The file that declares has no function of the map, and calls those of the other.
one_copy() {
    ! nm "$scratch/main.o" | grep -iq ' t item_map_' && nm "$scratch/main.o" | grep -q ' U item_map_upsert$' &&
        nm "$scratch/item_map.o" | grep -q ' T item_map_upsert$'
}

check "declared and defined, gcc" two_files "gcc -std=c11" gcc -std=c11
check "there is one copy" one_copy
check "without assertions, gcc" two_files "gcc -std=c11 -DNDEBUG -O2" gcc -std=c11 -DNDEBUG
check "without assertions, clang" two_files "$clang -std=c11 -DNDEBUG" "$clang" -std=c11 -DNDEBUG
check "declared and defined, clang" two_files "$clang -std=c11" "$clang" -std=c11
check "defined in C, declared in C++" two_files "gcc -std=c11" g++ -std=c++17 -x c++
check "defined in C++, declared in C" two_files "g++ -std=c++17 -x c++" gcc -std=c11
check "without a definition the program does not link" bash -c "! gcc '$scratch/main.o' -o '$scratch/none' 2>'$scratch/none.log'"
sed '/^#include "cache_map.h"/i #define CACHE_MAP_DEFINE' "$scratch/item_map.h" >"$scratch/both.h"
check "both at once are refused" bash -c "! gcc -std=c11 -Isrc -fsyntax-only -x c '$scratch/both.h' 2>'$scratch/both.log' && grep -q 'CACHE_MAP_DECLARE is for' '$scratch/both.log'"
checks_end
