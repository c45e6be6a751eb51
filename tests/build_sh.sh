#!/usr/bin/env bash
# build.sh under the contract of OSS-Fuzz: any folders, run twice, `bash -eux`, no LDFLAGS, the
# compilers and flags that the environment gives and none of its own. Checks what is left in $OUT.
set -u
cd "$(dirname "$0")/.."
root=$PWD
clang=$(make -s print-clang)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
. tests/checks.sh

# A copy of the sources elsewhere, as OSS-Fuzz clones them, and another working folder.
mkdir -p "$folder/src/cachemap" "$folder/elsewhere"
git ls-files -z | xargs -0 cp --parents -t "$folder/src/cachemap"

build() { # OUT ENGINE FLAGS
    (
        cd "$folder/elsewhere" || exit 1
        env -i PATH="$PATH" HOME="$folder" SRC="$folder/src" OUT="$1" WORK="$folder/work dir" \
            CC="$clang" CXX="${clang/clang/clang++}" LIB_FUZZING_ENGINE="$2" \
            CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only $3" \
            CXXFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only $3" \
            bash -eux "$folder/src/cachemap/build.sh"
    )
}

out="$folder/out dir"
check "libFuzzer with AddressSanitizer" \
    build "$out" -fsanitize=fuzzer "-fsanitize=address -fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link"
check "a second run in the same folders" \
    build "$out" -fsanitize=fuzzer "-fsanitize=address -fsanitize-address-use-after-scope -fsanitize=fuzzer-no-link"
for file in fuzz_cachemap fuzz_trace fuzz_cachemap.dict fuzz_cachemap.options fuzz_trace.options \
    fuzz_cachemap_seed_corpus.zip fuzz_trace_seed_corpus.zip; do
    check "\$OUT has $file" test -s "$out/$file"
done
check "nothing else is in \$OUT" test "$(find "$out" -type f | wc -l)" -eq 7
check "no max_len in the options" bash -c "! grep -q max_len '$out'/*.options"
same_count() { test "$(unzip -Z1 "$out/fuzz_cachemap_seed_corpus.zip" | wc -l)" -eq "$(find "$root/corpus" -type f | wc -l)"; }
check "the seed corpus holds every file of corpus/" same_count
check "the target runs from another folder" \
    bash -c "cd / && '$out/fuzz_cachemap' -runs=100 -dict='$out/fuzz_cachemap.dict' -seed=1 >/dev/null 2>&1"
sanitized() { nm "$out/fuzz_cachemap" | grep -q __asan_report_load8; }
check "AddressSanitizer is in the target" sanitized
plain() { ! nm -u "$folder/work dir"/cachemap/harness/*.o | grep -q __ubsan_handle; }
check "no sanitizer that the flags do not name" plain

# An engine of one's own: the object of a main that runs files, as Centipede or a replayer would be.
cat >"$folder/engine.c" <<'ENGINE'
#include <stdint.h>
#include <stdio.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int main(int argc, char **argv) {
    static uint8_t bytes[1 << 20];
    for (int i = 1; i < argc; i += 1) {
        FILE *file = fopen(argv[i], "rb");
        if (file == NULL)
            return 1;
        (void)LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof bytes, file));
        fclose(file);
    }
    return 0;
}
ENGINE
"$clang" -c "$folder/engine.c" -o "$folder/engine.o"
check "another engine, no sanitizer" build "$folder/out2" "$folder/engine.o" ""
check "it replays the corpus" bash -c "'$folder/out2/fuzz_cachemap' '$root'/corpus/*"
# Without the variables of OSS-Fuzz: both targets in the root, with all three.
in_root() {
    (cd "$folder/elsewhere" && env -u OUT -u LIB_FUZZING_ENGINE -u CFLAGS "$folder/src/cachemap/build.sh") &&
        test -x "$folder/src/cachemap/fuzz_trace" &&
        nm "$folder/src/cachemap/fuzz_cachemap" >"$folder/symbols" &&
        grep -q __asan_report "$folder/symbols" && grep -q __ubsan_handle "$folder/symbols" &&
        "$folder/src/cachemap/fuzz_cachemap" -runs=0 "$root/corpus"
}
check "without OUT it builds in the root, sanitized" in_root

checks_end
