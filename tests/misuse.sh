#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A misuse of cache_map.h is one error of the compiler's, and it says what to do: each of the table is compiled as C11
# and as C++17, by gcc and by clang. Beside each stands what comes nearest and is right: it compiles without a warning.
set -uo pipefail
shopt -s lastpipe # the checks at the end of a pipe are counted here
cd "$(dirname "$0")/.." || exit 2
clang=$(make -s print-clang)
clangxx=${clang/clang/clang++}
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wcast-qual -Werror)
. tests/checks.sh
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# A map of struct item by uint64_t; each argument NAME=TEXT is another parameter, or another text of one, and NAME alone
# takes it away. The header has been included once already, as a program does that has a hash of its own.
map() {
    local -A parameter=([NAME]=items [VALUE]='struct item' [KEY]=uint64_t ['KEY_OF(value)']='((value)->id)')
    local argument name
    for argument in "$@"; do
        name=${argument%%=*}
        if [ "$name" = "$argument" ]; then
            unset "parameter[$name]"
        else
            parameter[$name]=${argument#*=}
        fi
    done
    for name in "${!parameter[@]}"; do
        echo "#define CACHE_MAP_$name ${parameter[$name]}"
    done
    echo '#include "cache_map.h"'
}

prologue='#include <stdint.h>
#include <string.h>
#include "cache_map.h"
struct item { uint64_t id; int64_t count; double ratio; float share; const char *name; char bytes[8]; };
struct point { uint32_t x, y; };
enum colour { RED, GREEN };
'
# compile_as COMPILER STANDARD FLAG...: the prologue and the text of the case.
compile_as() {
    local compiler=$1 standard=$2 suffix=c
    shift 2
    [[ $standard != *++* ]] || suffix=cpp
    { printf '%s' "$prologue" && cat "$out/text"; } >"$out/case.$suffix"
    "$compiler" "-std=$standard" "$@" -Isrc -fsyntax-only "$out/case.$suffix" 2>"$out/said"
}

# compilers LANGUAGE: c, c++ or both.
compilers() {
    case $1 in
    c) echo "gcc,c11 $clang,c11" ;;
    c++) echo "g++,c++17 $clangxx,c++17" ;;
    *) echo "gcc,c11 $clang,c11 g++,c++17 $clangxx,c++17" ;;
    esac
}

# refused LANGUAGE SENTENCE <TEXT: one error, and it has the sentence.
one_error() {
    local pair sentence=$2 count
    for pair in $(compilers "$1"); do
        if compile_as "${pair%,*}" "${pair#*,}" -Wall -Wextra; then
            echo "$pair: it compiles" && return 1
        fi
        count=$(grep -cE '(^|[^-])error: ' "$out/said")
        if [ "$count" -ne 1 ] || ! grep -E 'error: ' "$out/said" | grep -qE -- "$sentence"; then
            echo "$pair: $count errors:" && cat "$out/said" && return 1
        fi
    done
}
refused() {
    cat >"$out/text"
    check "refused: $3" one_error "$1" "$2"
}

no_warning() {
    local pair
    for pair in $(compilers "$1"); do
        compile_as "${pair%,*}" "${pair#*,}" "${warnings[@]}" || { echo "$pair:" && cat "$out/said" && return 1; }
    done
}
accepted() {
    cat >"$out/text"
    check "accepted: $2" no_warning "$1"
}

# ---- Parameters that are missing, or have no such value. ---------------------------------------

map | accepted both "the map that the others differ from"
for name in VALUE KEY; do
    map $name | refused both "CACHE_MAP_$name is not defined" "no CACHE_MAP_$name"
