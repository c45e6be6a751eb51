#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The names of a program stay its own: in the hash, the equality and the key of a map, every word that the headers use
# (of the sources as they are, so that none is forgotten) is in turn a variable, a function, a type, a macro and a
# local of a statement expression. tests/hygiene.c has the map, and finds out whether one was captured.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
clang=$(make -s print-clang)
. tests/checks.sh
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
standard_headers='#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
'

# Those that no program may define: of the language, and of the standard headers (with all that g++ declares in them).
taken() {
    printf '%s' "$standard_headers" | gcc -D_GNU_SOURCE -E -P -x c - | grep -oE '\b[a-z_0-9]+\b' 
    printf '%s' "$standard_headers" | gcc -D_GNU_SOURCE -dM -E -x c - | awk '{ sub(/\(.*/, "", $2); print $2 }'
    tr -s ' \n' '\n' <<<'cache_map alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t
        char32_t char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr constinit
        continue decltype default defined delete do double dynamic_cast else enum explicit export extern false float for
        friend goto if inline int int128 long mutable namespace new noexcept not not_eq nullptr operator or or_eq private
        protected public register reinterpret_cast requires restrict return short signed sizeof static static_assert
        static_cast struct switch template this thread_local throw true try typedef typeid typename typeof union
        unsigned using virtual void volatile wchar_t while xor xor_eq'
}
# The words of the sources, without comments, strings, the library's own and the vectors of ARM.
words_of() {
    cat "$@" | gcc -fpreprocessed -dD -E -P -x c - 2>/dev/null | sed 's/"[^"]*"//g; /^ *# *include/d' |
        grep -oE '\b[A-Za-z_][A-Za-z0-9_]*\b' | grep -vE '^_|^cache_map_|^CACHE_MAP_|^[A-Z][A-Z0-9_]+$|_[us](8|16|32|64)$|x(8|16)_t$' |
        LC_ALL=C sort -u | LC_ALL=C comm -23 - <(taken | tr -d ' ' | LC_ALL=C sort -u)
}
mapfile -t words < <(words_of src/*.h && printf '%s\n' i set way entry count layout record status)
mapfile -t words < <(printf '%s\n' "${words[@]}" | LC_ALL=C sort -u)

# Words that a reader of the headers would name: the list is not empty, or of something else.
list_is_plausible() {
    local word
    for word in key value map hash seed i set way entry count layout record status keys values found hit scope_close; do
        [[ " ${words[*]} " == *" $word "* ]] || { echo "$word is not in the list: ${words[*]}" && return 1; }
    done
    [ "${#words[@]}" -gt 150 ]
}
check "the words of the headers (${#words[@]})" list_is_plausible

# words_as KIND: definitions of all words, and MIX(x).
words_as() {
    local number=0 word mix='' types='' locals=''
    for word in "${words[@]}"; do
        number=$((number + 1))
        case $1 in
        variables) echo "static uint64_t $word = $number;" && mix+=" ^ $word" ;;
        functions) echo "static uint64_t $word(uint64_t x_) { return x_ * $number; }" && mix+=" ^ $word($number)" ;;
        macros) echo "#define $word(x_) ((x_) * UINT64_C($number))" && mix+=" ^ $word($number)" ;;
        renames) printf '#define %s my_%s\nstatic const uint64_t my_%s = %s;\n' "$word" "$word" "$word" $number && mix+=" ^ $word" ;;
        # The type of the values is called `value`.
        types) [ "$word" = value ] || { types+="typedef uint64_t $word;"$'\n' && mix+=" ^ ($word)$number"; } ;;
        locals) locals+=" const uint64_t $word = (x_) - (x_) + $number;" && mix+=" ^ $word" ;;
        esac
    done
    printf '%s' "$types"
    case $1 in
    types) printf '#define HYGIENE_KEY key\n#define HYGIENE_VALUE value\n' ;;
    *) printf '#define HYGIENE_KEY uint64_t\n#define HYGIENE_VALUE hygiene_value\n' ;;
    esac
    if [ "$1" = locals ]; then
        echo "#define MIX(x_) (__extension__({ $locals (uint64_t)0$mix; }))"
    else
        echo "#define MIX(x_) ((void)(x_), (uint64_t)0$mix)"
    fi
}

# agrees KIND EARLY|LATE SOURCES COMPILER...: the words are defined before the first include, or before the map alone.
agrees() {
    local kind=$1 early=empty.h late=empty.h sources=$3
    [ "$2" = EARLY ] && early=$kind.h || late=$kind.h
    shift 3
    "$@" -w "-I$sources" "-I$out" "-DWORDS_EARLY=\"$early\"" "-DWORDS_LATE=\"$late\"" tests/hygiene.c -o "$out/program" 2>"$out/said" ||
        { grep -m 5 'error: ' "$out/said" | cut -c 1-200 && return 1; }
    "$out/program"
}

: >"$out/empty.h"
for kind in variables functions macros renames types locals; do
    words_as $kind >"$out/$kind.h"
    for time in EARLY LATE; do
        check "$kind, ${time,,}: gcc" agrees $kind $time src gcc -std=c11
        check "$kind, ${time,,}: clang" agrees $kind $time src "$clang" -std=c11
        check "$kind, ${time,,}: g++" agrees $kind $time src g++ -std=c++17 -x c++
        check "$kind, ${time,,}: clang++" agrees $kind $time src "${clang/clang/clang++}" -std=c++17 -x c++
    done
done

# expanded_once MACRO...: a second place would have names of its own.
expanded_once() {
    local macro
    for macro in "$@"; do
        [ "$(grep -hE "\\b$macro\\(" src/cache_map_functions.h src/cache_map.h | grep -vc '^ \*')" -eq 1 ] || { echo "$macro" && return 1; }
    done
}
check "each macro is expanded in one place" expanded_once CACHE_MAP_KEY_OF CACHE_MAP_KEY_EQUAL CACHE_MAP_HASH CACHE_MAP_VALUE_GONE

# A program has functions such as items_value_hash. What a map defines and cache_map.h does not declare has a prefix.
none_beside_the_declared() {
    local name
    printf '#define CACHE_MAP_DEFINE\n#define CACHE_MAP_NAME items\n#define CACHE_MAP_VALUE long\n#define CACHE_MAP_KEY long
#define CACHE_MAP_KEY_OF(v) (*(v))\n#define CACHE_MAP_VALUE_GONE(v) (void)(v)\n#include "cache_map.h"\n' >"$out/items.c"
    gcc -std=c11 -O0 -Isrc -c "$out/items.c" -o "$out/items.o" || return
    for name in $(nm "$out/items.o" | grep -oE ' items_[a-z_]+' | grep -vE '_cache_map_|__PRETTY'); do
        grep -q "CACHE_MAP_FUNCTION(${name#items_})" src/cache_map.h || { echo "$name" && return 1; }
    done
    [ "$(nm "$out/items.o" | grep -c ' items_')" -ge 20 ]
}
check "a map defines what it declares, and nothing else without a prefix" none_beside_the_declared

# A local of the library's has the name of a global of the program's, and nobody is warned of it.
shadows() {
    ! "$@" -Wshadow -DWORDS_EARLY='"variables.h"' -DWORDS_LATE='"empty.h"' -Isrc "-I$out" -fsyntax-only tests/hygiene.c 2>&1 |
        grep -m 3 '^src/.*Wshadow'
}
check "-Wshadow: gcc" shadows gcc -std=c11
check "-Wshadow: clang" shadows "$clang" -std=c11
check "-Wshadow: g++" shadows g++ -std=c++17 -x c++
check "-Wshadow: clang++" shadows "${clang/clang/clang++}" -std=c++17 -x c++

# A local of the library's with a name of the program's is found.
cp -r src "$out/planted"
sed -i 's/cache_map_seed_value_\b/seed/; s/\bcache_map_seed_\b/given/' "$out/planted/cache_map_functions.h"
captured() {
    ! agrees "$1" LATE "$out/planted" gcc -std=c11 >"$out/result" && grep -q '^line\|had another value' "$out/result"
}
check "a name that is captured is found" captured variables
checks_end
