#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the library takes from the system: which functions allocate where, and that nothing but memcpy and memset
# is left with CACHE_MAP_NO_DEFAULT_ALLOCATOR, also where there is no C library. Windows' part needs MinGW-w64;
# scripts/matrix.sh runs what it compiles.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/checks.sh

out=build/test/systems
rm -rf "$out"
mkdir -p "$out/include"
clang=$(make -s --no-print-directory print-clang)
read -ra warnings < <(make -s --no-print-directory print-warnings)

# ---- A program whose map is in a file of its own, with all functions. -----------------------------

cat >"$out/item_map.h" <<'C'
#include <stdint.h>
struct item {
    uint64_t key, payload;
};
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
C
printf '#define ITEM_MAP_DEFINE\n#include "item_map.h"\n' >"$out/item_map.c"

# Some use of it: with the allocator that the argument names.
cat >"$out/main.c" <<'C'
#include "item_map.h"
#include <stdio.h>
#include <string.h>
static _Alignas(64) unsigned char block[1 << 16];
static void *block_allocate(void *context, size_t size, size_t alignment) {
    (void)alignment;
    return size <= sizeof block ? context : NULL;
}
static void block_deallocate(void *context, void *memory, size_t size, size_t alignment) {
    (void)context, (void)memory, (void)size, (void)alignment;
}
int main(int argc, char **argv) {
    const struct cache_map_options options = {64, 100, 10, 0};
    const struct cache_map_allocator own = {block, block_allocate, block_deallocate};
    struct item_map map;
    enum cache_map_status status;
    if (argc != 2)
        return 2;
    if (strcmp(argv[1], "memory") == 0)
        status = item_map_init_in_memory(&map, &options, block, sizeof block);
    else
        status = item_map_init(&map, &options, strcmp(argv[1], "own") == 0 ? &own : NULL);
    puts(cache_map_status_name(status));
    if (status != CACHE_MAP_OK)
        return 0;
    for (uint64_t key = 0; key < 100; key += 1) {
        const struct item item = {key, key * 3};
        if (item_map_upsert(&map, &item) != CACHE_MAP_INSERTED)
            return 1;
    }
    for (uint64_t key = 0; key < 100; key += 1)
        if (item_map_get(&map, key)->payload != key * 3)
            return 1;
    if (item_map_check(&map) != CACHE_MAP_INVARIANT_NONE)
        return 1;
    item_map_deinit(&map);
    return 0;
}
C

# What there is without a C library: the headers of the compiler, and two functions that it calls itself.
cat >"$out/include/string.h" <<'C'
#include <stddef.h>
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);
C
printf '#error "stdlib.h is included"\n' >"$out/include/stdlib.h"

# compile COMPILER FLAG...: item_map.c to item_map.o, with all functions in it.
compile() { "$@" "${warnings[@]}" -Isrc -c "$out/item_map.c" -o "$out/item_map.o"; }

# takes WORD...: beside memcpy and memset, what item_map.o needs from elsewhere is these names. (What the compiler
# adds, and assert's function, are left out.)
takes() {
    local taken
    taken=$(nm -u "$out/item_map.o" | awk '{ print $2 }' |
        grep -vE '^(memcpy|memset|__assert.*|__imp__assert|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|___chkstk_ms)$' |
        LC_ALL=C sort | xargs)
    [ "$taken" = "$*" ] || { echo "takes '$taken', expected '$*'" && false; }
}

# runs ARGUMENT WORD: a program with item_map.o says the word, and ends well.
runs() {
    gcc -std=c11 -D_DEFAULT_SOURCE -Isrc "$out/main.c" "$out/item_map.o" -o "$out/program" || return
    "$out/program" "$1" >"$out/said" 2>&1 || { echo "exit status $?" && cat "$out/said" && false; } || return
    [ "$(cat "$out/said")" = "$2" ]
}