done
map 'KEY_OF(value)' | refused both "CACHE_MAP_KEY_OF is not defined" "no CACHE_MAP_KEY_OF"
map NAME | refused both "CACHE_MAP_NAME is not defined" "no CACHE_MAP_NAME"
printf '#define CACHE_MAP_WAYS 4\n#include "cache_map.h"\n' |
    refused both "CACHE_MAP_NAME is not defined" "no CACHE_MAP_NAME, and one other parameter"
{ map NAME VALUE KEY 'KEY_OF(value)' && map; } | accepted both "no parameter at all, and then a map"
map 'DECLARE=' 'DEFINE=' | refused both "CACHE_MAP_DECLARE is for the files that use the map" "both of the linkages"
map 'DECLARE=' | accepted both "declared alone"
map WAYS=3 | refused both "CACHE_MAP_WAYS is 2, 4, 8 or 16" "3 ways"
map WAYS=32 | refused both "CACHE_MAP_WAYS is 2, 4, 8 or 16" "32 ways"
map TAG_BITS=12 | refused both "CACHE_MAP_TAG_BITS is 8 or 16" "tags of 12 bits"
map CLOCK_BITS=8 | refused both "CACHE_MAP_CLOCK_BITS is 1, 2 or 4" "counts of 8 bits"
map POLICY=7 | refused c "CACHE_MAP_POLICY is" "policy 7"
map WAYS='(2 * 4)' TAG_BITS=16 CLOCK_BITS=4 POLICY=CACHE_MAP_POLICY_CLOCK_CLASSIC | accepted both "values that there are"

# ---- The value. --------------------------------------------------------------------------------

{ echo 'struct owner { uint64_t id; owner(const owner &); };' && map VALUE=owner; } |
    refused c++ "must be trivially copyable" "a value with a copy constructor"
{ printf '#include <string>\nstruct named { uint64_t id; std::string name; };\n' && map VALUE=named; } |
    refused c++ "must be trivially copyable" "a value with a std::string"
{ echo 'class hidden { uint64_t id_; public: uint64_t id() const { return id_; } };' &&
    map VALUE=hidden 'KEY_OF(value)=((value)->id())'; } | accepted c++ "a class that is trivially copyable"
{ echo 'typedef struct item aligned_item __attribute__((aligned(128)));' && map VALUE=aligned_item; } |
    refused both "its alignment must divide its size" "a type name of more alignment than size"
{ echo 'struct line { uint64_t id; char text[40]; } __attribute__((aligned(64)));' && map VALUE='struct line'; } |
    accepted both "a struct with an alignment"
{ echo 'struct nothing {};' && map VALUE='struct nothing' 'KEY_OF(value)=((value) != NULL)' 'HASH(key, seed)=((key) ^ (seed))'; } |
    refused both "that is empty holds no key" "an empty value"
map VALUE='char (*)[4]' 'KEY_OF(value)=((uint64_t)(uintptr_t)*(value))' |
    accepted both "a pointer to an array, without a name of its type"
map VALUE='const char *' 'KEY_OF(value)=((uint64_t)(uintptr_t)*(value))' 'VALUE_GONE(value)=' |
    accepted both "a pointer, and what is gone is told to nobody"
map VALUE=uint8_t KEY=uint8_t 'KEY_OF(value)=(*(value))' | accepted both "a value that is its key"

# ---- The key. ----------------------------------------------------------------------------------

needs="that is neither an integer nor an enum needs a CACHE_MAP_HASH and a CACHE_MAP_KEY_EQUAL"
needs_hash="needs a CACHE_MAP_HASH of its own too"
needs_equal="needs a CACHE_MAP_KEY_EQUAL of its own too"

