# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/documents.sh: the fenced blocks of a document, compiled, run and compared. Needs checks.sh,
# and knows nothing of what the documents are about. Not a test by itself.
#
# A block of C is
#   - a file, if it opens with `/* NAME.h: ...`: the blocks of its document include it as "NAME.h". One that
#     opens with `/* NAME.c: ...` is compiled with the programs that include NAME.h;
#   - a program, if it has a main: it compiles without a warning and ends with 0, by gcc and by clang under
#     AddressSanitizer and UBSan, with threads under ThreadSanitizer too. A block of `output` right after
#     it is what it prints, exactly;
#   - a program that is wrong, if it opens with `/* A data race: ...`: ThreadSanitizer must say so;
#   - a fragment otherwise: it compiles.
# A block of `trace` replays.
# shellcheck shell=bash
# shellcheck disable=SC2154  # $scratch is of documents.sh

clang=$(make -s print-clang 2>/dev/null || echo clang)
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Isrc)
shared_bodies='-DCACHE_MAP_INLINE=static inline' # a third of the time
sanitized=(-g "-fsanitize=address,undefined" -fno-sanitize-recover=undefined "$shared_bodies")
threaded=(-g -fsanitize=thread "$shared_bodies")

# extract_blocks DOCUMENT FOLDER: each fenced block to FOLDER/LINE.LANGUAGE, without the indent of its fence;
# a file under its name; what a program prints to LINE.c.output.
extract_blocks() {
    mkdir -p "$2"
    awk -v folder="$2/" '
        function name_of(line) {
            if (language == "output")
                return program == "" ? number ".orphan" : program ".output"
            if (language == "c" && match(line, /^\/\* [a-z_]+\.[ch]: /))
                return substr(line, 4, RLENGTH - 5)
            return number "." language
        }
        !inside && match($0, /^ *```[a-z]+ *$/) {
            indent = index($0, "`") - 1
            language = $0
            gsub(/[ `]/, "", language)
            number = NR + 1
            file = ""
            if (language == "output") { # also where it is empty
                file = name_of("")
                printf "" >(folder file)
            }
            inside = 1
            next
        }
        inside && /^ *``` *$/ {
            if (file != "")
                close(folder file)
            program = language == "c" || language == "cpp" ? file : ""
            inside = 0
            next
        }
        inside {
            line = substr($0, indent + 1)
            if (file == "")
                file = name_of(line)
            print line >(folder file)
        }' "$1"
}

# program_runs FILE STANDARD COMPILER...: no warning, and status 0, and what it prints.
program_runs() {
    local file=$1 standard=$2 header sources
    shift 2
    sources=("$file")
    for header in $(sed -nE 's/^#include "([a-z_]+)\.h"$/\1/p' "$file"); do
        [ ! -f "${file%/*}/$header.c" ] || sources+=("${file%/*}/$header.c")
    done
    "$@" "-std=$standard" "${warnings[@]}" "-I${file%/*}" "${sources[@]}" -pthread -o "$scratch/program" || return 1
    "$scratch/program" >"$scratch/printed" || {
        echo "its status is $?, and it prints:"
        cat "$scratch/printed"
        return 1
    }
    [ ! -f "$file.output" ] || diff "$file.output" "$scratch/printed"
}

# The program has the data race that it claims to have.
program_races() {
    "$clang" "${threaded[@]}" -std=c11 "${warnings[@]}" "-I${1%/*}" "$1" -pthread -o "$scratch/program" || return 1
    "$scratch/program" >"$scratch/printed" 2>&1
    cat "$scratch/printed"
    grep -q 'WARNING: ThreadSanitizer: data race' "$scratch/printed"
}

# fragment_compiles FILE STANDARD COMPILER
fragment_compiles() {
    { printf '#include "cache_map.h"\n' && cat "$1"; } >"$scratch/fragment.${1##*.}"
    "$3" "-std=$2" "${warnings[@]}" "-I${1%/*}" -fsyntax-only "$scratch/fragment.${1##*.}"
}

# A file compiles where it is the first that is included.
file_compiles() {
    printf '#include "%s"\n' "${1##*/}" >"$scratch/includes.c"
    "$2" -std=c11 "${warnings[@]}" "-I${1%/*}" -fsyntax-only "$scratch/includes.c"
}

# The layout of what is checked in: `make format` does not see it here.
is_formatted() {
    clang-format "--style=file:$PWD/.clang-format" "$1" | diff "$1" -
}

# check_code NAME FILE
check_code() {
    local name=$1 file=$2 standard=c11 gnu=gcc other=$clang
    check "$name has the layout of .clang-format" is_formatted "$file"
    if [ "${file##*.}" = cpp ]; then
        standard=c++17 gnu=g++ other=${clang/clang/clang++}
    fi
    if [ "${file##*.}" = h ]; then
        check "$name is a file (gcc)" file_compiles "$file" gcc
        check "$name is a file ($clang)" file_compiles "$file" "$clang"
    elif head -n 1 "$file" | grep -q '^/\* A data race: '; then
        check "$name has a data race" program_races "$file"
    elif grep -qE '\bmain *\(' "$file"; then
        check "$name is a program ($gnu)" program_runs "$file" "$standard" "$gnu"
        check "$name is a program (${other}, sanitized)" \
            program_runs "$file" "$standard" "$other" "${sanitized[@]}"
        if grep -q '<pthread.h>' "$file"; then
            check "$name is a program (${other}, ThreadSanitizer)" \
                program_runs "$file" "$standard" "$other" "${threaded[@]}"
        fi
    else
        check "$name is a fragment ($gnu)" fragment_compiles "$file" "$standard" "$gnu"
        check "$name is a fragment ($other)" fragment_compiles "$file" "$standard" "$other"
    fi
}

# `has` is false for a tombstone too: who asks it whether to read the level below brings back what was removed.
has_decides_nothing() {
    ! grep -nE '(!|if \()[a-z_]+_has\(' "$@"
}

# check_document DOCUMENT
check_document() {
    local document=$1 folder file name
    check "$document: lookup says what is absent, has does not" has_decides_nothing "$document"
    folder="$scratch/blocks/$(echo "$document" | tr / _)"
    extract_blocks "$document" "$folder"
    for file in "$folder"/*; do
        name="$document:$(basename "$file")"
        case "$file" in
        *.c | *.cpp | *.h) check_code "$name" "$file" ;;
        *.trace) check "$name replays" ./trace replay "$file" ;;
        *.orphan) check "$name: the output is of the program before it" false ;;
        esac
    done
}

# ---- These checks can fail. ----------------------------------------------------------------------------

# planted CHECK TEXT...: of a document of these lines CHECK, the end of a check's name, fails. `none` does not.
planted() {
    local wanted=$1 document="$scratch/planted.md" said
    shift
    printf '%s\n' "$@" >"$document"
    rm -rf "$scratch/blocks/$(echo "$document" | tr / _)"
    said=$(check_document "$document") # in a shell of its own: it counts for nothing here
    echo "$said"
    if [ "$wanted" = none ]; then
        grep -q '^ok - ' <<<"$said" && ! grep -q '^FAIL - ' <<<"$said"
    else
        grep -qE "^FAIL - .*$wanted\$" <<<"$said"
    fi
}

check_blocks_can_fail() {
    local start='```c' end='```' output='```output' prints='#include <stdio.h>
int main(void) {
    return puts("1") < 0;
}'
    check "a program without a fault passes" planted none "$start" "$prints" "$end" "$output" 1 "$end"
    check "a program that prints something else is found" \
        planted 'is a program \(gcc\)' "$start" "$prints" "$end" "$output" 2 "$end"
    check "a program that prints what an empty output denies is found" \
        planted 'is a program \(gcc\)' "$start" "$prints" "$end" "$output" "$end"
    check "an output without a program is found" planted 'the program before it' "$output" 1 "$end"
    check "a program that warns is found" \
        planted 'is a program \(gcc\)' "$start" 'int main(void) { int unused; return 0; }' "$end"
    check "a program that reads past its array is found" planted 'sanitized\)' "$start" \
        'int main(int n, char **v) { int a[2] = {0}; (void)v; return a[n + 1] * 0; }' "$end"
    check "has for what is absent is found" planted 'has does not' "$start" \
        'if (!account_map_has(&map, id)) read_below(id);' "$end"
    check "a program with threads that race is found" planted 'ThreadSanitizer\)' "$start" \
        '#include <pthread.h>' 'static int n;' 'static void *add(void *v) { for (int i = 0; i < 1000000; i += 1) n += 1; return v; }' \
        'int main(void) { pthread_t a; if (pthread_create(&a, 0, add, 0)) return 1;' \
        'add(0); return pthread_join(a, 0); }' "$end"
    check "a data race that is none is found" \
        planted 'has a data race' "$start" '/* A data race: none. */' 'int main(void) { return 0; }' "$end"
    check "a layout that is not ours is found" \
        planted 'the layout of .clang-format' "$start" 'int main(void) { return  0; }' "$end"
    check "a file that does not compile is found" \
        planted 'is a file \(gcc\)' "$start" '/* some_file.h: wrong. */' 'int x = y;' "$end"
}
