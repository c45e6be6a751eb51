#!/bin/bash -eu
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets.
#
# Under OSS-Fuzz (OUT and LIB_FUZZING_ENGINE are set): compiles with $CC $CFLAGS, links with $CXX
# $CXXFLAGS $LIB_FUZZING_ENGINE, adds no sanitizer flag of its own, and leaves in $OUT each target
# with its seed corpus, dictionary and options. May be run again, from any folder.
#
# Otherwise: ./fuzz_cachemap and ./fuzz_trace in the repository's root, with libFuzzer,
# AddressSanitizer and UndefinedBehaviorSanitizer.
cd "$(dirname "$0")"

if [ -z "${OUT:-}" ] || [ -z "${LIB_FUZZING_ENGINE:-}" ]; then
    make -j"$(nproc)" fuzz_cachemap fuzz_trace
    exit 0
fi

: "${CC:=clang}" "${CXX:=clang++}" "${CFLAGS:=}" "${CXXFLAGS:=}" "${LDFLAGS:=}"
work=${WORK:-$(mktemp -d)}/cachemap
rm -rf "$work"
mkdir -p "$work/harness" "$work/subjects/cachemap" "$work/fuzz_targets" "$OUT"

# The flags are lists of words on purpose.
# shellcheck disable=SC2086
compile() {
    $CC $CFLAGS -std=c11 -D_DEFAULT_SOURCE -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION -Isrc \
        -Isubjects/cachemap -Iharness -c "$1" -o "$work/${1%.c}.o"
}

for source in harness/*.c subjects/cachemap/*.c; do
    case "$source" in
    harness/stop.c | harness/isolate.c | harness/program.c) ;; # the tools' alone
    *) compile "$source" ;;
    esac
done
for target in fuzz_cachemap fuzz_trace; do
    compile "fuzz_targets/$target.c"
    # shellcheck disable=SC2086
    $CXX $CXXFLAGS "$work"/harness/*.o "$work"/subjects/cachemap/*.o "$work/fuzz_targets/$target.o" $LDFLAGS \
        $LIB_FUZZING_ENGINE -o "$OUT/$target"
    cp "fuzz_targets/$target.options" "$OUT/$target.options"
done
cp dict/fuzz_cachemap.dict "$OUT/fuzz_cachemap.dict"

# zip adds to an archive that is there, and keeps dates: start anew, leave the extras out.
rm -f "$OUT"/fuzz_cachemap_seed_corpus.zip "$OUT"/fuzz_trace_seed_corpus.zip
zip -q -X -j -r "$OUT/fuzz_cachemap_seed_corpus.zip" corpus
zip -q -X -j -r "$OUT/fuzz_trace_seed_corpus.zip" corpus regressions witnesses -i '*.trace' 'corpus/*'
