# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that need ./trace on a library with a bug planted. The library is built anew, without
# optimisation, beside the objects of ./trace (`make trace` comes before). Not a test by itself.
# shellcheck shell=bash

# trace_object PROGRAM SOURCE FLAG...: an object for the program in place of the one of ./trace.
trace_object() {
    local name
    name=$(basename "$2" .c)
    : "${clang:=$(make -s --no-print-directory print-clang)}"
    "$clang" -std=c11 -D_DEFAULT_SOURCE -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -O0 \
        "${@:3}" -Isubjects/cachemap -Iharness -Itools -c "$2" -o "$1-$name.o"
}

# trace_with SOURCES PROGRAM [FLAG...]: ./trace on the library in the folder SOURCES. The flags (of a
# sanitizer) are for what includes the library.
trace_with() {
    local object
    local -a objects=() flags=("${@:3}")
    for object in subject subject_broken subject_damage subject_instances key; do
        trace_object "$2" "subjects/cachemap/$object.c" "${flags[@]}" "-I$1"
    done
    for object in build/plain/harness/*.o build/plain/subjects/cachemap/{,trace/}*.o build/plain/tools/trace{,_*}.o; do
        [ ! -e "$2-${object##*/}" ] || object=$2-${object##*/}
        objects+=("$object")
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

# trace_that_draws SOURCES PROGRAM: the same of a subject that is called a drawing, and has a picture alone for records and
# pages.
trace_that_draws() {
    rm -rf "$2-tables"
    mkdir "$2-tables"
    sed -e '/define SUBJECT_NAME /s/".*"/"drawn"/' -e '/define SUBJECT_NOUN /s/"map"/"drawing"/' \
        subjects/cachemap/tables.h >"$2-tables/tables.h"
    trace_object "$2" tools/trace_record.c "-I$2-tables"
    trace_object "$2" subjects/plain/record_state.c "-I$2-tables"
    trace_with "$1" "$2"
}

# failing PROGRAM: the first shipped input on which the program fails.
failing() {
    local input
    for input in corpus/*; do
        "$1" replay "$input" >/dev/null 2>&1 || { echo "$input" && return; }
    done
}
