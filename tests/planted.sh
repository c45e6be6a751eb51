# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that need ./trace or the fuzz target on a library with a bug planted. Not a test by itself.
# shellcheck shell=bash

. scripts/words.sh
. scripts/planted/plant.sh

# program_with SOURCES PROGRAM TARGET SETTING...: the TARGET of the Makefile on the library in the folder SOURCES. All
# that includes the library is built anew, and nothing else, with these settings.
program_with() {
    local tree=$2-tree
    plant control "$tree"
    rm -r "$tree/src"
    cp -r "$1" "$tree/src"
    build_in "$tree" "${@:3}" WARNINGS=-w
    cp "$tree/$3" "$2"
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

# failing PROGRAM: the first shipped input on which the program fails.
failing() {
    local input
    for input in corpus/*; do
        "$1" replay "$input" >/dev/null 2>&1 || { echo "$input" && return; }
    done
}
