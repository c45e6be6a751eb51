# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that need ./trace or the fuzz target on a library with a bug planted. Not a test by itself.
# shellcheck shell=bash

. scripts/words.sh
. scripts/planted/plant.sh

# program_with SOURCES PROGRAM TARGET SETTING...: the TARGET of the Makefile on the library in the folder SOURCES. All
# that includes the library is built anew, and nothing else, with these settings.
program_with() {
    tree_with "$1" "$2-tree"
    build_in "$2-tree" "${@:3}" WARNINGS=-w
    cp "$2-tree/$3" "$2"
}

# tree_with SOURCES TREE: the repository with that library.
tree_with() {
    plant control "$2"
    rm -r "$2/src"
    cp -r "$1" "$2/src"
}

# trace_with SOURCES PROGRAM [FLAG...]: ./trace, without optimisation. The flags are of a sanitizer.
trace_with() {
    : "${clang:=$(make -s --no-print-directory print-clang)}"
    program_with "$1" "$2" trace "GCC=$clang ${*:3}" PLAIN_LEVEL='-g0 -O0 -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
}

# trace_with_bug NAME PROGRAM [FLAG...]: the same on src/ with bugs/NAME.patch.
trace_with_bug() {
    rm -rf "$2-src"
    cp -r src "$2-src"
    patch -s -d "$2-src" -p2 <"bugs/$1.patch"
    trace_with "$2-src" "${@:2}"
}

# trace_that_draws SOURCES PROGRAM: the same of a subject that is called a drawing, and has a picture alone for records and
# pages. Only what writes records is built anew.
trace_that_draws() {
    local tree=$2-tree subject=$2-tree/subjects/cachemap
    tree_with "$1" "$tree"
    rm "$tree/subjects"
    cp -rp subjects "$tree/subjects"
    sed -i -e '/define SUBJECT_NAME /s/".*"/"drawn"/' -e '/define SUBJECT_NOUN /s/"map"/"drawing"/' "$subject/tables.h"
    touch -r subjects/cachemap/tables.h "$subject/tables.h"
    cp "$tree/subjects/plain/trace/record_state.c" "$subject/trace/record_state.c"
    cp -rp build/plain "$tree/build/"
    rm -f "$tree"/build/plain/{tools/trace_record,subjects/cachemap/trace/record_state}.o
    build_in "$tree" trace "GCC=$(make -s --no-print-directory print-clang)" PLAIN_LEVEL='-g0 -O0' WARNINGS=-w
    cp "$tree/trace" "$2"
}

# failing PROGRAM: the first shipped input on which the program fails.
failing() {
    local input
    for input in corpus/*; do
        "$1" replay "$input" >/dev/null 2>&1 || { echo "$input" && return; }
    done
}
