#!/usr/bin/env bash
# Every header of src/ compiles alone: as C11 by gcc and clang, as C++17 by g++ and clang++, without a
# warning; and no name without the prefix leaves it.
set -u
cd "$(dirname "$0")/.."
clang=$(make -s print-clang)
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
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
    check "$header, g++, C++17" g++ -std=c++17 "${warnings[@]}" -Isrc -fsyntax-only -x c++ "$header"
    check "$header, clang++, C++17" "${clang/clang/clang++}" -std=c++17 "${warnings[@]}" -Wno-unused-function -Isrc -fsyntax-only -x c++ "$header"
    check "$header, names have the prefix" no_foreign_macro "$header"
done
checks_end