# key_refused LANGUAGE TYPE MEMBER HASH EQUAL: refused without both macros and without either; accepted with both.
key_refused() {
    local language=$1 type=$2 of="KEY_OF(value)=((value)->$3)" hash="HASH(key, seed)=$4" equal="KEY_EQUAL(a, b)=$5"
    map "KEY=$type" "$of" | refused "$language" "$needs" "a key of type $type"
    map "KEY=$type" "$of" "$equal" | refused "$language" "$needs_hash" "$type without a hash"
    map "KEY=$type" "$of" "$hash" | refused "$language" "$needs_equal" "$type without equality"
    map "KEY=$type" "$of" "$equal" "$hash" | accepted "$language" "$type with both"
}
key_refused both double ratio 'cache_map_hash_64((uint64_t)((key) * 1000.0), (seed))' '(!((a) < (b)) && !((b) < (a)))'
key_refused both float share 'cache_map_hash_64((uint64_t)((key) * 1000.0f), (seed))' '(!((a) < (b)) && !((b) < (a)))'
key_refused both 'long double' ratio 'cache_map_hash_64((uint64_t)(key), (seed))' '(!((a) < (b)) && !((b) < (a)))'
key_refused both 'const char *' name 'cache_map_hash_bytes((key), strlen(key), (seed))' '(strcmp((a), (b)) == 0)'
key_refused both 'const char *const' name 'cache_map_hash_bytes((key), strlen(key), (seed))' '(strcmp((a), (b)) == 0)'
key_refused both 'const void *' name 'cache_map_hash_64((uint64_t)(uintptr_t)(key), (seed))' '((a) == (b))'
{ echo 'struct handler { void (*run)(int); };' &&
    map VALUE='struct handler' KEY='void (*)(int)' 'KEY_OF(value)=((value)->run)'; } |
    refused both "$needs" "a pointer to a function, without a name of its type"
{ echo 'struct handler { void (*run)(int); };' &&
    map VALUE='struct handler' KEY='void (*)(int)' 'KEY_OF(value)=((value)->run)' 'KEY_EQUAL(a, b)=((a) == (b))' \
        'HASH(key, seed)=cache_map_hash_64((uint64_t)(uintptr_t)(key), (seed))'; } |
    accepted both "a pointer to a function with both"
map KEY='volatile uint64_t' | accepted both "a volatile key, of which a copy is taken"
map KEY='_Atomic uint64_t' | accepted c "an atomic key, of which a copy is taken"
map KEY='uint64_t &&' | accepted c++ "a reference to what is about to go"
prologue+='struct place { struct point at; struct item *owner; };
'
map VALUE='struct place' KEY='struct point' 'KEY_OF(value)=((value)->at)' | refused both "$needs" "a struct"
map VALUE='struct place' KEY='struct point' 'KEY_OF(value)=((value)->at)' 'KEY_EQUAL(a, b)=((a).x == (b).x)' |
    refused both "$needs_hash" "a struct without a hash"
map VALUE='struct place' KEY='struct point' 'KEY_OF(value)=((value)->at)' \
    'HASH(key, seed)=cache_map_hash_128((key).x, (key).y, (seed))' |
    refused both "$needs_equal" "a struct without equality"
{ printf 'struct same { uint64_t id; bool operator==(const same &other) const { return id == other.id; } };\nstruct entry { same key; };\n' &&
    map VALUE=entry KEY=same 'KEY_OF(value)=((value)->key)' 'HASH(key, seed)=cache_map_hash_64((key).id, (seed))'; } |
    accepted c++ "a class with an == of its own, and a hash"
{ echo 'typedef char label[8];' && map KEY=label 'KEY_OF(value)=((value)->bytes)'; } |
    refused both "put the array into a struct" "an array"
{ echo 'typedef char label[8];' && map KEY=label 'KEY_OF(value)=((value)->bytes)' 'KEY_EQUAL(a, b)=(memcmp((a), (b), 8) == 0)' \
    'HASH(key, seed)=cache_map_hash_bytes((key), 8, (seed))'; } |
    refused both "put the array into a struct" "an array with both"
{ printf '__extension__ typedef unsigned __int128 wide;\nstruct long_item { wide id; };\n' && map VALUE='struct long_item' KEY=wide; } |
    refused both "a key of more than 64 bits needs a CACHE_MAP_HASH" "128 bits without a hash"
{ printf '__extension__ typedef unsigned __int128 wide;\nstruct long_item { wide id; };\n' &&
    map VALUE='struct long_item' KEY=wide 'HASH(key, seed)=cache_map_hash_128((uint64_t)(key), (uint64_t)((key) >> 64), (seed))'; } |
    accepted both "128 bits with a hash"

