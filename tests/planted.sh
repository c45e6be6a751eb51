# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that need ./trace on a library with a bug planted. The library is built anew, without
# optimisation, beside the objects of ./trace (`make trace` comes before). Not a test by itself.
# shellcheck shell=bash

# trace_with SOURCES PROGRAM [FLAG...]: ./trace on the library in the folder SOURCES. The flags (of a
# sanitizer) are for what includes the library.
trace_with() {
    local object
    local -a objects=() flags=("${@:3}")
    : "${clang:=$(make -s --no-print-directory print-clang)}"
    for object in subject subject_broken subject_damage subject_instances key; do
        "$clang" -std=c11 -D_DEFAULT_SOURCE -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -O0 \
            "${flags[@]}" "-I$1" -Isubjects/cachemap -Iharness -c "subjects/cachemap/$object.c" -o "$2-$object.o"
        objects+=("$2-$object.o")
    done
    for object in build/plain/harness/*.o build/plain/subjects/cachemap/*.o build/plain/subjects/cachemap/trace/*.o build/plain/tools/trace.o build/plain/tools/trace_*.o; do
        case "$object" in
        */subject.o | */subject_broken.o | */subject_damage.o | */subject_instances.o | */key.o) ;;
        *) objects+=("$object") ;;
        esac
    done
    "$clang" "${flags[@]}" "${objects[@]}" -o "$2"
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
