#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests `make docs`: no warning, every function of the header on its page under the name of the example, no macro of the
# template left. Then what doxygen has to refuse is planted, and it names the line of the header.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MFLAGS

. tests/checks.sh
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
page=$out/docs/html/cache__map_8h.html

declared_functions() {
    sed -nE '/CACHE_MAP_LINKAGE/,/;/s/.*CACHE_MAP_FUNCTION\(([a-z_]+)\)\(.*/account_cache_\1/p' src/cache_map.h | sort -u
}

every_function_has_its_place() {
    local function count=0
    for function in $(declared_functions); do
        grep -qF "</span>$function()</h2>" "$page" || { echo "$function is not on $page" && return 1; }
        count=$((count + 1))
    done
    echo "$count functions"
    [ "$count" -ge 25 ]
}

# Outside of the manual at the top, which is about them.
no_template_is_left() {
    ! sed '/<pre class="fragment">/,/<\/pre>/d' "$page" | grep -E 'CACHE_MAP_(FUNCTION|THIS|VALUE|KEY|LINKAGE|NAME)\b'
}

has_version() {
    grep -qF "&#160;$(sed -nE 's/^#define CACHE_MAP_VERSION_STRING +"(.*)"$/\1/p' src/cache_map_types.h)<" "$out/docs/html/index.html"
}

# Where declarations start, as "NUMBER:LINE".
declarations() {
    grep -nE '^(struct|enum) [a-z_]+ \{|^static inline|CACHE_MAP_FUNCTION\(' | LC_ALL=C sort
}

# What doxygen reads of a header has each line under the number that it has in the header; less, but nothing else.
lines_stay() {
    local header moved
    for header in src/cache_map.h src/cache_map_types.h src/cache_map_hash.h src/cache_map_inspect.h; do
        moved=$(LC_ALL=C comm -13 <(declarations <"$header") <(scripts/doxygen_filter.py "$header" | declarations))
        [ -z "$moved" ] || { echo "$header: $moved" && return 1; }
    done
}

# The headers and one document of $copy, as scripts/docs.sh does it.
copy=$out/copy
doxygen_of_copy() {
    (cd "$copy" && {
        cat packaging/doxygen/Doxyfile
        echo 'INPUT = src/cache_map.h src/cache_map_types.h src/cache_map_hash.h src/cache_map_inspect.h docs/contract.md'
        echo 'USE_MDFILE_AS_MAINPAGE ='
    } | CACHEMAP_VERSION=1 CACHEMAP_DOCS="$copy/pages" doxygen - 2>&1)
}

make_copy() {
    mkdir -p "$copy/scripts" "$copy/docs" "$copy/pages" && cp -R src packaging "$copy" &&
        cp docs/contract.md "$copy/docs" && cp scripts/doxygen_filter.py scripts/common.py "$copy/scripts"
}

# plant FILE SED: in the copy. The change has to change it.
plant() {
    cp "$copy/$1" "$out/before"
    sed -i -E "$2" "$copy/$1"
    ! cmp -s "$out/before" "$copy/$1" || {
        echo "FAIL: '$2' changes nothing in $1"
        failed=$((failed + 1))
    }
}

# Each of what doxygen has to refuse, for one run. None changes the number of a line before it.
plant_all() {
    plant docs/contract.md '$s/$/\n\n[see](nowhere.md)/'
    plant src/cache_map_hash.h 's/^(\/\* Hashes 128 bits, given as two words)\. /\1 \\bogus /'
    plant src/cache_map_types.h 's/^\/\* Chosen at init, fixed until deinit.*//'
    plant src/cache_map_types.h 's/CACHE_MAP_SCOPE_FULL,/CACHE_MAP_SCOPE_FUL,/'
    plant src/cache_map.h 's/^\/\* Gives the memory back;/\/* \\param mapp the map. It gives the memory back;/'
    plant src/cache_map.h 's/^\/\* From here on mutations are logged\..*//'
}

fails_with_all() {
    local status=0
    doxygen_of_copy >"$out/said" || status=$?
    cat "$out/said"
    [ "$status" -ne 0 ]
}

# names PATTERN [FILE PATTERN]: doxygen says it, with the line of the file that has the second pattern, or one close by.
names() {
    local said line place
    said=$(grep -E -m 1 -- "$1" "$out/said") || { echo "not said: $1" && return 1; }
    echo "$said"
    [ $# -gt 1 ] || return 0
    line=$(sed -nE 's/^[^:]*:([0-9]+): .*/\1/p' <<<"$said")
    place=$(grep -nE -m 1 -- "$3" "$copy/$2" | cut -d: -f1)
    echo "said line: $line, the place: $place"
    grep -q "$2" <<<"$said" && [ "$line" -ge $((place - 4)) ] && [ "$line" -le $((place + 4)) ]
}

check "make docs, without a warning" scripts/docs.sh "$out/docs"
check "every function of cache_map.h" every_function_has_its_place
check "no macro of the template is left" no_template_is_left
check "the version" has_version
check "every line keeps its number" lines_stay
check "a copy" make_copy
check "a smaller input passes" doxygen_of_copy
plant_all
check "the same with defects fails" fails_with_all
check "a function without a comment" names 'account_cache_scope_open.* is not documented' \
    src/cache_map.h 'CACHE_MAP_FUNCTION\(scope_open\)'
check "a parameter that is not there" names "argument 'mapp' of command @param is not found" \
    src/cache_map.h 'param mapp'
check "a struct without a comment" names 'Compound cache_map_options is not documented' \
    src/cache_map_types.h '^struct cache_map_options'
check "a status that is not there" names "unable to resolve reference to .CACHE_MAP_SCOPE_FULL"
check "a command that is not there" names 'unknown command .*bogus' src/cache_map_hash.h 'bogus'
check "a link to nowhere" names 'nowhere.md' docs/contract.md 'nowhere'
checks_end