integers=(bool char 'signed char' 'unsigned char' short 'unsigned short' int 'unsigned int' long 'unsigned long'
    'long long' 'unsigned long long' size_t 'const uint64_t' 'enum colour')
for index in "${!integers[@]}"; do
    echo "struct integer_$index { ${integers[index]} id; };"
    map "NAME=integers_$index" "VALUE=struct integer_$index" "KEY=${integers[index]}"
done | accepted both "each integer type, bool and an enum"
for type in wchar_t char16_t char32_t 'const int &' kind; do
    [ "$type" != kind ] || echo 'enum class kind : uint16_t { first };'
    echo "struct ${type//[^a-z0-9]/_}_item { ${type%&}id; };" | sed 's/int id/int id/; s/_tid/_t id/; s/kindid/kind id/'
    map "NAME=${type//[^a-z0-9]/_}_map" "VALUE=struct ${type//[^a-z0-9]/_}_item" "KEY=$type"
done | accepted c++ "the integer types of C++, an enum class, a reference"

# The compiler's own sentence, made an error.
map 'KEY_OF(value)=((value)->name)' |
    refused both "without a cast|pointer to integer conversion|invalid conversion|cannot initialize a variable of type" \
        "a pointer in the value, where keys are integers"
map KEY=uint32_t 'KEY_OF(value)=((uint32_t)(value)->id)' | accepted both "more bits, cut on purpose"
map KEY=uint16_t 'KEY_OF(value)=((value)->id & 0xffff)' | accepted both "more bits, masked"
map KEY=uint8_t 'KEY_OF(value)=((uint8_t)((value)->id % 100))' | accepted both "more bits, fewer by a remainder"
map KEY=uint64_t 'KEY_OF(value)=((uint64_t)(value)->count)' | accepted both "a key of another sign"

# ---- The hash. ---------------------------------------------------------------------------------

gives="CACHE_MAP_HASH gives an integer of 64 bits"
map 'HASH(key, seed)=((uint32_t)((key) ^ (seed)))' | refused both "$gives" "a hash of 32 bits"
map 'HASH(key, seed)=((key) == (seed))' | refused both "$gives" "a hash of an int"
map 'HASH(key, seed)=((double)((key) ^ (seed)))' | refused both "$gives" "a hash of a double"
map 'HASH(key, seed)=((void *)(uintptr_t)((key) ^ (seed)))' | refused both "$gives" "a hash of a pointer"
{ echo '__extension__ typedef unsigned __int128 wide;' && map 'HASH(key, seed)=((wide)((key) ^ (seed)))'; } |
    refused both "$gives" "a hash of 128 bits"
{ echo 'static inline int strange(uint64_t key) { return (int)key; }' && map 'HASH(key, seed)=(strange((key) ^ (seed)))'; } |
    refused both "$gives" "a function that gives an int"
map 'HASH(key, seed)=((int64_t)((key) ^ (seed)))' | accepted both "a signed hash"
map 'HASH(key, seed)=((unsigned long long)((key) ^ (seed)))' | accepted both "a hash of unsigned long long"
map 'HASH(key, seed)=((size_t)((key) ^ (seed)))' | accepted both "a hash of size_t"

# ---- The language. -----------------------------------------------------------------------------

prologue=
map >"$out/text"
# old_language COMPILER STANDARD SENTENCE
old_language() {
    if compile_as "$1" "$2"; then
        echo "it compiles" && return 1
    fi
    [ "$(grep -c 'error: ' "$out/said")" -eq 1 ] && grep -qF "$3" "$out/said" || { cat "$out/said" && return 1; }
}
for standard in c89 gnu89 c99 gnu99; do
    check "refused: $standard, gcc" old_language gcc $standard "needs C11"
    check "refused: $standard, clang" old_language "$clang" $standard "needs C11"
done
for standard in c++98 c++11 gnu++14; do
    check "refused: $standard, g++" old_language g++ $standard "needs C++17"
    check "refused: $standard, clang++" old_language "$clangxx" $standard "needs C++17"
done
checks_end