asserts() {
    runs own ok && ! "$out/program" none >"$out/said" 2>&1 &&
        grep -q 'CACHE_MAP_NO_DEFAULT_ALLOCATOR: init takes an allocator' "$out/said"
}

c11=(-std=c11 -D_DEFAULT_SOURCE -O0)

# ---- With an allocator of the system's. -----------------------------------------------------------

# Elsewhere than on Linux it is the branch that is tried, and not the system. _POSIX_C_SOURCE shows the function
# as they do.
for compiler in gcc "$clang"; do
    check "$compiler: Linux: aligned_alloc" compile "$compiler" "${c11[@]}"
    check "$compiler: and nothing else" takes aligned_alloc free
    check "$compiler: and it works" runs none ok
    for system in __APPLE__ __ANDROID__; do
        check "$compiler: $system: posix_memalign" compile "$compiler" "${c11[@]}" -D$system
        check "$compiler: $system: and nothing else" takes free posix_memalign
        check "$compiler: $system: and it works" runs none ok
    done
done
if command -v x86_64-w64-mingw32-gcc >/dev/null; then
    check "Windows: _aligned_malloc and _aligned_free" compile x86_64-w64-mingw32-gcc -std=c11 -O0 -DNDEBUG
    check "Windows: and nothing else" takes __imp__aligned_free __imp__aligned_malloc
    check "Windows, without a default allocator" compile x86_64-w64-mingw32-gcc -std=c11 -O0 -DCACHE_MAP_NO_DEFAULT_ALLOCATOR
    check "Windows: and nothing of it" takes
fi

# ---- With none. -----------------------------------------------------------------------------------

none=(-DCACHE_MAP_NO_DEFAULT_ALLOCATOR)
for compiler in gcc "$clang"; do
    for level in -O0 -O2; do
        check "$compiler $level: without a default allocator" compile "$compiler" "${c11[@]}" $level -DNDEBUG "${none[@]}"
        check "$compiler $level: it takes memcpy and memset alone" takes
        check "$compiler $level: an allocator of one's own works" runs own ok
        check "$compiler $level: memory of one's own works" runs memory ok
        check "$compiler $level: none is out of memory" runs none out_of_memory
    done
    check "$compiler: with assertions" compile "$compiler" "${c11[@]}" "${none[@]}"
    check "$compiler: none is a failed assertion, which says so" asserts
done
# C++ has no designators of C and no pointers without a cast: the header alone, by the rules of C++17.
check "g++: without a default allocator" g++ -std=c++17 -O0 -DNDEBUG "${none[@]}" -Wall -Wextra -Werror -Isrc -x c++ \
    -c "$out/item_map.c" -o "$out/item_map.o"
check "g++: it takes memcpy and memset alone" takes
check "g++: it works" runs own ok

# No header of the C library is there: only the compiler's own.
freestanding() {
    compile "$1" -std=c11 -ffreestanding -nostdinc -isystem "$("$1" -print-file-name=include)" -isystem "$out/include" \
        "${none[@]}" '-DCACHE_MAP_ASSERT(condition)=((void)(condition))' "${@:2}"
}
# clang has its headers in a folder that it does not print so.
clang_headers=$("$clang" -print-resource-dir)/include
check "gcc: freestanding" freestanding gcc -O2
check "gcc: freestanding: it takes memcpy and memset alone" takes
check "gcc: freestanding: it works" runs own ok
check "gcc: freestanding, 32 bits" freestanding gcc -m32
check "$clang: freestanding" freestanding "$clang" -isystem "$clang_headers"
check "$clang: freestanding: it takes memcpy and memset alone" takes
check "$clang: freestanding: it works" runs memory ok
with_default() { ! freestanding gcc -UCACHE_MAP_NO_DEFAULT_ALLOCATOR >"$out/said" 2>&1 && grep -q 'stdlib.h is included' "$out/said"; }
check "the check of that can fail" with_default

checks_end
